/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/stat.h>

#include "controller/data-folder.h"
#include "tests/unit/controller-sample.h"

static void
a_second_controller_is_kept_out_until_the_first_is_gone(void **state)
{
	const Folder *f = *state;
	LoaDataFolder *first = loa_data_folder_open(f->folder, NULL);
	g_autoptr(GError) error = NULL;
	LoaDataFolder *second;

	assert_non_null(first);
	assert_null(loa_data_folder_open(f->folder, &error));
	assert_true(g_error_matches(error, LOA_DATA_FOLDER_ERROR, LOA_DATA_FOLDER_ERROR_LOCKED));
	assert_non_null(strstr(error->message, f->folder));
	loa_data_folder_free(first);
	second = loa_data_folder_open(f->folder, NULL);
	assert_non_null(second);
	loa_data_folder_free(second);
}

static void
a_folder_that_cannot_be_made_is_one_error(void **state)
{
	const Folder *f = *state;
	g_autofree char *file = g_build_filename(f->folder, "file", NULL);
	g_autofree char *below = g_build_filename(file, "data", NULL);
	g_autoptr(GError) error = NULL;

	assert_true(g_file_set_contents(file, "x", -1, NULL));
	assert_null(loa_data_folder_open(below, &error));
	assert_true(
		g_error_matches(error, LOA_DATA_FOLDER_ERROR, LOA_DATA_FOLDER_ERROR_UNWRITABLE));
	assert_non_null(strstr(error->message, below));
}

static void
the_token_is_made_once_for_its_owner_only(void **state)
{
	const Folder *f = *state;
	g_autofree char *path = g_build_filename(f->folder, "token", NULL);
	g_autofree char *first = loa_data_folder_token(path, NULL);
	g_autofree char *again = loa_data_folder_token(path, NULL);
	struct stat st;

	assert_int_equal(strlen(first), 64);
	assert_string_equal(first, again);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void
a_token_that_others_may_read_or_guess_is_refused(void **state)
{
	const Folder *f = *state;
	g_autofree char *path = g_build_filename(f->folder, "token", NULL);
	g_autoptr(GError) error = NULL;

	assert_true(g_file_set_contents(path, SHA "\n", -1, NULL));
	assert_int_equal(g_chmod(path, 0640), 0);
	assert_null(loa_data_folder_token(path, &error));
	assert_non_null(strstr(error->message, "chmod 600"));
	g_clear_error(&error);
	assert_true(g_file_set_contents(path, "secret\n", -1, NULL));
	assert_int_equal(g_chmod(path, 0600), 0);
	assert_null(loa_data_folder_token(path, &error));
	assert_true(g_error_matches(error, LOA_DATA_FOLDER_ERROR, LOA_DATA_FOLDER_ERROR_TOKEN));
}

static void
the_port_stands_in_a_file_as_long_as_it_is_true(void **state)
{
	const Folder *f = *state;
	LoaDataFolder *folder = loa_data_folder_open(f->folder, NULL);
	g_autofree char *path = loa_data_folder_path(folder, "http.port");
	g_autofree char *text = NULL;

	assert_true(loa_data_folder_write_port(folder, "http.port", 8080, NULL));
	assert_true(g_file_get_contents(path, &text, NULL, NULL));
	assert_string_equal(text, "8080\n");
	loa_data_folder_free(folder);
	assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
}

#define test(name) cmocka_unit_test_setup_teardown(name, folder_setup, folder_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_second_controller_is_kept_out_until_the_first_is_gone),
		test(a_folder_that_cannot_be_made_is_one_error),
		test(the_token_is_made_once_for_its_owner_only),
		test(a_token_that_others_may_read_or_guess_is_refused),
		test(the_port_stands_in_a_file_as_long_as_it_is_true),
	};

	return cmocka_run_group_tests_name("controller/data-folder", tests, NULL, NULL);
}
