/* SPDX-License-Identifier: Apache-2.0 */
#include "schedules/timetable.h"

#include <stdlib.h>
#include <string.h>

#include "schedules/local-time.h"
#include "schedules/rule.h"

G_DEFINE_QUARK(loa_timetable_error, loa_timetable_error)

typedef struct {
	GArray *slots; /* LoaSlot, owned by the caller */
	LoaLocalTime local;
	GArray *candidates; /* Candidate */
	GArray *times;      /* Time: of all candidates, as the wall clock shows them */
	gint64 from_us;
	gint64 to_us;
	guint max_slots;
	gboolean is_full;
} Expansion;

/* The days on which one broadcast may play, as far as the range goes, and its times on them. */
typedef struct {
	const LoaBroadcast *broadcast;
	guint number; /* of the broadcast */
	gint32 first; /* day numbers, inclusive */
	gint32 last;
	guint weekdays;
	GArray *days;   /* (nullable) (owned): then these alone count: gint32, rising */
	guint next;     /* the first of them not yet passed */
	GArray *at_s;   /* (owned) */
	gboolean plays; /* on the day that is looked at */
} Candidate;

/* One time of day of one candidate. */
typedef struct {
	guint candidate;
	gint32 at_s;
	const char *id; /* borrowed: of the broadcast */
} Time;

static void
candidate_clear(gpointer data)
{
	Candidate *candidate = data;

	g_clear_pointer(&candidate->days, g_array_unref);
	g_array_unref(candidate->at_s);
}

static void
add_plain(GArray *candidates, const LoaBroadcast *broadcast, gint32 first, gint32 last)
{
	Candidate candidate = {
		.broadcast = broadcast,
		.first = first,
		.last = last,
		.weekdays = broadcast->days,
		.at_s = g_array_ref(broadcast->at_s),
	};

	if (!loa_day_is_none(broadcast->date)) {
		gint32 n = loa_day_to_number(broadcast->date);

		candidate.first = MAX(first, n);
		candidate.last = MIN(last, n);
		candidate.weekdays = LOA_BROADCAST_ALL_DAYS;
	} else {
		if (!loa_day_is_none(broadcast->from))
			candidate.first = MAX(first, loa_day_to_number(broadcast->from));
		if (!loa_day_is_none(broadcast->until))
			candidate.last = MIN(last, loa_day_to_number(broadcast->until));
	}
	if (candidate.first <= candidate.last)
		g_array_append_val(candidates, candidate);
	else
		candidate_clear(&candidate);
}

static void
add_listed(GArray *candidates, const LoaBroadcast *broadcast, GArray *days, GArray *at_s)
{
	const Candidate candidate = {
		.broadcast = broadcast,
		.days = g_array_ref(days),
		.at_s = g_array_ref(at_s),
	};

	g_array_append_val(candidates, candidate);
}

/* Offsets from midnight at Tết become times of day on Tết and on the day before. */
static void
add_eve(GArray *candidates, const LoaBroadcast *broadcast, GArray *new_years)
{
	g_autoptr(GArray) eves = g_array_copy(new_years);
	g_autoptr(GArray) before = g_array_new(FALSE, FALSE, sizeof(gint32));
	g_autoptr(GArray) after = g_array_new(FALSE, FALSE, sizeof(gint32));

	for (guint i = 0; i < eves->len; i++)
		g_array_index(eves, gint32, i)--;
	for (guint i = 0; i < broadcast->eve_s->len; i++) {
		gint32 offset_s = g_array_index(broadcast->eve_s, gint32, i);
		gint32 at_s = offset_s < 0 ? offset_s + LOA_DAY_S : offset_s;

		g_array_append_val(offset_s < 0 ? before : after, at_s);
	}
	add_listed(candidates, broadcast, eves, before);
	add_listed(candidates, broadcast, new_years, after);
}

/* Each reminder is a day with one time; those out of the range fall away by their moment. */
static void
add_event(GArray *candidates, const LoaBroadcast *broadcast, LoaLocalTime *local)
{
	for (guint i = 0; i < broadcast->reminders->len; i++) {
		g_autoptr(GArray) days = g_array_new(FALSE, FALSE, sizeof(gint32));
		g_autoptr(GArray) at_s = g_array_new(FALSE, FALSE, sizeof(gint32));
		gint32 seconds, n;

		n = loa_day_to_number(loa_event_reminder_day(
			local, broadcast->event_day, broadcast->event_s,
			&g_array_index(broadcast->reminders, LoaReminder, i), &seconds));
		g_array_append_val(days, n);
		g_array_append_val(at_s, seconds);
		add_listed(candidates, broadcast, days, at_s);
	}
}

