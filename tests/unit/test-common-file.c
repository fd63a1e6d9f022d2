/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <glib/gstdio.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "common/file.h"

typedef struct {
	char *folder;
	char *path; /* of a file in it, not made yet */
} Place;

static int
make_place(void **state)
{
	Place *place = g_new0(Place, 1);

	place->folder = g_dir_make_tmp("loa-file-XXXXXX", NULL);
	place->path = g_build_filename(place->folder, "f", NULL);
	*state = place;
	return place->folder == NULL;
}

static int
remove_place(void **state)
{
	Place *place = *state;

	g_unlink(place->path);
	g_rmdir(place->path);
	g_rmdir(place->folder);
	g_free(place->path);
	g_free(place->folder);
	g_free(place);
	return 0;
}

static guint
count_entries(const char *folder)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	guint n = 0;

	while (g_dir_read_name(dir) != NULL)
		n++;
	return n;
}

static void
assert_holds(const char *path, const char *want)
{
	g_autofree char *text = NULL;

	assert_true(g_file_get_contents(path, &text, NULL, NULL));
	assert_string_equal(text, want);
}

static GBytes *
bytes_of(const char *text)
{
	return g_bytes_new(text, strlen(text));
}

static void
a_replaced_file_has_the_new_bytes_and_the_mode(void **state)
{
	const Place *place = *state;
	static const int modes[] = { 0600, 0644, 0640 };
	g_autoptr(GBytes) old_bytes = bytes_of("old");
	g_autoptr(GError) error = NULL;

	for (gsize i = 0; i < G_N_ELEMENTS(modes); i++) {
		g_autofree char *text = g_strdup_printf("new %zu", i);
		g_autoptr(GBytes) new_bytes = bytes_of(text);
		GStatBuf st;

		assert_true(loa_file_replace(place->path, old_bytes, 0600, &error));
		assert_true(loa_file_replace(place->path, new_bytes, modes[i], &error));
		assert_null(error);
		assert_holds(place->path, text);
		assert_int_equal(g_stat(place->path, &st), 0);
		assert_int_equal(st.st_mode & 07777, modes[i]);
		assert_int_equal(count_entries(place->folder), 1);
	}
}

static void
an_empty_file_can_be_written_and_read(void **state)
{
	const Place *place = *state;
	g_autoptr(GBytes) nothing = g_bytes_new(NULL, 0);

	assert_true(loa_file_replace(place->path, nothing, 0600, NULL));
	g_autoptr(GBytes) back = loa_file_read(place->path, 0, NULL);
	assert_non_null(back);
	assert_int_equal(g_bytes_get_size(back), 0);
}

static void
a_replacement_that_fails_leaves_what_was_there(void **state)
{
	const Place *place = *state;
	g_autofree char *in_file = g_build_filename(place->path, "f", NULL);
	g_autofree char *in_none = g_build_filename(place->folder, "none", "f", NULL);
	g_autoptr(GBytes) old_bytes = bytes_of("old");
	g_autoptr(GBytes) new_bytes = bytes_of("new");
	g_autoptr(GError) error = NULL;

	assert_true(loa_file_replace(place->path, old_bytes, 0600, NULL));
	assert_false(loa_file_replace(in_file, new_bytes, 0600, &error));
	assert_true(g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOTDIR));
	assert_non_null(strstr(error->message, in_file));
	g_clear_error(&error);
	assert_false(loa_file_replace(in_none, new_bytes, 0600, &error));
	assert_true(g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT));
	assert_holds(place->path, "old");
	assert_int_equal(count_entries(place->folder), 1);
}

/* A limit on the size of files stands for a full disk: write(2) takes a part, then fails. */
static void
a_disk_that_fills_up_leaves_what_was_there(void **state)
{
	const Place *place = *state;
	g_autoptr(GBytes) old_bytes = bytes_of("old");
	g_autoptr(GBytes) new_bytes = g_bytes_new_take(g_strnfill(5000, 'n'), 5000);
	g_autoptr(GError) error = NULL;
	struct rlimit old_limit, limit;

	assert_true(loa_file_replace(place->path, old_bytes, 0600, NULL));
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old_limit), 0);
	limit = old_limit;
	limit.rlim_cur = 1000;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);

	gboolean replaced = loa_file_replace(place->path, new_bytes, 0600, &error);

	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old_limit), 0);
	assert_false(replaced);
	assert_int_equal(error->domain, G_FILE_ERROR);
	assert_holds(place->path, "old");
	assert_int_equal(count_entries(place->folder), 1);
}

