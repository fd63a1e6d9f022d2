/* SPDX-License-Identifier: Apache-2.0 */
#include "schedules/timetable.h"

#include <string.h>

#include "schedules/local-time.h"

G_DEFINE_QUARK(loa_timetable_error, loa_timetable_error)

typedef struct {
	GArray *slots; /* LoaSlot, owned by the caller */
	LoaLocalTime local;
	gint64 from_us;
	gint64 to_us;
	guint max_slots;
	gboolean is_full;
} Expansion;

static void
add_day(Expansion *expansion, const LoaBroadcast *broadcast, LoaDay day)
{
	for (guint i = 0; i < broadcast->at_s->len; i++) {
		LoaSlot slot = {
			.broadcast = broadcast,
			.local_day = day,
			.local_s = g_array_index(broadcast->at_s, gint32, i),
		};

		slot.start_us = loa_local_time_to_us(&expansion->local, day, slot.local_s);
		if (slot.start_us < expansion->from_us || slot.start_us >= expansion->to_us)
			continue;
		if (expansion->slots->len >= expansion->max_slots) {
			expansion->is_full = TRUE;
			return;
		}
		g_array_append_val(expansion->slots, slot);
	}
}

/* The days between @first and @last (numbers) on which it may play. */
static void
add_broadcast(Expansion *expansion, const LoaBroadcast *broadcast, gint32 first, gint32 last)
{
	if (!loa_day_is_none(broadcast->date)) {
		gint32 n = loa_day_to_number(broadcast->date);

		if (n >= first && n <= last)
			add_day(expansion, broadcast, broadcast->date);
		return;
	}
	if (!loa_day_is_none(broadcast->from))
		first = MAX(first, loa_day_to_number(broadcast->from));
	if (!loa_day_is_none(broadcast->until))
		last = MIN(last, loa_day_to_number(broadcast->until));
	for (gint32 n = first; n <= last && !expansion->is_full; n++) {
		LoaDay day = loa_day_from_number(n);

		if ((broadcast->days & 1u << loa_day_weekday(day)) != 0)
			add_day(expansion, broadcast, day);
	}
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

	/* A day on either side: see loa_hours_expand(). */
	gint32 first = loa_day_to_number(loa_local_time_from_us(&expansion.local, from_us, NULL));
	gint32 last = loa_day_to_number(loa_local_time_from_us(&expansion.local, to_us, NULL));

	for (guint i = 0; i < broadcasts->len && !expansion.is_full; i++)
		add_broadcast(&expansion, broadcasts->pdata[i], first - 1, last + 1);
	if (expansion.is_full) {
		g_set_error(error, LOA_TIMETABLE_ERROR, LOA_TIMETABLE_ERROR_TOO_MANY,
			    "more than %u starts in this range: ask for fewer days, or let the "
			    "broadcasts play less often",
			    max_slots);
		return NULL;
	}
	g_array_sort(slots, compare_slots);
	drop_doubles(slots);
	return g_steal_pointer(&slots);
}
