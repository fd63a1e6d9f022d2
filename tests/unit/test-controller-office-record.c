/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "controller/office/office-groups.h"
#include "controller/office/office-record.h"
#include "controller/office/record-desk.h"
#include "controller/receivers/test-tone.h"
#include "tests/unit/office-ward.h"

static const char *const only_one[] = { "to-1", NULL };

static const LoaCaller leader = {
	.user = "lan",
	.name = "Tổ trưởng Lan",
	.roles = 1u << LOA_ROLE_LEADER,
	.groups = only_one,
	.address = "127.0.0.1",
};

static void
install(Ward *w, const char *node, const char *group)
{
	g_autofree char *key = g_strnfill(64, '0' + (char)strlen(node));
	g_autoptr(LoaNodeRecord) record = loa_node_record_new(node, group, key, NOON_US - DAY_US);

	assert_true(loa_store_add_node(w->store, record, NULL));
}

/* Two groups, of which to-2 has no receiver; "a" was planned for both at noon, and n1 reported. */
static void
have_history(Ward *w, LoaResult result)
{
	static const char *const groups[] = { "to-1", "to-2" };
	g_autoptr(LoaEntry) entry = sample_entry(1, "a", result);
	LoaLedgerResult taken;

	for (gsize i = 0; i < G_N_ELEMENTS(groups); i++) {
		g_autoptr(LoaPlan) plan = sample_plan(groups[i], 5);

		g_ptr_array_add(plan->airings, sample_airing("a", NOON_US, 10));
		assert_true(loa_store_save_plan(w->store, plan, NOON_US, NULL));
	}
	close_office(w);
	w->store = open_store(w->folder);
	install(w, "n1", "to-1");
	assert_true(loa_store_ledger_add(w->store, "n1", "to-1", "0123456789abcdef", entry,
					 NOON_US + HOUR_US, &taken, NULL));
	loa_store_close(w->store);
	set_time(w, NOON_US + HOUR_US);
	open_office(w);
}

static LoaGroup *
group_at(const Ward *w, guint i)
{
	return g_ptr_array_index(w->config->groups, i);
}

/* An answer that the record's thread makes. */
typedef struct {
	GBytes *bytes;
	GError *error;
	guint n_told, n_freed;
} Answer;

static void
on_answer(LoaOfficeFile *file, const GError *error, gpointer user_data)
{
	Answer *answer = user_data;

	answer->n_told++;
	if (file != NULL)
		answer->bytes = g_bytes_ref(file->bytes);
	else
		answer->error = g_error_copy(error);
}

static void
on_freed(gpointer user_data)
{
	((Answer *)user_data)->n_freed++;
}

/* (transfer full) (nullable) */
static GBytes *
await(Answer *answer, GCancellable *gone, GError **error)
{
	g_clear_object(&gone);
	while (answer->n_freed == 0)
		g_main_context_iteration(NULL, TRUE);
	assert_int_equal(answer->n_told, 1);
	if (answer->error != NULL)
		g_propagate_error(error, answer->error);
	return answer->bytes;
}

static JsonNode *
as_json(GBytes *bytes)
{
	g_autofree char *text =
		bytes == NULL ? NULL
			      : g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));

	g_clear_pointer(&bytes, g_bytes_unref);
	return text == NULL ? NULL : json_from_string(text, NULL);
}

static JsonNode *
ask_logbook(Ward *w, const LoaCaller *caller, const LoaLogbookQuery *query, GError **error)
{
	Answer a = { 0 };

	return as_json(await(
		&a, loa_office_logbook(w->office, caller, query, on_answer, &a, on_freed), error));
}

static GBytes *
ask_logbook_csv(Ward *w, const LoaCaller *caller, const LoaLogbookQuery *query,
		LoaLanguage language, GError **error)
{
	Answer a = { 0 };

	return await(
		&a,
		loa_office_logbook_csv(w->office, caller, query, language, on_answer, &a, on_freed),
		error);
}

static JsonNode *
ask_report(Ward *w, const LoaCaller *caller, const LoaReportQuery *query, GError **error)
{
	Answer a = { 0 };

	return as_json(await(
		&a, loa_office_report(w->office, caller, query, on_answer, &a, on_freed), error));
}

