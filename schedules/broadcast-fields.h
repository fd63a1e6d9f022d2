/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedules/broadcast-fields.h - the keys of a broadcast: their names, kinds, limits, defaults.
 *
 * docs/schedules.md is the reference for those who write them. Pure. Thread: any.
 */
#pragma once

#include "schedules/broadcast.h"
#include "schedules/value.h"

/* Makes the path in a schedule file absolute and proves that the file is there; %NULL with @why. */
typedef char *(*LoaResolveAudioFunc)(const char *audio, gpointer user_data, char **why);

typedef struct {
	const char *where;           /* for the faults: a file, or a place in a JSON document */
	GPtrArray *faults;           /* see faults.h */
	const GHashTable *groups;    /* (nullable): the ids that exist; %NULL: not checked */
	GHashTable *ids;             /* broadcast id (owned) to "where it first was" (owned) */
	LoaResolveAudioFunc resolve; /* (nullable): then `audio` must be an absolute path */
	gpointer resolve_data;
} LoaFieldsContext;

/* Every fault is added to the context. Returns: (transfer full) (nullable): %NULL if there was one.
 */
LoaBroadcast *loa_broadcast_from_value(const LoaValue *record, const LoaFieldsContext *context);
/* (transfer full): a record without name; keys that hold their default are left out */
LoaValue *loa_broadcast_to_value(const LoaBroadcast *broadcast);

/* {id, name, start_offset_ms, turn}; as above, @context->groups is not looked at */
LoaGroup *loa_group_from_value(const LoaValue *record, const LoaFieldsContext *context);
LoaValue *loa_group_to_value(const LoaGroup *group);
