/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules of the town, overlays, and what the office adds to the calendars.
 */
#include "controller/web/web-routes.h"
#include "controller/web/web-values.h"

static JsonNode *
run_overlays(LoaWebCall *call, GError **error)
{
	(void)error;
	return call->handlers->overlays(call->office, call->caller);
}

/* What stands in it is its reader's business. (transfer none) (nullable) */
static JsonNode *
document(LoaWebCall *call, const char *name)
{
	return json_object_get_member(loa_json_reader_root(call->body), name);
}

static JsonNode *
run_overlay_put(LoaWebCall *call, GError **error)
{
	JsonNode *overlay = document(call, "overlay");

	if (!loa_json_reader_finish(call->body, error))
		return NULL;
	if (overlay == NULL || !JSON_NODE_HOLDS_OBJECT(overlay)) {
		g_set_error(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_BAD_REQUEST,
			    "overlay is missing: {\"overlay\": {\"id\": ..., \"name\": ..., ...}}");
		return NULL;
	}
	return call->handlers->overlay_put(call->office, call->caller, overlay, error);
}

static JsonNode *
run_overlay_remove(LoaWebCall *call, GError **error)
{
	if (!loa_json_reader_finish(call->body, error) || !loa_web_values_param(call, error))
		return NULL;
	return call->handlers->overlay_remove(call->office, call->caller, call->param, error);
}

static JsonNode *
run_policy(LoaWebCall *call, GError **error)
{
	(void)error;
	return call->handlers->policy(call->office, call->caller);
}

static JsonNode *
run_policy_put(LoaWebCall *call, GError **error)
{
	JsonNode *policy = document(call, "policy");

	if (!loa_json_reader_finish(call->body, error))
		return NULL;
	if (policy == NULL || (!JSON_NODE_HOLDS_OBJECT(policy) && !JSON_NODE_HOLDS_NULL(policy))) {
		g_set_error(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_BAD_REQUEST,
			    "policy is missing: an object, or null for that of controller.cfg");
		return NULL;
	}
	return call->handlers->policy_put(call->office, call->caller, policy, error);
}

static JsonNode *
run_occasions(LoaWebCall *call, GError **error)
{
	(void)error;
	return call->handlers->occasions(call->office, call->caller);
}

static gboolean
is_trial(LoaWebCall *call)
{
	return loa_json_reader_bool_or(call->body, loa_json_reader_root(call->body), "dry_run",
				       FALSE);
}

static JsonNode *
put_day(LoaWebCall *call, LoaCalendarList list, const char *name, GError **error)
{
	JsonNode *day = document(call, name);
	gboolean is_dry = is_trial(call);

	if (!loa_json_reader_finish(call->body, error))
		return NULL;
	if (day == NULL || !JSON_NODE_HOLDS_OBJECT(day)) {
		g_set_error(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_BAD_REQUEST,
			    "%s is missing: {\"%s\": {...}, \"dry_run\": true}", name, name);
		return NULL;
	}
	return call->handlers->calendar_put(call->office, call->caller, list, day, is_dry, error);
}

static JsonNode *
remove_day(LoaWebCall *call, LoaCalendarList list, GError **error)
{
	gboolean is_dry = is_trial(call);

	if (!loa_json_reader_finish(call->body, error) || !loa_web_values_param(call, error))
		return NULL;
	return call->handlers->calendar_remove(call->office, call->caller, list, call->param,
					       is_dry, error);
}

static JsonNode *
run_occasion_put(LoaWebCall *call, GError **error)
{
	return put_day(call, LOA_CALENDAR_OCCASIONS, "occasion", error);
}

static JsonNode *
run_occasion_remove(LoaWebCall *call, GError **error)
{
	return remove_day(call, LOA_CALENDAR_OCCASIONS, error);
}

static JsonNode *
run_new_moon_put(LoaWebCall *call, GError **error)
{
	return put_day(call, LOA_CALENDAR_NEW_MOONS, "new_moon", error);
}

static JsonNode *
run_new_moon_remove(LoaWebCall *call, GError **error)
{
	return remove_day(call, LOA_CALENDAR_NEW_MOONS, error);
}

const LoaWebRoute loa_web_routes_rules[] = {
	{ "GET", API "/overlays", LOA_RIGHT_LOOK, LOA_WEB_BODY_NONE, 200, "", "", run_overlays },
	{ "POST", API "/overlays", LOA_RIGHT_PLAN, LOA_WEB_BODY_JSON, 200, "", "overlay",
	  run_overlay_put },
	{ "POST", API "/overlays/*/remove", LOA_RIGHT_PLAN, LOA_WEB_BODY_JSON, 200, "", "",
	  run_overlay_remove },
	{ "GET", API "/policy", LOA_RIGHT_LOOK, LOA_WEB_BODY_NONE, 200, "", "", run_policy },
	{ "POST", API "/policy", LOA_RIGHT_PLAN, LOA_WEB_BODY_JSON, 200, "", "policy",
	  run_policy_put },
	{ "GET", API "/occasions", LOA_RIGHT_LOOK, LOA_WEB_BODY_NONE, 200, "", "", run_occasions },
	{ "POST", API "/occasions", LOA_RIGHT_PLAN, LOA_WEB_BODY_JSON, 200, "", "occasion dry_run",
	  run_occasion_put },
	{ "POST", API "/occasions/*/remove", LOA_RIGHT_PLAN, LOA_WEB_BODY_JSON, 200, "", "dry_run",
	  run_occasion_remove },
	{ "POST", API "/new-moons", LOA_RIGHT_PLAN, LOA_WEB_BODY_JSON, 200, "", "new_moon dry_run",
	  run_new_moon_put },
	{ "POST", API "/new-moons/*/remove", LOA_RIGHT_PLAN, LOA_WEB_BODY_JSON, 200, "", "dry_run",
	  run_new_moon_remove },
	{ 0 },
};
