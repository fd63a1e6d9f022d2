/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The studio with a loa-ingest and a speech command of the test's own: shell scripts that say
 * what the case wants. No sound is decoded here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/main-thread.h"
#include "controller/studio/line-process.h"
#include "controller/studio/studio.h"
#include "tests/unit/controller-sample.h"

#define DONE                                                                                       \
	"{\"done\":{\"sha256\":\"" SHA "\",\"size\":5,\"n_samples\":48000,\"pre_skip\":312,"       \
	"\"duration_ms\":1000,\"original_sha256\":\"" SHA "\",\"original_file\":\"" SHA ".wav\","  \
	"\"input_lufs\":-23.1,\"lufs\":-16.0,\"true_peak_dbtp\":-1.9,\"trimmed_ms\":[0,0]}}"
#define PATIENCE_S 10

typedef struct {
	Folder *folder;
	LoaControllerConfig *config;
	LoaStudio *studio;
	GPtrArray *kept; /* LoaRecording */
	gboolean is_full;
} Ward;

static gint64
noon(gpointer user_data)
{
	(void)user_data;
	return NOON_US;
}

static gboolean
on_keep(const LoaRecording *recording, gpointer user_data, GError **error)
{
	Ward *w = user_data;

	if (w->is_full) {
		g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOSPC, "the disk is full");
		return FALSE;
	}
	g_ptr_array_add(w->kept, loa_recording_copy(recording));
	return TRUE;
}

static void
on_job(const char *job, gpointer user_data)
{
	(void)user_data;
	assert_non_null(job);
}

static char *
write_script(const Ward *w, const char *name, const char *body)
{
	char *path = g_build_filename(w->folder->folder, name, NULL);
	g_autofree char *text = g_strdup_printf("#!/bin/sh\n%s\n", body);

	assert_true(g_file_set_contents(path, text, -1, NULL));
	assert_int_equal(g_chmod(path, 0700), 0);
	return path;
}

static void
set_ingest(Ward *w, const char *body)
{
	g_free(w->config->ingest_program);
	w->config->ingest_program = write_script(w, "ingest", body);
	g_clear_pointer(&w->studio, loa_studio_free);

	static const LoaStudioEvents events = { on_keep, on_job };

	w->studio = loa_studio_new(w->config, noon, &events, w, NULL);
	assert_non_null(w->studio);
}

static int
setup(void **state)
{
	Ward *w = g_new0(Ward, 1);
	const char *const speech[] = { "/bin/cp", "%i", "%o", NULL };

	if (folder_setup((void **)&w->folder) != 0)
		return 1;
	loa_main_thread_claim();
	w->config = g_new0(LoaControllerConfig, 1);
	w->config->groups = g_ptr_array_new();
	w->config->hours = g_array_new(FALSE, FALSE, 1);
	w->config->data_dir = g_strdup(w->folder->folder);
	w->config->ingest_lufs = -16.0;
	w->config->ingest_true_peak_dbtp = -1.5;
	w->config->speech_command = g_strdupv((char **)speech);
	w->kept = g_ptr_array_new_with_free_func((GDestroyNotify)loa_recording_free);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	Ward *w = *state;

	loa_studio_free(w->studio);
	loa_controller_config_free(w->config);
	g_ptr_array_unref(w->kept);
	folder_teardown((void **)&w->folder);
	g_free(w);
	return 0;
}

static gboolean
on_watchdog(gpointer user_data)
{
	*(gboolean *)user_data = TRUE;
	return G_SOURCE_CONTINUE;
}

static LoaJob
wait_for(Ward *w, const char *id)
{
	gboolean is_late = FALSE;
	guint watchdog = g_timeout_add_seconds(PATIENCE_S, on_watchdog, &is_late);
	LoaJob job;

	for (;;) {
		assert_true(loa_studio_find(w->studio, id, &job));
		if (job.state == LOA_JOB_DONE || job.state == LOA_JOB_FAILED || is_late)
			break;
		g_main_context_iteration(NULL, TRUE);
	}
	g_source_remove(watchdog);
	assert_false(is_late);
	return job;
}

static char *
upload(const Ward *w)
{
	char *path = g_build_filename(w->folder->folder, "upload", NULL);

	assert_true(g_file_set_contents(path, "sound", -1, NULL));
	return path;
}

/* @id: (nullable) */
static LoaRecording *
about_news(const char *id)
{
	LoaRecording *about = loa_recording_new();

	about->id = g_strdup(id);
	about->title = g_strdup("Bản tin");
	about->category = g_strdup("ban-tin");
	about->author = g_strdup("Lan");
	return about;
}

