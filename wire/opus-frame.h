/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wire/opus-frame.h - how long an Opus packet lasts, by its first bytes (RFC 6716, section 3).
 * Thread: any.
 */
#pragma once

#include <glib.h>

/* %TRUE for one well-formed Opus packet that lasts exactly 20 ms: its frames fill it exactly
 * (rules R1 to R7 of section 3.4). Whether the bits of a frame make sense, the decoder knows. */
gboolean loa_opus_frame_is_20_ms(const guint8 *data, gsize size);
