/* SPDX-License-Identifier: Apache-2.0 */
/* The controller is a socket in this test; every wait is for the client's own word. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/udp-stamp.h"
#include "node/time-client.h"
#include "wire/time-packet.h"

#define HOUR_NS (3600 * G_GINT64_CONSTANT(1000000000))

typedef enum {
	ANSWER_WELL,
	ANSWER_TWICE,  /* the network doubled it */
	ANSWER_FORGED, /* with a stranger's key */
	ANSWER_OLD,    /* a true answer to an earlier question, again and again */
	ANSWER_UNSURE, /* the controller does not trust its own clock */
	ANSWER_NOT,
} Mood;

typedef struct {
	GSocket *server;
	GSource *source;
	LoaSigningKey *key;
	LoaSigningKey *stranger;
	LoaKeyRing *ring;
	LoaClockFilter *filter;
	LoaTimeClient *client;
	char *address;
	Mood mood;
	guint64 first_nonce;
	guint n_asked;
	guint n_improved;
	guint n_forged;
} Fixture;

static gboolean
on_question(GSocket *socket, GIOCondition condition, gpointer user_data)
{
	Fixture *f = user_data;
	g_auto(LoaDatagram) datagram = { .from = NULL };
	guint8 packet[LOA_TIME_PACKET_SIZE];
	guint64 nonce = 0;

	(void)condition;
	if (!loa_udp_stamp_receive(socket, &datagram))
		return G_SOURCE_CONTINUE;
	assert_true(loa_time_ask_decode(datagram.data, datagram.size, &nonce, NULL));
	if (f->n_asked++ == 0)
		f->first_nonce = nonce;
	LoaTimeAnswer answer = {
		.nonce = f->mood == ANSWER_OLD ? f->first_nonce : nonce,
		.received_ns = datagram.mono_ns + HOUR_NS,
		.sent_ns = g_get_monotonic_time() * 1000 + HOUR_NS,
		.state = f->mood == ANSWER_UNSURE ? LOA_CLOCK_UNTRUSTED : LOA_CLOCK_SYNCED,
		.bound_us = 77,
	};

	answer.sent_ns = MAX(answer.sent_ns, answer.received_ns);
	loa_time_answer_encode(&answer, "loa/s/time",
			       f->mood == ANSWER_FORGED ? f->stranger : f->key, packet);
	for (int i = 0; i < (f->mood == ANSWER_NOT ? 0 : f->mood == ANSWER_TWICE ? 2 : 1); i++)
		g_socket_send_to(socket, datagram.from, (const char *)packet, sizeof packet, NULL,
				 NULL);
	return G_SOURCE_CONTINUE;
}

static void
on_improved(gpointer user_data)
{
	((Fixture *)user_data)->n_improved++;
}

static void
on_forged(const char *why, gpointer user_data)
{
	assert_non_null(strstr(why, "key"));
	((Fixture *)user_data)->n_forged++;
}

static int
setup(void **state)
{
	Fixture *f = g_new0(Fixture, 1);
	g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback(G_SOCKET_FAMILY_IPV4);
	g_autoptr(GSocketAddress) any = g_inet_socket_address_new(loopback, 0);
	LoaTimeClientEvents events = { on_improved, on_forged, f };

	f->key = loa_signing_key_new();
	f->stranger = loa_signing_key_new();
	f->ring = loa_key_ring_new();
	g_autofree char *public = loa_signing_key_public_hex(f->key);
	f->server = loa_udp_stamp_bind(any, NULL);
	if (!loa_key_ring_add(f->ring, public) || f->server == NULL)
		return -1;
	f->source = g_socket_create_source(f->server, G_IO_IN, NULL);
	g_source_set_callback(f->source, G_SOURCE_FUNC(on_question), f, NULL);
	g_source_attach(f->source, NULL);
	g_autoptr(GSocketAddress) bound = g_socket_get_local_address(f->server, NULL);
	f->address = g_strdup_printf("127.0.0.1:%u",
				     g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(bound)));
	f->filter = loa_clock_filter_new();
	f->client = loa_time_client_new(f->address, "s", f->ring, f->filter, &events, NULL);
	*state = f;
	return f->client == NULL ? -1 : 0;
}

static int
teardown(void **state)
{
	Fixture *f = *state;

	loa_time_client_free(f->client);
	while (g_main_context_iteration(NULL, FALSE)) /* a cancelled look-up reports */
		;
	loa_clock_filter_free(f->filter);
	g_source_destroy(f->source);
	g_source_unref(f->source);
	g_object_unref(f->server);
	loa_signing_key_free(f->key);
	loa_signing_key_free(f->stranger);
	loa_key_ring_free(f->ring);
	g_free(f->address);
	g_free(f);
	return 0;
}

static gboolean
on_watchdog(gpointer user_data)
{
	(void)user_data;
	fail_msg("%s", "nothing came of it");
	return G_SOURCE_REMOVE;
}

static void
run_until_asked(Fixture *f, guint n)
{
	guint watchdog = g_timeout_add_seconds(10, on_watchdog, NULL);

	while (f->n_asked < n)
		g_main_context_iteration(NULL, TRUE);
	g_source_remove(watchdog);
}

