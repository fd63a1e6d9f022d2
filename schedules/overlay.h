/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedules/overlay.h - a switch over the timetable for a time: mourning, exams, winter hours.
 *
 * The broadcasts stay as they are. While it holds, an overlay keeps silent what it suspends, and
 * may have hours of its own; the log says which overlay it was. An emergency is never suspended.
 * docs/schedules.md has every key. Plain data. Thread: any.
 */
#pragma once

#include "schedules/broadcast-fields.h"
#include "schedules/hours.h"
#include "schedules/wall-time.h"

#define LOA_OVERLAY_MAX 32 /* at a time in one site */
#define LOA_OVERLAY_MAX_CATEGORIES 64

typedef enum {
	LOA_OVERLAY_MOURNING, /* quốc tang */
	LOA_OVERLAY_EXAMS,    /* mùa thi */
	LOA_OVERLAY_HOURS,    /* giờ mùa đông, giờ mùa hè */
	LOA_OVERLAY_CUSTOM,
} LoaOverlayKind;

/* All members owned. */
typedef struct {
	char *id;
	char *name; /* for people, in the log: "Quốc tang" */
	LoaOverlayKind kind;
	LoaWallTime from;
	LoaWallTime until; /* not included */
	gboolean suspends_all;
	GPtrArray *suspends;     /* char *: categories, when not suspends_all; sorted */
	GPtrArray *keeps;        /* char *: categories that sound all the same; sorted */
	gboolean keeps_priority; /* what is of that class does, too */
	gboolean to_all;
	GPtrArray *groups; /* char *, when not to_all; sorted */
	GArray *hours;     /* (nullable): LoaHours, instead of those that hold otherwise */
	gint64 since_us;   /* when it was switched on; what was before that is not its doing */
} LoaOverlay;

LoaOverlay *loa_overlay_new(void);
void loa_overlay_free(LoaOverlay *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaOverlay, loa_overlay_free)

/* "mourning", "exams", "hours", "custom" */
const char *loa_overlay_kind_name(LoaOverlayKind kind);

gboolean loa_overlay_is_for(const LoaOverlay *self, const char *group);
/* @category: (nullable) */
gboolean loa_overlay_suspends(const LoaOverlay *self, LoaClass class, const char *category);

/* Every fault is added to the context. Returns: (transfer full) (nullable): %NULL if there was one;
 * since_us is 0 */
LoaOverlay *loa_overlay_from_value(const LoaValue *record,
				   const LoaFieldsContext *context) G_GNUC_WARN_UNUSED_RESULT;
/* (transfer full): a record that reads back equal, but for since_us */
LoaValue *loa_overlay_to_value(const LoaOverlay *self);
