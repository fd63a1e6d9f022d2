/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib/gstdio.h>
#include <libsoup/soup.h>

#include "controller/web/web-door.h"
#include "controller/web/web-mirror.h"

#define HASH "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

typedef struct {
	LoaWebMirror *mirror;
	SoupSession *session;
	char *folder;
	char *file;
} Fixture;

static int
setup(void **state)
{
	Fixture *f = g_new0(Fixture, 1);
	g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback(G_SOCKET_FAMILY_IPV4);
	g_autoptr(GSocketAddress) any = g_inet_socket_address_new(loopback, 0);

	f->folder = g_dir_make_tmp("loa-mirror-XXXXXX", NULL);
	f->file = g_build_filename(f->folder, HASH ".opus", NULL);
	f->mirror = loa_web_mirror_new(any, f->folder, NULL);
	f->session = soup_session_new_with_options("timeout", 10, NULL);
	*state = f;
	return f->mirror != NULL && g_file_set_contents(f->file, "0123456789", -1, NULL) ? 0 : -1;
}

static int
teardown(void **state)
{
	Fixture *f = *state;

	g_object_unref(f->session);
	loa_web_mirror_free(f->mirror);
	g_unlink(f->file);
	g_rmdir(f->folder);
	g_free(f->file);
	g_free(f->folder);
	g_free(f);
	return 0;
}

static void
on_answer(GObject *source, GAsyncResult *result, gpointer user_data)
{
	GBytes **bytes = user_data;
	g_autoptr(GError) error = NULL;

	*bytes = soup_session_send_and_read_finish(SOUP_SESSION(source), result, &error);
	if (*bytes == NULL)
		fail_msg("no answer: %s", error->message);
}

/* Asks and returns the status; *@text gets the body. */
static guint
ask(Fixture *f, const char *method, const char *path, goffset start, char **text)
{
	g_autofree char *url =
		g_strdup_printf("http://127.0.0.1:%u%s", loa_web_mirror_port(f->mirror), path);
	g_autoptr(SoupMessage) message = soup_message_new(method, url);
	g_autoptr(GBytes) bytes = NULL;

	if (start > 0)
		soup_message_headers_set_range(soup_message_get_request_headers(message), start,
					       -1);
	soup_session_send_and_read_async(f->session, message, G_PRIORITY_DEFAULT, NULL, on_answer,
					 &bytes);
	while (bytes == NULL)
		g_main_context_iteration(NULL, TRUE);
	*text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
	return soup_message_get_status(message);
}

static void
a_recording_is_handed_out_by_its_hash(void **state)
{
	Fixture *f = *state;
	g_autofree char *text = NULL;

	assert_int_equal(ask(f, "GET", "/audio/" HASH ".opus", 0, &text), SOUP_STATUS_OK);
	assert_string_equal(text, "0123456789");
}

static void
the_rest_of_it_can_be_asked_for(void **state)
{
	Fixture *f = *state;
	g_autofree char *text = NULL;

	assert_int_equal(ask(f, "GET", "/audio/" HASH ".opus", 7, &text),
			 SOUP_STATUS_PARTIAL_CONTENT);
	assert_string_equal(text, "789");
}

static void
nothing_else_exists(void **state)
{
	Fixture *f = *state;
	static const char *const paths[] = {
		"/",
		"/audio/",
		"/audio/../" HASH ".opus",
		"/audio/%2e%2e/%2e%2e/etc/passwd",
		"/audio/..%2f" HASH ".opus",
		"/audio/" HASH,
		"/audio/" HASH ".part",
		"/audio/site.key",
		"/audio/00112233445566778899aabbccddeeff00112233445566778899aabbccddee00.opus",
		"/audio/00112233445566778899AABBCCDDEEFF00112233445566778899aabbccddeeff.opus",
	};

	for (gsize i = 0; i < G_N_ELEMENTS(paths); i++) {
		g_autofree char *text = NULL;
		guint status = ask(f, "GET", paths[i], 0, &text);

		/* some do not even get past the library */
		if (status != SOUP_STATUS_NOT_FOUND && status != SOUP_STATUS_BAD_REQUEST)
			fail_msg("%s: %u", paths[i], status);
	}
}

