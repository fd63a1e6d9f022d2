/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/text.h"

static void
printable_is_utf_8_without_control_characters(void **state)
{
	(void)state;
	static const char *const good[] = { "", " ", "Bản tin chiều", "a\"\\b", "😀", "\xc2\xa0" };
	static const char *const bad[] = { "\n",       "a\tb",     "\x1b[2J",
					   "\x7f",     "\xc2\x85", "\xff",
					   "\xe1\xba", "\xc0\x80", "\xed\xa0\x80" };

	for (gsize i = 0; i < G_N_ELEMENTS(good); i++)
		assert_true(loa_text_is_printable(good[i]));
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
		assert_false(loa_text_is_printable(bad[i]));
}

static void
anything_is_made_printable(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		gsize max_bytes;
		const char *want;
	} cases[] = {
		{ NULL, 10, "" },
		{ "", 10, "" },
		{ "Tết", 10, "Tết" },
		{ "Tết", 5, "Tết" },
		{ "Tết", 4, "Tế" },
		{ "Tết", 3, "T" },
		{ "Tết", 0, "" },
		{ "a\nb\tc\x7f", 10, "a b c " },
		{ "a\xc2\x85z", 10, "a z" },
		{ "\xff\xfe", 10, "??" },
		{ "x\xe1\xba", 10, "x??" },
		{ "x\xe1\xba", 2, "x?" },
		{ "\xed\xa0\x80", 10, "???" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *got = loa_text_printable(cases[i].text, cases[i].max_bytes);

		assert_string_equal(got, cases[i].want);
		assert_true(loa_text_is_printable(got));
	}
}

static void
a_line_is_found_by_the_word_it_begins_with(void **state)
{
	(void)state;
	assert_int_equal(loa_text_line_with("", "@in"), 0);
	assert_int_equal(loa_text_line_with("a\nb @in\n@i", "@in"), 0);
	assert_int_equal(loa_text_line_with("@in", "@in"), 1);
	assert_int_equal(loa_text_line_with("a\n\n \t @include", "@in"), 3);
}

static void
a_text_is_found_among_others_and_nothing_is_no_text(void **state)
{
	static const char *const texts[] = { "a", NULL, "b", "a" };
	guint i = 7;

	(void)state;
	assert_true(loa_text_find(texts, 4, "b", &i));
	assert_int_equal(i, 2);
	assert_true(loa_text_find(texts, 4, "a", &i));
	assert_int_equal(i, 0);
	i = 7;
	assert_false(loa_text_find(texts, 2, "b", &i));
	assert_false(loa_text_find(texts, 4, "", &i));
	assert_false(loa_text_find(texts, 4, "B", &i));
	assert_false(loa_text_find(texts, 4, NULL, &i));
	assert_int_equal(i, 7);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_found_by_the_word_it_begins_with),
		cmocka_unit_test(a_text_is_found_among_others_and_nothing_is_no_text),
		cmocka_unit_test(printable_is_utf_8_without_control_characters),
		cmocka_unit_test(anything_is_made_printable),
	};

	return cmocka_run_group_tests_name("common/text", tests, NULL, NULL);
}
