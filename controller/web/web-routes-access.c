/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signing in and out, people, and who changed what.
 */
#include "controller/web/web-routes.h"
#include "controller/web/web-ticket.h"
#include "controller/web/web-values.h"

#define MAX_NAME_BYTES 200
#define MAX_LANGUAGE_BYTES 8
#define MAX_LIST 512
#define AUDIT_LIMIT 200
#define AUDIT_LIMIT_MAX 1000

/* --- answers that come later ------------------------------------------------------------------ */

static void
on_done(JsonNode *answer, const char *token, const GError *error, gpointer user_data)
{
	loa_web_ticket_answer(user_data, answer, token, error);
}

static void
drop_ticket(gpointer user_data)
{
	loa_web_ticket_unref(user_data);
}

static LoaAccessDone
later(LoaWebCall *call)
{
	return (LoaAccessDone){ on_done, loa_web_ticket_ref(call->ticket), drop_ticket };
}

/* What a call that was begun, or was not, gives back: always %NULL. */
static JsonNode *
begun(LoaWebCall *call, LoaAccessDone *done, gboolean is_begun)
{
	if (is_begun)
		call->is_deferred = TRUE;
	else
		drop_ticket(done->user_data);
	return NULL;
}

/* --- the own session -------------------------------------------------------------------------- */

/* (transfer none): a password is looked at as it is, and never shown in a message */
static const char *
secret(LoaWebCall *call, const char *name)
{
	JsonNode *node = json_object_get_member(loa_json_reader_root(call->body), name);

	if (node != NULL && JSON_NODE_HOLDS_VALUE(node) &&
	    json_node_get_value_type(node) == G_TYPE_STRING)
		return json_node_get_string(node);
	loa_json_reader_fault(call->body, LOA_WIRE_ERROR_RANGE, "request: \"%s\" must be a text",
			      name);
	return "";
}

static JsonNode *
run_log_in(LoaWebCall *call, GError **error)
{
	JsonObject *root = loa_json_reader_root(call->body);
	const char *user = loa_json_reader_text(call->body, root, "user", MAX_NAME_BYTES);
	const char *password = secret(call, "password");
	LoaAccessDone done;

	if (!loa_json_reader_finish(call->body, error))
		return NULL;
	done = later(call);
	return begun(call, &done,
		     loa_access_log_in(call->access, user, password, call->caller->address, done,
				       &call->retry_after_s, error));
}

static JsonNode *
run_session(LoaWebCall *call, GError **error)
{
	(void)error;
	return loa_access_session(call->access, call->caller, call->signed_in);
}

static gboolean
want_session(LoaWebCall *call, GError **error)
{
	if (call->signed_in != NULL)
		return TRUE;
	g_set_error_literal(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_CONFLICT,
			    "This is about a session, and the token has none: log in");
	return FALSE;
}

static JsonNode *
empty(void)
{
	JsonNode *node = json_node_new(JSON_NODE_OBJECT);

	json_node_take_object(node, json_object_new());
	return node;
}

static JsonNode *
run_log_out(LoaWebCall *call, GError **error)
{
	if (!want_session(call, error) || !loa_access_log_out(call->access, call->signed_in, error))
		return NULL;
	call->ends_session = TRUE;
	return empty();
}

static JsonNode *
run_change_password(LoaWebCall *call, GError **error)
{
	const char *old = secret(call, "old");
	const char *new_password = secret(call, "new");
	LoaAccessDone done;

	if (!loa_json_reader_finish(call->body, error) || !want_session(call, error))
		return NULL;
	done = later(call);
	return begun(call, &done,
		     loa_access_change_password(call->access, call->signed_in, old, new_password,
						done, &call->retry_after_s, error));
}

static JsonNode *
run_language(LoaWebCall *call, GError **error)
{
	const char *language = loa_json_reader_text(call->body, loa_json_reader_root(call->body),
						    "language", MAX_LANGUAGE_BYTES);

	if (!loa_json_reader_finish(call->body, error) || !want_session(call, error))
		return NULL;
	return loa_access_set_language(call->access, call->signed_in, language, error);
}

/* --- people ----------------------------------------------------------------------------------- */

static JsonNode *
run_users(LoaWebCall *call, GError **error)
{
	return loa_access_users(call->access, error);
}

/* (transfer container) (nullable): %NULL where the member is absent */
static const char **
read_ids(LoaWebCall *call, const char *name)
{
	JsonObject *root = loa_json_reader_root(call->body);
	JsonArray *array;
	GPtrArray *ids;

	if (!json_object_has_member(root, name))
		return NULL;
	array = loa_json_reader_array(call->body, root, name, MAX_LIST);
	ids = g_ptr_array_new();
	for (guint i = 0; array != NULL && i < json_array_get_length(array); i++)
		g_ptr_array_add(ids, (gpointer)loa_json_reader_element_id(call->body, array, i));
	g_ptr_array_add(ids, NULL);
	return (const char **)g_ptr_array_free(ids, FALSE);
}

static void
read_wish(LoaWebCall *call, LoaUserWish *wish, const char ***roles, const char ***groups)
{
	JsonObject *root = loa_json_reader_root(call->body);

	wish->name = loa_json_reader_text_or_null(call->body, root, "name", MAX_NAME_BYTES);
	wish->language =
		loa_json_reader_text_or_null(call->body, root, "language", MAX_LANGUAGE_BYTES);
	wish->roles = *roles = read_ids(call, "roles");
	wish->groups = *groups = read_ids(call, "groups");
}

