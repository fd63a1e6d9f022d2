/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/plan/planner-private.h - what planner.c (which airings there are) and planner-group.c
 * (which group hears them, and when) share.
 */
#pragma once

#include "controller/plan/planner-tally.h"
#include "schedules/permit.h"

/* One airing, before it is known when which group hears it. */
typedef struct {
	LoaAiring *base;               /* owned (nullable): as wanted now, at its declared start */
	const LoaAiring *begun;        /* (nullable): as planned, in a group where it has begun */
	GHashTable *earlier;           /* (nullable): group id to LoaAiring: as planned before */
	const LoaBroadcast *broadcast; /* exactly one of the two is set */
	const LoaOneOff *one_off;
	const char *category; /* (nullable): the broadcast's, or else its recording's */
	guint32 turns;        /* schedules/stagger.h */
	gint64 whole_us;      /* the same */
} LoaPlannerCandidate;

typedef struct {
	const LoaPlannerInput *input;
	LoaPermit *permit;     /* a day longer than the plan on both sides */
	GPtrArray *candidates; /* LoaPlannerCandidate; */
	GPtrArray
		*by_group; /* beside the groups: GPtrArray of those it is to hear, in that order */
	GHashTable *hearers;  /* LoaBroadcast to GArray of guint: the numbers of its groups */
	GPtrArray *suspended; /* LoaSuspension */
	LoaPlannerTally *tally;
} LoaPlannerRun;

/* (transfer full): the plan of the group with that number */
LoaPlan *loa_planner_plan_group(LoaPlannerRun *run, guint group);
