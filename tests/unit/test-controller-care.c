/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "controller/plan/care.h"
#include "controller/plan/plan-desk.h"
#include "schedules/broadcast-json.h"
#include "schedules/hours.h"
#include "schedules/local-time.h"
#include "tests/unit/controller-sample.h"

#define N_GROUPS 3
/* 17:00 on the first day, a Saturday */
#define FIVE_US (NOON_US + 5 * HOUR_US)
/* everything of a day is known: a minute of sound, and the time to report it */
#define SETTLED_US (FIVE_US + (60 + LOA_CAMPAIGN_REPORT_S) * SECOND_US)

typedef struct {
	Folder *folder;
	LoaControllerConfig *config;
	LoaSigningKey *key;
	LoaStore *store;
	LoaPlanDesk *desk;
	gint64 seq;
} Ward;

static int
setup(void **state)
{
	Ward *w = g_new0(Ward, 1);
	const LoaHours hours = { LOA_BROADCAST_ALL_DAYS, 0, LOA_DAY_S };

	if (folder_setup((void **)&w->folder) != 0)
		return 1;
	w->key = loa_signing_key_new();
	w->config = g_new0(LoaControllerConfig, 1);
	w->config->site_id = g_strdup("phuong-mau");
	w->config->zone = loa_local_time_zone("Asia/Ho_Chi_Minh");
	w->config->groups = g_ptr_array_new_with_free_func((GDestroyNotify)loa_group_free);
	w->config->hours = g_array_new(FALSE, FALSE, sizeof(LoaHours));
	g_array_append_val(w->config->hours, hours);
	w->config->playout_delay_us = SECOND_US;
	w->config->horizon_days = 14;
	w->store = open_store(w->folder);
	for (guint i = 1; i <= N_GROUPS; i++) {
		g_autofree char *group = g_strdup_printf("to-%u", i);
		g_autofree char *name = g_strdup_printf("Tổ %u", i);
		g_autofree char *node = g_strdup_printf("cum-%u", i);
		g_autoptr(LoaNodeRecord) record = loa_node_record_new(node, group, "00", NOON_US);

		g_ptr_array_add(w->config->groups, loa_group_new(group, name));
		assert_true(loa_store_add_node(w->store, record, NULL));
	}
	w->desk = loa_plan_desk_new(w->config, w->store, w->key);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	Ward *w = *state;

	loa_plan_desk_free(w->desk);
	loa_store_close(w->store);
	loa_controller_config_free(w->config);
	loa_signing_key_free(w->key);
	folder_teardown((void **)&w->folder);
	g_free(w);
	return 0;
}

static void
declare(Ward *w, const char *more)
{
	g_autofree char *json =
		g_strdup_printf("{\"id\":\"ck\",\"title\":\"Công khai\",\"recording\":\"r1\","
				"\"to\":\"all\",\"at\":[\"17:00\"],%s}",
				more);
	g_autoptr(LoaDeclaration) declaration =
		loa_declaration_new("ck", json, NOON_US - 30 * DAY_US);
	g_autoptr(LoaRecording) recording = sample_recording("r1", 60);

	assert_true(loa_store_put_recording(w->store, recording, NULL));
	assert_true(loa_store_put_declaration(w->store, declaration, NULL));
}

#define DISCLOSURE "\"from\":\"2026-11-21\",\"campaign\":{\"kind\":\"disclosure\"}"

/* What the receiver of to-@group did on @day, counted from the first. */
static void
report(Ward *w, guint group, guint day, const char *broadcast, LoaResult result, LoaLevel level)
{
	g_autofree char *airing = g_strdup_printf("%s.202611%02ut170000", broadcast, 21 + day);
	g_autofree char *group_id = g_strdup_printf("to-%u", group);
	g_autofree char *node = g_strdup_printf("cum-%u", group);
	g_autoptr(LoaOutcome) outcome = sample_outcome(airing, FIVE_US + day * DAY_US, result);
	g_autoptr(LoaEntry) entry = NULL;
	LoaLedgerResult taken;

	g_free(outcome->broadcast);
	outcome->broadcast = g_strdup(broadcast);
	outcome->level = level;

	g_autofree char *json = loa_outcome_to_json(outcome);

	entry = loa_entry_new(++w->seq, LOA_ENTRY_OUTCOME, json);
	assert_true(loa_store_ledger_add(w->store, node, group_id, "0123456789abcdef", entry,
					 FIVE_US + day * DAY_US, &taken, NULL));
}

static void
replan(Ward *w, gint64 now_us)
{
	g_autoptr(GError) error = NULL;

	if (!loa_plan_desk_replan(w->desk, now_us, &error))
		fail_msg("%s", error->message);
}

/* The days of November on which to-@group will hear it. */
static void
assert_plays(Ward *w, guint group, const char *want)
{
	const LoaPlan *plan = g_ptr_array_index(loa_plan_desk_plans(w->desk), group - 1);
	g_autoptr(GString) is = g_string_new(NULL);

	for (guint i = 0; i < plan->airings->len; i++) {
		const LoaAiring *airing = g_ptr_array_index(plan->airings, i);

		g_string_append_printf(is, "%.2s ", airing->id + strlen("ck.202611"));
	}
	if (strcmp(is->str, want) != 0)
		fail_msg("to-%u hears it on \"%s\", not \"%s\"", group, is->str, want);
}

