/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/proof/logbook.h - one line per airing per group: what the people of that group heard.
 *
 * Made from what was planned, what receivers reported and what people ticked. A group is there
 * whether anything reported or not. docs/decisions/ has the rules (the record): what counts as
 * covered, and who is believed where a person and a receiver disagree. Pure. Thread: any.
 */
#pragma once

#include "controller/store/evidence.h"
#include "controller/store/store.h"

/* The results of wire/outcome.h in their order, and what only the controller can say. */
typedef enum {
	LOA_LINE_COMPLETED,
	LOA_LINE_PARTIAL,
	LOA_LINE_MISSED,
	LOA_LINE_REFUSED,
	LOA_LINE_PREEMPTED,
	LOA_LINE_STOPPED,
	LOA_LINE_FAILED,
	LOA_LINE_PLANNED,      /* its start is still to come */
	LOA_LINE_ON_AIR,       /* it has begun, and is not over */
	LOA_LINE_NOT_REPORTED, /* over, and no receiver of the group has said anything */
	LOA_LINE_NO_RECEIVER,  /* the group had none then */
	LOA_LINE_SUSPENDED,    /* an overlay kept it silent; the reason is its name */
	LOA_LINE_LAST = LOA_LINE_SUSPENDED,
} LoaLineResult;

/* "completed", ..., "planned", "on-air", "not-reported", "no-receiver", "suspended" */
const char *loa_line_result_name(LoaLineResult result);

/* Below this share of what was to be heard, a group does not count as reached. */
#define LOA_LOGBOOK_COVERED_PERCENT 95
/* So long after its end an airing waits for the reports of receivers that are cut off. */
#define LOA_LOGBOOK_SETTLE_US (G_GINT64_CONSTANT(7) * 24 * 3600 * G_USEC_PER_SEC)

/* All borrowed from what it was made of. */
typedef struct {
	const LoaPlannedRow *planned;
	LoaLineResult result; /* of the receiver that was heard best */
	LoaLevel level;
	const char *reason; /* that receiver's, or the overlay's name; "" when there is none */
	gint64 aired_ms;    /* what was to be heard: up to the stop, if there was one */
	gint64 heard_ms;
	guint first_heard;        /* of `heard`: what each receiver of the group reported; */
	guint n_heard;            /* so many */
	guint n_silent;           /* receivers that were there and have not reported */
	const LoaTick *tick;      /* (nullable): of this airing, else of its week */
	gboolean is_provisional;  /* may still change without anybody's doing */
	gboolean is_covered;      /* people heard it */
	gboolean is_contradicted; /* the tick and the receivers disagree */
} LoaLine;

/* Who and when, for as many lines as are wanted. */
typedef struct LoaLogbook LoaLogbook;

/**
 * loa_logbook_new:
 * @nodes: (element-type LoaNodeRecord): the revoked ones too
 * @ticks: (element-type LoaTick): one a group and airing, one a group and week
 *
 * Borrows both arrays' elements.
 */
LoaLogbook *loa_logbook_new(const GPtrArray *nodes, const GPtrArray *ticks, gint64 now_us);

/**
 * loa_logbook_add_lines:
 * @planned: (element-type LoaPlannedRow): an airing's together, by group
 * @heard: (element-type LoaHeard): of these airings, in the same order
 * @lines: (element-type LoaLine): gets one for each of @planned, in that order; their first_heard
 *   counts in @heard
 */
void loa_logbook_add_lines(const LoaLogbook *self, const GPtrArray *planned, const GPtrArray *heard,
			   GArray *lines);
void loa_logbook_free(LoaLogbook *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaLogbook, loa_logbook_free)

/* Could anybody hear it? Receivers prove that by level L2. */
gboolean loa_logbook_is_sounding(LoaLevel level, gint64 heard_ms);

/* What one airing reached: how many groups of how many. */
typedef struct {
	guint n;
	guint of;
	guint n_lines; /* of the airing: the next one begins behind them */
} LoaCoverage;

/* @first: the first line of an airing. What an overlay kept silent was not to be heard. */
LoaCoverage loa_logbook_coverage(const GArray *lines, guint first);
