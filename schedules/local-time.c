/* SPDX-License-Identifier: Apache-2.0 */
#include "schedules/local-time.h"

#include <stdlib.h>

/* No zone is further from UTC than this, and no change of the clocks is larger. */
#define REACH_S (26 * 3600)

void
loa_local_time_init(LoaLocalTime *self, GTimeZone *zone)
{
	*self = (LoaLocalTime){ .zone = zone, .day_s = G_MININT64 };
}

static gint32
offset_at(GTimeZone *zone, gint64 utc_s)
{
	gint interval = g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, utc_s);

	return g_time_zone_get_offset(zone, interval);
}

static gint64
floor_div(gint64 a, gint64 b)
{
	return a / b - (a % b < 0 ? 1 : 0);
}

/* The moment in (before_s, after_s] when the offset stops being @offset_s. */
static gint64
find_change(GTimeZone *zone, gint64 before_s, gint64 after_s, gint32 offset_s)
{
	while (after_s - before_s > 1) {
		gint64 middle_s = before_s + (after_s - before_s) / 2;

		if (offset_at(zone, middle_s) == offset_s)
			before_s = middle_s;
		else
			after_s = middle_s;
	}
	return after_s;
}

static gint64
resolve_near_change(GTimeZone *zone, gint64 wall_s)
{
	gint32 early = offset_at(zone, wall_s - REACH_S);
	gint32 late = offset_at(zone, wall_s + REACH_S);
	gint64 by_early = wall_s - early;
	gint64 by_late = wall_s - late;

	/* Where both hold, the old offset's reading comes first: a fold sets the clocks back. */
	if (offset_at(zone, by_early) == early)
		return by_early;
	if (offset_at(zone, by_late) == late)
		return by_late;
	return find_change(zone, MIN(by_early, by_late), MAX(by_early, by_late), early);
}

static void
look_at_day(LoaLocalTime *self, gint64 day_s)
{
	gint32 offset = offset_at(self->zone, day_s + LOA_DAY_S / 2);

	self->day_s = day_s;
	self->offset_s = offset;
	self->is_even = offset_at(self->zone, day_s - REACH_S) == offset &&
			offset_at(self->zone, day_s + LOA_DAY_S + REACH_S) == offset;
}

gint64
loa_local_time_to_us(LoaLocalTime *self, LoaDay day, gint32 at_s)
{
	gint64 day_s = (gint64)loa_day_to_number(day) * LOA_DAY_S;

	if (self->day_s != day_s)
		look_at_day(self, day_s);
	if (self->is_even)
		return (day_s + at_s - self->offset_s) * LOA_SECOND_US;
	return resolve_near_change(self->zone, day_s + at_s) * LOA_SECOND_US;
}

gint32
loa_local_time_offset_s(LoaLocalTime *self, gint64 us)
{
	return offset_at(self->zone, floor_div(us, LOA_SECOND_US));
}

LoaDay
loa_local_time_from_us(LoaLocalTime *self, gint64 us, gint32 *at_s)
{
	gint64 utc_s = floor_div(us, LOA_SECOND_US);
	gint64 wall_s = utc_s + offset_at(self->zone, utc_s);
	gint64 number = floor_div(wall_s, LOA_DAY_S);

	if (at_s != NULL)
		*at_s = (gint32)(wall_s - number * LOA_DAY_S);
	return loa_day_from_number((gint32)number);
}

gint32
loa_local_time_day_span(LoaLocalTime *self, gint64 us, LoaInterval *span)
{
	gint32 number = loa_day_to_number(loa_local_time_from_us(self, us, NULL));
	gint64 next_us = loa_local_time_to_us(self, loa_day_from_number(number + 1), 0);

	/* set back over midnight, the wall clock shows the day before once more */
	if (us >= next_us)
		number++;
	span->from_us = loa_local_time_to_us(self, loa_day_from_number(number), 0);
	span->to_us = loa_local_time_to_us(self, loa_day_from_number(number + 1), 0);
	return number;
}

char *
loa_local_time_format(LoaLocalTime *self, gint64 us)
{
	gint32 at_s;
	LoaDay day = loa_local_time_from_us(self, us, &at_s);
	gint32 offset_s = loa_local_time_offset_s(self, us);

	return g_strdup_printf("%04d-%02u-%02uT%02d:%02d:%02d%c%02d:%02d", day.year, day.month,
			       day.day, at_s / 3600, at_s / 60 % 60, at_s % 60,
			       offset_s < 0 ? '-' : '+', abs(offset_s) / 3600,
			       abs(offset_s) / 60 % 60);
}

GTimeZone *
loa_local_time_zone(const char *name)
{
	if (name == NULL || name[0] == '\0')
		return NULL;
	return g_time_zone_new_identifier(name);
}
