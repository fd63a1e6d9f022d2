/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/main-thread.h"

#define N_POSTS 100

/* Written on the main thread only. */
typedef struct {
	GString *log;
	guint n_run;
	guint n_destroyed;
	guint n_wrong_thread;
	gboolean is_posting;
	gboolean ran_inside;
} Seen;

typedef struct {
	Seen *seen;
	int number;
} Note;

static void
take_note(gpointer data)
{
	Note *note = data;

	note->seen->n_wrong_thread += !loa_main_thread_is_current();
	note->seen->ran_inside |= note->seen->is_posting;
	note->seen->n_run++;
	g_string_append_printf(note->seen->log, "%d ", note->number);
}

static void
destroy_note(gpointer data)
{
	Note *note = data;

	note->seen->n_wrong_thread += !loa_main_thread_is_current();
	note->seen->n_destroyed++;
	g_free(note);
}

static void
post(Seen *seen, int number)
{
	Note *note = g_new(Note, 1);

	*note = (Note){ seen, number };
	loa_main_thread_post(take_note, note, destroy_note);
}

static void
run_until(const guint *count, guint want)
{
	while (*count < want)
		g_main_context_iteration(NULL, TRUE);
}

static gpointer
post_many_worker(gpointer data)
{
	Seen *seen = data;

	for (int i = 0; i < N_POSTS; i++)
		post(seen, i);
	return NULL;
}

static gpointer
ask_worker(gpointer data)
{
	*(gboolean *)data = loa_main_thread_is_current();
	return NULL;
}

static int
claim(void **state)
{
	(void)state;
	loa_main_thread_claim();
	return 0;
}

static void
only_the_claiming_thread_is_the_main_thread(void **state)
{
	(void)state;
	gboolean is_main = TRUE;

	g_thread_join(g_thread_new("asks", ask_worker, &is_main));
	assert_false(is_main);
	assert_true(loa_main_thread_is_current());
}

static void
a_post_never_runs_inside_the_call(void **state)
{
	(void)state;
	Seen seen = { .log = g_string_new(NULL), .is_posting = TRUE };

	post(&seen, 1);
	assert_int_equal(seen.n_run, 0);
	seen.is_posting = FALSE;
	run_until(&seen.n_destroyed, 1);
	assert_false(seen.ran_inside);
	assert_int_equal(seen.n_run, 1);
	g_string_free(seen.log, TRUE);
}

static void
posts_of_a_foreign_thread_run_on_the_main_thread_in_order(void **state)
{
	(void)state;
	Seen seen = { .log = g_string_new(NULL) };
	g_autoptr(GString) want = g_string_new(NULL);

	/* no loop runs while the thread posts: the case in which g_main_context_invoke() would
	 * run them on the foreign thread */
	g_thread_join(g_thread_new("posts", post_many_worker, &seen));
	assert_int_equal(seen.n_run, 0);
	run_until(&seen.n_destroyed, N_POSTS);

	for (int i = 0; i < N_POSTS; i++)
		g_string_append_printf(want, "%d ", i);
	assert_string_equal(seen.log->str, want->str);
	assert_int_equal(seen.n_wrong_thread, 0);
	g_string_free(seen.log, TRUE);
}

static void
post_again(gpointer data)
{
	Note *note = data;

	take_note(note);
	if (note->number < 3)
		post(note->seen, note->number + 10);
}

static void
a_post_may_post(void **state)
{
	(void)state;
	Seen seen = { .log = g_string_new(NULL) };
	Note *note = g_new(Note, 1);

	*note = (Note){ &seen, 1 };
	loa_main_thread_post(post_again, note, destroy_note);
	run_until(&seen.n_destroyed, 2);
	assert_string_equal(seen.log->str, "1 11 ");
	g_string_free(seen.log, TRUE);
}

static void
each_post_runs_once_and_is_destroyed_once(void **state)
{
	(void)state;
	Seen seen = { .log = g_string_new(NULL) };

	post(&seen, 1);
	post(&seen, 2);
	run_until(&seen.n_destroyed, 2);
	while (g_main_context_iteration(NULL, FALSE))
		;
	assert_int_equal(seen.n_run, 2);
	assert_int_equal(seen.n_destroyed, 2);
	g_string_free(seen.log, TRUE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_claiming_thread_is_the_main_thread),
		cmocka_unit_test(a_post_never_runs_inside_the_call),
		cmocka_unit_test(posts_of_a_foreign_thread_run_on_the_main_thread_in_order),
		cmocka_unit_test(a_post_may_post),
		cmocka_unit_test(each_post_runs_once_and_is_destroyed_once),
	};

	return cmocka_run_group_tests_name("common/main-thread", tests, claim, NULL);
}
