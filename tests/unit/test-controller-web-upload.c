/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <glib/gstdio.h>
#include <sys/stat.h>

#include "controller/web/web-upload.h"

static int
setup(void **state)
{
	*state = g_dir_make_tmp("loa-upload-XXXXXX", NULL);
	return *state != NULL ? 0 : -1;
}

static int
teardown(void **state)
{
	int rc = g_rmdir(*state); /* fails when a test left something there */

	g_free(*state);
	return rc;
}

static guint
n_files(const char *dir)
{
	g_autoptr(GDir) d = g_dir_open(dir, 0, NULL);
	guint n = 0;

	while (g_dir_read_name(d) != NULL)
		n++;
	return n;
}

static void
what_is_taken_stays_and_is_private(void **state)
{
	LoaWebUpload *upload = loa_web_upload_new(*state, 10);
	g_autofree char *contents = NULL;
	GStatBuf info;

	assert_int_equal(loa_web_upload_write(upload, "hello", 5), LOA_WEB_UPLOAD_OK);
	assert_int_equal(loa_web_upload_write(upload, "12345", 5), LOA_WEB_UPLOAD_OK);
	assert_int_equal(loa_web_upload_size_bytes(upload), 10);

	g_autofree char *path = loa_web_upload_take(upload);

	assert_non_null(path);
	assert_null(loa_web_upload_take(upload));
	loa_web_upload_free(upload);
	assert_true(g_file_get_contents(path, &contents, NULL, NULL));
	assert_string_equal(contents, "hello12345");
	assert_int_equal(g_stat(path, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0600);
	g_unlink(path);
}

static void
one_byte_too_many_removes_the_file_at_once(void **state)
{
	g_autoptr(LoaWebUpload) upload = loa_web_upload_new(*state, 10);

	assert_int_equal(loa_web_upload_write(upload, "12345678901", 11), LOA_WEB_UPLOAD_TOO_LARGE);
	assert_int_equal(n_files(*state), 0);
	assert_int_equal(loa_web_upload_write(upload, "1", 1), LOA_WEB_UPLOAD_TOO_LARGE);
	assert_null(loa_web_upload_take(upload));
}

static void
what_nobody_takes_goes(void **state)
{
	LoaWebUpload *upload = loa_web_upload_new(*state, 10);

	assert_int_equal(n_files(*state), 1);
	loa_web_upload_free(upload);
	assert_int_equal(n_files(*state), 0);
}

static void
a_folder_that_is_not_there_gives_no_upload(void **state)
{
	g_autofree char *missing = g_build_filename(*state, "missing", NULL);

	assert_null(loa_web_upload_new(missing, 10));
}

static void
a_new_run_clears_what_a_crash_left_and_nothing_else(void **state)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *stale = g_build_filename(*state, "upload-aaaaaa", NULL);
	g_autofree char *other = g_build_filename(*state, "controller.db", NULL);

	assert_true(g_file_set_contents(stale, "x", 1, NULL));
	assert_true(g_file_set_contents(other, "x", 1, NULL));
	assert_true(loa_web_upload_prepare_folder(*state, &error));
	assert_int_equal(n_files(*state), 1);
	assert_int_equal(g_unlink(other), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_taken_stays_and_is_private, setup,
						teardown),
		cmocka_unit_test_setup_teardown(one_byte_too_many_removes_the_file_at_once, setup,
						teardown),
		cmocka_unit_test_setup_teardown(what_nobody_takes_goes, setup, teardown),
		cmocka_unit_test_setup_teardown(a_folder_that_is_not_there_gives_no_upload, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_new_run_clears_what_a_crash_left_and_nothing_else,
						setup, teardown),
	};

	return cmocka_run_group_tests_name("controller/web-upload", tests, NULL, NULL);
}
