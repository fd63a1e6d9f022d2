/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "controller/proof/periods.h"

static int
setup(void **state)
{
	*state = loa_periods_usual();
	return 0;
}

static int
teardown(void **state)
{
	g_ptr_array_unref(*state);
	return 0;
}

static LoaDay
day(const char *text)
{
	LoaDay parsed;

	assert_true(loa_day_parse(text, &parsed, NULL));
	return parsed;
}

static const LoaPeriodRule *
rule(const GPtrArray *rules, const char *id)
{
	for (guint i = 0; i < rules->len; i++) {
		const LoaPeriodRule *one = g_ptr_array_index(rules, i);

		if (g_str_equal(one->id, id))
			return one;
	}
	fail_msg("no %s", id);
	return NULL;
}

static void
assert_day(LoaDay is, const char *want)
{
	g_autofree char *text = loa_day_format(is);

	assert_string_equal(text, want);
}

static void
the_usual_periods_are_those_of_plans_and_circulars(void **state)
{
	static const struct {
		const char *id, *on, *from, *to, *due;
	} cases[] = {
		{ "thang-14", "2026-11-13", "2026-10-14", "2026-11-14", "2026-11-14" },
		{ "thang-14", "2026-11-14", "2026-11-14", "2026-12-14", "2026-12-14" },
		{ "thang-14", "2027-01-01", "2026-12-14", "2027-01-14", "2027-01-14" },
		{ "thang", "2026-02-28", "2026-02-01", "2026-03-01", "2026-03-01" },
		{ "quy", "2026-03-31", "2026-01-01", "2026-04-01", "2026-03-20" },
		{ "quy", "2026-12-31", "2026-10-01", "2027-01-01", "2026-12-20" },
		{ "6-thang", "2026-11-14", "2026-11-14", "2027-06-14", "2027-06-14" },
		/* begun last, over for months */
		{ "6-thang", "2026-11-13", "2025-11-14", "2026-06-14", "2026-06-14" },
		{ "nam", "2026-11-13", "2025-11-14", "2026-11-14", "2026-11-14" },
		{ "nam", "2026-11-14", "2026-11-14", "2027-11-14", "2027-11-14" },
		{ "nam", "2027-01-01", "2026-11-14", "2027-11-14", "2027-11-14" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		LoaPeriod period = loa_period_at(rule(*state, cases[i].id), day(cases[i].on));

		assert_day(period.from, cases[i].from);
		assert_day(period.to, cases[i].to);
		assert_day(period.due, cases[i].due);
	}
}

static void
periods_follow_each_other_without_a_gap(void **state)
{
	static const guint every[] = { 1, 2, 3, 4, 6, 12 };

	(void)state;
	for (guint e = 0; e < G_N_ELEMENTS(every); e++) {
		for (guint month = 1; month <= 12; month++) {
			LoaPeriodRule r = { .start_month = month,
					    .start_day = 14,
					    .every_months = every[e],
					    .n_months = every[e] };
			LoaPeriod last = loa_period_at(&r, day("2020-02-29"));

			/* every day is in the period that was found for it, and in no other */
			for (gint32 n = 18321; n < 18321 + 1500; n++) {
				const LoaDay d = loa_day_from_number(n);
				const LoaPeriod p = loa_period_at(&r, d);

				assert_true(loa_day_compare(p.from, d) <= 0 &&
					    loa_day_compare(d, p.to) < 0);
				assert_int_equal((p.from.month + 12 - month) % every[e], 0);
				if (loa_day_compare(p.from, last.from) == 0)
					continue;
				assert_int_equal(loa_day_compare(last.to, p.from), 0);

				const LoaPeriod before = loa_period_before(&r, &p);

				assert_int_equal(loa_day_compare(before.from, last.from), 0);
				last = p;
			}
		}
	}
}

static void
an_id_finds_its_period_again(void **state)
{
	static const char *const bad[] = { "thang-14",
					   "thang-14.",
					   "thang-14.2026-10-15",
					   "than.2026-10-14",
					   "thang-140.2026-10-14",
					   ".2026-10-14",
					   "quy.2026-02-01",
					   "nam.2026-11-14x" };
	const GPtrArray *rules = *state;

	for (guint i = 0; i < rules->len; i++) {
		const LoaPeriodRule *r = g_ptr_array_index(rules, i);
		LoaPeriod period = loa_period_at(r, day("2026-11-21")), found;
		g_autofree char *id = loa_period_id(r, &period);

		assert_ptr_equal(loa_period_find(rules, id, &found), r);
		assert_int_equal(loa_day_compare(found.from, period.from), 0);
		assert_int_equal(loa_day_compare(found.to, period.to), 0);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		LoaPeriod period;

		assert_null(loa_period_find(rules, bad[i], &period));
	}
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		test(the_usual_periods_are_those_of_plans_and_circulars),
		test(periods_follow_each_other_without_a_gap),
		test(an_id_finds_its_period_again),
	};

	return cmocka_run_group_tests_name("controller/periods", tests, NULL, NULL);
}
