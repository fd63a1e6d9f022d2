/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/store/history.h - what was planned and reported in a time, airing by airing.
 *
 * A year of a large ward is half a million rows: they are read in the order in which two indices
 * have them, and no more than two days of them are held. An airing is where the first of its
 * groups began; none of them is a day behind another. Thread: that of the store.
 */
#pragma once

#include "controller/store/evidence.h"
#include "controller/store/store.h"

typedef struct LoaHistory LoaHistory;

typedef enum {
	LOA_HISTORY_AIRING,
	LOA_HISTORY_END,
	LOA_HISTORY_ERROR, /* the GError is set */
} LoaHistoryStep;

/* Of the airings that began in [from_us, to_us). @store: borrowed */
LoaHistory *loa_history_new(LoaStore *store, gint64 from_us, gint64 to_us,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Adds the rows of the next airing to @planned (element-type LoaPlannedRow), by group, and the
 * outcomes that count of these groups to @heard (element-type LoaHeard), by group, then node.
 * Airings come by their start, then id. */
LoaHistoryStep loa_history_next(LoaHistory *self, GPtrArray *planned, GPtrArray *heard,
				GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* (transfer none): SHA-256 (owned) to gint64 * (owned): the first start ever of what is on air in
 * the airings so far, where an overlay did not keep it silent. It grows. */
GHashTable *loa_history_firsts(const LoaHistory *self);

void loa_history_free(LoaHistory *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaHistory, loa_history_free)
