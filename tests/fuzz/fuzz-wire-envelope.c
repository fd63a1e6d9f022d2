/* SPDX-License-Identifier: Apache-2.0 */
/* Anybody's bytes as a message; and as a body, which must come back as it was. */
#include <stdint.h>

#include "wire/envelope.h"

#define SEED "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define TOPIC "loa/phuong-demo/plan/to-1"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(LoaSigningKey) key = loa_signing_key_new_from_seed(SEED);
	g_autoptr(LoaKeyRing) ring = loa_key_ring_new();
	g_autofree char *public = loa_signing_key_public_hex(key);
	g_autoptr(GBytes) bytes = g_bytes_new(data, size);
	g_autoptr(GError) error = NULL;

	g_assert_true(loa_key_ring_add(ring, public));
	g_autoptr(GBytes) body = loa_envelope_open(LOA_TAG_PLAN, TOPIC, bytes, ring, &error);
	g_assert_true((body == NULL) == (error != NULL));
	if (size == 0 || size > LOA_ENVELOPE_MAX_SIZE - LOA_ENVELOPE_HEADER_SIZE)
		return 0;

	g_autoptr(GBytes) message = loa_envelope_seal(LOA_TAG_PLAN, TOPIC, bytes, key);
	g_autoptr(GBytes) back = loa_envelope_open(LOA_TAG_PLAN, TOPIC, message, ring, NULL);
	g_assert_true(back != NULL && g_bytes_equal(back, bytes));
	return 0;
}
