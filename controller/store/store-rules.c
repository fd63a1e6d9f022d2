/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules that the office wrote, and the overlays that are switched on.
 */
#include "controller/store/store-internal.h"

gboolean
loa_store_policy(LoaStore *self, char **json, GError **error)
{
	g_autoptr(sqlite3_stmt) row =
		loa_store_prepare(self, error, "SELECT json FROM policy WHERE id = 1", "");
	LoaStep step = row == NULL ? LOA_STEP_ERROR : loa_store_step(self, row, error);

	if (step == LOA_STEP_ERROR)
		return FALSE;
	*json = step == LOA_STEP_ROW ? loa_store_column_text(row, 0) : NULL;
	return TRUE;
}

gboolean
loa_store_put_policy(LoaStore *self, const char *json, GError **error)
{
	if (json == NULL)
		return loa_store_run(self, error, "DELETE FROM policy", "");
	return loa_store_run(self, error,
			     "INSERT INTO policy (id, json) VALUES (1, ?)"
			     " ON CONFLICT (id) DO UPDATE SET json = excluded.json",
			     "s", json);
}

gboolean
loa_store_put_overlay(LoaStore *self, const LoaDeclaration *overlay, GError **error)
{
	return loa_store_run(self, error,
			     "INSERT INTO overlay (id, json, since_us) VALUES (?, ?, ?)"
			     " ON CONFLICT (id) DO UPDATE SET json = excluded.json,"
			     " since_us = excluded.since_us",
			     "ssi", overlay->id, overlay->json, overlay->since_us);
}

gboolean
loa_store_remove_overlay(LoaStore *self, const char *id, GError **error)
{
	return loa_store_run(self, error, "DELETE FROM overlay WHERE id = ?", "s", id);
}

GPtrArray *
loa_store_read_declarations(LoaStore *self, GError **error, const char *sql)
{
	g_autoptr(GPtrArray) found =
		g_ptr_array_new_with_free_func((GDestroyNotify)loa_declaration_free);
	g_autoptr(sqlite3_stmt) row = loa_store_prepare(self, error, sql, "");
	LoaStep step = row == NULL ? LOA_STEP_ERROR : LOA_STEP_ROW;

	while (step == LOA_STEP_ROW && (step = loa_store_step(self, row, error)) == LOA_STEP_ROW)
		g_ptr_array_add(found,
				loa_declaration_new((const char *)sqlite3_column_text(row, 0),
						    (const char *)sqlite3_column_text(row, 1),
						    sqlite3_column_int64(row, 2)));
	return step == LOA_STEP_DONE ? g_steal_pointer(&found) : NULL;
}

GPtrArray *
loa_store_overlays(LoaStore *self, GError **error)
{
	return loa_store_read_declarations(self, error,
					   "SELECT id, json, since_us FROM overlay ORDER BY id");
}
