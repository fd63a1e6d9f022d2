/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <glib/gstdio.h>

#include "node/clock-store.h"
#include "node/site-clock.h"

/* Nobody answers there. */
#define SILENT "127.0.0.1:9"
#define A_DAY_US (G_GINT64_CONSTANT(86400) * G_USEC_PER_SEC)
#define AN_HOUR_US (A_DAY_US / 24)

typedef struct {
	char *folder;
	char *path;
	LoaKeyRing *ring;
} Fixture;

static int
setup(void **state)
{
	Fixture *f = g_new0(Fixture, 1);

	f->folder = g_dir_make_tmp("loa-site-clock-XXXXXX", NULL);
	f->path = g_build_filename(f->folder, "clock", NULL);
	f->ring = loa_key_ring_new();
	*state = f;
	return f->folder == NULL ? -1 : 0;
}

static int
teardown(void **state)
{
	Fixture *f = *state;

	while (g_main_context_iteration(NULL, FALSE)) /* a cancelled look-up reports */
		;
	g_autofree char *battery = g_build_filename(f->folder, "since_epoch", NULL);

	g_unlink(battery);
	g_unlink(f->path);
	g_rmdir(f->folder);
	loa_key_ring_free(f->ring);
	g_free(f->folder);
	g_free(f->path);
	g_free(f);
	return 0;
}

static void
forged(const char *why, gpointer user_data)
{
	(void)user_data;
	fail_msg("forged: %s", why);
}

static LoaSiteClock *
open_clock(const Fixture *f, const char *controller)
{
	g_autoptr(GError) error = NULL;
	LoaSiteClockConfig config = { .site = "s",
				      .controller = controller,
				      .ring = f->ring,
				      .holdover_max_us = G_USEC_PER_SEC,
				      .path = f->path };
	LoaSiteClock *clock = loa_site_clock_new(&config, forged, NULL, &error);

	if (clock == NULL)
		fail_msg("%s", error->message);
	return clock;
}

static gint64
lead_us(LoaSiteClock *clock)
{
	return loa_clock_now_us(loa_site_clock_clock(clock)) - g_get_real_time();
}

static void
without_a_controller_it_is_the_system_clock(void **state)
{
	g_autoptr(LoaSiteClock) clock = open_clock(*state, NULL);
	g_autoptr(LoaClock) system = loa_clock_new_system(FALSE);

	loa_site_clock_run(clock, FALSE);
	assert_string_equal(loa_clock_status(loa_site_clock_clock(clock)).source,
			    loa_clock_status(system).source);
	assert_in_range(lead_us(clock) + 1000000, 0, 2000000);
}

static void
what_was_learned_before_holds_over_a_restart_and_is_saved_again(void **state)
{
	Fixture *f = *state;
	LoaClockMemory memory = { .map = { .mono_us = loa_mono_now_us(),
					   .site_us = g_get_real_time() + A_DAY_US,
					   .rate = 1 },
				  .bound_us = 700 };
	LoaClockRecord record = { .memory = memory }, again;

	assert_true(loa_clock_store_save(f->path, &record, NULL, NULL));
	LoaSiteClock *clock = open_clock(f, SILENT);
	LoaClockStatus status = loa_clock_status(loa_site_clock_clock(clock));

	/* a kernel that is in step goes before what is only remembered */
	if (strcmp(status.source, "system") != 0) {
		assert_string_equal(status.source, "holdover");
		assert_in_range(status.bound_us, 700, 800);
		assert_in_range(lead_us(clock) - A_DAY_US + 1000000, 0, 2000000);
	}
	g_unlink(f->path);
	loa_site_clock_free(clock);
	assert_true(loa_clock_store_load(f->path, NULL, &again));
	assert_in_range(again.memory.map.site_us - again.memory.map.mono_us - memory.map.site_us +
				memory.map.mono_us + 1000,
			0, 2000);
}

static void
put_battery(const Fixture *f, gint64 reading_s)
{
	g_autofree char *path = g_build_filename(f->folder, "since_epoch", NULL);
	g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT "\n", reading_s);

	assert_true(g_file_set_contents(path, text, -1, NULL));
}

