/* SPDX-License-Identifier: Apache-2.0 */
#include "node/time-client.h"

#include <time.h>

#include "common/udp-stamp.h"
#include "wire/time-packet.h"

/* Questions that may be under way at once: 20 a second over a round trip of up to 3 s. */
#define MAX_PENDING 64
/* Without an answer for this long, the address may have changed. */
#define LOOK_UP_AGAIN_US (30 * G_USEC_PER_SEC)
#define MAX_PER_WAKE 32
#define FIRST_INTERVAL_MS 50

typedef struct {
	guint64 nonce; /* 0: free, or answered */
	gint64 sent_ns;
} Pending;

struct LoaTimeClient {
	GSocketConnectable *controller; /* owned: the name as configured */
	char *topic;                    /* owned */
	const LoaKeyRing *ring;         /* borrowed for life */
	LoaClockFilter *filter;         /* borrowed for life */
	LoaTimeClientEvents events;
	GSocket *socket;         /* owned, NULL until the name was found */
	GSource *readable;       /* owned, with the socket */
	GSocketAddress *address; /* owned, with the socket */
	GCancellable *cancel;    /* owned: ends a look-up */
	gboolean is_looking_up;
	guint timer;
	gint64 started_mono_us;
	gint64 looked_up_mono_us;
	gint64 last_mono_us;
	gboolean is_busy;
	Pending pending[MAX_PENDING];
	guint next_pending;
	LoaTimeAnswer last;
	LoaTimeClientStats stats;
};

static gboolean on_ask_timer(gpointer user_data);

static gint64
mono_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (gint64)t.tv_sec * 1000000000 + t.tv_nsec;
}

guint
loa_time_client_interval_ms(gint64 age_us, gboolean is_busy)
{
	/* the rate is what a short history knows worst: many questions over a long while help most;
	 * yet the controller signs each answer, and after a power cut all ask at once */
	static const struct {
		guint until_s;
		guint interval_ms;
	} young[] = { { 5, FIRST_INTERVAL_MS }, { 20, 100 }, { 30, 125 } };

	for (gsize i = 0; i < G_N_ELEMENTS(young); i++)
		if (age_us < young[i].until_s * G_USEC_PER_SEC)
			return young[i].interval_ms;
	if (!is_busy)
		return 5000;
	return age_us < 60 * G_USEC_PER_SEC ? 250 : 500;
}

static guint
ask_interval_ms(const LoaTimeClient *self)
{
	return loa_time_client_interval_ms(g_get_monotonic_time() - self->started_mono_us,
					   self->is_busy);
}

static void
schedule_ask(LoaTimeClient *self, guint after_ms)
{
	g_clear_handle_id(&self->timer, g_source_remove);
	self->timer = g_timeout_add_full(G_PRIORITY_HIGH, after_ms, on_ask_timer, self, NULL);
}

static Pending *
find_pending(LoaTimeClient *self, guint64 nonce)
{
	for (guint i = 0; i < MAX_PENDING; i++)
		if (nonce != 0 && self->pending[i].nonce == nonce)
			return &self->pending[i];
	return NULL;
}

static void
forged(LoaTimeClient *self, const char *why)
{
	self->stats.n_forged++;
	if (self->events.forged != NULL)
		self->events.forged(why, self->events.user_data);
}

static void
take_answer(LoaTimeClient *self, const LoaTimeAnswer *answer, gint64 sent_ns, gint64 received_ns)
{
	self->last = *answer;
	/* it does not know the time itself: what was learned before is worth more */
	if (answer->state == LOA_CLOCK_UNTRUSTED) {
		self->stats.n_unsure++;
		return;
	}
	LoaExchange exchange = loa_clock_filter_add(self->filter, sent_ns, answer->received_ns,
						    answer->sent_ns, received_ns);

	switch (exchange) {
	case LOA_EXCHANGE_ABSURD:
		self->stats.n_absurd++;
		return;
	case LOA_EXCHANGE_DOUBTED:
		self->stats.n_absurd++;
		schedule_ask(self, FIRST_INTERVAL_MS); /* be sure soon */
		return;
	case LOA_EXCHANGE_STEPPED:
		self->stats.n_steps++;
		/* everything is to be learned anew, as after the start */
		self->started_mono_us = g_get_monotonic_time();
		schedule_ask(self, FIRST_INTERVAL_MS);
		break;
	case LOA_EXCHANGE_TAKEN:
		break;
	}
	self->stats.n_taken++;
	self->last_mono_us = received_ns / 1000;
	if (self->events.improved != NULL)
		self->events.improved(self->events.user_data);
}

static void
handle(LoaTimeClient *self, const LoaDatagram *datagram)
{
	g_autoptr(GError) error = NULL;
	LoaTimeAnswer answer;

	if (!loa_time_answer_decode(datagram->data, datagram->size, self->topic, self->ring,
				    &answer, &error)) {
		forged(self, error->message);
		return;
	}
	Pending *pending = find_pending(self, answer.nonce);

	if (pending == NULL) { /* doubled by the network, very late, or played again */
		self->stats.n_unasked++;
		return;
	}
	pending->nonce = 0;
	take_answer(self, &answer, pending->sent_ns, datagram->mono_ns);
}

static gboolean
on_readable(GSocket *socket, GIOCondition condition, gpointer user_data)
{
	LoaTimeClient *self = user_data;

	(void)condition;
	int i = 0;

	for (; i < MAX_PER_WAKE; i++) {
		g_auto(LoaDatagram) datagram = { .from = NULL };

		if (!loa_udp_stamp_receive(socket, &datagram))
			break;
		handle(self, &datagram);
	}
	loa_udp_stamp_take_turns(self->readable, i == MAX_PER_WAKE);
	return G_SOURCE_CONTINUE;
}

