/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables, one forward step per version. A step adds and converts; it never drops what it
 * cannot keep. Times are site time in microseconds, ids those of common/id.h.
 */
#include "controller/store/store-internal.h"

static const char version_1[] = "CREATE TABLE recording ("
				" id TEXT PRIMARY KEY,"
				" title TEXT NOT NULL,"
				" category TEXT,"
				" sha256 TEXT NOT NULL,"
				" size_bytes INTEGER NOT NULL,"
				" n_samples INTEGER NOT NULL,"
				" pre_skip INTEGER NOT NULL,"
				" loudness_lufs REAL NOT NULL,"
				" true_peak_dbtp REAL NOT NULL,"
				" original_name TEXT,"
				" original_sha256 TEXT,"
				" is_confidential INTEGER NOT NULL,"
				" imported_us INTEGER NOT NULL"
				") STRICT;"

				"CREATE TABLE broadcast ("
				" id TEXT PRIMARY KEY,"
				" json TEXT NOT NULL,"
				" since_us INTEGER NOT NULL"
				") STRICT;"

				/* groups: NULL for all of the site, else separated by spaces */
				"CREATE TABLE one_off ("
				" airing TEXT PRIMARY KEY,"
				" recording TEXT NOT NULL REFERENCES recording (id),"
				" title TEXT NOT NULL,"
				" groups TEXT,"
				" class TEXT NOT NULL,"
				" start_us INTEGER NOT NULL,"
				" created_us INTEGER NOT NULL"
				") STRICT;"
				"CREATE INDEX one_off_start ON one_off (start_us);"

				"CREATE TABLE stop ("
				" airing TEXT PRIMARY KEY,"
				" start_us INTEGER NOT NULL,"
				" stop_us INTEGER NOT NULL"
				") STRICT;"
				"CREATE INDEX stop_start ON stop (start_us);"

				/* every airing that was in a plan, for each group */
				"CREATE TABLE planned ("
				" grp TEXT NOT NULL,"
				" airing TEXT NOT NULL,"
				" broadcast TEXT NOT NULL,"
				" title TEXT NOT NULL,"
				" class TEXT NOT NULL,"
				" ord INTEGER NOT NULL,"
				" start_us INTEGER NOT NULL,"
				" stop_us INTEGER NOT NULL,"
				" resume TEXT NOT NULL,"
				" grace_us INTEGER NOT NULL,"
				" is_live INTEGER NOT NULL,"
				" n_samples INTEGER NOT NULL,"
				" pre_skip INTEGER NOT NULL,"
				" sha256 TEXT,"
				" size_bytes INTEGER NOT NULL,"
				" exception TEXT,"
				" withdrawn_us INTEGER NOT NULL DEFAULT 0,"
				" PRIMARY KEY (grp, airing)"
				") STRICT;"
				"CREATE INDEX planned_start ON planned (start_us);"
				"CREATE INDEX planned_group_start ON planned (grp, start_us);"

				"CREATE TABLE plan_serial ("
				" grp TEXT PRIMARY KEY,"
				" serial INTEGER NOT NULL"
				") STRICT;"

				"CREATE TABLE node ("
				" id TEXT PRIMARY KEY,"
				" grp TEXT NOT NULL,"
				" public_hex TEXT NOT NULL,"
				" added_us INTEGER NOT NULL,"
				" revoked_us INTEGER NOT NULL DEFAULT 0,"
				" last_seen_us INTEGER NOT NULL DEFAULT 0"
				") STRICT;"

				/* node, epoch and seq are NULL for the controller's own events.
				 * airing and at_us repeat what the JSON says, for the queries. */
				"CREATE TABLE ledger ("
				" id INTEGER PRIMARY KEY AUTOINCREMENT,"
				" node TEXT REFERENCES node (id),"
				" epoch TEXT,"
				" seq INTEGER,"
				" kind TEXT NOT NULL,"
				" grp TEXT,"
				" airing TEXT,"
				" at_us INTEGER NOT NULL,"
				" received_us INTEGER NOT NULL,"
				" is_superseded INTEGER NOT NULL,"
				" json TEXT NOT NULL,"
				" UNIQUE (node, epoch, seq)"
				") STRICT;"
				"CREATE UNIQUE INDEX ledger_first_outcome ON ledger (node, airing)"
				" WHERE kind = 'outcome' AND is_superseded = 0;"
				"CREATE INDEX ledger_time ON ledger (at_us);"

				"CREATE TABLE acked ("
				" node TEXT NOT NULL REFERENCES node (id),"
				" epoch TEXT NOT NULL,"
				" seq INTEGER NOT NULL,"
				" PRIMARY KEY (node, epoch)"
				") STRICT;"

				"CREATE TABLE audit ("
				" id INTEGER PRIMARY KEY AUTOINCREMENT,"
				" at_us INTEGER NOT NULL,"
				" action TEXT NOT NULL,"
				" subject TEXT NOT NULL,"
				" detail TEXT NOT NULL"
				") STRICT;";

