/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "controller/plan/plan-diff.h"
#include "tests/unit/controller-sample.h"

/* "a" is over, "b" is on air, "c" is tomorrow. */
static LoaPlan *
old_plan(void)
{
	LoaPlan *plan = sample_plan("to-1", 1);

	g_ptr_array_add(plan->airings, sample_airing("a", NOON_US - HOUR_US, 60));
	g_ptr_array_add(plan->airings, sample_airing("b", NOON_US - 30 * SECOND_US, 60));
	g_ptr_array_add(plan->airings, sample_airing("c", NOON_US + DAY_US, 60));
	return plan;
}

static void
add_airing(LoaPlan *plan, const char *id, gint64 start_us)
{
	g_ptr_array_add(plan->airings, sample_airing(id, start_us, 60));
	loa_plan_sort(plan);
}

static void
assert_differs(const LoaPlan *new, gint64 want_us)
{
	g_autoptr(LoaPlan) old = old_plan();

	assert_int_equal(loa_plan_diff_from_us(old, new, NOON_US), want_us);
	assert_int_equal(loa_plan_diff_from_us(new, old, NOON_US), want_us);
}

static LoaAiring *
airing_at(const LoaPlan *plan, guint i)
{
	return g_ptr_array_index(plan->airings, i);
}

static void
a_plan_differs_from_where_the_first_airing_does(void **state)
{
	g_autoptr(LoaPlan) same = old_plan(), urgent = old_plan(), later = old_plan();
	g_autoptr(LoaPlan) last = old_plan(), edited = old_plan(), moved = old_plan();

	(void)state;
	assert_differs(same, G_MAXINT64);
	add_airing(urgent, "now", NOON_US + SECOND_US);
	assert_differs(urgent, NOON_US + SECOND_US);
	add_airing(later, "d", NOON_US + DAY_US - HOUR_US);
	assert_differs(later, NOON_US + DAY_US - HOUR_US);
	add_airing(last, "d", NOON_US + 2 * DAY_US);
	assert_differs(last, NOON_US + 2 * DAY_US);
	airing_at(edited, 2)->order = 7;
	assert_differs(edited, NOON_US + DAY_US);
	airing_at(moved, 2)->start_us -= HOUR_US;
	assert_differs(moved, NOON_US + DAY_US - HOUR_US);
}

static void
a_stop_is_from_now_and_what_is_over_does_not_count(void **state)
{
	g_autoptr(LoaPlan) stopped = old_plan(), gone = old_plan(), forgotten = old_plan();

	(void)state;
	airing_at(stopped, 1)->stop_us = NOON_US;
	assert_differs(stopped, NOON_US);
	g_ptr_array_remove_index(gone->airings, 1);
	assert_differs(gone, NOON_US);
	/* what a new frame of time leaves out */
	g_ptr_array_remove_index(forgotten->airings, 0);
	assert_differs(forgotten, G_MAXINT64);
	assert_false(loa_plan_diff_is_same(stopped, gone));
	assert_true(loa_plan_diff_is_same(gone, gone));
}

static void
a_test_counts_like_an_airing_and_a_volume_does_not(void **state)
{
	g_autoptr(LoaPlan) tested = old_plan(), quiet = old_plan(), old = old_plan();

	(void)state;
	g_ptr_array_add(tested->tests, sample_airing("t", NOON_US + 5 * SECOND_US, 5));
	assert_differs(tested, NOON_US + 5 * SECOND_US);
	loa_plan_add_volume(quiet, "n1", -6.0);
	assert_differs(quiet, G_MAXINT64);
	assert_false(loa_plan_diff_is_same(old, quiet));
	assert_false(loa_plan_diff_is_same(old, tested));
}

static void
what_matters_soonest_goes_first_and_equals_keep_their_order(void **state)
{
	static const gint64 from_us[] = { G_MAXINT64, 5, 3, 5, G_MAXINT64, 0 };
	static const guint want[] = { 5, 2, 1, 3, 0, 4 };
	g_autoptr(GArray) array = g_array_new(FALSE, FALSE, sizeof(gint64));

	(void)state;
	g_array_append_vals(array, from_us, G_N_ELEMENTS(from_us));

	g_autoptr(GArray) order = loa_plan_diff_order(array);

	assert_int_equal(order->len, G_N_ELEMENTS(want));
	assert_memory_equal(order->data, want, sizeof want);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plan_differs_from_where_the_first_airing_does),
		cmocka_unit_test(a_stop_is_from_now_and_what_is_over_does_not_count),
		cmocka_unit_test(a_test_counts_like_an_airing_and_a_volume_does_not),
		cmocka_unit_test(what_matters_soonest_goes_first_and_equals_keep_their_order),
	};

	return cmocka_run_group_tests_name("controller/plan-diff", tests, NULL, NULL);
}
