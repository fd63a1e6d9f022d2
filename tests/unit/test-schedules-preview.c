/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "schedules/faults.h"
#include "schedules/local-time.h"
#include "schedules/preview.h"
#include "schedules/schedule-file.h"
#include "tests/unit/schedules-sample.h"

static GTimeZone *zone;

static int
setup(void **state)
{
	(void)state;
	zone = loa_local_time_zone("Asia/Ho_Chi_Minh");
	return zone != NULL ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	g_time_zone_unref(zone);
	return 0;
}

static LoaSchedule *
parse(const char *text)
{
	return sample_schedule(text, NULL);
}

/* The length of every broadcast in minutes stands at the end of its title. */
static gint64
duration_from_title(const LoaBroadcast *broadcast, gpointer user_data)
{
	const char *last = strrchr(broadcast->title, ' ');

	(void)user_data;
	return last != NULL ? g_ascii_strtoll(last, NULL, 10) * 60000 : -1;
}

static LoaPreview *
look(const LoaSchedule *schedule, const char *from, guint n_days, const char *group,
     const GArray *hours)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(LoaPolicy) policy = hours != NULL ? loa_policy_new() : NULL;
	LoaPreviewQuery query = {
		.broadcasts = schedule->broadcasts,
		.zone = zone,
		.with_lunar = TRUE,
		.n_days = n_days,
		.group = group,
		.policy = policy,
		.duration_ms = duration_from_title,
	};

	if (hours != NULL)
		g_array_append_vals(policy->hours, hours->data, hours->len);
	assert_true(loa_day_parse(from, &query.from, NULL));
	LoaPreview *preview = loa_preview_new(&query, &error);
	assert_null(error);
	return preview;
}

#define B(id, more) "{ id = \"" id "\"; text = \"x\"; " more " },\n"
#define FILE_OF(text) "broadcasts = (\n" text ");"

/* Each warning as "KIND BROADCAST OTHER TIMES", one a line. */
static char *
list_warnings(const LoaPreview *preview)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < preview->warnings->len; i++) {
		const LoaPreviewWarning *warning = preview->warnings->pdata[i];

		g_string_append_printf(text, "%s %s %s %u\n", loa_preview_kind_name(warning->kind),
				       warning->broadcast->id,
				       warning->other != NULL ? warning->other->id : "-",
				       warning->n_times);
	}
	return g_string_free(text, FALSE);
}

static void
starts_carry_their_lunar_day(void **state)
{
	(void)state;
	g_autoptr(LoaSchedule) schedule =
		parse(FILE_OF(B("b", "title = \"x\"; to = \"all\"; at = \"00:00\";")));
	g_autoptr(LoaPreview) preview = look(schedule, "2026-02-16", 2, NULL, NULL);

	assert_int_equal(preview->starts->len, 2);
	const LoaPreviewStart *eve = &g_array_index(preview->starts, LoaPreviewStart, 0);
	const LoaPreviewStart *tet = &g_array_index(preview->starts, LoaPreviewStart, 1);
	assert_int_equal(eve->lunar.day, 29);
	assert_int_equal(eve->lunar.month, 12);
	assert_int_equal(tet->lunar.day, 1);
	assert_int_equal(tet->lunar.month, 1);
	assert_int_equal(tet->lunar.year, 2026);
	assert_int_equal(eve->duration_ms, -1);
	assert_int_equal(tet->slot.start_us - eve->slot.start_us, 86400 * LOA_SECOND_US);
}

static void
what_expires_or_wants_a_review_is_said_from_its_day_on(void **state)
{
	(void)state;
	static const struct {
		const char *from, *warnings;
	} cases[] = {
		{ "2026-02-09", "" },
		{ "2026-02-10", "review r - 1\n" },
		{ "2026-02-16", "expired e - 1\nreview r - 1\n" },
		{ "2026-02-17", "expired e - 1\nreview r - 1\nexpired v - 1\n" },
	};
	g_autoptr(LoaSchedule) schedule = parse(FILE_OF(
		B("e", "title = \"x\"; to = \"all\"; at = \"01:00\"; expires = \"2026-02-15\";")
			B("r", "title = \"x\"; to = \"all\"; at = \"02:00\"; review_by = "
			       "\"2026-02-10\";")
				B("v", "title = \"x\"; to = \"all\"; event = { at = \"2026-02-16 "
				       "08:00\"; reminders = [ \"-1h\" ]; };")));

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(LoaPreview) preview = look(schedule, cases[i].from, 1, NULL, NULL);
		g_autofree char *warnings = list_warnings(preview);

		assert_string_equal(warnings, cases[i].warnings);
	}
}

