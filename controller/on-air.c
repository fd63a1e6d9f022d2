/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/on-air.h"

#include <string.h>

/* What began longer ago is over, whatever made it wait. */
#define LOOKBACK_US (G_GINT64_CONSTANT(86400) * G_USEC_PER_SEC)

typedef struct {
	const LoaAiring *airing;
	gint64 played_us;
	gint64 length_us;
} Turn;

static gint64
length_us(const LoaAiring *airing)
{
	return airing->n_samples * G_USEC_PER_SEC / LOA_SAMPLE_RATE;
}

/* As strcmp(): who goes first. */
static gint
rank(const LoaAiring *a, const LoaAiring *b)
{
	if (a->class != b->class)
		return a->class > b->class ? -1 : 1;
	if (a->order != b->order)
		return a->order < b->order ? -1 : 1;
	if (a->start_us != b->start_us)
		return a->start_us < b->start_us ? -1 : 1;
	return strcmp(a->id, b->id);
}

/* When it is over if it has the output from @t_us on. */
static gint64
end_us(const Turn *turn, gint64 t_us)
{
	gint64 end = turn->airing->resume == LOA_RESUME_PAUSE
			     ? t_us + turn->length_us - turn->played_us
			     : turn->airing->start_us + turn->length_us;

	return turn->airing->stop_us == 0 ? end : MIN(end, turn->airing->stop_us);
}

static gboolean
is_open(const Turn *turn, gint64 t_us)
{
	return turn->airing->start_us <= t_us && end_us(turn, t_us) > t_us;
}

static Turn *
first_at(GArray *turns, gint64 t_us)
{
	Turn *first = NULL;

	for (guint i = 0; i < turns->len; i++) {
		Turn *turn = &g_array_index(turns, Turn, i);

		if (is_open(turn, t_us) && (first == NULL || rank(turn->airing, first->airing) < 0))
			first = turn;
	}
	return first;
}

/* The next moment at which the output may change hands. */
static gint64
next_change_us(GArray *turns, const Turn *first, gint64 t_us, gint64 now_us)
{
	gint64 next_us = first == NULL ? now_us : MIN(now_us, end_us(first, t_us));

	for (guint i = 0; i < turns->len; i++) {
		const Turn *turn = &g_array_index(turns, Turn, i);

		if (turn->airing->start_us > t_us)
			next_us = MIN(next_us, turn->airing->start_us);
	}
	return next_us;
}

static GArray *
collect(const LoaPlan *plan, gint64 now_us)
{
	GArray *turns = g_array_new(FALSE, FALSE, sizeof(Turn));

	for (guint i = 0; i < plan->airings->len; i++) {
		const LoaAiring *airing = g_ptr_array_index(plan->airings, i);
		Turn turn = { airing, 0, length_us(airing) };

		if (airing->start_us <= now_us && airing->start_us > now_us - LOOKBACK_US)
			g_array_append_val(turns, turn);
	}
	return turns;
}

static gint
compare(gconstpointer a, gconstpointer b)
{
	return rank(((const LoaOnAir *)a)->airing, ((const LoaOnAir *)b)->airing);
}

GArray *
loa_on_air_at(const LoaPlan *plan, gint64 now_us)
{
	g_autoptr(GArray) turns = collect(plan, now_us);
	GArray *found = g_array_new(FALSE, FALSE, sizeof(LoaOnAir));
	gint64 t_us = now_us - LOOKBACK_US;

	while (t_us < now_us) {
		Turn *first = first_at(turns, t_us);
		gint64 next_us = next_change_us(turns, first, t_us, now_us);

		if (first != NULL)
			first->played_us += next_us - t_us;
		t_us = next_us;
	}

	const Turn *first = first_at(turns, now_us);

	for (guint i = 0; i < turns->len; i++) {
		const Turn *turn = &g_array_index(turns, Turn, i);
		LoaOnAir on_air = { turn->airing, turn != first, turn->played_us };

		if (!is_open(turn, now_us))
			continue;
		if (turn->airing->resume == LOA_RESUME_REJOIN)
			on_air.position_us = now_us - turn->airing->start_us;
		g_array_append_val(found, on_air);
	}
	g_array_sort(found, compare);
	return found;
}
