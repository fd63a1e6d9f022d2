/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/web/web-door.h"

#define LOCAL "this machine"
#define HURRY_STEP_MS 200

typedef struct {
	LoaWebDoor *door;           /* borrowed: ends its visits before itself */
	SoupServerMessage *message; /* owned: says when it goes */
	GSocket *socket;            /* owned */
	char *address;
	gint64 began_us;      /* CLOCK_MONOTONIC */
	gboolean is_heard;    /* its headers are in */
	guint timeout_source; /* 0: no guest */
	gulong gone_handler;
	GList link; /* in guests; data is this */
} Visit;

struct LoaWebDoor {
	SoupServer *soup; /* owned */
	guint max;        /* connections */
	gulong started_handler;
	GHashTable *visits; /* GSocket (the visit's) to Visit (owned) */
	GHashTable *counts; /* address (owned) to their number */
	GQueue guests;      /* those who came first, first */
	guint hurry_source; /* 0: nobody has to hurry */
};

static void
leave_guests(Visit *visit)
{
	if (visit->timeout_source == 0)
		return;
	g_clear_handle_id(&visit->timeout_source, g_source_remove);
	g_queue_unlink(&visit->door->guests, &visit->link);
}

static void
visit_free(gpointer data)
{
	Visit *visit = data;
	GHashTable *counts = visit->door->counts;
	guint n = GPOINTER_TO_UINT(g_hash_table_lookup(counts, visit->address));

	leave_guests(visit);
	g_signal_handler_disconnect(visit->message, visit->gone_handler);
	g_object_unref(visit->message);
	if (n > 1)
		g_hash_table_replace(counts, g_strdup(visit->address), GUINT_TO_POINTER(n - 1));
	else
		g_hash_table_remove(counts, visit->address);
	g_object_unref(visit->socket);
	g_free(visit->address);
	g_free(visit);
}

static void
on_gone(SoupServerMessage *message, gpointer user_data)
{
	Visit *visit = user_data;

	(void)message;
	g_hash_table_remove(visit->door->visits, visit->socket);
}

/* libsoup sees the end, and says so by the message. */
static void
turn_out(Visit *visit)
{
	leave_guests(visit);
	(void)g_socket_shutdown(visit->socket, TRUE, TRUE, NULL);
}

static gboolean
on_guest_timeout(gpointer user_data)
{
	turn_out(user_data); /* removes this source */
	return G_SOURCE_CONTINUE;
}

/* The guest who came first; @address: (nullable): of those from there */
static Visit *
oldest_guest(LoaWebDoor *self, const char *address)
{
	for (GList *link = self->guests.head; link != NULL; link = link->next) {
		Visit *visit = link->data;

		if (address == NULL || g_str_equal(visit->address, address))
			return visit;
	}
	return NULL;
}

static char *
address_of(GSocket *socket)
{
	g_autoptr(GSocketAddress) address = g_socket_get_remote_address(socket, NULL);

	return address != NULL && G_IS_INET_SOCKET_ADDRESS(address)
		       ? g_inet_address_to_string(
				 g_inet_socket_address_get_address(G_INET_SOCKET_ADDRESS(address)))
		       : g_strdup(LOCAL);
}

static guint
count_of(LoaWebDoor *self, const char *address)
{
	return GPOINTER_TO_UINT(g_hash_table_lookup(self->counts, address));
}

/* For @visit, which is counted already, and may be the guest who has to go. */
static void
make_room(LoaWebDoor *self, const Visit *visit)
{
	Visit *guest = NULL;

	if (count_of(self, visit->address) > LOA_WEB_DOOR_MAX_PER_ADDRESS)
		guest = oldest_guest(self, visit->address);
	else if (g_hash_table_size(self->visits) > self->max)
		guest = oldest_guest(self, NULL);
	if (guest != NULL)
		turn_out(guest);
}

/* Those of @address who have not asked for anything yet. */
static guint
count_unheard(LoaWebDoor *self, const char *address)
{
	guint n = 0;

	for (GList *link = self->guests.head; link != NULL; link = link->next) {
		const Visit *visit = link->data;

		n += !visit->is_heard && g_str_equal(visit->address, address);
	}
	return n;
}

