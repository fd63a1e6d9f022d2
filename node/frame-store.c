/* SPDX-License-Identifier: Apache-2.0 */
#include "node/frame-store.h"

#include <string.h>

/* Removing from the front moves the rest: not for every packet. */
#define TRIM_AT_LEAST 16

/* The frames of one packet, one after the other in one block. */
typedef struct {
	gint64 first;
	guint n;
	gsize size;    /* of the block */
	guint16 *ends; /* of each frame within bytes; the block begins here */
	guint8 *bytes;
} Chunk;

struct LoaFrameStore {
	LoaFrameBudget *budget; /* borrowed */
	GArray *chunks;         /* Chunk, by first; a frame may stand in two of them */
};

LoaFrameStore *
loa_frame_store_new(LoaFrameBudget *budget)
{
	LoaFrameStore *self = g_new0(LoaFrameStore, 1);

	self->budget = budget;
	self->chunks = g_array_new(FALSE, FALSE, sizeof(Chunk));
	return self;
}

/* Where the chunks with first > @frame begin. */
static guint
find_after(const LoaFrameStore *self, gint64 frame)
{
	guint low = 0, high = self->chunks->len;

	while (low < high) {
		guint middle = low + (high - low) / 2;

		if (g_array_index(self->chunks, Chunk, middle).first <= frame)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static gsize
cost(const Chunk *chunk)
{
	return chunk->size + sizeof *chunk;
}

static void
fill(Chunk *chunk, const LoaFrame *frames)
{
	gsize at = 0;

	for (guint i = 0; i < chunk->n; i++) {
		memcpy(chunk->bytes + at, frames[i].data, frames[i].size);
		at += frames[i].size;
		chunk->ends[i] = (guint16)at;
	}
}

LoaStoreResult
loa_frame_store_add(LoaFrameStore *self, gint64 first_frame, const LoaFrame *frames, guint n_frames)
{
	Chunk chunk = { .first = first_frame, .n = n_frames };
	guint place = find_after(self, first_frame);

	g_return_val_if_fail(n_frames <= LOA_PACKET_MAX_FRAMES, LOA_STORE_FULL);
	if (place > 0) {
		const Chunk *before = &g_array_index(self->chunks, Chunk, place - 1);

		if (before->first == first_frame && before->n >= n_frames)
			return LOA_STORE_DUPLICATE;
	}
	chunk.size = n_frames * sizeof *chunk.ends;
	for (guint i = 0; i < n_frames; i++)
		chunk.size += frames[i].size;
	if (self->budget->used_bytes + cost(&chunk) > self->budget->max_bytes)
		return LOA_STORE_FULL;
	self->budget->used_bytes += cost(&chunk);
	chunk.ends = g_malloc(chunk.size);
	chunk.bytes = (guint8 *)(chunk.ends + n_frames);
	fill(&chunk, frames);
	g_array_insert_val(self->chunks, place, chunk);
	return LOA_STORE_TAKEN;
}

gboolean
loa_frame_store_get(const LoaFrameStore *self, gint64 frame, const guint8 **data, gsize *size)
{
	/* a chunk that holds it begins at most a packet's length before it */
	for (guint i = find_after(self, frame); i > 0; i--) {
		const Chunk *chunk = &g_array_index(self->chunks, Chunk, i - 1);
		gint64 at = frame - chunk->first;

		if (at >= LOA_PACKET_MAX_FRAMES)
			return FALSE;
		if (at >= chunk->n)
			continue;
		guint begin = at > 0 ? chunk->ends[at - 1] : 0;

		*data = chunk->bytes + begin;
		*size = chunk->ends[at] - begin;
		return TRUE;
	}
	return FALSE;
}

gint64
loa_frame_store_end(const LoaFrameStore *self)
{
	if (self->chunks->len == 0)
		return 0;
	const Chunk *last = &g_array_index(self->chunks, Chunk, self->chunks->len - 1);

	return last->first + last->n;
}

static void
remove_first(LoaFrameStore *self, guint n)
{
	for (guint i = 0; i < n; i++) {
		Chunk *chunk = &g_array_index(self->chunks, Chunk, i);

		self->budget->used_bytes -= cost(chunk);
		g_free(chunk->ends);
	}
	if (n > 0)
		g_array_remove_range(self->chunks, 0, n);
}

void
loa_frame_store_trim(LoaFrameStore *self, gint64 frame)
{
	guint n = 0;

	while (n < self->chunks->len) {
		const Chunk *chunk = &g_array_index(self->chunks, Chunk, n);

		if (chunk->first + chunk->n > frame)
			break;
		n++;
	}
	if (n >= TRIM_AT_LEAST || n == self->chunks->len)
		remove_first(self, n);
}

void
loa_frame_store_free(LoaFrameStore *self)
{
	if (self == NULL)
		return;
	remove_first(self, self->chunks->len);
	g_array_unref(self->chunks);
	g_free(self);
}
