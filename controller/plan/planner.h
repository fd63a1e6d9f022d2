/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/plan/planner.h - from what the office wants to what each group shall hear.
 *
 * A pure function: the same input gives the same plans, with the same airing ids. Ids:
 * BROADCAST.YYYYMMDDtHHMMSS of the local time, with .2, .3, ... for repeats; one-off airings
 * bring theirs. What cannot be planned comes back as warnings. Thread: any.
 */
#pragma once

#include "controller/store/records.h"
#include "schedules/overlay.h"
#include "schedules/policy.h"
#include "schedules/stagger.h"
#include "schedules/timetable.h"
#include "wire/plan.h"

/* The broadcast of one-off airings, as the wire and the log name it. */
#define LOA_PLANNER_ONE_OFF "now"
/* What somebody asked for goes before what the timetable has in the same class (100). */
#define LOA_PLANNER_ONE_OFF_ORDER 50
#define LOA_PLANNER_ONE_OFF_GRACE_US (G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC)

/* How far before from_us the slots should begin: repeats of an older slot may reach into it. */
#define LOA_PLANNER_LOOKBACK_US (G_GINT64_CONSTANT(86400) * G_USEC_PER_SEC)

/* All borrowed. */
typedef struct {
	const char *site;
	const GPtrArray *groups;   /* LoaGroup */
	const GArray *slots;       /* LoaSlot, of LOA_PLANNER_LOOKBACK_US before from_us and on */
	GHashTable *since;         /* broadcast id to gint64 *: when its declaration was made */
	GHashTable *recordings;    /* id to LoaRecording */
	const GPtrArray *one_offs; /* LoaOneOff */
	GHashTable *stops;         /* airing id to gint64 * */
	/* What earlier plans had: airing id to GHashTable of group id to LoaAiring. Beyond now by
	 * LOA_PLANNER_LOOKBACK_US: an airing may have begun in some groups, and lie ahead of
	 * others. */
	GHashTable *planned;
	/* (nullable): what overlays kept silent up to now, airing id to a set of group ids: that
	 * stays so, whatever became of the overlay */
	GHashTable *silenced;
	const LoaStaggerPolicy *stagger;
	const LoaPolicy *policy;
	const GPtrArray *overlays; /* LoaOverlay */
	GTimeZone *zone;
	gint64 now_us;
	gint64 from_us;        /* airings that ended before are left out */
	gint64 valid_until_us; /* airings that start later, too */
	gint64 playout_delay_us;
} LoaPlannerInput;

typedef enum {
	LOA_PLANNER_OUTSIDE_HOURS,
	LOA_PLANNER_TOO_MANY_SESSIONS,
	LOA_PLANNER_SESSION_TOO_LONG,
	LOA_PLANNER_SUSPENDED, /* by an overlay; the subject is that */
	LOA_PLANNER_CONFIDENTIAL,
	LOA_PLANNER_NO_AUDIO,
	LOA_PLANNER_WITHDRAWN,
	LOA_PLANNER_UNAPPROVED, /* not yet: nothing airs that nobody approved */
	LOA_PLANNER_RECORDING_EXPIRED,
	LOA_PLANNER_TOO_MANY,
	LOA_PLANNER_UNREADABLE, /* a declaration of another version; never from the planner */
	LOA_PLANNER_CAMPAIGN,   /* care.h, as the next two: a group missed a day */
	LOA_PLANNER_EXPIRED,
	LOA_PLANNER_REVIEW,
} LoaPlannerFinding;

typedef struct {
	LoaPlannerFinding finding;
	char *subject; /* owned: the broadcast, airing or group */
	char *message; /* owned: a sentence */
} LoaPlannerWarning;

/* "outside-hours", "too-many-sessions", "session-too-long", "suspended", "confidential",
 * "no-audio", "withdrawn", "unapproved", "recording-expired", "too-many", "unreadable", "campaign",
 * "expired", "review" */
const char *loa_planner_finding_name(LoaPlannerFinding finding);

void loa_planner_warning_free(LoaPlannerWarning *self);

/**
 * loa_planner_run:
 * @warnings: (out) (transfer full) (element-type LoaPlannerWarning)
 * @suspended: (out) (transfer full) (element-type LoaSuspension): group by group; what was due
 *   before its overlay was switched on is not among them
 *
 * - An airing of a broadcast that was declared after its start is not made up, unless an earlier
 *   plan had it.
 * - An airing that has begun in a group stays as it was planned, in all groups that it was planned
 *   for, whatever became of the recording; but what is confidential or was withdrawn ends.
 * - A stop before the start takes the airing out; a later one cuts it and it stays in the plan,
 *   so that receivers can tell whom it made wait, and for how long.
 *
 * Returns: (transfer full) (element-type LoaPlan): one a group, in their order, sorted, with
 * serial and issued_us 0
 */
GPtrArray *loa_planner_run(const LoaPlannerInput *input, GPtrArray **warnings,
			   GPtrArray **suspended);

/* (transfer full): of that repeat, from 1 on: the broadcast and its wall clock,
 * "ban-tin.20261121t170000" */
char *loa_planner_airing_id(const LoaSlot *slot, guint repeat);

/* (transfer full): the recording that a broadcast is made from: the one it names, or the id that
 * the rendering of its text has; %NULL for one that names a file. */
char *loa_planner_recording_id(const LoaBroadcast *broadcast);
/* (transfer full): "t" and 16 hex digits of the text's hash */
char *loa_planner_speech_id(const char *text);
