/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/envelope.h"

#include <sodium.h>
#include <string.h>

/* loa1 <key id> <signature>\n */
#define KEY_ID_AT 5
#define SIGNATURE_AT (KEY_ID_AT + 2 * LOA_KEY_ID_SIZE + 1)
#define SIGNATURE_CHARS 86
#define NEWLINE_AT (SIGNATURE_AT + SIGNATURE_CHARS)

G_STATIC_ASSERT(NEWLINE_AT + 1 == LOA_ENVELOPE_HEADER_SIZE);

GBytes *
loa_envelope_seal(const char *tag, const char *topic, GBytes *body, const LoaSigningKey *key)
{
	gsize size = 0;
	const char *data = g_bytes_get_data(body, &size);
	guint8 signature[LOA_SIGNATURE_SIZE];
	char text[SIGNATURE_CHARS + 1];

	g_assert(size > 0 && size <= LOA_ENVELOPE_MAX_SIZE - LOA_ENVELOPE_HEADER_SIZE);
	loa_signing_key_sign(key, tag, topic, data, size, signature);
	sodium_bin2base64(text, sizeof text, signature, sizeof signature,
			  sodium_base64_VARIANT_URLSAFE_NO_PADDING);

	GString *message = g_string_sized_new(LOA_ENVELOPE_HEADER_SIZE + size);

	g_string_append_printf(message, "loa1 %s %s\n", loa_signing_key_id_hex(key), text);
	g_string_append_len(message, data, (gssize)size);
	return g_string_free_to_bytes(message);
}

static gboolean
refuse(GError **error, LoaWireError code, const char *message)
{
	g_set_error_literal(error, LOA_WIRE_ERROR, (int)code, message);
	return FALSE;
}

static gboolean
is_lower_hex(const char *at, gsize n)
{
	for (gsize i = 0; i < n; i++) {
		if (!g_ascii_isdigit(at[i]) && !(at[i] >= 'a' && at[i] <= 'f'))
			return FALSE;
	}
	return TRUE;
}

/* libsodium's decoder takes some bytes above 0x7f for letters. */
static gboolean
is_base64url(const char *at, gsize n)
{
	for (gsize i = 0; i < n; i++) {
		if (!g_ascii_isalnum(at[i]) && at[i] != '-' && at[i] != '_')
			return FALSE;
	}
	return TRUE;
}

/* One message has one spelling: lower-case digits, no padding, no stray bits at the end. */
static gboolean
read_header(const char *at, guint8 *key_id, guint8 *signature, GError **error)
{
	gsize n_bytes = 0;

	if (memcmp(at, "loa", 3) != 0)
		return refuse(error, LOA_WIRE_ERROR_SYNTAX, "envelope: does not begin with loa1");
	if (at[3] != '1' || at[4] != ' ')
		return refuse(error, LOA_WIRE_ERROR_VERSION,
			      "envelope: a version other than loa1; is this program too old?");
	if (!is_lower_hex(at + KEY_ID_AT, SIGNATURE_AT - 1 - KEY_ID_AT) ||
	    !is_base64url(at + SIGNATURE_AT, SIGNATURE_CHARS) || at[SIGNATURE_AT - 1] != ' ' ||
	    at[NEWLINE_AT] != '\n' ||
	    sodium_hex2bin(key_id, LOA_KEY_ID_SIZE, at + KEY_ID_AT, 2 * LOA_KEY_ID_SIZE, NULL,
			   &n_bytes, NULL) != 0 ||
	    n_bytes != LOA_KEY_ID_SIZE ||
	    sodium_base642bin(signature, LOA_SIGNATURE_SIZE, at + SIGNATURE_AT, SIGNATURE_CHARS,
			      NULL, &n_bytes, NULL,
			      sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
	    n_bytes != LOA_SIGNATURE_SIZE)
		return refuse(error, LOA_WIRE_ERROR_SYNTAX,
			      "envelope: the header line is not: loa1, key id, signature");
	return TRUE;
}

GBytes *
loa_envelope_open(const char *tag, const char *topic, GBytes *message, const LoaKeyRing *ring,
		  GError **error)
{
	gsize size = 0;
	const char *data = g_bytes_get_data(message, &size);
	guint8 key_id[LOA_KEY_ID_SIZE];
	guint8 signature[LOA_SIGNATURE_SIZE];

	if (size <= LOA_ENVELOPE_HEADER_SIZE || size > LOA_ENVELOPE_MAX_SIZE) {
		g_set_error(error, LOA_WIRE_ERROR, LOA_WIRE_ERROR_LENGTH,
			    "envelope: %" G_GSIZE_FORMAT " bytes, want %d to %d", size,
			    LOA_ENVELOPE_HEADER_SIZE + 1, LOA_ENVELOPE_MAX_SIZE);
		return NULL;
	}
	if (!read_header(data, key_id, signature, error))
		return NULL;

	gsize body_size = size - LOA_ENVELOPE_HEADER_SIZE;

	if (!loa_key_ring_verify(ring, key_id, tag, topic, data + LOA_ENVELOPE_HEADER_SIZE,
				 body_size, signature, error)) {
		g_prefix_error(error, "envelope: ");
		return NULL;
	}
	return g_bytes_new_from_bytes(message, LOA_ENVELOPE_HEADER_SIZE, body_size);
}
