/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "controller/office/office-internal.h"
#include "schedules/broadcast-json.h"
#include "tests/unit/office-ward.h"

#define OTHER_SHA "1123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define TEXT "Xin chào"

static const LoaCaller lan = {
	.user = "lan", .name = "Chị Lan", .roles = 1u << LOA_ROLE_OPERATOR, .address = "10.0.0.1"
};

static const LoaCaller ha = {
	.user = "ha", .name = "Ông Hà", .roles = 1u << LOA_ROLE_APPROVER, .address = "10.0.0.2"
};

/* As the studio made it for @by, with its audio on disk. */
static LoaRecording *
made_by(Ward *w, const char *id, const char *by, const char *sha256)
{
	LoaRecording *r = sample_recording(id, 60);
	g_autofree char *folder = g_build_filename(w->folder->folder, "audio", NULL);
	g_autofree char *name = g_strdup_printf("%s.opus", sha256);
	g_autofree char *path = g_build_filename(folder, name, NULL);

	loa_approval_clear(&r->approval);
	g_free(r->sha256);
	r->sha256 = g_strdup(sha256);
	r->imported_by = g_strdup(by);
	g_assert_cmpint(g_mkdir_with_parents(folder, 0700), ==, 0);
	g_assert_true(g_file_set_contents(path, "Ogg", 3, NULL));
	return r;
}

static void
keep(Ward *w, const LoaRecording *made)
{
	g_autoptr(GError) error = NULL;

	if (!loa_office_keep(made, w->office, &error))
		fail_msg("%s", error->message);
}

static LoaApprovalState
state_of(Ward *w, const char *id)
{
	g_autoptr(LoaRecording) r = loa_store_recording(w->store, id, NULL);

	assert_non_null(r);
	return r->approval.state;
}

static JsonNode *
apply_text(Ward *w, const LoaCaller *caller)
{
	g_autoptr(JsonNode) array = json_from_string(
		"[{\"id\":\"tb\",\"title\":\"Thông báo\",\"at\":[\"17:00\"],\"to\":\"all\","
		"\"text\":\"" TEXT "\"}]",
		NULL);
	g_autoptr(GError) error = NULL;

	return must(loa_office_apply(w->office, caller, array, FALSE, &error), error);
}

static void
what_the_token_brings_is_approved_by_it(void **state)
{
	Ward *w = *state;
	g_autoptr(LoaRecording) made = made_by(w, "r1", "token", SHA);

	keep(w, made);

	g_autoptr(LoaRecording) r = loa_store_recording(w->store, "r1", NULL);

	assert_true(loa_approval_holds(&r->approval, SHA));
	assert_string_equal(r->approval.by, "token");
	assert_int_equal(r->approval.at_us, NOON_US);
}

static void
what_a_user_brings_is_a_draft_and_is_not_played(void **state)
{
	Ward *w = *state;
	g_autoptr(LoaRecording) made = made_by(w, "r1", "lan", SHA);
	g_autoptr(GError) error = NULL;

	keep(w, made);
	assert_int_equal(state_of(w, "r1"), LOA_APPROVAL_DRAFT);
	assert_null(loa_office_play(w->office, &lan, "r1", NULL, LOA_CLASS_NORMAL, 0, &error));
	assert_true(g_error_matches(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_CONFLICT));
	assert_non_null(strstr(error->message, "approve"));
}

static void
the_same_file_again_keeps_its_approval_and_other_audio_loses_it(void **state)
{
	Ward *w = *state;
	g_autoptr(LoaRecording) first = made_by(w, "r1", "token", SHA);
	g_autoptr(LoaRecording) again = made_by(w, "r1", "lan", SHA);
	g_autoptr(LoaRecording) other = made_by(w, "r1", "lan", OTHER_SHA);

	keep(w, first);
	g_free(again->title);
	again->title = g_strdup("Tên mới");
	keep(w, again);
	assert_int_equal(state_of(w, "r1"), LOA_APPROVAL_APPROVED);

	g_autoptr(LoaRecording) renamed = loa_store_recording(w->store, "r1", NULL);

	assert_string_equal(renamed->title, "Tên mới");
	g_free(other->original_sha256);
	other->original_sha256 = g_strdup(OTHER_SHA);
	keep(w, other);
	assert_int_equal(state_of(w, "r1"), LOA_APPROVAL_DRAFT);

	g_autoptr(LoaRecording) replaced = loa_store_recording(w->store, "r1", NULL);

	assert_string_equal(replaced->sha256, OTHER_SHA);
	assert_null(replaced->approval.by);
}

