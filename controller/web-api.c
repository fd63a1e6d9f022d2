/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/web-api.h"

#include <string.h>

#include "common/id.h"
#include "schedules/broadcast.h"
#include "wire/plan.h"

#define LOG_LIMIT 1000
#define LOG_LIMIT_MAX 10000
#define MAX_BROADCASTS 10000

static const char *
query_text(LoaWebCall *call, const char *name)
{
	return call->query != NULL ? g_hash_table_lookup(call->query, name) : NULL;
}

static gboolean
query_id(LoaWebCall *call, const char *name, const char **id, GError **error)
{
	*id = query_text(call, name);
	if (*id == NULL || loa_id_is_valid(*id))
		return TRUE;
	g_set_error(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_BAD_REQUEST,
		    "%s must be an id: lower-case letters, digits, '-' and '.'", name);
	return FALSE;
}

static gboolean
query_int(LoaWebCall *call, const char *name, gint64 min, gint64 max, gint64 fallback,
	  gint64 *value, GError **error)
{
	const char *text = query_text(call, name);

	*value = fallback;
	if (text == NULL || g_ascii_string_to_signed(text, 10, min, max, value, NULL))
		return TRUE;
	g_set_error(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_BAD_REQUEST,
		    "%s must be a whole number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT,
		    name, min, max);
	return FALSE;
}

static gboolean
query_title(LoaWebCall *call, const char **title, GError **error)
{
	*title = query_text(call, "title");
	if (*title != NULL && **title != '\0' && strlen(*title) <= LOA_TITLE_MAX)
		return TRUE;
	g_set_error(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_BAD_REQUEST,
		    "title is needed, with at most %d bytes", LOA_TITLE_MAX);
	return FALSE;
}

static gboolean
param_id(LoaWebCall *call, GError **error)
{
	if (loa_id_is_valid(call->param))
		return TRUE;
	g_set_error(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_NOT_FOUND,
		    "There is nothing of that name");
	return FALSE;
}

static JsonNode *
run_status(LoaWebCall *call, GError **error)
{
	(void)error;
	return call->handlers->status(call->office);
}

static JsonNode *
run_log(LoaWebCall *call, GError **error)
{
	LoaLogQuery query = { 0 };
	gint64 limit, with_events;

	if (!query_id(call, "group", &query.group, error) ||
	    !query_id(call, "node", &query.node, error) ||
	    !query_id(call, "airing", &query.airing, error) ||
	    !query_int(call, "from_us", 0, LOA_TIME_MAX_US, 0, &query.from_us, error) ||
	    !query_int(call, "to_us", 0, LOA_TIME_MAX_US, 0, &query.to_us, error) ||
	    !query_int(call, "after", 0, G_MAXINT64, 0, &query.after_id, error) ||
	    !query_int(call, "limit", 1, LOG_LIMIT_MAX, LOG_LIMIT, &limit, error) ||
	    !query_int(call, "events", 0, 1, 0, &with_events, error))
		return NULL;
	query.limit = (guint)limit;
	query.with_events = with_events != 0;
	return call->handlers->log(call->office, &query, error);
}

static JsonNode *
run_agenda(LoaWebCall *call, GError **error)
{
	gint64 from_us, to_us;

	if (!query_int(call, "from_us", 0, LOA_TIME_MAX_US, -1, &from_us, error) ||
	    !query_int(call, "to_us", 0, LOA_TIME_MAX_US, -1, &to_us, error))
		return NULL;
	if (from_us < 0 || to_us < 0 || from_us >= to_us) {
		g_set_error(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_BAD_REQUEST,
			    "from_us and to_us are needed, and from_us must be the earlier");
		return NULL;
	}
	return call->handlers->agenda(call->office, from_us, to_us, error);
}

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
	return call->handlers->apply(call->office, json_object_get_member(root, "broadcasts"),
				     prune, error);
}

static JsonNode *
run_broadcasts(LoaWebCall *call, GError **error)
{
	(void)error;
	return call->handlers->broadcasts(call->office);
}

static JsonNode *
run_recordings(LoaWebCall *call, GError **error)
{
	(void)error;
	return call->handlers->recordings(call->office);
}

static JsonNode *
run_import(LoaWebCall *call, GError **error)
{
	const char *title, *category, *file_name = query_text(call, "file_name");

	if (!query_title(call, &title, error) || !query_id(call, "category", &category, error))
		return NULL;
	if (file_name != NULL && strlen(file_name) > 255) {
		g_set_error(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_BAD_REQUEST,
			    "file_name may have at most 255 bytes");
		return NULL;
	}

	/* only the last part: it is shown to people and gives the extension, never a place */
	g_autofree char *base =
		g_path_get_basename(file_name != NULL && *file_name != '\0' ? file_name : "audio");

	g_autofree char *upload_path = g_steal_pointer(&call->upload_path);

	return call->handlers->import(call->office, upload_path, base, title, category, error);
}

