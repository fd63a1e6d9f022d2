/* SPDX-License-Identifier: Apache-2.0 */
#include "schedules/ics-times.h"

#include <string.h>

#define YEARS_AHEAD_US (G_GINT64_CONSTANT(5) * 366 * LOA_DAY_S * LOA_SECOND_US)
#define STEP_US (G_GINT64_CONSTANT(7) * LOA_DAY_S * LOA_SECOND_US)

void
loa_ics_moment_clear(LoaIcsMoment *self)
{
	g_clear_pointer(&self->zone, g_time_zone_unref);
}

static gboolean
read_digits(const char *text, gsize n, gint *number)
{
	*number = 0;
	for (gsize i = 0; i < n; i++) {
		if (!g_ascii_isdigit(text[i]))
			return FALSE;
		*number = *number * 10 + (text[i] - '0');
	}
	return TRUE;
}

/* YYYYMMDD[THHMMSS[Z]]. @at_s: -1 for a day. A leap second is the second before it, as RFC 5545,
 * section 3.3.12, has it. */
static gboolean
parse_value(const char *value, LoaDay *day, gint32 *at_s, gboolean *is_utc)
{
	gsize size = strlen(value);
	gint year, month, of_month, hour, minute, second;

	if (size < 8 || !read_digits(value, 4, &year) || !read_digits(value + 4, 2, &month) ||
	    !read_digits(value + 6, 2, &of_month))
		return FALSE;
	*day = (LoaDay){ (gint16)year, (guint8)month, (guint8)of_month };
	*at_s = -1;
	*is_utc = FALSE;
	if (!loa_day_is_valid(*day))
		return FALSE;
	if (size == 8)
		return TRUE;
	if (value[8] != 'T' || !read_digits(value + 9, MIN(size - 9, 2), &hour) || size < 15 ||
	    !read_digits(value + 11, 2, &minute) || !read_digits(value + 13, 2, &second) ||
	    hour > 23 || minute > 59 || second > 60)
		return FALSE;
	*at_s = hour * 3600 + minute * 60 + MIN(second, 59);
	*is_utc = size == 16 && value[15] == 'Z';
	return size == 15 || *is_utc;
}

/* "+0700", "-033000" */
static gboolean
parse_offset(const char *text, gint32 *offset_s)
{
	gsize size = strlen(text);
	gint hours, minutes, seconds = 0;

	if ((size != 5 && size != 7) || (text[0] != '+' && text[0] != '-') ||
	    !read_digits(text + 1, 2, &hours) || !read_digits(text + 3, 2, &minutes) ||
	    (size == 7 && !read_digits(text + 5, 2, &seconds)) || hours > 23 || minutes > 59 ||
	    seconds > 59)
		return FALSE;
	*offset_s = (hours * 3600 + minutes * 60 + seconds) * (text[0] == '-' ? -1 : 1);
	return TRUE;
}

static gboolean
is_zone_named(const LoaIcsComponent *component, const char *tzid)
{
	const LoaIcsProperty *name = loa_ics_lines_find(component, "TZID");
	g_autofree char *text = name != NULL ? loa_ics_lines_text(name->value) : NULL;

	return strcmp(component->name, "VTIMEZONE") == 0 && g_strcmp0(text, tzid) == 0;
}

/* (transfer full) (nullable): %NULL: it has none, or more than one offset */
static GTimeZone *
constant_zone(const LoaIcsComponent *calendar, const char *tzid)
{
	gboolean is_known = FALSE;
	gint32 offset_s = 0;

	for (guint i = 0; i < calendar->children->len; i++) {
		const LoaIcsComponent *zone = calendar->children->pdata[i];

		if (!is_zone_named(zone, tzid))
			continue;
		for (guint j = 0; j < zone->children->len; j++) {
			const LoaIcsProperty *to =
				loa_ics_lines_find(zone->children->pdata[j], "TZOFFSETTO");
			gint32 this_s;

			if (to == NULL || !parse_offset(to->value, &this_s) ||
			    (is_known && this_s != offset_s))
				return NULL;
			offset_s = this_s;
			is_known = TRUE;
		}
	}
	return is_known ? g_time_zone_new_offset(offset_s) : NULL;
}

/* "/freeassociation.sourceforge.net/Asia/Ho_Chi_Minh" is how some programs say "Asia/Ho_Chi_Minh"
 */
static GTimeZone *
find_zone(const LoaIcsComponent *calendar, const char *tzid)
{
	GTimeZone *zone = loa_local_time_zone(tzid);
	const char *slash = tzid[0] == '/' ? strchr(tzid + 1, '/') : NULL;

	if (zone == NULL && slash != NULL)
		zone = loa_local_time_zone(slash + 1);
	return zone != NULL ? zone : constant_zone(calendar, tzid);
}

