/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "node/cache-policy.h"

static void
the_soonest_missing_recording_comes_next(void **state)
{
	(void)state;
	const LoaCacheNeed needs[] = { { "late", 10, 300 },
				       { "here", 10, 100 },
				       { "soon", 10, 200 } };
	const LoaCacheItem items[] = { { "here", 10, 1 } };
	g_auto(LoaCacheChoice) choice = loa_cache_choose(needs, 3, items, 1, 1000);

	assert_string_equal(choice.next->sha256, "soon");
	assert_int_equal(choice.evict->len, 0);
	assert_int_equal(choice.n_ready, 1);
	assert_int_equal(choice.n_unfit, 0);
}

static void
a_recording_needed_twice_counts_once_at_its_first_start(void **state)
{
	(void)state;
	const LoaCacheNeed needs[] = { { "b", 10, 150 }, { "a", 60, 300 }, { "a", 60, 100 } };
	g_auto(LoaCacheChoice) choice = loa_cache_choose(needs, 3, NULL, 0, 70);

	assert_string_equal(choice.next->sha256, "a");
	assert_int_equal(choice.n_unfit, 0);
}

static void
the_longest_unused_spare_goes_and_no_more_than_needed(void **state)
{
	(void)state;
	const LoaCacheNeed needs[] = { { "new", 50, 100 } };
	const LoaCacheItem items[] = { { "young", 40, 9 }, { "old", 40, 1 }, { "mid", 20, 5 } };
	g_auto(LoaCacheChoice) choice = loa_cache_choose(needs, 1, items, 3, 110);

	assert_string_equal(choice.next->sha256, "new");
	assert_int_equal(choice.evict->len, 1);
	assert_string_equal(choice.evict->pdata[0], "old");
}

static void
what_the_plan_needs_is_never_dropped(void **state)
{
	(void)state;
	const LoaCacheNeed needs[] = { { "far", 90, 900 }, { "new", 50, 100 } };
	const LoaCacheItem items[] = { { "far", 90, 1 }, { "spare", 5, 2 } };
	g_auto(LoaCacheChoice) choice = loa_cache_choose(needs, 2, items, 2, 100);

	assert_null(choice.next);
	assert_int_equal(choice.n_unfit, 1);
	assert_int_equal(choice.n_ready, 1);
	assert_int_equal(choice.evict->len, 0);
}

static void
a_smaller_later_one_fits_where_a_larger_sooner_one_does_not(void **state)
{
	(void)state;
	const LoaCacheNeed needs[] = { { "huge", 500, 100 }, { "small", 50, 200 } };
	g_auto(LoaCacheChoice) choice = loa_cache_choose(needs, 2, NULL, 0, 100);

	assert_string_equal(choice.next->sha256, "small");
	assert_int_equal(choice.n_unfit, 1);
}

static void
a_budget_that_shrank_evicts_spares_even_with_nothing_to_fetch(void **state)
{
	(void)state;
	const LoaCacheItem items[] = { { "a", 60, 1 }, { "b", 60, 2 } };
	g_auto(LoaCacheChoice) choice = loa_cache_choose(NULL, 0, items, 2, 100);

	assert_null(choice.next);
	assert_int_equal(choice.evict->len, 1);
	assert_string_equal(choice.evict->pdata[0], "a");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_soonest_missing_recording_comes_next),
		cmocka_unit_test(a_recording_needed_twice_counts_once_at_its_first_start),
		cmocka_unit_test(the_longest_unused_spare_goes_and_no_more_than_needed),
		cmocka_unit_test(what_the_plan_needs_is_never_dropped),
		cmocka_unit_test(a_smaller_later_one_fits_where_a_larger_sooner_one_does_not),
		cmocka_unit_test(a_budget_that_shrank_evicts_spares_even_with_nothing_to_fetch),
	};

	return cmocka_run_group_tests_name("node/cache-policy", tests, NULL, NULL);
}
