/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/receivers/time-server.h - tells receivers what site time is (wire/time-packet.h).
 *
 * Stateless: one datagram in, one signed datagram of the same size out. Answers are limited in
 * number per second, since each costs a signature: for the whole server, and for
 * each of 256 shares that addresses fall into. Thread: main.
 */
#pragma once

#include <gio/gio.h>

#include "common/clock.h"
#include "wire/keys.h"

#define LOA_TIME_SERVER_MAX_PER_S 4000
/* A hundred receivers behind one address, twenty times a second just after a start. */
#define LOA_TIME_SERVER_MAX_PER_SHARE 2000

typedef struct LoaTimeServer LoaTimeServer;

typedef struct {
	guint64 n_answered;
	guint64 n_malformed; /* not a question */
	guint64 n_limited;   /* not answered: too many in this second */
} LoaTimeServerStats;

/**
 * loa_time_server_new:
 * @address: where to listen; port 0 takes a free one
 * @clock: borrowed, outlives the server: its state and bound travel in each answer
 * @key: borrowed, outlives the server
 */
LoaTimeServer *loa_time_server_new(GInetSocketAddress *address, const char *site, LoaClock *clock,
				   const LoaSigningKey *key,
				   GError **error) G_GNUC_WARN_UNUSED_RESULT;

guint16 loa_time_server_port(const LoaTimeServer *self);
LoaTimeServerStats loa_time_server_stats(const LoaTimeServer *self);

void loa_time_server_free(LoaTimeServer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaTimeServer, loa_time_server_free)
