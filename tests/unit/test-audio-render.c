/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <glib/gstdio.h>
#include <gst/gst.h>
#include <math.h>
#include <string.h>

#include "audio/ingest.h"
#include "audio/render.h"
#include "tests/unit/tree.h"

#define RATE 48000
#define SECONDS 2
#define HEADER 44

typedef struct {
	char *folder;
	char *stored; /* the recording as the loudspeakers play it */
	char *output;
} Studio;

static void
put(GByteArray *wav, guint32 value, guint n_bytes)
{
	for (guint i = 0; i < n_bytes; i++) {
		const guint8 byte = (guint8)(value >> (8 * i));

		g_byte_array_append(wav, &byte, 1);
	}
}

/* A second of quiet sound, then a second of loud. */
static void
write_sound(const char *path)
{
	g_autoptr(GByteArray) wav = g_byte_array_new();
	const guint32 n = SECONDS * RATE;

	g_byte_array_append(wav, (const guint8 *)"RIFF", 4);
	put(wav, HEADER - 8 + 2 * n, 4);
	g_byte_array_append(wav, (const guint8 *)"WAVEfmt ", 8);
	put(wav, 16, 4);
	put(wav, 1, 2);
	put(wav, 1, 2);
	put(wav, RATE, 4);
	put(wav, RATE * 2, 4);
	put(wav, 2, 2);
	put(wav, 16, 2);
	g_byte_array_append(wav, (const guint8 *)"data", 4);
	put(wav, 2 * n, 4);
	for (guint32 i = 0; i < n; i++) {
		const double level = i < RATE ? 0.05 : 0.5;

		put(wav,
		    (guint32)(guint16)(gint16)lrint(level * 32767 * sin(2 * G_PI * 440 * i / RATE)),
		    2);
	}
	g_assert_true(g_file_set_contents(path, (const char *)wav->data, wav->len, NULL));
}

static int
setup(void **state)
{
	Studio *s = g_new0(Studio, 1);
	g_autofree char *input = NULL;
	g_autofree char *name = NULL;
	g_autoptr(GError) error = NULL;
	LoaIngestOptions options = loa_ingest_options_default();
	LoaIngestResult result;

	gst_init(NULL, NULL);
	s->folder = g_dir_make_tmp("loa-render-XXXXXX", NULL);
	input = g_build_filename(s->folder, "input.wav", NULL);
	write_sound(input);
	options.input = input;
	options.folder = s->folder;
	if (!loa_ingest_run(&options, NULL, NULL, NULL, &result, &error)) {
		print_error("%s\n", error->message);
		return 1;
	}
	name = g_strdup_printf("%s.opus", result.sha256);
	s->stored = g_build_filename(s->folder, "audio", name, NULL);
	s->output = g_build_filename(s->folder, "output", NULL);
	*state = s;
	return 0;
}

static int
teardown(void **state)
{
	Studio *s = *state;

	remove_tree(s->folder);
	g_free(s->folder);
	g_free(s->stored);
	g_free(s->output);
	g_free(s);
	return 0;
}

static char *
read_output(const Studio *s, gsize *size)
{
	char *data = NULL;

	assert_true(g_file_get_contents(s->output, &data, size, NULL));
	return data;
}

static void
peaks_show_where_it_is_loud(void **state)
{
	const Studio *s = *state;
	g_autoptr(GError) error = NULL;
	g_autofree char *data = NULL;
	const guint8 *peaks;
	gsize n;

	if (!loa_render_peaks(s->stored, s->output, &error))
		fail_msg("%s", error->message);
	data = read_output(s, &n);
	peaks = (const guint8 *)data;
	/* one for each 10 ms */
	assert_in_range(n, 100 * SECONDS - 5, 100 * SECONDS + 5);
	assert_in_range(peaks[n / 4], 1, 40);
	assert_true(peaks[3 * n / 4] > 5 * peaks[n / 4]);
}

static void
wav_is_as_long_and_as_loud_as_what_is_played(void **state)
{
	const Studio *s = *state;
	g_autoptr(GError) error = NULL;
	g_autofree char *data = NULL;
	gint16 loudest = 0;
	gsize n;

	if (!loa_render_wav(s->stored, s->output, &error))
		fail_msg("%s", error->message);
	data = read_output(s, &n);
	assert_memory_equal(data, "RIFF", 4);
	assert_memory_equal(data + 8, "WAVEfmt ", 8);

	const guint32 n_data = GUINT32_FROM_LE(*(const guint32 *)(gpointer)(data + 40));

	assert_int_equal(n_data, n - HEADER);
	assert_in_range(n_data / 2, SECONDS * RATE - RATE / 20, SECONDS * RATE + RATE / 20);
	for (gsize i = HEADER; i + 1 < n; i += 2)
		loudest = (gint16)MAX(loudest, *(const gint16 *)(gpointer)(data + i));
	assert_in_range(loudest, 3000, 32767);
}

static void
mp3_has_its_bit_rate(void **state)
{
	const Studio *s = *state;
	g_autoptr(GError) error = NULL;
	g_autofree char *data = NULL;
	gsize n;

	if (!loa_render_mp3(s->stored, s->output, &error))
		fail_msg("%s", error->message);
	data = read_output(s, &n);
	assert_int_equal((guint8)data[0], 0xff);
	/* 128 kbit/s */
	assert_in_range(n, SECONDS * 16000 - 2000, SECONDS * 16000 + 3000);
}

static void
what_is_no_sound_or_cannot_be_written_is_an_error(void **state)
{
	const Studio *s = *state;
	gboolean (*const forms[])(const char *, const char *,
				  GError **) = { loa_render_peaks, loa_render_wav, loa_render_mp3 };
	g_autofree char *nonsense = g_build_filename(s->folder, "nonsense", NULL);
	g_autofree char *nowhere = g_build_filename(s->folder, "no", "where", NULL);

	assert_true(g_file_set_contents(nonsense, "no sound at all", -1, NULL));
	for (gsize i = 0; i < G_N_ELEMENTS(forms); i++) {
		g_autoptr(GError) error = NULL;

		assert_false(forms[i](nonsense, s->output, &error));
		assert_int_equal(error->domain, LOA_RENDER_ERROR);
		g_clear_error(&error);
		assert_false(forms[i](s->stored, nowhere, &error));
		assert_int_equal(error->domain, LOA_RENDER_ERROR);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(peaks_show_where_it_is_loud),
		cmocka_unit_test(wav_is_as_long_and_as_loud_as_what_is_played),
		cmocka_unit_test(mp3_has_its_bit_rate),
		cmocka_unit_test(what_is_no_sound_or_cannot_be_written_is_an_error),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
