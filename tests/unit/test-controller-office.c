/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "tests/unit/office-ward.h"
#include "wire/topic.h"

#define EPOCH "0123456789abcdef"

static char *
play(Ward *w, const char *const *groups, LoaClass class, gint64 at_us)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) answer = must(
		loa_office_play(w->office, &loa_caller_token, "r1", groups, class, at_us, &error),
		error);

	return g_strdup(json_object_get_string_member(json_node_get_object(answer), "airing"));
}

static void
assert_play_refused(Ward *w, const char *recording, const char *group, LoaClass class, gint64 at_us,
		    LoaOfficeError code, const char *word)
{
	const char *groups[] = { group, NULL };
	guint n_plans = w->n_plans;
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) answer =
		loa_office_play(w->office, &loa_caller_token, recording,
				group == NULL ? NULL : groups, class, at_us, &error);

	assert_null(answer);
	if (!g_error_matches(error, LOA_OFFICE_ERROR, (int)code) ||
	    strstr(error->message, word) == NULL)
		fail_msg("\"%s\" (%d) lacks \"%s\"", error->message, error->code, word);
	assert_int_equal(w->n_plans, n_plans);
}

static const LoaAiring *
planned(const Ward *w, guint group, const char *airing)
{
	return loa_plan_find(g_ptr_array_index(loa_plan_desk_plans(w->desk), group), airing);
}

static void
play_now_starts_after_the_playout_delay_in_the_groups_named(void **state)
{
	Ward *w = *state;
	const char *groups[] = { "to-2", "to-2", NULL };
	g_autofree char *airing = NULL;

	have_recording(w, 60);
	airing = play(w, groups, LOA_CLASS_PRIORITY, 0);
	assert_true(g_regex_match_simple("^now\\.20261121t120001\\.[0-9a-f]{4}$", airing, 0, 0));
	assert_null(planned(w, 0, airing));
	assert_int_equal(planned(w, 1, airing)->start_us, NOON_US + SECOND_US);
	assert_int_equal(planned(w, 1, airing)->class, LOA_CLASS_PRIORITY);
	assert_int_equal(w->n_plans, 2);
}

static void
play_later_starts_then_for_all(void **state)
{
	Ward *w = *state;
	g_autofree char *airing = NULL;

	have_recording(w, 60);
	airing = play(w, NULL, LOA_CLASS_NORMAL, NOON_US + DAY_US);
	assert_int_equal(planned(w, 0, airing)->start_us, NOON_US + DAY_US);
	assert_int_equal(planned(w, 1, airing)->start_us, NOON_US + DAY_US);
}

static void
what_may_not_be_played_is_refused_with_the_next_step(void **state)
{
	Ward *w = *state;
	g_autoptr(LoaRecording) secret = sample_recording("r2", 60);

	have_recording(w, 3600);
	secret->is_confidential = TRUE;
	assert_true(loa_store_put_recording(w->store, secret, NULL));
	assert_play_refused(w, "r9", NULL, LOA_CLASS_NORMAL, 0, LOA_OFFICE_ERROR_NOT_FOUND, "r9");
	assert_play_refused(w, "r2", NULL, LOA_CLASS_EMERGENCY, 0, LOA_OFFICE_ERROR_CONFLICT,
			    "confidential");
	assert_play_refused(w, "r1", "to-9", LOA_CLASS_NORMAL, 0, LOA_OFFICE_ERROR_NOT_FOUND,
			    "to-9");
	assert_play_refused(w, "r1", NULL, LOA_CLASS_NORMAL, NOON_US, LOA_OFFICE_ERROR_BAD_REQUEST,
			    "2026-11-21T12:00:00+07:00");
	assert_play_refused(w, "r1", NULL, LOA_CLASS_NORMAL, NOON_US + 14 * DAY_US,
			    LOA_OFFICE_ERROR_BAD_REQUEST, "14 days");
	/* it would last beyond 21:00 */
	assert_play_refused(w, "r1", NULL, LOA_CLASS_PRIORITY, NOON_US + 8 * HOUR_US + SECOND_US,
			    LOA_OFFICE_ERROR_CONFLICT, "2026-11-22T05:00:00+07:00");
	/* 04:00 */
	assert_play_refused(w, "r1", NULL, LOA_CLASS_NORMAL, NOON_US + 16 * HOUR_US,
			    LOA_OFFICE_ERROR_CONFLICT, "2026-11-22T05:00:00+07:00");
	permit(w, 5 * 3600, 5 * 3600 + 1800);
	assert_true(loa_office_replan(w->office, NULL));
	assert_play_refused(w, "r1", NULL, LOA_CLASS_NORMAL, 0, LOA_OFFICE_ERROR_CONFLICT,
			    "only an emergency");
}

