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
	gint64 free_us;            /* the earlier one is over */
} LoaPreviewMeeting;

typedef void (*LoaPreviewConflictsFunc)(const LoaPreviewMeeting *meeting, gpointer user_data);

/* @broadcasts: those that the slots' numbers count. @starts: (element-type LoaPreviewStart).
 * Calls @func for each two starts that meet, by time. */
void loa_preview_conflicts_find(const GPtrArray *broadcasts, const GArray *starts,
				LoaPreviewConflictsFunc func, gpointer user_data);
