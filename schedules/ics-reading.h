/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedules/ics-reading.h - one calendar file while it is read: what is known and what was found. A
 * part of ics-reader.c. Pure. Thread: any.
 */
#pragma once

#include "schedules/ics-event.h"
#include "schedules/ics-reader.h"
#include "schedules/ics-times.h"
#include "schedules/value.h"

typedef struct {
	const char *where;
	const LoaIcsOptions *options;
	LoaIcsTimes times;
	GPtrArray *faults;
	LoaIcs *ics;
	GHashTable *unused; /* name (owned) to Unused (owned) */
	GHashTable *known;  /* group ids (borrowed), or NULL: all are */
	GHashTable *ids;    /* as LoaFieldsContext wants it */
	GHashTable *ours;   /* JSON (of the first event) to GPtrArray of LoaIcsEvent */
	GPtrArray *order;   /* those arrays, as they came; borrowed from @ours */
} LoaIcsReading;

void loa_ics_reading_init(LoaIcsReading *reading, const char *where, const LoaIcsOptions *options,
			  GPtrArray *faults);
/* What was found in reading->ics is the caller's. */
void loa_ics_reading_clear(LoaIcsReading *reading);

void loa_ics_reading_refuse(LoaIcsReading *reading, const LoaIcsEvent *event, guint line,
			    const char *format, ...) G_GNUC_PRINTF(4, 5);
/* Something of the kind @name is not needed: said once, with a count, by write_notes. */
void loa_ics_reading_note_unused(LoaIcsReading *reading, const char *name, guint line);
void loa_ics_reading_write_notes(LoaIcsReading *reading);

/* From a record to a broadcast, with the faults of this event. */
void loa_ics_reading_take(LoaIcsReading *reading, const LoaIcsEvent *event, const LoaValue *record);