static void
two_of_one_class_that_overlap_in_one_group_are_a_conflict(void **state)
{
	(void)state;
	g_autoptr(LoaSchedule) schedule = parse(FILE_OF(
		B("a", "title = \"phút 15\"; to = [ \"to-1\", \"to-2\" ]; at = \"05:30\";")
			B("b", "title = \"phút 5\"; to = \"to-2\"; at = \"05:40\";") B(
				"after", "title = \"phút 5\"; to = \"to-2\"; at = \"05:45\";")
				B("elsewhere", "title = \"phút 5\"; to = \"to-3\"; at = \"05:40\";")
					B("higher", "title = \"phút 5\"; to = \"all\"; at = "
						    "\"05:40\"; class = \"priority\";")
						B("ordered", "title = \"phút 5\"; to = \"all\"; at "
							     "= \"05:40\"; order = 50;")));
	g_autoptr(LoaPreview) preview = look(schedule, "2026-11-21", 3, NULL, NULL);
	g_autofree char *warnings = list_warnings(preview);

	assert_string_equal(warnings, "conflict a b 3\n");
	const LoaPreviewWarning *warning = preview->warnings->pdata[0];
	assert_string_equal(warning->text,
			    "\"a\" and \"b\" meet at 2026-11-21T05:40:00+07:00, and neither "
			    "outranks the other: give one a lower order, shift it, or split the "
			    "groups (3 times)");
}

static void
without_durations_only_equal_starts_meet(void **state)
{
	(void)state;
	g_autoptr(LoaSchedule) schedule =
		parse(FILE_OF(B("a", "title = \"x\"; to = \"all\"; at = \"05:30\";") B(
			"b", "title = \"x\"; to = \"to-1\"; at = [ \"05:30\", \"05:31\" ];")));
	g_autoptr(LoaPreview) preview = look(schedule, "2026-11-21", 1, NULL, NULL);
	g_autofree char *warnings = list_warnings(preview);

	assert_string_equal(warnings, "conflict a b 1\n");
}

static void
a_long_one_meets_all_that_follow_within_it(void **state)
{
	(void)state;
	g_autoptr(LoaSchedule) schedule = parse(FILE_OF(
		B("a", "title = \"phút 60\"; to = \"all\"; at = \"05:00\";")
			B("b", "title = \"phút 1\"; to = \"all\"; at = \"05:10\";")
				B("c", "title = \"phút 1\"; to = \"all\"; at = \"05:59\";") B(
					"d", "title = \"phút 1\"; to = \"all\"; at = \"06:00\";")));
	g_autoptr(LoaPreview) preview = look(schedule, "2026-11-21", 1, NULL, NULL);
	g_autofree char *warnings = list_warnings(preview);

	assert_string_equal(warnings, "conflict a b 1\nconflict a c 1\n");
}

static void
what_lies_outside_the_hours_is_named_unless_it_may(void **state)
{
	(void)state;
	const LoaHours window = { 0x7f, 5 * 3600, 6 * 3600 };
	g_autoptr(GArray) hours = g_array_new(FALSE, FALSE, sizeof(LoaHours));
	g_autoptr(LoaSchedule) schedule = parse(FILE_OF(
		B("inside", "title = \"phút 30\"; to = \"to-1\"; at = \"05:30\";")
			B("early", "title = \"phút 5\"; to = \"to-2\"; at = \"03:15\";") B(
				"beyond", "title = \"phút 31\"; to = \"to-3\"; at = \"05:30\";")
				B("late", "title = \"x\"; to = \"to-4\"; at = \"06:00\";")
					B("tet", "title = \"phút 5\"; to = \"to-5\"; at = "
						 "\"00:00\"; exception = { by = \"Chủ "
						 "tịch\"; why = \"Giao thừa\"; };")
						B("storm", "title = \"phút 5\"; to = \"to-6\"; at "
							   "= \"02:00\"; class = \"emergency\";")));

	g_array_append_val(hours, window);
	g_autoptr(LoaPreview) preview = look(schedule, "2026-11-21", 2, NULL, hours);
	g_autofree char *warnings = list_warnings(preview);
	assert_string_equal(warnings, "outside-hours early - 2\n"
				      "outside-hours beyond - 2\n"
				      "outside-hours late - 2\n");

	g_array_set_size(hours, 0);
	g_autoptr(LoaPreview) closed = look(schedule, "2026-11-21", 1, NULL, hours);
	assert_int_equal(closed->warnings->len, 4);
}

