/* SPDX-License-Identifier: Apache-2.0 */
#include "schedules/broadcast-json.h"

#include "schedules/broadcast-fields.h"
#include "schedules/faults.h"
#include "schedules/schedule-file.h"
#include "schedules/value-json.h"

/* A broadcast's lists hold texts, and its one record too: what is deeper is wrong anyway. */
#define MAX_DEPTH 4

G_DEFINE_QUARK(loa_broadcast_json_error, loa_broadcast_json_error)

JsonNode *
loa_broadcast_to_json(const LoaBroadcast *broadcast)
{
	g_autoptr(LoaValue) value = loa_broadcast_to_value(broadcast);

	return loa_value_to_json(value);
}

JsonNode *
loa_broadcasts_to_json(const GPtrArray *broadcasts)
{
	g_autoptr(JsonArray) array = json_array_new();

	for (guint i = 0; i < broadcasts->len; i++)
		json_array_add_element(array, loa_broadcast_to_json(broadcasts->pdata[i]));
	return json_node_init_array(json_node_alloc(), array);
}

/* (transfer full): for the faults */
static char *
name_place(const LoaValue *value, guint i)
{
	const LoaValue *id = value->kind == LOA_VALUE_RECORD ? loa_value_member(value, "id") : NULL;

	if (id != NULL && id->kind == LOA_VALUE_TEXT && loa_id_is_valid(id->text))
		return g_strdup_printf("broadcast %u (%s)", i + 1, id->text);
	return g_strdup_printf("broadcast %u", i + 1);
}

GPtrArray *
loa_broadcasts_from_json(JsonNode *array, const GPtrArray *known_groups, GPtrArray *faults)
{
	g_autoptr(GPtrArray) broadcasts =
		g_ptr_array_new_with_free_func((GDestroyNotify)loa_broadcast_free);
	g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(GHashTable) ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	guint n_faults = faults->len;

	if (array == NULL || !JSON_NODE_HOLDS_ARRAY(array)) {
		loa_faults_add(faults, "broadcasts", 0, "want an array of objects");
		return NULL;
	}

	JsonArray *elements = json_node_get_array(array);

	if (json_array_get_length(elements) > LOA_SCHEDULE_MAX_BROADCASTS) {
		loa_faults_add(faults, "broadcasts", 0, "%u are too many, at most %d",
			       json_array_get_length(elements), LOA_SCHEDULE_MAX_BROADCASTS);
		return NULL;
	}
	for (guint i = 0; known_groups != NULL && i < known_groups->len; i++)
		g_hash_table_add(known, ((LoaGroup *)known_groups->pdata[i])->id);
	/* beyond LOA_FAULTS_MAX nobody would see more of them */
	for (guint i = 0; i < json_array_get_length(elements) && faults->len <= LOA_FAULTS_MAX;
	     i++) {
		g_autoptr(LoaValue) value =
			loa_value_from_json(json_array_get_element(elements, i), MAX_DEPTH);
		g_autofree char *where = name_place(value, i);
		const LoaFieldsContext context = {
			.where = where,
			.faults = faults,
			.groups = known_groups != NULL ? known : NULL,
			.ids = ids,
		};
		LoaBroadcast *broadcast = loa_broadcast_from_value(value, &context);

		if (broadcast != NULL)
			g_ptr_array_add(broadcasts, broadcast);
	}
	return faults->len > n_faults ? NULL : g_steal_pointer(&broadcasts);
}

char *
loa_broadcast_to_json_text(const LoaBroadcast *broadcast)
{
	g_autoptr(JsonNode) node = loa_broadcast_to_json(broadcast);

	return json_to_string(node, FALSE);
}

LoaBroadcast *
loa_broadcast_from_json_text(const char *text, GError **error)
{
	g_autoptr(JsonNode) node = json_from_string(text, error);
	g_autoptr(GPtrArray) faults = loa_faults_new();

	if (node == NULL) {
		if (error != NULL && *error == NULL)
			g_set_error_literal(error, LOA_BROADCAST_JSON_ERROR,
					    LOA_BROADCAST_JSON_ERROR_FAULTY, "empty");
		return NULL;
	}

	g_autoptr(JsonArray) array = json_array_new();
	json_array_add_element(array, g_steal_pointer(&node));
	g_autoptr(JsonNode) list = json_node_init_array(json_node_alloc(), array);
	g_autoptr(GPtrArray) broadcasts = loa_broadcasts_from_json(list, NULL, faults);

	if (broadcasts == NULL) {
		g_ptr_array_add(faults, NULL);
		g_autofree char *all = g_strjoinv("\n", (char **)faults->pdata);
		g_set_error_literal(error, LOA_BROADCAST_JSON_ERROR,
				    LOA_BROADCAST_JSON_ERROR_FAULTY, all);
		return NULL;
	}
	return loa_broadcast_copy(broadcasts->pdata[0]);
}
