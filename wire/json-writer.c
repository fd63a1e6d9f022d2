/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/json-writer.h"

#include <math.h>
#include <string.h>

#include "common/text.h"

/* A comma where something stands before, and the name. */
static void
next(GString *out, const char *name)
{
	if (out->len > 0 && strchr("{[", out->str[out->len - 1]) == NULL)
		g_string_append_c(out, ',');
	if (name != NULL)
		g_string_append_printf(out, "\"%s\":", name);
}

void
loa_json_writer_begin(GString *out, const char *name, char bracket)
{
	next(out, name);
	g_string_append_c(out, bracket);
}

void
loa_json_writer_end(GString *out, char bracket)
{
	g_string_append_c(out, bracket);
}

void
loa_json_writer_int(GString *out, const char *name, gint64 value, gint64 min, gint64 max)
{
	next(out, name);
	g_string_append_printf(out, "%" G_GINT64_FORMAT, CLAMP(value, min, max));
}

void
loa_json_writer_double(GString *out, const char *name, double value, double min, double max)
{
	char text[G_ASCII_DTOSTR_BUF_SIZE];

	next(out, name);
	value = isnan(value) ? min : CLAMP(value, min, max);
	g_string_append(out, g_ascii_formatd(text, sizeof text, "%.1f", value));
}

void
loa_json_writer_bool(GString *out, const char *name, gboolean value)
{
	next(out, name);
	g_string_append(out, value ? "true" : "false");
}

void
loa_json_writer_text(GString *out, const char *name, const char *text, gsize max_bytes)
{
	g_autofree char *printable = loa_text_printable(text, max_bytes);

	next(out, name);
	g_string_append_c(out, '"');
	for (const char *at = printable; *at != '\0';) {
		const gsize n = strcspn(at, "\"\\");

		g_string_append_len(out, at, (gssize)n);
		at += n;
		if (*at == '\0')
			break;
		g_string_append_c(out, '\\');
		g_string_append_c(out, *at++);
	}
	g_string_append_c(out, '"');
}

void
loa_json_writer_text_or_none(GString *out, const char *name, const char *text, gsize max_bytes)
{
	if (text != NULL)
		loa_json_writer_text(out, name, text, max_bytes);
}

void
loa_json_writer_raw(GString *out, const char *name, const char *json)
{
	next(out, name);
	g_string_append(out, json);
}
