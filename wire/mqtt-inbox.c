/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/mqtt-inbox.h"

#include <string.h>

typedef struct {
	LoaMqttLane rules; /* constant; the prefix is owned */
	gsize prefix_size; /* constant */
	gint n_messages;   /* atomic */
	gint n_bytes;      /* atomic */
} Lane;

struct LoaMqttInbox {
	guint n_lanes; /* constant */
	Lane lanes[LOA_MQTT_INBOX_MAX_LANES];
	gint n_dropped; /* atomic */
};

LoaMqttInbox *
loa_mqtt_inbox_new(const LoaMqttLane *lanes, guint n_lanes)
{
	LoaMqttInbox *self = g_new0(LoaMqttInbox, 1);

	g_assert(n_lanes >= 1 && n_lanes <= LOA_MQTT_INBOX_MAX_LANES);
	self->n_lanes = n_lanes;
	for (guint i = 0; i < n_lanes; i++) {
		self->lanes[i].rules = lanes[i];
		self->lanes[i].rules.prefix = g_strdup(lanes[i].prefix);
		self->lanes[i].prefix_size = lanes[i].prefix != NULL ? strlen(lanes[i].prefix) : 0;
	}
	return self;
}

static guint
lane_of(const LoaMqttInbox *self, const char *topic, gsize topic_size)
{
	guint i = 0;

	while (i + 1 < self->n_lanes &&
	       !(topic_size > self->lanes[i].prefix_size &&
		 memcmp(topic, self->lanes[i].rules.prefix, self->lanes[i].prefix_size) == 0))
		i++;
	return i;
}

static gboolean
reserve(Lane *lane, gint n_bytes)
{
	gint n = g_atomic_int_add(&lane->n_messages, 1);
	gint before = g_atomic_int_add(&lane->n_bytes, n_bytes);

	if (n < lane->rules.max_messages && before <= lane->rules.max_bytes - n_bytes)
		return TRUE;
	g_atomic_int_add(&lane->n_messages, -1);
	g_atomic_int_add(&lane->n_bytes, -n_bytes);
	return FALSE;
}

LoaMqttVerdict
loa_mqtt_inbox_offer(LoaMqttInbox *self, const char *topic, gsize topic_size, gsize size,
		     LoaMqttPlace *place)
{
	if (topic_size > LOA_MQTT_INBOX_MAX_TOPIC_BYTES ||
	    memchr(topic, '\0', topic_size) != NULL) {
		g_atomic_int_inc(&self->n_dropped);
		return LOA_MQTT_INBOX_DROPPED;
	}
	guint i = lane_of(self, topic, topic_size);
	Lane *lane = &self->lanes[i];
	gboolean is_too_long = size > lane->rules.max_size;
	gint n_bytes = is_too_long ? 0 : (gint)size;

	if (!reserve(lane, n_bytes)) {
		g_atomic_int_inc(&self->n_dropped);
		return lane->rules.asks_again ? LOA_MQTT_INBOX_ASK_AGAIN : LOA_MQTT_INBOX_DROPPED;
	}
	*place = (LoaMqttPlace){ .lane = i, .n_bytes = n_bytes };
	return is_too_long ? LOA_MQTT_INBOX_TOO_LONG : LOA_MQTT_INBOX_TAKEN;
}

void
loa_mqtt_inbox_give_back(LoaMqttInbox *self, LoaMqttPlace place)
{
	g_atomic_int_add(&self->lanes[place.lane].n_messages, -1);
	g_atomic_int_add(&self->lanes[place.lane].n_bytes, -place.n_bytes);
}

guint
loa_mqtt_inbox_n_dropped(LoaMqttInbox *self)
{
	return (guint)g_atomic_int_get(&self->n_dropped);
}

void
loa_mqtt_inbox_free(LoaMqttInbox *self)
{
	if (self == NULL)
		return;
	for (guint i = 0; i < self->n_lanes; i++)
		g_free((char *)self->lanes[i].rules.prefix);
	g_free(self);
}
