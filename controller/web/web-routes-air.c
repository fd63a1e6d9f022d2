/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is on air, what comes, what was; play and stop.
 */
#include "controller/web/web-routes.h"
#include "controller/web/web-values.h"
#include "wire/plan.h"

#define LOG_LIMIT 1000
#define LOG_LIMIT_MAX 10000

static JsonNode *
run_status(LoaWebCall *call, GError **error)
{
	(void)error;
	return call->handlers->status(call->office, call->caller);
}

static JsonNode *
run_log(LoaWebCall *call, GError **error)
{
	LoaLogQuery query = { 0 };
	gint64 limit, with_events;

	if (!loa_web_values_id(call, "group", &query.group, error) ||
	    !loa_web_values_id(call, "node", &query.node, error) ||
	    !loa_web_values_id(call, "airing", &query.airing, error) ||
	    !loa_web_values_int(call, "from_us", 0, LOA_TIME_MAX_US, 0, &query.from_us, error) ||
	    !loa_web_values_int(call, "to_us", 0, LOA_TIME_MAX_US, 0, &query.to_us, error) ||
	    !loa_web_values_int(call, "after", 0, G_MAXINT64, 0, &query.after_id, error) ||
	    !loa_web_values_int(call, "limit", 1, LOG_LIMIT_MAX, LOG_LIMIT, &limit, error) ||
	    !loa_web_values_int(call, "events", 0, 1, 0, &with_events, error))
		return NULL;
	query.limit = (guint)limit;
	query.with_events = with_events != 0;
	return call->handlers->log(call->office, call->caller, &query, error);
}

static JsonNode *
run_agenda(LoaWebCall *call, GError **error)
{
	gint64 from_us, to_us;

	if (!loa_web_values_int(call, "from_us", 0, LOA_TIME_MAX_US, -1, &from_us, error) ||
	    !loa_web_values_int(call, "to_us", 0, LOA_TIME_MAX_US, -1, &to_us, error))
		return NULL;
	if (from_us < 0 || to_us < 0 || from_us >= to_us) {
		g_set_error(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_BAD_REQUEST,
			    "from_us and to_us are needed, and from_us must be the earlier");
		return NULL;
	}
	return call->handlers->agenda(call->office, call->caller, from_us, to_us, error);
}

/* "at": {"giao_thua": "+00:10"} */
static JsonNode *
play_at_giao_thua(LoaWebCall *call, const char *recording, const char *const *to, LoaClass class,
		  GError **error)
{
	JsonObject *root = loa_json_reader_root(call->body);
	JsonObject *at = loa_json_reader_object(call->body, root, "at");
	const char *text = at != NULL ? loa_json_reader_text(call->body, at, "giao_thua", 8) : "";
	gint32 offset_s;

	if (!loa_json_reader_finish(call->body, error))
		return NULL;
	if (json_object_has_member(root, "at_us") || json_object_get_size(at) != 1 ||
	    !loa_web_values_offset(text, &offset_s)) {
		g_set_error(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_BAD_REQUEST,
			    "at is {\"giao_thua\": \"+HH:MM\"}, after the midnight that begins "
			    "Tết, and comes without at_us");
		return NULL;
	}
	return call->handlers->play_at_giao_thua(call->office, call->caller, recording, to, class,
						 offset_s, error);
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
	if (!loa_json_reader_finish(call->body, error) ||
	    !loa_web_values_groups(call, &groups, error))
		return NULL;

	const char *const *to = groups != NULL ? (const char *const *)groups->pdata : NULL;

	return json_object_has_member(root, "at")
		       ? play_at_giao_thua(call, recording, to, class, error)
		       : call->handlers->play(call->office, call->caller, recording, to, class,
					      at_us, error);
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
	return call->handlers->stop(call->office, call->caller, airing, error);
}

const LoaWebRoute loa_web_routes_air[] = {
	{ "GET", API "/status", LOA_RIGHT_LOOK, LOA_WEB_BODY_NONE, 200, "", "", run_status },
	{ "GET", API "/log", LOA_RIGHT_READ_LOG, LOA_WEB_BODY_NONE, 200,
	  "group node airing from_us to_us after limit events", "", run_log },
	{ "GET", API "/agenda", LOA_RIGHT_LOOK, LOA_WEB_BODY_NONE, 200, "from_us to_us", "",
	  run_agenda },
	{ "GET", API "/events", LOA_RIGHT_LOOK, LOA_WEB_BODY_EVENTS, 200, "", "", NULL },
	{ "POST", API "/play", LOA_RIGHT_PLAY, LOA_WEB_BODY_JSON, 201, "",
	  "recording to class at_us at", run_play },
	{ "POST", API "/stop", LOA_RIGHT_STOP, LOA_WEB_BODY_JSON, 200, "", "airing all", run_stop },
	{ 0 },
};
