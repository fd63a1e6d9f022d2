/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files are made page by page with libogg, which has a checksum of its own: so that
 * audio/opus-file.c is not measured with itself.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib/gstdio.h>
#include <ogg/ogg.h>

#include "audio/opus-file.h"

/* RFC 6716 section 3.1: configuration << 3 | stereo << 2 | frame count code */
#define TOC_20_MS 0xf8        /* CELT, full band, 20 ms, mono, one frame */
#define TOC_10_MS 0xf0        /* CELT, full band, 10 ms, mono, one frame */
#define TOC_TWICE_10_MS 0xf1  /* two equal frames of 10 ms */
#define TOC_TWICE_20_MS 0xf9  /* two equal frames of 20 ms */
#define TOC_20_MS_STEREO 0xfc /* as TOC_20_MS, stereo */
#define TOC_20_MS_COUNT 0xfb  /* 20 ms, a frame count byte follows */

/* What a file shall look like; the tests change one thing. */
typedef struct {
	guint8 head[64];
	gsize head_size;
	guint8 tags[64];
	gsize tags_size;
	guint n_frames;
	guint frames_per_page;
	guint8 toc;
	gsize frame_size;
	gint64 trim;
	int odd_frame; /* that frame has odd_toc and odd_size; -1: none */
	guint8 odd_toc;
	gsize odd_size;
	guint8 odd_second_byte;
	gboolean without_end;
} Recipe;

static Recipe
recipe(void)
{
	Recipe r = {
		.head = { 'O', 'p', 'u', 's', 'H', 'e', 'a', 'd', 1, 1, 56, 1, 0, 0, 0, 0, 0, 0,
			  0 },
		.head_size = 19,
		.tags = { 'O', 'p', 'u', 's', 'T', 'a', 'g', 's', 3, 0, 0, 0, 'l', 'o', 'a' },
		.tags_size = 19,
		.n_frames = 100,
		.frames_per_page = 30,
		.toc = TOC_20_MS,
		.frame_size = 60,
		.trim = 100,
		.odd_frame = -1,
	};

	return r;
}

static void
take_pages(ogg_stream_state *stream, GByteArray *file)
{
	ogg_page page;

	while (ogg_stream_flush_fill(stream, &page, G_MAXINT) != 0) {
		g_byte_array_append(file, page.header, (guint)page.header_len);
		g_byte_array_append(file, page.body, (guint)page.body_len);
	}
}

static void
put_packet(ogg_stream_state *stream, guint8 *data, gsize size, gint64 granule, gboolean is_last)
{
	ogg_packet packet = {
		.packet = data,
		.bytes = (long)size,
		.e_o_s = is_last,
		.granulepos = granule,
	};

	assert_int_equal(ogg_stream_packetin(stream, &packet), 0);
}

static gsize
fill_frame(const Recipe *r, guint i, guint8 *frame)
{
	gboolean is_odd = (int)i == r->odd_frame;
	gsize size = is_odd ? r->odd_size : r->frame_size;

	for (gsize k = 0; k < size; k++)
		frame[k] = (guint8)(i * 7 + k);
	if (size > 0)
		frame[0] = is_odd ? r->odd_toc : r->toc;
	if (is_odd && size > 1)
		frame[1] = r->odd_second_byte;
	return size;
}

/* (transfer full) */
static GByteArray *
bake(const Recipe *r)
{
	GByteArray *file = g_byte_array_new();
	ogg_stream_state stream;
	guint8 frame[2048];

	assert_int_equal(ogg_stream_init(&stream, 4242), 0);
	put_packet(&stream, (guint8 *)r->head, r->head_size, 0, FALSE);
	take_pages(&stream, file);
	put_packet(&stream, (guint8 *)r->tags, r->tags_size, 0, FALSE);
	take_pages(&stream, file);
	for (guint i = 0; i < r->n_frames; i++) {
		gboolean is_last = i + 1 == r->n_frames;
		gsize size = fill_frame(r, i, frame);
		gint64 granule = (gint64)(i + 1) * 960 - (is_last ? r->trim : 0);

		put_packet(&stream, frame, size, granule, is_last && !r->without_end);
		if ((i + 1) % r->frames_per_page == 0 || is_last)
			take_pages(&stream, file);
	}
	ogg_stream_clear(&stream);
	return file;
}

