/* SPDX-License-Identifier: Apache-2.0 */
/*
 * common/text.h - text that may be shown and stored: valid UTF-8 without control characters.
 * Thread: any.
 */
#pragma once

#include <glib.h>

/* No byte that is not UTF-8, no control character (C0, DEL, C1). */
gboolean loa_text_is_printable(const char *text);

/**
 * loa_text_printable:
 * @text: (nullable): any bytes, from a peer or a library
 * @max_bytes: the result is cut before the character that would exceed it
 *
 * Returns: (transfer full): a control character becomes a blank, a byte that is not UTF-8 a '?'
 */
char *loa_text_printable(const char *text, gsize max_bytes);
