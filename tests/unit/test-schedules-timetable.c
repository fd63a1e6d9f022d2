/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "schedules/hours.h"
#include "schedules/local-time.h"
#include "schedules/timetable.h"

/* The clocks of these places, as the tz database has them: a moment by RFC 3339. */
static gint64
moment(const char *text)
{
	g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(text, NULL);

	assert_non_null(time);
	return g_date_time_to_unix(time) * LOA_SECOND_US;
}

static LoaDay
day_of(const char *text)
{
	LoaDay day;

	assert_true(loa_day_parse(text, &day, NULL));
	return day;
}

static LoaBroadcast *
make(const char *id, const char *const *times)
{
	LoaBroadcast *broadcast = loa_broadcast_new();

	broadcast->id = g_strdup(id);
	broadcast->title = g_strdup(id);
	broadcast->text = g_strdup("Kính thưa bà con");
	broadcast->to_all = TRUE;
	for (; *times != NULL; times++) {
		gint32 at_s;

		assert_true(loa_time_of_day_parse(*times, &at_s, NULL));
		g_array_append_val(broadcast->at_s, at_s);
	}
	return broadcast;
}

/* Every start as "ID UTC-TIME WALL-DAY WALL-TIME", one a line. */
static char *
expand(const GPtrArray *broadcasts, const char *zone_name, const char *from, const char *to)
{
	g_autoptr(GTimeZone) zone = loa_local_time_zone(zone_name);
	g_autoptr(GError) error = NULL;

	assert_non_null(zone);
	g_autoptr(GArray) slots =
		loa_timetable_expand(broadcasts, zone, moment(from), moment(to), 1000, &error);
	assert_null(error);
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < slots->len; i++) {
		const LoaSlot *slot = &g_array_index(slots, LoaSlot, i);
		g_autoptr(GDateTime) start =
			g_date_time_new_from_unix_utc(slot->start_us / LOA_SECOND_US);
		g_autofree char *utc = g_date_time_format(start, "%FT%TZ");
		g_autofree char *day = loa_day_format(slot->local_day);
		g_autofree char *at = loa_time_of_day_format(slot->local_s);

		g_string_append_printf(text, "%s %s %s %s\n", slot->broadcast->id, utc, day, at);
	}
	return g_string_free(text, FALSE);
}

#define TIMES(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void
a_weekly_broadcast_plays_on_its_days_in_the_zone_of_the_ward(void **state)
{
	(void)state;
	g_autoptr(GPtrArray) all =
		g_ptr_array_new_with_free_func((GDestroyNotify)loa_broadcast_free);
	LoaBroadcast *broadcast = make("b", TIMES("05:30", "17:00"));

	broadcast->days = 1u << 0 | 1u << 6; /* Monday and Sunday */
	g_ptr_array_add(all, broadcast);
	/* 2026-11-21 is a Saturday. */
	g_autofree char *got =
		expand(all, "Asia/Ho_Chi_Minh", "2026-11-20T17:00:00Z", "2026-11-23T22:30:00Z");
	assert_string_equal(got, "b 2026-11-21T22:30:00Z 2026-11-22 05:30\n"
				 "b 2026-11-22T10:00:00Z 2026-11-22 17:00\n"
				 "b 2026-11-22T22:30:00Z 2026-11-23 05:30\n"
				 "b 2026-11-23T10:00:00Z 2026-11-23 17:00\n");
}

static void
the_range_holds_its_first_moment_and_not_its_last(void **state)
{
	(void)state;
	g_autoptr(GPtrArray) all =
		g_ptr_array_new_with_free_func((GDestroyNotify)loa_broadcast_free);

	g_ptr_array_add(all, make("b", TIMES("07:00")));
	g_autofree char *got =
		expand(all, "Asia/Ho_Chi_Minh", "2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z");
	assert_string_equal(got, "b 2026-11-21T00:00:00Z 2026-11-21 07:00\n");
	g_autofree char *none =
		expand(all, "Asia/Ho_Chi_Minh", "2026-11-21T00:00:00Z", "2026-11-21T00:00:00Z");
	assert_string_equal(none, "");
}