static void
audio_that_was_lost_is_approved_still_if_it_comes_back_the_same(void **state)
{
	Ward *w = *state;
	g_autoptr(LoaRecording) first = made_by(w, "r1", "token", SHA);
	g_autoptr(LoaRecording) again = made_by(w, "r1", "lan", SHA);
	g_autofree char *path = g_build_filename(w->folder->folder, "audio", SHA ".opus", NULL);

	keep(w, first);
	assert_int_equal(g_unlink(path), 0);
	keep(w, again);
	assert_int_equal(state_of(w, "r1"), LOA_APPROVAL_APPROVED);
}

static void
what_the_office_decided_outlives_a_new_rendering(void **state)
{
	Ward *w = *state;
	g_autoptr(LoaRecording) first = made_by(w, "r1", "token", SHA);
	g_autoptr(LoaRecording) other = made_by(w, "r1", "token", OTHER_SHA);

	first->is_confidential = TRUE;
	first->is_template = TRUE;
	first->expires_us = 7;
	keep(w, first);
	g_free(other->original_sha256);
	other->original_sha256 = g_strdup(OTHER_SHA);
	keep(w, other);

	g_autoptr(LoaRecording) r = loa_store_recording(w->store, "r1", NULL);

	assert_string_equal(r->sha256, OTHER_SHA);
	assert_true(r->is_confidential && r->is_template);
	assert_int_equal(r->expires_us, 7);
}

static void
the_token_does_not_overrule_somebody_who_said_no(void **state)
{
	Ward *w = *state;
	g_autoptr(LoaRecording) r = made_by(w, "r1", "lan", SHA);
	g_autoptr(LoaRecording) again = made_by(w, "r1", "token", SHA);

	r->approval.state = LOA_APPROVAL_REJECTED;
	r->approval.reason = g_strdup("sai tên");
	keep(w, r);
	keep(w, again);
	assert_int_equal(state_of(w, "r1"), LOA_APPROVAL_REJECTED);
}

static void
a_text_that_the_token_declares_is_approved_though_spoken_before(void **state)
{
	Ward *w = *state;
	g_autofree char *id = loa_planner_speech_id(TEXT);
	g_autoptr(LoaRecording) spoken = made_by(w, id, "lan", SHA);

	keep(w, spoken);

	g_autoptr(JsonNode) by_lan = apply_text(w, &lan);

	assert_int_equal(state_of(w, id), LOA_APPROVAL_DRAFT);

	g_autoptr(JsonNode) by_token = apply_text(w, &loa_caller_token);

	assert_int_equal(state_of(w, id), LOA_APPROVAL_APPROVED);
}

static void
a_text_in_a_timetable_asks_for_approval_by_itself(void **state)
{
	Ward *w = *state;
	g_autofree char *id = loa_planner_speech_id(TEXT);
	g_autoptr(JsonNode) answer = apply_text(w, &lan);
	g_autoptr(LoaRecording) spoken = made_by(w, id, "lan", SHA);

	assert_non_null(loa_studio_job_of(w->office->studio, id));
	spoken->approval.state = LOA_APPROVAL_SUBMITTED; /* as the job was told */
	keep(w, spoken);
	assert_int_equal(state_of(w, id), LOA_APPROVAL_SUBMITTED);
	assert_int_equal(loa_plan_desk_warnings(w->desk)->len, 1);
	assert_int_equal(
		((LoaPlannerWarning *)g_ptr_array_index(loa_plan_desk_warnings(w->desk), 0))
			->finding,
		LOA_PLANNER_UNAPPROVED);
}

