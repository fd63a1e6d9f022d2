/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#include "controller/office/office.h"
#include "tests/unit/office-ward.h"

/* Daily at 17:00, spoken by r1, in both groups; category nhac. */
static void
declare(Ward *w)
{
	g_autoptr(JsonNode) broadcasts =
		json_from_string("[{\"id\":\"b\",\"title\":\"T\",\"recording\":\"r1\",\"to\":"
				 "\"all\",\"at\":\"17:00\","
				 "\"category\":\"nhac\"}]",
				 NULL);
	g_autoptr(LoaRecording) r = sample_recording("r1", 60);
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) answer = NULL;

	assert_true(loa_store_put_recording(w->store, r, NULL));
	answer = loa_office_apply(w->office, &loa_caller_token, broadcasts, FALSE, &error);
	if (answer == NULL)
		fail_msg("%s", error->message);
}

static JsonNode *
put(Ward *w, const char *keys, GError **error)
{
	g_autofree char *text =
		g_strdup_printf("{\"id\":\"tang\",\"name\":\"Quốc tang\",\"kind\":\"mourning\","
				"\"from\":\"2026-11-22 00:00\",\"until\":\"2026-11-24 00:00\"%s}",
				keys);
	g_autoptr(JsonNode) document = json_from_string(text, NULL);

	return loa_office_overlay_put(w->office, &loa_caller_token, document, error);
}

static char *
state_of(Ward *w, gint64 from_us)
{
	g_autoptr(JsonNode) agenda =
		loa_office_agenda(w->office, &loa_caller_token, from_us, from_us + DAY_US, NULL);
	JsonArray *airings = json_object_get_array_member(json_node_get_object(agenda), "airings");
	JsonObject *airing;
	JsonNode *suspended;

	if (json_array_get_length(airings) == 0)
		return g_strdup("none");
	airing = json_array_get_object_element(airings, 0);
	suspended = json_object_get_member(airing, "suspended");
	return g_strdup_printf(
		"%s %s", json_object_get_string_member(airing, "state"),
		JSON_NODE_HOLDS_OBJECT(suspended)
			? json_object_get_string_member(json_node_get_object(suspended), "name")
			: "-");
}

static void
assert_state(Ward *w, gint64 from_us, const char *want)
{
	g_autofree char *is = state_of(w, from_us);

	assert_string_equal(is, want);
}

static void
an_overlay_takes_airings_off_and_gives_them_back(void **state)
{
	Ward *w = *state;
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) on = NULL, list = NULL, off = NULL, again = NULL;
	JsonObject *overlay;

	declare(w);
	assert_state(w, NOON_US + DAY_US, "planned -");
	on = put(w, ",\"suspends\":[\"nhac\"]", &error);
	assert_non_null(on);
	overlay = json_node_get_object(on);
	assert_string_equal(json_object_get_string_member(overlay, "state"), "ahead");
	assert_int_equal(json_object_get_int_member(overlay, "airings"), 2);
	assert_int_equal(json_object_get_int_member(overlay, "since_us"), NOON_US);
	assert_state(w, NOON_US, "planned -");
	assert_state(w, NOON_US + DAY_US, "suspended Quốc tang");
	list = loa_office_overlays(w->office, &loa_caller_token);
	assert_int_equal(json_array_get_length(json_object_get_array_member(
				 json_node_get_object(list), "overlays")),
			 1);

	/* its first day goes by; then it is switched off */
	set_time(w, NOON_US + DAY_US + 6 * HOUR_US);
	off = loa_office_overlay_remove(w->office, &loa_caller_token, "tang", &error);
	assert_non_null(off);
	assert_state(w, NOON_US + DAY_US, "suspended Quốc tang");
	assert_state(w, NOON_US + 2 * DAY_US, "planned -");
	again = loa_office_overlay_remove(w->office, &loa_caller_token, "tang", &error);
	assert_null(again);
	assert_true(g_error_matches(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_NOT_FOUND));
}

