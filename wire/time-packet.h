/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wire/time-packet.h - TIME: "what is site time?", asked and answered over UDP.
 *
 * Byte boxes: wire/PROTOCOL.md, section "Time". All numbers big-endian; both packets have 112
 * bytes, so that the controller never answers with more than it was sent.
 *
 * ask:
 *      0  4  "LoaT"
 *      4  1  version, 1
 *      5  1  kind, 1
 *      6  2  0
 *      8  8  nonce
 *     16 96  0
 *
 * answer:
 *      0  4  "LoaT"
 *      4  1  version, 1
 *      5  1  kind, 2
 *      6  1  the controller's clock: 0 untrusted, 1 holdover, 2 synced
 *      7  1  0
 *      8  8  key id
 *     16  8  nonce, as asked
 *     24  8  t2: when the question came, ns of site time
 *     32  8  t3: when the answer left, ns of site time
 *     40  8  error bound of the controller's own clock, us
 *     48 64  Ed25519 signature of bytes 0..47, tag "loa-time-1", topic "loa/SITE/time"
 *
 * The nonce is random and used once: an answer cannot be prepared or played again, and a stranger
 * cannot sign one. What a stranger on the path can do is delay packets; the bound covers that up to
 * the shortest round trip. Thread: any.
 */
#pragma once

#include "common/clock.h"
#include "wire/keys.h"
#include "wire/wire-error.h"

#define LOA_TIME_PACKET_SIZE 112
#define LOA_TAG_TIME "loa-time-1"

typedef struct {
	guint64 nonce;
	gint64 received_ns; /* t2 */
	gint64 sent_ns;     /* t3 */
	LoaClockState state;
	gint64 bound_us; /* 0.. */
} LoaTimeAnswer;

/* Unpredictable, never 0. */
guint64 loa_time_nonce_new(void);

/* Writes LOA_TIME_PACKET_SIZE bytes. */
void loa_time_ask_encode(guint64 nonce, guint8 *packet);
gboolean loa_time_ask_decode(const guint8 *packet, gsize size, guint64 *nonce,
			     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* (transfer full): "loa/SITE/time", what the signature is bound to */
char *loa_time_topic(const char *site);

/* Writes LOA_TIME_PACKET_SIZE bytes. */
void loa_time_answer_encode(const LoaTimeAnswer *answer, const char *topic,
			    const LoaSigningKey *key, guint8 *packet);
/* Proves shape, key and signature; whether the nonce was asked for is the caller's to know. */
gboolean loa_time_answer_decode(const guint8 *packet, gsize size, const char *topic,
				const LoaKeyRing *ring, LoaTimeAnswer *answer,
				GError **error) G_GNUC_WARN_UNUSED_RESULT;
