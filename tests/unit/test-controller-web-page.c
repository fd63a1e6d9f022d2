/* SPDX-License-Identifier: Apache-2.0 */
/* How the page's files are served: which names there are, what a browser may keep, compression. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <glib/gstdio.h>

#include "controller/web/web-page.h"
#include "tests/unit/tree.h"

typedef struct {
	char *folder, *page, *bootstrap;
	LoaWebPage *served;
	SoupServer *server;
	SoupSession *session;
	guint port;
} Fixture;

typedef struct {
	guint status;
	char *text;
	SoupMessage *message;
} Reply;

static void
reply_clear(Reply *reply)
{
	g_free(reply->text);
	g_clear_object(&reply->message);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Reply, reply_clear)

static void
on_request(SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query,
	   gpointer user_data)
{
	Fixture *f = user_data;

	(void)server;
	(void)query;
	if (!loa_web_page_serve(f->served, path, message))
		soup_server_message_set_status(message, 404, NULL);
}

static int
setup(void **state)
{
	Fixture *f = g_new0(Fixture, 1);

	f->folder = g_dir_make_tmp("loa-page-XXXXXX", NULL);
	f->page = g_build_filename(f->folder, "page", NULL);
	f->bootstrap = g_build_filename(f->folder, "bootstrap", NULL);
	f->served = loa_web_page_new(f->page, f->bootstrap);
	f->server = soup_server_new(NULL, NULL);
	soup_server_add_handler(f->server, NULL, on_request, f, NULL);
	g_assert_true(soup_server_listen_local(f->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, NULL));

	GSList *uris = soup_server_get_uris(f->server);

	f->port = (guint)g_uri_get_port(uris->data);
	g_slist_free_full(uris, (GDestroyNotify)g_uri_unref);
	f->session = soup_session_new();
	/* or the session would undo the compression that is looked at here */
	soup_session_remove_feature_by_type(f->session, SOUP_TYPE_CONTENT_DECODER);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	Fixture *f = *state;

	g_object_unref(f->session);
	soup_server_disconnect(f->server);
	g_object_unref(f->server);
	while (g_main_context_iteration(NULL, FALSE))
		;
	loa_web_page_free(f->served);
	remove_tree(f->folder);
	g_free(f->folder);
	g_free(f->page);
	g_free(f->bootstrap);
	g_free(f);
	return 0;
}

static void
write_file(const char *dir, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(dir, name, NULL);
	g_autofree char *parent = g_path_get_dirname(path);

	g_mkdir_with_parents(parent, 0700);
	assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void
on_answer(GObject *source, GAsyncResult *result, gpointer user_data)
{
	GBytes **bytes = user_data;

	*bytes = soup_session_send_and_read_finish(SOUP_SESSION(source), result, NULL);
}

/* @name, @value: (nullable): one header of the request */
static void
ask(Fixture *f, Reply *reply, const char *path, const char *name, const char *value)
{
	g_autofree char *uri = g_strdup_printf("http://127.0.0.1:%u%s", f->port, path);
	g_autoptr(GBytes) bytes = NULL;

	reply_clear(reply);
	reply->message = soup_message_new("GET", uri);
	if (name != NULL)
		soup_message_headers_replace(soup_message_get_request_headers(reply->message), name,
					     value);
	soup_session_send_and_read_async(f->session, reply->message, 0, NULL, on_answer, &bytes);
	while (bytes == NULL)
		g_main_context_iteration(NULL, TRUE);
	reply->status = soup_message_get_status(reply->message);
	/* NULL: no body */
	reply->text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
}

static const char *
header_of(const Reply *reply, const char *name)
{
	return soup_message_headers_get_one(soup_message_get_response_headers(reply->message),
					    name);
}

/* (transfer full): what index.html was told that the version is */
static char *
version_on_the_page(Fixture *f)
{
	g_auto(Reply) reply = { 0 };

	ask(f, &reply, "/", NULL, NULL);
	assert_int_equal(reply.status, 200);
	assert_string_equal(header_of(&reply, "Cache-Control"), "no-cache");
	assert_int_equal(strlen(reply.text), 16);
	return g_strdup(reply.text);
}

static void
a_file_in_a_folder_is_kept_for_a_year_under_its_version_alone(void **state)
{
	Fixture *f = *state;

	write_file(f->page, "index.html", "@VERSION@");
	write_file(f->page, "views/log.js", "one");

	g_autofree char *version = version_on_the_page(f);
	g_autofree char *now = g_strdup_printf("/v/%s/views/log.js", version);
	g_autofree char *index = g_strdup_printf("/v/%s/index.html", version);
	const struct {
		const char *path, *cache;
	} cases[] = {
		{ now, "public, max-age=31536000, immutable" },
		{ "/views/log.js", "no-cache" },
		{ "/v/0123456789abcdef/views/log.js", "no-cache" },
	};
	g_auto(Reply) reply = { 0 };

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		ask(f, &reply, cases[i].path, NULL, NULL);
		assert_int_equal(reply.status, 200);
		assert_string_equal(reply.text, "one");
		assert_string_equal(header_of(&reply, "Content-Type"),
				    "text/javascript; charset=utf-8");
		assert_string_equal(header_of(&reply, "Cache-Control"), cases[i].cache);
	}
	ask(f, &reply, index, NULL, NULL);
	assert_int_equal(reply.status, 404);
}

