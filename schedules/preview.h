/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedules/preview.h - what will play, and what will go wrong, before anything is on air.
 *
 * Pure: `loactl preview` works on files without a daemon, daemon and page use the same functions.
 * Thread: any.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "schedules/conflict.h"
#include "schedules/lunar.h"
#include "schedules/overlay.h"
#include "schedules/policy.h"
#include "schedules/stagger.h"
#include "schedules/timetable.h"

#define LOA_PREVIEW_MAX_STARTS 500000
#define LOA_PREVIEW_MAX_DAYS 3700

/* How long the whole of it sounds, repeats and gaps included; -1: not known yet. */
typedef gint64 (*LoaDurationFunc)(const LoaBroadcast *broadcast, gpointer user_data);

/* Everything borrowed for the call; broadcasts for as long as the preview lives. */
typedef struct {
	const GPtrArray *broadcasts; /* LoaBroadcast */
	GTimeZone *zone;
	gboolean with_lunar;             /* with lunar dates, overrides heeded */
	LoaDay from;                     /* the first day */
	guint n_days;                    /* 1..LOA_PREVIEW_MAX_DAYS */
	const char *group;               /* (nullable): only what this group hears */
	const GPtrArray *groups;         /* (nullable): LoaGroup; %NULL: those that are named */
	const LoaPolicy *policy;         /* (nullable): %NULL: the rules are not looked at */
	const GPtrArray *overlays;       /* (nullable): LoaOverlay */
	const LoaStaggerPolicy *stagger; /* (nullable): no gap between turns */
	LoaDurationFunc duration_ms;     /* (nullable): no duration is known */
	gpointer duration_data;
} LoaPreviewQuery;

typedef enum {
	LOA_PREVIEW_CONFLICT,      /* two of one class sound at one time in one group */
	LOA_PREVIEW_OUTSIDE_HOURS, /* it will not be planned, as the next three */
	LOA_PREVIEW_TOO_MANY_SESSIONS,
	LOA_PREVIEW_SESSION_TOO_LONG,
	LOA_PREVIEW_SUSPENDED,    /* by an overlay */
	LOA_PREVIEW_NEVER,        /* it has no start at all */
	LOA_PREVIEW_EXPIRED,      /* its last start lies before the range */
	LOA_PREVIEW_CONFIDENTIAL, /* it is never aired */
	LOA_PREVIEW_REVIEW,       /* somebody was to look at it by now */
	LOA_PREVIEW_NO_SUCH_DAY,  /* a lunar year in the range lacks its day: 30/12 */
} LoaPreviewKind;

/* Equal warnings about several starts are one, with a count. */
typedef struct {
	LoaPreviewKind kind;
	const LoaBroadcast *broadcast; /* borrowed */
	const LoaBroadcast *other;     /* (nullable) (borrowed): the second of a conflict */
	gint64 first_us;               /* the first start it is about; 0: about none */
	gint64 free_us;                /* of a conflict: the one that began before is over */
	guint n_times;
	char *text; /* owned: a sentence for people, with the first time */
} LoaPreviewWarning;

typedef struct {
	LoaSlot slot;
	LoaLunarDay lunar;         /* month 0: not known */
	gint64 duration_ms;        /* -1: not known */
	const char *category;      /* (nullable) (borrowed): what overlays go by */
	const LoaOverlay *overlay; /* (nullable) (borrowed): it suspends it in some group, */
	guint n_suspended;         /* in so many; */
	gboolean is_suspended;     /* in all */
} LoaPreviewStart;

typedef struct {
	LoaDay from;
	guint n_days;
	const GPtrArray *groups; /* (nullable) (borrowed): the query's */
	GArray *starts;          /* LoaPreviewStart, by time, then id */
	GPtrArray *warnings;     /* LoaPreviewWarning */
} LoaPreview;

/* Returns: (transfer full): or %NULL with a LOA_TIMETABLE_ERROR */
LoaPreview *loa_preview_new(const LoaPreviewQuery *query, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* "conflict", "outside-hours", "too-many-sessions", "session-too-long", "suspended", "never",
 * "expired", "review", "confidential", "no-such-day" */
const char *loa_preview_kind_name(LoaPreviewKind kind);

/* @warning: one of its conflicts: what may be done about it. Borrows from both. */
LoaConflict loa_preview_conflict(const LoaPreview *self, const LoaPreviewWarning *warning);

/**
 * loa_preview_to_json:
 *
 * Returns: (transfer full): {from, days, starts: [{broadcast, title, class, to, start, start_us,
 * day, weekday, time, lunar, occasions, duration_ms, suspended: {overlay, name, everywhere}}],
 * warnings: [{kind, broadcast, other, start, start_us, times, text}]}, of a conflict with groups
 * and choices (conflict.h); lunar, duration_ms, suspended, other, start are null where there is
 * none
 */
JsonNode *loa_preview_to_json(const LoaPreview *self, GTimeZone *zone);

void loa_preview_free(LoaPreview *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaPreview, loa_preview_free)
