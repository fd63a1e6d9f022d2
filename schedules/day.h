/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedules/day.h - calendar days and times of day, as plain values.
 *
 * The proleptic Gregorian calendar; no zone, no clock. Thread: any.
 */
#pragma once

#include <glib.h>

#define LOA_DAY_YEAR_MIN 1968
#define LOA_DAY_YEAR_MAX 2199

/* A calendar day in the site's time zone; year 0 means "none". */
typedef struct {
	gint16 year;
	guint8 month; /* 1..12 */
	guint8 day;   /* 1..31 */
} LoaDay;

gboolean loa_day_is_none(LoaDay day);
/* Does the calendar have it? Years 1..9999. */
gboolean loa_day_is_valid(LoaDay day);
guint loa_day_days_in_month(gint year, guint month);

/* Days since 1970-01-01, and back. */
gint32 loa_day_to_number(LoaDay day);
LoaDay loa_day_from_number(gint32 number);
/* 0 Monday ... 6 Sunday */
guint loa_day_weekday(LoaDay day);
/* As strcmp(). */
gint loa_day_compare(LoaDay a, LoaDay b);

/**
 * loa_day_parse:
 * @text: "YYYY-MM-DD", a year of LOA_DAY_YEAR_MIN..MAX
 * @day: (out): written only on success
 * @why: (out) (transfer full) (optional): a sentence for people, written only on failure
 */
gboolean loa_day_parse(const char *text, LoaDay *day, char **why) G_GNUC_WARN_UNUSED_RESULT;
/* (transfer full): "2026-02-17" */
char *loa_day_format(LoaDay day);

/* "HH:MM" or "HH:MM:SS", 00:00 to 23:59:59: there are no leap seconds in a timetable. As
 * loa_day_parse(). */
gboolean loa_time_of_day_parse(const char *text, gint32 *at_s,
			       char **why) G_GNUC_WARN_UNUSED_RESULT;
/* (transfer full): "06:30", or "06:30:15" where there are seconds; 86400 gives "24:00" */
char *loa_time_of_day_format(gint32 at_s);

/* "mon" ... "sun" for 0..6 */
const char *loa_weekday_name(guint weekday);
/* Also as people write it here: "t2" ... "t7", "cn". Any case. */
gboolean loa_weekday_from_name(const char *name, guint *weekday) G_GNUC_WARN_UNUSED_RESULT;
