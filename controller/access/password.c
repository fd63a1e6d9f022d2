/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/access/password.h"

#include <sodium.h>
#include <string.h>

#include "common/text.h"

#define N_GENERATED 16
#define MIN_DISTINCT 4

G_DEFINE_QUARK(loa_password_error, loa_password_error)

/* What is tried first, here and elsewhere, and long enough for the rule of ten characters; without
 * case. Runs ("1234567890") and repetitions have a rule of their own. */
static const char *const common[] = {
	"password12",     "password123",  "password1234",  "passw0rd123",   "p@ssw0rd123",
	"qwertyuiop",     "qwerty12345",  "qwerty123456",  "1q2w3e4r5t",    "1q2w3e4r5t6y",
	"1qaz2wsx3edc",   "zaq12wsxcde",  "asdfghjkl;",    "asdfghjkl123",  "iloveyou123",
	"welcome123",     "welcome1234",  "administrator", "admin12345",    "admin123456",
	"administrator1", "letmein1234",  "changeme123",   "football123",   "monkey12345",
	"abc1234567",     "abc123456789", "a123456789",    "aa123456789",   "1234567890a",
	"123456789a",     "123123123123", "1231231234",    "0987654321a",   "matkhau123",
	"matkhau1234",    "matkhau12345", "mậtkhẩu123",    "mật khẩu 123",  "anhyeuem123",
	"emyeuanh123",    "vietnam123",   "vietnam1234",   "vietnam2026",   "hanoi123456",
	"saigon12345",    "sinhnhat123",  "giadinh123",    "truyenthanh",   "truyenthanh1",
	"truyenthanh123", "loaphuong1",   "loaphuong123",  "loaphuong2026", "loa phuong",
	"phuong12345",    "phuong123456", "uybannhandan",  "ubnd123456",    "ubnd12345678",
};

static gboolean
weak(GError **error, const char *sentence)
{
	g_set_error_literal(error, LOA_PASSWORD_ERROR, LOA_PASSWORD_ERROR_WEAK, sentence);
	return FALSE;
}

char *
loa_password_normalise(const char *text)
{
	if (text == NULL || strlen(text) > LOA_PASSWORD_MAX_BYTES || !loa_text_is_printable(text))
		return NULL;
	return g_utf8_normalize(text, -1, G_NORMALIZE_NFC);
}

static gboolean
is_common(const char *folded)
{
	for (gsize i = 0; i < G_N_ELEMENTS(common); i++) {
		g_autofree char *known = g_utf8_casefold(common[i], -1);

		if (strcmp(known, folded) == 0)
			return TRUE;
	}
	return FALSE;
}

/* "aaaaaaaaaa", "abababab12"; "1234567890", "zyxwvutsrq". */
static gboolean
is_monotonous(const char *folded)
{
	glong n = 0;
	g_autofree gunichar *chars = g_utf8_to_ucs4_fast(folded, -1, &n);
	glong n_distinct = 0, n_up = 0, n_down = 0;

	for (glong i = 0; i < n; i++) {
		gboolean is_new = TRUE;

		for (glong j = 0; j < i; j++)
			is_new = is_new && chars[j] != chars[i];
		n_distinct += is_new;
		if (i > 0 &&
		    (chars[i] == chars[i - 1] + 1 || (chars[i - 1] == '9' && chars[i] == '0')))
			n_up++;
		if (i > 0 &&
		    (chars[i] + 1 == chars[i - 1] || (chars[i - 1] == '0' && chars[i] == '9')))
			n_down++;
	}
	return n_distinct < MIN_DISTINCT || n_up == n - 1 || n_down == n - 1;
}

gboolean
loa_password_check(const char *password, const char *user, GError **error)
{
	g_autofree char *folded = g_utf8_casefold(password, -1);
	g_autofree char *folded_user = g_utf8_casefold(user, -1);
	gboolean ok = TRUE;

	if (g_utf8_strlen(password, -1) < LOA_PASSWORD_MIN_CHARS)
		ok = weak(error, "The password must have at least 10 characters: three or four "
				 "words are good");
	else if (strcmp(folded, folded_user) == 0)
		ok = weak(error, "The password must not be the login name: take three or four "
				 "words");
	else if (is_common(folded) || is_monotonous(folded))
		ok = weak(error, "This password is among the first that are guessed: take three or "
				 "four words");
	sodium_memzero(folded, strlen(folded));
	return ok;
}

char *
loa_password_hash(const char *password, guint memory_mib, GError **error)
{
	char hash[crypto_pwhash_STRBYTES];

	g_assert(sodium_init() >= 0);
	if (crypto_pwhash_str(hash, password, strlen(password), crypto_pwhash_OPSLIMIT_INTERACTIVE,
			      (gsize)memory_mib * 1024 * 1024) == 0)
		return g_strdup(hash);
	g_set_error(error, LOA_PASSWORD_ERROR, LOA_PASSWORD_ERROR_MEMORY,
		    "There is not enough memory (%u MiB) to check passwords: close programs on the "
		    "controller's machine, or lower http.login.memory_mib",
		    memory_mib);
	return NULL;
}

gboolean
loa_password_matches(const char *hash, const char *password)
{
	g_assert(sodium_init() >= 0);
	return crypto_pwhash_str_verify(hash, password, strlen(password)) == 0;
}

char *
loa_password_generate(void)
{
	static const char letters[] = "23456789abcdefghijkmnpqrstuvwxyz"; /* 32: no 0 1 l o */
	GString *made = g_string_new(NULL);

	G_STATIC_ASSERT(sizeof letters == 33);
	g_assert(sodium_init() >= 0);
	for (guint i = 0; i < N_GENERATED; i++)
		g_string_append_printf(made, "%s%c", i > 0 && i % 4 == 0 ? "-" : "",
				       letters[randombytes_uniform(32)]);
	return g_string_free(made, FALSE);
}

char *
loa_password_random_hex(gsize n_bytes)
{
	g_autofree guint8 *bytes = g_malloc(n_bytes);
	char *hex = g_malloc(2 * n_bytes + 1);

	g_assert(sodium_init() >= 0);
	randombytes_buf(bytes, n_bytes);
	sodium_bin2hex(hex, 2 * n_bytes + 1, bytes, n_bytes);
	sodium_memzero(bytes, n_bytes);
	return hex;
}

void
loa_password_wipe(char *text)
{
	if (text == NULL)
		return;
	sodium_memzero(text, strlen(text));
	g_free(text);
}
