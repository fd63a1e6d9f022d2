/* SPDX-License-Identifier: Apache-2.0 */
/* loactl's client against a server on loopback that says what the test wants it to say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <gio/gio.h>
#include <glib/gstdio.h>

#include "controller/loactl/loactl-client.h"
#include "controller/loactl/loactl-error.h"
#include "controller/loactl/loactl-json.h"

/* A thread takes one connection after the other, keeps what it read, and sends @answer. */
typedef struct {
	GSocket *socket;
	GThread *thread;
	char *url;
	const char *answer; /* set before the client is called */
	GString *request;   /* looked at after it */
} Server;

/* Until the end of the headers, and of the body that they announce. */
static gboolean
is_whole(GString *request)
{
	const char *end = strstr(request->str, "\r\n\r\n");
	const char *length = strstr(request->str, "Content-Length: ");
	gsize n_body_bytes =
		length != NULL && length < end ? (gsize)g_ascii_strtoull(length + 16, NULL, 10) : 0;

	return end != NULL && request->len >= (gsize)(end + 4 - request->str) + n_body_bytes;
}

static gpointer
serve_worker(gpointer data)
{
	Server *server = data;

	for (;;) {
		g_autoptr(GSocket) peer = g_socket_accept(server->socket, NULL, NULL);
		gboolean has_continued = FALSE;
		char block[4096];
		gssize n;

		if (peer == NULL)
			return NULL;
		g_string_truncate(server->request, 0);
		while (!is_whole(server->request) &&
		       (n = g_socket_receive(peer, block, sizeof block, NULL, NULL)) > 0) {
			g_string_append_len(server->request, block, n);
			if (!has_continued && strstr(server->request->str, "100-continue")) {
				static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";

				has_continued = TRUE;
				(void)g_socket_send(peer, go_on, sizeof go_on - 1, NULL, NULL);
			}
		}
		(void)g_socket_send(peer, server->answer, strlen(server->answer), NULL, NULL);
	}
}

static int
setup(void **state)
{
	Server *server = g_new0(Server, 1);
	g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback(G_SOCKET_FAMILY_IPV4);
	g_autoptr(GSocketAddress) address = g_inet_socket_address_new(loopback, 0);

	server->request = g_string_new(NULL);
	server->socket = g_socket_new(G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM,
				      G_SOCKET_PROTOCOL_TCP, NULL);
	g_assert_true(g_socket_bind(server->socket, address, TRUE, NULL));
	g_assert_true(g_socket_listen(server->socket, NULL));

	g_autoptr(GSocketAddress) bound = g_socket_get_local_address(server->socket, NULL);

	server->url = g_strdup_printf("http://127.0.0.1:%u/",
				      g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(bound)));
	server->thread = g_thread_new("server", serve_worker, server);
	*state = server;
	return 0;
}

static int
teardown(void **state)
{
	Server *server = *state;

	(void)g_socket_shutdown(server->socket, TRUE, TRUE, NULL);
	g_thread_join(server->thread);
	g_object_unref(server->socket);
	g_string_free(server->request, TRUE);
	g_free(server->url);
	g_free(server);
	return 0;
}

#define ANSWER(status, body) "HTTP/1.1 " status "\r\nConnection: close\r\n\r\n" body

static void
an_answer_is_a_json_object(void **state)
{
	Server *server = *state;
	g_autoptr(LoaLoactlClient) client = loa_loactl_client_new(server->url, "secret");

	server->answer = ANSWER("200 OK", "{\"now_us\": 7}");

	g_autoptr(JsonNode) answer = loa_loactl_client_get(client, "/status", NULL);

	assert_non_null(answer);
	assert_int_equal(loa_loactl_json_int(json_node_get_object(answer), "now_us"), 7);
	assert_true(g_str_has_prefix(server->request->str, "GET /api/v1/status HTTP/1.1\r\n"));
	assert_non_null(strstr(server->request->str, "Authorization: Bearer secret\r\n"));
}

static void
a_body_is_sent_as_json(void **state)
{
	Server *server = *state;
	g_autoptr(LoaLoactlClient) client = loa_loactl_client_new(server->url, "secret");

	server->answer = ANSWER("201 Created", "{}");

	g_autoptr(JsonNode) answer = loa_loactl_client_post(
		client, "/stop", json_from_string("{\"all\":true}", NULL), NULL);

	assert_non_null(answer);
	assert_non_null(strstr(server->request->str, "Content-Type: application/json\r\n"));
	assert_non_null(strstr(server->request->str, "\r\n\r\n{\"all\":true}"));
}

