/* SPDX-License-Identifier: Apache-2.0 */
#include "node/node-link.h"

#include <MQTTAsync.h>
#include <string.h>

#include "common/main-thread.h"

#define KEEP_ALIVE_S 10
#define CONNECT_TIMEOUT_S 5
#define MAX_BUFFERED 1000
#define MAX_TOPIC_SIZE 512 /* bytes; ours are far shorter */

G_DEFINE_QUARK(loa_node_link_error, loa_node_link_error)

/* Messages and bytes between Paho's thread and ours. Atomics. */
typedef struct {
	gint n_messages;
	gint n_bytes;
} Queue;

/* What both threads may touch: an atomic rc box, one reference per post in flight. */
typedef struct {
	LoaNodeLink *link; /* main thread only; NULL once the link is freed */
	Queue audio;
	Queue other;
	gint n_dropped;         /* atomic */
	gint wants_resubscribe; /* atomic flag: a post for it is under way */
	char *audio_prefix;     /* constant */
	gsize max_audio_size;   /* constant */
	gsize max_other_size;   /* constant */
} Shared;

typedef enum {
	STATE_IDLE, /* a retry is due, or not started */
	STATE_CONNECTING,
	STATE_UP,
	STATE_CLOSED,
} State;

typedef struct {
	char *topic;
	int qos;
} Subscription;

struct LoaNodeLink {
	Shared *shared;
	MQTTAsync client;
	const LoaNodeLinkEvents *events; /* borrowed, static */
	gpointer user_data;              /* borrowed by contract until closed */
	char *username;
	char *password;
	char *will_topic;
	GHashTable *subscriptions; /* topic -> Subscription */
	State state;
	guint retry_source;
	guint retry_ms;
	guint64 n_connects;
	gboolean is_farewell_done; /* while closing */
};

/* A post from Paho's thread. */
typedef struct {
	Shared *shared; /* owned reference */
	Queue *queue;   /* (nullable): of shared, to be given back */
	gint n_bytes;
	char *topic;     /* (nullable) */
	GBytes *payload; /* (nullable) */
	gsize size;
	char *why; /* (nullable) */
} Post;

static void
shared_clear(gpointer data)
{
	Shared *shared = data;

	g_free(shared->audio_prefix);
}

static void
shared_release(Shared *shared)
{
	g_atomic_rc_box_release_full(shared, shared_clear);
}

