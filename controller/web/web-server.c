/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/web/web-server.h"

#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <string.h>

#include "controller/web/web-api.h"
#include "controller/web/web-door.h"
#include "controller/web/web-events.h"
#include "controller/web/web-guard.h"
#include "controller/web/web-listen.h"
#include "controller/web/web-page.h"
#include "controller/web/web-reply.h"
#include "controller/web/web-ticket.h"
#include "controller/web/web-upload.h"
#include "controller/web/web-visitor.h"

#define MIN_TOKEN_CHARS 32
/* Of a body that was refused: so much is read for the sake of a client that listens only after
 * it has sent; then the connection ends. */
#define MAX_SWALLOWED_BYTES (16 * 1024 * 1024)
#define REQUEST_KEY "loa-web-request"

struct LoaWebServer {
	const LoaWebHandlers *handlers; /* borrowed */
	LoaOffice *office;              /* borrowed */
	SoupServer *soup;
	LoaWebDoor *door;
	LoaWebEvents *events;
	char **names;       /* beside loopback's */
	gboolean is_strict; /* browsers shall ask by HTTPS alone */
	LoaAccess *access;  /* borrowed, nullable */
	guint session_max_age_s;
	char *token;
	char *cookie_name; /* has the port in it: browsers keep one jar for all ports of a host */
	char *upload_dir;
	LoaWebPage *page; /* NULL: API only */
	gint64 max_upload_bytes;
	guint16 port;
	guint16 tls_port; /* 0: none */
};

/* What was found out from the headers, kept with the message until its body is in. */
typedef struct {
	const LoaWebRoute *route; /* NULL: a file of the page */
	char *param;
	LoaWebVisitor visitor;
	LoaWebUpload *upload;
	gint64 n_body_bytes;
	gboolean is_refused;
} Request;

static void
request_free(gpointer data)
{
	Request *request = data;

	loa_web_upload_free(request->upload);
	loa_web_visitor_clear(&request->visitor);
	g_free(request->param);
	g_free(request);
}

static const char *
header(SoupServerMessage *message, const char *name)
{
	return soup_message_headers_get_one(soup_server_message_get_request_headers(message), name);
}

static void
refuse(SoupServerMessage *message, Request *request, guint status, const char *code,
       const char *text)
{
	request->is_refused = TRUE;
	g_clear_pointer(&request->upload, loa_web_upload_free);
	soup_message_body_set_accumulate(soup_server_message_get_request_body(message), FALSE);
	soup_message_body_truncate(soup_server_message_get_request_body(message));
	loa_web_reply_error(message, status, code, text);
}

static void
refuse_too_large(SoupServerMessage *message, Request *request, gint64 max_bytes)
{
	g_autofree char *text =
		g_strdup_printf("The body may have at most %" G_GINT64_FORMAT " bytes", max_bytes);

	refuse(message, request, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE, "too-large", text);
}

static void
on_got_chunk(SoupServerMessage *message, GBytes *chunk, gpointer user_data)
{
	Request *request = user_data;
	gsize size;
	gconstpointer data = g_bytes_get_data(chunk, &size);

	request->n_body_bytes += (gint64)size;
	if (request->is_refused) {
		GSocket *socket = soup_server_message_get_socket(message);

		if (request->n_body_bytes > MAX_SWALLOWED_BYTES && socket != NULL)
			(void)g_socket_shutdown(socket, TRUE, TRUE, NULL);
		return;
	}
	if (request->upload == NULL) {
		if (request->n_body_bytes > LOA_WEB_API_MAX_JSON)
			refuse_too_large(message, request, LOA_WEB_API_MAX_JSON);
		return;
	}
	switch (loa_web_upload_write(request->upload, data, size)) {
	case LOA_WEB_UPLOAD_OK:
		return;
	case LOA_WEB_UPLOAD_TOO_LARGE:
		refuse(message, request, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE, "too-large",
		       "The file is larger than the controller takes: shorten or compress it");
		return;
	case LOA_WEB_UPLOAD_STORAGE:
		refuse(message, request, SOUP_STATUS_INSUFFICIENT_STORAGE, "storage",
		       "The controller's disk is full or cannot be written: make room and try "
		       "again");
		return;
	}
}

static gboolean
is_reading(SoupServerMessage *message)
{
	const char *method = soup_server_message_get_method(message);

	return strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
}

