/* SPDX-License-Identifier: Apache-2.0 */
#include "common/id.h"

#include <string.h>

gboolean
loa_id_is_valid_n(const char *text, gsize size)
{
	if (size == 0 || size > LOA_ID_MAX || !g_ascii_isalnum(text[0]))
		return FALSE;
	for (gsize i = 0; i < size; i++) {
		char c = text[i];

		if (!g_ascii_islower(c) && !g_ascii_isdigit(c) && c != '-' && c != '.')
			return FALSE;
		if (c == '.' && i + 1 < size && text[i + 1] == '.')
			return FALSE;
	}
	return TRUE;
}

gboolean
loa_id_is_valid(const char *text)
{
	return text != NULL && loa_id_is_valid_n(text, strlen(text));
}

gboolean
loa_sha256_is_valid(const char *text)
{
	if (text == NULL || strlen(text) != 64)
		return FALSE;
	return strspn(text, "0123456789abcdef") == 64;
}
