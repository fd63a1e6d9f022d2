/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "tests/unit/wire-sample.h"
#include "wire/json-scan.h"

/* Returns: the code of the refusal, or -1 if it was taken. */
static int
report_code(const char *text, gsize size)
{
	g_autoptr(GBytes) body = g_bytes_new_static(text, size);
	g_autoptr(GError) error = NULL;
	g_autoptr(LoaReport) report = loa_report_decode(body, &error);

	if (report != NULL)
		return -1;
	assert_int_equal(error->domain, LOA_WIRE_ERROR);
	return error->code;
}

static int
ack_code(const char *text)
{
	g_autoptr(GBytes) body = g_bytes_new(text, strlen(text));
	g_autoptr(GError) error = NULL;
	LoaAck ack = { .seq = 77 };

	if (loa_ack_decode(body, &ack, &error))
		return -1;
	assert_int_equal(error->domain, LOA_WIRE_ERROR);
	assert_int_equal(ack.seq, 77);
	return error->code;
}

static char *
sample_report_text(void)
{
	g_autoptr(LoaReport) report = sample_report();
	g_autoptr(GBytes) body = loa_report_encode(report);

	return sample_text(body);
}

static void
every_member_of_an_outcome_comes_back(void **state)
{
	(void)state;
	g_autoptr(LoaOutcome) want = sample_outcome();
	g_autofree char *json = loa_outcome_to_json(want);
	g_autoptr(LoaOutcome) got = loa_outcome_from_json(json, NULL);

	assert_non_null(got);
	assert_string_equal(got->airing, want->airing);
	assert_string_equal(got->broadcast, want->broadcast);
	assert_string_equal(got->title, want->title);
	assert_int_equal(got->class, want->class);
	assert_int_equal(got->result, want->result);
	assert_string_equal(got->reason, want->reason);
	assert_int_equal(got->level, want->level);
	assert_true(got->planned_us == want->planned_us);
	assert_true(got->started_us == want->started_us);
	assert_true(got->ended_us == want->ended_us);
	assert_true(got->duration_ms == want->duration_ms);
	assert_true(got->heard_ms == want->heard_ms);
	assert_true(got->concealed_ms == want->concealed_ms);
	assert_int_equal(got->n_gaps, want->n_gaps);
	assert_true(got->lost_ms == want->lost_ms);
	assert_int_equal(got->n_pauses, want->n_pauses);
	assert_true(got->paused_ms == want->paused_ms);
	assert_string_equal(got->gave_way_to, want->gave_way_to);
	assert_null(got->took_over);
	assert_true(got->start_error_us == want->start_error_us);
	assert_true(got->level_db == want->level_db);
	assert_int_equal(got->clock_state, want->clock_state);
	assert_string_equal(got->clock_source, want->clock_source);
	assert_true(got->clock_bound_us == want->clock_bound_us);
}

static void
every_result_class_and_clock_state_survives(void **state)
{
	(void)state;
	for (int i = LOA_RESULT_COMPLETED; i <= LOA_RESULT_FAILED; i++) {
		g_autoptr(LoaOutcome) want = sample_outcome();
		LoaResult result;

		want->result = (LoaResult)i;
		want->class = (LoaClass)(i % 3);
		want->level = (LoaLevel)(i % 6);
		want->clock_state = (LoaClockState)(i % 3);
		want->took_over = g_strdup("x");
		g_clear_pointer(&want->gave_way_to, g_free);

		g_autofree char *json = loa_outcome_to_json(want);
		g_autoptr(LoaOutcome) got = loa_outcome_from_json(json, NULL);

		assert_int_equal(got->result, i);
		assert_int_equal(got->class, i % 3);
		assert_int_equal(got->level, i % 6);
		assert_int_equal(got->clock_state, i % 3);
		assert_string_equal(got->took_over, "x");
		assert_null(got->gave_way_to);
		assert_true(loa_result_from_name(loa_result_name((LoaResult)i), &result));
		assert_int_equal(result, i);
	}
	LoaResult untouched = LOA_RESULT_MISSED;

	assert_false(loa_result_from_name("Completed", &untouched));
	assert_false(loa_result_from_name(NULL, &untouched));
	assert_int_equal(untouched, LOA_RESULT_MISSED);
}

