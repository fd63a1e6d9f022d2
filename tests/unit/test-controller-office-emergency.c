/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "controller/office/office-internal.h"
#include "controller/store/emergency.h"
#include "tests/unit/office-ward.h"

#define ROLE(name) (1u << LOA_ROLE_##name)

static const LoaCaller lan = { "lan", "Chị Lan", ROLE(OPERATOR), NULL, "10.0.0.1" };
static const LoaCaller ha = { "ha", "Ông Hà", ROLE(APPROVER), NULL, "10.0.0.2" };

static char *
ask(Ward *w, const char *const *groups, gboolean is_exercise)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) answer =
		must(loa_office_ask_emergency(w->office, &lan, "r1", groups, is_exercise, &error),
		     error);

	assert_at(answer, "state", "\"waiting\"");
	assert_at(answer, "asked_by", "\"lan\"");
	assert_at(answer, "asked_name", "\"Chị Lan\"");
	return g_strdup(json_object_get_string_member(json_node_get_object(answer), "id"));
}

static void
assert_confirm_refused(Ward *w, const LoaCaller *caller, const char *id, gboolean is_exercise,
		       const char *phrase, LoaOfficeError code)
{
	g_autoptr(GError) error = NULL;

	assert_null(
		loa_office_confirm_emergency(w->office, caller, id, is_exercise, phrase, &error));
	assert_true(g_error_matches(error, LOA_OFFICE_ERROR, (int)code));
}

static const LoaPlan *
plan_of(Ward *w, guint group)
{
	return g_ptr_array_index(loa_plan_desk_plans(w->desk), group);
}

static void
an_emergency_airs_only_when_a_second_person_confirms(void **state)
{
	Ward *w = *state;
	const char *const to_1[] = { "to-1", NULL };
	g_autoptr(GError) error = NULL;
	g_autofree char *id = NULL;

	have_recording(w, 60);
	/* far outside the permitted hours */
	set_time(w, NOON_US + 14 * HOUR_US);
	id = ask(w, to_1, FALSE);
	assert_int_equal(plan_of(w, 0)->airings->len, 0);
	assert_confirm_refused(w, &lan, id, FALSE, "KHẨN CẤP", LOA_OFFICE_ERROR_FORBIDDEN);
	assert_confirm_refused(w, &ha, id, TRUE, "DIỄN TẬP", LOA_OFFICE_ERROR_CONFLICT);
	assert_confirm_refused(w, &ha, id, FALSE, "KHẨN", LOA_OFFICE_ERROR_BAD_REQUEST);
	assert_confirm_refused(w, &ha, "e0", FALSE, "KHẨN CẤP", LOA_OFFICE_ERROR_NOT_FOUND);
	assert_int_equal(plan_of(w, 0)->airings->len, 0);

	g_autoptr(JsonNode) answer = must(
		loa_office_confirm_emergency(w->office, &ha, id, FALSE, "KHẨN CẤP", &error), error);
	const LoaAiring *airing = g_ptr_array_index(plan_of(w, 0)->airings, 0);

	assert_at(answer, "state", "\"aired\"");
	assert_at(answer, "confirmed_by", "\"Ông Hà\"");
	assert_at(answer, "to.0", "\"to-1\"");
	assert_int_equal(airing->class, LOA_CLASS_EMERGENCY);
	assert_int_equal(airing->start_us, NOON_US + 14 * HOUR_US + SECOND_US);
	assert_string_equal(airing->title, "Bản tin");
	assert_int_equal(plan_of(w, 1)->airings->len, 0);
	assert_confirm_refused(w, &ha, id, FALSE, "KHẨN CẤP", LOA_OFFICE_ERROR_CONFLICT);
	assert_int_equal(plan_of(w, 0)->airings->len, 1);
}