static void
an_emergency_may_play_at_any_hour(void **state)
{
	Ward *w = *state;
	g_autofree char *airing = NULL;

	have_recording(w, 60);
	airing = play(w, NULL, LOA_CLASS_EMERGENCY, NOON_US + 16 * HOUR_US);
	assert_non_null(planned(w, 0, airing));
}

static void
a_stop_cuts_what_is_on_air_and_says_when_it_is_over(void **state)
{
	Ward *w = *state;
	g_autofree char *airing = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) none = NULL, answer = NULL, again = NULL;

	have_recording(w, 60);
	none = loa_office_stop(w->office, &loa_caller_token, "now.x", &error);
	assert_null(none);
	assert_true(g_error_matches(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_NOT_FOUND));
	g_clear_error(&error);
	airing = play(w, NULL, LOA_CLASS_NORMAL, 0);
	set_time(w, NOON_US + 10 * SECOND_US);
	answer = must(loa_office_stop(w->office, &loa_caller_token, airing, &error), error);
	assert_int_equal(planned(w, 0, airing)->stop_us, NOON_US + 10 * SECOND_US);
	again = loa_office_stop(w->office, &loa_caller_token, airing, &error);
	assert_null(again);
	assert_true(g_error_matches(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_CONFLICT));
}

static void
a_group_that_begins_later_is_shown_and_stopped_with_the_rest(void **state)
{
	Ward *w = *state;
	LoaGroup *second = g_ptr_array_index(w->config->groups, 1);
	g_autofree char *airing = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) status = NULL, agenda = NULL, later = NULL, answer = NULL;

	second->start_offset_ms = 30000;
	have_recording(w, 20);
	airing = play(w, NULL, LOA_CLASS_NORMAL, 0);
	status = loa_office_status(w->office, &loa_caller_token);
	assert_at(status, "next.0.later_ms", "{\"to-2\":30000}");
	set_time(w, NOON_US + 10 * SECOND_US);
	agenda = loa_office_agenda(w->office, &loa_caller_token, NOON_US, NOON_US + HOUR_US, NULL);
	assert_at(agenda, "airings.0.groups", "[\"to-1\",\"to-2\"]");
	assert_at(agenda, "airings.0.state", "\"on-air\"");
	assert_int_equal(json_array_get_length(json_object_get_array_member(
				 json_node_get_object(agenda), "airings")),
			 1);

	/* over in the first, not begun in the second: it is neither done nor planned */
	set_time(w, NOON_US + 25 * SECOND_US);
	later = loa_office_agenda(w->office, &loa_caller_token, NOON_US, NOON_US + HOUR_US, NULL);
	assert_at(later, "airings.0.state", "\"on-air\"");
	answer = must(loa_office_stop(w->office, &loa_caller_token, airing, &error), error);
	assert_null(planned(w, 1, airing));
	set_time(w, NOON_US + 60 * SECOND_US);
	g_clear_pointer(&later, json_node_unref);
	later = loa_office_stop(w->office, &loa_caller_token, airing, &error);
	assert_null(later);
	assert_true(g_error_matches(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_CONFLICT));
}

static void
stop_all_takes_those_that_wait_or_are_about_to_begin_too(void **state)
{
	Ward *w = *state;
	g_autofree char *first = NULL, *higher = NULL, *soon = NULL, *later = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) answer = NULL;

	have_recording(w, 60);
	first = play(w, NULL, LOA_CLASS_NORMAL, 0);
	set_time(w, NOON_US + 30 * SECOND_US);
	higher = play(w, NULL, LOA_CLASS_EMERGENCY, 0);
	/* the first would be over by its own time, but has half a minute before it still */
	set_time(w, NOON_US + 80 * SECOND_US);
	soon = play(w, NULL, LOA_CLASS_NORMAL, 0);
	later = play(w, NULL, LOA_CLASS_NORMAL, NOON_US + HOUR_US);
	answer = must(loa_office_stop(w->office, &loa_caller_token, NULL, &error), error);
	assert_int_equal(planned(w, 0, first)->stop_us, NOON_US + 80 * SECOND_US);
	assert_int_equal(planned(w, 0, higher)->stop_us, NOON_US + 80 * SECOND_US);
	assert_null(planned(w, 0, soon));
	assert_int_equal(planned(w, 0, later)->stop_us, 0);
	assert_int_equal(json_array_get_length(json_object_get_array_member(
				 json_node_get_object(answer), "stopped")),
			 3);
}