static void
the_filter_learns_the_controllers_hour(void **state)
{
	Fixture *f = *state;
	LoaClockMap map;
	gint64 bound_us = 0;

	assert_int_equal(loa_time_client_controller_state(f->client), LOA_CLOCK_UNTRUSTED);
	run_until_asked(f, 5);
	assert_true(f->n_improved >= 3);
	assert_int_equal(loa_time_client_controller_state(f->client), LOA_CLOCK_SYNCED);
	assert_int_equal(loa_time_client_controller_bound_us(f->client), 77);
	assert_true(loa_time_client_last_mono_us(f->client) > 0);
	assert_true(loa_clock_filter_line(f->filter, g_get_monotonic_time(), &map, &bound_us));
	gint64 error_us = map.site_us - map.mono_us - HOUR_NS / 1000;

	assert_true(ABS(error_us) <= bound_us);
	assert_int_equal(f->n_forged, 0);
}

static void
a_strangers_answers_are_counted_told_and_not_believed(void **state)
{
	Fixture *f = *state;

	f->mood = ANSWER_FORGED;
	run_until_asked(f, 4);
	assert_true(f->n_forged >= 2);
	assert_int_equal(loa_time_client_stats(f->client).n_forged, f->n_forged);
	assert_int_equal(f->n_improved, 0);
	assert_int_equal(loa_clock_filter_n_taken(f->filter), 0);
	assert_int_equal(loa_time_client_controller_state(f->client), LOA_CLOCK_UNTRUSTED);
}

static void
an_answer_counts_once(void **state)
{
	Fixture *f = *state;

	f->mood = ANSWER_TWICE;
	run_until_asked(f, 4);
	LoaTimeClientStats stats = loa_time_client_stats(f->client);

	assert_true(stats.n_unasked >= 2);
	assert_true(stats.n_taken <= f->n_asked);
	assert_int_equal(f->n_forged, 0);
}

static void
an_old_answer_played_again_is_worth_nothing(void **state)
{
	Fixture *f = *state;

	f->mood = ANSWER_OLD;
	run_until_asked(f, 5);
	assert_int_equal(loa_time_client_stats(f->client).n_taken, 1);
	assert_true(loa_time_client_stats(f->client).n_unasked >= 2);
}

static void
a_controller_in_doubt_of_itself_teaches_nothing(void **state)
{
	Fixture *f = *state;

	f->mood = ANSWER_UNSURE;
	run_until_asked(f, 4);
	assert_true(loa_time_client_stats(f->client).n_unsure >= 2);
	assert_int_equal(loa_clock_filter_n_taken(f->filter), 0);
	assert_int_equal(loa_time_client_last_mono_us(f->client), 0);

	/* then somebody sets its clock; and it may lose its trust again */
	f->mood = ANSWER_WELL;
	run_until_asked(f, 9);
	assert_int_equal(loa_time_client_controller_state(f->client), LOA_CLOCK_SYNCED);
	guint n_taken = loa_clock_filter_n_taken(f->filter);

	assert_true(n_taken >= 2);
	f->mood = ANSWER_UNSURE;
	run_until_asked(f, 13);
	assert_int_equal(loa_time_client_controller_state(f->client), LOA_CLOCK_UNTRUSTED);
	assert_in_range(loa_clock_filter_n_taken(f->filter), n_taken, n_taken + 1);
}

static void
an_address_needs_a_port(void **state)
{
	(void)state;
	g_autoptr(GError) error = NULL;
	LoaTimeClientEvents events = { NULL, NULL, NULL };

	assert_null(loa_time_client_new("controller.example", "s", NULL, NULL, &events, &error));
	assert_non_null(strstr(error->message, "HOST:PORT"));
}

static void
it_asks_less_and_less_as_it_knows_more(void **state)
{
	(void)state;
	guint n_asked = 0;
	gint64 age_us = 0;

	/* what a controller has to answer after a power cut, and in an hour of sound */
	for (; age_us < 20 * G_USEC_PER_SEC; n_asked++)
		age_us += loa_time_client_interval_ms(age_us, TRUE) * 1000;
	assert_in_range(n_asked, 200, 260);
	for (; age_us < G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC; n_asked++)
		age_us += loa_time_client_interval_ms(age_us, TRUE) * 1000;
	assert_in_range(n_asked, 7200, 7700);

	/* silence or not, a start is a start */
	assert_int_equal(loa_time_client_interval_ms(0, FALSE), 50);
	assert_int_equal(loa_time_client_interval_ms(29 * G_USEC_PER_SEC, FALSE), 125);
	assert_int_equal(loa_time_client_interval_ms(30 * G_USEC_PER_SEC, FALSE), 5000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_filter_learns_the_controllers_hour, setup,
						teardown),
		cmocka_unit_test_setup_teardown(
			a_strangers_answers_are_counted_told_and_not_believed, setup, teardown),
		cmocka_unit_test_setup_teardown(an_answer_counts_once, setup, teardown),
		cmocka_unit_test_setup_teardown(an_old_answer_played_again_is_worth_nothing, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_controller_in_doubt_of_itself_teaches_nothing,
						setup, teardown),
		cmocka_unit_test(an_address_needs_a_port),
		cmocka_unit_test(it_asks_less_and_less_as_it_knows_more),
	};

	return cmocka_run_group_tests_name("node/time-client", tests, NULL, NULL);
}
