/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wire/outcome-json.h - outcomes and security events as JSON objects; the public functions stand
 * in wire/outcome.h. Layout: wire/PROTOCOL.md, section "Report". Only wire/ includes this.
 */
#pragma once

#include "wire/json-reader.h"
#include "wire/json-writer.h"
#include "wire/outcome.h"

/* (transfer full): never %NULL; faults are kept in @reader, and what is returned is then of no
 * use but to be freed. @object may be %NULL after a fault. */
LoaOutcome *loa_outcome_json_read(LoaJsonReader *reader, JsonObject *object);
LoaSecurityEvent *loa_outcome_json_read_event(LoaJsonReader *reader, JsonObject *object);

/* "clock":{...}, the same in outcomes and states. @source: (out) (transfer full) */
void loa_outcome_json_write_clock(GString *out, LoaClockState state, const char *source,
				  gint64 bound_us);
void loa_outcome_json_read_clock(LoaJsonReader *reader, JsonObject *object, LoaClockState *state,
				 char **source, gint64 *bound_us);

/* A site time, 0 where it was not known (a node without a trusted clock has none). */
void loa_outcome_json_write_time(GString *out, const char *name, gint64 time_us);
gint64 loa_outcome_json_read_time(LoaJsonReader *reader, JsonObject *object, const char *name);
