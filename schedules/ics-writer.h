/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedules/ics-writer.h - the timetable as an iCalendar file (RFC 5545), so that a calendar
 * program shows the year.
 *
 * One VEVENT for each broadcast and time of day. Weekdays and RFC 5545 rules are an RRULE; what
 * goes by the moon, by giao thừa, by occasions or events is written as the dates it has in the
 * range. ics-reader.h restores every broadcast exactly. Pure. Thread: any.
 */
#pragma once

#include "schedules/broadcast.h"

#define LOA_ICS_WRITER_MAX_DAYS 3700

/* Borrowed for the call. */
typedef struct {
	const char *site_id;         /* for the UIDs */
	const char *site_name;       /* the calendar's name */
	const GPtrArray *groups;     /* (nullable): LoaGroup, for the names in LOCATION */
	const GPtrArray *broadcasts; /* LoaBroadcast; confidential ones are left out */
	GTimeZone *zone;
	const char *zone_name; /* of the tz database */
	LoaDay from;
	guint n_days; /* 1..LOA_ICS_WRITER_MAX_DAYS */
	gint64 now_us;
} LoaIcsQuery;

/**
 * loa_ics_write:
 * @left_out: (nullable) (element-type utf8): the ids of broadcasts without a start in the range,
 * and of confidential ones, are added
 *
 * Returns: (transfer full): or %NULL with a LOA_TIMETABLE_ERROR
 */
char *loa_ics_write(const LoaIcsQuery *query, GPtrArray *left_out,
		    GError **error) G_GNUC_WARN_UNUSED_RESULT;