/* @want: (nullable): none */
static void
assert_warning(Ward *w, const char *want)
{
	const GPtrArray *warnings = loa_plan_desk_warnings(w->desk);
	const LoaPlannerWarning *first = warnings->len > 0 ? g_ptr_array_index(warnings, 0) : NULL;

	if (want == NULL && first != NULL)
		fail_msg("\"%s\"", first->message);
	if (want != NULL && (first == NULL || strstr(first->message, want) == NULL))
		fail_msg("\"%s\" lacks \"%s\"", first != NULL ? first->message : "", want);
	assert_int_equal(warnings->len, want != NULL ? 1 : 0);
}

static void
a_group_that_misses_a_day_is_an_alarm_on_that_day_and_hears_it_longer(void **state)
{
	Ward *w = *state;
	g_autoptr(GPtrArray) alarms = NULL;

	declare(w, DISCLOSURE);
	replan(w, NOON_US);
	assert_int_equal(loa_plan_desk_due_us(w->desk), SETTLED_US);
	for (guint group = 1; group <= N_GROUPS; group++) {
		assert_plays(w, group, "21 22 23 ");
		report(w, group, 0, "ck", LOA_RESULT_COMPLETED, LOA_LEVEL_CONSUMED);
	}
	replan(w, SETTLED_US);
	assert_warning(w, NULL);
	assert_int_equal(loa_plan_desk_due_us(w->desk), SETTLED_US + DAY_US);

	/* the second day: heard in to-1; not whole in to-2; nothing known of to-3 */
	report(w, 1, 1, "ck", LOA_RESULT_COMPLETED, LOA_LEVEL_CONSUMED);
	report(w, 2, 1, "ck", LOA_RESULT_PARTIAL, LOA_LEVEL_CONSUMED);
	replan(w, SETTLED_US + DAY_US - SECOND_US);
	assert_warning(w, NULL);
	replan(w, SETTLED_US + DAY_US);
	assert_warning(w, "to-2 (Tổ 2) missed 2026-11-22, to-3 (Tổ 3) missed 2026-11-22;");
	assert_plays(w, 1, "21 22 23 ");
	assert_plays(w, 2, "21 22 23 24 25 ");
	assert_plays(w, 3, "21 22 23 24 25 ");

	/* to-3 was only cut off; what was told stays known */
	report(w, 3, 1, "ck", LOA_RESULT_COMPLETED, LOA_LEVEL_MICROPHONE);
	replan(w, SETTLED_US + DAY_US + HOUR_US);
	assert_warning(w, "not: to-2 (Tổ 2) missed 2026-11-22; it goes on");
	assert_plays(w, 3, "21 22 23 ");
	alarms = loa_store_alarms(w->store, "ck", NULL);
	assert_int_equal(alarms->len, 2);
	assert_string_equal(((LoaAlarm *)alarms->pdata[1])->group, "to-3");
	assert_int_equal(loa_day_from_number(((LoaAlarm *)alarms->pdata[1])->day).day, 22);
	assert_int_equal(((LoaAlarm *)alarms->pdata[1])->raised_us, SETTLED_US + DAY_US);

	/* all the others are done on the third day, to-2 on the fifth */
	for (guint day = 2; day <= 4; day++)
		report(w, 2, day, "ck", LOA_RESULT_COMPLETED, LOA_LEVEL_CONSUMED);
	report(w, 1, 2, "ck", LOA_RESULT_COMPLETED, LOA_LEVEL_CONSUMED);
	report(w, 3, 2, "ck", LOA_RESULT_COMPLETED, LOA_LEVEL_CONSUMED);
	replan(w, SETTLED_US + 4 * DAY_US);
	assert_warning(w, NULL);
	assert_int_equal(loa_plan_desk_due_us(w->desk), G_MAXINT64);
}

static void
only_the_level_asked_for_of_this_broadcast_proves(void **state)
{
	Ward *w = *state;

	declare(w, "\"from\":\"2026-11-21\",\"to\":[\"to-1\",\"to-2\",\"to-3\"],"
		   "\"campaign\":{\"kind\":\"disclosure\",\"level\":3}");
	report(w, 1, 0, "ck", LOA_RESULT_COMPLETED, LOA_LEVEL_CONSUMED);
	report(w, 2, 0, "ck.2", LOA_RESULT_COMPLETED, LOA_LEVEL_AMPLIFIER);
	report(w, 3, 0, "ck", LOA_RESULT_COMPLETED, LOA_LEVEL_AMPLIFIER);
	replan(w, SETTLED_US);
	assert_warning(w, "not: to-1 (Tổ 1) missed 2026-11-21, to-2 (Tổ 2) missed 2026-11-21; it");
}

