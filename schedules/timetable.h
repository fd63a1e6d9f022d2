/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedules/timetable.h - from broadcasts to starts: when does each one play?
 *
 * Pure: the range comes in as parameters, the zone as an object. Thread: any.
 */
#pragma once

#include "schedules/broadcast.h"

#define LOA_TIMETABLE_ERROR (loa_timetable_error_quark())
GQuark loa_timetable_error_quark(void);

typedef enum {
	LOA_TIMETABLE_ERROR_TOO_MANY, /* more starts than the limit; the message has the number */
} LoaTimetableError;

/* One time slot of one broadcast. Repeats are not unrolled here: their distance depends on how
 * long the recording is, which only the planner knows. */
typedef struct {
	const LoaBroadcast *broadcast; /* borrowed */
	guint number;                  /* its place among the broadcasts that were expanded */
	gint64 start_us;               /* site time (UTC microseconds) of the first repeat */
	LoaDay local_day;
	gint32 local_s; /* as declared: seconds after local midnight */
} LoaSlot;

/**
 * loa_timetable_expand:
 * @broadcasts: (element-type LoaBroadcast)
 * @zone: the site's time zone
 * @from_us: first moment that counts, inclusive
 * @to_us: exclusive
 * @max_slots: beyond this the call fails and names the number
 *
 * A local time that a change of the clocks skips plays at the first moment after the gap; one
 * that occurs twice plays the first time only.
 *
 * Returns: (transfer full) (element-type LoaSlot): sorted by start_us, then broadcast id
 */
GArray *loa_timetable_expand(const GPtrArray *broadcasts, GTimeZone *zone, gint64 from_us,
			     gint64 to_us, guint max_slots,
			     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Can it have no start in any year? A weekday that its few days lack, say. */
gboolean loa_timetable_never_plays(const LoaBroadcast *broadcast);
