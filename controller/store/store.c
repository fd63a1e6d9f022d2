/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/store/store.h"

#include <sys/stat.h>

#include "controller/store/store-internal.h"

#define BUSY_TIMEOUT_MS 5000

struct LoaStore {
	sqlite3 *db;
	guint depth;          /* of begin() */
	GHashTable *prepared; /* SQL (owned) to sqlite3_stmt (owned): what loa_store_run() ran */
};

G_DEFINE_QUARK(loa_store_error, loa_store_error)

sqlite3 *
loa_store_db(LoaStore *self)
{
	return self->db;
}

static LoaStoreError
code_of(int result)
{
	switch (result & 0xff) {
	case SQLITE_FULL:
	case SQLITE_READONLY:
	case SQLITE_IOERR:
		return LOA_STORE_ERROR_FULL;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return LOA_STORE_ERROR_DAMAGED;
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
		return LOA_STORE_ERROR_OPEN;
	}
	return LOA_STORE_ERROR_FAILED;
}

static const char *
hint_of(LoaStoreError code)
{
	switch (code) {
	case LOA_STORE_ERROR_FULL:
		return "; free some disk space and check that the data folder may be written";
	case LOA_STORE_ERROR_DAMAGED:
		return "; put it aside and restore the last backup";
	case LOA_STORE_ERROR_OPEN:
		return "; check the owner and the permissions of the data folder";
	case LOA_STORE_ERROR_NEWER:
	case LOA_STORE_ERROR_FAILED:
		break;
	}
	return "";
}

gboolean
loa_store_fail(LoaStore *self, const char *doing, GError **error)
{
	LoaStoreError code = code_of(sqlite3_extended_errcode(self->db));

	g_set_error(error, LOA_STORE_ERROR, (int)code, "cannot %s: %s%s", doing,
		    sqlite3_errmsg(self->db), hint_of(code));
	return FALSE;
}

static gboolean
bind_v(LoaStore *self, sqlite3_stmt *statement, GError **error, const char *format, va_list args)
{
	int result = SQLITE_OK;

	for (int i = 0; format[i] != '\0' && result == SQLITE_OK; i++) {
		const char *text;

		switch (format[i]) {
		case 's':
			text = va_arg(args, const char *);
			result = sqlite3_bind_text(statement, i + 1, text, -1, SQLITE_TRANSIENT);
			break;
		case 'i':
			result = sqlite3_bind_int64(statement, i + 1, va_arg(args, gint64));
			break;
		case 'd':
			result = sqlite3_bind_double(statement, i + 1, va_arg(args, double));
			break;
		default:
			g_assert_not_reached();
		}
	}
	return result == SQLITE_OK || loa_store_fail(self, "use the database", error);
}

static sqlite3_stmt *
prepare(LoaStore *self, const char *sql, GError **error)
{
	sqlite3_stmt *statement = NULL;

	if (sqlite3_prepare_v2(self->db, sql, -1, &statement, NULL) != SQLITE_OK)
		loa_store_fail(self, "use the database", error);
	return statement;
}

sqlite3_stmt *
loa_store_prepare(LoaStore *self, GError **error, const char *sql, const char *format, ...)
{
	g_autoptr(sqlite3_stmt) statement = prepare(self, sql, error);
	gboolean ok;
	va_list args;

	if (statement == NULL)
		return NULL;
	va_start(args, format);
	ok = bind_v(self, statement, error, format, args);
	va_end(args);
	return ok ? g_steal_pointer(&statement) : NULL;
}

/* (transfer none) (nullable): plans write thousands of rows by one text, and to parse it takes
 * longer than to write a row */
static sqlite3_stmt *
prepared(LoaStore *self, const char *sql, GError **error)
{
	sqlite3_stmt *statement = g_hash_table_lookup(self->prepared, sql);

	if (statement == NULL) {
		statement = prepare(self, sql, error);
		if (statement != NULL)
			g_hash_table_insert(self->prepared, g_strdup(sql), statement);
	}
	return statement;
}

LoaStep
loa_store_step(LoaStore *self, sqlite3_stmt *statement, GError **error)
{
	int result = sqlite3_step(statement);

	if (result == SQLITE_ROW)
		return LOA_STEP_ROW;
	if (result == SQLITE_DONE)
		return LOA_STEP_DONE;
	loa_store_fail(
		self, sqlite3_stmt_readonly(statement) ? "read the database" : "write the database",
		error);
	return LOA_STEP_ERROR;
}

