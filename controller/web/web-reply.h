/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/web/web-reply.h - answers: JSON, errors, and the headers that every answer carries.
 */
#pragma once

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

#include "controller/web/web-api.h"

/* No sniffing, no framing, no referrer, scripts and styles from here alone, nothing cached.
 * First thing on every message. */
void loa_web_reply_init(SoupServerMessage *message);

/* The browser asks by HTTPS alone for a year: with a certificate that will still be there. */
void loa_web_reply_strict_transport(SoupServerMessage *message);

/* @node: (transfer full) */
void loa_web_reply_json(SoupServerMessage *message, guint status, JsonNode *node);

/* Bytes of another type; libsoup serves ranges of them, so that a player can seek. */
void loa_web_reply_file(SoupServerMessage *message, guint status, const LoaWebFile *file);

/* The browser keeps @token for @max_age_s and shows it to this server alone; an empty one is
 * forgotten. Secure where it came by TLS. */
void loa_web_reply_session(SoupServerMessage *message, const char *cookie_name, const char *token,
			   guint max_age_s);

/* {"error": {"code", "message"}} */
void loa_web_reply_error(SoupServerMessage *message, guint status, const char *code,
			 const char *text);

/* Status and code by @error: the office's and the wire's own sentences go out as they are;
 * anything else is logged here and answered with 500 and no detail. */
void loa_web_reply_failure(SoupServerMessage *message, const GError *error);
