/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/time-packet.h"

#include <sodium.h>
#include <string.h>

#define KIND_ASK 1
#define KIND_ANSWER 2
#define VERSION 1
#define SIGNED_SIZE 48 /* of an answer */
#define MAX_BOUND_US (G_GINT64_CONSTANT(86400) * 1000000)

static const guint8 magic[4] = { 'L', 'o', 'a', 'T' };

static void
put_be64(guint8 *at, guint64 value)
{
	guint64 be = GUINT64_TO_BE(value);

	memcpy(at, &be, sizeof be);
}

static guint64
get_be64(const guint8 *at)
{
	guint64 be;

	memcpy(&be, at, sizeof be);
	return GUINT64_FROM_BE(be);
}

static gboolean
refuse(GError **error, LoaWireError code, const char *why)
{
	g_set_error(error, LOA_WIRE_ERROR, (int)code, "time: %s", why);
	return FALSE;
}

static gboolean
check_start(const guint8 *packet, gsize size, guint8 kind, GError **error)
{
	if (size != LOA_TIME_PACKET_SIZE)
		return refuse(error, LOA_WIRE_ERROR_LENGTH, "not 112 bytes");
	if (memcmp(packet, magic, sizeof magic) != 0)
		return refuse(error, LOA_WIRE_ERROR_SYNTAX, "does not begin with LoaT");
	if (packet[4] != VERSION)
		return refuse(error, LOA_WIRE_ERROR_VERSION, "not version 1");
	if (packet[5] != kind)
		return refuse(error, LOA_WIRE_ERROR_RANGE, "not of the kind expected here");
	return TRUE;
}

guint64
loa_time_nonce_new(void)
{
	guint64 nonce = 0;

	while (nonce == 0)
		randombytes_buf(&nonce, sizeof nonce);
	return nonce;
}

void
loa_time_ask_encode(guint64 nonce, guint8 *packet)
{
	memset(packet, 0, LOA_TIME_PACKET_SIZE);
	memcpy(packet, magic, sizeof magic);
	packet[4] = VERSION;
	packet[5] = KIND_ASK;
	put_be64(packet + 8, nonce);
}

gboolean
loa_time_ask_decode(const guint8 *packet, gsize size, guint64 *nonce, GError **error)
{
	if (!check_start(packet, size, KIND_ASK, error))
		return FALSE;
	if (packet[6] != 0 || packet[7] != 0)
		return refuse(error, LOA_WIRE_ERROR_RANGE, "reserved bytes are not 0");
	for (gsize i = 16; i < LOA_TIME_PACKET_SIZE; i++)
		if (packet[i] != 0)
			return refuse(error, LOA_WIRE_ERROR_RANGE, "padding is not 0");
	*nonce = get_be64(packet + 8);
	return TRUE;
}

char *
loa_time_topic(const char *site)
{
	return g_strdup_printf("loa/%s/time", site);
}

void
loa_time_answer_encode(const LoaTimeAnswer *answer, const char *topic, const LoaSigningKey *key,
		       guint8 *packet)
{
	memcpy(packet, magic, sizeof magic);
	packet[4] = VERSION;
	packet[5] = KIND_ANSWER;
	packet[6] = (guint8)answer->state;
	packet[7] = 0;
	memcpy(packet + 8, loa_signing_key_id(key), LOA_KEY_ID_SIZE);
	put_be64(packet + 16, answer->nonce);
	put_be64(packet + 24, (guint64)answer->received_ns);
	put_be64(packet + 32, (guint64)answer->sent_ns);
	put_be64(packet + 40, (guint64)CLAMP(answer->bound_us, 0, MAX_BOUND_US));
	loa_signing_key_sign(key, LOA_TAG_TIME, topic, packet, SIGNED_SIZE, packet + SIGNED_SIZE);
}

gboolean
loa_time_answer_decode(const guint8 *packet, gsize size, const char *topic, const LoaKeyRing *ring,
		       LoaTimeAnswer *answer, GError **error)
{
	if (!check_start(packet, size, KIND_ANSWER, error))
		return FALSE;
	if (!loa_key_ring_verify(ring, packet + 8, LOA_TAG_TIME, topic, packet, SIGNED_SIZE,
				 packet + SIGNED_SIZE, error))
		return FALSE;

	gint64 received_ns = (gint64)get_be64(packet + 24);
	gint64 sent_ns = (gint64)get_be64(packet + 32);
	gint64 bound_us = (gint64)get_be64(packet + 40);

	if (packet[6] > LOA_CLOCK_SYNCED || packet[7] != 0)
		return refuse(error, LOA_WIRE_ERROR_RANGE, "clock state or reserved byte");
	if (received_ns < 0 || sent_ns < received_ns)
		return refuse(error, LOA_WIRE_ERROR_RANGE, "left before it came");
	if (bound_us < 0 || bound_us > MAX_BOUND_US)
		return refuse(error, LOA_WIRE_ERROR_RANGE, "error bound");
	*answer = (LoaTimeAnswer){
		.nonce = get_be64(packet + 16),
		.received_ns = received_ns,
		.sent_ns = sent_ns,
		.state = (LoaClockState)packet[6],
		.bound_us = bound_us,
	};
	return TRUE;
}