static LoaSiteClock *
open_with_battery(const Fixture *f)
{
	LoaSiteClockConfig config = { .site = "s",
				      .controller = SILENT,
				      .ring = f->ring,
				      .holdover_max_us = 10 * G_USEC_PER_SEC,
				      .path = f->path,
				      .battery = { f->folder, 20, G_USEC_PER_SEC } };

	return loa_site_clock_new(&config, forged, NULL, NULL);
}

static void
a_battery_bridges_a_reboot_and_the_next_one_too(void **state)
{
	Fixture *f = *state;
	gint64 then_us = g_get_real_time() + A_DAY_US;
	LoaClockRecord record = { .memory = { .map = { .mono_us = G_MAXINT64 / 4,
						       .site_us = then_us,
						       .rate = 1 },
					      .bound_us = 700 },
				  .has_battery = TRUE },
		       again;

	assert_true(loa_clock_store_save(f->path, &record, "monday", NULL));
	put_battery(f, then_us / G_USEC_PER_SEC + 3600);
	LoaSiteClock *clock = open_with_battery(f);
	LoaClockStatus status = loa_clock_status(loa_site_clock_clock(clock));

	/* a kernel that is in step goes before what is only remembered */
	if (strcmp(status.source, "system") != 0) {
		assert_string_equal(status.source, "battery");
		assert_int_equal(status.state, LOA_CLOCK_HOLDOVER);
		assert_in_range(status.bound_us, 1000700 + 71980, 1000700 + 73000);
		assert_in_range(lead_us(clock) - A_DAY_US - AN_HOUR_US + 2000000, 0, 4000000);
	}
	loa_site_clock_free(clock);
	assert_true(loa_clock_store_load(f->path, NULL, &again));
	assert_true(again.memory.is_battery);
	assert_true(again.has_battery);
	assert_in_range(again.battery_off_us + 1000000, 0, 2000000);
	assert_true(again.memory.bound_us > 1000700);
}

static void
without_a_battery_a_reboot_forgets(void **state)
{
	Fixture *f = *state;
	LoaClockRecord record = {
		.memory = { .map = { .mono_us = 1, .site_us = g_get_real_time(), .rate = 1 },
			    .bound_us = 700 },
		.has_battery = TRUE
	};

	assert_true(loa_clock_store_save(f->path, &record, "monday", NULL));
	g_autoptr(LoaSiteClock) clock = open_clock(f, SILENT);
	LoaClockStatus status = loa_clock_status(loa_site_clock_clock(clock));

	assert_string_not_equal(status.source, "battery");
	assert_string_not_equal(status.source, "holdover");
}

static void
what_was_never_learned_is_not_saved(void **state)
{
	Fixture *f = *state;
	LoaSiteClock *clock = open_clock(f, SILENT);

	loa_site_clock_run(clock, FALSE);
	loa_site_clock_free(clock);
	assert_false(g_file_test(f->path, G_FILE_TEST_EXISTS));
}

static void
an_address_without_a_port_is_an_error(void **state)
{
	const Fixture *f = *state;
	g_autoptr(GError) error = NULL;
	LoaSiteClockConfig config = {
		.site = "s", .controller = "loa.example", .ring = f->ring, .path = f->path
	};

	assert_null(loa_site_clock_new(&config, forged, NULL, &error));
	assert_non_null(strstr(error->message, "HOST:PORT"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(without_a_controller_it_is_the_system_clock, setup,
						teardown),
		cmocka_unit_test_setup_teardown(
			what_was_learned_before_holds_over_a_restart_and_is_saved_again, setup,
			teardown),
		cmocka_unit_test_setup_teardown(a_battery_bridges_a_reboot_and_the_next_one_too,
						setup, teardown),
		cmocka_unit_test_setup_teardown(without_a_battery_a_reboot_forgets, setup,
						teardown),
		cmocka_unit_test_setup_teardown(what_was_never_learned_is_not_saved, setup,
						teardown),
		cmocka_unit_test_setup_teardown(an_address_without_a_port_is_an_error, setup,
						teardown),
	};

	return cmocka_run_group_tests_name("node/site-clock", tests, NULL, NULL);
}
