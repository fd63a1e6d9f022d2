/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/store/uptime.h - for how much of a time a group's receivers were online.
 *
 * Share of the time that the controller could know it: what it did not see (it was off, its broker
 * was gone, or nobody kept a record yet) counts neither way and is told apart. Pure. Thread: any.
 */
#pragma once

#include "controller/store/records.h"

typedef enum {
	LOA_PRESENCE_UNKNOWN,
	LOA_PRESENCE_ONLINE,
	LOA_PRESENCE_OFFLINE,
} LoaPresenceState;

/* "unknown", "online", "offline"; what is none of them is unknown */
const char *loa_presence_state_name(LoaPresenceState state);
LoaPresenceState loa_presence_state_from_name(const char *name);

/* From when on a receiver was in that state. String owned. */
typedef struct {
	char *node;
	gint64 at_us;
	LoaPresenceState state;
} LoaPresence;

LoaPresence *loa_presence_new(const char *node, gint64 at_us, LoaPresenceState state);
void loa_presence_free(LoaPresence *self);

/* Of several receivers together: their times are added up. */
typedef struct {
	gint64 enrolled_us; /* they were to be online */
	gint64 known_us;    /* of that */
	gint64 online_us;   /* of that */
} LoaUptime;

/* Per cent times 10: 997 is 99.7 %; -1 where nothing is known. */
gint loa_uptime_permille(const LoaUptime *uptime);
gint loa_uptime_known_permille(const LoaUptime *uptime);

/**
 * loa_uptime_of_groups:
 * @presence: (element-type LoaPresence): a node's together and in the order they were written
 * @nodes: (element-type LoaNodeRecord): a node counts from its enrolment to its revocation
 * @to_us: not after now
 *
 * Returns: (transfer full): group id (owned) to LoaUptime (owned); groups without a node are not in
 * it
 */
GHashTable *loa_uptime_of_groups(const GPtrArray *presence, const GPtrArray *nodes, gint64 from_us,
				 gint64 to_us);
