/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <opus.h>

#include "audio/loudness.h"
#include "audio/opus-file.h"
#include "audio/opus-writer.h"

#define RATE 48000

typedef struct {
	GByteArray *bytes;
	GArray *heard; /* float */
	gsize fail_after;
} Shelf;

static gboolean
shelve(const guint8 *data, gsize size, gpointer user_data, GError **error)
{
	Shelf *shelf = user_data;

	if (shelf->bytes->len + size > shelf->fail_after) {
		g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_NOSPC, "full");
		return FALSE;
	}
	g_byte_array_append(shelf->bytes, data, (guint)size);
	return TRUE;
}

static void
hear(const float *samples, gsize n_samples, gpointer user_data)
{
	Shelf *shelf = user_data;

	g_array_append_vals(shelf->heard, samples, (guint)n_samples);
}

static Shelf
shelf_new(void)
{
	return (Shelf){ g_byte_array_new(), g_array_new(FALSE, FALSE, sizeof(float)), G_MAXSIZE };
}

static void
shelf_clear(Shelf *shelf)
{
	g_byte_array_unref(shelf->bytes);
	g_array_unref(shelf->heard);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Shelf, shelf_clear)

static LoaOpusWriter *
writer_to(Shelf *shelf, int bitrate, double true_peak_dbtp)
{
	const LoaOpusWriterConfig config = {
		.bitrate = bitrate,
		.true_peak_dbtp = true_peak_dbtp,
		.sink = shelve,
		.heard = hear,
		.user_data = shelf,
	};

	return loa_opus_writer_new(&config);
}

/* A voice-like sound: a sliding tone with harmonics, in syllables. (transfer full) */
static float *
voice(gsize n, double peak_db)
{
	float *samples = g_new(float, n);
	double phase = 0;
	double highest = 0;

	for (gsize i = 0; i < n; i++) {
		double s = (double)i / RATE;
		double open = 0.5 - 0.5 * cos(2 * G_PI * 4 * s);
		double sum = 0;

		phase += 2 * G_PI * (140 + 40 * sin(2 * G_PI * 0.7 * s)) / RATE;
		for (int h = 1; h <= 12; h++)
			sum += sin(phase * h + h * h) / h;
		samples[i] = (float)(sum * open);
		highest = fmax(highest, fabs((double)samples[i]));
	}
	for (gsize i = 0; i < n; i++)
		samples[i] *= (float)(pow(10, peak_db / 20) / highest);
	return samples;
}

static void
write_whole(Shelf *shelf, const float *samples, gsize n, int bitrate, double true_peak_dbtp)
{
	g_autoptr(LoaOpusWriter) writer = writer_to(shelf, bitrate, true_peak_dbtp);
	g_autoptr(GError) error = NULL;

	/* in uneven pieces: what comes out must not depend on them */
	for (gsize at = 0, piece = 1; at < n; at += piece, piece = piece * 3 % 5003) {
		piece = MIN(piece, n - at);
		assert_true(loa_opus_writer_push(writer, samples + at, piece, &error));
	}
	assert_true(loa_opus_writer_finish(writer, &error));
	assert_null(error);
}

static LoaOpusFile *
open_shelf(const Shelf *shelf)
{
	g_autoptr(GBytes) bytes = g_bytes_new(shelf->bytes->data, shelf->bytes->len);
	g_autoptr(GError) error = NULL;
	LoaOpusFile *file = loa_opus_file_parse(bytes, "shelf", &error);

	if (file == NULL)
		fail_msg("%s", error->message);
	return file;
}

/* As a receiver does it: every frame, without the pre-skip, up to the end. (transfer full) */
static float *
decode(const LoaOpusFile *file)
{
	gint64 n_frames = loa_opus_file_n_frames(file);
	g_autofree float *all = g_new(float, (gsize)n_frames * 960);
	int status = 0;
	OpusDecoder *decoder = opus_decoder_create(RATE, 1, &status);

	for (gint64 i = 0; i < n_frames; i++) {
		const guint8 *data = NULL;
		gsize size = 0;

		assert_true(loa_opus_file_frame(file, i, &data, &size));
		assert_int_equal(
			opus_decode_float(decoder, data, (opus_int32)size, all + i * 960, 960, 0),
			960);
	}
	opus_decoder_destroy(decoder);
	return g_memdup2(all + loa_opus_file_pre_skip(file),
			 (gsize)loa_opus_file_n_samples(file) * sizeof(float));
}

