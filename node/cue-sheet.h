/* SPDX-License-Identifier: Apache-2.0 */
/*
 * node/cue-sheet.h - what the player is told: the segments of now and of the next moments.
 *
 * A voice stands in the list once. Where it is to go on at another place than it was cued for,
 * the list goes out without it first, the voice is moved, and only then it is cued again: a voice
 * may be moved only while no cue names it. Thread: main.
 */
#pragma once

#include "audio/player.h"
#include "node/agenda.h"
#include "node/feed.h"

/* Cues are made this long before their time; the player opens the device 3 s before. */
#define LOA_CUE_SHEET_AHEAD_US (10 * G_USEC_PER_SEC)
/* ... and kept for a while after it, for what the device still holds. */
#define LOA_CUE_SHEET_BEHIND_US (1 * G_USEC_PER_SEC)

typedef void (*LoaCueSheetSetFunc)(const LoaCue *cues, guint n_cues, gpointer user_data);
/* (nullable) (transfer none): the feed of an airing that may sound; %NULL leaves it out. */
typedef LoaFeed *(*LoaCueSheetFeedFunc)(const LoaSegment *segment, gpointer user_data);

typedef struct LoaCueSheet LoaCueSheet;

LoaCueSheet *loa_cue_sheet_new(LoaCueSheetSetFunc set, LoaCueSheetFeedFunc feed,
			       gpointer user_data);

/* How loud airings are from the next update on; 0 dB until this is called. */
void loa_cue_sheet_set_volume(LoaCueSheet *self, double volume_db, double emergency_db);

/* Brings the player's list up to date. @agenda: %NULL for silence. */
void loa_cue_sheet_update(LoaCueSheet *self, const LoaAgenda *agenda, gint64 now_us);

/* Is this feed's voice in the player's list? */
gboolean loa_cue_sheet_has(const LoaCueSheet *self, const LoaFeed *feed);
/* Takes it out: before a feed is freed. */
void loa_cue_sheet_drop(LoaCueSheet *self, const LoaFeed *feed);

void loa_cue_sheet_free(LoaCueSheet *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaCueSheet, loa_cue_sheet_free)
