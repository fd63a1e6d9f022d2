/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedules/value-json.h - JSON as a tree of values (value.h), and back. Thread: any.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "schedules/value.h"

/* (transfer full): null, fractions, and what lies more than @max_depth lists and objects deep are
 * LOA_VALUE_OTHER, which no key takes */
LoaValue *loa_value_from_json(JsonNode *node, guint max_depth);
/* (transfer full): @value holds no LOA_VALUE_OTHER */
JsonNode *loa_value_to_json(const LoaValue *value);
