/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "schedules/config-text.h"
#include "schedules/faults.h"
#include "schedules/local-time.h"
#include "schedules/permit.h"

#define MINUTE_US (60 * LOA_SECOND_US)
#define HOUR_US (60 * MINUTE_US)
/* Monday, 2026-11-23 00:00 in Ho Chi Minh City */
#define MONDAY_US (G_GINT64_CONSTANT(1795366800) * LOA_SECOND_US)
#define DAY_US (24 * HOUR_US)

/* --- sessions --- */

/* Minutes after an hour of no matter; a_day, minutes, gap as in the rules. */
static LoaSessionsResult
try_minutes(const GArray *sessions, const LoaSessionRules *rules, gint64 from, gint64 to)
{
	return loa_sessions_try(sessions, rules, from * MINUTE_US, to * MINUTE_US);
}

static void
add_minutes(GArray *sessions, const LoaSessionRules *rules, gint64 from, gint64 to)
{
	loa_sessions_add(sessions, rules, from * MINUTE_US, to * MINUTE_US);
}

static void
assert_session(const GArray *sessions, guint i, gint64 from, gint64 to)
{
	assert_true(i < sessions->len);
	assert_int_equal(g_array_index(sessions, LoaInterval, i).from_us, from * MINUTE_US);
	assert_int_equal(g_array_index(sessions, LoaInterval, i).to_us, to * MINUTE_US);
}

static void
airings_closer_than_the_gap_are_one_session(void **state)
{
	(void)state;
	const LoaSessionRules rules = { 0, 0, 10 };
	g_autoptr(GArray) sessions = g_array_new(FALSE, FALSE, sizeof(LoaInterval));

	add_minutes(sessions, &rules, 100, 110);
	add_minutes(sessions, &rules, 119, 120);
	assert_int_equal(sessions->len, 1);
	add_minutes(sessions, &rules, 130, 135);
	assert_int_equal(sessions->len, 2);
	add_minutes(sessions, &rules, 80, 90);
	assert_int_equal(sessions->len, 3);
	assert_session(sessions, 0, 80, 90);
	assert_session(sessions, 1, 100, 120);
	assert_session(sessions, 2, 130, 135);
	/* one between them makes them one */
	add_minutes(sessions, &rules, 121, 123);
	assert_int_equal(sessions->len, 2);
	assert_session(sessions, 1, 100, 135);
}

static void
no_more_sessions_than_allowed_but_more_in_one_that_is_there(void **state)
{
	(void)state;
	const LoaSessionRules rules = { 2, 0, 10 };
	g_autoptr(GArray) sessions = g_array_new(FALSE, FALSE, sizeof(LoaInterval));

	assert_int_equal(try_minutes(sessions, &rules, 0, 5), LOA_SESSIONS_FITS);
	add_minutes(sessions, &rules, 0, 5);
	assert_int_equal(try_minutes(sessions, &rules, 60, 65), LOA_SESSIONS_FITS);
	add_minutes(sessions, &rules, 60, 65);
	assert_int_equal(try_minutes(sessions, &rules, 120, 125), LOA_SESSIONS_TOO_MANY);
	assert_int_equal(try_minutes(sessions, &rules, 70, 75), LOA_SESSIONS_FITS);
	assert_int_equal(try_minutes(sessions, &rules, 75, 80), LOA_SESSIONS_TOO_MANY);
	/* what has begun already counts, whatever the rules say */
	add_minutes(sessions, &rules, 120, 125);
	assert_int_equal(sessions->len, 3);
	assert_int_equal(try_minutes(sessions, &rules, 126, 130), LOA_SESSIONS_FITS);
	assert_int_equal(try_minutes(sessions, &rules, 180, 181), LOA_SESSIONS_TOO_MANY);
}