static GBytes *
ask_report_csv(Ward *w, const LoaCaller *caller, const LoaReportQuery *query, LoaReportPart part,
	       LoaLanguage language, GError **error)
{
	Answer a = { 0 };

	return await(&a,
		     loa_office_report_csv(w->office, caller, query, part, language, on_answer, &a,
					   on_freed),
		     error);
}

static JsonNode *
read_logbook(Ward *w, const LoaCaller *caller, const char *group)
{
	const LoaLogbookQuery query = { .group = group };
	g_autoptr(GError) error = NULL;

	return must(ask_logbook(w, caller, &query, &error), error);
}

static void
the_logbook_has_a_line_for_each_group(void **state)
{
	Ward *w = *state;
	g_autoptr(JsonNode) book = NULL;

	have_history(w, LOA_RESULT_COMPLETED);
	book = read_logbook(w, &loa_caller_token, NULL);
	assert_at(book, "airings.0.group", "\"to-1\"");
	assert_at(book, "airings.0.group_name", "\"Tổ 1\"");
	assert_at(book, "airings.0.result", "\"completed\"");
	assert_at(book, "airings.0.level", "2");
	assert_at(book, "airings.0.duration_ms", "10000");
	assert_at(book, "airings.0.nodes.0.node", "\"n1\"");
	assert_at(book, "airings.0.coverage", "{\"n\":1,\"of\":2,\"missing\":[\"Tổ 2\"]}");
	assert_at(book, "airings.1.group", "\"to-2\"");
	assert_at(book, "airings.1.result", "\"no-receiver\"");
	assert_at(book, "airings.1.words.vi", "\"Chưa lắp cụm thu.\"");
	assert_at(book, "airings.2", "(absent)");
}

static void
the_logbook_can_be_of_one_group_and_of_a_time(void **state)
{
	Ward *w = *state;
	g_autoptr(JsonNode) one = NULL;
	LoaLogbookQuery query = { .from_us = NOON_US, .to_us = NOON_US };
	g_autoptr(GError) error = NULL;

	have_history(w, LOA_RESULT_COMPLETED);
	one = read_logbook(w, &loa_caller_token, "to-2");
	assert_at(one, "airings.0.group", "\"to-2\"");
	assert_at(one, "airings.0.coverage.of", "2");
	assert_at(one, "airings.1", "(absent)");
	assert_null(ask_logbook(w, &loa_caller_token, &query, &error));
	assert_true(g_error_matches(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_BAD_REQUEST));
	query.to_us = NOON_US + 1;

	g_autoptr(JsonNode) in = ask_logbook(w, &loa_caller_token, &query, NULL);

	query = (LoaLogbookQuery){ .from_us = NOON_US - HOUR_US, .to_us = NOON_US };

	g_autoptr(JsonNode) before = ask_logbook(w, &loa_caller_token, &query, NULL);

	assert_at(in, "airings.1.group", "\"to-2\"");
	assert_at(before, "airings.0", "(absent)");
}

static void
assert_lacks(const char *text, const char *word)
{
	if (strstr(text, word) != NULL)
		fail_msg("\"%s\" stands in %s", word, text);
}

static void
a_leader_sees_nothing_of_other_groups(void **state)
{
	Ward *w = *state;
	const LoaLogbookQuery own = { 0 }, other = { .group = "to-2" };
	g_autoptr(GError) error = NULL;

	have_history(w, LOA_RESULT_MISSED);

	g_autoptr(JsonNode) book = read_logbook(w, &leader, NULL);
	g_autofree char *text = json_to_string(book, FALSE);
	g_autoptr(GBytes) csv = ask_logbook_csv(w, &leader, &own, LOA_LANGUAGE_VI, NULL);

	assert_at(book, "airings.0.group", "\"to-1\"");
	assert_at(book, "airings.0.coverage", "null");
	assert_lacks(text, "to-2");
	assert_lacks(text, "Tổ 2");
	assert_non_null(csv);

	g_autofree char *table = g_strndup(g_bytes_get_data(csv, NULL), g_bytes_get_size(csv));

	assert_non_null(strstr(table, "Tổ 1"));
	assert_lacks(table, "to-2");
	assert_lacks(table, "Tổ 2");
	assert_null(ask_logbook(w, &leader, &other, &error));
	assert_true(g_error_matches(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_FORBIDDEN));
	g_clear_error(&error);
	assert_null(ask_logbook_csv(w, &leader, &other, LOA_LANGUAGE_VI, &error));
	assert_true(g_error_matches(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_FORBIDDEN));
}

