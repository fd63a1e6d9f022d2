/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/keys.h"

#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>

#include "common/file.h"
#include "wire/packet.h"

#define SEED_HEX_SIZE (2 * crypto_sign_SEEDBYTES)

/* What is signed is joined on the stack where it fits: every audio packet does. */
#define JOIN_STACK_SIZE (33 * 1024)
#define JOIN_TOPIC_ROOM 256
G_STATIC_ASSERT(LOA_PACKET_MAX_SIZE + JOIN_TOPIC_ROOM <= JOIN_STACK_SIZE);
G_STATIC_ASSERT(crypto_sign_BYTES == LOA_SIGNATURE_SIZE);
G_STATIC_ASSERT(crypto_sign_PUBLICKEYBYTES == LOA_KEY_PUBLIC_SIZE);

struct LoaSigningKey {
	guint8 seed[crypto_sign_SEEDBYTES];
	guint8 secret[crypto_sign_SECRETKEYBYTES];
	guint8 public[LOA_KEY_PUBLIC_SIZE];
	guint8 id[LOA_KEY_ID_SIZE];
	char id_hex[2 * LOA_KEY_ID_SIZE + 1];
};

typedef struct {
	guint8 public[LOA_KEY_PUBLIC_SIZE];
	guint8 id[LOA_KEY_ID_SIZE];
} RingKey;

struct LoaKeyRing {
	GArray *keys; /* RingKey */
};

static void
start_sodium(void)
{
	if (sodium_init() < 0)
		g_error("libsodium does not start: this machine has no source of random numbers");
}

static void
derive_id(const guint8 *public_key, guint8 *id)
{
	guint8 hash[crypto_generichash_BYTES]; /* 32: BLAKE2b-256 */

	crypto_generichash(hash, sizeof hash, public_key, LOA_KEY_PUBLIC_SIZE, NULL, 0);
	memcpy(id, hash, LOA_KEY_ID_SIZE);
}

/* Exactly @size bytes from twice as many digits, and nothing else. */
static gboolean
parse_hex(const char *hex, gsize n_digits, guint8 *bytes, gsize size)
{
	gsize n_bytes = 0;

	if (n_digits != 2 * size)
		return FALSE;
	return sodium_hex2bin(bytes, size, hex, n_digits, NULL, &n_bytes, NULL) == 0 &&
	       n_bytes == size;
}

static LoaSigningKey *
key_from_seed(const guint8 *seed)
{
	LoaSigningKey *self = g_new0(LoaSigningKey, 1);

	memcpy(self->seed, seed, sizeof self->seed);
	crypto_sign_seed_keypair(self->public, self->secret, seed);
	derive_id(self->public, self->id);
	sodium_bin2hex(self->id_hex, sizeof self->id_hex, self->id, sizeof self->id);
	return self;
}

static LoaSigningKey *
key_from_hex(const char *hex, gsize n_digits)
{
	guint8 seed[crypto_sign_SEEDBYTES];
	LoaSigningKey *self = NULL;

	start_sodium();
	if (parse_hex(hex, n_digits, seed, sizeof seed))
		self = key_from_seed(seed);
	sodium_memzero(seed, sizeof seed);
	return self;
}

LoaSigningKey *
loa_signing_key_new(void)
{
	guint8 seed[crypto_sign_SEEDBYTES];

	start_sodium();
	randombytes_buf(seed, sizeof seed);
	LoaSigningKey *self = key_from_seed(seed);
	sodium_memzero(seed, sizeof seed);
	return self;
}

LoaSigningKey *
loa_signing_key_new_from_seed(const char *seed_hex)
{
	return seed_hex != NULL ? key_from_hex(seed_hex, strlen(seed_hex)) : NULL;
}

static LoaSigningKey *
load_key(const char *path, GError **error)
{
	/* room for one digit too many and the end of the line: longer files are refused below */
	GBytes *bytes = loa_file_read(path, 4096, error);
	gsize size = 0;

	if (bytes == NULL)
		return NULL;

	char *text = g_bytes_unref_to_data(bytes, &size);
	gsize n_digits = size == SEED_HEX_SIZE + 1 && text[size - 1] == '\n' ? size - 1 : size;
	LoaSigningKey *self = key_from_hex(text, n_digits);

	sodium_memzero(text, size);
	g_free(text);
	if (self == NULL)
		g_set_error(error, LOA_WIRE_ERROR, LOA_WIRE_ERROR_SYNTAX,
			    "%s: not a key (one line of %d hexadecimal digits); put the right file "
			    "back from a backup, for receivers believe no other key",
			    path, (int)SEED_HEX_SIZE);
	return self;
}

static LoaSigningKey *
create_key(const char *path, GError **error)
{
	g_autoptr(LoaSigningKey) self = loa_signing_key_new();
	char line[SEED_HEX_SIZE + 1];

	sodium_bin2hex(line, sizeof line, self->seed, sizeof self->seed);
	line[SEED_HEX_SIZE] = '\n';

	g_autoptr(GBytes) bytes = g_bytes_new_static(line, sizeof line);
	gboolean ok = loa_file_create(path, bytes, 0600, error);

	sodium_memzero(line, sizeof line);
	return ok ? g_steal_pointer(&self) : NULL;
}

