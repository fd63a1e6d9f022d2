/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "controller/plan/planner.h"
#include "schedules/hours.h"
#include "schedules/local-time.h"
#include "tests/unit/controller-sample.h"

/* What a test gives the planner; setup() fills in a ward that is allowed to speak all day. */
typedef struct {
	GTimeZone *zone;
	GPtrArray *groups;
	GPtrArray *broadcasts;
	GHashTable *since;
	GHashTable *recordings;
	GPtrArray *one_offs;
	GHashTable *stops;
	GHashTable *planned;
	LoaPolicy *policy;
	GPtrArray *overlays;
	GPtrArray *suspended; /* of the last run */
	LoaStaggerPolicy stagger;
	gint64 now_us;
	gint64 from_us;
	gint64 valid_until_us;
	GPtrArray *plans;    /* of the last run */
	GPtrArray *warnings; /* the same */
} Ward;

static void
permit(Ward *w, gint32 from_s, gint32 to_s)
{
	LoaHours hours = { LOA_BROADCAST_ALL_DAYS, from_s, to_s };

	g_array_append_val(w->policy->hours, hours);
}

static int
setup(void **state)
{
	Ward *w = g_new0(Ward, 1);

	w->zone = loa_local_time_zone("Asia/Ho_Chi_Minh");
	w->groups = g_ptr_array_new_with_free_func((GDestroyNotify)loa_group_free);
	g_ptr_array_add(w->groups, loa_group_new("to-1", "Tổ 1"));
	g_ptr_array_add(w->groups, loa_group_new("to-2", "Tổ 2"));
	w->broadcasts = g_ptr_array_new_with_free_func((GDestroyNotify)loa_broadcast_free);
	w->since = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
	w->recordings = g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
					      (GDestroyNotify)loa_recording_free);
	w->one_offs = g_ptr_array_new_with_free_func((GDestroyNotify)loa_one_off_free);
	w->stops = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
	w->planned = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					   (GDestroyNotify)g_hash_table_unref);
	w->policy = loa_policy_new();
	w->overlays = g_ptr_array_new_with_free_func((GDestroyNotify)loa_overlay_free);
	permit(w, 0, 86400);
	w->now_us = NOON_US;
	w->from_us = NOON_US - DAY_US;
	w->valid_until_us = NOON_US + 3 * DAY_US;
	*state = w;
	return 0;
}

static void
forget(Ward *w)
{
	g_clear_pointer(&w->plans, g_ptr_array_unref);
	g_clear_pointer(&w->warnings, g_ptr_array_unref);
	g_clear_pointer(&w->suspended, g_ptr_array_unref);
}

static int
teardown(void **state)
{
	Ward *w = *state;

	forget(w);
	g_time_zone_unref(w->zone);
	g_ptr_array_unref(w->groups);
	g_ptr_array_unref(w->broadcasts);
	g_hash_table_unref(w->since);
	g_hash_table_unref(w->recordings);
	g_ptr_array_unref(w->one_offs);
	g_hash_table_unref(w->stops);
	g_hash_table_unref(w->planned);
	loa_policy_free(w->policy);
	g_ptr_array_unref(w->overlays);
	g_free(w);
	return 0;
}

static void
run(Ward *w)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GArray) slots =
		loa_timetable_expand(w->broadcasts, w->zone, w->from_us - LOA_PLANNER_LOOKBACK_US,
				     w->valid_until_us, 100000, &error);
	LoaPlannerInput input = {
		.site = "phuong-mau",
		.groups = w->groups,
		.slots = slots,
		.since = w->since,
		.recordings = w->recordings,
		.one_offs = w->one_offs,
		.stops = w->stops,
		.planned = w->planned,
		.stagger = &w->stagger,
		.policy = w->policy,
		.overlays = w->overlays,
		.zone = w->zone,
		.now_us = w->now_us,
		.from_us = w->from_us,
		.valid_until_us = w->valid_until_us,
		.playout_delay_us = SECOND_US,
	};

	assert_non_null(slots);
	forget(w);
	w->plans = loa_planner_run(&input, &w->warnings, &w->suspended);
}

static void
have_recording(Ward *w, const char *id, gint64 seconds)
{
	LoaRecording *r = sample_recording(id, seconds);

	g_hash_table_insert(w->recordings, r->id, r);
}

/* Daily at 17:00, for all, from recording r1; declared long ago. */
static LoaBroadcast *
declare(Ward *w, const char *id)
{
	LoaBroadcast *b = loa_broadcast_new();
	gint32 at_s = 17 * 3600;
	gint64 *since_us = g_new0(gint64, 1);

	b->id = g_strdup(id);
	b->title = g_strdup("Bản tin chiều");
	b->recording = g_strdup("r1");
	b->to_all = TRUE;
	g_array_append_val(b->at_s, at_s);
	g_ptr_array_add(w->broadcasts, b);
	g_hash_table_insert(w->since, b->id, since_us);
	return b;
}

static void
declare_since(Ward *w, const char *id, gint64 since_us)
{
	*(gint64 *)g_hash_table_lookup(w->since, id) = since_us;
}

/* An earlier plan of @group had @airing (transfer full). */
static void
had_planned(Ward *w, const char *group, LoaAiring *airing)
{
	GHashTable *groups = g_hash_table_lookup(w->planned, airing->id);

	if (groups == NULL) {
		groups = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					       (GDestroyNotify)loa_airing_free);
		g_hash_table_insert(w->planned, g_strdup(airing->id), groups);
	}
	g_hash_table_insert(groups, g_strdup(group), airing);
}

static const LoaPlan *
plan_of(const Ward *w, const char *group)
{
	for (guint i = 0; i < w->plans->len; i++) {
		const LoaPlan *plan = g_ptr_array_index(w->plans, i);

		if (strcmp(plan->group, group) == 0)
			return plan;
	}
	fail_msg("no plan for %s", group);
	return NULL;
}