static void
after_a_restart_the_same_airings_are_planned(void **state)
{
	Ward *w = *state;
	g_autofree char *on = NULL, *stopped = NULL;
	g_autoptr(JsonNode) answer = NULL;
	gint64 serial;

	have_recording(w, 60);
	on = play(w, NULL, LOA_CLASS_NORMAL, 0);
	stopped = play(w, NULL, LOA_CLASS_PRIORITY, 0);
	set_time(w, NOON_US + 5 * SECOND_US);
	answer = loa_office_stop(w->office, &loa_caller_token, stopped, NULL);
	serial = loa_plan_desk_serial(w->desk, "to-1");
	close_office(w);
	open_office(w);
	assert_int_equal(planned(w, 0, on)->start_us, NOON_US + SECOND_US);
	assert_int_equal(planned(w, 0, stopped)->stop_us, NOON_US + 5 * SECOND_US);
	assert_true(loa_plan_desk_serial(w->desk, "to-1") > serial);
}

#define BROADCAST(id, what)                                                                        \
	"{\"id\":\"" id "\",\"title\":\"Bản tin\"," what ",\"to\":\"all\",\"at\":[\"17:00\"]}"
#define FROM_R1 "\"recording\":\"r1\""

static JsonNode *
apply(Ward *w, const char *json, gboolean prune, GError **error)
{
	g_autoptr(JsonNode) array = json_from_string(json, NULL);

	assert_non_null(array);
	return loa_office_apply(w->office, &loa_caller_token, array, prune, error);
}

static void
apply_is_idempotent_by_id_and_prunes_on_request(void **state)
{
	Ward *w = *state;
	g_autoptr(GError) error = NULL;
	const char *two = "[" BROADCAST("a", FROM_R1) "," BROADCAST("b", FROM_R1) "]";
	const char *one = "[" BROADCAST("b", FROM_R1 ",\"order\":5") "]";

	have_recording(w, 60);

	g_autoptr(JsonNode) first = must(apply(w, two, FALSE, &error), error);
	guint n_airings =
		((LoaPlan *)g_ptr_array_index(loa_plan_desk_plans(w->desk), 0))->airings->len;
	gint64 serial = loa_plan_desk_serial(w->desk, "to-1");
	g_autoptr(JsonNode) again = must(apply(w, two, FALSE, &error), error);

	assert_at(first, "added", "[\"a\",\"b\"]");
	assert_at(first, "warnings", "[]");
	assert_int_equal(n_airings, 28);
	assert_at(again, "added", "[]");
	assert_at(again, "unchanged", "[\"a\",\"b\"]");
	assert_int_equal(loa_plan_desk_serial(w->desk, "to-1"), serial);

	g_autoptr(JsonNode) pruned = must(apply(w, one, TRUE, &error), error);
	g_autoptr(JsonNode) list = loa_office_broadcasts(w->office, &loa_caller_token);

	assert_at(pruned, "changed", "[\"b\"]");
	assert_at(pruned, "removed", "[\"a\"]");
	assert_at(list, "broadcasts.0.id", "\"b\"");
	assert_at(list, "broadcasts.0.order", "5");
	assert_at(list, "broadcasts.1", "(absent)");
}

static void
a_fault_in_one_broadcast_applies_none(void **state)
{
	Ward *w = *state;
	static const char *const bad[] = {
		"{\"id\":\"b\"}",
		BROADCAST("b", "\"recording\":\"r9\""),
		BROADCAST("b", "\"audio\":\"/etc/passwd\""),
		BROADCAST("now", FROM_R1),
		BROADCAST("a", FROM_R1),
	};

	have_recording(w, 60);
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autofree char *json = g_strdup_printf("[" BROADCAST("a", FROM_R1) ",%s]", bad[i]);
		g_autoptr(GError) error = NULL;
		g_autoptr(JsonNode) answer = apply(w, json, FALSE, &error);
		g_autoptr(GPtrArray) declared = loa_store_declarations(w->store, NULL);

		assert_null(answer);
		assert_true(g_error_matches(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_BAD_REQUEST));
		assert_int_equal(declared->len, 0);
	}
}

static JsonNode *
preview(Ward *w, const char *json, const char *const *remove, gboolean prune)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) array = json_from_string(json, NULL);
	const LoaOfficeDraft draft = { array, remove, prune };
	JsonNode *answer = loa_office_preview(w->office, &loa_caller_token, &draft, &error);
	g_autoptr(GPtrArray) declared = loa_store_declarations(w->store, NULL);
	guint n_before = loa_plan_desk_broadcasts(w->desk)->len;

	/* nothing is saved, whatever was asked */
	assert_int_equal(declared->len, n_before);
	return must(answer, error);
}

