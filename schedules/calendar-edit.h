/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedules/calendar-edit.h - one change to what an office added to the calendars, from a program.
 *
 * The files of calendar-file.h stay the only place where this is kept: an edit reads the file,
 * changes one entry, and writes it anew. The comment at its head stays, the others go. What
 * somebody changed by hand meanwhile is taken along.
 *
 * new() → put() or remove() → try(): from now on all rules go by it → save(); without save(), or
 * after undo(), they go by what was before. Blocks on the disk. Thread: main.
 */
#pragma once

#include "schedules/value.h"

typedef enum {
	LOA_CALENDAR_OCCASIONS, /* occasions.cfg; the key is "id" */
	LOA_CALENDAR_NEW_MOONS, /* lunar-overrides.cfg; the key is "computed" */
	LOA_CALENDAR_LAST = LOA_CALENDAR_NEW_MOONS,
} LoaCalendarList;

#define LOA_CALENDAR_EDIT_MAX 200 /* entries of an office in one list */

typedef struct LoaCalendarEdit LoaCalendarEdit;

/* (nullable): @error: G_FILE_ERROR, or LOA_CALENDAR_FILE_ERROR where the file is faulty */
LoaCalendarEdit *loa_calendar_edit_new(const char *folder, LoaCalendarList list,
				       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* (transfer none): the entries, a list of records */
const LoaValue *loa_calendar_edit_entries(const LoaCalendarEdit *self);
/* @entry: (transfer none); one with the same key is replaced in its place */
void loa_calendar_edit_put(LoaCalendarEdit *self, const LoaValue *entry);
/* %FALSE: there is none */
gboolean loa_calendar_edit_remove(LoaCalendarEdit *self, const char *key) G_GNUC_WARN_UNUSED_RESULT;

/* @error: LOA_CALENDAR_FILE_ERROR_FAULTY: every fault, one a line; nothing has changed then */
gboolean loa_calendar_edit_try(LoaCalendarEdit *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Writes the file; @error: G_FILE_ERROR. After try(). */
gboolean loa_calendar_edit_save(LoaCalendarEdit *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* What was tried, and what was saved, is as before new(). %FALSE: the file could not be put back.
 */
gboolean loa_calendar_edit_undo(LoaCalendarEdit *self);

void loa_calendar_edit_free(LoaCalendarEdit *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaCalendarEdit, loa_calendar_edit_free)
