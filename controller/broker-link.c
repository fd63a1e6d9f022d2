/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Paho's threads touch nothing but Shared: their callbacks copy, post and return. One attempt to
 * connect is under way at a time, and Paho answers each once.
 */
#include "controller/broker-link.h"

#include <MQTTAsync.h>
#include <string.h>

#include "common/main-thread.h"
#include "wire/topic.h"

#define KEEP_ALIVE_S 10
#define CONNECT_TIMEOUT_S 5
#define MIN_RETRY_MS 200
#define MAX_RETRY_MS 10000
#define MAX_BUFFERED 4096
#define MAX_TOPIC_BYTES 512
#define FAREWELL_US G_USEC_PER_SEC

/* An atomic rc box: the link holds one reference, every post under way another. */
typedef struct {
	LoaBrokerLink *link; /* main thread only; NULL once it is freed */
	gint n_waiting;      /* atomic: messages between the threads */
	gint n_dropped;      /* atomic */
	GMutex mutex;        /* for the farewell */
	GCond cond;
	gboolean is_farewell_done; /* under mutex */
} Shared;

struct LoaBrokerLink {
	Shared *shared;
	MQTTAsync client;
	LoaBrokerLinkEvents events;
	gpointer user_data; /* borrowed */
	char *username;     /* (nullable) */
	char *password;     /* (nullable) */
	char *filters[2];   /* states, reports */
	LoaBrokerState state;
	guint retry_ms;
	guint retry_source; /* 0: none */
};

/* What Paho's threads tell us. */
typedef struct {
	Shared *shared; /* owned reference */
	char *topic;    /* owned (nullable) */
	GBytes *bytes;  /* owned (nullable) */
	char *why;      /* owned (nullable) */
} Post;

G_DEFINE_QUARK(loa_broker_link_error, loa_broker_link_error)

static void attempt(LoaBrokerLink *self);

const char *
loa_broker_state_name(LoaBrokerState state)
{
	switch (state) {
	case LOA_BROKER_CONNECTING:
		return "connecting";
	case LOA_BROKER_CONNECTED:
		return "connected";
	case LOA_BROKER_WAITING:
		return "waiting";
	}
	return "waiting";
}

static void
shared_clear(gpointer data)
{
	Shared *shared = data;

	g_mutex_clear(&shared->mutex);
	g_cond_clear(&shared->cond);
}

static void
post_free(gpointer data)
{
	Post *post = data;

	if (post->bytes != NULL)
		g_atomic_int_add(&post->shared->n_waiting, -1);
	g_free(post->topic);
	g_clear_pointer(&post->bytes, g_bytes_unref);
	g_free(post->why);
	g_atomic_rc_box_release_full(post->shared, shared_clear);
	g_free(post);
}

static Post *
post_new(Shared *shared)
{
	Post *post = g_new0(Post, 1);

	post->shared = g_atomic_rc_box_acquire(shared);
	return post;
}

static void
set_state(LoaBrokerLink *self, LoaBrokerState state, const char *why)
{
	if (self->state == state)
		return;
	self->state = state;
	self->events.on_state(state, why, self->user_data);
}

static gboolean
retry(gpointer data)
{
	LoaBrokerLink *self = data;

	self->retry_source = 0;
	attempt(self);
	return G_SOURCE_REMOVE;
}

static void
wait_and_retry(LoaBrokerLink *self, const char *why)
{
	if (self->retry_source != 0)
		return;
	self->retry_source = g_timeout_add(self->retry_ms, retry, self);
	self->retry_ms = MIN(self->retry_ms * 2, MAX_RETRY_MS);
	set_state(self, LOA_BROKER_WAITING, why);
}

static void
handle_lost(gpointer data)
{
	Post *post = data;
	LoaBrokerLink *self = post->shared->link;

	LOA_ASSERT_MAIN_THREAD();
	if (self != NULL)
		wait_and_retry(self, post->why);
}

static void
handle_connected(gpointer data)
{
	Post *post = data;
	LoaBrokerLink *self = post->shared->link;
	int qos[2] = { 1, 1 };

	LOA_ASSERT_MAIN_THREAD();
	if (self == NULL || self->state != LOA_BROKER_CONNECTING)
		return;
	/* fails only where the connection is gone again, and then that is told as well */
	(void)MQTTAsync_subscribeMany(self->client, 2, self->filters, qos, NULL);
	self->retry_ms = MIN_RETRY_MS;
	set_state(self, LOA_BROKER_CONNECTED, NULL);
}

