/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One recording: its words, its approval, its files.
 */
#include "controller/web/web-routes.h"

#include "common/id.h"
#include "controller/web/web-ticket.h"
#include "controller/web/web-values.h"
#include "wire/plan.h"

#define MAX_WORD 200
#define MAX_REASON 500
#define SHA256_DIGITS 64

static JsonNode *
run_recording(LoaWebCall *call, GError **error)
{
	return loa_web_values_param(call, error)
		       ? call->handlers->recording(call->office, call->caller, call->param, error)
		       : NULL;
}

/* (nullable): %NULL: not asked for; "": it shall go away, as null does */
static const char *
word(LoaWebCall *call, JsonObject *root, const char *name, gsize max_bytes)
{
	const char *text;

	if (!json_object_has_member(root, name))
		return NULL;
	text = loa_json_reader_text_or_null(call->body, root, name, max_bytes);
	return text != NULL ? text : "";
}

static JsonNode *
run_set(LoaWebCall *call, GError **error)
{
	JsonObject *root = loa_json_reader_root(call->body);
	const gint64 expires_us =
		loa_json_reader_int_or(call->body, root, "expires_us", 0, LOA_TIME_MAX_US, 0);
	const gboolean is_confidential =
		loa_json_reader_bool_or(call->body, root, "confidential", FALSE);
	const gboolean is_template = loa_json_reader_bool_or(call->body, root, "template", FALSE);
	const LoaRecordingChange wanted = {
		.words = {
			.title = word(call, root, "title", LOA_TITLE_MAX),
			.category = word(call, root, "category", LOA_ID_MAX),
			.kind = word(call, root, "kind", MAX_WORD),
			.lead_unit = word(call, root, "lead_unit", MAX_WORD),
			.author = word(call, root, "author", MAX_WORD),
			.language = word(call, root, "language", MAX_WORD),
		},
		.expires_us = json_object_has_member(root, "expires_us") ? &expires_us : NULL,
		.is_confidential =
			json_object_has_member(root, "confidential") ? &is_confidential : NULL,
		.is_template = json_object_has_member(root, "template") ? &is_template : NULL,
	};

	if (!loa_json_reader_finish(call->body, error) || !loa_web_values_param(call, error))
		return NULL;
	return call->handlers->set_recording(call->office, call->caller, call->param, &wanted,
					     error);
}

static JsonNode *
decide(LoaWebCall *call, const LoaRecordingDecision *decision, GError **error)
{
	if (!loa_json_reader_finish(call->body, error) || !loa_web_values_param(call, error))
		return NULL;
	return call->handlers->decide(call->office, call->caller, call->param, decision, error);
}

static JsonNode *
run_submit(LoaWebCall *call, GError **error)
{
	const LoaRecordingDecision decision = { .act = LOA_APPROVAL_SUBMIT };

	return decide(call, &decision, error);
}

static JsonNode *
run_approve(LoaWebCall *call, GError **error)
{
	JsonObject *root = loa_json_reader_root(call->body);
	const LoaRecordingDecision decision = {
		.act = LOA_APPROVAL_APPROVE,
		.sha256 = loa_json_reader_hex(call->body, root, "sha256", SHA256_DIGITS),
	};

	return decide(call, &decision, error);
}

static JsonNode *
decide_with_reason(LoaWebCall *call, LoaApprovalAct act, GError **error)
{
	JsonObject *root = loa_json_reader_root(call->body);
	const LoaRecordingDecision decision = {
		.act = act,
		.reason = loa_json_reader_text(call->body, root, "reason", MAX_REASON),
	};

	return decide(call, &decision, error);
}

static JsonNode *
run_reject(LoaWebCall *call, GError **error)
{
	return decide_with_reason(call, LOA_APPROVAL_REJECT, error);
}

static JsonNode *
run_withdraw(LoaWebCall *call, GError **error)
{
	return decide_with_reason(call, LOA_APPROVAL_WITHDRAW, error);
}

static JsonNode *
answer_file(LoaWebCall *call, LoaOfficeFileKind kind, GError **error)
{
	if (!loa_web_values_param(call, error))
		return NULL;
	call->is_deferred = TRUE;
	call->handlers->file(call->office, call->caller, call->param, kind, loa_web_ticket_on_file,
			     loa_web_ticket_ref(call->ticket), loa_web_ticket_drop);
	return NULL;
}

static void
on_waveform(JsonNode *answer, const GError *error, gpointer user_data)
{
	loa_web_ticket_answer(user_data, answer, NULL, error);
}

static JsonNode *
run_waveform(LoaWebCall *call, GError **error)
{
	if (!loa_web_values_param(call, error))
		return NULL;
	call->is_deferred = TRUE;
	call->handlers->waveform(call->office, call->caller, call->param, on_waveform,
				 loa_web_ticket_ref(call->ticket), loa_web_ticket_drop);
	return NULL;
}

static JsonNode *
run_audio(LoaWebCall *call, GError **error)
{
	return answer_file(call, LOA_OFFICE_FILE_AUDIO, error);
}

static JsonNode *
run_original(LoaWebCall *call, GError **error)
{
	return answer_file(call, LOA_OFFICE_FILE_ORIGINAL, error);
}

static JsonNode *
run_mp3(LoaWebCall *call, GError **error)
{
	return answer_file(call, LOA_OFFICE_FILE_MP3, error);
}

static JsonNode *
run_wav(LoaWebCall *call, GError **error)
{
	return answer_file(call, LOA_OFFICE_FILE_WAV, error);
}

const LoaWebRoute loa_web_routes_recordings[] = {
	{ "GET", API "/recordings/*", LOA_RIGHT_LOOK, LOA_WEB_BODY_NONE, 200, "", "",
	  run_recording },
	{ "POST", API "/recordings/*/set", LOA_RIGHT_RECORD, LOA_WEB_BODY_JSON, 200, "",
	  "title category kind lead_unit author language expires_us confidential template",
	  run_set },
	{ "POST", API "/recordings/*/submit", LOA_RIGHT_RECORD, LOA_WEB_BODY_JSON, 200, "", "",
	  run_submit },
	{ "POST", API "/recordings/*/approve", LOA_RIGHT_APPROVE, LOA_WEB_BODY_JSON, 200, "",
	  "sha256", run_approve },
	{ "POST", API "/recordings/*/reject", LOA_RIGHT_APPROVE, LOA_WEB_BODY_JSON, 200, "",
	  "reason", run_reject },
	{ "POST", API "/recordings/*/withdraw", LOA_RIGHT_RECORD, LOA_WEB_BODY_JSON, 200, "",
	  "reason", run_withdraw },
	{ "GET", API "/recordings/*/audio", LOA_RIGHT_LISTEN, LOA_WEB_BODY_NONE, 200, "", "",
	  run_audio },
	{ "GET", API "/recordings/*/original", LOA_RIGHT_LISTEN, LOA_WEB_BODY_NONE, 200, "", "",
	  run_original },
	{ "GET", API "/recordings/*/master.mp3", LOA_RIGHT_LISTEN, LOA_WEB_BODY_NONE, 200, "", "",
	  run_mp3 },
	{ "GET", API "/recordings/*/master.wav", LOA_RIGHT_LISTEN, LOA_WEB_BODY_NONE, 200, "", "",
	  run_wav },
	{ "GET", API "/recordings/*/waveform", LOA_RIGHT_LISTEN, LOA_WEB_BODY_NONE, 200, "", "",
	  run_waveform },
	{ 0 },
};