static void
expect_no_body(SoupServerMessage *message, Request *request)
{
	SoupMessageHeaders *in = soup_server_message_get_request_headers(message);

	if (soup_message_headers_get_encoding(in) == SOUP_ENCODING_CHUNKED ||
	    soup_message_headers_get_content_length(in) > 0)
		refuse(message, request, SOUP_STATUS_BAD_REQUEST, "bad-request",
		       "No body is wanted here");
}

static void
expect_json(SoupServerMessage *message, Request *request)
{
	SoupMessageHeaders *in = soup_server_message_get_request_headers(message);
	const char *type = soup_message_headers_get_content_type(in, NULL);

	if (type == NULL || g_ascii_strcasecmp(type, "application/json") != 0 ||
	    header(message, "Content-Encoding") != NULL)
		refuse(message, request, SOUP_STATUS_UNSUPPORTED_MEDIA_TYPE, "unsupported-type",
		       "Send Content-Type: application/json");
	else if (soup_message_headers_get_content_length(in) > LOA_WEB_API_MAX_JSON)
		refuse_too_large(message, request, LOA_WEB_API_MAX_JSON);
}

static void
expect_audio(LoaWebServer *self, SoupServerMessage *message, Request *request)
{
	SoupMessageHeaders *in = soup_server_message_get_request_headers(message);

	if (!loa_web_guard_type_is_audio(soup_message_headers_get_content_type(in, NULL)) ||
	    header(message, "Content-Encoding") != NULL) {
		refuse(message, request, SOUP_STATUS_UNSUPPORTED_MEDIA_TYPE, "unsupported-type",
		       "Send the audio file as the body, with Content-Type: audio/... or "
		       "application/octet-stream");
		return;
	}
	if (soup_message_headers_get_content_length(in) > self->max_upload_bytes) {
		refuse_too_large(message, request, self->max_upload_bytes);
		return;
	}
	soup_message_body_set_accumulate(soup_server_message_get_request_body(message), FALSE);
	request->upload = loa_web_upload_new(self->upload_dir, self->max_upload_bytes);
	if (request->upload == NULL)
		refuse(message, request, SOUP_STATUS_INSUFFICIENT_STORAGE, "storage",
		       "The controller cannot write the upload: check the disk and data_dir");
}

/* Who is it, and may they? TRUE if the request is not refused by that. */
static gboolean
admit(LoaWebServer *self, SoupServerMessage *message, Request *request)
{
	const LoaWebKeys keys = { self->token, self->cookie_name, self->access };
	g_autoptr(GError) error = NULL;
	LoaWebRefusal refusal = { 401, "unauthorized",
				  "This is not the token of the controller's token file" };

	if (loa_web_visitor_init(&request->visitor, &keys, message))
		refusal = loa_web_visitor_check(&request->visitor, request->route, message);
	if (refusal.status == 401)
		soup_message_headers_replace(soup_server_message_get_response_headers(message),
					     "WWW-Authenticate", "Bearer");
	if (refusal.status != 0) {
		refuse(message, request, refusal.status, refusal.code, refusal.text);
		return FALSE;
	}
	if (request->route != NULL &&
	    !loa_web_api_allows(request->route, &request->visitor.caller, &error)) {
		refuse(message, request, SOUP_STATUS_FORBIDDEN, "forbidden", error->message);
		return FALSE;
	}
	if (request->visitor.is_token || request->visitor.signed_in != NULL)
		loa_web_door_admit(self->door, message);
	return TRUE;
}

static void
admit_to_api(LoaWebServer *self, SoupServerMessage *message, Request *request, const char *path)
{
	g_autofree char *allow = NULL;
	const LoaWebMatch match = loa_web_api_match(soup_server_message_get_method(message), path,
						    &request->route, &request->param, &allow);

	if (!admit(self, message, request))
		return;
	switch (match) {
	case LOA_WEB_NO_PATH:
		refuse(message, request, SOUP_STATUS_NOT_FOUND, "not-found",
		       "There is no such route; docs/api.yaml lists them");
		return;
	case LOA_WEB_NO_METHOD:
		soup_message_headers_replace(soup_server_message_get_response_headers(message),
					     "Allow", allow);
		refuse(message, request, SOUP_STATUS_METHOD_NOT_ALLOWED, "method-not-allowed",
		       "This route knows other methods: see the Allow header");
		return;
	case LOA_WEB_FOUND:
		break;
	}
	switch (request->route->body) {
	case LOA_WEB_BODY_NONE:
	case LOA_WEB_BODY_EVENTS:
		expect_no_body(message, request);
		return;
	case LOA_WEB_BODY_JSON:
		expect_json(message, request);
		return;
	case LOA_WEB_BODY_AUDIO:
		expect_audio(self, message, request);
		return;
	}
}