static void
from_and_until_are_both_inclusive(void **state)
{
	(void)state;
	g_autoptr(GPtrArray) all =
		g_ptr_array_new_with_free_func((GDestroyNotify)loa_broadcast_free);
	LoaBroadcast *broadcast = make("b", TIMES("00:00"));

	broadcast->from = day_of("2026-12-31");
	broadcast->until = day_of("2027-01-01");
	g_ptr_array_add(all, broadcast);
	g_autofree char *got =
		expand(all, "Asia/Ho_Chi_Minh", "2026-12-01T00:00:00Z", "2027-02-01T00:00:00Z");
	assert_string_equal(got, "b 2026-12-30T17:00:00Z 2026-12-31 00:00\n"
				 "b 2026-12-31T17:00:00Z 2027-01-01 00:00\n");
}

static void
a_date_stands_alone(void **state)
{
	(void)state;
	g_autoptr(GPtrArray) all =
		g_ptr_array_new_with_free_func((GDestroyNotify)loa_broadcast_free);
	LoaBroadcast *broadcast = make("tet", TIMES("00:00"));

	broadcast->date = day_of("2027-02-06");
	broadcast->days = 0;
	g_ptr_array_add(all, broadcast);
	g_autofree char *got =
		expand(all, "Asia/Ho_Chi_Minh", "2020-01-01T00:00:00Z", "2030-01-01T00:00:00Z");
	assert_string_equal(got, "tet 2027-02-05T17:00:00Z 2027-02-06 00:00\n");
}

static void
starts_are_sorted_by_time_and_then_by_id(void **state)
{
	(void)state;
	g_autoptr(GPtrArray) all =
		g_ptr_array_new_with_free_func((GDestroyNotify)loa_broadcast_free);

	g_ptr_array_add(all, make("z", TIMES("06:00")));
	g_ptr_array_add(all, make("a", TIMES("06:00", "07:00")));
	g_ptr_array_add(all, make("m", TIMES("05:00")));
	g_autofree char *got =
		expand(all, "Asia/Ho_Chi_Minh", "2026-11-20T17:00:00Z", "2026-11-21T17:00:00Z");
	assert_string_equal(got, "m 2026-11-20T22:00:00Z 2026-11-21 05:00\n"
				 "a 2026-11-20T23:00:00Z 2026-11-21 06:00\n"
				 "z 2026-11-20T23:00:00Z 2026-11-21 06:00\n"
				 "a 2026-11-21T00:00:00Z 2026-11-21 07:00\n");
}

static void
a_time_that_the_clocks_skip_plays_at_the_first_moment_after_the_gap(void **state)
{
	(void)state;
	static const struct {
		const char *zone, *day, *at, *utc;
	} cases[] = {
		/* 02:00 CET becomes 03:00 CEST on 2026-03-29 */
		{ "Europe/Berlin", "2026-03-29", "01:59:59", "2026-03-29T00:59:59Z" },
		{ "Europe/Berlin", "2026-03-29", "02:00", "2026-03-29T01:00:00Z" },
		{ "Europe/Berlin", "2026-03-29", "02:30", "2026-03-29T01:00:00Z" },
		{ "Europe/Berlin", "2026-03-29", "03:00", "2026-03-29T01:00:00Z" },
		{ "Europe/Berlin", "2026-03-29", "03:00:01", "2026-03-29T01:00:01Z" },
		{ "Europe/Berlin", "2026-03-28", "02:30", "2026-03-28T01:30:00Z" },
		{ "Europe/Berlin", "2026-03-30", "02:30", "2026-03-30T00:30:00Z" },
		/* half an hour past the full hour: NST is UTC-3:30; 2026-03-08 */
		{ "America/St_Johns", "2026-03-08", "02:15", "2026-03-08T05:30:00Z" },
		{ "America/St_Johns", "2026-03-08", "03:00", "2026-03-08T05:30:00Z" },
		/* the clocks go from 00:00 to 01:00, and the day starts at 01:00 */
		{ "America/Havana", "2026-03-08", "00:00", "2026-03-08T05:00:00Z" },
		{ "America/Havana", "2026-03-08", "00:30", "2026-03-08T05:00:00Z" },
		/* half an hour only */
		{ "Australia/Lord_Howe", "2026-10-04", "02:10", "2026-10-03T15:30:00Z" },
		/* a whole day that never was */
		{ "Pacific/Apia", "2011-12-30", "12:00", "2011-12-30T10:00:00Z" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GTimeZone) zone = loa_local_time_zone(cases[i].zone);
		LoaLocalTime local;
		gint32 at_s;

		assert_non_null(zone);
		loa_local_time_init(&local, zone);
		assert_true(loa_time_of_day_parse(cases[i].at, &at_s, NULL));
		assert_int_equal(loa_local_time_to_us(&local, day_of(cases[i].day), at_s),
				 moment(cases[i].utc));
	}
}