/* Who asked for a change, and from where. */
static const char version_2[] = "ALTER TABLE audit ADD COLUMN who TEXT NOT NULL DEFAULT '';"
				"ALTER TABLE audit ADD COLUMN address TEXT NOT NULL DEFAULT '';";

/* Days that a group missed of a disclosure, by day number, and when the office was told first. */
static const char version_3[] = "CREATE TABLE alarm ("
				" broadcast TEXT NOT NULL,"
				" grp TEXT NOT NULL,"
				" day INTEGER NOT NULL,"
				" raised_us INTEGER NOT NULL,"
				" PRIMARY KEY (broadcast, grp, day)"
				") STRICT;";

/* People, and where they are signed in: hashes, no secrets. Lists of ids are apart by blanks. */
static const char version_4[] = "CREATE TABLE user ("
				" id TEXT PRIMARY KEY,"
				" name TEXT NOT NULL,"
				" hash TEXT NOT NULL,"
				" roles TEXT NOT NULL,"
				" groups TEXT NOT NULL,"
				" language TEXT NOT NULL,"
				" created_us INTEGER NOT NULL,"
				" disabled_us INTEGER NOT NULL DEFAULT 0,"
				" last_login_us INTEGER NOT NULL DEFAULT 0,"
				" must_change INTEGER NOT NULL"
				") STRICT;"

				"CREATE TABLE session ("
				" token_sha256 TEXT PRIMARY KEY,"
				" user TEXT NOT NULL REFERENCES user (id),"
				" csrf TEXT NOT NULL,"
				" address TEXT NOT NULL,"
				" created_us INTEGER NOT NULL,"
				" last_used_us INTEGER NOT NULL"
				") STRICT;"
				"CREATE INDEX session_user ON session (user);";

/* What was there before anybody could approve had been put there by those who air it: it counts as
 * approved, and says that nobody did. */
static const char version_5[] =
	"ALTER TABLE recording ADD COLUMN imported_by TEXT;"
	"ALTER TABLE recording ADD COLUMN kind TEXT;"
	"ALTER TABLE recording ADD COLUMN lead_unit TEXT;"
	"ALTER TABLE recording ADD COLUMN author TEXT;"
	"ALTER TABLE recording ADD COLUMN language TEXT;"
	"ALTER TABLE recording ADD COLUMN text TEXT;"
	"ALTER TABLE recording ADD COLUMN is_template INTEGER NOT NULL"
	" DEFAULT 0;"
	"ALTER TABLE recording ADD COLUMN expires_us INTEGER NOT NULL"
	" DEFAULT 0;"
	"ALTER TABLE recording ADD COLUMN state TEXT NOT NULL"
	" DEFAULT 'draft';"
	"ALTER TABLE recording ADD COLUMN submitted_by TEXT;"
	"ALTER TABLE recording ADD COLUMN approved_by TEXT;"
	"ALTER TABLE recording ADD COLUMN approved_name TEXT;"
	"ALTER TABLE recording ADD COLUMN approved_us INTEGER NOT NULL"
	" DEFAULT 0;"
	"ALTER TABLE recording ADD COLUMN approved_sha256 TEXT;"
	"ALTER TABLE recording ADD COLUMN reason TEXT;"
	"UPDATE recording SET state = 'approved', approved_by = 'migration',"
	" approved_name = 'here before approval was asked for',"
	" approved_us = imported_us, approved_sha256 = sha256;"
	/* who declared it last: whose texts need no approval */
	"ALTER TABLE broadcast ADD COLUMN declared_by TEXT NOT NULL"
	" DEFAULT 'token';"
	"ALTER TABLE one_off ADD COLUMN exception TEXT;";

