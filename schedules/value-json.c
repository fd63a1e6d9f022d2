/* SPDX-License-Identifier: Apache-2.0 */
#include "schedules/value-json.h"

static LoaValue *value_from_node(const char *name, JsonNode *node, guint levels);

static LoaValue *
value_from_object(const char *name, JsonObject *object, guint levels)
{
	LoaValue *value = loa_value_new(LOA_VALUE_RECORD, name, 0);
	g_autoptr(GList) members = json_object_get_members(object);

	for (GList *at = members; at != NULL; at = at->next) {
		const char *member = at->data;

		loa_value_add(value, value_from_node(member, json_object_get_member(object, member),
						     levels - 1));
	}
	return value;
}

static LoaValue *
value_from_array(const char *name, JsonArray *array, guint levels)
{
	LoaValue *value = loa_value_new(LOA_VALUE_LIST, name, 0);

	for (guint i = 0; i < json_array_get_length(array); i++)
		loa_value_add(value,
			      value_from_node(NULL, json_array_get_element(array, i), levels - 1));
	return value;
}

static LoaValue *
value_from_node(const char *name, JsonNode *node, guint levels)
{
	if (levels == 0 || JSON_NODE_HOLDS_NULL(node))
		return loa_value_new(LOA_VALUE_OTHER, name, 0);
	if (JSON_NODE_HOLDS_OBJECT(node))
		return value_from_object(name, json_node_get_object(node), levels);
	if (JSON_NODE_HOLDS_ARRAY(node))
		return value_from_array(name, json_node_get_array(node), levels);
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

JsonNode *
loa_value_to_json(const LoaValue *value)
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
			json_array_add_element(array, loa_value_to_json(value->items->pdata[i]));
		return json_node_init_array(node, array);
	}
	case LOA_VALUE_RECORD: {
		g_autoptr(JsonObject) object = json_object_new();

		for (guint i = 0; i < value->items->len; i++) {
			const LoaValue *item = value->items->pdata[i];

			json_object_set_member(object, item->name, loa_value_to_json(item));
		}
		return json_node_init_object(node, object);
	}
	case LOA_VALUE_OTHER:
		break;
	}
	g_assert_not_reached();
}

LoaValue *
loa_value_from_json(JsonNode *node, guint max_depth)
{
	return value_from_node(NULL, node, max_depth + 1);
}