static gboolean
on_hurry(gpointer user_data)
{
	LoaWebDoor *self = user_data;
	const gint64 late_us = g_get_monotonic_time() - LOA_WEB_DOOR_HURRY_MS * 1000;
	gboolean is_needed = FALSE;

	for (GList *link = self->guests.head, *next; link != NULL; link = next) {
		Visit *visit = link->data;

		next = link->next;
		if (visit->is_heard || count_unheard(self, visit->address) <= LOA_WEB_DOOR_CALM)
			continue;
		is_needed = TRUE;
		if (visit->began_us <= late_us)
			turn_out(visit);
	}
	if (is_needed)
		return G_SOURCE_CONTINUE;
	self->hurry_source = 0;
	return G_SOURCE_REMOVE;
}

/* When somebody has connected, before a handshake and before the first byte; and again for each
 * further request of a connection, which is no news. */
static void
on_started(SoupServer *soup, SoupServerMessage *message, gpointer user_data)
{
	LoaWebDoor *self = user_data;
	GSocket *socket = soup_server_message_get_socket(message);
	Visit *visit;

	(void)soup;
	if (socket == NULL || g_hash_table_contains(self->visits, socket))
		return;
	visit = g_new0(Visit, 1);
	visit->door = self;
	visit->message = g_object_ref(message);
	visit->socket = g_object_ref(socket);
	visit->address = address_of(socket);
	visit->link.data = visit;
	visit->began_us = g_get_monotonic_time();
	visit->gone_handler = g_signal_connect(message, "disconnected", G_CALLBACK(on_gone), visit);
	visit->timeout_source =
		g_timeout_add_seconds(LOA_WEB_DOOR_GUEST_S, on_guest_timeout, visit);
	g_queue_push_tail_link(&self->guests, &visit->link);
	g_hash_table_insert(self->visits, visit->socket, visit);
	g_hash_table_replace(self->counts, g_strdup(visit->address),
			     GUINT_TO_POINTER(count_of(self, visit->address) + 1));
	g_socket_set_timeout(socket, LOA_WEB_DOOR_IDLE_S);
	make_room(self, visit);
	if (self->hurry_source == 0 && count_unheard(self, visit->address) > LOA_WEB_DOOR_CALM)
		self->hurry_source = g_timeout_add(HURRY_STEP_MS, on_hurry, self);
}

LoaWebDoor *
loa_web_door_new(SoupServer *soup, guint max)
{
	LoaWebDoor *self = g_new0(LoaWebDoor, 1);

	self->soup = g_object_ref(soup);
	self->max = max;
	self->visits = g_hash_table_new_full(NULL, NULL, NULL, visit_free);
	self->counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_queue_init(&self->guests);
	self->started_handler =
		g_signal_connect(soup, "request-started", G_CALLBACK(on_started), self);
	return self;
}

static Visit *
visit_of(LoaWebDoor *self, SoupServerMessage *message)
{
	GSocket *socket = soup_server_message_get_socket(message);

	return socket != NULL ? g_hash_table_lookup(self->visits, socket) : NULL;
}

void
loa_web_door_heard(LoaWebDoor *self, SoupServerMessage *message)
{
	Visit *visit = visit_of(self, message);

	if (visit == NULL || visit->timeout_source == 0)
		return;
	visit->is_heard = TRUE;
	g_source_remove(visit->timeout_source);
	visit->timeout_source =
		g_timeout_add_seconds(LOA_WEB_DOOR_ANSWER_S, on_guest_timeout, visit);
}

void
loa_web_door_admit(LoaWebDoor *self, SoupServerMessage *message)
{
	Visit *visit = visit_of(self, message);

	if (visit != NULL)
		leave_guests(visit);
}

void
loa_web_door_keep(LoaWebDoor *self, SoupServerMessage *message)
{
	Visit *visit = visit_of(self, message);

	if (visit == NULL)
		return;
	leave_guests(visit);
	g_socket_set_timeout(visit->socket, 0);
}

guint
loa_web_door_n_connections(const LoaWebDoor *self)
{
	return g_hash_table_size(self->visits);
}

void
loa_web_door_free(LoaWebDoor *self)
{
	if (self == NULL)
		return;
	g_clear_handle_id(&self->hurry_source, g_source_remove);
	g_signal_handler_disconnect(self->soup, self->started_handler);
	g_hash_table_remove_all(self->visits);
	g_hash_table_unref(self->visits);
	g_hash_table_unref(self->counts);
	g_object_unref(self->soup);
	g_free(self);
}
