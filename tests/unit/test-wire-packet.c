/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/wire-sample.h"
#include "wire/opus-frame.h"

#define TOPIC "loa/phuong-demo/air/ban-tin.20261121t170000"

typedef struct {
	LoaSigningKey *key;
	LoaKeyRing *ring;
	guint8 *data; /* the sample packet */
	gsize size;
} Sent;

static int
make_sent(void **state)
{
	Sent *sent = g_new0(Sent, 1);
	LoaPacket packet = sample_packet();

	sent->key = loa_signing_key_new_from_seed(SAMPLE_CONTROLLER_SEED);
	sent->ring = sample_ring(sent->key);
	sent->data =
		g_bytes_unref_to_data(loa_packet_encode(&packet, TOPIC, sent->key), &sent->size);
	*state = sent;
	return 0;
}

static int
free_sent(void **state)
{
	Sent *sent = *state;

	loa_signing_key_free(sent->key);
	loa_key_ring_free(sent->ring);
	g_free(sent->data);
	g_free(sent);
	return 0;
}

/* Returns: the code, or -1 if it was taken. A refusal must leave the packet alone, and the bytes
 * lie in a block of just their size, so that a sanitizer sees a read beyond them. */
static int
decode_code(const Sent *sent, const char *topic, const guint8 *data, gsize size)
{
	g_autofree guint8 *exact = g_memdup2(data, size);
	g_autoptr(GError) error = NULL;
	LoaPacket packet = { .sequence = 0xabcdef };

	if (loa_packet_decode(exact, size, topic, sent->ring, &packet, &error))
		return -1;
	assert_int_equal(error->domain, LOA_WIRE_ERROR);
	assert_int_equal(packet.sequence, 0xabcdef);
	return error->code;
}

/* The same after a signature of the right key: what remains is what the bytes say. */
static int
signed_code(const Sent *sent, const guint8 *data, gsize n_signed)
{
	g_autofree guint8 *copy = g_malloc(n_signed + LOA_SIGNATURE_SIZE);

	memcpy(copy, data, n_signed);
	loa_signing_key_sign(sent->key, LOA_TAG_AIR, TOPIC, data, n_signed, copy + n_signed);
	return decode_code(sent, TOPIC, copy, n_signed + LOA_SIGNATURE_SIZE);
}

static void
every_member_comes_back(void **state)
{
	const Sent *sent = *state;
	LoaPacket want = sample_packet(), packet;

	assert_true(loa_packet_decode(sent->data, sent->size, TOPIC, sent->ring, &packet, NULL));
	assert_true(packet.is_end);
	assert_false(packet.is_live);
	assert_int_equal(packet.sequence, 7);
	assert_int_equal(packet.first_frame, 21);
	assert_int_equal(packet.n_frames, 3);
	for (guint i = 0; i < 3; i++) {
		assert_int_equal(packet.frames[i].size, want.frames[i].size);
		assert_memory_equal(packet.frames[i].data, want.frames[i].data,
				    want.frames[i].size);
		assert_true(packet.frames[i].data > sent->data &&
			    packet.frames[i].data < sent->data + sent->size);
	}
}

static void
the_largest_packet_and_the_bare_end_are_carried(void **state)
{
	const Sent *sent = *state;
	static guint8 frame[LOA_PACKET_MAX_FRAME_SIZE] = { 0x78 };
	LoaPacket packet = { .is_live = TRUE,
			     .sequence = G_MAXUINT32,
			     .first_frame = LOA_PACKET_MAX_AIRING_FRAMES - LOA_PACKET_MAX_FRAMES,
			     .n_frames = LOA_PACKET_MAX_FRAMES };
	LoaPacket end = { .is_end = TRUE, .first_frame = LOA_PACKET_MAX_AIRING_FRAMES };
	LoaPacket back;
	gsize size;

	for (guint i = 0; i < LOA_PACKET_MAX_FRAMES; i++)
		packet.frames[i] = (LoaFrame){ frame, sizeof frame };

	g_autoptr(GBytes) largest = loa_packet_encode(&packet, TOPIC, sent->key);
	const guint8 *data = g_bytes_get_data(largest, &size);

	assert_int_equal(size, LOA_PACKET_MAX_SIZE);
	assert_true(loa_packet_decode(data, size, TOPIC, sent->ring, &back, NULL));
	assert_true(back.is_live && !back.is_end);
	assert_true(back.sequence == G_MAXUINT32);
	assert_true(back.first_frame == packet.first_frame);
	assert_int_equal(back.n_frames, LOA_PACKET_MAX_FRAMES);

	g_autoptr(GBytes) bare = loa_packet_encode(&end, TOPIC, sent->key);

	data = g_bytes_get_data(bare, &size);
	assert_int_equal(size, LOA_PACKET_HEADER_SIZE + LOA_SIGNATURE_SIZE);
	assert_true(loa_packet_decode(data, size, TOPIC, sent->ring, &back, NULL));
	assert_true(back.is_end);
	assert_int_equal(back.n_frames, 0);
	assert_true(back.first_frame == LOA_PACKET_MAX_AIRING_FRAMES);
}

