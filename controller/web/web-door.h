/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/web/web-door.h - how many connections the server holds, and for how long.
 *
 * A connection is a guest until its request was admitted: signed in, or by the token. Guests who
 * say nothing are cut off; and where an address, or the whole server, has too many connections, the
 * guest who has been there longest goes. So neither a thousand silent connections nor a thousand
 * slow ones keep the office out or use up the controller's file descriptors.
 *
 * A TLS handshake holds one of GLib's few threads until its client goes on. So where one address
 * has more connections without a request than a browser makes, those that take longer than a second
 * are cut off: the others get their threads. Thread: main.
 */
#pragma once

#include <libsoup/soup.h>

#define LOA_WEB_DOOR_MAX 384             /* connections */
#define LOA_WEB_DOOR_MAX_PER_ADDRESS 128 /* an office behind one address has a few each */
#define LOA_WEB_DOOR_GUEST_S 8           /* from connecting to the end of the headers */
#define LOA_WEB_DOOR_CALM 8              /* of one address without a request: no hurry */
#define LOA_WEB_DOOR_HURRY_MS 1000       /* with more of them, each has so long */
#define LOA_WEB_DOOR_ANSWER_S 120        /* and from there to the end of a guest's answer */
#define LOA_WEB_DOOR_IDLE_S 60           /* no byte in or out */

typedef struct LoaWebDoor LoaWebDoor;

/* Watches every connection of @soup; @max: so many at a time. */
LoaWebDoor *loa_web_door_new(SoupServer *soup, guint max);

/* Its headers are in: a guest still, with time for an answer. */
void loa_web_door_heard(LoaWebDoor *self, SoupServerMessage *message);
/* No guest any more: stays as long as bytes flow. */
void loa_web_door_admit(LoaWebDoor *self, SoupServerMessage *message);
/* And as long as it likes: a stream of events. */
void loa_web_door_keep(LoaWebDoor *self, SoupServerMessage *message);

guint loa_web_door_n_connections(const LoaWebDoor *self);

void loa_web_door_free(LoaWebDoor *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaWebDoor, loa_web_door_free)