static void
nothing_can_be_put_there(void **state)
{
	Fixture *f = *state;
	g_autofree char *text = NULL, *again = NULL;

	assert_int_equal(ask(f, "PUT", "/audio/" HASH ".opus", 0, &text),
			 SOUP_STATUS_METHOD_NOT_ALLOWED);
	assert_int_equal(ask(f, "DELETE", "/audio/" HASH ".opus", 0, &again),
			 SOUP_STATUS_METHOD_NOT_ALLOWED);
	assert_true(g_file_test(f->file, G_FILE_TEST_EXISTS));
}

/* The port is open to the ward's network: what is sent there must not be kept in the memory. */
static void
who_sends_a_body_is_cut_off(void **state)
{
	Fixture *f = *state;
	g_autoptr(GSocketClient) client = g_socket_client_new();
	g_autoptr(GSocketConnection) connection = g_socket_client_connect_to_host(
		client, "127.0.0.1", loa_web_mirror_port(f->mirror), NULL, NULL);
	GSocket *socket = g_socket_connection_get_socket(connection);
	const char head[] = "POST /audio/" HASH ".opus HTTP/1.1\r\nHost: a\r\n"
			    "Content-Length: 1000000000\r\n\r\n";
	char block[4096] = { 0 };
	gsize n_sent = 0;
	gboolean is_closed = FALSE;

	g_socket_set_blocking(socket, FALSE);
	assert_true(g_socket_send(socket, head, strlen(head), NULL, NULL) > 0);
	while (!is_closed && n_sent < 100000000) {
		g_autoptr(GError) error = NULL;
		gssize n = g_socket_send(socket, block, sizeof block, NULL, &error);

		n_sent += n > 0 ? (gsize)n : 0;
		is_closed = n < 0 && !g_error_matches(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
		g_main_context_iteration(NULL, FALSE);
	}
	assert_true(is_closed);
}

static void
on_read(GObject *source, GAsyncResult *result, gpointer user_data)
{
	*(gssize *)user_data = g_input_stream_read_finish(G_INPUT_STREAM(source), result, NULL);
}

static gssize
read_some(GSocketConnection *connection, char *buffer, gsize size)
{
	gssize n = G_MAXSSIZE;

	g_input_stream_read_async(g_io_stream_get_input_stream(G_IO_STREAM(connection)), buffer,
				  size, G_PRIORITY_DEFAULT, NULL, on_read, &n);
	while (n == G_MAXSSIZE)
		g_main_context_iteration(NULL, TRUE);
	return n;
}

/* Everything the server says to a request with these header lines, until it hangs up. */
static char *
say(Fixture *f, const char *lines)
{
	g_autoptr(GSocketClient) client = g_socket_client_new();
	g_autoptr(GSocketConnection) connection = g_socket_client_connect_to_host(
		client, "127.0.0.1", loa_web_mirror_port(f->mirror), NULL, NULL);
	GSocket *socket = g_socket_connection_get_socket(connection);
	g_autofree char *request =
		g_strdup_printf("GET /audio/" HASH ".opus HTTP/1.1\r\nHost: a\r\n%s\r\n", lines);
	g_autoptr(GString) said = g_string_new(NULL);
	char buffer[4096];
	gssize n;

	g_socket_set_timeout(socket, 10);
	assert_true(g_socket_send(socket, request, strlen(request), NULL, NULL) > 0);
	while ((n = read_some(connection, buffer, sizeof buffer)) > 0)
		g_string_append_len(said, buffer, n);
	assert_int_equal(n, 0);
	return g_string_free(g_steal_pointer(&said), FALSE);
}

/* A connection that is kept open is never freed by libsoup 3.2 when the client leaves it. */
static void
every_answer_ends_its_connection(void **state)
{
	g_autofree char *said = say(*state, "");

	assert_true(g_str_has_prefix(said, "HTTP/1.1 200 "));
}

static void
many_ranges_do_not_multiply_the_recording(void **state)
{
	g_autofree char *said = say(*state, "Range: bytes=0-,0-,0-\r\nRange: bytes=0-,0-\r\n");

	assert_true(g_str_has_prefix(said, "HTTP/1.1 200 "));
	assert_true(g_str_has_suffix(said, "\r\n\r\n0123456789"));
}

static void
a_range_beyond_all_bounds_is_no_range(void **state)
{
	g_autofree char *said = say(*state, "Range: bytes=99999999999999999999-\r\n");

	assert_true(g_str_has_prefix(said, "HTTP/1.1 200 "));
}

static gboolean
is_hung_up(GSocketConnection *connection)
{
	GSocket *socket = g_socket_connection_get_socket(connection);
	char byte;

	g_socket_set_blocking(socket, FALSE);
	return g_socket_receive(socket, &byte, 1, NULL, NULL) == 0;
}

static guint
count_open(const GPtrArray *crowd)
{
	guint n = 0;

	for (guint i = 0; i < crowd->len; i++)
		n += !is_hung_up(crowd->pdata[i]);
	return n;
}

/* Idle strangers must not use up the file descriptors of the whole controller, nor keep those out
 * who come for a recording. */
static void
a_crowd_is_bounded_and_keeps_nobody_out(void **state)
{
	Fixture *f = *state;
	g_autoptr(GSocketClient) client = g_socket_client_new();
	g_autoptr(GPtrArray) crowd = g_ptr_array_new_with_free_func(g_object_unref);
	g_autofree char *text = NULL;
	gint64 end_us = g_get_monotonic_time() + 10 * G_USEC_PER_SEC;

	for (guint i = 0; i <= LOA_WEB_MIRROR_MAX_CONNECTIONS; i++) {
		g_ptr_array_add(crowd, g_socket_client_connect_to_host(
					       client, "127.0.0.1", loa_web_mirror_port(f->mirror),
					       NULL, NULL));
		assert_non_null(crowd->pdata[i]);
		while (g_main_context_iteration(NULL, FALSE))
			;
	}
	while (count_open(crowd) > LOA_WEB_DOOR_MAX_PER_ADDRESS && g_get_monotonic_time() < end_us)
		g_main_context_iteration(NULL, FALSE);
	assert_true(g_get_monotonic_time() < end_us);
	assert_true(is_hung_up(crowd->pdata[0]));
	assert_int_equal(ask(f, "GET", "/audio/" HASH ".opus", 0, &text), SOUP_STATUS_OK);
	g_clear_pointer(&text, g_free);
	for (guint i = 0; i < crowd->len; i++)
		g_io_stream_close(crowd->pdata[i], NULL, NULL);
	while (g_main_context_iteration(NULL, FALSE))
		;
	assert_int_equal(ask(f, "GET", "/audio/" HASH ".opus", 0, &text), SOUP_STATUS_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_range_beyond_all_bounds_is_no_range, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_crowd_is_bounded_and_keeps_nobody_out, setup,
						teardown),
		cmocka_unit_test_setup_teardown(who_sends_a_body_is_cut_off, setup, teardown),
		cmocka_unit_test_setup_teardown(many_ranges_do_not_multiply_the_recording, setup,
						teardown),
		cmocka_unit_test_setup_teardown(every_answer_ends_its_connection, setup, teardown),
		cmocka_unit_test_setup_teardown(a_recording_is_handed_out_by_its_hash, setup,
						teardown),
		cmocka_unit_test_setup_teardown(the_rest_of_it_can_be_asked_for, setup, teardown),
		cmocka_unit_test_setup_teardown(nothing_else_exists, setup, teardown),
		cmocka_unit_test_setup_teardown(nothing_can_be_put_there, setup, teardown),
	};

	return cmocka_run_group_tests_name("controller/web-mirror", tests, NULL, NULL);
}
