/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/records.h - what the store keeps, as plain values.
 *
 * Strings owned. No I/O. Thread: any.
 */
#pragma once

#include "common/class.h"
#include "wire/plan.h"
#include "wire/report.h"

/* A recording as it was ingested: audio/SHA256.opus beside originals/SHA256.EXT. */
typedef struct {
	char *id; /* common/id.h; made from the original's hash: the same file is the same recording
		   */
	char *title;
	char *category;    /* (nullable): id */
	char *sha256;      /* of the Ogg Opus file */
	gint64 size_bytes; /* of that file */
	gint64 n_samples;  /* what is heard, at 48 kHz */
	guint32 pre_skip;
	double loudness_lufs;
	double true_peak_dbtp;
	char *original_name;   /* as uploaded, for people */
	char *original_sha256; /* of the untouched original */
	gboolean is_confidential;
	gint64 imported_us;
} LoaRecording;

LoaRecording *loa_recording_new(void);
LoaRecording *loa_recording_copy(const LoaRecording *self);
gint64 loa_recording_duration_us(const LoaRecording *self);
void loa_recording_free(LoaRecording *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaRecording, loa_recording_free)

/* A broadcast as declared: the JSON of schedules/broadcast-json.h, and since when it holds. */
typedef struct {
	char *id;
	char *json;
	gint64 since_us; /* starts before this are not made up afterwards */
} LoaDeclaration;

LoaDeclaration *loa_declaration_new(const char *id, const char *json, gint64 since_us);
void loa_declaration_free(LoaDeclaration *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaDeclaration, loa_declaration_free)

/* "Play this then": one airing that no broadcast declares. */
typedef struct {
	char *airing;
	char *recording;
	char *title;
	char **groups; /* (nullable): NULL for all groups of the site */
	LoaClass class;
	gint64 start_us;
	gint64 created_us;
} LoaOneOff;

LoaOneOff *loa_one_off_new(void);
gboolean loa_one_off_is_for(const LoaOneOff *self, const char *group);
void loa_one_off_free(LoaOneOff *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaOneOff, loa_one_off_free)

/* Do both say the same to a receiver? */
gboolean loa_records_same_airing(const LoaAiring *a, const LoaAiring *b);

/* A receiver. Its secret was shown once and is not kept. */
typedef struct {
	char *id;
	char *group;
	char *public_hex;
	gint64 added_us;
	gint64 revoked_us;   /* 0: it is not */
	gint64 last_seen_us; /* 0: never */
} LoaNodeRecord;

LoaNodeRecord *loa_node_record_new(const char *id, const char *group, const char *public_hex,
				   gint64 added_us);
void loa_node_record_free(LoaNodeRecord *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaNodeRecord, loa_node_record_free)

/* One row of the ledger. */
typedef struct {
	gint64 id;
	LoaEntryKind kind;
	char *node;             /* (nullable): NULL for the controller's own events */
	char *group;            /* (nullable) */
	gint64 received_us;     /* when the controller had it on disk */
	gboolean is_superseded; /* a later outcome of an airing that this node settled before */
	char *json;             /* wire/outcome.h */
} LoaLedgerRow;

void loa_ledger_row_free(LoaLedgerRow *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaLedgerRow, loa_ledger_row_free)
