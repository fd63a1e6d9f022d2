/* SPDX-License-Identifier: Apache-2.0 */
#include "common/text.h"

#include <string.h>

gboolean
loa_text_is_printable(const char *text)
{
	if (!g_utf8_validate(text, -1, NULL))
		return FALSE;
	for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at)) {
		if (g_unichar_iscntrl(g_utf8_get_char(at)))
			return FALSE;
	}
	return TRUE;
}

/* How many bytes from @at on are letters, digits and signs of ASCII, which stay as they are. */
static gsize
plain_run(const char *at, gsize max_bytes)
{
	gsize n = 0;

	while (n < max_bytes && at[n] >= ' ' && at[n] <= '~')
		n++;
	return n;
}

char *
loa_text_printable(const char *text, gsize max_bytes)
{
	GString *out = g_string_new(NULL);
	const char *at = text != NULL ? text : "";
	const char *end = at + strlen(at);

	while (at < end && out->len < max_bytes) {
		const gsize n_plain = plain_run(at, max_bytes - out->len);
		gunichar c;

		g_string_append_len(out, at, (gssize)n_plain);
		at += n_plain;
		if (at == end || out->len == max_bytes)
			break;
		c = g_utf8_get_char_validated(at, end - at);

		if (c == (gunichar)-1 || c == (gunichar)-2) {
			g_string_append_c(out, '?');
			at++;
			continue;
		}

		gsize n_bytes = (gsize)(g_utf8_next_char(at) - at);

		if (g_unichar_iscntrl(c))
			g_string_append_c(out, ' ');
		else if (out->len + n_bytes > max_bytes)
			break;
		else
			g_string_append_len(out, at, (gssize)n_bytes);
		at += n_bytes;
	}
	return g_string_free(out, FALSE);
}

gboolean
loa_text_find(const char *const *texts, gsize n_texts, const char *text, guint *index)
{
	for (gsize i = 0; text != NULL && i < n_texts; i++) {
		if (g_strcmp0(texts[i], text) != 0)
			continue;
		*index = (guint)i;
		return TRUE;
	}
	return FALSE;
}

guint
loa_text_line_with(const char *text, const char *word)
{
	for (guint line = 1;; line++) {
		text += strspn(text, " \t");
		if (g_str_has_prefix(text, word))
			return line;
		text = strchr(text, '\n');
		if (text == NULL)
			return 0;
		text++;
	}
}
