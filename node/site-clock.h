/* SPDX-License-Identifier: Apache-2.0 */
/*
 * node/site-clock.h - this receiver's site clock: joins clock, filter, time client and store.
 *
 * Without a controller to ask it is the system clock and nothing else. With one, the line learned
 * from it is saved every minute, so that a program that is started again on the same boot holds
 * over until there are answers; over a reboot, if there is a battery clock. Thread: main.
 */
#pragma once

#include "common/clock.h"
#include "node/battery-clock.h"
#include "node/time-client.h"

typedef struct LoaSiteClock LoaSiteClock;

typedef struct {
	const char *site;
	const char *controller; /* (nullable): "HOST:PORT" */
	const LoaKeyRing *ring; /* borrowed, outlives the clock */
	gboolean trust_system;
	gint64 holdover_max_us;
	const char *path; /* where the line is kept */
	LoaBatteryClockConfig battery;
} LoaSiteClockConfig;

/* @forged: a datagram claimed to be an answer and was not; @why is one sentence */
LoaSiteClock *loa_site_clock_new(const LoaSiteClockConfig *config,
				 void (*forged)(const char *why, gpointer user_data),
				 gpointer user_data, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* (transfer none) */
LoaClock *loa_site_clock_clock(const LoaSiteClock *self);

/* At least once a second. @is_busy: sound is on or near; then the disk is left alone. */
void loa_site_clock_run(LoaSiteClock *self, gboolean is_busy);

/* Saves what was learned. */
void loa_site_clock_free(LoaSiteClock *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaSiteClock, loa_site_clock_free)