/* An entry that the controller refuses would be sent again for ever. */
static void
whatever_a_node_measured_can_be_read_again(void **state)
{
	(void)state;
	static const gint64 wild[] = {
		G_MININT64, -1, 0, 1, 1000, LOA_TIME_MIN_US - 1, LOA_TIME_MAX_US + 1, G_MAXINT64
	};
	static const double levels[] = { -INFINITY, -121, -0.0, 21, INFINITY, NAN, 1e-300 };
	g_autofree char *text = g_strnfill(5000, '"');

	memcpy(text + 10, "\n\xff\xe1\xba", 4);
	for (gsize i = 0; i < G_N_ELEMENTS(wild); i++) {
		g_autoptr(LoaOutcome) outcome = loa_outcome_new();
		g_autoptr(LoaSecurityEvent) event = loa_security_event_new();
		g_autoptr(GError) error = NULL;
		gint64 n = wild[i];

		outcome->airing = g_strdup("a");
		outcome->broadcast = g_strdup("b");
		outcome->title = i % 2 == 0 ? g_strdup(text) : NULL;
		outcome->reason = i % 2 == 0 ? g_strdup(text) : NULL;
		outcome->clock_source = i % 2 == 0 ? g_strdup("no id") : NULL;
		outcome->planned_us = outcome->started_us = outcome->ended_us = n;
		outcome->duration_ms = outcome->heard_ms = outcome->concealed_ms = n;
		outcome->lost_ms = outcome->paused_ms = outcome->start_error_us = n;
		outcome->clock_bound_us = n;
		outcome->n_gaps = outcome->n_pauses = G_MAXUINT32;
		outcome->level_db = levels[i % G_N_ELEMENTS(levels)];
		event->code = g_strdup("hours");
		event->topic = g_strdup(text);
		event->detail = g_strdup(text);
		event->first_us = event->last_us = event->count = n;

		g_autofree char *json = loa_outcome_to_json(outcome);
		g_autofree char *event_json = loa_security_event_to_json(event);
		g_autoptr(LoaOutcome) outcome_back = loa_outcome_from_json(json, &error);

		if (outcome_back == NULL)
			fail_msg("%s: %s", error->message, json);
		g_autoptr(LoaSecurityEvent) event_back =
			loa_security_event_from_json(event_json, &error);

		if (event_back == NULL)
			fail_msg("%s: %s", error->message, event_json);
		assert_true(event_back->count >= 1);
		assert_string_equal(outcome_back->clock_source, "none");
	}
}

static void
the_outermost_values_are_kept_as_they_are(void **state)
{
	(void)state;
	g_autoptr(LoaOutcome) outcome = sample_outcome();

	outcome->planned_us = LOA_TIME_MIN_US;
	outcome->started_us = 0;
	outcome->ended_us = LOA_TIME_MAX_US;
	outcome->clock_bound_us = LOA_CLOCK_BOUND_MAX_US;
	outcome->level_db = LOA_LEVEL_MAX_DB;
	outcome->start_error_us = -86400 * SECOND_US;

	g_autofree char *json = loa_outcome_to_json(outcome);
	g_autoptr(LoaOutcome) back = loa_outcome_from_json(json, NULL);

	assert_non_null(back);
	assert_true(back->planned_us == LOA_TIME_MIN_US);
	assert_true(back->started_us == 0);
	assert_true(back->ended_us == LOA_TIME_MAX_US);
	assert_true(back->clock_bound_us == LOA_CLOCK_BOUND_MAX_US);
	assert_true(back->level_db == LOA_LEVEL_MAX_DB);
	assert_true(back->start_error_us == -86400 * SECOND_US);
}

static void
an_event_comes_back(void **state)
{
	(void)state;
	g_autoptr(LoaSecurityEvent) want = sample_event();
	g_autofree char *json = loa_security_event_to_json(want);
	g_autoptr(LoaSecurityEvent) got = loa_security_event_from_json(json, NULL);

	assert_string_equal(got->code, want->code);
	assert_string_equal(got->topic, want->topic);
	assert_string_equal(got->detail, want->detail);
	assert_true(got->first_us == want->first_us);
	assert_true(got->last_us == want->last_us);
	assert_int_equal(got->count, 12);
}

