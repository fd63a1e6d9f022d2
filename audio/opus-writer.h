/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audio/opus-writer.h - 48 kHz mono samples in, the stored form of audio/opus-file.h out.
 *
 * 20 ms packets, variable bit rate, 40 packets a page and none across two; pre-skip and end trim
 * make the decoded length that of the input to the sample. Stream number and headers are fixed:
 * equal input gives equal bytes, so equal recordings have one hash.
 *
 * Coded with OPUS_APPLICATION_AUDIO: on speech at 24 kbit/s its spectrum is as near to the
 * original as that of VOIP above 300 Hz and nearer below (1.6 against 2.5 dB), it does not filter
 * gongs and music before an announcement, and it costs the same time.
 * Thread: any, one object on one thread at a time.
 */
#pragma once

#include <gio/gio.h>

/* Takes bytes of the file, in order. %FALSE with @error ends the writing. */
typedef gboolean (*LoaOpusWriterSink)(const guint8 *data, gsize size, gpointer user_data,
				      GError **error);

/* What will be heard, in order: to measure it. */
typedef void (*LoaOpusWriterHeard)(const float *samples, gsize n_samples, gpointer user_data);

typedef struct {
	int bitrate;           /* 6000..256000; 24000 for speech */
	double true_peak_dbtp; /* no decoded peak above; see audio/guarded-encoder.h */
	LoaOpusWriterSink sink;
	LoaOpusWriterHeard heard; /* (nullable) */
	gpointer user_data;       /* borrowed */
} LoaOpusWriterConfig;

typedef struct LoaOpusWriter LoaOpusWriter;

LoaOpusWriter *loa_opus_writer_new(const LoaOpusWriterConfig *config);

/* @error: the sink's. After the first the writer does nothing more. */
gboolean loa_opus_writer_push(LoaOpusWriter *self, const float *samples, gsize n_samples,
			      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Once, after the last sample; there must have been one. */
gboolean loa_opus_writer_finish(LoaOpusWriter *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

guint32 loa_opus_writer_pre_skip(const LoaOpusWriter *self);

void loa_opus_writer_free(LoaOpusWriter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaOpusWriter, loa_opus_writer_free)
