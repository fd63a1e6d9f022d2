/* SPDX-License-Identifier: Apache-2.0 */
#include "node/node-link.h"

#define MAX_OUTBOUND 1000 /* messages */
#define RETRY_JITTER 0.2

struct LoaNodeLink {
	LoaMqttLink *mqtt;
	const LoaNodeLinkEvents *events; /* borrowed, static */
	gpointer user_data;              /* borrowed by contract until closed */
	gboolean was_connected;
	guint64 n_connects;
};

static GBytes *
on_last_will(gpointer user_data)
{
	LoaNodeLink *self = user_data;

	return self->events->last_will(self->user_data);
}

static void
on_connected(LoaNodeLink *self)
{
	self->was_connected = TRUE;
	self->n_connects++;
	self->events->connected(self->user_data);
}

/* An attempt that fails is no news: the line was down before. */
static void
on_waiting(LoaNodeLink *self, const char *why)
{
	gboolean was_connected = self->was_connected;

	self->was_connected = FALSE;
	if (was_connected)
		self->events->disconnected(why, self->user_data);
}

static void
on_state(LoaMqttState state, const char *why, gpointer user_data)
{
	switch (state) {
	case LOA_MQTT_CONNECTED:
		on_connected(user_data);
		break;
	case LOA_MQTT_WAITING:
		on_waiting(user_data, why);
		break;
	case LOA_MQTT_CONNECTING:
		break;
	}
}

static void
on_message(const char *topic, GBytes *payload, gpointer user_data)
{
	LoaNodeLink *self = user_data;

	self->events->message(topic, payload, self->user_data);
}

static void
on_oversize(const char *topic, gsize size, gpointer user_data)
{
	LoaNodeLink *self = user_data;

	self->events->oversize(topic, size, self->user_data);
}

static const LoaMqttLinkEvents mqtt_events = {
	.last_will = on_last_will,
	.state = on_state,
	.message = on_message,
	.oversize = on_oversize,
};

LoaNodeLink *
loa_node_link_new(const LoaNodeLinkConfig *config, const LoaNodeLinkEvents *events,
		  gpointer user_data, GError **error)
{
	g_autoptr(LoaNodeLink) self = g_new0(LoaNodeLink, 1);
	const LoaMqttLane lanes[] = {
		{
			.prefix = config->audio_prefix,
			.max_size = config->max_audio_size,
			.max_messages = LOA_NODE_LINK_MAX_AUDIO_MESSAGES,
			.max_bytes = LOA_NODE_LINK_MAX_AUDIO_BYTES,
		},
		{
			.max_size = config->max_other_size,
			.max_messages = LOA_NODE_LINK_MAX_OTHER_MESSAGES,
			.max_bytes = LOA_NODE_LINK_MAX_OTHER_BYTES,
			.asks_again = TRUE,
		},
	};
	const LoaMqttLinkConfig mqtt = {
		.host = config->host,
		.port = config->port,
		.username = config->username,
		.password = config->password,
		.client_id = config->client_id,
		.will_topic = config->will_topic,
		.lanes = lanes,
		.n_lanes = G_N_ELEMENTS(lanes),
		.max_outbound = MAX_OUTBOUND,
		.retry_jitter = RETRY_JITTER,
	};

	self->events = events;
	self->user_data = user_data;
	self->mqtt = loa_mqtt_link_new(&mqtt, &mqtt_events, self, error);
	return self->mqtt != NULL ? g_steal_pointer(&self) : NULL;
}

void
loa_node_link_start(LoaNodeLink *self)
{
	loa_mqtt_link_start(self->mqtt);
}

gboolean
loa_node_link_is_connected(const LoaNodeLink *self)
{
	return loa_mqtt_link_state(self->mqtt) == LOA_MQTT_CONNECTED;
}

void
loa_node_link_subscribe(LoaNodeLink *self, const char *topic, int qos)
{
	loa_mqtt_link_subscribe(self->mqtt, topic, qos);
}

void
loa_node_link_unsubscribe(LoaNodeLink *self, const char *topic)
{
	loa_mqtt_link_unsubscribe(self->mqtt, topic);
}

gboolean
loa_node_link_publish(LoaNodeLink *self, const char *topic, GBytes *payload, gboolean is_retained)
{
	return loa_mqtt_link_publish(self->mqtt, topic, payload, 1, is_retained);
}

LoaNodeLinkStats
loa_node_link_stats(const LoaNodeLink *self)
{
	return (LoaNodeLinkStats){
		.n_connects = self->n_connects,
		.n_dropped = loa_mqtt_link_n_dropped(self->mqtt),
	};
}

void
loa_node_link_close(LoaNodeLink *self, GBytes *farewell, guint timeout_ms)
{
	loa_mqtt_link_close(self->mqtt, farewell, timeout_ms);
}

void
loa_node_link_free(LoaNodeLink *self)
{
	if (self == NULL)
		return;
	loa_mqtt_link_free(self->mqtt);
	g_free(self);
}
