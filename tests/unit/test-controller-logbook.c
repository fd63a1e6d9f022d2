/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "controller/proof/logbook.h"
#include "tests/unit/controller-sample.h"

#define AIRED_S 10

/* Lists in the making, and the lines of them. */
typedef struct {
	GPtrArray *planned, *heard, *nodes, *ticks;
	GArray *lines;
	gint64 now_us;
} Ward;

static int
setup(void **state)
{
	Ward *w = g_new0(Ward, 1);

	w->planned = g_ptr_array_new_with_free_func((GDestroyNotify)loa_planned_row_free);
	w->heard = g_ptr_array_new_with_free_func((GDestroyNotify)loa_heard_free);
	w->nodes = g_ptr_array_new_with_free_func((GDestroyNotify)loa_node_record_free);
	w->ticks = g_ptr_array_new_with_free_func((GDestroyNotify)loa_tick_free);
	w->now_us = NOON_US + HOUR_US;
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	Ward *w = *state;

	g_clear_pointer(&w->lines, g_array_unref);
	g_ptr_array_unref(w->planned);
	g_ptr_array_unref(w->heard);
	g_ptr_array_unref(w->nodes);
	g_ptr_array_unref(w->ticks);
	g_free(w);
	return 0;
}

static LoaPlannedRow *
plan(Ward *w, const char *airing, const char *group)
{
	LoaPlannedRow *row = g_new0(LoaPlannedRow, 1);

	row->airing = sample_airing(airing, NOON_US, AIRED_S);
	row->group = g_strdup(group);
	g_ptr_array_add(w->planned, row);
	return row;
}

static LoaNodeRecord *
install(Ward *w, const char *node, const char *group)
{
	LoaNodeRecord *record = loa_node_record_new(node, group, "", NOON_US - DAY_US);

	g_ptr_array_add(w->nodes, record);
	return record;
}

static LoaHeard *
report(Ward *w, const char *airing, const char *node, const char *group, LoaResult result,
       LoaLevel level, gint64 heard_ms)
{
	LoaHeard *heard = loa_heard_new(airing, node, group);

	heard->result = result;
	heard->level = level;
	heard->heard_ms = heard_ms;
	g_ptr_array_add(w->heard, heard);
	return heard;
}

/* The week of NOON_US: Monday 16 to Sunday 22 November; said an hour after the airing. */
static LoaTick *
tick(Ward *w, const char *group, const char *airing, LoaAnswer answer)
{
	LoaTick *t = loa_tick_new(group, "2026-W47", airing, answer);

	t->from_us = NOON_US - 5 * DAY_US - 12 * HOUR_US;
	t->to_us = t->from_us + 7 * DAY_US;
	t->at_us = NOON_US + HOUR_US;
	g_ptr_array_add(w->ticks, t);
	return t;
}

static const LoaLine *
line(Ward *w, guint i)
{
	g_autoptr(LoaLogbook) book = loa_logbook_new(w->nodes, w->ticks, w->now_us);

	g_clear_pointer(&w->lines, g_array_unref);
	w->lines = g_array_new(FALSE, FALSE, sizeof(LoaLine));
	loa_logbook_add_lines(book, w->planned, w->heard, w->lines);
	assert_int_equal(w->lines->len, w->planned->len);
	return &g_array_index(w->lines, LoaLine, i);
}

static void
a_group_heard_what_its_best_receiver_played(void **state)
{
	static const struct {
		LoaResult result[2];
		LoaLevel level[2];
		gint64 heard_ms[2];
		guint best;
	} cases[] = {
		{ { LOA_RESULT_MISSED, LOA_RESULT_COMPLETED }, { 0, 2 }, { 0, 10000 }, 1 },
		{ { LOA_RESULT_COMPLETED, LOA_RESULT_PARTIAL }, { 2, 2 }, { 9980, 9990 }, 0 },
		{ { LOA_RESULT_PARTIAL, LOA_RESULT_PARTIAL }, { 2, 2 }, { 3000, 6000 }, 1 },
		{ { LOA_RESULT_PREEMPTED, LOA_RESULT_PARTIAL }, { 2, 2 }, { 8000, 6000 }, 0 },
		/* silence, however complete, was not heard */
		{ { LOA_RESULT_COMPLETED, LOA_RESULT_PARTIAL }, { 1, 2 }, { 10000, 2000 }, 1 },
		{ { LOA_RESULT_COMPLETED, LOA_RESULT_COMPLETED }, { 2, 3 }, { 10000, 10000 }, 1 },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		Ward *w = *state;

		g_ptr_array_set_size(w->planned, 0);
		g_ptr_array_set_size(w->heard, 0);
		g_ptr_array_set_size(w->nodes, 0);
		plan(w, "a", "to-1");
		install(w, "n1", "to-1");
		install(w, "n2", "to-1");
		for (guint n = 0; n < 2; n++)
			report(w, "a", n == 0 ? "n1" : "n2", "to-1", cases[i].result[n],
			       cases[i].level[n], cases[i].heard_ms[n]);

		const LoaLine *l = line(w, 0);

		assert_int_equal(l->result, cases[i].result[cases[i].best]);
		assert_int_equal(l->heard_ms, cases[i].heard_ms[cases[i].best]);
		assert_int_equal(l->level, cases[i].level[cases[i].best]);
		assert_int_equal(l->n_heard, 2);
	}
}

