/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "schedules/faults.h"
#include "schedules/local-time.h"
#include "schedules/schedule-file.h"
#include "schedules/timetable-diff.h"
#include "tests/unit/schedules-sample.h"

static GTimeZone *zone;
static GPtrArray *groups;

static int
setup(void **state)
{
	(void)state;
	zone = loa_local_time_zone("Asia/Ho_Chi_Minh");
	groups = g_ptr_array_new_with_free_func((GDestroyNotify)loa_group_free);
	g_ptr_array_add(groups, loa_group_new("to-1", "Tổ 1"));
	g_ptr_array_add(groups, loa_group_new("to-2", "Tổ 2"));
	g_ptr_array_add(groups, loa_group_new("to-3", "Tổ 3"));
	return zone != NULL ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	g_time_zone_unref(zone);
	g_ptr_array_unref(groups);
	return 0;
}

/* Two days from Saturday, 2026-11-21, 00:00 on. */
static GArray *
expand(const LoaSchedule *schedule)
{
	LoaLocalTime local;
	gint64 from_us;

	loa_local_time_init(&local, zone);
	from_us = loa_local_time_to_us(&local, (LoaDay){ 2026, 11, 21 }, 0);
	return loa_timetable_expand(schedule->broadcasts, zone, from_us,
				    from_us + 2 * LOA_DAY_S * LOA_SECOND_US, 1000, NULL);
}

static void
write_slot(GString *text, const LoaSlot *slot)
{
	g_autofree char *time = slot != NULL ? loa_time_of_day_format(slot->local_s) : NULL;

	if (slot != NULL)
		g_string_append_printf(text, " %d:%s", slot->local_day.day, time);
	else
		g_string_append(text, " -");
}

static void
write_names(GString *text, char mark, const GPtrArray *names)
{
	for (guint i = 0; i < names->len; i++)
		g_string_append_printf(text, " %c%s", mark, (const char *)names->pdata[i]);
}

/* One line a change: kind, id, before, after, =keys, @groups, +groups, -groups */
static char *
describe(const GPtrArray *changes)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < changes->len; i++) {
		const LoaTimetableChange *change = changes->pdata[i];
		const LoaSlot *slot = change->after != NULL ? change->after : change->before;

		g_string_append_printf(text, "%s %s", loa_timetable_change_name(change->kind),
				       slot->broadcast->id);
		write_slot(text, change->before);
		write_slot(text, change->after);
		write_names(text, '=', change->keys);
		write_names(text, '@', change->groups);
		write_names(text, '+', change->groups_added);
		write_names(text, '-', change->groups_gone);
		g_string_append_c(text, '\n');
	}
	return g_string_free(text, FALSE);
}

#define B(id, more) "{ id = \"" id "\"; title = \"x\"; text = \"x\"; " more " },\n"
#define ONE " @to-1"
#define TO_ONE "to = \"to-1\"; "

static void
assert_changes(const char *before, const char *after, const char *want)
{
	g_autoptr(LoaSchedule) old = sample_broadcasts(before, groups);
	g_autoptr(LoaSchedule) new = sample_broadcasts(after, groups);
	g_autoptr(GArray) old_slots = expand(old);
	g_autoptr(GArray) new_slots = expand(new);
	g_autoptr(GPtrArray) changes = loa_timetable_diff(old_slots, new_slots, groups);
	g_autofree char *is = describe(changes);

	if (strcmp(is, want) != 0)
		fail_msg("is:\n%swant:\n%s", is, want);
}

static void
what_is_as_it_was_is_no_change(void **state)
{
	(void)state;
	assert_changes("", "", "");
	assert_changes(B("a", TO_ONE "at = [ \"06:00\", \"17:00\" ];"),
		       B("a", TO_ONE "at = [ \"06:00\", \"17:00\" ];"), "");
}

static void
another_rule_with_the_same_starts_is_no_change(void **state)
{
	(void)state;
	assert_changes(B("a", TO_ONE "at = \"06:00\"; days = \"sat-sun\";"),
		       B("a", TO_ONE "at = \"06:00\"; from = \"2026-11-01\"; "
				     "rrule = \"FREQ=DAILY\";"),
		       "");
}

static void
a_new_broadcast_adds_and_a_withdrawn_one_takes_away(void **state)
{
	(void)state;
	assert_changes(B("a", TO_ONE "at = \"06:00\"; date = \"2026-11-21\";"),
		       B("b", "to = \"all\"; at = \"05:00\"; date = \"2026-11-22\";"),
		       "gone a 21:06:00 -" ONE " -to-1\n"
		       "added b - 22:05:00 @to-1 @to-2 @to-3 +to-1 +to-2 +to-3\n");
}

static void
another_time_moves_each_airing_of_each_day(void **state)
{
	(void)state;
	assert_changes(B("a", TO_ONE "at = \"06:00\";"), B("a", TO_ONE "at = \"06:30\";"),
		       "moved a 21:06:00 21:06:30" ONE "\n"
		       "moved a 22:06:00 22:06:30" ONE "\n");
}

