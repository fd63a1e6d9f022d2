/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audio/consumed.h - what was handed to the device and what it has consumed of it.
 *
 * Runs of samples wait here, in the device's order, until its position has passed them; then
 * the voice is credited and the level meter fed.
 *
 * Pure, no allocation but in _new(). Thread: as the renderer that owns it.
 */
#pragma once

#include "audio/voice-stream.h"

typedef struct LoaConsumed LoaConsumed;

typedef struct {
	LoaVoice *voice;       /* (nullable): silence. Borrowed while @generation is in use */
	guint64 generation;    /* of the cue list that holds the voice */
	gint64 from, to;       /* the device's samples [from, to) */
	double sum_square;     /* of samples in [-1, 1] */
	LoaVoiceCredit credit; /* what the voice gets for it */
} LoaRun;

LoaConsumed *loa_consumed_new(void);
void loa_consumed_push(LoaConsumed *self, const LoaRun *run);
/* Moves the runs from device sample @from on by @n_samples. */
void loa_consumed_shift(LoaConsumed *self, gint64 from, gint64 n_samples);
void loa_consumed_pass(LoaConsumed *self, gint64 position);
/* Oldest generation among waiting runs that have a voice; G_MAXUINT64: none. */
guint64 loa_consumed_oldest_generation(const LoaConsumed *self);
/* RMS of the last second consumed, -120 at the least. */
double loa_consumed_level_db(const LoaConsumed *self);
void loa_consumed_forget(LoaConsumed *self);
void loa_consumed_free(LoaConsumed *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaConsumed, loa_consumed_free)
