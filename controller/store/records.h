/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/store/records.h - what the store keeps, as plain values.
 *
 * Strings owned. No I/O. Thread: any.
 */
#pragma once

#include "common/class.h"
#include "controller/store/approval.h"
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
	char *imported_by; /* (nullable): login name */
	char *kind;      /* (nullable): tin, bai, chuyen-muc, ... (loa_recording_kind_is_known()) */
	char *lead_unit; /* (nullable) */
	char *author;    /* (nullable) */
	char *language;  /* (nullable): BCP 47: vi, hmn, ... */
	char *text;      /* (nullable): what is spoken, as it was written */
	gboolean is_template; /* kept for emergencies, approved beforehand */
	gint64 expires_us;    /* not aired from then on; 0: never */
	LoaApproval approval;
} LoaRecording;

/* Why a recording may not go on air, the gravest first. */
typedef enum {
	LOA_RECORDING_FREE, /* it may */
	LOA_RECORDING_CONFIDENTIAL,
	LOA_RECORDING_WITHDRAWN,
	LOA_RECORDING_UNAPPROVED,
	LOA_RECORDING_EXPIRED,
} LoaRecordingBar;

LoaRecording *loa_recording_new(void);
LoaRecording *loa_recording_copy(const LoaRecording *self);
gint64 loa_recording_duration_us(const LoaRecording *self);
/* Of an airing that starts at @at_us. The one place that decides it. */
LoaRecordingBar loa_recording_bar(const LoaRecording *self, gint64 at_us);
/* (nullable): NULL is no kind, and known */
gboolean loa_recording_kind_is_known(const char *kind);
void loa_recording_free(LoaRecording *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaRecording, loa_recording_free)

/* A recording that is still being made, piece by piece (takes.h). */
typedef struct {
	char *id;
	char *owner; /* login name */
	char *title;
	char *mime;
	char *text; /* (nullable): what is read */
	gint64 created_us;
	gint64 touched_us;
	gint64 next_seq;    /* so many pieces are here */
	gint64 size_bytes;  /* of its file, as far as it counts */
	char *parts;        /* it was gone on with: where in it the further recordings begin,
			     * "1234,5678"; "": nowhere */
	gint64 finished_us; /* 0: it is not */
	char *failure;      /* (nullable): why no recording came of it */
	char *recording;    /* (nullable): id, once it is one */
} LoaTake;

LoaTake *loa_take_new(void);
void loa_take_free(LoaTake *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaTake, loa_take_free)

/* A broadcast as declared: the JSON of schedules/broadcast-json.h, and since when it holds. */
typedef struct {
	char *id;
	char *json;
	gint64 since_us; /* starts before this are not made up afterwards */
	char *by;        /* (nullable): login name of who declared it last */
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
	char *exception; /* (nullable): outside the permitted hours: who allowed it, and why */
} LoaOneOff;

LoaOneOff *loa_one_off_new(void);
gboolean loa_one_off_is_for(const LoaOneOff *self, const char *group);
void loa_one_off_free(LoaOneOff *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaOneOff, loa_one_off_free)

/* A request to air at once, over everything; and its rehearsal (emergency.h). */
typedef enum {
	LOA_EMERGENCY_WAITING,
	LOA_EMERGENCY_AIRED,
	LOA_EMERGENCY_REFUSED,
	LOA_EMERGENCY_EXPIRED, /* nobody answered in time; never in the store */
	LOA_EMERGENCY_LAST_STATE = LOA_EMERGENCY_EXPIRED,
} LoaEmergencyState;

typedef struct {
	char *id;
	char *recording;
	char **groups; /* (nullable): NULL for all groups of the site */
	gboolean is_exercise;
	LoaEmergencyState state;
	char *asked_by; /* login name, and name for people */
	char *asked_name;
	gint64 asked_us;
	char *decided_by; /* (nullable), as the next */
	char *decided_name;
	gint64 decided_us; /* 0: nobody did */
	char *airing;      /* (nullable) */
} LoaEmergency;

LoaEmergency *loa_emergency_new(void);
void loa_emergency_free(LoaEmergency *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaEmergency, loa_emergency_free)

/* Do both say the same to a receiver? */
gboolean loa_records_same_airing(const LoaAiring *a, const LoaAiring *b);

/* An airing that an overlay (schedules/overlay.h) took out of a group's plan. */
typedef struct {
	char *group;
	LoaAiring *airing;
	char *overlay; /* its id */
	char *overlay_name;
} LoaSuspension;

void loa_suspension_free(LoaSuspension *self);

/* A receiver. Its secret was shown once and is not kept. */
typedef struct {
	char *id;
	char *group;
	char *public_hex;
	gint64 added_us;
	gint64 revoked_us;   /* 0: it is not */
	gint64 last_seen_us; /* 0: never */
	double volume_db;    /* as the office wants it, wire/plan.h; 0 at first */
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
