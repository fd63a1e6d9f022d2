/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "controller/reader/reader-file.h"
#include "tests/unit/controller-sample.h"

typedef struct {
	Folder *folder;
	char *path;
	LoaReaderFile *file;
} Desk;

static int
setup(void **state)
{
	Desk *d = g_new0(Desk, 1);

	if (folder_setup((void **)&d->folder) != 0)
		return 1;
	d->path = g_build_filename(d->folder->folder, "abbreviations.cfg", NULL);
	d->file = loa_reader_file_new(d->path);
	*state = d;
	return 0;
}

static int
teardown(void **state)
{
	Desk *d = *state;

	loa_reader_file_free(d->file);
	folder_teardown((void **)&d->folder);
	g_free(d->path);
	g_free(d);
	return 0;
}

/* Each version has another size: the clock of the file system may be coarse. */
static void
write_file(Desk *d, const char *text)
{
	assert_true(g_file_set_contents(d->path, text, -1, NULL));
}

/* @warning_has: (nullable): no warning */
static void
assert_read(Desk *d, const char *text, const char *want, const char *warning_has)
{
	g_autofree char *warning = NULL;
	g_autofree char *read = loa_reader_vi_read(loa_reader_file_get(d->file, &warning), text);

	assert_string_equal(read, want);
	if (warning_has == NULL)
		assert_null(warning);
	else
		assert_non_null(strstr(warning, warning_has));
}

static void
the_file_is_taken_when_it_comes_changes_and_goes(void **state)
{
	Desk *d = *state;

	assert_read(d, "NSVH", "en ét vê hát", NULL);
	write_file(d, "abbreviations = ( { written = \"NSVH\"; spoken = \"nếp sống\"; } );");
	assert_read(d, "NSVH", "nếp sống", NULL);
	write_file(d, "abbreviations = ( { written = \"NSVH\"; spoken = \"nếp sống mới\"; } );");
	assert_read(d, "NSVH", "nếp sống mới", NULL);
	assert_int_equal(g_unlink(d->path), 0);
	assert_read(d, "NSVH", "en ét vê hát", NULL);
}

static void
a_faulty_file_is_not_taken_and_says_where(void **state)
{
	static const char *const faulty[] = {
		"abbreviations = ( { written = \"A B\"; spoken = \"x\"; } );",
		"abbreviations = (\n{ written = \"\"; spoken = \"x\"; } );",
		"abbreviations = ( { written = \"AB\"; spoken =   \"\"; } );",
		"abbreviations = ( { written = \"AB\"; } );   ",
		"abbreviations = ( { written = \"AB\"; spoken = \"x\"; other = 1; } );",
		"abbreviations = (",
		"x = 1;",
	};
	Desk *d = *state;

	write_file(d, "abbreviations = ( { written = \"NSVH\"; spoken = \"nếp sống\"; } );");
	assert_read(d, "NSVH", "nếp sống", NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(faulty); i++) {
		write_file(d, faulty[i]);
		assert_read(d, "NSVH", "nếp sống", "abbreviations.cfg:");
		/* until it is mended */
		assert_read(d, "NSVH", "nếp sống", "abbreviations.cfg:");
	}
}

static void
the_sample_is_right(void **state)
{
	Desk *d = *state;
	g_autofree char *text = NULL;

	assert_true(g_file_get_contents("controller/abbreviations.cfg.sample", &text, NULL, NULL));
	write_file(d, text);
	assert_read(d, "NSVH, K. 7", "nếp sống văn hóa, khu bảy", NULL);
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		test(the_file_is_taken_when_it_comes_changes_and_goes),
		test(a_faulty_file_is_not_taken_and_says_where),
		test(the_sample_is_right),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
