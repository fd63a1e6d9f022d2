/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedules/ics-event.h - one VEVENT as far as a timetable needs it, in the site's wall clock.
 *
 * What we write carries the whole broadcast (X-LOA-BROADCAST) and a digest of what a calendar
 * program shows of it (X-LOA-SHOWS). Who reads it back can so tell whether somebody changed the
 * event in between, and has the very same broadcast if nobody did. Pure. Thread: any.
 */
#pragma once

#include "schedules/day.h"

#define LOA_ICS_EVENT_MAX_DATES 4000

typedef struct {
	guint line;     /* in the file; 0 when it is written */
	char *uid;      /* owned, as the other texts; "" when missing */
	char *summary;  /* NFC */
	char *location; /* (nullable) */
	char *category; /* (nullable): the first of CATEGORIES */
	char *about;    /* (nullable): DESCRIPTION */
	LoaDay day;     /* DTSTART; none: it has none */
	gint32 at_s;    /* its time; -1: a whole day */
	char *rrule;    /* (nullable): UNTIL is a day, YYYYMMDD, included */
	guint rrule_line;
	gboolean keeps_days; /* its rule falls on the same days here as in its own zone */
	GArray *rdates;      /* gint32 day numbers, at the same time */
	GArray *exdates;     /* likewise */
	char *json;          /* (nullable): X-LOA-BROADCAST */
	char *shows;         /* (nullable): X-LOA-SHOWS */
	guint part;          /* of n_parts, from 1: one VEVENT for each time of day; 0: none said */
	guint n_parts;
	char *to;        /* (nullable): X-LOA-TO */
	char *recording; /* (nullable): X-LOA-RECORDING */
	char *id;        /* (nullable): X-LOA-ID */
} LoaIcsEvent;

LoaIcsEvent *loa_ics_event_new(void);
void loa_ics_event_free(LoaIcsEvent *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaIcsEvent, loa_ics_event_free)

/* (transfer full): 16 hex digits over title, category, days and time, in a form that does not
 * change when a program writes them in another order; and over the place */
char *loa_ics_event_digest(const LoaIcsEvent *self);
char *loa_ics_event_place_digest(const LoaIcsEvent *self);
