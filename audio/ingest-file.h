/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audio/ingest-file.h - a file of ingest on its way to its place: all of it, or nothing.
 *
 * It is written under a name of our own (".loa-ingest-...") in the folder it will stay in, hashed
 * on the way, locked while its program lives, and named by its hash at the end. Freeing one that
 * was not placed removes it; what a killed program left is swept away by the next one.
 * Errors: LOA_INGEST_ERROR, DISK_FULL or UNWRITABLE. Thread: any, one object on one at a time.
 */
#pragma once

#include "audio/ingest.h"

typedef struct LoaIngestFile LoaIngestFile;

gboolean loa_ingest_file_ensure_folder(const char *folder,
				       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Makes @folder if need be. */
LoaIngestFile *loa_ingest_file_new(const char *folder, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same without a name: gone when it is freed or the program ends, whatever happens. */
LoaIngestFile *loa_ingest_file_new_spool(const char *folder,
					 GError **error) G_GNUC_WARN_UNUSED_RESULT;

gboolean loa_ingest_file_write(LoaIngestFile *self, const void *data, gsize size,
			       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Exactly @size bytes from @offset. */
gboolean loa_ingest_file_read(LoaIngestFile *self, gint64 offset, void *data, gsize size,
			      GError **error) G_GNUC_WARN_UNUSED_RESULT;

gint64 loa_ingest_file_size(const LoaIngestFile *self);
const char *loa_ingest_file_path(const LoaIngestFile *self);

/* Nothing is written any more; the bytes are on the disk. Gives the SHA-256. */
gboolean loa_ingest_file_sync(LoaIngestFile *self, char sha256[65],
			      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Renames it to @name in its folder. @was_there: (out): there was such a file already. */
gboolean loa_ingest_file_place(LoaIngestFile *self, const char *name, gboolean *was_there,
			       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Takes a placed file away again, because its companion could not be placed. */
void loa_ingest_file_unplace(LoaIngestFile *self);

/* Removes from @folder what no living program holds locked. */
void loa_ingest_file_sweep(const char *folder);

void loa_ingest_file_free(LoaIngestFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaIngestFile, loa_ingest_file_free)
