/* SPDX-License-Identifier: Apache-2.0 */
/* Against a broker of a few lines, on the loopback: it takes one client at a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/main-thread.h"
#include "wire/mqtt-link.h"

#define PATIENCE_US (10 * G_USEC_PER_SEC)

typedef struct {
	GSocketListener *listener;
	GCancellable *end;
	GThread *thread;
	guint16 port;
	GAsyncQueue *heard; /* sentences: what the client sent */
	GMutex mutex;
	GSocketConnection *client; /* under mutex; (nullable) */
} Broker;

typedef struct {
	Broker broker;
	LoaMqttLink *link;
	GString *events; /* sentences, each ends in ';' */
	guint n_wills;
	guint patience;
} Fixture;

/* --- the broker, on its own thread --- */

static gboolean
read_packet(GInputStream *in, guint8 *type, guint8 *body, gsize *size)
{
	guint8 byte = 0x80;
	gsize length = 0;

	if (!g_input_stream_read_all(in, type, 1, size, NULL, NULL) || *size != 1)
		return FALSE;
	for (int shift = 0; (byte & 0x80) != 0 && shift < 28; shift += 7) {
		if (!g_input_stream_read_all(in, &byte, 1, size, NULL, NULL) || *size != 1)
			return FALSE;
		length |= (gsize)(byte & 0x7f) << shift;
	}
	return length < 1000 && g_input_stream_read_all(in, body, length, size, NULL, NULL) &&
	       *size == length;
}

static void
answer(GSocketConnection *client, const guint8 *bytes, gsize size)
{
	GOutputStream *out = g_io_stream_get_output_stream(G_IO_STREAM(client));

	(void)g_output_stream_write_all(out, bytes, size, NULL, NULL, NULL);
}

static void
take_packet(Broker *broker, GSocketConnection *client, guint8 type, const guint8 *body, gsize size)
{
	const guint8 connack[] = { 0x20, 2, 0, 0 };
	gsize topic_size = (type >> 4) == 3 ? (gsize)body[1] : 0;
	const char *id = (const char *)body + 2 + topic_size;

	switch (type >> 4) {
	case 1: /* bit 2 of the flags: there is a will */
		answer(client, connack, sizeof connack);
		g_async_queue_push(broker->heard,
				   g_strdup(body[7] & 4 ? "connect with will" : "connect"));
		break;
	case 3:
		answer(client, (const guint8[]){ 0x40, 2, (guint8)id[0], (guint8)id[1] },
		       type & 2 ? 4 : 0);
		g_async_queue_push(broker->heard,
				   g_strdup_printf("publish %.*s qos %d retain %d", (int)topic_size,
						   body + 2, type >> 1 & 3, type & 1));
		break;
	case 4:
		g_async_queue_push(broker->heard, g_strdup("puback"));
		break;
	case 8:
		answer(client, (const guint8[]){ 0x90, 3, body[0], body[1], body[size - 1] }, 5);
		g_async_queue_push(broker->heard,
				   g_strdup_printf("subscribe %.*s", body[3], body + 4));
		break;
	case 14:
		g_async_queue_push(broker->heard, g_strdup("disconnect"));
		break;
	}
}

static void
set_client(Broker *broker, GSocketConnection *client)
{
	g_mutex_lock(&broker->mutex);
	broker->client = client;
	g_mutex_unlock(&broker->mutex);
}

static gpointer
broker_worker(gpointer data)
{
	Broker *broker = data;
	guint8 type, body[1000];
	gsize size;

	for (;;) {
		g_autoptr(GSocketConnection) client =
			g_socket_listener_accept(broker->listener, NULL, broker->end, NULL);

		if (client == NULL)
			return NULL;
		set_client(broker, client);
		while (read_packet(g_io_stream_get_input_stream(G_IO_STREAM(client)), &type, body,
				   &size))
			take_packet(broker, client, type, body, size);
		set_client(broker, NULL);
	}
}

/* A message of QoS 1 of @size bytes. */
static void
send_message(Broker *broker, const char *topic, guint8 size)
{
	guint8 packet[300] = { 0x31 + 2 };
	guint8 topic_size = (guint8)strlen(topic);

	g_assert(size + topic_size + 4 < 128);
	packet[1] = (guint8)(size + topic_size + 4);
	packet[3] = topic_size;
	memcpy(packet + 4, topic, topic_size);
	packet[5 + topic_size] = 1;
	g_mutex_lock(&broker->mutex);
	answer(broker->client, packet, packet[1] + 2u);
	g_mutex_unlock(&broker->mutex);
}