/* With all that a site has; hours 5 to 21. */
static LoaPreview *
look_by_rules(const LoaSchedule *schedule, LoaPolicy *policy, const GPtrArray *overlays)
{
	const LoaHours window = { 0x7f, 5 * 3600, 21 * 3600 };
	static const LoaStaggerPolicy stagger = { FALSE, 60 * G_USEC_PER_SEC };
	const LoaPreviewQuery query = {
		.broadcasts = schedule->broadcasts,
		.zone = zone,
		.from = { 2026, 11, 23 },
		.n_days = 2,
		.groups = schedule->groups,
		.policy = policy,
		.overlays = overlays,
		.stagger = &stagger,
		.duration_ms = duration_from_title,
	};

	g_array_append_val(policy->hours, window);
	return loa_preview_new(&query, NULL);
}

#define THREE_GROUPS                                                                               \
	"groups = ( { id = \"to-1\"; name = \"1\"; }, { id = \"to-2\"; name = \"2\"; turn = 1; }," \
	" { id = \"to-3\"; name = \"3\"; start_offset_ms = 60000; } );\n"

static const LoaPreviewWarning *
only_warning(const LoaPreview *preview)
{
	assert_int_equal(preview->warnings->len, 1);
	return preview->warnings->pdata[0];
}

static void
the_preview_counts_sessions_as_the_planner_does(void **state)
{
	(void)state;
	g_autoptr(LoaPolicy) policy = loa_policy_new();
	g_autoptr(LoaSchedule) schedule = parse(THREE_GROUPS FILE_OF(
		B("sang", "title = \"phút 5\"; to = \"all\"; at = \"06:00\";")
			B("trua", "title = \"phút 5\"; to = [ \"to-1\" ]; at = \"11:00\"; class = "
				  "\"priority\";")));

	policy->sessions.a_day = 1;
	g_autoptr(LoaPreview) preview = look_by_rules(schedule, policy, NULL);
	const LoaPreviewWarning *warning = only_warning(preview);

	assert_int_equal(warning->kind, LOA_PREVIEW_TOO_MANY_SESSIONS);
	assert_string_equal(warning->broadcast->id, "sang");
	assert_int_equal(warning->n_times, 2);
	assert_non_null(strstr(warning->text, "2026-11-23T06:00:00"));
	assert_non_null(strstr(warning->text, "the 1 a day"));
	assert_non_null(strstr(warning->text, " in to-1:"));
	assert_non_null(strstr(warning->text, "(2 times)"));
}

static void
the_preview_asks_each_group_at_its_own_time(void **state)
{
	(void)state;
	g_autoptr(LoaPolicy) policy = loa_policy_new(), same = loa_policy_new();
	g_autoptr(LoaSchedule) schedule = parse(THREE_GROUPS FILE_OF(
		B("toi", "title = \"phút 10\"; to = \"all\"; at = \"20:50\";")));
	g_autoptr(LoaPreview) preview = look_by_rules(schedule, policy, NULL);
	g_autoptr(LoaSchedule) in_turn = parse(THREE_GROUPS FILE_OF(
		B("toi", "title = \"phút 10\"; to = \"all\"; at = \"20:45\"; in_turn = true;")));
	g_autoptr(LoaPreview) turns = look_by_rules(in_turn, same, NULL);

	assert_int_equal(only_warning(preview)->kind, LOA_PREVIEW_OUTSIDE_HOURS);
	assert_non_null(strstr(only_warning(preview)->text, "hours in to-3 and will"));
	assert_int_equal(only_warning(preview)->n_times, 2);
	assert_non_null(strstr(only_warning(turns)->text, "hours in to-2 and will"));
}