/* When the headers are in. */
static void
on_headers(SoupServer *soup, SoupServerMessage *message, const char *path, GHashTable *query,
	   gpointer user_data)
{
	LoaWebServer *self = user_data;
	Request *request = g_new0(Request, 1);

	(void)soup;
	(void)query;
	g_object_set_data_full(G_OBJECT(message), REQUEST_KEY, request, request_free);
	g_signal_connect(message, "got-chunk", G_CALLBACK(on_got_chunk), request);
	loa_web_door_heard(self->door, message);
	loa_web_reply_init(message);
	if (self->is_strict)
		loa_web_reply_strict_transport(message);
	if (!loa_web_guard_host_is_ours(header(message, "Host"), (const char *const *)self->names))
		refuse(message, request, SOUP_STATUS_FORBIDDEN, "forbidden-host",
		       "Ask for localhost, or by one of http.names in controller.cfg");
	else if (g_str_has_prefix(path, "/api/"))
		admit_to_api(self, message, request, path);
	else if (!is_reading(message))
		refuse(message, request, SOUP_STATUS_METHOD_NOT_ALLOWED, "method-not-allowed",
		       "Files can only be read");
	else
		expect_no_body(message, request);
}

static LoaJsonReader *
read_body(SoupServerMessage *message, GError **error)
{
	g_autoptr(GBytes) bytes =
		soup_message_body_flatten(soup_server_message_get_request_body(message));

	return loa_json_reader_new("request", bytes, LOA_WEB_API_MAX_JSON, error);
}

static void
answer_api(LoaWebServer *self, SoupServerMessage *message, Request *request, GHashTable *query)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(LoaJsonReader) body = NULL;
	g_autoptr(JsonNode) answer = NULL;
	char *upload_path = NULL;

	if (request->route->body == LOA_WEB_BODY_JSON) {
		body = read_body(message, &error);
		if (body == NULL) {
			loa_web_reply_failure(message, error);
			return;
		}
	}
	if (request->upload != NULL) {
		upload_path = loa_web_upload_take(request->upload);
		if (upload_path == NULL) {
			loa_web_reply_error(
				message, SOUP_STATUS_INSUFFICIENT_STORAGE, "storage",
				"The controller could not write the upload to its disk");
			return;
		}
	}

	LoaWebTicket *ticket = loa_web_ticket_new(message, request->route->status,
						  self->cookie_name, self->session_max_age_s);
	LoaWebCall call = {
		.handlers = self->handlers,
		.caller = &request->visitor.caller,
		.access = self->access,
		.signed_in = request->visitor.signed_in,
		.ticket = ticket,
		.office = self->office,
		.param = request->param,
		.query = query,
		.body = body,
		.upload_path = upload_path,
	};

	answer = loa_web_api_run(request->route, &call, &error);
	if (call.retry_after_s > 0) {
		g_autofree char *seconds = g_strdup_printf("%u", call.retry_after_s);

		soup_message_headers_replace(soup_server_message_get_response_headers(message),
					     "Retry-After", seconds);
	}
	if (call.ends_session)
		loa_web_reply_session(message, self->cookie_name, "", 0);
	if (call.is_deferred)
		loa_web_ticket_wait(ticket);
	else if (answer != NULL)
		loa_web_reply_json(message, request->route->status, g_steal_pointer(&answer));
	else if (call.file.bytes != NULL)
		loa_web_reply_file(message, request->route->status, &call.file);
	else
		loa_web_reply_failure(message, error);
	if (call.upload_path != NULL) /* refused before the office had it */
		(void)g_unlink(call.upload_path);
	g_free(call.upload_path);
	loa_web_ticket_unref(ticket);
	g_clear_pointer(&call.file.bytes, g_bytes_unref);
	g_free(call.file.name);
}

static const char *
session_of(const Request *request)
{
	const LoaSignedIn *signed_in = request->visitor.signed_in;

	return signed_in != NULL ? signed_in->session->token_sha256 : NULL;
}