static void
a_report_gives_back_its_entries(void **state)
{
	(void)state;
	g_autoptr(LoaReport) want = sample_report();
	g_autoptr(GBytes) body = loa_report_encode(want);
	g_autoptr(LoaReport) got = loa_report_decode(body, NULL);

	assert_string_equal(got->site, SAMPLE_SITE);
	assert_string_equal(got->node, SAMPLE_NODE);
	assert_string_equal(got->epoch, "0123456789abcdef");
	assert_int_equal(got->entries->len, 2);
	for (guint i = 0; i < 2; i++) {
		const LoaEntry *a = g_ptr_array_index(want->entries, i);
		const LoaEntry *b = g_ptr_array_index(got->entries, i);

		assert_int_equal(b->seq, 41 + i);
		assert_int_equal(b->kind, a->kind);
		assert_string_equal(b->json, a->json);
	}
}

static void
what_a_newer_node_adds_is_not_stored(void **state)
{
	(void)state;
	g_autofree char *text = sample_report_text();
	g_autofree char *changed =
		sample_replace(text, "\"reason\":", "\"future\":[1],\"reason\":");
	g_autoptr(GBytes) body = g_bytes_new(changed, strlen(changed));
	g_autoptr(LoaReport) report = loa_report_decode(body, NULL);
	g_autoptr(LoaReport) want = sample_report();

	assert_non_null(report);
	assert_string_equal(((LoaEntry *)g_ptr_array_index(report->entries, 0))->json,
			    ((LoaEntry *)g_ptr_array_index(want->entries, 0))->json);
}

static void
the_largest_report_fits_its_limit(void **state)
{
	(void)state;
	g_autofree char *id = g_strnfill(LOA_ID_MAX, 'x');
	g_autofree char *quotes = g_strnfill(1000, '"');
	g_autoptr(LoaReport) report = loa_report_new(id, id, "0123456789abcdef");
	g_autoptr(LoaOutcome) outcome = sample_outcome();

	for (int i = 0; i < 3; i++) {
		char **ids[] = { &outcome->airing, &outcome->broadcast, &outcome->gave_way_to };

		g_free(*ids[i]);
		*ids[i] = g_strdup(id);
	}
	outcome->took_over = g_strdup(id);
	g_free(outcome->title);
	g_free(outcome->reason);
	outcome->title = g_strdup(quotes);
	outcome->reason = g_strdup(quotes);

	g_autofree char *json = loa_outcome_to_json(outcome);

	for (gint64 i = 0; i < LOA_REPORT_MAX_ENTRIES; i++)
		g_ptr_array_add(report->entries,
				loa_entry_new(LOA_JSON_INT_MAX - 40 + i, LOA_ENTRY_OUTCOME, json));
	g_autoptr(GBytes) body = loa_report_encode(report);
	g_autoptr(LoaReport) back = loa_report_decode(body, NULL);

	assert_true(g_bytes_get_size(body) < LOA_REPORT_MAX_SIZE);
	assert_non_null(back);
	assert_int_equal(back->entries->len, LOA_REPORT_MAX_ENTRIES);
}

typedef struct {
	const char *name;
	const char *from;
	const char *to;
	LoaWireError want;
} BadReport;

