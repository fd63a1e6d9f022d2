/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "schedules/conflict.h"
#include "schedules/faults.h"
#include "schedules/local-time.h"
#include "schedules/preview.h"
#include "schedules/schedule-file.h"
#include "tests/unit/schedules-sample.h"

/* Monday, 2026-11-23 00:00 in Ho Chi Minh City */
#define MONDAY_US (G_GINT64_CONSTANT(1795366800) * LOA_SECOND_US)
#define MINUTE_US (60 * LOA_SECOND_US)

#define GROUPS                                                                                     \
	"groups = ( { id = \"to-1\"; name = \"1\"; }, { id = \"to-2\"; name = \"2\"; },"           \
	" { id = \"to-3\"; name = \"3\"; } );\n"

typedef struct {
	GTimeZone *zone;
	LoaSchedule *schedule;
	LoaConflict conflict;
} Site;

static int
setup(void **state)
{
	Site *site = g_new0(Site, 1);

	site->zone = loa_local_time_zone("Asia/Ho_Chi_Minh");
	*state = site;
	return 0;
}

static int
teardown(void **state)
{
	Site *site = *state;

	loa_schedule_free(site->schedule);
	g_time_zone_unref(site->zone);
	g_free(site);
	return 0;
}

/* The first sounds from 6:00 to 6:05:30, the second begins at 6:03. */
static void
meet(Site *site, const char *first, const char *second)
{
	g_autofree char *text = g_strdup_printf(
		GROUPS "broadcasts = ( { id = \"a\"; title = \"A\"; text = \"x\"; %s },\n"
		       "{ id = \"b\"; title = \"B\"; text = \"x\"; %s } );",
		first, second);

	g_clear_pointer(&site->schedule, loa_schedule_free);
	site->schedule = sample_schedule(text, NULL);
	site->conflict = (LoaConflict){
		.earlier = site->schedule->broadcasts->pdata[0],
		.later = site->schedule->broadcasts->pdata[1],
		.later_us = MONDAY_US + 363 * MINUTE_US,
		.free_us = MONDAY_US + 365 * MINUTE_US + 30 * LOA_SECOND_US,
		.groups = site->schedule->groups,
	};
}

static void
assert_groups(const LoaConflict *conflict, const char *want)
{
	g_autoptr(GPtrArray) groups = loa_conflict_groups(conflict);
	g_autofree char *is = NULL;

	g_ptr_array_add(groups, NULL);
	is = g_strjoinv(",", (char **)groups->pdata);
	assert_string_equal(is, want);
}

static void
they_meet_in_the_groups_that_hear_both(void **state)
{
	Site *site = *state;

	meet(site, "to = \"all\"; at = \"06:00\";", "to = \"all\"; at = \"06:03\";");
	assert_groups(&site->conflict, "to-1,to-2,to-3");
	site->conflict.groups = NULL;
	assert_groups(&site->conflict, "");
	meet(site, "to = \"all\"; at = \"06:00\";", "to = [ \"to-3\" ]; at = \"06:03\";");
	assert_groups(&site->conflict, "to-3");
	meet(site, "to = [ \"to-1\", \"to-2\" ]; at = \"06:00\";",
	     "to = [ \"to-2\", \"to-3\" ]; at = \"06:03\";");
	assert_groups(&site->conflict, "to-2");
}

static void
who_shall_go_first_gets_the_lower_order(void **state)
{
	Site *site = *state;
	const LoaConflict *c = &site->conflict;

	meet(site, "to = \"all\"; at = \"06:00\"; order = 7;",
	     "to = \"all\"; at = \"06:03\"; order = 7;");
	g_autoptr(LoaBroadcast) later = loa_conflict_order(c, c->later);

	assert_string_equal(later->id, "b");
	assert_int_equal(later->order, 6);
	meet(site, "to = \"all\"; at = \"06:00\"; order = 1;",
	     "to = \"all\"; at = \"06:03\"; order = 1;");
	g_autoptr(LoaBroadcast) lowest = loa_conflict_order(c, c->later);

	assert_string_equal(lowest->id, "b");
	assert_int_equal(lowest->order, 0);
	meet(site, "to = \"all\"; at = \"06:00\"; order = 0;",
	     "to = \"all\"; at = \"06:03\"; order = 0;");
	/* nothing is lower: the other one steps back */
	g_autoptr(LoaBroadcast) earlier = loa_conflict_order(c, c->later);

	assert_string_equal(earlier->id, "a");
	assert_int_equal(earlier->order, 1);
}

static void
the_later_one_is_shifted_to_a_whole_minute_after_the_earlier(void **state)
{
	Site *site = *state;

	meet(site, "to = \"all\"; at = \"06:00\";", "to = \"all\"; at = [ \"17:00\", \"06:03\" ];");
	g_autoptr(LoaBroadcast) b = loa_conflict_shift(&site->conflict, site->zone);

	assert_string_equal(b->id, "b");
	assert_int_equal(b->at_s->len, 2);
	assert_int_equal(g_array_index(b->at_s, gint32, 0), 6 * 3600 + 6 * 60);
	assert_int_equal(g_array_index(b->at_s, gint32, 1), 17 * 3600);

	/* exactly ten seconds before a minute is enough; one more is not */
	site->conflict.free_us = MONDAY_US + 365 * MINUTE_US + 50 * LOA_SECOND_US;
	g_autoptr(LoaBroadcast) just = loa_conflict_shift(&site->conflict, site->zone);

	assert_int_equal(g_array_index(just->at_s, gint32, 0), 6 * 3600 + 6 * 60);
	site->conflict.free_us++;
	g_autoptr(LoaBroadcast) next = loa_conflict_shift(&site->conflict, site->zone);

	assert_int_equal(g_array_index(next->at_s, gint32, 0), 6 * 3600 + 7 * 60);
}

