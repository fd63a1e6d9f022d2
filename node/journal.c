/* SPDX-License-Identifier: Apache-2.0 */
#include "node/journal.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

G_DEFINE_QUARK(loa_journal_error, loa_journal_error)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(sqlite3_stmt, sqlite3_finalize)

/* One function's worth of SQL per version; a step that shipped never changes. */
static const char *const migrations[] = {
	/* 1 */
	"CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;"
	"CREATE TABLE entry (seq INTEGER PRIMARY KEY AUTOINCREMENT, kind INTEGER NOT NULL,"
	"                    json TEXT NOT NULL) STRICT;"
	"CREATE TABLE outcome (airing TEXT PRIMARY KEY, ended_us INTEGER NOT NULL) STRICT;"
	"CREATE TABLE checkpoint (airing TEXT PRIMARY KEY, json TEXT NOT NULL) STRICT;",
};

/* An entry that is not on the disk yet. */
typedef struct {
	LoaEntryKind kind;
	char *airing; /* (nullable): of an outcome */
	gint64 ended_us;
	char *json;
} Waiting;

struct LoaJournal {
	sqlite3 *db;
	char *path;
	char epoch[LOA_EPOCH_HEX_SIZE + 1];
	gint64 last;
	gint64 acked;
	GHashTable *outcomes; /* airing, owned: has its outcome */
	GPtrArray *waiting;   /* Waiting, in order */
	guint n_waiting_events;
	char *trouble; /* (nullable) */
};

static void
waiting_free(gpointer data)
{
	Waiting *waiting = data;

	g_free(waiting->airing);
	g_free(waiting->json);
	g_free(waiting);
}

static const char *
hint_for(int code)
{
	switch (code & 0xff) {
	case SQLITE_FULL:
		return "; free some disk space";
	case SQLITE_READONLY:
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
		return "; check the owner and the permissions of the folder";
	case SQLITE_IOERR:
		return "; check the disk and its free space";
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return "; it is damaged: move it away, and the node begins a new one";
	case SQLITE_BUSY:
		return "; another program has it open";
	}
	return "";
}

static gboolean
fail(LoaJournal *self, LoaJournalError code, GError **error)
{
	int result = sqlite3_extended_errcode(self->db);

	g_set_error(error, LOA_JOURNAL_ERROR, (int)code, "journal %s: %s%s", self->path,
		    sqlite3_errmsg(self->db), hint_for(result));
	return FALSE;
}

