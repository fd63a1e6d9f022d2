/* SPDX-License-Identifier: Apache-2.0 */
/*
 * node/life.h - one airing on this node: from shortly before its start to its outcome.
 *
 * Joins what the agenda says (when it has the output), what happened here (late, no power, clock,
 * device) and what the voice counted, and says when it is over and how it ended. Pure but for the
 * voice it owns. Thread: main.
 */
#pragma once

#include "audio/player.h"
#include "node/agenda.h"
#include "node/feed.h"
#include "node/gate.h"
#include "node/tracker.h"

/* What holds for all airings at one moment. */
typedef struct {
	const LoaPlan *plan;
	const GArray *open; /* LoaInterval: node/gate.h */
	const LoaAgenda *agenda;
	gint64 now_us;
	gint64 since_us;     /* of the look before this one; now_us at the first */
	gint64 born_us;      /* when this program started, on the site clock */
	gint64 trusted_us;   /* since when the clock can be trusted */
	gint64 jump_from_us; /* the last jump forward of the clock; both 0: none */
	gint64 jump_to_us;
	gint64 settle_after_us; /* what the device holds when an airing's time is over */
	LoaClockStatus clock;
	LoaOutputState output;
} LoaMoment;

typedef struct LoaLife LoaLife;

/* @checkpoint: (nullable): of an earlier run of the program */
LoaLife *loa_life_new(const LoaAiring *airing, const LoaOutcome *checkpoint);

/* As it was when the life began. */
const LoaAiring *loa_life_airing(const LoaLife *self);

/* Made when first asked for. @budget: borrowed for the life's life. (transfer none) */
LoaFeed *loa_life_feed(LoaLife *self, LoaFrameBudget *budget);
/* (nullable) (transfer none) */
LoaFeed *loa_life_feed_if_any(const LoaLife *self);

/* Takes note of the moment. @stats: (nullable): of its voice */
void loa_life_look(LoaLife *self, const LoaMoment *moment, const LoaVoiceStats *stats);

/* It must not be joined: it came up after the grace time. */
gboolean loa_life_is_barred(const LoaLife *self);
gint64 loa_life_heard_us(const LoaLife *self);

/* (nullable) (transfer full): its outcome, once it is over */
LoaOutcome *loa_life_conclude(LoaLife *self, const LoaMoment *moment);
/* (transfer full): its outcome now, for a reason of the caller's */
LoaOutcome *loa_life_end(LoaLife *self, LoaEnding ending, const LoaMoment *moment);
/* (transfer full): see node/tracker.h */
LoaOutcome *loa_life_checkpoint(const LoaLife *self, const LoaMoment *moment);

void loa_life_free(LoaLife *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaLife, loa_life_free)