static void
a_file_that_changed_has_another_version_and_is_served_anew(void **state)
{
	Fixture *f = *state;
	g_auto(Reply) first = { 0 }, second = { 0 };

	write_file(f->page, "index.html", "@VERSION@");
	write_file(f->page, "views/log.js", "one");

	g_autofree char *before = version_on_the_page(f);

	ask(f, &first, "/views/log.js", NULL, NULL);
	write_file(f->page, "views/log.js", "two");

	g_autofree char *after = version_on_the_page(f);

	assert_string_not_equal(before, after);
	ask(f, &second, "/views/log.js", NULL, NULL);
	assert_string_equal(second.text, "two");
	assert_string_not_equal(header_of(&first, "ETag"), header_of(&second, "ETag"));
}

static void
a_style_sheet_of_the_library_counts_into_the_version(void **state)
{
	Fixture *f = *state;

	write_file(f->page, "index.html", "@VERSION@");
	write_file(f->bootstrap, "css/bootstrap.css", "b{}");

	g_autofree char *before = version_on_the_page(f);

	write_file(f->bootstrap, "css/bootstrap.css", "b{color:red}");

	g_autofree char *after = version_on_the_page(f);

	assert_string_not_equal(before, after);
}

static void
a_large_text_goes_out_compressed_to_who_takes_it(void **state)
{
	Fixture *f = *state;
	g_autofree char *text = g_strnfill(5000, 'x');
	g_auto(Reply) plain = { 0 }, zipped = { 0 }, same = { 0 };

	write_file(f->page, "style.css", text);
	ask(f, &plain, "/style.css", NULL, NULL);
	assert_string_equal(plain.text, text);
	assert_null(header_of(&plain, "Content-Encoding"));
	ask(f, &zipped, "/style.css", "Accept-Encoding", "br, gzip");
	assert_string_equal(header_of(&zipped, "Content-Encoding"), "gzip");
	assert_string_equal(header_of(&zipped, "Vary"), "Accept-Encoding");
	assert_true(strlen(zipped.text) < 100);
	assert_string_not_equal(header_of(&plain, "ETag"), header_of(&zipped, "ETag"));

	ask(f, &same, "/style.css", "Accept-Encoding", "br");
	assert_null(header_of(&same, "Content-Encoding"));
	ask(f, &same, "/style.css", "If-None-Match", header_of(&plain, "ETag"));
	assert_int_equal(same.status, 304);
	assert_null(same.text);
}

static void
no_name_leads_out_of_the_folders(void **state)
{
	Fixture *f = *state;
	static const struct {
		const char *path;
		guint status;
	} cases[] = {
		{ "/lib/bootstrap.css", 200 },
		{ "/a/b.html", 200 },
		{ "/lib/bootstrap.js", 404 },
		{ "/lib/none.css", 404 },
		{ "/lib/..%2Fsecret.css", 404 },
		{ "/lib/css/bootstrap.css", 404 },
		{ "/lib/", 404 },
		{ "/..%2Fsecret.html", 404 },
		{ "/a/..%2F..%2Fsecret.html", 404 },
		{ "/d/e/c.html", 404 },
		{ "/a%2F..%2Fsecret.html", 404 },
		{ "/.hidden.html", 404 },
		{ "/a/.hidden.html", 404 },
		{ "/a", 404 },
		{ "/a/", 404 },
		{ "//a/b.html", 404 },
		{ "/folder.html", 404 },
		{ "/v/0123/a/b.html", 404 },
		{ "/v/0123456789abcdef/v/0123456789abcdef/a/b.html", 404 },
		{ "/v/0123456789abcdefxa/b.html", 404 },
		{ "/.x/b.html", 404 },
		{ "/plain.txt", 404 },
	};
	g_auto(Reply) reply = { 0 };

	write_file(f->bootstrap, "css/bootstrap.css", "b{}");
	write_file(f->bootstrap, "css/bootstrap.js", "x");
	write_file(f->bootstrap, "secret.css", "x");
	write_file(f->folder, "secret.html", "x");
	write_file(f->page, "a/b.html", "x");
	write_file(f->page, "d/e/c.html", "x");
	write_file(f->page, "a/.hidden.html", "x");
	write_file(f->page, ".hidden.html", "x");
	write_file(f->page, ".x/b.html", "x");
	write_file(f->page, "folder.html/x.html", "x");
	write_file(f->page, "plain.txt", "x");
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		ask(f, &reply, cases[i].path, NULL, NULL);
		/* some the library itself refuses, by 400 */
		if (reply.status == 400)
			reply.status = 404;
		if (reply.status != cases[i].status)
			print_error("%s\n", cases[i].path);
		assert_int_equal(reply.status, cases[i].status);
	}
}

#define WITH_FILES(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FILES(a_file_in_a_folder_is_kept_for_a_year_under_its_version_alone),
		WITH_FILES(a_file_that_changed_has_another_version_and_is_served_anew),
		WITH_FILES(a_style_sheet_of_the_library_counts_into_the_version),
		WITH_FILES(a_large_text_goes_out_compressed_to_who_takes_it),
		WITH_FILES(no_name_leads_out_of_the_folders),
	};

	return cmocka_run_group_tests_name("controller/web-page", tests, NULL, NULL);
}
