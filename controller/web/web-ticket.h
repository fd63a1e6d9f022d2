/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/web/web-ticket.h - an answer that comes later: the request waits, the main loop does
 * not.
 *
 * A route takes a reference, sets call->is_deferred and gives the ticket to whoever will know. A
 * client who leaves meanwhile, or a server that ends, makes the answer go nowhere, safely; a ticket
 * that is dropped without an answer says that the controller is ending. Thread: main.
 */
#pragma once

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

#include "controller/web/web-api.h"

/* @status: of a good answer; @cookie_name: of the session */
LoaWebTicket *loa_web_ticket_new(SoupServerMessage *message, guint status, const char *cookie_name,
				 guint cookie_max_age_s);

/* Stops libsoup from sending before the answer is there. */
void loa_web_ticket_wait(LoaWebTicket *self);

LoaWebTicket *loa_web_ticket_ref(LoaWebTicket *self);
void loa_web_ticket_unref(LoaWebTicket *self);

/* @file: (transfer none). Once, as the other. */
void loa_web_ticket_answer_file(LoaWebTicket *self, const LoaWebFile *file);
/* A LoaOfficeFileFunc that answers the ticket which is its user data, and lets go of it. */
void loa_web_ticket_on_file(LoaOfficeFile *file, const GError *error, gpointer user_data);
void loa_web_ticket_drop(gpointer ticket);
/* @work: (transfer full) (nullable): cancelled once the client is gone. Before the ticket waits. */
void loa_web_ticket_cancels(LoaWebTicket *self, GCancellable *work);
/* @answer: (transfer none) (nullable): or @error. @token: (nullable): of a session that begins.
 * Once. */
void loa_web_ticket_answer(LoaWebTicket *self, JsonNode *answer, const char *token,
			   const GError *error);
