/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Disclosures: which outcomes prove them, which days raised an alarm, and which were withdrawn.
 */
#include "controller/store/store-internal.h"

void
loa_proof_free(LoaProof *self)
{
	if (self == NULL)
		return;
	g_free(self->group);
	g_free(self);
}

void
loa_alarm_free(LoaAlarm *self)
{
	if (self == NULL)
		return;
	g_free(self->group);
	g_free(self);
}

/* The airing's id begins with the broadcast's and a full stop, which leaves few rows whose JSON is
 * looked at. */
GPtrArray *
loa_store_proofs(LoaStore *self, const char *broadcast, guint level, gint64 from_us, GError **error)
{
	g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func((GDestroyNotify)loa_proof_free);
	g_autoptr(sqlite3_stmt) row =
		loa_store_prepare(self, error,
				  "SELECT DISTINCT grp, at_us FROM ledger WHERE at_us >= ?1"
				  " AND kind = 'outcome' AND is_superseded = 0 AND grp IS NOT NULL"
				  " AND airing >= ?2 || '.' AND airing < ?2 || '/'"
				  " AND json_extract(json, '$.broadcast') = ?2"
				  " AND json_extract(json, '$.result') = 'completed'"
				  " AND json_extract(json, '$.level') >= ?3 ORDER BY at_us, grp",
				  "isi", from_us, broadcast, (gint64)level);
	LoaStep step = row == NULL ? LOA_STEP_ERROR : LOA_STEP_ROW;

	while (step == LOA_STEP_ROW && (step = loa_store_step(self, row, error)) == LOA_STEP_ROW) {
		LoaProof *proof = g_new0(LoaProof, 1);

		proof->group = loa_store_column_text(row, 0);
		proof->planned_us = sqlite3_column_int64(row, 1);
		g_ptr_array_add(found, proof);
	}
	return step == LOA_STEP_DONE ? g_steal_pointer(&found) : NULL;
}

gboolean
loa_store_note_alarm(LoaStore *self, const char *broadcast, const char *group, gint32 day,
		     gint64 now_us, GError **error)
{
	return loa_store_run(self, error,
			     "INSERT OR IGNORE INTO alarm (broadcast, grp, day, raised_us)"
			     " VALUES (?, ?, ?, ?)",
			     "ssii", broadcast, group, (gint64)day, now_us);
}

GPtrArray *
loa_store_alarms(LoaStore *self, const char *broadcast, GError **error)
{
	g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func((GDestroyNotify)loa_alarm_free);
	g_autoptr(sqlite3_stmt) row = loa_store_prepare(
		self, error,
		"SELECT grp, day, raised_us FROM alarm WHERE broadcast = ? ORDER BY grp, day", "s",
		broadcast);
	LoaStep step = row == NULL ? LOA_STEP_ERROR : LOA_STEP_ROW;

	while (step == LOA_STEP_ROW && (step = loa_store_step(self, row, error)) == LOA_STEP_ROW) {
		LoaAlarm *alarm = g_new0(LoaAlarm, 1);

		alarm->group = loa_store_column_text(row, 0);
		alarm->day = (gint32)sqlite3_column_int64(row, 1);
		alarm->raised_us = sqlite3_column_int64(row, 2);
		g_ptr_array_add(found, alarm);
	}
	return step == LOA_STEP_DONE ? g_steal_pointer(&found) : NULL;
}

/* The declarations are kept for the reports, and the audit knows when one was removed. */
GPtrArray *
loa_store_withdrawn_campaigns(LoaStore *self, guint max, GError **error)
{
	g_autoptr(GPtrArray) found =
		g_ptr_array_new_with_free_func((GDestroyNotify)loa_declaration_free);
	g_autoptr(sqlite3_stmt) row = loa_store_prepare(
		self, error,
		"SELECT d.broadcast, d.json, max(d.from_us), removed.at_us FROM declared AS d"
		" JOIN (SELECT subject, max(at_us) AS at_us FROM audit WHERE action = 'remove'"
		" GROUP BY subject) AS removed ON removed.subject = d.broadcast"
		" WHERE NOT EXISTS (SELECT 1 FROM broadcast WHERE id = d.broadcast)"
		" GROUP BY d.broadcast HAVING json_extract(d.json, '$.campaign') IS NOT NULL"
		" ORDER BY removed.at_us DESC, d.broadcast LIMIT ?",
		"i", (gint64)max);
	LoaStep step = row == NULL ? LOA_STEP_ERROR : LOA_STEP_ROW;

	while (step == LOA_STEP_ROW && (step = loa_store_step(self, row, error)) == LOA_STEP_ROW)
		g_ptr_array_add(found,
				loa_declaration_new((const char *)sqlite3_column_text(row, 0),
						    (const char *)sqlite3_column_text(row, 1),
						    sqlite3_column_int64(row, 3)));
	return step == LOA_STEP_DONE ? g_steal_pointer(&found) : NULL;
}
