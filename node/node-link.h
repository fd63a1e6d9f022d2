/* SPDX-License-Identifier: Apache-2.0 */
/*
 * node/node-link.h - the receiver's line to the broker, over wire/mqtt-link.h.
 *
 * Reconnects at times that are a little left to chance, so that a ward's receivers do not come
 * back in one wave; leaves a signed last will; keeps audio and everything else apart, so that a
 * flood of audio keeps no plan out.
 *
 * Thread: main.
 */
#pragma once

#include "wire/mqtt-link.h"

/* What may lie between Paho's thread and ours: audio is dropped beyond ... */
#define LOA_NODE_LINK_MAX_AUDIO_MESSAGES 512
#define LOA_NODE_LINK_MAX_AUDIO_BYTES (4 * 1024 * 1024)
/* ... and everything else beyond this, upon which its topics are subscribed anew, so that the
 * retained plan is sent again. */
#define LOA_NODE_LINK_MAX_OTHER_MESSAGES 32
#define LOA_NODE_LINK_MAX_OTHER_BYTES (12 * 1024 * 1024)

/* Copied by loa_node_link_new(). */
typedef struct {
	const char *host;
	guint port;
	const char *username; /* (nullable) */
	const char *password; /* (nullable) */
	const char *client_id;
	const char *will_topic;
	const char *audio_prefix; /* topics that begin with it carry audio packets */
	gsize max_audio_size;     /* longer messages are dropped before they are copied */
	gsize max_other_size;
} LoaNodeLinkConfig;

/* All called on the main thread, from the loop. */
typedef struct {
	/* (transfer full): the message the broker shall publish when the line breaks */
	GBytes *(*last_will)(gpointer user_data);
	void (*connected)(gpointer user_data);
	void (*disconnected)(const char *why, gpointer user_data);
	void (*message)(const char *topic, GBytes *payload, gpointer user_data);
	/* dropped for its size, before it was copied */
	void (*oversize)(const char *topic, gsize size, gpointer user_data);
} LoaNodeLinkEvents;

typedef struct {
	guint64 n_connects;
	guint64 n_dropped; /* for want of room in the queue, or for a topic that cannot be ours */
} LoaNodeLinkStats;

typedef struct LoaNodeLink LoaNodeLink;

/* @events: borrowed, static. @error: domain %LOA_MQTT_LINK_ERROR */
LoaNodeLink *loa_node_link_new(const LoaNodeLinkConfig *config, const LoaNodeLinkEvents *events,
			       gpointer user_data, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Begins to connect, from the loop. */
void loa_node_link_start(LoaNodeLink *self);
gboolean loa_node_link_is_connected(const LoaNodeLink *self);

/* Holds over reconnects. @qos: 0 or 1 */
void loa_node_link_subscribe(LoaNodeLink *self, const char *topic, int qos);
void loa_node_link_unsubscribe(LoaNodeLink *self, const char *topic);

/* QoS 1. %FALSE if it cannot be sent now; nothing is queued over a reconnect. */
gboolean loa_node_link_publish(LoaNodeLink *self, const char *topic, GBytes *payload,
			       gboolean is_retained) G_GNUC_WARN_UNUSED_RESULT;

LoaNodeLinkStats loa_node_link_stats(const LoaNodeLink *self);

/* Publishes @farewell (nullable) retained to the will's topic and takes leave. Blocks for at most
 * @timeout_ms each; no event is called any more. */
void loa_node_link_close(LoaNodeLink *self, GBytes *farewell, guint timeout_ms);

void loa_node_link_free(LoaNodeLink *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaNodeLink, loa_node_link_free)
