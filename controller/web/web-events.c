/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/web/web-events.h"

#include <sys/socket.h>

static const char *const topics[] = { "status", "log", "job", "content", "timetable", "people" };

typedef struct {
	LoaWebEvents *events;       /* borrowed: ends its listeners before itself */
	SoupServerMessage *message; /* owned */
	char *session;              /* owned, nullable */
	guint dirty;                /* bit i: topics[i] is to be sent */
	gboolean is_writing;        /* a chunk is on its way out */
	GSource *watch;             /* owned, nullable: the other end's silence or its leaving */
} Listener;

struct LoaWebEvents {
	GPtrArray *listeners; /* Listener, owned */
	guint heartbeat_source;
};

static void
listener_free(gpointer data)
{
	Listener *listener = data;

	if (listener->watch != NULL)
		g_source_destroy(listener->watch);
	g_clear_pointer(&listener->watch, g_source_unref);
	g_signal_handlers_disconnect_by_data(listener->message, listener);
	g_object_unref(listener->message);
	g_free(listener->session);
	g_free(listener);
}

static void
send_text(Listener *listener, const char *text)
{
	soup_message_body_append(soup_server_message_get_response_body(listener->message),
				 SOUP_MEMORY_COPY, text, strlen(text));
	listener->is_writing = TRUE;
	soup_server_message_unpause(listener->message);
}

static void
flush(Listener *listener)
{
	g_autoptr(GString) text = g_string_new(NULL);

	if (listener->is_writing || listener->dirty == 0)
		return;
	for (guint i = 0; i < G_N_ELEMENTS(topics); i++) {
		if (listener->dirty & (1u << i))
			g_string_append_printf(text, "event: %s\ndata:\n\n", topics[i]);
	}
	listener->dirty = 0;
	send_text(listener, text->str);
}

static void
on_wrote_chunk(SoupServerMessage *message, gpointer user_data)
{
	Listener *listener = user_data;

	(void)message;
	listener->is_writing = FALSE;
	flush(listener);
}

static void
on_gone(SoupServerMessage *message, gpointer user_data)
{
	Listener *listener = user_data;

	(void)message;
	g_ptr_array_remove_fast(listener->events->listeners, listener);
}

/* libsoup does not read while it has an answer to write, so it would notice that a viewer left
 * only by the heartbeat, and viewers who reload would use up the places. */
static gboolean
on_readable(GSocket *socket, GIOCondition condition, gpointer user_data)
{
	Listener *listener = user_data;
	char byte;

	(void)condition;
	if (recv(g_socket_get_fd(socket), &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0) {
		(void)g_socket_shutdown(socket, TRUE, TRUE, NULL);
		send_text(listener, ":\n\n"); /* fails, and libsoup sees it */
	}
	/* a viewer who speaks instead has nothing to say here */
	return G_SOURCE_REMOVE;
}

static void
watch(Listener *listener)
{
	GSocket *socket = soup_server_message_get_socket(listener->message);

	if (socket == NULL)
		return;
	listener->watch = g_socket_create_source(socket, G_IO_IN, NULL);
	g_source_set_callback(listener->watch, G_SOURCE_FUNC(on_readable), listener, NULL);
	g_source_attach(listener->watch, NULL);
}

static gboolean
on_heartbeat(gpointer user_data)
{
	loa_web_events_beat(user_data);
	return G_SOURCE_CONTINUE;
}

LoaWebEvents *
loa_web_events_new(void)
{
	LoaWebEvents *self = g_new0(LoaWebEvents, 1);

	self->listeners = g_ptr_array_new_with_free_func(listener_free);
	self->heartbeat_source =
		g_timeout_add_seconds(LOA_WEB_EVENTS_HEARTBEAT_S, on_heartbeat, self);
	return self;
}

gboolean
loa_web_events_add(LoaWebEvents *self, SoupServerMessage *message, const char *session)
{
	if (self->listeners->len >= LOA_WEB_EVENTS_MAX)
		return FALSE;

	SoupMessageHeaders *headers = soup_server_message_get_response_headers(message);
	Listener *listener = g_new0(Listener, 1);

	listener->events = self;
	listener->message = g_object_ref(message);
	listener->session = g_strdup(session);
	g_ptr_array_add(self->listeners, listener);
	soup_server_message_set_status(message, 200, NULL);
	soup_message_headers_set_encoding(headers, SOUP_ENCODING_CHUNKED);
	soup_message_headers_set_content_type(headers, "text/event-stream", NULL);
	soup_message_body_set_accumulate(soup_server_message_get_response_body(message), FALSE);
	g_signal_connect(message, "wrote-chunk", G_CALLBACK(on_wrote_chunk), listener);
	g_signal_connect(message, "finished", G_CALLBACK(on_gone), listener);
	g_signal_connect(message, "disconnected", G_CALLBACK(on_gone), listener);
	/* everything may have changed before it listened */
	listener->dirty = (1u << G_N_ELEMENTS(topics)) - 1;
	send_text(listener, "retry: 2000\n\n");
	watch(listener);
	return TRUE;
}

/* The last chunk; the listener is to be freed. */
static void
end(Listener *listener)
{
	g_signal_handlers_disconnect_by_data(listener->message, listener);
	soup_message_body_complete(soup_server_message_get_response_body(listener->message));
	soup_server_message_unpause(listener->message);
}

void
loa_web_events_sweep(LoaWebEvents *self,
		     gboolean (*is_over)(const char *session, gpointer user_data),
		     gpointer user_data)
{
	for (guint i = self->listeners->len; i > 0; i--) {
		Listener *listener = g_ptr_array_index(self->listeners, i - 1);

		if (listener->session == NULL || !is_over(listener->session, user_data))
			continue;
		end(listener);
		g_ptr_array_remove_index_fast(self->listeners, i - 1);
	}
}

void
loa_web_events_notify(LoaWebEvents *self, const char *topic)
{
	for (guint t = 0; t < G_N_ELEMENTS(topics); t++) {
		if (g_strcmp0(topic, topics[t]) != 0)
			continue;
		for (guint i = 0; i < self->listeners->len; i++) {
			Listener *listener = g_ptr_array_index(self->listeners, i);

			listener->dirty |= 1u << t;
			flush(listener);
		}
	}
}

void
loa_web_events_beat(LoaWebEvents *self)
{
	for (guint i = 0; i < self->listeners->len; i++) {
		Listener *listener = g_ptr_array_index(self->listeners, i);

		if (!listener->is_writing)
			send_text(listener, ":\n\n");
	}
}

guint
loa_web_events_n_listeners(const LoaWebEvents *self)
{
	return self->listeners->len;
}

void
loa_web_events_free(LoaWebEvents *self)
{
	if (self == NULL)
		return;

	g_autoptr(GPtrArray) listeners = g_steal_pointer(&self->listeners);

	self->listeners = g_ptr_array_new();
	for (guint i = 0; i < listeners->len; i++) {
		Listener *listener = g_ptr_array_index(listeners, i);

		end(listener);
	}
	g_ptr_array_unref(self->listeners);
	g_source_remove(self->heartbeat_source);
	g_free(self);
}
