/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/packet.h"

#include <string.h>

#include "wire/envelope.h"
#include "wire/opus-frame.h"

#define VERSION 1
#define FLAG_END 0x01
#define FLAG_LIVE 0x02

#define VERSION_AT 4
#define FLAGS_AT 5
#define N_FRAMES_AT 6
#define RESERVED_AT 7
#define KEY_ID_AT 8
#define SEQUENCE_AT 16
#define RESERVED_2_AT 20
#define OFFSET_AT 24

static const guint8 magic[4] = { 'L', 'o', 'a', 'A' };

static guint64
read_be(const guint8 *at, gsize n_bytes)
{
	guint64 value = 0;

	for (gsize i = 0; i < n_bytes; i++)
		value = value << 8 | at[i];
	return value;
}

static void
write_be(guint8 *at, gsize n_bytes, guint64 value)
{
	for (gsize i = n_bytes; i > 0; i--, value >>= 8)
		at[i - 1] = (guint8)value;
}

static void
assert_within_limits(const LoaPacket *packet)
{
	g_assert(packet->n_frames <= LOA_PACKET_MAX_FRAMES);
	g_assert(packet->n_frames > 0 || packet->is_end);
	g_assert(packet->first_frame >= 0 &&
		 packet->first_frame <= LOA_PACKET_MAX_AIRING_FRAMES - packet->n_frames);
	for (guint i = 0; i < packet->n_frames; i++)
		g_assert(packet->frames[i].size >= 1 &&
			 packet->frames[i].size <= LOA_PACKET_MAX_FRAME_SIZE);
}

GBytes *
loa_packet_encode(const LoaPacket *packet, const char *topic, const LoaSigningKey *key)
{
	gsize size = LOA_PACKET_HEADER_SIZE;

	assert_within_limits(packet);
	for (guint i = 0; i < packet->n_frames; i++)
		size += 2 + packet->frames[i].size;

	guint8 *data = g_malloc0(size + LOA_SIGNATURE_SIZE);
	guint8 *at = data + LOA_PACKET_HEADER_SIZE;

	memcpy(data, magic, sizeof magic);
	data[VERSION_AT] = VERSION;
	data[FLAGS_AT] = (packet->is_end ? FLAG_END : 0) | (packet->is_live ? FLAG_LIVE : 0);
	data[N_FRAMES_AT] = (guint8)packet->n_frames;
	memcpy(data + KEY_ID_AT, loa_signing_key_id(key), LOA_KEY_ID_SIZE);
	write_be(data + SEQUENCE_AT, 4, packet->sequence);
	write_be(data + OFFSET_AT, 8, (guint64)packet->first_frame * LOA_FRAME_SAMPLES);
	for (guint i = 0; i < packet->n_frames; i++) {
		const LoaFrame *frame = &packet->frames[i];

		write_be(at, 2, frame->size);
		memcpy(at + 2, frame->data, frame->size);
		at += 2 + frame->size;
	}
	loa_signing_key_sign(key, LOA_TAG_AIR, topic, data, size, at);
	return g_bytes_new_take(data, size + LOA_SIGNATURE_SIZE);
}

static gboolean
refuse(GError **error, LoaWireError code, const char *message)
{
	g_set_error(error, LOA_WIRE_ERROR, (int)code, "packet: %s", message);
	return FALSE;
}

static gboolean
read_header(const guint8 *data, LoaPacket *packet, GError **error)
{
	if (memcmp(data, magic, sizeof magic) != 0)
		return refuse(error, LOA_WIRE_ERROR_SYNTAX, "does not begin with LoaA");
	if (data[VERSION_AT] != VERSION)
		return refuse(error, LOA_WIRE_ERROR_VERSION,
			      "a version other than 1; is this program too old?");

	guint8 flags = data[FLAGS_AT];
	guint64 offset = read_be(data + OFFSET_AT, 8);

	packet->is_end = (flags & FLAG_END) != 0;
	packet->is_live = (flags & FLAG_LIVE) != 0;
	packet->n_frames = data[N_FRAMES_AT];
	packet->sequence = (guint32)read_be(data + SEQUENCE_AT, 4);
	packet->first_frame = (gint64)(offset / LOA_FRAME_SAMPLES);

	if ((flags & ~(FLAG_END | FLAG_LIVE)) != 0 || data[RESERVED_AT] != 0 ||
	    read_be(data + RESERVED_2_AT, 4) != 0)
		return refuse(error, LOA_WIRE_ERROR_RANGE, "a reserved bit is set");
	if (packet->n_frames > LOA_PACKET_MAX_FRAMES)
		return refuse(error, LOA_WIRE_ERROR_RANGE, "more than 25 frames");
	if (packet->n_frames == 0 && !packet->is_end)
		return refuse(error, LOA_WIRE_ERROR_RANGE, "no frame, and not the end");
	if (offset % LOA_FRAME_SAMPLES != 0)
		return refuse(error, LOA_WIRE_ERROR_RANGE, "a sample offset between two frames");
	if (packet->first_frame + packet->n_frames > LOA_PACKET_MAX_AIRING_FRAMES)
		return refuse(error, LOA_WIRE_ERROR_RANGE, "beyond the longest airing");
	return TRUE;
}

/* @at .. @end: the frames with their lengths, nothing else. */
static gboolean
read_frames(const guint8 *at, const guint8 *end, LoaPacket *packet, GError **error)
{
	for (guint i = 0; i < packet->n_frames; i++) {
		if (end - at < 2)
			return refuse(error, LOA_WIRE_ERROR_LENGTH, "fewer frames than announced");

		gsize size = read_be(at, 2);

		at += 2;
		if (size < 1 || size > LOA_PACKET_MAX_FRAME_SIZE)
			return refuse(error, LOA_WIRE_ERROR_RANGE,
				      "a frame of 0 or above 1275 bytes");
		if ((gsize)(end - at) < size)
			return refuse(error, LOA_WIRE_ERROR_LENGTH,
				      "a frame longer than the packet");
		if (!loa_opus_frame_is_20_ms(at, size))
			return refuse(error, LOA_WIRE_ERROR_RANGE,
				      "a frame that is not 20 ms of Opus");
		packet->frames[i] = (LoaFrame){ .data = at, .size = size };
		at += size;
	}
	if (at != end)
		return refuse(error, LOA_WIRE_ERROR_LENGTH, "more bytes than the frames have");
	return TRUE;
}

gboolean
loa_packet_decode(const guint8 *data, gsize size, const char *topic, const LoaKeyRing *ring,
		  LoaPacket *packet, GError **error)
{
	LoaPacket found = { 0 };

	if (size < LOA_PACKET_HEADER_SIZE + LOA_SIGNATURE_SIZE || size > LOA_PACKET_MAX_SIZE)
		return refuse(error, LOA_WIRE_ERROR_LENGTH, "too short or too long");

	gsize n_signed = size - LOA_SIGNATURE_SIZE;

	if (!read_header(data, &found, error) ||
	    !read_frames(data + LOA_PACKET_HEADER_SIZE, data + n_signed, &found, error))
		return FALSE;
	if (!loa_key_ring_verify(ring, data + KEY_ID_AT, LOA_TAG_AIR, topic, data, n_signed,
				 data + n_signed, error)) {
		g_prefix_error(error, "packet: ");
		return FALSE;
	}
	*packet = found;
	return TRUE;
}
