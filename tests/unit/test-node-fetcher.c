/* SPDX-License-Identifier: Apache-2.0 */
/* Mirrors are servers on loopback; every wait is for the fetcher's own answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib/gstdio.h>
#include <libsoup/soup.h>

#include "node/fetcher.h"

#define CONTENT_SIZE 50000

typedef enum {
	SERVE_WELL,
	SERVE_CUT,      /* half of what was asked for, then the line is gone */
	SERVE_NO_RANGE, /* always from the start */
	SERVE_GARBAGE,
	SERVE_TOO_MUCH,
	SERVE_404,
} Mood;

typedef struct {
	SoupServer *server;
	char *url;
	char *folder;
	char *final_path;
	char *part_path;
	char content[CONTENT_SIZE * 2];
	char *sha256;
	Mood mood;
	guint n_requests;
	goffset last_start; /* of the last range asked for, -1: none */
	LoaFetcher *fetcher;
	gboolean is_done;
	int error_code; /* -1: none */
} Fixture;

static void
serve(SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query,
      gpointer user_data)
{
	Fixture *f = user_data;
	SoupMessageHeaders *asked = soup_server_message_get_request_headers(message);
	SoupMessageHeaders *headers = soup_server_message_get_response_headers(message);
	SoupMessageBody *body = soup_server_message_get_response_body(message);
	SoupRange *ranges = NULL;
	int n_ranges = 0;
	goffset start = 0;

	(void)server;
	(void)path;
	(void)query;
	f->n_requests++;
	f->last_start = -1;
	if (f->mood == SERVE_404) {
		soup_server_message_set_status(message, SOUP_STATUS_NOT_FOUND, NULL);
		return;
	}
	if (soup_message_headers_get_ranges(asked, CONTENT_SIZE, &ranges, &n_ranges)) {
		f->last_start = ranges[0].start;
		soup_message_headers_free_ranges(asked, ranges);
		/* the server of libsoup cuts the body to the range by itself, if it is whole */
		soup_message_headers_remove(asked, "Range");
		if (f->mood != SERVE_NO_RANGE)
			start = f->last_start;
	}
	if (start > 0)
		soup_message_headers_set_content_range(headers, start, CONTENT_SIZE - 1,
						       CONTENT_SIZE);
	soup_server_message_set_status(
		message, start > 0 ? SOUP_STATUS_PARTIAL_CONTENT : SOUP_STATUS_OK, NULL);

	goffset size = CONTENT_SIZE - start;

	if (f->mood == SERVE_TOO_MUCH)
		size = CONTENT_SIZE + 1;
	if (f->mood == SERVE_CUT)
		size /= 2; /* and closes: the client sees the end too early */
	if (f->mood == SERVE_GARBAGE) {
		g_autofree char *garbage = g_malloc0(CONTENT_SIZE);

		soup_message_body_append(body, SOUP_MEMORY_COPY, garbage, CONTENT_SIZE);
		return;
	}
	soup_message_body_append(body, SOUP_MEMORY_COPY, f->content + start, (gsize)size);
}

static void
on_done(const char *sha256, const GError *error, gpointer user_data)
{
	Fixture *f = user_data;

	assert_string_equal(sha256, f->sha256);
	f->is_done = TRUE;
	f->error_code = error == NULL ? -1 : error->code;
}

static gboolean
on_watchdog(gpointer user_data)
{
	(void)user_data;
	fail_msg("%s", "the fetcher never answered");
	return G_SOURCE_REMOVE;
}

