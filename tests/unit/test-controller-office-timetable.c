/* SPDX-License-Identifier: Apache-2.0 */
/* The timetable as people look at it. It is noon of Saturday 2026-11-21. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "controller/office/office-internal.h"
#include "tests/unit/office-ward.h"

static const char *const own[] = { "to-2", NULL };
static const LoaCaller leader = { "lan", "Bà Lan", 1u << LOA_ROLE_LEADER, own, "10.0.0.1" };

static void
declare(Ward *w, const char *json)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) array = json_from_string(json, NULL);
	g_autoptr(JsonNode) answer =
		must(loa_office_apply(w->office, &loa_caller_token, array, FALSE, &error), error);
}

#define BULLETIN(id, to, at)                                                                       \
	"{\"id\":\"" id "\",\"title\":\"Tin " id "\",\"recording\":\"r1\",\"to\":" to              \
	",\"at\":[\"" at "\"],\"repeats\":2}"

static JsonNode *
look(Ward *w, const LoaCaller *caller, LoaDay from, guint n_days, const char *group)
{
	g_autoptr(GError) error = NULL;

	return must(loa_office_timetable(w->office, caller, from, n_days, group, &error), error);
}

static void
every_day_has_its_lunar_date_its_great_days_and_its_starts_in_order(void **state)
{
	Ward *w = *state;

	have_recording(w, 60);
	declare(w,
		"[" BULLETIN("b", "\"all\"", "17:00") "," BULLETIN("a", "[\"to-1\"]", "13:30") "]");

	set_time(w, NOON_US + 3 * HOUR_US);

	g_autoptr(JsonNode) days = look(w, &loa_caller_token, (LoaDay){ 0 }, 4, NULL);
	g_autoptr(JsonNode) before = look(w, &loa_caller_token, (LoaDay){ 2026, 11, 20 }, 1, NULL);

	/* it was declared at noon of the 21st */
	assert_at(before, "days.0.starts", "[]");
	assert_at(days, "days.0.date", "\"2026-11-21\"");
	assert_at(days, "days.0.weekday", "\"sat\"");
	assert_at(days, "days.0.lunar.text", "\"13/10\"");
	assert_at(days, "days.0.occasions", "[]");
	assert_at(days, "days.3.occasions", "[\"Ngày Văn hóa Việt Nam\"]");
	assert_at(days, "days.4", "(absent)");
	assert_at(days, "days.0.starts.0.broadcast", "\"a\"");
	assert_at(days, "days.0.starts.0.start", "\"2026-11-21T13:30:00+07:00\"");
	assert_at(days, "days.0.starts.0.groups", "[\"to-1\"]");
	assert_at(days, "days.0.starts.0.state", "\"done\"");
	assert_at(days, "days.0.starts.1.groups", "\"all\"");
	assert_at(days, "days.0.starts.1.state", "\"planned\"");
	assert_at(days, "days.0.starts.1.airing", "\"b.20261121t170000\"");
	/* twice a minute, and the gap of 5 s */
	assert_at(days, "days.0.starts.1.duration_ms", "125000");
	assert_at(days, "days.0.starts.2", "(absent)");
	assert_at(days, "days.3.starts.1.start", "\"2026-11-24T17:00:00+07:00\"");
}

