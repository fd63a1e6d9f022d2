/* SPDX-License-Identifier: Apache-2.0 */
#include "audio/limiter.h"

#include <math.h>

#include "audio/true-peak.h"

#define AHEAD 240 /* samples: 5 ms */
#define RELEASE_SAMPLES 4800.0

G_STATIC_ASSERT(LOA_LIMITER_LATENCY == LOA_TRUE_PEAK_DELAY + AHEAD - 1);

/* The least of the last AHEAD values, each value handled twice at most: a queue in which values
 * rise from head to tail. */
typedef struct {
	float values[AHEAD];
	gint64 indices[AHEAD];
	guint head;
	guint n;
} SlidingMin;

struct LoaLimiter {
	float gain;
	float ceiling;
	float release;
	LoaTruePeak peak;
	float last_needed; /* for the stretch before this one: a sample belongs to two stretches */
	float held;
	SlidingMin min;
	double sum; /* of the held gains in recent[] */
	float recent[AHEAD];
	float delayed[LOA_LIMITER_LATENCY];
	gint64 n; /* samples taken */
};

LoaLimiter *
loa_limiter_new(double gain, double ceiling)
{
	LoaLimiter *self = g_new0(LoaLimiter, 1);

	self->gain = (float)gain;
	self->ceiling = (float)ceiling;
	self->release = (float)(1 - exp(-1 / RELEASE_SAMPLES));
	self->last_needed = 1;
	self->held = 1;
	self->sum = AHEAD;
	for (guint i = 0; i < AHEAD; i++)
		self->recent[i] = 1;
	loa_true_peak_init(&self->peak, self->ceiling);
	return self;
}

void
loa_limiter_free(LoaLimiter *self)
{
	g_free(self);
}

static float
sliding_min_push(SlidingMin *self, gint64 index, float value)
{
	if (self->n > 0 && self->indices[self->head] <= index - AHEAD) {
		self->head = (self->head + 1) % AHEAD;
		self->n--;
	}
	while (self->n > 0 && self->values[(self->head + self->n - 1) % AHEAD] >= value)
		self->n--;

	guint tail = (self->head + self->n) % AHEAD;

	self->values[tail] = value;
	self->indices[tail] = index;
	self->n++;
	return self->values[self->head];
}

static float
limit_one(LoaLimiter *self, float sample)
{
	guint at = (guint)(self->n % LOA_LIMITER_LATENCY);
	guint slot = (guint)(self->n % AHEAD);
	float delayed = self->delayed[at];
	float peak = loa_true_peak_push(&self->peak, sample);
	float needed = peak > self->ceiling ? self->ceiling / peak : 1;
	float least = sliding_min_push(&self->min, self->n, fminf(needed, self->last_needed));

	if (least < self->held)
		self->held = least;
	else
		self->held += (least - self->held) * self->release;
	self->sum += (double)self->held - (double)self->recent[slot];
	self->recent[slot] = self->held;
	self->delayed[at] = sample;
	self->last_needed = needed;
	self->n++;
	return delayed * fminf((float)(self->sum / AHEAD), 1);
}

void
loa_limiter_process(LoaLimiter *self, float *samples, gsize n_samples)
{
	for (gsize i = 0; i < n_samples; i++)
		samples[i] = limit_one(self, samples[i] * self->gain);
}