gboolean
loa_store_run(LoaStore *self, GError **error, const char *sql, const char *format, ...)
{
	sqlite3_stmt *statement = prepared(self, sql, error);
	LoaStep step = LOA_STEP_ERROR;
	va_list args;

	if (statement == NULL)
		return FALSE;
	va_start(args, format);
	if (bind_v(self, statement, error, format, args))
		while ((step = loa_store_step(self, statement, error)) == LOA_STEP_ROW)
			;
	va_end(args);
	sqlite3_reset(statement);
	return step == LOA_STEP_DONE;
}

char *
loa_store_column_text(sqlite3_stmt *statement, int column)
{
	return g_strdup((const char *)sqlite3_column_text(statement, column));
}

gboolean
loa_store_begin(LoaStore *self, GError **error)
{
	if (self->depth == 0 && !loa_store_run(self, error, "BEGIN IMMEDIATE", ""))
		return FALSE;
	self->depth++;
	return TRUE;
}

gboolean
loa_store_commit(LoaStore *self, GError **error)
{
	g_assert(self->depth > 0);
	if (--self->depth > 0)
		return TRUE;
	if (loa_store_run(self, error, "COMMIT", ""))
		return TRUE;
	/* a commit that failed (disk full) may leave the transaction open */
	self->depth = 1;
	loa_store_rollback(self);
	return FALSE;
}

void
loa_store_rollback(LoaStore *self)
{
	g_autoptr(GError) ignored = NULL;

	if (self->depth == 0)
		return;
	self->depth = 0;
	/* SQLite rolls back by itself after some errors; then there is nothing to undo */
	if (!sqlite3_get_autocommit(self->db) && !loa_store_run(self, &ignored, "ROLLBACK", ""))
		g_debug("%s", ignored->message);
}

/* The pragmas that make "done" mean "on disk". */
static gboolean
configure(LoaStore *self, GError **error)
{
	sqlite3_busy_timeout(self->db, BUSY_TIMEOUT_MS);
	sqlite3_extended_result_codes(self->db, 1);
	return loa_store_run(self, error, "PRAGMA journal_mode=WAL", "") &&
	       loa_store_run(self, error, "PRAGMA synchronous=FULL", "") &&
	       loa_store_run(self, error, "PRAGMA foreign_keys=ON", "");
}

static void
finalize(gpointer statement)
{
	sqlite3_finalize(statement);
}

static LoaStore *
store_new(void)
{
	LoaStore *self = g_new0(LoaStore, 1);

	self->prepared = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, finalize);
	return self;
}

LoaStore *
loa_store_open(const char *path, GError **error)
{
	g_autoptr(LoaStore) self = store_new();
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
	mode_t old_mask = umask(0077); /* names of people and places: not for everybody */
	int result = sqlite3_open_v2(path, &self->db, flags, NULL);
	g_autoptr(GError) cause = NULL;

	gboolean ok = result == SQLITE_OK ? configure(self, &cause)
					  : loa_store_fail(self, "open the database", &cause);

	ok = ok && loa_store_migrate(self, &cause);
	umask(old_mask);
	if (!ok) {
		g_propagate_prefixed_error(error, g_steal_pointer(&cause), "%s: ", path);
		return NULL;
	}
	return g_steal_pointer(&self);
}

char *
loa_store_path(const LoaStore *self)
{
	return g_strdup(sqlite3_db_filename(self->db, "main"));
}

LoaStore *
loa_store_open_reader(const char *path, GError **error)
{
	g_autoptr(LoaStore) self = store_new();
	int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX;

	if (sqlite3_open_v2(path, &self->db, flags, NULL) != SQLITE_OK) {
		loa_store_fail(self, "open the database to read", error);
		return NULL;
	}
	sqlite3_busy_timeout(self->db, BUSY_TIMEOUT_MS);
	/* one transaction until it is closed: what is counted twice is the same twice */
	return loa_store_run(self, error, "BEGIN", "") ? g_steal_pointer(&self) : NULL;
}

void
loa_store_close(LoaStore *self)
{
	if (self == NULL)
		return;
	loa_store_rollback(self);
	g_clear_pointer(&self->prepared, g_hash_table_unref);
	sqlite3_close(self->db);
	g_free(self);
}