static LoaJob
import(Ward *w, char *path)
{
	g_autoptr(LoaRecording) about = about_news(NULL);
	const char *id = loa_studio_import(w->studio, path, "Bản tin.wav", NULL, about, NULL);

	assert_non_null(id);

	g_autofree char *kept_id = g_strdup(id);

	return wait_for(w, kept_id);
}

static void
an_import_becomes_a_recording_named_by_its_original(void **state)
{
	Ward *w = *state;
	g_autofree char *path = upload(w);

	set_ingest(w, "echo '{\"progress\":0.5,\"stage\":\"decode\"}'; echo '" DONE "'");

	LoaJob job = import(w, path);
	const LoaRecording *r;

	if (job.state != LOA_JOB_DONE)
		fail_msg("%s", job.message);
	assert_true(job.progress == 1.0);
	assert_string_equal(job.recording, "r0123456789abcdef");
	assert_int_equal(w->kept->len, 1);
	r = g_ptr_array_index(w->kept, 0);
	assert_string_equal(r->id, "r0123456789abcdef");
	assert_string_equal(r->title, "Bản tin");
	assert_string_equal(r->category, "ban-tin");
	assert_string_equal(r->author, "Lan");
	assert_string_equal(r->original_name, "Bản tin.wav");
	assert_string_equal(r->sha256, SHA);
	assert_int_equal(r->n_samples, 48000);
	assert_int_equal(r->imported_us, NOON_US);
	assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
}

static void
the_child_gets_the_options_of_the_configuration(void **state)
{
	Ward *w = *state;
	g_autofree char *path = upload(w);
	g_autofree char *seen_path = g_build_filename(w->folder->folder, "seen", NULL);
	g_autofree char *body = g_strdup_printf("echo \"$@\" > %s; echo '" DONE "'", seen_path);
	g_autofree char *want = NULL;
	g_autofree char *seen = NULL;

	w->config->ingest_bitrate = 32000;
	w->config->ingest_max_minutes = 7;
	set_ingest(w, body);
	import(w, path);
	want = g_strdup_printf(
		"--out %s --name Bản tin.wav --lufs -16.0 --true-peak -1.5 --bitrate "
		"32000 --max-minutes 7 --in %s\n",
		w->folder->folder, path);
	assert_true(g_file_get_contents(seen_path, &seen, NULL, NULL));
	assert_string_equal(seen, want);
}

typedef struct {
	const char *body;
	const char *word; /* of the message */
} Failure;

