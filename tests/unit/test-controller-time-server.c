/* SPDX-License-Identifier: Apache-2.0 */
/* Over real loopback sockets; every wait is for a datagram, with a watchdog. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/udp-stamp.h"
#include "controller/receivers/time-server.h"
#include "wire/time-packet.h"

#define SITE_US G_GINT64_CONSTANT(1790000000000000)

typedef struct {
	LoaSigningKey *key;
	LoaKeyRing *ring;
	LoaClock *clock;
	LoaTimeServer *server;
	GSocket *socket;
	GSocketAddress *to;
	gboolean is_late;
} Fixture;

static int
setup(void **state)
{
	Fixture *f = g_new0(Fixture, 1);
	g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback(G_SOCKET_FAMILY_IPV4);
	g_autoptr(GSocketAddress) any = g_inet_socket_address_new(loopback, 0);

	f->key = loa_signing_key_new();
	f->ring = loa_key_ring_new();
	g_autofree char *public = loa_signing_key_public_hex(f->key);
	if (!loa_key_ring_add(f->ring, public))
		return -1;
	f->clock = loa_clock_new_test(g_get_monotonic_time(), SITE_US);
	f->server = loa_time_server_new(G_INET_SOCKET_ADDRESS(any), "s", f->clock, f->key, NULL);
	f->socket = loa_udp_stamp_bind(any, NULL);
	if (f->server == NULL || f->socket == NULL)
		return -1;
	f->to = g_inet_socket_address_new(loopback, loa_time_server_port(f->server));
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	Fixture *f = *state;

	loa_time_server_free(f->server);
	loa_clock_free(f->clock);
	loa_signing_key_free(f->key);
	loa_key_ring_free(f->ring);
	g_object_unref(f->socket);
	g_object_unref(f->to);
	g_free(f);
	return 0;
}

static void
send_bytes(Fixture *f, const guint8 *bytes, gsize size)
{
	assert_int_equal(g_socket_send_to(f->socket, f->to, (const char *)bytes, size, NULL, NULL),
			 size);
}

static gboolean
on_watchdog(gpointer user_data)
{
	Fixture *f = user_data;

	f->is_late = TRUE;
	return G_SOURCE_CONTINUE;
}

/* Turns the loop until a datagram is there. */
static void
receive(Fixture *f, LoaDatagram *datagram)
{
	guint watchdog = g_timeout_add_seconds(5, on_watchdog, f);

	while (!loa_udp_stamp_receive(f->socket, datagram)) {
		assert_false(f->is_late);
		g_main_context_iteration(NULL, FALSE);
		g_socket_condition_timed_wait(f->socket, G_IO_IN, 1000, NULL, NULL);
	}
	g_source_remove(watchdog);
}

static void
an_answer_carries_the_nonce_and_lies_on_the_servers_clock(void **state)
{
	Fixture *f = *state;
	g_auto(LoaDatagram) datagram = { .from = NULL };
	guint8 packet[LOA_TIME_PACKET_SIZE];
	LoaTimeAnswer answer;
	LoaClockMap map = loa_clock_map(f->clock);

	loa_clock_test_set_status(f->clock, (LoaClockStatus){ LOA_CLOCK_HOLDOVER, "test", 777 });
	gint64 before_us = loa_clock_map_to_site_us(&map, g_get_monotonic_time());
	loa_time_ask_encode(42, packet);
	send_bytes(f, packet, sizeof packet);
	receive(f, &datagram);
	gint64 after_us = loa_clock_map_to_site_us(&map, g_get_monotonic_time());

	assert_true(loa_time_answer_decode(datagram.data, datagram.size, "loa/s/time", f->ring,
					   &answer, NULL));
	assert_true(answer.nonce == 42);
	assert_int_equal(answer.state, LOA_CLOCK_HOLDOVER);
	assert_int_equal(answer.bound_us, 777);
	assert_true(answer.received_ns >= (before_us - 1) * 1000);
	assert_true(answer.sent_ns >= answer.received_ns);
	/* the answer's leaving is foretold: by less than a millisecond */
	assert_true(answer.sent_ns <= (after_us + 1000) * 1000);
}

static void
what_is_not_a_question_is_counted_and_not_answered(void **state)
{
	Fixture *f = *state;
	g_auto(LoaDatagram) datagram = { .from = NULL };
	guint8 packet[LOA_TIME_PACKET_SIZE + 1] = { 0 };
	LoaTimeAnswer answer;

	send_bytes(f, packet, 1);
	send_bytes(f, packet, sizeof packet);
	loa_time_ask_encode(1, packet);
	packet[5] = 2;
	send_bytes(f, packet, LOA_TIME_PACKET_SIZE);
	loa_time_ask_encode(2, packet);
	send_bytes(f, packet, LOA_TIME_PACKET_SIZE);
	receive(f, &datagram);

	/* the first thing that comes back belongs to the one true question */
	assert_true(loa_time_answer_decode(datagram.data, datagram.size, "loa/s/time", f->ring,
					   &answer, NULL));
	assert_true(answer.nonce == 2);
	assert_int_equal(loa_time_server_stats(f->server).n_malformed, 3);
	assert_int_equal(loa_time_server_stats(f->server).n_answered, 1);
}

