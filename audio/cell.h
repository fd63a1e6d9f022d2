/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audio/cell.h - a small plain struct that one thread writes and others read, without a lock.
 *
 * A sequence lock: the writer never waits; a reader that meets a write under way tries again.
 * Every word is a C11 atomic, so that neither the compiler nor ThreadSanitizer sees a race.
 */
#pragma once

#include <glib.h>
#include <stdatomic.h>

#define LOA_CELL_BYTES 128

typedef struct {
	_Atomic guint32 sequence; /* odd while a write is under way */
	_Atomic guint64 words[LOA_CELL_BYTES / 8];
} LoaCell;

/* One writer. @size: at most LOA_CELL_BYTES. Thread: the writer's. */
void loa_cell_write(LoaCell *self, const void *value, gsize size);

/* FALSE, and @value untouched, if the writer was met several times in a row: a reader that must
 * not wait then goes on with what it had. Thread: any. */
gboolean loa_cell_try_read(LoaCell *self, void *value, gsize size) G_GNUC_WARN_UNUSED_RESULT;

/* Yields until it has a whole value. Not for the audio thread. */
void loa_cell_read(LoaCell *self, void *value, gsize size);
