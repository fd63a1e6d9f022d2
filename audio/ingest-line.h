/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audio/ingest-line.h - what loa-ingest says on its standard output: one JSON object a line.
 *
 *	{"progress":0.42,"stage":"decode"}
 *	{"done":{"sha256":"...","size":1,"n_samples":1,"pre_skip":312,"duration_ms":1,
 *	         "original_sha256":"...","original_file":"SHA256.mp3","input_lufs":-23.1,
 *	         "lufs":-16.0,"true_peak_dbtp":-1.9,"trimmed_ms":[0,0]}}
 *	{"error":"one sentence","code":"cut-short"}
 *
 * The last line is done or error; without either the program was killed. Thread: any.
 */
#pragma once

#include "audio/ingest.h"

#define LOA_INGEST_LINE_MAX 4096

#define LOA_INGEST_LINE_ERROR (loa_ingest_line_error_quark())
GQuark loa_ingest_line_error_quark(void);

typedef enum {
	LOA_INGEST_LINE_ERROR_BAD, /* not such a line */
} LoaIngestLineError;

typedef enum {
	LOA_INGEST_LINE_PROGRESS,
	LOA_INGEST_LINE_DONE,
	LOA_INGEST_LINE_FAILED,
} LoaIngestLineKind;

typedef struct {
	LoaIngestLineKind kind;
	double progress;        /* PROGRESS: 0..1 */
	char stage[16];         /* PROGRESS */
	LoaIngestResult result; /* DONE */
	LoaIngestError code;    /* FAILED */
	char message[1024];     /* FAILED: the sentence */
} LoaIngestLine;

/* (transfer full): one line without the newline. */
char *loa_ingest_line_encode(const LoaIngestLine *line);

/* @text: one line, with or without its newline. @line is written only on success. */
gboolean loa_ingest_line_decode(const char *text, LoaIngestLine *line,
				GError **error) G_GNUC_WARN_UNUSED_RESULT;