#define BATCH 200 /* more than the server reads at once, less than the kernel keeps */

static guint64
n_seen(const Fixture *f)
{
	LoaTimeServerStats stats = loa_time_server_stats(f->server);

	return stats.n_answered + stats.n_malformed + stats.n_limited;
}

typedef struct {
	Fixture *f;
	guint64 n_seen; /* when other work had its turn */
	gboolean was_run;
} OtherWork;

static gboolean
on_other_work(gpointer user_data)
{
	OtherWork *other = user_data;

	other->n_seen = n_seen(other->f);
	other->was_run = TRUE;
	return G_SOURCE_REMOVE;
}

/* Turns the loop until the server has seen @n datagrams in all. */
static void
run_until_seen(Fixture *f, guint64 n)
{
	guint watchdog = g_timeout_add_seconds(5, on_watchdog, f);

	while (n_seen(f) < n) {
		assert_false(f->is_late);
		g_main_context_iteration(NULL, TRUE);
	}
	g_source_remove(watchdog);
}

static void
who_floods_the_port_does_not_have_the_loop_to_himself(void **state)
{
	Fixture *f = *state;
	OtherWork other = { .f = f };
	const guint8 junk = 0;

	for (guint i = 0; i < BATCH; i++)
		send_bytes(f, &junk, 1);
	g_idle_add_full(G_PRIORITY_DEFAULT, on_other_work, &other, NULL);
	run_until_seen(f, BATCH);
	assert_true(other.was_run);
	assert_true(other.n_seen < BATCH);
	/* and when it is quiet again a question goes before all other work */
	other.was_run = FALSE;
	g_idle_add_full(G_PRIORITY_DEFAULT, on_other_work, &other, NULL);
	send_bytes(f, &junk, 1);
	run_until_seen(f, BATCH + 1);
	assert_false(other.was_run);
	while (g_main_context_iteration(NULL, FALSE))
		;
}

/* An ask from 127.0.0.@last is answered. */
static gboolean
is_answered(Fixture *f, guint last, guint64 nonce)
{
	g_autofree char *name = g_strdup_printf("127.0.0.%u", last);
	g_autoptr(GSocketAddress) from = g_inet_socket_address_new_from_string(name, 0);
	g_autoptr(GSocket) socket = loa_udp_stamp_bind(from, NULL);
	g_auto(LoaDatagram) datagram = { .from = NULL };
	guint8 packet[LOA_TIME_PACKET_SIZE];
	const guint64 seen = n_seen(f);

	assert_non_null(socket);
	loa_time_ask_encode(nonce, packet);
	assert_int_equal(
		g_socket_send_to(socket, f->to, (const char *)packet, sizeof packet, NULL, NULL),
		sizeof packet);
	run_until_seen(f, seen + 1);
	return loa_udp_stamp_receive(socket, &datagram);
}

static void
one_who_asks_without_end_takes_the_answers_of_few(void **state)
{
	Fixture *f = *state;
	guint8 packet[LOA_TIME_PACKET_SIZE];
	guint64 n = 0;
	guint n_answered = 0;

	loa_time_ask_encode(7, packet);
	/* within one second of the server's */
	while (loa_time_server_stats(f->server).n_limited == 0) {
		for (guint i = 0; i < BATCH; i++)
			send_bytes(f, packet, sizeof packet);
		n += BATCH;
		run_until_seen(f, n);
		assert_true(n < 100 * LOA_TIME_SERVER_MAX_PER_SHARE);
	}
	/* which addresses share is chance: of three others one at most may */
	for (guint last = 2; last < 5; last++)
		n_answered += is_answered(f, last, last);
	assert_true(n_answered >= 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			an_answer_carries_the_nonce_and_lies_on_the_servers_clock, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_not_a_question_is_counted_and_not_answered,
						setup, teardown),
		cmocka_unit_test_setup_teardown(
			who_floods_the_port_does_not_have_the_loop_to_himself, setup, teardown),
		cmocka_unit_test_setup_teardown(one_who_asks_without_end_takes_the_answers_of_few,
						setup, teardown),
	};

	return cmocka_run_group_tests_name("controller/time-server", tests, NULL, NULL);
}