static void
a_session_lasts_from_its_first_start_to_its_last_end(void **state)
{
	(void)state;
	const LoaSessionRules rules = { 0, 15, 10 };
	g_autoptr(GArray) sessions = g_array_new(FALSE, FALSE, sizeof(LoaInterval));

	assert_int_equal(try_minutes(sessions, &rules, 0, 15), LOA_SESSIONS_FITS);
	assert_int_equal(try_minutes(sessions, &rules, 0, 16), LOA_SESSIONS_TOO_LONG);
	add_minutes(sessions, &rules, 0, 5);
	assert_int_equal(try_minutes(sessions, &rules, 12, 15), LOA_SESSIONS_FITS);
	assert_int_equal(try_minutes(sessions, &rules, 12, 16), LOA_SESSIONS_TOO_LONG);
	assert_int_equal(try_minutes(sessions, &rules, 15, 30), LOA_SESSIONS_FITS);
	/* it would make one of two that are long enough together */
	add_minutes(sessions, &rules, 20, 25);
	assert_int_equal(try_minutes(sessions, &rules, 11, 12), LOA_SESSIONS_TOO_LONG);
}

static void
without_a_gap_only_what_overlaps_is_one(void **state)
{
	(void)state;
	const LoaSessionRules rules = { 1, 0, 0 };
	g_autoptr(GArray) sessions = g_array_new(FALSE, FALSE, sizeof(LoaInterval));

	add_minutes(sessions, &rules, 10, 20);
	assert_int_equal(try_minutes(sessions, &rules, 20, 21), LOA_SESSIONS_TOO_MANY);
	assert_int_equal(try_minutes(sessions, &rules, 9, 10), LOA_SESSIONS_TOO_MANY);
	assert_int_equal(try_minutes(sessions, &rules, 19, 21), LOA_SESSIONS_FITS);
}

/* --- hours --- */

static void
hours_are_replaced_within_a_time_and_nowhere_else(void **state)
{
	(void)state;
	const LoaInterval base[] = { { 10, 20 }, { 30, 40 }, { 50, 60 } };
	const LoaInterval with[] = { { 0, 16 }, { 18, 36 } };
	g_autoptr(GArray) hours = g_array_new(FALSE, FALSE, sizeof(LoaInterval));
	g_autoptr(GArray) own = g_array_new(FALSE, FALSE, sizeof(LoaInterval));
	g_autoptr(GArray) none = g_array_new(FALSE, FALSE, sizeof(LoaInterval));

	g_array_append_vals(hours, base, G_N_ELEMENTS(base));
	g_array_append_vals(own, with, G_N_ELEMENTS(with));
	loa_hours_replace(hours, own, 15, 35);
	/* what touches is one: 18..35 of the new, 35..40 of the old */
	assert_int_equal(hours->len, 3);
	assert_int_equal(g_array_index(hours, LoaInterval, 0).from_us, 10);
	assert_int_equal(g_array_index(hours, LoaInterval, 0).to_us, 16);
	assert_int_equal(g_array_index(hours, LoaInterval, 1).from_us, 18);
	assert_int_equal(g_array_index(hours, LoaInterval, 1).to_us, 40);
	loa_hours_replace(hours, none, 39, 55);
	assert_int_equal(g_array_index(hours, LoaInterval, 1).to_us, 39);
	assert_int_equal(g_array_index(hours, LoaInterval, 2).from_us, 55);
}

static void
cover_finds_the_one_interval_that_holds_it_all(void **state)
{
	(void)state;
	const LoaInterval base[] = { { 10, 20 }, { 30, 40 }, { 50, 60 } };
	static const struct {
		gint64 from, to;
		gboolean is_covered;
	} cases[] = { { 10, 20, TRUE },  { 9, 20, FALSE },  { 10, 21, FALSE }, { 30, 31, TRUE },
		      { 39, 40, TRUE },  { 40, 41, FALSE }, { 20, 30, FALSE }, { 59, 60, TRUE },
		      { 60, 61, FALSE }, { 0, 5, FALSE },   { 15, 35, FALSE } };
	g_autoptr(GArray) hours = g_array_new(FALSE, FALSE, sizeof(LoaInterval));

	assert_false(loa_hours_cover(hours, 1, 2));
	g_array_append_vals(hours, base, G_N_ELEMENTS(base));
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
		assert_int_equal(loa_hours_cover(hours, cases[i].from, cases[i].to),
				 cases[i].is_covered);
}

