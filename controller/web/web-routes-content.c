/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recordings and the jobs that make them.
 */
#include "controller/web/web-routes.h"
#include "controller/web/web-values.h"

#include <string.h>

#include "common/id.h"
#include "wire/plan.h"

#define MAX_WORD 200

static JsonNode *
run_recordings(LoaWebCall *call, GError **error)
{
	return call->handlers->recordings(call->office, call->caller,
					  loa_web_values_text(call, "state"), error);
}

static JsonNode *
run_import(LoaWebCall *call, GError **error)
{
	LoaRecordingWords words = {
		.kind = loa_web_values_text(call, "kind"),
		.lead_unit = loa_web_values_text(call, "lead_unit"),
		.author = loa_web_values_text(call, "author"),
		.language = loa_web_values_text(call, "language"),
		.text = loa_web_values_text(call, "text"),
	};
	const char *file_name = loa_web_values_text(call, "file_name");

	if (!loa_web_values_title(call, &words.title, error) ||
	    !loa_web_values_id(call, "category", &words.category, error))
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

	return call->handlers->import(call->office, call->caller, upload_path, base, &words, error);
}

static JsonNode *
run_speech(LoaWebCall *call, GError **error)
{
	JsonObject *root = loa_json_reader_root(call->body);
	LoaRecordingWords words = {
		.text = loa_web_values_lines(call, "text", LOA_WEB_API_MAX_TEXT),
		.title = loa_json_reader_text(call->body, root, "title", LOA_TITLE_MAX),
		.category = loa_json_reader_text_or_null(call->body, root, "category", LOA_ID_MAX),
		.kind = loa_json_reader_text_or_null(call->body, root, "kind", MAX_WORD),
		.lead_unit = loa_json_reader_text_or_null(call->body, root, "lead_unit", MAX_WORD),
		.author = loa_json_reader_text_or_null(call->body, root, "author", MAX_WORD),
		.language = loa_json_reader_text_or_null(call->body, root, "language", MAX_WORD),
	};

	if (!loa_json_reader_finish(call->body, error))
		return NULL;
	if (words.text == NULL || *words.title == '\0' ||
	    (words.category != NULL && !loa_id_is_valid(words.category))) {
		g_set_error(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_BAD_REQUEST,
			    "text (at most %d bytes) and title must not be empty, and category "
			    "must be an id",
			    LOA_WEB_API_MAX_TEXT);
		return NULL;
	}
	return call->handlers->speak(call->office, call->caller, &words, error);
}

static JsonNode *
run_read(LoaWebCall *call, GError **error)
{
	const char *text = loa_web_values_lines(call, "text", LOA_WEB_API_MAX_TEXT);

	if (!loa_json_reader_finish(call->body, error))
		return NULL;
	if (text == NULL) {
		g_set_error(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_BAD_REQUEST,
			    "a text of 1 to %d bytes is needed", LOA_WEB_API_MAX_TEXT);
		return NULL;
	}
	return call->handlers->read_text(call->office, call->caller, text);
}

static JsonNode *
run_job(LoaWebCall *call, GError **error)
{
	return loa_web_values_param(call, error)
		       ? call->handlers->job(call->office, call->caller, call->param, error)
		       : NULL;
}

const LoaWebRoute loa_web_routes_content[] = {
	{ "GET", API "/recordings", LOA_RIGHT_LOOK, LOA_WEB_BODY_NONE, 200, "state", "",
	  run_recordings },
	{ "POST", API "/recordings", LOA_RIGHT_RECORD, LOA_WEB_BODY_AUDIO, 202,
	  "title category file_name kind lead_unit author language text", "", run_import },
	{ "POST", API "/speech", LOA_RIGHT_RECORD, LOA_WEB_BODY_JSON, 202, "",
	  "text title category kind lead_unit author language", run_speech },
	{ "POST", API "/speech/read", LOA_RIGHT_RECORD, LOA_WEB_BODY_JSON, 200, "", "text",
	  run_read },
	{ "GET", API "/jobs/*", LOA_RIGHT_RECORD, LOA_WEB_BODY_NONE, 200, "", "", run_job },
	{ 0 },
};
