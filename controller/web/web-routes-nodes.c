/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Receivers, and the groups they speak to.
 */
#include "controller/web/web-routes.h"
#include "controller/web/web-values.h"
#include "schedules/broadcast.h"
#include "wire/plan.h"

static JsonNode *
run_node_list(LoaWebCall *call, GError **error)
{
	(void)error;
	return call->handlers->node_list(call->office, call->caller);
}

static JsonNode *
run_node_add(LoaWebCall *call, GError **error)
{
	JsonObject *root = loa_json_reader_root(call->body);
	const char *id = loa_json_reader_id(call->body, root, "id");
	const char *group = loa_json_reader_id(call->body, root, "group");

	if (!loa_json_reader_finish(call->body, error))
		return NULL;
	return call->handlers->node_add(call->office, call->caller, id, group, error);
}

static JsonNode *
run_node_revoke(LoaWebCall *call, GError **error)
{
	if (!loa_json_reader_finish(call->body, error) || !loa_web_values_param(call, error))
		return NULL;
	return call->handlers->node_revoke(call->office, call->caller, call->param, error);
}

static JsonNode *
run_node_volume(LoaWebCall *call, GError **error)
{
	JsonObject *root = loa_json_reader_root(call->body);
	double volume_db = loa_json_reader_double(call->body, root, "volume_db", LOA_VOLUME_MIN_DB,
						  LOA_VOLUME_MAX_DB);

	if (!loa_json_reader_finish(call->body, error) || !loa_web_values_param(call, error))
		return NULL;
	return call->handlers->node_volume(call->office, call->caller, call->param, volume_db,
					   error);
}

static JsonNode *
run_groups(LoaWebCall *call, GError **error)
{
	return call->handlers->groups(call->office, call->caller, error);
}

static JsonNode *
run_group_set(LoaWebCall *call, GError **error)
{
	JsonObject *root = loa_json_reader_root(call->body);
	const char *name =
		loa_json_reader_text_or_null(call->body, root, "name", LOA_BROADCAST_TITLE_MAX);
	const char *language =
		loa_json_reader_text_or_null(call->body, root, "language", LOA_ID_MAX);

	if (!loa_json_reader_finish(call->body, error) || !loa_web_values_param(call, error))
		return NULL;
	return call->handlers->group_set(call->office, call->caller, call->param, name, language,
					 error);
}

static JsonNode *
run_node_test(LoaWebCall *call, GError **error)
{
	if (!loa_json_reader_finish(call->body, error) || !loa_web_values_param(call, error))
		return NULL;
	return call->handlers->node_test(call->office, call->caller, call->param, error);
}

const LoaWebRoute loa_web_routes_nodes[] = {
	{ "POST", API "/nodes/*/test", LOA_RIGHT_RECEIVERS, LOA_WEB_BODY_JSON, 201, "", "",
	  run_node_test },
	{ "GET", API "/groups", LOA_RIGHT_LOOK, LOA_WEB_BODY_NONE, 200, "", "", run_groups },
	{ "POST", API "/groups/*/set", LOA_RIGHT_GROUPS, LOA_WEB_BODY_JSON, 200, "",
	  "name language", run_group_set },
	{ "GET", API "/nodes", LOA_RIGHT_LOOK, LOA_WEB_BODY_NONE, 200, "", "", run_node_list },
	{ "POST", API "/nodes", LOA_RIGHT_RECEIVERS, LOA_WEB_BODY_JSON, 201, "", "id group",
	  run_node_add },
	{ "POST", API "/nodes/*/volume", LOA_RIGHT_RECEIVERS, LOA_WEB_BODY_JSON, 200, "",
	  "volume_db", run_node_volume },
	{ "POST", API "/nodes/*/revoke", LOA_RIGHT_RECEIVERS, LOA_WEB_BODY_JSON, 200, "", "",
	  run_node_revoke },
	{ 0 },
};
