/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wire/mqtt-inbox.h - how much may lie between Paho's thread and ours.
 *
 * Nothing a broker does may make that queue grow without bound, and a flood of one kind of
 * message must not keep out another: so every kind has a lane with bounds of its own. The inbox
 * only counts; the messages themselves are elsewhere. No locks, no I/O. Thread: any.
 */
#pragma once

#include <glib.h>

#define LOA_MQTT_INBOX_MAX_LANES 2
#define LOA_MQTT_INBOX_MAX_TOPIC_BYTES 512 /* ours are far shorter */

typedef struct {
	/* topics that begin with it and go on; of the last lane not looked at: it takes the rest */
	const char *prefix;
	gsize max_size;      /* of a message, bytes */
	gint max_messages;   /* at a time */
	gint max_bytes;      /* at a time */
	gboolean asks_again; /* what finds no room shall be asked for again: it is retained */
} LoaMqttLane;

/* What a message holds of the inbox until it is given back. */
typedef struct {
	guint lane;
	gint n_bytes;
} LoaMqttPlace;

typedef enum {
	LOA_MQTT_INBOX_TAKEN,     /* has a place */
	LOA_MQTT_INBOX_TOO_LONG,  /* has a place for the news alone; the message is not to be copied
				   */
	LOA_MQTT_INBOX_DROPPED,   /* no room, or a topic that cannot be ours; counted */
	LOA_MQTT_INBOX_ASK_AGAIN, /* no room in a lane that asks again; counted */
} LoaMqttVerdict;

typedef struct LoaMqttInbox LoaMqttInbox;

/* @lanes: copied; 1 to LOA_MQTT_INBOX_MAX_LANES */
LoaMqttInbox *loa_mqtt_inbox_new(const LoaMqttLane *lanes, guint n_lanes);

/* @topic: @topic_size bytes, any. @place: (out): where the verdict says that there is one */
LoaMqttVerdict loa_mqtt_inbox_offer(LoaMqttInbox *self, const char *topic, gsize topic_size,
				    gsize size, LoaMqttPlace *place) G_GNUC_WARN_UNUSED_RESULT;

void loa_mqtt_inbox_give_back(LoaMqttInbox *self, LoaMqttPlace place);

/* All that was dropped since the start. */
guint loa_mqtt_inbox_n_dropped(LoaMqttInbox *self);

void loa_mqtt_inbox_free(LoaMqttInbox *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaMqttInbox, loa_mqtt_inbox_free)
