/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the office declares: broadcasts, one-off airings, stops, nodes, the audit.
 */
#include "controller/store/store-internal.h"

gboolean
loa_store_put_declaration(LoaStore *self, const LoaDeclaration *d, GError **error)
{
	if (!loa_store_begin(self, error))
		return FALSE;
	if (!loa_store_run(self, error,
			   "INSERT INTO broadcast (id, json, since_us, declared_by)"
			   " VALUES (?, ?, ?, ?)"
			   " ON CONFLICT (id) DO UPDATE SET json = excluded.json,"
			   " since_us = excluded.since_us, declared_by = excluded.declared_by",
			   "ssis", d->id, d->json, d->since_us, d->by != NULL ? d->by : "") ||
	    !loa_store_run(self, error,
			   "INSERT INTO declared (broadcast, from_us, json) VALUES (?, ?, ?)"
			   " ON CONFLICT (broadcast, from_us) DO UPDATE SET json = excluded.json",
			   "sis", d->id, d->since_us, d->json)) {
		loa_store_rollback(self);
		return FALSE;
	}
	return loa_store_commit(self, error);
}

gboolean
loa_store_remove_declaration(LoaStore *self, const char *id, GError **error)
{
	return loa_store_run(self, error, "DELETE FROM broadcast WHERE id = ?", "s", id);
}

GPtrArray *
loa_store_declarations(LoaStore *self, GError **error)
{
	g_autoptr(GPtrArray) found =
		g_ptr_array_new_with_free_func((GDestroyNotify)loa_declaration_free);
	g_autoptr(sqlite3_stmt) row = loa_store_prepare(
		self, error, "SELECT id, json, since_us, declared_by FROM broadcast ORDER BY id",
		"");
	LoaStep step = row == NULL ? LOA_STEP_ERROR : LOA_STEP_ROW;

	while (step == LOA_STEP_ROW && (step = loa_store_step(self, row, error)) == LOA_STEP_ROW) {
		LoaDeclaration *d = loa_declaration_new((const char *)sqlite3_column_text(row, 0),
							(const char *)sqlite3_column_text(row, 1),
							sqlite3_column_int64(row, 2));

		d->by = loa_store_column_text(row, 3);
		g_ptr_array_add(found, d);
	}
	return step == LOA_STEP_DONE ? g_steal_pointer(&found) : NULL;
}

gboolean
loa_store_add_one_off(LoaStore *self, const LoaOneOff *o, GError **error)
{
	g_autofree char *groups = o->groups == NULL ? NULL : g_strjoinv(" ", o->groups);

	return loa_store_run(self, error,
			     "INSERT INTO one_off (airing, recording, title, groups, class,"
			     " start_us, created_us, exception) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			     "sssssiis", o->airing, o->recording, o->title, groups,
			     loa_class_name(o->class), o->start_us, o->created_us, o->exception);
}

static LoaOneOff *
read_one_off(sqlite3_stmt *row)
{
	LoaOneOff *o = loa_one_off_new();
	const char *groups = (const char *)sqlite3_column_text(row, 3);

	o->airing = loa_store_column_text(row, 0);
	o->recording = loa_store_column_text(row, 1);
	o->title = loa_store_column_text(row, 2);
	o->groups = groups == NULL ? NULL : g_strsplit(groups, " ", -1);
	if (!loa_class_from_name((const char *)sqlite3_column_text(row, 4), &o->class))
		o->class = LOA_CLASS_NORMAL;
	o->start_us = sqlite3_column_int64(row, 5);
	o->created_us = sqlite3_column_int64(row, 6);
	o->exception = loa_store_column_text(row, 7);
	return o;
}

GPtrArray *
loa_store_one_offs(LoaStore *self, gint64 from_us, GError **error)
{
	g_autoptr(GPtrArray) found =
		g_ptr_array_new_with_free_func((GDestroyNotify)loa_one_off_free);
	g_autoptr(sqlite3_stmt) row = loa_store_prepare(
		self, error,
		"SELECT airing, recording, title, groups, class, start_us, created_us, exception"
		" FROM one_off WHERE start_us >= ? ORDER BY start_us, airing",
		"i", from_us);
	LoaStep step = row == NULL ? LOA_STEP_ERROR : LOA_STEP_ROW;

	while (step == LOA_STEP_ROW && (step = loa_store_step(self, row, error)) == LOA_STEP_ROW)
		g_ptr_array_add(found, read_one_off(row));
	return step == LOA_STEP_DONE ? g_steal_pointer(&found) : NULL;
}

