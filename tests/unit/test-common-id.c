/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/id.h"

static void
an_id_is_made_of_letters_digits_dashes_and_single_dots(void **state)
{
	(void)state;
	static const char *const good[] = { "a", "to-1", "9", "ban-tin-sang.20261121t170000" };
	static const char *const bad[] = { "",    "-a",  ".a",  "a..b", "A",     "a/b",
					   "a+b", "a#b", "a b", "tổ-1", "a_b\n", "a\x01" };

	for (gsize i = 0; i < G_N_ELEMENTS(good); i++)
		assert_true(loa_id_is_valid(good[i]));
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
		assert_false(loa_id_is_valid(bad[i]));
	assert_false(loa_id_is_valid(NULL));
}

static void
an_id_has_at_most_64_bytes(void **state)
{
	(void)state;
	char text[LOA_ID_MAX + 2];

	memset(text, 'x', sizeof text);
	assert_true(loa_id_is_valid_n(text, LOA_ID_MAX));
	assert_false(loa_id_is_valid_n(text, LOA_ID_MAX + 1));
}

static void
a_hash_is_64_lower_case_hexadecimal_digits(void **state)
{
	(void)state;
	char text[66];

	memset(text, 'f', 64);
	text[64] = '\0';
	assert_true(loa_sha256_is_valid(text));
	text[63] = 'F';
	assert_false(loa_sha256_is_valid(text));
	text[63] = '\0';
	assert_false(loa_sha256_is_valid(text));
	memset(text, '0', 65);
	text[65] = '\0';
	assert_false(loa_sha256_is_valid(text));
	assert_false(loa_sha256_is_valid(NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_id_is_made_of_letters_digits_dashes_and_single_dots),
		cmocka_unit_test(an_id_has_at_most_64_bytes),
		cmocka_unit_test(a_hash_is_64_lower_case_hexadecimal_digits),
	};

	return cmocka_run_group_tests_name("common/id", tests, NULL, NULL);
}
