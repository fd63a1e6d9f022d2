/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "controller/studio/takes.h"
#include "tests/unit/controller-sample.h"

typedef struct {
	Folder *folder;
	char *takes_dir;
	LoaStore *store;
	LoaTakes *takes;
} Studio;

static void
open_takes(Studio *s)
{
	s->store = open_store(s->folder);
	s->takes = loa_takes_new(s->store, s->takes_dir, NULL);
	assert_non_null(s->takes);
}

static void
close_takes(Studio *s)
{
	loa_takes_free(s->takes);
	loa_store_close(s->store);
}

static int
setup(void **state)
{
	Studio *s = g_new0(Studio, 1);

	if (folder_setup((void **)&s->folder) != 0)
		return 1;
	s->takes_dir = g_build_filename(s->folder->folder, "takes", NULL);
	open_takes(s);
	*state = s;
	return 0;
}

static int
teardown(void **state)
{
	Studio *s = *state;

	close_takes(s);
	folder_teardown((void **)&s->folder);
	g_free(s->takes_dir);
	g_free(s);
	return 0;
}

static LoaTake *
begin(Studio *s, const char *owner)
{
	g_autoptr(LoaTake) take = loa_take_new();
	g_autoptr(GError) error = NULL;

	take->owner = g_strdup(owner);
	take->title = g_strdup("Chúc Tết");
	take->mime = g_strdup("audio/webm;codecs=opus");
	take->text = g_strdup("Kính thưa\nbà con");
	if (!loa_takes_begin(s->takes, take, NOON_US, &error))
		fail_msg("%s", error->message);
	return g_steal_pointer(&take);
}

static gint64
append(Studio *s, const char *id, gint64 seq, const char *text)
{
	g_autoptr(GBytes) piece = g_bytes_new(text, strlen(text));
	g_autoptr(GError) error = NULL;
	gint64 next = -1;

	if (!loa_takes_append(s->takes, "ha", id, seq, FALSE, piece, NOON_US + seq, &next, &error))
		fail_msg("%s", error->message);
	return next;
}

static void
assert_refused(Studio *s, const char *owner, const char *id, gint64 seq, gsize size,
	       LoaTakesError code)
{
	g_autofree char *zeros = g_malloc0(size);
	g_autoptr(GBytes) piece = g_bytes_new(zeros, size);
	g_autoptr(GError) error = NULL;
	gint64 next;

	assert_false(
		loa_takes_append(s->takes, owner, id, seq, FALSE, piece, NOON_US, &next, &error));
	assert_true(g_error_matches(error, LOA_TAKES_ERROR, (int)code));
}

static char *
contents(Studio *s, const char *id)
{
	g_autofree char *path = g_build_filename(s->folder->folder, "copy", NULL);
	g_autoptr(LoaTake) take = loa_takes_find(s->takes, "ha", id, NULL);
	char *text = NULL;

	assert_true(loa_takes_export(s->takes, take, path, NULL));
	assert_true(g_file_get_contents(path, &text, NULL, NULL));
	g_unlink(path);
	return text;
}

/* The tab was closed in the middle of a block. */
static void
a_recording_that_was_cut_off_comes_out_as_far_as_it_is_whole(void **state)
{
	Studio *s = *state;
	g_autoptr(LoaTake) take = begin(s, "ha");
	g_autofree char *once = NULL;
	g_autofree char *twice = NULL;

	append(s, take->id, 0,
	       "\x1a\x45\xdf\xa3\x83xyz\xa3\x84"
	       "abcd\xa3\x84"
	       "ef");
	once = contents(s, take->id);
	assert_string_equal(once, "\x1a\x45\xdf\xa3\x83xyz\xa3\x84"
				  "abcd");
	/* the take itself is as it was: whoever comes back goes on with it */
	append(s, take->id, 1, "gh");
	twice = contents(s, take->id);
	assert_string_equal(twice, "\x1a\x45\xdf\xa3\x83xyz\xa3\x84"
				   "abcd\xa3\x84"
				   "efgh");
}

static void
where_another_recording_goes_on_is_kept_once(void **state)
{
	Studio *s = *state;
	g_autoptr(LoaTake) take = begin(s, "ha");
	g_autoptr(GBytes) piece = g_bytes_new_static("abcde", 5);
	g_autofree char *text = NULL;
	gint64 next;

	/* the first piece of all begins nothing that was cut off */
	assert_true(loa_takes_append(s->takes, "ha", take->id, 0, TRUE, piece, 1, &next, NULL));
	append(s, take->id, 1, "xy");
	for (gint64 i = 0; i < 2; i++) /* the second time it is known already */
		assert_true(
			loa_takes_append(s->takes, "ha", take->id, 2, TRUE, piece, 1, &next, NULL));
	assert_int_equal(next, 3);
	close_takes(s);
	open_takes(s);
	g_autoptr(LoaTake) back = loa_takes_find(s->takes, "ha", take->id, NULL);
	assert_string_equal(back->parts, "7");
	text = contents(s, take->id);
	assert_string_equal(text, "abcdexyabcde");

	for (gint64 seq = 3; seq < 3 + LOA_TAKES_MAX_PARTS - 2; seq++)
		assert_true(loa_takes_append(s->takes, "ha", take->id, seq, TRUE, piece, 1, &next,
					     NULL));
	g_autoptr(GError) error = NULL;
	assert_false(
		loa_takes_append(s->takes, "ha", take->id, next, TRUE, piece, 1, &next, &error));
	assert_true(g_error_matches(error, LOA_TAKES_ERROR, LOA_TAKES_ERROR_TOO_LARGE));
}

