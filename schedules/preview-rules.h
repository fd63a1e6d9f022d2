/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedules/preview-rules.h - what the rules will keep silent, start by start: a part of preview.c.
 *
 * Asks permit.h what the planner will ask it. Groups of which nothing differs are asked about once.
 * Pure. Thread: any.
 */
#pragma once

#include "schedules/permit.h"
#include "schedules/preview.h"

/* @start: index in the preview's starts; @group: index in the groups that were looked at */
typedef void (*LoaPreviewRulesFunc)(guint start, guint group, LoaPermitVerdict verdict,
				    const LoaPermitWhy *why, gpointer user_data);

typedef struct LoaPreviewRules LoaPreviewRules;

/* @query: borrowed; needs a policy. @starts: (element-type LoaPreviewStart): borrowed */
LoaPreviewRules *loa_preview_rules_new(const LoaPreviewQuery *query, const GArray *starts,
				       gint64 from_us, gint64 to_us);

/* Once: calls @func for whatever will not sound, once for each start and group: what overlays and
 * hours silence by time; between that, when a day is over, group by group what gets no session. */
void loa_preview_rules_run(LoaPreviewRules *self, LoaPreviewRulesFunc func, gpointer user_data);

guint loa_preview_rules_n_groups(const LoaPreviewRules *self);
/* "" stands for all groups where none is known. */
const char *loa_preview_rules_group(const LoaPreviewRules *self, guint group);
/* How many of them hear it: a start that loa_preview_rules_run() has been at. */
guint loa_preview_rules_n_hearing(const LoaPreviewRules *self, const LoaSlot *slot);

void loa_preview_rules_free(LoaPreviewRules *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaPreviewRules, loa_preview_rules_free)