static gboolean
exec(LoaJournal *self, const char *sql)
{
	return sqlite3_exec(self->db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

/* (nullable): a statement; %NULL only if the file is damaged */
static sqlite3_stmt *
prepare(LoaJournal *self, const char *sql)
{
	sqlite3_stmt *statement = NULL;

	return sqlite3_prepare_v2(self->db, sql, -1, &statement, NULL) == SQLITE_OK ? statement
										    : NULL;
}

static void
bind_text(sqlite3_stmt *statement, int at, const char *text)
{
	sqlite3_bind_text(statement, at, text, -1, SQLITE_TRANSIENT);
}

static const char *
column_text(sqlite3_stmt *statement, int at)
{
	const char *text = (const char *)sqlite3_column_text(statement, at);

	return text != NULL ? text : "";
}

/* (transfer full) (nullable) */
static char *
get_meta(LoaJournal *self, const char *name)
{
	g_autoptr(sqlite3_stmt) statement = prepare(self, "SELECT value FROM meta WHERE name = ?1");

	if (statement == NULL)
		return NULL;
	bind_text(statement, 1, name);
	if (sqlite3_step(statement) != SQLITE_ROW)
		return NULL;
	return g_strdup(column_text(statement, 0));
}

static gboolean
set_meta(LoaJournal *self, const char *name, const char *value)
{
	g_autoptr(sqlite3_stmt) statement =
		prepare(self, "INSERT INTO meta (name, value) VALUES (?1, ?2)"
			      " ON CONFLICT (name) DO UPDATE SET value = excluded.value");

	if (statement == NULL)
		return FALSE;
	bind_text(statement, 1, name);
	bind_text(statement, 2, value);
	return sqlite3_step(statement) == SQLITE_DONE;
}

static gint64
get_int(LoaJournal *self, const char *sql)
{
	g_autoptr(sqlite3_stmt) statement = prepare(self, sql);

	if (statement == NULL || sqlite3_step(statement) != SQLITE_ROW)
		return 0;
	return sqlite3_column_int64(statement, 0);
}

static gboolean
migrate(LoaJournal *self, GError **error)
{
	gint64 version = get_int(self, "PRAGMA user_version");

	if (version > (gint64)G_N_ELEMENTS(migrations)) {
		g_set_error(error, LOA_JOURNAL_ERROR, LOA_JOURNAL_ERROR_VERSION,
			    "journal %s: version %" G_GINT64_FORMAT
			    ", this program knows up to %d; run the newer program",
			    self->path, version, (int)G_N_ELEMENTS(migrations));
		return FALSE;
	}
	for (gsize i = (gsize)MAX(version, 0); i < G_N_ELEMENTS(migrations); i++) {
		g_autofree char *set = g_strdup_printf("PRAGMA user_version = %d", (int)i + 1);

		if (exec(self, "BEGIN IMMEDIATE") && exec(self, migrations[i]) && exec(self, set) &&
		    exec(self, "COMMIT"))
			continue;
		fail(self, LOA_JOURNAL_ERROR_OPEN, error);
		exec(self, "ROLLBACK");
		return FALSE;
	}
	return TRUE;
}

static void
make_epoch(char *epoch)
{
	guint8 bytes[LOA_EPOCH_HEX_SIZE / 2];
	gssize n = getrandom(bytes, sizeof bytes, 0);

	g_assert(n == (gssize)sizeof bytes); /* so few bytes are never cut short */
	for (gsize i = 0; i < sizeof bytes; i++)
		g_snprintf(epoch + 2 * i, 3, "%02x", bytes[i]);
}

static gboolean
load_epoch(LoaJournal *self)
{
	g_autofree char *known = get_meta(self, "epoch");

	if (known != NULL && strlen(known) == LOA_EPOCH_HEX_SIZE) {
		memcpy(self->epoch, known, sizeof self->epoch);
		return TRUE;
	}
	make_epoch(self->epoch);
	return set_meta(self, "epoch", self->epoch);
}

static gboolean
load_outcomes(LoaJournal *self)
{
	g_autoptr(sqlite3_stmt) statement = prepare(self, "SELECT airing FROM outcome");
	int result = SQLITE_ERROR;

	while (statement != NULL && (result = sqlite3_step(statement)) == SQLITE_ROW)
		g_hash_table_add(self->outcomes, g_strdup(column_text(statement, 0)));
	return result == SQLITE_DONE;
}

static gint64
parse_seq(const char *text)
{
	return text != NULL ? g_ascii_strtoll(text, NULL, 10) : 0;
}

static gboolean
load(LoaJournal *self)
{
	g_autofree char *acked = get_meta(self, "acked");

	/* the sequence outlives the entries that were acknowledged and deleted */
	self->last = get_int(self, "SELECT seq FROM sqlite_sequence WHERE name = 'entry'");
	self->acked = MIN(parse_seq(acked), self->last);
	return load_epoch(self) && load_outcomes(self);
}

LoaJournal *
loa_journal_open(const char *path, GError **error)
{
	g_autoptr(LoaJournal) self = g_new0(LoaJournal, 1);

	self->path = g_strdup(path);
	self->outcomes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	self->waiting = g_ptr_array_new_with_free_func(waiting_free);

	int result =
		sqlite3_open_v2(path, &self->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);

	if (result != SQLITE_OK) {
		fail(self, LOA_JOURNAL_ERROR_OPEN, error);
		return NULL;
	}
	sqlite3_busy_timeout(self->db, 500);
	if (!exec(self, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
			"PRAGMA wal_autocheckpoint = 200;")) {
		fail(self, LOA_JOURNAL_ERROR_OPEN, error);
		return NULL;
	}
	if (!migrate(self, error))
		return NULL;
	if (!load(self)) {
		fail(self, LOA_JOURNAL_ERROR_OPEN, error);
		return NULL;
	}
	return g_steal_pointer(&self);
}

const char *
loa_journal_epoch(const LoaJournal *self)
{
	return self->epoch;
}

gint64
loa_journal_last_seq(const LoaJournal *self)
{
	return self->last;
}

gint64
loa_journal_acked_seq(const LoaJournal *self)
{
	return self->acked;
}

gboolean
loa_journal_has_outcome(const LoaJournal *self, const char *airing)
{
	return g_hash_table_contains(self->outcomes, airing);
}

static void
note_trouble(LoaJournal *self)
{
	int code = sqlite3_extended_errcode(self->db);

	g_free(self->trouble);
	self->trouble = g_strdup_printf("journal %s: %s%s", self->path, sqlite3_errmsg(self->db),
					hint_for(code));
}

static gboolean
run_with(LoaJournal *self, const char *sql, const char *text)
{
	g_autoptr(sqlite3_stmt) statement = prepare(self, sql);

	if (statement == NULL)
		return FALSE;
	bind_text(statement, 1, text);
	return sqlite3_step(statement) == SQLITE_DONE;
}

static gboolean
insert_outcome_key(LoaJournal *self, const Waiting *waiting)
{
	g_autoptr(sqlite3_stmt) statement =
		prepare(self, "INSERT OR IGNORE INTO outcome (airing, ended_us) VALUES (?1, ?2)");

	if (statement == NULL)
		return FALSE;
	bind_text(statement, 1, waiting->airing);
	sqlite3_bind_int64(statement, 2, waiting->ended_us);
	return sqlite3_step(statement) == SQLITE_DONE;
}

static gboolean
insert_entry(LoaJournal *self, const Waiting *waiting)
{
	g_autoptr(sqlite3_stmt) statement =
		prepare(self, "INSERT INTO entry (kind, json) VALUES (?1, ?2)");

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int(statement, 1, (int)waiting->kind);
	bind_text(statement, 2, waiting->json);
	return sqlite3_step(statement) == SQLITE_DONE;
}

static gboolean
insert(LoaJournal *self, const Waiting *waiting)
{
	if (waiting->airing == NULL)
		return insert_entry(self, waiting);
	if (!insert_outcome_key(self, waiting))
		return FALSE;
	/* on the disk already: the call that said otherwise did get through */
	if (sqlite3_changes(self->db) == 0)
		return TRUE;
	return insert_entry(self, waiting) &&
	       run_with(self, "DELETE FROM checkpoint WHERE airing = ?1", waiting->airing);
}

/* All that waits in one transaction. */
static gboolean
write_waiting(LoaJournal *self)
{
	gint64 last = self->last;
	gboolean ok = exec(self, "BEGIN IMMEDIATE");

	for (guint i = 0; ok && i < self->waiting->len; i++) {
		gint64 before = sqlite3_total_changes64(self->db);

		ok = insert(self, g_ptr_array_index(self->waiting, i));
		if (ok && sqlite3_total_changes64(self->db) > before)
			last = get_int(self,
				       "SELECT seq FROM sqlite_sequence WHERE name = 'entry'");
	}
	if (!ok || !exec(self, "COMMIT")) {
		note_trouble(self);
		if (!sqlite3_get_autocommit(self->db))
			exec(self, "ROLLBACK");
		return FALSE;
	}
	self->last = last;
	return TRUE;
}

gboolean
loa_journal_flush(LoaJournal *self)
{
	if (self->waiting->len > 0 && !write_waiting(self))
		return FALSE;
	g_ptr_array_set_size(self->waiting, 0);
	self->n_waiting_events = 0;
	g_clear_pointer(&self->trouble, g_free);
	return TRUE;
}

static void
add(LoaJournal *self, LoaEntryKind kind, const char *airing, gint64 ended_us, char *json)
{
	Waiting *waiting = g_new(Waiting, 1);

	*waiting = (Waiting){ kind, g_strdup(airing), ended_us, json };
	g_ptr_array_add(self->waiting, waiting);
	/* with a failed disk, the next try is loa_journal_flush()'s: not one per entry */
	if (self->trouble == NULL)
		(void)loa_journal_flush(self);
}

void
loa_journal_add_outcome(LoaJournal *self, const LoaOutcome *outcome)
{
	if (!g_hash_table_add(self->outcomes, g_strdup(outcome->airing)))
		return;
	add(self, LOA_ENTRY_OUTCOME, outcome->airing, outcome->ended_us,
	    loa_outcome_to_json(outcome));
}

void
loa_journal_add_event(LoaJournal *self, const LoaSecurityEvent *event)
{
	if (self->n_waiting_events >= LOA_JOURNAL_MAX_WAITING_EVENTS)
		return;
	self->n_waiting_events++;
	add(self, LOA_ENTRY_SECURITY, NULL, 0, loa_security_event_to_json(event));
}

const char *
loa_journal_trouble(const LoaJournal *self)
{
	return self->trouble;
}

guint
loa_journal_n_waiting(const LoaJournal *self)
{
	return self->waiting->len;
}

void
loa_journal_save_checkpoint(LoaJournal *self, const LoaOutcome *outcome)
{
	if (self->trouble != NULL || loa_journal_has_outcome(self, outcome->airing))
		return;
	g_autofree char *json = loa_outcome_to_json(outcome);
	g_autoptr(sqlite3_stmt) statement =
		prepare(self, "INSERT INTO checkpoint (airing, json) VALUES (?1, ?2)"
			      " ON CONFLICT (airing) DO UPDATE SET json = excluded.json");

	/* not worth a wait for the disk every few seconds: see the header */
	exec(self, "PRAGMA synchronous = NORMAL");
	if (statement != NULL) {
		bind_text(statement, 1, outcome->airing);
		bind_text(statement, 2, json);
	}
	if (statement == NULL || sqlite3_step(statement) != SQLITE_DONE)
		note_trouble(self);
	exec(self, "PRAGMA synchronous = FULL");
}

GPtrArray *
loa_journal_load_checkpoints(LoaJournal *self)
{
	GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)loa_outcome_free);
	g_autoptr(sqlite3_stmt) statement =
		prepare(self, "SELECT json FROM checkpoint ORDER BY airing");

	while (statement != NULL && sqlite3_step(statement) == SQLITE_ROW) {
		/* one that an older build wrote otherwise is no loss: it is only a checkpoint */
		LoaOutcome *outcome = loa_outcome_from_json(column_text(statement, 0), NULL);

		if (outcome != NULL)
			g_ptr_array_add(all, outcome);
	}
	return all;
}