static void
a_preview_shows_the_next_starts_and_what_changes_and_saves_nothing(void **state)
{
	Ward *w = *state;
	g_autoptr(GError) error = NULL;
	guint n_plans;

	have_recording(w, 60);

	g_autoptr(JsonNode) applied =
		must(apply(w, "[" BROADCAST("a", FROM_R1) "]", FALSE, &error), error);
	n_plans = w->n_plans;

	g_autoptr(JsonNode) same = preview(w, "[" BROADCAST("a", FROM_R1) "]", NULL, FALSE);

	assert_at(same, "faults", "[]");
	assert_at(same, "warnings", "[]");
	assert_at(same, "changes", "[]");
	assert_at(same, "until", "\"2026-11-22T12:00:00+07:00\"");
	assert_at(same, "starts.0.start", "\"2026-11-21T17:00:00+07:00\"");
	assert_at(same, "starts.0.lunar", "\"13/10\"");
	assert_at(same, "starts.0.weekday", "\"sat\"");
	assert_at(same, "starts.0.duration_ms", "60000");
	assert_at(same, "starts.9.start", "\"2026-11-30T17:00:00+07:00\"");
	assert_at(same, "starts.10", "(absent)");

	g_autoptr(JsonNode) changed =
		preview(w, "[" BROADCAST("a", FROM_R1 ",\"order\":7") "]", NULL, FALSE);

	assert_at(changed, "changes.0.kind", "\"changed\"");
	assert_at(changed, "changes.0.keys", "[\"order\"]");
	assert_at(changed, "changes.0.groups_added", "[]");
	assert_at(changed, "changes.0.before", "\"2026-11-21T17:00:00+07:00\"");
	assert_at(changed, "changes.1", "(absent)");

	g_autoptr(JsonNode) gone = preview(w, "[]", (const char *const[]){ "a", NULL }, FALSE);
	g_autoptr(JsonNode) pruned = preview(w, "[]", NULL, TRUE);
	g_autoptr(JsonNode) secret =
		preview(w, "[" BROADCAST("a", FROM_R1 ",\"confidential\":true") "]", NULL, FALSE);

	assert_at(gone, "changes.0.kind", "\"gone\"");
	assert_at(gone, "changes.0.after", "null");
	assert_at(pruned, "changes.0.kind", "\"gone\"");
	assert_at(secret, "changes.0.kind", "\"gone\"");
	assert_at(secret, "starts", "[]");
	assert_int_equal(w->n_plans, n_plans);
}

static void
a_preview_looks_years_ahead_for_what_is_rare(void **state)
{
	Ward *w = *state;
	g_autoptr(JsonNode) answer =
		preview(w,
			"[{\"id\":\"gt\",\"title\":\"x\",\"to\":\"all\",\"text\":\"x\","
			"\"giao_thua\":\"+00:00\",\"exception\":{\"by\":\"x\",\"why\":\"y\"}}]",
			NULL, FALSE);

	assert_at(answer, "starts.0.start", "\"2027-02-06T00:00:00+07:00\"");
	assert_at(answer, "starts.1.start", "\"2028-01-26T00:00:00+07:00\"");
	assert_at(answer, "starts.8.start", "\"2035-02-08T00:00:00+07:00\"");
	assert_at(answer, "starts.9.start", "\"2036-01-28T00:00:00+07:00\"");
	assert_at(answer, "starts.10", "(absent)");
	assert_at(answer, "starts.0.duration_ms", "null");
	assert_at(answer, "changes", "[]");
}

static void
a_preview_names_faults_and_warns_of_the_draft_alone(void **state)
{
	Ward *w = *state;
	g_autoptr(GError) error = NULL;

	have_recording(w, 60);

	/* two that meet already are not this draft's business */
	g_autoptr(JsonNode) applied =
		must(apply(w, "[" BROADCAST("a", FROM_R1) "," BROADCAST("b", FROM_R1) "]", FALSE,
			   &error),
		     error);
	g_autoptr(JsonNode) other = preview(
		w, "[{\"id\":\"c\",\"title\":\"x\",\"to\":\"all\",\"at\":\"12:01\"," FROM_R1 "}]",
		NULL, FALSE);
	g_autoptr(JsonNode) meets = preview(w, "[" BROADCAST("b", FROM_R1) "]", NULL, FALSE);
	g_autoptr(JsonNode) faulty =
		preview(w, "[" BROADCAST("b", "\"recording\":\"r9\"") "]", NULL, FALSE);
	g_autoptr(JsonNode) file =
		preview(w, "[" BROADCAST("c", "\"audio\":\"/etc/passwd\"") "]", NULL, FALSE);

	assert_at(other, "warnings", "[]");
	assert_at(other, "changes.0.kind", "\"added\"");
	assert_at(meets, "warnings.0.kind", "\"conflict\"");
	assert_at(meets, "warnings.0.times", "14");
	assert_at(faulty, "faults.0", "\"b: there is no recording \\\"r9\\\"; import it first\"");
	assert_at(faulty, "starts", "[]");
	assert_at(faulty, "changes", "[]");
	assert_at(file, "faults", "[]");
	assert_at(file, "starts.0.duration_ms", "null");
}