static void
a_time_that_occurs_twice_plays_the_first_time(void **state)
{
	(void)state;
	static const struct {
		const char *zone, *day, *at, *utc;
	} cases[] = {
		{ "Europe/Berlin", "2026-10-25", "01:59:59", "2026-10-24T23:59:59Z" },
		{ "Europe/Berlin", "2026-10-25", "02:00", "2026-10-25T00:00:00Z" },
		{ "Europe/Berlin", "2026-10-25", "02:30", "2026-10-25T00:30:00Z" },
		{ "Europe/Berlin", "2026-10-25", "03:00", "2026-10-25T02:00:00Z" },
		{ "America/St_Johns", "2026-11-01", "01:30", "2026-11-01T04:00:00Z" },
		{ "America/St_Johns", "2026-11-01", "02:00", "2026-11-01T05:30:00Z" },
		{ "America/Havana", "2026-11-01", "00:30", "2026-11-01T04:30:00Z" },
		{ "Australia/Lord_Howe", "2026-04-05", "01:45", "2026-04-04T14:45:00Z" },
		/* "summer" is standard time there, and winter the exception */
		{ "Europe/Dublin", "2026-10-25", "01:30", "2026-10-25T00:30:00Z" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GTimeZone) zone = loa_local_time_zone(cases[i].zone);
		LoaLocalTime local;
		gint32 at_s;

		assert_non_null(zone);
		loa_local_time_init(&local, zone);
		assert_true(loa_time_of_day_parse(cases[i].at, &at_s, NULL));
		assert_int_equal(loa_local_time_to_us(&local, day_of(cases[i].day), at_s),
				 moment(cases[i].utc));
	}
}

