/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedules/stagger.h - how much later than its broadcast says a group begins, on purpose.
 *
 * Sound takes 0.3 s for 100 m: the poles of two neighbours never speak as one, and are understood
 * better a little apart, or one after the other. Two ways, both data of the groups:
 *
 * - `start_offset_ms`: every airing of the group begins so much later.
 * - `turn`: a broadcast with `in_turn` is heard by all groups of the lowest turn first; when it
 *   is over there, repeats included, and a gap has passed, by those of the next, and so on. Groups
 * that hear each other have different turns. Turns that nobody hears are left out; offsets do not
 * apply.
 *
 * Pure. Thread: any.
 */
#pragma once

#include "schedules/broadcast.h"

#define LOA_STAGGER_MAX_GAP_US (G_GINT64_CONSTANT(60) * G_USEC_PER_SEC)

/* For the whole site. */
typedef struct {
	gboolean emergency_too; /* otherwise an emergency sounds everywhere at once */
	gint64 turn_gap_us;     /* silence between two turns: 0..LOA_STAGGER_MAX_GAP_US */
} LoaStaggerPolicy;

/* One bit for each turn among the @groups (element-type LoaGroup) that hear @broadcast; 0 where it
 * is not heard in turn. */
guint32 loa_stagger_turns(const LoaStaggerPolicy *policy, const GPtrArray *groups,
			  const LoaBroadcast *broadcast);

/**
 * loa_stagger_offset_us:
 * @turns: as loa_stagger_turns() gave them; 0: not in turn
 * @whole_us: how long all of it sounds in one group, repeats and their gaps included
 */
gint64 loa_stagger_offset_us(const LoaStaggerPolicy *policy, const LoaGroup *group, LoaClass class,
			     guint32 turns, gint64 whole_us);
