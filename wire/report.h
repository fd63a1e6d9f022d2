/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wire/report.h - REPORT (node to controller) and ACK (controller to node).
 *
 * A node numbers what it journals 1, 2, 3, ... within an *epoch*, a random name its journal got
 * when it was made: a replaced disk starts a new epoch, and nothing is mistaken for a repetition.
 * A report carries consecutive entries; an ack says up to which one everything is on the
 * controller's disk. Until then the node sends them again. Reports are signed by the node's own
 * key (tag "loa-report-1"), acks by the controller's (tag "loa-ack-1").
 * JSON: wire/PROTOCOL.md, sections "Report" and "Ack". Pure. Thread: any.
 */
#pragma once

#include "common/id.h"
#include "wire/outcome.h"

#define LOA_REPORT_MAX_ENTRIES 32
#define LOA_REPORT_MAX_SIZE (128 * 1024)
#define LOA_EPOCH_HEX_SIZE 16 /* digits */

typedef enum {
	LOA_ENTRY_OUTCOME,
	LOA_ENTRY_SECURITY,
} LoaEntryKind;

typedef struct {
	gint64 seq; /* from 1 */
	LoaEntryKind kind;
	char *json; /* owned: loa_outcome_to_json() or loa_security_event_to_json() */
} LoaEntry;

LoaEntry *loa_entry_new(gint64 seq, LoaEntryKind kind, const char *json);
void loa_entry_free(LoaEntry *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaEntry, loa_entry_free)

typedef struct {
	char *site;
	char *node;
	char *epoch;
	GPtrArray *entries; /* LoaEntry, consecutive, at least one */
} LoaReport;

LoaReport *loa_report_new(const char *site, const char *node, const char *epoch);
/* @report must have 1 to LOA_REPORT_MAX_ENTRIES entries with consecutive numbers. */
GBytes *loa_report_encode(const LoaReport *report);
/* Every entry's JSON is decoded and written anew, so that what is stored is known to be sound. */
LoaReport *loa_report_decode(GBytes *body, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void loa_report_free(LoaReport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaReport, loa_report_free)

typedef struct {
	char site[LOA_ID_MAX + 1];
	char node[LOA_ID_MAX + 1];
	char epoch[LOA_EPOCH_HEX_SIZE + 1];
	gint64 seq; /* everything up to here is on disk; 0: nothing yet */
} LoaAck;

GBytes *loa_ack_encode(const LoaAck *ack);
gboolean loa_ack_decode(GBytes *body, LoaAck *ack, GError **error) G_GNUC_WARN_UNUSED_RESULT;
