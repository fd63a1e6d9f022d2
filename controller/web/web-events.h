/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/web/web-events.h - server-sent events: tells viewers what to fetch anew.
 *
 * An event carries no data, only a name (HTML Living Standard, 9.2): "status", "log" or "job".
 * So a listener that reads slowly costs nothing: what it missed is one bit a topic, sent when the
 * last write has gone out. Thread: main.
 */
#pragma once

#include <libsoup/soup.h>

#define LOA_WEB_EVENTS_MAX 64
#define LOA_WEB_EVENTS_HEARTBEAT_S 15

typedef struct LoaWebEvents LoaWebEvents;

LoaWebEvents *loa_web_events_new(void);

/* Answers @message with a stream, kept open until either side leaves. %FALSE, and nothing done,
 * when there are LOA_WEB_EVENTS_MAX already. @session: (nullable): of the listener; %NULL: none,
 * by the token */
gboolean loa_web_events_add(LoaWebEvents *self, SoupServerMessage *message,
			    const char *session) G_GNUC_WARN_UNUSED_RESULT;

/* Ends the streams of those sessions that are over, as @is_over says. */
void loa_web_events_sweep(LoaWebEvents *self,
			  gboolean (*is_over)(const char *session, gpointer user_data),
			  gpointer user_data);

/* Unknown topics are ignored. */
void loa_web_events_notify(LoaWebEvents *self, const char *topic);

/* A comment to everyone who is idle, so that a dead connection is noticed by both ends. Called by
 * its own timer; here for tests. */
void loa_web_events_beat(LoaWebEvents *self);

guint loa_web_events_n_listeners(const LoaWebEvents *self);

/* Ends every stream. */
void loa_web_events_free(LoaWebEvents *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaWebEvents, loa_web_events_free)
