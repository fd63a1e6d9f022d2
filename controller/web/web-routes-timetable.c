/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Declared broadcasts.
 */
#include "controller/web/web-routes.h"
#include "controller/web/web-values.h"

#include <string.h>

#define MAX_BROADCASTS 10000
#define CALENDAR_DAYS 366 /* by default */
#define CALENDAR_DAYS_MAX 3700
#define TIMETABLE_DAYS 7 /* by default */
#define TIMETABLE_DAYS_MAX 100

static JsonNode *
run_apply(LoaWebCall *call, GError **error)
{
	JsonObject *root = loa_json_reader_root(call->body);
	gboolean prune = loa_json_reader_bool_or(call->body, root, "prune", FALSE);

	JsonArray *array = loa_json_reader_array(call->body, root, "broadcasts", MAX_BROADCASTS);

	for (guint i = 0; array != NULL && i < json_array_get_length(array); i++)
		(void)loa_json_reader_element(call->body, array, i);
	if (!loa_json_reader_finish(call->body, error))
		return NULL;
	return call->handlers->apply(call->office, call->caller,
				     json_object_get_member(root, "broadcasts"), prune, error);
}

/* Depth and size are the body's business; what stands in it, the broadcasts' reader's. */
static JsonNode *
draft_broadcasts(LoaWebCall *call, GError **error)
{
	JsonObject *root = loa_json_reader_root(call->body);
	JsonNode *many = json_object_get_member(root, "broadcasts");
	JsonNode *one = json_object_get_member(root, "broadcast");
	g_autoptr(JsonArray) array = NULL;

	if ((many != NULL && one != NULL) || (many != NULL && !JSON_NODE_HOLDS_ARRAY(many))) {
		g_set_error(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_BAD_REQUEST,
			    "say broadcasts, a list, or broadcast, one of them; not both");
		return NULL;
	}
	if (many != NULL && json_array_get_length(json_node_get_array(many)) > MAX_BROADCASTS) {
		g_set_error(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_BAD_REQUEST,
			    "at most %d broadcasts", MAX_BROADCASTS);
		return NULL;
	}
	if (many != NULL)
		return json_node_ref(many);
	array = json_array_new();
	if (one != NULL)
		json_array_add_element(array, json_node_ref(one));
	return json_node_init_array(json_node_alloc(), array);
}

/* (transfer container) (nullable): %NULL-terminated */
static GPtrArray *
draft_removals(LoaWebCall *call, GError **error)
{
	JsonNode *list = json_object_get_member(loa_json_reader_root(call->body), "remove");
	JsonArray *array =
		list != NULL && JSON_NODE_HOLDS_ARRAY(list) ? json_node_get_array(list) : NULL;
	const guint n = array != NULL ? json_array_get_length(array) : 0;
	g_autoptr(GPtrArray) ids = g_ptr_array_new();

	for (guint i = 0; i < n && n <= MAX_BROADCASTS; i++) {
		JsonNode *id = json_array_get_element(array, i);

		if (JSON_NODE_HOLDS_VALUE(id) && json_node_get_value_type(id) == G_TYPE_STRING)
			g_ptr_array_add(ids, (gpointer)json_node_get_string(id));
	}
	if (ids->len != n || (list != NULL && array == NULL)) {
		g_set_error(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_BAD_REQUEST,
			    "remove must be a list of at most %d ids", MAX_BROADCASTS);
		return NULL;
	}
	g_ptr_array_add(ids, NULL);
	return g_steal_pointer(&ids);
}

static JsonNode *
run_preview(LoaWebCall *call, GError **error)
{
	JsonObject *root = loa_json_reader_root(call->body);
	gboolean prune = loa_json_reader_bool_or(call->body, root, "prune", FALSE);

	if (!loa_json_reader_finish(call->body, error))
		return NULL;

	g_autoptr(GPtrArray) remove = draft_removals(call, error);
	g_autoptr(JsonNode) broadcasts = remove != NULL ? draft_broadcasts(call, error) : NULL;

	if (broadcasts == NULL)
		return NULL;

	const LoaOfficeDraft draft = { broadcasts, (const char *const *)remove->pdata, prune };

	return call->handlers->preview(call->office, call->caller, &draft, error);
}