static void
a_request_that_nobody_answers_ends(void **state)
{
	Ward *w = *state;
	g_autoptr(GError) error = NULL;
	g_autofree char *id = NULL;

	have_recording(w, 60);
	id = ask(w, NULL, FALSE);
	set_time(w, NOON_US + LOA_EMERGENCY_PATIENCE_US);
	assert_confirm_refused(w, &ha, id, FALSE, "KHẨN CẤP", LOA_OFFICE_ERROR_CONFLICT);

	g_autoptr(JsonNode) list = must(loa_office_emergencies(w->office, &ha, &error), error);

	assert_at(list, "emergencies.0.state", "\"expired\"");
	assert_at(list, "emergencies.0.to", "\"all\"");
	assert_at(list, "emergencies.0.expires", "\"2026-11-21T12:10:00+07:00\"");
	assert_at(list, "emergencies.0.confirmed_by", "null");
}

static void
a_request_is_refused_by_those_who_may_or_taken_back(void **state)
{
	Ward *w = *state;
	const LoaCaller minh = { "minh", "Minh", ROLE(OPERATOR), NULL, "" };
	g_autoptr(GError) error = NULL;
	g_autofree char *one = NULL, *two = NULL;

	have_recording(w, 60);
	one = ask(w, NULL, FALSE);
	two = ask(w, NULL, FALSE);
	assert_null(loa_office_refuse_emergency(w->office, &minh, one, &error));
	assert_true(g_error_matches(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_FORBIDDEN));
	g_clear_error(&error);

	g_autoptr(JsonNode) refused =
		must(loa_office_refuse_emergency(w->office, &ha, one, &error), error);
	g_autoptr(JsonNode) taken_back =
		must(loa_office_refuse_emergency(w->office, &lan, two, &error), error);

	assert_at(refused, "state", "\"refused\"");
	assert_at(refused, "refused_by", "\"Ông Hà\"");
	assert_at(taken_back, "state", "\"refused\"");
	assert_confirm_refused(w, &ha, one, FALSE, "KHẨN CẤP", LOA_OFFICE_ERROR_CONFLICT);
	assert_null(loa_office_refuse_emergency(w->office, &ha, one, &error));
	assert_true(g_error_matches(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_CONFLICT));
}

static void
have_announcement(Ward *w)
{
	g_autofree char *id = loa_planner_speech_id(LOA_EMERGENCY_EXERCISE_TEXT);
	g_autoptr(LoaRecording) words = sample_recording(id, 5);

	assert_true(loa_store_put_recording(w->store, words, NULL));
}

static void
an_exercise_looks_and_sounds_different(void **state)
{
	Ward *w = *state;
	g_autoptr(GError) error = NULL;
	g_autofree char *id = NULL;

	have_recording(w, 60);
	id = ask(w, NULL, TRUE);
	/* it is being spoken */
	assert_confirm_refused(w, &ha, id, TRUE, "DIỄN TẬP", LOA_OFFICE_ERROR_BUSY);
	have_announcement(w);

	g_autoptr(JsonNode) answer = must(
		loa_office_confirm_emergency(w->office, &ha, id, TRUE, "DIỄN TẬP", &error), error);
	const LoaPlan *plan = plan_of(w, 0);
	const LoaAiring *before = g_ptr_array_index(plan->airings, 0);
	const LoaAiring *middle = g_ptr_array_index(plan->airings, 1);
	const LoaAiring *after = g_ptr_array_index(plan->airings, 2);

	assert_at(answer, "exercise", "true");
	assert_int_equal(plan->airings->len, 3);
	assert_int_equal(before->n_samples, 5 * 48000);
	assert_int_equal(middle->n_samples, 60 * 48000);
	assert_int_equal(after->n_samples, 5 * 48000);
	assert_string_equal(middle->title, "DIỄN TẬP: Bản tin");
	assert_int_equal(middle->class, LOA_CLASS_PRIORITY);
	assert_true(loa_airing_end_us(before) < middle->start_us);
	assert_true(loa_airing_end_us(middle) < after->start_us);

	g_autofree char *airing = at(answer, "airing");
	g_autofree char *quoted = g_strdup_printf("\"%s\"", middle->id);

	assert_string_equal(airing, quoted);
}

