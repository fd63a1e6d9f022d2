/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For logbook and reports: ticks, what was declared, what groups are called.
 */
#include "controller/store/store-record.h"

#include "controller/store/store-internal.h"

gboolean
loa_store_count_planned(LoaStore *self, gint64 from_us, gint64 to_us, gint64 *n, GError **error)
{
	g_autoptr(sqlite3_stmt) row = loa_store_prepare(
		self, error, "SELECT count(*) FROM planned WHERE start_us >= ? AND start_us < ?",
		"ii", from_us, to_us);

	if (row == NULL || loa_store_step(self, row, error) != LOA_STEP_ROW)
		return FALSE;
	*n = sqlite3_column_int64(row, 0);
	return TRUE;
}

gboolean
loa_store_put_tick(LoaStore *self, const LoaTick *t, gint64 *id, GError **error)
{
	g_autoptr(sqlite3_stmt) row = loa_store_prepare(
		self, error,
		"INSERT INTO tick (grp, week, airing, answer, note, who, at_us)"
		" VALUES (?, ?, ?, ?, ?, ?, ?)"
		" ON CONFLICT (grp, week, airing) DO UPDATE SET"
		" answer = excluded.answer, note = excluded.note, who = excluded.who,"
		" at_us = excluded.at_us RETURNING id",
		"ssssssi", t->group, t->week, t->airing != NULL ? t->airing : "",
		loa_answer_name(t->answer), t->note, t->by, t->at_us);

	if (row == NULL || loa_store_step(self, row, error) != LOA_STEP_ROW)
		return FALSE;
	if (id != NULL)
		*id = sqlite3_column_int64(row, 0);
	/* to its end, or it would not be written */
	return loa_store_step(self, row, error) == LOA_STEP_DONE;
}

static LoaTick *
read_tick(sqlite3_stmt *row)
{
	const char *airing = (const char *)sqlite3_column_text(row, 3);
	LoaTick *t = g_new0(LoaTick, 1);

	t->id = sqlite3_column_int64(row, 0);
	t->group = loa_store_column_text(row, 1);
	t->week = loa_store_column_text(row, 2);
	t->airing = airing != NULL && *airing != '\0' ? g_strdup(airing) : NULL;
	if (!loa_answer_from_name((const char *)sqlite3_column_text(row, 4), &t->answer))
		t->answer = LOA_ANSWER_UNCLEAR;
	t->note = loa_store_column_text(row, 5);
	t->by = loa_store_column_text(row, 6);
	t->at_us = sqlite3_column_int64(row, 7);
	return t;
}

GPtrArray *
loa_store_ticks(LoaStore *self, GError **error)
{
	g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func((GDestroyNotify)loa_tick_free);
	g_autoptr(sqlite3_stmt) row =
		loa_store_prepare(self, error,
				  "SELECT id, grp, week, airing, answer, note, who, at_us FROM tick"
				  " ORDER BY week, grp, id",
				  "");
	LoaStep step = row == NULL ? LOA_STEP_ERROR : LOA_STEP_ROW;

	while (step == LOA_STEP_ROW && (step = loa_store_step(self, row, error)) == LOA_STEP_ROW)
		g_ptr_array_add(found, read_tick(row));
	return step == LOA_STEP_DONE ? g_steal_pointer(&found) : NULL;
}

GPtrArray *
loa_store_declared(LoaStore *self, GError **error)
{
	return loa_store_read_declarations(
		self, error,
		"SELECT broadcast, json, from_us FROM declared ORDER BY broadcast, from_us");
}

gboolean
loa_store_put_group_label(LoaStore *self, const LoaGroup *label, GError **error)
{
	return loa_store_run(self, error,
			     "INSERT INTO group_label (grp, name, language) VALUES (?, ?, ?)"
			     " ON CONFLICT (grp) DO UPDATE SET name = excluded.name,"
			     " language = excluded.language",
			     "sss", label->id, label->name, label->language);
}

GPtrArray *
loa_store_group_labels(LoaStore *self, GError **error)
{
	g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func((GDestroyNotify)loa_group_free);
	g_autoptr(sqlite3_stmt) row = loa_store_prepare(
		self, error, "SELECT grp, name, language FROM group_label ORDER BY grp", "");
	LoaStep step = row == NULL ? LOA_STEP_ERROR : LOA_STEP_ROW;

	while (step == LOA_STEP_ROW && (step = loa_store_step(self, row, error)) == LOA_STEP_ROW) {
		LoaGroup *label = loa_group_new((const char *)sqlite3_column_text(row, 0),
						(const char *)sqlite3_column_text(row, 1));

		label->language = loa_store_column_text(row, 2);
		g_ptr_array_add(found, label);
	}
	return step == LOA_STEP_DONE ? g_steal_pointer(&found) : NULL;
}