static void
a_text_starts_a_job_for_its_speech(void **state)
{
	Ward *w = *state;
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) answer = must(
		apply(w, "[" BROADCAST("tb", "\"text\":\"Xin chào\"") "]", FALSE, &error), error);
	JsonArray *jobs = json_object_get_array_member(json_node_get_object(answer), "jobs");

	assert_int_equal(json_array_get_length(jobs), 1);

	g_autoptr(JsonNode) job =
		must(loa_office_job(w->office, &loa_caller_token,
				    json_array_get_string_element(jobs, 0), &error),
		     error);

	assert_at(job, "state", "\"waiting\"");
	assert_at(job, "recording", "null");

	/* not a second time while it waits */
	assert_true(loa_office_replan(w->office, &error));

	g_autoptr(JsonNode) again = must(
		apply(w, "[" BROADCAST("tb", "\"text\":\"Xin chào\"") "]", FALSE, &error), error);

	assert_at(again, "jobs.1", "(absent)");
}

static void
what_was_declared_today_after_its_time_waits_for_tomorrow(void **state)
{
	Ward *w = *state;
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) answer = NULL;

	have_recording(w, 60);
	set_time(w, NOON_US + 5 * HOUR_US + SECOND_US);
	answer = must(apply(w, "[" BROADCAST("a", FROM_R1) "]", FALSE, &error), error);
	assert_null(planned(w, 0, "a.20261121t170000"));
	assert_non_null(planned(w, 0, "a.20261122t170000"));
}

static void
status_shows_who_speaks_and_who_waits(void **state)
{
	Ward *w = *state;
	g_autofree char *low = NULL, *high = NULL, *next = NULL;
	g_autofree char *low_json = NULL, *high_json = NULL;
	const char *groups[] = { "to-1", NULL };

	have_recording(w, 60);
	low = play(w, groups, LOA_CLASS_NORMAL, 0);
	high = play(w, groups, LOA_CLASS_EMERGENCY, NOON_US + 2 * SECOND_US);
	next = play(w, NULL, LOA_CLASS_NORMAL, NOON_US + HOUR_US);
	set_time(w, NOON_US + 3 * SECOND_US);

	g_autoptr(JsonNode) status = loa_office_status(w->office, &loa_caller_token);

	low_json = g_strdup_printf("\"%s\"", low);
	high_json = g_strdup_printf("\"%s\"", high);
	assert_at(status, "site.name", "\"Phường Mẫu\"");
	assert_at(status, "now", "\"2026-11-21T12:00:03+07:00\"");
	assert_at(status, "broker", "\"connected\"");
	assert_at(status, "on_air.0.id", low_json);
	assert_at(status, "on_air.0.state", "\"waiting\"");
	assert_at(status, "on_air.0.groups", "[\"to-1\"]");
	assert_at(status, "on_air.1.id", high_json);
	assert_at(status, "on_air.1.state", "\"on-air\"");
	assert_at(status, "on_air.1.duration_ms", "60000");
	assert_at(status, "next.0.start", "\"2026-11-21T13:00:00+07:00\"");
	assert_at(status, "next.0.groups", "[\"to-1\",\"to-2\"]");
	assert_at(status, "groups.1.name", "\"Tổ 2\"");
	assert_at(status, "ready.of", "0");
}

/* (nullable): the first warning that has @word in it */
static const char *
warning_with(JsonNode *status, const char *word)
{
	JsonArray *warnings =
		json_object_get_array_member(json_node_get_object(status), "warnings");

	for (guint i = 0; i < json_array_get_length(warnings); i++)
		if (strstr(json_array_get_string_element(warnings, i), word) != NULL)
			return json_array_get_string_element(warnings, i);
	return NULL;
}

