/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a take to a recording, with a loa-ingest of the test's own: a shell script.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "controller/office/office-internal.h"
#include "tests/unit/office-ward.h"

#define PATIENCE_S 10
#define DONE                                                                                       \
	"{\"done\":{\"sha256\":\"" SHA "\",\"size\":5,\"n_samples\":48000,\"pre_skip\":312,"       \
	"\"duration_ms\":1000,\"original_sha256\":\"" SHA "\",\"original_file\":\"" SHA ".webm\"," \
	"\"input_lufs\":-23.1,\"lufs\":-16.0,\"true_peak_dbtp\":-1.9,\"trimmed_ms\":[0,0]}}"

static const LoaCaller ha = { "ha", "Ông Hà", 1u << LOA_ROLE_APPROVER, NULL, "" };
static const LoaCaller lan = { "lan", "Chị Lan", 1u << LOA_ROLE_OPERATOR, NULL, "" };

/* The last argument is what is read: it is kept beside the program. */
static void
set_ingest(Ward *w, const char *answer)
{
	g_autofree char *path = g_build_filename(w->folder->folder, "ingest", NULL);
	g_autofree char *text = g_strdup_printf("#!/bin/sh\nfor last; do :; done\n"
						"cp \"$last\" \"$(dirname \"$0\")/heard\"\n"
						"echo '%s'\n",
						answer);

	assert_true(g_file_set_contents(path, text, -1, NULL));
	assert_int_equal(g_chmod(path, 0700), 0);
	close_office(w);
	g_free(w->config->ingest_program);
	w->config->ingest_program = g_strdup(path);
	open_office(w);
}

static char *
begin(Ward *w)
{
	const LoaRecordingWords words = { .title = "Chúc Tết", .text = "Kính thưa" };
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) take = must(
		loa_office_begin_take(w->office, &ha, &words, "audio/webm;codecs=opus", &error),
		error);

	assert_at(take, "state", "\"recording\"");
	assert_at(take, "next", "0");
	return g_strdup(json_object_get_string_member(json_node_get_object(take), "take"));
}

static JsonNode *
send_piece(Ward *w, const LoaCaller *caller, const char *take, gint64 seq, const char *text,
	   GError **error)
{
	g_autofree char *path = g_build_filename(w->folder->folder, "piece", NULL);
	JsonNode *answer;

	assert_true(g_file_set_contents(path, text, -1, NULL));
	answer = loa_office_take_piece(w->office, caller, take, seq, FALSE, path, error);
	assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
	return answer;
}

static void
send_two(Ward *w, const char *take)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) one = must(send_piece(w, &ha, take, 0, "một ", &error), error);
	g_autoptr(JsonNode) two = must(send_piece(w, &ha, take, 1, "hai", &error), error);

	assert_at(two, "next", "2");
}

static gboolean
on_watchdog(gpointer user_data)
{
	*(gboolean *)user_data = TRUE;
	return G_SOURCE_CONTINUE;
}

static JsonNode *
look(Ward *w, const char *take)
{
	g_autoptr(GError) error = NULL;

	return must(loa_office_take(w->office, &ha, take, &error), error);
}

/* Until it is no longer being made. */
static JsonNode *
wait_for(Ward *w, const char *take)
{
	gboolean is_late = FALSE;
	guint watchdog = g_timeout_add_seconds(PATIENCE_S, on_watchdog, &is_late);
	JsonNode *now = look(w, take);

	while (!is_late && strcmp(json_object_get_string_member(json_node_get_object(now), "state"),
				  "making") == 0) {
		g_main_context_iteration(NULL, TRUE);
		json_node_unref(now);
		now = look(w, take);
	}
	g_source_remove(watchdog);
	assert_false(is_late);
	return now;
}

static void
finish(Ward *w, const char *take)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) first =
		must(loa_office_finish_take(w->office, &ha, take, &error), error);
	g_autoptr(JsonNode) again =
		must(loa_office_finish_take(w->office, &ha, take, &error), error);
	g_autofree char *job = at(first, "job");

	/* the same job: a second press on the button makes nothing twice */
	assert_at(again, "job", job);
}

static void
assert_heard(Ward *w, const char *want)
{
	g_autofree char *path = g_build_filename(w->folder->folder, "heard", NULL);
	g_autofree char *heard = NULL;

	assert_true(g_file_get_contents(path, &heard, NULL, NULL));
	assert_string_equal(heard, want);
}