static void
two_times_that_a_gap_joins_are_one_start(void **state)
{
	(void)state;
	g_autoptr(GPtrArray) all =
		g_ptr_array_new_with_free_func((GDestroyNotify)loa_broadcast_free);

	g_ptr_array_add(all, make("b", TIMES("02:15", "02:45", "03:00", "03:15")));
	g_autofree char *got =
		expand(all, "Europe/Berlin", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z");
	assert_string_equal(got, "b 2026-03-29T01:00:00Z 2026-03-29 02:15\n"
				 "b 2026-03-29T01:15:00Z 2026-03-29 03:15\n");
}

static void
what_a_gap_joins_comes_by_moment_and_id_and_not_by_the_wall(void **state)
{
	(void)state;
	g_autoptr(GPtrArray) all =
		g_ptr_array_new_with_free_func((GDestroyNotify)loa_broadcast_free);

	g_ptr_array_add(all, make("c", TIMES("02:15")));
	g_ptr_array_add(all, make("a", TIMES("02:45")));
	g_ptr_array_add(all, make("b", TIMES("03:00")));
	g_autofree char *hour =
		expand(all, "Europe/Berlin", "2026-03-29T00:00:00Z", "2026-03-29T22:00:00Z");
	assert_string_equal(hour, "a 2026-03-29T01:00:00Z 2026-03-29 02:45\n"
				  "b 2026-03-29T01:00:00Z 2026-03-29 03:00\n"
				  "c 2026-03-29T01:00:00Z 2026-03-29 02:15\n");

	/* 30 December 2011 was left out as a whole */
	g_ptr_array_set_size(all, 0);
	g_ptr_array_add(all, make("z", TIMES("12:00")));
	g_ptr_array_add(all, make("a", TIMES("00:00")));
	g_autofree char *day =
		expand(all, "Pacific/Apia", "2011-12-30T00:00:00Z", "2011-12-30T12:00:00Z");
	assert_string_equal(day, "a 2011-12-30T10:00:00Z 2011-12-30 00:00\n"
				 "z 2011-12-30T10:00:00Z 2011-12-30 12:00\n");
}

static void
every_minute_of_a_year_comes_back_to_its_wall_time_or_lies_in_a_gap(void **state)
{
	(void)state;
	static const char *const zones[] = { "Asia/Ho_Chi_Minh", "Europe/Berlin",
					     "America/St_Johns" };

	for (gsize i = 0; i < G_N_ELEMENTS(zones); i++) {
		g_autoptr(GTimeZone) zone = loa_local_time_zone(zones[i]);
		LoaLocalTime local;
		guint n_moved = 0;

		loa_local_time_init(&local, zone);
		for (gint32 n = loa_day_to_number(day_of("2026-01-01"));
		     n < loa_day_to_number(day_of("2027-01-01")); n++) {
			for (gint32 at_s = 0; at_s < LOA_DAY_S; at_s += 300) {
				LoaDay day = loa_day_from_number(n);
				gint64 us = loa_local_time_to_us(&local, day, at_s);
				gint32 back_s;
				LoaDay back = loa_local_time_from_us(&local, us, &back_s);

				if (loa_day_compare(back, day) != 0 || back_s != at_s)
					n_moved++;
			}
		}
		assert_int_equal(n_moved, i == 0 ? 0 : 12); /* an hour of five-minute steps */
	}
}

static void
too_many_starts_are_refused_with_the_number(void **state)
{
	(void)state;
	g_autoptr(GPtrArray) all =
		g_ptr_array_new_with_free_func((GDestroyNotify)loa_broadcast_free);
	g_autoptr(GTimeZone) zone = loa_local_time_zone("Asia/Ho_Chi_Minh");
	g_autoptr(GError) error = NULL;

	g_ptr_array_add(all, make("b", TIMES("06:00")));
	gint64 from_us = moment("2026-01-01T00:00:00Z");
	g_autoptr(GArray) ten = loa_timetable_expand(
		all, zone, from_us, from_us + 10 * LOA_DAY_S * LOA_SECOND_US, 10, &error);
	assert_non_null(ten);
	assert_int_equal(ten->len, 10);
	g_autoptr(GArray) eleven = loa_timetable_expand(
		all, zone, from_us, from_us + 11 * LOA_DAY_S * LOA_SECOND_US, 10, &error);
	assert_null(eleven);
	assert_true(g_error_matches(error, LOA_TIMETABLE_ERROR, LOA_TIMETABLE_ERROR_TOO_MANY));
	assert_non_null(strstr(error->message, "10"));
}

static void
a_range_without_bounds_ends_at_the_limit(void **state)
{
	(void)state;
	g_autoptr(GPtrArray) all =
		g_ptr_array_new_with_free_func((GDestroyNotify)loa_broadcast_free);
	g_autoptr(GTimeZone) zone = loa_local_time_zone("Asia/Ho_Chi_Minh");
	LoaBroadcast *broadcast = make("b", TIMES("06:00"));

	broadcast->until = day_of("1970-01-03");
	g_ptr_array_add(all, broadcast);
	g_autoptr(GArray) slots =
		loa_timetable_expand(all, zone, G_MININT64, G_MAXINT64, 100, NULL);
	assert_non_null(slots);
	assert_int_equal(slots->len, 2); /* 06:00 on 1970-01-01 is still 1969 in UTC */
}

static void
days_and_numbers_agree_with_the_library(void **state)
{
	(void)state;
	for (gint32 n = -200000; n < 200000; n += 1) {
		LoaDay day = loa_day_from_number(n);
		GDate date;

		g_date_clear(&date, 1);
		g_date_set_julian(&date, (guint32)(n + 719163)); /* GLib counts from 0001-01-01 */
		assert_int_equal(day.year, g_date_get_year(&date));
		assert_int_equal(day.month, g_date_get_month(&date));
		assert_int_equal(day.day, g_date_get_day(&date));
		assert_int_equal(loa_day_weekday(day), g_date_get_weekday(&date) - 1);
		assert_int_equal(loa_day_to_number(day), n);
	}
}

static void
impossible_dates_and_times_get_a_sentence(void **state)
{
	(void)state;
	static const struct {
		const char *text, *says;
	} days[] = {
		{ "2026-04-31", "2026-04 has the days 01 to 30" },
		{ "2026-02-29", "2026-02 has the days 01 to 28" },
		{ "2100-02-29", "2100-02 has the days 01 to 28" },
		{ "2026-13-01", "months are 01 to 12" },
		{ "2026-00-01", "months are 01 to 12" },
		{ "2026-01-00", "the days 01 to 31" },
		{ "31/4/2026", "YYYY-MM-DD" },
		{ "2026-4-30", "YYYY-MM-DD" },
		{ "2026-04-30 ", "YYYY-MM-DD" },
		{ "", "YYYY-MM-DD" },
		{ "9999-01-01", "the year must be" },
		{ "1967-12-31", "the year must be" },
	};
	static const struct {
		const char *text, *says;
	} times[] = {
		{ "25:00", "00:00 to 23:59:59" },
		{ "24:00", "00:00 to 23:59:59" },
		{ "12:60", "00:00 to 23:59:59" },
		{ "23:59:60", "00:00 to 23:59:59" },
		{ "5:30", "HH:MM" },
		{ "05h30", "HH:MM" },
		{ "05:30:", "HH:MM" },
		{ "", "HH:MM" },
	};
	LoaDay day = { 0 };
	gint32 at_s = -1;

	for (gsize i = 0; i < G_N_ELEMENTS(days); i++) {
		g_autofree char *why = NULL;

		assert_false(loa_day_parse(days[i].text, &day, &why));
		assert_non_null(strstr(why, days[i].says));
		assert_true(loa_day_is_none(day));
	}
	for (gsize i = 0; i < G_N_ELEMENTS(times); i++) {
		g_autofree char *why = NULL;

		assert_false(loa_time_of_day_parse(times[i].text, &at_s, &why));
		assert_non_null(strstr(why, times[i].says));
		assert_int_equal(at_s, -1);
	}
	assert_true(loa_day_parse("2024-02-29", &day, NULL));
	assert_true(loa_time_of_day_parse("23:59:59", &at_s, NULL));
	assert_int_equal(at_s, 86399);
}

static void
weekdays_have_two_names(void **state)
{
	(void)state;
	guint weekday;

	assert_true(loa_weekday_from_name("t2", &weekday));
	assert_int_equal(weekday, 0);
	assert_true(loa_weekday_from_name("CN", &weekday));
	assert_int_equal(weekday, 6);
	assert_true(loa_weekday_from_name("Sat", &weekday));
	assert_int_equal(weekday, 5);
	assert_string_equal(loa_weekday_name(5), "sat");
	assert_false(loa_weekday_from_name("t8", &weekday));
	assert_false(loa_weekday_from_name("", &weekday));
}

static char *
expand_hours(const LoaHours *windows, guint n_windows, const char *zone_name, const char *from,
	     const char *to)
{
	g_autoptr(GTimeZone) zone = loa_local_time_zone(zone_name);
	g_autoptr(GArray) hours = g_array_new(FALSE, FALSE, sizeof(LoaHours));
	GString *text = g_string_new(NULL);

	g_array_append_vals(hours, windows, n_windows);
	g_autoptr(GArray) intervals = loa_hours_expand(hours, zone, moment(from), moment(to));
	for (guint i = 0; i < intervals->len; i++) {
		const LoaInterval *interval = &g_array_index(intervals, LoaInterval, i);
		g_autoptr(GDateTime) start =
			g_date_time_new_from_unix_utc(interval->from_us / LOA_SECOND_US);
		g_autoptr(GDateTime) end =
			g_date_time_new_from_unix_utc(interval->to_us / LOA_SECOND_US);
		g_autofree char *first = g_date_time_format(start, "%d.%H:%M");
		g_autofree char *last = g_date_time_format(end, "%d.%H:%M");

		g_string_append_printf(text, "%s-%s ", first, last);
	}
	return g_string_free(text, FALSE);
}

static void
hours_become_stretches_of_time(void **state)
{
	(void)state;
	const LoaHours weekdays = { 0x1f, 5 * 3600, 7 * 3600 };
	const LoaHours evenings = { 0x7f, 17 * 3600, 19 * 3600 };
	const LoaHours windows[] = { weekdays, evenings };
	/* Friday to Saturday */
	g_autofree char *got = expand_hours(windows, 2, "Asia/Ho_Chi_Minh", "2026-11-19T17:00:00Z",
					    "2026-11-21T17:00:00Z");

	assert_string_equal(got, "19.22:00-20.00:00 20.10:00-20.12:00 21.10:00-21.12:00 ");
}

static void
hours_that_touch_or_overlap_are_joined_and_clipped(void **state)
{
	(void)state;
	const LoaHours windows[] = {
		{ 0x7f, 0, 86400 },
		{ 0x7f, 3600, 7200 },
	};
	g_autofree char *whole = expand_hours(windows, 2, "Asia/Ho_Chi_Minh",
					      "2026-11-19T03:00:00Z", "2026-11-22T04:00:00Z");
	const LoaHours overlapping[] = {
		{ 0x7f, 8 * 3600, 10 * 3600 },
		{ 0x7f, 7 * 3600, 9 * 3600 },
		{ 0x7f, 10 * 3600, 11 * 3600 },
	};
	g_autofree char *joined = expand_hours(overlapping, 3, "Etc/UTC", "2026-11-19T00:00:00Z",
					       "2026-11-19T10:30:00Z");

	assert_string_equal(whole, "19.03:00-22.04:00 ");
	assert_string_equal(joined, "19.07:00-19.10:30 ");
}

static void
hours_follow_the_clocks_of_the_zone(void **state)
{
	(void)state;
	const LoaHours night[] = { { 0x7f, 2 * 3600, 3 * 3600 } };
	const LoaHours morning[] = { { 0x7f, 6 * 3600, 7 * 3600 } };
	g_autofree char *gap = expand_hours(night, 1, "Europe/Berlin", "2026-03-28T00:00:00Z",
					    "2026-03-30T12:00:00Z");
	g_autofree char *summer = expand_hours(morning, 1, "Europe/Berlin", "2026-03-28T00:00:00Z",
					       "2026-03-29T12:00:00Z");

	assert_string_equal(gap, "28.01:00-28.02:00 30.00:00-30.01:00 ");
	assert_string_equal(summer, "28.05:00-28.06:00 29.04:00-29.05:00 ");
}

static void
no_hours_permit_nothing(void **state)
{
	(void)state;
	g_autofree char *none = expand_hours(NULL, 0, "Asia/Ho_Chi_Minh", "2026-11-19T00:00:00Z",
					     "2026-11-20T00:00:00Z");

	assert_string_equal(none, "");
}

static void
a_stretch_must_lie_within_one_interval(void **state)
{
	(void)state;
	g_autoptr(GArray) intervals = g_array_new(FALSE, FALSE, sizeof(LoaInterval));
	const LoaInterval both[] = { { 10, 20 }, { 30, 40 } };

	g_array_append_vals(intervals, both, 2);
	assert_true(loa_hours_cover(intervals, 10, 20));
	assert_true(loa_hours_cover(intervals, 30, 31));
	assert_false(loa_hours_cover(intervals, 9, 20));
	assert_false(loa_hours_cover(intervals, 10, 21));
	assert_false(loa_hours_cover(intervals, 15, 35));
	assert_false(loa_hours_cover(intervals, 22, 25));
}

static void
the_end_of_a_window_may_be_midnight(void **state)
{
	(void)state;
	gint32 to_s = 0;

	assert_true(loa_hours_parse_end("24:00", &to_s, NULL));
	assert_int_equal(to_s, 86400);
	assert_true(loa_hours_parse_end("23:59", &to_s, NULL));
	assert_false(loa_hours_parse_end("24:01", &to_s, NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_weekly_broadcast_plays_on_its_days_in_the_zone_of_the_ward),
		cmocka_unit_test(the_range_holds_its_first_moment_and_not_its_last),
		cmocka_unit_test(from_and_until_are_both_inclusive),
		cmocka_unit_test(a_date_stands_alone),
		cmocka_unit_test(starts_are_sorted_by_time_and_then_by_id),
		cmocka_unit_test(
			a_time_that_the_clocks_skip_plays_at_the_first_moment_after_the_gap),
		cmocka_unit_test(a_time_that_occurs_twice_plays_the_first_time),
		cmocka_unit_test(two_times_that_a_gap_joins_are_one_start),
		cmocka_unit_test(what_a_gap_joins_comes_by_moment_and_id_and_not_by_the_wall),
		cmocka_unit_test(
			every_minute_of_a_year_comes_back_to_its_wall_time_or_lies_in_a_gap),
		cmocka_unit_test(too_many_starts_are_refused_with_the_number),
		cmocka_unit_test(a_range_without_bounds_ends_at_the_limit),
		cmocka_unit_test(days_and_numbers_agree_with_the_library),
		cmocka_unit_test(impossible_dates_and_times_get_a_sentence),
		cmocka_unit_test(weekdays_have_two_names),
		cmocka_unit_test(hours_become_stretches_of_time),
		cmocka_unit_test(hours_that_touch_or_overlap_are_joined_and_clipped),
		cmocka_unit_test(hours_follow_the_clocks_of_the_zone),
		cmocka_unit_test(no_hours_permit_nothing),
		cmocka_unit_test(a_stretch_must_lie_within_one_interval),
		cmocka_unit_test(the_end_of_a_window_may_be_midnight),
	};

	return cmocka_run_group_tests_name("schedules/timetable", tests, NULL, NULL);
}
