/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/web/web-guard.h - who may come in: the checks on a request's headers.
 *
 * Pure: strings in, verdict out. Any argument may be %NULL, meaning the header is absent.
 */
#pragma once

#include <glib.h>

/* A Host header that names this machine's loopback or one of @names (nullable), with or without a
 * port. A page of another site whose name was made to resolve to this machine (DNS rebinding)
 * carries its own name here. @names: host names and addresses, IPv6 without brackets */
gboolean loa_web_guard_host_is_ours(const char *host, const char *const *names);

/* Takes the same time for every wrong guess of one length. */
gboolean loa_web_guard_secrets_equal(const char *a, const char *b);

/* "Bearer TOKEN" with the right token. */
gboolean loa_web_guard_bearer_matches(const char *authorization, const char *token);

/* (transfer full) (nullable): the value of @name in @cookies, the Cookie header */
char *loa_web_guard_cookie(const char *cookies, const char *name);

/* Did a page of this server send it, or no page at all? @origin, @fetch_site: the headers Origin
 * and Sec-Fetch-Site, which a browser sets and a script cannot. Schemes are not compared: TLS may
 * end before this server. */
gboolean loa_web_guard_is_same_origin(const char *origin, const char *fetch_site, const char *host);

/* A media type, without parameters, that may carry sound: audio/..., video/mp4, video/webm,
 * application/ogg, application/octet-stream. */
gboolean loa_web_guard_type_is_audio(const char *content_type);
