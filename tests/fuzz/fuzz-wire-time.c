/* SPDX-License-Identifier: Apache-2.0 */
/* Anybody's datagram as a question or an answer about the time; and the same bytes signed by the
 * right key: what is taken then is written as it was read. */
#include <stdint.h>
#include <string.h>

#include "wire/time-packet.h"

#define SEED "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define TOPIC "loa/phuong-demo/time"
#define SIGNED_SIZE (LOA_TIME_PACKET_SIZE - LOA_SIGNATURE_SIZE)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(LoaSigningKey) key = loa_signing_key_new_from_seed(SEED);
	g_autoptr(LoaKeyRing) ring = loa_key_ring_new();
	g_autofree char *public = loa_signing_key_public_hex(key);
	guint8 packet[LOA_TIME_PACKET_SIZE], again[LOA_TIME_PACKET_SIZE];
	LoaTimeAnswer answer;
	guint64 nonce;

	g_assert_true(loa_key_ring_add(ring, public));
	if (loa_time_ask_decode(data, size, &nonce, NULL)) {
		loa_time_ask_encode(nonce, again);
		g_assert_cmpmem(again, sizeof again, data, size);
	}
	if (loa_time_answer_decode(data, size, TOPIC, ring, &answer, NULL))
		g_assert_cmpint(answer.sent_ns, >=, answer.received_ns);
	if (size < SIGNED_SIZE)
		return 0;

	memcpy(packet, data, SIGNED_SIZE);
	memcpy(packet + 8, loa_signing_key_id(key), LOA_KEY_ID_SIZE);
	loa_signing_key_sign(key, LOA_TAG_TIME, TOPIC, packet, SIGNED_SIZE, packet + SIGNED_SIZE);
	if (!loa_time_answer_decode(packet, sizeof packet, TOPIC, ring, &answer, NULL))
		return 0;
	loa_time_answer_encode(&answer, TOPIC, key, again);
	g_assert_cmpmem(again, sizeof again, packet, sizeof packet);
	return 0;
}
