/* SPDX-License-Identifier: Apache-2.0 */
#include "schedules/conflict.h"

#include <string.h>

#include "schedules/broadcast-json.h"
#include "schedules/local-time.h"

#define MINUTE_US (60 * LOA_SECOND_US)
#define MAX_ORDER 9999

static const LoaBroadcast *
other(const LoaConflict *self, const LoaBroadcast *one)
{
	return one == self->earlier ? self->later : self->earlier;
}

GPtrArray *
loa_conflict_groups(const LoaConflict *self)
{
	GPtrArray *shared = g_ptr_array_new();
	const LoaBroadcast *named = self->earlier->to_all ? self->later : self->earlier;
	const LoaBroadcast *against = other(self, named);

	for (guint i = 0; !named->to_all && i < named->groups->len; i++)
		if (loa_broadcast_is_for(against, g_ptr_array_index(named->groups, i)))
			g_ptr_array_add(shared, g_ptr_array_index(named->groups, i));
	for (guint i = 0; named->to_all && self->groups != NULL && i < self->groups->len; i++)
		g_ptr_array_add(shared, ((const LoaGroup *)g_ptr_array_index(self->groups, i))->id);
	return shared;
}

LoaBroadcast *
loa_conflict_order(const LoaConflict *self, const LoaBroadcast *winner)
{
	const LoaBroadcast *loser = other(self, winner);
	LoaBroadcast *edited;

	if (loser->order > 0) {
		edited = loa_broadcast_copy(winner);
		edited->order = loser->order - 1;
		return edited;
	}
	if (winner->order >= MAX_ORDER)
		return NULL;
	edited = loa_broadcast_copy(loser);
	edited->order = winner->order + 1;
	return edited;
}

static gint
compare_times(gconstpointer a, gconstpointer b)
{
	return *(const gint32 *)a - *(const gint32 *)b;
}

/* The wall clock's seconds after midnight; -1: on another day than @day_us */
static gint32
wall_s(LoaLocalTime *local, gint64 us, gint64 day_us)
{
	gint32 at_s = 0;
	LoaDay day = loa_local_time_from_us(local, us, &at_s);
	LoaDay wanted = loa_local_time_from_us(local, day_us, NULL);

	return loa_day_compare(day, wanted) == 0 ? at_s : -1;
}

static gint64
moved_us(const LoaConflict *self)
{
	gint64 us = self->free_us + LOA_CONFLICT_GAP_S * LOA_SECOND_US;

	return (us + MINUTE_US - 1) / MINUTE_US * MINUTE_US;
}

LoaBroadcast *
loa_conflict_shift(const LoaConflict *self, GTimeZone *zone)
{
	LoaLocalTime local;
	LoaBroadcast *edited;
	gint32 was_s, is_s;
	gboolean is_found = FALSE, is_there = FALSE;

	loa_local_time_init(&local, zone);
	was_s = wall_s(&local, self->later_us, self->later_us);
	is_s = wall_s(&local, moved_us(self), self->later_us);
	if (is_s < 0)
		return NULL;
	edited = loa_broadcast_copy(self->later);
	for (guint i = 0; i < edited->at_s->len; i++) {
		gint32 at_s = g_array_index(edited->at_s, gint32, i);

		is_there = is_there || at_s == is_s;
		if (at_s != was_s)
			continue;
		g_array_remove_index(edited->at_s, i--);
		is_found = TRUE;
	}
	/* by the moon of Tết, or before an event: there is no wall time to move */
	if (!is_found) {
		loa_broadcast_free(edited);
		return NULL;
	}
	if (!is_there)
		g_array_append_val(edited->at_s, is_s);
	g_array_sort(edited->at_s, compare_times);
	return edited;
}

static gboolean
has(const GPtrArray *ids, const char *id)
{
	for (guint i = 0; i < ids->len; i++)
		if (strcmp(g_ptr_array_index(ids, i), id) == 0)
			return TRUE;
	return FALSE;
}

static gint
compare_texts(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

LoaBroadcast *
loa_conflict_split(const LoaConflict *self, const LoaBroadcast *keeper)
{
	const LoaBroadcast *loser = other(self, keeper);
	g_autoptr(GPtrArray) shared = loa_conflict_groups(self);
	g_autoptr(GPtrArray) rest = g_ptr_array_new_with_free_func(g_free);
	LoaBroadcast *edited;

	for (guint i = 0; !loser->to_all && i < loser->groups->len; i++)
		if (!has(shared, g_ptr_array_index(loser->groups, i)))
			g_ptr_array_add(rest, g_strdup(g_ptr_array_index(loser->groups, i)));
	for (guint i = 0; loser->to_all && self->groups != NULL && i < self->groups->len; i++) {
		const LoaGroup *group = g_ptr_array_index(self->groups, i);

		if (!has(shared, group->id))
			g_ptr_array_add(rest, g_strdup(group->id));
	}
	if (rest->len == 0)
		return NULL;
	g_ptr_array_sort(rest, compare_texts);
	edited = loa_broadcast_copy(loser);
	edited->to_all = FALSE;
	g_ptr_array_unref(edited->groups);
	edited->groups = g_steal_pointer(&rest);
	return edited;
}

/* @edited: (transfer full) (nullable): then nothing is added */
static void
add_choice(JsonArray *choices, const char *kind, const char *name, const char *value,
	   LoaBroadcast *edited)
{
	JsonObject *object;

	if (edited == NULL)
		return;
	object = json_object_new();
	json_object_set_string_member(object, "kind", kind);
	json_object_set_string_member(object, name, value);
	json_object_set_member(object, "broadcast", loa_broadcast_to_json(edited));
	json_array_add_object_element(choices, object);
	loa_broadcast_free(edited);
}

JsonNode *
loa_conflict_to_json(const LoaConflict *self, GTimeZone *zone)
{
	const LoaBroadcast *const both[] = { self->earlier, self->later };
	g_autoptr(JsonArray) choices = json_array_new();
	LoaLocalTime local;
	g_autofree char *moved = NULL;

	loa_local_time_init(&local, zone);
	moved = loa_local_time_format(&local, moved_us(self));
	/* one that meets itself can only be shifted */
	for (gsize i = 0; both[0] != both[1] && i < G_N_ELEMENTS(both); i++)
		add_choice(choices, "order", "first", both[i]->id,
			   loa_conflict_order(self, both[i]));
	add_choice(choices, "shift", "to", moved, loa_conflict_shift(self, zone));
	for (gsize i = 0; both[0] != both[1] && i < G_N_ELEMENTS(both); i++)
		add_choice(choices, "split", "keeper", both[i]->id,
			   loa_conflict_split(self, both[i]));
	return json_node_init_array(json_node_alloc(), choices);
}
