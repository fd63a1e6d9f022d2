/* SPDX-License-Identifier: Apache-2.0 */
#include "audio/consumed.h"

#include <math.h>
#include <string.h>

#define N_RUNS 512  /* over a second at three runs a block */
#define BUCKET 4800 /* level meter: ten buckets of 100 ms */
#define N_BUCKETS 10
#define SILENT_DB (-120.0)

typedef struct {
	double sum_square;
	gint64 n;
} Bucket;

struct LoaConsumed {
	LoaRun runs[N_RUNS]; /* ring: [head, head + n_runs) */
	guint head, n_runs;
	Bucket buckets[N_BUCKETS];
	guint bucket;
};

LoaConsumed *
loa_consumed_new(void)
{
	return g_new0(LoaConsumed, 1);
}

void
loa_consumed_push(LoaConsumed *self, const LoaRun *run)
{
	/* Full: a device that holds more than a second. The oldest goes without credit. */
	if (self->n_runs == N_RUNS) {
		self->head = (self->head + 1) % N_RUNS;
		self->n_runs--;
	}
	self->runs[(self->head + self->n_runs++) % N_RUNS] = *run;
}

void
loa_consumed_shift(LoaConsumed *self, gint64 from, gint64 n_samples)
{
	for (guint i = 0; i < self->n_runs; i++) {
		LoaRun *run = &self->runs[(self->head + i) % N_RUNS];

		if (run->from < from)
			continue;
		run->from += n_samples;
		run->to += n_samples;
	}
}

static void
meter(LoaConsumed *self, const LoaRun *run)
{
	Bucket *bucket = &self->buckets[self->bucket];

	if (bucket->n >= BUCKET) {
		self->bucket = (self->bucket + 1) % N_BUCKETS;
		bucket = &self->buckets[self->bucket];
		*bucket = (Bucket){ 0 };
	}
	bucket->sum_square += run->sum_square;
	bucket->n += run->to - run->from;
}

void
loa_consumed_pass(LoaConsumed *self, gint64 position)
{
	while (self->n_runs > 0 && self->runs[self->head].to <= position) {
		const LoaRun *run = &self->runs[self->head];

		if (run->voice != NULL)
			loa_voice_credit_stream(run->voice, &run->credit);
		meter(self, run);
		self->head = (self->head + 1) % N_RUNS;
		self->n_runs--;
	}
}

guint64
loa_consumed_oldest_generation(const LoaConsumed *self)
{
	for (guint i = 0; i < self->n_runs; i++) {
		const LoaRun *run = &self->runs[(self->head + i) % N_RUNS];

		if (run->voice != NULL)
			return run->generation;
	}
	return G_MAXUINT64;
}

double
loa_consumed_level_db(const LoaConsumed *self)
{
	double sum_square = 0;
	gint64 n = 0;

	for (guint i = 0; i < N_BUCKETS; i++) {
		sum_square += self->buckets[i].sum_square;
		n += self->buckets[i].n;
	}
	if (n == 0 || sum_square <= 0)
		return SILENT_DB;
	return MAX(SILENT_DB, 10 * log10(sum_square / (double)n));
}

void
loa_consumed_forget(LoaConsumed *self)
{
	memset(self, 0, sizeof *self);
}

void
loa_consumed_free(LoaConsumed *self)
{
	g_free(self);
}