/* Text to be spoken, over several lines if need be: what the reader's texts may not be. */
static const char *
spoken_text(JsonObject *root)
{
	JsonNode *node = json_object_get_member(root, "text");

	if (node == NULL || !JSON_NODE_HOLDS_VALUE(node) ||
	    json_node_get_value_type(node) != G_TYPE_STRING)
		return NULL;

	const char *text = json_node_get_string(node);
	gsize n = 0;

	for (; text[n] != '\0'; n++) {
		if ((guchar)text[n] < 0x20 && strchr("\n\r\t", text[n]) == NULL)
			return NULL;
	}
	return n > 0 && n <= LOA_WEB_API_MAX_TEXT ? text : NULL;
}

static JsonNode *
run_speech(LoaWebCall *call, GError **error)
{
	JsonObject *root = loa_json_reader_root(call->body);
	const char *text = spoken_text(root);
	const char *title = loa_json_reader_text(call->body, root, "title", LOA_TITLE_MAX);
	const char *category =
		loa_json_reader_text_or_null(call->body, root, "category", LOA_ID_MAX);

	if (!loa_json_reader_finish(call->body, error))
		return NULL;
	if (text == NULL || *title == '\0' || (category != NULL && !loa_id_is_valid(category))) {
		g_set_error(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_BAD_REQUEST,
			    "text (at most %d bytes) and title must not be empty, and category "
			    "must be an id",
			    LOA_WEB_API_MAX_TEXT);
		return NULL;
	}
	return call->handlers->speak(call->office, text, title, category, error);
}

static JsonNode *
run_job(LoaWebCall *call, GError **error)
{
	return param_id(call, error) ? call->handlers->job(call->office, call->param, error) : NULL;
}

/* "to": "all" or a list of groups. There is no default: whoever wakes a whole ward says so. */
static gboolean
read_groups(LoaWebCall *call, GPtrArray **groups, GError **error)
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

static JsonNode *
run_play(LoaWebCall *call, GError **error)
{
	static const char *const classes[] = { "normal", "priority", "emergency", NULL };
	JsonObject *root = loa_json_reader_root(call->body);
	const char *recording = loa_json_reader_id(call->body, root, "recording");
	gint64 at_us = loa_json_reader_int_or(call->body, root, "at_us", 0, LOA_TIME_MAX_US, 0);
	LoaClass class = LOA_CLASS_NORMAL;
	g_autoptr(GPtrArray) groups = NULL;

	if (json_object_has_member(root, "class"))
		class = (LoaClass)loa_json_reader_word(call->body, root, "class", classes);
	if (!loa_json_reader_finish(call->body, error) || !read_groups(call, &groups, error))
		return NULL;
	return call->handlers->play(call->office, recording,
				    groups != NULL ? (const char *const *)groups->pdata : NULL,
				    class, at_us, error);
}

static JsonNode *
run_stop(LoaWebCall *call, GError **error)
{
	JsonObject *root = loa_json_reader_root(call->body);
	const gboolean has_airing = json_object_has_member(root, "airing");
	const char *airing = has_airing ? loa_json_reader_id(call->body, root, "airing") : NULL;
	const gboolean all = loa_json_reader_bool_or(call->body, root, "all", FALSE);

	if (!loa_json_reader_finish(call->body, error))
		return NULL;
	if (has_airing == all) {
		g_set_error(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_BAD_REQUEST,
			    "say which airing, or \"all\": true; not both");
		return NULL;
	}
	return call->handlers->stop(call->office, airing, error);
}

static JsonNode *
run_node_list(LoaWebCall *call, GError **error)
{
	(void)error;
	return call->handlers->node_list(call->office);
}

static JsonNode *
run_node_add(LoaWebCall *call, GError **error)
{
	JsonObject *root = loa_json_reader_root(call->body);
	const char *id = loa_json_reader_id(call->body, root, "id");
	const char *group = loa_json_reader_id(call->body, root, "group");

	if (!loa_json_reader_finish(call->body, error))
		return NULL;
	return call->handlers->node_add(call->office, id, group, error);
}

static JsonNode *
run_node_revoke(LoaWebCall *call, GError **error)
{
	if (!loa_json_reader_finish(call->body, error) || !param_id(call, error))
		return NULL;
	return call->handlers->node_revoke(call->office, call->param, error);
}

#define API "/api/v1"