static void
a_refusal_is_the_controllers_sentence_and_an_exit_code(void **state)
{
	Server *server = *state;
#define SENTENCE "{\"error\":{\"code\":\"x\",\"message\":\"do that first\"}}"
	static const struct {
		const char *answer;
		int code;
		const char *text;
	} cases[] = {
		{ ANSWER("400 Bad", SENTENCE), EX_DATAERR, "do that first" },
		{ ANSWER("409 Conflict", SENTENCE), EX_DATAERR, "do that first" },
		{ ANSWER("413 Large", SENTENCE), EX_DATAERR, "do that first" },
		{ ANSWER("404 None", SENTENCE), EX_NOINPUT, "do that first" },
		{ ANSWER("503 Busy", SENTENCE), EX_TEMPFAIL, "do that first" },
		{ ANSWER("507 Full", SENTENCE), EX_IOERR, "do that first" },
		{ ANSWER("500 Oh", SENTENCE), EX_SOFTWARE, "do that first" },
		{ ANSWER("401 Who", SENTENCE), EX_NOPERM, "--token-file" },
		{ ANSWER("200 OK", "<html>"), EX_PROTOCOL, "status 200" },
		{ ANSWER("200 OK", "[]"), EX_PROTOCOL, "status 200" },
		{ ANSWER("200 OK", ""), EX_PROTOCOL, "status 200" },
		{ ANSWER("404 None", "nothing"), EX_PROTOCOL, "status 404" },
		{ ANSWER("302 There\r\nLocation: /x", ""), EX_PROTOCOL, "status 302" },
		{ "nonsense\r\n\r\n", EX_UNAVAILABLE, "went silent" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(LoaLoactlClient) client = loa_loactl_client_new(server->url, "secret");
		g_autoptr(GError) error = NULL;

		server->answer = cases[i].answer;
		assert_null(loa_loactl_client_get(client, "/status", &error));
		assert_int_equal(error->domain, LOA_LOACTL_ERROR);
		assert_int_equal(error->code, cases[i].code);
		assert_non_null(strstr(error->message, cases[i].text));
		assert_null(strstr(error->message, "secret"));
	}
}

static void
a_controller_that_is_not_there_is_named_with_the_next_step(void **state)
{
	Server *server = *state;
	g_autoptr(LoaLoactlClient) client = loa_loactl_client_new("http://127.0.0.1:1", "x");
	g_autoptr(LoaLoactlClient) nonsense = loa_loactl_client_new("no address", "x");
	g_autoptr(GError) error = NULL;

	(void)server;
	assert_null(loa_loactl_client_get(client, "/status", &error));
	assert_int_equal(error->code, EX_UNAVAILABLE);
	assert_non_null(strstr(error->message, "loa-controller"));
	g_clear_error(&error);
	assert_null(loa_loactl_client_get(nonsense, "/status", &error));
	assert_int_equal(error->code, EX_USAGE);
}

static void
on_progress(double fraction, gpointer user_data)
{
	double *last = user_data;

	assert_true(fraction >= *last);
	*last = fraction;
}

static void
a_file_is_sent_whole_and_its_progress_told(void **state)
{
	Server *server = *state;
	g_autoptr(LoaLoactlClient) client = loa_loactl_client_new(server->url, "secret");
	g_autoptr(GError) error = NULL;
	g_autofree char *path = NULL;
	g_autofree char *contents = g_strnfill(300000, 'a');
	double last = 0.0;
	int fd = g_file_open_tmp("loactl-XXXXXX", &path, NULL);

	assert_true(g_close(fd, NULL));
	assert_true(g_file_set_contents(path, contents, 300000, NULL));
	server->answer = ANSWER("202 Accepted", "{\"job\":\"j-1\"}");

	g_autoptr(JsonNode) answer = loa_loactl_client_upload(client, "/recordings?title=a", path,
							      on_progress, &last, &error);

	assert_non_null(answer);
	assert_true(last == 1.0);
	assert_true(g_str_has_suffix(server->request->str, contents));
	assert_non_null(strstr(server->request->str, "Content-Length: 300000\r\n"));
	g_unlink(path);
	assert_null(
		loa_loactl_client_upload(client, "/recordings?title=a", path, NULL, NULL, &error));
	assert_int_equal(error->code, EX_NOINPUT);
}

static gboolean
on_event(const char *topic, gpointer user_data)
{
	GString *seen = user_data;

	g_string_append_printf(seen, "%s ", topic != NULL ? topic : "beat");
	return strcmp(seen->str, "status log beat log ") != 0;
}

static void
events_come_until_enough(void **state)
{
	Server *server = *state;
	g_autoptr(LoaLoactlClient) client = loa_loactl_client_new(server->url, "secret");
	g_autoptr(GString) seen = g_string_new(NULL);
	g_autoptr(GError) error = NULL;

	server->answer = ANSWER("200 OK\r\nContent-Type: text/event-stream",
				"retry: 2000\n\nevent: status\ndata:\n\nevent: log\ndata:\n\n"
				":\n\nevent: log\ndata:\n\nevent: job\ndata:\n\n");
	assert_true(loa_loactl_client_listen(client, on_event, seen, &error));
	assert_string_equal(seen->str, "status log beat log ");
	/* and a stream that ends before that is a lost controller */
	server->answer = ANSWER("200 OK", "event: status\ndata:\n\n");
	g_string_truncate(seen, 0);
	assert_false(loa_loactl_client_listen(client, on_event, seen, &error));
	assert_string_equal(seen->str, "status ");
	assert_int_equal(error->code, EX_UNAVAILABLE);
}

int
main(void)
{
#define WITH_SERVER(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		WITH_SERVER(an_answer_is_a_json_object),
		WITH_SERVER(a_body_is_sent_as_json),
		WITH_SERVER(a_refusal_is_the_controllers_sentence_and_an_exit_code),
		WITH_SERVER(a_controller_that_is_not_there_is_named_with_the_next_step),
		WITH_SERVER(a_file_is_sent_whole_and_its_progress_told),
		WITH_SERVER(events_come_until_enough),
	};

	return cmocka_run_group_tests_name("controller/loactl-client", tests, NULL, NULL);
}