static const BadReport bad_reports[] = {
	{ "version 2", "\"v\":1", "\"v\":2", LOA_WIRE_ERROR_VERSION },
	{ "no site", "\"site\":", "\"x\":", LOA_WIRE_ERROR_RANGE },
	{ "node no id", "\"node\":\"loa-1\"", "\"node\":\"Loa 1\"", LOA_WIRE_ERROR_RANGE },
	{ "epoch too short", "0123456789abcdef", "0123456789abcde", LOA_WIRE_ERROR_RANGE },
	{ "epoch in capitals", "0123456789abcdef", "0123456789ABCDEF", LOA_WIRE_ERROR_RANGE },
	{ "epoch a number", "\"0123456789abcdef\"", "123456789", LOA_WIRE_ERROR_RANGE },
	{ "no entries", "\"entries\":[", "\"entries\":[],\"x\":[", LOA_WIRE_ERROR_RANGE },
	{ "entries missing", "\"entries\":", "\"entry\":", LOA_WIRE_ERROR_RANGE },
	{ "entry no object", "\"entries\":[", "\"entries\":[7,", LOA_WIRE_ERROR_RANGE },
	{ "seq 0", "\"seq\":41", "\"seq\":0", LOA_WIRE_ERROR_RANGE },
	{ "seq with a gap", "\"seq\":42", "\"seq\":43", LOA_WIRE_ERROR_RANGE },
	{ "seq twice", "\"seq\":42", "\"seq\":41", LOA_WIRE_ERROR_RANGE },
	{ "seq backwards", "\"seq\":42", "\"seq\":40", LOA_WIRE_ERROR_RANGE },
	{ "kind unknown", "\"kind\":\"outcome\"", "\"kind\":\"weather\"", LOA_WIRE_ERROR_RANGE },
	{ "kind of the other", "\"kind\":\"outcome\"", "\"kind\":\"security\"",
	  LOA_WIRE_ERROR_RANGE },
	{ "no data", "\"data\":", "\"date\":", LOA_WIRE_ERROR_RANGE },
	{ "data a text", "\"data\":{", "\"data\":\"\",\"x\":{", LOA_WIRE_ERROR_RANGE },
	{ "airing no id", "\"airing\":\"ban-tin", "\"airing\":\"Ban-tin", LOA_WIRE_ERROR_RANGE },
	{ "broadcast missing", "\"broadcast\":", "\"x\":", LOA_WIRE_ERROR_RANGE },
	{ "title missing", "\"title\":", "\"x\":", LOA_WIRE_ERROR_RANGE },
	{ "class unknown", "\"normal\"", "\"x\"", LOA_WIRE_ERROR_RANGE },
	{ "result unknown", "\"partial\"", "\"perfect\"", LOA_WIRE_ERROR_RANGE },
	{ "reason a number", "\"reason\":\"no-audio\"", "\"reason\":4", LOA_WIRE_ERROR_RANGE },
	{ "reason with a line break", "\"no-audio\"", "\"no\\naudio\"", LOA_WIRE_ERROR_RANGE },
	{ "level 6", "\"level\":2", "\"level\":6", LOA_WIRE_ERROR_RANGE },
	{ "level negative", "\"level\":2", "\"level\":-1", LOA_WIRE_ERROR_RANGE },
	{ "planned in 1999", "\"planned_us\":1795255200000000", "\"planned_us\":946684799999999",
	  LOA_WIRE_ERROR_RANGE },
	{ "started in 2200", "\"started_us\":1795255200001234", "\"started_us\":7258118400000001",
	  LOA_WIRE_ERROR_RANGE },
	{ "ended missing", "\"ended_us\":", "\"x\":", LOA_WIRE_ERROR_RANGE },
	{ "duration negative", "\"duration_ms\":90000", "\"duration_ms\":-1",
	  LOA_WIRE_ERROR_RANGE },
	{ "heard above a year", "\"heard_ms\":89400", "\"heard_ms\":31622400001",
	  LOA_WIRE_ERROR_RANGE },
	{ "concealed with a point", "\"concealed_ms\":220", "\"concealed_ms\":220.0",
	  LOA_WIRE_ERROR_RANGE },
	{ "gaps beyond 32 bits", "\"n_gaps\":2", "\"n_gaps\":4294967296", LOA_WIRE_ERROR_RANGE },
	{ "lost missing", "\"lost_ms\":", "\"x\":", LOA_WIRE_ERROR_RANGE },
	{ "pauses negative", "\"n_pauses\":1", "\"n_pauses\":-1", LOA_WIRE_ERROR_RANGE },
	{ "paused missing", "\"paused_ms\":", "\"x\":", LOA_WIRE_ERROR_RANGE },
	{ "gave way to no id", "\"gave_way_to\":\"now", "\"gave_way_to\":\"NOW",
	  LOA_WIRE_ERROR_RANGE },
	{ "took over no id",
	  "\"start_error_us\":", "\"took_over\":\"\",\"start_error_us\":", LOA_WIRE_ERROR_RANGE },
	{ "start error above a day", "\"start_error_us\":1234", "\"start_error_us\":86400000001",
	  LOA_WIRE_ERROR_RANGE },
	{ "level_db above 20", "\"level_db\":-23.4", "\"level_db\":20.1", LOA_WIRE_ERROR_RANGE },
	{ "level_db null", "\"level_db\":-23.4", "\"level_db\":null", LOA_WIRE_ERROR_RANGE },
	{ "no clock", "\"clock\":", "\"clack\":", LOA_WIRE_ERROR_RANGE },
	{ "clock state unknown", "\"synced\"", "\"fine\"", LOA_WIRE_ERROR_RANGE },
	{ "clock source no id", "\"system\"", "\"System\"", LOA_WIRE_ERROR_RANGE },
	{ "clock bound -2", "\"bound_us\":500000", "\"bound_us\":-2", LOA_WIRE_ERROR_RANGE },
	{ "event code no id", "\"code\":\"signature\"", "\"code\":\"\"", LOA_WIRE_ERROR_RANGE },
	{ "event topic missing", "\"topic\":", "\"x\":", LOA_WIRE_ERROR_RANGE },
	{ "event detail with escape", "the signature does", "\\u001b[0m", LOA_WIRE_ERROR_RANGE },
	{ "event never", "\"count\":12", "\"count\":0", LOA_WIRE_ERROR_RANGE },
	{ "event first in 1970", "\"first_us\":1795255200000000", "\"first_us\":1",
	  LOA_WIRE_ERROR_RANGE },
	{ "event last missing", "\"last_us\":", "\"x\":", LOA_WIRE_ERROR_RANGE },
};

