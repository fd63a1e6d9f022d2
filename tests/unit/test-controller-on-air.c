/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "controller/on-air.h"
#include "tests/unit/controller-sample.h"

/* Who speaks and who waits, first the one that speaks: "a" or "b a@10" (a waits at 10 s). */
static char *
describe(const LoaPlan *plan, gint64 at_s)
{
	g_autoptr(GArray) now = loa_on_air_at(plan, NOON_US + at_s * SECOND_US);
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < now->len; i++) {
		const LoaOnAir *on_air = &g_array_index(now, LoaOnAir, i);

		g_string_append_printf(text, "%s%s%s%" G_GINT64_FORMAT, i > 0 ? " " : "",
				       on_air->airing->id, on_air->is_waiting ? "~" : "@",
				       on_air->position_us / SECOND_US);
	}
	return g_string_free(text, FALSE);
}

static void
assert_on_air(const LoaPlan *plan, gint64 at_s, const char *want)
{
	g_autofree char *is = describe(plan, at_s);

	if (strcmp(is, want) != 0)
		fail_msg("at %d s: \"%s\", not \"%s\"", (int)at_s, is, want);
}

static LoaAiring *
add(LoaPlan *plan, const char *id, gint64 start_s, gint64 seconds)
{
	LoaAiring *a = sample_airing(id, NOON_US + start_s * SECOND_US, seconds);

	g_ptr_array_add(plan->airings, a);
	loa_plan_sort(plan);
	return a;
}

static void
one_airing_is_on_air_from_its_start_to_its_end(void **state)
{
	(void)state;
	g_autoptr(LoaPlan) plan = sample_plan("to-1", 1);

	add(plan, "a", 10, 20);
	assert_on_air(plan, 9, "");
	assert_on_air(plan, 10, "a@0");
	assert_on_air(plan, 29, "a@19");
	assert_on_air(plan, 30, "");
}

static void
one_that_pauses_ends_later_by_what_it_waited(void **state)
{
	(void)state;
	g_autoptr(LoaPlan) plan = sample_plan("to-1", 1);

	add(plan, "a", 0, 30);
	add(plan, "e", 10, 5)->class = LOA_CLASS_EMERGENCY;
	assert_on_air(plan, 9, "a@9");
	assert_on_air(plan, 12, "e@2 a~10");
	assert_on_air(plan, 15, "a@10");
	assert_on_air(plan, 34, "a@29");
	assert_on_air(plan, 35, "");
}

static void
one_that_rejoins_ends_at_its_time(void **state)
{
	(void)state;
	g_autoptr(LoaPlan) plan = sample_plan("to-1", 1);

	add(plan, "a", 0, 30)->resume = LOA_RESUME_REJOIN;
	add(plan, "e", 10, 5)->class = LOA_CLASS_EMERGENCY;
	assert_on_air(plan, 12, "e@2 a~12");
	assert_on_air(plan, 29, "a@29");
	assert_on_air(plan, 30, "");
}

static void
a_stop_ends_it_even_while_it_waits(void **state)
{
	(void)state;
	g_autoptr(LoaPlan) plan = sample_plan("to-1", 1);

	add(plan, "a", 0, 30)->stop_us = NOON_US + 12 * SECOND_US;
	add(plan, "e", 10, 5)->class = LOA_CLASS_EMERGENCY;
	assert_on_air(plan, 11, "e@1 a~10");
	assert_on_air(plan, 12, "e@2");
}

static void
equal_ones_speak_one_after_the_other(void **state)
{
	(void)state;
	g_autoptr(LoaPlan) plan = sample_plan("to-1", 1);

	add(plan, "a", 0, 10);
	add(plan, "b", 2, 10);
	add(plan, "c", 3, 10)->order = 50;
	assert_on_air(plan, 2, "a@2 b~0");
	assert_on_air(plan, 5, "c@2 a~3 b~0");
	assert_on_air(plan, 13, "a@3 b~0");
	assert_on_air(plan, 20, "b@0");
	assert_on_air(plan, 30, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_airing_is_on_air_from_its_start_to_its_end),
		cmocka_unit_test(one_that_pauses_ends_later_by_what_it_waited),
		cmocka_unit_test(one_that_rejoins_ends_at_its_time),
		cmocka_unit_test(a_stop_ends_it_even_while_it_waits),
		cmocka_unit_test(equal_ones_speak_one_after_the_other),
	};

	return cmocka_run_group_tests_name("controller/on-air", tests, NULL, NULL);
}