static void
an_airing_that_is_not_ready_an_hour_ahead_is_a_warning(void **state)
{
	Ward *w = *state;
	g_autoptr(JsonNode) node = NULL, early = NULL, late = NULL;
	g_autofree char *airing = NULL;

	w->config->ready_warning_min = 60;
	have_recording(w, 60);
	node = loa_office_node_add(w->office, &loa_caller_token, "cum-1", "to-1", NULL);
	airing = play(w, NULL, LOA_CLASS_NORMAL, NOON_US + 2 * HOUR_US);
	set_time(w, NOON_US + HOUR_US - SECOND_US);
	early = loa_office_status(w->office, &loa_caller_token);
	assert_at(early, "next.0.ready", "{\"n\":0,\"of\":1,\"missing\":[\"cum-1\"]}");
	assert_null(warning_with(early, "not ready"));

	set_time(w, NOON_US + HOUR_US);
	late = loa_office_status(w->office, &loa_caller_token);
	g_autofree char *want =
		g_strdup_printf("Bản tin (%s) is not ready on 1 of 1 receivers: cum-1", airing);
	const char *found = warning_with(late, "not ready");

	assert_non_null(found);
	assert_string_equal(found, want);

	/* 0 minutes: never */
	w->config->ready_warning_min = 0;
	g_autoptr(JsonNode) never = loa_office_status(w->office, &loa_caller_token);

	assert_null(warning_with(never, "not ready"));
}

/* The receiver says @trouble and @output_error of itself. */
static void
hear_of(Ward *w, const LoaSigningKey *key, const char *trouble, const char *output_error)
{
	g_autoptr(LoaNodeState) state = loa_node_state_new();
	g_autofree char *topic = loa_topic(LOA_TOPIC_STATE, "phuong-mau", "cum-1");
	g_autoptr(GError) error = NULL;
	LoaFleetResult result;

	state->site = g_strdup("phuong-mau");
	state->node = g_strdup("cum-1");
	state->group = g_strdup("to-1");
	state->version = g_strdup("1");
	state->session = g_strdup(EPOCH);
	state->online = TRUE;
	state->at_us = loa_clock_now_us(w->clock);
	state->clock_source = g_strdup("system");
	state->output = g_strdup("closed");
	state->trouble = g_strdup(trouble);
	state->output_error = g_strdup(output_error);

	g_autoptr(GBytes) body = loa_node_state_encode(state);
	g_autoptr(GBytes) message = loa_envelope_seal(LOA_TAG_STATE, topic, body, key);

	if (!loa_fleet_take(w->fleet, topic, "cum-1", message, 0, &result, &error))
		fail_msg("%s", error->message);
	assert_int_equal(result, LOA_FLEET_NEWS);
}

static void
what_a_receiver_asks_a_hand_for_is_a_warning(void **state)
{
	Ward *w = *state;
	g_autoptr(LoaSigningKey) key = loa_signing_key_new();
	g_autofree char *public_hex = loa_signing_key_public_hex(key);
	g_autoptr(LoaNodeRecord) record = loa_node_record_new("cum-1", "to-1", public_hex, NOON_US);

	assert_true(loa_registry_add(w->registry, record, NULL));
	hear_of(w, key, NULL, NULL);
	g_autoptr(JsonNode) well = loa_office_status(w->office, &loa_caller_token);

	assert_at(well, "nodes.0.trouble", "null");
	assert_null(warning_with(well, "receiver cum-1"));

	hear_of(w, key, "the disk is full", NULL);
	g_autoptr(JsonNode) full = loa_office_status(w->office, &loa_caller_token);

	assert_at(full, "nodes.0.trouble", "\"the disk is full\"");
	assert_non_null(warning_with(full, "receiver cum-1: the disk is full"));

	hear_of(w, key, NULL, "no such card");
	g_autoptr(JsonNode) mute = loa_office_status(w->office, &loa_caller_token);

	assert_null(warning_with(mute, "the disk is full"));
	assert_non_null(warning_with(mute, "receiver cum-1: no such card"));
}

static void
the_agenda_knows_what_was_planned_and_what_became_of_it(void **state)
{
	Ward *w = *state;
	g_autofree char *first = NULL, *second = NULL;
	g_autoptr(JsonNode) stop = NULL, agenda = NULL;
	g_autoptr(GError) error = NULL;

	have_recording(w, 60);
	first = play(w, NULL, LOA_CLASS_NORMAL, 0);
	second = play(w, NULL, LOA_CLASS_NORMAL, NOON_US + HOUR_US);
	set_time(w, NOON_US + 5 * SECOND_US);
	stop = loa_office_stop(w->office, &loa_caller_token, first, NULL);
	agenda = must(
		loa_office_agenda(w->office, &loa_caller_token, NOON_US, NOON_US + DAY_US, &error),
		error);
	assert_at(agenda, "airings.0.state", "\"stopped\"");
	assert_at(agenda, "airings.0.groups", "[\"to-1\",\"to-2\"]");
	assert_at(agenda, "airings.1.state", "\"planned\"");
	assert_at(agenda, "airings.2", "(absent)");
	set_time(w, NOON_US + HOUR_US + SECOND_US);

	g_autoptr(JsonNode) later = must(
		loa_office_agenda(w->office, &loa_caller_token, NOON_US, NOON_US + DAY_US, &error),
		error);

	assert_at(later, "airings.1.state", "\"on-air\"");
	set_time(w, NOON_US + HOUR_US + 60 * SECOND_US);

	g_autoptr(JsonNode) after = must(
		loa_office_agenda(w->office, &loa_caller_token, NOON_US, NOON_US + DAY_US, &error),
		error);

	assert_at(after, "airings.1.state", "\"done\"");
}