static void
the_length_is_right_to_the_sample(void **state)
{
	(void)state;
	static const gsize lengths[] = { 1,    647,  648,  649,  959,   960,   961,
					 1607, 1608, 1609, 4800, 38400, 38088, 38089 };
	g_autofree float *samples = voice(40000, -6);

	for (gsize i = 0; i < G_N_ELEMENTS(lengths); i++) {
		g_auto(Shelf) shelf = shelf_new();

		write_whole(&shelf, samples, lengths[i], 24000, -1.5);

		g_autoptr(LoaOpusFile) file = open_shelf(&shelf);

		assert_int_equal(loa_opus_file_n_samples(file), lengths[i]);
		assert_int_equal(loa_opus_file_pre_skip(file), 312);
		assert_int_equal(loa_opus_file_n_frames(file), (lengths[i] + 312 + 959) / 960);
		assert_int_equal(shelf.heard->len, lengths[i]);
	}
}

static void
what_is_heard_is_in_its_place_and_what_a_receiver_decodes(void **state)
{
	(void)state;
	const gsize n = 2 * RATE;
	g_autofree float *samples = voice(n, -6);
	g_auto(Shelf) shelf = shelf_new();

	write_whole(&shelf, samples, n, 64000, -1.5);

	g_autoptr(LoaOpusFile) file = open_shelf(&shelf);
	g_autofree float *decoded = decode(file);
	double best = 0;
	int best_lag = -1000;

	assert_memory_equal(decoded, shelf.heard->data, n * sizeof(float));
	for (int lag = -200; lag <= 200; lag++) {
		double both = 0, one = 0, other = 0;

		for (gsize i = 1000; i < n - 1000; i++) {
			double a = (double)samples[i];
			double b = (double)decoded[(gssize)i + lag];

			both += a * b;
			one += a * a;
			other += b * b;
		}
		if (both / sqrt(one * other) > best) {
			best = both / sqrt(one * other);
			best_lag = lag;
		}
	}
	assert_true(best > 0.97);
	assert_true(abs(best_lag) <= 1);
}

static void
equal_sound_gives_equal_bytes_however_it_is_pushed(void **state)
{
	(void)state;
	const gsize n = RATE;
	g_autofree float *samples = voice(n, -3);
	g_auto(Shelf) first = shelf_new();
	g_auto(Shelf) second = shelf_new();
	g_autoptr(LoaOpusWriter) writer = writer_to(&second, 24000, -1.5);

	write_whole(&first, samples, n, 24000, -1.5);
	assert_true(loa_opus_writer_push(writer, samples, n, NULL));
	assert_true(loa_opus_writer_finish(writer, NULL));
	assert_int_equal(first.bytes->len, second.bytes->len);
	assert_memory_equal(first.bytes->data, second.bytes->data, first.bytes->len);
}

static void
the_bit_rate_is_about_the_one_asked_for(void **state)
{
	(void)state;
	const gsize n = 4 * RATE;
	static const int rates[] = { 12000, 24000, 48000 };
	g_autofree float *samples = voice(n, -6);

	for (gsize i = 0; i < G_N_ELEMENTS(rates); i++) {
		g_auto(Shelf) shelf = shelf_new();

		write_whole(&shelf, samples, n, rates[i], -1.5);
		assert_in_range(shelf.bytes->len * 8 / 4, rates[i] * 6 / 10, rates[i] * 15 / 10);
	}
}

static double
peak_of(const GArray *heard)
{
	g_autoptr(LoaLoudness) loudness = loa_loudness_new(TRUE);

	loa_loudness_add(loudness, (const float *)(const void *)heard->data, heard->len);
	return loa_loudness_true_peak_dbtp(loudness);
}

