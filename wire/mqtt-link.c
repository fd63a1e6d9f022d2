/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Paho's threads touch nothing but Shared: their callbacks copy, post and return. One attempt to
 * connect is under way at a time, and Paho answers each once.
 */
#include "wire/mqtt-link.h"

#include <MQTTAsync.h>
#include <string.h>

#include "common/main-thread.h"

#define KEEP_ALIVE_S 10
#define CONNECT_TIMEOUT_S 5

G_DEFINE_QUARK(loa_mqtt_link_error, loa_mqtt_link_error)

/* An atomic rc box: the link holds one reference, every post under way another. */
typedef struct {
	LoaMqttLink *link; /* main thread only; NULL once it is closed */
	LoaMqttInbox *inbox;
	gint wants_resubscribe; /* atomic flag: a post for it is under way */
	GMutex mutex;
	GCond cond;
	gboolean is_answered; /* under mutex: the farewell, then the leave */
} Shared;

typedef struct {
	char *topic;
	int qos;
} Subscription;

struct LoaMqttLink {
	Shared *shared;
	MQTTAsync client;
	const LoaMqttLinkEvents *events; /* borrowed, static */
	gpointer user_data;              /* borrowed by contract until closed */
	char *username;                  /* (nullable) */
	char *password;                  /* (nullable) */
	char *will_topic;                /* (nullable) */
	double retry_jitter;
	GHashTable *subscriptions; /* topic -> Subscription */
	LoaMqttState state;
	guint retry_ms;
	guint retry_source; /* 0: none */
};

/* What Paho's threads tell us. */
typedef struct {
	Shared *shared; /* owned reference */
	gboolean has_place;
	LoaMqttPlace place; /* of the shared inbox, to be given back */
	char *topic;        /* (nullable) */
	GBytes *payload;    /* (nullable) */
	gsize size;
	char *why; /* (nullable) */
} Post;

static void
shared_clear(gpointer data)
{
	Shared *shared = data;

	loa_mqtt_inbox_free(shared->inbox);
	g_mutex_clear(&shared->mutex);
	g_cond_clear(&shared->cond);
}

static Shared *
shared_new(LoaMqttLink *link, const LoaMqttLinkConfig *config)
{
	Shared *shared = g_atomic_rc_box_new0(Shared);

	shared->link = link;
	shared->inbox = loa_mqtt_inbox_new(config->lanes, config->n_lanes);
	g_mutex_init(&shared->mutex);
	g_cond_init(&shared->cond);
	return shared;
}

/* Thread: any. */
static Post *
post_new(Shared *shared)
{
	Post *post = g_new0(Post, 1);

	post->shared = g_atomic_rc_box_acquire(shared);
	return post;
}

static void
post_free(gpointer data)
{
	Post *post = data;

	if (post->has_place)
		loa_mqtt_inbox_give_back(post->shared->inbox, post->place);
	g_free(post->topic);
	g_clear_pointer(&post->payload, g_bytes_unref);
	g_free(post->why);
	g_atomic_rc_box_release_full(post->shared, shared_clear);
	g_free(post);
}

static void
subscription_free(gpointer data)
{
	Subscription *subscription = data;

	g_free(subscription->topic);
	g_free(subscription);
}

const char *
loa_mqtt_state_name(LoaMqttState state)
{
	switch (state) {
	case LOA_MQTT_CONNECTING:
		return "connecting";
	case LOA_MQTT_CONNECTED:
		return "connected";
	case LOA_MQTT_WAITING:
		return "waiting";
	}
	return "waiting";
}

/* --- from Paho's threads: copy, post, return --- */

static void handle_message(gpointer data);
static void handle_oversize(gpointer data);
static void handle_resubscribe(gpointer data);
static void handle_connected(gpointer data);
static void handle_lost(gpointer data);

static void
take_paho(Shared *shared, const char *topic, gsize topic_size, const void *payload, gsize size)
{
	LoaMqttPlace place = { 0 };
	LoaMqttVerdict verdict =
		loa_mqtt_inbox_offer(shared->inbox, topic, topic_size, size, &place);

	if (verdict == LOA_MQTT_INBOX_ASK_AGAIN &&
	    g_atomic_int_compare_and_exchange(&shared->wants_resubscribe, 0, 1))
		loa_main_thread_post(handle_resubscribe, post_new(shared), post_free);
	if (verdict != LOA_MQTT_INBOX_TAKEN && verdict != LOA_MQTT_INBOX_TOO_LONG)
		return;
	Post *post = post_new(shared);

	post->has_place = TRUE;
	post->place = place;
	post->size = size;
	post->topic = g_strndup(topic, topic_size);
	if (verdict == LOA_MQTT_INBOX_TAKEN)
		post->payload = g_bytes_new(payload, size);
	loa_main_thread_post(post->payload != NULL ? handle_message : handle_oversize, post,
			     post_free);
}

