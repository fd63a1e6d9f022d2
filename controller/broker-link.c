/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/broker-link.h"

#include "wire/topic.h"

#define MAX_OUTBOUND 4096 /* messages */
#define FAREWELL_MS 1000

struct LoaBrokerLink {
	LoaMqttLink *mqtt;
	LoaBrokerLinkEvents events;
	gpointer user_data; /* borrowed */
	guint64 n_oversize;
};

static void
on_state(LoaMqttState state, const char *why, gpointer user_data)
{
	LoaBrokerLink *self = user_data;

	self->events.on_state(state, why, self->user_data);
}

static void
on_message(const char *topic, GBytes *message, gpointer user_data)
{
	LoaBrokerLink *self = user_data;

	self->events.on_message(topic, message, self->user_data);
}

static void
on_oversize(const char *topic, gsize size, gpointer user_data)
{
	LoaBrokerLink *self = user_data;

	(void)topic;
	(void)size;
	self->n_oversize++;
}

static const LoaMqttLinkEvents mqtt_events = {
	.state = on_state,
	.message = on_message,
	.oversize = on_oversize,
};

static void
subscribe(LoaBrokerLink *self, LoaTopicKind kind, const char *site)
{
	g_autofree char *filter = loa_topic(kind, site, "+");

	loa_mqtt_link_subscribe(self->mqtt, filter, 1);
}

LoaBrokerLink *
loa_broker_link_new(const LoaBrokerLinkConfig *config, const LoaBrokerLinkEvents *events,
		    gpointer user_data, GError **error)
{
	g_autoptr(LoaBrokerLink) self = g_new0(LoaBrokerLink, 1);
	/* one name a site: a restarted controller takes the place of the one that hangs */
	g_autofree char *client_id = g_strdup_printf("loa-%s-controller", config->site);
	const LoaMqttLane lane = {
		.max_size = LOA_BROKER_LINK_MAX_MESSAGE,
		.max_messages = LOA_BROKER_LINK_MAX_INBOUND,
		.max_bytes = LOA_BROKER_LINK_MAX_INBOUND * LOA_BROKER_LINK_MAX_MESSAGE,
	};
	const LoaMqttLinkConfig mqtt = {
		.host = config->host,
		.port = config->port,
		.username = config->username,
		.password = config->password,
		.client_id = client_id,
		.lanes = &lane,
		.n_lanes = 1,
		.max_outbound = MAX_OUTBOUND,
	};

	self->events = *events;
	self->user_data = user_data;
	self->mqtt = loa_mqtt_link_new(&mqtt, &mqtt_events, self, error);
	if (self->mqtt == NULL)
		return NULL;
	subscribe(self, LOA_TOPIC_STATE, config->site);
	subscribe(self, LOA_TOPIC_REPORT, config->site);
	loa_mqtt_link_start(self->mqtt);
	return g_steal_pointer(&self);
}

LoaMqttState
loa_broker_link_state(const LoaBrokerLink *self)
{
	return loa_mqtt_link_state(self->mqtt);
}

gboolean
loa_broker_link_publish(LoaBrokerLink *self, const char *topic, GBytes *message, LoaBrokerKind kind)
{
	return loa_mqtt_link_publish(self->mqtt, topic, message, kind == LOA_BROKER_AUDIO ? 0 : 1,
				     kind == LOA_BROKER_RETAINED);
}

guint64
loa_broker_link_n_dropped(const LoaBrokerLink *self)
{
	return loa_mqtt_link_n_dropped(self->mqtt) + self->n_oversize;
}

void
loa_broker_link_free(LoaBrokerLink *self)
{
	if (self == NULL)
		return;
	if (self->mqtt != NULL)
		loa_mqtt_link_close(self->mqtt, NULL, FAREWELL_MS);
	loa_mqtt_link_free(self->mqtt);
	g_free(self);
}
