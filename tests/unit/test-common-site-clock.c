/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/clock-filter.h"
#include "common/clock.h"

#define HOUR_US (3600 * G_GINT64_CONSTANT(1000000))
#define S_US G_GINT64_CONSTANT(1000000)

static void
the_best_source_counts(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		LoaClockEvidence evidence;
		LoaClockState want;
		const char *want_source;
		gint64 want_bound_us;
	} cases[] = {
		{ "the controller answers, and so does everything else",
		  { TRUE, 20 * S_US, 900, 5000, TRUE, 7, TRUE, FALSE },
		  LOA_CLOCK_SYNCED,
		  "controller",
		  900 },
		{ "the controller is silent, the kernel is synchronised",
		  { TRUE, 20 * S_US + 1, 900, 5000, TRUE, 7, TRUE, FALSE },
		  LOA_CLOCK_SYNCED,
		  "system",
		  7 },
		{ "nothing but memory",
		  { TRUE, HOUR_US, 5000, 5000, FALSE, 0, TRUE, FALSE },
		  LOA_CLOCK_HOLDOVER,
		  "holdover",
		  5000 },
		{ "nothing but a battery",
		  { TRUE, HOUR_US, 5000, 5000, FALSE, 0, TRUE, TRUE },
		  LOA_CLOCK_HOLDOVER,
		  "battery",
		  5000 },
		{ "memory too old, but somebody vouches",
		  { TRUE, HOUR_US, 5001, 5000, FALSE, 0, TRUE, FALSE },
		  LOA_CLOCK_SYNCED,
		  "system",
		  500000 },
		{ "memory too old",
		  { TRUE, HOUR_US, 5001, 5000, FALSE, 0, FALSE, FALSE },
		  LOA_CLOCK_UNTRUSTED,
		  "none",
		  G_MAXINT64 },
		{ "a box that just booted alone",
		  { FALSE, 0, 0, 5000, FALSE, 0, FALSE, FALSE },
		  LOA_CLOCK_UNTRUSTED,
		  "none",
		  G_MAXINT64 },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		LoaClockStatus got = loa_clock_weigh(&cases[i].evidence);

		if (got.state != cases[i].want || got.bound_us != cases[i].want_bound_us ||
		    !g_str_equal(got.source, cases[i].want_source))
			fail_msg("%s: %s from %s", cases[i].name, loa_clock_state_name(got.state),
				 got.source);
	}
}

/* @n exchanges over a wire with a controller that is an hour ahead. */
static void
feed(LoaClockFilter *filter, gint64 mono_us, int n)
{
	for (int i = n; i > 0; i--) {
		gint64 t1_ns = (mono_us - i * 10000) * 1000;
		gint64 t2_ns = t1_ns + HOUR_US * 1000 + 50000;

		assert_int_equal(
			loa_clock_filter_add(filter, t1_ns, t2_ns, t2_ns + 10000, t1_ns + 110000),
			LOA_EXCHANGE_TAKEN);
	}
}

static void
a_site_clock_follows_the_controller_after_eight_exchanges(void **state)
{
	(void)state;
	g_autoptr(LoaClockFilter) filter = loa_clock_filter_new();
	g_autoptr(LoaClock) clock = loa_clock_new_site(filter, TRUE, S_US);
	guint32 epoch = loa_clock_map(clock).epoch;
	gint64 mono_us = loa_mono_now_us();
	LoaClockExchange exchange = { filter, mono_us, LOA_CLOCK_SYNCED };

	feed(filter, mono_us, 7);
	loa_clock_site_update(clock, &exchange);
	assert_string_equal(loa_clock_status(clock).source, "system");
	assert_int_equal(loa_clock_map(clock).epoch, epoch);

	feed(filter, mono_us + 10000, 1);
	assert_string_equal(loa_clock_status(clock).source, "controller");
	LoaClockMap map = loa_clock_map(clock);
	gint64 error_us = map.site_us - (map.mono_us + HOUR_US);

	assert_true(ABS(error_us) <= 2);
	assert_int_equal(map.epoch, epoch + 1); /* an hour is a step */
	assert_int_equal(loa_clock_map(clock).epoch, epoch + 1);
}