static LoaOpusFile *
parse(const guint8 *data, gsize size, GError **error)
{
	g_autoptr(GBytes) bytes = g_bytes_new(data, size);

	return loa_opus_file_parse(bytes, "a.opus", error);
}

static void
assert_refused(const guint8 *data, gsize size, LoaOpusFileError code, const char *words)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(LoaOpusFile) file = parse(data, size, &error);

	if (file != NULL || error->code != (int)code || strstr(error->message, words) == NULL)
		fail_msg("wanted \"%s\", got \"%s\" (%d)", words, error ? error->message : "a file",
			 error ? error->code : 0);
	assert_int_equal(error->domain, LOA_OPUS_FILE_ERROR);
	assert_non_null(strstr(error->message, "a.opus: "));
}

static void
assert_recipe_refused(const Recipe *r, LoaOpusFileError code, const char *words)
{
	g_autoptr(GByteArray) bytes = bake(r);

	assert_refused(bytes->data, bytes->len, code, words);
}

/* Sets a byte of page @number and makes its checksum right again. */
static void
forge(GByteArray *bytes, guint number, gsize at, guint8 value)
{
	gsize start = 0;

	for (;; number--) {
		ogg_page page = { .header = bytes->data + start };

		page.header_len = 27 + page.header[26];
		page.body = page.header + page.header_len;
		for (int i = 0; i < page.header[26]; i++)
			page.body_len += page.header[27 + i];
		if (number == 0) {
			page.header[at] = value;
			ogg_page_checksum_set(&page);
			return;
		}
		start += (gsize)page.header_len + (gsize)page.body_len;
	}
}

static void
a_file_gives_its_numbers_and_every_frame(void **state)
{
	(void)state;
	Recipe r = recipe();
	g_autoptr(GByteArray) bytes = bake(&r);
	g_autoptr(GError) error = NULL;
	g_autoptr(LoaOpusFile) file = parse(bytes->data, bytes->len, &error);
	const guint8 *data = NULL;
	gsize size = 0;

	assert_null(error);
	assert_int_equal(loa_opus_file_n_frames(file), 100);
	assert_int_equal(loa_opus_file_pre_skip(file), 312);
	assert_int_equal(loa_opus_file_n_samples(file), 100 * 960 - 312 - 100);
	for (gint64 i = 0; i < 100; i++) {
		guint8 expected[60];

		fill_frame(&r, (guint)i, expected);
		assert_true(loa_opus_file_frame(file, i, &data, &size));
		assert_int_equal(size, 60);
		assert_memory_equal(data, expected, 60);
	}
	assert_false(loa_opus_file_frame(file, -1, &data, &size));
	assert_false(loa_opus_file_frame(file, 100, &data, &size));
	assert_false(loa_opus_file_frame(file, G_MAXINT64, &data, &size));
	assert_false(loa_opus_file_frame(file, G_MININT64, &data, &size));
}

static void
frames_of_every_lawful_length_are_taken(void **state)
{
	(void)state;
	static const gsize sizes[] = { 1, 2, 254, 255, 256, 509, 510, 511, 1274, 1275 };

	for (gsize i = 0; i < G_N_ELEMENTS(sizes); i++) {
		Recipe r = recipe();
		const guint8 *data = NULL;
		gsize size = 0;

		r.frame_size = sizes[i];
		r.frames_per_page = 7;

		g_autoptr(GByteArray) bytes = bake(&r);
		g_autoptr(GError) error = NULL;
		g_autoptr(LoaOpusFile) file = parse(bytes->data, bytes->len, &error);

		assert_null(error);
		assert_true(loa_opus_file_frame(file, 57, &data, &size));
		assert_int_equal(size, sizes[i]);
		assert_int_equal(data[0], TOC_20_MS);
	}
}

static void
two_frames_of_ten_milliseconds_are_one_of_twenty(void **state)
{
	(void)state;
	Recipe r = recipe();

	r.toc = TOC_TWICE_10_MS;
	r.frame_size = 61;

	g_autoptr(GByteArray) bytes = bake(&r);
	g_autoptr(LoaOpusFile) file = parse(bytes->data, bytes->len, NULL);

	assert_non_null(file);
}

