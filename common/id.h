/* SPDX-License-Identifier: Apache-2.0 */
/*
 * common/id.h - the names that appear in topics, files and URLs.
 *
 * One alphabet for all of them, so that no name needs escaping anywhere: lower-case letters,
 * digits, '-' and '.', starting with a letter or digit. 1 to LOA_ID_MAX bytes. No MQTT wildcard,
 * no slash, no "..".
 */
#pragma once

#include <glib.h>

#define LOA_ID_MAX 64

gboolean loa_id_is_valid(const char *text);
/* For text that is not terminated. */
gboolean loa_id_is_valid_n(const char *text, gsize size);

/* 64 lower-case hexadecimal digits. */
gboolean loa_sha256_is_valid(const char *text);