static const char *
secret_or_null(LoaWebCall *call, const char *name)
{
	JsonNode *node = json_object_get_member(loa_json_reader_root(call->body), name);

	return node == NULL || JSON_NODE_HOLDS_NULL(node) ? NULL : secret(call, name);
}

static JsonNode *
run_user_add(LoaWebCall *call, GError **error)
{
	const char *id = loa_json_reader_id(call->body, loa_json_reader_root(call->body), "user");
	const char *password = secret_or_null(call, "password");
	g_autofree const char **roles = NULL, **groups = NULL;
	LoaUserWish wish;
	LoaAccessDone done;

	read_wish(call, &wish, &roles, &groups);
	if (!loa_json_reader_finish(call->body, error))
		return NULL;
	done = later(call);
	return begun(
		call, &done,
		loa_access_add_user(call->access, call->caller, id, &wish, password, done, error));
}

static JsonNode *
run_user_set(LoaWebCall *call, GError **error)
{
	g_autofree const char **roles = NULL, **groups = NULL;
	LoaUserWish wish;

	read_wish(call, &wish, &roles, &groups);
	if (!loa_json_reader_finish(call->body, error) || !loa_web_values_param(call, error))
		return NULL;
	return loa_access_set_user(call->access, call->caller, call->param, &wish, error);
}

static JsonNode *
run_user_password(LoaWebCall *call, GError **error)
{
	const char *password = secret_or_null(call, "password");
	LoaAccessDone done;

	if (!loa_json_reader_finish(call->body, error) || !loa_web_values_param(call, error))
		return NULL;
	done = later(call);
	return begun(call, &done,
		     loa_access_set_password(call->access, call->caller, call->param, password,
					     done, error));
}

static JsonNode *
disable(LoaWebCall *call, gboolean is_off, GError **error)
{
	if (!loa_json_reader_finish(call->body, error) || !loa_web_values_param(call, error))
		return NULL;
	return loa_access_disable(call->access, call->caller, call->param, is_off, error);
}

static JsonNode *
run_user_disable(LoaWebCall *call, GError **error)
{
	return disable(call, TRUE, error);
}

static JsonNode *
run_user_enable(LoaWebCall *call, GError **error)
{
	return disable(call, FALSE, error);
}

/* --- who changed what ------------------------------------------------------------------------- */

static JsonNode *
run_audit(LoaWebCall *call, GError **error)
{
	LoaAuditQuery query = { 0 };
	gint64 limit;

	if (!loa_web_values_id(call, "who", &query.who, error) ||
	    !loa_web_values_int(call, "from_us", 0, LOA_TIME_MAX_US, 0, &query.from_us, error) ||
	    !loa_web_values_int(call, "to_us", 0, LOA_TIME_MAX_US, 0, &query.to_us, error) ||
	    !loa_web_values_int(call, "before", 0, G_MAXINT64, 0, &query.before_id, error) ||
	    !loa_web_values_int(call, "limit", 1, AUDIT_LIMIT_MAX, AUDIT_LIMIT, &limit, error))
		return NULL;
	query.limit = (guint)limit;
	return loa_access_audit(call->access, &query, error);
}

const LoaWebRoute loa_web_routes_access[] = {
	{ "POST", API "/session", LOA_RIGHT_ANYONE, LOA_WEB_BODY_JSON, 200, "", "user password",
	  run_log_in },
	{ "GET", API "/session", LOA_RIGHT_OWN, LOA_WEB_BODY_NONE, 200, "", "", run_session },
	{ "DELETE", API "/session", LOA_RIGHT_OWN, LOA_WEB_BODY_NONE, 200, "", "", run_log_out },
	{ "POST", API "/session/password", LOA_RIGHT_OWN, LOA_WEB_BODY_JSON, 200, "", "old new",
	  run_change_password },
	{ "POST", API "/session/language", LOA_RIGHT_OWN, LOA_WEB_BODY_JSON, 200, "", "language",
	  run_language },
	{ "GET", API "/users", LOA_RIGHT_USERS, LOA_WEB_BODY_NONE, 200, "", "", run_users },
	{ "POST", API "/users", LOA_RIGHT_USERS, LOA_WEB_BODY_JSON, 201, "",
	  "user name password roles groups language", run_user_add },
	{ "POST", API "/users/*/roles", LOA_RIGHT_USERS, LOA_WEB_BODY_JSON, 200, "",
	  "name roles groups language", run_user_set },
	{ "POST", API "/users/*/password", LOA_RIGHT_USERS, LOA_WEB_BODY_JSON, 200, "", "password",
	  run_user_password },
	{ "POST", API "/users/*/disable", LOA_RIGHT_USERS, LOA_WEB_BODY_JSON, 200, "", "",
	  run_user_disable },
	{ "POST", API "/users/*/enable", LOA_RIGHT_USERS, LOA_WEB_BODY_JSON, 200, "", "",
	  run_user_enable },
	{ "GET", API "/audit", LOA_RIGHT_AUDIT, LOA_WEB_BODY_NONE, 200,
	  "who from_us to_us before limit", "", run_audit },
	{ 0 },
};
