/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Emergencies and exercises, by two people.
 */
#include "controller/web/web-routes.h"
#include "controller/web/web-values.h"

#define MAX_PHRASE 64

static JsonNode *
run_emergencies(LoaWebCall *call, GError **error)
{
	return call->handlers->emergencies(call->office, call->caller, error);
}

static JsonNode *
run_ask(LoaWebCall *call, GError **error)
{
	JsonObject *root = loa_json_reader_root(call->body);
	const char *recording = loa_json_reader_id(call->body, root, "recording");
	gboolean is_exercise = loa_json_reader_bool(call->body, root, "exercise");
	g_autoptr(GPtrArray) groups = NULL;

	if (!loa_json_reader_finish(call->body, error) ||
	    !loa_web_values_groups(call, &groups, error))
		return NULL;
	return call->handlers->ask_emergency(
		call->office, call->caller, recording,
		groups != NULL ? (const char *const *)groups->pdata : NULL, is_exercise, error);
}

static JsonNode *
run_confirm(LoaWebCall *call, GError **error)
{
	JsonObject *root = loa_json_reader_root(call->body);
	gboolean is_exercise = loa_json_reader_bool(call->body, root, "exercise");
	const char *phrase = loa_json_reader_text(call->body, root, "phrase", MAX_PHRASE);

	if (!loa_json_reader_finish(call->body, error) || !loa_web_values_param(call, error))
		return NULL;
	return call->handlers->confirm_emergency(call->office, call->caller, call->param,
						 is_exercise, phrase, error);
}

static JsonNode *
run_refuse(LoaWebCall *call, GError **error)
{
	return loa_web_values_param(call, error)
		       ? call->handlers->refuse_emergency(call->office, call->caller, call->param,
							  error)
		       : NULL;
}

const LoaWebRoute loa_web_routes_emergency[] = {
	{ "GET", API "/emergencies", LOA_RIGHT_ASK_EMERGENCY, LOA_WEB_BODY_NONE, 200, "", "",
	  run_emergencies },
	{ "POST", API "/emergencies", LOA_RIGHT_ASK_EMERGENCY, LOA_WEB_BODY_JSON, 201, "",
	  "recording to exercise", run_ask },
	{ "POST", API "/emergencies/*/confirm", LOA_RIGHT_CONFIRM_EMERGENCY, LOA_WEB_BODY_JSON, 200,
	  "", "exercise phrase", run_confirm },
	{ "POST", API "/emergencies/*/refuse", LOA_RIGHT_ASK_EMERGENCY, LOA_WEB_BODY_JSON, 200, "",
	  "", run_refuse },
	{ 0 },
};
