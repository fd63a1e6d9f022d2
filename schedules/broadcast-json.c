/* SPDX-License-Identifier: Apache-2.0 */
#include "schedules/broadcast-json.h"

#include "schedules/broadcast-fields.h"
#include "schedules/faults.h"
#include "schedules/schedule-file.h"

/* A broadcast's lists hold texts, and its one record too: what is deeper is wrong anyway. */
#define MAX_DEPTH 4

G_DEFINE_QUARK(loa_broadcast_json_error, loa_broadcast_json_error)

static LoaValue *value_from_node(const char *name, JsonNode *node, guint depth);

static LoaValue *
value_from_object(const char *name, JsonObject *object, guint depth)
{
	LoaValue *value = loa_value_new(LOA_VALUE_RECORD, name, 0);
	g_autoptr(GList) members = json_object_get_members(object);

	for (GList *at = members; at != NULL; at = at->next) {
		const char *member = at->data;

		loa_value_add(value, value_from_node(member, json_object_get_member(object, member),
						     depth + 1));
	}
	return value;
}

static LoaValue *
value_from_array(const char *name, JsonArray *array, guint depth)
{
	LoaValue *value = loa_value_new(LOA_VALUE_LIST, name, 0);

	for (guint i = 0; i < json_array_get_length(array); i++)
		loa_value_add(value,
			      value_from_node(NULL, json_array_get_element(array, i), depth + 1));
	return value;
}

static LoaValue *
value_from_node(const char *name, JsonNode *node, guint depth)
{
	if (depth > MAX_DEPTH || JSON_NODE_HOLDS_NULL(node))
		return loa_value_new(LOA_VALUE_OTHER, name, 0);
	if (JSON_NODE_HOLDS_OBJECT(node))
		return value_from_object(name, json_node_get_object(node), depth);
	if (JSON_NODE_HOLDS_ARRAY(node))
		return value_from_array(name, json_node_get_array(node), depth);
	switch (json_node_get_value_type(node)) {
	case G_TYPE_STRING:
		return loa_value_new_text(name, json_node_get_string(node));
	case G_TYPE_INT64:
		return loa_value_new_int(name, json_node_get_int(node));
	case G_TYPE_BOOLEAN:
		return loa_value_new_bool(name, json_node_get_boolean(node));
	default:
		return loa_value_new(LOA_VALUE_OTHER, name, 0);
	}
}

static JsonNode *
node_from_value(const LoaValue *value)
{
	JsonNode *node = json_node_alloc();

	switch (value->kind) {
	case LOA_VALUE_BOOL:
		return json_node_init_boolean(node, value->number != 0);
	case LOA_VALUE_INT:
		return json_node_init_int(node, value->number);
	case LOA_VALUE_TEXT:
		return json_node_init_string(node, value->text);
	case LOA_VALUE_LIST: {
		g_autoptr(JsonArray) array = json_array_new();

		for (guint i = 0; i < value->items->len; i++)
			json_array_add_element(array, node_from_value(value->items->pdata[i]));
		return json_node_init_array(node, array);
	}
	case LOA_VALUE_RECORD: {
		g_autoptr(JsonObject) object = json_object_new();

		for (guint i = 0; i < value->items->len; i++) {
			const LoaValue *item = value->items->pdata[i];

			json_object_set_member(object, item->name, node_from_value(item));
		}
		return json_node_init_object(node, object);
	}
	case LOA_VALUE_OTHER:
		break;
	}
	g_assert_not_reached();
}

JsonNode *
loa_broadcast_to_json(const LoaBroadcast *broadcast)
{
	g_autoptr(LoaValue) value = loa_broadcast_to_value(broadcast);

	return node_from_value(value);
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
			value_from_node(NULL, json_array_get_element(elements, i), 0);
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