static void
a_group_and_its_leader_see_what_the_group_hears(void **state)
{
	Ward *w = *state;
	g_autoptr(GError) error = NULL;

	have_recording(w, 60);
	declare(w,
		"[" BULLETIN("a", "[\"to-1\"]", "17:00") "," BULLETIN("b", "\"all\"", "18:00") "]");

	g_autoptr(JsonNode) filtered = look(w, &loa_caller_token, (LoaDay){ 0 }, 1, "to-2");
	g_autoptr(JsonNode) led = look(w, &leader, (LoaDay){ 0 }, 1, NULL);
	g_autoptr(JsonNode) others = look(w, &leader, (LoaDay){ 0 }, 1, "to-1");

	assert_at(filtered, "days.0.starts.0.broadcast", "\"b\"");
	assert_at(filtered, "days.0.starts.0.groups", "[\"to-2\"]");
	assert_at(filtered, "days.0.starts.1", "(absent)");
	assert_at(led, "days.0.starts.0.groups", "[\"to-2\"]");
	assert_at(led, "days.0.starts.1", "(absent)");
	assert_at(others, "days.0.starts", "[]");
	assert_null(loa_office_timetable(w->office, &loa_caller_token, (LoaDay){ 0 }, 1, "to-9",
					 &error));
	assert_true(g_error_matches(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_NOT_FOUND));
}

static void
what_will_not_play_says_why(void **state)
{
	Ward *w = *state;
	static const struct {
		LoaApprovalState approval;
		gint64 expires_us;
		const char *want;
	} cases[] = {
		{ LOA_APPROVAL_APPROVED, 0, "\"planned\"" },
		{ LOA_APPROVAL_DRAFT, 0, "\"unapproved\"" },
		{ LOA_APPROVAL_WITHDRAWN, 0, "\"withdrawn\"" },
		{ LOA_APPROVAL_APPROVED, NOON_US + HOUR_US, "\"expired\"" },
	};

	have_recording(w, 60);
	declare(w, "[" BULLETIN("a", "\"all\"", "17:00") "]");
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(LoaRecording) r = sample_recording("r1", 60);

		r->approval.state = cases[i].approval;
		r->expires_us = cases[i].expires_us;
		assert_true(loa_store_put_recording(w->store, r, NULL));

		g_autoptr(JsonNode) days = look(w, &loa_caller_token, (LoaDay){ 0 }, 1, NULL);

		assert_at(days, "days.0.starts.0.state", cases[i].want);
	}
	declare(w, "[{\"id\":\"s\",\"title\":\"S\",\"recording\":\"r1\",\"to\":\"all\",\"at\":"
		   "[\"18:00\"],\"confidential\":true}]");

	g_autoptr(JsonNode) days = look(w, &loa_caller_token, (LoaDay){ 0 }, 1, NULL);

	assert_at(days, "days.0.starts.1", "(absent)");
}

static void
an_overlay_shows_on_its_days_and_keeps_silent_what_it_suspends(void **state)
{
	Ward *w = *state;
	g_autoptr(GError) error = NULL;

	have_recording(w, 60);
	declare(w,
		"[" BULLETIN("a", "[\"to-1\"]", "17:00") "," BULLETIN("b", "\"all\"", "18:00") "]");

	g_autoptr(JsonNode) overlay = json_from_string(
		"{\"id\":\"tang\",\"name\":\"Quốc tang\",\"kind\":\"mourning\",\"from\":"
		"\"2026-11-22 00:00\",\"until\":\"2026-11-24 00:00\",\"suspends\":\"all\","
		"\"to\":[\"to-1\"]}",
		NULL);
	g_autoptr(JsonNode) put =
		must(loa_office_overlay_put(w->office, &loa_caller_token, overlay, &error), error);
	g_autoptr(JsonNode) days = look(w, &loa_caller_token, (LoaDay){ 0 }, 4, NULL);

	assert_at(days, "days.0.overlays", "[]");
	assert_at(days, "days.1.overlays", "[\"Quốc tang\"]");
	assert_at(days, "days.2.overlays", "[\"Quốc tang\"]");
	assert_at(days, "days.3.overlays", "[]");
	assert_at(days, "days.0.starts.0.state", "\"planned\"");
	assert_at(days, "days.1.starts.0.state", "\"suspended\"");
	assert_at(days, "days.1.starts.0.warnings.0.words.en", "\"Suspended: Quốc tang\"");
	/* in another group it sounds */
	assert_at(days, "days.1.starts.1.state", "\"planned\"");
	assert_at(days, "days.1.starts.1.warnings.0.words.vi", "\"Tạm ngừng: Quốc tang (Tổ 1)\"");
	assert_at(days, "days.3.starts.0.state", "\"planned\"");
}

