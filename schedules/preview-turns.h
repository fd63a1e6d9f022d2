/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedules/preview-turns.h - where a broadcast that groups hear one after the other meets another:
 * a part of preview-conflicts.c.
 *
 * Whoever is heard in turn begins in each group at another time, and start offsets do not apply to
 * it: so it is asked about group by group, at the time of the group. Pure. Thread: any.
 */
#pragma once

#include "schedules/preview-conflicts.h"

typedef struct LoaPreviewTurns LoaPreviewTurns;

/* @query: with groups. @broadcasts: those that the slots' numbers count. @starts: (element-type
 * LoaPreviewStart). All borrowed. */
LoaPreviewTurns *loa_preview_turns_new(const LoaPreviewQuery *query, const GPtrArray *broadcasts,
				       const GArray *starts);

/* @number: of a broadcast: is it heard in turn? */
gboolean loa_preview_turns_has(const LoaPreviewTurns *self, guint number);

/* Calls @func for each two starts that meet, one of them at least in turn; by the time of that. */
void loa_preview_turns_find(const LoaPreviewTurns *self, LoaPreviewConflictsFunc func,
			    gpointer user_data);

void loa_preview_turns_free(LoaPreviewTurns *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaPreviewTurns, loa_preview_turns_free)
