/* SPDX-License-Identifier: Apache-2.0 */
/* Headers from anybody, a line each: Host, Origin, Cookie, Authorization, Content-Type. Nothing but
 * the one right value opens, however it is wrapped. */
#include <stdint.h>
#include <string.h>

#include "controller/web/web-guard.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define TOKEN "0123456789abcdef0123456789abcdef"

static void
check_host(const char *host)
{
	static const char *const names[] = { "loa.example", "fd00::1", NULL };

	if (!loa_web_guard_host_is_ours(host, names))
		return;
	g_assert_true(g_ascii_strncasecmp(host, "loa.example", 11) == 0 ||
		      g_ascii_strncasecmp(host, "localhost", 9) == 0 ||
		      g_str_has_prefix(host, "127.0.0.1") || g_str_has_prefix(host, "[::1]") ||
		      g_ascii_strncasecmp(host, "[fd00::1]", 9) == 0);
	g_assert_null(strpbrk(host, "/@ \t?#"));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);
	g_auto(GStrv) lines = g_strsplit(text, "\n", 8);
	const char *header[5] = { NULL };

	for (guint i = 0; i < G_N_ELEMENTS(header) && lines[i] != NULL; i++)
		header[i] = lines[i];
	check_host(header[0]);
	if (header[1] != NULL && loa_web_guard_is_same_origin(header[1], NULL, "loa.example"))
		g_assert_true(g_str_has_suffix(header[1], "://loa.example") ||
			      g_ascii_strcasecmp(strstr(header[1], "://") + 3, "loa.example") == 0);

	g_autofree char *cookie = loa_web_guard_cookie(header[2], "loa-session-1");

	if (cookie != NULL)
		g_assert_null(strchr(cookie, ';'));
	if (loa_web_guard_bearer_matches(header[3], TOKEN))
		g_assert_true(strlen(header[3]) == strlen("Bearer ") + strlen(TOKEN) &&
			      g_str_has_suffix(header[3], TOKEN));
	if (loa_web_guard_type_is_audio(header[4]))
		g_assert_true(strchr(header[4], '/') != NULL);
	return 0;
}
