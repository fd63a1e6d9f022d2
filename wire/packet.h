/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wire/packet.h - AIR: some Opus frames of one airing, signed.
 *
 * Topic loa/SITE/air/AIRING, QoS 0, tag "loa-air-1". Byte boxes: wire/PROTOCOL.md, section
 * "Audio packet". All numbers big-endian:
 *
 *      0  4  "LoaA"
 *      4  1  version, 1
 *      5  1  flags: bit 0 END (nothing follows: the airing's total length is first_frame +
 *            n_frames); bit 1 LIVE; the others 0
 *      6  1  n_frames, 1..25; 0 only together with END
 *      7  1  reserved, 0
 *      8  8  key id
 *     16  4  sequence, counts the airing's packets from 0; the same packet sent twice has the
 *            same number
 *     20  4  reserved, 0
 *     24  8  sample offset of the first frame on the airing's decoded timeline: a multiple of 960
 *     32     n_frames times: 2 bytes length (1..1275), then the Opus packet of 20 ms
 *    end-64  64  Ed25519 signature of everything before it
 *
 * Decoding allocates nothing. Thread: any.
 */
#pragma once

#include "wire/keys.h"
#include "wire/plan.h"
#include "wire/wire-error.h"

#define LOA_PACKET_HEADER_SIZE 32
#define LOA_PACKET_MAX_FRAMES 25
#define LOA_PACKET_MAX_FRAME_SIZE 1275
/* No frame of an airing has an index as high as this: the longest airing and its pre-skip. */
#define LOA_PACKET_MAX_AIRING_FRAMES                                                               \
	((LOA_AIRING_MAX_SAMPLES + LOA_PRE_SKIP_MAX + LOA_FRAME_SAMPLES - 1) / LOA_FRAME_SAMPLES)
#define LOA_PACKET_MAX_SIZE                                                                        \
	(LOA_PACKET_HEADER_SIZE + LOA_PACKET_MAX_FRAMES * (2 + LOA_PACKET_MAX_FRAME_SIZE) +        \
	 LOA_SIGNATURE_SIZE)

typedef struct {
	const guint8 *data; /* borrowed from the packet's bytes */
	gsize size;
} LoaFrame;

typedef struct {
	gboolean is_end;
	gboolean is_live;
	guint32 sequence;
	gint64 first_frame; /* index of the first frame: sample offset / 960 */
	guint n_frames;
	LoaFrame frames[LOA_PACKET_MAX_FRAMES];
} LoaPacket;

/* (transfer full): header, frames and signature. @packet must be within the limits. */
GBytes *loa_packet_encode(const LoaPacket *packet, const char *topic, const LoaSigningKey *key);

/**
 * loa_packet_decode:
 * @data: as received; @packet's frames point into it
 * @packet: (out caller-allocates): written only on success
 *
 * Proves shape, key and signature. Each frame is also checked to be one well-formed Opus packet
 * of exactly 20 ms as far as its bytes tell (TOC byte and frame count, RFC 6716 section 3).
 */
gboolean loa_packet_decode(const guint8 *data, gsize size, const char *topic,
			   const LoaKeyRing *ring, LoaPacket *packet,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;