static void
each_bad_value_of_a_report_has_its_code(void **state)
{
	(void)state;
	g_autofree char *text = sample_report_text();

	for (gsize i = 0; i < G_N_ELEMENTS(bad_reports); i++) {
		const BadReport *bad = &bad_reports[i];
		g_autofree char *changed = sample_replace(text, bad->from, bad->to);
		int code = report_code(changed, strlen(changed));

		if (code != (int)bad->want)
			fail_msg("%s: code %d", bad->name, code);
	}
}

static void
numbers_begin_at_one(void **state)
{
	(void)state;
	g_autofree char *text = sample_report_text();

	for (int first = 0; first < 2; first++) {
		g_autofree char *second = g_strdup_printf("\"seq\":%d", first + 1);
		g_autofree char *half = sample_replace(text, "\"seq\":42", second);
		g_autofree char *changed =
			sample_replace(half, "\"seq\":41", first == 0 ? "\"seq\":0" : "\"seq\":1");

		assert_int_equal(report_code(changed, strlen(changed)),
				 first == 0 ? (int)LOA_WIRE_ERROR_RANGE : -1);
	}
}

static void
reports_of_33_entries_are_refused(void **state)
{
	(void)state;
	g_autoptr(LoaReport) report = sample_report();
	g_autofree char *json = g_strdup(((LoaEntry *)g_ptr_array_index(report->entries, 1))->json);

	for (gint64 seq = 43; report->entries->len < LOA_REPORT_MAX_ENTRIES; seq++)
		g_ptr_array_add(report->entries, loa_entry_new(seq, LOA_ENTRY_SECURITY, json));

	g_autoptr(GBytes) body = loa_report_encode(report);
	g_autofree char *good = sample_text(body);
	g_autofree char *one_more = g_strdup_printf(
		"\"entries\":[{\"seq\":40,\"kind\":\"security\",\"data\":%s},", json);
	g_autofree char *bad = sample_replace(good, "\"entries\":[", one_more);

	assert_int_equal(report_code(good, strlen(good)), -1);
	assert_int_equal(report_code(bad, strlen(bad)), LOA_WIRE_ERROR_RANGE);
}

