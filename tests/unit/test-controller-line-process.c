/* SPDX-License-Identifier: Apache-2.0 */
/* With real children of the shell; every wait is for their end, the longest a second. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "controller/studio/line-process.h"

#define MAX_LINE 100

typedef struct {
	GString *lines;
	char *why;
	gboolean is_over;
} Heard;

static gboolean
on_tick(gpointer user_data)
{
	(void)user_data;
	return G_SOURCE_CONTINUE;
}

static void
on_line(const char *line, gpointer user_data)
{
	g_string_append_printf(((Heard *)user_data)->lines, "%s;", line);
}

static void
on_exit_of(const char *why, gpointer user_data)
{
	Heard *heard = user_data;

	heard->why = g_strdup(why);
	heard->is_over = TRUE;
}

/* Runs @script to its end; the caller clears @heard. */
static void
run(const char *script, guint limit_s, Heard *heard)
{
	static const LoaLineProcessEvents events = { on_line, on_exit_of };
	const char *const argv[] = { "/bin/sh", "-c", script, NULL };
	const gint64 end_us = g_get_monotonic_time() + 20 * G_USEC_PER_SEC;
	g_autoptr(GError) error = NULL;
	LoaLineProcess *process;
	guint tick;

	*heard = (Heard){ .lines = g_string_new(NULL) };
	process = loa_line_process_new(argv, MAX_LINE, limit_s, &events, heard, &error);
	assert_non_null(process);
	tick = g_timeout_add(100, on_tick, NULL);
	while (!heard->is_over && g_get_monotonic_time() < end_us)
		g_main_context_iteration(NULL, TRUE);
	g_source_remove(tick);
	loa_line_process_free(process);
	assert_true(heard->is_over);
}

static void
heard_clear(Heard *heard)
{
	g_string_free(heard->lines, TRUE);
	g_free(heard->why);
}

static void
what_it_says_comes_line_by_line_and_a_good_end_has_no_reason(void **state)
{
	Heard heard;

	(void)state;
	run("echo a; echo b", 20, &heard);
	assert_string_equal(heard.lines->str, "a;b;");
	assert_null(heard.why);
	heard_clear(&heard);
}

static void
a_line_without_end_ends_it(void **state)
{
	Heard heard;

	(void)state;
	run("while :; do printf aaaaaaaaaaaaaaaa; done", 20, &heard);
	assert_string_equal(heard.why, "it said a line without end");
	heard_clear(&heard);
}

/* The child is gone, and what it started holds its output open: nobody waits for that for ever. */
static void
a_grandchild_that_stays_does_not_keep_it_open(void **state)
{
	Heard heard;

	(void)state;
	run("sleep 3 & echo done", 1, &heard);
	assert_string_equal(heard.lines->str, "done;");
	assert_non_null(heard.why);
	assert_string_equal(heard.why, "it took too long");
	heard_clear(&heard);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_it_says_comes_line_by_line_and_a_good_end_has_no_reason),
		cmocka_unit_test(a_line_without_end_ends_it),
		cmocka_unit_test(a_grandchild_that_stays_does_not_keep_it_open),
	};

	return cmocka_run_group_tests_name("controller/line-process", tests, NULL, NULL);
}