static int
setup(void **state)
{
	Fixture *f = g_new0(Fixture, 1);

	for (guint i = 0; i < sizeof f->content; i++)
		f->content[i] = (char)(i * 31 + i / 251);
	f->sha256 = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)f->content,
						CONTENT_SIZE);
	f->folder = g_dir_make_tmp("loa-fetcher-XXXXXX", NULL);
	f->final_path = g_strdup_printf("%s/%s.opus", f->folder, f->sha256);
	f->part_path = g_strdup_printf("%s/%s.part", f->folder, f->sha256);
	f->server = soup_server_new(NULL, NULL);
	soup_server_add_handler(f->server, NULL, serve, f, NULL);
	if (!soup_server_listen_local(f->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, NULL))
		return -1;
	GSList *uris = soup_server_get_uris(f->server);
	f->url = g_strdup_printf("http://127.0.0.1:%d/audio/", g_uri_get_port(uris->data));
	g_slist_free_full(uris, (GDestroyNotify)g_uri_unref);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	Fixture *f = *state;

	loa_fetcher_free(f->fetcher);
	soup_server_disconnect(f->server);
	g_object_unref(f->server);
	g_unlink(f->final_path);
	g_unlink(f->part_path);
	g_rmdir(f->folder);
	g_free(f->final_path);
	g_free(f->part_path);
	g_free(f->folder);
	g_free(f->url);
	g_free(f->sha256);
	g_free(f);
	return 0;
}

/* -1: the recording came; else the error's code. */
static int
fetch_from(Fixture *f, const char *const *mirrors, gint64 size_bytes)
{
	LoaFetcherConfig config = { .mirrors = mirrors, .folder = f->folder };
	guint watchdog = g_timeout_add_seconds(10, on_watchdog, NULL);

	g_clear_pointer(&f->fetcher, loa_fetcher_free);
	f->fetcher = loa_fetcher_new(&config, on_done, f);
	f->is_done = FALSE;
	loa_fetcher_start(f->fetcher, f->sha256, size_bytes);
	assert_string_equal(loa_fetcher_current(f->fetcher), f->sha256);
	while (!f->is_done)
		g_main_context_iteration(NULL, TRUE);
	assert_null(loa_fetcher_current(f->fetcher));
	g_source_remove(watchdog);
	return f->error_code;
}

static int
fetch(Fixture *f, Mood mood)
{
	const char *mirrors[] = { f->url, NULL };

	f->mood = mood;
	return fetch_from(f, mirrors, CONTENT_SIZE);
}

static void
assert_complete(Fixture *f)
{
	g_autofree char *got = NULL;
	gsize size = 0;

	assert_true(g_file_get_contents(f->final_path, &got, &size, NULL));
	assert_int_equal(size, CONTENT_SIZE);
	assert_memory_equal(got, f->content, CONTENT_SIZE);
	assert_false(g_file_test(f->part_path, G_FILE_TEST_EXISTS));
}

static void
a_recording_comes_whole_under_its_final_name(void **state)
{
	Fixture *f = *state;

	assert_int_equal(fetch(f, SERVE_WELL), -1);
	assert_complete(f);
	assert_int_equal(f->n_requests, 1);
}

static void
after_a_cut_the_rest_is_asked_for_and_no_half_file_has_the_name(void **state)
{
	Fixture *f = *state;

	assert_int_equal(fetch(f, SERVE_CUT), LOA_FETCHER_ERROR_MIRROR);
	assert_false(g_file_test(f->final_path, G_FILE_TEST_EXISTS));
	assert_true(g_file_test(f->part_path, G_FILE_TEST_EXISTS));

	assert_int_equal(fetch(f, SERVE_WELL), -1);
	assert_int_equal(f->last_start, CONTENT_SIZE / 2);
	assert_complete(f);
}

static void
a_mirror_without_ranges_begins_anew(void **state)
{
	Fixture *f = *state;

	assert_int_equal(fetch(f, SERVE_CUT), LOA_FETCHER_ERROR_MIRROR);
	assert_int_equal(fetch(f, SERVE_NO_RANGE), -1);
	assert_complete(f);
}

static void
other_bytes_are_refused_and_forgotten(void **state)
{
	Fixture *f = *state;

	assert_int_equal(fetch(f, SERVE_GARBAGE), LOA_FETCHER_ERROR_CONTENT);
	assert_false(g_file_test(f->final_path, G_FILE_TEST_EXISTS));
	assert_int_equal(fetch(f, SERVE_TOO_MUCH), LOA_FETCHER_ERROR_CONTENT);
	assert_false(g_file_test(f->final_path, G_FILE_TEST_EXISTS));
	assert_int_equal(fetch(f, SERVE_WELL), -1);
	assert_int_equal(f->last_start, -1);
	assert_complete(f);
}