GPtrArray *
loa_journal_entries(LoaJournal *self, gint64 from, guint n)
{
	GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)loa_entry_free);
	g_autoptr(sqlite3_stmt) statement = prepare(
		self, "SELECT seq, kind, json FROM entry WHERE seq >= ?1 ORDER BY seq LIMIT ?2");

	if (statement == NULL)
		return all;
	sqlite3_bind_int64(statement, 1, from);
	sqlite3_bind_int64(statement, 2, n);
	while (sqlite3_step(statement) == SQLITE_ROW)
		g_ptr_array_add(all, loa_entry_new(sqlite3_column_int64(statement, 0),
						   (LoaEntryKind)sqlite3_column_int(statement, 1),
						   column_text(statement, 2)));
	return all;
}

void
loa_journal_ack(LoaJournal *self, gint64 seq)
{
	if (seq <= self->acked || seq > self->last)
		return;
	g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, seq);

	/* an ack that does not reach the disk is asked for again: no need to wait for it */
	self->acked = seq;
	exec(self, "PRAGMA synchronous = NORMAL");
	if (exec(self, "BEGIN IMMEDIATE")) {
		gboolean ok =
			set_meta(self, "acked", text) &&
			run_with(self, "DELETE FROM entry WHERE seq <= CAST(?1 AS INTEGER)", text);

		exec(self, ok ? "COMMIT" : "ROLLBACK");
		if (!sqlite3_get_autocommit(self->db))
			exec(self, "ROLLBACK");
	}
	exec(self, "PRAGMA synchronous = FULL");
}