static void
add_candidates(GArray *candidates, const LoaBroadcast *broadcast, gint32 first, gint32 last,
	       LoaLocalTime *local)
{
	g_autoptr(GArray) days = NULL;

	if (loa_rule_kind(broadcast) == LOA_RULE_EVENT) {
		add_event(candidates, broadcast, local);
		return;
	}
	if (loa_rule_is_plain(broadcast)) {
		add_plain(candidates, broadcast, first, last);
		return;
	}
	days = loa_rule_expand(broadcast, first, last);
	if (loa_rule_kind(broadcast) == LOA_RULE_EVE)
		add_eve(candidates, broadcast, days);
	else
		add_listed(candidates, broadcast, days, broadcast->at_s);
}

/* Asked for rising days only. */
static gboolean
plays_on(Candidate *candidate, gint32 n, guint weekday)
{
	const GArray *days = candidate->days;

	if (days == NULL)
		return n >= candidate->first && n <= candidate->last &&
		       (candidate->weekdays & weekday) != 0;
	while (candidate->next < days->len && g_array_index(days, gint32, candidate->next) < n)
		candidate->next++;
	return candidate->next < days->len && g_array_index(days, gint32, candidate->next) == n;
}

gboolean
loa_timetable_never_plays(const LoaBroadcast *broadcast)
{
	gint32 first, last;

	if (!loa_rule_is_plain(broadcast))
		return !loa_rule_ever_plays(broadcast);
	if (!loa_day_is_none(broadcast->date))
		return FALSE;
	first = loa_day_is_none(broadcast->from) ? 0 : loa_day_to_number(broadcast->from);
	last = loa_day_is_none(broadcast->until) ? G_MAXINT32 : loa_day_to_number(broadcast->until);
	for (gint32 n = first; n <= last && n < first + 7; n++)
		if ((broadcast->days & 1u << loa_day_weekday(loa_day_from_number(n))) != 0)
			return FALSE;
	return TRUE;
}

static gint
compare_slots(gconstpointer a, gconstpointer b)
{
	const LoaSlot *left = a;
	const LoaSlot *right = b;

	if (left->start_us != right->start_us)
		return left->start_us < right->start_us ? -1 : 1;

	gint by_id = strcmp(left->broadcast->id, right->broadcast->id);

	/* Two times of one broadcast meet where a gap swallowed the earlier one. */
	return by_id != 0 ? by_id : left->local_s - right->local_s;
}

/* Sorts what one day added. Days follow each other, so that this sorts everything. */
static void
sort_tail(GArray *slots, guint from)
{
	if (slots->len > from + 1)
		qsort(&g_array_index(slots, LoaSlot, from), slots->len - from, sizeof(LoaSlot),
		      compare_slots);
}

/* A start is one start, even where a gap moved another time of the same broadcast onto it. */
static void
drop_doubles(GArray *slots)
{
	guint n_kept = 0;

	for (guint i = 0; i < slots->len; i++) {
		LoaSlot slot = g_array_index(slots, LoaSlot, i);
		const LoaSlot *last =
			n_kept > 0 ? &g_array_index(slots, LoaSlot, n_kept - 1) : NULL;

		if (last != NULL && last->start_us == slot.start_us &&
		    last->broadcast == slot.broadcast)
			continue;
		g_array_index(slots, LoaSlot, n_kept++) = slot;
	}
	g_array_set_size(slots, n_kept);
}

static gint
compare_times(gconstpointer a, gconstpointer b)
{
	const Time *x = a, *y = b;

	return x->at_s != y->at_s ? x->at_s - y->at_s : strcmp(x->id, y->id);
}

static void
sort_times(Expansion *expansion)
{
	for (guint i = 0; i < expansion->candidates->len; i++) {
		const Candidate *candidate = &g_array_index(expansion->candidates, Candidate, i);

		for (guint j = 0; j < candidate->at_s->len; j++) {
			const Time time = { i, g_array_index(candidate->at_s, gint32, j),
					    candidate->broadcast->id };

			g_array_append_val(expansion->times, time);
		}
	}
	g_array_sort(expansion->times, compare_times);
}

