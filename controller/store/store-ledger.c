/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ledger: what every node did, once.
 */
#include "controller/store/store-internal.h"

#define LOG_MAX_ROWS 10000

static const char *
kind_name(LoaEntryKind kind)
{
	return kind == LOA_ENTRY_OUTCOME ? "outcome" : "security";
}

/* Does the query give a row? */
static gboolean
exists(LoaStore *self, sqlite3_stmt *row, gboolean *found, GError **error)
{
	LoaStep step = row == NULL ? LOA_STEP_ERROR : loa_store_step(self, row, error);

	*found = step == LOA_STEP_ROW;
	return step != LOA_STEP_ERROR;
}

static gboolean
is_known(LoaStore *self, const char *node, const char *epoch, gint64 seq, gboolean *found,
	 GError **error)
{
	g_autoptr(sqlite3_stmt) row = loa_store_prepare(
		self, error, "SELECT 1 FROM ledger WHERE node = ? AND epoch = ? AND seq = ?", "ssi",
		node, epoch, seq);

	return exists(self, row, found, error);
}

static gboolean
is_settled(LoaStore *self, const char *node, const char *airing, gboolean *found, GError **error)
{
	g_autoptr(sqlite3_stmt) row =
		loa_store_prepare(self, error,
				  "SELECT 1 FROM ledger WHERE node = ? AND airing = ?"
				  " AND kind = 'outcome' AND is_superseded = 0",
				  "ss", node, airing);

	return exists(self, row, found, error);
}

/* @airing and @at_us: what the queries look for. */
static gboolean
read_keys(const LoaEntry *entry, char **airing, gint64 *at_us, GError **error)
{
	if (entry->kind == LOA_ENTRY_OUTCOME) {
		g_autoptr(LoaOutcome) outcome = loa_outcome_from_json(entry->json, error);

		if (outcome == NULL)
			return FALSE;
		*airing = g_strdup(outcome->airing);
		*at_us = outcome->planned_us;
		return TRUE;
	}

	g_autoptr(LoaSecurityEvent) event = loa_security_event_from_json(entry->json, error);

	if (event == NULL)
		return FALSE;
	*at_us = event->first_us;
	return TRUE;
}

gboolean
loa_store_ledger_add(LoaStore *self, const char *node, const char *group, const char *epoch,
		     const LoaEntry *entry, gint64 received_us, LoaLedgerResult *result,
		     GError **error)
{
	g_autofree char *airing = NULL;
	gint64 at_us = 0;
	gboolean known, settled = FALSE;

	if (!is_known(self, node, epoch, entry->seq, &known, error))
		return FALSE;
	if (known) {
		*result = LOA_LEDGER_DUPLICATE;
		return TRUE;
	}
	if (!read_keys(entry, &airing, &at_us, error))
		return FALSE;
	if (airing != NULL && !is_settled(self, node, airing, &settled, error))
		return FALSE;
	if (!loa_store_run(self, error,
			   "INSERT INTO ledger (node, epoch, seq, kind, grp, airing, at_us,"
			   " received_us, is_superseded, json, result, level, heard_ms, reason)"
			   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10,"
			   " json_extract(?10, '$.result'), json_extract(?10, '$.level'),"
			   " json_extract(?10, '$.heard_ms'), json_extract(?10, '$.reason'))",
			   "ssisssiiis", node, epoch, entry->seq, kind_name(entry->kind), group,
			   airing, at_us, received_us, (gint64)settled, entry->json))
		return FALSE;
	*result = settled ? LOA_LEDGER_SUPERSEDED : LOA_LEDGER_NEW;
	return TRUE;
}

gboolean
loa_store_ledger_acked(LoaStore *self, const char *node, const char *epoch, gint64 *seq,
		       GError **error)
{
	g_autoptr(sqlite3_stmt) row = loa_store_prepare(
		self, error, "SELECT coalesce(max(seq), 0) FROM acked WHERE node = ? AND epoch = ?",
		"ss", node, epoch);

	if (row == NULL || loa_store_step(self, row, error) != LOA_STEP_ROW)
		return FALSE;
	*seq = sqlite3_column_int64(row, 0);
	return TRUE;
}

gboolean
loa_store_ledger_set_acked(LoaStore *self, const char *node, const char *epoch, gint64 seq,
			   GError **error)
{
	return loa_store_run(self, error,
			     "INSERT INTO acked (node, epoch, seq) VALUES (?, ?, ?)"
			     " ON CONFLICT (node, epoch) DO UPDATE SET"
			     " seq = max(seq, excluded.seq)",
			     "ssi", node, epoch, seq);
}

gboolean
loa_store_ledger_add_own(LoaStore *self, const LoaSecurityEvent *event, const char *node,
			 gint64 received_us, GError **error)
{
	g_autofree char *json = loa_security_event_to_json(event);

	return loa_store_run(self, error,
			     "INSERT INTO ledger (node, kind, grp, at_us, received_us,"
			     " is_superseded, json) VALUES ((SELECT id FROM node WHERE id = ?1),"
			     " 'security', (SELECT grp FROM node WHERE id = ?1), ?2, ?3, 0, ?4)",
			     "siis", node, event->first_us, received_us, json);
}

static LoaLedgerRow *
read_row(sqlite3_stmt *row)
{
	LoaLedgerRow *r = g_new0(LoaLedgerRow, 1);

	r->id = sqlite3_column_int64(row, 0);
	r->kind = g_strcmp0((const char *)sqlite3_column_text(row, 1), "outcome") == 0
			  ? LOA_ENTRY_OUTCOME
			  : LOA_ENTRY_SECURITY;
	r->node = loa_store_column_text(row, 2);
	r->group = loa_store_column_text(row, 3);
	r->received_us = sqlite3_column_int64(row, 4);
	r->is_superseded = sqlite3_column_int(row, 5) != 0;
	r->json = loa_store_column_text(row, 6);
	return r;
}

GPtrArray *
loa_store_ledger_query(LoaStore *self, const LoaLedgerQuery *q, GError **error)
{
	g_autoptr(GPtrArray) found =
		g_ptr_array_new_with_free_func((GDestroyNotify)loa_ledger_row_free);
	/* ids have no blanks */
	g_autofree char *joined = q->groups != NULL ? g_strjoinv(" ", (char **)q->groups) : NULL;
	g_autofree char *groups = joined != NULL ? g_strdup_printf(" %s ", joined) : NULL;
	g_autoptr(sqlite3_stmt) row = loa_store_prepare(
		self, error,
		"SELECT id, kind, node, grp, received_us, is_superseded, json FROM ledger"
		" WHERE id > ?1 AND (?2 IS NULL OR grp = ?2) AND (?3 IS NULL OR node = ?3)"
		" AND (?4 IS NULL OR airing = ?4) AND at_us >= ?5 AND at_us < ?6"
		" AND (kind = 'outcome' OR ?7)"
		" AND (?9 IS NULL OR instr(?9, ' ' || grp || ' ') > 0) ORDER BY id LIMIT ?8",
		"isssiiiis", q->after_id, q->group, q->node, q->airing, q->from_us,
		q->to_us == 0 ? G_MAXINT64 : q->to_us, (gint64)q->with_events,
		(gint64)MIN(q->limit, LOG_MAX_ROWS), groups);
	LoaStep step = row == NULL ? LOA_STEP_ERROR : LOA_STEP_ROW;

	while (step == LOA_STEP_ROW && (step = loa_store_step(self, row, error)) == LOA_STEP_ROW)
		g_ptr_array_add(found, read_row(row));
	return step == LOA_STEP_DONE ? g_steal_pointer(&found) : NULL;
}