static void
the_list_shows_what_it_is_and_who_answers_for_it(void **state)
{
	Ward *w = *state;
	g_autoptr(LoaRecording) made = made_by(w, "r1", "token", SHA);
	g_autoptr(LoaRecording) draft = made_by(w, "r2", "lan", OTHER_SHA);
	g_autoptr(GError) error = NULL;

	made->text = g_strdup("Kính thưa");
	made->kind = g_strdup("tin");
	made->expires_us = NOON_US;
	keep(w, made);
	keep(w, draft);

	g_autoptr(JsonNode) approved =
		must(loa_office_recordings(w->office, &lan, "approved", &error), error);

	assert_at(approved, "recordings.0.id", "\"r1\"");
	assert_at(approved, "recordings.0.kind", "\"tin\"");
	assert_at(approved, "recordings.0.lead_unit", "null");
	assert_at(approved, "recordings.0.text", "\"Kính thưa\"");
	assert_at(approved, "recordings.0.approved.by", "\"token\"");
	assert_at(approved, "recordings.0.approved.at", "\"2026-11-21T12:00:00+07:00\"");
	assert_at(approved, "recordings.0.is_expired", "true");
	assert_at(approved, "recordings.0.expires", "\"2026-11-21T12:00:00+07:00\"");
	assert_at(approved, "recordings.1", "(absent)");

	g_autoptr(JsonNode) drafts =
		must(loa_office_recordings(w->office, &lan, "draft", &error), error);

	assert_at(drafts, "recordings.0.id", "\"r2\"");
	assert_at(drafts, "recordings.0.approved", "null");
	assert_at(drafts, "recordings.0.is_expired", "false");
	assert_null(loa_office_recordings(w->office, &lan, "aired", &error));
	assert_true(g_error_matches(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_BAD_REQUEST));
}

static void
those_who_only_look_see_no_text_and_nothing_confidential(void **state)
{
	Ward *w = *state;
	const LoaCaller leader = { .user = "ba", .name = "Bà Ba", .roles = 1u << LOA_ROLE_LEADER };
	g_autoptr(LoaRecording) open = made_by(w, "r1", "token", SHA);
	g_autoptr(LoaRecording) secret = made_by(w, "r2", "token", OTHER_SHA);
	g_autoptr(GError) error = NULL;

	open->text = g_strdup("Kính thưa");
	secret->is_confidential = TRUE;
	keep(w, secret);
	keep(w, open);

	g_autoptr(JsonNode) list =
		must(loa_office_recordings(w->office, &leader, NULL, &error), error);

	assert_at(list, "recordings.0.id", "\"r1\"");
	assert_at(list, "recordings.0.text", "null");
	assert_at(list, "recordings.1", "(absent)");
	assert_null(loa_office_recording(w->office, &leader, "r2", &error));
	assert_true(g_error_matches(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_NOT_FOUND));
	g_clear_error(&error);

	g_autoptr(JsonNode) seen_by_lan =
		must(loa_office_recording(w->office, &lan, "r2", &error), error);

	assert_at(seen_by_lan, "confidential", "true");
}

static JsonNode *
decide(Ward *w, const LoaCaller *caller, LoaApprovalAct act, const char *sha256, const char *reason,
       GError **error)
{
	const LoaRecordingDecision decision = { act, sha256, reason };

	return loa_office_decide(w->office, caller, "r1", &decision, error);
}

