/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was planned for which group, and the serials of the plans.
 */
#include "controller/store/store-internal.h"
#include "controller/store/store-record.h"

static LoaAiring *
read_airing(sqlite3_stmt *row)
{
	LoaAiring *a = loa_airing_new();

	a->id = loa_store_column_text(row, 0);
	a->broadcast = loa_store_column_text(row, 1);
	a->title = loa_store_column_text(row, 2);
	if (!loa_class_from_name((const char *)sqlite3_column_text(row, 3), &a->class))
		a->class = LOA_CLASS_NORMAL;
	a->order = (guint32)sqlite3_column_int64(row, 4);
	a->start_us = sqlite3_column_int64(row, 5);
	a->stop_us = sqlite3_column_int64(row, 6);
	if (!loa_resume_from_name((const char *)sqlite3_column_text(row, 7), &a->resume))
		a->resume = LOA_RESUME_PAUSE;
	a->grace_us = sqlite3_column_int64(row, 8);
	a->is_live = sqlite3_column_int(row, 9) != 0;
	a->n_samples = sqlite3_column_int64(row, 10);
	a->pre_skip = (guint32)sqlite3_column_int64(row, 11);
	a->sha256 = loa_store_column_text(row, 12);
	a->size_bytes = sqlite3_column_int64(row, 13);
	a->exception = loa_store_column_text(row, 14);
	return a;
}

GHashTable *
loa_store_planned(LoaStore *self, const char *group, gint64 from_us, gint64 to_us, GError **error)
{
	g_autoptr(GHashTable) found = g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
							    (GDestroyNotify)loa_airing_free);
	/* two statements: one with "grp = ? or any" would read the plans of all groups for each */
	const char *sql = group == NULL ? "SELECT " LOA_STORE_AIRING_COLUMNS " FROM planned"
					  " WHERE start_us >= ? AND start_us < ?"
					  " AND withdrawn_us = 0"
					: "SELECT " LOA_STORE_AIRING_COLUMNS " FROM planned"
					  " WHERE start_us >= ? AND start_us < ?"
					  " AND withdrawn_us = 0 AND grp = ?";
	g_autoptr(sqlite3_stmt) row = loa_store_prepare(
		self, error, sql, group == NULL ? "ii" : "iis", from_us, to_us, group);
	LoaStep step = row == NULL ? LOA_STEP_ERROR : LOA_STEP_ROW;

	while (step == LOA_STEP_ROW && (step = loa_store_step(self, row, error)) == LOA_STEP_ROW) {
		LoaAiring *airing = read_airing(row);

		/* the key lies in the value: both have to be replaced together */
		g_hash_table_replace(found, airing->id, airing);
	}
	return step == LOA_STEP_DONE ? g_steal_pointer(&found) : NULL;
}

void
loa_planned_row_free(LoaPlannedRow *self)
{
	if (self == NULL)
		return;
	g_free(self->group);
	loa_airing_free(self->airing);
	g_free(self->suspended_by);
	g_free(self->suspended_name);
	g_free(self);
}

LoaPlannedRow *
loa_store_read_planned(sqlite3_stmt *row)
{
	LoaPlannedRow *planned = g_new0(LoaPlannedRow, 1);

	planned->airing = read_airing(row);
	planned->group = loa_store_column_text(row, 15);
	planned->withdrawn_us = sqlite3_column_int64(row, 16);
	planned->suspended_by = loa_store_column_text(row, 17);
	planned->suspended_name = loa_store_column_text(row, 18);
	return planned;
}

GPtrArray *
loa_store_planned_rows(LoaStore *self, gint64 from_us, gint64 to_us, GError **error)
{
	g_autoptr(GPtrArray) found =
		g_ptr_array_new_with_free_func((GDestroyNotify)loa_planned_row_free);
	g_autoptr(sqlite3_stmt) row = loa_store_prepare(
		self, error,
		"SELECT " LOA_STORE_PLANNED_COLUMNS " FROM planned"
		" WHERE start_us >= ? AND start_us < ? ORDER BY start_us, airing, grp",
		"ii", from_us, to_us);
	LoaStep step = row == NULL ? LOA_STEP_ERROR : LOA_STEP_ROW;

	while (step == LOA_STEP_ROW && (step = loa_store_step(self, row, error)) == LOA_STEP_ROW)
		g_ptr_array_add(found, loa_store_read_planned(row));
	return step == LOA_STEP_DONE ? g_steal_pointer(&found) : NULL;
}

static gboolean
save_airing(LoaStore *self, const char *group, const LoaAiring *a, GError **error)
{
	return loa_store_run(
		self, error,
		"INSERT INTO planned (grp, " LOA_STORE_AIRING_COLUMNS ")"
		" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
		" ON CONFLICT (grp, airing) DO UPDATE SET broadcast = excluded.broadcast,"
		" title = excluded.title, class = excluded.class, ord = excluded.ord,"
		" start_us = excluded.start_us, stop_us = excluded.stop_us,"
		" resume = excluded.resume, grace_us = excluded.grace_us,"
		" is_live = excluded.is_live, n_samples = excluded.n_samples,"
		" pre_skip = excluded.pre_skip, sha256 = excluded.sha256,"
		" size_bytes = excluded.size_bytes, exception = excluded.exception,"
		" withdrawn_us = 0, suspended_by = NULL, suspended_name = NULL",
		"sssssiiisiiiisis", group, a->id, a->broadcast, a->title, loa_class_name(a->class),
		(gint64)a->order, a->start_us, a->stop_us, loa_resume_name(a->resume), a->grace_us,
		(gint64)a->is_live, a->n_samples, (gint64)a->pre_skip, a->sha256, a->size_bytes,
		a->exception);
}

