/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/web/web-visitor.h - on whose behalf a request is made: token, session, or nobody.
 *
 * The token counts wherever it is shown: no browser sends it by itself. A cookie is sent by
 * browsers whoever made them do it, so it counts only where the request comes from a page of this
 * server, and changes something only with the session's csrf in X-Loa-CSRF, which no other
 * server's page can read. Thread: main.
 */
#pragma once

#include <libsoup/soup.h>

#include "controller/web/web-api.h"

/* Strings owned but for those of @caller, which point into the others. */
typedef struct {
	LoaCaller caller;
	LoaSignedIn *signed_in; /* NULL: by the token, or nobody */
	char *address;
	gboolean is_token;
} LoaWebVisitor;

typedef struct {
	const char *token;
	const char *cookie_name;
	LoaAccess *access; /* (nullable) */
} LoaWebKeys;

/* %FALSE if a token was shown, and not the right one. Always initialised. */
gboolean loa_web_visitor_init(LoaWebVisitor *self, const LoaWebKeys *keys,
			      SoupServerMessage *message) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
	guint status; /* 0: let in */
	const char *code;
	const char *text;
} LoaWebRefusal;

/* May this visitor use @route (nullable: there is none), so far as forgery and passwords go? */
LoaWebRefusal loa_web_visitor_check(const LoaWebVisitor *self, const LoaWebRoute *route,
				    SoupServerMessage *message);

void loa_web_visitor_clear(LoaWebVisitor *self);
