/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/loactl/loactl-client.h"

#include <libsoup/soup.h>
#include <string.h>

#include "controller/loactl/loactl-error.h"

/* Twice the heartbeat of a stream of events, and much longer than any answer takes. */
#define TIMEOUT_S 35

struct LoaLoactlClient {
	SoupSession *session;
	char *url; /* without a slash at the end */
	char *authorization;
};

LoaLoactlClient *
loa_loactl_client_new(const char *url, const char *token)
{
	LoaLoactlClient *self = g_new0(LoaLoactlClient, 1);

	/* no proxy: the controller is on this machine, and the token is for it alone */
	self->session = soup_session_new_with_options("timeout", TIMEOUT_S, "proxy-resolver", NULL,
						      "user-agent", "loactl/" LOA_VERSION, NULL);
	self->url = g_strdup(url);
	if (g_str_has_suffix(self->url, "/"))
		self->url[strlen(self->url) - 1] = '\0';
	self->authorization = g_strconcat("Bearer ", token, NULL);
	return self;
}

static SoupMessage *
message_new(LoaLoactlClient *self, const char *method, const char *path, GError **error)
{
	g_autofree char *uri = g_strconcat(self->url, "/api/v1", path, NULL);
	SoupMessage *message = soup_message_new(method, uri);

	if (message == NULL) {
		loa_loactl_error(error, EX_USAGE,
				 "%s is not an address: write --url "
				 "http://127.0.0.1:PORT",
				 self->url);
		return NULL;
	}
	soup_message_add_flags(message, SOUP_MESSAGE_NO_REDIRECT);
	soup_message_headers_replace(soup_message_get_request_headers(message), "Authorization",
				     self->authorization);
	return message;
}

