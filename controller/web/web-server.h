/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/web/web-server.h - the HTTP server: listens, guards the door, and hands over.
 *
 *   web-listen  where
 *   web-door    how many connections, and for how long
 *   web-guard   is it from here, and does it know the token?      pure
 *   web-visitor on whose behalf: token, session, nobody
 *   web-api     which route, which values, which call             pure
 *   web-ticket  an answer that comes later
 *   web-upload  a body that grows on disk
 *   web-events  streams of events
 *   web-page    files of the page
 *   web-reply   answers, errors, headers
 *
 * A request is judged when its headers are in: what is refused is refused before its body is
 * read, and at most 16 MB of a refused body are swallowed. Thread: main.
 */
#pragma once

#include "controller/web/web-handlers.h"
#include "controller/web/web.h"

typedef struct LoaWebServer LoaWebServer;

/* @handlers: (transfer none): must outlive the result, as @office must */
LoaWebServer *loa_web_server_new(const LoaWebHandlers *handlers, LoaOffice *office,
				 const LoaWebConfig *config,
				 GError **error) G_GNUC_WARN_UNUSED_RESULT;

guint16 loa_web_server_port(const LoaWebServer *self);
guint16 loa_web_server_tls_port(const LoaWebServer *self);

/* How many listen to its events. */
guint loa_web_server_n_listeners(const LoaWebServer *self);

void loa_web_server_free(LoaWebServer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaWebServer, loa_web_server_free)
