/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audio/ingest.h - from a file that an office has to a recording that receivers can play.
 *
 * Any container and codec that GStreamer decodes (video files: their sound) becomes
 * DIR/audio/SHA256.opus in the stored form of audio/opus-file.h, trimmed and brought to even
 * loudness; the input itself, byte for byte, DIR/originals/SHA256.EXT. Both appear whole or not
 * at all: they are written beside their place, synced and renamed.
 *
 *	copy and hash the original -> decode to 48 kHz mono (spooled) -> trim, measure
 *	-> gain and limiter -> Opus -> measure what will be heard -> rename
 *
 * Trimmed is what lies before the first and behind the last 20 ms above LOA_INGEST_SILENCE_DBFS
 * (RMS), less LOA_INGEST_MARGIN_MS. Memory is bounded whatever the length; the spool takes
 * 11.5 MB of disk a minute while it runs.
 *
 * Runs in the child program loa-ingest: codecs see hostile bytes. Thread: any; blocks.
 */
#pragma once

#include <gio/gio.h>

#define LOA_INGEST_SILENCE_DBFS (-50.0)
#define LOA_INGEST_MARGIN_MS 100
#define LOA_INGEST_MIN_MS 200
#define LOA_INGEST_MAX_PARTS 20
/* Of several, one with fewer bytes holds no sound yet: its recorder was stopped at once. */
#define LOA_INGEST_MIN_PART_BYTES 4096
/* Whispering is not raised without end: the noise would be, too. */
#define LOA_INGEST_MAX_GAIN_DB 40.0

#define LOA_INGEST_ERROR (loa_ingest_error_quark())
GQuark loa_ingest_error_quark(void);

/* Names for the wire and the page: loa_ingest_error_name(). */
typedef enum {
	LOA_INGEST_ERROR_NOT_AUDIO,  /* no kind of media that is known here */
	LOA_INGEST_ERROR_NO_TRACK,   /* media, but no sound in it */
	LOA_INGEST_ERROR_CUT_SHORT,  /* the file itself says that there was more */
	LOA_INGEST_ERROR_DAMAGED,    /* decoding broke off */
	LOA_INGEST_ERROR_SILENT,     /* nothing to hear */
	LOA_INGEST_ERROR_TOO_LONG,   /* more than max_minutes */
	LOA_INGEST_ERROR_TOO_SHORT,  /* less than LOA_INGEST_MIN_MS */
	LOA_INGEST_ERROR_NO_INPUT,   /* the input cannot be read */
	LOA_INGEST_ERROR_UNWRITABLE, /* the destination cannot be written */
	LOA_INGEST_ERROR_DISK_FULL,
	LOA_INGEST_ERROR_CANCELLED,
	LOA_INGEST_ERROR_INTERNAL, /* a decoder is not installed, or our own mistake */
} LoaIngestError;

typedef struct {
	const char *input;  /* path */
	const char *name;   /* (nullable): as the user called it; its ending names the original */
	const char *folder; /* DIR; audio/ and originals/ are made in it */
	double lufs;        /* integrated loudness wanted: -16 */
	double true_peak_dbtp; /* at most: -1.5 */
	int bitrate;           /* of Opus: 24000 */
	int max_minutes;       /* 120 */
	/* (nullable): the input is several files one behind the other, which are decoded each by
	 * itself and joined: where the second, third, ... begin, rising; n_parts of them. What a
	 * recorder that was stopped left unfinished at the end of one is left out. */
	const gint64 *parts;
	guint n_parts;
} LoaIngestOptions;

typedef struct {
	char sha256[65]; /* of DIR/audio/SHA256.opus */
	gint64 size;
	gint64 n_samples;
	guint32 pre_skip;
	gint64 duration_ms;
	char original_sha256[65];
	char original_file[80]; /* in DIR/originals: SHA256.EXT */
	double input_lufs;
	double lufs;           /* of the stored file, decoded */
	double true_peak_dbtp; /* the same */
	gint64 trimmed_lead_ms;
	gint64 trimmed_tail_ms;
} LoaIngestResult;

/* @stage: "copy", "decode", "measure", "encode"; @progress: 0..1 over all stages, never falls. */
typedef void (*LoaIngestProgressFunc)(const char *stage, double progress, gpointer user_data);

/* Defaults for everything but input, name and folder. */
LoaIngestOptions loa_ingest_options_default(void);

/* A word for programs: "cut-short". Static. */
const char *loa_ingest_error_name(LoaIngestError code);
gboolean loa_ingest_error_from_name(const char *name, LoaIngestError *code);

/**
 * loa_ingest_run:
 * @progress: (nullable)
 * @result: (out caller-allocates): written only on success
 * @error: domain LOA_INGEST_ERROR, one sentence for the user
 *
 * gst_init() was called. Nothing is left in the folder after a failure.
 */
gboolean loa_ingest_run(const LoaIngestOptions *options, LoaIngestProgressFunc progress,
			gpointer user_data, GCancellable *cancellable, LoaIngestResult *result,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Removes what ingests that were killed left in @folder; those still running are let be. */
void loa_ingest_sweep(const char *folder);

/* The folders that loa_ingest_run() writes in, and no others: @folder/originals, @folder/audio. */
gboolean loa_ingest_make_folders(const char *folder, GError **error) G_GNUC_WARN_UNUSED_RESULT;
