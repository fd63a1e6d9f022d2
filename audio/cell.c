/* SPDX-License-Identifier: Apache-2.0 */
#include "audio/cell.h"

#include <string.h>

#define N_TRIES 4

void
loa_cell_write(LoaCell *self, const void *value, gsize size)
{
	guint64 words[LOA_CELL_BYTES / 8] = { 0 };
	guint32 sequence = atomic_load_explicit(&self->sequence, memory_order_relaxed);

	g_assert(size <= sizeof words);
	memcpy(words, value, size);
	atomic_store_explicit(&self->sequence, sequence + 1, memory_order_relaxed);
	/* Each word is released after the odd number: who sees a new word sees that number. */
	for (gsize i = 0; i < (size + 7) / 8; i++)
		atomic_store_explicit(&self->words[i], words[i], memory_order_release);
	atomic_store_explicit(&self->sequence, sequence + 2, memory_order_release);
}

static gboolean
read_once(LoaCell *self, void *value, gsize size)
{
	guint64 words[LOA_CELL_BYTES / 8];
	guint32 before = atomic_load_explicit(&self->sequence, memory_order_acquire);

	if (before & 1)
		return FALSE;
	for (gsize i = 0; i < (size + 7) / 8; i++)
		words[i] = atomic_load_explicit(&self->words[i], memory_order_acquire);
	if (atomic_load_explicit(&self->sequence, memory_order_relaxed) != before)
		return FALSE;
	memcpy(value, words, size);
	return TRUE;
}

gboolean
loa_cell_try_read(LoaCell *self, void *value, gsize size)
{
	g_assert(size <= LOA_CELL_BYTES);
	for (int i = 0; i < N_TRIES; i++)
		if (read_once(self, value, size))
			return TRUE;
	return FALSE;
}

void
loa_cell_read(LoaCell *self, void *value, gsize size)
{
	while (!loa_cell_try_read(self, value, size))
		g_thread_yield();
}