/* --- the permit --- */

typedef struct {
	GTimeZone *zone;
	GPtrArray *groups;
	GPtrArray *overlays;
	LoaPolicy *policy;
	LoaPermit *permit;
} Site;

static LoaValue *
parse(const char *text, GPtrArray *faults)
{
	return loa_config_text_parse("p.cfg", text, strlen(text), NULL, faults);
}

static LoaFieldsContext
context_of(GPtrArray *faults, GHashTable *groups)
{
	return (LoaFieldsContext){ .where = "p.cfg", .faults = faults, .groups = groups };
}

static LoaPolicy *
read_policy(const char *text)
{
	g_autoptr(GPtrArray) faults = loa_faults_new();
	g_autoptr(LoaValue) value = parse(text, faults);
	const LoaFieldsContext context = context_of(faults, NULL);
	LoaPolicy *policy = loa_policy_from_value(value, NULL, &context);

	if (policy == NULL)
		fail_msg("%s", (char *)faults->pdata[0]);
	return policy;
}

static LoaOverlay *
read_overlay(const char *text)
{
	g_autoptr(GPtrArray) faults = loa_faults_new();
	g_autoptr(LoaValue) value = parse(text, faults);
	const LoaFieldsContext context = context_of(faults, NULL);
	LoaOverlay *overlay = loa_overlay_from_value(value, &context);

	if (overlay == NULL)
		fail_msg("%s", (char *)faults->pdata[0]);
	return overlay;
}

#define HOURS "hours = ( { from = \"05:00\"; to = \"21:00\"; } );\n"

static int
setup(void **state)
{
	Site *site = g_new0(Site, 1);

	site->zone = loa_local_time_zone("Asia/Ho_Chi_Minh");
	site->groups = g_ptr_array_new_with_free_func((GDestroyNotify)loa_group_free);
	for (guint i = 1; i <= 3; i++) {
		g_autofree char *id = g_strdup_printf("to-%u", i);

		g_ptr_array_add(site->groups, loa_group_new(id, id));
	}
	site->overlays = g_ptr_array_new_with_free_func((GDestroyNotify)loa_overlay_free);
	*state = site;
	return 0;
}

static int
teardown(void **state)
{
	Site *site = *state;

	loa_permit_free(site->permit);
	loa_policy_free(site->policy);
	g_ptr_array_unref(site->overlays);
	g_ptr_array_unref(site->groups);
	g_time_zone_unref(site->zone);
	g_free(site);
	return 0;
}

/* A week from Monday on. */
static void
open_permit(Site *site, const char *policy)
{
	const LoaPermitConfig config = { .overlays = site->overlays,
					 .groups = site->groups,
					 .zone = site->zone,
					 .from_us = MONDAY_US,
					 .to_us = MONDAY_US + 7 * DAY_US };

	g_clear_pointer(&site->permit, loa_permit_free);
	g_clear_pointer(&site->policy, loa_policy_free);
	site->policy = read_policy(policy);
	LoaPermitConfig with = config;

	with.policy = site->policy;
	site->permit = loa_permit_new(&with);
}

static LoaPermitAsk
normal(gint64 from_min, gint64 to_min)
{
	return (LoaPermitAsk){ .class = LOA_CLASS_NORMAL,
			       .category = "ban-tin",
			       .from_us = MONDAY_US + from_min * MINUTE_US,
			       .to_us = MONDAY_US + to_min * MINUTE_US };
}

