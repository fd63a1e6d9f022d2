/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audio/opus-file.h - a stored recording: Ogg Opus (RFC 7845), 48 kHz mono, 20 ms packets.
 *
 * The stored form is what `audio/ingest` writes: one logical stream, every Opus packet exactly
 * 20 ms, no packet across two pages. The very same packets travel in the channel, so that a
 * receiver may change between file and channel at any frame. Anything else is refused when the
 * file is opened: every page's CRC, number and position and every packet's length (1..1275),
 * channel count and duration are proven once, so that no later reader need look again. Random
 * access by frame; the file is mapped, not read into memory, and must not be changed while it is
 * open (stored files are named by their hash and never are).
 * Thread: any, one object on one thread at a time.
 */
#pragma once

#include <gio/gio.h>

#define LOA_OPUS_FILE_ERROR (loa_opus_file_error_quark())
GQuark loa_opus_file_error_quark(void);

typedef enum {
	LOA_OPUS_FILE_ERROR_CUT_SHORT, /* ends before its own end mark */
	LOA_OPUS_FILE_ERROR_DAMAGED,   /* checksum, page number or position does not fit */
	LOA_OPUS_FILE_ERROR_FORM,      /* not Ogg Opus, or not the stored form */
} LoaOpusFileError;

typedef struct LoaOpusFile LoaOpusFile;

/* @error: LOA_OPUS_FILE_ERROR, or %G_FILE_ERROR when the file cannot be opened; names @path. */
LoaOpusFile *loa_opus_file_open(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same of a recording that is named by its hash: other bytes under that name, whole and well
 * formed as they may be, are LOA_OPUS_FILE_ERROR_DAMAGED. @sha256: 64 hexadecimal digits. */
LoaOpusFile *loa_opus_file_open_named(const char *path, const char *sha256,
				      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same over bytes in memory; @name stands in messages. */
LoaOpusFile *loa_opus_file_parse(GBytes *bytes, const char *name,
				 GError **error) G_GNUC_WARN_UNUSED_RESULT;

gint64 loa_opus_file_n_frames(const LoaOpusFile *self);
/* What is heard, at 48 kHz: frames x 960 - pre-skip - end trim. */
gint64 loa_opus_file_n_samples(const LoaOpusFile *self);
guint32 loa_opus_file_pre_skip(const LoaOpusFile *self);

/* @data is borrowed from @self. %FALSE if @index is not in the file. */
gboolean loa_opus_file_frame(const LoaOpusFile *self, gint64 index, const guint8 **data,
			     gsize *size) G_GNUC_WARN_UNUSED_RESULT;

void loa_opus_file_free(LoaOpusFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaOpusFile, loa_opus_file_free)
