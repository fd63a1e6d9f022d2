/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "controller/loactl/loactl-log-format.h"

static const char outcome[] =
	"{\"id\":17,\"kind\":\"outcome\",\"received_us\":1795266006000000,\"node\":\"cum-1\","
	"\"group\":\"to-1\",\"group_name\":\"Tổ dân phố 1\",\"airing\":\"a.1\",\"broadcast\":\"a\","
	"\"title\":\"Chào mừng\",\"class\":\"normal\",\"result\":\"partial\",\"reason\":\"late\","
	"\"level\":2,\"planned_us\":1795265997000000,\"started_us\":1795265998000000,"
	"\"ended_us\":1795266005200000,\"duration_ms\":8200,\"heard_ms\":7200,\"concealed_ms\":20,"
	"\"n_gaps\":1,\"lost_ms\":1000,\"n_pauses\":0,\"paused_ms\":0,\"start_error_us\":0,"
	"\"level_db\":-17.04,\"clock\":{\"state\":\"synced\",\"source\":\"system\",\"bound_us\":1}"
	"}";
static const char event[] =
	"{\"id\":18,\"kind\":\"security\",\"received_us\":1795266060000000,\"node\":\"cum-1\","
	"\"group\":\"to-1\",\"group_name\":\"Tổ dân phố 1\",\"code\":\"signature\",\"topic\":\"t\","
	"\"detail\":\"d\",\"count\":3,\"first_us\":1795266030000000,\"last_us\":1795266040000000}";

/* (transfer full): the cell under a heading */
static char *
cell(const char *json, const char *heading)
{
	g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("+07:00");
	g_autoptr(JsonNode) node = json_from_string(json, NULL);
	g_auto(GStrv) headings = loa_loactl_log_format_cells(NULL, zone);
	g_auto(GStrv) cells = loa_loactl_log_format_cells(json_node_get_object(node), zone);

	assert_int_equal(g_strv_length(headings), g_strv_length(cells));
	for (gsize i = 0; headings[i] != NULL; i++) {
		if (strcmp(headings[i], heading) == 0)
			return g_strdup(cells[i]);
	}
	return NULL;
}

static void
assert_cells(const char *json, const char *const (*expected)[2], gsize n)
{
	for (gsize i = 0; i < n; i++) {
		g_autofree char *text = cell(json, expected[i][0]);

		assert_non_null(text);
		assert_string_equal(text, expected[i][1]);
	}
}

static void
an_outcome_stands_under_its_headings(void **state)
{
	(void)state;
	static const char *const expected[][2] = {
		{ "id", "17" },
		{ "kind", "outcome" },
		{ "received", "2026-11-21 20:00:06" },
		{ "group", "to-1" },
		{ "group_name", "Tổ dân phố 1" },
		{ "node", "cum-1" },
		{ "airing", "a.1" },
		{ "broadcast", "a" },
		{ "title", "Chào mừng" },
		{ "class", "normal" },
		{ "result", "partial" },
		{ "reason", "late" },
		{ "level", "L2" },
		{ "planned", "2026-11-21 19:59:57" },
		{ "started", "2026-11-21 19:59:58" },
		{ "ended", "2026-11-21 20:00:05" },
		{ "duration_s", "8.200" },
		{ "heard_s", "7.200" },
		{ "lost_s", "1.000" },
		{ "concealed_s", "0.020" },
		{ "gaps", "1" },
		{ "pauses", "0" },
		{ "paused_s", "0.000" },
		{ "gave_way_to", "" },
		{ "took_over", "" },
		{ "start_error_us", "0" },
		{ "level_db", "-17.0" },
		{ "clock", "synced" },
		{ "superseded", "" },
		{ "code", "" },
		{ "topic", "" },
		{ "detail", "" },
		{ "count", "" },
	};

	assert_cells(outcome, expected, G_N_ELEMENTS(expected));
}

static void
a_security_event_leaves_the_columns_of_sound_empty(void **state)
{
	(void)state;
	static const char *const expected[][2] = {
		{ "kind", "security" },
		{ "planned", "2026-11-21 20:00:30" },
		{ "ended", "2026-11-21 20:00:40" },
		{ "code", "signature" },
		{ "topic", "t" },
		{ "detail", "d" },
		{ "count", "3" },
		{ "level", "" },
		{ "heard_s", "" },
		{ "level_db", "" },
		{ "result", "" },
	};

	assert_cells(event, expected, G_N_ELEMENTS(expected));
}

static void
an_entry_of_another_make_is_shown_as_far_as_it_goes(void **state)
{
	(void)state;
	static const char *const expected[][2] = {
		{ "id", "0" }, { "title", "" }, { "planned", "" }, { "clock", "" }
	};

	assert_cells("{\"kind\":\"outcome\",\"id\":\"x\",\"title\":7,\"clock\":[]}", expected,
		     G_N_ELEMENTS(expected));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_outcome_stands_under_its_headings),
		cmocka_unit_test(a_security_event_leaves_the_columns_of_sound_empty),
		cmocka_unit_test(an_entry_of_another_make_is_shown_as_far_as_it_goes),
	};

	return cmocka_run_group_tests_name("controller/loactl-log-format", tests, NULL, NULL);
}