static void
a_file_cut_anywhere_is_refused(void **state)
{
	(void)state;
	Recipe r = recipe();
	g_autoptr(GByteArray) bytes = bake(&r);

	for (guint n = 1; n < bytes->len; n++)
		assert_refused(bytes->data, n, LOA_OPUS_FILE_ERROR_CUT_SHORT, "cut short");
	assert_refused(bytes->data, 0, LOA_OPUS_FILE_ERROR_FORM, "the file is empty");
}

static void
no_byte_can_be_altered_unnoticed(void **state)
{
	(void)state;
	Recipe r = recipe();

	r.n_frames = 40;

	g_autoptr(GByteArray) bytes = bake(&r);

	for (guint i = 0; i < bytes->len; i++) {
		for (guint bit = 0; bit < 8; bit++) {
			bytes->data[i] ^= (guint8)(1U << bit);

			g_autoptr(LoaOpusFile) file = parse(bytes->data, bytes->len, NULL);

			assert_null(file);
			bytes->data[i] ^= (guint8)(1U << bit);
		}
	}
}

static void
a_missing_or_doubled_page_is_refused(void **state)
{
	(void)state;
	Recipe r = recipe();
	gsize first_pages = 2 * (27 + 1 + 19);
	gsize page = 27 + 30 + 30 * 60;
	g_autoptr(GByteArray) bytes = bake(&r);
	g_autoptr(GByteArray) doubled = g_byte_array_new();

	g_byte_array_append(doubled, bytes->data, (guint)(first_pages + page));
	g_byte_array_append(doubled, bytes->data + first_pages, (guint)(bytes->len - first_pages));
	assert_refused(doubled->data, doubled->len, LOA_OPUS_FILE_ERROR_DAMAGED,
		       "page 3 is missing");
	g_byte_array_remove_range(bytes, (guint)first_pages, (guint)page);
	assert_refused(bytes->data, bytes->len, LOA_OPUS_FILE_ERROR_DAMAGED, "page 2 is missing");
}

static void
bytes_after_the_end_are_refused(void **state)
{
	(void)state;
	Recipe r = recipe();
	g_autoptr(GByteArray) bytes = bake(&r);
	g_autoptr(GByteArray) more = bake(&r);

	g_byte_array_append(more, bytes->data, bytes->len);
	assert_refused(more->data, more->len, LOA_OPUS_FILE_ERROR_FORM, "bytes follow its end");
	g_byte_array_append(bytes, (const guint8 *)"x", 1);
	assert_refused(bytes->data, bytes->len, LOA_OPUS_FILE_ERROR_FORM, "1 bytes follow its end");
}

static void
what_is_not_ogg_or_not_opus_is_refused(void **state)
{
	(void)state;
	static const char riff[] = "RIFF....WAVEfmt ................data....";
	Recipe r = recipe();

	assert_refused((const guint8 *)riff, sizeof riff, LOA_OPUS_FILE_ERROR_FORM, "no Ogg page");
	memcpy(r.head, "\x01vorbis", 7);
	assert_recipe_refused(&r, LOA_OPUS_FILE_ERROR_FORM, "not an Opus stream");
	r = recipe();
	memcpy(r.tags, "OpusTogs", 8);
	assert_recipe_refused(&r, LOA_OPUS_FILE_ERROR_FORM, "comment header");
	r = recipe();
	r.tags[8] = 4; /* the vendor's name would end behind the packet */
	assert_recipe_refused(&r, LOA_OPUS_FILE_ERROR_FORM, "comment header");
}