static gboolean
transport_failed(LoaLoactlClient *self, GError *cause, GError **error)
{
	if (g_error_matches(cause, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
		loa_loactl_error(error, EX_UNAVAILABLE,
				 "The controller does not answer at %s: is it running? "
				 "systemctl start loa-controller, or loa-controller --config F",
				 self->url);
	else
		loa_loactl_error(error, EX_UNAVAILABLE,
				 "The controller at %s went silent (%s): see journalctl -u "
				 "loa-controller",
				 self->url, cause->message);
	g_error_free(cause);
	return FALSE;
}

static int
exit_code_of(guint status)
{
	switch (status) {
	case 400:
	case 409:
	case 413:
	case 415:
		return EX_DATAERR;
	case 401:
	case 403:
		return EX_NOPERM;
	case 404:
		return EX_NOINPUT;
	case 503:
		return EX_TEMPFAIL;
	case 507:
		return EX_IOERR;
	default:
		return status >= 500 ? EX_SOFTWARE : EX_PROTOCOL;
	}
}

static JsonObject *
member_object(JsonNode *node, const char *name)
{
	JsonNode *member = node != NULL && JSON_NODE_HOLDS_OBJECT(node)
				   ? json_object_get_member(json_node_get_object(node), name)
				   : NULL;

	return member != NULL && JSON_NODE_HOLDS_OBJECT(member) ? json_node_get_object(member)
								: NULL;
}

/* The controller's own sentence, or one about its silence. */
static void
refused(LoaLoactlClient *self, guint status, JsonNode *answer, GError **error)
{
	JsonObject *object = member_object(answer, "error");
	const char *text =
		object != NULL ? json_object_get_string_member_with_default(object, "message", NULL)
			       : NULL;

	if (status == 401)
		loa_loactl_error(error, EX_NOPERM,
				 "The controller at %s does not know this token: give the right "
				 "one with --token-file, or --config of that controller",
				 self->url);
	else if (text != NULL)
		loa_loactl_error(error, exit_code_of(status), "%s", text);
	else
		loa_loactl_error(error, EX_PROTOCOL,
				 "%s answered with status %u and nothing that makes sense: is it "
				 "a Loa Phuong controller?",
				 self->url, status);
}

static JsonNode *
exchange(LoaLoactlClient *self, SoupMessage *message, GError **error)
{
	g_autoptr(GError) cause = NULL;
	g_autoptr(GBytes) bytes = soup_session_send_and_read(self->session, message, NULL, &cause);

	if (bytes == NULL) {
		transport_failed(self, g_steal_pointer(&cause), error);
		return NULL;
	}

	const guint status = soup_message_get_status(message);
	g_autoptr(JsonParser) parser = json_parser_new();
	g_autoptr(JsonNode) answer = NULL;
	gsize size;
	const char *text = g_bytes_get_data(bytes, &size);

	if (size > 0 && json_parser_load_from_data(parser, text, (gssize)size, NULL))
		answer = json_parser_steal_root(parser);
	if (status >= 200 && status < 300 && answer != NULL && JSON_NODE_HOLDS_OBJECT(answer))
		return g_steal_pointer(&answer);
	refused(self, status, answer, error);
	return NULL;
}

JsonNode *
loa_loactl_client_get(LoaLoactlClient *self, const char *path, GError **error)
{
	g_autoptr(SoupMessage) message = message_new(self, "GET", path, error);

	return message != NULL ? exchange(self, message, error) : NULL;
}

char *
loa_loactl_client_get_text(LoaLoactlClient *self, const char *path, GError **error)
{
	g_autoptr(SoupMessage) message = message_new(self, "GET", path, error);
	g_autoptr(GBytes) bytes = NULL;
	GError *cause = NULL;
	const char *text;
	gsize size;

	if (message == NULL)
		return NULL;
	bytes = soup_session_send_and_read(self->session, message, NULL, &cause);
	if (bytes == NULL) {
		transport_failed(self, cause, error);
		return NULL;
	}
	text = g_bytes_get_data(bytes, &size);
	if (soup_message_get_status(message) == 200)
		return g_strndup(text != NULL ? text : "", size);

	g_autoptr(JsonNode) answer = text != NULL ? json_from_string(text, NULL) : NULL;

	refused(self, soup_message_get_status(message), answer, error);
	return NULL;
}

JsonNode *
loa_loactl_client_post(LoaLoactlClient *self, const char *path, JsonNode *body, GError **error)
{
	g_autoptr(JsonNode) owned = body;
	g_autoptr(SoupMessage) message = message_new(self, "POST", path, error);

	if (message == NULL)
		return NULL;

	char *text = json_to_string(owned, FALSE);
	g_autoptr(GBytes) bytes = g_bytes_new_take(text, strlen(text));

	soup_message_set_request_body_from_bytes(message, "application/json", bytes);
	return exchange(self, message, error);
}

typedef struct {
	LoaLoactlProgressFunc func;
	gpointer user_data;
	gint64 n_sent_bytes;
	gint64 n_bytes;
} Progress;

static void
on_wrote(SoupMessage *message, guint n_bytes, gpointer user_data)
{
	Progress *progress = user_data;

	(void)message;
	progress->n_sent_bytes += n_bytes;
	if (progress->func != NULL && progress->n_bytes > 0)
		progress->func((double)progress->n_sent_bytes / (double)progress->n_bytes,
			       progress->user_data);
}

static gboolean
open_file(const char *path, GInputStream **stream, gint64 *n_bytes, GError **error)
{
	g_autoptr(GFile) file = g_file_new_for_path(path);
	g_autoptr(GError) cause = NULL;
	g_autoptr(GFileInputStream) opened = g_file_read(file, NULL, &cause);
	g_autoptr(GFileInfo) info =
		opened != NULL ? g_file_input_stream_query_info(
					 opened, G_FILE_ATTRIBUTE_STANDARD_SIZE, NULL, &cause)
			       : NULL;

	if (info == NULL)
		return loa_loactl_error(error, EX_NOINPUT, "%s: %s", path, cause->message);
	*n_bytes = g_file_info_get_size(info);
	*stream = G_INPUT_STREAM(g_steal_pointer(&opened));
	return TRUE;
}

JsonNode *
loa_loactl_client_upload(LoaLoactlClient *self, const char *path, const char *file,
			 LoaLoactlProgressFunc progress, gpointer user_data, GError **error)
{
	Progress state = { .func = progress, .user_data = user_data };
	g_autoptr(GInputStream) stream = NULL;

	if (!open_file(file, &stream, &state.n_bytes, error))
		return NULL;

	g_autoptr(SoupMessage) message = message_new(self, "POST", path, error);

	if (message == NULL)
		return NULL;
	soup_message_set_request_body(message, "application/octet-stream", stream, state.n_bytes);
	/* a refusal comes before an hour of sound is sent */
	soup_message_headers_set_expectations(soup_message_get_request_headers(message),
					      SOUP_EXPECTATION_CONTINUE);
	g_signal_connect(message, "wrote-body-data", G_CALLBACK(on_wrote), &state);
	return exchange(self, message, error);
}

gboolean
loa_loactl_client_listen(LoaLoactlClient *self, LoaLoactlEventFunc func, gpointer user_data,
			 GError **error)
{
	g_autoptr(SoupMessage) message = message_new(self, "GET", "/events", error);
	g_autoptr(GError) cause = NULL;

	if (message == NULL)
		return FALSE;

	g_autoptr(GInputStream) body = soup_session_send(self->session, message, NULL, &cause);

	if (body == NULL)
		return transport_failed(self, g_steal_pointer(&cause), error);
	if (soup_message_get_status(message) != 200) {
		refused(self, soup_message_get_status(message), NULL, error);
		return FALSE;
	}

	g_autoptr(GDataInputStream) lines = g_data_input_stream_new(body);

	for (;;) {
		g_autofree char *line = g_data_input_stream_read_line(lines, NULL, NULL, &cause);

		if (line == NULL && cause == NULL)
			cause = g_error_new_literal(G_IO_ERROR, G_IO_ERROR_CLOSED,
						    "the connection ended");
		if (line == NULL)
			return transport_failed(self, g_steal_pointer(&cause), error);

		const char *topic = g_str_has_prefix(line, "event: ") ? line + 7 : NULL;

		if ((topic != NULL || *line == ':') && !func(topic, user_data))
			return TRUE;
	}
}

void
loa_loactl_client_free(LoaLoactlClient *self)
{
	if (self == NULL)
		return;
	g_object_unref(self->session);
	g_free(self->url);
	g_free(self->authorization);
	g_free(self);
}
