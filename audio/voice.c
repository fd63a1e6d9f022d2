/* SPDX-License-Identifier: Apache-2.0 */
#include "audio/voice.h"

#include <math.h>
#include <opus/opus.h>
#include <stdatomic.h>
#include <string.h>

#include "audio/cell.h"
#include "audio/voice-stream.h"

#define FRAME LOA_VOICE_FRAME
#define MAX_PACKET 1275 /* RFC 6716, 3.4 */
#define N_PREROLL 8     /* from a cold start a tone needs as many to come within -40 dB */
/* Frames behind the reader that stay readable, for a step back and for the decoder to settle. */
#define N_KEPT 32
#define N_SLOTS (LOA_VOICE_WINDOW + N_KEPT)
/* So many missing frames in a row are concealed (100 ms); then silence is the honest sound. */
#define MAX_CONCEALED 5
#define FADE_SAMPLES 240

typedef enum {
	OWNER_NOBODY,
	OWNER_MAIN,   /* moving the window */
	OWNER_STREAM, /* reading */
} Owner;

/* Written by the main thread only while `frame` names no frame that the reader may want. */
typedef struct {
	_Atomic gint64 frame; /* -1: empty */
	guint16 size;
	guint8 data[MAX_PACKET];
} Slot;

struct LoaVoice {
	gatomicrefcount refs;
	guint32 pre_skip;
	_Atomic gint64 n_samples;
	_Atomic gint64 first; /* the first frame worth putting; the reader moves it forward */
	_Atomic int owner;    /* Owner */
	_Atomic gboolean is_seek_pending;
	gint64 seek_frame; /* main */
	LoaCell stats_cell;

	/* The reader's side. */
	OpusDecoder *decoder;
	gint64 next_frame;
	guint n_skipped; /* samples of next_frame that come before the place asked for */
	guint n_missing; /* frames in a row that were not decoded */
	gboolean has_sound;
	gboolean was_missing, was_lost;
	float pcm[FRAME];
	LoaVoiceStats stats;

	Slot slots[N_SLOTS];
};

LoaVoice *
loa_voice_new(guint32 pre_skip, gint64 n_samples)
{
	int code = OPUS_OK;
	LoaVoice *self = g_new0(LoaVoice, 1);

	g_atomic_ref_count_init(&self->refs);
	self->pre_skip = pre_skip;
	self->decoder = opus_decoder_create(48000, 1, &code);
	g_assert(code == OPUS_OK);
	atomic_init(&self->n_samples, n_samples < 0 ? -1 : n_samples);
	for (gsize i = 0; i < N_SLOTS; i++)
		atomic_init(&self->slots[i].frame, -1);
	loa_cell_write(&self->stats_cell, &self->stats, sizeof self->stats);
	return self;
}

LoaVoice *
loa_voice_ref(LoaVoice *self)
{
	g_atomic_ref_count_inc(&self->refs);
	return self;
}

void
loa_voice_unref(LoaVoice *self)
{
	if (!g_atomic_ref_count_dec(&self->refs))
		return;
	opus_decoder_destroy(self->decoder);
	g_free(self);
}

/* Moves the window if that was asked for and the reader is away. FALSE: not yet. */
static gboolean
finish_seek(LoaVoice *self)
{
	int nobody = OWNER_NOBODY;

	if (!atomic_load_explicit(&self->is_seek_pending, memory_order_relaxed))
		return TRUE;
	if (!atomic_compare_exchange_strong(&self->owner, &nobody, OWNER_MAIN))
		return FALSE;

	gint64 first = self->seek_frame;

	for (gsize i = 0; i < N_SLOTS; i++) {
		gint64 frame = atomic_load_explicit(&self->slots[i].frame, memory_order_relaxed);

		if (frame < first || frame >= first + LOA_VOICE_WINDOW)
			atomic_store_explicit(&self->slots[i].frame, -1, memory_order_relaxed);
	}
	atomic_store_explicit(&self->first, first, memory_order_relaxed);
	atomic_store_explicit(&self->is_seek_pending, FALSE, memory_order_relaxed);
	atomic_store_explicit(&self->owner, OWNER_NOBODY, memory_order_release);
	return TRUE;
}