static const LoaAiring *
find(const Ward *w, const char *id)
{
	return loa_plan_find(plan_of(w, "to-1"), id);
}

static void
assert_warned(const Ward *w, LoaPlannerFinding finding, const char *subject)
{
	assert_int_equal(w->warnings->len, 1);

	const LoaPlannerWarning *warning = g_ptr_array_index(w->warnings, 0);

	assert_int_equal(warning->finding, finding);
	assert_string_equal(warning->subject, subject);
	assert_true(strlen(warning->message) > 20);
}

static void
a_daily_broadcast_has_one_airing_a_day_with_its_local_time_as_id(void **state)
{
	Ward *w = *state;

	have_recording(w, "r1", 90);
	declare(w, "ban-tin")->order = 7;
	run(w);

	const LoaPlan *plan = plan_of(w, "to-2");
	const LoaAiring *a = loa_plan_find(plan, "ban-tin.20261121t170000");

	/* yesterday's, today's, and two more days */
	assert_int_equal(plan->airings->len, 4);
	assert_int_equal(w->warnings->len, 0);
	assert_non_null(loa_plan_find(plan, "ban-tin.20261120t170000"));
	assert_non_null(loa_plan_find(plan, "ban-tin.20261123t170000"));
	assert_int_equal(a->start_us, NOON_US + 5 * HOUR_US);
	assert_string_equal(a->broadcast, "ban-tin");
	assert_string_equal(a->title, "Bản tin chiều");
	assert_int_equal(a->order, 7);
	assert_int_equal(a->n_samples, 90 * 48000);
	assert_int_equal(a->pre_skip, 312);
	assert_string_equal(a->sha256, SHA);
	assert_int_equal(a->grace_us, HOUR_US);
	assert_int_equal(a->stop_us, 0);
	assert_null(a->exception);
	assert_int_equal(plan->valid_until_us, w->valid_until_us);
	assert_int_equal(plan->playout_delay_us, SECOND_US);
	assert_string_equal(plan->site, "phuong-mau");
}

static void
a_plan_goes_through_the_wire(void **state)
{
	Ward *w = *state;
	g_autoptr(GError) error = NULL;

	have_recording(w, "r1", 90);
	declare(w, "ban-tin");
	run(w);

	LoaPlan *plan = g_ptr_array_index(w->plans, 0);

	plan->serial = 1;
	plan->issued_us = NOON_US;

	g_autoptr(GBytes) body = loa_plan_encode(plan);
	g_autoptr(LoaPlan) back = loa_plan_decode(body, &error);

	if (back == NULL)
		fail_msg("%s", error->message);
	assert_int_equal(back->airings->len, 4);
}

static void
only_the_groups_that_are_named_hear_it(void **state)
{
	Ward *w = *state;
	LoaBroadcast *b;

	have_recording(w, "r1", 90);
	b = declare(w, "ban-tin");
	b->to_all = FALSE;
	g_ptr_array_add(b->groups, g_strdup("to-2"));
	run(w);
	assert_int_equal(plan_of(w, "to-1")->airings->len, 0);
	assert_int_equal(plan_of(w, "to-2")->airings->len, 4);
}

static void
repeats_follow_one_another_at_the_recordings_length_and_the_gap(void **state)
{
	Ward *w = *state;
	LoaBroadcast *b;

	have_recording(w, "r1", 90);
	b = declare(w, "ban-tin");
	b->n_repeats = 3;
	b->repeat_gap_s = 30;
	run(w);

	const LoaAiring *first = find(w, "ban-tin.20261121t170000");

	assert_null(find(w, "ban-tin.20261121t170000.1"));
	assert_int_equal(find(w, "ban-tin.20261121t170000.2")->start_us,
			 first->start_us + 120 * SECOND_US);
	assert_int_equal(find(w, "ban-tin.20261121t170000.3")->start_us,
			 first->start_us + 240 * SECOND_US);
	assert_null(find(w, "ban-tin.20261121t170000.4"));
}

static void
planning_twice_gives_the_same_bytes(void **state)
{
	Ward *w = *state;

	have_recording(w, "r1", 90);
	declare(w, "b-1");
	declare(w, "a-1");
	run(w);

	g_autoptr(GBytes) first = loa_plan_encode(g_ptr_array_index(w->plans, 0));

	run(w);

	g_autoptr(GBytes) second = loa_plan_encode(g_ptr_array_index(w->plans, 0));

	assert_true(g_bytes_equal(first, second));
}

static void
what_was_declared_after_its_time_is_not_made_up(void **state)
{
	Ward *w = *state;

	have_recording(w, "r1", 90);
	declare(w, "ban-tin");
	w->now_us = NOON_US + 6 * HOUR_US;
	declare_since(w, "ban-tin", w->now_us);
	run(w);
	assert_null(find(w, "ban-tin.20261121t170000"));
	assert_non_null(find(w, "ban-tin.20261122t170000"));
	declare_since(w, "ban-tin", NOON_US + 5 * HOUR_US);
	run(w);
	assert_non_null(find(w, "ban-tin.20261121t170000"));
}

static void
an_airing_that_has_begun_stays_as_it_was_planned(void **state)
{
	Ward *w = *state;
	LoaAiring *old = sample_airing("ban-tin.20261121t170000", NOON_US + 5 * HOUR_US, 90);

	had_planned(w, "to-1", old);
	had_planned(w, "to-2", loa_airing_copy(old));
	have_recording(w, "r1", 30);
	declare(w, "ban-tin");
	w->now_us = old->start_us + SECOND_US;
	/* declared anew in mid-airing, with other audio */
	declare_since(w, "ban-tin", w->now_us);
	run(w);
	assert_int_equal(find(w, old->id)->n_samples, 90 * 48000);
	assert_int_equal(find(w, "ban-tin.20261122t170000")->n_samples, 30 * 48000);

	/* even if the new audio is not there yet */
	g_hash_table_remove_all(w->recordings);
	run(w);
	assert_int_equal(find(w, old->id)->n_samples, 90 * 48000);
	assert_null(find(w, "ban-tin.20261122t170000"));
}

