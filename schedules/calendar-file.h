/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedules/calendar-file.h - what an office adds to the calendars: its own occasions, the days in
 * lieu of each year, decisions of the official lunar calendar.
 *
 * Two libconfig files that may lie in one folder: occasions.cfg (occasions.h) and
 * lunar-overrides.cfg (lunar.h). Blocks on the disk. Thread: any.
 */
#pragma once

#include <glib.h>

#define LOA_CALENDAR_FILE_ERROR (loa_calendar_file_error_quark())
GQuark loa_calendar_file_error_quark(void);

typedef enum {
	LOA_CALENDAR_FILE_ERROR_FAULTY, /* the message has every fault, one a line */
} LoaCalendarFileError;

/* From now on all rules (rule.h) go by them and by what is shipped, and by nothing that was loaded
 * before; after an error all stays as it was. A file that is not there is no error; else the domain
 * is %G_FILE_ERROR or LOA_CALENDAR_FILE_ERROR. */
gboolean loa_calendar_file_load(const char *folder, GError **error) G_GNUC_WARN_UNUSED_RESULT;
