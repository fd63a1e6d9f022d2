/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wire/outcome.h - what one node did with one airing, and what it refused.
 *
 * JSON: wire/PROTOCOL.md, section "Report". Pure. Thread: any.
 */
#pragma once

#include "common/clock.h"
#include "wire/plan.h"

typedef enum {
	LOA_RESULT_COMPLETED, /* all of it was heard */
	LOA_RESULT_PARTIAL,   /* some of it: heard_ms, gaps, concealed_ms say how much */
	LOA_RESULT_MISSED,    /* nothing of it, though it was to be heard */
	LOA_RESULT_REFUSED,   /* the gate did not open: reason says why */
	LOA_RESULT_PREEMPTED, /* it had to give way and did not come back to its end */
	LOA_RESULT_STOPPED,   /* somebody stopped or withdrew it */
	LOA_RESULT_FAILED,    /* device or decoder: reason says which */
} LoaResult;

/* How far an outcome is verified. The node itself proves at most L2. */
typedef enum {
	LOA_LEVEL_PLAN,       /* L0: the plan was accepted */
	LOA_LEVEL_DECODED,    /* L1: frames were decoded */
	LOA_LEVEL_CONSUMED,   /* L2: the device consumed them, and they were not silence */
	LOA_LEVEL_AMPLIFIER,  /* L3 */
	LOA_LEVEL_MICROPHONE, /* L4 */
	LOA_LEVEL_PERSON,     /* L5 */
} LoaLevel;

#define LOA_REASON_MAX 256 /* bytes */

/* RMS levels on the wire, dBFS; the least is digital silence. */
#define LOA_LEVEL_MIN_DB (-120.0)
#define LOA_LEVEL_MAX_DB 20.0

/* A clock that may be off by more than this (a year) counts as unknown. */
#define LOA_CLOCK_BOUND_MAX_US ((gint64)366 * 24 * 3600 * G_USEC_PER_SEC)

#define LOA_EVENT_TOPIC_MAX 256  /* bytes */
#define LOA_EVENT_DETAIL_MAX 512 /* bytes */

/* The words of LoaOutcome.reason; wire/PROTOCOL.md, section "Reasons", says which one when. A
 * detail may follow: "device: no such file". */
#define LOA_REASON_LATE "late"
#define LOA_REASON_NO_AUDIO "no-audio"
#define LOA_REASON_POWER "power"
#define LOA_REASON_HOURS "hours"
#define LOA_REASON_QUIET "quiet"
#define LOA_REASON_CLOCK "clock"
#define LOA_REASON_PLAN_EXPIRED "plan-expired"
#define LOA_REASON_PREEMPTED "preempted"
#define LOA_REASON_STOPPED "stopped"
#define LOA_REASON_WITHDRAWN "withdrawn"
#define LOA_REASON_DEVICE "device"
#define LOA_REASON_DECODE "decode"
#define LOA_REASON_SILENT "silent"
/* All of them, %NULL at the end. */
extern const char *const loa_outcome_reasons[];

/* One outcome. Strings owned. */
typedef struct {
	char *airing;
	char *broadcast;
	char *title;
	LoaClass class;
	LoaResult result;
	char *reason; /* a word or two of PROTOCOL.md's list, "" when there is none */
	LoaLevel level;
	gint64 planned_us;   /* start by the plan */
	gint64 started_us;   /* first sample at the device; 0: never */
	gint64 ended_us;     /* the end of its time, or when this was found out afterwards */
	gint64 duration_ms;  /* length of the airing as planned (live: as it was) */
	gint64 heard_ms;     /* consumed by the device, decoded or concealed */
	gint64 concealed_ms; /* of these, invented by the decoder */
	guint32 n_gaps;      /* runs of missing frames */
	gint64 lost_ms;      /* of duration_ms, never heard */
	guint32 n_pauses;    /* how often it gave way to something higher */
	gint64 paused_ms;
	char *gave_way_to;     /* (nullable): the airing it last gave way to */
	char *took_over;       /* (nullable): the airing it took the output from */
	gint64 start_error_us; /* started_us - planned_us where it began at its beginning, else 0 */
	double level_db;       /* RMS of what was consumed, dBFS; -120 for digital silence */
	LoaClockState clock_state;
	char *clock_source;
	gint64 clock_bound_us; /* -1: unknown */
} LoaOutcome;

LoaOutcome *loa_outcome_new(void);
void loa_outcome_free(LoaOutcome *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaOutcome, loa_outcome_free)

const char *loa_result_name(LoaResult result);
gboolean loa_result_from_name(const char *name, LoaResult *result) G_GNUC_WARN_UNUSED_RESULT;

/* A refusal that somebody should look at. Equal ones within a minute are one event with a count. */
typedef struct {
	char *code;   /* loa_wire_error_name(), or "serial", "expired", "hours", "clock", "other" */
	char *topic;  /* where it came from */
	char *detail; /* one sentence */
	gint64 first_us;
	gint64 last_us;
	gint64 count;
} LoaSecurityEvent;

LoaSecurityEvent *loa_security_event_new(void);
void loa_security_event_free(LoaSecurityEvent *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaSecurityEvent, loa_security_event_free)

/* One JSON object each, as it lies in the journal and travels in a report. (transfer full)
 * Ids must be valid; everything else is brought within its limits (texts are made printable and
 * cut, numbers clamped, times nobody can have become 0), so that what is written can be read:
 * an entry that the controller refuses would block the journal for ever. */
char *loa_outcome_to_json(const LoaOutcome *outcome);
LoaOutcome *loa_outcome_from_json(const char *json, GError **error) G_GNUC_WARN_UNUSED_RESULT;
char *loa_security_event_to_json(const LoaSecurityEvent *event);
LoaSecurityEvent *loa_security_event_from_json(const char *json,
					       GError **error) G_GNUC_WARN_UNUSED_RESULT;
