/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/receivers/time-server.h"

#include <string.h>
#include <time.h>

#include "common/udp-stamp.h"
#include "wire/time-packet.h"

/* Datagrams answered before other work of the main loop gets its turn. */
#define MAX_PER_WAKE 32

/* Addresses fall into so many shares, and each has a limit of its own: one who floods takes the
 * answers of those few who share with him, not of all. */
#define N_SHARES 256

struct LoaTimeServer {
	GSocket *socket;          /* owned */
	GSource *source;          /* owned */
	LoaClock *clock;          /* borrowed for life */
	const LoaSigningKey *key; /* borrowed for life */
	char *topic;              /* owned */
	gint64 answer_cost_ns; /* from reading the clock to the datagram's leaving, at its least */
	gint64 second;         /* of CLOCK_MONOTONIC, to which the numbers belong */
	guint n_this_second;
	guint n_of_share[N_SHARES];
	guint32 seed; /* of the shares: nobody can choose an address that falls into another's */
	LoaTimeServerStats stats;
};

static guint
share_of(const LoaTimeServer *self, GSocketAddress *from)
{
	GInetAddress *address = g_inet_socket_address_get_address(G_INET_SOCKET_ADDRESS(from));
	/* whoever has one address of an IPv6 network has 2^64 of them */
	const gsize n = MIN(g_inet_address_get_native_size(address), 8);
	const guint8 *bytes = g_inet_address_to_bytes(address);
	guint32 hash = self->seed;

	for (gsize i = 0; i < n; i++)
		hash = (hash ^ bytes[i]) * 16777619U;
	return (hash ^ hash >> 16) % N_SHARES;
}

static gboolean
is_over_limit(LoaTimeServer *self, GSocketAddress *from, gint64 mono_us)
{
	gint64 second = mono_us / G_USEC_PER_SEC;
	guint *n = &self->n_of_share[share_of(self, from)];

	if (second != self->second) {
		self->second = second;
		self->n_this_second = 0;
		memset(self->n_of_share, 0, sizeof self->n_of_share);
	}
	if (*n >= LOA_TIME_SERVER_MAX_PER_SHARE || self->n_this_second >= LOA_TIME_SERVER_MAX_PER_S)
		return TRUE;
	(*n)++;
	self->n_this_second++;
	return FALSE;
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
	int i = 0;

	for (; i < MAX_PER_WAKE; i++) {
		g_auto(LoaDatagram) datagram = { .from = NULL };
		guint64 nonce = 0;

		if (!loa_udp_stamp_receive(socket, &datagram))
			break;
		if (datagram.from == NULL || !G_IS_INET_SOCKET_ADDRESS(datagram.from) ||
		    !loa_time_ask_decode(datagram.data, datagram.size, &nonce, NULL))
			self->stats.n_malformed++;
		else if (is_over_limit(self, datagram.from, datagram.mono_ns / 1000))
			self->stats.n_limited++;
		else
			answer(self, &datagram, nonce);
	}
	loa_udp_stamp_take_turns(self->source, i == MAX_PER_WAKE);
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
	self->seed = g_random_int();
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
