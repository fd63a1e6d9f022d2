/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedules/hours.h - the hours of the day at which a loudspeaker may speak.
 *
 * A set of weekly windows on the wall clock, and the same as absolute stretches of site time.
 * Pure. Thread: any.
 */
#pragma once

#include "common/interval.h"
#include "schedules/day.h"

#define LOA_HOURS_MAX_WINDOWS 64

/* On each of these days, from_s <= wall clock < to_s. A night is two windows. */
typedef struct {
	guint days;    /* bit 0 Monday ... bit 6 Sunday */
	gint32 from_s; /* 0..86399, seconds after midnight */
	gint32 to_s;   /* up to 86400, after from_s */
} LoaHours;

/* "HH:MM" as loa_time_of_day_parse(), and "24:00" as well: for the end of a window. */
gboolean loa_hours_parse_end(const char *text, gint32 *to_s, char **why) G_GNUC_WARN_UNUSED_RESULT;

/**
 * loa_hours_expand:
 * @hours: (element-type LoaHours): the union of them holds; none gives an empty answer
 * @zone: the site's time zone
 * @from_us: clipped to @from_us <= t < @to_us
 *
 * A window's end that a change of the clocks doubles is the first of the two.
 *
 * Returns: (transfer full) (element-type LoaInterval): sorted, not empty, neither overlapping
 * nor touching
 */
GArray *loa_hours_expand(const GArray *hours, GTimeZone *zone, gint64 from_us, gint64 to_us);

/* Within [from_us, to_us), @with (both as loa_hours_expand() gives them) holds instead; what of it
 * lies outside is cut off. */
void loa_hours_replace(GArray *intervals, const GArray *with, gint64 from_us, gint64 to_us);

/* Does [from_us, to_us) lie within one of the @intervals, as loa_hours_expand() gives them? */
gboolean loa_hours_cover(const GArray *intervals, gint64 from_us, gint64 to_us);
