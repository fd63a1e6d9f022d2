/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recordings: what they are called, what they hold, and who approved it.
 */
#include "controller/store/store-internal.h"

#define COLUMNS                                                                                    \
	"id, title, category, sha256, size_bytes, n_samples, pre_skip, loudness_lufs,"             \
	" true_peak_dbtp, original_name, original_sha256, is_confidential, imported_us,"           \
	" imported_by, kind, lead_unit, author, language, text, is_template, expires_us,"          \
	" state, submitted_by, approved_by, approved_name, approved_us, approved_sha256, reason"

/* A row is replaced, not deleted and made anew: one-off airings refer to it. */
gboolean
loa_store_put_recording(LoaStore *self, const LoaRecording *r, GError **error)
{
	const LoaApproval *a = &r->approval;

	return loa_store_run(
		self, error,
		"INSERT INTO recording (" COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
		" ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
		" ON CONFLICT (id) DO UPDATE SET title = excluded.title,"
		" category = excluded.category, sha256 = excluded.sha256,"
		" size_bytes = excluded.size_bytes, n_samples = excluded.n_samples,"
		" pre_skip = excluded.pre_skip, loudness_lufs = excluded.loudness_lufs,"
		" true_peak_dbtp = excluded.true_peak_dbtp,"
		" original_name = excluded.original_name,"
		" original_sha256 = excluded.original_sha256,"
		" is_confidential = excluded.is_confidential, imported_us = excluded.imported_us,"
		" imported_by = excluded.imported_by, kind = excluded.kind,"
		" lead_unit = excluded.lead_unit, author = excluded.author,"
		" language = excluded.language, text = excluded.text,"
		" is_template = excluded.is_template, expires_us = excluded.expires_us,"
		" state = excluded.state, submitted_by = excluded.submitted_by,"
		" approved_by = excluded.approved_by, approved_name = excluded.approved_name,"
		" approved_us = excluded.approved_us,"
		" approved_sha256 = excluded.approved_sha256, reason = excluded.reason",
		"ssssiiiddssiissssssiissssiss", r->id, r->title, r->category, r->sha256,
		r->size_bytes, r->n_samples, (gint64)r->pre_skip, r->loudness_lufs,
		r->true_peak_dbtp, r->original_name, r->original_sha256, (gint64)r->is_confidential,
		r->imported_us, r->imported_by, r->kind, r->lead_unit, r->author, r->language,
		r->text, (gint64)r->is_template, r->expires_us, loa_approval_state_name(a->state),
		a->submitted_by, a->by, a->name, a->at_us, a->sha256, a->reason);
}

static void
read_approval(sqlite3_stmt *row, LoaApproval *a)
{
	/* a word of another program: nothing that anybody here approved */
	if (!loa_approval_state_from_name((const char *)sqlite3_column_text(row, 21), &a->state))
		a->state = LOA_APPROVAL_DRAFT;
	a->submitted_by = loa_store_column_text(row, 22);
	a->by = loa_store_column_text(row, 23);
	a->name = loa_store_column_text(row, 24);
	a->at_us = sqlite3_column_int64(row, 25);
	a->sha256 = loa_store_column_text(row, 26);
	a->reason = loa_store_column_text(row, 27);
}

static LoaRecording *
read_recording(sqlite3_stmt *row)
{
	LoaRecording *r = loa_recording_new();

	r->id = loa_store_column_text(row, 0);
	r->title = loa_store_column_text(row, 1);
	r->category = loa_store_column_text(row, 2);
	r->sha256 = loa_store_column_text(row, 3);
	r->size_bytes = sqlite3_column_int64(row, 4);
	r->n_samples = sqlite3_column_int64(row, 5);
	r->pre_skip = (guint32)sqlite3_column_int64(row, 6);
	r->loudness_lufs = sqlite3_column_double(row, 7);
	r->true_peak_dbtp = sqlite3_column_double(row, 8);
	r->original_name = loa_store_column_text(row, 9);
	r->original_sha256 = loa_store_column_text(row, 10);
	r->is_confidential = sqlite3_column_int(row, 11) != 0;
	r->imported_us = sqlite3_column_int64(row, 12);
	r->imported_by = loa_store_column_text(row, 13);
	r->kind = loa_store_column_text(row, 14);
	r->lead_unit = loa_store_column_text(row, 15);
	r->author = loa_store_column_text(row, 16);
	r->language = loa_store_column_text(row, 17);
	r->text = loa_store_column_text(row, 18);
	r->is_template = sqlite3_column_int(row, 19) != 0;
	r->expires_us = sqlite3_column_int64(row, 20);
	read_approval(row, &r->approval);
	return r;
}

GPtrArray *
loa_store_recordings(LoaStore *self, GError **error)
{
	g_autoptr(GPtrArray) found =
		g_ptr_array_new_with_free_func((GDestroyNotify)loa_recording_free);
	g_autoptr(sqlite3_stmt) row = loa_store_prepare(
		self, error, "SELECT " COLUMNS " FROM recording ORDER BY imported_us DESC, id", "");
	LoaStep step = row == NULL ? LOA_STEP_ERROR : LOA_STEP_ROW;

	while (step == LOA_STEP_ROW && (step = loa_store_step(self, row, error)) == LOA_STEP_ROW)
		g_ptr_array_add(found, read_recording(row));
	return step == LOA_STEP_DONE ? g_steal_pointer(&found) : NULL;
}

LoaRecording *
loa_store_recording(LoaStore *self, const char *id, GError **error)
{
	g_autoptr(sqlite3_stmt) row = loa_store_prepare(
		self, error, "SELECT " COLUMNS " FROM recording WHERE id = ?", "s", id);

	if (row == NULL || loa_store_step(self, row, error) != LOA_STEP_ROW)
		return NULL;
	return read_recording(row);
}
