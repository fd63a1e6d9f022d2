/* SPDX-License-Identifier: Apache-2.0 */
#include "audio/true-peak.h"

#include <math.h>
#include <string.h>

#define TAPS LOA_TRUE_PEAK_TAPS
#define N_BETWEEN 3 /* phases between two samples */

/* No phase's taps sum to more than this in magnitude: a quieter window cannot peak higher. */
#define MAX_OVERSHOOT 2.2F

static float taps[N_BETWEEN][TAPS];

/* Hann-windowed sinc: tap k weighs the sample @distance away from the point asked for. */
static void
fill_taps(void)
{
	for (int p = 0; p < N_BETWEEN; p++) {
		double sum = 0;

		for (int k = 0; k < TAPS; k++) {
			/* history is oldest first: tap k is sample n - (TAPS - 1) + k */
			double distance = k - (TAPS - 1 - LOA_TRUE_PEAK_DELAY) - (p + 1) / 4.0;
			double value = sin(G_PI * distance) / (G_PI * distance) *
				       (0.5 + 0.5 * cos(G_PI * distance / 6.5));

			taps[p][k] = (float)value;
			sum += value;
		}
		for (int k = 0; k < TAPS; k++)
			taps[p][k] /= (float)sum;
	}
}

void
loa_true_peak_init(LoaTruePeak *self, float interest)
{
	static gsize is_filled;

	if (g_once_init_enter(&is_filled)) {
		fill_taps();
		g_once_init_leave(&is_filled, 1);
	}
	memset(self, 0, sizeof *self);
	self->interest = interest / MAX_OVERSHOOT;
}

float
loa_true_peak_push(LoaTruePeak *self, float sample)
{
	self->history[self->at] = sample;
	self->history[self->at + TAPS] = sample;
	self->at = self->at + 1 == TAPS ? 0 : self->at + 1;
	if (fabsf(sample) >= self->interest)
		self->loud_for = TAPS;

	const float *window = self->history + self->at;
	float peak = fabsf(window[TAPS - 1 - LOA_TRUE_PEAK_DELAY]);

	if (self->loud_for == 0)
		return peak;
	self->loud_for--;
	for (int p = 0; p < N_BETWEEN; p++) {
		float value = 0;

		for (int k = 0; k < TAPS; k++)
			value += window[k] * taps[p][k];
		peak = fmaxf(peak, fabsf(value));
	}
	return peak;
}
