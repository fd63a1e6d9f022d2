/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "controller/web-guard.h"

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
		assert_true(loa_web_guard_host_is_loopback(good[i]));
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
		assert_false(loa_web_guard_host_is_loopback(bad[i]));
	assert_false(loa_web_guard_host_is_loopback(NULL));
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
the_cookie_is_found_among_others_and_is_not_the_token(void **state)
{
	(void)state;
	g_autofree char *value = loa_web_guard_cookie_value(TOKEN);
	g_autofree char *other = loa_web_guard_cookie_value(TOKEN "1");
	g_autofree char *alone = g_strdup_printf("loa=%s", value);
	g_autofree char *among = g_strdup_printf("a=b; loa=%s ;c=d", value);
	g_autofree char *glued = g_strdup_printf("loa-%s", value);
	g_autofree char *renamed = g_strdup_printf("loa2=%s; xloa=%s", value, value);

	assert_string_not_equal(value, TOKEN);
	assert_string_not_equal(value, other);
	assert_true(loa_web_guard_cookie_matches(alone, "loa", value));
	assert_true(loa_web_guard_cookie_matches(among, "loa", value));
	assert_false(loa_web_guard_cookie_matches(renamed, "loa", value));
	assert_false(loa_web_guard_cookie_matches(glued, "loa", value));
	assert_false(loa_web_guard_cookie_matches(among, "loa", other));
	assert_false(loa_web_guard_cookie_matches("loa=", "loa", value));
	assert_false(loa_web_guard_cookie_matches("", "loa", value));
	assert_false(loa_web_guard_cookie_matches(NULL, "loa", value));
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
		cmocka_unit_test(a_secret_differs_in_any_character_and_in_length),
		cmocka_unit_test(the_token_comes_as_bearer),
		cmocka_unit_test(the_cookie_is_found_among_others_and_is_not_the_token),
		cmocka_unit_test(sound_has_an_audio_type_or_one_that_telephones_send),
	};

	return cmocka_run_group_tests_name("controller/web-guard", tests, NULL, NULL);
}