LoaSigningKey *
loa_signing_key_load_or_create(const char *path, GError **error)
{
	GStatBuf st;

	if (g_stat(path, &st) != 0) {
		g_autoptr(GError) create_error = NULL;
		LoaSigningKey *self = create_key(path, &create_error);

		/* somebody else was quicker: theirs is the key */
		if (self == NULL &&
		    g_error_matches(create_error, G_FILE_ERROR, G_FILE_ERROR_EXIST) &&
		    g_stat(path, &st) == 0)
			return load_key(path, error);
		if (self == NULL)
			g_propagate_error(error, g_steal_pointer(&create_error));
		return self;
	}
	if (S_ISREG(st.st_mode) && (st.st_mode & 077) != 0) {
		g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_PERM,
			    "%s: others may read this secret key (mode %04o); run: chmod 600 %s",
			    path, st.st_mode & 07777u, path);
		return NULL;
	}
	return load_key(path, error);
}

char *
loa_signing_key_seed_hex(const LoaSigningKey *self)
{
	char *hex = g_malloc(SEED_HEX_SIZE + 1);

	return sodium_bin2hex(hex, SEED_HEX_SIZE + 1, self->seed, sizeof self->seed);
}

char *
loa_signing_key_public_hex(const LoaSigningKey *self)
{
	gsize size = 2 * sizeof self->public + 1;

	return sodium_bin2hex(g_malloc(size), size, self->public, sizeof self->public);
}

const char *
loa_signing_key_id_hex(const LoaSigningKey *self)
{
	return self->id_hex;
}

const guint8 *
loa_signing_key_id(const LoaSigningKey *self)
{
	return self->id;
}

static gsize
joined_size(const char *tag, const char *topic, gsize size)
{
	return strlen(tag) + 1 + strlen(topic) + 1 + size;
}

/* tag NUL topic NUL bytes: neither tag nor topic can hold a NUL, so no two triples join alike. */
static void
join(guint8 *out, const char *tag, const char *topic, const void *data, gsize size)
{
	gsize n_tag = strlen(tag) + 1, n_topic = strlen(topic) + 1;

	memcpy(out, tag, n_tag);
	memcpy(out + n_tag, topic, n_topic);
	if (size > 0)
		memcpy(out + n_tag + n_topic, data, size);
}

void
loa_signing_key_sign(const LoaSigningKey *self, const char *tag, const char *topic,
		     const void *data, gsize size, guint8 *signature)
{
	guint8 on_stack[JOIN_STACK_SIZE];
	gsize n = joined_size(tag, topic, size);
	g_autofree guint8 *on_heap = n > sizeof on_stack ? g_malloc(n) : NULL;
	guint8 *joined = on_heap != NULL ? on_heap : on_stack;

	join(joined, tag, topic, data, size);
	crypto_sign_detached(signature, NULL, joined, n, self->secret);
}

void
loa_signing_key_free(LoaSigningKey *self)
{
	if (self == NULL)
		return;
	sodium_memzero(self, sizeof *self);
	g_free(self);
}

LoaKeyRing *
loa_key_ring_new(void)
{
	LoaKeyRing *self = g_new0(LoaKeyRing, 1);

	start_sodium();
	self->keys = g_array_new(FALSE, FALSE, sizeof(RingKey));
	return self;
}

gboolean
loa_key_ring_add(LoaKeyRing *self, const char *public_hex)
{
	RingKey key;

	if (public_hex == NULL ||
	    !parse_hex(public_hex, strlen(public_hex), key.public, sizeof key.public) ||
	    !crypto_core_ed25519_is_valid_point(key.public))
		return FALSE;
	for (guint i = 0; i < self->keys->len; i++) {
		const RingKey *old = &g_array_index(self->keys, RingKey, i);

		if (memcmp(old->public, key.public, sizeof key.public) == 0)
			return TRUE;
	}
	derive_id(key.public, key.id);
	g_array_append_val(self->keys, key);
	return TRUE;
}

guint
loa_key_ring_size(const LoaKeyRing *self)
{
	return self->keys->len;
}

/* The next key with that id from @from on; ids are short, so two keys may share one. */
static const RingKey *
find_key(const LoaKeyRing *self, const guint8 *key_id, guint *from)
{
	for (guint i = *from; i < self->keys->len; i++) {
		const RingKey *key = &g_array_index(self->keys, RingKey, i);

		if (memcmp(key->id, key_id, sizeof key->id) != 0)
			continue;
		*from = i + 1;
		return key;
	}
	return NULL;
}

gboolean
loa_key_ring_verify(const LoaKeyRing *self, const guint8 *key_id, const char *tag,
		    const char *topic, const void *data, gsize size, const guint8 *signature,
		    GError **error)
{
	guint next = 0;
	const RingKey *key = find_key(self, key_id, &next);

	/* before anything is copied or computed: strangers are to cost nothing */
	if (key == NULL) {
		char hex[2 * LOA_KEY_ID_SIZE + 1];

		sodium_bin2hex(hex, sizeof hex, key_id, LOA_KEY_ID_SIZE);
		g_set_error(error, LOA_WIRE_ERROR, LOA_WIRE_ERROR_KEY,
			    "signed by key %s, which is not believed here", hex);
		return FALSE;
	}

	guint8 on_stack[JOIN_STACK_SIZE];
	gsize n = joined_size(tag, topic, size);
	g_autofree guint8 *on_heap = n > sizeof on_stack ? g_malloc(n) : NULL;
	guint8 *joined = on_heap != NULL ? on_heap : on_stack;

	join(joined, tag, topic, data, size);
	for (; key != NULL; key = find_key(self, key_id, &next)) {
		if (crypto_sign_verify_detached(signature, joined, n, key->public) == 0)
			return TRUE;
	}
	g_set_error(error, LOA_WIRE_ERROR, LOA_WIRE_ERROR_SIGNATURE,
		    "the signature does not fit: bytes, topic or kind of message were changed");
	return FALSE;
}

void
loa_key_ring_free(LoaKeyRing *self)
{
	if (self == NULL)
		return;
	g_array_unref(self->keys);
	g_free(self);
}
