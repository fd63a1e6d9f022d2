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

/* Where @text (nullable) stands among @texts, of which some may be NULL; %FALSE: nowhere. An enum's
 * names are such a table, and their place is its value. */
gboolean loa_text_find(const char *const *texts, gsize n_texts, const char *text,
		       guint *index) G_GNUC_WARN_UNUSED_RESULT;

/**
 * loa_text_line_with:
 *
 * Returns: the number, from 1, of the first line of @text that begins with @word, blanks and tabs
 *   before it not counted; 0 if none does
 */
guint loa_text_line_with(const char *text, const char *word);

/* libconfig 1.5 follows @include before anybody can look: a folder or a device named there ends
 * the program without a word, or hangs it. So configurations of the daemons have none. */
#define LOA_TEXT_NO_INCLUDE "no @include here: write everything into this file"
