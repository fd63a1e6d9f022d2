/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Declared broadcasts.
 */
#include "controller/web-routes.h"
#include "controller/web-values.h"

#define MAX_BROADCASTS 10000

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

static JsonNode *
run_broadcasts(LoaWebCall *call, GError **error)
{
	(void)error;
	return call->handlers->broadcasts(call->office, call->caller);
}

const LoaWebRoute loa_web_routes_timetable[] = {
	{ "GET", API "/broadcasts", LOA_RIGHT_LOOK, LOA_WEB_BODY_NONE, 200, "", "",
	  run_broadcasts },
	{ "POST", API "/apply", LOA_RIGHT_PLAN, LOA_WEB_BODY_JSON, 200, "", "broadcasts prune",
	  run_apply },
	{ 0 },
};
