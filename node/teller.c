/* SPDX-License-Identifier: Apache-2.0 */
#include "node/teller.h"

/* What a person looks at, of the state that was told last. */
typedef struct {
	gboolean online;
	LoaClockState clock_state;
	gint64 plan_serial;
	double volume_db;
	guint output; /* hashes: only equality counts */
	guint output_error;
	guint trouble;
	guint on_air;
	guint clock_source;
	guint ready, not_ready;
	guint32 n_ready, n_wanted;
	gint64 n_unreported;
	gint64 n_refused;
} Look;

struct LoaTeller {
	Look last;
	gint64 told_us;
	gboolean has_told;
	gboolean is_watched;
};

LoaTeller *
loa_teller_new(void)
{
	return g_new0(LoaTeller, 1);
}

static guint
hash(const char *text)
{
	return text != NULL ? g_str_hash(text) : 0;
}

static guint
hash_all(const GPtrArray *texts)
{
	guint sum = texts->len;

	for (guint i = 0; i < texts->len; i++)
		sum = sum * 31 + g_str_hash(g_ptr_array_index(texts, i));
	return sum;
}

static Look
look_at(const LoaNodeState *state)
{
	return (Look){ .online = state->online,
		       .clock_state = state->clock_state,
		       .plan_serial = state->plan_serial,
		       .volume_db = state->volume_db,
		       .output = hash(state->output),
		       .output_error = hash(state->output_error),
		       .trouble = hash(state->trouble),
		       .on_air = hash(state->on_air),
		       .clock_source = hash(state->clock_source),
		       .ready = hash_all(state->ready),
		       .not_ready = hash_all(state->not_ready),
		       .n_ready = state->n_ready,
		       .n_wanted = state->n_wanted,
		       .n_unreported = state->n_unreported,
		       .n_refused = state->n_refused };
}

static gboolean
is_same(const Look *a, const Look *b)
{
	return a->online == b->online && a->clock_state == b->clock_state &&
	       a->plan_serial == b->plan_serial && a->volume_db == b->volume_db &&
	       a->output == b->output && a->output_error == b->output_error &&
	       a->trouble == b->trouble && a->on_air == b->on_air &&
	       a->clock_source == b->clock_source && a->ready == b->ready &&
	       a->not_ready == b->not_ready && a->n_ready == b->n_ready &&
	       a->n_wanted == b->n_wanted && a->n_unreported == b->n_unreported &&
	       a->n_refused == b->n_refused;
}

static gint64
period_us(const LoaTeller *self, const LoaNodeState *state)
{
	if (state->on_air == NULL)
		return LOA_TELLER_IDLE_US;
	return self->is_watched || state->position_ms < LOA_TELLER_FRESH_MS ? LOA_TELLER_FRESH_US
									    : LOA_TELLER_ON_AIR_US;
}

void
loa_teller_set_watched(LoaTeller *self, gboolean is_watched)
{
	self->is_watched = is_watched;
}

gint64
loa_teller_due_us(const LoaTeller *self, const LoaNodeState *state)
{
	Look look = look_at(state);

	if (!self->has_told)
		return G_MININT64;
	return self->told_us +
	       (is_same(&look, &self->last) ? period_us(self, state) : LOA_TELLER_MIN_GAP_US);
}

gboolean
loa_teller_is_due(const LoaTeller *self, const LoaNodeState *state, gint64 mono_us)
{
	return mono_us >= loa_teller_due_us(self, state);
}

void
loa_teller_told(LoaTeller *self, const LoaNodeState *state, gint64 mono_us)
{
	self->last = look_at(state);
	self->told_us = mono_us;
	self->has_told = TRUE;
}

void
loa_teller_forget(LoaTeller *self)
{
	self->has_told = FALSE;
}

void
loa_teller_free(LoaTeller *self)
{
	g_free(self);
}