/* What the logbook and the reports ask for. */
static const char version_6[] =
	/* of an outcome, what is asked for by the thousand; NULL for events */
	"ALTER TABLE ledger ADD COLUMN result TEXT;"
	"ALTER TABLE ledger ADD COLUMN level INTEGER;"
	"ALTER TABLE ledger ADD COLUMN heard_ms INTEGER;"
	"ALTER TABLE ledger ADD COLUMN reason TEXT;"
	"UPDATE ledger SET result = json_extract(json, '$.result'),"
	" level = json_extract(json, '$.level'), heard_ms = json_extract(json, '$.heard_ms'),"
	" reason = json_extract(json, '$.reason') WHERE kind = 'outcome' AND json_valid(json);"
	"CREATE INDEX ledger_airing ON ledger (airing, grp) WHERE kind = 'outcome';"
	"CREATE INDEX planned_sha ON planned (sha256, start_us);"

	/* one answer a group and week, and one a group and airing ('': the week as a whole) */
	"CREATE TABLE tick ("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" grp TEXT NOT NULL,"
	" week TEXT NOT NULL,"
	" airing TEXT NOT NULL,"
	" answer TEXT NOT NULL,"
	" note TEXT NOT NULL,"
	" who TEXT NOT NULL,"
	" at_us INTEGER NOT NULL,"
	" UNIQUE (grp, week, airing)"
	") STRICT;"

	/* what each broadcast said, and from when: a report asks what it was then */
	"CREATE TABLE declared ("
	" broadcast TEXT NOT NULL,"
	" from_us INTEGER NOT NULL,"
	" json TEXT NOT NULL,"
	" PRIMARY KEY (broadcast, from_us)"
	") STRICT;"
	"INSERT INTO declared (broadcast, from_us, json) SELECT id, since_us, json FROM broadcast;"

	/* from when a receiver was online, offline, or the controller could not know */
	"CREATE TABLE presence ("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" node TEXT NOT NULL REFERENCES node (id),"
	" at_us INTEGER NOT NULL,"
	" state TEXT NOT NULL"
	") STRICT;"
	"CREATE INDEX presence_node ON presence (node, at_us);"
	/* when the controller last knew about everybody: one row */
	"CREATE TABLE watched ("
	" id INTEGER PRIMARY KEY CHECK (id = 1),"
	" until_us INTEGER NOT NULL"
	") STRICT;"

	/* what the office changed of a group that controller.cfg names */
	"CREATE TABLE group_label ("
	" grp TEXT PRIMARY KEY,"
	" name TEXT NOT NULL,"
	" language TEXT NOT NULL"
	") STRICT;";

static const char version_7[] = "CREATE TABLE take ("
				" id TEXT PRIMARY KEY,"
				" owner TEXT NOT NULL,"
				" title TEXT NOT NULL,"
				" mime TEXT NOT NULL,"
				" text TEXT,"
				" created_us INTEGER NOT NULL,"
				" touched_us INTEGER NOT NULL,"
				" next_seq INTEGER NOT NULL,"
				" size_bytes INTEGER NOT NULL,"
				" finished_us INTEGER NOT NULL,"
				" failure TEXT,"
				" recording TEXT"
				") STRICT;"

				/* the two people of an emergency, or of an exercise */
				"CREATE TABLE emergency ("
				" id TEXT PRIMARY KEY,"
				" recording TEXT NOT NULL REFERENCES recording (id),"
				" groups TEXT,"
				" is_exercise INTEGER NOT NULL,"
				" state TEXT NOT NULL,"
				" asked_by TEXT NOT NULL,"
				" asked_name TEXT NOT NULL,"
				" asked_us INTEGER NOT NULL,"
				" decided_by TEXT,"
				" decided_name TEXT,"
				" decided_us INTEGER NOT NULL DEFAULT 0,"
				" airing TEXT"
				") STRICT;"
				"CREATE INDEX emergency_asked ON emergency (asked_us);";