static void
a_header_of_another_form_is_refused(void **state)
{
	(void)state;
	static const struct {
		gsize at;
		guint8 value;
		const char *words;
	} rows[] = {
		{ 8, 2, "version 2" }, { 9, 2, "2 channels" }, { 9, 0, "0 channels" },
		{ 16, 1, "a gain" },   { 17, 0x80, "a gain" }, { 18, 1, "not one" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		Recipe r = recipe();

		r.head[rows[i].at] = rows[i].value;
		assert_recipe_refused(&r, LOA_OPUS_FILE_ERROR_FORM, rows[i].words);
	}

	Recipe r = recipe();

	r.head_size = 20;
	assert_recipe_refused(&r, LOA_OPUS_FILE_ERROR_FORM, "stored form");
}

static void
a_frame_that_lies_is_refused(void **state)
{
	(void)state;
	static const struct {
		guint8 toc;
		guint8 second;
		gsize size;
		const char *words;
	} rows[] = {
		{ TOC_10_MS, 0, 60, "frame 57 does not last 20 ms" },
		{ TOC_TWICE_20_MS, 0, 61, "does not last 20 ms" },
		{ TOC_20_MS_STEREO, 0, 60, "is stereo" },
		{ TOC_TWICE_10_MS, 0, 60, "not a valid Opus packet" }, /* two unequal halves */
		{ TOC_20_MS_COUNT, 0, 60, "does not last 20 ms" },     /* no frames at all */
		{ TOC_20_MS_COUNT, 0x3f, 60, "does not last 20 ms" },
		{ TOC_20_MS_COUNT, 0x41, 3, "not a valid Opus packet" }, /* padding over the end */
		{ TOC_20_MS_COUNT, 0, 1, "does not last 20 ms" },
		{ TOC_20_MS, 0, 0, "has 0 bytes" },
		{ TOC_20_MS, 0, 1276, "has 1276 bytes" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		Recipe r = recipe();

		r.odd_frame = 57;
		r.odd_toc = rows[i].toc;
		r.odd_second_byte = rows[i].second;
		r.odd_size = rows[i].size;
		assert_recipe_refused(&r, LOA_OPUS_FILE_ERROR_FORM, rows[i].words);
	}
}

static void
a_packet_across_two_pages_is_refused(void **state)
{
	(void)state;
	Recipe r = recipe();

	r.frame_size = 1275;
	r.frames_per_page = 100; /* libogg splits at 255 segments: in the midst of a packet */
	assert_recipe_refused(&r, LOA_OPUS_FILE_ERROR_FORM, "does not end with a whole packet");
}

static void
a_position_that_lies_is_refused(void **state)
{
	(void)state;
	Recipe r = recipe();

	r.trim = 959;
	g_autoptr(GByteArray) lawful = bake(&r);
	g_autoptr(LoaOpusFile) file = parse(lawful->data, lawful->len, NULL);

	assert_int_equal(loa_opus_file_n_samples(file), 99 * 960 + 1 - 312);
	r.trim = 960;
	assert_recipe_refused(&r, LOA_OPUS_FILE_ERROR_DAMAGED, "frames are missing");
	r.trim = -1;
	assert_recipe_refused(&r, LOA_OPUS_FILE_ERROR_DAMAGED, "a position that it does not have");
	r.trim = 200000;
	assert_recipe_refused(&r, LOA_OPUS_FILE_ERROR_DAMAGED, "a position that it does not have");

	r = recipe();
	g_autoptr(GByteArray) early = bake(&r);

	/* a page in the midst may not trim: 30 x 960 = 28800 = 0x7080 */
	forge(early, 2, 6, 0x7f);
	assert_refused(early->data, early->len, LOA_OPUS_FILE_ERROR_DAMAGED, "frames are missing");
	forge(early, 2, 6, 0x80);

	g_autoptr(LoaOpusFile) restored = parse(early->data, early->len, NULL);

	assert_non_null(restored);
}

static void
flags_and_stream_numbers_that_lie_are_refused(void **state)
{
	(void)state;
	static const struct {
		guint page;
		gsize at;
		guint8 value;
		LoaOpusFileError code;
		const char *words;
	} rows[] = {
		{ 0, 4, 1, LOA_OPUS_FILE_ERROR_FORM, "Ogg version 1" },
		{ 0, 5, 0, LOA_OPUS_FILE_ERROR_FORM, "flags 0x00" },
		{ 0, 5, 6, LOA_OPUS_FILE_ERROR_FORM, "stored form" },
		{ 0, 6, 1, LOA_OPUS_FILE_ERROR_FORM, "stored form" },
		{ 1, 5, 4, LOA_OPUS_FILE_ERROR_FORM, "comment header" },
		{ 1, 6, 1, LOA_OPUS_FILE_ERROR_FORM, "comment header" },
		{ 3, 5, 1, LOA_OPUS_FILE_ERROR_FORM, "flags 0x01" },
		{ 3, 5, 2, LOA_OPUS_FILE_ERROR_FORM, "flags 0x02" },
		{ 3, 5, 4, LOA_OPUS_FILE_ERROR_FORM, "bytes follow its end" },
		{ 3, 5, 8, LOA_OPUS_FILE_ERROR_FORM, "flags 0x08" },
		{ 3, 14, 9, LOA_OPUS_FILE_ERROR_FORM, "another stream" },
		{ 3, 13, 0x80, LOA_OPUS_FILE_ERROR_DAMAGED, "position" },
		{ 5, 5, 0, LOA_OPUS_FILE_ERROR_DAMAGED, "frames are missing" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		Recipe r = recipe();
		g_autoptr(GByteArray) bytes = bake(&r);

		forge(bytes, rows[i].page, rows[i].at, rows[i].value);
		assert_refused(bytes->data, bytes->len, rows[i].code, rows[i].words);
	}
}

static void
a_file_without_an_end_mark_is_cut_short(void **state)
{
	(void)state;
	Recipe r = recipe();

	r.without_end = TRUE;
	r.trim = 0;
	assert_recipe_refused(&r, LOA_OPUS_FILE_ERROR_CUT_SHORT, "its end mark is missing");
}

static void
a_file_of_pre_skip_alone_holds_no_sound(void **state)
{
	(void)state;
	Recipe r = recipe();

	r.n_frames = 1;
	r.trim = 960 - 312;
	assert_recipe_refused(&r, LOA_OPUS_FILE_ERROR_FORM, "no sound");
	r.trim--;

	g_autoptr(GByteArray) bytes = bake(&r);
	g_autoptr(LoaOpusFile) file = parse(bytes->data, bytes->len, NULL);

	assert_int_equal(loa_opus_file_n_samples(file), 1);
}

static void
opening_maps_the_file_and_names_it_in_errors(void **state)
{
	(void)state;
	Recipe r = recipe();
	g_autoptr(GByteArray) bytes = bake(&r);
	g_autofree char *folder = g_dir_make_tmp("loa-opus-file-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "b.opus", NULL);
	g_autoptr(GError) error = NULL;

	assert_true(g_file_set_contents(path, (const char *)bytes->data, bytes->len, NULL));

	g_autoptr(LoaOpusFile) file = loa_opus_file_open(path, &error);

	assert_null(error);
	assert_int_equal(loa_opus_file_n_frames(file), 100);
	g_unlink(path);

	assert_null(loa_opus_file_open(path, &error));
	assert_int_equal(error->domain, G_FILE_ERROR);
	assert_non_null(strstr(error->message, path));
	g_clear_error(&error);
	assert_null(loa_opus_file_open(folder, &error));
	assert_non_null(strstr(error->message, "not a regular file"));
	g_rmdir(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_gives_its_numbers_and_every_frame),
		cmocka_unit_test(frames_of_every_lawful_length_are_taken),
		cmocka_unit_test(two_frames_of_ten_milliseconds_are_one_of_twenty),
		cmocka_unit_test(a_file_cut_anywhere_is_refused),
		cmocka_unit_test(no_byte_can_be_altered_unnoticed),
		cmocka_unit_test(a_missing_or_doubled_page_is_refused),
		cmocka_unit_test(bytes_after_the_end_are_refused),
		cmocka_unit_test(what_is_not_ogg_or_not_opus_is_refused),
		cmocka_unit_test(a_header_of_another_form_is_refused),
		cmocka_unit_test(a_frame_that_lies_is_refused),
		cmocka_unit_test(a_packet_across_two_pages_is_refused),
		cmocka_unit_test(a_position_that_lies_is_refused),
		cmocka_unit_test(flags_and_stream_numbers_that_lie_are_refused),
		cmocka_unit_test(a_file_without_an_end_mark_is_cut_short),
		cmocka_unit_test(a_file_of_pre_skip_alone_holds_no_sound),
		cmocka_unit_test(opening_maps_the_file_and_names_it_in_errors),
	};

	return cmocka_run_group_tests_name("audio/opus-file", tests, NULL, NULL);
}