static void
the_log_shows_the_outcome_with_group_and_local_times_in_pages(void **state)
{
	Ward *w = *state;
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) added = must(
		loa_office_node_add(w->office, &loa_caller_token, "cum-1", "to-1", &error), error);
	LoaLogQuery query = { .limit = 1 };

	for (gint64 seq = 1; seq <= 2; seq++) {
		g_autofree char *airing = g_strdup_printf("a%d", (int)seq);
		g_autoptr(LoaEntry) entry = sample_entry(seq, airing, LOA_RESULT_COMPLETED);
		LoaLedgerResult result;

		assert_true(loa_store_ledger_add(w->store, "cum-1", "to-1", EPOCH, entry, NOON_US,
						 &result, NULL));
	}

	g_autoptr(JsonNode) first =
		must(loa_office_log(w->office, &loa_caller_token, &query, &error), error);

	assert_at(first, "entries.0.kind", "\"outcome\"");
	assert_at(first, "entries.0.node", "\"cum-1\"");
	assert_at(first, "entries.0.group_name", "\"Tổ 1\"");
	assert_at(first, "entries.0.airing", "\"a1\"");
	assert_at(first, "entries.0.result", "\"completed\"");
	assert_at(first, "entries.0.planned", "\"2026-11-21T12:00:00+07:00\"");
	assert_at(first, "entries.0.superseded", "false");
	assert_at(first, "entries.1", "(absent)");
	assert_at(first, "next", "1");
	query.after_id = 1;
	query.limit = 5;

	g_autoptr(JsonNode) second =
		must(loa_office_log(w->office, &loa_caller_token, &query, &error), error);

	assert_at(second, "entries.0.airing", "\"a2\"");
	assert_at(second, "next", "null");
}

static void
a_node_is_enrolled_once_and_its_secret_is_not_kept(void **state)
{
	Ward *w = *state;
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) node = must(
		loa_office_node_add(w->office, &loa_caller_token, "cum-1", "to-1", &error), error);
	g_autofree char *config = at(node, "config");
	g_autofree char *key = loa_signing_key_public_hex(w->key);
	const char *seed = strstr(config, "seed = ") + strlen("seed = \\\"");
	g_autofree char *secret = g_strndup(seed, 64);
	g_autoptr(LoaSigningKey) own = loa_signing_key_new_from_seed(secret);
	g_autofree char *public_hex = loa_signing_key_public_hex(own);

	assert_non_null(strstr(config, key));
	assert_string_equal(loa_registry_find(w->registry, "cum-1")->public_hex, public_hex);
	assert_null(loa_office_node_add(w->office, &loa_caller_token, "cum-1", "to-2", &error));
	assert_true(g_error_matches(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_CONFLICT));
	g_clear_error(&error);
	assert_null(loa_office_node_add(w->office, &loa_caller_token, "cum-2", "to-9", &error));
	assert_true(g_error_matches(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_NOT_FOUND));
	g_clear_error(&error);
	assert_null(loa_office_node_add(w->office, &loa_caller_token, "Cụm 2", "to-1", &error));
	assert_true(g_error_matches(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_BAD_REQUEST));
}

static void
a_revoked_node_stays_in_the_list_and_leaves_the_status(void **state)
{
	Ward *w = *state;
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) added = must(
		loa_office_node_add(w->office, &loa_caller_token, "cum-1", "to-1", &error), error);
	g_autoptr(JsonNode) before = loa_office_status(w->office, &loa_caller_token);
	g_autoptr(JsonNode) revoked =
		must(loa_office_node_revoke(w->office, &loa_caller_token, "cum-1", &error), error);
	g_autoptr(JsonNode) after = loa_office_status(w->office, &loa_caller_token);
	g_autoptr(JsonNode) list = loa_office_node_list(w->office, &loa_caller_token);

	assert_at(before, "nodes.0.id", "\"cum-1\"");
	assert_at(before, "nodes.0.online", "false");
	assert_at(before, "ready.missing", "[\"cum-1\"]");
	assert_at(before, "groups.0.nodes", "1");
	assert_at(revoked, "revoked", "\"2026-11-21T12:00:00+07:00\"");
	assert_at(after, "nodes", "[]");
	assert_at(after, "groups.0.nodes", "0");
	assert_at(list, "nodes.0.revoked", "\"2026-11-21T12:00:00+07:00\"");
	assert_null(loa_office_node_revoke(w->office, &loa_caller_token, "cum-1", &error));
	assert_true(g_error_matches(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_CONFLICT));
}