static void
what_has_no_wall_time_or_would_move_to_tomorrow_is_not_shifted(void **state)
{
	Site *site = *state;

	meet(site, "to = \"all\"; at = \"06:00\";", "to = \"all\"; giao_thua = \"+00:10\";");
	assert_null(loa_conflict_shift(&site->conflict, site->zone));
	meet(site, "to = \"all\"; at = \"06:00\";", "to = \"all\"; at = \"06:03\";");
	site->conflict.free_us = MONDAY_US + 24 * 60 * MINUTE_US;
	assert_null(loa_conflict_shift(&site->conflict, site->zone));

	/* where it would play at that time anyway, it plays once */
	meet(site, "to = \"all\"; at = \"06:00\";", "to = \"all\"; at = [ \"06:03\", \"06:06\" ];");
	g_autoptr(LoaBroadcast) once = loa_conflict_shift(&site->conflict, site->zone);

	assert_int_equal(once->at_s->len, 1);
}

static void
split_lets_each_group_hear_one_of_them(void **state)
{
	Site *site = *state;
	const LoaConflict *c = &site->conflict;

	meet(site, "to = \"all\"; at = \"06:00\";", "to = [ \"to-3\" ]; at = \"06:03\";");
	g_autoptr(LoaBroadcast) a = loa_conflict_split(c, c->later);

	assert_string_equal(a->id, "a");
	assert_false(a->to_all);
	assert_int_equal(a->groups->len, 2);
	assert_string_equal(a->groups->pdata[0], "to-1");
	assert_string_equal(a->groups->pdata[1], "to-2");
	/* nobody would be left */
	assert_null(loa_conflict_split(c, c->earlier));
	meet(site, "to = \"all\"; at = \"06:00\";", "to = \"all\"; at = \"06:03\";");
	assert_null(loa_conflict_split(c, c->later));
}

static gint64
ten_minutes(const LoaBroadcast *broadcast, gpointer user_data)
{
	(void)broadcast;
	(void)user_data;
	return 600000;
}

static void
the_preview_carries_the_choices_and_each_of_them_ends_the_conflict(void **state)
{
	Site *site = *state;
	LoaPreviewQuery query = {
		.zone = site->zone,
		.from = { 2026, 11, 23 },
		.n_days = 2,
		.duration_ms = ten_minutes,
	};

	meet(site, "to = [ \"to-1\", \"to-2\" ]; at = \"06:00\";",
	     "to = [ \"to-2\", \"to-3\" ]; at = \"06:03\";");
	query.broadcasts = site->schedule->broadcasts;
	query.groups = site->schedule->groups;

	g_autoptr(LoaPreview) preview = loa_preview_new(&query, NULL);
	g_autoptr(JsonNode) json = loa_preview_to_json(preview, site->zone);
	g_autofree char *text = json_to_string(json, FALSE);
	const LoaPreviewWarning *warning = preview->warnings->pdata[0];
	LoaConflict c = loa_preview_conflict(preview, warning);

	assert_int_equal(warning->n_times, 2);
	assert_int_equal(c.later_us, MONDAY_US + 363 * MINUTE_US);
	assert_int_equal(c.free_us, MONDAY_US + 370 * MINUTE_US);
	assert_non_null(strstr(text, "{\"kind\":\"order\",\"first\":\"a\""));
	assert_non_null(strstr(text, "{\"kind\":\"shift\",\"to\":\"2026-11-23T06:11:00+07:00\""));
	assert_non_null(strstr(text, "{\"kind\":\"split\",\"keeper\":\"b\""));
	assert_non_null(strstr(text, "\"groups\":[\"to-2\"]"));

	g_autoptr(LoaBroadcast) ordered = loa_conflict_order(&c, c.later);
	g_autoptr(LoaBroadcast) shifted = loa_conflict_shift(&c, site->zone);
	g_autoptr(LoaBroadcast) split = loa_conflict_split(&c, c.earlier);
	LoaBroadcast *const edits[] = { ordered, shifted, split };

	for (gsize i = 0; i < G_N_ELEMENTS(edits); i++) {
		g_autoptr(GPtrArray) after = g_ptr_array_new();
		g_autoptr(LoaPreview) then = NULL;

		for (guint j = 0; j < 2; j++) {
			LoaBroadcast *b = site->schedule->broadcasts->pdata[j];

			g_ptr_array_add(after, strcmp(b->id, edits[i]->id) == 0 ? edits[i] : b);
		}
		query.broadcasts = after;
		then = loa_preview_new(&query, NULL);
		assert_int_equal(then->warnings->len, 0);
	}
}

int
main(void)
{
#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		test(they_meet_in_the_groups_that_hear_both),
		test(who_shall_go_first_gets_the_lower_order),
		test(the_later_one_is_shifted_to_a_whole_minute_after_the_earlier),
		test(what_has_no_wall_time_or_would_move_to_tomorrow_is_not_shifted),
		test(split_lets_each_group_hear_one_of_them),
		test(the_preview_carries_the_choices_and_each_of_them_ends_the_conflict),
	};

	return cmocka_run_group_tests_name("schedules/conflict", tests, NULL, NULL);
}
