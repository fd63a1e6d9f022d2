/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/access/password.h - passwords: which are good enough, and their Argon2id hashes.
 *
 * A password is any printable Unicode in NFC: "ngày mưa bão" typed on a telephone and on a PC are
 * the same. Hashes are those of libsodium's crypto_pwhash_str(): they carry their own salt and
 * cost, so that the configured cost can change at any time. Thread: any; hashing takes tens of
 * milliseconds and the memory that is configured: see password-desk.h.
 */
#pragma once

#include <glib.h>

#define LOA_PASSWORD_ERROR (loa_password_error_quark())
GQuark loa_password_error_quark(void);

typedef enum {
	LOA_PASSWORD_ERROR_WEAK,   /* the sentence says what a better one has */
	LOA_PASSWORD_ERROR_MEMORY, /* not enough of it for one hash */
	LOA_PASSWORD_ERROR_BUSY,   /* too many wait for a hash (password-desk.h) */
} LoaPasswordError;

#define LOA_PASSWORD_MIN_CHARS 10
#define LOA_PASSWORD_MAX_BYTES 512
#define LOA_PASSWORD_MIN_MEMORY_MIB 8
#define LOA_PASSWORD_MAX_MEMORY_MIB 1024
#define LOA_PASSWORD_DEFAULT_MEMORY_MIB 64 /* libsodium's "interactive" */

/* (transfer full) (nullable): @text in NFC; %NULL where it cannot be anybody's password: too long,
 * not UTF-8, with control characters. */
char *loa_password_normalise(const char *text);

/* Is @password, normalised, good enough for @user? */
gboolean loa_password_check(const char *password, const char *user,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* (transfer full) (nullable): the hash of @password, normalised. Slow. */
char *loa_password_hash(const char *password, guint memory_mib,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Slow, and equally so for every password. */
gboolean loa_password_matches(const char *hash, const char *password) G_GNUC_WARN_UNUSED_RESULT;

/* (transfer full): one that can be read out over the telephone: 16 letters and digits without
 * those that look alike, in groups of four; 80 bits. */
char *loa_password_generate(void);

/* (transfer full): @n_bytes from the system's generator, in hexadecimal: for session tokens. */
char *loa_password_random_hex(gsize n_bytes);

/* Overwrites and frees. */
void loa_password_wipe(char *text);