static JsonNode *
run_broadcasts(LoaWebCall *call, GError **error)
{
	(void)error;
	return call->handlers->broadcasts(call->office, call->caller);
}

static JsonNode *
run_campaigns(LoaWebCall *call, GError **error)
{
	const char *broadcast;

	if (!loa_web_values_id(call, "broadcast", &broadcast, error))
		return NULL;
	return call->handlers->campaigns(call->office, call->caller, broadcast, error);
}

static JsonNode *
run_remove(LoaWebCall *call, GError **error)
{
	return call->handlers->broadcast_remove(call->office, call->caller, call->param, error);
}

/* @from: none, where nothing is said */
static gboolean
read_from(LoaWebCall *call, LoaDay *from, GError **error)
{
	const char *text = loa_web_values_text(call, "from");
	g_autofree char *why = NULL;

	if (text == NULL || loa_day_parse(text, from, &why))
		return TRUE;
	g_set_error(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_BAD_REQUEST, "from: %s", why);
	return FALSE;
}

static JsonNode *
run_timetable(LoaWebCall *call, GError **error)
{
	LoaDay from = { 0 };
	const char *group;
	gint64 n_days;

	if (!loa_web_values_int(call, "days", 1, TIMETABLE_DAYS_MAX, TIMETABLE_DAYS, &n_days,
				error) ||
	    !loa_web_values_id(call, "group", &group, error) || !read_from(call, &from, error))
		return NULL;
	return call->handlers->timetable(call->office, call->caller, from, (guint)n_days, group,
					 error);
}

static JsonNode *
run_calendar(LoaWebCall *call, GError **error)
{
	LoaDay from = { 0 };
	gint64 n_days;
	char *text;

	if (!loa_web_values_int(call, "days", 1, CALENDAR_DAYS_MAX, CALENDAR_DAYS, &n_days,
				error) ||
	    !read_from(call, &from, error))
		return NULL;
	text = call->handlers->calendar(call->office, call->caller, from, (guint)n_days, error);
	if (text == NULL)
		return NULL;
	call->file.bytes = g_bytes_new_take(text, strlen(text));
	call->file.type = "text/calendar; charset=utf-8";
	call->file.name = g_strdup("lich-phat-thanh.ics");
	return NULL;
}

const LoaWebRoute loa_web_routes_timetable[] = {
	{ "GET", API "/broadcasts", LOA_RIGHT_LOOK, LOA_WEB_BODY_NONE, 200, "", "",
	  run_broadcasts },
	{ "DELETE", API "/broadcasts/*", LOA_RIGHT_PLAN, LOA_WEB_BODY_NONE, 200, "", "",
	  run_remove },
	{ "GET", API "/timetable", LOA_RIGHT_LOOK, LOA_WEB_BODY_NONE, 200, "from days group", "",
	  run_timetable },
	{ "POST", API "/apply", LOA_RIGHT_PLAN, LOA_WEB_BODY_JSON, 200, "", "broadcasts prune",
	  run_apply },
	{ "POST", API "/preview", LOA_RIGHT_PLAN, LOA_WEB_BODY_JSON, 200, "",
	  "broadcast broadcasts remove prune", run_preview },
	{ "GET", API "/campaigns", LOA_RIGHT_READ_LOG, LOA_WEB_BODY_NONE, 200, "broadcast", "",
	  run_campaigns },
	{ "GET", API "/calendar.ics", LOA_RIGHT_LOOK, LOA_WEB_BODY_NONE, 200, "from days", "",
	  run_calendar },
	{ 0 },
};
