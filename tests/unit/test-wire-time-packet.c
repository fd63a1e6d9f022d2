/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "wire/time-packet.h"

#define SEED "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

typedef struct {
	LoaSigningKey *key;
	LoaKeyRing *ring;
	guint8 packet[LOA_TIME_PACKET_SIZE + 2];
} Fixture;

static const LoaTimeAnswer example = {
	.nonce = G_GUINT64_CONSTANT(0x0123456789abcdef),
	.received_ns = G_GINT64_CONSTANT(1790000000123456789),
	.sent_ns = G_GINT64_CONSTANT(1790000000123476789),
	.state = LOA_CLOCK_HOLDOVER,
	.bound_us = 1500,
};

static int
setup(void **state)
{
	Fixture *f = g_new0(Fixture, 1);

	f->key = loa_signing_key_new_from_seed(SEED);
	f->ring = loa_key_ring_new();
	g_autofree char *public = loa_signing_key_public_hex(f->key);
	if (!loa_key_ring_add(f->ring, public))
		return -1;
	loa_time_answer_encode(&example, "loa/s/time", f->key, f->packet);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	Fixture *f = *state;

	loa_signing_key_free(f->key);
	loa_key_ring_free(f->ring);
	g_free(f);
	return 0;
}

static void
assert_refused(Fixture *f, gsize size, const char *topic, LoaWireError want)
{
	g_autoptr(GError) error = NULL;
	LoaTimeAnswer answer;

	assert_false(loa_time_answer_decode(f->packet, size, topic, f->ring, &answer, &error));
	if (!g_error_matches(error, LOA_WIRE_ERROR, (int)want))
		fail_msg("got %s", error->message);
}

static void
an_answer_reads_back_as_it_was_written(void **state)
{
	Fixture *f = *state;
	LoaTimeAnswer answer;

	assert_true(loa_time_answer_decode(f->packet, LOA_TIME_PACKET_SIZE, "loa/s/time", f->ring,
					   &answer, NULL));
	assert_true(answer.nonce == example.nonce);
	assert_true(answer.received_ns == example.received_ns);
	assert_true(answer.sent_ns == example.sent_ns);
	assert_int_equal(answer.state, example.state);
	assert_int_equal(answer.bound_us, example.bound_us);
}

static void
the_layout_is_the_documented_one(void **state)
{
	Fixture *f = *state;
	static const guint8 want[] = { 'L', 'o', 'a', 'T', 1, 2, 1, 0 };
	static const guint8 nonce[] = { 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef };
	static const guint8 bound[] = { 0, 0, 0, 0, 0, 0, 0x05, 0xdc };

	assert_memory_equal(f->packet, want, sizeof want);
	assert_memory_equal(f->packet + 8, loa_signing_key_id(f->key), LOA_KEY_ID_SIZE);
	assert_memory_equal(f->packet + 16, nonce, sizeof nonce);
	assert_memory_equal(f->packet + 40, bound, sizeof bound);
}

static void
every_other_length_is_refused(void **state)
{
	Fixture *f = *state;

	for (gsize size = 0; size <= LOA_TIME_PACKET_SIZE + 2; size++)
		if (size != LOA_TIME_PACKET_SIZE)
			assert_refused(f, size, "loa/s/time", LOA_WIRE_ERROR_LENGTH);
}

static void
every_flipped_bit_is_refused(void **state)
{
	Fixture *f = *state;
	LoaTimeAnswer answer;

	for (gsize bit = 0; bit < LOA_TIME_PACKET_SIZE * 8; bit++) {
		f->packet[bit / 8] ^= (guint8)(1u << (bit % 8));
		assert_false(loa_time_answer_decode(f->packet, LOA_TIME_PACKET_SIZE, "loa/s/time",
						    f->ring, &answer, NULL));
		f->packet[bit / 8] ^= (guint8)(1u << (bit % 8));
	}
	assert_refused(f, LOA_TIME_PACKET_SIZE, "loa/other/time", LOA_WIRE_ERROR_SIGNATURE);
}

static void
a_signed_answer_that_left_before_it_came_is_refused(void **state)
{
	Fixture *f = *state;
	LoaTimeAnswer answer = example;

	answer.sent_ns = answer.received_ns - 1;
	loa_time_answer_encode(&answer, "loa/s/time", f->key, f->packet);
	assert_refused(f, LOA_TIME_PACKET_SIZE, "loa/s/time", LOA_WIRE_ERROR_RANGE);
}

static void
a_question_is_padded_to_the_size_of_its_answer(void **state)
{
	(void)state;
	guint8 packet[LOA_TIME_PACKET_SIZE + 1] = { 0 };
	guint64 nonce = 0;

	loa_time_ask_encode(G_GUINT64_CONSTANT(0xfedcba9876543210), packet);
	assert_true(loa_time_ask_decode(packet, LOA_TIME_PACKET_SIZE, &nonce, NULL));
	assert_true(nonce == G_GUINT64_CONSTANT(0xfedcba9876543210));
	for (gsize size = 0; size <= LOA_TIME_PACKET_SIZE + 1; size++)
		if (size != LOA_TIME_PACKET_SIZE)
			assert_false(loa_time_ask_decode(packet, size, &nonce, NULL));
	for (gsize i = 0; i < LOA_TIME_PACKET_SIZE; i++) {
		if (i >= 8 && i < 16)
			continue;
		packet[i] ^= 0x40;
		assert_false(loa_time_ask_decode(packet, LOA_TIME_PACKET_SIZE, &nonce, NULL));
		packet[i] ^= 0x40;
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_answer_reads_back_as_it_was_written, setup,
						teardown),
		cmocka_unit_test_setup_teardown(the_layout_is_the_documented_one, setup, teardown),
		cmocka_unit_test_setup_teardown(every_other_length_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(every_flipped_bit_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(a_signed_answer_that_left_before_it_came_is_refused,
						setup, teardown),
		cmocka_unit_test(a_question_is_padded_to_the_size_of_its_answer),
	};

	return cmocka_run_group_tests_name("wire/time-packet", tests, NULL, NULL);
}