static void
a_planned_airing_takes_new_audio_until_it_begins(void **state)
{
	Ward *w = *state;
	LoaAiring *old = sample_airing("ban-tin.20261121t170000", NOON_US + 5 * HOUR_US, 90);

	had_planned(w, "to-1", old);
	had_planned(w, "to-2", loa_airing_copy(old));
	have_recording(w, "r1", 30);
	declare(w, "ban-tin");
	w->now_us = old->start_us - 1;
	run(w);
	assert_int_equal(find(w, old->id)->n_samples, 30 * 48000);
	w->now_us++;
	run(w);
	assert_int_equal(find(w, old->id)->n_samples, 90 * 48000);
}

static LoaGroup *
group(Ward *w, guint i)
{
	return g_ptr_array_index(w->groups, i);
}

static gint64
start_in(const Ward *w, const char *group_id, const char *id)
{
	const LoaAiring *airing = loa_plan_find(plan_of(w, group_id), id);

	return airing != NULL ? airing->start_us : 0;
}

static void
a_group_begins_each_airing_later_by_its_offset(void **state)
{
	Ward *w = *state;

	have_recording(w, "r1", 90);
	declare(w, "ban-tin")->n_repeats = 2;
	group(w, 1)->start_offset_ms = 750;
	run(w);
	for (guint i = 0; i < 2; i++) {
		const char *id = i == 0 ? "ban-tin.20261121t170000" : "ban-tin.20261121t170000.2";

		assert_int_equal(start_in(w, "to-1", id),
				 NOON_US + 5 * HOUR_US + i * 95 * SECOND_US);
		assert_int_equal(start_in(w, "to-2", id), start_in(w, "to-1", id) + 750000);
	}
	assert_int_equal(w->warnings->len, 0);
}

static void
in_turn_the_second_group_begins_when_the_first_has_heard_all_repeats(void **state)
{
	Ward *w = *state;
	LoaBroadcast *b;

	have_recording(w, "r1", 90);
	b = declare(w, "ban-tin");
	b->n_repeats = 2;
	b->in_turn = TRUE;
	group(w, 1)->turn = 1;
	w->stagger.turn_gap_us = 3 * SECOND_US;
	run(w);
	assert_int_equal(start_in(w, "to-1", "ban-tin.20261121t170000"), NOON_US + 5 * HOUR_US);
	/* 90 s, 5 s, 90 s, and the gap */
	assert_int_equal(start_in(w, "to-2", "ban-tin.20261121t170000"),
			 NOON_US + 5 * HOUR_US + 188 * SECOND_US);
	assert_int_equal(start_in(w, "to-2", "ban-tin.20261121t170000.2"),
			 NOON_US + 5 * HOUR_US + (188 + 95) * SECOND_US);
}

static void
an_emergency_is_not_put_off(void **state)
{
	Ward *w = *state;

	have_recording(w, "r1", 90);
	declare(w, "bao-lu")->class = LOA_CLASS_EMERGENCY;
	group(w, 1)->start_offset_ms = 750;
	run(w);
	assert_int_equal(start_in(w, "to-2", "bao-lu.20261121t170000"), NOON_US + 5 * HOUR_US);
	w->stagger.emergency_too = TRUE;
	run(w);
	assert_int_equal(start_in(w, "to-2", "bao-lu.20261121t170000"),
			 NOON_US + 5 * HOUR_US + 750000);
}

static void
what_somebody_plays_now_is_put_off_too(void **state)
{
	Ward *w = *state;

	have_recording(w, "r1", 90);
	g_ptr_array_add(w->one_offs, sample_one_off("now.1", "r1", NOON_US + 10 * SECOND_US));
	group(w, 0)->start_offset_ms = 300;
	run(w);
	assert_int_equal(start_in(w, "to-1", "now.1"), NOON_US + 10 * SECOND_US + 300000);
	assert_int_equal(start_in(w, "to-2", "now.1"), NOON_US + 10 * SECOND_US);
}

static void
the_hours_are_asked_for_each_group_at_its_own_time(void **state)
{
	Ward *w = *state;
	const LoaPlannerWarning *warning;

	g_array_set_size(w->policy->hours, 0);
	permit(w, 5 * 3600, 17 * 3600 + 90);
	have_recording(w, "r1", 90);
	declare(w, "ban-tin");
	group(w, 1)->start_offset_ms = 1;
	run(w);
	assert_int_equal(plan_of(w, "to-1")->airings->len, 4);
	assert_int_equal(plan_of(w, "to-2")->airings->len, 0);
	assert_warned(w, LOA_PLANNER_OUTSIDE_HOURS, "ban-tin");
	warning = g_ptr_array_index(w->warnings, 0);
	assert_non_null(strstr(warning->message, "4 airing(s)"));
	assert_non_null(strstr(warning->message, "in to-2"));

	/* that it has begun next door does not open the hours here */
	had_planned(w, "to-1", sample_airing("ban-tin.20261121t170000", NOON_US + 5 * HOUR_US, 90));
	w->now_us = NOON_US + 5 * HOUR_US;
	run(w);
	assert_int_equal(start_in(w, "to-2", "ban-tin.20261121t170000"), 0);
}