static void
a_part_damaged_on_disk_is_noticed_at_the_end_and_begun_anew(void **state)
{
	Fixture *f = *state;

	assert_true(g_file_set_contents(f->part_path, "torn by a power cut", -1, NULL));
	assert_int_equal(fetch(f, SERVE_WELL), LOA_FETCHER_ERROR_CONTENT);
	assert_false(g_file_test(f->final_path, G_FILE_TEST_EXISTS));
	assert_int_equal(fetch(f, SERVE_WELL), -1);
	assert_complete(f);
}

static void
a_part_that_is_whole_needs_no_mirror(void **state)
{
	Fixture *f = *state;

	assert_true(g_file_set_contents(f->part_path, f->content, CONTENT_SIZE, NULL));
	assert_int_equal(fetch(f, SERVE_404), -1);
	assert_int_equal(f->n_requests, 0);
	assert_complete(f);
}

static void
the_next_mirror_has_its_turn(void **state)
{
	Fixture *f = *state;
	const char *mirrors[] = { "http://127.0.0.1:1/", "not a url/", f->url, NULL };
	const char *none[] = { NULL };

	f->mood = SERVE_WELL;
	assert_int_equal(fetch_from(f, mirrors, CONTENT_SIZE), -1);
	assert_complete(f);
	assert_int_equal(fetch_from(f, none, CONTENT_SIZE), LOA_FETCHER_ERROR_MIRROR);
	assert_int_equal(fetch(f, SERVE_404), LOA_FETCHER_ERROR_MIRROR);
}

static void
a_folder_that_is_gone_is_a_storage_error(void **state)
{
	Fixture *f = *state;

	g_rmdir(f->folder);
	assert_int_equal(fetch(f, SERVE_WELL), LOA_FETCHER_ERROR_STORAGE);
	g_mkdir(f->folder, 0700);
}

static void
a_cancelled_fetch_does_not_call_back(void **state)
{
	Fixture *f = *state;
	const char *mirrors[] = { f->url, NULL };
	LoaFetcherConfig config = { .mirrors = mirrors, .folder = f->folder };

	f->fetcher = loa_fetcher_new(&config, on_done, f);
	loa_fetcher_start(f->fetcher, f->sha256, CONTENT_SIZE);
	while (f->n_requests == 0)
		g_main_context_iteration(NULL, TRUE);
	loa_fetcher_cancel(f->fetcher);
	assert_null(loa_fetcher_current(f->fetcher));
	while (g_main_context_iteration(NULL, FALSE))
		;
	assert_false(f->is_done);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_recording_comes_whole_under_its_final_name, setup,
						teardown),
		cmocka_unit_test_setup_teardown(
			after_a_cut_the_rest_is_asked_for_and_no_half_file_has_the_name, setup,
			teardown),
		cmocka_unit_test_setup_teardown(a_mirror_without_ranges_begins_anew, setup,
						teardown),
		cmocka_unit_test_setup_teardown(other_bytes_are_refused_and_forgotten, setup,
						teardown),
		cmocka_unit_test_setup_teardown(
			a_part_damaged_on_disk_is_noticed_at_the_end_and_begun_anew, setup,
			teardown),
		cmocka_unit_test_setup_teardown(a_part_that_is_whole_needs_no_mirror, setup,
						teardown),
		cmocka_unit_test_setup_teardown(the_next_mirror_has_its_turn, setup, teardown),
		cmocka_unit_test_setup_teardown(a_folder_that_is_gone_is_a_storage_error, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_cancelled_fetch_does_not_call_back, setup,
						teardown),
	};

	return cmocka_run_group_tests_name("node/fetcher", tests, NULL, NULL);
}
