/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/office-evidence.h"

#include "controller/store-record.h"
#include "controller/week.h"

const char *
loa_office_group_name(LoaOffice *self, const char *id)
{
	const LoaGroup *group = loa_controller_config_group(self->parts.config, id);

	return group != NULL ? group->name : id;
}

GPtrArray *
loa_office_ticks_load(LoaOffice *self, GError **error)
{
	GPtrArray *ticks = loa_store_ticks(self->parts.store, error);
	LoaLocalTime local;

	loa_local_time_init(&local, self->parts.config->zone);
	for (guint i = 0; ticks != NULL && i < ticks->len; i++) {
		LoaTick *tick = g_ptr_array_index(ticks, i);

		/* it was one when it was written; a damaged row is of no week */
		if (!loa_week_parse(tick->week, &local, &tick->from_us, &tick->to_us))
			tick->from_us = tick->to_us = 0;
	}
	return ticks;
}

static gboolean
is_not_too_long(LoaOffice *self, gint64 from_us, gint64 to_us, guint max_lines, GError **error)
{
	GError *cause = NULL;
	gint64 n = 0;

	if (!loa_store_count_planned(self->parts.store, from_us, to_us, &n, &cause)) {
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

static GHashTable *
load_categories(LoaOffice *self, GError **error)
{
	const GPtrArray *broadcasts = loa_plan_desk_broadcasts(self->parts.desk);
	g_autoptr(GPtrArray) recordings = loa_store_recordings(self->parts.store, error);
	GHashTable *categories;

	if (recordings == NULL)
		return NULL;
	categories = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	for (guint i = 0; i < recordings->len; i++) {
		const LoaRecording *r = g_ptr_array_index(recordings, i);

		if (r->category != NULL)
			g_hash_table_replace(categories, g_strdup(r->sha256),
					     g_strdup(r->category));
	}
	for (guint i = 0; i < broadcasts->len; i++) {
		const LoaBroadcast *b = g_ptr_array_index(broadcasts, i);

		if (b->category != NULL)
			g_hash_table_replace(categories, g_strdup(b->id), g_strdup(b->category));
	}
	return categories;
}

const char *
loa_office_evidence_category(const LoaEvidence *evidence, const LoaAiring *airing)
{
	const char *category = g_hash_table_lookup(evidence->categories, airing->broadcast);

	if (category == NULL && airing->sha256 != NULL)
		category = g_hash_table_lookup(evidence->categories, airing->sha256);
	return category;
}

static gboolean
read_all(LoaOffice *self, gint64 from_us, gint64 to_us, LoaEvidence *evidence, GError **error)
{
	evidence->planned = loa_store_planned_airings(self->parts.store, from_us, to_us, error);
	if (evidence->planned == NULL)
		return FALSE;
	evidence->heard = loa_store_heard(self->parts.store, from_us, to_us, error);
	if (evidence->heard == NULL)
		return FALSE;
	evidence->ticks = loa_office_ticks_load(self, error);
	if (evidence->ticks == NULL)
		return FALSE;
	evidence->categories = load_categories(self, error);
	return evidence->categories != NULL;
}

gboolean
loa_office_evidence_load(LoaOffice *self, gint64 from_us, gint64 to_us, guint max_lines,
			 LoaEvidence *evidence, GError **error)
{
	g_auto(LoaEvidence) found = { 0 };
	GError *cause = NULL;

	if (!is_not_too_long(self, from_us, to_us, max_lines, error))
		return FALSE;
	if (!read_all(self, from_us, to_us, &found, &cause)) {
		loa_office_take_error(error, cause);
		return FALSE;
	}

	const LoaLogbookInput input = {
		.planned = found.planned,
		.heard = found.heard,
		.nodes = loa_registry_nodes(self->parts.registry),
		.ticks = found.ticks,
		.now_us = loa_office_now_us(self),
	};

	found.lines = loa_logbook_make(&input);
	*evidence = found;
	found = (LoaEvidence){ 0 };
	return TRUE;
}

void
loa_office_evidence_clear(LoaEvidence *evidence)
{
	/* the lines point into the others */
	g_clear_pointer(&evidence->lines, g_array_unref);
	g_clear_pointer(&evidence->planned, g_ptr_array_unref);
	g_clear_pointer(&evidence->heard, g_ptr_array_unref);
	g_clear_pointer(&evidence->ticks, g_ptr_array_unref);
	g_clear_pointer(&evidence->categories, g_hash_table_unref);
}
