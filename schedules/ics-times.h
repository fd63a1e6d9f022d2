/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedules/ics-times.h - DTSTART, RDATE, EXDATE and RRULE of an iCalendar file on the wall clock
 * of the site.
 *
 * A TZID is looked up in the system's tz database; a name that only the file explains is taken if
 * its VTIMEZONE has one offset. Pure. Thread: any.
 */
#pragma once

#include "schedules/ics-lines.h"
#include "schedules/local-time.h"

typedef struct {
	LoaLocalTime site;
	const LoaIcsComponent *calendar; /* with its VTIMEZONEs; borrowed */
} LoaIcsTimes;

typedef struct {
	LoaDay day;
	gint32 at_s;        /* -1: a whole day */
	GTimeZone *zone;    /* (nullable) (owned): the zone it was written in, if not the site's */
	LoaDay foreign_day; /* the day there */
} LoaIcsMoment;

void loa_ics_moment_clear(LoaIcsMoment *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LoaIcsMoment, loa_ics_moment_clear)

/* One value of a property. @why: (out) (transfer full): a sentence, with %FALSE */
gboolean loa_ics_times_read(LoaIcsTimes *self, const LoaIcsProperty *property, const char *value,
			    LoaIcsMoment *moment, char **why) G_GNUC_WARN_UNUSED_RESULT;

/* Do the days of a rule that is written in another zone fall on the same days here, for as long as
 * can be told? */
gboolean loa_ics_times_keeps_days(LoaIcsTimes *self, const LoaIcsMoment *start);

/* (transfer full): the rule in capitals with UNTIL as a day of the site, included. A rule that
 * cannot be read comes back as it is: loa_rrule_check() refuses it. */
char *loa_ics_times_rule(LoaIcsTimes *self, const char *rrule, gint32 at_s);
