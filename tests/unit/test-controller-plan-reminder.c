/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "controller/plan/plan-reminder.h"

#define SECOND_US G_GINT64_CONSTANT(1000000)
#define SERIAL 7

static void
who_holds_the_plan_is_not_told_again(void **state)
{
	g_autoptr(LoaPlanReminder) reminder = loa_plan_reminder_new();

	(void)state;
	for (gint64 s = 0; s < 1000; s++) {
		assert_false(
			loa_plan_reminder_is_due(reminder, "to-1", SERIAL, SERIAL, s * SECOND_US));
		assert_false(loa_plan_reminder_is_due(reminder, "to-2", 0, 0, s * SECOND_US));
	}
}

/* The seconds of @n_s at which a receiver that says an older serial each second is told. */
static GArray *
told_within(LoaPlanReminder *reminder, gint64 issued, gint64 from_s, gint64 n_s)
{
	GArray *told = g_array_new(FALSE, FALSE, sizeof(gint64));

	for (gint64 s = 0; s < n_s; s++)
		if (loa_plan_reminder_is_due(reminder, "to-1", issued - 1, issued,
					     (from_s + s) * SECOND_US))
			g_array_append_val(told, s);
	return told;
}

static void
who_lags_behind_is_told_soon_and_then_less_and_less_often(void **state)
{
	static const gint64 expected[] = { 4, 12, 28, 60, 124, 252, 508, 808, 1108 };
	g_autoptr(LoaPlanReminder) reminder = loa_plan_reminder_new();
	g_autoptr(GArray) told = told_within(reminder, SERIAL, 100, 1200);
	g_autoptr(GArray) again = NULL;

	(void)state;
	assert_int_equal(told->len, G_N_ELEMENTS(expected));
	for (guint i = 0; i < told->len; i++)
		assert_int_equal(g_array_index(told, gint64, i), expected[i]);
	/* another plan is another matter */
	again = told_within(reminder, SERIAL + 1, 1300, 20);
	assert_int_equal(again->len, 2);
	assert_int_equal(g_array_index(again, gint64, 0), 4);
}

static void
groups_are_told_apart(void **state)
{
	g_autoptr(LoaPlanReminder) reminder = loa_plan_reminder_new();
	g_autoptr(GArray) told = told_within(reminder, SERIAL, 0, 10);

	(void)state;
	assert_int_equal(told->len, 1);
	assert_false(loa_plan_reminder_is_due(reminder, "to-2", 1, SERIAL, 10 * SECOND_US));
	assert_true(loa_plan_reminder_is_due(reminder, "to-2", 1, SERIAL, 14 * SECOND_US));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_holds_the_plan_is_not_told_again),
		cmocka_unit_test(who_lags_behind_is_told_soon_and_then_less_and_less_often),
		cmocka_unit_test(groups_are_told_apart),
	};

	return cmocka_run_group_tests_name("controller/plan-reminder", tests, NULL, NULL);
}
