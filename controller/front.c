/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/front.h"

#include <string.h>

#include "controller/certificate.h"
#include "controller/web/web.h"

#define SECONDS_PER_DAY 86400
#define WARN_DAYS 14 /* before the certificate ends */
/* An hour of telephone video, or two hours of WAV. */
#define MAX_UPLOAD_BYTES (G_GINT64_CONSTANT(2) << 30)

struct LoaFront {
	LoaFrontParts parts;
	LoaAccess *access;
	LoaWeb *web;
};

static void
warn_of_bare_page(const char *bootstrap_dir)
{
	g_autofree char *css = g_build_filename(bootstrap_dir, "css/bootstrap.min.css", NULL);

	if (!g_file_test(css, G_FILE_TEST_EXISTS))
		g_warning("%s is missing, the page will look bare: install libjs-bootstrap5, or "
			  "name its folder as http.bootstrap_dir",
			  css);
}

/* (transfer full) (nullable): the office's certificate, or one of our own */
static GTlsCertificate *
open_certificate(LoaFront *self, GError **error)
{
	const LoaControllerConfig *config = self->parts.config;
	g_autofree char *path = loa_data_folder_path(self->parts.folder, "page.pem");
	gint64 now_s = loa_clock_now_us(self->parts.clock) / G_USEC_PER_SEC;
	GTlsCertificate *certificate;
	gboolean is_new = FALSE;

	if (config->http_certificate == NULL)
		certificate = loa_certificate_own(path, (const char *const *)config->http_names,
						  now_s, &is_new, error);
	else
		certificate =
			loa_certificate_load(config->http_certificate, config->http_key, error);
	if (certificate == NULL)
		return NULL;
	if (is_new)
		g_message("made a certificate for the page, %s: browsers warn until it is trusted",
			  path);
	if (loa_certificate_left_s(certificate, now_s) < WARN_DAYS * SECONDS_PER_DAY)
		g_warning("the page's certificate ends in %d days: get another one",
			  (int)(loa_certificate_left_s(certificate, now_s) / SECONDS_PER_DAY));
	return certificate;
}

/* Where the page is, for whoever reads the log, and for the page of receivers. */
static void
tell_page(LoaFront *self, GTlsCertificate *certificate)
{
	g_autofree char *fingerprint = NULL, *url = NULL;
	const char *name = self->parts.config->http_names[0];
	const gboolean is_ipv6 = name != NULL && strchr(name, ':') != NULL;

	if (certificate == NULL) {
		url = g_strdup_printf("http://localhost:%u/", loa_web_port(self->web));
	} else {
		url = g_strdup_printf("https://%s%s%s:%u/", is_ipv6 ? "[" : "", name,
				      is_ipv6 ? "]" : "", loa_web_tls_port(self->web));
		fingerprint = loa_certificate_fingerprint(certificate);
	}
	g_message("the page is at %s%s%s", url,
		  fingerprint != NULL ? ", its certificate's SHA-256 is " : "",
		  fingerprint != NULL ? fingerprint : "");
	loa_office_set_page(self->parts.office, url, fingerprint);
}

static gboolean
open_web(LoaFront *self, GError **error)
{
	const LoaControllerConfig *config = self->parts.config;
	g_autofree char *token = loa_data_folder_token(config->token_file, error);
	g_autofree char *upload_dir = loa_data_folder_path(self->parts.folder, "uploads");
	g_autofree char *page_dir = loa_web_find_page_dir();
	g_autoptr(GTlsCertificate) certificate = NULL;

	if (token == NULL)
		return FALSE;
	warn_of_bare_page(config->bootstrap_dir);
	if (config->http_has_tls) {
		certificate = open_certificate(self, error);
		if (certificate == NULL)
			return FALSE;
	}
	self->access =
		loa_access_new(&(LoaAccessParts){ config, self->parts.store, self->parts.clock });

	LoaWebConfig web = {
		.port = config->http_has_tls ? 0 : config->http_port,
		.token = token,
		.access = self->access,
		.session_max_age_s = config->login_absolute_days * SECONDS_PER_DAY,
		.upload_dir = upload_dir,
		.max_upload_bytes = MAX_UPLOAD_BYTES,
		.page_dir = page_dir,
		.bootstrap_dir = config->bootstrap_dir,
		.certificate = certificate,
		.is_certificate_trusted = config->http_certificate != NULL,
		.listen = config->http_listen,
		.tls_port = config->http_port,
		.names = (const char *const *)config->http_names,
	};

	self->web = loa_web_new(self->parts.office, &web, error);
	if (self->web == NULL)
		return FALSE;
	tell_page(self, certificate);
	return loa_data_folder_write_port(self->parts.folder, "http.port", loa_web_port(self->web),
					  error) &&
	       (certificate == NULL ||
		loa_data_folder_write_port(self->parts.folder, "https.port",
					   loa_web_tls_port(self->web), error));
}

LoaFront *
loa_front_new(const LoaFrontParts *parts, GError **error)
{
	g_autoptr(LoaFront) self = g_new0(LoaFront, 1);

	self->parts = *parts;
	return open_web(self, error) ? g_steal_pointer(&self) : NULL;
}

gboolean
loa_front_is_watched(const LoaFront *self)
{
	return loa_web_is_watched(self->web);
}

void
loa_front_free(LoaFront *self)
{
	if (self == NULL)
		return;
	loa_web_free(self->web);
	loa_access_free(self->access);
	g_free(self);
}