static void
pieces_come_out_in_their_order_and_each_once(void **state)
{
	Studio *s = *state;
	g_autoptr(LoaTake) take = begin(s, "ha");
	g_autofree char *text = NULL;

	assert_int_equal(append(s, take->id, 0, "một "), 1);
	assert_int_equal(append(s, take->id, 1, "hai "), 2);
	assert_int_equal(append(s, take->id, 1, "hai "), 2);
	assert_int_equal(append(s, take->id, 0, "xxx"), 2);
	assert_int_equal(append(s, take->id, 2, "ba"), 3);
	assert_refused(s, "ha", take->id, 4, 1, LOA_TAKES_ERROR_GAP);
	text = contents(s, take->id);
	assert_string_equal(text, "một hai ba");
}

static void
a_restart_loses_nothing_that_was_acknowledged(void **state)
{
	Studio *s = *state;
	g_autoptr(LoaTake) take = begin(s, "ha");
	g_autofree char *text = NULL;

	append(s, take->id, 0, "một ");
	append(s, take->id, 1, "hai ");
	close_takes(s);
	open_takes(s);

	g_autoptr(LoaTake) back = loa_takes_find(s->takes, "ha", take->id, NULL);

	assert_int_equal(back->next_seq, 2);
	assert_string_equal(back->title, "Chúc Tết");
	assert_string_equal(back->text, "Kính thưa\nbà con");
	assert_int_equal(back->touched_us, NOON_US + 1);
	append(s, take->id, 2, "ba");
	text = contents(s, take->id);
	assert_string_equal(text, "một hai ba");
}

static void
what_a_crash_left_behind_the_last_piece_does_not_count(void **state)
{
	Studio *s = *state;
	g_autoptr(LoaTake) take = begin(s, "ha");
	g_autofree char *path = g_build_filename(s->takes_dir, take->id, NULL);
	g_autofree char *text = NULL;
	g_autofree char *shorter = NULL;

	append(s, take->id, 0, "một ");
	assert_true(g_file_set_contents(path, "một RÁC RÁC RÁC", -1, NULL));
	append(s, take->id, 1, "hai");
	text = contents(s, take->id);
	assert_string_equal(text, "một hai");
	assert_true(g_file_set_contents(path, "một hai RÁC", -1, NULL));
	shorter = contents(s, take->id);
	assert_string_equal(shorter, "một hai");
}

static void
a_file_that_lost_bytes_is_an_error_and_no_gap(void **state)
{
	Studio *s = *state;
	g_autoptr(LoaTake) take = begin(s, "ha");
	g_autofree char *path = g_build_filename(s->takes_dir, take->id, NULL);

	append(s, take->id, 0, "một ");
	assert_true(g_file_set_contents(path, "m", -1, NULL));
	assert_refused(s, "ha", take->id, 1, 1, LOA_TAKES_ERROR_STORAGE);
}

static void
nobody_sees_or_touches_the_take_of_another(void **state)
{
	Studio *s = *state;
	g_autoptr(LoaTake) take = begin(s, "ha");
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) of_lan = loa_takes_list(s->takes, "lan", NULL);
	g_autoptr(GPtrArray) of_ha = loa_takes_list(s->takes, "ha", NULL);

	assert_int_equal(of_lan->len, 0);
	assert_int_equal(of_ha->len, 1);
	assert_refused(s, "lan", take->id, 0, 1, LOA_TAKES_ERROR_NOT_FOUND);
	assert_false(loa_takes_remove(s->takes, "lan", take->id, &error));
	assert_true(g_error_matches(error, LOA_TAKES_ERROR, LOA_TAKES_ERROR_NOT_FOUND));
	g_clear_error(&error);
	assert_true(loa_takes_remove(s->takes, "ha", take->id, &error));
	assert_null(loa_takes_find(s->takes, "ha", take->id, &error));
}

