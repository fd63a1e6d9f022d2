/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "node/teller.h"

#define AT(ms) ((gint64)(ms)*1000)

static LoaNodeState *
make_state(void)
{
	LoaNodeState *state = loa_node_state_new();

	state->online = TRUE;
	state->output = g_strdup("closed");
	return state;
}

static void
the_first_state_is_told_at_once_and_then_every_ten_seconds(void **state)
{
	(void)state;
	g_autoptr(LoaTeller) teller = loa_teller_new();
	g_autoptr(LoaNodeState) idle = make_state();

	assert_true(loa_teller_is_due(teller, idle, AT(0)));
	loa_teller_told(teller, idle, AT(0));
	assert_false(loa_teller_is_due(teller, idle, AT(9999)));
	assert_true(loa_teller_is_due(teller, idle, AT(10000)));
	assert_int_equal(loa_teller_due_us(teller, idle), AT(10000));
	loa_teller_forget(teller);
	assert_true(loa_teller_is_due(teller, idle, AT(1)));
}

static void
a_change_is_told_at_once_but_five_times_a_second_at_most(void **state)
{
	(void)state;
	g_autoptr(LoaTeller) teller = loa_teller_new();
	g_autoptr(LoaNodeState) now = make_state();
	guint n = 0;

	loa_teller_told(teller, now, AT(0));
	now->n_refused++;
	assert_true(loa_teller_is_due(teller, now, AT(5000)));
	loa_teller_told(teller, now, AT(5000));
	for (int ms = 5000; ms < 6000; ms += 10) {
		now->n_refused++;
		if (!loa_teller_is_due(teller, now, AT(ms)))
			continue;
		loa_teller_told(teller, now, AT(ms));
		n++;
	}
	assert_in_range(n, 4, 5);
}

static void
everything_a_person_looks_at_is_a_change(void **state)
{
	(void)state;
	g_autoptr(LoaTeller) teller = loa_teller_new();
	g_autoptr(LoaNodeState) now = make_state();

	loa_teller_told(teller, now, AT(0));
#define EXPECT_CHANGE(change, undo)                                                                \
	change;                                                                                    \
	assert_true(loa_teller_is_due(teller, now, AT(1000)));                                     \
	undo;                                                                                      \
	assert_false(loa_teller_is_due(teller, now, AT(1000)))

	EXPECT_CHANGE(now->online = FALSE, now->online = TRUE);
	EXPECT_CHANGE(now->clock_state = LOA_CLOCK_SYNCED, now->clock_state = LOA_CLOCK_UNTRUSTED);
	EXPECT_CHANGE(now->plan_serial = 7, now->plan_serial = 0);
	EXPECT_CHANGE(now->n_unreported = 1, now->n_unreported = 0);
	EXPECT_CHANGE(now->n_ready = 1, now->n_ready = 0);
	EXPECT_CHANGE(now->clock_source = (char *)"controller", now->clock_source = NULL);
	EXPECT_CHANGE(g_ptr_array_add(now->ready, g_strdup("a")),
		      g_ptr_array_set_size(now->ready, 0));
	EXPECT_CHANGE(g_ptr_array_add(now->not_ready, g_strdup("a")),
		      g_ptr_array_set_size(now->not_ready, 0));
	EXPECT_CHANGE(now->n_wanted = 1, now->n_wanted = 0);
	EXPECT_CHANGE(now->volume_db = -1, now->volume_db = 0);
	EXPECT_CHANGE(now->output_error = g_strdup("x"),
		      g_clear_pointer(&now->output_error, g_free));
	EXPECT_CHANGE(now->trouble = g_strdup("x"), g_clear_pointer(&now->trouble, g_free));
	EXPECT_CHANGE(now->on_air = g_strdup("a"), g_clear_pointer(&now->on_air, g_free));
	/* what moves all the time is not */
	now->level_db = -20;
	now->position_ms = 5;
	now->uptime_s = 9;
	now->at_us = 1;
	assert_false(loa_teller_is_due(teller, now, AT(1000)));
}

static void
while_on_air_the_place_is_told_more_often(void **state)
{
	(void)state;
	g_autoptr(LoaTeller) teller = loa_teller_new();
	g_autoptr(LoaNodeState) now = make_state();

	now->on_air = g_strdup("a");
	now->position_ms = 500;
	loa_teller_told(teller, now, AT(0));
	assert_int_equal(loa_teller_due_us(teller, now), AT(1000));
	now->position_ms = LOA_TELLER_FRESH_MS;
	assert_int_equal(loa_teller_due_us(teller, now), AT(5000));
	loa_teller_set_watched(teller, TRUE);
	assert_int_equal(loa_teller_due_us(teller, now), AT(1000));
	/* nothing is on: there is nothing to watch */
	g_clear_pointer(&now->on_air, g_free);
	loa_teller_told(teller, now, AT(0));
	assert_int_equal(loa_teller_due_us(teller, now), AT(10000));
	now->on_air = g_strdup("a");
	loa_teller_told(teller, now, AT(0));
	loa_teller_set_watched(teller, FALSE);
	assert_int_equal(loa_teller_due_us(teller, now), AT(5000));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_state_is_told_at_once_and_then_every_ten_seconds),
		cmocka_unit_test(a_change_is_told_at_once_but_five_times_a_second_at_most),
		cmocka_unit_test(everything_a_person_looks_at_is_a_change),
		cmocka_unit_test(while_on_air_the_place_is_told_more_often),
	};

	return cmocka_run_group_tests_name("node/teller", tests, NULL, NULL);
}
