/* SPDX-License-Identifier: Apache-2.0 */
#include "schedules/hours.h"

#include <string.h>

#include "schedules/local-time.h"

gboolean
loa_hours_parse_end(const char *text, gint32 *to_s, char **why)
{
	if (strcmp(text, "24:00") != 0)
		return loa_time_of_day_parse(text, to_s, why);
	*to_s = LOA_DAY_S;
	return TRUE;
}

static gint
compare_intervals(gconstpointer a, gconstpointer b)
{
	const LoaInterval *left = a;
	const LoaInterval *right = b;

	return (left->from_us > right->from_us) - (left->from_us < right->from_us);
}

/* Joins what overlaps or touches; @intervals is sorted. */
static void
merge(GArray *intervals)
{
	guint n_kept = 0;

	for (guint i = 0; i < intervals->len; i++) {
		LoaInterval next = g_array_index(intervals, LoaInterval, i);
		LoaInterval *last =
			n_kept > 0 ? &g_array_index(intervals, LoaInterval, n_kept - 1) : NULL;

		if (last != NULL && next.from_us <= last->to_us) {
			last->to_us = MAX(last->to_us, next.to_us);
			continue;
		}
		g_array_index(intervals, LoaInterval, n_kept++) = next;
	}
	g_array_set_size(intervals, n_kept);
}

static void
add_window(GArray *intervals, const LoaHours *window, LoaLocalTime *local, LoaDay day,
	   gint64 from_us, gint64 to_us)
{
	if ((window->days & 1u << loa_day_weekday(day)) == 0)
		return;

	LoaInterval interval = {
		.from_us = MAX(from_us, loa_local_time_to_us(local, day, window->from_s)),
		.to_us = MIN(to_us, loa_local_time_to_us(local, day, window->to_s)),
	};
	if (interval.from_us < interval.to_us)
		g_array_append_val(intervals, interval);
}

GArray *
loa_hours_expand(const GArray *hours, GTimeZone *zone, gint64 from_us, gint64 to_us)
{
	GArray *intervals = g_array_new(FALSE, FALSE, sizeof(LoaInterval));
	LoaLocalTime local;

	from_us = MAX(from_us, LOA_LOCAL_TIME_MIN_US);
	to_us = MIN(to_us, LOA_LOCAL_TIME_MAX_US);
	if (from_us >= to_us)
		return intervals;
	loa_local_time_init(&local, zone);

	/* A day on either side: where the clocks change at midnight, a day's window can begin
	 * before the wall clock shows that day. */
	gint32 first = loa_day_to_number(loa_local_time_from_us(&local, from_us, NULL)) - 1;
	gint32 last = loa_day_to_number(loa_local_time_from_us(&local, to_us, NULL)) + 1;

	for (gint32 n = first; n <= last; n++)
		for (guint i = 0; i < hours->len; i++)
			add_window(intervals, &g_array_index(hours, LoaHours, i), &local,
				   loa_day_from_number(n), from_us, to_us);
	g_array_sort(intervals, compare_intervals);
	merge(intervals);
	return intervals;
}

static void
append_cut(GArray *intervals, const LoaInterval *interval, gint64 from_us, gint64 to_us)
{
	LoaInterval cut = { MAX(interval->from_us, from_us), MIN(interval->to_us, to_us) };

	if (cut.from_us < cut.to_us)
		g_array_append_val(intervals, cut);
}

void
loa_hours_replace(GArray *intervals, const GArray *with, gint64 from_us, gint64 to_us)
{
	g_autoptr(GArray) old = g_array_copy(intervals);

	g_array_set_size(intervals, 0);
	for (guint i = 0; i < old->len; i++) {
		const LoaInterval *interval = &g_array_index(old, LoaInterval, i);

		append_cut(intervals, interval, G_MININT64, from_us);
		append_cut(intervals, interval, to_us, G_MAXINT64);
	}
	for (guint i = 0; i < with->len; i++)
		append_cut(intervals, &g_array_index(with, LoaInterval, i), from_us, to_us);
	g_array_sort(intervals, compare_intervals);
	merge(intervals);
}

gboolean
loa_hours_cover(const GArray *intervals, gint64 from_us, gint64 to_us)
{
	guint low = 0, high = intervals->len;

	/* the last one that begins at or before from_us */
	while (low < high) {
		guint middle = low + (high - low) / 2;

		if (g_array_index(intervals, LoaInterval, middle).from_us <= from_us)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 && to_us <= g_array_index(intervals, LoaInterval, low - 1).to_us;
}
