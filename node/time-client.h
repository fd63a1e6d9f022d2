/* SPDX-License-Identifier: Apache-2.0 */
/*
 * node/time-client.h - asks the controller for site time and feeds common/clock-filter.h.
 *
 * Asks often at first (20 a second for five seconds, then 10, then 8 up to thirty), and then 4 and
 * soon 2 a second while sound is on or near, and once in five seconds otherwise: a 4G line pays for
 * each, and the controller signs each answer. An answer
 * counts only if its nonce was asked for and the controller signed it; a forged one is counted
 * and told to the owner. Thread: main.
 */
#pragma once

#include <gio/gio.h>

#include "common/clock-filter.h"
#include "wire/keys.h"

typedef struct LoaTimeClient LoaTimeClient;

/* What the answers were worth. */
typedef struct {
	guint64 n_asked;
	guint64 n_taken;
	guint64 n_forged;  /* not the controller's signature */
	guint64 n_unasked; /* signed, but nobody is waiting for it: doubled, late, or replayed */
	guint64 n_absurd;  /* signed, but impossible or doubted */
	guint64 n_unsure;  /* of a controller that does not trust its own clock */
	guint64 n_steps;   /* times the site clock stepped */
} LoaTimeClientStats;

typedef struct {
	/* An exchange was taken: the filter has a better line. */
	void (*improved)(gpointer user_data);
	/* A datagram claimed to be an answer and was not; @why is one sentence. */
	void (*forged)(const char *why, gpointer user_data);
	gpointer user_data;
} LoaTimeClientEvents;

/**
 * loa_time_client_new:
 * @controller: "HOST:PORT"; the name is looked up again whenever nobody has answered for 30 s
 * @ring: borrowed, outlives the client
 * @filter: borrowed, outlives the client
 *
 * Returns: %NULL only if @controller has no such form (domain %G_IO_ERROR)
 */
LoaTimeClient *loa_time_client_new(const char *controller, const char *site, const LoaKeyRing *ring,
				   LoaClockFilter *filter, const LoaTimeClientEvents *events,
				   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* How long to wait before the next question, @age_us after the first. Pure. */
guint loa_time_client_interval_ms(gint64 age_us, gboolean is_busy);

/* Whether sound is on or near: decides how often to ask. */
void loa_time_client_set_busy(LoaTimeClient *self, gboolean is_busy);

/* The controller's word on its own clock, from the last answer; untrusted before the first. */
LoaClockState loa_time_client_controller_state(const LoaTimeClient *self);
gint64 loa_time_client_controller_bound_us(const LoaTimeClient *self);
/* CLOCK_MONOTONIC of the last taken answer; 0: none. */
gint64 loa_time_client_last_mono_us(const LoaTimeClient *self);
LoaTimeClientStats loa_time_client_stats(const LoaTimeClient *self);

void loa_time_client_free(LoaTimeClient *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaTimeClient, loa_time_client_free)
