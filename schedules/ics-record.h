/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedules/ics-record.h - an event as the record that a schedule file would have: a part of
 * ics-reader.c. Pure. Thread: any.
 */
#pragma once

#include "schedules/ics-reading.h"

/* (transfer full): a record at the event's line */
LoaValue *loa_ics_record_new(const LoaIcsEvent *event);
/* Otherwise it is refused. */
gboolean loa_ics_record_can_repeat(LoaIcsReading *reading, const LoaIcsEvent *event);
/* What a calendar program shows: title and category; days and time. */
void loa_ics_record_put_title(LoaIcsReading *reading, LoaValue *record, const LoaIcsEvent *event);
void loa_ics_record_put_days(LoaValue *record, LoaIcsEvent *event);

/* An event that somebody else wrote becomes a broadcast, or is refused. */
void loa_ics_record_take_foreign(LoaIcsReading *reading, LoaIcsEvent *event);
