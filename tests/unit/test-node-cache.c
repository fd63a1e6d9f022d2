/* SPDX-License-Identifier: Apache-2.0 */
/* A mirror on loopback; every wait is for the cache's own word. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib/gstdio.h>
#include <libsoup/soup.h>

#include "node/cache.h"

#define N_CONTENTS 4
#define SIZE 1000

typedef struct {
	SoupServer *server;
	char *url;
	char *folder;
	char contents[N_CONTENTS][SIZE];
	char *hashes[N_CONTENTS];
	gboolean is_missing[N_CONTENTS]; /* on the mirror */
	GString *asked;                  /* "013": in this order */
	guint n_changes;
	LoaCache *cache;
} Fixture;

static void
serve(SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query,
      gpointer user_data)
{
	Fixture *f = user_data;
	SoupMessageBody *body = soup_server_message_get_response_body(message);

	(void)server;
	(void)query;
	soup_server_message_set_status(message, SOUP_STATUS_NOT_FOUND, NULL);
	for (guint i = 0; i < N_CONTENTS; i++) {
		if (strstr(path, f->hashes[i]) == NULL)
			continue;
		g_string_append_printf(f->asked, "%u", i);
		if (f->is_missing[i])
			return;
		soup_server_message_set_status(message, SOUP_STATUS_OK, NULL);
		soup_message_body_append(body, SOUP_MEMORY_COPY, f->contents[i], SIZE);
	}
}

static void
on_changed(gpointer user_data)
{
	Fixture *f = user_data;

	f->n_changes++;
}

static gboolean
on_watchdog(gpointer user_data)
{
	(void)user_data;
	fail_msg("%s", "the cache never answered");
	return G_SOURCE_REMOVE;
}

static void
open_cache(Fixture *f, gint64 budget_bytes)
{
	const char *mirrors[] = { f->url, NULL };
	LoaCacheConfig config = { f->folder, mirrors, 0, budget_bytes };

	g_clear_pointer(&f->cache, loa_cache_free);
	f->cache = loa_cache_new(&config, on_changed, f, NULL);
	assert_non_null(f->cache);
}

