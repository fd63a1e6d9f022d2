/* SPDX-License-Identifier: Apache-2.0 */
/*
 * node/agenda-private.h - what agenda-sweep.c makes and agenda.c answers from.
 */
#pragma once

#include "node/agenda.h"

/* One airing on its way through the sweep. */
typedef struct {
	const LoaAiring *airing;
	guint rank;      /* 0 outranks everything */
	gint64 hard_us;  /* over at this time, come what may */
	gint64 left_us;  /* sound not yet gone by; airings that wait only */
	gint64 end_us;   /* once it is over */
	gboolean is_cut; /* over before its sound was */
} LoaAgendaTrack;

struct LoaAgenda {
	LoaAgendaTrack *tracks; /* owned, in the plan's order */
	GHashTable *by_id;      /* id borrowed from the plan -> LoaAgendaTrack */
	GArray *segments;       /* LoaSegment */
	GArray *open;           /* LoaInterval, a copy */
	gint64 valid_until_us;
};

/* Is it heard at any hour? */
gboolean loa_agenda_is_free(const LoaAiring *airing);
gint64 loa_agenda_us_to_samples(gint64 us);

/* Fills in what is known of an airing before the sweep. */
void loa_agenda_track_init(LoaAgendaTrack *track, const LoaAiring *airing, gint64 valid_until_us);
/* Goes through all starts and ends in the order of time: makes the segments, ends the tracks. */
void loa_agenda_sweep(LoaAgenda *self, guint n_airings);
