/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/store/store.h - everything the controller must not forget, in one SQLite file.
 *
 * WAL with synchronous=FULL: what a call reported as done survives a power cut. One process
 * opens the file (the daemon locks its data folder). Every call is one transaction of its own
 * unless it stands between loa_store_begin() and loa_store_commit(). Blocks on the disk.
 * Thread: main; a reader's (loa_store_open_reader()) is the one that opened it.
 *
 * The schema has a version (PRAGMA user_version) and one forward step per version; a step never
 * drops data. A file from a newer program is refused, untouched.
 */
#pragma once

#include "controller/store/records.h"

#define LOA_STORE_ERROR (loa_store_error_quark())
GQuark loa_store_error_quark(void);

typedef enum {
	LOA_STORE_ERROR_OPEN,    /* cannot be opened or made */
	LOA_STORE_ERROR_NEWER,   /* written by a newer program */
	LOA_STORE_ERROR_FULL,    /* the disk is full or may not be written */
	LOA_STORE_ERROR_DAMAGED, /* not a database, or a broken one */
	LOA_STORE_ERROR_FAILED,  /* anything else; the message says what */
} LoaStoreError;

#define LOA_STORE_VERSION 11

typedef struct LoaStore LoaStore;

/* Opens or makes the file and brings it to LOA_STORE_VERSION. */
LoaStore *loa_store_open(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* (transfer full): of its file */
char *loa_store_path(const LoaStore *self);
/* Another connection to a file that is open already, for one other thread: it only reads, and what
 * it sees is the database as it was at its first question. The writer does not wait for it. */
LoaStore *loa_store_open_reader(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void loa_store_close(LoaStore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaStore, loa_store_close)

/* Begin and commit nest: only the outermost pair touches the disk. After a failure between them
 * call loa_store_rollback(), which undoes the outermost. */
gboolean loa_store_begin(LoaStore *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean loa_store_commit(LoaStore *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void loa_store_rollback(LoaStore *self);

/* Recordings. put replaces the one with the same id. */
gboolean loa_store_put_recording(LoaStore *self, const LoaRecording *recording,
				 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* (transfer full) (element-type LoaRecording): newest first */
GPtrArray *loa_store_recordings(LoaStore *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* (transfer full) (nullable): %NULL without @error: there is none */
LoaRecording *loa_store_recording(LoaStore *self, const char *id,
				  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Takes. put replaces what may change. */
gboolean loa_store_put_take(LoaStore *self, const LoaTake *take,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* (transfer full) (element-type LoaTake): oldest first; @owner: (nullable): of all */
GPtrArray *loa_store_takes(LoaStore *self, const char *owner,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean loa_store_remove_take(LoaStore *self, const char *id,
			       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Declared broadcasts. */
gboolean loa_store_put_declaration(LoaStore *self, const LoaDeclaration *declaration,
				   GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean loa_store_remove_declaration(LoaStore *self, const char *id,
				      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* What was a campaign when it was removed, as it stood last: since_us is when that was; those
 * removed last come first, at most @max. (transfer full) (element-type LoaDeclaration) */
GPtrArray *loa_store_withdrawn_campaigns(LoaStore *self, guint max,
					 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* (transfer full) (element-type LoaDeclaration): by id */
GPtrArray *loa_store_declarations(LoaStore *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The rules of the office (rules.h): one document; @json: (out) (transfer full) (nullable): none */
gboolean loa_store_policy(LoaStore *self, char **json, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* @json: %NULL: there is none any more */
gboolean loa_store_put_policy(LoaStore *self, const char *json,
			      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Overlays: their id, their JSON, and since when they are switched on. */
gboolean loa_store_put_overlay(LoaStore *self, const LoaDeclaration *overlay,
			       GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean loa_store_remove_overlay(LoaStore *self, const char *id,
				  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* (transfer full) (element-type LoaDeclaration): by id */
GPtrArray *loa_store_overlays(LoaStore *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* One-off airings. */
gboolean loa_store_add_one_off(LoaStore *self, const LoaOneOff *one_off,
			       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* (transfer full) (element-type LoaOneOff): those that start at or after @from_us */
GPtrArray *loa_store_one_offs(LoaStore *self, gint64 from_us,
			      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Emergencies and exercises. put replaces what was decided. */
gboolean loa_store_put_emergency(LoaStore *self, const LoaEmergency *emergency,
				 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* (transfer full) (element-type LoaEmergency): asked at or after @from_us, the newest first */
GPtrArray *loa_store_emergencies(LoaStore *self, gint64 from_us,
				 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Stops. The first stop of an airing stands; @start_us is the airing's. */
gboolean loa_store_add_stop(LoaStore *self, const char *airing, gint64 start_us, gint64 stop_us,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* (transfer full): airing id (owned) to stop_us, a gint64 * (owned), of those airings that start
 * at or after @from_us */
GHashTable *loa_store_stops(LoaStore *self, gint64 from_us,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What was planned for which group: written with every plan, kept for ever. An airing that goes
 * out of a plan before its start was never meant to be and is forgotten; later it is kept and
 * marked as withdrawn. */
gboolean loa_store_save_plan(LoaStore *self, const LoaPlan *plan, gint64 now_us,
			     GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The last serial that loa_store_save_plan() wrote for @group; 0: none. */
gboolean loa_store_plan_serial(LoaStore *self, const char *group, gint64 *serial,
			       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* (transfer full): airing id to LoaAiring, those that start in [from_us, to_us), not withdrawn;
 * @group: (nullable): of one group, else of any */
GHashTable *loa_store_planned(LoaStore *self, const char *group, gint64 from_us, gint64 to_us,
			      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What overlays keep silent: @suspended (element-type LoaSuspension) is all of it; what was to
 * begin up to now is never taken back. After the plans were saved. */
gboolean loa_store_save_suspended(LoaStore *self, const GPtrArray *suspended, gint64 now_us,
				  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* One airing as it was planned for one group. */
typedef struct {
	char *group;
	LoaAiring *airing;
	gint64 withdrawn_us; /* 0: it was not */
	/* (nullable): the overlay that kept it silent; then it was withdrawn at its start */
	char *suspended_by;
	char *suspended_name;
} LoaPlannedRow;

void loa_planned_row_free(LoaPlannedRow *self);

/* (transfer full) (element-type LoaPlannedRow): what starts in [from_us, to_us), by start, then
 * airing, then group; the withdrawn ones too */
GPtrArray *loa_store_planned_rows(LoaStore *self, gint64 from_us, gint64 to_us,
				  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Nodes. */
gboolean loa_store_add_node(LoaStore *self, const LoaNodeRecord *node,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean loa_store_revoke_node(LoaStore *self, const char *id, gint64 now_us,
			       GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean loa_store_node_seen(LoaStore *self, const char *id, gint64 now_us,
			     GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean loa_store_set_node_volume(LoaStore *self, const char *id, double volume_db,
				   GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* (transfer full) (element-type LoaNodeRecord): by id, the revoked ones too */
GPtrArray *loa_store_nodes(LoaStore *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef enum {
	LOA_LEDGER_NEW,
	LOA_LEDGER_DUPLICATE,  /* that number of that epoch is here already: nothing written */
	LOA_LEDGER_SUPERSEDED, /* kept, but an earlier outcome of the same airing counts */
} LoaLedgerResult;

/* The ledger. @entry's JSON is of wire/outcome.h and was decoded once. */
gboolean loa_store_ledger_add(LoaStore *self, const char *node, const char *group,
			      const char *epoch, const LoaEntry *entry, gint64 received_us,
			      LoaLedgerResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The highest number up to which every entry of @epoch was taken (0: none). */
gboolean loa_store_ledger_acked(LoaStore *self, const char *node, const char *epoch, gint64 *seq,
				GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean loa_store_ledger_set_acked(LoaStore *self, const char *node, const char *epoch, gint64 seq,
				    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* What the controller itself refused. */
gboolean loa_store_ledger_add_own(LoaStore *self, const LoaSecurityEvent *event, const char *node,
				  gint64 received_us, GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
	const char *group;  /* (nullable) */
	const char *node;   /* (nullable) */
	const char *airing; /* (nullable) */
	gint64 from_us;     /* planned (outcome) or first (event) at or after; 0: any */
	gint64 to_us;       /* before; 0: any */
	gint64 after_id;
	guint limit;
	gboolean with_events;
	const char *const *groups; /* (nullable): only of these */
} LoaLedgerQuery;

/* (transfer full) (element-type LoaLedgerRow): by id, at most limit */
GPtrArray *loa_store_ledger_query(LoaStore *self, const LoaLedgerQuery *query,
				  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* An outcome that proves that one airing was heard whole in a group. */
typedef struct {
	char *group;
	gint64 planned_us;
} LoaProof;

void loa_proof_free(LoaProof *self);

/* (transfer full) (element-type LoaProof): completed airings of @broadcast at @level or better,
 * planned at or after @from_us, each group and time once */
GPtrArray *loa_store_proofs(LoaStore *self, const char *broadcast, guint level, gint64 from_us,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* That a group missed a day of a disclosure, and when the office was told first: the first note
 * of a day stands. @day: a day number */
gboolean loa_store_note_alarm(LoaStore *self, const char *broadcast, const char *group, gint32 day,
			      gint64 now_us, GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
	char *group;
	gint32 day;
	gint64 raised_us;
} LoaAlarm;

void loa_alarm_free(LoaAlarm *self);

/* (transfer full) (element-type LoaAlarm): by group, then day */
GPtrArray *loa_store_alarms(LoaStore *self, const char *broadcast,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Who did what: one line for each change that the office asked for. */
gboolean loa_store_audit(LoaStore *self, gint64 at_us, const char *who, const char *address,
			 const char *action, const char *subject, const char *detail,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;