static int
setup(void **state)
{
	Fixture *f = g_new0(Fixture, 1);

	for (guint i = 0; i < N_CONTENTS; i++) {
		memset(f->contents[i], 'a' + (int)i, SIZE);
		f->hashes[i] = g_compute_checksum_for_data(G_CHECKSUM_SHA256,
							   (const guchar *)f->contents[i], SIZE);
	}
	f->asked = g_string_new(NULL);
	f->folder = g_dir_make_tmp("loa-cache-XXXXXX", NULL);
	f->server = soup_server_new(NULL, NULL);
	soup_server_add_handler(f->server, NULL, serve, f, NULL);
	if (!soup_server_listen_local(f->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, NULL))
		return -1;
	GSList *uris = soup_server_get_uris(f->server);
	f->url = g_strdup_printf("http://127.0.0.1:%d/", g_uri_get_port(uris->data));
	g_slist_free_full(uris, (GDestroyNotify)g_uri_unref);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	Fixture *f = *state;
	const char *name;

	loa_cache_free(f->cache);
	soup_server_disconnect(f->server);
	g_object_unref(f->server);
	GDir *dir = g_dir_open(f->folder, 0, NULL);
	while ((name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *path = g_build_filename(f->folder, name, NULL);

		g_unlink(path);
	}
	g_dir_close(dir);
	g_rmdir(f->folder);
	for (guint i = 0; i < N_CONTENTS; i++)
		g_free(f->hashes[i]);
	g_string_free(f->asked, TRUE);
	g_free(f->folder);
	g_free(f->url);
	g_free(f);
	return 0;
}

/* Turns the loop until the cache has told of @n more results. */
static void
wait_for_changes(Fixture *f, guint n)
{
	guint watchdog = g_timeout_add_seconds(10, on_watchdog, NULL);
	guint want = f->n_changes + n;

	while (f->n_changes < want)
		g_main_context_iteration(NULL, TRUE);
	g_source_remove(watchdog);
}

static gboolean
is_in_folder(Fixture *f, guint i, const char *suffix)
{
	g_autofree char *path = g_strdup_printf("%s/%s%s", f->folder, f->hashes[i], suffix);

	return g_file_test(path, G_FILE_TEST_EXISTS);
}

static void
the_needs_are_fetched_in_order_of_time(void **state)
{
	Fixture *f = *state;
	const LoaCacheNeed needs[] = { { f->hashes[2], SIZE, 300 },
				       { f->hashes[0], SIZE, 100 },
				       { f->hashes[1], SIZE, 200 } };

	open_cache(f, 10 * SIZE);
	loa_cache_set_needs(f->cache, needs, 3);
	assert_false(loa_cache_has(f->cache, f->hashes[0]));
	wait_for_changes(f, 3);
	assert_string_equal(f->asked->str, "012");
	for (guint i = 0; i < 3; i++)
		assert_true(loa_cache_has(f->cache, f->hashes[i]));
	assert_null(loa_cache_last_error(f->cache));
}

static void
one_that_cannot_be_had_does_not_hold_up_the_others(void **state)
{
	Fixture *f = *state;
	const LoaCacheNeed needs[] = { { f->hashes[0], SIZE, 100 }, { f->hashes[1], SIZE, 200 } };

	f->is_missing[0] = TRUE;
	open_cache(f, 10 * SIZE);
	loa_cache_set_needs(f->cache, needs, 2);
	wait_for_changes(f, 1);
	assert_non_null(loa_cache_last_error(f->cache));
	wait_for_changes(f, 1);
	assert_true(loa_cache_has(f->cache, f->hashes[1]));
	assert_false(loa_cache_has(f->cache, f->hashes[0]));
	assert_string_equal(f->asked->str, "01"); /* and no busy retrying */
}

static void
what_is_not_needed_makes_room_and_what_is_needed_stays(void **state)
{
	Fixture *f = *state;
	const LoaCacheNeed first[] = { { f->hashes[0], SIZE, 100 }, { f->hashes[1], SIZE, 200 } };
	const LoaCacheNeed second[] = { { f->hashes[1], SIZE, 200 },
					{ f->hashes[2], SIZE, 300 },
					{ f->hashes[3], SIZE, 400 } };

	open_cache(f, 2 * SIZE);
	loa_cache_set_needs(f->cache, first, 2);
	wait_for_changes(f, 2);
	loa_cache_set_needs(f->cache, second, 3);
	wait_for_changes(f, 1);
	assert_false(loa_cache_has(f->cache, f->hashes[0]));
	assert_false(is_in_folder(f, 0, ".opus"));
	assert_true(loa_cache_has(f->cache, f->hashes[1]));
	assert_true(loa_cache_has(f->cache, f->hashes[2]));
	assert_string_equal(f->asked->str, "012"); /* no room for the last */
}

static void
a_restart_finds_what_is_there_and_drops_parts_nobody_needs(void **state)
{
	Fixture *f = *state;
	const LoaCacheNeed needs[] = { { f->hashes[0], SIZE, 100 }, { f->hashes[1], SIZE, 200 } };
	g_autofree char *stale = g_strdup_printf("%s/%s.part", f->folder, f->hashes[3]);
	g_autofree char *begun = g_strdup_printf("%s/%s.part", f->folder, f->hashes[1]);
	g_autofree char *whole = g_strdup_printf("%s/%s.opus", f->folder, f->hashes[0]);

	assert_true(g_file_set_contents(stale, "half", -1, NULL));
	assert_true(g_file_set_contents(begun, f->contents[1], SIZE, NULL));
	assert_true(g_file_set_contents(whole, f->contents[0], SIZE, NULL));
	open_cache(f, 10 * SIZE);
	assert_true(loa_cache_has(f->cache, f->hashes[0]));
	loa_cache_set_needs(f->cache, needs, 2);
	assert_false(is_in_folder(f, 3, ".part"));
	wait_for_changes(f, 1);
	assert_true(loa_cache_has(f->cache, f->hashes[1]));
	assert_string_equal(f->asked->str, "");
}

static void
a_recording_that_is_not_sound_is_removed_and_fetched_again(void **state)
{
	Fixture *f = *state;
	const LoaCacheNeed needs[] = { { f->hashes[0], SIZE, 100 } };

	open_cache(f, 10 * SIZE);
	loa_cache_set_needs(f->cache, needs, 1);
	wait_for_changes(f, 1);
	/* these bytes have the right hash, but they are no Ogg Opus */
	assert_null(loa_cache_open(f->cache, f->hashes[0]));
	assert_non_null(loa_cache_last_error(f->cache));
	assert_false(loa_cache_has(f->cache, f->hashes[0]));
	assert_null(loa_cache_open(f->cache, f->hashes[1]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_needs_are_fetched_in_order_of_time, setup,
						teardown),
		cmocka_unit_test_setup_teardown(one_that_cannot_be_had_does_not_hold_up_the_others,
						setup, teardown),
		cmocka_unit_test_setup_teardown(
			what_is_not_needed_makes_room_and_what_is_needed_stays, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_restart_finds_what_is_there_and_drops_parts_nobody_needs, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			a_recording_that_is_not_sound_is_removed_and_fetched_again, setup,
			teardown),
	};

	return cmocka_run_group_tests_name("node/cache", tests, NULL, NULL);
}