static void
handle_message(gpointer data)
{
	Post *post = data;
	LoaBrokerLink *self = post->shared->link;

	LOA_ASSERT_MAIN_THREAD();
	if (self != NULL)
		self->events.on_message(post->topic, post->bytes, self->user_data);
}

static void
connected_paho(void *context, MQTTAsync_successData *data)
{
	(void)data;
	loa_main_thread_post(handle_connected, post_new(context), post_free);
}

static void
failed_paho(void *context, MQTTAsync_failureData *data)
{
	Post *post = post_new(context);

	if (data != NULL && data->message != NULL)
		post->why = g_strdup(data->message);
	else
		post->why = g_strdup(data == NULL ? "unknown" : MQTTAsync_strerror(data->code));
	loa_main_thread_post(handle_lost, post, post_free);
}

static void
lost_paho(void *context, char *cause)
{
	Post *post = post_new(context);

	post->why = g_strdup(cause != NULL ? cause : "the broker is gone");
	loa_main_thread_post(handle_lost, post, post_free);
}

/* Copies topic and bytes if they may pass. (nullable) */
static Post *
copy_message(Shared *shared, const char *topic, int topic_size, const MQTTAsync_message *message)
{
	/* Paho gives the length only where the topic holds a NUL */
	gsize size = topic_size > 0 ? (gsize)topic_size : strlen(topic);
	Post *post;

	if (size > MAX_TOPIC_BYTES || memchr(topic, '\0', size) != NULL ||
	    message->payloadlen > LOA_BROKER_LINK_MAX_MESSAGE ||
	    g_atomic_int_get(&shared->n_waiting) >= LOA_BROKER_LINK_MAX_INBOUND) {
		g_atomic_int_inc(&shared->n_dropped);
		return NULL;
	}
	g_atomic_int_inc(&shared->n_waiting);
	post = post_new(shared);
	post->topic = g_strndup(topic, size);
	post->bytes = g_bytes_new(message->payload, (gsize)message->payloadlen);
	return post;
}

static int
arrived_paho(void *context, char *topic, int topic_size, MQTTAsync_message *message)
{
	Post *post = copy_message(context, topic, topic_size, message);

	if (post != NULL)
		loa_main_thread_post(handle_message, post, post_free);
	MQTTAsync_freeMessage(&message);
	MQTTAsync_free(topic);
	return 1;
}

static void
farewell_paho(void *context, MQTTAsync_successData *data)
{
	Shared *shared = context;

	(void)data;
	g_mutex_lock(&shared->mutex);
	shared->is_farewell_done = TRUE;
	g_cond_signal(&shared->cond);
	g_mutex_unlock(&shared->mutex);
}

static void
farewell_failed_paho(void *context, MQTTAsync_failureData *data)
{
	(void)data;
	farewell_paho(context, NULL);
}

static void
attempt(LoaBrokerLink *self)
{
	MQTTAsync_connectOptions options = MQTTAsync_connectOptions_initializer;

	options.keepAliveInterval = KEEP_ALIVE_S;
	options.connectTimeout = CONNECT_TIMEOUT_S;
	options.cleansession = 1;
	options.MQTTVersion = MQTTVERSION_3_1_1;
	options.username = self->username;
	options.password = self->password;
	options.onSuccess = connected_paho;
	options.onFailure = failed_paho;
	options.context = self->shared;
	set_state(self, LOA_BROKER_CONNECTING, NULL);

	int result = MQTTAsync_connect(self->client, &options);

	if (result != MQTTASYNC_SUCCESS)
		wait_and_retry(self, MQTTAsync_strerror(result));
}

