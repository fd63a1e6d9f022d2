/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/certificate.h"

#include <glib/gstdio.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <string.h>
#include <sys/stat.h>

#include "common/file.h"

/* Not more than 825: telephones refuse longer ones even where they were told to trust them. */
#define VALID_DAYS 800
#define RENEW_DAYS 30
#define DAY_S 86400
#define SERIAL_BYTES 16

G_DEFINE_QUARK(loa_certificate_error, loa_certificate_error)

typedef struct gnutls_x509_crt_int Crt;
typedef struct gnutls_x509_privkey_int Key;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Crt, gnutls_x509_crt_deinit)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Key, gnutls_x509_privkey_deinit)

static gboolean
others_may_read(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && (st.st_mode & 077) != 0;
}

GTlsCertificate *
loa_certificate_load(const char *certificate_path, const char *key_path, GError **error)
{
	g_autoptr(GError) cause = NULL;
	GTlsCertificate *certificate;

	if (others_may_read(key_path)) {
		g_set_error(error, LOA_CERTIFICATE_ERROR, LOA_CERTIFICATE_ERROR_OTHERS_READ,
			    "others may read the key %s: chmod 600 %s, and give it to the "
			    "controller's user",
			    key_path, key_path);
		return NULL;
	}
	certificate = g_tls_certificate_new_from_files(certificate_path, key_path, &cause);
	if (certificate != NULL)
		return certificate;
	g_set_error(error, LOA_CERTIFICATE_ERROR, LOA_CERTIFICATE_ERROR_READ,
		    "%s and %s cannot be used for HTTPS (%s): both must be PEM files that the "
		    "controller's user may read",
		    certificate_path, key_path, cause->message);
	return NULL;
}

/* --- one of our own --------------------------------------------------------------------------- */

static gboolean
add_name(Crt *crt, const char *name)
{
	g_autoptr(GInetAddress) address = g_inet_address_new_from_string(name);

	if (address == NULL)
		return gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_DNSNAME, name,
							    (unsigned)strlen(name),
							    GNUTLS_FSAN_APPEND) == 0;
	return gnutls_x509_crt_set_subject_alt_name(
		       crt, GNUTLS_SAN_IPADDRESS, g_inet_address_to_bytes(address),
		       (unsigned)g_inet_address_get_native_size(address), GNUTLS_FSAN_APPEND) == 0;
}

static gboolean
fill(Crt *crt, Key *key, const char *const *names, gint64 now_s)
{
	guint8 serial[SERIAL_BYTES];

	if (gnutls_rnd(GNUTLS_RND_NONCE, serial, sizeof serial) != 0)
		return FALSE;
	serial[0] &= 0x7f; /* positive */
	for (gsize i = 0; names[i] != NULL; i++)
		if (!add_name(crt, names[i]))
			return FALSE;
	return gnutls_x509_crt_set_version(crt, 3) == 0 &&
	       gnutls_x509_crt_set_serial(crt, serial, sizeof serial) == 0 &&
	       gnutls_x509_crt_set_activation_time(crt, (time_t)(now_s - DAY_S)) == 0 &&
	       gnutls_x509_crt_set_expiration_time(
		       crt, (time_t)(now_s + (gint64)VALID_DAYS * DAY_S)) == 0 &&
	       gnutls_x509_crt_set_dn(crt, "O=Loa Phuong,CN=Loa Phuong", NULL) == 0 &&
	       gnutls_x509_crt_set_key(crt, key) == 0 &&
	       gnutls_x509_crt_set_basic_constraints(crt, 0, -1) == 0 &&
	       gnutls_x509_crt_set_key_usage(crt, GNUTLS_KEY_DIGITAL_SIGNATURE) == 0 &&
	       gnutls_x509_crt_set_key_purpose_oid(crt, GNUTLS_KP_TLS_WWW_SERVER, 0) == 0 &&
	       gnutls_x509_crt_sign2(crt, crt, key, GNUTLS_DIG_SHA256, 0) == 0;
}