static void
what_has_begun_in_one_group_keeps_its_sound_in_all(void **state)
{
	Ward *w = *state;
	const char *id = "ban-tin.20261121t170000";
	gint64 start_us = NOON_US + 5 * HOUR_US;

	have_recording(w, "r1", 30);
	declare(w, "ban-tin");
	group(w, 1)->start_offset_ms = 20000;
	g_ptr_array_add(w->groups, loa_group_new("to-3", "Tổ 3"));
	group(w, 2)->start_offset_ms = 40000;
	had_planned(w, "to-1", sample_airing(id, start_us, 90));
	had_planned(w, "to-2", sample_airing(id, start_us + 10 * SECOND_US, 90));
	w->now_us = start_us - 1;
	run(w);
	assert_int_equal(loa_plan_find(plan_of(w, "to-2"), id)->n_samples, 30 * 48000);
	assert_int_equal(start_in(w, "to-2", id), start_us + 20 * SECOND_US);

	w->now_us = start_us;
	run(w);
	assert_int_equal(loa_plan_find(plan_of(w, "to-2"), id)->n_samples, 90 * 48000);
	assert_int_equal(start_in(w, "to-2", id), start_us + 10 * SECOND_US);
	/* one that was not planned joins with the same sound, at its own time */
	assert_int_equal(loa_plan_find(plan_of(w, "to-3"), id)->n_samples, 90 * 48000);
	assert_int_equal(start_in(w, "to-3", id), start_us + 40 * SECOND_US);
}

static void
a_stop_takes_it_from_those_who_have_not_begun(void **state)
{
	Ward *w = *state;
	const char *id = "ban-tin.20261121t170000";
	gint64 *stop_us = g_new(gint64, 1);

	have_recording(w, "r1", 90);
	declare(w, "ban-tin");
	group(w, 1)->start_offset_ms = 20000;
	*stop_us = NOON_US + 5 * HOUR_US + 20 * SECOND_US;
	g_hash_table_insert(w->stops, (gpointer)id, stop_us);
	run(w);
	assert_int_equal(find(w, id)->stop_us, *stop_us);
	assert_int_equal(start_in(w, "to-2", id), 0);
}

static void
a_declaration_between_two_turns_does_not_begin_with_the_second(void **state)
{
	Ward *w = *state;

	have_recording(w, "r1", 90);
	declare(w, "ban-tin");
	group(w, 1)->start_offset_ms = 20000;
	w->now_us = NOON_US + 5 * HOUR_US + SECOND_US;
	declare_since(w, "ban-tin", w->now_us);
	run(w);
	assert_int_equal(start_in(w, "to-2", "ban-tin.20261121t170000"), 0);

	/* one that was planned, and is declared anew before it begins anywhere, stays */
	had_planned(w, "to-2",
		    sample_airing("ban-tin.20261121t170000", NOON_US + 5 * HOUR_US + 20 * SECOND_US,
				  30));
	run(w);
	assert_int_equal(start_in(w, "to-2", "ban-tin.20261121t170000"),
			 NOON_US + 5 * HOUR_US + 20 * SECOND_US);
	assert_int_equal(loa_plan_find(plan_of(w, "to-2"), "ban-tin.20261121t170000")->n_samples,
			 90 * 48000);
}

/* Another one at @hour o'clock. */
static LoaBroadcast *
declare_at(Ward *w, const char *id, gint32 hour)
{
	LoaBroadcast *b = declare(w, id);

	g_array_index(b->at_s, gint32, 0) = hour * 3600;
	return b;
}

static void
sessions_go_to_the_higher_class_and_the_warning_names_the_rule(void **state)
{
	Ward *w = *state;
	const LoaPlannerWarning *warning;

	have_recording(w, "r1", 90);
	w->policy->sessions.a_day = 1;
	declare_at(w, "sang", 6);
	declare_at(w, "chieu", 17)->class = LOA_CLASS_PRIORITY;
	declare_at(w, "khan", 20)->class = LOA_CLASS_EMERGENCY;
	declare_at(w, "phep", 21)->exception_by = g_strdup("CT");
	run(w);
	assert_int_equal(start_in(w, "to-1", "sang.20261122t060000"), 0);
	assert_true(start_in(w, "to-1", "chieu.20261122t170000") > 0);
	assert_true(start_in(w, "to-1", "khan.20261122t200000") > 0);
	assert_true(start_in(w, "to-1", "phep.20261122t210000") > 0);
	assert_warned(w, LOA_PLANNER_TOO_MANY_SESSIONS, "sang");
	warning = g_ptr_array_index(w->warnings, 0);
	assert_non_null(strstr(warning->message, "one session more than the 1 a day"));
	assert_non_null(strstr(warning->message, "are not planned, the first"));
}

static void
a_session_that_would_last_too_long_is_not_planned(void **state)
{
	Ward *w = *state;
	LoaBroadcast *b;

	have_recording(w, "r1", 90);
	w->policy->sessions.minutes = 4;
	b = declare(w, "ban-tin");
	b->n_repeats = 3;
	run(w);
	/* 90 s, 5 s, 90 s: the third would end after 280 s */
	assert_true(start_in(w, "to-1", "ban-tin.20261122t170000.2") > 0);
	assert_int_equal(start_in(w, "to-1", "ban-tin.20261122t170000.3"), 0);
	assert_warned(w, LOA_PLANNER_SESSION_TOO_LONG, "ban-tin");
}

static void
what_has_begun_has_its_session(void **state)
{
	Ward *w = *state;
	const char *id = "sang.20261121t060000";

	have_recording(w, "r1", 90);
	w->policy->sessions.a_day = 1;
	declare_at(w, "sang", 6);
	declare_at(w, "chieu", 17)->class = LOA_CLASS_PRIORITY;
	had_planned(w, "to-1", sample_airing(id, NOON_US - 6 * HOUR_US, 90));
	run(w);
	assert_true(start_in(w, "to-1", id) > 0);
	assert_int_equal(start_in(w, "to-1", "chieu.20261121t170000"), 0);
	assert_true(start_in(w, "to-1", "chieu.20261122t170000") > 0);
	/* in the other group it had not been planned, and does not take what it did not have */
	assert_true(start_in(w, "to-2", "chieu.20261121t170000") > 0);
}