static void
a_controller_that_does_not_trust_itself_is_not_followed(void **state)
{
	(void)state;
	g_autoptr(LoaClockFilter) filter = loa_clock_filter_new();
	g_autoptr(LoaClock) clock = loa_clock_new_site(filter, TRUE, S_US);
	gint64 mono_us = loa_mono_now_us();
	LoaClockExchange exchange = { filter, mono_us, LOA_CLOCK_UNTRUSTED };

	/* it came up in doubt: nothing was ever taken */
	exchange.last_mono_us = 0;
	loa_clock_site_update(clock, &exchange);
	assert_string_equal(loa_clock_status(clock).source, "system");

	/* it lost its trust later: what was learned before holds over */
	feed(filter, mono_us, 20);
	exchange.last_mono_us = mono_us;
	loa_clock_site_update(clock, &exchange);
	assert_string_equal(loa_clock_status(clock).source, "holdover");
	exchange.controller_state = LOA_CLOCK_SYNCED;
	loa_clock_site_update(clock, &exchange);
	assert_string_equal(loa_clock_status(clock).source, "controller");
}

static void
what_was_remembered_is_no_answer_and_goes_with_the_first_line(void **state)
{
	(void)state;
	g_autoptr(LoaClockFilter) filter = loa_clock_filter_new();
	g_autoptr(LoaClock) clock = loa_clock_new_site(filter, FALSE, S_US);
	gint64 mono_us = loa_mono_now_us();
	LoaClockMemory memory = { .map = { .mono_us = mono_us, .site_us = HOUR_US, .rate = 1 },
				  .bound_us = 300 };
	LoaClockExchange exchange = { filter, mono_us, LOA_CLOCK_SYNCED };

	loa_clock_site_remember(clock, &memory);
	feed(filter, mono_us, 1);
	loa_clock_site_update(clock, &exchange);
	assert_string_equal(loa_clock_status(clock).source, "holdover");
	feed(filter, mono_us + 100000, 7);
	loa_clock_site_update(clock, &exchange);
	assert_string_equal(loa_clock_status(clock).source, "controller");

	/* the controller's clock stepped: the old line must not come back */
	g_autoptr(LoaClockFilter) stepped = loa_clock_filter_new();

	exchange.filter = stepped;
	loa_clock_site_update(clock, &exchange);
	assert_false(loa_clock_site_memory(clock, &memory));
}

static void
a_line_from_an_earlier_run_holds_over_and_its_bound_grows(void **state)
{
	(void)state;
	g_autoptr(LoaClockFilter) filter = loa_clock_filter_new();
	g_autoptr(LoaClock) clock = loa_clock_new_site(filter, TRUE, S_US);
	LoaClockMemory memory, again;

	assert_false(loa_clock_site_memory(clock, &memory));
	memory = (LoaClockMemory){ .map = { .mono_us = loa_mono_now_us() - 1000 * S_US,
					    .site_us = 50 * HOUR_US,
					    .rate = 1 + 20e-6 },
				   .bound_us = 300 };
	loa_clock_site_remember(clock, &memory);
	assert_true(loa_clock_site_memory(clock, &again));
	gint64 since_us = again.map.mono_us - memory.map.mono_us;
	gint64 error_us = again.map.site_us - (50 * HOUR_US + since_us + since_us / 50000);

	assert_true(ABS(error_us) <= 1);
	assert_in_range(again.bound_us, 300 + 5000, 300 + 5100);

	/* what was saved after a reboot of the machine lies in the future of its new clock */
	memory.map.mono_us = loa_mono_now_us() + 1000 * S_US;
	loa_clock_site_remember(clock, &memory);
	assert_false(loa_clock_site_memory(clock, &again));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_best_source_counts),
		cmocka_unit_test(a_site_clock_follows_the_controller_after_eight_exchanges),
		cmocka_unit_test(a_controller_that_does_not_trust_itself_is_not_followed),
		cmocka_unit_test(what_was_remembered_is_no_answer_and_goes_with_the_first_line),
		cmocka_unit_test(a_line_from_an_earlier_run_holds_over_and_its_bound_grows),
	};

	return cmocka_run_group_tests_name("common/site-clock", tests, NULL, NULL);
}
