/* SPDX-License-Identifier: Apache-2.0 */
#include "audio/stretcher.h"

#include <math.h>
#include <string.h>

#define REACH LOA_STRETCHER_REACH
#define N_TAPS (2 * REACH)
#define N_PHASES 512
#define N_LANES 4
#define KAISER_BETA 8.0 /* stop band below -80 dB */
#define MAX_PUSH 960
#define CAPACITY 4096

typedef float Lanes __attribute__((vector_size(N_LANES * sizeof(float))));

struct LoaStretcher {
	double position;   /* of the next output sample, in input samples */
	gint64 first, end; /* input held: [first, end) */
	float input[CAPACITY];
	/* Row p: the weights at a place p / N_PHASES past a sample. */
	float weights[N_PHASES + 1][N_TAPS];
};

/* Modified Bessel function of the first kind, order 0: its power series. */
static double
bessel_i0(double x)
{
	double sum = 1, term = 1;

	for (int k = 1; k < 50; k++) {
		term *= (x / (2 * k)) * (x / (2 * k));
		sum += term;
	}
	return sum;
}

static double
weight(double distance)
{
	double r = distance / REACH;

	if (distance == 0)
		return 1;
	if (fabs(r) >= 1 || distance == floor(distance))
		return 0;
	return sin(G_PI * distance) / (G_PI * distance) * bessel_i0(KAISER_BETA * sqrt(1 - r * r)) /
	       bessel_i0(KAISER_BETA);
}

LoaStretcher *
loa_stretcher_new(void)
{
	LoaStretcher *self = g_new0(LoaStretcher, 1);

	for (int phase = 0; phase <= N_PHASES; phase++)
		for (int tap = 0; tap < N_TAPS; tap++)
			self->weights[phase][tap] =
				(float)weight(tap - (REACH - 1) - (double)phase / N_PHASES);
	return self;
}

void
loa_stretcher_reset(LoaStretcher *self, double position, gint64 first)
{
	self->position = position;
	self->first = self->end = first;
}

gint64
loa_stretcher_input_end(const LoaStretcher *self)
{
	return self->end;
}

double
loa_stretcher_position(const LoaStretcher *self)
{
	return self->position;
}

gint64
loa_stretcher_needed(const LoaStretcher *self, guint n, double step)
{
	return (gint64)floor(self->position + n * step) + REACH + 1;
}

void
loa_stretcher_push(LoaStretcher *self, const float *samples, guint n)
{
	g_assert(n <= MAX_PUSH);
	if (self->end - self->first + n > CAPACITY) {
		gint64 keep = MAX(self->first, (gint64)floor(self->position) - REACH);
		gsize n_kept = (gsize)MAX(0, self->end - keep);

		g_assert(n_kept + n <= CAPACITY);
		memmove(self->input, self->input + (self->end - n_kept - self->first),
			n_kept * sizeof *self->input);
		self->first = self->end - (gint64)n_kept;
	}
	memcpy(self->input + (self->end - self->first), samples, n * sizeof *samples);
	self->end += n;
}

static Lanes
load(const float *from)
{
	Lanes lanes;

	memcpy(&lanes, from, sizeof lanes);
	return lanes;
}

/* N_TAPS samples against the row @low and against @high, and the place between the two sums: the
 * same as weights between two rows, but with less to do for each. In lanes, for the vector unit. */
static float
weigh(const float *input, const float *low, const float *high, float between)
{
	Lanes by_low = { 0 }, by_high = { 0 };

	for (int tap = 0; tap < N_TAPS; tap += N_LANES) {
		Lanes samples = load(input + tap);

		by_low += samples * load(low + tap);
		by_high += samples * load(high + tap);
	}
	Lanes sum = by_low + between * (by_high - by_low);

	return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

/* @at: the sample at or before the place; @phase: how far past it. */
static float
interpolate(const LoaStretcher *self, gint64 at, double phase)
{
	double row = phase * N_PHASES;
	guint p = MIN((guint)row, N_PHASES - 1);
	float between = (float)(row - p);
	gint64 from = at - (REACH - 1);
	float window[N_TAPS];

	if (from >= self->first && from + N_TAPS <= self->end)
		return weigh(self->input + (from - self->first), self->weights[p],
			     self->weights[p + 1], between);
	/* At an edge: silence beyond it. */
	for (gint64 tap = 0; tap < N_TAPS; tap++)
		window[tap] = from + tap >= self->first && from + tap < self->end
				      ? self->input[from + tap - self->first]
				      : 0;
	return weigh(window, self->weights[p], self->weights[p + 1], between);
}

void
loa_stretcher_read(LoaStretcher *self, float *out, guint n, double step)
{
	for (guint i = 0; i < n; i++) {
		double place = self->position + i * step;
		double whole = floor(place);

		out[i] = interpolate(self, (gint64)whole, place - whole);
	}
	self->position += n * step;
}

void
loa_stretcher_free(LoaStretcher *self)
{
	g_free(self);
}
