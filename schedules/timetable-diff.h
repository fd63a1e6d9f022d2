/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedules/timetable-diff.h - what an edit does to the starts: added, gone, moved, changed.
 *
 * Pure: two timetables in (timetable.h), one made before the edit and one after it. Thread: any.
 */
#pragma once

#include "schedules/timetable.h"

typedef enum {
	LOA_TIMETABLE_ADDED,
	LOA_TIMETABLE_GONE,
	LOA_TIMETABLE_MOVED,   /* to another time of the same day; it may have changed too */
	LOA_TIMETABLE_CHANGED, /* at the same moment, but other sound, other groups, other rank */
} LoaTimetableChangeKind;

typedef struct {
	LoaTimetableChangeKind kind;
	const LoaSlot *before; /* (nullable): of the first timetable; borrowed */
	const LoaSlot *after;  /* (nullable): of the second; one of both is there */
	GPtrArray *keys;   /* char * (owned): the keys with another value, but those for days and
			    * times; sorted as in a file */
	GPtrArray *groups; /* const char *, borrowed: who hears it, before or after */
	GPtrArray *groups_added; /* of these: only after */
	GPtrArray *groups_gone;  /* of these: only before */
} LoaTimetableChange;

/**
 * loa_timetable_diff:
 * @before: (element-type LoaSlot): as loa_timetable_expand() gives it, and so is @after; both
 * live longer than the answer
 * @groups: (element-type LoaGroup): those of the site: what "all" means; lives longer, too
 *
 * Of several starts of a broadcast on one day that have no counterpart, those belong together
 * that lie nearest to each other without crossing.
 *
 * Returns: (transfer full) (element-type LoaTimetableChange): by time, then id
 */
GPtrArray *loa_timetable_diff(const GArray *before, const GArray *after, const GPtrArray *groups);

/* "added", "gone", "moved", "changed" */
const char *loa_timetable_change_name(LoaTimetableChangeKind kind);
