/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "node/gate.h"

#define HOUR_US (G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC)
#define DAY_US (24 * HOUR_US)
/* 2026-11-21T00:00 at UTC+7 */
#define MIDNIGHT_US (G_GINT64_CONSTANT(1795194000) * G_USEC_PER_SEC)
#define NOW_US (MIDNIGHT_US + 8 * HOUR_US)

static LoaPlan *
make_plan(gint64 serial)
{
	LoaPlan *plan = loa_plan_new("phuong", "to-1");
	LoaAiring *airing = loa_airing_new();

	plan->serial = serial;
	plan->issued_us = NOW_US - HOUR_US;
	plan->valid_until_us = NOW_US + 14 * DAY_US;
	airing->id = g_strdup("a");
	airing->start_us = MIDNIGHT_US;
	g_ptr_array_add(plan->airings, airing);
	return plan;
}

static void
permit(LoaPlan *plan, gint64 from_us, gint64 to_us)
{
	LoaInterval interval = { from_us, to_us };

	g_array_append_val(plan->permitted, interval);
}

static LoaHeldPlan
holding(gint64 serial, GBytes *message)
{
	return (LoaHeldPlan){ "phuong", "to-1", serial, message };
}

static LoaVerdict
check(const LoaHeldPlan *held, const LoaPlan *plan, GBytes *message)
{
	return loa_gate_check_plan(held, plan, message, NOW_US, LOA_CLOCK_SYNCED);
}

static void
a_newer_plan_is_taken_and_an_older_one_refused(void **state)
{
	(void)state;
	g_autoptr(GBytes) mine = g_bytes_new_static("mine", 4);
	g_autoptr(GBytes) other = g_bytes_new_static("other", 5);
	g_autoptr(LoaPlan) plan = make_plan(7);
	LoaHeldPlan none = holding(0, NULL), older = holding(6, mine), same = holding(7, mine),
		    newer = holding(8, mine);

	assert_int_equal(check(&none, plan, other), LOA_GATE_OPEN);
	assert_int_equal(check(&older, plan, other), LOA_GATE_OPEN);
	assert_int_equal(check(&newer, plan, other), LOA_GATE_SERIAL);
	assert_int_equal(check(&newer, plan, mine), LOA_GATE_SERIAL);
	assert_int_equal(check(&same, plan, mine), LOA_GATE_SAME);
	assert_int_equal(check(&same, plan, other), LOA_GATE_SERIAL);
}

static void
a_plan_for_another_site_or_group_is_refused(void **state)
{
	(void)state;
	g_autoptr(GBytes) message = g_bytes_new_static("x", 1);
	g_autoptr(LoaPlan) plan = make_plan(7);
	LoaHeldPlan held = holding(0, NULL);

	held.site = "phuong-khac";
	assert_int_equal(check(&held, plan, message), LOA_GATE_ADDRESS);
	held = holding(0, NULL);
	held.group = "to-2";
	assert_int_equal(check(&held, plan, message), LOA_GATE_ADDRESS);
}

static void
an_expired_or_absurdly_early_plan_is_refused_by_a_trusted_clock_only(void **state)
{
	(void)state;
	g_autoptr(GBytes) message = g_bytes_new_static("x", 1);
	LoaHeldPlan held = holding(0, NULL);
	g_autoptr(LoaPlan) expired = make_plan(7);
	g_autoptr(LoaPlan) early = make_plan(7);

	expired->valid_until_us = NOW_US;
	assert_int_equal(check(&held, expired, message), LOA_GATE_EXPIRED);
	assert_int_equal(loa_gate_check_plan(&held, expired, message, NOW_US, LOA_CLOCK_UNTRUSTED),
			 LOA_GATE_OPEN);
	expired->valid_until_us = NOW_US + 1;
	assert_int_equal(check(&held, expired, message), LOA_GATE_OPEN);

	early->issued_us = NOW_US + LOA_GATE_MAX_FUTURE_US;
	assert_int_equal(check(&held, early, message), LOA_GATE_OPEN);
	early->issued_us++;
	assert_int_equal(check(&held, early, message), LOA_GATE_FUTURE);
	assert_int_equal(loa_gate_check_plan(&held, early, message, NOW_US, LOA_CLOCK_HOLDOVER),
			 LOA_GATE_FUTURE);
	assert_int_equal(loa_gate_check_plan(&held, early, message, NOW_US, LOA_CLOCK_UNTRUSTED),
			 LOA_GATE_OPEN);
}