gboolean
loa_store_add_stop(LoaStore *self, const char *airing, gint64 start_us, gint64 stop_us,
		   GError **error)
{
	return loa_store_run(self, error,
			     "INSERT INTO stop (airing, start_us, stop_us) VALUES (?, ?, ?)"
			     " ON CONFLICT (airing) DO NOTHING",
			     "sii", airing, start_us, stop_us);
}

GHashTable *
loa_store_stops(LoaStore *self, gint64 from_us, GError **error)
{
	g_autoptr(GHashTable) found =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	g_autoptr(sqlite3_stmt) row = loa_store_prepare(
		self, error, "SELECT airing, stop_us FROM stop WHERE start_us >= ?", "i", from_us);
	LoaStep step = row == NULL ? LOA_STEP_ERROR : LOA_STEP_ROW;

	while (step == LOA_STEP_ROW && (step = loa_store_step(self, row, error)) == LOA_STEP_ROW) {
		gint64 *stop_us = g_new(gint64, 1);

		*stop_us = sqlite3_column_int64(row, 1);
		g_hash_table_insert(found, loa_store_column_text(row, 0), stop_us);
	}
	return step == LOA_STEP_DONE ? g_steal_pointer(&found) : NULL;
}

gboolean
loa_store_add_node(LoaStore *self, const LoaNodeRecord *n, GError **error)
{
	return loa_store_run(self, error,
			     "INSERT INTO node (id, grp, public_hex, added_us) VALUES (?, ?, ?, ?)",
			     "sssi", n->id, n->group, n->public_hex, n->added_us);
}

gboolean
loa_store_revoke_node(LoaStore *self, const char *id, gint64 now_us, GError **error)
{
	return loa_store_run(self, error,
			     "UPDATE node SET revoked_us = ? WHERE id = ? AND revoked_us = 0", "is",
			     now_us, id);
}

gboolean
loa_store_node_seen(LoaStore *self, const char *id, gint64 now_us, GError **error)
{
	return loa_store_run(self, error, "UPDATE node SET last_seen_us = ? WHERE id = ?", "is",
			     now_us, id);
}

gboolean
loa_store_set_node_volume(LoaStore *self, const char *id, double volume_db, GError **error)
{
	return loa_store_run(self, error, "UPDATE node SET volume_db = ? WHERE id = ?", "ds",
			     volume_db, id);
}

GPtrArray *
loa_store_nodes(LoaStore *self, GError **error)
{
	g_autoptr(GPtrArray) found =
		g_ptr_array_new_with_free_func((GDestroyNotify)loa_node_record_free);
	g_autoptr(sqlite3_stmt) row =
		loa_store_prepare(self, error,
				  "SELECT id, grp, public_hex, added_us, revoked_us, last_seen_us, "
				  "volume_db FROM node"
				  " ORDER BY id",
				  "");
	LoaStep step = row == NULL ? LOA_STEP_ERROR : LOA_STEP_ROW;

	while (step == LOA_STEP_ROW && (step = loa_store_step(self, row, error)) == LOA_STEP_ROW) {
		LoaNodeRecord *n = loa_node_record_new((const char *)sqlite3_column_text(row, 0),
						       (const char *)sqlite3_column_text(row, 1),
						       (const char *)sqlite3_column_text(row, 2),
						       sqlite3_column_int64(row, 3));

		n->revoked_us = sqlite3_column_int64(row, 4);
		n->last_seen_us = sqlite3_column_int64(row, 5);
		/* a file that somebody edited must not end the program that writes plans from it */
		n->volume_db =
			CLAMP(sqlite3_column_double(row, 6), LOA_VOLUME_MIN_DB, LOA_VOLUME_MAX_DB);
		g_ptr_array_add(found, n);
	}
	return step == LOA_STEP_DONE ? g_steal_pointer(&found) : NULL;
}

gboolean
loa_store_audit(LoaStore *self, gint64 at_us, const char *who, const char *address,
		const char *action, const char *subject, const char *detail, GError **error)
{
	return loa_store_run(self, error,
			     "INSERT INTO audit (at_us, who, address, action, subject, detail)"
			     " VALUES (?, ?, ?, ?, ?, ?)",
			     "isssss", at_us, who, address, action, subject, detail);
}