static void
the_decoded_true_peak_keeps_the_limit_and_the_rest_its_level(void **state)
{
	(void)state;
	const gsize n = 4 * RATE;
	const double limit_dbtp = -6;
	g_autofree float *samples = voice(n, limit_dbtp); /* as high as may be: the coder adds */
	g_auto(Shelf) free_shelf = shelf_new();
	g_auto(Shelf) kept_shelf = shelf_new();
	double free_sum = 0, kept_sum = 0;

	/* pressed against the limit, as a limiter leaves it */
	for (gsize i = 0; i < n; i++)
		samples[i] = 0.5F * tanhf(samples[i] * 8);
	write_whole(&free_shelf, samples, n, 16000, 6);
	write_whole(&kept_shelf, samples, n, 16000, limit_dbtp);
	assert_true(peak_of(free_shelf.heard) > limit_dbtp + 0.3);
	assert_true(peak_of(kept_shelf.heard) <= limit_dbtp + 0.1);
	for (gsize i = 0; i < n; i++) {
		double a = (double)g_array_index(free_shelf.heard, float, i);
		double b = (double)g_array_index(kept_shelf.heard, float, i);

		free_sum += a * a;
		kept_sum += b * b;
	}
	assert_true(10 * log10(kept_sum / free_sum) > -1.5);
}

static void
after_a_loud_place_the_level_comes_back(void **state)
{
	(void)state;
	const gsize n = 4 * RATE;
	g_autofree float *samples = voice(n, -12);
	g_auto(Shelf) free_shelf = shelf_new();
	g_auto(Shelf) kept_shelf = shelf_new();
	double free_sum = 0, kept_sum = 0;

	for (gsize i = 0; i < RATE; i++)
		samples[i] = 0.7F * tanhf(samples[i] * 20);
	write_whole(&free_shelf, samples, n, 16000, 6);
	write_whole(&kept_shelf, samples, n, 16000, -6);
	for (gsize i = 3 * RATE; i < n; i++) {
		double a = (double)g_array_index(free_shelf.heard, float, i);
		double b = (double)g_array_index(kept_shelf.heard, float, i);

		free_sum += a * a;
		kept_sum += b * b;
	}
	assert_true(fabs(10 * log10(kept_sum / free_sum)) < 0.2);
}

static void
packets_of_any_size_stay_within_their_page(void **state)
{
	(void)state;
	const gsize n = 6 * RATE;
	g_autofree float *samples = voice(n, -6);
	g_auto(Shelf) shelf = shelf_new();

	write_whole(&shelf, samples, n, 128000, -1.5);

	g_autoptr(LoaOpusFile) file = open_shelf(&shelf);

	assert_int_equal(loa_opus_file_n_samples(file), n);
}

static void
a_full_disk_ends_the_writing_with_its_error(void **state)
{
	(void)state;
	const gsize n = 5 * RATE;
	g_autofree float *samples = voice(n, -6);

	for (gsize limit = 0; limit < 9000; limit += 3000) {
		g_auto(Shelf) shelf = shelf_new();
		g_autoptr(GError) error = NULL;

		shelf.fail_after = limit;

		g_autoptr(LoaOpusWriter) writer = writer_to(&shelf, 24000, -1.5);
		gboolean ok = loa_opus_writer_push(writer, samples, n, &error) &&
			      loa_opus_writer_finish(writer, &error);
		guint before = shelf.bytes->len;

		assert_false(ok);
		assert_true(g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOSPC));
		assert_false(loa_opus_writer_push(writer, samples, n, NULL));
		assert_false(loa_opus_writer_finish(writer, NULL));
		assert_int_equal(shelf.bytes->len, before);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_length_is_right_to_the_sample),
		cmocka_unit_test(what_is_heard_is_in_its_place_and_what_a_receiver_decodes),
		cmocka_unit_test(equal_sound_gives_equal_bytes_however_it_is_pushed),
		cmocka_unit_test(the_bit_rate_is_about_the_one_asked_for),
		cmocka_unit_test(the_decoded_true_peak_keeps_the_limit_and_the_rest_its_level),
		cmocka_unit_test(after_a_loud_place_the_level_comes_back),
		cmocka_unit_test(packets_of_any_size_stay_within_their_page),
		cmocka_unit_test(a_full_disk_ends_the_writing_with_its_error),
	};

	return cmocka_run_group_tests_name("audio/opus-writer", tests, NULL, NULL);
}