static void
post_free(gpointer data)
{
	Post *post = data;

	if (post->queue != NULL) {
		g_atomic_int_add(&post->queue->n_messages, -1);
		g_atomic_int_add(&post->queue->n_bytes, -post->n_bytes);
	}
	g_free(post->topic);
	g_clear_pointer(&post->payload, g_bytes_unref);
	g_free(post->why);
	shared_release(post->shared);
	g_free(post);
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
subscription_free(gpointer data)
{
	Subscription *subscription = data;

	g_free(subscription->topic);
	g_free(subscription);
}

/* --- from Paho's threads: copy, post, return --- */

static void handle_message(gpointer data);
static void handle_oversize(gpointer data);
static void handle_resubscribe(gpointer data);
static void handle_up(gpointer data);
static void handle_down(gpointer data);
static void handle_farewell_done(gpointer data);

static gboolean
reserve(Queue *queue, gint n_bytes, gint max_messages, gint max_bytes)
{
	gint n = g_atomic_int_add(&queue->n_messages, 1);
	gint before = g_atomic_int_add(&queue->n_bytes, n_bytes);

	if (n < max_messages && before <= max_bytes - n_bytes)
		return TRUE;
	g_atomic_int_add(&queue->n_messages, -1);
	g_atomic_int_add(&queue->n_bytes, -n_bytes);
	return FALSE;
}

static void
drop_paho(Shared *shared, gboolean is_audio)
{
	g_atomic_int_inc(&shared->n_dropped);
	if (!is_audio && g_atomic_int_compare_and_exchange(&shared->wants_resubscribe, 0, 1))
		loa_main_thread_post(handle_resubscribe, post_new(shared), post_free);
}

static void
take_paho(Shared *shared, const char *topic, gsize topic_size, const void *payload, gsize size)
{
	gsize prefix_size = strlen(shared->audio_prefix);
	gboolean is_audio =
		topic_size > prefix_size && memcmp(topic, shared->audio_prefix, prefix_size) == 0;
	gboolean is_too_long = size > (is_audio ? shared->max_audio_size : shared->max_other_size);
	gint n_bytes = is_too_long ? 0 : (gint)size;
	Queue *queue = is_audio ? &shared->audio : &shared->other;
	gboolean has_room = is_audio ? reserve(queue, n_bytes, LOA_NODE_LINK_MAX_AUDIO_MESSAGES,
					       LOA_NODE_LINK_MAX_AUDIO_BYTES)
				     : reserve(queue, n_bytes, LOA_NODE_LINK_MAX_OTHER_MESSAGES,
					       LOA_NODE_LINK_MAX_OTHER_BYTES);

	if (!has_room) {
		drop_paho(shared, is_audio);
		return;
	}
	Post *post = post_new(shared);

	post->queue = queue;
	post->n_bytes = n_bytes;
	post->size = size;
	post->topic = g_strndup(topic, MIN(topic_size, MAX_TOPIC_SIZE));
	if (!is_too_long)
		post->payload = g_bytes_new(payload, size);
	loa_main_thread_post(is_too_long ? handle_oversize : handle_message, post, post_free);
}

static int
arrived_paho(void *context, char *topic, int topic_len, MQTTAsync_message *message)
{
	/* a length is given only where the topic holds a NUL */
	gsize topic_size = topic_len > 0 ? (gsize)topic_len : strlen(topic);

	take_paho(context, topic, topic_size, message->payload, (gsize)message->payloadlen);
	MQTTAsync_freeMessage(&message);
	MQTTAsync_free(topic);
	return TRUE;
}

static void
post_down_paho(Shared *shared, const char *why)
{
	Post *post = post_new(shared);

	post->why = g_strdup(why);
	loa_main_thread_post(handle_down, post, post_free);
}

static void
connection_lost_paho(void *context, char *cause)
{
	post_down_paho(context, cause != NULL ? cause : "the line broke");
}

static void
connected_paho(void *context, MQTTAsync_successData *response)
{
	(void)response;
	loa_main_thread_post(handle_up, post_new(context), post_free);
}

static void
connect_failed_paho(void *context, MQTTAsync_failureData *response)
{
	const char *why = "no answer";

	if (response != NULL && response->message != NULL)
		why = response->message;
	else if (response != NULL && response->code > 0)
		why = MQTTAsync_strerror(response->code);
	post_down_paho(context, why != NULL ? why : "refused by the broker");
}

static void
farewell_done_paho(void *context, MQTTAsync_successData *response)
{
	(void)response;
	loa_main_thread_post(handle_farewell_done, post_new(context), post_free);
}

static void
farewell_failed_paho(void *context, MQTTAsync_failureData *response)
{
	(void)response;
	loa_main_thread_post(handle_farewell_done, post_new(context), post_free);
}

/* --- on the main thread --- */

static void try_to_connect(LoaNodeLink *self);

static gboolean
on_retry(gpointer data)
{
	LoaNodeLink *self = data;

	self->retry_source = 0;
	try_to_connect(self);
	return G_SOURCE_REMOVE;
}

static void
retry_later(LoaNodeLink *self)
{
	guint wait_ms = (guint)(self->retry_ms * g_random_double_range(0.8, 1.2));

	self->state = STATE_IDLE;
	self->retry_ms = MIN(self->retry_ms * 2, LOA_NODE_LINK_RETRY_MAX_MS);
	if (self->retry_source == 0)
		self->retry_source = g_timeout_add(wait_ms, on_retry, self);
}

static void
try_to_connect(LoaNodeLink *self)
{
	MQTTAsync_connectOptions options = MQTTAsync_connectOptions_initializer;
	MQTTAsync_willOptions will = MQTTAsync_willOptions_initializer;
	g_autoptr(GBytes) last_will = self->events->last_will(self->user_data);
	gsize size = 0;
	const void *data = g_bytes_get_data(last_will, &size);

	will.topicName = self->will_topic;
	will.payload.data = data;
	will.payload.len = (int)size;
	will.qos = 1;
	will.retained = 1;
	options.will = &will;
	options.cleansession = 1;
	options.MQTTVersion = MQTTVERSION_3_1_1;
	options.keepAliveInterval = KEEP_ALIVE_S;
	options.connectTimeout = CONNECT_TIMEOUT_S;
	options.username = self->username;
	options.password = self->password;
	options.onSuccess = connected_paho;
	options.onFailure = connect_failed_paho;
	options.context = self->shared;
	self->state = STATE_CONNECTING;
	if (MQTTAsync_connect(self->client, &options) != MQTTASYNC_SUCCESS)
		retry_later(self);
}

static void
subscribe_now(LoaNodeLink *self, const Subscription *subscription)
{
	/* a refusal shows as silence; the next reconnect asks again */
	(void)MQTTAsync_subscribe(self->client, subscription->topic, subscription->qos, NULL);
}

static void
subscribe_all(LoaNodeLink *self)
{
	GHashTableIter iter;
	gpointer subscription = NULL;

	g_hash_table_iter_init(&iter, self->subscriptions);
	while (g_hash_table_iter_next(&iter, NULL, &subscription))
		subscribe_now(self, subscription);
}

static LoaNodeLink *
link_of(const Post *post)
{
	LOA_ASSERT_MAIN_THREAD();
	LoaNodeLink *self = post->shared->link;

	return self != NULL && self->state != STATE_CLOSED ? self : NULL;
}

static void
handle_message(gpointer data)
{
	Post *post = data;
	LoaNodeLink *self = link_of(post);

	if (self != NULL)
		self->events->message(post->topic, post->payload, self->user_data);
}

static void
handle_oversize(gpointer data)
{
	Post *post = data;
	LoaNodeLink *self = link_of(post);

	if (self != NULL)
		self->events->oversize(post->topic, post->size, self->user_data);
}

static void
handle_resubscribe(gpointer data)
{
	Post *post = data;
	LoaNodeLink *self = link_of(post);

	g_atomic_int_set(&post->shared->wants_resubscribe, 0);
	if (self != NULL && self->state == STATE_UP)
		subscribe_all(self);
}

static void
handle_up(gpointer data)
{
	LoaNodeLink *self = link_of(data);

	if (self == NULL || self->state != STATE_CONNECTING)
		return;
	self->state = STATE_UP;
	self->retry_ms = LOA_NODE_LINK_RETRY_FIRST_MS;
	self->n_connects++;
	subscribe_all(self);
	self->events->connected(self->user_data);
}

static void
handle_down(gpointer data)
{
	Post *post = data;
	LoaNodeLink *self = link_of(post);

	if (self == NULL || self->state == STATE_IDLE)
		return;
	gboolean was_up = self->state == STATE_UP;

	retry_later(self);
	if (was_up)
		self->events->disconnected(post->why, self->user_data);
}

static void
handle_farewell_done(gpointer data)
{
	Post *post = data;

	if (post->shared->link != NULL)
		post->shared->link->is_farewell_done = TRUE;
}

static gboolean
create_client(LoaNodeLink *self, const LoaNodeLinkConfig *config, GError **error)
{
	MQTTAsync_createOptions options = MQTTAsync_createOptions_initializer;
	gboolean is_v6 = strchr(config->host, ':') != NULL;
	g_autofree char *uri = g_strdup_printf(is_v6 ? "tcp://[%s]:%u" : "tcp://%s:%u",
					       config->host, config->port);

	options.sendWhileDisconnected = 0;
	options.maxBufferedMessages = MAX_BUFFERED;
	int result = MQTTAsync_createWithOptions(&self->client, uri, config->client_id,
						 MQTTCLIENT_PERSISTENCE_NONE, NULL, &options);

	if (result == MQTTASYNC_SUCCESS)
		result = MQTTAsync_setCallbacks(self->client, self->shared, connection_lost_paho,
						arrived_paho, NULL);
	if (result == MQTTASYNC_SUCCESS)
		return TRUE;
	g_set_error(error, LOA_NODE_LINK_ERROR, LOA_NODE_LINK_ERROR_CREATE,
		    "no MQTT client for %s: %s; check broker.host and broker.port", uri,
		    MQTTAsync_strerror(result));
	return FALSE;
}

LoaNodeLink *
loa_node_link_new(const LoaNodeLinkConfig *config, const LoaNodeLinkEvents *events,
		  gpointer user_data, GError **error)
{
	g_autoptr(LoaNodeLink) self = g_new0(LoaNodeLink, 1);

	self->shared = g_atomic_rc_box_new0(Shared);
	self->shared->link = self;
	self->shared->audio_prefix = g_strdup(config->audio_prefix);
	self->shared->max_audio_size = config->max_audio_size;
	self->shared->max_other_size = config->max_other_size;
	self->events = events;
	self->user_data = user_data;
	self->username = g_strdup(config->username);
	self->password = g_strdup(config->password);
	self->will_topic = g_strdup(config->will_topic);
	self->subscriptions =
		g_hash_table_new_full(g_str_hash, g_str_equal, NULL, subscription_free);
	self->retry_ms = LOA_NODE_LINK_RETRY_FIRST_MS;
	if (!create_client(self, config, error))
		return NULL;
	return g_steal_pointer(&self);
}

void
loa_node_link_start(LoaNodeLink *self)
{
	g_return_if_fail(self->state == STATE_IDLE && self->retry_source == 0);
	try_to_connect(self);
}

gboolean
loa_node_link_is_connected(const LoaNodeLink *self)
{
	return self->state == STATE_UP;
}

void
loa_node_link_subscribe(LoaNodeLink *self, const char *topic, int qos)
{
	if (g_hash_table_contains(self->subscriptions, topic))
		return;
	Subscription *subscription = g_new(Subscription, 1);

	*subscription = (Subscription){ g_strdup(topic), qos };
	g_hash_table_insert(self->subscriptions, subscription->topic, subscription);
	if (self->state == STATE_UP)
		subscribe_now(self, subscription);
}

void
loa_node_link_unsubscribe(LoaNodeLink *self, const char *topic)
{
	if (!g_hash_table_contains(self->subscriptions, topic))
		return;
	if (self->state == STATE_UP)
		(void)MQTTAsync_unsubscribe(self->client, topic, NULL);
	g_hash_table_remove(self->subscriptions, topic);
}

static gboolean
send(LoaNodeLink *self, const char *topic, GBytes *payload, gboolean is_retained,
     MQTTAsync_responseOptions *response)
{
	gsize size = 0;
	const void *data = g_bytes_get_data(payload, &size);

	return MQTTAsync_send(self->client, topic, (int)size, data, 1, is_retained, response) ==
	       MQTTASYNC_SUCCESS;
}

gboolean
loa_node_link_publish(LoaNodeLink *self, const char *topic, GBytes *payload, gboolean is_retained)
{
	return self->state == STATE_UP && send(self, topic, payload, is_retained, NULL);
}

LoaNodeLinkStats
loa_node_link_stats(const LoaNodeLink *self)
{
	return (LoaNodeLinkStats){
		.n_connects = self->n_connects,
		.n_dropped = (guint64)(guint)g_atomic_int_get(&self->shared->n_dropped),
	};
}

static gboolean
on_timeout(gpointer data)
{
	gboolean *is_over = data;

	*is_over = TRUE;
	return G_SOURCE_CONTINUE;
}

static void
wait_for_farewell(LoaNodeLink *self, guint timeout_ms)
{
	gboolean is_over = FALSE;
	guint source = g_timeout_add(timeout_ms, on_timeout, &is_over);

	while (!self->is_farewell_done && !is_over)
		g_main_context_iteration(NULL, TRUE);
	g_source_remove(source);
}

void
loa_node_link_close(LoaNodeLink *self, GBytes *farewell, guint timeout_ms)
{
	gboolean was_up = self->state == STATE_UP;

	self->state = STATE_CLOSED;
	if (self->retry_source != 0)
		g_source_remove(self->retry_source);
	self->retry_source = 0;
	if (!was_up)
		return;

	MQTTAsync_responseOptions response = MQTTAsync_responseOptions_initializer;

	response.onSuccess = farewell_done_paho;
	response.onFailure = farewell_failed_paho;
	response.context = self->shared;
	if (farewell != NULL && send(self, self->will_topic, farewell, TRUE, &response))
		wait_for_farewell(self, timeout_ms);

	MQTTAsync_disconnectOptions options = MQTTAsync_disconnectOptions_initializer;

	options.timeout = 0;
	options.onSuccess = farewell_done_paho;
	options.onFailure = farewell_failed_paho;
	options.context = self->shared;
	self->is_farewell_done = FALSE;
	if (MQTTAsync_disconnect(self->client, &options) == MQTTASYNC_SUCCESS)
		wait_for_farewell(self, timeout_ms);
}

void
loa_node_link_free(LoaNodeLink *self)
{
	if (self == NULL)
		return;
	if (self->retry_source != 0)
		g_source_remove(self->retry_source);
	/* waits for Paho's callbacks: after it none can come */
	if (self->client != NULL)
		MQTTAsync_destroy(&self->client);
	self->shared->link = NULL;
	shared_release(self->shared);
	g_clear_pointer(&self->subscriptions, g_hash_table_unref);
	g_free(self->username);
	g_free(self->password);
	g_free(self->will_topic);
	g_free(self);
}
