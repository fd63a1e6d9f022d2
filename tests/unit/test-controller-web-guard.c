/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "controller/web/web-guard.h"

#define TOKEN "0123456789abcdef0123456789abcdef"

static void
only_loopback_names_are_hosts(void **state)
{
	(void)state;
	static const char *const good[] = { "localhost",      "LocalHost:80", "127.0.0.1",
					    "127.0.0.1:8080", "[::1]",        "[::1]:1" };
	static const char *const bad[] = {
		"",
		"evil.example",
		"localhost.evil.example",
		"127.0.0.1.evil.example",
		"127.0.0.2",
		"127.0.0.1:",
		"127.0.0.1:80x",
		"localhost:80@evil.example",
		"::1",
		"evil.example:80",
		"user@localhost",
		" localhost",
	};

	for (gsize i = 0; i < G_N_ELEMENTS(good); i++)
		assert_true(loa_web_guard_host_is_ours(good[i], NULL));
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
		assert_false(loa_web_guard_host_is_ours(bad[i], NULL));
	assert_false(loa_web_guard_host_is_ours(NULL, NULL));
}

static void
configured_names_are_hosts_too(void **state)
{
	static const char *const names[] = { "loa.phuong.example", "192.0.2.7", "2001:db8::7",
					     NULL };
	static const char *const good[] = { "loa.phuong.example", "Loa.Phuong.Example:8443",
					    "192.0.2.7:8443",     "[2001:db8::7]:8443",
					    "[2001:DB8::7]",      "localhost:1" };
	static const char *const bad[] = { "phuong.example",
					   "loa.phuong.example.evil.example",
					   "xloa.phuong.example",
					   "192.0.2.70",
					   "2001:db8::7",
					   "loa.phuong.example:",
					   "loa.phuong.example:8443/" };

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(good); i++)
		assert_true(loa_web_guard_host_is_ours(good[i], names));
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
		assert_false(loa_web_guard_host_is_ours(bad[i], names));
}

static void
a_secret_differs_in_any_character_and_in_length(void **state)
{
	(void)state;
	assert_true(loa_web_guard_secrets_equal("abc", "abc"));
	assert_false(loa_web_guard_secrets_equal("abc", "abd"));
	assert_false(loa_web_guard_secrets_equal("abc", "bbc"));
	assert_false(loa_web_guard_secrets_equal("abc", "ab"));
	assert_false(loa_web_guard_secrets_equal("ab", "abc"));
	assert_false(loa_web_guard_secrets_equal("abcdefghijklmnopqrstuvwxyz", "abc"));
	assert_false(loa_web_guard_secrets_equal(NULL, "abc"));
	assert_false(loa_web_guard_secrets_equal("abc", NULL));
}

static void
the_token_comes_as_bearer(void **state)
{
	(void)state;
	assert_true(loa_web_guard_bearer_matches("Bearer " TOKEN, TOKEN));
	assert_true(loa_web_guard_bearer_matches("bearer " TOKEN, TOKEN));
	assert_false(loa_web_guard_bearer_matches("Bearer " TOKEN "0", TOKEN));
	assert_false(loa_web_guard_bearer_matches("Basic " TOKEN, TOKEN));
	assert_false(loa_web_guard_bearer_matches(TOKEN, TOKEN));
	assert_false(loa_web_guard_bearer_matches("Bearer ", TOKEN));
	assert_false(loa_web_guard_bearer_matches(NULL, TOKEN));
}

static void
assert_cookie(const char *cookies, const char *value)
{
	g_autofree char *found = loa_web_guard_cookie(cookies, "loa");

	assert_int_equal(g_strcmp0(found, value), 0);
}

static void
the_cookie_is_found_among_others(void **state)
{
	(void)state;
	assert_cookie("loa=1a", "1a");
	assert_cookie("a=b; loa=1a ;c=d", "1a");
	assert_cookie("loa=first; loa=second", "first");
	assert_cookie("loa=", "");
	assert_cookie("loa2=1a; xloa=1a", NULL);
	assert_cookie("loa-1a", NULL);
	assert_cookie("loa", NULL);
	assert_cookie("", NULL);
	assert_cookie(NULL, NULL);
}

static void
a_page_of_another_place_is_told_by_what_the_browser_says(void **state)
{
	static const struct {
		const char *origin, *fetch_site, *host;
		gboolean is_same;
	} rows[] = {
		{ NULL, NULL, "localhost:8080", TRUE }, /* no browser, or an old one */
		{ "http://localhost:8080", "same-origin", "localhost:8080", TRUE },
		{ "https://Loa.example", NULL, "loa.example", TRUE },
		{ NULL, "none", "localhost", TRUE }, /* typed into the address bar */
		{ "http://localhost:8081", NULL, "localhost:8080", FALSE },
		{ "http://localhost", NULL, "localhost:8080", FALSE },
		{ "http://localhost:8080.evil.example", NULL, "localhost:8080", FALSE },
		{ "http://evil.example", "same-origin", "localhost", FALSE },
		{ "http://localhost", "same-site", "localhost", FALSE },
		{ NULL, "cross-site", "localhost", FALSE },
		{ NULL, "same-origin ", "localhost", FALSE },
		{ "null", NULL, "localhost", FALSE },
		{ "null", NULL, "null", FALSE },
		{ "", NULL, "", FALSE },
		{ "http://localhost", NULL, NULL, FALSE },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		assert_int_equal(loa_web_guard_is_same_origin(rows[i].origin, rows[i].fetch_site,
							      rows[i].host),
				 rows[i].is_same);
}

static void
sound_has_an_audio_type_or_one_that_telephones_send(void **state)
{
	(void)state;
	static const char *const good[] = { "audio/wav",       "Audio/MPEG",
					    "video/webm",      "video/mp4",
					    "application/ogg", "application/octet-stream" };
	static const char *const bad[] = { "",
					   "audio/",
					   "audio",
					   "text/plain",
					   "application/json",
					   "multipart/form-data",
					   "video/x-matroska" };

	for (gsize i = 0; i < G_N_ELEMENTS(good); i++)
		assert_true(loa_web_guard_type_is_audio(good[i]));
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
		assert_false(loa_web_guard_type_is_audio(bad[i]));
	assert_false(loa_web_guard_type_is_audio(NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_loopback_names_are_hosts),
		cmocka_unit_test(configured_names_are_hosts_too),
		cmocka_unit_test(a_secret_differs_in_any_character_and_in_length),
		cmocka_unit_test(the_token_comes_as_bearer),
		cmocka_unit_test(the_cookie_is_found_among_others),
		cmocka_unit_test(a_page_of_another_place_is_told_by_what_the_browser_says),
		cmocka_unit_test(sound_has_an_audio_type_or_one_that_telephones_send),
	};

	return cmocka_run_group_tests_name("controller/web-guard", tests, NULL, NULL);
}
