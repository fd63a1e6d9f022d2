/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/certificate.h - what the page's HTTPS shows: the office's certificate, or one of its
 * own making.
 *
 * Browsers give the microphone to secure origins only, and an office has no certificate on the
 * first day. The one made here is signed by itself: a browser warns once, and who installs it
 * compares the fingerprint. Thread: main, at start.
 */
#pragma once

#include <gio/gio.h>

#define LOA_CERTIFICATE_ERROR (loa_certificate_error_quark())
GQuark loa_certificate_error_quark(void);

typedef enum {
	LOA_CERTIFICATE_ERROR_READ,        /* a file cannot be read, or is no certificate or key */
	LOA_CERTIFICATE_ERROR_OTHERS_READ, /* others may read the key */
	LOA_CERTIFICATE_ERROR_MAKE,
} LoaCertificateError;

/* (transfer full): PEM files; the certificate's may hold the chain. */
GTlsCertificate *loa_certificate_load(const char *certificate_path, const char *key_path,
				      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * loa_certificate_own:
 * @path: one PEM file with key and certificate, mode 0600: made where there is none, where its
 *   names are others, and where it ends within a month
 * @names: host names and addresses, at least one
 * @now_s: seconds since 1970
 * @is_new: (out) (optional)
 */
GTlsCertificate *loa_certificate_own(const char *path, const char *const *names, gint64 now_s,
				     gboolean *is_new, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* (transfer full): SHA-256 of its DER form, "AB:CD:...", as browsers show it */
char *loa_certificate_fingerprint(GTlsCertificate *certificate);

/* Seconds until it ends, negative: since it ended. */
gint64 loa_certificate_left_s(GTlsCertificate *certificate, gint64 now_s);