static void
each_groups_plan_has_its_own_hours(void **state)
{
	Ward *w = *state;
	LoaPolicyRule *rule = g_new0(LoaPolicyRule, 1);
	const LoaHours afternoon = { LOA_BROADCAST_ALL_DAYS, 16 * 3600, 18 * 3600 };

	rule->groups = g_ptr_array_new_with_free_func(g_free);
	g_ptr_array_add(rule->groups, g_strdup("to-2"));
	rule->hours = g_array_new(FALSE, FALSE, sizeof(LoaHours));
	g_array_append_val(rule->hours, afternoon);
	g_ptr_array_add(w->policy->rules, rule);
	have_recording(w, "r1", 90);
	declare_at(w, "sang", 6);
	declare_at(w, "chieu", 17);
	run(w);
	assert_int_equal(plan_of(w, "to-1")->airings->len, 8);
	assert_int_equal(plan_of(w, "to-2")->airings->len, 4);
	assert_int_equal(plan_of(w, "to-1")->permitted->len, 1);
	assert_int_equal(plan_of(w, "to-2")->permitted->len, 4);
	assert_int_equal(g_array_index(plan_of(w, "to-2")->permitted, LoaInterval, 1).from_us,
			 NOON_US + 4 * HOUR_US);
	assert_warned(w, LOA_PLANNER_OUTSIDE_HOURS, "sang");
	assert_non_null(strstr(((LoaPlannerWarning *)g_ptr_array_index(w->warnings, 0))->message,
			       "in to-2"));
}

static LoaOverlay *
switch_on(Ward *w, const char *id, guint day_from, guint day_until)
{
	LoaOverlay *overlay = loa_overlay_new();

	overlay->id = g_strdup(id);
	overlay->name = g_strdup("Quốc tang");
	overlay->from.day = (LoaDay){ 2026, 11, (guint8)day_from };
	overlay->until.day = (LoaDay){ 2026, 11, (guint8)day_until };
	overlay->suspends_all = TRUE;
	g_ptr_array_add(w->overlays, overlay);
	return overlay;
}

static void
an_overlay_takes_airings_out_and_says_so(void **state)
{
	Ward *w = *state;
	const LoaSuspension *first;

	have_recording(w, "r1", 90);
	declare(w, "ban-tin");
	declare_at(w, "khan", 18)->class = LOA_CLASS_EMERGENCY;
	switch_on(w, "quoc-tang", 22, 23)->since_us = NOON_US;
	run(w);
	assert_int_equal(start_in(w, "to-1", "ban-tin.20261122t170000"), 0);
	assert_true(start_in(w, "to-1", "ban-tin.20261123t170000") > 0);
	assert_true(start_in(w, "to-1", "khan.20261122t180000") > 0);
	assert_warned(w, LOA_PLANNER_SUSPENDED, "quoc-tang");
	assert_int_equal(w->suspended->len, 2);
	first = g_ptr_array_index(w->suspended, 0);
	assert_string_equal(first->group, "to-1");
	assert_string_equal(first->airing->id, "ban-tin.20261122t170000");
	assert_string_equal(first->overlay, "quoc-tang");
	assert_string_equal(first->overlay_name, "Quốc tang");
}

static void
an_overlay_does_nothing_to_what_was_before_it(void **state)
{
	Ward *w = *state;
	LoaOverlay *overlay;

	have_recording(w, "r1", 90);
	declare(w, "ban-tin");
	overlay = switch_on(w, "quoc-tang", 20, 22);
	overlay->since_us = NOON_US + 6 * HOUR_US;
	w->now_us = overlay->since_us;
	had_planned(w, "to-1", sample_airing("ban-tin.20261121t170000", NOON_US + 5 * HOUR_US, 90));
	run(w);
	assert_true(start_in(w, "to-1", "ban-tin.20261121t170000") > 0);
	assert_int_equal(w->suspended->len, 0);
	assert_int_equal(w->warnings->len, 0);
}

static void
the_recordings_category_counts_where_the_broadcast_has_none(void **state)
{
	Ward *w = *state;
	LoaOverlay *overlay;

	have_recording(w, "r1", 90); /* category ban-tin */
	declare(w, "a");
	declare(w, "b")->category = g_strdup("am-nhac");
	overlay = switch_on(w, "tang", 22, 23);
	overlay->suspends_all = FALSE;
	g_ptr_array_add(overlay->suspends, g_strdup("ban-tin"));
	run(w);
	assert_int_equal(start_in(w, "to-1", "a.20261122t170000"), 0);
	assert_true(start_in(w, "to-1", "b.20261122t170000") > 0);
}

static void
an_exception_of_the_policy_travels_with_the_airing(void **state)
{
	Ward *w = *state;
	LoaPolicyException *exception = g_new0(LoaPolicyException, 1);

	g_array_set_size(w->policy->hours, 0);
	permit(w, 5 * 3600, 16 * 3600);
	exception->id = g_strdup("dai-hoi");
	exception->by = g_strdup("Chủ tịch");
	exception->why = g_strdup("Đại hội");
	exception->from.day = (LoaDay){ 2026, 11, 22 };
	exception->until.day = (LoaDay){ 2026, 11, 23 };
	exception->to_all = TRUE;
	exception->groups = g_ptr_array_new();
	g_ptr_array_add(w->policy->exceptions, exception);
	have_recording(w, "r1", 90);
	declare(w, "ban-tin");
	declare_at(w, "sang", 6);
	run(w);
	assert_string_equal(find(w, "ban-tin.20261122t170000")->exception, "Chủ tịch: Đại hội");
	assert_null(find(w, "sang.20261122t060000")->exception);
	assert_null(find(w, "ban-tin.20261123t170000"));
}