static void
a_failure_is_one_sentence_and_leaves_no_upload(void **state)
{
	Ward *w = *state;
	static const Failure failures[] = {
		{ "echo '{\"error\":\"the file is cut short\",\"code\":\"cut-short\"}'; exit 65",
		  "the file is cut short" },
		{ "exit 3", "exit status 3" },
		{ "kill -9 $$", "signal 9" },
		{ "exit 0", "said nothing" },
		{ "echo '" DONE "'; exit 1", "exit status 1" },
		{ "yes | tr -d '\\n'", "line without end" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(failures); i++) {
		g_autofree char *path = upload(w);

		set_ingest(w, failures[i].body);

		LoaJob job = import(w, path);

		assert_int_equal(job.state, LOA_JOB_FAILED);
		assert_null(job.recording);
		if (strstr(job.message, failures[i].word) == NULL)
			fail_msg("case %zu: \"%s\" lacks \"%s\"", i, job.message, failures[i].word);
		assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
	}
	assert_int_equal(w->kept->len, 0);
}

static void
a_program_that_is_missing_is_named(void **state)
{
	Ward *w = *state;
	g_autofree char *path = upload(w);

	set_ingest(w, "");
	g_unlink(w->config->ingest_program);

	LoaJob job = import(w, path);

	assert_int_equal(job.state, LOA_JOB_FAILED);
	assert_non_null(strstr(job.message, w->config->ingest_program));
}

static void
a_recording_that_cannot_be_kept_fails_the_job(void **state)
{
	Ward *w = *state;
	g_autofree char *path = upload(w);

	set_ingest(w, "echo '" DONE "'");
	w->is_full = TRUE;

	LoaJob job = import(w, path);

	assert_int_equal(job.state, LOA_JOB_FAILED);
	assert_string_equal(job.message, "the disk is full");
}

static void
speech_is_made_of_the_text_and_then_ingested(void **state)
{
	Ward *w = *state;
	g_autofree char *seen_path = g_build_filename(w->folder->folder, "seen", NULL);
	g_autofree char *body = g_strdup_printf(
		"for last; do :; done; cp \"$last\" %s; echo '" DONE "'", seen_path);
	g_autofree char *tmp = g_build_filename(w->folder->folder, "tmp", NULL);
	g_autofree char *seen = NULL;
	g_autoptr(LoaRecording) about = about_news("t1");
	const char *id;

	set_ingest(w, body);
	id = loa_studio_speak(w->studio, "Kính thưa bà con", about, NULL);
	assert_string_equal(loa_studio_job_of(w->studio, "t1"), id);

	g_autofree char *kept_id = g_strdup(id);
	LoaJob job = wait_for(w, kept_id);

	assert_int_equal(job.state, LOA_JOB_DONE);
	assert_string_equal(job.recording, "t1");
	assert_null(loa_studio_job_of(w->studio, "t1"));
	/* the speech command of this test copies the text */
	assert_true(g_file_get_contents(seen_path, &seen, NULL, NULL));
	assert_string_equal(seen, "Kính thưa bà con");

	g_autoptr(GDir) dir = g_dir_open(tmp, 0, NULL);

	assert_null(g_dir_read_name(dir));
}

static void
a_speech_command_that_fails_says_where_it_is_configured(void **state)
{
	Ward *w = *state;
	static const char *const programs[] = { "/bin/false", "/bin/true", "/nonexistent" };
	g_autoptr(LoaRecording) about = about_news("t1");

	set_ingest(w, "echo '" DONE "'");
	for (gsize i = 0; i < G_N_ELEMENTS(programs); i++) {
		g_autofree char *id = NULL;

		g_free(w->config->speech_command[0]);
		w->config->speech_command[0] = g_strdup(programs[i]);
		id = g_strdup(loa_studio_speak(w->studio, "x", about, NULL));

		LoaJob job = wait_for(w, id);

		assert_int_equal(job.state, LOA_JOB_FAILED);
		assert_non_null(strstr(job.message, "speech.command"));
	}
}

static void
so_many_jobs_wait_and_no_more(void **state)
{
	Ward *w = *state;
	g_autoptr(GError) error = NULL;
	g_autoptr(LoaRecording) about = about_news(NULL);

	set_ingest(w, "exec sleep 60");
	for (guint i = 0; i < LOA_STUDIO_MAX_WAITING; i++) {
		g_autofree char *path = upload(w);

		assert_non_null(loa_studio_import(w->studio, path, "a", NULL, about, NULL));
	}

	g_autofree char *path = upload(w);

	assert_null(loa_studio_import(w->studio, path, "a", NULL, about, &error));
	assert_true(g_error_matches(error, LOA_STUDIO_ERROR, LOA_STUDIO_ERROR_BUSY));
	assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
}

static void
a_start_empties_the_folder_of_unfinished_work(void **state)
{
	Ward *w = *state;
	g_autofree char *tmp = g_build_filename(w->folder->folder, "tmp", NULL);
	g_autofree char *left = g_build_filename(tmp, "t1.wav", NULL);

	g_mkdir(tmp, 0700);
	assert_true(g_file_set_contents(left, "x", -1, NULL));
	set_ingest(w, "");
	assert_false(g_file_test(left, G_FILE_TEST_EXISTS));
}

static void
on_line(const char *line, gpointer user_data)
{
	(void)line;
	(void)user_data;
}

static void
on_exit_why(const char *why, gpointer user_data)
{
	*(char **)user_data = g_strdup(why != NULL ? why : "fine");
}

static void
a_child_that_takes_too_long_is_killed(void **state)
{
	(void)state;
	const char *const argv[] = { "/bin/sleep", "60", NULL };
	static const LoaLineProcessEvents events = { on_line, on_exit_why };
	g_autofree char *why = NULL;
	/* the least that the timer counts: the loop below waits for the event, not for a time */
	g_autoptr(LoaLineProcess) process = loa_line_process_new(argv, 10, 0, &events, &why, NULL);

	assert_non_null(process);
	while (why == NULL)
		g_main_context_iteration(NULL, TRUE);
	assert_string_equal(why, "it took too long");
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		test(an_import_becomes_a_recording_named_by_its_original),
		test(the_child_gets_the_options_of_the_configuration),
		test(a_failure_is_one_sentence_and_leaves_no_upload),
		test(a_program_that_is_missing_is_named),
		test(a_recording_that_cannot_be_kept_fails_the_job),
		test(speech_is_made_of_the_text_and_then_ingested),
		test(a_speech_command_that_fails_says_where_it_is_configured),
		test(so_many_jobs_wait_and_no_more),
		test(a_start_empties_the_folder_of_unfinished_work),
		test(a_child_that_takes_too_long_is_killed),
	};

	return cmocka_run_group_tests_name("controller/studio", tests, NULL, NULL);
}
