/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/loactl/loactl-log-format.h - the log's entries as a table, CSV or JSON.
 */
#pragma once

#include <json-glib/json-glib.h>

typedef enum {
	LOA_LOACTL_LOG_TABLE,
	LOA_LOACTL_LOG_CSV,
	LOA_LOACTL_LOG_JSON,       /* {"entries": [...]} */
	LOA_LOACTL_LOG_JSON_LINES, /* an object a line, as they come */
} LoaLoactlLogKind;

typedef struct LoaLoactlLogFormat LoaLoactlLogFormat;

LoaLoactlLogFormat *loa_loactl_log_format_new(LoaLoactlLogKind kind, GTimeZone *zone);

/* Collects one entry of docs/api.yaml's /log. */
void loa_loactl_log_format_add(LoaLoactlLogFormat *self, JsonObject *entry);

/* Prints what was collected since the last time, without headings. */
void loa_loactl_log_format_flush(LoaLoactlLogFormat *self);

/* Prints it with headings; says on stderr that there is nothing unless @more_will_come. */
void loa_loactl_log_format_finish(LoaLoactlLogFormat *self, gboolean more_will_come);

/* (transfer full): one entry as CSV cells; the headings with %NULL. %NULL-terminated. Pure. */
char **loa_loactl_log_format_cells(JsonObject *entry, GTimeZone *zone);

void loa_loactl_log_format_free(LoaLoactlLogFormat *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaLoactlLogFormat, loa_loactl_log_format_free)