/* When the body is in as well. */
static void
on_request(SoupServer *soup, SoupServerMessage *message, const char *path, GHashTable *query,
	   gpointer user_data)
{
	LoaWebServer *self = user_data;
	Request *request = g_object_get_data(G_OBJECT(message), REQUEST_KEY);

	(void)soup;
	/* libsoup does not come here with what has its status already: what was refused */
	if (request->route == NULL) {
		if (self->page == NULL || !loa_web_page_serve(self->page, path, message))
			loa_web_reply_error(message, SOUP_STATUS_NOT_FOUND, "not-found",
					    "There is no such page");
	} else if (request->route->body != LOA_WEB_BODY_EVENTS) {
		answer_api(self, message, request, query);
	} else {
		loa_web_door_keep(self->door, message);
		if (!loa_web_events_add(self->events, message, session_of(request)))
			loa_web_reply_error(message, SOUP_STATUS_SERVICE_UNAVAILABLE, "busy",
					    "Too many pages are listening: close some and try "
					    "again");
	}
}

static gboolean
is_over(const char *session, gpointer user_data)
{
	LoaWebServer *self = user_data;

	return !loa_access_is_alive(self->access, session);
}

static void
on_sessions_ended(gpointer user_data)
{
	LoaWebServer *self = user_data;

	loa_web_events_sweep(self->events, is_over, self);
}

static void
on_office_changed(const char *topic, gpointer user_data)
{
	LoaWebServer *self = user_data;

	loa_web_events_notify(self->events, topic);
}

LoaWebServer *
loa_web_server_new(const LoaWebHandlers *handlers, LoaOffice *office, const LoaWebConfig *config,
		   GError **error)
{
	if (config->token == NULL || strlen(config->token) < MIN_TOKEN_CHARS) {
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
			    "The token must have at least %d characters: remove the token file "
			    "and start again to have one made",
			    MIN_TOKEN_CHARS);
		return NULL;
	}
	if (!loa_web_upload_prepare_folder(config->upload_dir, error))
		return NULL;

	g_autoptr(LoaWebServer) self = g_new0(LoaWebServer, 1);

	self->handlers = handlers;
	self->office = office;
	self->access = config->access;
	self->session_max_age_s = config->session_max_age_s;
	self->token = g_strdup(config->token);
	self->upload_dir = g_strdup(config->upload_dir);
	if (config->page_dir != NULL)
		self->page = loa_web_page_new(config->page_dir, config->bootstrap_dir);
	self->max_upload_bytes = config->max_upload_bytes;
	self->soup = soup_server_new("server-header", "loa-phuong", NULL);
	self->door = loa_web_door_new(self->soup, LOA_WEB_DOOR_MAX);
	self->names = g_strdupv((char **)config->names);
	self->is_strict = config->is_certificate_trusted;
	if (!loa_web_listen_on_loopback(self->soup, config->port, &self->port, error) ||
	    (config->certificate != NULL &&
	     !loa_web_listen_with_tls(self->soup, config->certificate, config->listen,
				      config->tls_port, &self->tls_port, error)))
		return NULL;
	self->cookie_name = g_strdup_printf("loa-session-%u",
					    self->tls_port != 0 ? self->tls_port : self->port);
	self->events = loa_web_events_new();
	soup_server_add_early_handler(self->soup, NULL, on_headers, self, NULL);
	soup_server_add_handler(self->soup, NULL, on_request, self, NULL);
	handlers->on_changed(office, on_office_changed, self);
	if (self->access != NULL)
		loa_access_on_ended(self->access, on_sessions_ended, self);
	return g_steal_pointer(&self);
}

guint16
loa_web_server_port(const LoaWebServer *self)
{
	return self->port;
}

guint16
loa_web_server_tls_port(const LoaWebServer *self)
{
	return self->tls_port;
}

guint
loa_web_server_n_listeners(const LoaWebServer *self)
{
	return loa_web_events_n_listeners(self->events);
}

void
loa_web_server_free(LoaWebServer *self)
{
	if (self == NULL)
		return;
	if (self->events != NULL)
		self->handlers->on_changed(self->office, NULL, NULL);
	if (self->access != NULL)
		loa_access_on_ended(self->access, NULL, NULL);
	loa_web_events_free(self->events);
	soup_server_disconnect(self->soup);
	loa_web_door_free(self->door);
	g_object_unref(self->soup);
	g_strfreev(self->names);
	g_free(self->token);
	g_free(self->cookie_name);
	g_free(self->upload_dir);
	loa_web_page_free(self->page);
	g_free(self);
}
