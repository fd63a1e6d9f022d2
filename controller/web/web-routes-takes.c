/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recording piece by piece.
 */
#include "controller/web/web-routes.h"
#include "controller/web/web-values.h"
#include "wire/plan.h"

#define MAX_MIME 100
#define MAX_PIECES 1000000

static JsonNode *
run_begin(LoaWebCall *call, GError **error)
{
	JsonObject *root = loa_json_reader_root(call->body);
	const char *mime = loa_json_reader_text(call->body, root, "mime", MAX_MIME);
	const LoaRecordingWords words = {
		.title = loa_json_reader_text(call->body, root, "title", LOA_TITLE_MAX),
		.text = loa_web_values_lines(call, "text", LOA_WEB_API_MAX_TEXT),
	};

	if (!loa_json_reader_finish(call->body, error))
		return NULL;
	return call->handlers->begin_take(call->office, call->caller, &words, mime, error);
}

static JsonNode *
run_takes(LoaWebCall *call, GError **error)
{
	return call->handlers->takes(call->office, call->caller, error);
}

static JsonNode *
run_take(LoaWebCall *call, GError **error)
{
	return loa_web_values_param(call, error)
		       ? call->handlers->take(call->office, call->caller, call->param, error)
		       : NULL;
}

static JsonNode *
run_piece(LoaWebCall *call, GError **error)
{
	gint64 seq, begins;

	if (!loa_web_values_param(call, error) ||
	    !loa_web_values_int(call, "begins", 0, 1, 0, &begins, error) ||
	    !loa_web_values_int(call, "seq", 0, MAX_PIECES, -1, &seq, error))
		return NULL;
	if (seq < 0) {
		g_set_error(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_BAD_REQUEST,
			    "seq is needed: 0 for the first piece");
		return NULL;
	}

	g_autofree char *upload_path = g_steal_pointer(&call->upload_path);

	return call->handlers->take_piece(call->office, call->caller, call->param, seq, begins != 0,
					  upload_path, error);
}

static JsonNode *
run_finish(LoaWebCall *call, GError **error)
{
	return loa_web_values_param(call, error)
		       ? call->handlers->finish_take(call->office, call->caller, call->param, error)
		       : NULL;
}

static JsonNode *
run_remove(LoaWebCall *call, GError **error)
{
	return loa_web_values_param(call, error)
		       ? call->handlers->remove_take(call->office, call->caller, call->param, error)
		       : NULL;
}

const LoaWebRoute loa_web_routes_takes[] = {
	{ "GET", API "/takes", LOA_RIGHT_RECORD, LOA_WEB_BODY_NONE, 200, "", "", run_takes },
	{ "POST", API "/takes", LOA_RIGHT_RECORD, LOA_WEB_BODY_JSON, 201, "", "title mime text",
	  run_begin },
	{ "GET", API "/takes/*", LOA_RIGHT_RECORD, LOA_WEB_BODY_NONE, 200, "", "", run_take },
	{ "DELETE", API "/takes/*", LOA_RIGHT_RECORD, LOA_WEB_BODY_NONE, 200, "", "", run_remove },
	{ "POST", API "/takes/*/chunk", LOA_RIGHT_RECORD, LOA_WEB_BODY_AUDIO, 200, "seq begins", "",
	  run_piece },
	{ "POST", API "/takes/*/finish", LOA_RIGHT_RECORD, LOA_WEB_BODY_JSON, 202, "", "",
	  run_finish },
	{ 0 },
};