static void
what_the_rules_of_the_town_silence_says_where_and_why(void **state)
{
	Ward *w = *state;
	g_autoptr(GError) error = NULL;

	have_recording(w, 60);
	declare(w, "[" BULLETIN("a", "\"all\"", "17:00") "," BULLETIN(
			   "b", "[\"to-1\"]", "18:00") "," BULLETIN("c", "\"all\"", "22:00") "]");

	g_autoptr(JsonNode) policy = json_from_string(
		"{\"hours\":[{\"from\":\"05:00\",\"to\":\"21:00\"}],\"groups\":[{\"to\":"
		"[\"to-1\"],\"sessions_a_day\":1},{\"to\":[\"to-2\"],\"session_minutes\":1}]}",
		NULL);
	g_autoptr(JsonNode) put =
		must(loa_office_policy_put(w->office, &loa_caller_token, policy, &error), error);
	g_autoptr(JsonNode) days = look(w, &loa_caller_token, (LoaDay){ 0 }, 2, NULL);
	g_autoptr(JsonNode) led = look(w, &leader, (LoaDay){ 0 }, 1, NULL);

	/* two minutes and more are too long in to-2; the first of the day is heard in to-1 */
	assert_at(days, "days.0.starts.0.state", "\"planned\"");
	assert_at(days, "days.0.starts.0.warnings",
		  "[{\"kind\":\"session-too-long\",\"groups\":[\"to-2\"],\"words\":{\"vi\":\"Phiên "
		  "phát "
		  "sẽ dài quá 1 phút (Tổ 2)\",\"en\":\"Its session would last longer than 1 "
		  "min (Tổ "
		  "2)\"}}]");
	assert_at(days, "days.0.starts.1.state", "\"silenced\"");
	assert_at(days, "days.0.starts.1.warnings.0.kind", "\"too-many-sessions\"");
	assert_at(days, "days.0.starts.1.warnings.0.groups", "\"all\"");
	assert_at(days, "days.0.starts.1.warnings.0.words.vi",
		  "\"Quá số phiên phát trong ngày: nhiều nhất 1\"");
	assert_at(days, "days.0.starts.2.state", "\"silenced\"");
	assert_at(days, "days.0.starts.2.warnings.0.kind", "\"outside-hours\"");
	assert_at(days, "days.0.starts.2.warnings.1", "(absent)");
	assert_at(days, "days.1.starts.1.state", "\"silenced\"");
	/* a leader sees it of the own group alone */
	assert_at(led, "days.0.starts.0.state", "\"silenced\"");
	assert_at(led, "days.0.starts.0.warnings.0.groups", "\"all\"");

	/* what began is told by the logbook */
	set_time(w, NOON_US + 11 * HOUR_US);

	g_autoptr(JsonNode) late = look(w, &loa_caller_token, (LoaDay){ 0 }, 1, NULL);

	assert_at(late, "days.0.starts.1.state", "\"done\"");
	assert_at(late, "days.0.starts.1.warnings", "[]");
}

