/* SPDX-License-Identifier: Apache-2.0 */
#include "schedules/day.h"

#include <stdio.h>
#include <string.h>

static const char *const weekday_names[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };
static const char *const weekday_local_names[] = { "t2", "t3", "t4", "t5", "t6", "t7", "cn" };

gboolean
loa_day_is_none(LoaDay day)
{
	return day.year == 0;
}

static gboolean
is_leap(gint year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

guint
loa_day_days_in_month(gint year, guint month)
{
	static const guint8 n_days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	g_assert(month >= 1 && month <= 12);
	return n_days[month - 1] + (month == 2 && is_leap(year) ? 1 : 0);
}

gboolean
loa_day_is_valid(LoaDay day)
{
	return day.year >= 1 && day.year <= 9999 && day.month >= 1 && day.month <= 12 &&
	       day.day >= 1 && day.day <= loa_day_days_in_month(day.year, day.month);
}

/* Years start on 1 March here, so that the leap day is the last one of its year. */
gint32
loa_day_to_number(LoaDay day)
{
	gint32 year = day.year - (day.month <= 2);
	gint32 month = (day.month + 9) % 12;
	gint32 era = (year >= 0 ? year : year - 399) / 400;
	gint32 year_of_era = year - era * 400;
	gint32 day_of_year = (153 * month + 2) / 5 + day.day - 1;

	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 +
	       day_of_year - 719468;
}

LoaDay
loa_day_from_number(gint32 number)
{
	gint32 n = number + 719468;
	gint32 era = (n >= 0 ? n : n - 146096) / 146097;
	gint32 day_of_era = n - era * 146097;
	gint32 year_of_era =
		(day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	gint32 day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	gint32 month = (5 * day_of_year + 2) / 153;
	LoaDay day;

	day.day = (guint8)(day_of_year - (153 * month + 2) / 5 + 1);
	day.month = (guint8)(month < 10 ? month + 3 : month - 9);
	day.year = (gint16)(year_of_era + era * 400 + (day.month <= 2));
	return day;
}

guint
loa_day_weekday(LoaDay day)
{
	gint32 n = (loa_day_to_number(day) + 3) % 7; /* 1970-01-01 was a Thursday */

	return (guint)(n < 0 ? n + 7 : n);
}

gint
loa_day_compare(LoaDay a, LoaDay b)
{
	if (a.year != b.year)
		return a.year < b.year ? -1 : 1;
	if (a.month != b.month)
		return a.month < b.month ? -1 : 1;
	return a.day == b.day ? 0 : a.day < b.day ? -1 : 1;
}

/* Does @text have the shape of @pattern, where '9' stands for one digit? */
static gboolean
has_shape(const char *text, const char *pattern)
{
	gsize i = 0;

	for (; pattern[i] != '\0'; i++) {
		gboolean fits =
			pattern[i] == '9' ? g_ascii_isdigit(text[i]) : text[i] == pattern[i];
		if (!fits)
			return FALSE;
	}
	return text[i] == '\0';
}

static guint
two_digits(const char *at)
{
	return (guint)(at[0] - '0') * 10 + (guint)(at[1] - '0');
}

G_GNUC_PRINTF(2, 3)
static gboolean
fail(char **why, const char *format, ...)
{
	va_list args;

	if (why == NULL)
		return FALSE;
	va_start(args, format);
	*why = g_strdup_vprintf(format, args);
	va_end(args);
	return FALSE;
}

gboolean
loa_day_parse(const char *text, LoaDay *day, char **why)
{
	if (!has_shape(text, "9999-99-99"))
		return fail(why, "\"%s\" is not a date: write YYYY-MM-DD, such as \"2026-04-30\"",
			    text);

	guint year = two_digits(text) * 100 + two_digits(text + 2);
	guint month = two_digits(text + 5);
	guint n = two_digits(text + 8);

	if (year < LOA_DAY_YEAR_MIN || year > LOA_DAY_YEAR_MAX)
		return fail(why, "\"%s\": the year must be %d to %d", text, LOA_DAY_YEAR_MIN,
			    LOA_DAY_YEAR_MAX);
	if (month < 1 || month > 12)
		return fail(why, "\"%s\" does not exist: months are 01 to 12", text);
	if (n < 1 || n > loa_day_days_in_month((gint)year, month))
		return fail(why, "\"%s\" does not exist: %04u-%02u has the days 01 to %u", text,
			    year, month, loa_day_days_in_month((gint)year, month));

	*day = (LoaDay){ .year = (gint16)year, .month = (guint8)month, .day = (guint8)n };
	return TRUE;
}

char *
loa_day_format(LoaDay day)
{
	return g_strdup_printf("%04d-%02u-%02u", day.year, day.month, day.day);
}

gboolean
loa_time_of_day_parse(const char *text, gint32 *at_s, char **why)
{
	gboolean with_seconds = has_shape(text, "99:99:99");

	if (!with_seconds && !has_shape(text, "99:99"))
		return fail(why, "\"%s\" is not a time: write HH:MM, such as \"05:30\"", text);

	guint hours = two_digits(text);
	guint minutes = two_digits(text + 3);
	guint seconds = with_seconds ? two_digits(text + 6) : 0;

	if (hours > 23 || minutes > 59 || seconds > 59)
		return fail(why, "\"%s\" does not exist: times are 00:00 to 23:59:59", text);

	*at_s = (gint32)(hours * 3600 + minutes * 60 + seconds);
	return TRUE;
}

char *
loa_time_of_day_format(gint32 at_s)
{
	if (at_s % 60 == 0)
		return g_strdup_printf("%02d:%02d", at_s / 3600, at_s / 60 % 60);
	return g_strdup_printf("%02d:%02d:%02d", at_s / 3600, at_s / 60 % 60, at_s % 60);
}

const char *
loa_weekday_name(guint weekday)
{
	g_assert(weekday < G_N_ELEMENTS(weekday_names));
	return weekday_names[weekday];
}

gboolean
loa_weekday_from_name(const char *name, guint *weekday)
{
	for (guint i = 0; i < G_N_ELEMENTS(weekday_names); i++) {
		if (g_ascii_strcasecmp(name, weekday_names[i]) != 0 &&
		    g_ascii_strcasecmp(name, weekday_local_names[i]) != 0)
			continue;
		*weekday = i;
		return TRUE;
	}
	return FALSE;
}