static void
the_table_is_for_a_vietnamese_spreadsheet(void **state)
{
	Ward *w = *state;
	const LoaLogbookQuery query = { 0 };

	have_history(w, LOA_RESULT_COMPLETED);

	g_autoptr(GBytes) csv =
		ask_logbook_csv(w, &loa_caller_token, &query, LOA_LANGUAGE_VI, NULL);
	g_autofree char *table = g_strndup(g_bytes_get_data(csv, NULL), g_bytes_get_size(csv));
	g_auto(GStrv) lines = g_strsplit(table, "\r\n", -1);

	assert_true(g_str_has_prefix(lines[0], "\xEF\xBB\xBFGiờ phát,Tổ,Tiêu đề,"));
	assert_true(g_str_has_prefix(lines[1], "2026-11-21 12:00:00,Tổ 1,Bản tin,Thông thường,,"
					       "10.000,Đã phát hết,10.000,L2,"));
	assert_true(g_str_has_suffix(lines[1], ",1,2,Tổ 2,a,to-1"));
	assert_int_equal(g_strv_length(lines), 4);

	g_autoptr(GBytes) english =
		ask_logbook_csv(w, &loa_caller_token, &query, LOA_LANGUAGE_EN, NULL);
	g_autofree char *head = g_strndup(g_bytes_get_data(english, NULL), 14);

	assert_string_equal(head, "\xEF\xBB\xBFStart,Group");
}

#define OWN_WEEK "2026-W47"

static JsonNode *
tick(Ward *w, const LoaCaller *caller, const char *group, const char *week, const char *airing,
     LoaAnswer answer, GError **error)
{
	const LoaTickOrder order = { group, week, airing, answer, "gần chợ" };

	return loa_office_tick(w->office, caller, &order, error);
}

static void
assert_tick_refused(Ward *w, const char *group, const char *week, const char *airing,
		    LoaOfficeError code)
{
	g_autoptr(GError) error = NULL;

	assert_null(tick(w, &leader, group, week, airing, LOA_ANSWER_HEARD, &error));
	if (!g_error_matches(error, LOA_OFFICE_ERROR, (int)code))
		fail_msg("%s %s: %s", group, week, error->message);
}

static void
a_leaders_tick_becomes_level_5_in_the_logbook(void **state)
{
	Ward *w = *state;
	g_autoptr(GError) error = NULL;

	have_history(w, LOA_RESULT_COMPLETED);

	g_autoptr(JsonNode) said =
		must(tick(w, &leader, "to-1", OWN_WEEK, NULL, LOA_ANSWER_HEARD, &error), error);
	g_autoptr(JsonNode) book = read_logbook(w, &leader, NULL);

	assert_at(said, "by", "\"lan\"");
	assert_at(said, "at_us", "1795240800000000");
	assert_at(book, "airings.0.level", "5");
	assert_at(book, "airings.0.tick.answer", "\"heard\"");
	assert_at(book, "airings.0.tick.note", "\"gần chợ\"");
	assert_at(book, "airings.0.words.en",
		  "\"Played to the end (somebody on the spot confirmed it).\"");
}