static void
a_one_off_stands_there_too_on_air_and_stopped(void **state)
{
	Ward *w = *state;
	g_autoptr(GError) error = NULL;
	const gint64 start_us = NOON_US + HOUR_US;

	have_recording(w, 60);

	g_autoptr(JsonNode) played = must(loa_office_play(w->office, &loa_caller_token, "r1", NULL,
							  LOA_CLASS_PRIORITY, start_us, &error),
					  error);
	const char *airing = json_object_get_string_member(json_node_get_object(played), "airing");

	set_time(w, start_us + 30 * SECOND_US);

	g_autoptr(JsonNode) now = look(w, &loa_caller_token, (LoaDay){ 0 }, 1, NULL);
	g_autoptr(JsonNode) tomorrow =
		look(w, &loa_caller_token, (LoaDay){ 2026, 11, 22 }, 1, NULL);

	assert_at(now, "days.0.starts.0.broadcast", "null");
	assert_at(now, "days.0.starts.0.title", "\"Bản tin\"");
	assert_at(now, "days.0.starts.0.class", "\"priority\"");
	assert_at(now, "days.0.starts.0.state", "\"on-air\"");
	assert_at(tomorrow, "days.0.starts", "[]");
	assert_true(loa_store_add_stop(w->store, airing, start_us, start_us + SECOND_US, NULL));

	g_autoptr(JsonNode) stopped = look(w, &loa_caller_token, (LoaDay){ 0 }, 1, NULL);

	assert_at(stopped, "days.0.starts.0.state", "\"stopped\"");
	/* the day before has what begins today neither */
	g_autoptr(JsonNode) before = look(w, &loa_caller_token, (LoaDay){ 2026, 11, 20 }, 1, NULL);

	assert_at(before, "days.0.starts", "[]");
}

static void
occasions_have_their_names_and_their_next_days(void **state)
{
	Ward *w = *state;
	g_autoptr(JsonNode) answer = loa_office_occasions(w->office, &loa_caller_token);
	JsonArray *array = json_object_get_array_member(json_node_get_object(answer), "occasions");
	guint n_found = 0;

	for (guint i = 0; i < json_array_get_length(array); i++) {
		JsonObject *one = json_array_get_object_element(array, i);
		JsonObject *next = json_object_get_object_member(one, "next");

		assert_non_null(next);
		if (strcmp(json_object_get_string_member(one, "id"), "tet") != 0)
			continue;
		n_found++;
		assert_string_equal(json_object_get_string_member(one, "name"), "Tết Nguyên đán");
		assert_string_equal(json_object_get_string_member(next, "date"), "2027-02-06");
		assert_string_equal(json_object_get_string_member(
					    json_object_get_object_member(next, "lunar"), "text"),
				    "1/1");
	}
	assert_int_equal(n_found, 1);
}

static void
a_broadcast_is_removed_once_and_that_is_on_record(void **state)
{
	Ward *w = *state;
	g_autoptr(GError) error = NULL, again = NULL;
	guint n_plans;

	have_recording(w, 60);
	declare(w, "[" BULLETIN("a", "\"all\"", "17:00") "," BULLETIN("b", "\"all\"", "18:00") "]");
	n_plans = w->n_plans;

	g_autoptr(JsonNode) answer =
		must(loa_office_broadcast_remove(w->office, &loa_caller_token, "a", &error), error);
	g_autoptr(JsonNode) days = look(w, &loa_caller_token, (LoaDay){ 0 }, 1, NULL);

	assert_at(answer, "removed", "\"a\"");
	assert_int_equal(w->n_plans, n_plans + 1);
	assert_at(days, "days.0.starts.0.broadcast", "\"b\"");
	assert_at(days, "days.0.starts.1", "(absent)");
	assert_null(loa_office_broadcast_remove(w->office, &loa_caller_token, "a", &again));
	assert_true(g_error_matches(again, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_NOT_FOUND));
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		test(every_day_has_its_lunar_date_its_great_days_and_its_starts_in_order),
		test(a_group_and_its_leader_see_what_the_group_hears),
		test(what_will_not_play_says_why),
		test(an_overlay_shows_on_its_days_and_keeps_silent_what_it_suspends),
		test(what_the_rules_of_the_town_silence_says_where_and_why),
		test(a_one_off_stands_there_too_on_air_and_stopped),
		test(occasions_have_their_names_and_their_next_days),
		test(a_broadcast_is_removed_once_and_that_is_on_record),
	};

	return cmocka_run_group_tests_name("controller/office-timetable", tests, NULL, NULL);
}