static void
a_frame_of_one_byte_is_carried(void **state)
{
	const Sent *sent = *state;
	static const guint8 silence[] = { 0xf8 };
	LoaPacket packet = { .n_frames = 1, .frames = { { silence, 1 } } }, back;
	g_autoptr(GBytes) bytes = loa_packet_encode(&packet, TOPIC, sent->key);
	gsize size;
	const guint8 *data = g_bytes_get_data(bytes, &size);

	assert_true(loa_packet_decode(data, size, TOPIC, sent->ring, &back, NULL));
	assert_int_equal(back.frames[0].size, 1);
}

static void
another_topic_or_key_is_refused(void **state)
{
	const Sent *sent = *state;
	g_autoptr(LoaSigningKey) stranger = loa_signing_key_new_from_seed(SAMPLE_NODE_SEED);
	LoaPacket packet = sample_packet();
	g_autoptr(GBytes) forged = loa_packet_encode(&packet, TOPIC, stranger);
	gsize size;
	const guint8 *data = g_bytes_get_data(forged, &size);

	assert_int_equal(decode_code(sent, "loa/phuong-demo/air/ban-tin.20261122t170000",
				     sent->data, sent->size),
			 LOA_WIRE_ERROR_SIGNATURE);
	assert_int_equal(decode_code(sent, TOPIC, data, size), LOA_WIRE_ERROR_KEY);
}

static void
a_flipped_bit_anywhere_is_refused(void **state)
{
	const Sent *sent = *state;
	g_autofree guint8 *copy = g_memdup2(sent->data, sent->size);

	for (gsize i = 0; i < sent->size; i++) {
		for (int bit = 0; bit < 8; bit++) {
			copy[i] ^= (guint8)(1 << bit);
			if (decode_code(sent, TOPIC, copy, sent->size) == -1)
				fail_msg("taken with bit %d of byte %zu flipped", bit, i);
			copy[i] ^= (guint8)(1 << bit);
		}
	}
	assert_int_equal(decode_code(sent, TOPIC, copy, sent->size), -1);
}

static void
every_shorter_and_longer_packet_is_refused(void **state)
{
	const Sent *sent = *state;
	gsize n_signed = sent->size - LOA_SIGNATURE_SIZE;
	g_autofree guint8 *longer = g_malloc0(LOA_PACKET_MAX_SIZE + 1);

	memcpy(longer, sent->data, sent->size);
	for (gsize size = 0; size < sent->size; size++)
		assert_int_not_equal(decode_code(sent, TOPIC, sent->data, size), -1);
	for (gsize size = sent->size + 1; size < sent->size + 100; size++)
		assert_int_not_equal(decode_code(sent, TOPIC, longer, size), -1);
	assert_int_equal(decode_code(sent, TOPIC, longer, LOA_PACKET_MAX_SIZE + 1),
			 LOA_WIRE_ERROR_LENGTH);

	/* signed by the right key as well, lengths must add up */
	for (gsize size = LOA_PACKET_HEADER_SIZE; size < n_signed; size++)
		assert_int_equal(signed_code(sent, sent->data, size), LOA_WIRE_ERROR_LENGTH);
	memset(longer + n_signed, 0, LOA_SIGNATURE_SIZE);
	for (gsize size = n_signed + 1; size < n_signed + 10; size++)
		assert_int_equal(signed_code(sent, longer, size), LOA_WIRE_ERROR_LENGTH);
	assert_int_equal(signed_code(sent, sent->data, n_signed), -1);
}

