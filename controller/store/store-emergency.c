/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Emergencies and exercises: who asked, who answered.
 */
#include "controller/store/emergency.h"
#include "controller/store/store-internal.h"

gboolean
loa_store_put_emergency(LoaStore *self, const LoaEmergency *e, GError **error)
{
	g_autofree char *groups = e->groups == NULL ? NULL : g_strjoinv(" ", e->groups);

	return loa_store_run(
		self, error,
		"INSERT INTO emergency (id, recording, groups, is_exercise, state, asked_by,"
		" asked_name, asked_us, decided_by, decided_name, decided_us, airing)"
		" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
		" ON CONFLICT (id) DO UPDATE SET state = excluded.state,"
		" decided_by = excluded.decided_by, decided_name = excluded.decided_name,"
		" decided_us = excluded.decided_us, airing = excluded.airing",
		"sssisssissis", e->id, e->recording, groups, (gint64)e->is_exercise,
		loa_emergency_state_name(e->state), e->asked_by, e->asked_name, e->asked_us,
		e->decided_by, e->decided_name, e->decided_us, e->airing);
}

static LoaEmergency *
read_emergency(sqlite3_stmt *row)
{
	LoaEmergency *e = loa_emergency_new();
	const char *groups = (const char *)sqlite3_column_text(row, 2);

	e->id = loa_store_column_text(row, 0);
	e->recording = loa_store_column_text(row, 1);
	e->groups = groups == NULL ? NULL : g_strsplit(groups, " ", -1);
	e->is_exercise = sqlite3_column_int(row, 3) != 0;
	/* a word of another program: nothing that may still be confirmed */
	if (!loa_emergency_state_from_name((const char *)sqlite3_column_text(row, 4), &e->state))
		e->state = LOA_EMERGENCY_EXPIRED;
	e->asked_by = loa_store_column_text(row, 5);
	e->asked_name = loa_store_column_text(row, 6);
	e->asked_us = sqlite3_column_int64(row, 7);
	e->decided_by = loa_store_column_text(row, 8);
	e->decided_name = loa_store_column_text(row, 9);
	e->decided_us = sqlite3_column_int64(row, 10);
	e->airing = loa_store_column_text(row, 11);
	return e;
}

GPtrArray *
loa_store_emergencies(LoaStore *self, gint64 from_us, GError **error)
{
	g_autoptr(GPtrArray) found =
		g_ptr_array_new_with_free_func((GDestroyNotify)loa_emergency_free);
	g_autoptr(sqlite3_stmt) row = loa_store_prepare(
		self, error,
		"SELECT id, recording, groups, is_exercise, state, asked_by, asked_name, asked_us,"
		" decided_by, decided_name, decided_us, airing FROM emergency WHERE asked_us >= ?"
		" ORDER BY asked_us DESC, id",
		"i", from_us);
	LoaStep step = row == NULL ? LOA_STEP_ERROR : LOA_STEP_ROW;

	while (step == LOA_STEP_ROW && (step = loa_store_step(self, row, error)) == LOA_STEP_ROW)
		g_ptr_array_add(found, read_emergency(row));
	return step == LOA_STEP_DONE ? g_steal_pointer(&found) : NULL;
}
