/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/store/history.h"

#include <string.h>

#include "controller/store/store-internal.h"

#define DAY_US (G_GINT64_CONSTANT(86400) * G_USEC_PER_SEC)

/* An airing of which more rows may come. */
typedef struct {
	char *id;
	gint64 base_us;  /* when the first of its groups began */
	gint64 last_us;  /* and the last, so far */
	GPtrArray *rows; /* LoaPlannedRow */
} Pending;

struct LoaHistory {
	LoaStore *store; /* borrowed */
	gint64 from_us;
	gint64 to_us;
	sqlite3_stmt *planned; /* from a day before to a day after, by start, airing and group */
	sqlite3_stmt *heard;   /* of one airing */
	sqlite3_stmt *first;   /* of one SHA-256 */
	gint64 read_us;        /* nothing that starts earlier is still to come */
	gboolean is_read;      /* nothing at all is */
	GQueue pending;        /* Pending, by base_us, then id */
	GHashTable *by_id;     /* id (borrowed) to Pending (borrowed) */
	GHashTable *firsts;
};

static void
pending_free(gpointer data)
{
	Pending *pending = data;

	g_free(pending->id);
	g_clear_pointer(&pending->rows, g_ptr_array_unref);
	g_free(pending);
}

LoaHistory *
loa_history_new(LoaStore *store, gint64 from_us, gint64 to_us, GError **error)
{
	g_autoptr(LoaHistory) self = g_new0(LoaHistory, 1);

	self->store = store;
	self->from_us = from_us;
	self->to_us = MIN(to_us, LOA_TIME_MAX_US);
	self->read_us = G_MININT64;
	g_queue_init(&self->pending);
	self->by_id = g_hash_table_new(g_str_hash, g_str_equal);
	self->firsts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	self->planned = loa_store_prepare(
		store, error,
		"SELECT " LOA_STORE_PLANNED_COLUMNS " FROM planned"
		" WHERE start_us >= ? AND start_us < ? ORDER BY start_us, airing, grp",
		"ii", from_us - DAY_US, self->to_us + DAY_US);
	if (self->planned == NULL)
		return NULL;
	self->heard = loa_store_prepare(
		store, error,
		"SELECT airing, node, grp, result, level, reason, heard_ms FROM ledger"
		" WHERE airing = ? AND kind = 'outcome' AND is_superseded = 0 AND grp IS NOT NULL"
		" ORDER BY grp, node",
		"");
	if (self->heard == NULL)
		return NULL;
	self->first = loa_store_prepare(
		store, error,
		"SELECT start_us FROM planned WHERE sha256 = ? AND suspended_by IS NULL"
		" ORDER BY start_us LIMIT 1",
		"");
	return self->first != NULL ? g_steal_pointer(&self) : NULL;
}

/* @row: of `planned` */
static void
file_row(LoaHistory *self, sqlite3_stmt *row)
{
	const char *id = (const char *)sqlite3_column_text(row, LOA_STORE_PLANNED_ID);
	Pending *pending = g_hash_table_lookup(self->by_id, id);

	self->read_us = sqlite3_column_int64(row, LOA_STORE_PLANNED_START);
	if (pending == NULL) {
		pending = g_new0(Pending, 1);
		pending->id = g_strdup(id);
		pending->base_us = self->read_us;
		pending->rows =
			g_ptr_array_new_with_free_func((GDestroyNotify)loa_planned_row_free);
		g_queue_push_tail(&self->pending, pending);
		g_hash_table_insert(self->by_id, pending->id, pending);
	}
	pending->last_us = self->read_us;
	if (pending->base_us >= self->from_us && pending->base_us < self->to_us)
		g_ptr_array_add(pending->rows, loa_store_read_planned(row));
}

/* Until the first of those that wait is whole. */
static gboolean
read_on(LoaHistory *self, GError **error)
{
	for (;;) {
		const Pending *head = g_queue_peek_head(&self->pending);
		LoaStep step;

		if (self->is_read || (head != NULL && head->base_us + DAY_US <= self->read_us))
			return TRUE;
		step = loa_store_step(self->store, self->planned, error);
		if (step == LOA_STEP_ERROR)
			return FALSE;
		if (step == LOA_STEP_DONE)
			self->is_read = TRUE;
		else
			file_row(self, self->planned);
	}
}

