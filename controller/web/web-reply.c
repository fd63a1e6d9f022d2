/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/web/web-reply.h"

#include "controller/office/office.h"
#include "wire/wire-error.h"

void
loa_web_reply_init(SoupServerMessage *message)
{
	static const struct {
		const char *name, *value;
	} headers[] = {
		{ "Content-Security-Policy",
		  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
		  "media-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action "
		  "'none'; "
		  "frame-ancestors 'none'" },
		{ "X-Content-Type-Options", "nosniff" },
		{ "X-Frame-Options", "DENY" },
		{ "Referrer-Policy", "no-referrer" },
		{ "Permissions-Policy",
		  "microphone=(self), camera=(), geolocation=(), payment=(), usb=()" },
		{ "Cross-Origin-Opener-Policy", "same-origin" },
		{ "Cross-Origin-Resource-Policy", "same-origin" },
		{ "Cache-Control", "no-store" },
		/* Between two requests libsoup 3.2 watches nothing but the next byte: it sees
		 * nobody hang up, nor our own g_socket_shutdown(), and holds the descriptor for
		 * ever. g_socket_close() sets that free, but the connection's objects stay until
		 * soup_server_disconnect() ends all of them: 2 KB each, the TLS session not
		 * counted, and no call takes out one. */
		{ "Connection", "close" },
	};
	SoupMessageHeaders *out = soup_server_message_get_response_headers(message);

	for (gsize i = 0; i < G_N_ELEMENTS(headers); i++)
		soup_message_headers_replace(out, headers[i].name, headers[i].value);
}

void
loa_web_reply_strict_transport(SoupServerMessage *message)
{
	if (strcmp(g_uri_get_scheme(soup_server_message_get_uri(message)), "https") == 0)
		soup_message_headers_replace(soup_server_message_get_response_headers(message),
					     "Strict-Transport-Security", "max-age=31536000");
}

void
loa_web_reply_json(SoupServerMessage *message, guint status, JsonNode *node)
{
	g_autoptr(JsonNode) owned = node;
	g_autofree char *text = json_to_string(owned, FALSE);
	const gsize size = strlen(text);

	soup_server_message_set_status(message, status, NULL);
	soup_server_message_set_response(message, "application/json; charset=utf-8",
					 SOUP_MEMORY_TAKE, g_steal_pointer(&text), size);
}

/* A name in UTF-8 as RFC 6266 wants it, and one in ASCII for old browsers. */
static char *
disposition(const char *name)
{
	g_autofree char *ascii = g_str_to_ascii(name, "C");
	g_autofree char *encoded = g_uri_escape_string(name, NULL, FALSE);

	g_strcanon(ascii, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_", '_');
	return g_strdup_printf("attachment; filename=\"%s\"; filename*=UTF-8''%s", ascii, encoded);
}

void
loa_web_reply_file(SoupServerMessage *message, guint status, const LoaWebFile *file)
{
	SoupMessageHeaders *headers = soup_server_message_get_response_headers(message);

	if (file->name != NULL) {
		g_autofree char *value = disposition(file->name);

		soup_message_headers_replace(headers, "Content-Disposition", value);
	}
	soup_message_headers_replace(headers, "Accept-Ranges", "bytes");
	soup_message_headers_set_content_type(headers, file->type, NULL);
	soup_message_body_append_bytes(soup_server_message_get_response_body(message), file->bytes);
	soup_server_message_set_status(message, status, NULL);
}

void
loa_web_reply_session(SoupServerMessage *message, const char *cookie_name, const char *token,
		      guint max_age_s)
{
	const char *scheme = g_uri_get_scheme(soup_server_message_get_uri(message));
	g_autofree char *cookie = g_strdup_printf(
		"%s=%s; Path=/; Max-Age=%u; HttpOnly; SameSite=Strict%s", cookie_name, token,
		max_age_s, strcmp(scheme, "https") == 0 ? "; Secure" : "");

	soup_message_headers_replace(soup_server_message_get_response_headers(message),
				     "Set-Cookie", cookie);
}

void
loa_web_reply_error(SoupServerMessage *message, guint status, const char *code, const char *text)
{
	g_autoptr(JsonBuilder) builder = json_builder_new();

	json_builder_begin_object(builder);
	json_builder_set_member_name(builder, "error");
	json_builder_begin_object(builder);
	json_builder_set_member_name(builder, "code");
	json_builder_add_string_value(builder, code);
	json_builder_set_member_name(builder, "message");
	json_builder_add_string_value(builder, text);
	json_builder_end_object(builder);
	json_builder_end_object(builder);
	loa_web_reply_json(message, status, json_builder_get_root(builder));
}

static void
office_failure(SoupServerMessage *message, const GError *error)
{
	switch ((LoaOfficeError)error->code) {
	case LOA_OFFICE_ERROR_BAD_REQUEST:
		loa_web_reply_error(message, 400, "bad-request", error->message);
		return;
	case LOA_OFFICE_ERROR_WRONG_LOGIN:
		loa_web_reply_error(message, 401, "wrong-login", error->message);
		return;
	case LOA_OFFICE_ERROR_FORBIDDEN:
		loa_web_reply_error(message, 403, "forbidden", error->message);
		return;
	case LOA_OFFICE_ERROR_NOT_FOUND:
		loa_web_reply_error(message, 404, "not-found", error->message);
		return;
	case LOA_OFFICE_ERROR_CONFLICT:
		loa_web_reply_error(message, 409, "conflict", error->message);
		return;
	case LOA_OFFICE_ERROR_THROTTLED:
		loa_web_reply_error(message, 429, "too-many-attempts", error->message);
		return;
	case LOA_OFFICE_ERROR_BUSY:
		loa_web_reply_error(message, 503, "busy", error->message);
		return;
	case LOA_OFFICE_ERROR_STORAGE:
		loa_web_reply_error(message, 507, "storage", error->message);
		return;
	}
	g_assert_not_reached();
}

void
loa_web_reply_failure(SoupServerMessage *message, const GError *error)
{
	if (error->domain == LOA_OFFICE_ERROR) {
		office_failure(message, error);
	} else if (error->domain == LOA_WIRE_ERROR) {
		loa_web_reply_error(message, 400, "bad-request", error->message);
	} else {
		g_warning("%s %s: %s", soup_server_message_get_method(message),
			  g_uri_get_path(soup_server_message_get_uri(message)), error->message);
		loa_web_reply_error(message, 500, "internal",
				    "The controller could not do this; its log says why");
	}
}