static void
a_group_is_there_whether_anything_reported_or_not(void **state)
{
	Ward *w = *state;

	plan(w, "a", "to-1");
	plan(w, "a", "to-2");
	plan(w, "a", "to-3");
	install(w, "n1", "to-1");
	install(w, "n2", "to-2");
	report(w, "a", "n2", "to-2", LOA_RESULT_COMPLETED, LOA_LEVEL_CONSUMED, 10000);
	assert_int_equal(line(w, 0)->result, LOA_LINE_NOT_REPORTED);
	assert_true(line(w, 0)->is_provisional);
	assert_int_equal(line(w, 0)->n_silent, 1);
	assert_int_equal(line(w, 1)->result, LOA_LINE_COMPLETED);
	assert_false(line(w, 1)->is_provisional);
	assert_int_equal(line(w, 2)->result, LOA_LINE_NO_RECEIVER);
	assert_false(line(w, 2)->is_provisional);
}

static void
a_receiver_counts_from_its_enrolment_to_its_revocation(void **state)
{
	static const struct {
		gint64 added_us, revoked_us; /* after NOON_US, the start; 0: not revoked */
		guint n_silent;
	} cases[] = {
		{ 0, 0, 1 },
		{ 1, 0, 0 },
		{ -DAY_US, AIRED_S * SECOND_US - 1, 0 },
		{ -DAY_US, AIRED_S * SECOND_US, 1 },
	};
	Ward *w = *state;
	LoaNodeRecord *node = install(w, "n1", "to-1");

	plan(w, "a", "to-1");
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		node->added_us = NOON_US + cases[i].added_us;
		node->revoked_us = cases[i].revoked_us == 0 ? 0 : NOON_US + cases[i].revoked_us;
		assert_int_equal(line(w, 0)->n_silent, cases[i].n_silent);
	}
}

static void
a_line_follows_the_time(void **state)
{
	static const struct {
		gint64 now_us; /* after the start */
		LoaLineResult result;
		gboolean is_provisional;
	} cases[] = {
		{ -1, LOA_LINE_PLANNED, TRUE },
		{ 0, LOA_LINE_ON_AIR, TRUE },
		{ AIRED_S * SECOND_US - 1, LOA_LINE_ON_AIR, TRUE },
		{ AIRED_S * SECOND_US, LOA_LINE_NOT_REPORTED, TRUE },
		{ AIRED_S * SECOND_US + 7 * DAY_US - 1, LOA_LINE_NOT_REPORTED, TRUE },
		{ AIRED_S * SECOND_US + 7 * DAY_US, LOA_LINE_NOT_REPORTED, FALSE },
	};
	Ward *w = *state;

	plan(w, "a", "to-1");
	install(w, "n1", "to-1");
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		w->now_us = NOON_US + cases[i].now_us;
		assert_int_equal(line(w, 0)->result, cases[i].result);
		assert_int_equal(line(w, 0)->is_provisional, cases[i].is_provisional);
	}
}

static void
a_better_report_may_still_come_until_it_was_heard_in_full(void **state)
{
	Ward *w = *state;
	LoaHeard *heard;

	plan(w, "a", "to-1");
	install(w, "n1", "to-1");
	install(w, "n2", "to-1");
	heard = report(w, "a", "n1", "to-1", LOA_RESULT_PARTIAL, LOA_LEVEL_CONSUMED, 4000);
	assert_true(line(w, 0)->is_provisional);
	heard->result = LOA_RESULT_COMPLETED;
	assert_false(line(w, 0)->is_provisional);
	heard->level = LOA_LEVEL_DECODED;
	assert_true(line(w, 0)->is_provisional);
	report(w, "a", "n2", "to-1", LOA_RESULT_MISSED, LOA_LEVEL_PLAN, 0);
	assert_false(line(w, 0)->is_provisional);
}