static void
each_bad_byte_has_its_code_even_when_signed(void **state)
{
	const Sent *sent = *state;
	static const struct {
		const char *name;
		gsize offset;
		guint8 value;
		LoaWireError want;
	} cases[] = {
		{ "no magic", 0, 'l', LOA_WIRE_ERROR_SYNTAX },
		{ "no magic at its end", 3, 'B', LOA_WIRE_ERROR_SYNTAX },
		{ "version 0", 4, 0, LOA_WIRE_ERROR_VERSION },
		{ "version 2", 4, 2, LOA_WIRE_ERROR_VERSION },
		{ "flag 2", 5, 4, LOA_WIRE_ERROR_RANGE },
		{ "flag 7", 5, 0x81, LOA_WIRE_ERROR_RANGE },
		{ "no frames, not the end", 6, 0, LOA_WIRE_ERROR_LENGTH },
		{ "a frame too few", 6, 2, LOA_WIRE_ERROR_LENGTH },
		{ "a frame too many", 6, 4, LOA_WIRE_ERROR_LENGTH },
		{ "26 frames", 6, 26, LOA_WIRE_ERROR_RANGE },
		{ "255 frames", 6, 255, LOA_WIRE_ERROR_RANGE },
		{ "reserved byte", 7, 1, LOA_WIRE_ERROR_RANGE },
		{ "unknown key", 8, 0, LOA_WIRE_ERROR_KEY },
		{ "reserved word, first byte", 20, 1, LOA_WIRE_ERROR_RANGE },
		{ "reserved word, last byte", 23, 1, LOA_WIRE_ERROR_RANGE },
		{ "offset beyond the longest airing", 27, 0xff, LOA_WIRE_ERROR_RANGE },
		{ "offset negative", 24, 0x80, LOA_WIRE_ERROR_RANGE },
		{ "offset between two frames", 31, 0xc1, LOA_WIRE_ERROR_RANGE },
		{ "frame of no bytes", 33, 0, LOA_WIRE_ERROR_RANGE },
		{ "frame above 1275 bytes", 32, 5, LOA_WIRE_ERROR_RANGE },
		{ "frame longer than the packet", 33, 200, LOA_WIRE_ERROR_LENGTH },
		{ "frame a byte longer", 33, 4, LOA_WIRE_ERROR_RANGE },
		{ "10 ms of Opus", 34, 0xf0, LOA_WIRE_ERROR_RANGE },
		{ "60 ms of Opus", 34, 0x18, LOA_WIRE_ERROR_RANGE },
		{ "two frames of 20 ms", 34, 0xf9, LOA_WIRE_ERROR_RANGE },
	};
	gsize n_signed = sent->size - LOA_SIGNATURE_SIZE;

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree guint8 *copy = g_memdup2(sent->data, n_signed);

		assert_int_not_equal(copy[cases[i].offset], cases[i].value);
		copy[cases[i].offset] = cases[i].value;

		int code = signed_code(sent, copy, n_signed);

		if (code != (int)cases[i].want)
			fail_msg("%s: code %d", cases[i].name, code);
	}
}

static void
no_frames_without_the_end_are_refused(void **state)
{
	const Sent *sent = *state;
	LoaPacket end = { .is_end = TRUE };
	g_autoptr(GBytes) bytes = loa_packet_encode(&end, TOPIC, sent->key);
	g_autofree guint8 *copy = g_memdup2(g_bytes_get_data(bytes, NULL), LOA_PACKET_HEADER_SIZE);

	assert_int_equal(signed_code(sent, copy, LOA_PACKET_HEADER_SIZE), -1);
	copy[5] = 0;
	assert_int_equal(signed_code(sent, copy, LOA_PACKET_HEADER_SIZE), LOA_WIRE_ERROR_RANGE);
}