static void
hang_up(Broker *broker)
{
	g_mutex_lock(&broker->mutex);
	if (broker->client != NULL)
		g_socket_shutdown(g_socket_connection_get_socket(broker->client), TRUE, TRUE, NULL);
	g_mutex_unlock(&broker->mutex);
}

static void
assert_heard(Broker *broker, const char *sentence)
{
	g_autofree char *heard = g_async_queue_timeout_pop(broker->heard, PATIENCE_US);

	assert_non_null(heard);
	assert_string_equal(heard, sentence);
}

/* --- the link's owner --- */

static GBytes *
on_last_will(gpointer user_data)
{
	Fixture *f = user_data;

	f->n_wills++;
	return g_bytes_new_static("gone", 4);
}

static void
on_state(LoaMqttState state, const char *why, gpointer user_data)
{
	Fixture *f = user_data;

	assert_true((why != NULL) == (state == LOA_MQTT_WAITING));
	g_string_append_printf(f->events, "%s;", loa_mqtt_state_name(state));
}

static void
on_message(const char *topic, GBytes *payload, gpointer user_data)
{
	Fixture *f = user_data;

	g_string_append_printf(f->events, "message %s %zu;", topic, g_bytes_get_size(payload));
}

static void
on_oversize(const char *topic, gsize size, gpointer user_data)
{
	Fixture *f = user_data;

	g_string_append_printf(f->events, "oversize %s %zu;", topic, size);
}

static const LoaMqttLinkEvents events = { on_last_will, on_state, on_message, on_oversize };

static gboolean
on_impatience(gpointer user_data)
{
	Fixture *f = user_data;

	f->patience = 0;
	return G_SOURCE_REMOVE;
}

static void
assert_event(Fixture *f, const char *sentence)
{
	f->patience = g_timeout_add(PATIENCE_US / 1000, on_impatience, f);
	while (strstr(f->events->str, sentence) == NULL && f->patience != 0)
		g_main_context_iteration(NULL, TRUE);
	if (strstr(f->events->str, sentence) == NULL)
		fail_msg("no \"%s\" in \"%s\"", sentence, f->events->str);
	g_clear_handle_id(&f->patience, g_source_remove);
	g_string_truncate(f->events, 0);
}

static void
run_what_was_posted(void)
{
	while (g_main_context_iteration(NULL, FALSE))
		;
}

static void
make_link(Fixture *f, guint16 port, const char *will_topic)
{
	const LoaMqttLane lane = {
		.max_size = 50, .max_messages = 2, .max_bytes = 1000, .asks_again = TRUE
	};
	const LoaMqttLinkConfig config = {
		.host = "127.0.0.1",
		.port = port,
		.client_id = "test",
		.will_topic = will_topic,
		.lanes = &lane,
		.n_lanes = 1,
		.max_outbound = 10,
	};

	f->link = loa_mqtt_link_new(&config, &events, f, NULL);
	assert_non_null(f->link);
	loa_mqtt_link_subscribe(f->link, "a/b", 1);
	loa_mqtt_link_start(f->link);
}

static void
connect_link(Fixture *f, const char *will_topic)
{
	make_link(f, f->broker.port, will_topic);
	assert_event(f, "connected;");
	assert_heard(&f->broker, will_topic != NULL ? "connect with will" : "connect");
	assert_heard(&f->broker, "subscribe a/b");
}

static int
setup(void **state)
{
	Fixture *f = g_new0(Fixture, 1);
	g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback(G_SOCKET_FAMILY_IPV4);
	g_autoptr(GSocketAddress) any = g_inet_socket_address_new(loopback, 0);
	g_autoptr(GSocketAddress) bound = NULL;

	f->events = g_string_new(NULL);
	f->broker.heard = g_async_queue_new_full(g_free);
	g_mutex_init(&f->broker.mutex);
	f->broker.end = g_cancellable_new();
	f->broker.listener = g_socket_listener_new();
	if (!g_socket_listener_add_address(f->broker.listener, any, G_SOCKET_TYPE_STREAM,
					   G_SOCKET_PROTOCOL_TCP, NULL, &bound, NULL))
		return -1;
	f->broker.port = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(bound));
	f->broker.thread = g_thread_new("broker", broker_worker, &f->broker);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	Fixture *f = *state;

	g_clear_handle_id(&f->patience, g_source_remove);
	loa_mqtt_link_free(f->link);
	run_what_was_posted();
	g_cancellable_cancel(f->broker.end);
	hang_up(&f->broker);
	g_thread_join(f->broker.thread);
	g_object_unref(f->broker.listener);
	g_object_unref(f->broker.end);
	g_async_queue_unref(f->broker.heard);
	g_mutex_clear(&f->broker.mutex);
	g_string_free(f->events, TRUE);
	g_free(f);
	return 0;
}