static void
size_and_number_are_bounded(void **state)
{
	Studio *s = *state;
	g_autoptr(LoaTake) take = begin(s, "ha");
	g_autoptr(LoaTake) over = loa_take_new();
	g_autoptr(GError) error = NULL;

	assert_refused(s, "ha", take->id, 0, LOA_TAKES_MAX_CHUNK_BYTES + 1,
		       LOA_TAKES_ERROR_TOO_LARGE);
	take->size_bytes = LOA_TAKES_MAX_BYTES;
	assert_true(loa_takes_update(s->takes, take, NULL));
	assert_refused(s, "ha", take->id, 0, 1, LOA_TAKES_ERROR_TOO_LARGE);
	for (guint i = 1; i < LOA_TAKES_MAX_OPEN; i++) {
		g_autoptr(LoaTake) more = begin(s, "ha");
	}
	over->owner = g_strdup("ha");
	over->title = g_strdup("x");
	over->mime = g_strdup("audio/mp4");
	assert_false(loa_takes_begin(s->takes, over, NOON_US, &error));
	assert_true(g_error_matches(error, LOA_TAKES_ERROR, LOA_TAKES_ERROR_TOO_MANY));

	/* what became a recording does not count */
	take->recording = g_strdup("r1");
	assert_true(loa_takes_update(s->takes, take, NULL));
	g_clear_error(&error);
	assert_true(loa_takes_begin(s->takes, over, NOON_US, &error));
}

static void
what_nobody_touched_for_two_weeks_goes(void **state)
{
	Studio *s = *state;
	g_autoptr(LoaTake) take = begin(s, "ha");
	g_autofree char *path = g_build_filename(s->takes_dir, take->id, NULL);
	gint64 last_us = NOON_US + 5;

	append(s, take->id, 0, "a");
	g_clear_pointer(&take, loa_take_free);
	take = begin(s, "lan");
	assert_true(loa_takes_sweep(s->takes, last_us + LOA_TAKES_DAYS * DAY_US - 5, NULL));

	g_autoptr(GPtrArray) both = loa_takes_list(s->takes, NULL, NULL);

	assert_int_equal(both->len, 2);
	assert_true(loa_takes_sweep(s->takes, NOON_US + 1 + LOA_TAKES_DAYS * DAY_US, NULL));

	g_autoptr(GPtrArray) none = loa_takes_list(s->takes, NULL, NULL);

	assert_int_equal(none->len, 0);
	assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
}

static void
a_finished_take_takes_no_more_and_one_that_is_a_recording_has_no_file(void **state)
{
	Studio *s = *state;
	g_autoptr(LoaTake) take = begin(s, "ha");
	g_autofree char *path = g_build_filename(s->takes_dir, take->id, NULL);

	append(s, take->id, 0, "a");

	g_autoptr(LoaTake) now = loa_takes_find(s->takes, "ha", take->id, NULL);

	now->finished_us = NOON_US;
	assert_true(loa_takes_update(s->takes, now, NULL));
	assert_refused(s, "ha", take->id, 1, 1, LOA_TAKES_ERROR_CLOSED);
	assert_true(g_file_test(path, G_FILE_TEST_EXISTS));
	now->recording = g_strdup("r1");
	assert_true(loa_takes_update(s->takes, now, NULL));
	assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
}

static void
files_of_no_take_go_at_the_start(void **state)
{
	Studio *s = *state;
	g_autoptr(LoaTake) take = begin(s, "ha");
	g_autofree char *stranger = g_build_filename(s->takes_dir, "kffffffff00000000", NULL);
	g_autofree char *kept = g_build_filename(s->takes_dir, take->id, NULL);

	append(s, take->id, 0, "a");
	assert_true(g_file_set_contents(stranger, "x", 1, NULL));
	close_takes(s);
	open_takes(s);
	assert_false(g_file_test(stranger, G_FILE_TEST_EXISTS));
	assert_true(g_file_test(kept, G_FILE_TEST_EXISTS));
}

static void
only_what_a_browser_records_is_taken(void **state)
{
	static const struct {
		const char *mime, *ending;
	} cases[] = {
		{ "audio/webm", "webm" },
		{ "audio/webm;codecs=opus", "webm" },
		{ "Audio/WebM; codecs=\"opus\"", "webm" },
		{ "video/webm;codecs=vp8,opus", "webm" },
		{ "audio/mp4", "m4a" },
		{ "audio/mp4;codecs=mp4a.40.2", "m4a" },
		{ "audio/ogg;codecs=opus", "ogg" },
		{ "audio/webmx", NULL },
		{ "audio/web", NULL },
		{ "text/html", NULL },
		{ "", NULL },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		const char *ending = loa_takes_ending(cases[i].mime);

		if (g_strcmp0(ending, cases[i].ending) != 0)
			fail_msg("%s: %s", cases[i].mime, ending);
	}
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		test(where_another_recording_goes_on_is_kept_once),
		test(pieces_come_out_in_their_order_and_each_once),
		test(a_recording_that_was_cut_off_comes_out_as_far_as_it_is_whole),
		test(a_restart_loses_nothing_that_was_acknowledged),
		test(what_a_crash_left_behind_the_last_piece_does_not_count),
		test(a_file_that_lost_bytes_is_an_error_and_no_gap),
		test(nobody_sees_or_touches_the_take_of_another),
		test(size_and_number_are_bounded),
		test(what_nobody_touched_for_two_weeks_goes),
		test(a_finished_take_takes_no_more_and_one_that_is_a_recording_has_no_file),
		test(files_of_no_take_go_at_the_start),
		cmocka_unit_test(only_what_a_browser_records_is_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