static void
an_overlay_that_is_wrong_changes_nothing_and_says_why(void **state)
{
	Ward *w = *state;
	g_autoptr(GError) error = NULL;
	guint n_plans = w->n_plans;
	g_autoptr(JsonNode) answer =
		put(w, ",\"suspends\":\"all\",\"to\":[\"to-9\"],\"keep\":[]", &error);

	assert_null(answer);
	assert_true(g_error_matches(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_BAD_REQUEST));
	assert_non_null(strstr(error->message, "to-9"));
	assert_non_null(strstr(error->message, "unknown key \"keep\""));
	assert_int_equal(w->n_plans, n_plans);
}

static void
the_rules_of_the_office_hold_until_they_are_taken_back(void **state)
{
	Ward *w = *state;
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) document = json_from_string(
		"{\"hours\":[{\"from\":\"05:00\",\"to\":\"16:00\"}],\"sessions_a_day\":2}", NULL);
	g_autoptr(JsonNode) faulty = json_from_string("{\"sessions_a_day\":2}", NULL);
	g_autoptr(JsonNode) null = json_node_new(JSON_NODE_NULL);
	g_autoptr(JsonNode) put_it = NULL, refused = NULL, back = NULL;

	declare(w);
	put_it = loa_office_policy_put(w->office, &loa_caller_token, document, &error);
	assert_non_null(put_it);
	assert_string_equal(json_object_get_string_member(json_node_get_object(put_it), "source"),
			    "office");
	assert_state(w, NOON_US, "none");

	/* kept over a restart; and what is wrong does not replace it */
	close_office(w);
	open_office(w);
	refused = loa_office_policy_put(w->office, &loa_caller_token, faulty, &error);
	assert_null(refused);
	assert_non_null(strstr(error->message, "hours"));
	assert_state(w, NOON_US, "none");
	g_clear_error(&error);

	back = loa_office_policy_put(w->office, &loa_caller_token, null, &error);
	assert_string_equal(json_object_get_string_member(json_node_get_object(back), "source"),
			    "controller.cfg");
	assert_state(w, NOON_US, "planned -");
}

static void
play_is_refused_by_the_rule_that_the_planner_follows(void **state)
{
	Ward *w = *state;
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) document = json_from_string(
		"{\"hours\":[{\"from\":\"05:00\",\"to\":\"21:00\"}],\"sessions_a_day\":1}", NULL);
	g_autoptr(JsonNode) put_it = NULL, refused = NULL, joined = NULL, urgent = NULL;

	declare(w);
	put_it = loa_office_policy_put(w->office, &loa_caller_token, document, &error);
	assert_non_null(put_it);
	refused = loa_office_play(w->office, &loa_caller_token, "r1", NULL, LOA_CLASS_NORMAL, 0,
				  &error);
	assert_null(refused);
	assert_non_null(strstr(error->message, "one session more than the 1 a day"));
	g_clear_error(&error);
	/* next to the one at five there is room */
	joined = loa_office_play(w->office, &loa_caller_token, "r1", NULL, LOA_CLASS_NORMAL,
				 NOON_US + 5 * HOUR_US + 120 * SECOND_US, &error);
	assert_non_null(joined);
	urgent = loa_office_play(w->office, &loa_caller_token, "r1", NULL, LOA_CLASS_EMERGENCY, 0,
				 &error);
	assert_non_null(urgent);
}

static JsonNode *
put_occasion(Ward *w, const char *text, gboolean is_trial, GError **error)
{
	g_autoptr(JsonNode) document = json_from_string(text, NULL);

	return loa_office_calendar_put(w->office, &loa_caller_token, LOA_CALENDAR_OCCASIONS,
				       document, is_trial, error);
}

/* What the answer says is different in the next 24 hours: "added", "gone", ... */
static const char *
first_change(JsonNode *answer)
{
	JsonArray *changes = json_object_get_array_member(json_node_get_object(answer), "changes");

	return json_array_get_length(changes) == 0
		       ? "none"
		       : json_object_get_string_member(json_array_get_object_element(changes, 0),
						       "kind");
}

