/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/office/office-evidence.h"

#include "controller/proof/week.h"
#include "controller/store/store-record.h"

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

static LoaCredits *
load_credits(LoaOffice *self, gint64 from_us, gint64 to_us, GError **error)
{
	g_autoptr(GPtrArray) declared = loa_store_declared(self->parts.store, error);
	g_autoptr(GPtrArray) recordings =
		declared == NULL ? NULL : loa_store_recordings(self->parts.store, error);
	g_autoptr(GHashTable) firsts =
		recordings == NULL ? NULL
				   : loa_store_firsts(self->parts.store, from_us, to_us, error);

	if (firsts == NULL)
		return NULL;
	return loa_credits_new(g_steal_pointer(&declared), g_steal_pointer(&recordings),
			       g_steal_pointer(&firsts));
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
	evidence->credits = load_credits(self, from_us, to_us, error);
	return evidence->credits != NULL;
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
	g_clear_pointer(&evidence->credits, loa_credits_free);
}
