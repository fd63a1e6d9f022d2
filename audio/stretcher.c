/* SPDX-License-Identifier: Apache-2.0 */
#include "audio/stretcher.h"

#include <math.h>
#include <string.h>

#define REACH LOA_STRETCHER_REACH
#define N_TAPS (2 * REACH)
#define N_PHASES 512
#define N_LANES 4
#define N_VECTORS (N_TAPS / N_LANES)
/* Neighbours share their weights as long as none is off its place by more samples than this: 85 dB
 * below a tone of 8 kHz. */
#define MAX_PHASE_ERROR 5e-5
#define MAX_RUN 8
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

/* The weights at a place @phase past a sample: between two rows of the table. */
static void
choose_weights(const LoaStretcher *self, double phase, Lanes weights[N_VECTORS])
{
	double row = phase * N_PHASES;
	guint p = MIN((guint)row, N_PHASES - 1);
	float between = (float)(row - p);

	for (int i = 0; i < N_VECTORS; i++) {
		Lanes low = load(self->weights[p] + i * N_LANES);
		Lanes high = load(self->weights[p + 1] + i * N_LANES);

		weights[i] = low + between * (high - low);
	}
}

static float
weigh(const float *input, const Lanes weights[N_VECTORS])
{
	Lanes even = { 0 }, odd = { 0 };

	for (int i = 0; i < N_VECTORS; i += 2) {
		even += load(input + i * N_LANES) * weights[i];
		odd += load(input + (i + 1) * N_LANES) * weights[i + 1];
	}
	Lanes sum = even + odd;

	return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

/* @from: the sample that the first weight is for. At an edge: silence beyond it. */
static float
weigh_at(const LoaStretcher *self, gint64 from, const Lanes weights[N_VECTORS])
{
	float window[N_TAPS];

	if (from >= self->first && from + N_TAPS <= self->end)
		return weigh(self->input + (from - self->first), weights);
	for (gint64 tap = 0; tap < N_TAPS; tap++)
		window[tap] = from + tap >= self->first && from + tap < self->end
				      ? self->input[from + tap - self->first]
				      : 0;
	return weigh(window, weights);
}

/* So many samples in a row may share their weights. */
static guint
choose_run(double step)
{
	double drift = fabs(step - 1);

	return drift * MAX_RUN < 2 * MAX_PHASE_ERROR ? MAX_RUN
						     : 1 + (guint)(2 * MAX_PHASE_ERROR / drift);
}

void
loa_stretcher_read(LoaStretcher *self, float *out, guint n, double step)
{
	Lanes weights[N_VECTORS];
	guint run = choose_run(step);

	for (guint i = 0; i < n; i += run) {
		guint n_run = MIN(run, n - i);
		/* Exact in the middle of the run. */
		double middle = (n_run - 1) / 2.0;
		double place = self->position + (i + middle) * step - middle;
		double whole = floor(place);

		choose_weights(self, place - whole, weights);
		for (guint k = 0; k < n_run; k++)
			out[i + k] = weigh_at(self, (gint64)whole + k - (REACH - 1), weights);
	}
	self->position += n * step;
}

void
loa_stretcher_free(LoaStretcher *self)
{
	g_free(self);
}