void
loa_journal_prune(LoaJournal *self, gint64 now_us)
{
	g_autofree char *before =
		g_strdup_printf("%" G_GINT64_FORMAT, now_us - LOA_JOURNAL_KEEP_OUTCOMES_US);

	if (!run_with(self, "DELETE FROM outcome WHERE ended_us < CAST(?1 AS INTEGER)", before))
		return;
	g_hash_table_remove_all(self->outcomes);
	(void)load_outcomes(self);
	for (guint i = 0; i < self->waiting->len; i++) {
		const Waiting *waiting = g_ptr_array_index(self->waiting, i);

		if (waiting->airing != NULL)
			g_hash_table_add(self->outcomes, g_strdup(waiting->airing));
	}
}

gint64
loa_journal_first_plan_us(LoaJournal *self, const char *group)
{
	g_autofree char *name = g_strconcat("first-plan.", group, NULL);
	g_autofree char *value = get_meta(self, name);

	return parse_seq(value);
}

void
loa_journal_set_first_plan_us(LoaJournal *self, const char *group, gint64 at_us)
{
	g_autofree char *name = g_strconcat("first-plan.", group, NULL);
	g_autofree char *value = g_strdup_printf("%" G_GINT64_FORMAT, at_us);

	(void)set_meta(self, name, value);
}

void
loa_journal_free(LoaJournal *self)
{
	if (self == NULL)
		return;
	sqlite3_close(self->db);
	g_hash_table_unref(self->outcomes);
	g_ptr_array_unref(self->waiting);
	g_free(self->path);
	g_free(self->trouble);
	g_free(self);
}
