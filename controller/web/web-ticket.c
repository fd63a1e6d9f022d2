/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/web/web-ticket.h"

#include "controller/web/web-reply.h"

struct LoaWebTicket {
	guint n_refs;
	SoupServerMessage *message; /* owned; NULL once answered or gone */
	guint status;
	char *cookie_name;
	guint cookie_max_age_s;
	gulong gone_handler;
	gboolean is_waiting;
};

static void
let_go(LoaWebTicket *self)
{
	if (self->message == NULL)
		return;
	g_signal_handler_disconnect(self->message, self->gone_handler);
	g_clear_object(&self->message);
}

static void
on_gone(SoupServerMessage *message, gpointer user_data)
{
	(void)message;
	let_go(user_data);
}

LoaWebTicket *
loa_web_ticket_new(SoupServerMessage *message, guint status, const char *cookie_name,
		   guint cookie_max_age_s)
{
	LoaWebTicket *self = g_new0(LoaWebTicket, 1);

	self->n_refs = 1;
	self->message = g_object_ref(message);
	self->status = status;
	self->cookie_name = g_strdup(cookie_name);
	self->cookie_max_age_s = cookie_max_age_s;
	self->gone_handler = g_signal_connect(message, "disconnected", G_CALLBACK(on_gone), self);
	return self;
}

void
loa_web_ticket_wait(LoaWebTicket *self)
{
	if (self->message == NULL)
		return;
	self->is_waiting = TRUE;
	soup_server_message_pause(self->message);
}

LoaWebTicket *
loa_web_ticket_ref(LoaWebTicket *self)
{
	self->n_refs++;
	return self;
}

void
loa_web_ticket_answer_file(LoaWebTicket *self, const LoaWebFile *file)
{
	g_autoptr(SoupServerMessage) message = NULL;

	if (self->message == NULL)
		return;
	message = g_object_ref(self->message);
	let_go(self);
	loa_web_reply_file(message, self->status, file);
	if (self->is_waiting)
		soup_server_message_unpause(message);
}

void
loa_web_ticket_answer(LoaWebTicket *self, JsonNode *answer, const char *token, const GError *error)
{
	g_autoptr(SoupServerMessage) message = NULL;

	if (self->message == NULL)
		return;
	message = g_object_ref(self->message);
	let_go(self);
	if (token != NULL)
		loa_web_reply_session(message, self->cookie_name, token, self->cookie_max_age_s);
	if (answer != NULL)
		loa_web_reply_json(message, self->status, json_node_ref(answer));
	else
		loa_web_reply_failure(message, error);
	if (self->is_waiting)
		soup_server_message_unpause(message);
}

void
loa_web_ticket_unref(LoaWebTicket *self)
{
	if (--self->n_refs > 0)
		return;
	if (self->message != NULL && self->is_waiting) {
		loa_web_reply_error(self->message, SOUP_STATUS_SERVICE_UNAVAILABLE, "busy",
				    "The controller is ending: try again in a minute");
		soup_server_message_unpause(self->message);
	}
	let_go(self);
	g_free(self->cookie_name);
	g_free(self);
}
