/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#include "node/battery-clock.h"

#define S_US G_GINT64_CONSTANT(1000000)
#define DAY_US (86400 * S_US)
#define THEN_US G_GINT64_CONSTANT(1795267200000000)

static const LoaBatteryClockConfig config = { "/nowhere", 20, S_US };

static LoaClockRecord
record_with(gint64 off_us)
{
	return (LoaClockRecord){
		.memory = { .map = { .mono_us = 999, .site_us = THEN_US, .rate = 1 + 7e-6 },
			    .bound_us = 600 },
		.has_battery = TRUE,
		.battery_off_us = off_us,
	};
}

static void
its_reading_is_put_right_and_bounded(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		gint64 off_us, reading_us;
		gint64 want_site_us, want_bound_us; /* 0: it says nothing */
	} cases[] = {
		{ "at once", 0, THEN_US, THEN_US, S_US + 600 },
		{ "two days at 20 ppm", 0, THEN_US + 2 * DAY_US, THEN_US + 2 * DAY_US,
		  S_US + 600 + 3456000 },
		{ "3 s fast, and that may have been put right meanwhile", 3 * S_US,
		  THEN_US + DAY_US + 3 * S_US, THEN_US + DAY_US, S_US + 600 + 3 * S_US + 1728000 },
		{ "on local time", 25200 * S_US, THEN_US + DAY_US + 25200 * S_US, THEN_US + DAY_US,
		  S_US + 600 + 25200 * S_US + 1728000 },
		{ "slow", -2 * S_US, THEN_US - 2 * S_US, THEN_US, S_US + 600 + 2 * S_US },
		{ "a second of reading", 0, THEN_US - S_US, THEN_US, S_US + 600 },
		{ "its battery is empty", 0, THEN_US - S_US - 1, 0, 0 },
		{ "set to a year that nobody here will see", 0, 8000000000 * S_US, 0, 0 },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		LoaClockRecord record = record_with(cases[i].off_us);
		LoaClockMemory got = { .bound_us = -1 };
		gboolean is_told =
			loa_battery_clock_bridge(&config, &record, cases[i].reading_us, 5000, &got);

		if (is_told != (cases[i].want_site_us != 0))
			fail_msg("%s: told %d", cases[i].name, is_told);
		if (!is_told)
			continue;
		if (got.map.site_us != cases[i].want_site_us ||
		    got.bound_us != cases[i].want_bound_us)
			fail_msg("%s: at %" G_GINT64_FORMAT " within %" G_GINT64_FORMAT,
				 cases[i].name, got.map.site_us - THEN_US, got.bound_us);
		assert_int_equal(got.map.mono_us, 5000);
		assert_true(got.map.rate == record.memory.map.rate);
		assert_true(got.is_battery);
	}
}

static void
a_clock_that_was_not_read_beside_the_time_says_nothing(void **state)
{
	(void)state;
	LoaClockRecord record = record_with(0);
	LoaClockMemory got;

	record.has_battery = FALSE;
	assert_false(loa_battery_clock_bridge(&config, &record, THEN_US + S_US, 5000, &got));
}

static void
the_kernels_file_is_read_with_care(void **state)
{
	(void)state;
	g_autofree char *folder = g_dir_make_tmp("loa-rtc-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "since_epoch", NULL);
	static const char *const bad[] = { "", "\n", "-5\n", "12 13\n", "0x10\n", "99999999999\n" };
	gint64 reading_us = 1;

	assert_false(loa_battery_clock_read(folder, &reading_us));
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		assert_true(g_file_set_contents(path, bad[i], -1, NULL));
		if (loa_battery_clock_read(folder, &reading_us))
			fail_msg("believed \"%s\"", bad[i]);
	}
	assert_true(g_file_set_contents(path, "1795267200\n", -1, NULL));
	assert_true(loa_battery_clock_read(folder, &reading_us));
	assert_int_equal(reading_us, THEN_US + S_US / 2);
	g_unlink(path);
	g_rmdir(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(its_reading_is_put_right_and_bounded),
		cmocka_unit_test(a_clock_that_was_not_read_beside_the_time_says_nothing),
		cmocka_unit_test(the_kernels_file_is_read_with_care),
	};

	return cmocka_run_group_tests_name("node/battery-clock", tests, NULL, NULL);
}