/* --- the tests --- */

static void
a_message_comes_from_the_loop(void **state)
{
	Fixture *f = *state;

	connect_link(f, NULL);
	send_message(&f->broker, "a/b", 50);
	assert_heard(&f->broker, "puback");
	assert_int_equal(f->events->len, 0);
	assert_event(f, "message a/b 50;");
	send_message(&f->broker, "a/b", 51);
	assert_event(f, "oversize a/b 51;");
	assert_int_equal(loa_mqtt_link_n_dropped(f->link), 0);
}

static void
overflow(Fixture *f)
{
	for (int i = 0; i < 4; i++) {
		send_message(&f->broker, "a/b", 1);
		assert_heard(&f->broker, "puback");
	}
	assert_event(f, "message a/b 1;message a/b 1;");
	run_what_was_posted();
	assert_heard(&f->broker, "subscribe a/b");
}

static void
what_finds_no_room_is_dropped_and_asked_for_again(void **state)
{
	Fixture *f = *state;

	connect_link(f, NULL);
	overflow(f);
	assert_int_equal(loa_mqtt_link_n_dropped(f->link), 2);
	overflow(f);
	assert_int_equal(loa_mqtt_link_n_dropped(f->link), 4);
	send_message(&f->broker, "a/b", 2);
	assert_heard(&f->broker, "puback"); /* one subscription for two that were dropped */
	assert_event(f, "message a/b 2;");
}

static void
a_broken_line_is_told_and_made_again(void **state)
{
	Fixture *f = *state;

	connect_link(f, "a/will");
	hang_up(&f->broker);
	assert_event(f, "waiting;");
	assert_false(loa_mqtt_link_publish(f->link, "c", NULL, 1, FALSE));
	assert_event(f, "connecting;connected;");
	assert_heard(&f->broker, "connect with will");
	assert_heard(&f->broker, "subscribe a/b");
	assert_int_equal(f->n_wills, 2);
}

static void
an_attempt_that_fails_says_why(void **state)
{
	Fixture *f = *state;

	/* a port that was ours a moment ago */
	g_socket_listener_close(f->broker.listener);
	make_link(f, f->broker.port, NULL);
	assert_int_equal(loa_mqtt_link_state(f->link), LOA_MQTT_CONNECTING);
	assert_event(f, "waiting;");
	assert_int_equal(loa_mqtt_link_state(f->link), LOA_MQTT_WAITING);
}

static void
a_farewell_goes_before_the_leave(void **state)
{
	Fixture *f = *state;
	g_autoptr(GBytes) farewell = g_bytes_new_static("bye", 3);

	connect_link(f, "a/will");
	assert_true(loa_mqtt_link_publish(f->link, "c", farewell, 0, FALSE));
	send_message(&f->broker, "a/b", 1);
	assert_heard(&f->broker, "publish c qos 0 retain 0");
	assert_heard(&f->broker, "puback");
	loa_mqtt_link_close(f->link, farewell, PATIENCE_US / 1000);
	assert_heard(&f->broker, "publish a/will qos 1 retain 1");
	assert_heard(&f->broker, "disconnect");

	/* what was on its way to us comes too late */
	run_what_was_posted();
	assert_int_equal(f->events->len, 0);
	assert_int_equal(loa_mqtt_link_state(f->link), LOA_MQTT_WAITING);
	assert_false(loa_mqtt_link_publish(f->link, "c", farewell, 0, FALSE));
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_message_comes_from_the_loop),
		test(what_finds_no_room_is_dropped_and_asked_for_again),
		test(a_broken_line_is_told_and_made_again),
		test(an_attempt_that_fails_says_why),
		test(a_farewell_goes_before_the_leave),
	};

	loa_main_thread_claim();
	return cmocka_run_group_tests_name("wire/mqtt-link", tests, NULL, NULL);
}
