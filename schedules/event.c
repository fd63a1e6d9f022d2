/* SPDX-License-Identifier: Apache-2.0 */
#include "schedules/event.h"

#include <string.h>

#define LONGEST_HOURS 72
#define LONGEST_MINUTES 600

static gboolean
parse_number(const char *text, gsize size, gint32 max, gint32 *number)
{
	gint32 n = 0;

	if (size == 0 || size > 3)
		return FALSE;
	for (gsize i = 0; i < size; i++) {
		if (!g_ascii_isdigit(text[i]))
			return FALSE;
		n = n * 10 + (text[i] - '0');
	}
	*number = n;
	return n <= max;
}

/* @rest: what stands behind the unit */
static gboolean
parse_days(const char *rest, gint32 days, LoaReminder *reminder)
{
	*reminder = (LoaReminder){ .days = days, .at_s = -1 };
	if (*rest == '\0')
		return days > 0;
	return *rest == ' ' && loa_time_of_day_parse(rest + 1, &reminder->at_s, NULL);
}

gboolean
loa_reminder_parse(const char *text, LoaReminder *reminder, char **why)
{
	gsize n = *text == '-' ? strspn(text + 1, "0123456789") : 0;
	const char *unit = text + 1 + n;
	LoaReminder read = { .at_s = -1 };
	gint32 number = 0;
	gboolean is_good = FALSE;

	if (n > 0 && *unit == 'd')
		is_good = parse_number(text + 1, n, LOA_EVENT_MAX_DAYS, &number) &&
			  parse_days(unit + 1, number, &read);
	else if (n > 0 && (*unit == 'h' || *unit == 'm') && unit[1] == '\0')
		is_good = parse_number(text + 1, n, *unit == 'h' ? LONGEST_HOURS : LONGEST_MINUTES,
				       &number) &&
			  number > 0;
	if (!is_good) {
		if (why != NULL)
			*why = g_strdup_printf(
				"\"%s\" is not a time before the event: write \"-3d\", \"-1d "
				"17:00\", \"-2h\" or \"-30m\" (at most %d days, %d hours, %d "
				"minutes)",
				text, LOA_EVENT_MAX_DAYS, LONGEST_HOURS, LONGEST_MINUTES);
		return FALSE;
	}
	if (*unit != 'd')
		read.before_s = number * (*unit == 'h' ? 3600 : 60);
	*reminder = read;
	return TRUE;
}

char *
loa_reminder_format(const LoaReminder *reminder)
{
	g_autofree char *time = NULL;

	if (reminder->before_s > 0 && reminder->before_s % 3600 == 0)
		return g_strdup_printf("-%dh", reminder->before_s / 3600);
	if (reminder->before_s > 0)
		return g_strdup_printf("-%dm", reminder->before_s / 60);
	if (reminder->at_s < 0)
		return g_strdup_printf("-%dd", reminder->days);
	time = loa_time_of_day_format(reminder->at_s);
	return g_strdup_printf("-%dd %s", reminder->days, time);
}

gint32
loa_reminder_lead_s(const LoaReminder *reminder, gint32 event_s)
{
	if (reminder->before_s > 0)
		return reminder->before_s;
	if (reminder->at_s < 0)
		return reminder->days * LOA_DAY_S;
	return reminder->days * LOA_DAY_S + event_s - reminder->at_s;
}

gboolean
loa_event_parse(const char *text, LoaDay *day, gint32 *at_s, char **why)
{
	g_autofree char *date = g_strndup(text, 10);
	LoaDay parsed;

	if (strlen(text) < 11 || strchr(" T", text[10]) == NULL) {
		if (why != NULL)
			*why = g_strdup_printf("\"%s\" is not a day and a time: write "
					       "\"2026-12-01 08:00\"",
					       text);
		return FALSE;
	}
	if (!loa_day_parse(date, &parsed, why) || !loa_time_of_day_parse(text + 11, at_s, why))
		return FALSE;
	*day = parsed;
	return TRUE;
}

char *
loa_event_format(LoaDay day, gint32 at_s)
{
	g_autofree char *date = loa_day_format(day);
	g_autofree char *time = loa_time_of_day_format(at_s);

	return g_strdup_printf("%s %s", date, time);
}

LoaDay
loa_event_reminder_day(LoaLocalTime *local, LoaDay event_day, gint32 event_s,
		       const LoaReminder *reminder, gint32 *at_s)
{
	if (reminder->before_s > 0) {
		gint64 event_us = loa_local_time_to_us(local, event_day, event_s);

		return loa_local_time_from_us(local, event_us - reminder->before_s * LOA_SECOND_US,
					      at_s);
	}
	*at_s = reminder->at_s < 0 ? event_s : reminder->at_s;
	return loa_day_from_number(loa_day_to_number(event_day) - reminder->days);
}
