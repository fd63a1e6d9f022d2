/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/office/office-airings.h"

#include <string.h>

/* One group that has it. */
typedef struct {
	const char *group; /* borrowed */
	gint64 start_us;
	gboolean is_suspended;
} Place;

typedef struct {
	const LoaAiring *airing; /* borrowed: the earliest */
	GArray *places;          /* Place, in the order added */
	guint states;            /* a bit for each LoaAiringState there is */
	const char *overlay;     /* (nullable) (borrowed) */
	const char *overlay_name;
} Shown;

struct LoaOfficeAirings {
	LoaOffice *office;       /* borrowed */
	const LoaCaller *caller; /* borrowed */
	GPtrArray *list;         /* Shown */
	GHashTable *by_id;       /* airing id (borrowed) to Shown (borrowed) */
};

static void
shown_free(gpointer data)
{
	Shown *shown = data;

	g_array_unref(shown->places);
	g_free(shown);
}

LoaOfficeAirings *
loa_office_airings_new(LoaOffice *office, const LoaCaller *caller)
{
	LoaOfficeAirings *self = g_new0(LoaOfficeAirings, 1);

	self->office = office;
	self->caller = caller;
	self->list = g_ptr_array_new_with_free_func(shown_free);
	self->by_id = g_hash_table_new(g_str_hash, g_str_equal);
	return self;
}

void
loa_office_airings_add(LoaOfficeAirings *self, const LoaAiring *airing, const char *group,
		       LoaAiringState state)
{
	const Place place = { group, airing->start_us, state == LOA_AIRING_SUSPENDED };
	Shown *shown = g_hash_table_lookup(self->by_id, airing->id);

	if (!loa_caller_may_see_group(self->caller, group))
		return;
	if (shown == NULL) {
		shown = g_new0(Shown, 1);
		shown->airing = airing;
		shown->places = g_array_new(FALSE, FALSE, sizeof(Place));
		g_ptr_array_add(self->list, shown);
		g_hash_table_insert(self->by_id, airing->id, shown);
	}
	if (airing->start_us < shown->airing->start_us)
		shown->airing = airing;
	shown->states |= 1u << state;
	g_array_append_val(shown->places, place);
}

void
loa_office_airings_add_overlay(LoaOfficeAirings *self, const char *airing, const char *overlay,
			       const char *overlay_name)
{
	Shown *shown = g_hash_table_lookup(self->by_id, airing);

	/* in a group that the caller may not see */
	if (shown == NULL)
		return;
	shown->overlay = overlay;
	shown->overlay_name = overlay_name;
}

static gint
compare_starts(gconstpointer a, gconstpointer b)
{
	const LoaAiring *x = (*(const Shown *const *)a)->airing;
	const LoaAiring *y = (*(const Shown *const *)b)->airing;

	if (x->start_us != y->start_us)
		return x->start_us < y->start_us ? -1 : 1;
	return strcmp(x->id, y->id);
}

void
loa_office_airings_sort(LoaOfficeAirings *self)
{
	g_ptr_array_sort(self->list, compare_starts);
}

guint
loa_office_airings_n(const LoaOfficeAirings *self)
{
	return self->list->len;
}

const LoaAiring *
loa_office_airings_get(const LoaOfficeAirings *self, guint i)
{
	return ((const Shown *)g_ptr_array_index(self->list, i))->airing;
}

/* Over in some groups and ahead of others is neither: groups hear it in turn. */
static const char *
state_of(const Shown *shown)
{
	const guint between = 1u << LOA_AIRING_DONE | 1u << LOA_AIRING_PLANNED;

	if ((shown->states & 1u << LOA_AIRING_ON_AIR) != 0 || (shown->states & between) == between)
		return "on-air";
	if ((shown->states & 1u << LOA_AIRING_WAITING) != 0)
		return "waiting";
	if ((shown->states & 1u << LOA_AIRING_PLANNED) != 0)
		return "planned";
	if ((shown->states & 1u << LOA_AIRING_DONE) != 0)
		return "done";
	return (shown->states & 1u << LOA_AIRING_STOPPED) != 0 ? "stopped" : "suspended";
}

/* Who has its recording already. */
static JsonObject *
readiness_of(const LoaOffice *office, const LoaAiring *airing)
{
	g_auto(LoaReadinessCount) count = loa_readiness_count(office->parts.readiness, airing->id);
	JsonObject *object = json_object_new();
	JsonArray *missing = json_array_new();

	for (guint i = 0; i < count.missing->len; i++)
		json_array_add_string_element(missing, g_ptr_array_index(count.missing, i));
	json_object_set_int_member(object, "n", count.n_ready);
	json_object_set_int_member(object, "of", count.n_all);
	json_object_set_array_member(object, "missing", missing);
	return object;
}

/* {overlay, name, groups}, or null */
static JsonObject *
suspension_of(const Shown *shown)
{
	JsonObject *object;
	JsonArray *groups;

	if (shown->overlay == NULL)
		return NULL;
	object = json_object_new();
	groups = json_array_new();
	for (guint i = 0; i < shown->places->len; i++) {
		const Place *place = &g_array_index(shown->places, Place, i);

		if (place->is_suspended)
			json_array_add_string_element(groups, place->group);
	}
	json_object_set_string_member(object, "overlay", shown->overlay);
	json_object_set_string_member(object, "name", shown->overlay_name);
	json_object_set_array_member(object, "groups", groups);
	return object;
}

static JsonObject *
describe(const LoaOfficeAirings *self, const Shown *shown, gboolean with_ready)
{
	JsonArray *groups = json_array_new();
	JsonObject *later = json_object_new();
	JsonObject *object =
		loa_office_airing(self->office, shown->airing, groups, state_of(shown));

	for (guint i = 0; i < shown->places->len; i++) {
		const Place *place = &g_array_index(shown->places, Place, i);
		gint64 later_us = place->start_us - shown->airing->start_us;

		json_array_add_string_element(groups, place->group);
		if (later_us > 0)
			json_object_set_int_member(later, place->group, later_us / 1000);
	}
	json_object_set_object_member(object, "later_ms", later);
	json_object_set_object_member(object, "suspended", suspension_of(shown));
	if (with_ready && shown->airing->sha256 != NULL &&
	    !loa_caller_is_bound_to_groups(self->caller))
		json_object_set_object_member(object, "ready",
					      readiness_of(self->office, shown->airing));
	return object;
}

JsonArray *
loa_office_airings_to_json(LoaOfficeAirings *self, guint max, gboolean with_ready)
{
	JsonArray *array = json_array_new();

	loa_office_airings_sort(self);
	for (guint i = 0; i < MIN(self->list->len, max); i++)
		json_array_add_object_element(
			array, describe(self, g_ptr_array_index(self->list, i), with_ready));
	return array;
}

void
loa_office_airings_free(LoaOfficeAirings *self)
{
	if (self == NULL)
		return;
	g_hash_table_unref(self->by_id);
	g_ptr_array_unref(self->list);
	g_free(self);
}