static void
airings_outside_the_permitted_hours_are_left_out_with_one_warning(void **state)
{
	Ward *w = *state;

	g_array_set_size(w->policy->hours, 0);
	permit(w, 5 * 3600, 17 * 3600);
	have_recording(w, "r1", 90);
	declare(w, "ban-tin");
	run(w);
	assert_int_equal(plan_of(w, "to-1")->airings->len, 0);
	assert_warned(w, LOA_PLANNER_OUTSIDE_HOURS, "ban-tin");
}

static void
an_airing_that_would_run_past_the_permitted_hours_is_left_out(void **state)
{
	Ward *w = *state;

	g_array_set_size(w->policy->hours, 0);
	permit(w, 5 * 3600, 17 * 3600 + 89);
	have_recording(w, "r1", 90);
	declare(w, "ban-tin");
	run(w);
	assert_int_equal(plan_of(w, "to-1")->airings->len, 0);
	((LoaHours *)w->policy->hours->data)->to_s++;
	run(w);
	assert_int_equal(plan_of(w, "to-1")->airings->len, 4);
}

static void
emergencies_and_exceptions_may_play_at_any_hour(void **state)
{
	Ward *w = *state;
	LoaBroadcast *b;

	g_array_set_size(w->policy->hours, 0);
	permit(w, 5 * 3600, 6 * 3600);
	have_recording(w, "r1", 90);
	declare(w, "khan-cap")->class = LOA_CLASS_EMERGENCY;
	b = declare(w, "giao-thua");
	b->exception_by = g_strdup("Chủ tịch UBND");
	b->exception_why = g_strdup("Giao thừa");
	declare(w, "uu-tien")->class = LOA_CLASS_PRIORITY;
	run(w);
	assert_non_null(find(w, "khan-cap.20261121t170000"));
	assert_string_equal(find(w, "giao-thua.20261121t170000")->exception,
			    "Chủ tịch UBND: Giao thừa");
	assert_null(find(w, "uu-tien.20261121t170000"));
	assert_warned(w, LOA_PLANNER_OUTSIDE_HOURS, "uu-tien");
}

static void
the_permitted_hours_travel_as_stretches_of_time(void **state)
{
	Ward *w = *state;

	g_array_set_size(w->policy->hours, 0);
	permit(w, 5 * 3600, 21 * 3600);
	run(w);

	const GArray *permitted = plan_of(w, "to-1")->permitted;
	const LoaInterval *first = &g_array_index(permitted, LoaInterval, 0);
	const LoaInterval *last = &g_array_index(permitted, LoaInterval, permitted->len - 1);

	assert_int_equal(permitted->len, 5);
	assert_int_equal(first->from_us, w->from_us);
	assert_int_equal(first->to_us, NOON_US - DAY_US + 9 * HOUR_US);
	assert_int_equal(last->to_us, w->valid_until_us);
}

static void
what_is_confidential_is_never_planned(void **state)
{
	Ward *w = *state;

	have_recording(w, "r1", 90);
	declare(w, "mat")->is_confidential = TRUE;
	run(w);
	assert_int_equal(plan_of(w, "to-1")->airings->len, 0);
	assert_warned(w, LOA_PLANNER_CONFIDENTIAL, "mat");

	((LoaBroadcast *)g_ptr_array_index(w->broadcasts, 0))->is_confidential = FALSE;
	((LoaRecording *)g_hash_table_lookup(w->recordings, "r1"))->is_confidential = TRUE;
	run(w);
	assert_int_equal(plan_of(w, "to-1")->airings->len, 0);
	assert_warned(w, LOA_PLANNER_CONFIDENTIAL, "mat");
}

static LoaRecording *
r1_of(Ward *w)
{
	return g_hash_table_lookup(w->recordings, "r1");
}

static void
what_nobody_approved_waits_with_a_warning(void **state)
{
	const LoaApprovalState states[] = { LOA_APPROVAL_DRAFT, LOA_APPROVAL_SUBMITTED,
					    LOA_APPROVAL_REJECTED };
	Ward *w = *state;

	have_recording(w, "r1", 90);
	declare(w, "ban-tin");
	for (gsize i = 0; i < G_N_ELEMENTS(states); i++) {
		r1_of(w)->approval.state = states[i];
		run(w);
		assert_int_equal(plan_of(w, "to-1")->airings->len, 0);
		assert_warned(w, LOA_PLANNER_UNAPPROVED, "ban-tin");

		const LoaPlannerWarning *warning = g_ptr_array_index(w->warnings, 0);

		assert_non_null(strstr(warning->message, "3 airing(s)"));
		assert_non_null(strstr(warning->message, "\"Bản tin\""));
		assert_non_null(strstr(warning->message, "2026-11-21T17:00:00+07:00"));
	}
	r1_of(w)->approval.state = LOA_APPROVAL_APPROVED;
	run(w);
	assert_int_equal(plan_of(w, "to-1")->airings->len, 4);
}

static void
an_approval_of_other_audio_is_none(void **state)
{
	Ward *w = *state;

	have_recording(w, "r1", 90);
	declare(w, "ban-tin");
	r1_of(w)->approval.sha256[0] = 'f';
	run(w);
	assert_int_equal(plan_of(w, "to-1")->airings->len, 0);
	assert_warned(w, LOA_PLANNER_UNAPPROVED, "ban-tin");
}

static void
a_recording_is_planned_until_it_expires(void **state)
{
	Ward *w = *state;

	have_recording(w, "r1", 90);
	declare(w, "ban-tin");
	r1_of(w)->expires_us = NOON_US + DAY_US + 5 * HOUR_US;
	run(w);
	assert_non_null(find(w, "ban-tin.20261121t170000"));
	assert_null(find(w, "ban-tin.20261122t170000"));
	assert_warned(w, LOA_PLANNER_RECORDING_EXPIRED, "ban-tin");
	r1_of(w)->expires_us++;
	run(w);
	assert_non_null(find(w, "ban-tin.20261122t170000"));
}

