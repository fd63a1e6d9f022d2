/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/web/web-ticket.h"

#include <poll.h>

#include "controller/web/web-reply.h"

#define LOOK_EVERY_MS 250

struct LoaWebTicket {
	guint n_refs;
	SoupServerMessage *message; /* owned; NULL once answered or gone */
	guint status;
	char *cookie_name;
	guint cookie_max_age_s;
	gulong gone_handler;
	gboolean is_waiting;
	GCancellable *work; /* (nullable): for nobody else */
	guint look;         /* source */
};

static void
let_go(LoaWebTicket *self)
{
	if (self->message == NULL)
		return;
	g_clear_handle_id(&self->look, g_source_remove);
	g_clear_object(&self->work);
	g_signal_handler_disconnect(self->message, self->gone_handler);
	g_clear_object(&self->message);
}

static void
on_gone(SoupServerMessage *message, gpointer user_data)
{
	LoaWebTicket *self = user_data;

	(void)message;
	if (self->work != NULL)
		g_cancellable_cancel(self->work);
	let_go(self);
}

/* libsoup does not read from the connection of a message that waits, and sees nobody hang up. */
static gboolean
look_at_client(gpointer user_data)
{
	LoaWebTicket *self = user_data;
	struct pollfd client = {
		.fd = g_socket_get_fd(soup_server_message_get_socket(self->message)),
		.events = POLLRDHUP,
	};

	if (poll(&client, 1, 0) > 0 && self->work != NULL)
		g_cancellable_cancel(self->work);
	return G_SOURCE_CONTINUE;
}

void
loa_web_ticket_cancels(LoaWebTicket *self, GCancellable *work)
{
	if (self->message == NULL || work == NULL) {
		g_clear_object(&work); /* answered already */
		return;
	}
	self->work = work;
	self->look = g_timeout_add(LOOK_EVERY_MS, look_at_client, self);
}

void
loa_web_ticket_on_file(LoaOfficeFile *file, const GError *error, gpointer user_data)
{
	if (file == NULL) {
		loa_web_ticket_answer(user_data, NULL, NULL, error);
		return;
	}

	const LoaWebFile answer = { file->bytes, file->type, file->name };

	loa_web_ticket_answer_file(user_data, &answer);
}

void
loa_web_ticket_drop(gpointer ticket)
{
	loa_web_ticket_unref(ticket);
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
