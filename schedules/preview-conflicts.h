/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedules/preview-conflicts.h - where two of one class and order sound at one time in one group:
 * a part of preview.c. Pure. Thread: any.
 */
#pragma once

#include "schedules/preview.h"

/* Borrowed for the call. */
typedef struct {
	const LoaBroadcast *earlier;
	const LoaBroadcast *later; /* begins while the other sounds */
	gint64 later_us;           /* its start */
	gint64 met_us;             /* from when on both sound in some group */
	gint64 free_us;            /* the earlier one is over, in all groups */
} LoaPreviewMeeting;

typedef void (*LoaPreviewConflictsFunc)(const LoaPreviewMeeting *meeting, gpointer user_data);

/* @broadcasts: those that the slots' numbers count. @starts: (element-type LoaPreviewStart).
 * Calls @func for each two starts that meet: by time, and after that those heard in turn. */
void loa_preview_conflicts_find(const LoaPreviewQuery *query, const GPtrArray *broadcasts,
				const GArray *starts, LoaPreviewConflictsFunc func,
				gpointer user_data);
