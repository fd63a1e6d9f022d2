/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wire/envelope.h - a signed JSON message: one header line, then the JSON as it was signed.
 *
 *     loa1 <key id, 16 hex> <signature, 86 base64url without padding>\n
 *     {"v":1, ...}
 *
 * The signature covers the tag, the topic and the JSON bytes just as they stand: nothing is
 * re-serialised, so no canonical form is needed, and any MQTT tool shows the message readably.
 * Layout: wire/PROTOCOL.md, section "Envelope". Pure. Thread: any.
 */
#pragma once

#include "wire/keys.h"
#include "wire/wire-error.h"

#define LOA_ENVELOPE_HEADER_SIZE 109
#define LOA_ENVELOPE_MAX_SIZE (4 * 1024 * 1024) /* header and body */

/* Domain tags: a signature made for one kind of message never fits another. */
#define LOA_TAG_PLAN "loa-plan-1"
#define LOA_TAG_ACK "loa-ack-1"
#define LOA_TAG_STATE "loa-state-1"
#define LOA_TAG_REPORT "loa-report-1"
#define LOA_TAG_AIR "loa-air-1"
#define LOA_TAG_WATCH "loa-watch-1"

/* (transfer full): header and @body as one message */
GBytes *loa_envelope_seal(const char *tag, const char *topic, GBytes *body,
			  const LoaSigningKey *key);

/**
 * loa_envelope_open:
 * @message: as received from anybody
 *
 * Returns: (transfer full): the body, a slice of @message, once size, shape, key and signature
 * are proven; else %NULL with @error (domain %LOA_WIRE_ERROR)
 */
GBytes *loa_envelope_open(const char *tag, const char *topic, GBytes *message,
			  const LoaKeyRing *ring, GError **error) G_GNUC_WARN_UNUSED_RESULT;
