/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "audio/wav-recording.h"

typedef struct {
	char *folder, *path, *due;
} Fixture;

static int
set_up(void **state)
{
	Fixture *f = g_new0(Fixture, 1);

	f->folder = g_dir_make_tmp("loa-wav-XXXXXX", NULL);
	f->path = g_build_filename(f->folder, "out.wav", NULL);
	f->due = g_strconcat(f->path, ".due", NULL);
	*state = f;
	return 0;
}

static int
tear_down(void **state)
{
	Fixture *f = *state;

	g_unlink(f->path);
	g_unlink(f->due);
	g_rmdir(f->folder);
	g_free(f->folder);
	g_free(f->path);
	g_free(f->due);
	g_free(f);
	return 0;
}

static LoaWavRecording *
open_recording(Fixture *f)
{
	g_autoptr(GError) error = NULL;
	LoaWavRecording *recording = loa_wav_recording_open(f->path, &error);

	assert_null(error);
	return recording;
}

static void
append(LoaWavRecording *recording, gint16 value, gsize n, gint64 mono_ns)
{
	g_autofree gint16 *samples = g_new(gint16, n);
	g_autoptr(GError) error = NULL;

	for (gsize i = 0; i < n; i++)
		samples[i] = value;
	assert_true(loa_wav_recording_append(recording, samples, n, mono_ns, &error));
}

static guint32
u32_at(const char *bytes, gsize offset)
{
	guint32 value;

	memcpy(&value, bytes + offset, 4);
	return GUINT32_FROM_LE(value);
}

static void
what_is_written_is_a_wav_file(void **state)
{
	Fixture *f = *state;
	static const guint8 format[] = { 'W', 'A', 'V', 'E', 'f', 'm',  't',  ' ', 16,  0,  0,
					 0,   1,   0,   1,   0,   0x80, 0xbb, 0,   0,   0,  0x77,
					 1,   0,   2,   0,   16,  0,    'd',  'a', 't', 'a' };
	LoaWavRecording *recording = open_recording(f);
	g_autofree char *bytes = NULL, *due = NULL;
	gsize size = 0;

	append(recording, 0x0102, 480, 1000);
	append(recording, 0x0304, 10, 2000);
	loa_wav_recording_close(recording);
	assert_true(g_file_get_contents(f->path, &bytes, &size, NULL));
	assert_int_equal(size, 44 + 490 * 2);
	assert_memory_equal(bytes, "RIFF", 4);
	assert_int_equal(u32_at(bytes, 4), 36 + 490 * 2);
	assert_memory_equal(bytes + 8, format, sizeof format);
	assert_int_equal(u32_at(bytes, 40), 490 * 2);
	assert_int_equal(bytes[44], 2);
	assert_int_equal(bytes[44 + 960], 4);
	assert_true(g_file_get_contents(f->due, &due, NULL, NULL));
	assert_string_equal(due, "0 1000\n480 2000\n");
}

static void
the_header_lags_by_a_second_at_most(void **state)
{
	Fixture *f = *state;
	LoaWavRecording *recording = open_recording(f);
	g_autofree char *bytes = NULL;
	gsize size = 0;

	for (int i = 0; i < 350; i++)
		append(recording, 7, 480, i);
	/* As a kill -9 would leave it. */
	assert_true(g_file_get_contents(f->path, &bytes, &size, NULL));
	assert_int_equal(size, 44 + 350 * 960);
	assert_in_range(u32_at(bytes, 40), 350 * 960 - 2 * 48000, 350 * 960);
	loa_wav_recording_close(recording);
}

static void
a_recording_goes_on_where_it_was_cut_off(void **state)
{
	Fixture *f = *state;
	LoaWavRecording *recording = open_recording(f);
	g_autofree char *bytes = NULL;
	gsize size = 0;

	append(recording, 7, 480, 1);
	loa_wav_recording_close(recording);
	/* Killed before the header was brought up to date, and in the middle of a sample. */
	int fd = open(f->path, O_WRONLY | O_APPEND);

	assert_int_equal(write(fd, "abcdefg", 7), 7);
	close(fd);
	recording = open_recording(f);
	assert_int_equal(loa_wav_recording_n_samples(recording), 483);
	append(recording, 9, 1, 5);
	loa_wav_recording_close(recording);
	assert_true(g_file_get_contents(f->path, &bytes, &size, NULL));
	assert_int_equal(size, 44 + 484 * 2);
	assert_int_equal(u32_at(bytes, 40), 484 * 2);
	assert_int_equal(bytes[44 + 483 * 2], 9);
}

static void
a_file_that_was_only_begun_is_begun_again(void **state)
{
	Fixture *f = *state;

	assert_true(g_file_set_contents(f->path, "RIFF", 4, NULL));
	LoaWavRecording *recording = open_recording(f);

	assert_int_equal(loa_wav_recording_n_samples(recording), 0);
	loa_wav_recording_close(recording);
}

static void
somebody_elses_file_is_left_alone(void **state)
{
	Fixture *f = *state;
	g_autofree char *text = g_strnfill(200, 'x');
	g_autofree char *after = NULL;
	g_autoptr(GError) error = NULL;

	assert_true(g_file_set_contents(f->path, text, -1, NULL));
	assert_null(loa_wav_recording_open(f->path, &error));
	assert_non_null(strstr(error->message, f->path));
	assert_non_null(strstr(error->message, "move it away"));
	assert_true(g_file_get_contents(f->path, &after, NULL, NULL));
	assert_string_equal(after, text);
}

static void
a_full_disk_is_an_error_that_says_so(void **state)
{
	(void)state;
	Fixture *f = *state;
	g_autoptr(GError) error = NULL;

	/* The kernel's own full disk. */
	assert_int_equal(symlink("/dev/full", f->path), 0);
	assert_null(loa_wav_recording_open(f->path, &error));
	assert_non_null(error);
	assert_int_equal(error->domain, G_FILE_ERROR);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_written_is_a_wav_file),
		TEST(the_header_lags_by_a_second_at_most),
		TEST(a_recording_goes_on_where_it_was_cut_off),
		TEST(a_file_that_was_only_begun_is_begun_again),
		TEST(somebody_elses_file_is_left_alone),
		TEST(a_full_disk_is_an_error_that_says_so),
	};

	return cmocka_run_group_tests_name("audio/wav-recording", tests, NULL, NULL);
}
