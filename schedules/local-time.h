/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedules/local-time.h - between a place's wall clock and site time.
 *
 * A wall time that a change of the clocks skips means the first moment after the gap; one that
 * occurs twice means the first of the two. Thread: any.
 */
#pragma once

#include "common/interval.h"
#include "schedules/day.h"

#define LOA_SECOND_US G_GINT64_CONSTANT(1000000)
#define LOA_DAY_S 86400
/* Timetables live in 1970-01-01 to 2199-12-31, UTC: a range is clipped to that. */
#define LOA_LOCAL_TIME_MIN_US G_GINT64_CONSTANT(0)
#define LOA_LOCAL_TIME_MAX_US G_GINT64_CONSTANT(7258118400000000)

/* A zone and what is known of the day that was asked for last: the timetable asks for many times
 * of one day. Make one for a task and let it go. */
typedef struct {
	GTimeZone *zone;  /* borrowed */
	gint64 day_s;     /* wall clock, seconds; */
	gint32 offset_s;  /* of all of that day ... */
	gboolean is_even; /* ... if no change of the clocks is near it */
} LoaLocalTime;

void loa_local_time_init(LoaLocalTime *self, GTimeZone *zone);

/* @at_s: 0..86400, seconds of the wall clock after midnight */
gint64 loa_local_time_to_us(LoaLocalTime *self, LoaDay day, gint32 at_s);
/* The wall clock at @us. @at_s: (out) (optional) */
LoaDay loa_local_time_from_us(LoaLocalTime *self, gint64 us, gint32 *at_s);
/* The day at @us, as its number, and from when to when it lasts. Days follow each other without a
 * gap, whatever the clocks do: a midnight that comes twice is the first one. @span: (out) */
gint32 loa_local_time_day_span(LoaLocalTime *self, gint64 us, LoaInterval *span);
/* East of Greenwich, at @us. */
gint32 loa_local_time_offset_s(LoaLocalTime *self, gint64 us);
/* (transfer full): RFC 3339 with the zone's offset, whole seconds: "2026-02-17T00:00:00+07:00" */
char *loa_local_time_format(LoaLocalTime *self, gint64 us);

/* (transfer full): the zone, or %NULL where the system does not know @name ("" neither). */
GTimeZone *loa_local_time_zone(const char *name);
