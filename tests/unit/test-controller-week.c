/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "controller/proof/week.h"

#define WEEK_US (7 * LOA_DAY_S * LOA_SECOND_US)

static LoaLocalTime
saigon(GTimeZone *zone)
{
	LoaLocalTime local;

	loa_local_time_init(&local, zone);
	return local;
}

static void
every_day_is_in_one_week_that_begins_on_monday(void **state)
{
	g_autoptr(GTimeZone) zone = loa_local_time_zone("Asia/Ho_Chi_Minh");
	LoaLocalTime local = saigon(zone);

	(void)state;
	for (gint32 day = 14610; day < 14610 + 40 * 366; day++) {
		const LoaDay date = loa_day_from_number(day);
		const gint64 us = loa_local_time_to_us(&local, date, 43200);
		g_autofree char *week = loa_week_of(&local, us);
		g_autoptr(GDateTime) time =
			g_date_time_new_local(date.year, date.month, date.day, 12, 0, 0);
		g_autofree char *want = g_date_time_format(time, "%G-W%V");
		gint64 from_us, to_us;

		assert_string_equal(week, want);
		assert_true(loa_week_parse(week, &local, &from_us, &to_us));
		assert_true(from_us <= us && us < to_us);
		assert_int_equal(to_us - from_us, WEEK_US);
		assert_int_equal(loa_day_weekday(loa_local_time_from_us(&local, from_us, NULL)), 0);
	}
}

static void
a_week_begins_at_midnight_of_the_place(void **state)
{
	g_autoptr(GTimeZone) zone = loa_local_time_zone("Asia/Ho_Chi_Minh");
	LoaLocalTime local = saigon(zone);
	gint64 from_us, to_us;

	(void)state;
	assert_true(loa_week_parse("2026-W47", &local, &from_us, &to_us));

	g_autofree char *from = loa_local_time_format(&local, from_us);
	g_autofree char *last = loa_week_of(&local, to_us - 1);
	g_autofree char *next = loa_week_of(&local, to_us);

	assert_string_equal(from, "2026-11-16T00:00:00+07:00");
	assert_string_equal(last, "2026-W47");
	assert_string_equal(next, "2026-W48");
}

static void
what_is_no_week_is_refused(void **state)
{
	static const char *const bad[] = { "",         "2026-W00", "2026-W54", "2027-W53",
					   "2026W47",  "2026-w47", "2026-W4",  "2026-W047",
					   "0000-W01", "2199-W01", "202x-W01", "2026-W4 " };
	g_autoptr(GTimeZone) zone = loa_local_time_zone("Asia/Ho_Chi_Minh");
	LoaLocalTime local = saigon(zone);
	gint64 from_us, to_us;

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
		assert_false(loa_week_parse(bad[i], &local, &from_us, &to_us));
	assert_true(loa_week_parse("2026-W53", &local, &from_us, &to_us));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_day_is_in_one_week_that_begins_on_monday),
		cmocka_unit_test(a_week_begins_at_midnight_of_the_place),
		cmocka_unit_test(what_is_no_week_is_refused),
	};

	return cmocka_run_group_tests_name("controller/week", tests, NULL, NULL);
}
