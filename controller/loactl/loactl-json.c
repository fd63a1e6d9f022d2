/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/loactl/loactl-json.h"

static JsonNode *
member(JsonObject *object, const char *name)
{
	return object != NULL ? json_object_get_member(object, name) : NULL;
}

static JsonNode *
value(JsonObject *object, const char *name, GType type)
{
	JsonNode *node = member(object, name);

	return node != NULL && JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == type
		       ? node
		       : NULL;
}

const char *
loa_loactl_json_text(JsonObject *object, const char *name)
{
	JsonNode *node = value(object, name, G_TYPE_STRING);

	return node != NULL ? json_node_get_string(node) : "";
}

gint64
loa_loactl_json_int(JsonObject *object, const char *name)
{
	JsonNode *node = value(object, name, G_TYPE_INT64);

	return node != NULL ? json_node_get_int(node) : 0;
}

double
loa_loactl_json_double(JsonObject *object, const char *name, double fallback)
{
	JsonNode *node = value(object, name, G_TYPE_DOUBLE);

	if (node == NULL)
		node = value(object, name, G_TYPE_INT64);
	return node != NULL ? json_node_get_double(node) : fallback;
}

gboolean
loa_loactl_json_bool(JsonObject *object, const char *name)
{
	JsonNode *node = value(object, name, G_TYPE_BOOLEAN);

	return node != NULL && json_node_get_boolean(node);
}

JsonObject *
loa_loactl_json_object(JsonObject *object, const char *name)
{
	JsonNode *node = member(object, name);

	return node != NULL && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

JsonArray *
loa_loactl_json_array(JsonObject *object, const char *name)
{
	JsonNode *node = member(object, name);

	return node != NULL && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
}

guint
loa_loactl_json_length(JsonArray *array)
{
	return array != NULL ? json_array_get_length(array) : 0;
}

JsonObject *
loa_loactl_json_element(JsonArray *array, guint i)
{
	JsonNode *node = json_array_get_element(array, i);

	return JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

char *
loa_loactl_json_join(JsonArray *array, const char *separator)
{
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < loa_loactl_json_length(array); i++) {
		JsonNode *node = json_array_get_element(array, i);

		if (!JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) != G_TYPE_STRING)
			continue;
		if (out->len > 0)
			g_string_append(out, separator);
		g_string_append(out, json_node_get_string(node));
	}
	return g_string_free(out, FALSE);
}
