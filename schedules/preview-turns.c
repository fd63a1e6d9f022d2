/* SPDX-License-Identifier: Apache-2.0 */
#include "schedules/preview-turns.h"

#include <string.h>

/* Groups that hear a broadcast at one time. */
typedef struct {
	const LoaGroup *group; /* borrowed: one of them */
	guint64 *set;          /* owned: by the numbers of the site's groups */
} Part;

/* Whom one broadcast is for. */
typedef struct {
	guint32 turns;
	GArray *parts; /* Part */
} Crowd;

/* One start in all its groups. */
typedef struct {
	const LoaPreviewStart *start;
	const Crowd *crowd;
	gint64 whole_us;
	gint64 end_us; /* it is over in the last group */
} Act;

struct LoaPreviewTurns {
	const LoaPreviewQuery *query;
	const GArray *starts;
	LoaStaggerPolicy stagger;
	guint n_words;
	GPtrArray *crowds; /* Crowd, by the broadcasts' numbers */
};

static void
part_clear(gpointer data)
{
	g_free(((Part *)data)->set);
}

static void
crowd_free(gpointer data)
{
	Crowd *crowd = data;

	g_array_unref(crowd->parts);
	g_free(crowd);
}

static gboolean
begin_together(const Crowd *crowd, const LoaGroup *a, const LoaGroup *b)
{
	return crowd->turns != 0 ? a->turn == b->turn : a->start_offset_ms == b->start_offset_ms;
}

static Part *
find_part(const LoaPreviewTurns *self, Crowd *crowd, const LoaGroup *group)
{
	for (guint i = 0; i < crowd->parts->len; i++) {
		Part *part = &g_array_index(crowd->parts, Part, i);

		if (begin_together(crowd, part->group, group))
			return part;
	}

	const Part part = { group, g_new0(guint64, self->n_words) };

	g_array_append_val(crowd->parts, part);
	return &g_array_index(crowd->parts, Part, crowd->parts->len - 1);
}

static Crowd *
crowd_new(const LoaPreviewTurns *self, const LoaBroadcast *broadcast)
{
	const GPtrArray *groups = self->query->groups;
	Crowd *crowd = g_new0(Crowd, 1);

	crowd->turns = loa_stagger_turns(&self->stagger, groups, broadcast);
	crowd->parts = g_array_new(FALSE, FALSE, sizeof(Part));
	g_array_set_clear_func(crowd->parts, part_clear);
	for (guint i = 0; i < groups->len; i++) {
		const LoaGroup *group = g_ptr_array_index(groups, i);

		if (loa_broadcast_is_for(broadcast, group->id) &&
		    (self->query->group == NULL || strcmp(self->query->group, group->id) == 0))
			find_part(self, crowd, group)->set[i / 64] |= G_GUINT64_CONSTANT(1)
								      << (i % 64);
	}
	return crowd;
}

static gint64
begin_us(const LoaPreviewTurns *self, const Act *act, const Part *part)
{
	return act->start->slot.start_us + loa_stagger_offset_us(&self->stagger, part->group,
								 act->start->slot.broadcast->class,
								 act->crowd->turns, act->whole_us);
}

static Act
act_of(const LoaPreviewTurns *self, guint number)
{
	const LoaPreviewStart *start = &g_array_index(self->starts, LoaPreviewStart, number);
	Act act = { start, g_ptr_array_index(self->crowds, start->slot.number),
		    start->duration_ms > 0 ? start->duration_ms * 1000 : 1, start->slot.start_us };

	for (guint i = 0; i < act.crowd->parts->len; i++)
		act.end_us = MAX(act.end_us,
				 begin_us(self, &act, &g_array_index(act.crowd->parts, Part, i)) +
					 act.whole_us);
	return act;
}

LoaPreviewTurns *
loa_preview_turns_new(const LoaPreviewQuery *query, const GPtrArray *broadcasts,
		      const GArray *starts)
{
	LoaPreviewTurns *self = g_new0(LoaPreviewTurns, 1);

	self->query = query;
	self->starts = starts;
	if (query->stagger != NULL)
		self->stagger = *query->stagger;
	self->n_words = query->groups->len / 64 + 1;
	self->crowds = g_ptr_array_new_with_free_func(crowd_free);
	for (guint i = 0; i < broadcasts->len; i++)
		g_ptr_array_add(self->crowds, crowd_new(self, g_ptr_array_index(broadcasts, i)));
	return self;
}