static int
arrived_paho(void *context, char *topic, int topic_len, MQTTAsync_message *message)
{
	/* Paho gives the length only where the topic holds a NUL */
	gsize topic_size = topic_len > 0 ? (gsize)topic_len : strlen(topic);

	take_paho(context, topic, topic_size, message->payload, (gsize)message->payloadlen);
	MQTTAsync_freeMessage(&message);
	MQTTAsync_free(topic);
	return TRUE;
}

static void
post_lost_paho(Shared *shared, const char *why)
{
	Post *post = post_new(shared);

	post->why = g_strdup(why);
	loa_main_thread_post(handle_lost, post, post_free);
}

static void
connection_lost_paho(void *context, char *cause)
{
	post_lost_paho(context, cause != NULL ? cause : "the broker is gone");
}

static void
connected_paho(void *context, MQTTAsync_successData *response)
{
	(void)response;
	loa_main_thread_post(handle_connected, post_new(context), post_free);
}

static void
connect_failed_paho(void *context, MQTTAsync_failureData *response)
{
	const char *why = "no answer";

	if (response != NULL && response->message != NULL)
		why = response->message;
	else if (response != NULL)
		why = MQTTAsync_strerror(response->code);
	post_lost_paho(context, why != NULL ? why : "refused by the broker");
}

static void
answered_paho(void *context, MQTTAsync_successData *response)
{
	Shared *shared = context;

	(void)response;
	g_mutex_lock(&shared->mutex);
	shared->is_answered = TRUE;
	g_cond_signal(&shared->cond);
	g_mutex_unlock(&shared->mutex);
}

static void
unanswered_paho(void *context, MQTTAsync_failureData *response)
{
	(void)response;
	answered_paho(context, NULL);
}

/* --- connecting, on the main thread --- */

static void attempt(LoaMqttLink *self);

static void
set_state(LoaMqttLink *self, LoaMqttState state, const char *why)
{
	if (self->state == state)
		return;
	self->state = state;
	self->events->state(state, why, self->user_data);
}

static gboolean
on_retry(gpointer data)
{
	LoaMqttLink *self = data;

	self->retry_source = 0;
	attempt(self);
	return G_SOURCE_REMOVE;
}

static void
wait_and_retry(LoaMqttLink *self, const char *why)
{
	double factor = g_random_double_range(1 - self->retry_jitter, 1 + self->retry_jitter);

	if (self->retry_source != 0)
		return;
	self->retry_source = g_timeout_add((guint)(self->retry_ms * factor), on_retry, self);
	self->retry_ms = MIN(self->retry_ms * 2, LOA_MQTT_LINK_RETRY_MAX_MS);
	set_state(self, LOA_MQTT_WAITING, why);
}

/* @will: filled in from @last_will, which must outlive the attempt's call */
static void
set_will(LoaMqttLink *self, MQTTAsync_willOptions *will, GBytes *last_will)
{
	gsize size = 0;

	will->topicName = self->will_topic;
	will->payload.data = g_bytes_get_data(last_will, &size);
	will->payload.len = (int)size;
	will->qos = 1;
	will->retained = 1;
}

static void
attempt(LoaMqttLink *self)
{
	MQTTAsync_connectOptions options = MQTTAsync_connectOptions_initializer;
	MQTTAsync_willOptions will = MQTTAsync_willOptions_initializer;
	g_autoptr(GBytes) last_will = NULL;

	options.keepAliveInterval = KEEP_ALIVE_S;
	options.connectTimeout = CONNECT_TIMEOUT_S;
	options.cleansession = 1;
	options.MQTTVersion = MQTTVERSION_3_1_1;
	options.username = self->username;
	options.password = self->password;
	options.onSuccess = connected_paho;
	options.onFailure = connect_failed_paho;
	options.context = self->shared;
	if (self->will_topic != NULL) {
		last_will = self->events->last_will(self->user_data);
		set_will(self, &will, last_will);
		options.will = &will;
	}
	set_state(self, LOA_MQTT_CONNECTING, NULL);

	int result = MQTTAsync_connect(self->client, &options);

	if (result != MQTTASYNC_SUCCESS)
		wait_and_retry(self, MQTTAsync_strerror(result));
}

