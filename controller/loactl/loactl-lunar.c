/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/loactl/loactl-verbs.h"

#include <stdio.h>
#include <string.h>

#include "controller/loactl/loactl-output.h"
#include "controller/loactl/loactl-schedule.h"
#include "schedules/local-time.h"
#include "schedules/rule.h"

#define MAX_DAYS 3700

static gboolean
out_of_range(GError **error)
{
	return loa_loactl_error(error, EX_DATAERR, "The lunar calendar is known from %d to %d only",
				LOA_LUNAR_YEAR_MIN, LOA_LUNAR_YEAR_MAX);
}

static void
add_json(JsonBuilder *builder, const char *solar, const LoaLunarDay *lunar)
{
	const struct {
		const char *name;
		int value;
	} numbers[] = { { "year", lunar->year },
			{ "month", lunar->month },
			{ "day", lunar->day },
			{ "days_in_month", lunar->days_in_month } };
	g_autofree char *text = loa_lunar_format(lunar);
	g_autofree char *year_name = loa_lunar_year_name(lunar->year);

	json_builder_begin_object(builder);
	json_builder_set_member_name(builder, "solar");
	json_builder_add_string_value(builder, solar);
	for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++) {
		json_builder_set_member_name(builder, numbers[i].name);
		json_builder_add_int_value(builder, numbers[i].value);
	}
	json_builder_set_member_name(builder, "leap");
	json_builder_add_boolean_value(builder, lunar->is_leap);
	json_builder_set_member_name(builder, "text");
	json_builder_add_string_value(builder, text);
	json_builder_set_member_name(builder, "year_name");
	json_builder_add_string_value(builder, year_name);
	json_builder_end_object(builder);
}

static void
print_line(const char *solar, LoaDay day, const LoaLunarDay *lunar)
{
	g_autofree char *year_name = loa_lunar_year_name(lunar->year);

	loa_loactl_output_format("%s %s  %d-%d-%d%s  %s\n", solar,
				 loa_weekday_name(loa_day_weekday(day)), lunar->day, lunar->month,
				 lunar->year, lunar->is_leap ? " leap" : "", year_name);
}

static gboolean
print_days(LoaLoactl *ctl, LoaDay first, gint n_days, GError **error)
{
	g_autoptr(JsonBuilder) builder = json_builder_new();
	const gint32 number = loa_day_to_number(first);

	json_builder_begin_array(builder);
	for (gint i = 0; i < n_days; i++) {
		LoaDay day = loa_day_from_number(number + i);
		g_autofree char *solar = loa_day_format(day);
		LoaLunarDay lunar;

		if (!loa_rule_lunar_day(day, &lunar))
			return out_of_range(error);
		if (ctl->is_json)
			add_json(builder, solar, &lunar);
		else
			print_line(solar, day, &lunar);
	}
	json_builder_end_array(builder);
	if (ctl->is_json) {
		g_autoptr(JsonNode) node = json_builder_get_root(builder);

		loa_loactl_output_json(node);
	}
	return TRUE;
}

/* "Y-M-D" of the lunar calendar, whose months have a 30th of any month: no solar parser fits. */
static gboolean
print_solar(LoaLoactl *ctl, const char *text, gboolean is_leap, GError **error)
{
	g_auto(GStrv) parts = g_strsplit(text, "-", -1);
	guint64 numbers[3];
	LoaDay day;

	for (gsize i = 0; i < 3; i++) {
		if (g_strv_length(parts) != 3 ||
		    !g_ascii_string_to_unsigned(parts[i], 10, 1, 9999, &numbers[i], NULL))
			return loa_loactl_error(error, EX_USAGE,
						"--to-solar: \"%s\" is not YEAR-MONTH-DAY of the "
						"lunar calendar",
						text);
	}
	if (!loa_rule_solar_day((gint)numbers[0], (guint)numbers[1], (guint)numbers[2], is_leap,
				&day))
		return loa_loactl_error(
			error, EX_DATAERR,
			"There is no such day: lunar %s%s (a month has 29 or 30 days; "
			"a leap month comes every two or three years)",
			text, is_leap ? ", leap month" : "");
	return print_days(ctl, day, 1, error);
}

static gboolean
read_first_day(LoaLoactl *ctl, const char *text, LoaDay *day, GError **error)
{
	GTimeZone *zone = NULL;
	LoaLocalTime local;
	gint64 us;

	/* years before 1970 are on the calendar, but on no clock */
	if (loa_day_parse(text, day, NULL))
		return TRUE;
	zone = loa_loactl_context_zone(ctl, error);
	if (zone == NULL || !loa_loactl_context_time(ctl, "DATE", text, &us, error))
		return FALSE;
	loa_local_time_init(&local, zone);
	*day = loa_local_time_from_us(&local, us, NULL);
	return TRUE;
}

gboolean
loa_loactl_lunar(LoaLoactl *ctl, int argc, char **argv, GError **error)
{
	gint n_days = 1;
	g_autofree char *to_solar = NULL;
	gboolean is_leap = FALSE;
	LoaDay first = { 0 };
	const GOptionEntry entries[] = {
		{ "days", 0, 0, G_OPTION_ARG_INT, &n_days, "So many days on; 1 by default", "N" },
		{ "to-solar", 0, 0, G_OPTION_ARG_FILENAME, &to_solar,
		  "The other way round: the solar day of this lunar one", "Y-M-D" },
		{ "leap", 0, 0, G_OPTION_ARG_NONE, &is_leap, "With --to-solar: of the leap month",
		  NULL },
		{ NULL },
	};

	if (!loa_loactl_context_parse(ctl, "lunar DATE | --to-solar Y-M-D",
				      "One line a day: solar date, weekday, lunar DAY-MONTH-YEAR, "
				      "\"leap\" in a leap month,\n"
				      "and the year's name. Needs no controller.",
				      entries, &argc, &argv, error))
		return FALSE;
	if (argc != (to_solar != NULL ? 1 : 2) || n_days < 1 || n_days > MAX_DAYS ||
	    (is_leap && to_solar == NULL))
		return loa_loactl_error(error, EX_USAGE,
					"Give a DATE and at most %d --days, or --to-solar Y-M-D "
					"[--leap]; see loactl lunar --help",
					MAX_DAYS);

	if (!loa_loactl_schedule_load_calendars(ctl, error))
		return FALSE;
	if (to_solar != NULL)
		return print_solar(ctl, to_solar, is_leap, error);
	return read_first_day(ctl, argv[1], &first, error) && print_days(ctl, first, n_days, error);
}
