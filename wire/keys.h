/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wire/keys.h - Ed25519 keys (libsodium) and the ring of those one believes.
 *
 * A key id is the first 8 bytes of the BLAKE2b-256 hash of the public key, written as 16
 * hexadecimal digits; in binary packets the 8 bytes themselves. Text form of a public key and of
 * a secret seed: 64 hexadecimal digits.
 */
#pragma once

#include <gio/gio.h>

#define LOA_KEY_ID_SIZE 8
#define LOA_KEY_PUBLIC_SIZE 32
#define LOA_SIGNATURE_SIZE 64

typedef struct LoaSigningKey LoaSigningKey;

/* A fresh random key. */
LoaSigningKey *loa_signing_key_new(void);
/* From a 64-digit hexadecimal seed; %NULL if it is not one. */
LoaSigningKey *loa_signing_key_new_from_seed(const char *seed_hex);

/**
 * loa_signing_key_load_or_create:
 * @path: one line, the seed in hexadecimal; made with mode 0600 if there is none
 *
 * A file that others may read (mode & 077) is refused: the message says `chmod 600`.
 *
 * Returns: (transfer full): or %NULL with @error (domain %G_FILE_ERROR or %LOA_WIRE_ERROR)
 */
LoaSigningKey *loa_signing_key_load_or_create(const char *path,
					      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* (transfer full): 64 digits each */
char *loa_signing_key_seed_hex(const LoaSigningKey *self);
char *loa_signing_key_public_hex(const LoaSigningKey *self);
/* (transfer none): 16 digits */
const char *loa_signing_key_id_hex(const LoaSigningKey *self);
const guint8 *loa_signing_key_id(const LoaSigningKey *self);

/* Signs tag NUL topic NUL bytes. @signature has LOA_SIGNATURE_SIZE bytes. Cannot fail. */
void loa_signing_key_sign(const LoaSigningKey *self, const char *tag, const char *topic,
			  const void *data, gsize size, guint8 *signature);

void loa_signing_key_free(LoaSigningKey *self); /* wipes the secret */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaSigningKey, loa_signing_key_free)

/* The public keys a receiver believes. Several, so that a key can be rotated. */
typedef struct LoaKeyRing LoaKeyRing;

LoaKeyRing *loa_key_ring_new(void);
/* %FALSE if @public_hex is not 64 hexadecimal digits of a valid point. */
gboolean loa_key_ring_add(LoaKeyRing *self, const char *public_hex) G_GNUC_WARN_UNUSED_RESULT;
guint loa_key_ring_size(const LoaKeyRing *self);

/**
 * loa_key_ring_verify:
 * @key_id: LOA_KEY_ID_SIZE bytes
 * @signature: LOA_SIGNATURE_SIZE bytes
 *
 * Returns: %TRUE if the key is in the ring and signed exactly this tag, topic and bytes;
 * else %FALSE with LOA_WIRE_ERROR_KEY or LOA_WIRE_ERROR_SIGNATURE
 */
gboolean loa_key_ring_verify(const LoaKeyRing *self, const guint8 *key_id, const char *tag,
			     const char *topic, const void *data, gsize size,
			     const guint8 *signature, GError **error) G_GNUC_WARN_UNUSED_RESULT;

void loa_key_ring_free(LoaKeyRing *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaKeyRing, loa_key_ring_free)