static void
a_long_title_is_cut_between_two_letters(void **state)
{
	Ward *w = *state;
	g_autoptr(LoaRecording) r = sample_recording("r1", 60);
	g_autoptr(GString) title = g_string_new(NULL);
	g_autoptr(GError) error = NULL;
	g_autofree char *id = NULL;

	while (title->len + 3 <= LOA_TITLE_MAX)
		g_string_append(title, "ế");
	g_free(r->title);
	r->title = g_strdup(title->str);
	assert_true(loa_store_put_recording(w->store, r, NULL));
	have_announcement(w);
	id = ask(w, NULL, TRUE);

	g_autoptr(JsonNode) answer = must(
		loa_office_confirm_emergency(w->office, &ha, id, TRUE, "DIỄN TẬP", &error), error);
	const LoaAiring *middle = g_ptr_array_index(plan_of(w, 0)->airings, 1);

	assert_true(strlen(middle->title) <= LOA_TITLE_MAX);
	assert_true(strlen(middle->title) > LOA_TITLE_MAX - 3);
	assert_true(g_utf8_validate(middle->title, -1, NULL));
}

static void
an_exercise_keeps_the_permitted_hours(void **state)
{
	Ward *w = *state;
	g_autofree char *id = NULL;

	have_recording(w, 60);
	have_announcement(w);
	/* one minute and ten seconds would end after 21:00 */
	set_time(w, NOON_US + 9 * HOUR_US - 65 * SECOND_US);
	id = ask(w, NULL, TRUE);
	assert_confirm_refused(w, &ha, id, TRUE, "DIỄN TẬP", LOA_OFFICE_ERROR_CONFLICT);
	assert_int_equal(plan_of(w, 0)->airings->len, 0);
}

static void
what_nobody_approved_is_no_emergency(void **state)
{
	Ward *w = *state;
	g_autoptr(LoaRecording) draft = sample_recording("r1", 60);
	g_autoptr(GError) error = NULL;

	loa_approval_clear(&draft->approval);
	assert_true(loa_store_put_recording(w->store, draft, NULL));
	assert_null(loa_office_ask_emergency(w->office, &lan, "r1", NULL, FALSE, &error));
	assert_true(g_error_matches(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_CONFLICT));
}

static void
nobody_at_a_screen_airs_an_emergency_alone(void **state)
{
	Ward *w = *state;
	g_autoptr(GError) error = NULL;

	have_recording(w, 60);
	assert_null(loa_office_play(w->office, &ha, "r1", NULL, LOA_CLASS_EMERGENCY, 0, &error));
	assert_true(g_error_matches(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_CONFLICT));
	assert_non_null(strstr(error->message, "two people"));
	g_clear_error(&error);

	g_autoptr(JsonNode) by_token = must(loa_office_play(w->office, &loa_caller_token, "r1",
							    NULL, LOA_CLASS_EMERGENCY, 0, &error),
					    error);
}

static void
a_greeting_is_put_at_giao_thua_months_ahead(void **state)
{
	Ward *w = *state;
	g_autoptr(GError) error = NULL;

	have_recording(w, 60);

	g_autoptr(JsonNode) answer =
		must(loa_office_play_at_giao_thua(w->office, &ha, "r1", NULL, LOA_CLASS_NORMAL, 600,
						  &error),
		     error);
	g_autoptr(GPtrArray) one_offs = loa_store_one_offs(w->store, NOON_US, NULL);
	const LoaOneOff *one_off = g_ptr_array_index(one_offs, 0);

	assert_at(answer, "start", "\"2027-02-06T00:10:00+07:00\"");
	assert_string_equal(one_off->exception, "Ông Hà: giao thừa");
	assert_int_equal(plan_of(w, 0)->airings->len, 0);

	/* a week before, it lies on the receivers, with the name of who allowed it */
	set_time(w, one_off->start_us - 7 * DAY_US);
	assert_true(loa_office_replan(w->office, NULL));
	assert_int_equal(plan_of(w, 0)->airings->len, 1);
	assert_string_equal(((LoaAiring *)g_ptr_array_index(plan_of(w, 0)->airings, 0))->exception,
			    "Ông Hà: giao thừa");
}