/* Both questions, as the planner asks them. */
static LoaPermitVerdict
ask(Site *site, guint group, LoaPermitAsk asked)
{
	LoaPermitWhy why;
	LoaPermitVerdict verdict =
		loa_permit_check(site->permit, loa_permit_kind(site->permit, group), &asked, &why);

	return verdict != LOA_PERMIT_OPEN
		       ? verdict
		       : loa_permit_take(site->permit, group, &asked, FALSE, &why);
}

static void
each_group_has_its_own_hours(void **state)
{
	Site *site = *state;

	open_permit(site, HOURS "groups = ( { to = \"to-2\"; hours = ( { days = \"mon-fri\";"
				" from = \"16:00\"; to = \"18:00\"; } ); } );");
	assert_int_equal(loa_permit_n_kinds(site->permit), 2);
	assert_int_equal(loa_permit_kind(site->permit, 0), loa_permit_kind(site->permit, 2));
	assert_int_equal(ask(site, 0, normal(360, 370)), LOA_PERMIT_OPEN);
	assert_int_equal(ask(site, 1, normal(360, 370)), LOA_PERMIT_HOURS);
	assert_int_equal(ask(site, 1, normal(16 * 60, 18 * 60)), LOA_PERMIT_OPEN);
	assert_int_equal(ask(site, 1, normal(16 * 60, 18 * 60 + 1)), LOA_PERMIT_HOURS);
	/* Saturday */
	assert_int_equal(ask(site, 1, normal((5 * 24 + 17) * 60, (5 * 24 + 17) * 60 + 1)),
			 LOA_PERMIT_HOURS);
	assert_int_equal(loa_permit_hours(site->permit, loa_permit_kind(site->permit, 1))->len, 5);
}

static void
sessions_are_counted_for_each_group_and_day(void **state)
{
	Site *site = *state;

	open_permit(site, HOURS "sessions_a_day = 1; session_minutes = 15;"
				"groups = ( { to = [ \"to-3\" ]; sessions_a_day = 2; } );");
	assert_true(loa_permit_limits_sessions(site->permit));
	assert_int_equal(ask(site, 0, normal(360, 370)), LOA_PERMIT_OPEN);
	assert_int_equal(ask(site, 0, normal(600, 610)), LOA_PERMIT_TOO_MANY_SESSIONS);
	assert_int_equal(ask(site, 0, normal(372, 376)), LOA_PERMIT_SESSION_TOO_LONG);
	assert_int_equal(ask(site, 1, normal(600, 610)), LOA_PERMIT_OPEN);
	assert_int_equal(ask(site, 2, normal(360, 370)), LOA_PERMIT_OPEN);
	assert_int_equal(ask(site, 2, normal(600, 610)), LOA_PERMIT_OPEN);
	assert_int_equal(ask(site, 2, normal(720, 736)), LOA_PERMIT_SESSION_TOO_LONG);
	assert_int_equal(ask(site, 2, normal(720, 730)), LOA_PERMIT_TOO_MANY_SESSIONS);
	/* Tuesday is another day, and Monday is still full afterwards */
	assert_int_equal(ask(site, 0, normal(24 * 60 + 360, 24 * 60 + 370)), LOA_PERMIT_OPEN);
	assert_int_equal(ask(site, 0, normal(800, 801)), LOA_PERMIT_TOO_MANY_SESSIONS);
}

static void
emergencies_and_exceptions_are_free_and_count_for_nothing(void **state)
{
	Site *site = *state;
	LoaPermitAsk emergency = normal(180, 200), allowed = normal(1430, 1450);

	open_permit(site, HOURS "sessions_a_day = 1;");
	emergency.class = LOA_CLASS_EMERGENCY;
	allowed.has_exception = TRUE;
	assert_int_equal(ask(site, 0, emergency), LOA_PERMIT_OPEN);
	assert_int_equal(ask(site, 0, allowed), LOA_PERMIT_OPEN);
	assert_int_equal(ask(site, 0, normal(360, 370)), LOA_PERMIT_OPEN);
	assert_int_equal(ask(site, 0, emergency), LOA_PERMIT_OPEN);
	assert_int_equal(ask(site, 0, normal(600, 610)), LOA_PERMIT_TOO_MANY_SESSIONS);
}