typedef struct {
	const char *what;
	LoaClass class;
	const char *exception;
	gint64 at_us;
	LoaClockState clock;
	LoaVerdict want;
} AiringCase;

static void
an_airing_sounds_within_the_hours_or_by_right(void **state)
{
	(void)state;
	/* permitted 5:00-21:00, quiet here 11:30-13:00 and 22:00-6:00 */
	static const AiringCase cases[] = {
		{ "by day", LOA_CLASS_PRIORITY, NULL, 8 * HOUR_US, LOA_CLOCK_SYNCED,
		  LOA_GATE_OPEN },
		{ "hold-over", LOA_CLASS_NORMAL, NULL, 8 * HOUR_US, LOA_CLOCK_HOLDOVER,
		  LOA_GATE_OPEN },
		{ "night", LOA_CLASS_PRIORITY, NULL, 3 * HOUR_US, LOA_CLOCK_SYNCED,
		  LOA_GATE_HOURS },
		{ "dawn", LOA_CLASS_NORMAL, NULL, 6 * HOUR_US - 1, LOA_CLOCK_SYNCED,
		  LOA_GATE_QUIET },
		{ "morning", LOA_CLASS_NORMAL, NULL, 6 * HOUR_US, LOA_CLOCK_SYNCED, LOA_GATE_OPEN },
		{ "noon", LOA_CLASS_NORMAL, NULL, 12 * HOUR_US, LOA_CLOCK_SYNCED, LOA_GATE_QUIET },
		{ "after noon", LOA_CLASS_NORMAL, NULL, 13 * HOUR_US, LOA_CLOCK_SYNCED,
		  LOA_GATE_OPEN },
		{ "last moment", LOA_CLASS_NORMAL, NULL, 21 * HOUR_US - 1, LOA_CLOCK_SYNCED,
		  LOA_GATE_OPEN },
		{ "closing", LOA_CLASS_NORMAL, NULL, 21 * HOUR_US, LOA_CLOCK_SYNCED,
		  LOA_GATE_HOURS },
		{ "emergency at night", LOA_CLASS_EMERGENCY, NULL, 3 * HOUR_US, LOA_CLOCK_SYNCED,
		  LOA_GATE_OPEN },
		{ "exception at noon", LOA_CLASS_NORMAL, "Tết", 12 * HOUR_US, LOA_CLOCK_SYNCED,
		  LOA_GATE_OPEN },
		{ "untrusted", LOA_CLASS_NORMAL, NULL, 8 * HOUR_US, LOA_CLOCK_UNTRUSTED,
		  LOA_GATE_CLOCK },
		{ "untrusted emergency", LOA_CLASS_EMERGENCY, NULL, 8 * HOUR_US,
		  LOA_CLOCK_UNTRUSTED, LOA_GATE_CLOCK },
		{ "past validity", LOA_CLASS_EMERGENCY, NULL, 40 * DAY_US, LOA_CLOCK_SYNCED,
		  LOA_GATE_EXPIRED },
	};
	static const LoaQuietHours quiet_hours[] = { { 11 * 60 + 30, 13 * 60 },
						     { 22 * 60, 6 * 60 } };
	g_autoptr(LoaPlan) plan = make_plan(1);
	g_autoptr(GArray) quiet = g_array_new(FALSE, FALSE, sizeof(LoaQuietHours));

	g_array_append_vals(quiet, quiet_hours, 2);
	permit(plan, MIDNIGHT_US + 5 * HOUR_US, MIDNIGHT_US + 21 * HOUR_US);
	g_autoptr(GArray) open = loa_gate_open_hours(plan, quiet, 420);
	LoaAiring *airing = g_ptr_array_index(plan->airings, 0);

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		airing->class = cases[i].class;
		g_free(airing->exception);
		airing->exception = g_strdup(cases[i].exception);
		LoaVerdict got = loa_gate_check_airing(
			plan, airing, open, MIDNIGHT_US + cases[i].at_us, cases[i].clock);

		if (got != cases[i].want)
			fail_msg("%s: %d, want %d", cases[i].what, (int)got, (int)cases[i].want);
	}
}

