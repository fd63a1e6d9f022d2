/* SPDX-License-Identifier: Apache-2.0 */
/*
 * node/agenda.h - which airing has the output, at every moment: a pure function of the plan.
 *
 * The highest airing that is present has the output: class first, then the lower order, then the
 * earlier start, then the lower id. An airing is present from its start until its sound is over,
 * it is stopped, or the plan is no longer valid. One with resume "pause" that is outranked waits,
 * and its rest shifts by that time; one with "rejoin" goes on unheard and is taken up where the
 * clock is.
 *
 * Outside the permitted hours an airing that needs them is not in the running: it outranks
 * nobody, and its sound goes by unheard (it does not wait for the morning).
 *
 * Every node computes the same from the same plan: no message about pausing exists. One sweep
 * over starts and ends, O(n log n). Pure. Thread: any.
 */
#pragma once

#include "wire/plan.h"

/* One stretch in which one airing has the output: from_us <= t < to_us. */
typedef struct {
	const LoaAiring *airing; /* borrowed from the plan */
	gint64 from_us;
	gint64 to_us;
	gint64 media_sample; /* heard at from_us */
} LoaSegment;

/* What becomes of one airing as a whole. Airings borrowed from the plan. */
typedef struct {
	const LoaAiring *airing;
	gint64 first_us;     /* first time it has the output; G_MAXINT64: never */
	gint64 end_us;       /* it is over for good, pauses included */
	gint64 heard_us;     /* how long it has the output, all in all */
	gint64 outranked_us; /* how long it has to give way */
	gint64 closed_us;    /* how long the hours keep it silent */
	gint64 shift_us;     /* outranked_us of an airing that waits; 0 with "rejoin" */
	guint n_pauses;
	gboolean is_cut; /* stopped, or the plan's validity ended, before its sound was over */
	gboolean ends_outranked;
	const LoaAiring *gave_way_to; /* (nullable): the last that it gives way to */
	const LoaAiring *took_over;   /* (nullable): from which it takes the output at first_us */
} LoaFate;

typedef struct LoaAgenda LoaAgenda;

/**
 * loa_agenda_new:
 * @plan: borrowed, outlives the agenda
 * @open: (element-type LoaInterval): the hours for airings that need them, sorted and apart from
 *   each other (node/gate.h makes them); copied
 */
LoaAgenda *loa_agenda_new(const LoaPlan *plan, const GArray *open);

guint loa_agenda_n_segments(const LoaAgenda *self);
const LoaSegment *loa_agenda_segment(const LoaAgenda *self, guint i);

/* (nullable): the segment that holds at @now_us */
const LoaSegment *loa_agenda_at(const LoaAgenda *self, gint64 now_us);
/* Index of the first segment that is not over at @now_us; n_segments if all are. */
guint loa_agenda_index(const LoaAgenda *self, gint64 now_us);
/* The next time after @now_us at which a segment begins or ends; G_MAXINT64: never again. */
gint64 loa_agenda_next_change_us(const LoaAgenda *self, gint64 now_us);

/* %FALSE if the plan has no such airing. Walks the segments within the airing's time. */
gboolean loa_agenda_fate(const LoaAgenda *self, const char *airing_id, LoaFate *fate);

/* Media place (sample) of @segment at @now_us, for a time within it. */
gint64 loa_segment_media_at(const LoaSegment *segment, gint64 now_us);

void loa_agenda_free(LoaAgenda *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaAgenda, loa_agenda_free)