static void
an_exception_of_the_policy_holds_for_its_time_and_groups(void **state)
{
	Site *site = *state;
	LoaPermitWhy why;
	LoaPermitAsk night = normal(1290, 1300);

	open_permit(site,
		    HOURS "sessions_a_day = 1; exceptions = ( { id = \"dai-hoi\"; by = \"CT\";"
			  " why = \"Đại hội\"; from = \"2026-11-23 20:00\";"
			  " until = \"2026-11-23 21:40\"; to = [ \"to-1\", \"to-2\" ]; } );");
	assert_int_equal(
		loa_permit_check(site->permit, loa_permit_kind(site->permit, 0), &night, &why),
		LOA_PERMIT_OPEN);
	assert_string_equal(why.exception->id, "dai-hoi");
	/* within the hours nobody needs it, and still it counts as no session */
	assert_int_equal(ask(site, 0, normal(360, 370)), LOA_PERMIT_OPEN);
	assert_int_equal(ask(site, 0, normal(1210, 1220)), LOA_PERMIT_OPEN);
	assert_int_equal(ask(site, 0, normal(1100, 1110)), LOA_PERMIT_TOO_MANY_SESSIONS);
	assert_int_equal(ask(site, 0, normal(1290, 1301)), LOA_PERMIT_HOURS);
	assert_int_equal(ask(site, 2, night), LOA_PERMIT_HOURS);
}

static void
what_must_takes_its_place_before_all_others(void **state)
{
	Site *site = *state;
	LoaPermitAsk begun = normal(300, 310);
	LoaPermitWhy why;

	open_permit(site, HOURS "sessions_a_day = 1;");
	assert_int_equal(ask(site, 0, normal(360, 370)), LOA_PERMIT_OPEN);
	assert_int_equal(loa_permit_take(site->permit, 0, &begun, TRUE, &why), LOA_PERMIT_OPEN);
	assert_int_equal(ask(site, 0, normal(600, 610)), LOA_PERMIT_TOO_MANY_SESSIONS);
	assert_int_equal(ask(site, 0, normal(311, 312)), LOA_PERMIT_OPEN);
}

#define MOURNING                                                                                   \
	"id = \"quoc-tang\"; name = \"Quốc tang\"; kind = \"mourning\";"                         \
	" from = \"2026-11-24 00:00\"; until = \"2026-11-26 00:00\"; "

static void
an_overlay_suspends_what_it_names_while_it_holds(void **state)
{
	Site *site = *state;
	const gint64 tuesday = 24 * 60 + 360;
	LoaPermitAsk music = normal(tuesday, tuesday + 10), allowed, other;
	LoaPermitWhy why;

	music.category = "am-nhac";
	g_ptr_array_add(site->overlays,
			read_overlay(MOURNING "suspends = [ \"am-nhac\", \"van-nghe\" ];"
					      " to = [ \"to-1\" ];"));
	open_permit(site, HOURS);
	assert_int_equal(
		loa_permit_check(site->permit, loa_permit_kind(site->permit, 0), &music, &why),
		LOA_PERMIT_SUSPENDED);
	assert_string_equal(why.overlay->id, "quoc-tang");
	assert_int_equal(ask(site, 1, music), LOA_PERMIT_OPEN);
	assert_int_equal(ask(site, 0, normal(tuesday, tuesday + 10)), LOA_PERMIT_OPEN);
	other = music;
	other.category = NULL;
	assert_int_equal(ask(site, 0, other), LOA_PERMIT_OPEN);
	/* who allowed it at night did not allow it now */
	allowed = music;
	allowed.has_exception = TRUE;
	assert_int_equal(ask(site, 0, allowed), LOA_PERMIT_SUSPENDED);
	/* before, and from the first moment after */
	other = music;
	other.from_us = MONDAY_US + DAY_US - 1;
	other.to_us = other.from_us + 1;
	other.has_exception = TRUE;
	assert_int_equal(ask(site, 0, other), LOA_PERMIT_OPEN);
	other.from_us++;
	assert_int_equal(ask(site, 0, other), LOA_PERMIT_SUSPENDED);
	other.from_us = MONDAY_US + 3 * DAY_US - 1;
	assert_int_equal(ask(site, 0, other), LOA_PERMIT_SUSPENDED);
	other.from_us++;
	assert_int_equal(ask(site, 0, other), LOA_PERMIT_OPEN);
}

