/* SPDX-License-Identifier: Apache-2.0 */
#include "audio/loudness.h"

#include <ebur128.h>
#include <math.h>
#include <string.h>

#define RATE 48000
#define SHORT_SAMPLES RATE        /* below this the sound is measured repeated ... */
#define ENOUGH_SAMPLES (3 * RATE) /* ... until it is that long */

struct LoaLoudness {
	ebur128_state *state; /* owned */
	gboolean with_true_peak;
	gint64 n_samples;
	float first[SHORT_SAMPLES];
};

static ebur128_state *
state_new(int mode)
{
	ebur128_state *state = ebur128_init(1, RATE, mode);

	if (state == NULL)
		g_error("loudness: out of memory");
	return state;
}

LoaLoudness *
loa_loudness_new(gboolean with_true_peak)
{
	LoaLoudness *self = g_new0(LoaLoudness, 1);

	self->with_true_peak = with_true_peak;
	self->state = state_new(with_true_peak ? EBUR128_MODE_I | EBUR128_MODE_TRUE_PEAK
					       : EBUR128_MODE_I);
	return self;
}

void
loa_loudness_add(LoaLoudness *self, const float *samples, gsize n_samples)
{
	if (self->n_samples < SHORT_SAMPLES) {
		gsize n = MIN(n_samples, (gsize)(SHORT_SAMPLES - self->n_samples));

		memcpy(self->first + self->n_samples, samples, n * sizeof *samples);
	}
	self->n_samples += (gint64)n_samples;
	if (ebur128_add_frames_float(self->state, samples, n_samples) != EBUR128_SUCCESS)
		g_error("loudness: out of memory");
}

static double
integrated_of(ebur128_state *state)
{
	double lufs = -HUGE_VAL;

	if (ebur128_loudness_global(state, &lufs) != EBUR128_SUCCESS)
		return -HUGE_VAL;
	return lufs;
}

double
loa_loudness_integrated(LoaLoudness *self)
{
	if (self->n_samples >= SHORT_SAMPLES)
		return integrated_of(self->state);
	if (self->n_samples == 0)
		return -HUGE_VAL;

	ebur128_state *state = state_new(EBUR128_MODE_I);

	for (gint64 n = 0; n < ENOUGH_SAMPLES; n += self->n_samples)
		if (ebur128_add_frames_float(state, self->first, (size_t)self->n_samples) !=
		    EBUR128_SUCCESS)
			g_error("loudness: out of memory");

	double lufs = integrated_of(state);

	ebur128_destroy(&state);
	return lufs;
}

double
loa_loudness_true_peak_dbtp(LoaLoudness *self)
{
	double peak = 0;

	g_return_val_if_fail(self->with_true_peak, -HUGE_VAL);
	if (ebur128_true_peak(self->state, 0, &peak) != EBUR128_SUCCESS || peak <= 0)
		return -HUGE_VAL;
	return 20 * log10(peak);
}

void
loa_loudness_free(LoaLoudness *self)
{
	if (self == NULL)
		return;
	ebur128_destroy(&self->state);
	g_free(self);
}