static void
assert_volume_refused(Ward *w, const char *node, double volume_db, LoaOfficeError want)
{
	g_autoptr(GError) error = NULL;

	assert_null(loa_office_node_volume(w->office, &loa_caller_token, node, volume_db, &error));
	assert_true(g_error_matches(error, LOA_OFFICE_ERROR, (gint)want));
}

static void
a_receiver_is_turned_down_and_everybody_is_told(void **state)
{
	Ward *w = *state;
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) added = must(
		loa_office_node_add(w->office, &loa_caller_token, "cum-1", "to-1", &error), error);
	gint64 serial;

	serial = loa_plan_desk_serial(w->desk, "to-1");
	g_autoptr(JsonNode) set =
		must(loa_office_node_volume(w->office, &loa_caller_token, "cum-1", -6.54, &error),
		     error);
	g_autoptr(JsonNode) status = loa_office_status(w->office, &loa_caller_token);
	const LoaPlan *plan = g_ptr_array_index(loa_plan_desk_plans(w->desk), 0);

	assert_at(set, "id", "\"cum-1\"");
	assert_at(set, "volume_set_db", "-6.5");
	/* it never spoke */
	assert_at(set, "volume_db", "null");
	assert_at(status, "nodes.0.volume_set_db", "-6.5");
	assert_at(status, "nodes.0.volume_db", "null");
	assert_true(loa_plan_volume_db(plan, "cum-1") == -6.5);
	assert_true(loa_plan_desk_serial(w->desk, "to-1") > serial);
	assert_volume_refused(w, "cum-9", -6, LOA_OFFICE_ERROR_NOT_FOUND);
	assert_volume_refused(w, "cum-1", 0.1, LOA_OFFICE_ERROR_BAD_REQUEST);
	assert_volume_refused(w, "cum-1", -60.1, LOA_OFFICE_ERROR_BAD_REQUEST);
	assert_volume_refused(w, "cum-1", (double)NAN, LOA_OFFICE_ERROR_BAD_REQUEST);
	assert_true(loa_registry_find(w->registry, "cum-1")->volume_db == -6.5);

	g_autoptr(JsonNode) revoked =
		must(loa_office_node_revoke(w->office, &loa_caller_token, "cum-1", &error), error);

	assert_volume_refused(w, "cum-1", -6, LOA_OFFICE_ERROR_NOT_FOUND);
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		test(play_now_starts_after_the_playout_delay_in_the_groups_named),
		test(play_later_starts_then_for_all),
		test(a_receiver_is_turned_down_and_everybody_is_told),
		test(what_may_not_be_played_is_refused_with_the_next_step),
		test(an_emergency_may_play_at_any_hour),
		test(a_stop_cuts_what_is_on_air_and_says_when_it_is_over),
		test(a_group_that_begins_later_is_shown_and_stopped_with_the_rest),
		test(stop_all_takes_those_that_wait_or_are_about_to_begin_too),
		test(after_a_restart_the_same_airings_are_planned),
		test(apply_is_idempotent_by_id_and_prunes_on_request),
		test(a_fault_in_one_broadcast_applies_none),
		test(a_preview_shows_the_next_starts_and_what_changes_and_saves_nothing),
		test(a_preview_looks_years_ahead_for_what_is_rare),
		test(a_preview_names_faults_and_warns_of_the_draft_alone),
		test(a_text_starts_a_job_for_its_speech),
		test(what_was_declared_today_after_its_time_waits_for_tomorrow),
		test(status_shows_who_speaks_and_who_waits),
		test(an_airing_that_is_not_ready_an_hour_ahead_is_a_warning),
		test(what_a_receiver_asks_a_hand_for_is_a_warning),
		test(the_agenda_knows_what_was_planned_and_what_became_of_it),
		test(the_log_shows_the_outcome_with_group_and_local_times_in_pages),
		test(a_node_is_enrolled_once_and_its_secret_is_not_kept),
		test(a_revoked_node_stays_in_the_list_and_leaves_the_status),
	};

	return cmocka_run_group_tests_name("controller/office", tests, NULL, NULL);
}