static void
open_hours_are_what_the_plan_permits_without_the_quiet_ones(void **state)
{
	(void)state;
	static const LoaQuietHours quiet_hours[] = { { 12 * 60, 13 * 60 },
						     { 12 * 60 + 30, 14 * 60 },
						     { 20 * 60, 7 * 60 } };
	static const double want[][2] = { { 7, 12 },
					  { 14, 20 },
					  { 31, 36 },
					  { 38, 38.5 },
					  { 24 * 3 + 7, 24 * 3 + 12 },
					  { 24 * 3 + 14, 24 * 3 + 15 } };
	g_autoptr(LoaPlan) plan = make_plan(1);
	g_autoptr(GArray) quiet = g_array_new(FALSE, FALSE, sizeof(LoaQuietHours));

	g_array_append_vals(quiet, quiet_hours, 3);
	plan->valid_until_us = MIDNIGHT_US + 3 * DAY_US + 15 * HOUR_US;
	/* the second reaches over a night; what is past the validity does not count */
	permit(plan, MIDNIGHT_US - DAY_US, MIDNIGHT_US + 22 * HOUR_US);
	permit(plan, MIDNIGHT_US + 23 * HOUR_US, MIDNIGHT_US + DAY_US + 29 * HOUR_US / 2);
	permit(plan, MIDNIGHT_US + 3 * DAY_US, MIDNIGHT_US + 9 * DAY_US);
	permit(plan, MIDNIGHT_US + 10 * DAY_US, MIDNIGHT_US + 11 * DAY_US);
	g_autoptr(GArray) open = loa_gate_open_hours(plan, quiet, 420);

	assert_int_equal(open->len, G_N_ELEMENTS(want));
	for (guint i = 0; i < open->len; i++) {
		const LoaInterval *interval = &g_array_index(open, LoaInterval, i);

		assert_int_equal(interval->from_us,
				 MIDNIGHT_US + (gint64)(want[i][0] * (double)HOUR_US));
		assert_int_equal(interval->to_us,
				 MIDNIGHT_US + (gint64)(want[i][1] * (double)HOUR_US));
	}
}

static void
quiet_hours_follow_local_time(void **state)
{
	(void)state;
	static const LoaQuietHours night = { 22 * 60, 5 * 60 };
	static const int offsets_min[] = { -840, -300, 0, 345, 420, 840 };
	g_autoptr(GArray) quiet = g_array_new(FALSE, FALSE, sizeof(LoaQuietHours));

	g_array_append_val(quiet, night);
	for (gsize i = 0; i < G_N_ELEMENTS(offsets_min); i++) {
		g_autoptr(LoaPlan) plan = make_plan(1);

		permit(plan, MIDNIGHT_US, MIDNIGHT_US + 10 * DAY_US);
		g_autoptr(GArray) open = loa_gate_open_hours(plan, quiet, offsets_min[i]);

		for (gint64 at_us = MIDNIGHT_US; at_us < MIDNIGHT_US + 3 * DAY_US;
		     at_us += HOUR_US / 4) {
			gint64 local_min = (at_us / G_USEC_PER_SEC / 60 + offsets_min[i]) % 1440;
			gboolean is_quiet = local_min >= 22 * 60 || local_min < 5 * 60;
			LoaVerdict got =
				loa_gate_check_airing(plan, g_ptr_array_index(plan->airings, 0),
						      open, at_us, LOA_CLOCK_SYNCED);

			assert_int_equal(got, is_quiet ? LOA_GATE_QUIET : LOA_GATE_OPEN);
		}
	}
}

