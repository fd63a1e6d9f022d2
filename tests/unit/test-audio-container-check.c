/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "audio/container-check.h"

/* Little files, byte for byte; \0 and all. */
#define BYTES(text) (const guint8 *)(text), sizeof(text) - 1

#define WAV_FMT "fmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x80\x3e\0\0\2\0\x10\0"

static gboolean
is_cut(const guint8 *data, gsize size)
{
	/* a copy of just that size, so that a sanitizer sees a read beyond it */
	g_autofree guint8 *copy = g_memdup2(data, size);

	return loa_container_check(copy, size).is_cut;
}

static void
a_wav_is_as_long_as_its_data_chunk_says(void **state)
{
	(void)state;
	static const char whole[] = "RIFF\x2c\0\0\0WAVE" WAV_FMT "data\4\0\0\0abcd";
	static const char padded[] =
		"RIFF\x2c\0\0\0WAVEodd \3\0\0\0xyz\0" WAV_FMT "data\4\0\0\0abcd";
	static const char piped[] = "RIFF\xff\xff\xff\xffWAVE" WAV_FMT "data\xff\xff\xff\xff"
				    "ab";
	static const char sox_piped[] = "RIFF\xff\xff\xff\xffWAVE" WAV_FMT "data\0\xf0\xff\x7f"
					"ab";
	static const char tail[] = "RIFF\x2c\0\0\0WAVE" WAV_FMT "data\4\0\0\0abcdLIST\xff\0\0\0x";
	static const char rf64[] = "RF64\xff\xff\xff\xffWAVE"
				   "ds64\x1c\0\0\0\0\0\0\0\0\0\0\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
				   "\0\0\0\0" WAV_FMT "data\xff\xff\xff\xff"
				   "abcd";

	assert_false(is_cut(BYTES(whole)));
	assert_false(is_cut(BYTES(padded)));
	assert_false(is_cut(BYTES(piped)));
	assert_false(is_cut(BYTES(sox_piped)));
	assert_false(is_cut(BYTES(tail)));
	assert_false(is_cut(BYTES(rf64)));
	for (gsize n = 12; n < sizeof whole - 1; n++)
		assert_true(is_cut((const guint8 *)whole, n));
	assert_true(is_cut((const guint8 *)padded, sizeof padded - 2));
	assert_true(is_cut((const guint8 *)rf64, sizeof rf64 - 2));
}

static void
an_aiff_is_as_long_as_its_sound_chunk_says(void **state)
{
	(void)state;
	static const char whole[] = "FORM\0\0\0\x18"
				    "AIFFSSND\0\0\0\4abcdNAME\0\0\0\2ab";

	assert_false(is_cut(BYTES(whole)));
	assert_false(is_cut((const guint8 *)whole, sizeof whole - 2));
	assert_true(is_cut((const guint8 *)whole, 12 + 8 + 3));
}

static void
an_mp4_needs_every_box_and_its_index(void **state)
{
	(void)state;
	static const char whole[] = "\0\0\0\x0c"
				    "ftypM4A \0\0\0\x0cmdatabcd\0\0\0\x0cmoovabcd";
	static const char long_box[] = "\0\0\0\x0c"
				       "ftypM4A \0\0\0\x0cmoovabcd"
				       "\0\0\0\1mdat\0\0\0\0\0\0\0\x14"
				       "abcd";
	static const char to_the_end[] = "\0\0\0\x0c"
					 "ftypM4A \0\0\0\x0cmoovabcd\0\0\0\0mdatab";
	LoaContainerCheck check;

	assert_false(is_cut(BYTES(whole)));
	assert_false(is_cut(BYTES(long_box)));
	assert_false(is_cut(BYTES(to_the_end)));
	for (gsize n = 12; n < sizeof whole - 1; n++) {
		check = loa_container_check((const guint8 *)whole, n);
		assert_true(check.is_cut);
		assert_int_equal(check.lacks_index, n < 12 + 12 + 8);
	}
	for (gsize n = 12 + 12 + 1; n < sizeof long_box - 1; n++)
		assert_true(is_cut((const guint8 *)long_box, n));
}

