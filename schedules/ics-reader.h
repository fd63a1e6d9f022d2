/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedules/ics-reader.h - broadcasts from an iCalendar file (RFC 5545): ours, or any other.
 *
 * What loa_ics_write() wrote and nobody changed comes back exactly. What a calendar program changed
 * is taken as it stands there, if the file can say it: title, category, days and time of a
 * broadcast that goes by weekdays, dates or an RRULE and has one time a day. Events of others
 * need to be told who hears them (X-LOA-TO, or groups in LOCATION) and what is played
 * (X-LOA-RECORDING, or a DESCRIPTION to be spoken); the options give what they lack.
 *
 * What cannot be taken is a fault with line, UID, property and reason; what is not needed (alarms,
 * attendees, ...) is a note. Nothing is dropped in silence. Pure. Thread: any.
 */
#pragma once

#include "schedules/broadcast.h"

/* Borrowed for the call; %NULL or -1: nothing is given. */
typedef struct {
	GTimeZone *zone;         /* the site's: floating times are in it */
	const GPtrArray *groups; /* (nullable): LoaGroup: those that exist */
	const char *to;        /* (nullable): "all", or ids with commas, for events that say none */
	const char *recording; /* (nullable): for events that say none */
	gint32 at_s;           /* for events of a whole day; -1: those are faults */
} LoaIcsOptions;

typedef struct {
	GPtrArray *broadcasts; /* LoaBroadcast (owned): those that could be taken */
	GPtrArray *notes;      /* char * (owned): "FILE:LINE: ..." of what was not needed */
} LoaIcs;

/**
 * loa_ics_read:
 * @where: the file's name, for faults and notes
 * @faults: (element-type utf8): see faults.h
 *
 * Returns: (transfer full) (nullable): %NULL when it is no iCalendar file at all
 */
LoaIcs *loa_ics_read(const char *where, const char *text, gsize size, const LoaIcsOptions *options,
		     GPtrArray *faults) G_GNUC_WARN_UNUSED_RESULT;

void loa_ics_free(LoaIcs *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaIcs, loa_ics_free)