/* For those who do not ask why, it was withdrawn before anybody could hear it. What is over keeps
 * the reason that it had then. */
static gboolean
save_suspension(LoaStore *self, const LoaSuspension *suspension, GError **error)
{
	const LoaAiring *a = suspension->airing;

	return loa_store_run(self, error,
			     "INSERT INTO planned (grp, " LOA_STORE_AIRING_COLUMNS
			     ", withdrawn_us, suspended_by,"
			     " suspended_name)"
			     " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
			     " ON CONFLICT (grp, airing) DO NOTHING",
			     "sssssiiisiiiisisiss", suspension->group, a->id, a->broadcast,
			     a->title, loa_class_name(a->class), (gint64)a->order, a->start_us,
			     a->stop_us, loa_resume_name(a->resume), a->grace_us,
			     (gint64)a->is_live, a->n_samples, (gint64)a->pre_skip, a->sha256,
			     a->size_bytes, a->exception, a->start_us, suspension->overlay,
			     suspension->overlay_name);
}

gboolean
loa_store_save_suspended(LoaStore *self, const GPtrArray *suspended, gint64 now_us, GError **error)
{
	gboolean ok;

	if (!loa_store_begin(self, error))
		return FALSE;
	ok = loa_store_run(self, error,
			   "DELETE FROM planned WHERE suspended_by IS NOT NULL AND start_us > ?",
			   "i", now_us);
	for (guint i = 0; ok && i < suspended->len; i++)
		ok = save_suspension(self, g_ptr_array_index(suspended, i), error);
	if (!ok) {
		loa_store_rollback(self);
		return FALSE;
	}
	return loa_store_commit(self, error);
}

/* Those that were planned and are in the plan no more. */
static gboolean
withdraw_rest(LoaStore *self, const char *group, GHashTable *rest, gint64 now_us, GError **error)
{
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, rest);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		const LoaAiring *airing = value;
		gboolean ok = airing->start_us > now_us
				      ? loa_store_run(self, error,
						      "DELETE FROM planned WHERE grp = ? AND"
						      " airing = ?",
						      "ss", group, airing->id)
				      : loa_store_run(self, error,
						      "UPDATE planned SET withdrawn_us = ?"
						      " WHERE grp = ? AND airing = ?",
						      "iss", now_us, group, airing->id);

		if (!ok)
			return FALSE;
	}
	return TRUE;
}

/* An airing that has left the plan because its day is over was not withdrawn: only what could
 * still have been heard counts. */
static void
forget_ended(GHashTable *known, gint64 now_us)
{
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, known);
	while (g_hash_table_iter_next(&iter, NULL, &value))
		if (loa_airing_end_us(value) <= now_us)
			g_hash_table_iter_remove(&iter);
}

static gboolean
save_airings(LoaStore *self, const LoaPlan *plan, gint64 now_us, GError **error)
{
	/* what ended before the plan's first airing is history; the longest airing lasts 12 h */
	gint64 longest_us = LOA_AIRING_MAX_SAMPLES / LOA_SAMPLE_RATE * G_USEC_PER_SEC;
	gint64 from_us = now_us - longest_us;

	if (plan->airings->len > 0) {
		const LoaAiring *first = g_ptr_array_index(plan->airings, 0);

		from_us = MIN(from_us, first->start_us);
	}

	g_autoptr(GHashTable) known =
		loa_store_planned(self, plan->group, from_us, G_MAXINT64, error);

	if (known == NULL)
		return FALSE;
	for (guint i = 0; i < plan->airings->len; i++) {
		const LoaAiring *airing = g_ptr_array_index(plan->airings, i);
		const LoaAiring *old = g_hash_table_lookup(known, airing->id);

		if ((old == NULL || !loa_records_same_airing(old, airing)) &&
		    !save_airing(self, plan->group, airing, error))
			return FALSE;
		g_hash_table_remove(known, airing->id);
	}
	forget_ended(known, now_us);
	return withdraw_rest(self, plan->group, known, now_us, error);
}

gboolean
loa_store_save_plan(LoaStore *self, const LoaPlan *plan, gint64 now_us, GError **error)
{
	if (!loa_store_begin(self, error))
		return FALSE;
	if (!loa_store_run(self, error,
			   "INSERT INTO plan_serial (grp, serial) VALUES (?, ?)"
			   " ON CONFLICT (grp) DO UPDATE SET serial = max(serial, excluded.serial)",
			   "si", plan->group, plan->serial) ||
	    !save_airings(self, plan, now_us, error)) {
		loa_store_rollback(self);
		return FALSE;
	}
	return loa_store_commit(self, error);
}

gboolean
loa_store_plan_serial(LoaStore *self, const char *group, gint64 *serial, GError **error)
{
	g_autoptr(sqlite3_stmt) row = loa_store_prepare(
		self, error, "SELECT coalesce(max(serial), 0) FROM plan_serial WHERE grp = ?", "s",
		group);

	if (row == NULL || loa_store_step(self, row, error) != LOA_STEP_ROW)
		return FALSE;
	*serial = sqlite3_column_int64(row, 0);
	return TRUE;
}
