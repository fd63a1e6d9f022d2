/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#include "node/clock-store.h"

typedef struct {
	char *folder;
	char *path;
} Fixture;

static int
setup(void **state)
{
	Fixture *f = g_new0(Fixture, 1);

	f->folder = g_dir_make_tmp("loa-clock-XXXXXX", NULL);
	f->path = g_build_filename(f->folder, "clock", NULL);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	Fixture *f = *state;

	g_unlink(f->path);
	g_rmdir(f->folder);
	g_free(f->path);
	g_free(f->folder);
	g_free(f);
	return 0;
}

static const LoaClockRecord example = {
	.memory = { .map = { .mono_us = 123456789,
			     .site_us = 1790000000123456,
			     .rate = 1 - 12.5e-6 },
		    .bound_us = 4321 },
	.has_battery = TRUE,
	.battery_off_us = -25200000000,
};

static void
what_was_saved_in_this_boot_comes_back(void **state)
{
	Fixture *f = *state;
	LoaClockRecord got;

	assert_true(loa_clock_store_save(f->path, &example, NULL, NULL));
	assert_true(loa_clock_store_load(f->path, NULL, &got));
	assert_int_equal(got.memory.map.mono_us, example.memory.map.mono_us);
	assert_int_equal(got.memory.map.site_us, example.memory.map.site_us);
	assert_float_equal(got.memory.map.rate, example.memory.map.rate, 1e-12);
	assert_int_equal(got.memory.bound_us, example.memory.bound_us);
	assert_true(got.is_this_boot);
	assert_true(got.has_battery);
	assert_int_equal(got.battery_off_us, example.battery_off_us);
	assert_false(got.memory.is_battery);
}

static void
another_boot_is_told_apart(void **state)
{
	Fixture *f = *state;
	LoaClockRecord got;

	assert_true(loa_clock_store_save(f->path, &example, "monday", NULL));
	assert_true(loa_clock_store_load(f->path, "monday", &got));
	assert_true(got.is_this_boot);
	assert_true(loa_clock_store_load(f->path, "tuesday", &got));
	assert_false(got.is_this_boot);
}

static void
what_rests_on_a_battery_says_so_and_may_have_none_beside_it(void **state)
{
	Fixture *f = *state;
	LoaClockRecord record = { .memory = example.memory }, got;

	record.memory.is_battery = TRUE;
	assert_true(loa_clock_store_save(f->path, &record, NULL, NULL));
	assert_true(loa_clock_store_load(f->path, NULL, &got));
	assert_true(got.memory.is_battery);
	assert_false(got.has_battery);
}

static void
nonsense_is_ignored(void **state)
{
	Fixture *f = *state;
	static const char *const bad[] = {
		"",
		"not a key file",
		"[clock]\nboot=b\nmono_us=1\nsite_us=1790000000000000\nrate_ppm=0\n",
		"[clock]\nboot=b\nmono_us=1\nsite_us=1790000000000000\nrate_ppm=301\nbound_us=5\n",
		"[clock]\nboot=b\nmono_us=1\nsite_us=1790000000000000\nrate_ppm=nan\nbound_us=5\n",
		"[clock]\nboot=b\nmono_us=1\nsite_us=1790000000000000\nrate_ppm=0\nbound_us=5\n"
		"battery_off_us=-9000000000000000\n",
		"[clock]\nboot=b\nmono_us=-1\nsite_us=1790000000000000\nrate_ppm=0\nbound_us=5\n",
		"[clock]\nboot=b\nmono_us=1\nsite_us=99999999999999999999\nrate_ppm=0\nbound_us="
		"5\n",
	};
	LoaClockRecord got;

	assert_false(loa_clock_store_load(f->path, "b", &got)); /* no file */
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		assert_true(g_file_set_contents(f->path, bad[i], -1, NULL));
		if (loa_clock_store_load(f->path, "b", &got))
			fail_msg("believed case %zu", i);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_was_saved_in_this_boot_comes_back, setup,
						teardown),
		cmocka_unit_test_setup_teardown(another_boot_is_told_apart, setup, teardown),
		cmocka_unit_test_setup_teardown(
			what_rests_on_a_battery_says_so_and_may_have_none_beside_it, setup,
			teardown),
		cmocka_unit_test_setup_teardown(nonsense_is_ignored, setup, teardown),
	};

	return cmocka_run_group_tests_name("node/clock-store", tests, NULL, NULL);
}
