/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Receivers.
 */
#include "controller/web-routes.h"
#include "controller/web-values.h"

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

const LoaWebRoute loa_web_routes_nodes[] = {
	{ "GET", API "/nodes", LOA_RIGHT_LOOK, LOA_WEB_BODY_NONE, 200, "", "", run_node_list },
	{ "POST", API "/nodes", LOA_RIGHT_RECEIVERS, LOA_WEB_BODY_JSON, 201, "", "id group",
	  run_node_add },
	{ "POST", API "/nodes/*/revoke", LOA_RIGHT_RECEIVERS, LOA_WEB_BODY_JSON, 200, "", "",
	  run_node_revoke },
	{ 0 },
};