static void
a_tick_can_be_changed_until_a_week_after_and_then_is_history(void **state)
{
	/* Monday of the week after the next, 00:00 */
	const gint64 closed_us = NOON_US + 8 * DAY_US + 12 * HOUR_US;
	Ward *w = *state;
	g_autoptr(GError) error = NULL;

	have_history(w, LOA_RESULT_COMPLETED);
	g_autoptr(JsonNode) first =
		must(tick(w, &leader, "to-1", OWN_WEEK, NULL, LOA_ANSWER_HEARD, &error), error);

	set_time(w, closed_us - 1);

	g_autoptr(JsonNode) second =
		must(tick(w, &leader, "to-1", OWN_WEEK, NULL, LOA_ANSWER_NOT_HEARD, &error), error);
	g_autofree char *first_id = at(first, "id");

	assert_at(second, "id", first_id);
	set_time(w, closed_us);
	assert_tick_refused(w, "to-1", OWN_WEEK, NULL, LOA_OFFICE_ERROR_CONFLICT);

	const LoaLogbookQuery all = { .from_us = NOON_US - DAY_US };
	g_autoptr(JsonNode) list = must(loa_office_ticks(w->office, &leader, &all, &error), error);

	assert_at(list, "ticks.0.answer", "\"not-heard\"");
	assert_at(list, "ticks.1", "(absent)");
}

static void
what_was_not_on_air_there_cannot_be_ticked(void **state)
{
	Ward *w = *state;

	have_history(w, LOA_RESULT_COMPLETED);
	assert_tick_refused(w, "to-2", OWN_WEEK, NULL, LOA_OFFICE_ERROR_FORBIDDEN);
	assert_tick_refused(w, "to-1", "47", NULL, LOA_OFFICE_ERROR_BAD_REQUEST);
	assert_tick_refused(w, "to-1", "2026-W46", NULL, LOA_OFFICE_ERROR_CONFLICT);
	assert_tick_refused(w, "to-1", "2026-W48", NULL, LOA_OFFICE_ERROR_CONFLICT);
	assert_tick_refused(w, "to-1", OWN_WEEK, "b", LOA_OFFICE_ERROR_CONFLICT);
	set_time(w, NOON_US - 1);
	assert_tick_refused(w, "to-1", OWN_WEEK, "a", LOA_OFFICE_ERROR_CONFLICT);
}

static void
weeks_without_an_answer_are_due_to_those_who_lead(void **state)
{
	Ward *w = *state;
	const LoaLogbookQuery query = { 0 };
	g_autoptr(GError) error = NULL;

	have_history(w, LOA_RESULT_COMPLETED);

	g_autoptr(JsonNode) all =
		must(loa_office_ticks(w->office, &loa_caller_token, &query, &error), error);
	g_autoptr(JsonNode) own = must(loa_office_ticks(w->office, &leader, &query, &error), error);

	assert_at(all, "due.0.group", "\"to-1\"");
	assert_at(all, "due.0.week", "\"" OWN_WEEK "\"");
	assert_at(all, "due.0.is_over", "false");
	assert_at(all, "due.1.group", "\"to-2\"");
	assert_at(all, "due.2", "(absent)");
	assert_at(own, "due.0.group", "\"to-1\"");
	assert_at(own, "due.1", "(absent)");

	g_autoptr(JsonNode) said =
		must(tick(w, &leader, "to-1", OWN_WEEK, NULL, LOA_ANSWER_HEARD, &error), error);
	g_autoptr(JsonNode) done =
		must(loa_office_ticks(w->office, &leader, &query, &error), error);

	assert_at(done, "due.0", "(absent)");
	assert_at(done, "ticks.0.group", "\"to-1\"");
	set_time(w, NOON_US + 7 * DAY_US);

	g_autoptr(JsonNode) later =
		must(loa_office_ticks(w->office, &loa_caller_token, &query, &error), error);

	assert_at(later, "due.0.group", "\"to-2\"");
	assert_at(later, "due.0.is_over", "true");
}

static void
ticks_of_other_groups_are_not_shown_to_a_leader(void **state)
{
	Ward *w = *state;
	const LoaLogbookQuery query = { 0 };
	g_autoptr(GError) error = NULL;

	have_history(w, LOA_RESULT_COMPLETED);

	g_autoptr(JsonNode) said = must(
		tick(w, &loa_caller_token, "to-2", OWN_WEEK, "a", LOA_ANSWER_HEARD, &error), error);
	g_autoptr(JsonNode) own = must(loa_office_ticks(w->office, &leader, &query, &error), error);
	g_autofree char *text = json_to_string(own, FALSE);

	assert_lacks(text, "to-2");
	assert_lacks(text, "Tổ 2");
}

