/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/web/web-mirror.h"

#include <libsoup/soup.h>
#include <string.h>

#include "common/id.h"
#include "controller/web/web-door.h"

#define PATH_PREFIX "/audio/"
#define PATH_SUFFIX ".opus"
/* A receiver on a thin line, or with max_kbit_s, may take long to make room for more. */
#define TRANSFER_TIMEOUT_S 600
#define MAX_RANGE_DIGITS 12

struct LoaWebMirror {
	SoupServer *server; /* owned */
	char *folder;       /* owned */
	LoaWebDoor *door;
	guint16 port;
};

/* (transfer full) (nullable): the file behind a path, if it has the one form there is. */
static char *
file_of(const LoaWebMirror *self, const char *path)
{
	if (!g_str_has_prefix(path, PATH_PREFIX) || !g_str_has_suffix(path, PATH_SUFFIX))
		return NULL;
	const char *name = path + strlen(PATH_PREFIX);
	g_autofree char *sha256 = g_strndup(name, strlen(name) - strlen(PATH_SUFFIX));

	return loa_sha256_is_valid(sha256) ? g_build_filename(self->folder, name, NULL) : NULL;
}

/* Nobody has anything to send here, and whoever does shall not fill the memory with it. */
static void
on_got_chunk(SoupServerMessage *message, GBytes *chunk, gpointer user_data)
{
	GSocket *socket = soup_server_message_get_socket(message);

	(void)chunk;
	(void)user_data;
	if (socket != NULL)
		(void)g_socket_shutdown(socket, TRUE, TRUE, NULL);
}

/* Only what a receiver asks for, "bytes=START-", is passed on: libsoup would answer thousands of
 * overlapping ranges with as many copies of the recording, and stumbles over huge numbers. */
static void
allow_simple_range(SoupMessageHeaders *headers)
{
	const char *range = soup_message_headers_get_list(headers, "Range");
	const char *start = range != NULL && g_str_has_prefix(range, "bytes=") ? range + 6 : "";
	gsize n_digits = strspn(start, "0123456789");

	if (n_digits == 0 || n_digits > MAX_RANGE_DIGITS || strcmp(start + n_digits, "-") != 0)
		soup_message_headers_remove(headers, "Range");
}

/* When the headers are in. */
static void
on_headers(SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query,
	   gpointer user_data)
{
	LoaWebMirror *self = user_data;
	GSocket *socket = soup_server_message_get_socket(message);
	g_autofree char *file = file_of(self, path);

	(void)server;
	(void)query;
	loa_web_door_heard(self->door, message);
	if (file != NULL && g_file_test(file, G_FILE_TEST_IS_REGULAR)) {
		loa_web_door_admit(self->door, message);
		if (socket != NULL)
			g_socket_set_timeout(socket, TRANSFER_TIMEOUT_S);
	}
	allow_simple_range(soup_server_message_get_request_headers(message));
	soup_message_body_set_accumulate(soup_server_message_get_request_body(message), FALSE);
	g_signal_connect(message, "got-chunk", G_CALLBACK(on_got_chunk), NULL);
	/* libsoup 3.2 does not see a client hang up between two requests: each would cost a file
	 * descriptor for ever */
	soup_message_headers_replace(soup_server_message_get_response_headers(message),
				     "Connection", "close");
}

static void
serve(SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query,
      gpointer user_data)
{
	LoaWebMirror *self = user_data;
	const char *method = soup_server_message_get_method(message);
	SoupMessageHeaders *headers = soup_server_message_get_response_headers(message);

	(void)server;
	(void)query;
	if (method != SOUP_METHOD_GET && method != SOUP_METHOD_HEAD) {
		soup_server_message_set_status(message, SOUP_STATUS_METHOD_NOT_ALLOWED, NULL);
		return;
	}
	g_autofree char *file = file_of(self, path);
	g_autoptr(GMappedFile) mapped = file == NULL ? NULL : g_mapped_file_new(file, FALSE, NULL);

	if (mapped == NULL) {
		soup_server_message_set_status(message, SOUP_STATUS_NOT_FOUND, NULL);
		return;
	}
	g_autoptr(GBytes) bytes = g_mapped_file_get_bytes(mapped);

	/* a name is a hash: what it stands for never changes */
	soup_message_headers_replace(headers, "Cache-Control",
				     "public, max-age=31536000, immutable");
	soup_message_headers_set_content_type(headers, "audio/ogg", NULL);
	soup_server_message_set_status(message, SOUP_STATUS_OK, NULL);
	/* the server cuts it to the range that was asked for */
	soup_message_body_append_bytes(soup_server_message_get_response_body(message), bytes);
}

LoaWebMirror *
loa_web_mirror_new(GSocketAddress *address, const char *folder, GError **error)
{
	g_autoptr(SoupServer) server = soup_server_new("server-header", "loa", NULL);

	if (!soup_server_listen(server, address, 0, error))
		return NULL;

	LoaWebMirror *self = g_new0(LoaWebMirror, 1);
	GSList *uris = soup_server_get_uris(server);

	self->port = (guint16)g_uri_get_port(uris->data);
	g_slist_free_full(uris, (GDestroyNotify)g_uri_unref);
	self->folder = g_strdup(folder);
	self->door = loa_web_door_new(server, LOA_WEB_MIRROR_MAX_CONNECTIONS);
	soup_server_add_early_handler(server, NULL, on_headers, self, NULL);
	soup_server_add_handler(server, NULL, serve, self, NULL);
	self->server = g_steal_pointer(&server);
	return self;
}

guint16
loa_web_mirror_port(const LoaWebMirror *self)
{
	return self->port;
}

void
loa_web_mirror_free(LoaWebMirror *self)
{
	if (self == NULL)
		return;
	soup_server_disconnect(self->server);
	loa_web_door_free(self->door);
	g_object_unref(self->server);
	g_free(self->folder);
	g_free(self);
}