static void
covered_is_95_percent_of_what_was_to_be_heard(void **state)
{
	static const struct {
		gint64 heard_ms, stop_us, withdrawn_us; /* after the start, 0: neither */
		LoaLevel level;
		gboolean is_covered;
	} cases[] = {
		{ 9500, 0, 0, LOA_LEVEL_CONSUMED, TRUE },
		{ 9499, 0, 0, LOA_LEVEL_CONSUMED, FALSE },
		{ 10000, 0, 0, LOA_LEVEL_DECODED, FALSE },
		{ 4000, 4 * SECOND_US, 0, LOA_LEVEL_CONSUMED, TRUE },
		{ 3000, 4 * SECOND_US, 0, LOA_LEVEL_CONSUMED, FALSE },
		{ 2000, 0, 2 * SECOND_US, LOA_LEVEL_CONSUMED, TRUE },
		{ 0, 0, 0, LOA_LEVEL_CONSUMED, FALSE },
	};
	Ward *w = *state;
	LoaPlannedRow *row = plan(w, "a", "to-1");
	LoaHeard *heard;

	install(w, "n1", "to-1");
	heard = report(w, "a", "n1", "to-1", LOA_RESULT_PARTIAL, LOA_LEVEL_CONSUMED, 0);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		row->airing->stop_us = cases[i].stop_us == 0 ? 0 : NOON_US + cases[i].stop_us;
		row->withdrawn_us =
			cases[i].withdrawn_us == 0 ? 0 : NOON_US + cases[i].withdrawn_us;
		heard->heard_ms = cases[i].heard_ms;
		heard->level = cases[i].level;
		assert_int_equal(line(w, 0)->is_covered, cases[i].is_covered);
	}
}

static void
a_person_is_weighed_against_the_receivers(void **state)
{
	static const struct {
		gint64 heard_ms; /* -1: no report */
		const char *airing;
		LoaAnswer answer;
		LoaLevel level;
		gboolean is_covered, is_contradicted;
	} cases[] = {
		{ 10000, NULL, LOA_ANSWER_HEARD, LOA_LEVEL_PERSON, TRUE, FALSE },
		{ 10000, "a", LOA_ANSWER_TOO_LOUD, LOA_LEVEL_PERSON, TRUE, FALSE },
		{ 10000, NULL, LOA_ANSWER_UNCLEAR, LOA_LEVEL_CONSUMED, TRUE, FALSE },
		{ 10000, NULL, LOA_ANSWER_NOT_HEARD, LOA_LEVEL_CONSUMED, FALSE, TRUE },
		{ 10000, "a", LOA_ANSWER_NOT_HEARD, LOA_LEVEL_CONSUMED, FALSE, TRUE },
		{ 4000, NULL, LOA_ANSWER_HEARD, LOA_LEVEL_PERSON, FALSE, FALSE },
		/* a week's "heard" says nothing of the one airing that was missed */
		{ 0, NULL, LOA_ANSWER_HEARD, LOA_LEVEL_PLAN, FALSE, FALSE },
		{ 0, "a", LOA_ANSWER_HEARD, LOA_LEVEL_PLAN, FALSE, TRUE },
		{ 0, "a", LOA_ANSWER_NOT_HEARD, LOA_LEVEL_PLAN, FALSE, FALSE },
		/* where no receiver speaks, a person's word about this airing counts */
		{ -1, NULL, LOA_ANSWER_HEARD, LOA_LEVEL_PLAN, FALSE, FALSE },
		{ -1, "a", LOA_ANSWER_HEARD, LOA_LEVEL_PERSON, TRUE, FALSE },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		Ward *w = *state;

		g_ptr_array_set_size(w->planned, 0);
		g_ptr_array_set_size(w->heard, 0);
		g_ptr_array_set_size(w->nodes, 0);
		g_ptr_array_set_size(w->ticks, 0);
		plan(w, "a", "to-1");
		install(w, "n1", "to-1");
		if (cases[i].heard_ms >= 0)
			report(w, "a", "n1", "to-1",
			       cases[i].heard_ms == 10000 ? LOA_RESULT_COMPLETED
			       : cases[i].heard_ms > 0    ? LOA_RESULT_PARTIAL
							  : LOA_RESULT_MISSED,
			       cases[i].heard_ms > 0 ? LOA_LEVEL_CONSUMED : LOA_LEVEL_PLAN,
			       cases[i].heard_ms);
		tick(w, "to-1", cases[i].airing, cases[i].answer);

		const LoaLine *l = line(w, 0);

		if (l->level != cases[i].level || l->is_covered != cases[i].is_covered ||
		    l->is_contradicted != cases[i].is_contradicted || l->tick == NULL)
			fail_msg("case %zu: level %d, covered %d, contradicted %d", i, l->level,
				 l->is_covered, l->is_contradicted);
	}
}

