/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Takes: recordings that are still being made, piece by piece.
 */
#include "controller/store/store-internal.h"

gboolean
loa_store_put_take(LoaStore *self, const LoaTake *t, GError **error)
{
	return loa_store_run(
		self, error,
		"INSERT INTO take (id, owner, title, mime, text, created_us, touched_us, next_seq,"
		" size_bytes, finished_us, failure, recording, parts)"
		" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
		" ON CONFLICT (id) DO UPDATE SET touched_us = excluded.touched_us,"
		" next_seq = excluded.next_seq, size_bytes = excluded.size_bytes,"
		" finished_us = excluded.finished_us, failure = excluded.failure,"
		" recording = excluded.recording, parts = excluded.parts",
		"sssssiiiiisss", t->id, t->owner, t->title, t->mime, t->text, t->created_us,
		t->touched_us, t->next_seq, t->size_bytes, t->finished_us, t->failure, t->recording,
		t->parts);
}

static LoaTake *
read_take(sqlite3_stmt *row)
{
	LoaTake *t = loa_take_new();

	t->id = loa_store_column_text(row, 0);
	t->owner = loa_store_column_text(row, 1);
	t->title = loa_store_column_text(row, 2);
	t->mime = loa_store_column_text(row, 3);
	t->text = loa_store_column_text(row, 4);
	t->created_us = sqlite3_column_int64(row, 5);
	t->touched_us = sqlite3_column_int64(row, 6);
	t->next_seq = sqlite3_column_int64(row, 7);
	t->size_bytes = sqlite3_column_int64(row, 8);
	t->finished_us = sqlite3_column_int64(row, 9);
	t->failure = loa_store_column_text(row, 10);
	t->recording = loa_store_column_text(row, 11);
	g_free(t->parts);
	t->parts = loa_store_column_text(row, 12);
	return t;
}

GPtrArray *
loa_store_takes(LoaStore *self, const char *owner, GError **error)
{
	g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func((GDestroyNotify)loa_take_free);
	g_autoptr(sqlite3_stmt) row = loa_store_prepare(
		self, error,
		"SELECT id, owner, title, mime, text, created_us, touched_us, next_seq, size_bytes,"
		" finished_us, failure, recording, parts FROM take WHERE ?1 IS NULL OR owner = ?1"
		" ORDER BY created_us, id",
		"s", owner);
	LoaStep step = row == NULL ? LOA_STEP_ERROR : LOA_STEP_ROW;

	while (step == LOA_STEP_ROW && (step = loa_store_step(self, row, error)) == LOA_STEP_ROW)
		g_ptr_array_add(found, read_take(row));
	return step == LOA_STEP_DONE ? g_steal_pointer(&found) : NULL;
}

gboolean
loa_store_remove_take(LoaStore *self, const char *id, GError **error)
{
	return loa_store_run(self, error, "DELETE FROM take WHERE id = ?", "s", id);
}
