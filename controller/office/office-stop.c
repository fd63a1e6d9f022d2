/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stop: what is on air, what waits, what was to come.
 */
#include "controller/office/office-internal.h"

#include <string.h>

#include "controller/on-air.h"

#define DAY_US (G_GINT64_CONSTANT(86400) * G_USEC_PER_SEC)

static const LoaAiring *
find_airing(LoaOffice *self, const char *id)
{
	const GPtrArray *plans = loa_plan_desk_plans(self->parts.desk);
	const LoaAiring *airing = NULL;

	for (guint i = 0; i < plans->len && airing == NULL; i++)
		airing = loa_plan_find(g_ptr_array_index(plans, i), id);
	return airing;
}

/* Does any group still hear it, or will? An airing that had to wait ends later than planned. */
static gboolean
is_open(LoaOffice *self, const LoaAiring *airing, gint64 now_us)
{
	const GPtrArray *plans = loa_plan_desk_plans(self->parts.desk);

	for (guint i = 0; i < plans->len; i++) {
		const LoaAiring *here = loa_plan_find(g_ptr_array_index(plans, i), airing->id);

		if (here == NULL)
			continue;
		if (here->start_us > now_us)
			return TRUE;

		g_autoptr(GArray) now = loa_on_air_at(g_ptr_array_index(plans, i), now_us);

		for (guint j = 0; j < now->len; j++)
			if (strcmp(g_array_index(now, LoaOnAir, j).airing->id, airing->id) == 0)
				return TRUE;
	}
	return FALSE;
}

/* Those that are on air, wait, or begin within the playout delay. (element-type LoaAiring),
 * borrowed from the plans */
static GPtrArray *
collect_on_air(LoaOffice *self, gint64 now_us)
{
	const GPtrArray *plans = loa_plan_desk_plans(self->parts.desk);
	gint64 soon_us = now_us + self->parts.config->playout_delay_us;
	g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
	GPtrArray *found = g_ptr_array_new();

	for (guint i = 0; i < plans->len; i++) {
		const LoaPlan *plan = g_ptr_array_index(plans, i);

		for (guint j = 0; j < plan->airings->len; j++) {
			LoaAiring *airing = g_ptr_array_index(plan->airings, j);

			if (airing->start_us <= soon_us &&
			    !g_hash_table_contains(known, airing->id) &&
			    is_open(self, airing, now_us)) {
				g_hash_table_add(known, airing->id);
				g_ptr_array_add(found, airing);
			}
		}
	}
	return found;
}

static gboolean
write_stops(LoaOffice *self, const LoaCaller *caller, const GPtrArray *airings, gint64 now_us,
	    GError **error)
{
	GError *cause = NULL;

	if (!loa_office_begin(self, error))
		return FALSE;
	for (guint i = 0; i < airings->len; i++) {
		const LoaAiring *airing = g_ptr_array_index(airings, i);

		if (loa_store_add_stop(self->parts.store, airing->id, airing->start_us, now_us,
				       &cause) &&
		    loa_office_audit(self, caller, "stop", airing->id, "", &cause))
			continue;
		loa_office_undo(self, error, cause);
		return FALSE;
	}
	return loa_office_end(self, error);
}

/* A greeting for the next Tết lies beyond the plans for months. */
static gboolean
is_one_off_ahead(LoaOffice *self, const char *id, gint64 now_us)
{
	g_autoptr(GPtrArray) one_offs = loa_store_one_offs(self->parts.store, now_us + 1, NULL);

	for (guint i = 0; one_offs != NULL && i < one_offs->len; i++)
		if (strcmp(((const LoaOneOff *)g_ptr_array_index(one_offs, i))->airing, id) == 0)
			return TRUE;
	return FALSE;
}

static JsonNode *
stop_ahead(LoaOffice *self, const LoaCaller *caller, const char *id, gint64 now_us, GError **error)
{
	/* the stop's start says until when it is remembered: longer than any one-off is ahead */
	LoaAiring airing = { .id = (char *)id, .start_us = now_us + 800 * DAY_US };
	g_autoptr(GPtrArray) airings = g_ptr_array_new();
	JsonObject *object;

	g_ptr_array_add(airings, &airing);
	if (!write_stops(self, caller, airings, now_us, error))
		return NULL;
	object = json_object_new();
	json_array_add_string_element(loa_office_add_array(object, "stopped"), id);
	return loa_office_document(object);
}

JsonNode *
loa_office_stop(LoaOffice *self, const LoaCaller *caller, const char *id, GError **error)
{
	gint64 now_us = loa_office_now_us(self);
	g_autoptr(GPtrArray) airings = NULL;
	JsonArray *stopped = json_array_new();
	JsonObject *object = json_object_new();
	g_autoptr(JsonNode) answer = loa_office_document(object);

	json_object_set_array_member(object, "stopped", stopped);
	if (id != NULL) {
		const LoaAiring *airing = find_airing(self, id);

		if (airing == NULL && is_one_off_ahead(self, id, now_us))
			return stop_ahead(self, caller, id, now_us, error);
		if (airing == NULL)
			return loa_office_refuse(error, LOA_OFFICE_ERROR_NOT_FOUND,
						 "there is no airing \"%s\"; status shows what is "
						 "on air",
						 id);
		if (!is_open(self, airing, now_us))
			return loa_office_refuse(error, LOA_OFFICE_ERROR_CONFLICT,
						 "airing \"%s\" is over already", id);
		airings = g_ptr_array_new();
		g_ptr_array_add(airings, (gpointer)airing);
	} else {
		airings = collect_on_air(self, now_us);
	}
	for (guint i = 0; i < airings->len; i++)
		json_array_add_string_element(
			stopped, ((const LoaAiring *)g_ptr_array_index(airings, i))->id);
	if (airings->len > 0 && !write_stops(self, caller, airings, now_us, error))
		return NULL;
	return g_steal_pointer(&answer);
}
