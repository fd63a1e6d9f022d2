/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was heard: logbook, ticks, reports.
 */
#include "controller/web/web-routes.h"
#include "controller/web/web-ticket.h"
#include "controller/web/web-values.h"
#include "wire/plan.h"

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
	call->is_deferred = TRUE;
	loa_web_ticket_cancels(
		call->ticket,
		call->handlers->logbook(call->office, call->caller, &query, loa_web_ticket_on_file,
					loa_web_ticket_ref(call->ticket), loa_web_ticket_drop));
	return NULL;
}

static JsonNode *
run_logbook_csv(LoaWebCall *call, GError **error)
{
	LoaLogbookQuery query = { 0 };
	LoaLanguage language;

	if (!read_logbook_query(call, &query, error) || !read_language(call, &language, error))
		return NULL;
	call->is_deferred = TRUE;
	loa_web_ticket_cancels(call->ticket,
			       call->handlers->logbook_csv(call->office, call->caller, &query,
							   language, loa_web_ticket_on_file,
							   loa_web_ticket_ref(call->ticket),
							   loa_web_ticket_drop));
	return NULL;
}

static JsonNode *
run_ticks(LoaWebCall *call, GError **error)
{
	LoaLogbookQuery query = { 0 };

	if (!read_logbook_query(call, &query, error))
		return NULL;
	return call->handlers->ticks(call->office, call->caller, &query, error);
}

static JsonNode *
run_tick(LoaWebCall *call, GError **error)
{
	const char *words[LOA_ANSWER_LAST + 2] = { NULL };
	JsonObject *root = loa_json_reader_root(call->body);

	for (guint i = 0; i <= LOA_ANSWER_LAST; i++)
		words[i] = loa_answer_name((LoaAnswer)i);

	const LoaTickOrder order = {
		.group = loa_json_reader_id(call->body, root, "group"),
		.week = loa_json_reader_text(call->body, root, "week", LOA_ID_MAX),
		.airing = loa_json_reader_id_or_null(call->body, root, "airing"),
		.answer = (LoaAnswer)loa_json_reader_word(call->body, root, "answer", words),
		.note = loa_json_reader_text_or_null(call->body, root, "note", LOA_TICK_NOTE_MAX),
	};

	if (!loa_json_reader_finish(call->body, error))
		return NULL;
	return call->handlers->tick(call->office, call->caller, &order, error);
}

static JsonNode *
run_report_periods(LoaWebCall *call, GError **error)
{
	(void)error;
	return call->handlers->report_periods(call->office, call->caller);
}

static gboolean
read_report_query(LoaWebCall *call, LoaReportQuery *query, GError **error)
{
	return loa_web_values_id(call, "period", &query->period, error) &&
	       loa_web_values_int(call, "from_us", 0, LOA_TIME_MAX_US, 0, &query->from_us, error) &&
	       loa_web_values_int(call, "to_us", 0, LOA_TIME_MAX_US, 0, &query->to_us, error);
}

static JsonNode *
run_report(LoaWebCall *call, GError **error)
{
	LoaReportQuery query = { 0 };

	if (!read_report_query(call, &query, error))
		return NULL;
	call->is_deferred = TRUE;
	loa_web_ticket_cancels(
		call->ticket,
		call->handlers->report(call->office, call->caller, &query, loa_web_ticket_on_file,
				       loa_web_ticket_ref(call->ticket), loa_web_ticket_drop));
	return NULL;
}

static JsonNode *
run_report_csv(LoaWebCall *call, GError **error)
{
	const char *name = loa_web_values_text(call, "part");
	LoaReportQuery query = { 0 };
	LoaReportPart part = LOA_REPORT_GROUPS;
	LoaLanguage language;

	if (!read_report_query(call, &query, error) || !read_language(call, &language, error))
		return NULL;
	if (name != NULL && !loa_report_part_from_name(name, &part)) {
		g_set_error(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_BAD_REQUEST,
			    "part must be groups, categories, units, disclosures or remuneration");
		return NULL;
	}
	call->is_deferred = TRUE;
	loa_web_ticket_cancels(call->ticket,
			       call->handlers->report_csv(call->office, call->caller, &query, part,
							  language, loa_web_ticket_on_file,
							  loa_web_ticket_ref(call->ticket),
							  loa_web_ticket_drop));
	return NULL;
}

const LoaWebRoute loa_web_routes_record[] = {
	{ "GET", API "/logbook", LOA_RIGHT_READ_LOG, LOA_WEB_BODY_NONE, 200, "group from_us to_us",
	  "", run_logbook },
	{ "GET", API "/logbook.csv", LOA_RIGHT_READ_LOG, LOA_WEB_BODY_NONE, 200,
	  "group from_us to_us lang", "", run_logbook_csv },
	{ "GET", API "/ticks", LOA_RIGHT_READ_LOG, LOA_WEB_BODY_NONE, 200, "group from_us to_us",
	  "", run_ticks },
	{ "POST", API "/ticks", LOA_RIGHT_TICK, LOA_WEB_BODY_JSON, 201, "",
	  "group week airing answer note", run_tick },
	{ "GET", API "/reports/periods", LOA_RIGHT_REPORTS, LOA_WEB_BODY_NONE, 200, "", "",
	  run_report_periods },
	{ "GET", API "/reports", LOA_RIGHT_REPORTS, LOA_WEB_BODY_NONE, 200, "period from_us to_us",
	  "", run_report },
	{ "GET", API "/reports.csv", LOA_RIGHT_REPORTS, LOA_WEB_BODY_NONE, 200,
	  "period from_us to_us part lang", "", run_report_csv },
	{ 0 },
};
