/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/studio/takes.h - recordings that grow while somebody speaks into a telephone.
 *
 * A browser sends its recording in numbered pieces; each is on disk (fsync of file and database)
 * before it is acknowledged. So a dropped connection, a closed tab and a restart of the controller
 * lose nothing that was acknowledged: who comes back asks for the next number and goes on, or
 * finishes. A piece that was sent twice is written once. What is never finished goes after
 * LOA_TAKES_DAYS.
 *
 * A recorder that was cut off cannot go on in its file: who goes on after a reload begins another
 * file, whose pieces follow in the same take. Where it begins is kept; ingest decodes each by
 * itself and joins them (audio/ingest.h), so that one recording comes of it, with one hash to
 * approve.
 *
 * The database says how many bytes of the file count: what a crash left behind that is written over
 * by the next piece, or cut off at the end. Thread: main.
 */
#pragma once

#include "controller/store/store.h"

#define LOA_TAKES_ERROR (loa_takes_error_quark())
GQuark loa_takes_error_quark(void);

typedef enum {
	LOA_TAKES_ERROR_NOT_FOUND, /* no such take of this owner */
	LOA_TAKES_ERROR_TOO_MANY,  /* the owner has LOA_TAKES_MAX_OPEN already */
	LOA_TAKES_ERROR_TOO_LARGE, /* the piece, or the whole */
	LOA_TAKES_ERROR_GAP,       /* a piece before this one is missing */
	LOA_TAKES_ERROR_CLOSED,    /* it is finished */
	LOA_TAKES_ERROR_MIME,      /* nothing that a browser records */
	LOA_TAKES_ERROR_STORAGE,
} LoaTakesError;

#define LOA_TAKES_MAX_OPEN 20 /* an owner */
#define LOA_TAKES_MAX_CHUNK_BYTES (8 * 1024 * 1024)
#define LOA_TAKES_MAX_BYTES (G_GINT64_CONSTANT(256) << 20)
#define LOA_TAKES_DAYS 14
#define LOA_TAKES_MAX_PARTS 20 /* LOA_INGEST_MAX_PARTS */

typedef struct LoaTakes LoaTakes;

/* @store: borrowed. Removes files in @folder that belong to no take. */
LoaTakes *loa_takes_new(LoaStore *store, const char *folder,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* @take: owner, title, mime and text are set; gets its id and times. */
gboolean loa_takes_begin(LoaTakes *self, LoaTake *take, gint64 now_us,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* (transfer full): also one that is done */
LoaTake *loa_takes_find(LoaTakes *self, const char *owner, const char *id,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* (transfer full) (element-type LoaTake): the oldest first; @owner: (nullable): of all */
GPtrArray *loa_takes_list(LoaTakes *self, const char *owner,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Appends piece @seq, unless it is there already. @begins: the first of another recording, which
 * goes on with what is here. @next: (out): the piece that is wanted then */
gboolean loa_takes_append(LoaTakes *self, const char *owner, const char *id, gint64 seq,
			  gboolean begins, GBytes *piece, gint64 now_us, gint64 *next,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A copy of the bytes that count at @path (a link, where the file system has them): what is read
 * there cannot be the take's loss. */
gboolean loa_takes_export(LoaTakes *self, const LoaTake *take, const char *path,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Writes what became of it: finished_us, failure, recording. With a recording its file goes. */
gboolean loa_takes_update(LoaTakes *self, const LoaTake *take,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;

gboolean loa_takes_remove(LoaTakes *self, const char *owner, const char *id,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Removes what nobody touched for LOA_TAKES_DAYS. */
gboolean loa_takes_sweep(LoaTakes *self, gint64 now_us, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* (nullable): "webm", "m4a", "ogg" of what a MediaRecorder calls it: audio/webm;codecs=opus */
const char *loa_takes_ending(const char *mime);

void loa_takes_free(LoaTakes *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaTakes, loa_takes_free)