static JsonNode *
report(Ward *w, const char *period, gint64 from_us, gint64 to_us)
{
	const LoaReportQuery query = { period, from_us, to_us };
	g_autoptr(GError) error = NULL;

	return must(ask_report(w, &loa_caller_token, &query, &error), error);
}

static void
a_report_counts_what_the_logbook_shows(void **state)
{
	Ward *w = *state;

	have_history(w, LOA_RESULT_COMPLETED);

	g_autoptr(JsonNode) r = report(w, NULL, NOON_US, NOON_US + DAY_US);

	assert_at(r, "provisional", "true");
	assert_at(r, "airings", "1");
	assert_at(r, "items", "1");
	assert_at(r, "minutes", "0.20000000000000001");
	assert_at(r, "coverage", "{\"n\":1,\"of\":2,\"pct\":50.0}");
	assert_at(r, "by_group.0.group", "\"to-1\"");
	assert_at(r, "by_group.0.completed", "1");
	assert_at(r, "by_group.0.coverage_pct", "100.0");
	assert_at(r, "by_group.0.uptime_pct", "null");
	assert_at(r, "by_group.0.uptime_known_pct", "0.0");
	assert_at(r, "by_group.1.missed", "1");
	assert_at(r, "by_group.1.uptime_known_pct", "null");
	assert_at(r, "by_group.2", "(absent)");
	assert_at(r, "by_category.0.airings", "1");
	assert_at(r, "words.en", "\"Provisional: the period is not over.\"");
	set_time(w, NOON_US + DAY_US);

	g_autoptr(JsonNode) after = report(w, NULL, NOON_US, NOON_US + DAY_US);
	g_autoptr(JsonNode) before = report(w, NULL, NOON_US - DAY_US, NOON_US);

	assert_at(after, "provisional", "false");
	assert_at(after, "words.vi", "\"Số liệu đã đầy đủ.\"");
	assert_at(before, "airings", "0");
	assert_at(before, "by_group.0.coverage_pct", "null");
}

static void
a_report_is_of_a_period_or_of_a_time(void **state)
{
	static const LoaReportQuery bad[] = {
		{ NULL, NOON_US, NOON_US },
		{ NULL, NOON_US, NOON_US + 1099 * DAY_US },
		{ "thang.2026-11-01", NOON_US, NOON_US + 1 },
		{ "thang.2026-11-02", 0, 0 },
	};
	Ward *w = *state;

	have_history(w, LOA_RESULT_COMPLETED);

	g_autoptr(JsonNode) month = report(w, "thang-14.2026-11-14", 0, 0);
	g_autoptr(JsonNode) last = report(w, "thang-14.2026-10-14", 0, 0);
	g_autoptr(JsonNode) running = report(w, NULL, 0, 0);
	g_autoptr(JsonNode) periods = loa_office_report_periods(w->office, &loa_caller_token);

	assert_at(month, "from", "\"2026-11-14T00:00:00+07:00\"");
	assert_at(month, "to", "\"2026-12-14T00:00:00+07:00\"");
	assert_at(month, "airings", "1");
	assert_at(month, "name_vi", "\"Tháng (từ ngày 14)\"");
	assert_at(last, "airings", "0");
	assert_at(running, "period", "\"thang-14.2026-11-14\"");
	assert_at(last, "provisional", "false");
	assert_at(periods, "periods.0.id", "\"thang-14.2026-11-14\"");
	assert_at(periods, "periods.0.is_over", "false");
	assert_at(periods, "periods.1.id", "\"thang-14.2026-10-14\"");
	assert_at(periods, "periods.1.is_over", "true");
	assert_at(periods, "periods.1.due", "\"2026-11-14\"");
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;

		assert_null(ask_report(w, &loa_caller_token, &bad[i], &error));
		assert_int_equal(error->domain, LOA_OFFICE_ERROR);
	}
}

