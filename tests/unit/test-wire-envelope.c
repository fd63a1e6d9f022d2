/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/wire-sample.h"

#define TOPIC "loa/phuong-demo/node/loa-1/ack"

typedef struct {
	LoaSigningKey *key;
	LoaKeyRing *ring;
	char *text; /* a sealed ack */
	gsize size;
} Sealed;

static int
make_sealed(void **state)
{
	Sealed *sealed = g_new0(Sealed, 1);
	LoaAck ack = sample_ack();
	g_autoptr(GBytes) body = loa_ack_encode(&ack);

	sealed->key = loa_signing_key_new_from_seed(SAMPLE_CONTROLLER_SEED);
	sealed->ring = sample_ring(sealed->key);
	sealed->text = g_bytes_unref_to_data(
		loa_envelope_seal(LOA_TAG_ACK, TOPIC, body, sealed->key), &sealed->size);
	*state = sealed;
	return 0;
}

static int
free_sealed(void **state)
{
	Sealed *sealed = *state;

	loa_signing_key_free(sealed->key);
	loa_key_ring_free(sealed->ring);
	g_free(sealed->text);
	g_free(sealed);
	return 0;
}

/* Returns: the code, or -1 if it was opened. */
static int
open_code(const Sealed *sealed, const char *tag, const char *topic, const void *data, gsize size)
{
	g_autoptr(GBytes) message = g_bytes_new(data, size);
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) body = loa_envelope_open(tag, topic, message, sealed->ring, &error);

	if (body != NULL)
		return -1;
	assert_int_equal(error->domain, LOA_WIRE_ERROR);
	return error->code;
}

static void
a_message_is_opened_to_the_bytes_that_were_sealed(void **state)
{
	const Sealed *sealed = *state;
	g_autoptr(GBytes) message = g_bytes_new(sealed->text, sealed->size);
	g_autoptr(GBytes) body = loa_envelope_open(LOA_TAG_ACK, TOPIC, message, sealed->ring, NULL);
	LoaAck ack = sample_ack();
	g_autoptr(GBytes) want = loa_ack_encode(&ack);

	assert_non_null(body);
	assert_true(g_bytes_equal(body, want));
}

static void
another_tag_or_topic_or_key_is_refused(void **state)
{
	const Sealed *sealed = *state;

	assert_int_equal(open_code(sealed, LOA_TAG_PLAN, TOPIC, sealed->text, sealed->size),
			 LOA_WIRE_ERROR_SIGNATURE);
	assert_int_equal(open_code(sealed, LOA_TAG_ACK, "loa/phuong-demo/node/loa-2/ack",
				   sealed->text, sealed->size),
			 LOA_WIRE_ERROR_SIGNATURE);

	g_autoptr(LoaSigningKey) stranger = loa_signing_key_new_from_seed(SAMPLE_NODE_SEED);
	g_autoptr(GBytes) body = g_bytes_new_static("{}", 2);
	g_autoptr(GBytes) forged = loa_envelope_seal(LOA_TAG_ACK, TOPIC, body, stranger);
	gsize size;
	const void *data = g_bytes_get_data(forged, &size);

	assert_int_equal(open_code(sealed, LOA_TAG_ACK, TOPIC, data, size), LOA_WIRE_ERROR_KEY);
}

static void
a_flipped_bit_anywhere_is_refused(void **state)
{
	const Sealed *sealed = *state;
	g_autofree char *copy = g_memdup2(sealed->text, sealed->size);

	for (gsize i = 0; i < sealed->size; i++) {
		for (int bit = 0; bit < 8; bit++) {
			copy[i] ^= (char)(1 << bit);
			if (open_code(sealed, LOA_TAG_ACK, TOPIC, copy, sealed->size) == -1)
				fail_msg("opened with bit %d of byte %zu flipped", bit, i);
			copy[i] ^= (char)(1 << bit);
		}
	}
	assert_int_equal(open_code(sealed, LOA_TAG_ACK, TOPIC, copy, sealed->size), -1);
}

static void
every_shorter_and_longer_message_is_refused(void **state)
{
	const Sealed *sealed = *state;
	g_autofree char *longer = g_strconcat(sealed->text, " ", NULL);

	for (gsize size = 0; size < sealed->size; size++)
		assert_int_equal(open_code(sealed, LOA_TAG_ACK, TOPIC, sealed->text, size),
				 size <= LOA_ENVELOPE_HEADER_SIZE ? LOA_WIRE_ERROR_LENGTH
								  : LOA_WIRE_ERROR_SIGNATURE);
	assert_int_equal(open_code(sealed, LOA_TAG_ACK, TOPIC, longer, sealed->size + 1),
			 LOA_WIRE_ERROR_SIGNATURE);
}