static LoaHeard *
read_heard(sqlite3_stmt *row)
{
	LoaHeard *h = g_new0(LoaHeard, 1);

	h->airing = loa_store_column_text(row, 0);
	h->node = loa_store_column_text(row, 1);
	h->group = loa_store_column_text(row, 2);
	/* it was checked before it was written; a damaged row proves nothing */
	if (!loa_result_from_name((const char *)sqlite3_column_text(row, 3), &h->result))
		h->result = LOA_RESULT_MISSED;
	h->level = (LoaLevel)CLAMP(sqlite3_column_int(row, 4), LOA_LEVEL_PLAN, LOA_LEVEL_PERSON);
	h->reason = loa_store_column_text(row, 5);
	if (h->reason == NULL)
		h->reason = g_strdup("");
	h->heard_ms = sqlite3_column_int64(row, 6);
	return h;
}

/* Makes @statement ask for @key, which stays where it is until the answer was read. */
static void
ask(sqlite3_stmt *statement, const char *key)
{
	sqlite3_reset(statement);
	sqlite3_bind_text(statement, 1, key, -1, SQLITE_STATIC);
}

/* Of the groups it was planned for; both are by group. */
static gboolean
add_heard(LoaHistory *self, const Pending *airing, GPtrArray *heard, GError **error)
{
	guint at = 0;
	LoaStep step;

	ask(self->heard, airing->id);
	while ((step = loa_store_step(self->store, self->heard, error)) == LOA_STEP_ROW) {
		const char *group = (const char *)sqlite3_column_text(self->heard, 2);
		int order = 1;

		for (; at < airing->rows->len; at++) {
			const LoaPlannedRow *row = g_ptr_array_index(airing->rows, at);

			order = strcmp(row->group, group);
			if (order >= 0)
				break;
		}
		if (order == 0)
			g_ptr_array_add(heard, read_heard(self->heard));
	}
	sqlite3_reset(self->heard);
	return step == LOA_STEP_DONE;
}

static gboolean
find_first(LoaHistory *self, const char *sha256, GError **error)
{
	LoaStep step;

	ask(self->first, sha256);
	step = loa_store_step(self->store, self->first, error);
	if (step == LOA_STEP_ROW) {
		gint64 *first_us = g_new(gint64, 1);

		*first_us = sqlite3_column_int64(self->first, 0);
		g_hash_table_replace(self->firsts, g_strdup(sha256), first_us);
	}
	sqlite3_reset(self->first);
	return step != LOA_STEP_ERROR;
}

static gboolean
add_firsts(LoaHistory *self, const Pending *airing, GError **error)
{
	const char *before = NULL;

	for (guint i = 0; i < airing->rows->len; i++) {
		const LoaPlannedRow *row = g_ptr_array_index(airing->rows, i);
		const char *sha256 = row->airing->sha256;

		/* it is the same in all groups, but for an edit between their plans */
		if (sha256 == NULL || g_strcmp0(sha256, before) == 0)
			continue;
		before = sha256;
		if (!g_hash_table_contains(self->firsts, sha256) &&
		    !find_first(self, sha256, error))
			return FALSE;
	}
	return TRUE;
}

static gint
compare_groups(gconstpointer a, gconstpointer b)
{
	return strcmp((*(const LoaPlannedRow *const *)a)->group,
		      (*(const LoaPlannedRow *const *)b)->group);
}

LoaHistoryStep
loa_history_next(LoaHistory *self, GPtrArray *planned, GPtrArray *heard, GError **error)
{
	Pending *airing = NULL;
	gboolean ok = FALSE;

	do {
		g_clear_pointer(&airing, pending_free);
		if (!read_on(self, error))
			return LOA_HISTORY_ERROR;
		airing = g_queue_pop_head(&self->pending);
		if (airing == NULL)
			return LOA_HISTORY_END;
		g_hash_table_remove(self->by_id, airing->id);
	} while (airing->rows->len == 0); /* it began before the time, or begins after it */

	/* where all began together they came by group */
	if (airing->last_us != airing->base_us)
		g_ptr_array_sort(airing->rows, compare_groups);
	ok = add_heard(self, airing, heard, error) && add_firsts(self, airing, error);
	if (ok)
		g_ptr_array_extend_and_steal(planned, g_steal_pointer(&airing->rows));
	pending_free(airing);
	return ok ? LOA_HISTORY_AIRING : LOA_HISTORY_ERROR;
}

GHashTable *
loa_history_firsts(const LoaHistory *self)
{
	return self->firsts;
}

void
loa_history_free(LoaHistory *self)
{
	if (self == NULL)
		return;
	g_queue_clear_full(&self->pending, pending_free);
	g_hash_table_unref(self->by_id);
	g_hash_table_unref(self->firsts);
	sqlite3_finalize(self->planned);
	sqlite3_finalize(self->heard);
	sqlite3_finalize(self->first);
	g_free(self);
}
