/* SPDX-License-Identifier: Apache-2.0 */
/*
 * node/station-private.h - what station.c, station-lives.c and station-state.c share.
 */
#pragma once

#include "node/cue-sheet.h"
#include "node/life.h"
#include "node/postman.h"
#include "node/station.h"
#include "node/teller.h"

#define LOA_STATION_TICK_BUSY_US (200 * 1000)
#define LOA_STATION_TICK_IDLE_US (1000 * 1000)
#define LOA_STATION_SCAN_US (1000 * 1000)
/* Not fsynced (node/journal.h): cheap enough to lose at most this much of an airing to a crash. */
#define LOA_STATION_CHECKPOINT_US (1 * G_USEC_PER_SEC)
/* When an airing's time is over, the device still holds some of it. */
#define LOA_STATION_SETTLE_US (300 * 1000)

struct LoaStation {
	LoaStationConfig config;
	LoaClock *clock;     /* borrowed */
	LoaJournal *journal; /* borrowed */
	const LoaStationPorts *ports;
	gpointer user_data;

	LoaStoredPlan held;      /* plan NULL: none */
	GArray *open;            /* LoaInterval */
	LoaAgenda *agenda;       /* (nullable) */
	GHashTable *lives;       /* airing id (the life's) -> LoaLife */
	GHashTable *ignored;     /* ids of airings that were never ours to play */
	GHashTable *checkpoints; /* airing id (the outcome's) -> LoaOutcome of an earlier run */
	LoaFrameBudget budget;
	LoaCueSheet *sheet;
	LoaPostman *postman;
	LoaTeller *teller;
	LoaMoment moment;
	LoaClockMap map;
	GHashTable *channels; /* ids of airings whose channel is subscribed to */
	GPtrArray *ready;     /* ids (char *) as in LoaNodeState, and how many in all */
	GPtrArray *not_ready;
	guint n_ready;
	guint n_wanted;
	char *told_needs; /* (nullable) */
	char *on_air;     /* (nullable) */
	LoaClass on_air_class;
	gint64 position_ms;
	char *trouble; /* (nullable) */
	char *state_topic;
	char *plan_topic;
	char *ack_topic;
	char *watch_topic;
	gint64 watched_until_us; /* site time */
	char session[LOA_SESSION_HEX_SIZE + 1];
	gint64 born_mono_us;
	gint64 first_plan_us;
	gint64 next_scan_us; /* CLOCK_MONOTONIC, as all below */
	gint64 next_checkpoint_us;
	gint64 next_prune_us;
	gint64 n_late; /* of lives that are over */
	gint64 n_unkept;
	gboolean is_connected;
	gboolean was_trusted; /* the clock, ever since the start */
};

/* May anything sound by the clock as it is? */
gboolean loa_station_is_trusted(const LoaStation *self);

/* station-lives.c */

/* Begins the lives that are due. */
void loa_station_scan(LoaStation *self);
/* Takes note of the moment in each life, and settles those that are over. */
void loa_station_look_at_lives(LoaStation *self);
/* Keeps voices supplied; @is_scan: also lets go of what waiting airings will not want. */
void loa_station_supply_voices(LoaStation *self, gboolean is_scan);
/* What has the output now. */
void loa_station_note_on_air(LoaStation *self);
void loa_station_save_checkpoints(LoaStation *self);
/* Those of whom nothing was heard yet, with a start from @from_us on, are looked at afresh. */
void loa_station_drop_unheard_lives(LoaStation *self, gint64 from_us);
void loa_station_clock_jumped_back(LoaStation *self);
/* By the old plan and agenda, before @plan comes into force. */
void loa_station_part_with_lives(LoaStation *self, const LoaPlan *plan);
/* Airings of an earlier run that the plan in force does not name: their checkpoint is final. */
void loa_station_settle_orphans(LoaStation *self);
/* A LoaCueSheetFeedFunc; @user_data: the station. */
LoaFeed *loa_station_find_feed(const LoaSegment *segment, gpointer user_data);

/* station-files.c */

/* What is needed, what is here. There is a plan. */
void loa_station_look_at_files(LoaStation *self);
/* Puts the recording into use, if it is here. */
void loa_station_open_file(LoaStation *self, LoaLife *life, LoaFeed *feed);
/* Brings the subscription of its channel up to date. */
void loa_station_tune(LoaStation *self, LoaLife *life);
void loa_station_detune(LoaStation *self, LoaLife *life);

/* station-state.c */

/* How loud airings of that class are by the plan in force. */
double loa_station_volume_db(const LoaStation *self, LoaClass class);

/* Returns when to look again, CLOCK_MONOTONIC. */
gint64 loa_station_tell_state(LoaStation *self, gint64 mono_us);
/* Brings the moment up to date: station.c. */
void loa_station_read_clock(LoaStation *self);
