/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "controller/office-record.h"
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

static JsonNode *
read_logbook(Ward *w, const LoaCaller *caller, const char *group)
{
	const LoaLogbookQuery query = { .group = group };
	g_autoptr(GError) error = NULL;

	return must(loa_office_logbook(w->office, caller, &query, &error), error);
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
	assert_null(loa_office_logbook(w->office, &loa_caller_token, &query, &error));
	assert_true(g_error_matches(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_BAD_REQUEST));
	query.to_us = NOON_US + 1;

	g_autoptr(JsonNode) in = loa_office_logbook(w->office, &loa_caller_token, &query, NULL);

	query = (LoaLogbookQuery){ .from_us = NOON_US - HOUR_US, .to_us = NOON_US };

	g_autoptr(JsonNode) before = loa_office_logbook(w->office, &loa_caller_token, &query, NULL);

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
	g_autoptr(GBytes) csv =
		loa_office_logbook_csv(w->office, &leader, &own, LOA_LANGUAGE_VI, NULL);

	assert_at(book, "airings.0.group", "\"to-1\"");
	assert_at(book, "airings.0.coverage", "null");
	assert_lacks(text, "to-2");
	assert_lacks(text, "Tổ 2");
	assert_non_null(csv);

	g_autofree char *table = g_strndup(g_bytes_get_data(csv, NULL), g_bytes_get_size(csv));

	assert_non_null(strstr(table, "Tổ 1"));
	assert_lacks(table, "to-2");
	assert_lacks(table, "Tổ 2");
	assert_null(loa_office_logbook(w->office, &leader, &other, &error));
	assert_true(g_error_matches(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_FORBIDDEN));
	g_clear_error(&error);
	assert_null(loa_office_logbook_csv(w->office, &leader, &other, LOA_LANGUAGE_VI, &error));
	assert_true(g_error_matches(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_FORBIDDEN));
}

static void
the_table_is_for_a_vietnamese_spreadsheet(void **state)
{
	Ward *w = *state;
	const LoaLogbookQuery query = { 0 };

	have_history(w, LOA_RESULT_COMPLETED);

	g_autoptr(GBytes) csv =
		loa_office_logbook_csv(w->office, &loa_caller_token, &query, LOA_LANGUAGE_VI, NULL);
	g_autofree char *table = g_strndup(g_bytes_get_data(csv, NULL), g_bytes_get_size(csv));
	g_auto(GStrv) lines = g_strsplit(table, "\r\n", -1);

	assert_true(g_str_has_prefix(lines[0], "\xEF\xBB\xBFGiờ phát,Tổ,Tiêu đề,"));
	assert_true(g_str_has_prefix(lines[1], "2026-11-21 12:00:00,Tổ 1,Bản tin,Thông thường,,"
					       "10.000,Đã phát hết,10.000,L2,"));
	assert_true(g_str_has_suffix(lines[1], ",1,2,Tổ 2,a,to-1"));
	assert_int_equal(g_strv_length(lines), 4);

	g_autoptr(GBytes) english =
		loa_office_logbook_csv(w->office, &loa_caller_token, &query, LOA_LANGUAGE_EN, NULL);
	g_autofree char *head = g_strndup(g_bytes_get_data(english, NULL), 14);

	assert_string_equal(head, "\xEF\xBB\xBFStart,Group");
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
	};

	return cmocka_run_group_tests_name("controller/office-record", tests, NULL, NULL);
}