/* (transfer full) (nullable): key and certificate, one after the other */
static GBytes *
make_pem(const char *const *names, gint64 now_s)
{
	g_autoptr(Crt) crt = NULL;
	g_autoptr(Key) key = NULL;
	gnutls_datum_t key_pem = { 0 }, crt_pem = { 0 };
	GByteArray *pem;

	if (gnutls_x509_crt_init(&crt) != 0 || gnutls_x509_privkey_init(&key) != 0 ||
	    gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA,
					 GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1),
					 0) != 0 ||
	    !fill(crt, key, names, now_s) ||
	    gnutls_x509_privkey_export2_pkcs8(key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN,
					      &key_pem) != 0)
		return NULL;
	pem = g_byte_array_new();
	g_byte_array_append(pem, key_pem.data, key_pem.size);
	gnutls_memset(key_pem.data, 0, key_pem.size);
	gnutls_free(key_pem.data);
	if (gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_PEM, &crt_pem) == 0) {
		g_byte_array_append(pem, crt_pem.data, crt_pem.size);
		gnutls_free(crt_pem.data);
	}
	return g_byte_array_free_to_bytes(pem);
}

/* Is it for just these names? */
static gboolean
has_names(GTlsCertificate *certificate, const char *const *names)
{
	g_autoptr(GPtrArray) dns = NULL, addresses = NULL;
	guint n = 0;

	g_object_get(certificate, "dns-names", &dns, "ip-addresses", &addresses, NULL);
	for (; names[n] != NULL; n++) {
		g_autoptr(GInetAddress) address = g_inet_address_new_from_string(names[n]);
		gboolean is_there = FALSE;

		for (guint i = 0; address == NULL && dns != NULL && i < dns->len; i++) {
			gsize size;
			const char *name = g_bytes_get_data(g_ptr_array_index(dns, i), &size);

			is_there = is_there ||
				   (strlen(names[n]) == size && memcmp(names[n], name, size) == 0);
		}
		for (guint i = 0; address != NULL && addresses != NULL && i < addresses->len; i++)
			is_there = is_there ||
				   g_inet_address_equal(address, g_ptr_array_index(addresses, i));
		if (!is_there)
			return FALSE;
	}
	return n == (dns != NULL ? dns->len : 0) + (addresses != NULL ? addresses->len : 0);
}

GTlsCertificate *
loa_certificate_own(const char *path, const char *const *names, gint64 now_s, gboolean *is_new,
		    GError **error)
{
	g_autoptr(GTlsCertificate) there = NULL;
	g_autoptr(GBytes) pem = NULL;

	if (is_new != NULL)
		*is_new = FALSE;
	if (g_file_test(path, G_FILE_TEST_EXISTS)) {
		there = loa_certificate_load(path, path, error);
		if (there == NULL)
			return NULL;
		if (has_names(there, names) &&
		    loa_certificate_left_s(there, now_s) > (gint64)RENEW_DAYS * DAY_S)
			return g_steal_pointer(&there);
	}
	pem = make_pem(names, now_s);
	if (pem == NULL) {
		g_set_error_literal(error, LOA_CERTIFICATE_ERROR, LOA_CERTIFICATE_ERROR_MAKE,
				    "a certificate for HTTPS could not be made: check http.names "
				    "in controller.cfg, or name a certificate in http.tls");
		return NULL;
	}
	if (!loa_file_replace(path, pem, 0600, error))
		return NULL;
	if (is_new != NULL)
		*is_new = TRUE;
	return loa_certificate_load(path, path, error);
}

char *
loa_certificate_fingerprint(GTlsCertificate *certificate)
{
	g_autoptr(GByteArray) der = NULL;
	g_autofree char *hex = NULL;
	GString *text = g_string_new(NULL);

	g_object_get(certificate, "certificate", &der, NULL);
	hex = g_compute_checksum_for_data(G_CHECKSUM_SHA256, der->data, der->len);
	for (gsize i = 0; hex[i] != '\0'; i += 2)
		g_string_append_printf(text, "%s%c%c", i > 0 ? ":" : "", g_ascii_toupper(hex[i]),
				       g_ascii_toupper(hex[i + 1]));
	return g_string_free(text, FALSE);
}

gint64
loa_certificate_left_s(GTlsCertificate *certificate, gint64 now_s)
{
	g_autoptr(GDateTime) end = g_tls_certificate_get_not_valid_after(certificate);

	return end != NULL ? g_date_time_to_unix(end) - now_s : 0;
}