/* So many lines that the worker is still counting when the loop goes on. */
static void
have_a_long_history(Ward *w)
{
	static const char sql[] =
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6001)"
		" INSERT INTO planned (grp, airing, broadcast, title, class, ord, start_us, "
		"stop_us,"
		" resume, grace_us, is_live, n_samples, pre_skip, size_bytes)"
		" SELECT 'to-1', 'a' || i, 'x', 'x', 'normal', 1, 1795237200000000 - 3600000000 + "
		"i,"
		" 0, 'pause', 0, 0, 48000, 0, 1 FROM n";
	sqlite3 *db = NULL;

	assert_int_equal(sqlite3_open(w->folder->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static const LoaReportQuery long_query = { NULL, NOON_US - DAY_US, NOON_US };

static void
a_long_report_is_made_while_something_is_on_air(void **state)
{
	Ward *w = *state;
	g_autoptr(GError) error = NULL;

	have_a_long_history(w);
	have_recording(w, 60);

	g_autoptr(JsonNode) played = must(loa_office_play(w->office, &loa_caller_token, "r1", NULL,
							  LOA_CLASS_NORMAL, 0, &error),
					  error);
	g_autoptr(JsonNode) long_one = report(w, NULL, NOON_US - DAY_US, NOON_US);

	assert_at(long_one, "airings", "6001");
}

static void
what_is_written_meanwhile_is_not_in_a_report_and_does_not_wait_for_it(void **state)
{
	Ward *w = *state;
	g_autoptr(LoaPlan) plan = sample_plan("to-2", 7);
	g_autoptr(GError) error = NULL;
	Answer a = { 0 }, b = { 0 };

	have_a_long_history(w);

	GCancellable *gone = loa_office_report(w->office, &loa_caller_token, &long_query, on_answer,
					       &a, on_freed);

	g_ptr_array_add(plan->airings, sample_airing("later", NOON_US - SECOND_US, 10));
	assert_true(loa_store_save_plan(w->store, plan, NOON_US - SECOND_US, &error));
	assert_int_equal(a.n_told, 0);

	g_autoptr(JsonNode) first = as_json(await(&a, gone, &error));
	g_autoptr(JsonNode) second =
		as_json(await(&b,
			      loa_office_report(w->office, &loa_caller_token, &long_query,
						on_answer, &b, on_freed),
			      &error));
	g_autofree char *n = at(first, "airings");

	/* whichever came first to the database: all of it is there, or nothing */
	assert_true(strcmp(n, "6001") == 0 || strcmp(n, "6002") == 0);
	assert_at(second, "airings", "6002");
}

static void
nobody_waits_for_a_report_that_was_cancelled(void **state)
{
	Ward *w = *state;
	g_autoptr(GError) error = NULL;
	Answer a = { 0 };

	have_a_long_history(w);

	GCancellable *gone = loa_office_report(w->office, &loa_caller_token, &long_query, on_answer,
					       &a, on_freed);

	g_cancellable_cancel(gone);
	assert_null(await(&a, gone, &error));
	assert_non_null(error);
}

static void
only_so_many_reports_wait_for_their_turn(void **state)
{
	Answer a[LOA_RECORD_DESK_MAX + 1] = { 0 };
	Ward *w = *state;

	have_a_long_history(w);
	for (guint i = 0; i <= LOA_RECORD_DESK_MAX; i++) {
		g_autoptr(GCancellable) gone = loa_office_report(
			w->office, &loa_caller_token, &long_query, on_answer, &a[i], on_freed);

		assert_int_equal(gone == NULL, i == LOA_RECORD_DESK_MAX);
	}
	assert_true(g_error_matches(a[LOA_RECORD_DESK_MAX].error, LOA_OFFICE_ERROR,
				    LOA_OFFICE_ERROR_BUSY));
	assert_int_equal(a[LOA_RECORD_DESK_MAX].n_freed, 1);
	g_clear_error(&a[LOA_RECORD_DESK_MAX].error);
	/* an office that ends tells nobody, and forgets nobody */
	close_office(w);
	while (g_main_context_iteration(NULL, FALSE))
		;
	for (guint i = 0; i < LOA_RECORD_DESK_MAX; i++) {
		assert_int_equal(a[i].n_told, 0);
		assert_int_equal(a[i].n_freed, 1);
	}
	open_office(w);
}

static void
no_report_is_for_somebody_bound_to_groups(void **state)
{
	Ward *w = *state;
	const LoaReportQuery query = { "thang.2026-11-01", 0, 0 };
	g_autoptr(GError) error = NULL;

	assert_null(ask_report(w, &leader, &query, &error));
	assert_true(g_error_matches(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_FORBIDDEN));
	g_clear_error(&error);
	assert_null(ask_report_csv(w, &leader, &query, LOA_REPORT_GROUPS, LOA_LANGUAGE_VI, &error));
	assert_true(g_error_matches(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_FORBIDDEN));
}

static void
every_part_of_a_report_is_a_table(void **state)
{
	static const char *const starts[LOA_REPORT_LAST + 1] = {
		"Mã tổ,Tổ,Số lần phát,",           "Chuyên mục,Số lần phát,",
		"Đơn vị chủ trì,\"Số tin, bài\",", "Mã chương trình,Nội dung công khai,",
		"Tác giả,\"Tin, bài\",",
	};
	Ward *w = *state;
	const LoaReportQuery query = { "thang.2026-11-01", 0, 0 };
	g_autoptr(LoaRecording) r = sample_recording("r1", 10);

	r->author = g_strdup("=Nguyễn Văn A");
	r->kind = g_strdup("tin");
	assert_true(loa_store_put_recording(w->store, r, NULL));
	have_history(w, LOA_RESULT_COMPLETED);
	for (guint part = 0; part <= LOA_REPORT_LAST; part++) {
		g_autoptr(GBytes) csv = ask_report_csv(w, &loa_caller_token, &query,
						       (LoaReportPart)part, LOA_LANGUAGE_VI, NULL);
		g_autofree char *text =
			g_strndup(g_bytes_get_data(csv, NULL), g_bytes_get_size(csv));
		g_auto(GStrv) lines = g_strsplit(text, "\r\n", -1);
		assert_true(g_str_has_prefix(lines[0], "\xEF\xBB\xBF"));
		assert_true(g_str_has_prefix(lines[0] + 3, starts[part]));
		assert_true(g_str_has_suffix(lines[0], ",Tạm tính"));
		if (part == LOA_REPORT_GROUPS)
			assert_string_equal(lines[1],
					    "to-1,Tổ 1,1,0.2,0.2,1,1,0,0,100.0,,0.0,0,có");
		if (part == LOA_REPORT_REMUNERATION)
			assert_string_equal(lines[1], "\"'=Nguyễn Văn A\",Bản tin,tin,1,có,0,có");
	}
}

static void
a_group_can_be_called_otherwise_for_good(void **state)
{
	Ward *w = *state;
	g_autoptr(GError) error = NULL;

	have_history(w, LOA_RESULT_COMPLETED);

	g_autoptr(JsonNode) before =
		must(loa_office_groups(w->office, &loa_caller_token, &error), error);
	g_autoptr(JsonNode) after = must(loa_office_group_set(w->office, &loa_caller_token, "to-1",
							      " Xóm Đông ", NULL, &error),
					 error);
	g_autoptr(JsonNode) again = must(
		loa_office_group_set(w->office, &loa_caller_token, "to-1", NULL, "hmn", &error),
		error);

	assert_at(before, "groups.0.name", "\"Tổ 1\"");
	assert_at(before, "groups.0.language", "\"vi\"");
	assert_at(before, "groups.0.nodes", "[\"n1\"]");
	assert_at(before, "groups.1.nodes", "[]");
	assert_at(after, "groups.0.name", "\"Xóm Đông\"");
	assert_at(after, "groups.0.language", "\"vi\"");
	assert_at(again, "groups.0.name", "\"Xóm Đông\"");
	/* as controller.cfg has it at the next start */
	g_free(group_at(w, 0)->name);
	group_at(w, 0)->name = g_strdup("Tổ 1");
	close_office(w);
	open_office(w);

	g_autoptr(JsonNode) restarted =
		must(loa_office_groups(w->office, &loa_caller_token, &error), error);
	g_autoptr(JsonNode) book = read_logbook(w, &loa_caller_token, NULL);

	assert_at(restarted, "groups.0.name", "\"Xóm Đông\"");
	assert_at(restarted, "groups.0.language", "\"hmn\"");
	assert_at(book, "airings.0.group_name", "\"Xóm Đông\"");
}

static void
groups_are_named_with_sense_and_shown_to_those_who_may(void **state)
{
	static const struct {
		const char *id, *name, *language;
		LoaOfficeError code;
	} bad[] = {
		{ "to-9", "x", NULL, LOA_OFFICE_ERROR_NOT_FOUND },
		{ "to-1", "  ", NULL, LOA_OFFICE_ERROR_BAD_REQUEST },
		{ "to-1", NULL, "v", LOA_OFFICE_ERROR_BAD_REQUEST },
		{ "to-1", NULL, "tiếng Mông", LOA_OFFICE_ERROR_BAD_REQUEST },
	};
	Ward *w = *state;
	g_autoptr(JsonNode) own = loa_office_groups(w->office, &leader, NULL);

	assert_at(own, "groups.0.id", "\"to-1\"");
	assert_at(own, "groups.1", "(absent)");
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;

		assert_null(loa_office_group_set(w->office, &loa_caller_token, bad[i].id,
						 bad[i].name, bad[i].language, &error));
		assert_true(g_error_matches(error, LOA_OFFICE_ERROR, (int)bad[i].code));
	}
}

static void
a_test_tone_is_refused_where_nobody_could_hear_it(void **state)
{
	Ward *w = *state;
	g_autoptr(GError) error = NULL;

	have_history(w, LOA_RESULT_COMPLETED);
	assert_null(loa_office_node_test(w->office, &loa_caller_token, "n9", &error));
	assert_true(g_error_matches(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_NOT_FOUND));
	g_clear_error(&error);
	assert_null(loa_office_node_test(w->office, &loa_caller_token, "n1", &error));
	assert_true(g_error_matches(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_CONFLICT));
	assert_non_null(strstr(error->message, "offline"));
}

static void
the_test_tone_is_the_same_file_each_time(void **state)
{
	Ward *w = *state;
	g_autoptr(LoaAiring) one = loa_airing_new(), two = loa_airing_new();
	g_autoptr(GError) error = NULL;

	assert_true(loa_test_tone_prepare(w->folder->folder, one, &error));
	assert_true(loa_test_tone_prepare(w->folder->folder, two, &error));
	assert_string_equal(one->sha256, two->sha256);
	assert_int_equal(one->n_samples, 3 * LOA_SAMPLE_RATE);
	assert_true(one->pre_skip > 0);

	g_autofree char *name = g_strdup_printf("%s.opus", one->sha256);
	g_autofree char *path = g_build_filename(w->folder->folder, name, NULL);
	g_autofree char *bytes = NULL;
	gsize size;

	assert_true(g_file_get_contents(path, &bytes, &size, NULL));
	assert_int_equal(size, one->size_bytes);
	/* not an airing without a file behind it */
	assert_false(loa_test_tone_prepare("/nowhere", two, &error));
	assert_non_null(error);
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		test(the_logbook_has_a_line_for_each_group),
		test(the_logbook_can_be_of_one_group_and_of_a_time),
		test(a_leader_sees_nothing_of_other_groups),
		test(the_table_is_for_a_vietnamese_spreadsheet),
		test(a_leaders_tick_becomes_level_5_in_the_logbook),
		test(a_tick_can_be_changed_until_a_week_after_and_then_is_history),
		test(what_was_not_on_air_there_cannot_be_ticked),
		test(weeks_without_an_answer_are_due_to_those_who_lead),
		test(ticks_of_other_groups_are_not_shown_to_a_leader),
		test(a_test_tone_is_refused_where_nobody_could_hear_it),
		test(the_test_tone_is_the_same_file_each_time),
		test(a_report_counts_what_the_logbook_shows),
		test(a_group_can_be_called_otherwise_for_good),
		test(groups_are_named_with_sense_and_shown_to_those_who_may),
		test(a_report_is_of_a_period_or_of_a_time),
		test(a_long_report_is_made_while_something_is_on_air),
		test(what_is_written_meanwhile_is_not_in_a_report_and_does_not_wait_for_it),
		test(nobody_waits_for_a_report_that_was_cancelled),
		test(only_so_many_reports_wait_for_their_turn),
		test(no_report_is_for_somebody_bound_to_groups),
		test(every_part_of_a_report_is_a_table),
	};

	return cmocka_run_group_tests_name("controller/office-record", tests, NULL, NULL);
}
