/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedules/broadcast-json.h - broadcasts as JSON, for the API, the store and the page.
 *
 * Members have the names, kinds, limits and defaults of the keys in a schedule file
 * (docs/schedules.md); what holds its default is left out; an unknown member is a fault. `audio`
 * is an absolute path and is not looked for. Pure. Thread: any.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "schedules/broadcast.h"

#define LOA_BROADCAST_JSON_ERROR (loa_broadcast_json_error_quark())
GQuark loa_broadcast_json_error_quark(void);

typedef enum {
	LOA_BROADCAST_JSON_ERROR_FAULTY, /* the message has every fault, one a line */
} LoaBroadcastJsonError;

/* (transfer full): an object; an array of objects */
JsonNode *loa_broadcast_to_json(const LoaBroadcast *broadcast);
JsonNode *loa_broadcasts_to_json(const GPtrArray *broadcasts);

/**
 * loa_broadcasts_from_json:
 * @array: an array of objects
 * @known_groups: (element-type LoaGroup) (nullable): %NULL: groups are not checked
 * @faults: (element-type utf8): each is added, as "broadcast 3 (its-id): a sentence"
 *
 * Returns: (transfer full) (nullable) (element-type LoaBroadcast): in the order of @array; %NULL
 * with at least one fault
 */
GPtrArray *loa_broadcasts_from_json(JsonNode *array, const GPtrArray *known_groups,
				    GPtrArray *faults) G_GNUC_WARN_UNUSED_RESULT;

/* One broadcast as a line of text, and back: what the store keeps. (transfer full) */
char *loa_broadcast_to_json_text(const LoaBroadcast *broadcast);
LoaBroadcast *loa_broadcast_from_json_text(const char *text,
					   GError **error) G_GNUC_WARN_UNUSED_RESULT;