static void
a_take_becomes_a_draft_of_its_owner(void **state)
{
	Ward *w = *state;
	g_autofree char *take = NULL;

	set_ingest(w, DONE);
	take = begin(w);
	send_two(w, take);
	finish(w, take);

	g_autoptr(JsonNode) done = wait_for(w, take);
	g_autoptr(LoaRecording) r = loa_store_recording(w->store, "r0123456789abcdef", NULL);

	assert_at(done, "state", "\"done\"");
	assert_at(done, "recording", "\"r0123456789abcdef\"");
	assert_at(done, "job", "null");
	assert_heard(w, "một hai");
	assert_string_equal(r->title, "Chúc Tết");
	assert_string_equal(r->text, "Kính thưa");
	assert_string_equal(r->imported_by, "ha");
	assert_string_equal(r->original_name, "Chúc Tết.webm");
	assert_int_equal(r->approval.state, LOA_APPROVAL_DRAFT);

	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) open = must(loa_office_takes(w->office, &ha, &error), error);

	assert_at(open, "takes", "[]");
	assert_null(loa_office_finish_take(w->office, &ha, take, &error));
	assert_true(g_error_matches(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_CONFLICT));
}

static void
a_take_that_fails_is_still_there_and_can_go_on(void **state)
{
	Ward *w = *state;
	g_autofree char *take = NULL;
	g_autoptr(GError) error = NULL;

	set_ingest(w, "{\"error\":\"there is only silence\",\"code\":\"silent\"}");
	take = begin(w);
	send_two(w, take);
	finish(w, take);

	g_autoptr(JsonNode) failed = wait_for(w, take);

	assert_at(failed, "state", "\"failed\"");
	assert_at(failed, "message", "\"there is only silence\"");
	set_ingest(w, DONE);

	g_autoptr(JsonNode) third = must(send_piece(w, &ha, take, 2, " ba", &error), error);

	finish(w, take);

	g_autoptr(JsonNode) done = wait_for(w, take);

	assert_at(done, "state", "\"done\"");
	assert_at(done, "message", "\"\"");
	assert_heard(w, "một hai ba");
}

static void
what_was_being_made_when_the_controller_ended_is_made_again(void **state)
{
	Ward *w = *state;
	g_autofree char *take = NULL;
	g_autoptr(GError) error = NULL;

	set_ingest(w, DONE);
	take = begin(w);
	send_two(w, take);

	g_autoptr(JsonNode) job = must(loa_office_finish_take(w->office, &ha, take, &error), error);

	/* before the loop turns once */
	close_office(w);
	open_office(w);

	g_autoptr(JsonNode) making = look(w, take);

	assert_at(making, "state", "\"making\"");

	g_autoptr(JsonNode) done = wait_for(w, take);

	assert_at(done, "state", "\"done\"");
	assert_heard(w, "một hai");
}

static void
what_cannot_be_is_refused(void **state)
{
	Ward *w = *state;
	const LoaRecordingWords words = { .title = "Chúc Tết" };
	g_autofree char *take = begin(w);
	g_autoptr(GError) error = NULL;

	assert_null(loa_office_finish_take(w->office, &ha, take, &error));
	assert_true(g_error_matches(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_CONFLICT));
	g_clear_error(&error);
	assert_null(loa_office_begin_take(w->office, &ha, &words, "text/html", &error));
	assert_true(g_error_matches(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_BAD_REQUEST));
	g_clear_error(&error);
	assert_null(send_piece(w, &ha, take, 1, "sớm", &error));
	assert_true(g_error_matches(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_CONFLICT));
	g_clear_error(&error);
	assert_null(send_piece(w, &ha, take, 0, "", &error));
	assert_true(g_error_matches(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_BAD_REQUEST));
	g_clear_error(&error);
	assert_null(send_piece(w, &lan, take, 0, "của người khác", &error));
	assert_true(g_error_matches(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_NOT_FOUND));
	g_clear_error(&error);
	assert_null(loa_office_take(w->office, &lan, take, &error));
	assert_true(g_error_matches(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_NOT_FOUND));
	g_clear_error(&error);

	g_autoptr(JsonNode) gone =
		must(loa_office_remove_take(w->office, &ha, take, &error), error);

	assert_null(loa_office_take(w->office, &ha, take, &error));
	assert_true(g_error_matches(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_NOT_FOUND));
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_take_becomes_a_draft_of_its_owner),
		test(a_take_that_fails_is_still_there_and_can_go_on),
		test(what_was_being_made_when_the_controller_ended_is_made_again),
		test(what_cannot_be_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
