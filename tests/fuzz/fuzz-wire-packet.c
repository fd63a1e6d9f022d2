/* SPDX-License-Identifier: Apache-2.0 */
/* Anybody's bytes as an audio packet; and the same bytes signed by the right key: what is taken
 * then must be within the limits, and be written as it was read. */
#include <stdint.h>
#include <string.h>

#include "wire/envelope.h"
#include "wire/packet.h"

#define SEED "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define TOPIC "loa/phuong-demo/air/ban-tin.20261121t170000"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(LoaSigningKey) key = loa_signing_key_new_from_seed(SEED);
	g_autoptr(LoaKeyRing) ring = loa_key_ring_new();
	g_autofree char *public = loa_signing_key_public_hex(key);
	g_autofree guint8 *copy = g_malloc(size + LOA_SIGNATURE_SIZE);
	LoaPacket packet;

	g_assert_true(loa_key_ring_add(ring, public));
	if (loa_packet_decode(data, size, TOPIC, ring, &packet, NULL))
		g_assert_true(packet.n_frames <= LOA_PACKET_MAX_FRAMES);
	if (size == 0)
		return 0;

	memcpy(copy, data, size);
	if (size >= LOA_PACKET_HEADER_SIZE)
		memcpy(copy + 8, loa_signing_key_id(key), LOA_KEY_ID_SIZE);
	loa_signing_key_sign(key, LOA_TAG_AIR, TOPIC, copy, size, copy + size);
	if (!loa_packet_decode(copy, size + LOA_SIGNATURE_SIZE, TOPIC, ring, &packet, NULL))
		return 0;

	g_autoptr(GBytes) again = loa_packet_encode(&packet, TOPIC, key);
	g_assert_cmpmem(g_bytes_get_data(again, NULL), g_bytes_get_size(again), copy,
			size + LOA_SIGNATURE_SIZE);
	return 0;
}
