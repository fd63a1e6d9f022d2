/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedules/event.h - reminders of an event: a meeting, a vaccination day, a power cut.
 *
 * Reminders hang on the event: when it is moved they move, and none is left once it begins.
 * "-2h" and "-30m" are so long before; "-3d" is three days before at the same wall time,
 * "-1d 17:00" at another one, "-0d 06:00" on the day itself. Pure. Thread: any.
 */
#pragma once

#include "schedules/local-time.h"

#define LOA_EVENT_MAX_REMINDERS 24
#define LOA_EVENT_MAX_DAYS 90

typedef struct {
	gint32 before_s; /* > 0: so long before; 0: by the wall clock, as the next two say */
	gint32 days;     /* 0..LOA_EVENT_MAX_DAYS days before */
	gint32 at_s;     /* seconds after midnight; -1: the event's own time */
} LoaReminder;

/* %FALSE with @why: (out) (transfer full): a sentence. */
gboolean loa_reminder_parse(const char *text, LoaReminder *reminder,
			    char **why) G_GNUC_WARN_UNUSED_RESULT;
/* (transfer full): as loa_reminder_parse() reads it */
char *loa_reminder_format(const LoaReminder *reminder);
/* About how long before an event at @event_s of its day, in seconds; for sorting, and <= 0 where
 * it would not be before. */
gint32 loa_reminder_lead_s(const LoaReminder *reminder, gint32 event_s);

/* "2026-12-01 08:00", or with a 'T' between; as above. */
gboolean loa_event_parse(const char *text, LoaDay *day, gint32 *at_s,
			 char **why) G_GNUC_WARN_UNUSED_RESULT;
/* (transfer full) */
char *loa_event_format(LoaDay day, gint32 at_s);

/* The wall clock at the reminder. */
LoaDay loa_event_reminder_day(LoaLocalTime *local, LoaDay event_day, gint32 event_s,
			      const LoaReminder *reminder, gint32 *at_s);