static void
all_but_what_it_keeps(void **state)
{
	static const struct {
		const char *keys;
		LoaClass class;
		const char *category;
		gboolean is_suspended;
	} cases[] = {
		{ "suspends = \"all\";", LOA_CLASS_NORMAL, NULL, TRUE },
		{ "suspends = \"all\";", LOA_CLASS_PRIORITY, "thong-bao", TRUE },
		{ "suspends = \"all\";", LOA_CLASS_EMERGENCY, NULL, FALSE },
		{ "suspends = \"all\"; keeps = \"thong-bao\";", LOA_CLASS_NORMAL, "thong-bao",
		  FALSE },
		{ "suspends = \"all\"; keeps = [ \"thong-bao\" ];", LOA_CLASS_NORMAL, "am-nhac",
		  TRUE },
		{ "suspends = \"all\"; keeps_priority = true;", LOA_CLASS_PRIORITY, NULL, FALSE },
		{ "suspends = \"all\"; keeps_priority = true;", LOA_CLASS_NORMAL, NULL, TRUE },
		{ "suspends = [ \"am-nhac\" ]; keeps_priority = true;", LOA_CLASS_PRIORITY,
		  "am-nhac", FALSE },
		{ "suspends = [ \"am-nhac\" ];", LOA_CLASS_EMERGENCY, "am-nhac", FALSE },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text = g_strconcat(MOURNING, cases[i].keys, NULL);
		g_autoptr(LoaOverlay) overlay = read_overlay(text);

		if (loa_overlay_suspends(overlay, cases[i].class, cases[i].category) !=
		    cases[i].is_suspended)
			fail_msg("%s", cases[i].keys);
	}
}

static void
an_overlay_may_have_hours_of_its_own(void **state)
{
	Site *site = *state;
	const gint64 tuesday = 24 * 60;

	g_ptr_array_add(site->overlays,
			read_overlay("id = \"mua-dong\"; name = \"Giờ mùa đông\"; kind = \"hours\";"
				     " from = \"2026-11-24T00:00\"; until = \"2027-03-01 00:00\";"
				     " hours = ( { from = \"06:00\"; to = \"19:00\"; } );"));
	open_permit(site, HOURS);
	assert_int_equal(ask(site, 0, normal(300, 310)), LOA_PERMIT_OPEN);
	assert_int_equal(ask(site, 0, normal(tuesday + 300, tuesday + 310)), LOA_PERMIT_HOURS);
	assert_int_equal(ask(site, 0, normal(tuesday + 360, tuesday + 370)), LOA_PERMIT_OPEN);
	assert_int_equal(ask(site, 0, normal(tuesday + 1139, tuesday + 1141)), LOA_PERMIT_HOURS);
	assert_int_equal(g_array_index(loa_permit_hours(site->permit, 0), LoaInterval, 1).from_us,
			 MONDAY_US + DAY_US + 6 * HOUR_US);

	/* of two, the one that begins later */
	g_ptr_array_insert(
		site->overlays, 0,
		read_overlay("id = \"thi\"; name = \"Thi\"; kind = \"exams\";"
			     " from = \"2026-11-25 00:00\"; until = \"2026-11-26 00:00\";"
			     " hours = ( { from = \"17:00\"; to = \"18:00\"; } );"));
	open_permit(site, HOURS);
	assert_int_equal(ask(site, 0, normal(2 * tuesday + 360, 2 * tuesday + 370)),
			 LOA_PERMIT_HOURS);
	assert_int_equal(ask(site, 0, normal(2 * tuesday + 17 * 60, 2 * tuesday + 18 * 60)),
			 LOA_PERMIT_OPEN);
	assert_int_equal(ask(site, 0, normal(3 * tuesday + 360, 3 * tuesday + 370)),
			 LOA_PERMIT_OPEN);
}