static void
a_plan_without_airings_opens_nothing(void **state)
{
	(void)state;
	g_autoptr(LoaPlan) plan = loa_plan_new("phuong", "to-1");
	g_autoptr(GArray) quiet = g_array_new(FALSE, FALSE, sizeof(LoaQuietHours));

	permit(plan, MIDNIGHT_US, MIDNIGHT_US + DAY_US);
	g_autoptr(GArray) open = loa_gate_open_hours(plan, quiet, 0);

	assert_int_equal(open->len, 0);
}

static void
hours_are_worked_out_for_a_bounded_time(void **state)
{
	(void)state;
	static const LoaQuietHours night = { 22 * 60, 5 * 60 };
	g_autoptr(LoaPlan) plan = make_plan(1);
	g_autoptr(GArray) quiet = g_array_new(FALSE, FALSE, sizeof(LoaQuietHours));

	g_array_append_val(quiet, night);
	plan->valid_until_us = LOA_TIME_MAX_US;
	permit(plan, LOA_TIME_MIN_US, LOA_TIME_MAX_US);
	g_autoptr(GArray) open = loa_gate_open_hours(plan, quiet, 420);

	assert_in_range(open->len, 400, 401);
}

static void
a_volume_keeps_to_the_ceiling_and_an_emergency_is_heard(void **state)
{
	(void)state;
	static const struct {
		const char *node;
		LoaClass class;
		double ceiling_db, want_db;
	} cases[] = {
		{ "loa-1", LOA_CLASS_NORMAL, 0, -6 },
		{ "loa-1", LOA_CLASS_PRIORITY, 0, -6 },
		{ "loa-1", LOA_CLASS_EMERGENCY, 0, -6 },
		{ "loa-1", LOA_CLASS_NORMAL, -9, -9 },
		{ "loa-2", LOA_CLASS_NORMAL, 0, -50 },
		{ "loa-2", LOA_CLASS_PRIORITY, 0, -50 },
		{ "loa-2", LOA_CLASS_EMERGENCY, 0, -12 },
		{ "loa-2", LOA_CLASS_EMERGENCY, -20, -20 },
		{ "loa-3", LOA_CLASS_NORMAL, 0, 0 },
		{ "loa-3", LOA_CLASS_EMERGENCY, -3, -3 },
	};
	g_autoptr(LoaPlan) plan = make_plan(7);

	loa_plan_add_volume(plan, "loa-1", -6);
	loa_plan_add_volume(plan, "loa-2", -50);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
		if (loa_gate_volume_db(plan, cases[i].node, cases[i].class, cases[i].ceiling_db) !=
		    cases[i].want_db)
			fail_msg("case %u", (guint)i);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_newer_plan_is_taken_and_an_older_one_refused),
		cmocka_unit_test(a_plan_for_another_site_or_group_is_refused),
		cmocka_unit_test(
			an_expired_or_absurdly_early_plan_is_refused_by_a_trusted_clock_only),
		cmocka_unit_test(an_airing_sounds_within_the_hours_or_by_right),
		cmocka_unit_test(open_hours_are_what_the_plan_permits_without_the_quiet_ones),
		cmocka_unit_test(quiet_hours_follow_local_time),
		cmocka_unit_test(a_plan_without_airings_opens_nothing),
		cmocka_unit_test(a_volume_keeps_to_the_ceiling_and_an_emergency_is_heard),
		cmocka_unit_test(hours_are_worked_out_for_a_bounded_time),
	};

	return cmocka_run_group_tests_name("node/gate", tests, NULL, NULL);
}
