/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "controller/loactl/loactl-time.h"

#define S G_GINT64_CONSTANT(1000000)
/* 2026-11-21 20:00:00.25 +07:00 */
#define NOW_US (G_GINT64_CONSTANT(1795266000) * S + 250000)
#define MIDNIGHT_US (G_GINT64_CONSTANT(1795194000) * S)
#define DAY_US (86400 * S)

static void
every_way_to_name_a_moment_is_read(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		gint64 us;
	} cases[] = {
		{ "now", NOW_US },
		{ "+10s", NOW_US + 10 * S },
		{ "-90m", NOW_US - 5400 * S },
		{ "+2h", NOW_US + 7200 * S },
		{ "-7d", NOW_US - 7 * DAY_US },
		{ "+1w", NOW_US + 7 * DAY_US },
		{ "today", MIDNIGHT_US },
		{ "tomorrow", MIDNIGHT_US + DAY_US },
		{ "yesterday", MIDNIGHT_US - DAY_US },
		{ "today 17:00", MIDNIGHT_US + 17 * 3600 * S },
		{ "2026-11-21", MIDNIGHT_US },
		{ "2026-11-21 17:00", MIDNIGHT_US + 17 * 3600 * S },
		{ "2026-11-21T17:00:30", MIDNIGHT_US + (17 * 3600 + 30) * S },
		{ "2026-11-21T17:00:00+07:00", MIDNIGHT_US + 17 * 3600 * S },
		{ "2026-11-21 17:00:00+07:00", MIDNIGHT_US + 17 * 3600 * S },
		{ "2026-11-21T10:00:00Z", MIDNIGHT_US + 17 * 3600 * S },
		{ "2026-11-21T10:00:00.5Z", MIDNIGHT_US + 17 * 3600 * S + S / 2 },
	};
	g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("+07:00");

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		gint64 us = 0;

		assert_true(loa_loactl_time_parse(cases[i].text, NOW_US, zone, &us, NULL));
		assert_int_equal(us, cases[i].us);
	}
}

static void
what_is_no_moment_is_refused_with_examples(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"",
		"noon",
		"+",
		"+s",
		"+10",
		"+10x",
		"+10sx",
		"+-5s",
		"- 5s",
		"+100001s",
		"+999999d",
		"-99999d",
		"2026-02-30",
		"2026-13-01",
		"2026-11-21 25:00",
		"2026-11-21 ",
		"2026-11-21x",
		"today17:00",
		"today x",
		"21/11/2026",
		"1795266000",
		"20261121T100000Z",
	};
	g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("+07:00");

	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		gint64 us = 42;
		g_autofree char *why = NULL;

		assert_false(loa_loactl_time_parse(bad[i], NOW_US, zone, &us, &why));
		assert_int_equal(us, 42);
		assert_non_null(strstr(why, "2026-11-21"));
	}
}

static void
a_day_on_is_the_same_hour_across_a_change_of_the_clocks(void **state)
{
	(void)state;
	g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("Europe/Berlin");
	gint64 before_us, after_us;

	assert_non_null(zone);
	assert_true(loa_loactl_time_parse("2026-03-28 12:00", NOW_US, zone, &before_us, NULL));
	assert_true(loa_loactl_time_parse("+1d", before_us, zone, &after_us, NULL));
	assert_int_equal(after_us - before_us, 23 * 3600 * S);
	assert_true(loa_loactl_time_parse("+24h", before_us, zone, &after_us, NULL));
	assert_int_equal(after_us - before_us, 24 * 3600 * S);
}

static void
a_moment_is_written_on_the_sites_wall_clock(void **state)
{
	(void)state;
	g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("+07:00");
	g_autofree char *text = loa_loactl_time_format(NOW_US, zone);
	g_autofree char *never = loa_loactl_time_format(0, zone);

	assert_string_equal(text, "2026-11-21 20:00:00");
	assert_string_equal(never, "-");
}

static void
a_length_is_written_as_people_say_it(void **state)
{
	(void)state;
	static const struct {
		gint64 ms;
		const char *text;
	} cases[] = {
		{ 0, "0.0 s" },         { 8260, "8.2 s" },      { 59999, "59.9 s" },
		{ 60000, "1:00" },      { 300000, "5:00" },     { 3599499, "59:59" },
		{ 3600000, "1:00:00" }, { 7325000, "2:02:05" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text = loa_loactl_time_format_length(cases[i].ms);

		assert_string_equal(text, cases[i].text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_way_to_name_a_moment_is_read),
		cmocka_unit_test(what_is_no_moment_is_refused_with_examples),
		cmocka_unit_test(a_day_on_is_the_same_hour_across_a_change_of_the_clocks),
		cmocka_unit_test(a_moment_is_written_on_the_sites_wall_clock),
		cmocka_unit_test(a_length_is_written_as_people_say_it),
	};

	return cmocka_run_group_tests_name("controller/loactl-time", tests, NULL, NULL);
}