static gboolean
create_client(LoaBrokerLink *self, const LoaBrokerLinkConfig *config, GError **error)
{
	MQTTAsync_createOptions options = MQTTAsync_createOptions_initializer;
	gboolean is_ipv6 = strchr(config->host, ':') != NULL;
	g_autofree char *uri = g_strdup_printf(is_ipv6 ? "tcp://[%s]:%u" : "tcp://%s:%u",
					       config->host, config->port);
	/* one name a site: a restarted controller takes the place of the one that hangs */
	g_autofree char *client_id = g_strdup_printf("loa-%s-controller", config->site);

	options.maxBufferedMessages = MAX_BUFFERED;
	options.MQTTVersion = MQTTVERSION_3_1_1;

	int result = MQTTAsync_createWithOptions(&self->client, uri, client_id,
						 MQTTCLIENT_PERSISTENCE_NONE, NULL, &options);

	if (result == MQTTASYNC_SUCCESS)
		result = MQTTAsync_setCallbacks(self->client, self->shared, lost_paho, arrived_paho,
						NULL);
	if (result == MQTTASYNC_SUCCESS)
		return TRUE;
	g_set_error(error, LOA_BROKER_LINK_ERROR, LOA_BROKER_LINK_ERROR_SETUP,
		    "cannot prepare the connection to %s: %s", uri, MQTTAsync_strerror(result));
	return FALSE;
}

LoaBrokerLink *
loa_broker_link_new(const LoaBrokerLinkConfig *config, const LoaBrokerLinkEvents *events,
		    gpointer user_data, GError **error)
{
	g_autoptr(LoaBrokerLink) self = g_new0(LoaBrokerLink, 1);

	self->shared = g_atomic_rc_box_new0(Shared);
	g_mutex_init(&self->shared->mutex);
	g_cond_init(&self->shared->cond);
	self->shared->link = self;
	self->events = *events;
	self->user_data = user_data;
	self->username = g_strdup(config->username);
	self->password = g_strdup(config->password);
	self->filters[0] = loa_topic(LOA_TOPIC_STATE, config->site, "+");
	self->filters[1] = loa_topic(LOA_TOPIC_REPORT, config->site, "+");
	self->state = LOA_BROKER_CONNECTING;
	self->retry_ms = MIN_RETRY_MS;
	if (!create_client(self, config, error))
		return NULL;
	/* the first attempt comes from the loop, so that no event comes from within this call */
	self->retry_source = g_timeout_add(0, retry, self);
	return g_steal_pointer(&self);
}

LoaBrokerState
loa_broker_link_state(const LoaBrokerLink *self)
{
	return self->state;
}

gboolean
loa_broker_link_publish(LoaBrokerLink *self, const char *topic, GBytes *message, LoaBrokerKind kind)
{
	gsize size;
	const void *data = g_bytes_get_data(message, &size);

	if (self->state != LOA_BROKER_CONNECTED)
		return FALSE;
	return MQTTAsync_send(self->client, topic, (int)size, data,
			      kind == LOA_BROKER_AUDIO ? 0 : 1, kind == LOA_BROKER_RETAINED,
			      NULL) == MQTTASYNC_SUCCESS;
}

guint64
loa_broker_link_n_dropped(const LoaBrokerLink *self)
{
	return (guint64)g_atomic_int_get(&self->shared->n_dropped);
}

static void
say_farewell(LoaBrokerLink *self)
{
	MQTTAsync_disconnectOptions options = MQTTAsync_disconnectOptions_initializer;
	gint64 end_us = g_get_monotonic_time() + FAREWELL_US;
	Shared *shared = self->shared;

	options.timeout = FAREWELL_US / 1000;
	options.onSuccess = farewell_paho;
	options.onFailure = farewell_failed_paho;
	options.context = shared;
	if (self->state != LOA_BROKER_CONNECTED ||
	    MQTTAsync_disconnect(self->client, &options) != MQTTASYNC_SUCCESS)
		return;
	g_mutex_lock(&shared->mutex);
	while (!shared->is_farewell_done &&
	       g_cond_wait_until(&shared->cond, &shared->mutex, end_us))
		;
	g_mutex_unlock(&shared->mutex);
}

void
loa_broker_link_free(LoaBrokerLink *self)
{
	if (self == NULL)
		return;
	self->shared->link = NULL;
	g_clear_handle_id(&self->retry_source, g_source_remove);
	if (self->client != NULL) {
		say_farewell(self);
		MQTTAsync_destroy(&self->client);
	}
	g_atomic_rc_box_release_full(self->shared, shared_clear);
	g_free(self->username);
	g_free(self->password);
	g_free(self->filters[0]);
	g_free(self->filters[1]);
	g_free(self);
}