static void
a_draft_is_submitted_heard_approved_and_then_played(void **state)
{
	Ward *w = *state;
	g_autoptr(LoaRecording) made = made_by(w, "r1", "lan", SHA);
	g_autoptr(GError) error = NULL;

	keep(w, made);

	g_autoptr(JsonNode) submitted =
		must(decide(w, &lan, LOA_APPROVAL_SUBMIT, NULL, NULL, &error), error);

	assert_at(submitted, "state", "\"submitted\"");
	assert_at(submitted, "submitted_by", "\"lan\"");
	assert_null(decide(w, &lan, LOA_APPROVAL_APPROVE, SHA, NULL, &error));
	assert_true(g_error_matches(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_FORBIDDEN));
	g_clear_error(&error);
	assert_null(decide(w, &ha, LOA_APPROVAL_APPROVE, OTHER_SHA, NULL, &error));
	assert_true(g_error_matches(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_CONFLICT));
	assert_non_null(strstr(error->message, "listen again"));
	g_clear_error(&error);

	g_autoptr(JsonNode) approved =
		must(decide(w, &ha, LOA_APPROVAL_APPROVE, SHA, NULL, &error), error);

	assert_at(approved, "approved.name", "\"Ông Hà\"");

	g_autoptr(JsonNode) again =
		must(decide(w, &ha, LOA_APPROVAL_APPROVE, SHA, NULL, &error), error);
	g_autoptr(JsonNode) played = must(
		loa_office_play(w->office, &lan, "r1", NULL, LOA_CLASS_NORMAL, 0, &error), error);

	assert_at(again, "state", "\"approved\"");
}

static void
a_withdrawal_takes_it_out_of_the_plans(void **state)
{
	Ward *w = *state;
	g_autoptr(LoaRecording) made = made_by(w, "r1", "token", SHA);
	g_autoptr(GError) error = NULL;

	keep(w, made);

	g_autoptr(JsonNode) played =
		must(loa_office_play(w->office, &lan, "r1", NULL, LOA_CLASS_NORMAL,
				     NOON_US + HOUR_US, &error),
		     error);
	const LoaPlan *plan = g_ptr_array_index(loa_plan_desk_plans(w->desk), 0);

	assert_int_equal(plan->airings->len, 1);
	assert_null(decide(w, &lan, LOA_APPROVAL_WITHDRAW, NULL, "", &error));
	assert_true(g_error_matches(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_BAD_REQUEST));
	g_clear_error(&error);

	g_autoptr(JsonNode) withdrawn =
		must(decide(w, &lan, LOA_APPROVAL_WITHDRAW, NULL, "sai ngày", &error), error);

	assert_at(withdrawn, "reason", "\"sai ngày\"");
	assert_at(withdrawn, "approved", "null");
	plan = g_ptr_array_index(loa_plan_desk_plans(w->desk), 0);
	assert_int_equal(plan->airings->len, 0);
	assert_null(decide(w, &ha, LOA_APPROVAL_APPROVE, SHA, NULL, &error));
	assert_true(g_error_matches(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_CONFLICT));
}

static void
what_is_said_of_a_recording_changes_word_by_word(void **state)
{
	Ward *w = *state;
	const gint64 expires_us = NOON_US + DAY_US;
	const gboolean yes = TRUE;
	const LoaRecordingChange first = { .words = { .title = "Tết", .kind = "loi-chao" },
					   .expires_us = &expires_us,
					   .is_template = &yes };
	const LoaRecordingChange second = { .words = { .kind = "", .author = "Lan" },
					    .is_confidential = &yes };
	const LoaRecordingChange bad = { .words = { .title = "" } };
	g_autoptr(LoaRecording) made = made_by(w, "r1", "token", SHA);
	g_autoptr(GError) error = NULL;

	keep(w, made);

	g_autoptr(JsonNode) one =
		must(loa_office_set_recording(w->office, &lan, "r1", &first, &error), error);

	assert_at(one, "title", "\"Tết\"");
	assert_at(one, "category", "\"ban-tin\"");
	assert_at(one, "kind", "\"loi-chao\"");
	assert_at(one, "template", "true");
	assert_at(one, "expires", "\"2026-11-22T12:00:00+07:00\"");
	assert_at(one, "state", "\"approved\"");

	g_autoptr(JsonNode) two =
		must(loa_office_set_recording(w->office, &lan, "r1", &second, &error), error);

	assert_at(two, "title", "\"Tết\"");
	assert_at(two, "kind", "null");
	assert_at(two, "author", "\"Lan\"");
	assert_at(two, "confidential", "true");
	assert_at(two, "template", "true");
	assert_null(loa_office_set_recording(w->office, &lan, "r1", &bad, &error));
	assert_true(g_error_matches(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_BAD_REQUEST));
	g_clear_error(&error);
	assert_null(loa_office_set_recording(w->office, &lan, "r9", &first, &error));
	assert_true(g_error_matches(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_NOT_FOUND));
}