static void
two_meet_where_the_turn_of_one_group_comes_and_not_before(void **state)
{
	(void)state;
	g_autoptr(LoaPolicy) policy = loa_policy_new();
	/* a: 6:00 to 6:10 in to-1 and to-3, 6:11 to 6:21 in to-2 */
	g_autoptr(LoaSchedule) schedule = parse(THREE_GROUPS FILE_OF(
		B("a", "title = \"phút 10\"; to = \"all\"; at = \"06:00\"; in_turn = true;") B(
			"before", "title = \"phút 5\"; to = \"to-2\"; at = \"06:05\";")
			B("within", "title = \"phút 5\"; to = \"to-2\"; at = \"06:15\";") B(
				"late", "title = \"phút 1\"; to = \"to-3\"; at = \"06:09:30\";")
				B("into",
				  "title = \"phút 7\"; to = \"to-2\"; at = \"05:59\"; order = 99;")
					B("b",
					  "title = \"phút 13\"; to = \"to-2\"; at = \"05:58:30\"; "
					  "order = 99; in_turn = true;")));
	g_autoptr(LoaPreview) preview = look_by_rules(schedule, policy, NULL);
	g_autofree char *warnings = list_warnings(preview);
	const LoaPreviewWarning *within = preview->warnings->pdata[1];
	const LoaConflict conflict = loa_preview_conflict(preview, within);
	g_autoptr(LoaBroadcast) shifted = loa_conflict_shift(&conflict, zone);

	/* b has one turn only, so it plays at once */
	assert_string_equal(warnings, "conflict b into 2\nconflict a within 2\n");
	assert_non_null(strstr(within->text, "meet at 2026-11-23T06:15:00"));
	/* 6:22 is the first whole minute ten seconds after a is over everywhere */
	assert_int_equal(g_array_index(shifted->at_s, gint32, 0), 6 * 3600 + 22 * 60);
}

static void
who_sounds_when_the_turn_comes_is_the_earlier_one(void **state)
{
	(void)state;
	g_autoptr(LoaPolicy) policy = loa_policy_new();
	g_autoptr(LoaSchedule) schedule = parse(THREE_GROUPS FILE_OF(
		B("a", "title = \"phút 10\"; to = \"all\"; at = \"06:00\"; in_turn = true;")
			B("long", "title = \"phút 7\"; to = \"to-2\"; at = \"06:05\";")));
	g_autoptr(LoaPreview) preview = look_by_rules(schedule, policy, NULL);
	const LoaPreviewWarning *warning = only_warning(preview);
	const LoaConflict conflict = loa_preview_conflict(preview, warning);
	g_autoptr(LoaBroadcast) shifted = loa_conflict_shift(&conflict, zone);

	assert_string_equal(warning->broadcast->id, "long");
	assert_string_equal(warning->other->id, "a");
	assert_non_null(strstr(warning->text, "meet at 2026-11-23T06:11:00"));
	/* a itself begins when long is over */
	assert_string_equal(shifted->id, "a");
	assert_int_equal(g_array_index(shifted->at_s, gint32, 0), 6 * 3600 + 13 * 60);
}

