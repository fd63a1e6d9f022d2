/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "controller/proof/csv.h"

static void
assert_row(const char *const *cells, const char *expected)
{
	g_autoptr(GString) csv = g_string_new(NULL);

	loa_csv_append_row(csv, cells);
	assert_string_equal(csv->str, expected);
}

static void
plain_cells_stand_as_they_are(void **state)
{
	(void)state;
	assert_row((const char *const[]){ "to-1", "Tổ dân phố 1", "", "12", NULL },
		   "to-1,Tổ dân phố 1,,12\r\n");
}

static void
commas_quotes_and_line_breaks_are_quoted(void **state)
{
	(void)state;
	assert_row(
		(const char *const[]){ "a,b", "say \"hi\"", "two\nlines", "cr\rhere", " x", NULL },
		"\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",\"cr\rhere\",\" x\"\r\n");
}

static void
a_formula_becomes_a_text(void **state)
{
	(void)state;
	assert_row(
		(const char *const[]){ "=1+1", "+84 90", "-x", "@SUM(A1)", "\tx", "=\"a\"", NULL },
		"\"'=1+1\",\"'+84 90\",\"'-x\",\"'@SUM(A1)\",\"'\tx\",\"'=\"\"a\"\"\"\r\n");
}

static void
a_negative_number_stays_a_number(void **state)
{
	(void)state;
	assert_row((const char *const[]){ "-16.5", "-120", "-", "-1.", "-1-1", "-.5", NULL },
		   "-16.5,-120,\"'-\",\"'-1.\",\"'-1-1\",\"'-.5\"\r\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_cells_stand_as_they_are),
		cmocka_unit_test(commas_quotes_and_line_breaks_are_quoted),
		cmocka_unit_test(a_formula_becomes_a_text),
		cmocka_unit_test(a_negative_number_stays_a_number),
	};

	return cmocka_run_group_tests_name("controller/csv", tests, NULL, NULL);
}
