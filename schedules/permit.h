/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedules/permit.h - may this airing sound in that group at that time? And if not, by which rule?
 *
 * The policy of the site (policy.h) and the overlays that are switched on (overlay.h), worked out
 * for a stretch of time. The planner and the preview ask the same functions, so that a warning
 * before air says what will happen on air. The receiver knows only the hours, as absolute
 * intervals.
 *
 * Order of the rules: an emergency is always free. What an overlay suspends is silent, whatever
 * allowed it. An airing with an exception of its own, or within one of the policy's, is free
 * and counts as no session. For all others the hours hold, then length and number of sessions.
 * Sessions are filled in the order in which they are asked for: the caller asks for the higher
 * class first (loa_permit_goes_first()). Pure. Thread: any.
 */
#pragma once

#include "schedules/overlay.h"
#include "schedules/policy.h"
#include "schedules/sessions.h"

typedef enum {
	LOA_PERMIT_OPEN,
	LOA_PERMIT_SUSPENDED,         /* by an overlay */
	LOA_PERMIT_HOURS,             /* not within the permitted hours as a whole */
	LOA_PERMIT_TOO_MANY_SESSIONS, /* that day */
	LOA_PERMIT_SESSION_TOO_LONG,
} LoaPermitVerdict;

/* What the verdict rests on; borrowed, %NULL and 0 where it is not about them. */
typedef struct {
	const LoaOverlay *overlay;           /* SUSPENDED */
	const LoaPolicyException *exception; /* OPEN, but outside the hours */
	guint limit;                         /* sessions, or minutes */
} LoaPermitWhy;

/* One airing. */
typedef struct {
	LoaClass class;
	const char *category;   /* (nullable) */
	gboolean has_exception; /* of its own: somebody allowed this very broadcast */
	gint64 from_us;
	gint64 to_us;
} LoaPermitAsk;

/* All borrowed for the permit's life. */
typedef struct {
	const LoaPolicy *policy;
	const GPtrArray *overlays; /* (nullable): LoaOverlay */
	const GPtrArray *groups;   /* LoaGroup */
	GTimeZone *zone;
	gint64 from_us; /* airings are asked about that lie within, as a whole */
	gint64 to_us;
} LoaPermitConfig;

typedef struct LoaPermit LoaPermit;

LoaPermit *loa_permit_new(const LoaPermitConfig *config);

/* Groups of one kind have all rules in common. @group: index in the groups */
guint loa_permit_kind(const LoaPermit *self, guint group);
guint loa_permit_n_kinds(const LoaPermit *self);
/* (transfer none) (element-type LoaInterval): the hours of a kind, as loa_hours_expand() */
const GArray *loa_permit_hours(const LoaPermit *self, guint kind);
/* Is the number or the length of sessions limited in any group? */
gboolean loa_permit_limits_sessions(const LoaPermit *self);

/* Everything but sessions. @why: (out) */
LoaPermitVerdict loa_permit_check(const LoaPermit *self, guint kind, const LoaPermitAsk *ask,
				  LoaPermitWhy *why);
/* Does what loa_permit_check() let through need a session in groups of the kind? */
gboolean loa_permit_needs_session(const LoaPermit *self, guint kind, const LoaPermitAsk *ask);
const LoaSessionRules *loa_permit_sessions(const LoaPermit *self, guint kind);
/* Puts an airing into one group's @sessions of a day (sessions.h) if the rules allow it; @why:
 * (out) */
LoaPermitVerdict loa_permit_place(const LoaSessionRules *rules, GArray *sessions, gint64 from_us,
				  gint64 to_us, LoaPermitWhy *why);
/* Sessions only, for what loa_permit_check() let through: takes the place if there is one. @must:
 * even if there is none (it has begun already); then always OPEN. @why: (out) */
LoaPermitVerdict loa_permit_take(LoaPermit *self, guint group, const LoaPermitAsk *ask,
				 gboolean must, LoaPermitWhy *why);

/* As strcmp(), of two airings in one group: who gets the session. */
gint loa_permit_goes_first(LoaClass a_class, guint a_order, gint64 a_us, LoaClass b_class,
			   guint b_order, gint64 b_us);

/* "open", "suspended", "outside-hours", "too-many-sessions", "session-too-long" */
const char *loa_permit_verdict_name(LoaPermitVerdict verdict);
/* (transfer full): half a sentence: "is outside the permitted hours" */
char *loa_permit_describe(LoaPermitVerdict verdict, const LoaPermitWhy *why);

void loa_permit_free(LoaPermit *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaPermit, loa_permit_free)
