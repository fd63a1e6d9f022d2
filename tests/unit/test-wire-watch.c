/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/wire-sample.h"
#include "wire/watch.h"

/* Returns: the code of the refusal, or -1 if it was taken. */
static int
decode_code(const char *text)
{
	g_autoptr(GBytes) body = g_bytes_new(text, strlen(text));
	g_autoptr(GError) error = NULL;
	gint64 until_us = 77;

	if (loa_watch_decode(body, SAMPLE_SITE, &until_us, &error))
		return -1;
	assert_int_equal(until_us, 77);
	assert_int_equal(error->domain, LOA_WIRE_ERROR);
	return error->code;
}

static void
what_is_written_is_read(void **state)
{
	(void)state;
	g_autoptr(GBytes) body = loa_watch_encode(SAMPLE_SITE, SAMPLE_START_US);
	gint64 until_us = 0;

	assert_true(loa_watch_decode(body, SAMPLE_SITE, &until_us, NULL));
	assert_int_equal(until_us, SAMPLE_START_US);
}

static void
each_bad_value_has_its_code(void **state)
{
	(void)state;
	static const struct {
		const char *from, *to;
		int want;
	} cases[] = {
		{ "\"v\":1", "\"v\":1,\"future\":[1]", -1 },
		{ "\"v\":1", "\"v\":2", LOA_WIRE_ERROR_VERSION },
		{ "\"v\":1,", "", LOA_WIRE_ERROR_RANGE },
		{ "phuong-demo", "phuong-khac", LOA_WIRE_ERROR_ADDRESS },
		{ "\"site\":", "\"sight\":", LOA_WIRE_ERROR_RANGE },
		{ "1795255200000000", "0", LOA_WIRE_ERROR_RANGE },
		{ "1795255200000000", "7258118400000001", LOA_WIRE_ERROR_RANGE },
		{ "1795255200000000", "1e15", LOA_WIRE_ERROR_RANGE },
		{ "until_us", "until", LOA_WIRE_ERROR_RANGE },
		{ "}", "}}", LOA_WIRE_ERROR_SYNTAX },
	};
	g_autoptr(GBytes) body = loa_watch_encode(SAMPLE_SITE, SAMPLE_START_US);
	g_autofree char *text = sample_text(body);

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *changed = sample_replace(text, cases[i].from, cases[i].to);

		if (decode_code(changed) != cases[i].want)
			fail_msg("%s: code %d", changed, decode_code(changed));
	}
}

static void
every_shorter_and_any_long_one_is_refused(void **state)
{
	(void)state;
	g_autoptr(GBytes) body = loa_watch_encode(SAMPLE_SITE, SAMPLE_START_US);
	g_autofree char *text = sample_text(body);
	g_autofree char *blanks = g_strnfill(1025, ' ');
	g_autofree char *padded = g_strconcat(text, blanks, NULL);

	assert_int_equal(decode_code(padded), LOA_WIRE_ERROR_LENGTH);
	for (gsize n = strlen(text); n-- > 0;) {
		text[n] = '\0';
		assert_true(decode_code(text) >= 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(each_bad_value_has_its_code),
		cmocka_unit_test(every_shorter_and_any_long_one_is_refused),
	};

	return cmocka_run_group_tests_name("wire/watch", tests, NULL, NULL);
}