static const LoaWebRoute routes[] = {
	{ "GET", API "/status", LOA_WEB_BODY_NONE, 200, "", "", run_status },
	{ "GET", API "/log", LOA_WEB_BODY_NONE, 200,
	  "group node airing from_us to_us after limit events", "", run_log },
	{ "GET", API "/agenda", LOA_WEB_BODY_NONE, 200, "from_us to_us", "", run_agenda },
	{ "GET", API "/broadcasts", LOA_WEB_BODY_NONE, 200, "", "", run_broadcasts },
	{ "POST", API "/apply", LOA_WEB_BODY_JSON, 200, "", "broadcasts prune", run_apply },
	{ "GET", API "/recordings", LOA_WEB_BODY_NONE, 200, "", "", run_recordings },
	{ "POST", API "/recordings", LOA_WEB_BODY_AUDIO, 202, "title category file_name", "",
	  run_import },
	{ "POST", API "/speech", LOA_WEB_BODY_JSON, 202, "", "text title category", run_speech },
	{ "GET", API "/jobs/*", LOA_WEB_BODY_NONE, 200, "", "", run_job },
	{ "POST", API "/play", LOA_WEB_BODY_JSON, 201, "", "recording to class at_us", run_play },
	{ "POST", API "/stop", LOA_WEB_BODY_JSON, 200, "", "airing all", run_stop },
	{ "GET", API "/nodes", LOA_WEB_BODY_NONE, 200, "", "", run_node_list },
	{ "POST", API "/nodes", LOA_WEB_BODY_JSON, 201, "", "id group", run_node_add },
	{ "POST", API "/nodes/*/revoke", LOA_WEB_BODY_JSON, 200, "", "", run_node_revoke },
	{ "GET", API "/events", LOA_WEB_BODY_EVENTS, 200, "", "", NULL },
};

const LoaWebRoute *
loa_web_api_routes(gsize *n_routes)
{
	*n_routes = G_N_ELEMENTS(routes);
	return routes;
}

/* '*' stands for at least one character, and never for a '/'. */
static gboolean
path_matches(const char *pattern, const char *path, char **param)
{
	const char *star = strchr(pattern, '*');

	if (star == NULL)
		return strcmp(pattern, path) == 0;

	const gsize before = (gsize)(star - pattern);

	if (strncmp(pattern, path, before) != 0)
		return FALSE;

	const gsize n = strcspn(path + before, "/");

	if (n == 0 || strcmp(path + before + n, star + 1) != 0)
		return FALSE;
	*param = g_strndup(path + before, n);
	return TRUE;
}

LoaWebMatch
loa_web_api_match(const char *method, const char *path, const LoaWebRoute **route, char **param,
		  char **allow)
{
	const char *wanted = strcmp(method, "HEAD") == 0 ? "GET" : method;
	g_autoptr(GString) methods = g_string_new(NULL);

	for (gsize i = 0; i < G_N_ELEMENTS(routes); i++) {
		g_autofree char *found = NULL;

		if (!path_matches(routes[i].pattern, path, &found))
			continue;
		if (strcmp(routes[i].method, wanted) == 0) {
			*route = &routes[i];
			*param = g_steal_pointer(&found);
			return LOA_WEB_FOUND;
		}
		g_string_append_printf(methods, "%s%s", methods->len > 0 ? ", " : "",
				       routes[i].method);
	}
	if (methods->len == 0)
		return LOA_WEB_NO_PATH;
	*allow = g_string_free(g_steal_pointer(&methods), FALSE);
	return LOA_WEB_NO_METHOD;
}

static gboolean
names_are_known(GList *names, const char *known, const char *where, GError **error)
{
	g_auto(GStrv) allowed = g_strsplit(known, " ", -1);

	for (GList *l = names; l != NULL; l = l->next) {
		if (g_strv_contains((const char *const *)allowed, l->data))
			continue;
		g_set_error(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_BAD_REQUEST,
			    "%s has a name that is not known here; known: %s", where,
			    *known != '\0' ? known : "none");
		return FALSE;
	}
	return TRUE;
}

JsonNode *
loa_web_api_run(const LoaWebRoute *route, LoaWebCall *call, GError **error)
{
	g_autoptr(GList) in_query = call->query != NULL ? g_hash_table_get_keys(call->query) : NULL;
	g_autoptr(GList) in_body =
		call->body != NULL ? json_object_get_members(loa_json_reader_root(call->body))
				   : NULL;

	if (!names_are_known(in_query, route->query, "The query", error) ||
	    !names_are_known(in_body, route->members, "The body", error))
		return NULL;
	return route->run(call, error);
}
