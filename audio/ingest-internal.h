/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audio/ingest-internal.h - one ingest under way, as its steps hand it on.
 *
 *	ingest.c         the original, the order of the steps, the places of the files
 *	ingest-decode.c  any media file -> spooled samples, trimmed
 *	ingest-level.c   spooled samples -> even loudness -> Opus
 */
#pragma once

#include "audio/decode.h"
#include "audio/ingest-file.h"
#include "audio/ingest.h"
#include "audio/loudness.h"

#define LOA_INGEST_RATE LOA_DECODE_RATE
#define LOA_INGEST_BLOCK 4800 /* samples handled at once */

/* Shares of the whole in progress: ends of copy, decode, measure. */
#define LOA_INGEST_COPY_END 0.05
#define LOA_INGEST_DECODE_END 0.30
#define LOA_INGEST_MEASURE_END 0.40

typedef struct {
	const LoaIngestOptions *options;
	LoaIngestProgressFunc progress;
	gpointer user_data;
	GCancellable *cancellable; /* borrowed (nullable) */
	LoaIngestFile *original;   /* owned */
	LoaIngestFile *stored;     /* owned */
	LoaIngestFile *spool;      /* owned: decoded samples */
	gint64 n_decoded;
	double window_sum; /* of the 20 ms under way */
	double window_square;
	guint window_n;
	double parts_done; /* share of the bytes that earlier parts stood for */
	double part_share; /* of the one that is being decoded; 1: there is only one */
	gint64 first_loud; /* window, -1: none yet */
	gint64 last_loud;
	gint64 from; /* what remains after trimming: [from, to) */
	gint64 to;
	double input_peak_dbtp;
	double gain_db;
	LoaLoudness *heard; /* owned: of the stored file, decoded */
	LoaIngestResult result;
} LoaIngest;

/* Shows that step @stage, which goes from @from to @to, is @done of the way (0..1). */
void loa_ingest_tell(const LoaIngest *self, const char *stage, double from, double to, double done);

/* %FALSE with @error when it was stopped. */
gboolean loa_ingest_go_on(const LoaIngest *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Always %FALSE. */
gboolean loa_ingest_fail_silent(GError **error);

/* Into the spool; finds from and to. @declared_us: length that the file claims, or -1. */
gboolean loa_ingest_decode(LoaIngest *self, gint64 declared_us,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Finds the gain that makes what is heard as loud as the options say. */
gboolean loa_ingest_find_gain(LoaIngest *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Writes the stored file, not yet in its place. */
gboolean loa_ingest_encode(LoaIngest *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