static void
convert(LoaIcsTimes *self, GTimeZone *zone, LoaIcsMoment *moment)
{
	LoaLocalTime there;

	loa_local_time_init(&there, zone);
	moment->foreign_day = moment->day;
	moment->zone = g_time_zone_ref(zone);
	moment->day = loa_local_time_from_us(
		&self->site, loa_local_time_to_us(&there, moment->day, moment->at_s),
		&moment->at_s);
}

gboolean
loa_ics_times_read(LoaIcsTimes *self, const LoaIcsProperty *property, const char *value,
		   LoaIcsMoment *moment, char **why)
{
	g_autofree char *tzid = loa_ics_lines_param(property, "TZID");
	g_autoptr(GTimeZone) zone = NULL;
	LoaIcsMoment read = { 0 };
	gboolean is_utc;

	if (!parse_value(value, &read.day, &read.at_s, &is_utc)) {
		*why = g_strdup_printf("\"%.40s\" is not a day or a time: YYYYMMDD, or "
				       "YYYYMMDDTHHMMSS with or without Z",
				       value);
		return FALSE;
	}
	if (read.day.year < LOA_DAY_YEAR_MIN + 2 || read.day.year > LOA_DAY_YEAR_MAX) {
		*why = g_strdup_printf("\"%.40s\" lies outside of %d to %d", value,
				       LOA_DAY_YEAR_MIN + 2, LOA_DAY_YEAR_MAX);
		return FALSE;
	}
	read.foreign_day = read.day;
	if (read.at_s >= 0 && is_utc)
		zone = g_time_zone_new_utc();
	else if (read.at_s >= 0 && tzid != NULL)
		zone = find_zone(self->calendar, tzid);
	if (read.at_s >= 0 && tzid != NULL && zone == NULL) {
		*why = g_strdup_printf("the time zone \"%.60s\" is not known here, and its "
				       "VTIMEZONE has no single offset: write it in the time of "
				       "the site",
				       tzid);
		return FALSE;
	}
	if (zone != NULL && strcmp(g_time_zone_get_identifier(zone),
				   g_time_zone_get_identifier(self->site.zone)) != 0)
		convert(self, zone, &read);
	*moment = read;
	return TRUE;
}

gboolean
loa_ics_times_keeps_days(LoaIcsTimes *self, const LoaIcsMoment *start)
{
	gint64 from_us = loa_local_time_to_us(&self->site, start->day, MAX(start->at_s, 0));
	LoaLocalTime there;
	gint32 apart_s;

	if (start->zone == NULL)
		return TRUE;
	loa_local_time_init(&there, start->zone);
	apart_s = loa_local_time_offset_s(&there, from_us) -
		  loa_local_time_offset_s(&self->site, from_us);
	for (gint64 us = from_us; us < from_us + YEARS_AHEAD_US; us += STEP_US)
		if (loa_local_time_offset_s(&there, us) -
			    loa_local_time_offset_s(&self->site, us) !=
		    apart_s)
			return FALSE;
	return loa_day_compare(start->day, start->foreign_day) == 0;
}

/* (transfer full): "UNTIL=20261231" */
static char *
until_day(LoaIcsTimes *self, const char *part, gint32 at_s)
{
	g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
	LoaIcsMoment moment = { 0 };
	gboolean is_utc;
	char *text;

	if (!parse_value(part + strlen("UNTIL="), &moment.day, &moment.at_s, &is_utc))
		return g_strdup(part);
	if (is_utc && moment.day.year <= LOA_DAY_YEAR_MAX &&
	    moment.day.year >= LOA_DAY_YEAR_MIN + 2)
		convert(self, utc, &moment);
	/* a time before that of the day's start leaves that day out */
	if (moment.at_s >= 0 && moment.at_s < at_s)
		moment.day = loa_day_from_number(loa_day_to_number(moment.day) - 1);
	text = g_strdup_printf("UNTIL=%04d%02d%02d", moment.day.year, moment.day.month,
			       moment.day.day);
	loa_ics_moment_clear(&moment);
	return text;
}

char *
loa_ics_times_rule(LoaIcsTimes *self, const char *rrule, gint32 at_s)
{
	g_autofree char *upper = g_ascii_strup(rrule, -1);
	g_auto(GStrv) parts = g_strsplit(upper, ";", 64);

	for (guint i = 0; parts[i] != NULL; i++) {
		if (!g_str_has_prefix(parts[i], "UNTIL="))
			continue;

		char *until = until_day(self, parts[i], at_s);

		g_free(parts[i]);
		parts[i] = until;
	}
	return g_strjoinv(";", parts);
}