static void
the_last_frame_of_the_longest_airing_is_the_last(void **state)
{
	const Sent *sent = *state;
	LoaPacket end = { .is_end = TRUE, .first_frame = LOA_PACKET_MAX_AIRING_FRAMES };
	g_autoptr(GBytes) bytes = loa_packet_encode(&end, TOPIC, sent->key);
	g_autofree guint8 *copy = g_memdup2(g_bytes_get_data(bytes, NULL), LOA_PACKET_HEADER_SIZE);
	guint64 offset = GUINT64_TO_BE((LOA_PACKET_MAX_AIRING_FRAMES + 1) * LOA_FRAME_SAMPLES);

	assert_int_equal(signed_code(sent, copy, LOA_PACKET_HEADER_SIZE), -1);
	memcpy(copy + 24, &offset, sizeof offset);
	assert_int_equal(signed_code(sent, copy, LOA_PACKET_HEADER_SIZE), LOA_WIRE_ERROR_RANGE);
}

static void
opus_of_20_ms_is_told_by_its_first_bytes(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		gboolean want;
		gsize size;
		guint8 data[12];
	} cases[] = {
		{ "nothing", FALSE, 0, { 0 } },
		{ "SILK 20 ms", TRUE, 3, { 0x08, 1, 2 } },
		{ "SILK 20 ms, no data (DTX)", TRUE, 1, { 0x08 } },
		{ "SILK 10 ms", FALSE, 3, { 0x00, 1, 2 } },
		{ "SILK 40 ms", FALSE, 3, { 0x10, 1, 2 } },
		{ "SILK 60 ms", FALSE, 3, { 0x18, 1, 2 } },
		{ "SILK wide-band 20 ms", TRUE, 3, { 0x48, 1, 2 } },
		{ "hybrid 10 ms", FALSE, 3, { 0x60, 1, 2 } },
		{ "hybrid 20 ms", TRUE, 3, { 0x68, 1, 2 } },
		{ "CELT 2.5 ms", FALSE, 3, { 0x80, 1, 2 } },
		{ "CELT 5 ms", FALSE, 3, { 0x88, 1, 2 } },
		{ "CELT 10 ms", FALSE, 3, { 0x90, 1, 2 } },
		{ "CELT 20 ms", TRUE, 3, { 0x98, 1, 2 } },
		{ "CELT 20 ms, stereo", TRUE, 3, { 0x9c, 1, 2 } },
		{ "two equal frames of 10 ms", TRUE, 5, { 0x91, 1, 2, 3, 4 } },
		{ "two equal frames of 3 bytes", FALSE, 4, { 0x91, 1, 2, 3 } },
		{ "two equal frames of 20 ms", FALSE, 5, { 0x99, 1, 2, 3, 4 } },
		{ "two frames of 10 ms", TRUE, 5, { 0x92, 1, 2, 3, 4 } },
		{ "two frames, the second empty", TRUE, 5, { 0x92, 3, 2, 3, 4 } },
		{ "two frames, the first too long", FALSE, 5, { 0x92, 4, 2, 3, 4 } },
		{ "two frames, both empty", TRUE, 2, { 0x92, 0 } },
		{ "two frames, no length", FALSE, 1, { 0x92 } },
		{ "two frames, half a length", FALSE, 2, { 0x92, 252 } },
		{ "two frames of 20 ms", FALSE, 5, { 0x9a, 1, 2, 3, 4 } },
		{ "one frame by count", TRUE, 4, { 0x9b, 1, 2, 3 } },
		{ "one empty frame by count", TRUE, 2, { 0x9b, 1 } },
		{ "no count", FALSE, 1, { 0x9b } },
		{ "count 0", FALSE, 4, { 0x9b, 0, 2, 3 } },
		{ "two of 20 ms by count", FALSE, 4, { 0x9b, 2, 2, 3 } },
		{ "eight of 2.5 ms by count", TRUE, 10, { 0x83, 8, 1, 2, 3, 4, 5, 6, 7, 8 } },
		{ "eight of 2.5 ms in 7 bytes", FALSE, 9, { 0x83, 8, 1, 2, 3, 4, 5, 6, 7 } },
		{ "48 frames", FALSE, 4, { 0x83, 48, 2, 3 } },
		{ "63 frames", FALSE, 4, { 0x83, 63, 2, 3 } },
		{ "padding of 2", TRUE, 6, { 0x9b, 0x41, 2, 9, 0, 0 } },
		{ "padding of everything", TRUE, 5, { 0x9b, 0x41, 2, 0, 0 } },
		{ "padding beyond the end", FALSE, 5, { 0x9b, 0x41, 3, 0, 0 } },
		{ "padding of 0, no data", TRUE, 3, { 0x9b, 0x41, 0 } },
		{ "padding without length", FALSE, 2, { 0x9b, 0x41 } },
		{ "padding of 254 and more", FALSE, 5, { 0x9b, 0x41, 255, 0, 0 } },
		{ "padding that never ends", FALSE, 5, { 0x9b, 0x41, 255, 255, 255 } },
		{ "two of given lengths", TRUE, 6, { 0x93, 0x82, 1, 7, 8, 9 } },
		{ "two, the first too long", FALSE, 6, { 0x93, 0x82, 4, 7, 8, 9 } },
		{ "two, the first just fits", TRUE, 6, { 0x93, 0x82, 3, 7, 8, 9 } },
		{ "two, no length", FALSE, 2, { 0x93, 0x82 } },
		{ "two, with padding", TRUE, 8, { 0x93, 0xc2, 2, 1, 7, 8, 0, 0 } },
		{ "two, padding takes the frame", FALSE, 6, { 0x93, 0xc2, 2, 1, 0, 0 } },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree guint8 *exact = g_memdup2(cases[i].data, cases[i].size);

		if (loa_opus_frame_is_20_ms(exact, cases[i].size) != cases[i].want)
			fail_msg("%s", cases[i].name);
	}
}

