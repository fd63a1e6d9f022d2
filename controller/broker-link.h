/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/broker-link.h - the controller's way to the broker, over wire/mqtt-link.h.
 *
 * Subscribes to the nodes' states and reports. At most LOA_BROKER_LINK_MAX_INBOUND messages wait
 * for the main thread, what comes beyond is dropped and counted (nodes send reports again until
 * they are acknowledged). Thread: main.
 */
#pragma once

#include "wire/mqtt-link.h"

#define LOA_BROKER_LINK_MAX_INBOUND 512
#define LOA_BROKER_LINK_MAX_MESSAGE (256 * 1024)

typedef struct {
	const char *site;
	const char *host;
	guint16 port;
	const char *username; /* (nullable) */
	const char *password; /* (nullable) */
} LoaBrokerLinkConfig;

typedef struct {
	/* @why: (nullable): the reason where it is not connected */
	void (*on_state)(LoaMqttState state, const char *why, gpointer user_data);
	void (*on_message)(const char *topic, GBytes *message, gpointer user_data);
} LoaBrokerLinkEvents;

typedef struct LoaBrokerLink LoaBrokerLink;

/* Starts to connect at once. Strings are copied. @events come on the main thread, never from
 * within a call. @error: domain %LOA_MQTT_LINK_ERROR */
LoaBrokerLink *loa_broker_link_new(const LoaBrokerLinkConfig *config,
				   const LoaBrokerLinkEvents *events, gpointer user_data,
				   GError **error) G_GNUC_WARN_UNUSED_RESULT;

LoaMqttState loa_broker_link_state(const LoaBrokerLink *self);

typedef enum {
	LOA_BROKER_AUDIO,    /* QoS 0, not retained */
	LOA_BROKER_MESSAGE,  /* QoS 1, not retained */
	LOA_BROKER_RETAINED, /* QoS 1, retained */
} LoaBrokerKind;

/* %FALSE while not connected, or where the library would not take it: nothing is kept then, the
 * owner sends again what is still true after the next connect. */
gboolean loa_broker_link_publish(LoaBrokerLink *self, const char *topic, GBytes *message,
				 LoaBrokerKind kind);

/* Messages dropped because too many waited or they were too long. */
guint64 loa_broker_link_n_dropped(const LoaBrokerLink *self);

/* Disconnects and frees; no event comes afterwards. Blocks for at most a second. */
void loa_broker_link_free(LoaBrokerLink *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaBrokerLink, loa_broker_link_free)
