/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/web/web-guard.h"

#include <string.h>

static gboolean
host_is(const char *host, const char *name)
{
	const gboolean is_ipv6 = strchr(name, ':') != NULL;
	g_autofree char *bracketed = is_ipv6 ? g_strdup_printf("[%s]", name) : g_strdup(name);
	const gsize n = strlen(bracketed);

	if (g_ascii_strncasecmp(host, bracketed, n) != 0)
		return FALSE;
	return host[n] == '\0' || (host[n] == ':' && host[n + 1] != '\0' &&
				   strspn(host + n + 1, "0123456789") == strlen(host + n + 1));
}

gboolean
loa_web_guard_host_is_ours(const char *host, const char *const *names)
{
	static const char *const loopback[] = { "localhost", "127.0.0.1", "::1" };

	for (gsize i = 0; host != NULL && i < G_N_ELEMENTS(loopback); i++)
		if (host_is(host, loopback[i]))
			return TRUE;
	for (gsize i = 0; host != NULL && names != NULL && names[i] != NULL; i++)
		if (host_is(host, names[i]))
			return TRUE;
	return FALSE;
}

gboolean
loa_web_guard_secrets_equal(const char *a, const char *b)
{
	if (a == NULL || b == NULL || strlen(a) != strlen(b))
		return FALSE;

	volatile guint8 difference = 0;

	for (gsize i = 0; a[i] != '\0'; i++)
		difference |= (guint8)(a[i] ^ b[i]);
	return difference == 0;
}

gboolean
loa_web_guard_bearer_matches(const char *authorization, const char *token)
{
	static const char scheme[] = "Bearer ";
	const gsize n = sizeof scheme - 1;

	return authorization != NULL && g_ascii_strncasecmp(authorization, scheme, n) == 0 &&
	       loa_web_guard_secrets_equal(authorization + n, token);
}

char *
loa_web_guard_cookie(const char *cookies, const char *name)
{
	g_auto(GStrv) pairs = g_strsplit(cookies != NULL ? cookies : "", ";", 64);
	const gsize n = strlen(name);

	for (gsize i = 0; pairs[i] != NULL; i++) {
		const char *pair = g_strstrip(pairs[i]);

		if (strncmp(pair, name, n) == 0 && pair[n] == '=')
			return g_strdup(pair + n + 1);
	}
	return NULL;
}

gboolean
loa_web_guard_is_same_origin(const char *origin, const char *fetch_site, const char *host)
{
	if (fetch_site != NULL && strcmp(fetch_site, "same-origin") != 0 &&
	    strcmp(fetch_site, "none") != 0)
		return FALSE;
	if (origin == NULL)
		return TRUE;

	const char *authority = strstr(origin, "://");

	return authority != NULL && host != NULL && g_ascii_strcasecmp(authority + 3, host) == 0;
}

gboolean
loa_web_guard_type_is_audio(const char *content_type)
{
	static const char *const others[] = { "video/mp4", "video/webm", "application/ogg",
					      "application/octet-stream" };

	if (content_type == NULL)
		return FALSE;
	if (g_ascii_strncasecmp(content_type, "audio/", 6) == 0)
		return content_type[6] != '\0';
	for (gsize i = 0; i < G_N_ELEMENTS(others); i++) {
		if (g_ascii_strcasecmp(content_type, others[i]) == 0)
			return TRUE;
	}
	return FALSE;
}
