/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When receivers were online, and until when the controller watched them.
 */
#include "controller/store/store-internal.h"
#include "controller/store/store-record.h"

gboolean
loa_store_add_presence(LoaStore *self, const LoaPresence *p, GError **error)
{
	return loa_store_run(self, error,
			     "INSERT INTO presence (node, at_us, state) VALUES (?, ?, ?)", "sis",
			     p->node, p->at_us, loa_presence_state_name(p->state));
}

GPtrArray *
loa_store_presence(LoaStore *self, gint64 from_us, gint64 to_us, GError **error)
{
	g_autoptr(GPtrArray) found =
		g_ptr_array_new_with_free_func((GDestroyNotify)loa_presence_free);
	g_autoptr(sqlite3_stmt) row = loa_store_prepare(
		self, error,
		"SELECT node, at_us, state FROM presence p WHERE at_us < ?2 AND id >= coalesce("
		" (SELECT max(id) FROM presence q WHERE q.node = p.node AND q.at_us <= ?1), 0)"
		" ORDER BY node, id",
		"ii", from_us, to_us);
	LoaStep step = row == NULL ? LOA_STEP_ERROR : LOA_STEP_ROW;

	while (step == LOA_STEP_ROW && (step = loa_store_step(self, row, error)) == LOA_STEP_ROW)
		g_ptr_array_add(
			found, loa_presence_new((const char *)sqlite3_column_text(row, 0),
						sqlite3_column_int64(row, 1),
						loa_presence_state_from_name((
							const char *)sqlite3_column_text(row, 2))));
	return step == LOA_STEP_DONE ? g_steal_pointer(&found) : NULL;
}

gboolean
loa_store_set_watched(LoaStore *self, gint64 until_us, GError **error)
{
	return loa_store_run(self, error,
			     "INSERT INTO watched (id, until_us) VALUES (1, ?)"
			     " ON CONFLICT (id) DO UPDATE SET until_us = excluded.until_us",
			     "i", until_us);
}

gboolean
loa_store_watched(LoaStore *self, gint64 *until_us, GError **error)
{
	g_autoptr(sqlite3_stmt) row = loa_store_prepare(
		self, error, "SELECT coalesce(max(until_us), 0) FROM watched", "");

	if (row == NULL || loa_store_step(self, row, error) != LOA_STEP_ROW)
		return FALSE;
	*until_us = sqlite3_column_int64(row, 0);
	return TRUE;
}