LoaPut
loa_voice_put(LoaVoice *self, gint64 frame, const guint8 *data, gsize size)
{
	if (!finish_seek(self))
		return LOA_PUT_EARLY;

	gint64 first = atomic_load_explicit(&self->first, memory_order_acquire);

	if (frame < first)
		return LOA_PUT_LATE;
	if (frame >= first + LOA_VOICE_WINDOW)
		return LOA_PUT_EARLY;

	Slot *slot = &self->slots[frame % N_SLOTS];

	if (atomic_load_explicit(&slot->frame, memory_order_relaxed) == frame)
		return LOA_PUT_DUPLICATE;
	/* What no decoder would take is kept as an empty packet: it counts as bad, in its turn. */
	slot->size = size <= MAX_PACKET ? (guint16)size : 0;
	if (slot->size > 0)
		memcpy(slot->data, data, slot->size);
	atomic_store_explicit(&slot->frame, frame, memory_order_release);
	return LOA_PUT_TAKEN;
}

gint64
loa_voice_window_first(LoaVoice *self)
{
	if (!finish_seek(self))
		return self->seek_frame;
	return atomic_load_explicit(&self->first, memory_order_acquire);
}

void
loa_voice_seek(LoaVoice *self, gint64 media_sample)
{
	self->seek_frame = MAX(0, (MAX(0, media_sample) + self->pre_skip) / FRAME - N_PREROLL);
	atomic_store_explicit(&self->is_seek_pending, TRUE, memory_order_relaxed);
	(void)finish_seek(self);
}

void
loa_voice_set_end(LoaVoice *self, gint64 n_samples)
{
	atomic_store_explicit(&self->n_samples, MAX(0, n_samples), memory_order_relaxed);
}

LoaVoiceStats
loa_voice_stats(LoaVoice *self)
{
	LoaVoiceStats stats;

	loa_cell_read(&self->stats_cell, &stats, sizeof stats);
	return stats;
}

gboolean
loa_voice_claim_stream(LoaVoice *self)
{
	int nobody = OWNER_NOBODY;

	if (loa_voice_is_wanted_stream(self))
		return FALSE;
	return atomic_compare_exchange_strong(&self->owner, &nobody, OWNER_STREAM);
}

void
loa_voice_release_stream(LoaVoice *self)
{
	atomic_store_explicit(&self->owner, OWNER_NOBODY, memory_order_release);
}

gboolean
loa_voice_is_wanted_stream(LoaVoice *self)
{
	return atomic_load_explicit(&self->is_seek_pending, memory_order_relaxed);
}

gint64
loa_voice_n_samples_stream(LoaVoice *self)
{
	return atomic_load_explicit(&self->n_samples, memory_order_relaxed);
}

static const Slot *
find_slot(LoaVoice *self, gint64 frame)
{
	gint64 first = atomic_load_explicit(&self->first, memory_order_relaxed);

	/* Older slots may be written to at any moment. */
	if (frame < 0 || frame < first - N_KEPT)
		return NULL;

	const Slot *slot = &self->slots[frame % N_SLOTS];

	return atomic_load_explicit(&slot->frame, memory_order_acquire) == frame ? slot : NULL;
}

static gboolean
decode(LoaVoice *self, const Slot *slot)
{
	/* A packet of another duration, or one that lies about its length, is refused here. */
	if (slot->size == 0 || opus_packet_get_nb_samples(slot->data, slot->size, 48000) != FRAME)
		return FALSE;
	return opus_decode_float(self->decoder, slot->data, slot->size, self->pcm, FRAME, 0) ==
	       FRAME;
}

void
loa_voice_begin_stream(LoaVoice *self, gint64 media_sample)
{
	gint64 decoded = media_sample + self->pre_skip;
	gint64 place = decoded / FRAME;
	gint64 from = place;

	opus_decoder_ctl(self->decoder, OPUS_RESET_STATE);
	self->next_frame = place;
	self->n_skipped = (guint)(decoded % FRAME);
	self->n_missing = 0;
	self->has_sound = FALSE;
	self->was_missing = self->was_lost = FALSE;
	/* The start of the media has its own run-up: the pre-skip. */
	if (media_sample == 0)
		from = 0;
	else
		while (place - from < N_PREROLL && find_slot(self, from - 1) != NULL)
			from--;
	for (gint64 frame = from; frame < place; frame++) {
		const Slot *slot = find_slot(self, frame);

		self->has_sound |= slot != NULL && decode(self, slot);
	}
	if (place > atomic_load_explicit(&self->first, memory_order_relaxed))
		atomic_store_explicit(&self->first, place, memory_order_release);
}

