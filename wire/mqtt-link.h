/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wire/mqtt-link.h - one connection to the broker; the only place that knows Paho.
 *
 * Keeps trying for ever: 0.2 s after the first failure, doubling to 10 s. Every connection is a
 * clean session, with a last will made for it where the owner has one; subscriptions are made
 * anew each time. Nothing is queued over a reconnect: the owner sends again what is still true.
 *
 * What the broker sends is copied on Paho's thread and posted to the main thread, within the
 * bounds of wire/mqtt-inbox.h. Where a lane that asks again overflows, all topics are subscribed
 * anew, so that the broker sends its retained messages once more.
 *
 * Thread: main, but for the callbacks that end in _paho.
 */
#pragma once

#include <gio/gio.h>

#include "wire/mqtt-inbox.h"

#define LOA_MQTT_LINK_RETRY_FIRST_MS 200
#define LOA_MQTT_LINK_RETRY_MAX_MS 10000

#define LOA_MQTT_LINK_ERROR (loa_mqtt_link_error_quark())
GQuark loa_mqtt_link_error_quark(void);

typedef enum {
	LOA_MQTT_LINK_ERROR_CREATE, /* the client cannot be made from this configuration */
} LoaMqttLinkError;

typedef enum {
	LOA_MQTT_CONNECTING,
	LOA_MQTT_CONNECTED,
	LOA_MQTT_WAITING, /* before the next attempt */
} LoaMqttState;

/* "connecting", "connected", "waiting" */
const char *loa_mqtt_state_name(LoaMqttState state);

/* Copied by loa_mqtt_link_new(). */
typedef struct {
	const char *host;
	guint port;
	const char *username; /* (nullable) */
	const char *password; /* (nullable) */
	const char *client_id;
	const char *will_topic; /* (nullable): no last will */
	const LoaMqttLane *lanes;
	guint n_lanes;
	gint max_outbound;   /* messages on their way to the broker at a time */
	double retry_jitter; /* share of each wait that is left to chance, 0 to 1 */
} LoaMqttLinkConfig;

/* All called on the main thread, from the loop, never from within a call. */
typedef struct {
	/* (transfer full): what the broker shall publish, retained, when the line breaks. Asked
	 * before each attempt; (nullable) where there is no will_topic */
	GBytes *(*last_will)(gpointer user_data);
	/* @why: (nullable): a reason where it is not connected */
	void (*state)(LoaMqttState state, const char *why, gpointer user_data);
	void (*message)(const char *topic, GBytes *payload, gpointer user_data);
	/* dropped for its size, before it was copied */
	void (*oversize)(const char *topic, gsize size, gpointer user_data);
} LoaMqttLinkEvents;

typedef struct LoaMqttLink LoaMqttLink;

/* @events: borrowed, static. @user_data: borrowed until the link is closed. */
LoaMqttLink *loa_mqtt_link_new(const LoaMqttLinkConfig *config, const LoaMqttLinkEvents *events,
			       gpointer user_data, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Begins to connect, from the loop. Once. */
void loa_mqtt_link_start(LoaMqttLink *self);
/* %LOA_MQTT_CONNECTING before the start as well. */
LoaMqttState loa_mqtt_link_state(const LoaMqttLink *self);

/* Holds over reconnects. @qos: 0 or 1 */
void loa_mqtt_link_subscribe(LoaMqttLink *self, const char *topic, int qos);
void loa_mqtt_link_unsubscribe(LoaMqttLink *self, const char *topic);

/* %FALSE while not connected, or where the library would not take it. @qos: 0 or 1 */
gboolean loa_mqtt_link_publish(LoaMqttLink *self, const char *topic, GBytes *payload, int qos,
			       gboolean is_retained) G_GNUC_WARN_UNUSED_RESULT;

/* Messages dropped since the start: for want of room, or for a topic that cannot be ours. */
guint64 loa_mqtt_link_n_dropped(const LoaMqttLink *self);

/* Publishes @farewell (nullable) retained to the will's topic and takes leave. Blocks for at most
 * @timeout_ms each; no event comes from here on. */
void loa_mqtt_link_close(LoaMqttLink *self, GBytes *farewell, guint timeout_ms);

/* Without loa_mqtt_link_close() before it: the broker publishes the last will. */
void loa_mqtt_link_free(LoaMqttLink *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaMqttLink, loa_mqtt_link_free)