static void
the_higher_class_then_the_lower_order_then_the_earlier_gets_the_session(void **state)
{
	(void)state;
	assert_true(loa_permit_goes_first(LOA_CLASS_PRIORITY, 9, 9, LOA_CLASS_NORMAL, 1, 1) < 0);
	assert_true(loa_permit_goes_first(LOA_CLASS_NORMAL, 1, 1, LOA_CLASS_PRIORITY, 9, 9) > 0);
	assert_true(loa_permit_goes_first(LOA_CLASS_NORMAL, 1, 9, LOA_CLASS_NORMAL, 2, 1) < 0);
	assert_true(loa_permit_goes_first(LOA_CLASS_NORMAL, 2, 1, LOA_CLASS_NORMAL, 1, 9) > 0);
	assert_true(loa_permit_goes_first(LOA_CLASS_NORMAL, 2, 1, LOA_CLASS_NORMAL, 2, 2) < 0);
	assert_int_equal(loa_permit_goes_first(LOA_CLASS_NORMAL, 2, 2, LOA_CLASS_NORMAL, 2, 2), 0);
}

static void
every_verdict_is_half_a_sentence(void **state)
{
	Site *site = *state;

	g_ptr_array_add(site->overlays, read_overlay(MOURNING "suspends = \"all\";"));

	const LoaPermitWhy why = { .overlay = site->overlays->pdata[0], .limit = 7 };
	static const char *const words[] = { "may sound", "\"Quốc tang\" (quoc-tang)",
					     "outside the permitted hours", "the 7 a day",
					     "the 7 minutes" };

	for (LoaPermitVerdict v = LOA_PERMIT_OPEN; v <= LOA_PERMIT_SESSION_TOO_LONG; v++) {
		g_autofree char *text = loa_permit_describe(v, &why);

		assert_non_null(strstr(text, words[v]));
		assert_true(strlen(loa_permit_verdict_name(v)) > 3);
	}
}

int
main(void)
{
#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(airings_closer_than_the_gap_are_one_session),
		cmocka_unit_test(no_more_sessions_than_allowed_but_more_in_one_that_is_there),
		cmocka_unit_test(a_session_lasts_from_its_first_start_to_its_last_end),
		cmocka_unit_test(without_a_gap_only_what_overlaps_is_one),
		cmocka_unit_test(hours_are_replaced_within_a_time_and_nowhere_else),
		cmocka_unit_test(cover_finds_the_one_interval_that_holds_it_all),
		test(each_group_has_its_own_hours),
		test(sessions_are_counted_for_each_group_and_day),
		test(emergencies_and_exceptions_are_free_and_count_for_nothing),
		test(an_exception_of_the_policy_holds_for_its_time_and_groups),
		test(what_must_takes_its_place_before_all_others),
		test(an_overlay_suspends_what_it_names_while_it_holds),
		test(all_but_what_it_keeps),
		test(an_overlay_may_have_hours_of_its_own),
		test(the_higher_class_then_the_lower_order_then_the_earlier_gets_the_session),
		test(every_verdict_is_half_a_sentence),
	};

	return cmocka_run_group_tests_name("schedules/permit", tests, NULL, NULL);
}