static void
every_shorter_and_every_huge_report_is_refused(void **state)
{
	(void)state;
	g_autofree char *text = sample_report_text();
	g_autofree char *huge = g_strnfill(LOA_REPORT_MAX_SIZE + 1, ' ');

	for (gsize size = 1; size < strlen(text); size++)
		assert_int_equal(report_code(text, size), LOA_WIRE_ERROR_SYNTAX);
	memcpy(huge, text, strlen(text));
	assert_int_equal(report_code(huge, LOA_REPORT_MAX_SIZE), -1);
	assert_int_equal(report_code(huge, LOA_REPORT_MAX_SIZE + 1), LOA_WIRE_ERROR_LENGTH);
}

static void
a_journal_line_that_is_too_long_is_refused(void **state)
{
	(void)state;
	g_autofree char *text = g_strnfill(5000, ' ');
	g_autoptr(GError) error = NULL;

	assert_null(loa_outcome_from_json(text, &error));
	assert_true(g_error_matches(error, LOA_WIRE_ERROR, LOA_WIRE_ERROR_LENGTH));
	g_clear_error(&error);
	assert_null(loa_security_event_from_json(text, &error));
	assert_true(g_error_matches(error, LOA_WIRE_ERROR, LOA_WIRE_ERROR_LENGTH));
}

static void
each_bad_value_of_an_ack_has_its_code(void **state)
{
	(void)state;
	static const BadReport cases[] = {
		{ "version 2", "\"v\":1", "\"v\":2", LOA_WIRE_ERROR_VERSION },
		{ "site no id", "phuong-demo", "phuong/demo", LOA_WIRE_ERROR_RANGE },
		{ "no node", "\"node\":", "\"x\":", LOA_WIRE_ERROR_RANGE },
		{ "epoch too long", "0123456789abcdef", "0123456789abcdef0", LOA_WIRE_ERROR_RANGE },
		{ "seq negative", "\"seq\":42", "\"seq\":-1", LOA_WIRE_ERROR_RANGE },
		{ "seq 2^53", "\"seq\":42", "\"seq\":9007199254740992", LOA_WIRE_ERROR_RANGE },
		{ "seq twice", "\"seq\":42", "\"seq\":42,\"seq\":43", LOA_WIRE_ERROR_SYNTAX },
		{ "cut short", "42}", "42", LOA_WIRE_ERROR_SYNTAX },
	};
	LoaAck ack = sample_ack();
	g_autoptr(GBytes) body = loa_ack_encode(&ack);
	g_autofree char *text = sample_text(body);
	g_autofree char *nothing = sample_replace(text, "\"seq\":42", "\"seq\":0");
	g_autofree char *huge = g_strdup_printf("%s%1024s", text, "");

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *changed = sample_replace(text, cases[i].from, cases[i].to);

		if (ack_code(changed) != (int)cases[i].want)
			fail_msg("%s: code %d", cases[i].name, ack_code(changed));
	}
	assert_int_equal(ack_code(nothing), -1);
	assert_int_equal(ack_code(huge), LOA_WIRE_ERROR_LENGTH);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_member_of_an_outcome_comes_back),
		cmocka_unit_test(every_result_class_and_clock_state_survives),
		cmocka_unit_test(whatever_a_node_measured_can_be_read_again),
		cmocka_unit_test(the_outermost_values_are_kept_as_they_are),
		cmocka_unit_test(an_event_comes_back),
		cmocka_unit_test(a_report_gives_back_its_entries),
		cmocka_unit_test(what_a_newer_node_adds_is_not_stored),
		cmocka_unit_test(the_largest_report_fits_its_limit),
		cmocka_unit_test(each_bad_value_of_a_report_has_its_code),
		cmocka_unit_test(numbers_begin_at_one),
		cmocka_unit_test(reports_of_33_entries_are_refused),
		cmocka_unit_test(every_shorter_and_every_huge_report_is_refused),
		cmocka_unit_test(a_journal_line_that_is_too_long_is_refused),
		cmocka_unit_test(each_bad_value_of_an_ack_has_its_code),
	};

	return cmocka_run_group_tests_name("wire/report", tests, NULL, NULL);
}