static void
the_preview_shows_what_an_overlay_suspends(void **state)
{
	(void)state;
	g_autoptr(LoaPolicy) policy = loa_policy_new();
	g_autoptr(GPtrArray) overlays =
		g_ptr_array_new_with_free_func((GDestroyNotify)loa_overlay_free);
	LoaOverlay *overlay = loa_overlay_new();
	g_autoptr(LoaSchedule) schedule = parse(THREE_GROUPS FILE_OF(
		B("a", "title = \"phút 5\"; to = \"to-1\"; at = \"06:00\"; category = \"nhac\";")
			B("b", "title = \"phút 5\"; to = \"all\"; at = \"06:00\"; category = "
			       "\"nhac\";")));

	overlay->id = g_strdup("tang");
	overlay->name = g_strdup("Quốc tang");
	overlay->from.day = (LoaDay){ 2026, 11, 24 };
	overlay->until.day = (LoaDay){ 2026, 11, 25 };
	overlay->to_all = FALSE;
	g_ptr_array_add(overlay->groups, g_strdup("to-1"));
	g_ptr_array_add(overlay->suspends, g_strdup("nhac"));
	g_ptr_array_add(overlays, overlay);

	g_autoptr(LoaPreview) preview = look_by_rules(schedule, policy, overlays);
	g_autofree char *warnings = list_warnings(preview);
	const LoaPreviewStart *starts = &g_array_index(preview->starts, LoaPreviewStart, 0);
	g_autoptr(JsonNode) json = loa_preview_to_json(preview, zone);
	g_autofree char *text = json_to_string(json, FALSE);

	/* the two meet on Monday; on Tuesday only one of them sounds */
	assert_string_equal(warnings, "suspended a - 1\nsuspended b - 1\nconflict a b 1\n");
	assert_null(starts[0].overlay);
	assert_true(starts[2].is_suspended);
	assert_ptr_equal(starts[3].overlay, overlay);
	assert_false(starts[3].is_suspended);
	assert_int_equal(starts[3].n_suspended, 1);
	assert_non_null(strstr(text, "\"suspended\":{\"overlay\":\"tang\",\"name\":\"Quốc "
				     "tang\",\"everywhere\":true}"));
	assert_non_null(strstr(text, "suspended by the overlay \\\"Quốc tang\\\" (tang) in to-1"));
}

static void
what_cannot_play_is_named(void **state)
{
	(void)state;
	g_autoptr(LoaSchedule) schedule = parse(FILE_OF(
		B("never", "title = \"x\"; to = \"to-1\"; at = \"05:30\"; days = \"sun\"; from = "
			   "\"2026-11-23\"; until = \"2026-11-28\";")
			B("sunday",
			  "title = \"x\"; to = \"to-1\"; at = \"05:30\"; days = \"sun\"; from = "
			  "\"2026-11-22\"; until = \"2026-11-28\";")
				B("over",
				  "title = \"x\"; to = \"to-1\"; at = \"05:30\"; until = "
				  "\"2026-11-20\";") B("past", "title = \"x\"; to = \"to-1\"; at = "
							       "\"05:30\"; date = \"2026-09-02\";")
					B("last", "title = \"x\"; to = \"to-2\"; at = \"05:30\"; "
						  "until = \"2026-11-21\";")
						B("secret", "title = \"x\"; to = \"to-1\"; at = "
							    "\"05:30\"; confidential = true;")));
	g_autoptr(LoaPreview) preview = look(schedule, "2026-11-21", 3, NULL, NULL);
	g_autofree char *warnings = list_warnings(preview);

	assert_string_equal(warnings, "never never - 1\nexpired over - 1\nexpired past - 1\n"
				      "confidential secret - 1\n");
	assert_int_equal(preview->starts->len, 2); /* sunday, last */
}

static void
one_group_sees_its_own_only(void **state)
{
	(void)state;
	g_autoptr(LoaSchedule) schedule = parse(
		FILE_OF(B("a", "title = \"x\"; to = \"all\"; at = \"05:30\";")
				B("b", "title = \"x\"; to = \"to-1\"; at = \"05:30\";")
					B("c", "title = \"x\"; to = \"to-2\"; at = \"05:30\";")));
	g_autoptr(LoaPreview) preview = look(schedule, "2026-11-21", 1, "to-2", NULL);
	g_autofree char *warnings = list_warnings(preview);

	assert_int_equal(preview->starts->len, 2);
	assert_string_equal(warnings, "conflict a c 1\n");
}

