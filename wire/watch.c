/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/watch.h"

#include <string.h>

#include "common/id.h"
#include "wire/json-reader.h"
#include "wire/json-writer.h"
#include "wire/plan.h"

#define WATCH_MAX_SIZE 1024

char *
loa_watch_topic(const char *site)
{
	g_assert(loa_id_is_valid(site));
	return g_strdup_printf("loa/%s/watch", site);
}

GBytes *
loa_watch_encode(const char *site, gint64 until_us)
{
	GString *out = g_string_sized_new(128);

	loa_json_writer_begin(out, NULL, '{');
	loa_json_writer_int(out, "v", 1, 1, 1);
	loa_json_writer_text(out, "site", site, LOA_ID_MAX);
	loa_json_writer_int(out, "until_us", until_us, LOA_TIME_MIN_US, LOA_TIME_MAX_US);
	loa_json_writer_end(out, '}');
	return g_string_free_to_bytes(out);
}

gboolean
loa_watch_decode(GBytes *body, const char *site, gint64 *until_us, GError **error)
{
	g_autoptr(LoaJsonReader) reader = loa_json_reader_new("watch", body, WATCH_MAX_SIZE, error);

	if (reader == NULL)
		return FALSE;
	loa_json_reader_version(reader);

	JsonObject *root = loa_json_reader_root(reader);
	gint64 found_us =
		loa_json_reader_int(reader, root, "until_us", LOA_TIME_MIN_US, LOA_TIME_MAX_US);

	if (strcmp(loa_json_reader_id(reader, root, "site"), site) != 0)
		loa_json_reader_fault(reader, LOA_WIRE_ERROR_ADDRESS, "for another site");
	if (!loa_json_reader_finish(reader, error))
		return FALSE;
	*until_us = found_us;
	return TRUE;
}