static void
a_folder_is_never_replaced_by_a_file(void **state)
{
	const Place *place = *state;
	g_autoptr(GBytes) bytes = bytes_of("new");
	g_autoptr(GError) error = NULL;

	assert_int_equal(g_mkdir(place->path, 0700), 0);
	assert_false(loa_file_replace(place->path, bytes, 0600, &error));
	assert_true(g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_ISDIR));
	assert_true(g_file_test(place->path, G_FILE_TEST_IS_DIR));
	/* and the temporary file is gone */
	assert_int_equal(count_entries(place->folder), 1);
}

static void
creating_never_replaces(void **state)
{
	const Place *place = *state;
	g_autoptr(GBytes) first = bytes_of("first");
	g_autoptr(GBytes) second = bytes_of("second");
	g_autoptr(GError) error = NULL;
	GStatBuf st;

	assert_true(loa_file_create(place->path, first, 0600, &error));
	assert_null(error);
	assert_int_equal(g_stat(place->path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(st.st_nlink, 1);
	assert_false(loa_file_create(place->path, second, 0600, &error));
	assert_true(g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_EXIST));
	assert_holds(place->path, "first");
	assert_int_equal(count_entries(place->folder), 1);
}

static void
a_file_up_to_the_limit_is_read(void **state)
{
	const Place *place = *state;
	g_autoptr(GBytes) bytes = bytes_of("12345");
	g_autoptr(GError) error = NULL;

	assert_true(loa_file_replace(place->path, bytes, 0600, NULL));
	g_autoptr(GBytes) back = loa_file_read(place->path, 5, &error);
	assert_null(error);
	assert_true(g_bytes_equal(back, bytes));
	assert_null(loa_file_read(place->path, 4, &error));
	assert_true(g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_INVAL));
	assert_non_null(strstr(error->message, place->path));
}

static void
only_files_are_read(void **state)
{
	const Place *place = *state;
	g_autoptr(GError) error = NULL;

	assert_null(loa_file_read(place->path, 100, &error));
	assert_true(g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT));
	g_clear_error(&error);
	assert_null(loa_file_read(place->folder, 100, &error));
	assert_true(g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_INVAL));
	g_clear_error(&error);
	assert_null(loa_file_read("/dev/zero", 100, &error));
	assert_true(g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_INVAL));
}

static void
a_folder_is_made_with_its_parents_and_probed(void **state)
{
	const Place *place = *state;
	g_autofree char *deep = g_build_filename(place->path, "a", NULL);
	g_autoptr(GError) error = NULL;
	GStatBuf st;

	assert_true(loa_file_ensure_folder(deep, &error));
	assert_true(loa_file_ensure_folder(deep, &error));
	assert_null(error);
	assert_int_equal(g_stat(deep, &st), 0);
	assert_true(S_ISDIR(st.st_mode));
	assert_int_equal(st.st_mode & 07007, 0);
	assert_int_equal(count_entries(deep), 0);
	g_rmdir(deep);
}

static void
a_folder_where_a_file_stands_is_an_error(void **state)
{
	const Place *place = *state;
	g_autofree char *below = g_build_filename(place->path, "a", NULL);
	g_autoptr(GBytes) bytes = bytes_of("x");
	g_autoptr(GError) error = NULL;

	assert_true(loa_file_replace(place->path, bytes, 0600, NULL));
	assert_false(loa_file_ensure_folder(place->path, &error));
	assert_int_equal(error->domain, G_FILE_ERROR);
	g_clear_error(&error);
	assert_false(loa_file_ensure_folder(below, &error));
	assert_int_equal(error->domain, G_FILE_ERROR);
	assert_non_null(strstr(error->message, below));
	assert_holds(place->path, "x");
}

static void
a_folder_that_takes_no_file_is_found_out(void **state)
{
	(void)state;
	g_autoptr(GError) error = NULL;

	/* a folder that is there, and where even root cannot make a file */
	assert_false(loa_file_ensure_folder("/proc/self", &error));
	assert_int_equal(error->domain, G_FILE_ERROR);
	assert_non_null(strstr(error->message, "/proc/self"));
}

#define IN_PLACE(test) cmocka_unit_test_setup_teardown(test, make_place, remove_place)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_PLACE(a_replaced_file_has_the_new_bytes_and_the_mode),
		IN_PLACE(an_empty_file_can_be_written_and_read),
		IN_PLACE(a_replacement_that_fails_leaves_what_was_there),
		IN_PLACE(a_disk_that_fills_up_leaves_what_was_there),
		IN_PLACE(a_folder_is_never_replaced_by_a_file),
		IN_PLACE(creating_never_replaces),
		IN_PLACE(a_file_up_to_the_limit_is_read),
		IN_PLACE(only_files_are_read),
		IN_PLACE(a_folder_is_made_with_its_parents_and_probed),
		IN_PLACE(a_folder_where_a_file_stands_is_an_error),
		IN_PLACE(a_folder_that_takes_no_file_is_found_out),
	};

	return cmocka_run_group_tests_name("common/file", tests, NULL, NULL);
}