static void
long_opus_frames_are_told_too(void **state)
{
	(void)state;
	g_autofree guint8 *data = g_malloc0(3000);

	/* 252 + 4 * 12 = 300 bytes, then 700 */
	data[0] = 0x92;
	data[1] = 252;
	data[2] = 12;
	assert_true(loa_opus_frame_is_20_ms(data, 3 + 300 + 700));
	assert_true(loa_opus_frame_is_20_ms(data, 3 + 300));
	assert_false(loa_opus_frame_is_20_ms(data, 3 + 299));
	assert_true(loa_opus_frame_is_20_ms(data, 3 + 300 + 1275));
	assert_false(loa_opus_frame_is_20_ms(data, 3 + 300 + 1276));

	data[0] = 0x98;
	assert_true(loa_opus_frame_is_20_ms(data, 1 + 1275));
	assert_false(loa_opus_frame_is_20_ms(data, 1 + 1276));
	data[0] = 0x91;
	assert_true(loa_opus_frame_is_20_ms(data, 1 + 2 * 1275));
	assert_false(loa_opus_frame_is_20_ms(data, 1 + 2 * 1276));

	/* padding: 255 is 254 bytes and more; 254 + 1 bytes of it, one byte of sound */
	data[0] = 0x9b;
	data[1] = 0x41;
	data[2] = 255;
	data[3] = 1;
	assert_true(loa_opus_frame_is_20_ms(data, 4 + 255));
	assert_false(loa_opus_frame_is_20_ms(data, 4 + 254));
	assert_true(loa_opus_frame_is_20_ms(data, 4 + 255 + 1275));
	assert_false(loa_opus_frame_is_20_ms(data, 4 + 255 + 1276));

	/* two frames by count: one byte, and the rest */
	data[0] = 0x93;
	data[1] = 0x82;
	data[2] = 1;
	assert_true(loa_opus_frame_is_20_ms(data, 3 + 1 + 1275));
	assert_false(loa_opus_frame_is_20_ms(data, 3 + 1 + 1276));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_member_comes_back),
		cmocka_unit_test(the_largest_packet_and_the_bare_end_are_carried),
		cmocka_unit_test(a_frame_of_one_byte_is_carried),
		cmocka_unit_test(another_topic_or_key_is_refused),
		cmocka_unit_test(a_flipped_bit_anywhere_is_refused),
		cmocka_unit_test(every_shorter_and_longer_packet_is_refused),
		cmocka_unit_test(each_bad_byte_has_its_code_even_when_signed),
		cmocka_unit_test(no_frames_without_the_end_are_refused),
		cmocka_unit_test(the_last_frame_of_the_longest_airing_is_the_last),
		cmocka_unit_test(opus_of_20_ms_is_told_by_its_first_bytes),
		cmocka_unit_test(long_opus_frames_are_told_too),
	};

	return cmocka_run_group_tests_name("wire/packet", tests, make_sent, free_sent);
}