static void
an_ogg_ends_with_a_whole_page_that_says_so(void **state)
{
	(void)state;
	static const char whole[] =
		"OggS\0\2\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\1\4abcd"
		"OggS\0\4\0\0\0\0\0\0\0\0\1\0\0\0\1\0\0\0\0\0\0\0\1\x08OggS\0\0\0\0";
	g_autofree guint8 *open_end = g_memdup2(whole, sizeof whole - 1);

	assert_false(is_cut(BYTES(whole)));
	for (gsize n = 12; n < sizeof whole - 1; n++)
		assert_true(is_cut((const guint8 *)whole, n));
	open_end[32 + 5] = 0;
	assert_true(is_cut(open_end, sizeof whole - 1));
}

static void
a_flac_tells_its_length(void **state)
{
	(void)state;
	/* 44100 Hz, 2 channels, 16 bits, 441000 samples */
	static const char head[] =
		"fLaC\x80\0\0\x22\x10\0\x10\0\0\0\0\0\0\0\x0a\xc4\x42\xf0\0\6\xba"
		"\xa8................";
	static const char with_tag[] = "ID3\4\0\0\0\0\0\2xxfLaC\x80\0\0\x22\x10\0\x10\0\0\0\0\0\0\0"
				       "\x0a\xc4\x42\xf0\0\6\xba\xa8................";
	static const char unknown[] = "fLaC\x80\0\0\x22\x10\0\x10\0\0\0\0\0\0\0\x0a\xc4\x42\xf0\0\0"
				      "\0\0................";

	assert_int_equal(loa_container_check(BYTES(head)).declared_us, 10 * 1000 * 1000);
	assert_int_equal(loa_container_check(BYTES(with_tag)).declared_us, 10 * 1000 * 1000);
	assert_int_equal(loa_container_check(BYTES(unknown)).declared_us, -1);
	assert_false(is_cut(BYTES(head)));
	assert_true(is_cut((const guint8 *)head, 20));
}

/* MPEG 1 layer III, 128 kbit/s, 44.1 kHz: 417 bytes a frame. */
static GByteArray *
mp3(guint n_frames)
{
	static const guint8 head[4] = { 0xff, 0xfb, 0x90, 0x00 };
	GByteArray *file = g_byte_array_new();

	for (guint i = 0; i < n_frames; i++) {
		guint8 frame[417] = { 0 };

		memcpy(frame, head, sizeof head);
		g_byte_array_append(file, frame, sizeof frame);
	}
	return file;
}

static void
an_mp3_ends_with_a_whole_frame(void **state)
{
	(void)state;
	g_autoptr(GByteArray) file = mp3(10);
	g_autoptr(GByteArray) tagged = mp3(10);
	guint8 tag[128] = "TAG";

	assert_false(is_cut(file->data, file->len));
	for (guint n = 1; n < 417; n++)
		assert_true(is_cut(file->data, file->len - n));
	assert_false(is_cut(file->data, file->len - 417)); /* nobody can know */
	g_byte_array_append(tagged, tag, sizeof tag);
	assert_false(is_cut(tagged->data, tagged->len));
}

static void
a_long_mp3_is_judged_by_its_end(void **state)
{
	(void)state;
	g_autoptr(GByteArray) file = mp3(2000);

	assert_false(is_cut(file->data, file->len));
	assert_true(is_cut(file->data, file->len - 1));
	assert_true(is_cut(file->data, file->len - 416));
	assert_false(is_cut(file->data, file->len - 417));
	/* no frames at its end: not for us to judge */
	memset(file->data + 417, 0, file->len - 417);
	assert_false(is_cut(file->data, file->len - 1));
}

static void
an_mp3_with_a_xing_header_knows_its_length(void **state)
{
	(void)state;
	g_autoptr(GByteArray) file = mp3(10);

	memcpy(file->data + 36, "Xing\0\0\0\3\0\0\0\x09\0\0\x10\x4a", 16); /* 4170 bytes */
	assert_false(is_cut(file->data, file->len));
	assert_true(is_cut(file->data, file->len - 417));
	assert_true(is_cut(file->data, file->len - 1));
	/* the count begins at the first frame, not at the tag before it */
	g_byte_array_prepend(file, (const guint8 *)"ID3\4\0\0\0\0\0\2xx", 12);
	assert_false(is_cut(file->data, file->len));
	assert_true(is_cut(file->data, file->len - 1));
	g_byte_array_remove_range(file, 0, 12);
	memcpy(file->data + 36, "Info\0\0\0\2\0\0\x10\x4a", 12);
	assert_false(is_cut(file->data, file->len));
	assert_true(is_cut(file->data, file->len - 417));
}

