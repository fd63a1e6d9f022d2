/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/web/web-values.h"

#include <string.h>

#include "common/id.h"
#include "schedules/broadcast.h"
#include "wire/plan.h"

const char *
loa_web_values_text(LoaWebCall *call, const char *name)
{
	return call->query != NULL ? g_hash_table_lookup(call->query, name) : NULL;
}

gboolean
loa_web_values_id(LoaWebCall *call, const char *name, const char **id, GError **error)
{
	*id = loa_web_values_text(call, name);
	if (*id == NULL || loa_id_is_valid(*id))
		return TRUE;
	g_set_error(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_BAD_REQUEST,
		    "%s must be an id: lower-case letters, digits, '-' and '.'", name);
	return FALSE;
}

gboolean
loa_web_values_int(LoaWebCall *call, const char *name, gint64 min, gint64 max, gint64 fallback,
		   gint64 *value, GError **error)
{
	const char *text = loa_web_values_text(call, name);

	*value = fallback;
	if (text == NULL || g_ascii_string_to_signed(text, 10, min, max, value, NULL))
		return TRUE;
	g_set_error(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_BAD_REQUEST,
		    "%s must be a whole number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT,
		    name, min, max);
	return FALSE;
}

gboolean
loa_web_values_title(LoaWebCall *call, const char **title, GError **error)
{
	*title = loa_web_values_text(call, "title");
	if (*title != NULL && **title != '\0' && strlen(*title) <= LOA_TITLE_MAX)
		return TRUE;
	g_set_error(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_BAD_REQUEST,
		    "title is needed, with at most %d bytes", LOA_TITLE_MAX);
	return FALSE;
}

const char *
loa_web_values_lines(LoaWebCall *call, const char *name, gsize max_bytes)
{
	JsonNode *node = json_object_get_member(loa_json_reader_root(call->body), name);

	if (node == NULL || !JSON_NODE_HOLDS_VALUE(node) ||
	    json_node_get_value_type(node) != G_TYPE_STRING)
		return NULL;

	const char *text = json_node_get_string(node);
	gsize n = 0;

	for (; text[n] != '\0'; n++) {
		if ((guchar)text[n] < 0x20 && strchr("\n\r\t", text[n]) == NULL)
			return NULL;
	}
	return n > 0 && n <= max_bytes ? text : NULL;
}

gboolean
loa_web_values_offset(const char *text, gint32 *offset_s)
{
	gint32 hours, minutes;

	if (strlen(text) != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':')
		return FALSE;
	for (gsize i = 1; i < 6; i++)
		if (i != 3 && !g_ascii_isdigit(text[i]))
			return FALSE;
	hours = (text[1] - '0') * 10 + text[2] - '0';
	minutes = (text[4] - '0') * 10 + text[5] - '0';
	if (hours > 23 || minutes > 59)
		return FALSE;
	*offset_s = (hours * 3600 + minutes * 60) * (text[0] == '-' ? -1 : 1);
	return TRUE;
}

gboolean
loa_web_values_param(LoaWebCall *call, GError **error)
{
	if (loa_id_is_valid(call->param))
		return TRUE;
	g_set_error(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_NOT_FOUND,
		    "There is nothing of that name");
	return FALSE;
}

/* "to": "all" or a list of groups. There is no default: whoever wakes a whole ward says so. */
gboolean
loa_web_values_groups(LoaWebCall *call, GPtrArray **groups, GError **error)
{
	JsonObject *root = loa_json_reader_root(call->body);
	JsonNode *to = json_object_get_member(root, "to");

	*groups = NULL;
	if (to != NULL && JSON_NODE_HOLDS_VALUE(to) &&
	    json_node_get_value_type(to) == G_TYPE_STRING &&
	    strcmp(json_node_get_string(to), "all") == 0)
		return TRUE;

	JsonArray *names = to != NULL && JSON_NODE_HOLDS_ARRAY(to) ? json_node_get_array(to) : NULL;
	const guint n = names != NULL ? json_array_get_length(names) : 0;
	g_autoptr(GPtrArray) found = g_ptr_array_new();

	for (guint i = 0; i < n && n <= LOA_BROADCAST_MAX_GROUPS; i++) {
		JsonNode *name = json_array_get_element(names, i);

		if (JSON_NODE_HOLDS_VALUE(name) &&
		    json_node_get_value_type(name) == G_TYPE_STRING &&
		    loa_id_is_valid(json_node_get_string(name)))
			g_ptr_array_add(found, (gpointer)json_node_get_string(name));
	}
	if (found->len == 0 || found->len != n) {
		g_set_error(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_BAD_REQUEST,
			    "to must be \"all\" or a list of 1 to %d group ids",
			    LOA_BROADCAST_MAX_GROUPS);
		return FALSE;
	}
	g_ptr_array_add(found, NULL);
	*groups = g_steal_pointer(&found);
	return TRUE;
}