/* Rules of the office: one document, and the overlays; and which of them kept an airing silent. */
static const char version_8[] = "CREATE TABLE policy ("
				" id INTEGER PRIMARY KEY CHECK (id = 1),"
				" json TEXT NOT NULL"
				") STRICT;"
				"CREATE TABLE overlay ("
				" id TEXT PRIMARY KEY,"
				" json TEXT NOT NULL,"
				" since_us INTEGER NOT NULL"
				") STRICT;"
				"ALTER TABLE planned ADD COLUMN suspended_by TEXT;"
				"ALTER TABLE planned ADD COLUMN suspended_name TEXT;"
				"CREATE INDEX planned_suspended ON planned (start_us)"
				" WHERE suspended_by IS NOT NULL;";

/* What history.c reads in this order and nowhere else: a start's rows by airing, an airing's
 * outcomes whole. They take the places of two indices that begin like them. */
static const char version_9[] =
	"CREATE INDEX planned_begun ON planned (start_us, airing, grp);"
	"DROP INDEX planned_start;"
	/* SQLite 3.40 looks at the row for what the condition names, though it is known */
	"CREATE INDEX ledger_heard ON ledger (airing, grp, node, result, level, reason, heard_ms,"
	" kind, is_superseded)"
	" WHERE kind = 'outcome' AND is_superseded = 0;"
	"DROP INDEX ledger_airing;";

/* How loud each receiver shall be. */
static const char version_10[] = "ALTER TABLE node ADD COLUMN volume_db REAL NOT NULL DEFAULT 0;";

/* Where in a take's file the recordings begin that went on with it. */
static const char version_11[] = "ALTER TABLE take ADD COLUMN parts TEXT NOT NULL DEFAULT '';";

/* steps[n] leads from version n to n + 1 */
static const char *const steps[] = { version_1, version_2,  version_3, version_4,
				     version_5, version_6,  version_7, version_8,
				     version_9, version_10, version_11 };

G_STATIC_ASSERT(G_N_ELEMENTS(steps) == LOA_STORE_VERSION);

static gboolean
read_version(LoaStore *self, gint64 *version, GError **error)
{
	g_autoptr(sqlite3_stmt) statement =
		loa_store_prepare(self, error, "PRAGMA user_version", "");

	if (statement == NULL || loa_store_step(self, statement, error) != LOA_STEP_ROW)
		return FALSE;
	*version = sqlite3_column_int64(statement, 0);
	return TRUE;
}

static gboolean
take_step(LoaStore *self, gint64 from, GError **error)
{
	g_autofree char *mark = g_strdup_printf("PRAGMA user_version=%d", (int)from + 1);

	if (!loa_store_begin(self, error))
		return FALSE;
	if (sqlite3_exec(loa_store_db(self), steps[from], NULL, NULL, NULL) != SQLITE_OK) {
		loa_store_fail(self, "bring the database to this version", error);
		loa_store_rollback(self);
		return FALSE;
	}
	if (!loa_store_run(self, error, mark, "")) {
		loa_store_rollback(self);
		return FALSE;
	}
	return loa_store_commit(self, error);
}

gboolean
loa_store_migrate(LoaStore *self, GError **error)
{
	gint64 version = 0;

	if (!read_version(self, &version, error))
		return FALSE;
	if (version < 0 || version > LOA_STORE_VERSION) {
		g_set_error(error, LOA_STORE_ERROR, LOA_STORE_ERROR_NEWER,
			    "the database has version %" G_GINT64_FORMAT
			    ", this program knows %d: install the program that wrote it, or a "
			    "newer one",
			    version, LOA_STORE_VERSION);
		return FALSE;
	}
	while (version < LOA_STORE_VERSION)
		if (!take_step(self, version++, error))
			return FALSE;
	return TRUE;
}
