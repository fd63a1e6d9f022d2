/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/store/evidence.h - what speaks for an airing having been heard: a receiver's outcome
 * as far as the logbook needs it, and a person's tick. Plain values. Thread: any.
 */
#pragma once

#include "wire/outcome.h"

/* The outcome that counts of one receiver for one airing. Strings owned. */
typedef struct {
	char *airing;
	char *node;
	char *group;
	LoaResult result;
	LoaLevel level;
	char *reason; /* "" when there is none */
	gint64 heard_ms;
} LoaHeard;

LoaHeard *loa_heard_new(const char *airing, const char *node, const char *group);
void loa_heard_free(LoaHeard *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaHeard, loa_heard_free)

/* What somebody who lives there says. */
typedef enum {
	LOA_ANSWER_HEARD,
	LOA_ANSWER_UNCLEAR,
	LOA_ANSWER_TOO_LOUD, /* heard, all too well */
	LOA_ANSWER_NOT_HEARD,
	LOA_ANSWER_LAST = LOA_ANSWER_NOT_HEARD,
} LoaAnswer;

/* "heard", "unclear", "too-loud", "not-heard" */
const char *loa_answer_name(LoaAnswer answer);
gboolean loa_answer_from_name(const char *name, LoaAnswer *answer) G_GNUC_WARN_UNUSED_RESULT;

#define LOA_TICK_NOTE_MAX 500 /* bytes of UTF-8 */

/* One answer of a group for a week, or for one airing. Strings owned. */
typedef struct {
	gint64 id;
	char *group;
	char *week;   /* "2026-W47", see week.h */
	char *airing; /* (nullable): %NULL: the week as a whole */
	LoaAnswer answer;
	char *note; /* "" when there is none */
	char *by;   /* login name */
	gint64 at_us;
	gint64 from_us; /* of the week; */
	gint64 to_us;   /* half-open */
} LoaTick;

LoaTick *loa_tick_new(const char *group, const char *week, const char *airing, LoaAnswer answer);
void loa_tick_free(LoaTick *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaTick, loa_tick_free)
