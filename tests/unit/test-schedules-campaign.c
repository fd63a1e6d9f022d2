/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "schedules/campaign.h"
#include "schedules/local-time.h"

#define FIRST 100 /* of the campaign; the others are counted from it */

static LoaBroadcast *
campaign(guint n_wanted, guint n_days)
{
	LoaBroadcast *b = loa_broadcast_new();
	const gint32 times[] = { 6 * 3600, 17 * 3600 };

	b->id = g_strdup("ck");
	b->campaign_days = n_wanted;
	b->from = loa_day_from_number(FIRST);
	b->until = loa_day_from_number(FIRST + (gint32)n_days - 1);
	g_array_append_vals(b->at_s, times, 2);
	return b;
}

static void
add_numbers(GString *text, const GArray *days)
{
	g_string_append_c(text, ' ');
	for (guint i = 0; i < days->len; i++)
		g_string_append_printf(text, "%s%d", i > 0 ? "," : "",
				       g_array_index(days, gint32, i) - FIRST + 1);
	if (days->len == 0)
		g_string_append_c(text, '-');
}

/* "STATE PROVEN MISSED RUN PROVEN_ON PLAYS_UNTIL"; days are 1, 2, 3, ... of the campaign */
static char *
judge(const LoaBroadcast *b, const char *proven, gint32 settled)
{
	g_autoptr(GArray) days = g_array_new(FALSE, FALSE, sizeof(gint32));
	GString *text = g_string_new(NULL);

	for (const char *at = proven; *at != '\0'; at++) {
		gint32 n = FIRST + *at - '0' - 1;

		g_array_append_val(days, n);
	}
	g_autoptr(LoaCampaignGroup) group = loa_campaign_judge(b, days, FIRST + settled - 1);

	g_string_append(text, loa_campaign_state_name(group->state));
	add_numbers(text, group->proven);
	add_numbers(text, group->missed);
	g_string_append_printf(text, " %u %d %d", group->run,
			       group->proven_on == 0 ? 0 : group->proven_on - FIRST + 1,
			       group->plays_until - FIRST + 1);
	return g_string_free(text, FALSE);
}

