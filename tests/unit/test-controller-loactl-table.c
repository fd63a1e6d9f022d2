/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "controller/loactl/loactl-table.h"

static void
assert_table(const char *const *headings, const char *const *cells, guint width,
	     const char *expected)
{
	g_autoptr(LoaLoactlTable) table = loa_loactl_table_new(headings);

	loa_loactl_table_add(table, cells);

	g_autofree char *text = loa_loactl_table_render(table, width);

	assert_string_equal(text, expected);
}

static void
columns_stand_under_their_headings(void **state)
{
	(void)state;
	assert_table((const char *const[]){ "NODE", ">MS", "TITLE", NULL },
		     (const char *const[]){ "cum-1", "12", "Tin", NULL }, 0,
		     "NODE   MS  TITLE\ncum-1  12  Tin\n");
	assert_table((const char *const[]){ "N", ">LENGTH", NULL },
		     (const char *const[]){ "a", "7", NULL }, 0, "N  LENGTH\na       7\n");
}

static void
width_counts_what_the_eye_sees(void **state)
{
	(void)state;
	assert_int_equal(loa_loactl_table_text_width("Tổ dân phố"), 10);
	/* the same, decomposed: combining marks take no room */
	assert_int_equal(loa_loactl_table_text_width("To\xCC\x82\xCC\x89"), 2);
	assert_int_equal(loa_loactl_table_text_width("広播"), 4);
	assert_int_equal(loa_loactl_table_text_width(""), 0);
}

static void
the_widest_column_is_cut_first(void **state)
{
	(void)state;
	assert_table((const char *const[]){ "ID", "TITLE", NULL },
		     (const char *const[]){ "to-1", "Thông báo khẩn cấp", NULL }, 16,
		     "ID    TITLE\nto-1  Thông báo…\n");
	/* exactly wide enough: nothing is cut */
	assert_table((const char *const[]){ "ID", "TITLE", NULL },
		     (const char *const[]){ "to-1", "Thông báo", NULL }, 15,
		     "ID    TITLE\nto-1  Thông báo\n");
}

static void
free_text_is_cut_before_anything_else(void **state)
{
	(void)state;
	assert_table((const char *const[]){ "START", "~TITLE", NULL },
		     (const char *const[]){ "2026-11-21", "Thông báo", NULL }, 17,
		     "START       TITLE\n2026-11-21  Thôn…\n");
	assert_table((const char *const[]){ "START", "~TITLE", NULL },
		     (const char *const[]){ "2026-11-21", "Thông báo", NULL }, 14,
		     "START     TIT…\n2026-11…  Thô…\n");
}

static void
a_wide_character_is_not_cut_in_two(void **state)
{
	(void)state;
	assert_table((const char *const[]){ "T", "B", NULL },
		     (const char *const[]){ "広播放送", "b", NULL }, 9, "T       B\n広播…   b\n");
}

static void
no_column_vanishes_on_a_narrow_terminal(void **state)
{
	(void)state;
	assert_table((const char *const[]){ "AAAAAAAA", "BBBBBBBB", NULL },
		     (const char *const[]){ "1", "2", NULL }, 3, "AAA…  BBB…\n1     2\n");
}

static void
control_characters_do_not_reach_the_terminal(void **state)
{
	(void)state;
	assert_table((const char *const[]){ "T", NULL },
		     (const char *const[]){ "a\x1B]0;x\x07z\n\xC2\x9B\xE2\x80\xAE\xFF", NULL }, 0,
		     "T\na\xEF\xBF\xBD]0;x\xEF\xBF\xBDz\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"
		     "\xEF\xBF\xBD\n");
}

static void
no_line_ends_in_blanks(void **state)
{
	(void)state;
	assert_table((const char *const[]){ "A", "REMARK", "END", NULL },
		     (const char *const[]){ "1", "", "", NULL }, 0, "A  REMARK  END\n1\n");
}

static void
rows_are_counted_without_the_headings(void **state)
{
	(void)state;
	g_autoptr(LoaLoactlTable) table = loa_loactl_table_new((const char *const[]){ "A", NULL });

	assert_int_equal(loa_loactl_table_n_rows(table), 0);
	loa_loactl_table_add(table, (const char *const[]){ "1", NULL });
	assert_int_equal(loa_loactl_table_n_rows(table), 1);
}

static void
a_table_that_goes_on_keeps_its_columns(void **state)
{
	(void)state;
	const char *const headings[] = { "A", "B", NULL };
	g_autoptr(LoaLoactlTable) first = loa_loactl_table_new(headings);
	g_autoptr(LoaLoactlTable) second = loa_loactl_table_new(headings);
	guint floors[2] = { 0, 0 };

	loa_loactl_table_add(first, (const char *const[]){ "long one", "1", NULL });
	loa_loactl_table_add(second, (const char *const[]){ "x", "2", NULL });

	g_autofree char *begin = loa_loactl_table_render_part(first, 0, floors, TRUE);
	g_autofree char *rest = loa_loactl_table_render_part(second, 0, floors, FALSE);

	assert_string_equal(begin, "A         B\nlong one  1\n");
	assert_string_equal(rest, "x         2\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_stand_under_their_headings),
		cmocka_unit_test(width_counts_what_the_eye_sees),
		cmocka_unit_test(the_widest_column_is_cut_first),
		cmocka_unit_test(free_text_is_cut_before_anything_else),
		cmocka_unit_test(a_wide_character_is_not_cut_in_two),
		cmocka_unit_test(no_column_vanishes_on_a_narrow_terminal),
		cmocka_unit_test(control_characters_do_not_reach_the_terminal),
		cmocka_unit_test(a_table_that_goes_on_keeps_its_columns),
		cmocka_unit_test(no_line_ends_in_blanks),
		cmocka_unit_test(rows_are_counted_without_the_headings),
	};

	return cmocka_run_group_tests_name("controller/loactl-table", tests, NULL, NULL);
}