static void
every_decision_is_in_the_audit_log_under_its_name(void **state)
{
	Ward *w = *state;
	g_autoptr(LoaRecording) made = made_by(w, "r1", "lan", SHA);
	g_autoptr(GError) error = NULL;
	sqlite3_stmt *row = NULL;
	g_autoptr(GString) log = g_string_new(NULL);
	sqlite3 *db = NULL;

	keep(w, made);

	g_autoptr(JsonNode) submitted =
		must(decide(w, &lan, LOA_APPROVAL_SUBMIT, NULL, NULL, &error), error);
	g_autoptr(JsonNode) approved =
		must(decide(w, &ha, LOA_APPROVAL_APPROVE, SHA, NULL, &error), error);

	assert_int_equal(sqlite3_open(w->folder->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db,
					    "SELECT who || ' ' || address || ' ' || action || ' '"
					    " || subject || ' ' || detail FROM audit ORDER BY id",
					    -1, &row, NULL),
			 SQLITE_OK);
	while (sqlite3_step(row) == SQLITE_ROW)
		g_string_append_printf(log, "%s\n", (const char *)sqlite3_column_text(row, 0));
	sqlite3_finalize(row);
	sqlite3_close(db);
	assert_string_equal(log->str, "lan  import r1 Bản tin\n"
				      "lan 10.0.0.1 submit r1 " SHA "\n"
				      "ha 10.0.0.2 approve r1 " SHA "\n");
}

/* What a file's request ended with: its bytes, type and name, or the error's code. */
static void
on_file(LoaOfficeFile *file, const GError *error, gpointer user_data)
{
	GString *got = user_data;

	if (file == NULL)
		g_string_printf(got, "error %d", error->code);
	else
		g_string_printf(got, "%.*s %s %s", (int)g_bytes_get_size(file->bytes),
				(const char *)g_bytes_get_data(file->bytes, NULL), file->type,
				file->name != NULL ? file->name : "-");
}

static void
assert_file(Ward *w, const char *id, LoaOfficeFileKind kind, const char *want)
{
	g_autoptr(GString) got = g_string_new(NULL);

	loa_office_file(w->office, &lan, id, kind, on_file, got, NULL);
	assert_string_equal(got->str, want);
}

static void
the_files_are_those_that_were_heard_and_that_came_in(void **state)
{
	Ward *w = *state;
	g_autoptr(LoaRecording) made = made_by(w, "r1", "token", SHA);
	g_autofree char *folder = g_build_filename(w->folder->folder, "originals", NULL);
	g_autofree char *original = g_build_filename(folder, SHA ".mp3", NULL);
	g_autofree char *missing = g_strdup_printf("error %d", LOA_OFFICE_ERROR_NOT_FOUND);

	keep(w, made);
	assert_file(w, "r9", LOA_OFFICE_FILE_AUDIO, missing);
	assert_file(w, "r1", LOA_OFFICE_FILE_ORIGINAL, missing);
	assert_int_equal(g_mkdir_with_parents(folder, 0700), 0);
	assert_true(g_file_set_contents(original, "ID3", 3, NULL));
	assert_file(w, "r1", LOA_OFFICE_FILE_ORIGINAL, "ID3 application/octet-stream ban tin.mp3");
	assert_file(w, "r1", LOA_OFFICE_FILE_AUDIO, "Ogg audio/ogg -");
}

static void
a_master_is_named_by_the_title(void **state)
{
	Ward *w = *state;
	g_autoptr(LoaRecording) made = made_by(w, "r1", "token", SHA);
	g_autofree char *cache = g_build_filename(w->folder->folder, "cache", SHA ".mp3", NULL);

	g_free(made->title);
	made->title = g_strdup("Chúc Tết 2027/1");
	keep(w, made);
	assert_true(g_file_set_contents(cache, "MP3", 3, NULL));
	assert_file(w, "r1", LOA_OFFICE_FILE_MP3, "MP3 audio/mpeg Chúc-Tết-2027-1.mp3");
}

