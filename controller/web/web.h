/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/web/web.h - the HTTP API and the page, over one office.
 *
 * Listens on loopback, IPv4 and (where there is one) IPv6, without TLS: for loactl, and for a
 * browser on this machine. Beyond that with TLS only. docs/api.yaml describes every route;
 * web-server.h has the parts. Thread: main.
 */
#pragma once

#include "controller/access/access.h"
#include "controller/office/office.h"

typedef struct LoaWeb LoaWeb;

/* Strings are copied. */
typedef struct {
	guint16 port;              /* 0: any free one, see loa_web_port() */
	const char *token;         /* what a caller must know; at least 32 characters */
	LoaAccess *access;         /* (transfer none) (nullable): outlives the result; %NULL: nobody
				    * can sign in */
	guint session_max_age_s;   /* how long a browser keeps its cookie */
	const char *upload_dir;    /* uploads grow here; what an earlier run left is removed */
	gint64 max_upload_bytes;   /* of one audio file */
	const char *page_dir;      /* (nullable): the files of the page; NULL: API only */
	const char *bootstrap_dir; /* (nullable): of libjs-bootstrap5 */

	GTlsCertificate *certificate;    /* (nullable): %NULL: loopback only */
	gboolean is_certificate_trusted; /* the office's own, not one made here: HSTS */
	const char *listen;              /* with TLS: an address of this machine */
	guint16 tls_port;                /* 0: any free one, see loa_web_tls_port() */
	const char *const *names;        /* (nullable): under which browsers ask for this machine */
} LoaWebConfig;

/**
 * loa_web_new:
 * @office: (transfer none): must outlive the result; its on_changed callback is taken
 * @error: domain %G_IO_ERROR (port taken) or %G_FILE_ERROR (@upload_dir)
 */
LoaWeb *loa_web_new(LoaOffice *office, const LoaWebConfig *config,
		    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* (transfer full) (nullable): where the page's files lie: in the source tree beside the folder that
 * this program was built into, or in share/loa-phuong where it is installed. */
char *loa_web_find_page_dir(void);

/* The port that is listened on, without TLS. */
guint16 loa_web_port(LoaWeb *self);
/* And the one with; 0: none. */
guint16 loa_web_tls_port(LoaWeb *self);

/* Does anybody look on? */
gboolean loa_web_is_watched(const LoaWeb *self);

/* Ends every connection; unfinished uploads are removed. */
void loa_web_free(LoaWeb *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaWeb, loa_web_free)