gboolean
loa_preview_turns_has(const LoaPreviewTurns *self, guint number)
{
	return ((const Crowd *)g_ptr_array_index(self->crowds, number))->turns != 0;
}

static gboolean
share_a_group(const LoaPreviewTurns *self, const Part *a, const Part *b)
{
	for (guint i = 0; i < self->n_words; i++)
		if ((a->set[i] & b->set[i]) != 0)
			return TRUE;
	return FALSE;
}

/* @met_us: (inout): from when on both sound in some group, if that is before it. @b_is_later: (out)
 * then: did @b begin there while @a sounded? */
static gboolean
meet_in_parts(const LoaPreviewTurns *self, const Act *a, const Act *b, gint64 *met_us,
	      gboolean *b_is_later)
{
	gboolean is_met = FALSE;

	for (guint i = 0; i < a->crowd->parts->len; i++) {
		const Part *x = &g_array_index(a->crowd->parts, Part, i);
		gint64 x_us = begin_us(self, a, x);

		for (guint j = 0; j < b->crowd->parts->len; j++) {
			const Part *y = &g_array_index(b->crowd->parts, Part, j);
			gint64 y_us = begin_us(self, b, y);

			if (x_us >= y_us + b->whole_us || y_us >= x_us + a->whole_us ||
			    MAX(x_us, y_us) >= *met_us || !share_a_group(self, x, y))
				continue;
			*met_us = MAX(x_us, y_us);
			*b_is_later = y_us >= x_us;
			is_met = TRUE;
		}
	}
	return is_met;
}

/* @b begins after @a, or with it. */
static void
meet(const LoaPreviewTurns *self, const Act *a, const Act *b, LoaPreviewConflictsFunc func,
     gpointer user_data)
{
	const LoaBroadcast *x = a->start->slot.broadcast, *y = b->start->slot.broadcast;
	gboolean b_is_later = TRUE;
	gint64 met_us = G_MAXINT64;

	if (x->class != y->class || x->order != y->order || a->start->is_suspended ||
	    b->start->is_suspended || !meet_in_parts(self, a, b, &met_us, &b_is_later))
		return;

	const Act *earlier = b_is_later ? a : b, *later = b_is_later ? b : a;
	const LoaPreviewMeeting meeting = { earlier->start->slot.broadcast,
					    later->start->slot.broadcast,
					    later->start->slot.start_us, met_us, earlier->end_us };

	func(&meeting, user_data);
}

static gboolean
is_in_turn(const LoaPreviewTurns *self, guint start)
{
	return loa_preview_turns_has(
		self, g_array_index(self->starts, LoaPreviewStart, start).slot.number);
}

static gint64
find_reach(const LoaPreviewTurns *self)
{
	gint64 reach_us = 0;

	for (guint i = 0; i < self->starts->len; i++) {
		const Act act = act_of(self, i);

		reach_us = MAX(reach_us, act.end_us - act.start->slot.start_us);
	}
	return reach_us;
}

/* @at: one in turn: with those before it that may still sound, and with those that begin before it
 * is over. */
static void
find_around(const LoaPreviewTurns *self, guint at, gint64 reach_us, LoaPreviewConflictsFunc func,
	    gpointer user_data)
{
	const Act act = act_of(self, at);
	gint64 from_us = act.start->slot.start_us - reach_us;
	guint first = at;

	while (first > 0 &&
	       g_array_index(self->starts, LoaPreviewStart, first - 1).slot.start_us > from_us)
		first--;
	for (guint i = first; i < self->starts->len; i++) {
		if (i == at || (i < at && is_in_turn(self, i)))
			continue; /* two in turn were looked at from the first of them */

		const Act other = act_of(self, i);

		if (other.start->slot.start_us >= act.end_us)
			return;
		if (i < at)
			meet(self, &other, &act, func, user_data);
		else
			meet(self, &act, &other, func, user_data);
	}
}

void
loa_preview_turns_find(const LoaPreviewTurns *self, LoaPreviewConflictsFunc func,
		       gpointer user_data)
{
	gboolean is_any = FALSE;
	gint64 reach_us;

	for (guint i = 0; i < self->crowds->len && !is_any; i++)
		is_any = loa_preview_turns_has(self, i);
	if (!is_any)
		return;
	reach_us = find_reach(self);
	for (guint i = 0; i < self->starts->len; i++)
		if (is_in_turn(self, i))
			find_around(self, i, reach_us, func, user_data);
}

void
loa_preview_turns_free(LoaPreviewTurns *self)
{
	if (self == NULL)
		return;
	g_ptr_array_unref(self->crowds);
	g_free(self);
}
