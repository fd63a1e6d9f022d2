/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "schedules/stagger.h"

#define SECOND_US ((gint64)G_USEC_PER_SEC)

static const LoaStaggerPolicy usual = { FALSE, 2 * SECOND_US };
static const LoaStaggerPolicy strict = { TRUE, 0 };

/* to-1: turn 0; to-2: turn 3, 700 ms later; to-3: turn 1; to-4: turn 3 */
static int
setup(void **state)
{
	static const struct {
		const char *id;
		guint start_offset_ms, turn;
	} rows[] = { { "to-1", 0, 0 }, { "to-2", 700, 3 }, { "to-3", 0, 1 }, { "to-4", 0, 3 } };
	GPtrArray *groups = g_ptr_array_new_with_free_func((GDestroyNotify)loa_group_free);

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		LoaGroup *group = loa_group_new(rows[i].id, rows[i].id);

		group->start_offset_ms = rows[i].start_offset_ms;
		group->turn = rows[i].turn;
		g_ptr_array_add(groups, group);
	}
	*state = groups;
	return 0;
}

static int
teardown(void **state)
{
	g_ptr_array_unref(*state);
	return 0;
}

/* @to: groups, with commas; NULL: all */
static LoaBroadcast *
broadcast(const char *to, gboolean in_turn, LoaClass class)
{
	LoaBroadcast *b = loa_broadcast_new();
	g_auto(GStrv) ids = g_strsplit(to != NULL ? to : "", ",", -1);

	b->to_all = to == NULL;
	b->in_turn = in_turn;
	b->class = class;
	for (char **id = ids; *id != NULL; id++)
		g_ptr_array_add(b->groups, g_strdup(*id));
	return b;
}

static void
assert_offset(const LoaStaggerPolicy *policy, GPtrArray *groups, const LoaBroadcast *b, guint i,
	      gint64 expected_ms)
{
	guint32 turns = loa_stagger_turns(policy, groups, b);
	gint64 offset_us = loa_stagger_offset_us(policy, g_ptr_array_index(groups, i), b->class,
						 turns, 90 * SECOND_US);

	assert_int_equal(offset_us, expected_ms * 1000);
}

static void
a_group_begins_later_by_its_own_offset(void **state)
{
	g_autoptr(LoaBroadcast) b = broadcast(NULL, FALSE, LOA_CLASS_PRIORITY);

	assert_int_equal(loa_stagger_turns(&usual, *state, b), 0);
	assert_offset(&usual, *state, b, 0, 0);
	assert_offset(&usual, *state, b, 1, 700);
	assert_offset(&usual, *state, b, 2, 0);
}

static void
in_turn_each_begins_a_gap_after_the_one_before_has_ended(void **state)
{
	g_autoptr(LoaBroadcast) b = broadcast(NULL, TRUE, LOA_CLASS_NORMAL);

	assert_int_equal(loa_stagger_turns(&usual, *state, b), 1u | 1u << 1 | 1u << 3);
	assert_offset(&usual, *state, b, 0, 0);
	assert_offset(&usual, *state, b, 2, 92000);
	/* nobody has turn 2; the offset of to-2 does not apply */
	assert_offset(&usual, *state, b, 1, 2 * 92000);
	assert_offset(&usual, *state, b, 3, 2 * 92000);
}

static void
turns_of_groups_that_do_not_hear_it_take_no_time(void **state)
{
	g_autoptr(LoaBroadcast) b = broadcast("to-2,to-3", TRUE, LOA_CLASS_NORMAL);
	g_autoptr(LoaBroadcast) one = broadcast("to-4", TRUE, LOA_CLASS_NORMAL);

	assert_offset(&usual, *state, b, 2, 0);
	assert_offset(&usual, *state, b, 1, 92000);
	assert_offset(&usual, *state, one, 3, 0);
}

static void
an_emergency_sounds_everywhere_at_once_unless_the_site_says_otherwise(void **state)
{
	g_autoptr(LoaBroadcast) b = broadcast(NULL, FALSE, LOA_CLASS_EMERGENCY);
	g_autoptr(LoaBroadcast) in_turn = broadcast(NULL, TRUE, LOA_CLASS_EMERGENCY);

	assert_offset(&usual, *state, b, 1, 0);
	assert_offset(&strict, *state, b, 1, 700);
	assert_offset(&usual, *state, in_turn, 1, 0);
	assert_offset(&strict, *state, in_turn, 1, 2 * 90000);
	assert_offset(&strict, *state, in_turn, 0, 0);
}

static void
the_last_turn_there_is_comes_after_all_others(void **state)
{
	GPtrArray *groups = *state;
	g_autoptr(LoaBroadcast) b = broadcast(NULL, TRUE, LOA_CLASS_NORMAL);

	((LoaGroup *)g_ptr_array_index(groups, 3))->turn = LOA_GROUP_MAX_TURN;
	assert_offset(&usual, groups, b, 3, 3 * 92000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_group_begins_later_by_its_own_offset, setup,
						teardown),
		cmocka_unit_test_setup_teardown(
			in_turn_each_begins_a_gap_after_the_one_before_has_ended, setup, teardown),
		cmocka_unit_test_setup_teardown(turns_of_groups_that_do_not_hear_it_take_no_time,
						setup, teardown),
		cmocka_unit_test_setup_teardown(
			an_emergency_sounds_everywhere_at_once_unless_the_site_says_otherwise,
			setup, teardown),
		cmocka_unit_test_setup_teardown(the_last_turn_there_is_comes_after_all_others,
						setup, teardown),
	};

	return cmocka_run_group_tests_name("schedules/stagger", tests, NULL, NULL);
}