static void
a_withdrawal_ends_even_what_has_begun_but_a_lapsed_approval_does_not(void **state)
{
	Ward *w = *state;
	LoaAiring *begun = sample_airing("ban-tin.20261121t170000", NOON_US + 5 * HOUR_US, 90);

	have_recording(w, "r1", 90);
	declare(w, "ban-tin");
	had_planned(w, "to-1", begun);
	w->now_us = NOON_US + 5 * HOUR_US + SECOND_US;
	r1_of(w)->approval.state = LOA_APPROVAL_DRAFT;
	run(w);
	assert_non_null(find(w, "ban-tin.20261121t170000"));
	assert_null(find(w, "ban-tin.20261122t170000"));
	r1_of(w)->approval.state = LOA_APPROVAL_WITHDRAWN;
	run(w);
	assert_null(find(w, "ban-tin.20261121t170000"));
	assert_warned(w, LOA_PLANNER_WITHDRAWN, "ban-tin");
}

static void
a_one_off_needs_an_approved_recording_too(void **state)
{
	Ward *w = *state;
	LoaOneOff *o = sample_one_off("now.1", "r1", NOON_US + SECOND_US);

	have_recording(w, "r1", 90);
	g_ptr_array_add(w->one_offs, o);
	r1_of(w)->approval.state = LOA_APPROVAL_SUBMITTED;
	run(w);
	assert_null(find(w, "now.1"));
	assert_warned(w, LOA_PLANNER_UNAPPROVED, "now.1");
	r1_of(w)->approval.state = LOA_APPROVAL_APPROVED;
	r1_of(w)->expires_us = o->start_us;
	run(w);
	assert_null(find(w, "now.1"));
	assert_warned(w, LOA_PLANNER_RECORDING_EXPIRED, "now.1");
	r1_of(w)->expires_us = 0;
	run(w);
	assert_non_null(find(w, "now.1"));
}

static void
a_one_off_that_has_begun_ends_only_by_a_withdrawal(void **state)
{
	Ward *w = *state;
	LoaOneOff *o = sample_one_off("now.1", "r1", NOON_US);

	have_recording(w, "r1", 90);
	g_ptr_array_add(w->one_offs, o);
	had_planned(w, "to-1", sample_airing("now.1", NOON_US, 90));
	w->now_us = NOON_US + SECOND_US;
	r1_of(w)->approval.state = LOA_APPROVAL_DRAFT;
	run(w);
	assert_non_null(find(w, "now.1"));
	assert_null(loa_plan_find(plan_of(w, "to-2"), "now.1"));
	r1_of(w)->approval.state = LOA_APPROVAL_WITHDRAWN;
	run(w);
	assert_null(find(w, "now.1"));
}

static void
a_one_off_with_an_exception_airs_outside_the_hours(void **state)
{
	Ward *w = *state;
	LoaOneOff *o = sample_one_off("now.1", "r1", NOON_US + 12 * HOUR_US);

	have_recording(w, "r1", 90);
	g_ptr_array_add(w->one_offs, o);
	g_array_set_size(w->policy->hours, 0);
	permit(w, 5 * 3600, 21 * 3600);
	run(w);
	assert_warned(w, LOA_PLANNER_OUTSIDE_HOURS, "now.1");
	o->exception = g_strdup("Ông Hà: giao thừa");
	run(w);
	assert_string_equal(find(w, "now.1")->exception, "Ông Hà: giao thừa");
}

static void
missing_audio_is_a_warning_that_counts_the_airings(void **state)
{
	Ward *w = *state;

	declare(w, "ban-tin");
	run(w);
	assert_warned(w, LOA_PLANNER_NO_AUDIO, "ban-tin");

	const LoaPlannerWarning *warning = g_ptr_array_index(w->warnings, 0);

	assert_non_null(strstr(warning->message, "3 airing(s)"));
	assert_non_null(strstr(warning->message, "2026-11-21T17:00:00+07:00"));
}

static void
a_text_is_planned_once_its_speech_is_there(void **state)
{
	Ward *w = *state;
	LoaBroadcast *b = declare(w, "thong-bao");
	g_autofree char *id = NULL;

	g_clear_pointer(&b->recording, g_free);
	b->text = g_strdup("Kính thưa bà con");
	run(w);
	assert_warned(w, LOA_PLANNER_NO_AUDIO, "thong-bao");
	id = loa_planner_recording_id(b);
	assert_int_equal(strlen(id), 17);
	have_recording(w, id, 20);
	run(w);
	assert_int_equal(plan_of(w, "to-1")->airings->len, 4);
	assert_int_equal(w->warnings->len, 0);
}

static void
a_one_off_goes_before_the_timetable_of_its_class(void **state)
{
	Ward *w = *state;
	LoaOneOff *o = sample_one_off("now.20261121t120001.3fa9", "r1", NOON_US + SECOND_US);

	have_recording(w, "r1", 90);
	g_ptr_array_add(w->one_offs, o);
	declare(w, "ban-tin");
	o->groups = g_strsplit("to-1", " ", -1);
	run(w);

	const LoaAiring *a = find(w, o->airing);

	assert_string_equal(a->broadcast, "now");
	assert_string_equal(a->title, "Phát ngay");
	assert_int_equal(a->start_us, NOON_US + SECOND_US);
	assert_true(a->order < find(w, "ban-tin.20261121t170000")->order);
	assert_null(loa_plan_find(plan_of(w, "to-2"), o->airing));
}

