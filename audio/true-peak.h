/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audio/true-peak.h - the height of the wave between the samples.
 *
 * Four times oversampling as ITU-R BS.1770-4 annex 2 asks, with twelve taps a phase. A plain
 * value without pointers: it may be copied, so that a step can be taken back. Thread: any.
 */
#pragma once

#include <glib.h>

#define LOA_TRUE_PEAK_TAPS 12
/* The peak given for sample n is that of the wave from sample n - DELAY to the one after it. */
#define LOA_TRUE_PEAK_DELAY 6

typedef struct {
	float history[2 * LOA_TRUE_PEAK_TAPS]; /* written twice, so that a window is one piece */
	guint at;
	guint loud_for; /* samples for which a peak of interest is possible */
	float interest;
} LoaTruePeak;

/* Peaks below @interest (linear) may be given as the plain sample's magnitude: cheaper. */
void loa_true_peak_init(LoaTruePeak *self, float interest);

float loa_true_peak_push(LoaTruePeak *self, float sample);
