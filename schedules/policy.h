/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedules/policy.h - when the loudspeakers of a site may speak: the local rules, as data.
 *
 * Weekly windows, how many sessions a day and how long each, groups where other rules hold, and
 * exceptions: who allowed it, why, from when until when. docs/schedules.md has every key. What the
 * rules mean for one airing is permit.h. Plain data. Thread: any.
 */
#pragma once

#include "schedules/broadcast-fields.h"
#include "schedules/hours.h"
#include "schedules/wall-time.h"

#define LOA_POLICY_MAX_RULES 64
#define LOA_POLICY_MAX_EXCEPTIONS 200
#define LOA_POLICY_MAX_SESSIONS 48

/* Airings of one group and day that are closer to each other than gap_min are one session. */
typedef struct {
	guint a_day;   /* at most; 0: any number */
	guint minutes; /* from the first start of a session to its last end, at most; 0: any */
	guint gap_min; /* 0..240 */
} LoaSessionRules;

/* What holds in some groups instead. */
typedef struct {
	GPtrArray *groups; /* char *, sorted; at least one */
	GArray *hours;     /* (nullable): LoaHours; %NULL: those of the site */
	LoaSessionRules sessions;
} LoaPolicyRule;

/* While it holds, what the rules would keep silent may sound, and counts as no session. */
typedef struct {
	char *id;
	char *by;
	char *why;
	LoaWallTime from;
	LoaWallTime until; /* not included */
	gboolean to_all;
	GPtrArray *groups; /* char *, when not to_all; sorted */
} LoaPolicyException;

/* All members owned. */
typedef struct {
	GArray *hours; /* LoaHours */
	LoaSessionRules sessions;
	GPtrArray *rules;      /* LoaPolicyRule: a group is in one at most */
	GPtrArray *exceptions; /* LoaPolicyException */
} LoaPolicy;

/* No hours, no limits. */
LoaPolicy *loa_policy_new(void);
LoaPolicy *loa_policy_copy(const LoaPolicy *self);
void loa_policy_free(LoaPolicy *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaPolicy, loa_policy_free)

/* (nullable): the rule that holds in @group instead of the site's */
const LoaPolicyRule *loa_policy_rule(const LoaPolicy *self, const char *group);

/**
 * loa_policy_from_value:
 * @hours: (nullable): the site's windows, where the record brings none; with it, "hours" of the
 *   record is a fault
 *
 * Every fault is added to the context. Returns: (transfer full) (nullable): %NULL if there was one
 */
LoaPolicy *loa_policy_from_value(const LoaValue *record, const GArray *hours,
				 const LoaFieldsContext *context) G_GNUC_WARN_UNUSED_RESULT;
/* (transfer full): a record that reads back equal */
LoaValue *loa_policy_to_value(const LoaPolicy *self);
