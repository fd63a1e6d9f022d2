/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was heard: logbook, ticks, reports.
 */
#include "controller/web-routes.h"
#include "controller/web-values.h"
#include "wire/plan.h"

/* Hands a table to the browser, which saves it as @name. */
static JsonNode *
answer_csv(LoaWebCall *call, GBytes *bytes, const char *name)
{
	if (bytes == NULL)
		return NULL;
	call->file.bytes = bytes;
	call->file.type = "text/csv; charset=utf-8";
	call->file.name = g_strdup(name);
	return NULL;
}

static gboolean
read_language(LoaWebCall *call, LoaLanguage *language, GError **error)
{
	const char *name = loa_web_values_text(call, "lang");

	*language = LOA_LANGUAGE_VI;
	if (name == NULL || loa_language_from_name(name, language))
		return TRUE;
	g_set_error(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_BAD_REQUEST, "lang must be vi or en");
	return FALSE;
}

static gboolean
read_logbook_query(LoaWebCall *call, LoaLogbookQuery *query, GError **error)
{
	return loa_web_values_id(call, "group", &query->group, error) &&
	       loa_web_values_int(call, "from_us", 0, LOA_TIME_MAX_US, 0, &query->from_us, error) &&
	       loa_web_values_int(call, "to_us", 0, LOA_TIME_MAX_US, 0, &query->to_us, error);
}

static JsonNode *
run_logbook(LoaWebCall *call, GError **error)
{
	LoaLogbookQuery query = { 0 };

	if (!read_logbook_query(call, &query, error))
		return NULL;
	return call->handlers->logbook(call->office, call->caller, &query, error);
}

static JsonNode *
run_logbook_csv(LoaWebCall *call, GError **error)
{
	LoaLogbookQuery query = { 0 };
	LoaLanguage language;

	if (!read_logbook_query(call, &query, error) || !read_language(call, &language, error))
		return NULL;
	return answer_csv(
		call,
		call->handlers->logbook_csv(call->office, call->caller, &query, language, error),
		"nhat-ky.csv");
}

const LoaWebRoute loa_web_routes_record[] = {
	{ "GET", API "/logbook", LOA_RIGHT_READ_LOG, LOA_WEB_BODY_NONE, 200, "group from_us to_us",
	  "", run_logbook },
	{ "GET", API "/logbook.csv", LOA_RIGHT_READ_LOG, LOA_WEB_BODY_NONE, 200,
	  "group from_us to_us lang", "", run_logbook_csv },
	{ 0 },
};