static void
another_day_is_not_a_move(void **state)
{
	(void)state;
	assert_changes(B("a", TO_ONE "at = \"06:00\"; date = \"2026-11-21\";"),
		       B("a", TO_ONE "at = \"06:00\"; date = \"2026-11-22\";"),
		       "gone a 21:06:00 -" ONE " -to-1\n"
		       "added a - 22:06:00" ONE " +to-1\n");
}

/* Each row: the times of one day before and after. */
static void
the_nearest_ones_belong_together(void **state)
{
	(void)state;
	static const struct {
		const char *before, *after, *want;
	} cases[] = {
		{ "\"06:00\", \"17:00\"", "\"17:30\"",
		  "gone a 21:06:00 -" ONE " -to-1\nmoved a 21:17:00 21:17:30" ONE "\n" },
		{ "\"06:00\", \"17:00\"", "\"05:00\"",
		  "moved a 21:06:00 21:05:00" ONE "\ngone a 21:17:00 -" ONE " -to-1\n" },
		{ "\"12:00\"", "\"11:50\", \"18:00\"",
		  "moved a 21:12:00 21:11:50" ONE "\nadded a - 21:18:00" ONE " +to-1\n" },
		{ "\"12:00\"", "\"06:00\", \"12:10\", \"18:00\"",
		  "added a - 21:06:00" ONE " +to-1\nmoved a 21:12:00 21:12:10" ONE
		  "\nadded a - 21:18:00" ONE " +to-1\n" },
		{ "\"06:00\", \"12:00\", \"17:00\"", "\"06:00\", \"12:30\", \"17:00\"",
		  "moved a 21:12:00 21:12:30" ONE "\n" },
		{ "\"06:00\", \"07:00\"", "\"06:50\", \"07:50\"",
		  "moved a 21:06:00 21:06:50" ONE "\nmoved a 21:07:00 21:07:50" ONE "\n" },
		{ "\"06:00\", \"07:00\", \"08:00\"", "\"07:10\", \"08:10\"",
		  "gone a 21:06:00 -" ONE " -to-1\nmoved a 21:07:00 21:07:10" ONE
		  "\nmoved a 21:08:00 21:08:10" ONE "\n" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *before = g_strdup_printf(
			B("a", TO_ONE "date = \"2026-11-21\"; at = [ %s ];"), cases[i].before);
		g_autofree char *after = g_strdup_printf(
			B("a", TO_ONE "date = \"2026-11-21\"; at = [ %s ];"), cases[i].after);

		assert_changes(before, after, cases[i].want);
	}
}

static void
other_sound_rank_or_groups_change_an_airing_and_are_named(void **state)
{
	(void)state;
	static const struct {
		const char *before, *after, *want;
	} cases[] = {
		{ TO_ONE, TO_ONE "class = \"priority\";", " =class" ONE },
		{ TO_ONE "repeats = 2;", TO_ONE, " =repeats" ONE },
		{ TO_ONE "category = \"a\"; order = 5;", TO_ONE "category = \"b\"; order = 5;",
		  " =category" ONE },
		{ TO_ONE, "to = [ \"to-1\", \"to-3\" ];", " =to @to-1 @to-3 +to-3" },
		{ "to = \"all\";", "to = \"to-2\";", " =to @to-1 @to-2 @to-3 -to-1 -to-3" },
		{ "to = \"to-1\";", "to = \"to-2\";", " =to @to-1 @to-2 +to-2 -to-1" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *before = g_strdup_printf(
			B("a", "date = \"2026-11-21\"; at = \"06:00\"; %s"), cases[i].before);
		g_autofree char *after = g_strdup_printf(
			B("a", "date = \"2026-11-21\"; at = \"06:00\"; %s"), cases[i].after);
		g_autofree char *want =
			g_strdup_printf("changed a 21:06:00 21:06:00%s\n", cases[i].want);

		assert_changes(before, after, want);
	}
}

static void
one_broadcast_may_move_and_change_while_another_stays(void **state)
{
	(void)state;
	assert_changes(B("a", TO_ONE "at = \"06:00\"; date = \"2026-11-21\";")
			       B("z", TO_ONE "at = \"06:00\";"),
		       B("a", TO_ONE "at = \"18:00\"; date = \"2026-11-21\"; order = 3;")
			       B("z", TO_ONE "at = \"06:00\";"),
		       "moved a 21:06:00 21:18:00 =order" ONE "\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_as_it_was_is_no_change),
		cmocka_unit_test(another_rule_with_the_same_starts_is_no_change),
		cmocka_unit_test(a_new_broadcast_adds_and_a_withdrawn_one_takes_away),
		cmocka_unit_test(another_time_moves_each_airing_of_each_day),
		cmocka_unit_test(another_day_is_not_a_move),
		cmocka_unit_test(the_nearest_ones_belong_together),
		cmocka_unit_test(other_sound_rank_or_groups_change_an_airing_and_are_named),
		cmocka_unit_test(one_broadcast_may_move_and_change_while_another_stays),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
