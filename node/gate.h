/* SPDX-License-Identifier: Apache-2.0 */
/*
 * node/gate.h - the last gate before the amplifier: which plan is taken, which airing may sound.
 *
 * Signatures are proven before (wire/envelope.h); here it is about address, age and hours.
 * A clock that cannot be trusted opens nothing, emergencies included: a node without the time
 * cannot tell an order of now from one recorded last year, and "at once" too is a time on the
 * site clock. It does take and keep plans meanwhile, so that it is ready when the time comes.
 * Pure. Thread: any.
 */
#pragma once

#include "common/clock.h"
#include "wire/outcome.h"

/* A plan issued further ahead of a trusted clock than this is refused: its serial would bar
 * every right plan after it. Wide enough for a controller whose clock is wrong by hours. */
#define LOA_GATE_MAX_FUTURE_US (G_GINT64_CONSTANT(24) * 3600 * G_USEC_PER_SEC)
/* How far after a plan's first airing hours are worked out; nothing is open later. */
#define LOA_GATE_MAX_SPAN_US (G_GINT64_CONSTANT(400) * 24 * 3600 * G_USEC_PER_SEC)

typedef enum {
	LOA_GATE_OPEN,
	LOA_GATE_SAME,    /* the very plan already held: nothing to do, nothing to report */
	LOA_GATE_ADDRESS, /* for another site or group */
	LOA_GATE_SERIAL,  /* older than the one held, or as old with other contents */
	LOA_GATE_EXPIRED, /* no longer valid */
	LOA_GATE_FUTURE,  /* issued absurdly far ahead */
	LOA_GATE_CLOCK,   /* the clock cannot be trusted */
	LOA_GATE_HOURS,   /* outside the permitted hours */
	LOA_GATE_QUIET,   /* in this node's own quiet hours */
} LoaVerdict;

/* (transfer none): code of a security event: "address", "serial", "expired", "clock", "hours" */
const char *loa_verdict_code(LoaVerdict verdict);
/* (transfer none): reason of an outcome: one of LOA_REASON_..., "" for a plan's verdicts */
const char *loa_verdict_reason(LoaVerdict verdict);
/* (transfer none): one sentence for people */
const char *loa_verdict_text(LoaVerdict verdict);

/* A daily stretch of this node's own, in minutes of the local day; from > to passes midnight. */
typedef struct {
	guint from_min; /* 0..1439 */
	guint to_min;   /* 0..1440, not equal to from_min */
} LoaQuietHours;

typedef struct {
	const char *site;
	const char *group;
	gint64 serial;   /* of the plan held; 0: none */
	GBytes *message; /* (nullable): that plan's envelope as received */
} LoaHeldPlan;

/* Takes, ignores or refuses a plan whose signature is proven. @message: its envelope. */
LoaVerdict loa_gate_check_plan(const LoaHeldPlan *held, const LoaPlan *plan, GBytes *message,
			       gint64 now_us, LoaClockState clock);

/**
 * loa_gate_open_hours:
 * @quiet: (element-type LoaQuietHours): over everything but emergencies and exceptions
 * @utc_offset_min: of the node's local time
 *
 * Returns: (transfer full) (element-type LoaInterval): the hours for ordinary airings: what the
 * plan permits within its validity, without the quiet hours; sorted, apart from each other
 */
GArray *loa_gate_open_hours(const LoaPlan *plan, const GArray *quiet, int utc_offset_min);

/* How loud airings of @class are on @node: what @plan says, never above @ceiling_db, which is this
 * receiver's own, and emergencies not below LOA_VOLUME_EMERGENCY_DB as far as that allows. */
double loa_gate_volume_db(const LoaPlan *plan, const char *node, LoaClass class, double ceiling_db);

/* May @airing of @plan sound at @now_us? */
LoaVerdict loa_gate_check_airing(const LoaPlan *plan, const LoaAiring *airing, const GArray *open,
				 gint64 now_us, LoaClockState clock);
