/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedules/preview-sessions.h - which starts of a preview get no session: a part of
 * preview-rules.c.
 *
 * Sessions are counted group by group and day by day, and most days of a ward are alike. So what
 * was worked out for one list of airings (how long each, of which class and order, how long after
 * midnight) is kept, and holds for every equal list: on another day, in another group with the same
 * rules. Pure. Thread: any.
 */
#pragma once

#include "schedules/permit.h"

/* @start: as it was added */
typedef void (*LoaPreviewSessionsFunc)(guint start, guint group, LoaPermitVerdict verdict,
				       const LoaPermitWhy *why, gpointer user_data);

typedef struct LoaPreviewSessions LoaPreviewSessions;

/* @permit: borrowed. @func: called for each start that gets none, when its day is over. */
LoaPreviewSessions *loa_preview_sessions_new(const LoaPermit *permit, GTimeZone *zone,
					     guint n_groups, LoaPreviewSessionsFunc func,
					     gpointer user_data);

/* A number for all airings of one class, order and length. */
guint loa_preview_sessions_item(LoaPreviewSessions *self, LoaClass class, guint order,
				gint64 whole_us);

/* From now on nothing is added that begins before @us: what days are over are settled. */
void loa_preview_sessions_reach(LoaPreviewSessions *self, gint64 us);
/* An airing that needs a session (loa_permit_needs_session()). @start: rises, as the planner would
 * take those of equal rank. @from_us: when it begins in @group */
void loa_preview_sessions_add(LoaPreviewSessions *self, guint group, guint start, guint item,
			      gint64 from_us);
/* Nothing more comes. */
void loa_preview_sessions_finish(LoaPreviewSessions *self);

void loa_preview_sessions_free(LoaPreviewSessions *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaPreviewSessions, loa_preview_sessions_free)