static void
add_slot(Expansion *expansion, const Candidate *candidate, LoaDay day, gint32 at_s)
{
	const LoaSlot slot = {
		.broadcast = candidate->broadcast,
		.number = candidate->number,
		.local_day = day,
		.local_s = at_s,
		.start_us = loa_local_time_to_us(&expansion->local, day, at_s),
	};

	if (slot.start_us < expansion->from_us || slot.start_us >= expansion->to_us)
		return;
	if (expansion->slots->len >= expansion->max_slots)
		expansion->is_full = TRUE;
	else
		g_array_append_val(expansion->slots, slot);
}

static gboolean
is_sorted(const GArray *slots, guint from)
{
	for (guint i = from + 1; i < slots->len; i++)
		if (compare_slots(&g_array_index(slots, LoaSlot, i - 1),
				  &g_array_index(slots, LoaSlot, i)) > 0)
			return FALSE;
	return TRUE;
}

/* By the wall clock, which is by time on all days but those on which it is changed. */
static void
add_day(Expansion *expansion, gint32 n)
{
	LoaDay day = loa_day_from_number(n);
	guint weekday = 1u << loa_day_weekday(day);

	for (guint i = 0; i < expansion->candidates->len; i++) {
		Candidate *candidate = &g_array_index(expansion->candidates, Candidate, i);

		candidate->plays = plays_on(candidate, n, weekday) &&
				   !loa_broadcast_is_expired(candidate->broadcast, day);
	}
	for (guint i = 0; i < expansion->times->len && !expansion->is_full; i++) {
		const Time *time = &g_array_index(expansion->times, Time, i);
		const Candidate *candidate =
			&g_array_index(expansion->candidates, Candidate, time->candidate);

		if (candidate->plays)
			add_slot(expansion, candidate, day, time->at_s);
	}
}

static void
expand_days(Expansion *expansion, gint32 first, gint32 last)
{
	GArray *slots = expansion->slots;
	gboolean is_in_order = TRUE;

	sort_times(expansion);
	for (gint32 n = first; n <= last && !expansion->is_full; n++) {
		guint n_before = slots->len;

		add_day(expansion, n);
		if (!is_sorted(slots, n_before))
			sort_tail(slots, n_before);
		if (n_before > 0 && slots->len > n_before)
			is_in_order &= compare_slots(&g_array_index(slots, LoaSlot, n_before - 1),
						     &g_array_index(slots, LoaSlot, n_before)) <= 0;
	}
	/* Where a whole day was skipped, its starts fall on one moment of the next. */
	if (!is_in_order)
		sort_tail(slots, 0);
	drop_doubles(slots);
}

GArray *
loa_timetable_expand(const GPtrArray *broadcasts, GTimeZone *zone, gint64 from_us, gint64 to_us,
		     guint max_slots, GError **error)
{
	g_autoptr(GArray) slots = g_array_new(FALSE, FALSE, sizeof(LoaSlot));

	from_us = MAX(from_us, LOA_LOCAL_TIME_MIN_US);
	to_us = MIN(to_us, LOA_LOCAL_TIME_MAX_US);

	Expansion expansion = {
		.slots = slots, .from_us = from_us, .to_us = to_us, .max_slots = max_slots
	};

	if (from_us >= to_us)
		return g_steal_pointer(&slots);
	loa_local_time_init(&expansion.local, zone);

	/* A day on either side: see loa_hours_expand(). And an eve goes before its day. */
	gint32 first =
		loa_day_to_number(loa_local_time_from_us(&expansion.local, from_us, NULL)) - 1;
	gint32 last = loa_day_to_number(loa_local_time_from_us(&expansion.local, to_us, NULL)) + 1;
	g_autoptr(GArray) candidates = g_array_new(FALSE, FALSE, sizeof(Candidate));
	g_autoptr(GArray) times = g_array_new(FALSE, FALSE, sizeof(Time));

	g_array_set_clear_func(candidates, candidate_clear);
	for (guint i = 0; i < broadcasts->len; i++) {
		guint n_before = candidates->len;

		add_candidates(candidates, broadcasts->pdata[i], first, last, &expansion.local);
		for (guint j = n_before; j < candidates->len; j++)
			g_array_index(candidates, Candidate, j).number = i;
	}
	expansion.candidates = candidates;
	expansion.times = times;
	expand_days(&expansion, first, last);
	if (expansion.is_full) {
		g_set_error(error, LOA_TIMETABLE_ERROR, LOA_TIMETABLE_ERROR_TOO_MANY,
			    "more than %u starts in this range: ask for fewer days, or let the "
			    "broadcasts play less often",
			    max_slots);
		return NULL;
	}
	return g_steal_pointer(&slots);
}
