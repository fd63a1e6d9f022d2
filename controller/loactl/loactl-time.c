/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/loactl/loactl-time.h"

#include <string.h>

#include "schedules/local-time.h"

#define MAX_AMOUNT 100000

static gboolean
fail(const char *text, char **why)
{
	if (why != NULL)
		*why = g_strdup_printf("\"%s\" is not a time: write 2026-11-21, \"2026-11-21 "
				       "17:00\", 2026-11-21T17:00:00+07:00, now, today, +10s or "
				       "-7d",
				       text);
	return FALSE;
}

static gboolean
is_in_range(gint64 us)
{
	return us >= LOA_LOCAL_TIME_MIN_US && us < LOA_LOCAL_TIME_MAX_US;
}

/* "+10s", "-7d" */
static gboolean
parse_relative(const char *text, gint64 now_us, LoaLocalTime *local, gint64 *us)
{
	char *end;
	gint64 n = g_ascii_strtoll(text + 1, &end, 10);
	gint64 unit_s = 0;

	if (!g_ascii_isdigit(text[1]) || n > MAX_AMOUNT || end[0] == '\0' || end[1] != '\0')
		return FALSE;
	if (text[0] == '-')
		n = -n;
	if (*end == 'd' || *end == 'w') {
		gint32 at_s;
		LoaDay day = loa_local_time_from_us(local, now_us, &at_s);
		gint64 number = loa_day_to_number(day) + n * (*end == 'w' ? 7 : 1);

		/* the calendar's range, before a day number becomes a year of 16 bits */
		if (!is_in_range(number * LOA_DAY_S * LOA_SECOND_US))
			return FALSE;
		*us = loa_local_time_to_us(local, loa_day_from_number((gint32)number), at_s) +
		      now_us % LOA_SECOND_US;
		return is_in_range(*us);
	}
	unit_s = *end == 's' ? 1 : *end == 'm' ? 60 : *end == 'h' ? 3600 : 0;
	*us = now_us + n * unit_s * LOA_SECOND_US;
	return unit_s != 0 && is_in_range(*us);
}

/* RFC 3339: a date, 'T', a time, and an offset or 'Z' at the end. */
static gboolean
parse_absolute(const char *text, gint64 *us)
{
	const gsize n = strlen(text);

	if (n < 20 || text[4] != '-' || text[7] != '-' || (text[10] != 'T' && text[10] != ' '))
		return FALSE;

	g_autofree char *with_t = g_strdup(text);

	with_t[10] = 'T';

	g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(with_t, NULL);

	if (time == NULL)
		return FALSE;
	*us = g_date_time_to_unix(time) * LOA_SECOND_US + g_date_time_get_microsecond(time);
	return is_in_range(*us);
}

/* A day by name or date, and perhaps a time of day behind it. */
static gboolean
parse_day(const char *text, gint64 now_us, LoaLocalTime *local, gint64 *us)
{
	static const struct {
		const char *name;
		gint32 n_days;
	} names[] = { { "today", 0 }, { "tomorrow", 1 }, { "yesterday", -1 } };
	const gsize n = strcspn(text, " T");
	g_autofree char *head = g_strndup(text, n);
	LoaDay day = { 0 };
	gint32 at_s = 0;

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		if (strcmp(head, names[i].name) == 0)
			day = loa_day_from_number(
				loa_day_to_number(loa_local_time_from_us(local, now_us, NULL)) +
				names[i].n_days);
	}
	if (loa_day_is_none(day) && !loa_day_parse(head, &day, NULL))
		return FALSE;
	if (text[n] != '\0' && !loa_time_of_day_parse(text + n + 1, &at_s, NULL))
		return FALSE;
	*us = loa_local_time_to_us(local, day, at_s);
	return is_in_range(*us);
}

gboolean
loa_loactl_time_parse(const char *text, gint64 now_us, GTimeZone *zone, gint64 *us, char **why)
{
	LoaLocalTime local;
	gint64 found_us = now_us;
	gboolean is_found;

	loa_local_time_init(&local, zone);
	if (strcmp(text, "now") == 0)
		is_found = TRUE;
	else if (*text == '+' || *text == '-')
		is_found = parse_relative(text, now_us, &local, &found_us);
	else
		is_found = parse_absolute(text, &found_us) ||
			   parse_day(text, now_us, &local, &found_us);
	if (!is_found)
		return fail(text, why);
	*us = found_us;
	return TRUE;
}

char *
loa_loactl_time_format(gint64 us, GTimeZone *zone)
{
	if (us == 0)
		return g_strdup("-");

	g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(us / LOA_SECOND_US);
	g_autoptr(GDateTime) local = utc != NULL ? g_date_time_to_timezone(utc, zone) : NULL;

	return local != NULL ? g_date_time_format(local, "%Y-%m-%d %H:%M:%S") : g_strdup("-");
}

char *
loa_loactl_time_format_length(gint64 ms)
{
	const gint64 s = (ms + 500) / 1000;

	if (ms < 60000)
		return g_strdup_printf("%" G_GINT64_FORMAT ".%d s", ms / 1000,
				       (int)(ms % 1000 / 100));
	if (s < 3600)
		return g_strdup_printf("%d:%02d", (int)(s / 60), (int)(s % 60));
	return g_strdup_printf("%" G_GINT64_FORMAT ":%02d:%02d", s / 3600, (int)(s / 60 % 60),
			       (int)(s % 60));
}