static void
subscribe_now(LoaMqttLink *self, const Subscription *subscription)
{
	/* fails only where the connection is gone again, which is told as well; a refusal shows as
	 * silence, and the next reconnect asks again */
	(void)MQTTAsync_subscribe(self->client, subscription->topic, subscription->qos, NULL);
}

static void
subscribe_all(LoaMqttLink *self)
{
	GHashTableIter iter;
	gpointer subscription = NULL;

	g_hash_table_iter_init(&iter, self->subscriptions);
	while (g_hash_table_iter_next(&iter, NULL, &subscription))
		subscribe_now(self, subscription);
}

/* --- what was posted, on the main thread --- */

/* (nullable): closed meanwhile */
static LoaMqttLink *
link_of(const Post *post)
{
	LOA_ASSERT_MAIN_THREAD();
	return post->shared->link;
}

static void
handle_message(gpointer data)
{
	Post *post = data;
	LoaMqttLink *self = link_of(post);

	if (self != NULL)
		self->events->message(post->topic, post->payload, self->user_data);
}

static void
handle_oversize(gpointer data)
{
	Post *post = data;
	LoaMqttLink *self = link_of(post);

	if (self != NULL)
		self->events->oversize(post->topic, post->size, self->user_data);
}

static void
handle_resubscribe(gpointer data)
{
	Post *post = data;
	LoaMqttLink *self = link_of(post);

	g_atomic_int_set(&post->shared->wants_resubscribe, 0);
	if (self != NULL && self->state == LOA_MQTT_CONNECTED)
		subscribe_all(self);
}

static void
handle_connected(gpointer data)
{
	LoaMqttLink *self = link_of(data);

	if (self == NULL || self->state != LOA_MQTT_CONNECTING)
		return;
	self->retry_ms = LOA_MQTT_LINK_RETRY_FIRST_MS;
	subscribe_all(self);
	set_state(self, LOA_MQTT_CONNECTED, NULL);
}

static void
handle_lost(gpointer data)
{
	Post *post = data;
	LoaMqttLink *self = link_of(post);

	if (self != NULL)
		wait_and_retry(self, post->why);
}

/* --- for the owner --- */

static gboolean
create_client(LoaMqttLink *self, const LoaMqttLinkConfig *config, GError **error)
{
	MQTTAsync_createOptions options = MQTTAsync_createOptions_initializer;
	/* OpenSSL 3 makes itself ready when it is first used, and takes 1.5 MB then */
	MQTTAsync_init_options library = MQTTAsync_init_options_initializer;
	gboolean is_ipv6 = strchr(config->host, ':') != NULL;
	g_autofree char *uri = g_strdup_printf(is_ipv6 ? "tcp://[%s]:%u" : "tcp://%s:%u",
					       config->host, config->port);

	library.do_openssl_init = 0;
	MQTTAsync_global_init(&library);
	options.sendWhileDisconnected = 0;
	options.maxBufferedMessages = config->max_outbound;
	options.MQTTVersion = MQTTVERSION_3_1_1;

	int result = MQTTAsync_createWithOptions(&self->client, uri, config->client_id,
						 MQTTCLIENT_PERSISTENCE_NONE, NULL, &options);

	if (result == MQTTASYNC_SUCCESS)
		result = MQTTAsync_setCallbacks(self->client, self->shared, connection_lost_paho,
						arrived_paho, NULL);
	if (result == MQTTASYNC_SUCCESS)
		return TRUE;
	g_set_error(error, LOA_MQTT_LINK_ERROR, LOA_MQTT_LINK_ERROR_CREATE,
		    "no MQTT client for %s: %s; check broker.host and broker.port", uri,
		    MQTTAsync_strerror(result));
	return FALSE;
}

LoaMqttLink *
loa_mqtt_link_new(const LoaMqttLinkConfig *config, const LoaMqttLinkEvents *events,
		  gpointer user_data, GError **error)
{
	g_autoptr(LoaMqttLink) self = g_new0(LoaMqttLink, 1);

	self->shared = shared_new(self, config);
	self->events = events;
	self->user_data = user_data;
	self->username = g_strdup(config->username);
	self->password = g_strdup(config->password);
	self->will_topic = g_strdup(config->will_topic);
	self->retry_jitter = config->retry_jitter;
	self->subscriptions =
		g_hash_table_new_full(g_str_hash, g_str_equal, NULL, subscription_free);
	self->state = LOA_MQTT_CONNECTING;
	self->retry_ms = LOA_MQTT_LINK_RETRY_FIRST_MS;
	if (!create_client(self, config, error))
		return NULL;
	return g_steal_pointer(&self);
}