static void
an_occasion_of_the_office_moves_what_goes_by_it_when_it_is_saved(void **state)
{
	Ward *w = *state;
	g_autoptr(GError) error = NULL;
	g_autoptr(LoaRecording) r = sample_recording("r1", 60);
	g_autoptr(JsonNode) broadcasts = json_from_string(
		"[{\"id\":\"hoi\",\"title\":\"Hội\",\"recording\":\"r1\",\"to\":\"all\","
		"\"at\":\"17:00\",\"occasion\":{\"id\":\"hoi-lang\"}}]",
		NULL);
	g_autofree char *path = g_build_filename(w->config->data_dir, "occasions.cfg", NULL);
	g_autoptr(JsonNode) first = NULL, applied = NULL, trial = NULL, moved = NULL, kept = NULL,
			    list = NULL, gone = NULL;

	assert_true(loa_store_put_recording(w->store, r, NULL));
	first = put_occasion(w, "{\"id\":\"hoi-lang\",\"name\":\"Hội làng\",\"solar\":\"21/11\"}",
			     FALSE, &error);
	assert_non_null(first);
	applied = loa_office_apply(w->office, &loa_caller_token, broadcasts, FALSE, &error);
	assert_non_null(applied);
	assert_state(w, NOON_US, "planned -");

	/* what it would do is said, and not done */
	trial = put_occasion(
		w, "{\"id\":\"hoi-lang\",\"name\":\"Hội làng\",\"dates\":[\"2026-11-23\"]}", TRUE,
		&error);
	assert_non_null(trial);
	assert_string_equal(first_change(trial), "gone");
	assert_state(w, NOON_US, "planned -");
	assert_state(w, NOON_US + 2 * DAY_US, "none");

	moved = put_occasion(
		w, "{\"id\":\"hoi-lang\",\"name\":\"Hội làng\",\"dates\":[\"2026-11-23\"]}", FALSE,
		&error);
	assert_non_null(moved);
	assert_state(w, NOON_US, "none");
	assert_state(w, NOON_US + 2 * DAY_US, "planned -");

	/* while something goes by it, it stays */
	kept = loa_office_calendar_remove(w->office, &loa_caller_token, LOA_CALENDAR_OCCASIONS,
					  "hoi-lang", FALSE, &error);
	assert_null(kept);
	assert_true(g_error_matches(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_CONFLICT));
	assert_non_null(strstr(error->message, "\"Hội\" goes by this day"));
	g_clear_error(&error);
	assert_state(w, NOON_US + 2 * DAY_US, "planned -");
	list = loa_office_broadcast_remove(w->office, &loa_caller_token, "hoi", &error);
	assert_non_null(list);
	gone = loa_office_calendar_remove(w->office, &loa_caller_token, LOA_CALENDAR_OCCASIONS,
					  "hoi-lang", FALSE, &error);
	assert_non_null(gone);
	assert_null(loa_office_calendar_remove(w->office, &loa_caller_token, LOA_CALENDAR_OCCASIONS,
					       "tet", FALSE, &error));
	assert_true(g_error_matches(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_NOT_FOUND));
	g_remove(path);
}

static void
an_occasion_that_is_wrong_or_meets_a_faulty_file_changes_nothing(void **state)
{
	Ward *w = *state;
	g_autoptr(GError) error = NULL;
	g_autofree char *path = g_build_filename(w->config->data_dir, "occasions.cfg", NULL);
	guint n_plans = w->n_plans;

	assert_null(put_occasion(w, "{\"id\":\"a\",\"name\":\"A\",\"solar\":null}", FALSE, &error));
	assert_true(g_error_matches(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_BAD_REQUEST));
	assert_non_null(strstr(error->message, "solar: want a day"));
	g_clear_error(&error);
	assert_true(g_file_set_contents(path, "occasions = (", -1, NULL));
	assert_null(put_occasion(w, "{\"id\":\"a\",\"name\":\"A\",\"solar\":\"01/02\"}", FALSE,
				 &error));
	assert_true(g_error_matches(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_CONFLICT));
	assert_int_equal(w->n_plans, n_plans);
	g_remove(path);
}

int
main(void)
{
#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		test(an_overlay_takes_airings_off_and_gives_them_back),
		test(an_overlay_that_is_wrong_changes_nothing_and_says_why),
		test(the_rules_of_the_office_hold_until_they_are_taken_back),
		test(an_occasion_of_the_office_moves_what_goes_by_it_when_it_is_saved),
		test(an_occasion_that_is_wrong_or_meets_a_faulty_file_changes_nothing),
		test(play_is_refused_by_the_rule_that_the_planner_follows),
	};

	return cmocka_run_group_tests_name("controller/office-rules", tests, NULL, NULL);
}
