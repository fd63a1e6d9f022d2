/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/receivers/time-server.h"

#include <time.h>

#include "common/udp-stamp.h"
#include "wire/time-packet.h"

/* Datagrams answered before other work of the main loop gets its turn. */
#define MAX_PER_WAKE 32

struct LoaTimeServer {
	GSocket *socket;          /* owned */
	GSource *source;          /* owned */
	LoaClock *clock;          /* borrowed for life */
	const LoaSigningKey *key; /* borrowed for life */
	char *topic;              /* owned */
	gint64 answer_cost_ns; /* from reading the clock to the datagram's leaving, at its least */
	gint64 second;         /* of CLOCK_MONOTONIC, to which n_this_second belongs */
	guint n_this_second;
	LoaTimeServerStats stats;
};

static gboolean
is_over_limit(LoaTimeServer *self, gint64 mono_us)
{
	gint64 second = mono_us / G_USEC_PER_SEC;

	if (second != self->second) {
		self->second = second;
		self->n_this_second = 0;
	}
	return ++self->n_this_second > LOA_TIME_SERVER_MAX_PER_S;
}

static gint64
mono_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (gint64)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Site time in nanoseconds at a moment of CLOCK_MONOTONIC. */
static gint64
site_ns(const LoaClockMap *map, gint64 mono_ns)
{
	gint64 since_ns = mono_ns - map->mono_us * 1000;

	return map->site_us * 1000 + (gint64)((double)since_ns * map->rate);
}

static void
answer(LoaTimeServer *self, const LoaDatagram *datagram, guint64 nonce)
{
	guint8 packet[LOA_TIME_PACKET_SIZE];
	LoaClockStatus status = loa_clock_status(self->clock);
	LoaClockMap map = loa_clock_map(self->clock);
	gint64 begin_ns = mono_ns();
	/* signing takes longer than everything else here: say when the answer will leave */
	LoaTimeAnswer answer = {
		.nonce = nonce,
		.received_ns = site_ns(&map, datagram->mono_ns),
		.sent_ns = site_ns(&map, begin_ns + self->answer_cost_ns),
		.state = status.state,
		.bound_us = status.bound_us,
	};

	answer.sent_ns = MAX(answer.sent_ns, answer.received_ns);
	loa_time_answer_encode(&answer, self->topic, self->key, packet);
	if (g_socket_send_to(self->socket, datagram->from, (const char *)packet, sizeof packet,
			     NULL, NULL) < 0)
		return; /* the way back is gone; the receiver asks again */
	gint64 cost_ns = mono_ns() - begin_ns;

	/* The least it takes: receivers go by their quickest exchanges, and whatever came on top is
	 * one more delay to them. Leaking upwards, so that a slower processor clock is noticed. */
	self->answer_cost_ns = MIN(cost_ns, self->answer_cost_ns + self->answer_cost_ns / 256 + 1);
	self->stats.n_answered++;
}

static gboolean
on_readable(GSocket *socket, GIOCondition condition, gpointer user_data)
{
	LoaTimeServer *self = user_data;

	(void)condition;
	for (int i = 0; i < MAX_PER_WAKE; i++) {
		g_auto(LoaDatagram) datagram = { .from = NULL };
		guint64 nonce = 0;

		if (!loa_udp_stamp_receive(socket, &datagram))
			break;
		if (datagram.from == NULL ||
		    !loa_time_ask_decode(datagram.data, datagram.size, &nonce, NULL))
			self->stats.n_malformed++;
		else if (is_over_limit(self, datagram.mono_ns / 1000))
			self->stats.n_limited++;
		else
			answer(self, &datagram, nonce);
	}
	return G_SOURCE_CONTINUE;
}

LoaTimeServer *
loa_time_server_new(GInetSocketAddress *address, const char *site, LoaClock *clock,
		    const LoaSigningKey *key, GError **error)
{
	g_autoptr(GSocket) udp = loa_udp_stamp_bind(G_SOCKET_ADDRESS(address), error);

	if (udp == NULL)
		return NULL;

	LoaTimeServer *self = g_new0(LoaTimeServer, 1);

	self->socket = g_steal_pointer(&udp);
	self->clock = clock;
	self->key = key;
	self->topic = loa_time_topic(site);
	self->answer_cost_ns = 40000;
	self->source = g_socket_create_source(self->socket, G_IO_IN, NULL);
	g_source_set_callback(self->source, G_SOURCE_FUNC(on_readable), self, NULL);
	g_source_set_priority(self->source, G_PRIORITY_HIGH);
	g_source_attach(self->source, NULL);
	return self;
}

guint16
loa_time_server_port(const LoaTimeServer *self)
{
	g_autoptr(GSocketAddress) address = g_socket_get_local_address(self->socket, NULL);

	if (!G_IS_INET_SOCKET_ADDRESS(address))
		return 0;
	return g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(address));
}

LoaTimeServerStats
loa_time_server_stats(const LoaTimeServer *self)
{
	return self->stats;
}

void
loa_time_server_free(LoaTimeServer *self)
{
	if (self == NULL)
		return;
	g_source_destroy(self->source);
	g_source_unref(self->source);
	g_object_unref(self->socket);
	g_free(self->topic);
	g_free(self);
}