static void
groups_that_are_behind_by_different_days_are_each_done_in_their_time(void **state)
{
	Ward *w = *state;

	declare(w, DISCLOSURE);
	report(w, 1, 0, "ck", LOA_RESULT_COMPLETED, LOA_LEVEL_CONSUMED);
	report(w, 1, 1, "ck", LOA_RESULT_COMPLETED, LOA_LEVEL_CONSUMED);
	report(w, 1, 2, "ck", LOA_RESULT_COMPLETED, LOA_LEVEL_CONSUMED);
	report(w, 2, 1, "ck", LOA_RESULT_COMPLETED, LOA_LEVEL_CONSUMED);
	report(w, 2, 2, "ck", LOA_RESULT_COMPLETED, LOA_LEVEL_CONSUMED);
	replan(w, SETTLED_US + 2 * DAY_US);
	assert_plays(w, 1, "23 ");
	assert_plays(w, 2, "23 24 ");
	assert_plays(w, 3, "23 24 25 26 ");
}

static void
what_expired_or_wants_a_review_is_a_warning(void **state)
{
	Ward *w = *state;

	declare(w, "\"expires\":\"2026-11-22\",\"review_by\":\"2026-11-22\"");
	replan(w, NOON_US);
	assert_warning(w, NULL);
	assert_plays(w, 1, "20 21 22 ");
	replan(w, NOON_US + DAY_US);
	assert_warning(w, "ck (Công khai) was to be reviewed by 2026-11-22");
	replan(w, NOON_US + 2 * DAY_US);
	assert_warning(w, "ck expired on 2026-11-22 and is not aired any more");
}

static void
a_reminder_does_not_run_into_its_event(void **state)
{
	Ward *w = *state;
	g_autofree char *json = g_strdup("{\"id\":\"ck\",\"title\":\"Họp\",\"recording\":\"r1\","
					 "\"to\":\"all\",\"repeats\":4,\"event\":{\"at\":"
					 "\"2026-11-22 08:00\",\"reminders\":[\"-1d\",\"-2m\"]}}");
	g_autoptr(LoaDeclaration) declaration =
		loa_declaration_new("ck", json, NOON_US - 30 * DAY_US);

	/* four times a minute and five seconds after the reminder two minutes before */
	declare(w, "\"order\":1");
	assert_true(loa_store_put_declaration(w->store, declaration, NULL));
	replan(w, NOON_US - 8 * HOUR_US);
	assert_plays(w, 1, "21 21 21 21 22 22 ");
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/* Declares @id on day @from of its history; @removed_us: 0: it stands */
static void
keep(Ward *w, const char *id, const char *json, gint64 from_us, gint64 removed_us)
{
	g_autoptr(LoaDeclaration) declaration = loa_declaration_new(id, json, from_us);

	assert_true(loa_store_put_declaration(w->store, declaration, NULL));
	if (removed_us == 0)
		return;
	assert_true(loa_store_remove_declaration(w->store, id, NULL));
	assert_true(
		loa_store_audit(w->store, removed_us, "an", "10.0.0.1", "remove", id, "", NULL));
}

static void
what_was_a_campaign_when_it_was_withdrawn_is_kept(void **state)
{
	Ward *w = *state;
	static const char campaign[] = "{\"campaign\":{\"kind\":\"disclosure\"},\"n\":2}";
	static const char plain[] = "{\"n\":1}";

	keep(w, "stands", campaign, NOON_US, 0);
	keep(w, "plain", plain, NOON_US, NOON_US + DAY_US);
	keep(w, "became-plain", campaign, NOON_US, 0);
	keep(w, "became-plain", plain, NOON_US + 1, NOON_US + DAY_US);
	keep(w, "became-one", plain, NOON_US, NOON_US + DAY_US);
	keep(w, "became-one", campaign, NOON_US + 1, NOON_US + 2 * DAY_US);
	keep(w, "last", campaign, NOON_US, NOON_US + 3 * DAY_US);
	keep(w, "back", campaign, NOON_US, NOON_US + DAY_US);
	keep(w, "back", campaign, NOON_US + 2 * DAY_US, 0);

	g_autoptr(GPtrArray) all = loa_store_withdrawn_campaigns(w->store, 10, NULL);
	g_autoptr(GPtrArray) one = loa_store_withdrawn_campaigns(w->store, 1, NULL);

	assert_int_equal(all->len, 2);
	assert_int_equal(one->len, 1);

	const LoaDeclaration *last = g_ptr_array_index(all, 0);
	const LoaDeclaration *became = g_ptr_array_index(all, 1);

	assert_string_equal(last->id, "last");
	assert_int_equal(last->since_us, NOON_US + 3 * DAY_US);
	assert_string_equal(became->id, "became-one");
	assert_string_equal(became->json, campaign);
	assert_int_equal(became->since_us, NOON_US + 2 * DAY_US);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_group_that_misses_a_day_is_an_alarm_on_that_day_and_hears_it_longer),
		test(only_the_level_asked_for_of_this_broadcast_proves),
		test(groups_that_are_behind_by_different_days_are_each_done_in_their_time),
		test(what_expired_or_wants_a_review_is_a_warning),
		test(a_reminder_does_not_run_into_its_event),
		test(what_was_a_campaign_when_it_was_withdrawn_is_kept),
	};

	return cmocka_run_group_tests_name("controller/care", tests, NULL, NULL);
}
