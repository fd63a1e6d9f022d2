/* SPDX-License-Identifier: Apache-2.0 */
/*
 * node/station.h - the receiver: owns the plan in force and everything that follows from it.
 *
 *     plan -> gate -> agenda -> cue sheet -> speaker
 *     channel packets, stored files -> feeds -> voices
 *     what the voices counted -> lives -> outcomes -> journal -> postman -> controller
 *
 * Everything outside (loudspeaker, line, stored files, disk of the plan) is given as functions,
 * so that a test can turn the clock by hand. Thread: main.
 */
#pragma once

#include "audio/opus-file.h"
#include "audio/player.h"
#include "node/cache-policy.h"
#include "node/gate.h"
#include "node/journal.h"
#include "node/plan-store.h"
#include "wire/node-state.h"

/* For all frames of airings that wait (node/frame-store.h). */
#define LOA_STATION_FRAME_BUDGET (12 * 1024 * 1024)
/* An airing's channel is subscribed this long before its start. */
#define LOA_STATION_NEAR_US (60 * G_USEC_PER_SEC)

typedef struct {
	void (*set_cues)(const LoaCue *cues, guint n_cues, gpointer user_data);
	LoaPlayerStatus (*status)(gpointer user_data);
	LoaVoiceStats (*stats)(LoaVoice *voice, gpointer user_data);

	/* %FALSE: the line is down */
	gboolean (*publish)(const char *topic, GBytes *message, gboolean is_retained,
			    gpointer user_data);
	void (*subscribe)(const char *topic, int qos, gpointer user_data);
	void (*unsubscribe)(const char *topic, gpointer user_data);

	/* The plan shall be on the disk; may take its time. */
	void (*save_plan)(GBytes *message, gpointer user_data);

	/* Stored recordings; all NULL where there are none. */
	void (*set_needs)(const LoaCacheNeed *needs, gsize n_needs, gpointer user_data);
	gboolean (*has_file)(const char *sha256, gpointer user_data);
	LoaOpusFile *(*open_file)(const char *sha256, gpointer user_data); /* (nullable) */
} LoaStationPorts;

/* All borrowed for the station's life. */
typedef struct {
	const char *site;
	const char *node;
	const char *group;
	const LoaSigningKey *key;
	const LoaKeyRing *ring;
	const GArray *quiet_hours; /* LoaQuietHours */
	int utc_offset_min;
	double ceiling_db; /* -60..0: nothing is louder on this receiver */
	guint device_ms;   /* what the device may hold when an airing's time is over */
} LoaStationConfig;

typedef struct LoaStation LoaStation;

/* @ports: static. @clock, @journal: borrowed, outlive the station. */
LoaStation *loa_station_new(const LoaStationConfig *config, LoaClock *clock, LoaJournal *journal,
			    const LoaStationPorts *ports, gpointer user_data);

/* The plan that lay on the disk: acted on before there is any line. Its plan is taken over. */
void loa_station_restore(LoaStation *self, LoaStoredPlan *stored);

/* The line is up or down. */
void loa_station_connected(LoaStation *self);
void loa_station_disconnected(LoaStation *self);
/* Anything that came over the line. %TRUE: call loa_station_run() soon. */
gboolean loa_station_message(LoaStation *self, const char *topic, GBytes *payload);
void loa_station_oversize(LoaStation *self, const char *topic, gsize size);
/* Somebody answered a question for the time in the controller's name; @why: one sentence. */
void loa_station_time_forged(LoaStation *self, const char *why);
/* So many messages were dropped since the last time, for want of room. */
void loa_station_dropped(LoaStation *self, guint64 n);
/* A recording came or went. */
void loa_station_files_changed(LoaStation *self);
/* (nullable): what the state says about trouble outside: the plan cannot be saved */
void loa_station_set_trouble(LoaStation *self, const char *text);

/* Is something on air, or about to be within two minutes? */
gboolean loa_station_is_near(const LoaStation *self);

/* Does all that is due. Returns in how many microseconds to call again (events apart). */
gint64 loa_station_run(LoaStation *self);

/* (transfer full): a signed state message for now; the last will is the one with @is_online
 * FALSE. */
GBytes *loa_station_state_message(LoaStation *self, gboolean is_online);

/* Before the program ends: what is on air stays unsettled, with a checkpoint. */
void loa_station_stop(LoaStation *self);

gint64 loa_station_plan_serial(const LoaStation *self); /* 0: none */

void loa_station_free(LoaStation *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaStation, loa_station_free)