static void
the_night_itself_counts_until_its_moment(void **state)
{
	Ward *w = *state;
	/* 2027-02-06 00:00 */
	const gint64 tet_us = G_GINT64_CONSTANT(1801846800) * G_USEC_PER_SEC;
	g_autoptr(GError) error = NULL;

	have_recording(w, 60);
	set_time(w, tet_us + 300 * SECOND_US);

	g_autoptr(JsonNode) tonight =
		must(loa_office_play_at_giao_thua(w->office, &ha, "r1", NULL, LOA_CLASS_NORMAL, 600,
						  &error),
		     error);

	assert_at(tonight, "start", "\"2027-02-06T00:10:00+07:00\"");

	g_autoptr(JsonNode) next_year =
		must(loa_office_play_at_giao_thua(w->office, &ha, "r1", NULL, LOA_CLASS_NORMAL, 0,
						  &error),
		     error);

	assert_at(next_year, "start", "\"2028-01-26T00:00:00+07:00\"");

	g_autoptr(JsonNode) eve =
		must(loa_office_play_at_giao_thua(w->office, &ha, "r1", NULL, LOA_CLASS_NORMAL,
						  -5 * 3600, &error),
		     error);

	/* 19:00 is within the hours: nobody's exception */
	assert_at(eve, "start", "\"2028-01-25T19:00:00+07:00\"");

	g_autoptr(GPtrArray) one_offs = loa_store_one_offs(w->store, NOON_US, NULL);

	assert_null(((LoaOneOff *)g_ptr_array_index(one_offs, 1))->exception);
}

static void
what_lies_beyond_the_plans_can_be_called_off(void **state)
{
	Ward *w = *state;
	g_autoptr(GError) error = NULL;

	have_recording(w, 60);

	g_autoptr(JsonNode) answer = must(loa_office_play_at_giao_thua(w->office, &ha, "r1", NULL,
								       LOA_CLASS_NORMAL, 0, &error),
					  error);
	const char *airing = json_object_get_string_member(json_node_get_object(answer), "airing");
	g_autoptr(JsonNode) before =
		must(loa_office_recording(w->office, &lan, "r1", &error), error);
	g_autoptr(JsonNode) stopped = must(loa_office_stop(w->office, &lan, airing, &error), error);
	g_autoptr(JsonNode) after =
		must(loa_office_recording(w->office, &lan, "r1", &error), error);

	/* who comes back tomorrow sees that it is planned already */
	assert_at(before, "planned.0.start", "\"2027-02-06T00:00:00+07:00\"");
	assert_at(before, "planned.0.groups.0", "\"to-1\"");
	assert_at(after, "planned.0", "(absent)");
	assert_at(stopped, "stopped.1", "(absent)");
	set_time(w, NOON_US + 75 * DAY_US);
	assert_true(loa_office_replan(w->office, NULL));
	assert_int_equal(plan_of(w, 0)->airings->len, 0);
	assert_null(loa_office_stop(w->office, &lan, "now.x", &error));
	assert_true(g_error_matches(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_NOT_FOUND));
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		test(an_emergency_airs_only_when_a_second_person_confirms),
		test(a_request_that_nobody_answers_ends),
		test(a_request_is_refused_by_those_who_may_or_taken_back),
		test(an_exercise_looks_and_sounds_different),
		test(a_long_title_is_cut_between_two_letters),
		test(an_exercise_keeps_the_permitted_hours),
		test(what_nobody_approved_is_no_emergency),
		test(nobody_at_a_screen_airs_an_emergency_alone),
		test(a_greeting_is_put_at_giao_thua_months_ahead),
		test(the_night_itself_counts_until_its_moment),
		test(what_lies_beyond_the_plans_can_be_called_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