static void
close_socket(LoaTimeClient *self)
{
	if (self->readable != NULL)
		g_source_destroy(self->readable);
	g_clear_pointer(&self->readable, g_source_unref);
	g_clear_object(&self->socket);
	g_clear_object(&self->address);
}

static void
open_socket(LoaTimeClient *self, GSocketAddress *address)
{
	GSocketFamily family = g_socket_address_get_family(address);
	g_autoptr(GInetAddress) any = g_inet_address_new_any(family);
	g_autoptr(GSocketAddress) local = g_inet_socket_address_new(any, 0);
	g_autoptr(GError) error = NULL;

	close_socket(self);
	self->socket = loa_udp_stamp_bind(local, &error);
	if (self->socket == NULL) {
		g_debug("no socket for the site clock: %s", error->message);
		return;
	}
	self->address = g_object_ref(address);
	self->readable = g_socket_create_source(self->socket, G_IO_IN, NULL);
	g_source_set_callback(self->readable, G_SOURCE_FUNC(on_readable), self, NULL);
	g_source_set_priority(self->readable, G_PRIORITY_HIGH);
	g_source_attach(self->readable, NULL);
}

static void
on_looked_up(GObject *source, GAsyncResult *result, gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GSocketAddress) address = g_socket_address_enumerator_next_finish(
		G_SOCKET_ADDRESS_ENUMERATOR(source), result, &error);

	if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
		return; /* the client is gone */
	LoaTimeClient *self = user_data;

	self->is_looking_up = FALSE;
	if (address != NULL)
		open_socket(self, address);
}

static void
look_up(LoaTimeClient *self)
{
	g_autoptr(GSocketAddressEnumerator) addresses =
		g_socket_connectable_enumerate(self->controller);

	self->is_looking_up = TRUE;
	self->looked_up_mono_us = g_get_monotonic_time();
	g_socket_address_enumerator_next_async(addresses, self->cancel, on_looked_up, self);
}

static gboolean
is_look_up_due(const LoaTimeClient *self)
{
	gint64 now_us = g_get_monotonic_time();

	if (self->is_looking_up)
		return FALSE;
	if (self->looked_up_mono_us == 0)
		return TRUE;
	/* no socket yet: once a second; nobody answers: now and then */
	if (self->socket == NULL)
		return now_us - self->looked_up_mono_us > G_USEC_PER_SEC;
	return now_us - MAX(self->last_mono_us, self->looked_up_mono_us) > LOOK_UP_AGAIN_US;
}

static void
ask(LoaTimeClient *self)
{
	guint8 packet[LOA_TIME_PACKET_SIZE];
	Pending *pending = &self->pending[self->next_pending];

	pending->nonce = loa_time_nonce_new();
	self->next_pending = (self->next_pending + 1) % MAX_PENDING;
	loa_time_ask_encode(pending->nonce, packet);
	pending->sent_ns = mono_ns();
	if (g_socket_send_to(self->socket, self->address, (const char *)packet, sizeof packet, NULL,
			     NULL) >= 0)
		self->stats.n_asked++;
}

static gboolean
on_ask_timer(gpointer user_data)
{
	LoaTimeClient *self = user_data;

	self->timer = 0;
	if (is_look_up_due(self))
		look_up(self);
	if (self->socket != NULL)
		ask(self);
	schedule_ask(self, ask_interval_ms(self));
	return G_SOURCE_REMOVE;
}

LoaTimeClient *
loa_time_client_new(const char *controller, const char *site, const LoaKeyRing *ring,
		    LoaClockFilter *filter, const LoaTimeClientEvents *events, GError **error)
{
	g_autoptr(GSocketConnectable) name = g_network_address_parse(controller, 0, error);

	if (name == NULL)
		return NULL;
	if (g_network_address_get_port(G_NETWORK_ADDRESS(name)) == 0) {
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
			    "%s has no port; write HOST:PORT", controller);
		return NULL;
	}

	LoaTimeClient *self = g_new0(LoaTimeClient, 1);

	self->controller = g_steal_pointer(&name);
	self->topic = loa_time_topic(site);
	self->ring = ring;
	self->filter = filter;
	self->events = *events;
	self->cancel = g_cancellable_new();
	self->started_mono_us = g_get_monotonic_time();
	schedule_ask(self, 0);
	return self;
}

void
loa_time_client_set_busy(LoaTimeClient *self, gboolean is_busy)
{
	if (self->is_busy == is_busy)
		return;
	self->is_busy = is_busy;
	if (is_busy)
		schedule_ask(self, 0);
}

LoaClockState
loa_time_client_controller_state(const LoaTimeClient *self)
{
	return self->last.state;
}

gint64
loa_time_client_controller_bound_us(const LoaTimeClient *self)
{
	return self->last.bound_us;
}

gint64
loa_time_client_last_mono_us(const LoaTimeClient *self)
{
	return self->last_mono_us;
}

LoaTimeClientStats
loa_time_client_stats(const LoaTimeClient *self)
{
	return self->stats;
}

void
loa_time_client_free(LoaTimeClient *self)
{
	if (self == NULL)
		return;
	g_cancellable_cancel(self->cancel);
	g_object_unref(self->cancel);
	g_clear_handle_id(&self->timer, g_source_remove);
	close_socket(self);
	g_object_unref(self->controller);
	g_free(self->topic);
	g_free(self);
}
