/* SPDX-License-Identifier: Apache-2.0 */
/*
 * node/tracker.h - the life of one airing on this node, and the outcome it ends in.
 *
 * Fed with what the device consumed (voice statistics), with pauses and with the reasons for
 * silence; asked once, at the end, for the outcome; in between for checkpoints, which are
 * outcomes too: what would be true if the power failed now. A tracker restored from one goes on
 * counting. Pure. Thread: any, one object on one thread at a time.
 */
#pragma once

#include "audio/voice.h"
#include "wire/outcome.h"

/* Completed: at most this much was never heard ... */
#define LOA_TRACKER_MAX_LOST_MS 40
/* ... and of what was heard, the decoder invented at most this, or that share of the length. */
#define LOA_TRACKER_MAX_CONCEALED_MS 40
#define LOA_TRACKER_MAX_CONCEALED_PERMILLE 10
/* Sound below this is silence: the device consumed it, but nobody heard anything. */
#define LOA_TRACKER_SILENCE_DB (-60.0)
/* Begins at its beginning: its first heard sample is at most this far into it. */
#define LOA_TRACKER_HEAD_SAMPLES LOA_FRAME_SAMPLES

/* Why some of it was not heard, as far as the node noticed while it happened. */
typedef enum {
	LOA_LOSS_POWER,  /* the node was not running */
	LOA_LOSS_LATE,   /* known too late */
	LOA_LOSS_HOURS,  /* outside the permitted hours */
	LOA_LOSS_QUIET,  /* in this node's quiet hours */
	LOA_LOSS_CLOCK,  /* the clock could not be trusted, or jumped */
	LOA_LOSS_DEVICE, /* the sound device failed */
	LOA_N_LOSSES,
} LoaLoss;

/* How an airing's time came to its end on this node. */
typedef enum {
	LOA_ENDING_NATURAL,   /* its time is over */
	LOA_ENDING_STOPPED,   /* the plan stopped it */
	LOA_ENDING_WITHDRAWN, /* it vanished from the plan */
	LOA_ENDING_OUTRANKED, /* its time is over and something higher had the output */
	LOA_ENDING_POWER,     /* its time passed while the node was not running */
	LOA_ENDING_CLOCK,     /* the clock jumped over the rest of it, or back before it */
	LOA_ENDING_LATE,      /* the node came up after the grace time */
	LOA_ENDING_EXPIRED,   /* the plan's validity ended first */
	LOA_ENDING_DEVICE,    /* given up: the device does not come back */
} LoaEnding;

typedef struct LoaTracker LoaTracker;

/* @airing: copied as far as needed */
LoaTracker *loa_tracker_new(const LoaAiring *airing);

/* Goes on from a checkpoint of an earlier run; before anything else. */
void loa_tracker_restore(LoaTracker *self, const LoaOutcome *checkpoint);

/* The latest statistics of the voice; each call replaces the one before. */
void loa_tracker_heard(LoaTracker *self, const LoaVoiceStats *stats);
/* A new voice begins to count from zero: what the last one counted is kept. */
void loa_tracker_next_voice(LoaTracker *self);

void loa_tracker_gave_way(LoaTracker *self, const char *to, gint64 now_us);
void loa_tracker_came_back(LoaTracker *self, gint64 now_us);
/* It took the output from another airing. */
void loa_tracker_took_over(LoaTracker *self, const char *from);
/* So much of it went by unheard, for this reason. */
void loa_tracker_lost(LoaTracker *self, LoaLoss loss, gint64 us);
/* The true length of live sound, once its end is known. */
void loa_tracker_set_length(LoaTracker *self, gint64 n_samples);

/* Real sound that the device consumed so far, without what was invented. */
gint64 loa_tracker_heard_us(const LoaTracker *self);

/* (transfer full). @clock: what the clock said of itself at the end. */
LoaOutcome *loa_tracker_settle(const LoaTracker *self, LoaEnding ending, gint64 now_us,
			       const LoaClockStatus *clock);
/* (transfer full): the outcome if the node died now */
LoaOutcome *loa_tracker_checkpoint(const LoaTracker *self, gint64 now_us,
				   const LoaClockStatus *clock);

void loa_tracker_free(LoaTracker *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaTracker, loa_tracker_free)