static void
a_webm_holds_every_element_it_begins(void **state)
{
	(void)state;
	/* EBML head, segment of known length with one cluster with one block */
	static const char whole[] = "\x1a\x45\xdf\xa3\x83xyz\x18\x53\x80\x67\x8e\x1f\x43\xb6\x75"
				    "\x89\xe7\x81\0\xa3\x84"
				    "abcd";
	/* the same from a browser: lengths unknown */
	static const char live[] = "\x1a\x45\xdf\xa3\x83xyz\x18\x53\x80\x67\1\xff\xff\xff\xff\xff"
				   "\xff\xff\x1f\x43\xb6\x75\1\xff\xff\xff\xff\xff\xff\xff\xe7\x81"
				   "\0\xa3\x84"
				   "abcd";

	assert_false(is_cut(BYTES(whole)));
	for (gsize n = 12; n < sizeof whole - 1; n++)
		assert_true(is_cut((const guint8 *)whole, n));
	assert_false(is_cut(BYTES(live)));
	for (gsize n = sizeof live - 6; n < sizeof live - 1; n++)
		assert_true(is_cut((const guint8 *)live, n));
}

/* A telephone that went dark in mid-recording: what there is shall be of use. */
static void
a_cut_recording_tells_how_much_of_it_is_whole(void **state)
{
	(void)state;
	static const char webm[] = "\x1a\x45\xdf\xa3\x83xyz\x18\x53\x80\x67\1\xff\xff\xff\xff\xff"
				   "\xff\xff\x1f\x43\xb6\x75\1\xff\xff\xff\xff\xff\xff\xff\xe7\x81"
				   "\0\xa3\x84"
				   "abcd\xa3\x84"
				   "efgh";
	static const char mp4[] = "\0\0\0\x0c"
				  "ftypM4A \0\0\0\x0cmoovabcd"
				  "\0\0\0\x0cmoofabcd\0\0\0\x0cmdatabcd"
				  "\0\0\0\x0cmoofabcd\0\0\0\x0cmdatefgh";
	const gsize last_block = sizeof webm - 1 - 6;
	LoaContainerCheck check;

	for (gsize n = last_block + 1; n < sizeof webm - 1; n++) {
		check = loa_container_check((const guint8 *)webm, n);
		assert_true(check.is_cut);
		assert_int_equal(check.whole_bytes, last_block);
		assert_false(is_cut((const guint8 *)webm, check.whole_bytes));
	}
	for (gsize n = 1; n < 24; n++) {
		check = loa_container_check((const guint8 *)mp4, sizeof mp4 - 1 - n);
		if (!check.is_cut) /* between two boxes */
			continue;
		assert_int_equal(check.whole_bytes, 4 * 12);
		assert_false(is_cut((const guint8 *)mp4, check.whole_bytes));
	}
	check = loa_container_check((const guint8 *)mp4, 4 * 12 - 1);
	assert_int_equal(check.whole_bytes, 0);
	check = loa_container_check((const guint8 *)mp4, 20);
	assert_int_equal(check.whole_bytes, 0);
}

static void
what_is_not_known_is_left_to_the_decoder(void **state)
{
	(void)state;
	static const char text[] = "Ban tin sang thu hai, ngay 23 thang 11";

	assert_false(is_cut(BYTES(text)));
	assert_false(is_cut(BYTES("")));
	assert_false(is_cut(BYTES("RIFF")));
	assert_false(is_cut(BYTES("RIFF\0\0\0\0AVI ....")));
	assert_true(is_cut(BYTES("ID3\4\0\0\0\0\1\0abcdef"))); /* a tag and no more */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_wav_is_as_long_as_its_data_chunk_says),
		cmocka_unit_test(an_aiff_is_as_long_as_its_sound_chunk_says),
		cmocka_unit_test(an_mp4_needs_every_box_and_its_index),
		cmocka_unit_test(an_ogg_ends_with_a_whole_page_that_says_so),
		cmocka_unit_test(a_flac_tells_its_length),
		cmocka_unit_test(an_mp3_ends_with_a_whole_frame),
		cmocka_unit_test(a_long_mp3_is_judged_by_its_end),
		cmocka_unit_test(an_mp3_with_a_xing_header_knows_its_length),
		cmocka_unit_test(a_webm_holds_every_element_it_begins),
		cmocka_unit_test(a_cut_recording_tells_how_much_of_it_is_whole),
		cmocka_unit_test(what_is_not_known_is_left_to_the_decoder),
	};

	return cmocka_run_group_tests_name("audio/container-check", tests, NULL, NULL);
}
