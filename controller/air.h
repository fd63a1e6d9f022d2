/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/air.h - sends the channel of every airing that is on: one encode (the stored file's
 * own packets), however many receivers.
 *
 * Follows the plans: a channel opens playout_delay before its airing starts and closes after END,
 * or as soon as the airing is stopped or gone. While nobody needs it, nothing is sent; when
 * somebody does again, it goes on with the packets of that moment. An airing that begins later in
 * some groups (schedules/stagger.h) is paced once for each start, on one topic; starts within
 * LOA_AIR_SHARED_US share the pace of the first. Packets are those of
 * audio/channel-pacer.h, so a controller that was killed and started again goes on with the same
 * packets at the same place. Time is the site clock; the timer is a GSource on CLOCK_MONOTONIC.
 * Thread: main.
 */
#pragma once

#include "common/clock.h"
#include "wire/plan.h"

/* A receiver keeps so much of what comes early (node/frame-store.h keeps far more). */
#define LOA_AIR_SHARED_US (2 * G_USEC_PER_SEC)

typedef struct LoaAir LoaAir;

/* Does anybody for whom this airing begins at @from_us <= t <= @to_us need its channel now? */
typedef gboolean (*LoaAirNeedFunc)(const char *airing, gint64 from_us, gint64 to_us,
				   gpointer user_data);
typedef void (*LoaAirSendFunc)(const char *topic, GBytes *packet, gpointer user_data);
/* Once for each start of an airing: the recording cannot be read, for example. */
typedef void (*LoaAirFaultFunc)(const char *airing, const char *message, gpointer user_data);

/* @audio_dir: where SHA256.opus lie. Strings copied; @clock and @key borrowed. */
LoaAir *loa_air_new(const char *site, const char *audio_dir, LoaClock *clock,
		    const LoaSigningKey *key);
/* Asked at least once a second while an airing is on; who knows of a change calls loa_air_run().
 * Without it, every channel is sent. */
void loa_air_on_need(LoaAir *self, LoaAirNeedFunc func, gpointer user_data);
void loa_air_on_send(LoaAir *self, LoaAirSendFunc func, gpointer user_data);
void loa_air_on_fault(LoaAir *self, LoaAirFaultFunc func, gpointer user_data);

/* @plans: (element-type LoaPlan): what holds from now on; copied. Sends what is due. */
void loa_air_set_plans(LoaAir *self, const GPtrArray *plans);

/* The broker was away: what is still playable goes out again. */
void loa_air_reopen(LoaAir *self);

/* Sends what is due now and sets the timer anew; the timer calls this. Returns when it is due
 * next (site time; G_MAXINT64: never). */
gint64 loa_air_run(LoaAir *self);

guint loa_air_n_channels(const LoaAir *self);

typedef struct {
	guint64 n_packets; /* sent, repeats and END included */
	guint64 n_frames_skipped;
} LoaAirStats;

LoaAirStats loa_air_stats(const LoaAir *self);

void loa_air_free(LoaAir *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaAir, loa_air_free)