void
loa_mqtt_link_start(LoaMqttLink *self)
{
	g_return_if_fail(self->retry_source == 0);
	self->retry_source = g_timeout_add(0, on_retry, self);
}

LoaMqttState
loa_mqtt_link_state(const LoaMqttLink *self)
{
	return self->state;
}

void
loa_mqtt_link_subscribe(LoaMqttLink *self, const char *topic, int qos)
{
	if (g_hash_table_contains(self->subscriptions, topic))
		return;
	Subscription *subscription = g_new(Subscription, 1);

	*subscription = (Subscription){ g_strdup(topic), qos };
	g_hash_table_insert(self->subscriptions, subscription->topic, subscription);
	if (self->state == LOA_MQTT_CONNECTED)
		subscribe_now(self, subscription);
}

void
loa_mqtt_link_unsubscribe(LoaMqttLink *self, const char *topic)
{
	if (!g_hash_table_contains(self->subscriptions, topic))
		return;
	if (self->state == LOA_MQTT_CONNECTED)
		(void)MQTTAsync_unsubscribe(self->client, topic, NULL);
	g_hash_table_remove(self->subscriptions, topic);
}

static gboolean
send(LoaMqttLink *self, const char *topic, GBytes *payload, int qos, gboolean is_retained,
     MQTTAsync_responseOptions *response)
{
	gsize size = 0;
	const void *data = g_bytes_get_data(payload, &size);

	return MQTTAsync_send(self->client, topic, (int)size, data, qos, is_retained, response) ==
	       MQTTASYNC_SUCCESS;
}

gboolean
loa_mqtt_link_publish(LoaMqttLink *self, const char *topic, GBytes *payload, int qos,
		      gboolean is_retained)
{
	return self->state == LOA_MQTT_CONNECTED &&
	       send(self, topic, payload, qos, is_retained, NULL);
}

guint64
loa_mqtt_link_n_dropped(const LoaMqttLink *self)
{
	return loa_mqtt_inbox_n_dropped(self->shared->inbox);
}

/* --- leaving --- */

static void
wait_for_answer(Shared *shared, guint timeout_ms)
{
	gint64 end_us = g_get_monotonic_time() + (gint64)timeout_ms * 1000;

	g_mutex_lock(&shared->mutex);
	while (!shared->is_answered && g_cond_wait_until(&shared->cond, &shared->mutex, end_us))
		;
	shared->is_answered = FALSE;
	g_mutex_unlock(&shared->mutex);
}

static void
say_farewell(LoaMqttLink *self, GBytes *farewell, guint timeout_ms)
{
	MQTTAsync_responseOptions response = MQTTAsync_responseOptions_initializer;

	response.onSuccess = answered_paho;
	response.onFailure = unanswered_paho;
	response.context = self->shared;
	if (send(self, self->will_topic, farewell, 1, TRUE, &response))
		wait_for_answer(self->shared, timeout_ms);
}

void
loa_mqtt_link_close(LoaMqttLink *self, GBytes *farewell, guint timeout_ms)
{
	MQTTAsync_disconnectOptions options = MQTTAsync_disconnectOptions_initializer;
	gboolean was_connected = self->state == LOA_MQTT_CONNECTED;

	self->shared->link = NULL;
	self->state = LOA_MQTT_WAITING;
	g_clear_handle_id(&self->retry_source, g_source_remove);
	if (!was_connected)
		return;
	if (farewell != NULL && self->will_topic != NULL)
		say_farewell(self, farewell, timeout_ms);

	/* what went before a farewell has had its time */
	options.timeout = farewell != NULL ? 0 : (int)timeout_ms;
	options.onSuccess = answered_paho;
	options.onFailure = unanswered_paho;
	options.context = self->shared;
	if (MQTTAsync_disconnect(self->client, &options) == MQTTASYNC_SUCCESS)
		wait_for_answer(self->shared, timeout_ms);
}

void
loa_mqtt_link_free(LoaMqttLink *self)
{
	if (self == NULL)
		return;
	self->shared->link = NULL;
	g_clear_handle_id(&self->retry_source, g_source_remove);
	/* waits for Paho's callbacks: after it none can come */
	if (self->client != NULL)
		MQTTAsync_destroy(&self->client);
	g_atomic_rc_box_release_full(self->shared, shared_clear);
	g_clear_pointer(&self->subscriptions, g_hash_table_unref);
	g_free(self->username);
	g_free(self->password);
	g_free(self->will_topic);
	g_free(self);
}