static void
a_stop_before_the_start_takes_the_airing_out(void **state)
{
	Ward *w = *state;
	gint64 *stop_us = g_new0(gint64, 1);

	have_recording(w, "r1", 90);
	declare(w, "ban-tin");
	*stop_us = NOON_US;
	g_hash_table_insert(w->stops, (gpointer) "ban-tin.20261121t170000", stop_us);
	run(w);
	assert_null(find(w, "ban-tin.20261121t170000"));
	assert_non_null(find(w, "ban-tin.20261122t170000"));
	*stop_us = NOON_US + 5 * HOUR_US;
	run(w);
	assert_null(find(w, "ban-tin.20261121t170000"));
}

static void
a_stop_in_mid_airing_stays_in_the_plan(void **state)
{
	Ward *w = *state;
	gint64 *stop_us = g_new0(gint64, 1);

	have_recording(w, "r1", 90);
	declare(w, "ban-tin");
	*stop_us = NOON_US + 5 * HOUR_US + 9 * SECOND_US;
	g_hash_table_insert(w->stops, (gpointer) "ban-tin.20261121t170000", stop_us);
	w->now_us = NOON_US + 8 * HOUR_US;
	run(w);
	assert_int_equal(find(w, "ban-tin.20261121t170000")->stop_us, *stop_us);
}

static void
airings_leave_the_plan_when_its_frame_has_passed_them(void **state)
{
	Ward *w = *state;

	have_recording(w, "r1", 90);
	declare(w, "ban-tin");
	w->from_us = NOON_US + 5 * HOUR_US + 90 * SECOND_US;
	run(w);
	assert_null(find(w, "ban-tin.20261121t170000"));
	w->from_us--;
	run(w);
	assert_non_null(find(w, "ban-tin.20261121t170000"));
}

static void
more_than_a_plan_holds_leaves_the_latest_out_and_says_how_many(void **state)
{
	Ward *w = *state;

	have_recording(w, "r1", 1);
	for (guint i = 0; i < LOA_PLAN_MAX_AIRINGS + 5; i++) {
		g_autofree char *id = g_strdup_printf("now.%u", i);

		g_ptr_array_add(w->one_offs, sample_one_off(id, "r1", NOON_US + i * SECOND_US));
	}
	((LoaOneOff *)g_ptr_array_index(w->one_offs, 0))->groups = g_strsplit("to-1", " ", -1);
	for (guint i = 1; i < w->one_offs->len; i++)
		((LoaOneOff *)g_ptr_array_index(w->one_offs, i))->groups =
			g_strsplit("to-1", " ", -1);
	run(w);
	assert_int_equal(plan_of(w, "to-1")->airings->len, LOA_PLAN_MAX_AIRINGS);
	assert_non_null(find(w, "now.0"));
	assert_null(find(w, "now.4096"));
	assert_warned(w, LOA_PLANNER_TOO_MANY, "to-1");
	assert_non_null(strstr(((LoaPlannerWarning *)g_ptr_array_index(w->warnings, 0))->message,
			       "5 airings"));
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_daily_broadcast_has_one_airing_a_day_with_its_local_time_as_id),
		test(a_plan_goes_through_the_wire),
		test(only_the_groups_that_are_named_hear_it),
		test(repeats_follow_one_another_at_the_recordings_length_and_the_gap),
		test(planning_twice_gives_the_same_bytes),
		test(what_was_declared_after_its_time_is_not_made_up),
		test(an_airing_that_has_begun_stays_as_it_was_planned),
		test(a_planned_airing_takes_new_audio_until_it_begins),
		test(a_group_begins_each_airing_later_by_its_offset),
		test(in_turn_the_second_group_begins_when_the_first_has_heard_all_repeats),
		test(an_emergency_is_not_put_off),
		test(what_somebody_plays_now_is_put_off_too),
		test(the_hours_are_asked_for_each_group_at_its_own_time),
		test(what_has_begun_in_one_group_keeps_its_sound_in_all),
		test(a_stop_takes_it_from_those_who_have_not_begun),
		test(a_declaration_between_two_turns_does_not_begin_with_the_second),
		test(sessions_go_to_the_higher_class_and_the_warning_names_the_rule),
		test(a_session_that_would_last_too_long_is_not_planned),
		test(what_has_begun_has_its_session),
		test(each_groups_plan_has_its_own_hours),
		test(an_overlay_takes_airings_out_and_says_so),
		test(an_overlay_does_nothing_to_what_was_before_it),
		test(the_recordings_category_counts_where_the_broadcast_has_none),
		test(an_exception_of_the_policy_travels_with_the_airing),
		test(airings_outside_the_permitted_hours_are_left_out_with_one_warning),
		test(an_airing_that_would_run_past_the_permitted_hours_is_left_out),
		test(emergencies_and_exceptions_may_play_at_any_hour),
		test(the_permitted_hours_travel_as_stretches_of_time),
		test(what_is_confidential_is_never_planned),
		test(what_nobody_approved_waits_with_a_warning),
		test(an_approval_of_other_audio_is_none),
		test(a_recording_is_planned_until_it_expires),
		test(a_withdrawal_ends_even_what_has_begun_but_a_lapsed_approval_does_not),
		test(a_one_off_needs_an_approved_recording_too),
		test(a_one_off_with_an_exception_airs_outside_the_hours),
		test(a_one_off_that_has_begun_ends_only_by_a_withdrawal),
		test(missing_audio_is_a_warning_that_counts_the_airings),
		test(a_text_is_planned_once_its_speech_is_there),
		test(a_one_off_goes_before_the_timetable_of_its_class),
		test(a_stop_before_the_start_takes_the_airing_out),
		test(a_stop_in_mid_airing_stays_in_the_plan),
		test(airings_leave_the_plan_when_its_frame_has_passed_them),
		test(more_than_a_plan_holds_leaves_the_latest_out_and_says_how_many),
	};

	return cmocka_run_group_tests_name("controller/planner", tests, NULL, NULL);
}
