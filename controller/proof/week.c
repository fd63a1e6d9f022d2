/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/proof/week.h"

#include <string.h>

#define TEXT_CHARS 8 /* of "2026-W47" */

/* Monday of week 1: the week that has 4 January in it. */
static gint32
first_monday(gint year)
{
	LoaDay day = { (gint16)year, 1, 4 };

	return loa_day_to_number(day) - (gint32)loa_day_weekday(day);
}

char *
loa_week_of(LoaLocalTime *local, gint64 us)
{
	LoaDay day = loa_local_time_from_us(local, us, NULL);
	gint32 monday = loa_day_to_number(day) - (gint32)loa_day_weekday(day);
	/* the year of its Thursday */
	gint year = loa_day_from_number(monday + 3).year;

	return g_strdup_printf("%04d-W%02d", year, (monday - first_monday(year)) / 7 + 1);
}

static gboolean
read_digits(const char *text, guint n, gint *value)
{
	*value = 0;
	for (guint i = 0; i < n; i++) {
		if (!g_ascii_isdigit(text[i]))
			return FALSE;
		*value = *value * 10 + (text[i] - '0');
	}
	return TRUE;
}

gboolean
loa_week_parse(const char *text, LoaLocalTime *local, gint64 *from_us, gint64 *to_us)
{
	gint year, week;

	if (strlen(text) != TEXT_CHARS || text[4] != '-' || text[5] != 'W' ||
	    !read_digits(text, 4, &year) || !read_digits(text + 6, 2, &week) || year <= 1970 ||
	    year >= LOA_DAY_YEAR_MAX || week < 1)
		return FALSE;

	const gint32 monday = first_monday(year) + (week - 1) * 7;

	if (monday >= first_monday(year + 1))
		return FALSE;
	*from_us = loa_local_time_to_us(local, loa_day_from_number(monday), 0);
	*to_us = loa_local_time_to_us(local, loa_day_from_number(monday + 7), 0);
	return TRUE;
}