static void
ten_megabytes_are_refused_by_their_length(void **state)
{
	const Sealed *sealed = *state;
	gsize size = 10 * 1000 * 1000;
	g_autofree char *text = g_strnfill(size, '[');

	assert_int_equal(open_code(sealed, LOA_TAG_ACK, TOPIC, text, size), LOA_WIRE_ERROR_LENGTH);
	assert_int_equal(open_code(sealed, LOA_TAG_ACK, TOPIC, text, LOA_ENVELOPE_MAX_SIZE + 1),
			 LOA_WIRE_ERROR_LENGTH);
	assert_int_equal(open_code(sealed, LOA_TAG_ACK, TOPIC, text, LOA_ENVELOPE_MAX_SIZE),
			 LOA_WIRE_ERROR_SYNTAX);
}

static void
the_largest_body_is_carried(void **state)
{
	const Sealed *sealed = *state;
	gsize size = LOA_ENVELOPE_MAX_SIZE - LOA_ENVELOPE_HEADER_SIZE;
	g_autoptr(GBytes) body = g_bytes_new_take(g_strnfill(size, ' '), size);
	g_autoptr(GBytes) message = loa_envelope_seal(LOA_TAG_ACK, TOPIC, body, sealed->key);
	g_autoptr(GBytes) opened =
		loa_envelope_open(LOA_TAG_ACK, TOPIC, message, sealed->ring, NULL);

	assert_non_null(opened);
	assert_true(g_bytes_equal(opened, body));
}

static void
each_bad_byte_of_the_header_has_its_code(void **state)
{
	const Sealed *sealed = *state;
	static const struct {
		const char *name;
		gsize offset;
		char value;
		LoaWireError want;
	} cases[] = {
		{ "no magic", 0, 'L', LOA_WIRE_ERROR_SYNTAX },
		{ "JSON without an envelope", 0, '{', LOA_WIRE_ERROR_SYNTAX },
		{ "another version", 3, '2', LOA_WIRE_ERROR_VERSION },
		{ "a longer version", 4, '0', LOA_WIRE_ERROR_VERSION },
		{ "key id in capitals", 6, 'D', LOA_WIRE_ERROR_SYNTAX },
		{ "key id not hexadecimal", 5, 'g', LOA_WIRE_ERROR_SYNTAX },
		{ "an unknown key", 5, 'a', LOA_WIRE_ERROR_KEY },
		{ "no blank before the signature", 21, '\t', LOA_WIRE_ERROR_SYNTAX },
		{ "padding", 107, '=', LOA_WIRE_ERROR_SYNTAX },
		{ "the other base64 alphabet", 22, '+', LOA_WIRE_ERROR_SYNTAX },
		{ "stray bits in the last digit", 107, 'h', LOA_WIRE_ERROR_SYNTAX },
		{ "another signature", 22, 'A', LOA_WIRE_ERROR_SIGNATURE },
		{ "no end of line", 108, ' ', LOA_WIRE_ERROR_SYNTAX },
		{ "another body", 109, '[', LOA_WIRE_ERROR_SIGNATURE },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *copy = g_memdup2(sealed->text, sealed->size);

		assert_int_not_equal(copy[cases[i].offset], cases[i].value);
		copy[cases[i].offset] = cases[i].value;

		int code = open_code(sealed, LOA_TAG_ACK, TOPIC, copy, sealed->size);

		if (code != (int)cases[i].want)
			fail_msg("%s: code %d", cases[i].name, code);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_message_is_opened_to_the_bytes_that_were_sealed),
		cmocka_unit_test(another_tag_or_topic_or_key_is_refused),
		cmocka_unit_test(a_flipped_bit_anywhere_is_refused),
		cmocka_unit_test(every_shorter_and_longer_message_is_refused),
		cmocka_unit_test(ten_megabytes_are_refused_by_their_length),
		cmocka_unit_test(the_largest_body_is_carried),
		cmocka_unit_test(each_bad_byte_of_the_header_has_its_code),
	};

	return cmocka_run_group_tests_name("wire/envelope", tests, make_sealed, free_sealed);
}