static void
a_tick_is_of_its_group_its_week_and_what_was_before_it(void **state)
{
	Ward *w = *state;
	LoaTick *t = tick(w, "to-1", NULL, LOA_ANSWER_HEARD);

	plan(w, "a", "to-1");
	plan(w, "a", "to-2");
	assert_ptr_equal(line(w, 0)->tick, t);
	assert_null(line(w, 1)->tick);
	t->at_us = NOON_US - 1;
	assert_null(line(w, 0)->tick);
	t->at_us = NOON_US;
	assert_non_null(line(w, 0)->tick);
	t->to_us = NOON_US;
	assert_null(line(w, 0)->tick);
	t->to_us = NOON_US + 1;
	t->from_us = NOON_US + 1;
	assert_null(line(w, 0)->tick);
	t->from_us = NOON_US;
	assert_non_null(line(w, 0)->tick);
	/* the one of this airing goes before that of the week */
	t = tick(w, "to-1", "a", LOA_ANSWER_UNCLEAR);
	assert_ptr_equal(line(w, 0)->tick, t);
}

static void
coverage_counts_the_groups_of_one_airing(void **state)
{
	Ward *w = *state;

	plan(w, "a", "to-1");
	plan(w, "a", "to-2");
	plan(w, "a", "to-3");
	plan(w, "b", "to-1");
	install(w, "n1", "to-1");
	install(w, "n2", "to-2");
	report(w, "a", "n1", "to-1", LOA_RESULT_COMPLETED, LOA_LEVEL_CONSUMED, 10000);
	report(w, "a", "n2", "to-2", LOA_RESULT_MISSED, LOA_LEVEL_PLAN, 0);
	report(w, "b", "n1", "to-1", LOA_RESULT_COMPLETED, LOA_LEVEL_CONSUMED, 10000);
	line(w, 0);

	LoaCoverage a = loa_logbook_coverage(w->lines, 0), b = loa_logbook_coverage(w->lines, 3);

	assert_int_equal(a.n, 1);
	assert_int_equal(a.of, 3);
	assert_int_equal(a.n_lines, 3);
	assert_int_equal(b.n, 1);
	assert_int_equal(b.of, 1);
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static void
what_an_overlay_suspended_is_said_and_counts_for_nothing(void **state)
{
	Ward *w = *state;
	LoaPlannedRow *silent = plan(w, "a", "to-1");
	LoaCoverage coverage;

	plan(w, "a", "to-2");
	silent->suspended_by = g_strdup("tang");
	silent->suspended_name = g_strdup("Quốc tang");
	silent->withdrawn_us = NOON_US;
	install(w, "n1", "to-1");
	install(w, "n2", "to-2");
	report(w, "a", "n2", "to-2", LOA_RESULT_COMPLETED, LOA_LEVEL_CONSUMED, AIRED_S * 1000);
	tick(w, "to-1", NULL, LOA_ANSWER_NOT_HEARD);
	assert_int_equal(line(w, 0)->result, LOA_LINE_SUSPENDED);
	assert_string_equal(line(w, 0)->reason, "Quốc tang");
	assert_false(line(w, 0)->is_provisional);
	assert_false(line(w, 0)->is_covered);
	assert_null(line(w, 0)->tick);
	assert_int_equal(line(w, 0)->aired_ms, 0);
	assert_true(line(w, 1)->is_covered);
	assert_string_equal(loa_line_result_name(LOA_LINE_SUSPENDED), "suspended");

	/* one of one, in two lines */
	coverage = loa_logbook_coverage(w->lines, 0);
	assert_int_equal(coverage.n, 1);
	assert_int_equal(coverage.of, 1);
	assert_int_equal(coverage.n_lines, 2);

	w->now_us = NOON_US - 1;
	assert_true(line(w, 0)->is_provisional);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			what_an_overlay_suspended_is_said_and_counts_for_nothing, setup, teardown),
		test(a_group_heard_what_its_best_receiver_played),
		test(a_group_is_there_whether_anything_reported_or_not),
		test(a_receiver_counts_from_its_enrolment_to_its_revocation),
		test(a_line_follows_the_time),
		test(a_better_report_may_still_come_until_it_was_heard_in_full),
		test(covered_is_95_percent_of_what_was_to_be_heard),
		test(a_person_is_weighed_against_the_receivers),
		test(a_tick_is_of_its_group_its_week_and_what_was_before_it),
		test(coverage_counts_the_groups_of_one_airing),
	};

	return cmocka_run_group_tests_name("controller/logbook", tests, NULL, NULL);
}