static void
on_waveform(JsonNode *answer, const GError *error, gpointer user_data)
{
	g_assert_no_error(error);
	*(JsonNode **)user_data = json_node_ref(answer);
}

static void
a_waveform_says_how_long_and_how_loud(void **state)
{
	Ward *w = *state;
	g_autoptr(LoaRecording) made = made_by(w, "r1", "token", SHA);
	g_autofree char *cache = g_build_filename(w->folder->folder, "cache", SHA ".peaks", NULL);
	g_autoptr(JsonNode) answer = NULL;

	keep(w, made);
	assert_true(g_file_set_contents(cache, "\x01\xff", 2, NULL));
	loa_office_waveform(w->office, &lan, "r1", on_waveform, &answer, NULL);
	assert_at(answer, "duration_ms", "60000");
	assert_at(answer, "peaks", "[1,255]");
}

static void
a_text_is_kept_as_written_and_spoken_as_read(void **state)
{
	Ward *w = *state;
	const LoaRecordingWords words = { .title = "Họp", .text = "Họp lúc 17h30 tại NVH" };
	g_autofree char *id = loa_planner_speech_id(words.text);
	g_autofree char *name = g_strdup_printf("%s.txt", id);
	g_autofree char *path = g_build_filename(w->folder->folder, "tmp", name, NULL);
	g_autofree char *spoken = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) job = must(loa_office_speak(w->office, &lan, &words, &error), error);
	g_autoptr(JsonNode) shown = loa_office_read_text(w->office, &lan, words.text);

	assert_non_null(job);
	assert_true(g_file_get_contents(path, &spoken, NULL, NULL));
	assert_string_equal(spoken, "Họp lúc mười bảy giờ ba mươi phút tại nhà văn hóa");
	assert_at(shown, "read", "\"Họp lúc mười bảy giờ ba mươi phút tại nhà văn hóa\"");
	assert_at(shown, "warnings", "[]");
}

static void
words_that_are_none_are_refused(void **state)
{
	static const LoaRecordingWords words[] = {
		{ .title = "" },
		{ .title = "hai\ndòng" },
		{ .title = "a", .category = "Hai Từ" },
		{ .title = "a", .kind = "ca-nhac" },
		{ .title = "a", .author = "hai\ndòng" },
		{ .title = "a", .text = "\x1b[2J" },
		{ .title = "a", .text = "\xff" },
	};
	Ward *w = *state;

	for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
		g_autofree char *path = g_build_filename(w->folder->folder, "upload", NULL);
		g_autoptr(GError) error = NULL;

		assert_true(g_file_set_contents(path, "x", 1, NULL));
		assert_null(loa_office_import(w->office, &lan, path, "a.wav", &words[i], &error));
		assert_true(g_error_matches(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_BAD_REQUEST));
		assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
	}
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		test(what_the_token_brings_is_approved_by_it),
		test(what_a_user_brings_is_a_draft_and_is_not_played),
		test(the_same_file_again_keeps_its_approval_and_other_audio_loses_it),
		test(audio_that_was_lost_is_approved_still_if_it_comes_back_the_same),
		test(what_the_office_decided_outlives_a_new_rendering),
		test(the_token_does_not_overrule_somebody_who_said_no),
		test(a_text_that_the_token_declares_is_approved_though_spoken_before),
		test(a_text_in_a_timetable_asks_for_approval_by_itself),
		test(the_list_shows_what_it_is_and_who_answers_for_it),
		test(those_who_only_look_see_no_text_and_nothing_confidential),
		test(a_draft_is_submitted_heard_approved_and_then_played),
		test(a_withdrawal_takes_it_out_of_the_plans),
		test(what_is_said_of_a_recording_changes_word_by_word),
		test(every_decision_is_in_the_audit_log_under_its_name),
		test(the_files_are_those_that_were_heard_and_that_came_in),
		test(a_master_is_named_by_the_title),
		test(a_waveform_says_how_long_and_how_loud),
		test(a_text_is_kept_as_written_and_spoken_as_read),
		test(words_that_are_none_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
