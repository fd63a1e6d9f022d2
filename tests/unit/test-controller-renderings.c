/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Renderings with a loa-render of the test's own: a shell script. No sound is decoded here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <utime.h>

#include "common/main-thread.h"
#include "controller/studio/renderings.h"
#include "tests/unit/controller-sample.h"

#define PATIENCE_S 10

typedef struct {
	Folder *folder;
	char *cache;
	LoaRenderings *renderings;
	GPtrArray *answers; /* char *: contents, or the error's message after "!" */
	guint n_destroyed;
	gboolean is_late;
} Ward;

/* $1 form, $2 input, $3 output */
static void
open_renderings(Ward *w, const char *body, gint64 budget_bytes)
{
	g_autofree char *program = g_build_filename(w->folder->folder, "render", NULL);
	g_autofree char *text = g_strdup_printf("#!/bin/sh\n%s\n", body);

	g_assert_true(g_file_set_contents(program, text, -1, NULL));
	g_assert_cmpint(g_chmod(program, 0700), ==, 0);
	g_clear_pointer(&w->renderings, loa_renderings_free);
	w->renderings =
		loa_renderings_new(program, w->folder->folder, w->cache, budget_bytes, NULL);
	assert_non_null(w->renderings);
}

static int
setup(void **state)
{
	Ward *w = g_new0(Ward, 1);

	if (folder_setup((void **)&w->folder) != 0)
		return 1;
	loa_main_thread_claim();
	w->cache = g_build_filename(w->folder->folder, "cache", NULL);
	w->answers = g_ptr_array_new_with_free_func(g_free);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	Ward *w = *state;

	loa_renderings_free(w->renderings);
	folder_teardown((void **)&w->folder);
	g_ptr_array_unref(w->answers);
	g_free(w->cache);
	g_free(w);
	return 0;
}

static void
on_answer(const char *path, const GError *error, gpointer user_data)
{
	Ward *w = user_data;
	char *text = NULL;

	if (path == NULL)
		text = g_strconcat("!", error->message, NULL);
	else
		g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	g_ptr_array_add(w->answers, text);
}

static void
on_destroy(gpointer user_data)
{
	((Ward *)user_data)->n_destroyed++;
}

static void
get(Ward *w, const char *sha256, LoaRenderingForm form)
{
	loa_renderings_get(w->renderings, sha256, form, on_answer, w, on_destroy);
}

static gboolean
on_watchdog(gpointer user_data)
{
	((Ward *)user_data)->is_late = TRUE;
	return G_SOURCE_CONTINUE;
}

static void
wait_for(Ward *w, guint n_answers)
{
	guint watchdog = g_timeout_add_seconds(PATIENCE_S, on_watchdog, w);

	while (w->answers->len < n_answers && !w->is_late)
		g_main_context_iteration(NULL, TRUE);
	g_source_remove(watchdog);
	assert_false(w->is_late);
	assert_int_equal(w->answers->len, n_answers);
}

static const char *
answer(const Ward *w, guint i)
{
	return g_ptr_array_index(w->answers, i);
}

static void
a_form_is_made_once_and_then_at_hand(void **state)
{
	Ward *w = *state;

	open_renderings(w, "echo once >> \"$(dirname \"$0\")/runs\"; echo \"$1 $2\" > \"$3\"",
			1000);
	get(w, "aa", LOA_RENDERING_MP3);
	get(w, "aa", LOA_RENDERING_MP3);
	assert_int_equal(w->answers->len, 0);
	wait_for(w, 2);
	get(w, "aa", LOA_RENDERING_MP3);
	assert_int_equal(w->answers->len, 3);
	assert_int_equal(w->n_destroyed, 3);

	g_autofree char *want = g_strdup_printf("mp3 %s/aa.opus\n", w->folder->folder);
	g_autofree char *runs_path = g_build_filename(w->folder->folder, "runs", NULL);
	g_autofree char *runs = NULL;

	for (guint i = 0; i < 3; i++)
		assert_string_equal(answer(w, i), want);
	assert_true(g_file_get_contents(runs_path, &runs, NULL, NULL));
	assert_string_equal(runs, "once\n");
}

static void
forms_and_recordings_are_kept_apart_and_made_one_after_the_other(void **state)
{
	Ward *w = *state;

	open_renderings(w,
			"mkdir \"$(dirname \"$0\")/busy\" || exit 1; echo \"$1\" > \"$3\";"
			" rmdir \"$(dirname \"$0\")/busy\"",
			1000);
	get(w, "aa", LOA_RENDERING_PEAKS);
	get(w, "aa", LOA_RENDERING_WAV);
	get(w, "bb", LOA_RENDERING_MP3);
	wait_for(w, 3);
	assert_string_equal(answer(w, 0), "peaks\n");
	assert_string_equal(answer(w, 1), "wav\n");
	assert_string_equal(answer(w, 2), "mp3\n");
}

