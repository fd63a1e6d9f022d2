/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/receivers/fleet.h - how the receivers are: the last word of each that could be
 * verified.
 *
 * Pure but for the registry's keys. Thread: main.
 */
#pragma once

#include "controller/receivers/registry.h"
#include "wire/node-state.h"

/* More than the largest error of a clock that somebody has set by hand. */
#define LOA_FLEET_MAX_AGE_US (G_GINT64_CONSTANT(24) * 3600 * G_USEC_PER_SEC)
/* Sessions of a node that are over and whose messages would be known. */
#define LOA_FLEET_MAX_SESSIONS 64

typedef struct LoaFleet LoaFleet;

/* @registry: borrowed */
LoaFleet *loa_fleet_new(const LoaRegistry *registry, const char *site);

typedef enum {
	LOA_FLEET_NEWS, /* somebody who looks at the node sees a difference */
	LOA_FLEET_SAME,
	LOA_FLEET_STALE, /* the will of an older session, or an older message of this one */
	/* true once, and said again by somebody who kept it: of a session that is over, from before
	 * the will of this one, or by a clock that was trusted more than LOA_FLEET_MAX_AGE_US ago
	 */
	LOA_FLEET_REPLAYED,
} LoaFleetResult;

/**
 * loa_fleet_take:
 * @topic: as received, @node: the node it names
 * @now_us: site time; 0: not known
 * @error: domain LOA_WIRE_ERROR: not believed, a security event of ours
 */
gboolean loa_fleet_take(LoaFleet *self, const char *topic, const char *node, GBytes *message,
			gint64 now_us, LoaFleetResult *result,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* (transfer none) (nullable): what it said last */
const LoaNodeState *loa_fleet_state(const LoaFleet *self, const char *node);
gboolean loa_fleet_is_online(const LoaFleet *self, const char *node);

/**
 * loa_fleet_is_ready:
 * @plan_serial: of the plan its group has now; 0: none yet
 *
 * Online, by a clock that may open the output, with that plan, and an output that has not failed.
 */
gboolean loa_fleet_is_ready(const LoaFleet *self, const char *node, gint64 plan_serial);

/* After a revocation: what the node said last is not shown any more. */
void loa_fleet_forget(LoaFleet *self, const char *node);

void loa_fleet_free(LoaFleet *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaFleet, loa_fleet_free)
