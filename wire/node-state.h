/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wire/node-state.h - STATE: how a node is, retained, with a last will that says "offline".
 *
 * Topic loa/SITE/node/NODE/state, signed by the node's key (tag "loa-state-1"). The last will is
 * the same message with online false, signed when the node connects.
 * JSON: wire/PROTOCOL.md, section "State". Pure. Thread: any.
 */
#pragma once

#include "common/clock.h"
#include "wire/envelope.h"

/* Strings owned. */
typedef struct {
	char *site;
	char *node;
	char *group;
	char *version; /* of the program */
	char *session; /* 16 hex digits, new at every start: pairs a will with its session */
	gboolean online;
	gint64 at_us; /* site time of this message */
	gint64 uptime_s;
	LoaClockState clock_state;
	char *clock_source;
	gint64 clock_bound_us; /* -1: unknown */
	gint64 plan_serial;    /* 0: none held */
	char *output;          /* "closed", "open", "failed" */
	char *output_error;    /* (nullable) */
	char *trouble;         /* (nullable): anything else that needs a hand: a full disk */
	char *on_air;          /* (nullable): airing */
	gint64 position_ms;    /* within it */
	double level_db;       /* of the last second, -120 for silence */
	gboolean has_volume;   /* it tells how loud it is: the first receivers did not */
	double volume_db;      /* in force: of what is on air, else of ordinary airings */
	guint32 n_wanted; /* airings of the plan in force that are not over and have a recording */
	guint32 n_ready;  /* of these, those whose recording lies here, complete */
	gint64 n_unreported; /* journal entries not yet acknowledged */
	gint64 n_refused;    /* refusals since the start */
	gint64 n_late;       /* audio packets that came too late, since the start */
	/* Airing ids (char *), soonest first; as many as there are. */
	GPtrArray *ready;
	GPtrArray *not_ready;
} LoaNodeState;

#define LOA_STATE_MAX_READY 16         /* of each list */
#define LOA_STATE_VERSION_MAX 64       /* bytes */
#define LOA_STATE_OUTPUT_ERROR_MAX 256 /* bytes */
#define LOA_STATE_TROUBLE_MAX 256      /* bytes */
#define LOA_SESSION_HEX_SIZE 16        /* digits */
#define LOA_STATE_MAX_SIZE (16 * 1024)

LoaNodeState *loa_node_state_new(void);
/* Ids and session must be valid; everything else is brought within its limits, the lists cut to
 * LOA_STATE_MAX_READY. */
GBytes *loa_node_state_encode(const LoaNodeState *state);
LoaNodeState *loa_node_state_decode(GBytes *body, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void loa_node_state_free(LoaNodeState *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaNodeState, loa_node_state_free)
