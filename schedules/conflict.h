/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedules/conflict.h - two airings of equal rank at one time in one group: what may be done.
 *
 * Neither outranks the other, so one of them would wait for no reason that anybody gave. The
 * choices are ordinary edits of one of the two broadcasts: say which goes first (order), begin the
 * later one when the earlier is over (shift), or let each group hear only one of them (split).
 * Emergencies and higher classes are no conflict: they outrank. Pure. Thread: any.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "schedules/broadcast.h"

/* The later one is put on the first whole minute that leaves so much silence. */
#define LOA_CONFLICT_GAP_S 10

/* Where two broadcasts meet for the first time. All borrowed. */
typedef struct {
	const LoaBroadcast *earlier;
	const LoaBroadcast *later; /* begins while the other sounds */
	gint64 later_us;           /* its start */
	gint64 free_us;            /* the earlier one is over */
	const GPtrArray *groups;   /* (nullable): LoaGroup: those of the site */
} LoaConflict;

/* (transfer container) (element-type utf8): ids of the groups in which both are heard; of
 * all of the site if both are for all. Without the site's groups: of those that are named. */
GPtrArray *loa_conflict_groups(const LoaConflict *self);

/* Each is (transfer full) (nullable): the edited broadcast, %NULL: that choice cannot be made here.
 */

/* @winner goes first from now on: one of the two gets another order. */
LoaBroadcast *loa_conflict_order(const LoaConflict *self, const LoaBroadcast *winner);
/* The later one, at a time when the earlier is over; every day's start at that wall time moves. */
LoaBroadcast *loa_conflict_shift(const LoaConflict *self, GTimeZone *zone);
/* @keeper is heard in the groups that they share; the other one elsewhere only. */
LoaBroadcast *loa_conflict_split(const LoaConflict *self, const LoaBroadcast *keeper);

/* (transfer full): [{kind: order|shift|split, first|to|keeper, broadcast: the edited one}] */
JsonNode *loa_conflict_to_json(const LoaConflict *self, GTimeZone *zone);