static void
a_group_proves_its_run_or_begins_it_anew(void **state)
{
	(void)state;
	/* three days in a row are wanted */
	static const struct {
		guint n_days;
		const char *proven;
		gint32 settled;
		const char *want;
	} cases[] = {
		{ 3, "", -5, "waiting - - 0 0 3" },
		{ 3, "", 0, "waiting - - 0 0 3" },
		/* on the first day, before it is settled and after */
		{ 3, "1", 0, "running 1 - 1 0 3" },
		{ 3, "1", 1, "running 1 - 1 0 3" },
		{ 3, "12", 2, "running 1,2 - 2 0 3" },
		{ 3, "123", 2, "proven 1,2,3 - 3 3 3" },
		{ 3, "123", 9, "proven 1,2,3 - 3 3 3" },
		/* the second day is missed: known on that day, and the run is 3, 4, 5 */
		{ 3, "1", 2, "broken 1 2 0 0 5" },
		{ 3, "13", 2, "broken 1,3 2 1 0 5" },
		{ 3, "13", 3, "broken 1,3 2 1 0 5" },
		{ 3, "134", 4, "broken 1,3,4 2 2 0 5" },
		{ 3, "1345", 4, "proven 1,3,4,5 2 3 5 3" },
		/* a report that comes late takes it back */
		{ 3, "12", 2, "running 1,2 - 2 0 3" },
		/* missed on the first, on the last, twice */
		{ 3, "", 1, "broken - 1 0 0 4" },
		{ 3, "12", 3, "broken 1,2 3 0 0 6" },
		{ 3, "14", 4, "broken 1,4 2,3 1 0 6" },
		/* a longer declaration has room for it; what was missed after the proof is no
		   matter */
		{ 7, "1", 2, "broken 1 2 0 0 7" },
		{ 7, "1345", 5, "proven 1,3,4,5 2 3 5 7" },
		{ 7, "123", 7, "proven 1,2,3 - 3 3 7" },
		{ 7, "", 6, "broken - 1,2,3,4,5,6 0 0 9" },
		/* in any order, twice, before its time, after what can be known */
		{ 3, "3211", 3, "proven 1,2,3 - 3 3 3" },
		{ 3, "0/1", 1, "running 1 - 1 0 3" },
		{ 3, "139", 1, "running 1 - 1 0 3" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(LoaBroadcast) b = campaign(3, cases[i].n_days);
		g_autofree char *is = judge(b, cases[i].proven, cases[i].settled);

		if (strcmp(is, cases[i].want) != 0)
			fail_msg("case %zu: is \"%s\", not \"%s\"", i, is, cases[i].want);
	}
}

static void
one_day_is_a_run_of_one(void **state)
{
	(void)state;
	g_autoptr(LoaBroadcast) b = campaign(1, 1);
	g_autofree char *none = judge(b, "", 1);
	g_autofree char *late = judge(b, "2", 1);

	assert_string_equal(none, "broken - 1 0 0 2");
	assert_string_equal(late, "proven 2 1 1 2 1");
}

static void
nothing_is_played_after_it_expires(void **state)
{
	(void)state;
	g_autoptr(LoaBroadcast) b = campaign(3, 3);

	b->expires = loa_day_from_number(FIRST + 4); /* day 5 */

	g_autofree char *still = judge(b, "1", 2);
	g_autofree char *never = judge(b, "1", 3);
	g_autofree char *proven = judge(b, "123", 3);

	assert_string_equal(still, "broken 1 2 0 0 5");
	assert_string_equal(never, "failed 1 2,3 0 0 3");
	assert_string_equal(proven, "proven 1,2,3 - 3 3 3");

	b->expires = loa_day_from_number(FIRST + 1); /* day 2 */

	g_autofree char *early = judge(b, "1", 1);

	assert_string_equal(early, "failed 1 - 1 0 2");
}

static void
a_dead_loudspeaker_is_given_up_after_a_month(void **state)
{
	(void)state;
	g_autoptr(LoaBroadcast) b = campaign(3, 3);
	const gint32 last = 3 + LOA_CAMPAIGN_MAX_EXTENSION;
	g_autoptr(GArray) none = g_array_new(FALSE, FALSE, sizeof(gint32));
	g_autoptr(LoaCampaignGroup) just = loa_campaign_judge(b, none, FIRST + last - 4);
	g_autoptr(LoaCampaignGroup) over = loa_campaign_judge(b, none, FIRST + last - 3);
	g_autoptr(LoaCampaignGroup) later = loa_campaign_judge(b, none, FIRST + 5000);

	assert_int_equal(just->state, LOA_CAMPAIGN_BROKEN);
	assert_int_equal(just->plays_until, FIRST + last - 1);
	assert_int_equal(over->state, LOA_CAMPAIGN_FAILED);
	assert_int_equal(over->plays_until, FIRST + 2);
	assert_int_equal(later->state, LOA_CAMPAIGN_FAILED);
	assert_int_equal(later->missed->len, last);
}

/* Wall times on 2026-11-21, and the day (of November) that is settled then. */
static void
a_day_is_settled_when_its_last_airing_had_time_to_be_reported(void **state)
{
	(void)state;
	g_autoptr(GTimeZone) zone = loa_local_time_zone("Asia/Ho_Chi_Minh");
	g_autoptr(LoaBroadcast) b = campaign(3, 3);
	const LoaDay day = { 2026, 11, 21 };
	const gint64 length_us = 300 * LOA_SECOND_US;
	const gint32 over_s = 17 * 3600 + 300 + LOA_CAMPAIGN_REPORT_S;
	LoaLocalTime local;
	gint64 midnight_us, next_us;

	loa_local_time_init(&local, zone);
	midnight_us = loa_local_time_to_us(&local, day, 0);

	const struct {
		gint32 at_s, settled, next_s;
	} cases[] = {
		{ 0, 20, over_s },
		{ over_s - 1, 20, over_s },
		{ over_s, 21, LOA_DAY_S + over_s },
		{ LOA_DAY_S - 1, 21, LOA_DAY_S + over_s },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		gint32 n = loa_campaign_settled_day(
			b, zone, length_us, midnight_us + cases[i].at_s * LOA_SECOND_US, &next_us);

		assert_int_equal(loa_day_from_number(n).day, cases[i].settled);
		assert_int_equal(next_us, midnight_us + cases[i].next_s * LOA_SECOND_US);
	}

	/* one that ends after midnight */
	g_array_index(b->at_s, gint32, 1) = 23 * 3600 + 3540;
	assert_int_equal(loa_campaign_settled_day(b, zone, length_us, midnight_us, &next_us),
			 loa_day_to_number(day) - 2);
	assert_int_equal(next_us, midnight_us + (300 + 600 - 60) * LOA_SECOND_US);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_group_proves_its_run_or_begins_it_anew),
		cmocka_unit_test(one_day_is_a_run_of_one),
		cmocka_unit_test(nothing_is_played_after_it_expires),
		cmocka_unit_test(a_dead_loudspeaker_is_given_up_after_a_month),
		cmocka_unit_test(a_day_is_settled_when_its_last_airing_had_time_to_be_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