static void
a_failure_says_why_leaves_nothing_and_is_tried_again(void **state)
{
	Ward *w = *state;

	open_renderings(w, "echo half > \"$3\"; echo \"the disk is full\"; exit 1", 1000);
	get(w, "aa", LOA_RENDERING_WAV);
	wait_for(w, 1);
	assert_non_null(strstr(answer(w, 0), "!the wav could not be made: the disk is full"));

	g_autoptr(GDir) dir = g_dir_open(w->cache, 0, NULL);

	assert_null(g_dir_read_name(dir));
	open_renderings(w, "echo good > \"$3\"", 1000);
	get(w, "aa", LOA_RENDERING_WAV);
	wait_for(w, 2);
	assert_string_equal(answer(w, 1), "good\n");
}

static void
a_child_that_writes_nothing_has_failed(void **state)
{
	Ward *w = *state;

	open_renderings(w, "exit 0", 1000);
	get(w, "aa", LOA_RENDERING_WAV);
	wait_for(w, 1);
	assert_int_equal(answer(w, 0)[0], '!');
}

static void
age(Ward *w, const char *name, time_t s)
{
	g_autofree char *path = g_build_filename(w->cache, name, NULL);
	struct utimbuf times = { s, s };

	assert_int_equal(utime(path, &times), 0);
}

static gboolean
is_kept(Ward *w, const char *name)
{
	g_autofree char *path = g_build_filename(w->cache, name, NULL);

	return g_file_test(path, G_FILE_TEST_EXISTS);
}

static void
the_longest_unused_goes_first_and_the_newest_stays(void **state)
{
	Ward *w = *state;

	/* 40 bytes each */
	open_renderings(w, "printf '%040d' 0 > \"$3\"", 100);
	get(w, "aa", LOA_RENDERING_WAV);
	get(w, "bb", LOA_RENDERING_WAV);
	wait_for(w, 2);
	age(w, "aa.wav", 1000);
	age(w, "bb.wav", 2000);
	/* asked for again: used just now */
	get(w, "aa", LOA_RENDERING_WAV);
	get(w, "cc", LOA_RENDERING_WAV);
	wait_for(w, 4);
	assert_true(is_kept(w, "aa.wav"));
	assert_false(is_kept(w, "bb.wav"));
	assert_true(is_kept(w, "cc.wav"));

	open_renderings(w, "printf '%0400d' 0 > \"$3\"", 100);
	get(w, "dd", LOA_RENDERING_WAV);
	wait_for(w, 5);
	assert_true(is_kept(w, "dd.wav"));
	assert_false(is_kept(w, "aa.wav"));
}

static void
so_many_wait_and_no_more(void **state)
{
	Ward *w = *state;

	open_renderings(w, "exec sleep 60", 1000);
	for (guint i = 0; i < LOA_RENDERINGS_MAX_WAITING; i++) {
		g_autofree char *sha256 = g_strdup_printf("a%u", i);

		get(w, sha256, LOA_RENDERING_WAV);
	}
	assert_int_equal(w->answers->len, 0);
	get(w, "more", LOA_RENDERING_WAV);
	assert_int_equal(w->answers->len, 1);
	assert_int_equal(answer(w, 0)[0], '!');
	for (guint i = 1; i < LOA_RENDERINGS_MAX_WAITING; i++)
		get(w, "a0", LOA_RENDERING_WAV);
	assert_int_equal(w->answers->len, 1);
	get(w, "a0", LOA_RENDERING_WAV);
	assert_int_equal(w->answers->len, 2);

	/* who still waits is let go of */
	w->n_destroyed = 0;
	g_clear_pointer(&w->renderings, loa_renderings_free);
	assert_int_equal(w->n_destroyed, 2 * LOA_RENDERINGS_MAX_WAITING - 1);
	assert_int_equal(w->answers->len, 2);
}

static void
what_was_half_done_goes_at_the_start(void **state)
{
	Ward *w = *state;
	g_autofree char *half = g_build_filename(w->cache, "aa.wav.part", NULL);
	g_autofree char *whole = g_build_filename(w->cache, "bb.wav", NULL);

	assert_int_equal(g_mkdir_with_parents(w->cache, 0700), 0);
	assert_true(g_file_set_contents(half, "x", 1, NULL));
	assert_true(g_file_set_contents(whole, "x", 1, NULL));
	open_renderings(w, "exit 1", 1000);
	assert_false(is_kept(w, "aa.wav.part"));
	assert_true(is_kept(w, "bb.wav"));
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_form_is_made_once_and_then_at_hand),
		test(forms_and_recordings_are_kept_apart_and_made_one_after_the_other),
		test(a_failure_says_why_leaves_nothing_and_is_tried_again),
		test(a_child_that_writes_nothing_has_failed),
		test(the_longest_unused_goes_first_and_the_newest_stays),
		test(so_many_wait_and_no_more),
		test(what_was_half_done_goes_at_the_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