/* Forward error correction out of the packet that follows, else concealment. */
static void
conceal(LoaVoice *self)
{
	const Slot *next = find_slot(self, self->next_frame + 1);
	int n = OPUS_BAD_ARG;

	if (next != NULL && next->size > 0)
		n = opus_decode_float(self->decoder, next->data, next->size, self->pcm, FRAME, 1);
	if (n != FRAME)
		n = opus_decode_float(self->decoder, NULL, 0, self->pcm, FRAME, 0);
	if (n != FRAME)
		memset(self->pcm, 0, sizeof self->pcm);
}

static void
fade(float *samples, guint n, gboolean out)
{
	for (guint i = 0; i < n; i++)
		samples[i] *= (float)(out ? n - i : i) / (float)n;
}

/* Fills self->pcm with the next frame's sound. */
static void
take_frame(LoaVoice *self, LoaVoiceChunk *chunk)
{
	const Slot *slot = find_slot(self, self->next_frame);

	if (slot != NULL && decode(self, slot)) {
		chunk->kind = LOA_FRAME_DECODED;
		if (self->was_lost)
			fade(self->pcm, FADE_SAMPLES, FALSE);
		self->n_missing = 0;
		self->has_sound = TRUE;
		self->was_missing = self->was_lost = FALSE;
		return;
	}
	chunk->is_bad = slot != NULL;
	chunk->opens_gap = slot == NULL && !self->was_missing;
	self->was_missing = slot == NULL;
	if (self->has_sound && self->n_missing < MAX_CONCEALED) {
		chunk->kind = LOA_FRAME_CONCEALED;
		conceal(self);
		if (++self->n_missing == MAX_CONCEALED)
			fade(self->pcm, FRAME, TRUE);
		return;
	}
	chunk->kind = LOA_FRAME_LOST;
	memset(self->pcm, 0, sizeof self->pcm);
	self->was_lost = TRUE;
}

void
loa_voice_next_stream(LoaVoice *self, LoaVoiceChunk *chunk)
{
	guint skip = self->n_skipped;
	gint64 end = loa_voice_n_samples_stream(self);

	chunk->media = self->next_frame * FRAME + skip - self->pre_skip;
	chunk->n = FRAME - skip;
	chunk->opens_gap = chunk->is_bad = FALSE;
	if (end >= 0 && chunk->media >= end) {
		chunk->kind = LOA_FRAME_ENDED;
		memset(self->pcm, 0, sizeof self->pcm);
	} else {
		take_frame(self, chunk);
		if (end >= 0)
			chunk->n = (guint)MIN((gint64)chunk->n, end - chunk->media);
	}
	memcpy(chunk->samples, self->pcm + skip, chunk->n * sizeof *chunk->samples);

	/* A chunk that was cut at the end is followed by silence out of the same frame. */
	self->n_skipped = (skip + chunk->n) % FRAME;
	if (self->n_skipped > 0)
		return;
	self->next_frame++;
	if (self->next_frame > atomic_load_explicit(&self->first, memory_order_relaxed))
		atomic_store_explicit(&self->first, self->next_frame, memory_order_release);
}

void
loa_voice_credit_stream(LoaVoice *self, const LoaVoiceCredit *credit)
{
	LoaVoiceStats *stats = &self->stats;

	stats->n_heard += credit->n_heard;
	stats->n_concealed += credit->n_concealed;
	stats->n_gaps += credit->n_gaps;
	stats->n_bad_frames += credit->n_bad_frames;
	stats->n_resyncs += credit->n_resyncs;
	stats->sum_square += credit->sum_square;
	if (credit->n_heard > 0) {
		if (stats->first_heard_us == 0) {
			stats->first_heard_us = credit->from_us;
			stats->first_media = credit->from_media;
		}
		stats->last_heard_us = credit->to_us;
		stats->last_media = credit->to_media;
	}
	loa_cell_write(&self->stats_cell, stats, sizeof *stats);
}
