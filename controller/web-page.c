/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/web-page.h"

#include <string.h>

#include "common/file.h"
#include "common/id.h"

#define MAX_FILE_BYTES (2 * 1024 * 1024)

/* A file of another kind is not served. */
static const char *
type_of(const char *name)
{
	static const struct {
		const char *suffix, *type;
	} types[] = {
		{ ".html", "text/html; charset=utf-8" },
		{ ".js", "text/javascript; charset=utf-8" },
		{ ".css", "text/css; charset=utf-8" },
		{ ".svg", "image/svg+xml" },
		{ ".png", "image/png" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(types); i++) {
		if (g_str_has_suffix(name, types[i].suffix))
			return types[i].type;
	}
	return NULL;
}

gboolean
loa_web_page_serve(const char *page_dir, const char *path, SoupServerMessage *message)
{
	const char *name = strcmp(path, "/") == 0 ? "index.html" : path + 1;
	/* the alphabet of ids has no slash and no "..": nothing outside the folder has a name */
	const char *type = loa_id_is_valid(name) ? type_of(name) : NULL;

	if (type == NULL)
		return FALSE;

	g_autofree char *file = g_build_filename(page_dir, name, NULL);
	g_autoptr(GBytes) bytes = loa_file_read(file, MAX_FILE_BYTES, NULL);

	if (bytes == NULL)
		return FALSE;

	g_autofree char *sha256 = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, bytes);
	g_autofree char *etag = g_strdup_printf("\"%.32s\"", sha256);
	const char *known = soup_message_headers_get_one(
		soup_server_message_get_request_headers(message), "If-None-Match");
	SoupMessageHeaders *out = soup_server_message_get_response_headers(message);

	soup_message_headers_replace(out, "Cache-Control", "no-cache");
	soup_message_headers_replace(out, "ETag", etag);
	if (g_strcmp0(known, etag) == 0) {
		soup_server_message_set_status(message, SOUP_STATUS_NOT_MODIFIED, NULL);
		return TRUE;
	}
	soup_server_message_set_status(message, SOUP_STATUS_OK, NULL);
	soup_message_headers_replace(out, "Content-Type", type);
	soup_message_body_append_bytes(soup_server_message_get_response_body(message), bytes);
	return TRUE;
}