static void
json_tells_all_of_it(void **state)
{
	(void)state;
	g_autoptr(LoaSchedule) schedule = parse(FILE_OF(
		B("a", "title = \"Chào phút 2\"; to = [ \"to-1\" ]; at = \"05:30\"; date = "
		       "\"2026-02-17\";")
			B("b",
			  "title = \"x\"; to = \"all\"; at = \"05:31\"; date = \"2026-02-17\";")));
	g_autoptr(LoaPreview) preview = look(schedule, "2026-02-17", 1, NULL, NULL);
	g_autoptr(JsonNode) node = loa_preview_to_json(preview, zone);
	g_autofree char *text = json_to_string(node, FALSE);

	static const char want[] =
		"{\"from\":\"2026-02-17\",\"days\":1,\"starts\":["
		"{\"broadcast\":\"a\",\"title\":\"Chào phút 2\",\"class\":\"normal\","
		"\"to\":[\"to-1\"],\"start\":\"2026-02-17T05:30:00+07:00\","
		"\"start_us\":1771281000000000,\"day\":\"2026-02-17\",\"weekday\":\"tue\","
		"\"time\":\"05:30\",\"lunar\":\"1/1\",\"occasions\":\"Tết Nguyên "
		"đán\",\"duration_ms\":120000,\"suspended\":null},"
		"{\"broadcast\":\"b\",\"title\":\"x\",\"class\":\"normal\",\"to\":\"all\","
		"\"start\":\"2026-02-17T05:31:00+07:00\",\"start_us\":1771281060000000,"
		"\"day\":\"2026-02-17\",\"weekday\":\"tue\",\"time\":\"05:31\",\"lunar\":\"1/"
		"1\",\"occasions\":\"Tết Nguyên đán\","
		"\"duration_ms\":null,\"suspended\":null}],"
		"\"warnings\":[{\"kind\":\"conflict\",\"broadcast\":\"a\",\"other\":\"b\","
		"\"start\":\"2026-02-17T05:31:00+07:00\",\"start_us\":1771281060000000,"
		"\"times\":1,\"text\":\"\\\"a\\\" and \\\"b\\\" meet at "
		"2026-02-17T05:31:00+07:00, and neither outranks the other: give one a lower "
		"order, shift it, or split the groups\",\"groups\":[\"to-1\"],"
		"\"choices\":[";

	if (strncmp(text, want, strlen(want)) != 0)
		fail_msg("%s", text);
}

static void
too_many_starts_are_an_error(void **state)
{
	(void)state;
	GString *text = g_string_new("broadcasts = (\n");

	for (guint i = 0; i < 300; i++)
		g_string_append_printf(
			text,
			"{ id = \"b%u\"; title = \"x\"; text = \"x\"; to = \"all\"; at "
			"= [ \"05:00\", \"06:00\" ]; },\n",
			i);
	g_string_append(text, ");");
	g_autoptr(LoaSchedule) schedule = parse(text->str);
	g_autoptr(GError) error = NULL;
	LoaPreviewQuery query = {
		.broadcasts = schedule->broadcasts,
		.zone = zone,
		.from = { 2026, 1, 1 },
		.n_days = LOA_PREVIEW_MAX_DAYS,
	};

	assert_null(loa_preview_new(&query, &error));
	assert_true(g_error_matches(error, LOA_TIMETABLE_ERROR, LOA_TIMETABLE_ERROR_TOO_MANY));
	g_string_free(text, TRUE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(starts_carry_their_lunar_day),
		cmocka_unit_test(what_expires_or_wants_a_review_is_said_from_its_day_on),
		cmocka_unit_test(two_of_one_class_that_overlap_in_one_group_are_a_conflict),
		cmocka_unit_test(without_durations_only_equal_starts_meet),
		cmocka_unit_test(a_long_one_meets_all_that_follow_within_it),
		cmocka_unit_test(what_lies_outside_the_hours_is_named_unless_it_may),
		cmocka_unit_test(the_preview_counts_sessions_as_the_planner_does),
		cmocka_unit_test(the_preview_asks_each_group_at_its_own_time),
		cmocka_unit_test(two_meet_where_the_turn_of_one_group_comes_and_not_before),
		cmocka_unit_test(who_sounds_when_the_turn_comes_is_the_earlier_one),
		cmocka_unit_test(the_preview_shows_what_an_overlay_suspends),
		cmocka_unit_test(what_cannot_play_is_named),
		cmocka_unit_test(one_group_sees_its_own_only),
		cmocka_unit_test(json_tells_all_of_it),
		cmocka_unit_test(too_many_starts_are_an_error),
	};

	return cmocka_run_group_tests_name("schedules/preview", tests, setup, teardown);
}
