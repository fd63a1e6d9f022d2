/* SPDX-License-Identifier: Apache-2.0 */
/* The device by its own functions, as GstAudioSink would call them; the time is real. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <glib/gstdio.h>

#include "audio/file-device.h"
#include "audio/player.h"

#define SEGMENT 240 /* samples: 5 ms */

typedef struct {
	char *folder, *path;
	GstAudioSink *sink;
	GstAudioSinkClass *class;
} Fixture;

static int
set_up(void **state)
{
	Fixture *f = g_new0(Fixture, 1);
	GstAudioRingBufferSpec spec = { .segsize = SEGMENT * 2, .segtotal = 4 };
	g_autoptr(GError) error = NULL;

	f->folder = g_dir_make_tmp("loa-device-XXXXXX", NULL);
	f->path = g_strconcat(f->folder, "/a,b.wav", NULL);

	g_autofree char *arguments = g_strconcat(f->path, ",rate-error-ppm=-500", NULL);

	f->sink = GST_AUDIO_SINK(g_object_ref_sink(loa_file_device_new(arguments, &error)));
	f->class = GST_AUDIO_SINK_GET_CLASS(f->sink);
	*state = f;
	return f->class->open(f->sink) && f->class->prepare(f->sink, &spec) ? 0 : -1;
}

static int
tear_down(void **state)
{
	Fixture *f = *state;
	g_autofree char *due = g_strconcat(f->path, ".due", NULL);

	g_object_unref(f->sink);
	g_unlink(f->path);
	g_unlink(due);
	g_rmdir(f->folder);
	g_free(f->folder);
	g_free(f->path);
	g_free(f);
	return 0;
}

static void
write_segment(Fixture *f, gint16 value)
{
	gint16 samples[SEGMENT];

	for (int i = 0; i < SEGMENT; i++)
		samples[i] = value;
	assert_int_equal(f->class->write(f->sink, samples, sizeof samples), sizeof samples);
}

static void
await_empty(Fixture *f)
{
	while (f->class->delay(f->sink) > 0)
		g_thread_yield();
}

static gint16 *
close_and_read(Fixture *f, gsize *n)
{
	g_autofree char *bytes = NULL;
	gsize size = 0;

	assert_true(f->class->unprepare(f->sink));
	assert_true(f->class->close(f->sink));
	assert_true(g_file_get_contents(f->path, &bytes, &size, NULL));
	*n = (size - 44) / 2;
	return g_memdup2(bytes + 44, size - 44);
}

/* How often a value was heard. A busy machine may starve the FIFO at any place: silence does not
 * matter. */
static gsize
count(const gint16 *samples, gsize n, gint16 value)
{
	gsize n_found = 0;

	for (gsize i = 0; i < n; i++)
		n_found += samples[i] == value;
	return n_found;
}

static void
a_full_fifo_makes_the_writer_wait_for_the_crystal(void **state)
{
	Fixture *f = *state;
	gint64 start_us = g_get_monotonic_time();

	for (int i = 0; i < 14; i++)
		write_segment(f, 7);

	/* Ten segments had to leave first, at 500 ppm less than 48 kHz. */
	assert_true(g_get_monotonic_time() - start_us >= 50025 - 2);
	assert_in_range(f->class->delay(f->sink), 0, 4 * SEGMENT);

	gsize n = 0;
	g_autofree gint16 *samples = close_and_read(f, &n);

	/* What is still in the FIFO when a card is closed is not heard. */
	assert_in_range(count(samples, n, 7), 9 * SEGMENT, 14 * SEGMENT);
}

static void
a_dry_fifo_plays_silence_and_counts(void **state)
{
	Fixture *f = *state;
	guint n_underruns = 0;
	gsize n = 0, n_silent = 0;

	write_segment(f, 7);
	await_empty(f);

	gint64 dry_us = g_get_monotonic_time();

	while (g_get_monotonic_time() < dry_us + 4000)
		g_thread_yield();
	write_segment(f, 9);
	/* The new samples lie behind the silence, not before it. */
	assert_in_range(f->class->delay(f->sink), 0, SEGMENT);
	g_object_get(f->sink, "underruns", &n_underruns, NULL);
	assert_true(n_underruns >= 1);
	await_empty(f);

	g_autofree gint16 *samples = close_and_read(f, &n);

	assert_int_equal(samples[SEGMENT - 1], 7);
	while (samples[SEGMENT + n_silent] == 0)
		n_silent++;
	assert_true(n_silent >= 190);
	assert_int_equal(count(samples, n, 9), SEGMENT);
}

static void
each_block_tells_when_it_left(void **state)
{
	Fixture *f = *state;
	g_autofree char *due_path = g_strconcat(f->path, ".due", NULL);
	g_autofree char *due = NULL;
	gsize n = 0;

	for (int i = 0; i < 8; i++)
		write_segment(f, 7);
	await_empty(f);

	g_autofree gint16 *samples = close_and_read(f, &n);

	assert_int_equal(count(samples, n, 7), 8 * SEGMENT);
	assert_true(g_file_get_contents(due_path, &due, NULL, NULL));
	g_auto(GStrv) lines = g_strsplit(due, "\n", -1);
	gint64 first_ns = g_ascii_strtoll(strchr(lines[0], ' '), NULL, 10);

	assert_true(g_str_has_prefix(lines[0], "0 "));
	assert_true(g_strv_length(lines) > 4);
	for (guint i = 1; lines[i + 1] != NULL; i++) {
		char *rest = NULL;
		gint64 sample = g_ascii_strtoll(lines[i], &rest, 10);
		gint64 ns = g_ascii_strtoll(rest, NULL, 10) - first_ns;

		assert_true(ABS(ns - sample * 1000000 / 48 * 10005 / 10000) < 1000);
	}
}

static void
a_reset_wakes_the_writer(void **state)
{
	Fixture *f = *state;

	for (int i = 0; i < 4; i++)
		write_segment(f, 9);
	/* This one would have to wait: it is let go, and lost. */
	f->class->reset(f->sink);
	write_segment(f, 7);
	/* Once: afterwards it is a device again. */
	write_segment(f, 9);
	write_segment(f, 9);
	await_empty(f);
	gsize n = 0;
	g_autofree gint16 *samples = close_and_read(f, &n);

	assert_int_equal(count(samples, n, 9), 6 * SEGMENT);
	assert_int_equal(count(samples, n, 7), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_full_fifo_makes_the_writer_wait_for_the_crystal),
		TEST(a_dry_fifo_plays_silence_and_counts),
		TEST(each_block_tells_when_it_left),
		TEST(a_reset_wakes_the_writer),
	};

	gst_init(NULL, NULL);
	return cmocka_run_group_tests_name("audio/file-device", tests, NULL, NULL);
}
