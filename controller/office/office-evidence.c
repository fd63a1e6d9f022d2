/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/office/office-evidence.h"

#include "controller/proof/week.h"
#include "controller/store/history.h"
#include "controller/store/store-record.h"

const char *
loa_office_group_name(LoaOffice *self, const char *id)
{
	const LoaGroup *group = loa_controller_config_group(self->parts.config, id);

	return group != NULL ? group->name : id;
}

GPtrArray *
loa_office_ticks_load(LoaStore *store, GTimeZone *zone, GError **error)
{
	GPtrArray *ticks = loa_store_ticks(store, error);
	LoaLocalTime local;

	loa_local_time_init(&local, zone);
	for (guint i = 0; ticks != NULL && i < ticks->len; i++) {
		LoaTick *tick = g_ptr_array_index(ticks, i);

		/* it was one when it was written; a damaged row is of no week */
		if (!loa_week_parse(tick->week, &local, &tick->from_us, &tick->to_us))
			tick->from_us = tick->to_us = 0;
	}
	return ticks;
}

static gboolean
is_not_too_long(const LoaBooks *books, gint64 from_us, gint64 to_us, guint max_lines,
		GError **error)
{
	GError *cause = NULL;
	gint64 n = 0;

	if (!loa_store_count_planned(books->store, from_us, to_us, &n, &cause)) {
		loa_office_take_error(error, cause);
		return FALSE;
	}
	if (n <= max_lines)
		return TRUE;
	loa_office_refuse(error, LOA_OFFICE_ERROR_BAD_REQUEST,
			  "there are %" G_GINT64_FORMAT " lines in that time, and at most %u go "
			  "into one answer: ask for a shorter time",
			  n, max_lines);
	return FALSE;
}

LoaCredits *
loa_books_credits(const LoaBooks *books, const LoaHistory *history, GError **error)
{
	g_autoptr(GPtrArray) declared = loa_store_declared(books->store, error);
	g_autoptr(GPtrArray) recordings =
		declared == NULL ? NULL : loa_store_recordings(books->store, error);

	if (recordings == NULL)
		return NULL;
	return loa_credits_new(g_steal_pointer(&declared), g_steal_pointer(&recordings),
			       g_hash_table_ref(loa_history_firsts(history)));
}

static gboolean
read_all(const LoaBooks *books, gint64 from_us, gint64 to_us, LoaEvidence *evidence, GError **error)
{
	g_autoptr(LoaHistory) history = loa_history_new(books->store, from_us, to_us, error);
	LoaHistoryStep step = LOA_HISTORY_AIRING;

	if (history == NULL)
		return FALSE;
	evidence->planned = g_ptr_array_new_with_free_func((GDestroyNotify)loa_planned_row_free);
	evidence->heard = g_ptr_array_new_with_free_func((GDestroyNotify)loa_heard_free);
	while (step == LOA_HISTORY_AIRING) {
		if (!loa_books_is_wanted(books, error))
			return FALSE;
		step = loa_history_next(history, evidence->planned, evidence->heard, error);
	}
	if (step == LOA_HISTORY_ERROR)
		return FALSE;
	evidence->ticks = loa_office_ticks_load(books->store, books->config->zone, error);
	if (evidence->ticks == NULL)
		return FALSE;
	evidence->nodes = loa_store_nodes(books->store, error);
	if (evidence->nodes == NULL)
		return FALSE;
	evidence->credits = loa_books_credits(books, history, error);
	return evidence->credits != NULL;
}

gboolean
loa_books_evidence(const LoaBooks *books, gint64 from_us, gint64 to_us, guint max_lines,
		   LoaEvidence *evidence, GError **error)
{
	g_auto(LoaEvidence) found = { 0 };
	g_autoptr(LoaLogbook) book = NULL;
	GError *cause = NULL;

	if (!is_not_too_long(books, from_us, to_us, max_lines, error))
		return FALSE;
	if (!read_all(books, from_us, to_us, &found, &cause)) {
		loa_office_take_error(error, cause);
		return FALSE;
	}
	book = loa_logbook_new(found.nodes, found.ticks, books->now_us);
	found.lines = g_array_sized_new(FALSE, FALSE, sizeof(LoaLine), found.planned->len);
	loa_logbook_add_lines(book, found.planned, found.heard, found.lines);
	*evidence = found;
	found = (LoaEvidence){ 0 };
	return TRUE;
}

void
loa_evidence_clear(LoaEvidence *evidence)
{
	/* the lines point into the others */
	g_clear_pointer(&evidence->lines, g_array_unref);
	g_clear_pointer(&evidence->planned, g_ptr_array_unref);
	g_clear_pointer(&evidence->heard, g_ptr_array_unref);
	g_clear_pointer(&evidence->ticks, g_ptr_array_unref);
	g_clear_pointer(&evidence->nodes, g_ptr_array_unref);
	g_clear_pointer(&evidence->credits, loa_credits_free);
}
