/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#include "schedules/broadcast-json.h"
#include "schedules/calendar-edit.h"
#include "schedules/calendar-file.h"
#include "schedules/config-text.h"
#include "schedules/faults.h"
#include "schedules/local-time.h"
#include "schedules/occasions.h"
#include "schedules/preview.h"
#include "schedules/rrule.h"
#include "schedules/rule.h"
#include "schedules/schedule-file.h"
#include "schedules/schedule-writer.h"

static gint32
number_of(const char *text)
{
	LoaDay day;

	assert_true(loa_day_parse(text, &day, NULL));
	return loa_day_to_number(day);
}

/* "1997: 9/2 9/4, 1998: 1/6": years, months, days. */
static char *
list_days(const GArray *days)
{
	GString *text = g_string_new(NULL);
	gint year = 0;

	for (guint i = 0; i < days->len; i++) {
		LoaDay day = loa_day_from_number(g_array_index(days, gint32, i));

		if (day.year != year)
			g_string_append_printf(text, "%s%d:", year != 0 ? ", " : "", day.year);
		year = day.year;
		g_string_append_printf(text, " %u/%u", day.month, day.day);
	}
	return g_string_free(text, FALSE);
}

/* RFC 5545, section 3.8.5.3: its examples that go by days, as far as the RFC spells them out. An
 * UNTIL of 24 December at 0:00 UTC is one of the 23rd here. */
static const struct {
	const char *start, *rule, *last, *days;
} rfc[] = {
	{ "1997-09-02", "FREQ=DAILY;COUNT=10", "2000-01-01",
	  "1997: 9/2 9/3 9/4 9/5 9/6 9/7 9/8 9/9 9/10 9/11" },
	{ "1997-09-02", "FREQ=DAILY;INTERVAL=2", "1997-09-14",
	  "1997: 9/2 9/4 9/6 9/8 9/10 9/12 9/14" },
	{ "1997-09-02", "FREQ=DAILY;INTERVAL=10;COUNT=5", "2000-01-01",
	  "1997: 9/2 9/12 9/22 10/2 10/12" },
	{ "1997-09-02", "FREQ=WEEKLY;COUNT=10", "2000-01-01",
	  "1997: 9/2 9/9 9/16 9/23 9/30 10/7 10/14 10/21 10/28 11/4" },
	{ "1997-09-02", "FREQ=WEEKLY;UNTIL=19971223", "2000-01-01",
	  "1997: 9/2 9/9 9/16 9/23 9/30 10/7 10/14 10/21 10/28 11/4 11/11 11/18 11/25 12/2 12/9 "
	  "12/16 12/23" },
	{ "1997-09-02", "FREQ=WEEKLY;INTERVAL=2;WKST=SU", "1998-02-17",
	  "1997: 9/2 9/16 9/30 10/14 10/28 11/11 11/25 12/9 12/23, 1998: 1/6 1/20 2/3 2/17" },
	{ "1997-09-02", "FREQ=WEEKLY;COUNT=10;WKST=SU;BYDAY=TU,TH", "2000-01-01",
	  "1997: 9/2 9/4 9/9 9/11 9/16 9/18 9/23 9/25 9/30 10/2" },
	{ "1997-09-01", "FREQ=WEEKLY;INTERVAL=2;UNTIL=19971223;WKST=SU;BYDAY=MO,WE,FR",
	  "2000-01-01",
	  "1997: 9/1 9/3 9/5 9/15 9/17 9/19 9/29 10/1 10/3 10/13 10/15 10/17 10/27 10/29 10/31 "
	  "11/10 11/12 11/14 11/24 11/26 11/28 12/8 12/10 12/12 12/22" },
	{ "1997-09-02", "FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH", "2000-01-01",
	  "1997: 9/2 9/4 9/16 9/18 9/30 10/2 10/14 10/16" },
	{ "1997-09-05", "FREQ=MONTHLY;COUNT=10;BYDAY=1FR", "2000-01-01",
	  "1997: 9/5 10/3 11/7 12/5, 1998: 1/2 2/6 3/6 4/3 5/1 6/5" },
	{ "1997-09-05", "FREQ=MONTHLY;UNTIL=19971223;BYDAY=1FR", "2000-01-01",
	  "1997: 9/5 10/3 11/7 12/5" },
	{ "1997-09-07", "FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU", "2000-01-01",
	  "1997: 9/7 9/28 11/2 11/30, 1998: 1/4 1/25 3/1 3/29 5/3 5/31" },
	{ "1997-09-22", "FREQ=MONTHLY;COUNT=6;BYDAY=-2MO", "2000-01-01",
	  "1997: 9/22 10/20 11/17 12/22, 1998: 1/19 2/16" },
	{ "1997-09-28", "FREQ=MONTHLY;BYMONTHDAY=-3", "1998-02-28",
	  "1997: 9/28 10/29 11/28 12/29, 1998: 1/29 2/26" },
	{ "1997-09-02", "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=2,15", "2000-01-01",
	  "1997: 9/2 9/15 10/2 10/15 11/2 11/15 12/2 12/15, 1998: 1/2 1/15" },
	{ "1997-09-30", "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1", "2000-01-01",
	  "1997: 9/30 10/1 10/31 11/1 11/30 12/1 12/31, 1998: 1/1 1/31 2/1" },
	{ "1997-09-10", "FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12,13,14,15",
	  "2002-01-01", "1997: 9/10 9/11 9/12 9/13 9/14 9/15, 1999: 3/10 3/11 3/12 3/13" },
	{ "1997-09-02", "FREQ=MONTHLY;INTERVAL=2;BYDAY=TU", "1998-03-31",
	  "1997: 9/2 9/9 9/16 9/23 9/30 11/4 11/11 11/18 11/25, 1998: 1/6 1/13 1/20 1/27 3/3 3/10 "
	  "3/17 3/24 3/31" },
	{ "1997-06-10", "FREQ=YEARLY;COUNT=10;BYMONTH=6,7", "2010-01-01",
	  "1997: 6/10 7/10, 1998: 6/10 7/10, 1999: 6/10 7/10, 2000: 6/10 7/10, 2001: 6/10 7/10" },
	{ "1997-03-10", "FREQ=YEARLY;INTERVAL=2;COUNT=10;BYMONTH=1,2,3", "2010-01-01",
	  "1997: 3/10, 1999: 1/10 2/10 3/10, 2001: 1/10 2/10 3/10, 2003: 1/10 2/10 3/10" },
	{ "1997-01-01", "FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200", "2010-01-01",
	  "1997: 1/1 4/10 7/19, 2000: 1/1 4/9 7/18, 2003: 1/1 4/10 7/19, 2006: 1/1" },
	{ "1997-05-19", "FREQ=YEARLY;BYDAY=20MO", "1999-12-31",
	  "1997: 5/19, 1998: 5/18, 1999: 5/17" },
	{ "1997-05-12", "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "1999-12-31",
	  "1997: 5/12, 1998: 5/11, 1999: 5/17" },
	{ "1997-03-13", "FREQ=YEARLY;BYMONTH=3;BYDAY=TH", "1999-12-31",
	  "1997: 3/13 3/20 3/27, 1998: 3/5 3/12 3/19 3/26, 1999: 3/4 3/11 3/18 3/25" },
	{ "1997-06-05", "FREQ=YEARLY;BYDAY=TH;BYMONTH=6,7,8", "1998-06-30",
	  "1997: 6/5 6/12 6/19 6/26 7/3 7/10 7/17 7/24 7/31 8/7 8/14 8/21 8/28, 1998: 6/4 6/11 "
	  "6/18 6/25" },
	{ "1997-09-02", "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "2000-12-31",
	  "1998: 2/13 3/13 11/13, 1999: 8/13, 2000: 10/13" },
	{ "1997-09-13", "FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13", "1998-06-30",
	  "1997: 9/13 10/11 11/8 12/13, 1998: 1/10 2/7 3/7 4/11 5/9 6/13" },
	{ "1996-11-05", "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
	  "2004-12-31", "1996: 11/5, 2000: 11/7, 2004: 11/2" },
	{ "1997-09-04", "FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", "2000-01-01",
	  "1997: 9/4 10/7 11/6" },
	{ "1997-09-29", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2", "1998-03-31",
	  "1997: 9/29 10/30 11/27 12/30, 1998: 1/29 2/26 3/30" },
	{ "1997-08-05", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "2000-01-01",
	  "1997: 8/5 8/10 8/19 8/24" },
	{ "1997-08-05", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "2000-01-01",
	  "1997: 8/5 8/17 8/19 8/31" },
	{ "2007-01-15", "FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5", "2010-01-01",
	  "2007: 1/15 1/30 2/15 3/15 3/30" },
	/* not of the RFC's list: what python3-dateutil gives, and libical by itself would not */
	{ "2024-11-01", "FREQ=YEARLY;INTERVAL=2;BYMONTHDAY=23", "2026-02-28",
	  "2024: 11/23 12/23, 2026: 1/23 2/23" },
	{ "2027-12-10", "FREQ=WEEKLY;INTERVAL=11;BYDAY=SU", "2028-06-30",
	  "2027: 12/12, 2028: 2/27 5/14" },
	{ "2022-06-22", "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE,TU;WKST=TH", "2022-07-31",
	  "2022: 6/22 7/5 7/6 7/19 7/20" },
	{ "2027-01-02", "FREQ=MONTHLY;BYMONTHDAY=-27,2,30;BYSETPOS=-2;COUNT=3", "2028-01-01",
	  "2027: 1/5 3/5 4/4" },
	/* nor these: a rule by weeks means the weekday of DTSTART, and a week may begin last year
	 */
	{ "2013-01-08", "FREQ=YEARLY;BYWEEKNO=1,2", "2015-12-31",
	  "2013: 1/8 12/31, 2014: 1/7 12/30, 2015: 1/6" },
	{ "2014-01-11", "FREQ=YEARLY;BYWEEKNO=1,2;WKST=SU", "2016-12-31",
	  "2014: 1/11, 2015: 1/10 1/17, 2016: 1/9 1/16" },
	{ "2027-01-03", "FREQ=YEARLY;BYWEEKNO=53", "2033-12-31", "2027: 1/3, 2033: 1/2" },
	{ "2026-01-15", "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=1,-1", "2026-03-15",
	  "2026: 1/26 2/2 2/23 3/2" },
	{ "2026-10-10", "FREQ=YEARLY;BYWEEKNO=1,48;BYDAY=WE,SA;WKST=WE", "2027-01-31",
	  "2026: 11/25 11/28 12/30, 2027: 1/2" },
	{ "2026-01-08", "FREQ=WEEKLY;BYDAY=TU,TH;BYSETPOS=1", "2026-01-20", "2026: 1/13 1/20" },
	{ "2026-02-18", "FREQ=YEARLY;BYMONTH=1,3,5;BYSETPOS=2", "2027-12-31",
	  "2026: 3/18, 2027: 3/18" },
};

static GArray *
expand_rule(const char *start, const char *rule, gint32 first, gint32 last)
{
	GArray *days = g_array_new(FALSE, FALSE, sizeof(gint32));
	g_autofree char *why = NULL;
	LoaDay day;

	if (!loa_rrule_check(rule, &why))
		print_error("%s: %s\n", rule, why);
	assert_null(why);
	assert_true(loa_day_parse(start, &day, NULL));
	loa_rrule_expand(rule, day, first, last, days);
	return days;
}

static void
rules_give_the_days_of_the_rfc(void **state)
{
	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rfc); i++) {
		g_autoptr(GArray) days =
			expand_rule(rfc[i].start, rfc[i].rule, 0, number_of(rfc[i].last));
		g_autofree char *got = list_days(days);

		assert_string_equal(got, rfc[i].days);
	}
}

static void
long_rules_have_the_length_that_the_rfc_implies(void **state)
{
	(void)state;
	g_autoptr(GArray) daily = expand_rule("1997-09-02", "FREQ=DAILY;UNTIL=19971223", 0, 20000);
	g_autoptr(GArray) january = expand_rule("1998-01-01",
						"FREQ=YEARLY;UNTIL=20000131;BYMONTH=1;BYDAY=SU,MO,"
						"TU,WE,TH,FR,SA",
						0, 20000);
	g_autoptr(GArray) same =
		expand_rule("1998-01-01", "FREQ=DAILY;UNTIL=20000131;BYMONTH=1", 0, 20000);

	assert_int_equal(daily->len, 113);
	assert_int_equal(january->len, 93);
	assert_int_equal(same->len, 93);
	assert_memory_equal(january->data, same->data, 93 * sizeof(gint32));
}

static void
a_later_range_shows_the_same_days(void **state)
{
	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rfc); i++) {
		gint32 first = number_of(rfc[i].start) + 45;
		gint32 last = number_of(rfc[i].last);
		g_autoptr(GArray) all = expand_rule(rfc[i].start, rfc[i].rule, 0, last);
		g_autoptr(GArray) later = expand_rule(rfc[i].start, rfc[i].rule, first, last);
		guint skipped = 0;

		while (skipped < all->len && g_array_index(all, gint32, skipped) < first)
			skipped++;
		assert_int_equal(later->len, all->len - skipped);
		for (guint j = 0; j < later->len; j++)
			assert_int_equal(g_array_index(later, gint32, j),
					 g_array_index(all, gint32, skipped + j));
	}
}

static void
a_daily_rule_keeps_the_days_that_all_its_parts_leave(void **state)
{
	(void)state;
	g_autoptr(GArray) days =
		expand_rule("2026-01-01", "FREQ=DAILY;BYMONTH=2,3;BYMONTHDAY=1,-1;BYDAY=SU,SA", 0,
			    number_of("2027-12-31"));
	g_autofree char *got = list_days(days);

	/* 2026: 1 February and 1 March are Sundays, 28 February a Saturday; 31 March is no weekend
	 */
	assert_string_equal(got, "2026: 2/1 2/28 3/1, 2027: 2/28");
	g_autoptr(GArray) never = expand_rule("2026-01-01", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", 0,
					      number_of("2036-12-31"));
	assert_int_equal(never->len, 0);
}

static void
rules_that_go_by_the_clock_or_make_no_sense_are_refused(void **state)
{
	(void)state;
	static const struct {
		const char *rule, *says;
	} cases[] = {
		{ "FREQ=SECONDLY", "FREQ is DAILY" },
		{ "FREQ=HOURLY;COUNT=3", "FREQ is DAILY" },
		{ "FREQ=DAILY;BYHOUR=5", "\"BYHOUR=5\" is not a part" },
		{ "RSCALE=CHINESE;FREQ=YEARLY", "\"RSCALE=CHINESE\" is not a part" },
		{ "", "FREQ is missing" },
		{ "INTERVAL=2", "FREQ is missing" },
		{ "FREQ=DAILY;FREQ=DAILY", "\"FREQ\" stands here twice" },
		{ "FREQ=DAILY;COUNT=3;UNTIL=20260101", "exclude each other" },
		{ "FREQ=DAILY;UNTIL=20260101T000000Z", "UNTIL is a day" },
		{ "FREQ=DAILY;UNTIL=20260431", "UNTIL is a day" },
		{ "FREQ=DAILY;INTERVAL=0", "INTERVAL cannot be \"0\"" },
		{ "FREQ=DAILY;INTERVAL=-1", "INTERVAL cannot be" },
		{ "FREQ=DAILY;COUNT=9999999", "COUNT cannot be" },
		{ "FREQ=MONTHLY;BYMONTHDAY=32", "BYMONTHDAY cannot be \"32\"" },
		{ "FREQ=MONTHLY;BYMONTHDAY=0", "BYMONTHDAY cannot be \"0\"" },
		{ "FREQ=YEARLY;BYMONTH=13", "BYMONTH cannot be \"13\"" },
		{ "FREQ=YEARLY;BYDAY=54MO", "BYDAY cannot be \"54MO\"" },
		{ "FREQ=YEARLY;BYDAY=XX", "BYDAY cannot be \"XX\"" },
		{ "FREQ=WEEKLY;BYDAY=1MO", "a number in BYDAY" },
		{ "FREQ=DAILY;BYDAY=1MO", "a number in BYDAY" },
		{ "FREQ=MONTHLY;BYDAY=MO,6MO", "no month has more than five" },
		{ "FREQ=MONTHLY;BYDAY=-13FR", "no month has more than five" },
		{ "FREQ=YEARLY;BYMONTH=3;BYDAY=20MO", "no month has more than five" },
		{ "FREQ=WEEKLY;BYMONTHDAY=3", "BYMONTHDAY does not go" },
		{ "FREQ=MONTHLY;BYWEEKNO=3", "go with FREQ=YEARLY only" },
		{ "FREQ=MONTHLY;BYSETPOS=1", "BYSETPOS needs" },
		{ "FREQ=YEARLY;BYWEEKNO=1;INTERVAL=2", "BYWEEKNO does not go with INTERVAL" },
		{ "FREQ=YEARLY;INTERVAL=10;BYWEEKNO=1", "BYWEEKNO does not go with INTERVAL" },
		{ "FREQ=YEARLY;BYWEEKNO=-1", "BYWEEKNO cannot be \"-1\"" },
		{ "FREQ=DAILY;BYDAY=MO;BYSETPOS=1", "BYSETPOS does not go" },
		{ "freq=daily", "is not a part" },
		{ "FREQ=DAILY;", "is not a part" },
		{ "FREQ=DAILY;X-NAME=1", "is not a part" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *why = NULL;

		assert_false(loa_rrule_check(cases[i].rule, &why));
		assert_non_null(strstr(why, cases[i].says));
	}
}

static LoaSchedule *
parse(const char *keys, GPtrArray *faults)
{
	g_autofree char *text = g_strdup_printf(
		"broadcasts = ( { id = \"b\"; title = \"x\"; text = \"x\"; to = \"all\";\n%s\n} );",
		keys);

	return loa_schedule_parse("x.cfg", text, strlen(text), NULL, faults);
}

/* Every start as "YYYY-MM-DD HH:MM", a space between, in Viet Nam. */
static char *
starts_of(const char *keys, const char *from, const char *to)
{
	g_autoptr(GPtrArray) faults = loa_faults_new();
	g_autoptr(LoaSchedule) schedule = parse(keys, faults);
	g_autoptr(GTimeZone) zone = loa_local_time_zone("Asia/Ho_Chi_Minh");
	GString *text = g_string_new(NULL);
	LoaLocalTime local;

	if (schedule == NULL)
		print_error("%s\n", (char *)faults->pdata[0]);
	assert_non_null(schedule);
	loa_local_time_init(&local, zone);
	g_autoptr(GArray) slots = loa_timetable_expand(
		schedule->broadcasts, zone,
		loa_local_time_to_us(&local, loa_day_from_number(number_of(from)), 0),
		loa_local_time_to_us(&local, loa_day_from_number(number_of(to) + 1), 0), 10000,
		NULL);
	assert_non_null(slots);
	for (guint i = 0; i < slots->len; i++) {
		const LoaSlot *slot = &g_array_index(slots, LoaSlot, i);
		g_autofree char *start = loa_local_time_format(&local, slot->start_us);
		g_autofree char *day = loa_day_format(slot->local_day);
		g_autofree char *time = loa_time_of_day_format(slot->local_s);
		g_autofree char *both = g_strdup_printf("%s %s", day, time);

		assert_memory_equal(start, day, 10); /* the moment agrees with the wall clock */
		assert_memory_equal(start + 11, time, 5);
		g_string_append_printf(text, "%s%s", i > 0 ? ", " : "", both);
	}
	return g_string_free(text, FALSE);
}

static void
each_kind_of_rule_plays_on_its_days(void **state)
{
	(void)state;
	static const struct {
		const char *keys, *from, *to, *starts;
	} cases[] = {
		{ "at = \"06:00\"; from = \"2026-01-01\"; rrule = \"FREQ=MONTHLY;BYDAY=1MO\";",
		  "2026-11-01", "2027-01-31",
		  "2026-11-02 06:00, 2026-12-07 06:00, 2027-01-04 06:00" },
		/* until ends a rule as it ends everything else */
		{ "at = \"06:00\"; from = \"2026-01-01\"; until = \"2026-12-07\"; rrule = "
		  "\"FREQ=MONTHLY;BYDAY=1MO\";",
		  "2026-11-01", "2027-01-31", "2026-11-02 06:00, 2026-12-07 06:00" },
		/* COUNT counts from the first day, not from the range */
		{ "at = \"06:00\"; from = \"2026-01-01\"; rrule = \"FREQ=DAILY;COUNT=3\";",
		  "2026-01-02", "2026-01-31", "2026-01-02 06:00, 2026-01-03 06:00" },
		/* exceptions and additions, also to weekdays */
		{ "at = \"06:00\"; days = [ \"mon\" ]; except = [ \"2026-11-09\" ]; also = [ "
		  "\"2026-11-11\", \"2026-11-16\" ];",
		  "2026-11-01", "2026-11-20",
		  "2026-11-02 06:00, 2026-11-11 06:00, 2026-11-16 06:00" },
		{ "at = \"06:00\"; from = \"2026-11-10\"; also = [ \"2026-11-02\" ]; until = "
		  "\"2026-11-11\";",
		  "2026-11-01", "2026-11-20",
		  "2026-11-02 06:00, 2026-11-10 06:00, 2026-11-11 06:00" },
		/* mùng 1 and rằm: 2025 has a leap month 6, from 25 July */
		{ "at = \"05:00\"; lunar = { day = [ 1, 15 ]; };", "2025-06-01", "2025-09-30",
		  "2025-06-10 05:00, 2025-06-25 05:00, 2025-07-09 05:00, 2025-08-23 05:00, "
		  "2025-09-06 05:00, 2025-09-22 05:00" },
		{ "at = \"05:00\"; lunar = { day = [ 1, 15 ]; leap = \"include\"; };", "2025-06-20",
		  "2025-08-30",
		  "2025-06-25 05:00, 2025-07-09 05:00, 2025-07-25 05:00, 2025-08-08 05:00, "
		  "2025-08-23 05:00" },
		{ "at = \"05:00\"; lunar = { day = 15; leap = \"only\"; };", "2025-01-01",
		  "2026-12-31", "2025-08-08 05:00" },
		/* Giỗ Tổ is the first 10/3 of 2031 */
		{ "at = \"07:00\"; lunar = { day = 10; month = 3; };", "2026-01-01", "2031-12-31",
		  "2026-04-26 07:00, 2027-04-16 07:00, 2028-04-04 07:00, 2029-04-23 07:00, "
		  "2030-04-12 07:00, 2031-04-01 07:00" },
		{ "at = \"07:00\"; lunar = { day = 10; month = 3; leap = \"only\"; };",
		  "2026-01-01", "2031-12-31", "2031-04-30 07:00" },
		/* there is no 30/12 before that of 2033 */
		{ "at = \"23:55\"; lunar = { day = 30; month = 12; };", "2025-01-01", "2034-01-01",
		  "2033-01-30 23:55" },
		/* but there is an eve in every year */
		{ "giao_thua = [ \"-00:15\", \"+00:00\", \"+00:10\" ];", "2026-01-01", "2027-12-31",
		  "2026-02-16 23:45, 2026-02-17 00:00, 2026-02-17 00:10, 2027-02-05 23:45, "
		  "2027-02-06 00:00, 2027-02-06 00:10" },
		/* the range may end between the eve and the day */
		{ "giao_thua = \"-00:15\";", "2026-02-16", "2026-02-16", "2026-02-16 23:45" },
		{ "at = \"06:00\"; occasion = { id = \"quoc-khanh\"; days_before = [ 1, 0, 3 ]; };",
		  "2026-01-01", "2026-12-31",
		  "2026-08-30 06:00, 2026-09-01 06:00, 2026-09-02 06:00" },
		/* three days before New Year lie in the old year */
		{ "at = \"06:00\"; occasion = { id = \"tet-duong-lich\"; days_before = 3; };",
		  "2026-12-01", "2026-12-31", "2026-12-29 06:00" },
		{ "at = \"06:00\"; occasion = { id = \"giao-thua\"; };", "2026-01-01", "2027-12-31",
		  "2026-02-16 06:00, 2027-02-05 06:00" },
		{ "at = \"06:00\"; occasion = { id = \"gio-to\"; };", "2031-01-01", "2031-12-31",
		  "2031-04-01 06:00" },
		/* a holiday since 2026 */
		{ "at = \"06:00\"; occasion = { id = \"van-hoa-viet-nam\"; };", "2025-01-01",
		  "2026-12-31", "2026-11-24 06:00" },
		/* the last lunar month lies in the next solar year */
		{ "at = \"06:00\"; lunar = { day = 23; month = 12; };", "2026-02-01", "2026-02-16",
		  "2026-02-10 06:00" },
		{ "at = \"06:00\"; occasion = { id = \"ong-cong-ong-tao\"; };", "2026-02-01",
		  "2026-02-16", "2026-02-10 06:00" },
		/* an occasion outside the range, its day within */
		{ "at = \"06:00\"; occasion = { id = \"quoc-khanh\"; days_before = 30; };",
		  "2026-08-01", "2026-08-10", "2026-08-03 06:00" },
		{ "at = \"06:00\"; occasion = { id = \"quoc-khanh\"; days_before = -30; };",
		  "2026-10-01", "2026-10-10", "2026-10-02 06:00" },
		/* an event: by the clock, by the wall, on the day itself; the earliest first */
		{ "event = { at = \"2026-12-01 08:00\"; reminders = [ \"-2h\", \"-3d\", \"-1d "
		  "17:00\", \"-30m\", \"-0d 05:30\" ]; };",
		  "2026-01-01", "2027-12-31",
		  "2026-11-28 08:00, 2026-11-30 17:00, 2026-12-01 05:30, 2026-12-01 06:00, "
		  "2026-12-01 07:30" },
		/* across midnight, and cut by the range */
		{ "event = { at = \"2026-12-01T00:10\"; reminders = [ \"-20m\", \"-1d\" ]; };",
		  "2026-11-30", "2026-11-30", "2026-11-30 00:10, 2026-11-30 23:50" },
		{ "event = { at = \"2026-12-01 00:10\"; reminders = [ \"-20m\" ]; };", "2026-12-01",
		  "2026-12-31", "" },
		/* expired: neither by the rule nor beside it */
		{ "at = \"06:00\"; days = \"mon\"; also = [ \"2026-11-11\", \"2026-11-12\" ]; "
		  "expires = \"2026-11-11\";",
		  "2026-11-01", "2026-12-31",
		  "2026-11-02 06:00, 2026-11-09 06:00, 2026-11-11 06:00" },
		{ "giao_thua = [ \"-00:15\", \"+00:00\" ]; expires = \"2027-02-05\";", "2027-01-01",
		  "2028-12-31", "2027-02-05 23:45" },
		{ "event = { at = \"2026-12-01 08:00\"; reminders = [ \"-3d\", \"-1d\" ]; }; "
		  "expires = \"2026-11-29\";",
		  "2026-01-01", "2027-12-31", "2026-11-28 08:00" },
		/* a campaign has the days it needs where nobody says more */
		{ "at = \"06:00\"; from = \"2026-11-20\"; campaign = { kind = \"disclosure\"; };",
		  "2026-01-01", "2026-12-31",
		  "2026-11-20 06:00, 2026-11-21 06:00, 2026-11-22 06:00" },
		/* a day after */
		{ "at = \"06:00\"; occasion = { id = \"tet\"; days_before = -1; };", "2026-01-01",
		  "2026-12-31", "2026-02-18 06:00" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *got = starts_of(cases[i].keys, cases[i].from, cases[i].to);

		assert_string_equal(got, cases[i].starts);
	}
}

#define EVENT(at, reminders) "event = { at = \"" at "\"; reminders = [ " reminders " ]; }; "
#define CAMPAIGN(keys) "at = \"06:00\"; campaign = { " keys " }; "

static void
mistakes_in_rules_are_named(void **state)
{
	(void)state;
	static const struct {
		const char *keys, *says;
	} cases[] = {
		{ "at = \"06:00\"; rrule = \"FREQ=DAILY\";", "x.cfg:2: rrule: needs \"from\"" },
		{ "at = \"06:00\"; from = \"2026-01-01\"; rrule = \"FREQ=HOURLY\";",
		  "x.cfg:2: rrule: FREQ is DAILY, WEEKLY" },
		{ "at = \"06:00\"; from = \"2026-01-01\"; rrule = "
		  "\"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\";",
		  "x.cfg:1: rrule: no day fits" },
		{ "at = \"06:00\"; from = \"2026-01-01\"; rrule = \"FREQ=DAILY\"; days = \"mon\";",
		  "x.cfg:2: \"rrule\" beside \"days\"" },
		{ "at = \"06:00\"; lunar = { day = 1; }; occasion = { id = \"tet\"; };",
		  "x.cfg:2: \"occasion\" beside \"lunar\"" },
		{ "at = \"06:00\"; lunar = { day = 31; };",
		  "x.cfg:2: lunar.day: 31 is not within" },
		{ "at = \"06:00\"; lunar = { day = [ 0 ]; };",
		  "x.cfg:2: lunar.day: 0 is not within" },
		{ "at = \"06:00\"; lunar = { month = 3; };", "x.cfg:2: lunar has no \"day\"" },
		{ "at = \"06:00\"; lunar = { day = 1; month = 13; };",
		  "x.cfg:2: month: 13 is not within 1 to 12" },
		{ "at = \"06:00\"; lunar = { day = 1; leap = \"both\"; };",
		  "x.cfg:2: lunar.leap: \"both\" is not" },
		{ "at = \"06:00\"; lunar = { day = 1; monht = 1; };",
		  "x.cfg:2: unknown key \"monht\" in lunar: did you mean \"month\"?" },
		{ "giao_thua = \"00:15\";", "x.cfg:2: giao_thua: \"00:15\" is not a time before" },
		{ "giao_thua = \"-24:00\";",
		  "x.cfg:2: giao_thua: \"-24:00\" is not a time before" },
		{ "giao_thua = [ \"+00:00\", \"-00:00\" ];",
		  "x.cfg:2: giao_thua: an entry stands" },
		{ "giao_thua = \"-00:15\"; at = \"06:00\";",
		  "x.cfg:2: \"at\" beside \"giao_thua\"" },
		{ "at = \"06:00\"; occasion = { id = \"quoc-khan\"; };",
		  "x.cfg:2: occasion.id: there is no occasion \"quoc-khan\": did you mean "
		  "\"quoc-khanh\"?" },
		{ "at = \"06:00\"; occasion = { id = \"tet\"; days_before = 61; };",
		  "x.cfg:2: occasion.days_before: 61 is not within" },
		{ "at = \"06:00\"; except = [ \"2026-02-30\" ];",
		  "x.cfg:2: except: \"2026-02-30\" does not exist" },
		{ "at = \"06:00\"; also = [ \"2026-02-20\", \"2026-02-20\" ];",
		  "x.cfg:2: also: an entry stands here twice" },
		{ "at = \"06:00\"; date = \"2026-02-20\"; also = [ \"2026-02-21\" ];",
		  "x.cfg:2: \"also\" beside \"date\"" },
		{ EVENT("2026-12-01 08:00", "\"-1d\"") "at = \"06:00\";",
		  "x.cfg:2: \"at\" beside \"event\"" },
		{ EVENT("2026-12-01 08:00", "\"-1d\"") "days = \"mon\";",
		  "x.cfg:2: \"event\" beside \"days\"" },
		{ EVENT("2026-12-01 08:00", "\"-1d\"") "until = \"2026-12-01\";",
		  "x.cfg:2: \"until\" beside \"event\"" },
		{ EVENT("2026-12-01", "\"-1d\""),
		  "x.cfg:2: event.at: \"2026-12-01\" is not a day and a time" },
		{ EVENT("2026-12-0108:00", "\"-1d\""), "x.cfg:2: event.at: \"2026-12-0108:00\"" },
		{ EVENT("2026-02-30 08:00", "\"-1d\""),
		  "x.cfg:2: event.at: \"2026-02-30\" does not exist" },
		{ EVENT("2026-12-01 23:59:60", "\"-1d\""), "x.cfg:2: event.at: \"23:59:60\"" },
		{ EVENT("2026-12-01 08:00", ""), "x.cfg:2: reminders: 0 entries" },
		{ EVENT("2026-12-01 08:00", "\"-1d\", \"-1d\""),
		  "x.cfg:2: event.reminders: an entry stands here twice" },
		{ EVENT("2026-12-01 08:00", "\"-0d\""),
		  "x.cfg:2: event.reminders: \"-0d\" is not" },
		{ EVENT("2026-12-01 08:00", "\"-0h\""),
		  "x.cfg:2: event.reminders: \"-0h\" is not" },
		{ EVENT("2026-12-01 08:00", "\"+1d\""),
		  "x.cfg:2: event.reminders: \"+1d\" is not" },
		{ EVENT("2026-12-01 08:00", "\"1d\""), "x.cfg:2: event.reminders: \"1d\" is not" },
		{ EVENT("2026-12-01 08:00", "\"-d\""), "x.cfg:2: event.reminders: \"-d\" is not" },
		{ EVENT("2026-12-01 08:00", "\"-91d\""), "x.cfg:2: event.reminders: \"-91d\" is" },
		{ EVENT("2026-12-01 08:00", "\"-73h\""), "x.cfg:2: event.reminders: \"-73h\" is" },
		{ EVENT("2026-12-01 08:00", "\"-2h \""), "x.cfg:2: event.reminders: \"-2h \" is" },
		{ EVENT("2026-12-01 08:00", "\"-1d17:00\""),
		  "x.cfg:2: event.reminders: \"-1d17:00\" is" },
		{ EVENT("2026-12-01 08:00", "\"-0d 08:00\""),
		  "x.cfg:2: event.reminders: \"-0d 08:00\" is not before the event" },
		{ CAMPAIGN("kind = \"disclosure\";") "days = \"mon\"; from = \"2026-01-01\";",
		  "x.cfg:2: \"days\" beside \"campaign\"" },
		{ CAMPAIGN("kind = \"disclosure\";"), "x.cfg:2: campaign: needs \"from\"" },
		{ CAMPAIGN("kind = \"closure\";") "from = \"2026-01-01\";",
		  "x.cfg:2: campaign.kind: \"closure\" is not" },
		{ CAMPAIGN("days = 3;") "from = \"2026-01-01\";",
		  "x.cfg:2: campaign has no \"kind\"" },
		{ CAMPAIGN("kind = \"disclosure\"; days = 32;") "from = \"2026-01-01\";",
		  "x.cfg:2: days: 32 is not within 1 to 31" },
		{ CAMPAIGN("kind = \"disclosure\"; level = 0;") "from = \"2026-01-01\";",
		  "x.cfg:2: level: 0 is not within 1 to 5" },
		{ CAMPAIGN("kind = \"disclosure\";") "from = \"2026-01-01\"; until = "
						     "\"2026-01-02\";",
		  "x.cfg:2: campaign: 3 days in a row are wanted, and from \"from\" to \"until\" "
		  "are 2" },
		{ "at = \"06:00\"; from = \"2026-01-02\"; expires = \"2026-01-01\";",
		  "x.cfg:2: expires: lies before \"from\"" },
		{ "at = [ \"06:00\", \"07:00\", \"08:00\", \"09:00\", \"10:00\" ]; repeats = 97;",
		  "x.cfg:1: repeats: 5 times a day with 97 repeats are 485 airings on one day, at "
		  "most 480" },
		{ "at = \"23:59:60\";", "x.cfg:2: at: \"23:59:60\"" },
		{ "at = \"06:00\"; date = \"9999-12-31\";", "x.cfg:2: date: \"9999-12-31\"" },
		{ "at = \"06:00\"; review_by = \"soon\";", "x.cfg:2: review_by: \"soon\"" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GPtrArray) faults = loa_faults_new();

		assert_null(parse(cases[i].keys, faults));
		if (faults->len != 1 ||
		    strncmp(faults->pdata[0], cases[i].says, strlen(cases[i].says)) != 0)
			print_error("case %zu: %s\n", i, (char *)faults->pdata[0]);
		assert_int_equal(faults->len, 1);
		assert_memory_equal(faults->pdata[0], cases[i].says, strlen(cases[i].says));
	}
}

static void
many_rules_without_a_day_are_refused_soon(void **state)
{
	(void)state;
	g_autoptr(GString) text = g_string_new("broadcasts = (");
	g_autoptr(GPtrArray) faults = loa_faults_new();

	for (guint i = 0; i < 1000; i++)
		g_string_append_printf(
			text,
			"%s{ id = \"b%u\"; title = \"x\"; text = \"x\"; to = \"all\"; at = "
			"\"06:00\"; from = \"2026-01-01\"; rrule = "
			"\"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\"; }",
			i > 0 ? ",\n" : "", i);
	g_string_append(text, ");");
	assert_null(loa_schedule_parse("x.cfg", text->str, text->len, NULL, faults));
	assert_int_equal(faults->len, 3); /* each costs a while: the others wait */
}

static void
rules_survive_file_and_json(void **state)
{
	(void)state;
	static const char *const cases[] = {
		"at = \"06:00\"; from = \"2026-01-01\"; rrule = \"FREQ=MONTHLY;BYDAY=1MO\";",
		"at = \"06:00\"; lunar = { day = [ 1, 15 ]; };",
		"at = \"06:00\"; lunar = { day = 30; month = 12; leap = \"include\"; };",
		"at = \"06:00\"; lunar = { day = 2; month = 1; leap = \"only\"; };",
		"giao_thua = [ \"-00:15\", \"+00:00\", \"+23:59:59\" ];",
		"at = \"06:00\"; occasion = { id = \"tet\"; };",
		"at = \"06:00\"; occasion = { id = \"tet\"; days_before = [ 3, 1, -2 ]; };",
		"at = \"06:00\"; except = [ \"2026-11-09\" ]; also = [ \"2026-11-11\" ];",
		EVENT("2026-12-01 08:00", "\"-3d\", \"-1d 17:00\", \"-2h\""),
		EVENT("2026-12-01 08:00", "\"-3d\", \"-1d 17:00\", \"-2h\", \"-0d 07:59\""),
		EVENT("2026-12-01 08:00", "\"-4d\", \"-1d 17:00\", \"-2h\""),
		EVENT("2026-12-01 09:00:30", "\"-3d\", \"-1d 17:00\", \"-2h\""),
		EVENT("2026-12-02 08:00", "\"-3d\", \"-1d 17:00\", \"-2h\""),
		EVENT("2026-12-01 08:00", "\"-3d\", \"-1d 17:00\", \"-121m\""),
		CAMPAIGN("kind = \"disclosure\";") "from = \"2026-01-01\";",
		CAMPAIGN("kind = \"disclosure\"; days = 4;") "from = \"2026-01-01\";",
		CAMPAIGN("kind = \"disclosure\"; level = 3;") "from = \"2026-01-01\";",
		CAMPAIGN("kind = \"disclosure\";") "from = \"2026-01-01\"; until = \"2026-01-09\";",
		"at = \"06:00\"; expires = \"2026-11-09\";",
		"at = \"06:00\"; review_by = \"2026-11-09\";",
	};
	g_autoptr(GPtrArray) all =
		g_ptr_array_new_with_free_func((GDestroyNotify)loa_broadcast_free);

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GPtrArray) faults = loa_faults_new();
		g_autoptr(LoaSchedule) schedule = parse(cases[i], faults);
		g_autofree char *text = loa_schedule_write(NULL, schedule->broadcasts);
		g_autoptr(LoaSchedule) back =
			loa_schedule_parse("y.cfg", text, strlen(text), NULL, faults);
		g_autofree char *json = loa_broadcast_to_json_text(schedule->broadcasts->pdata[0]);
		g_autoptr(LoaBroadcast) from_json = loa_broadcast_from_json_text(json, NULL);

		assert_non_null(back);
		assert_non_null(from_json);
		assert_true(loa_broadcast_equal(schedule->broadcasts->pdata[0],
						back->broadcasts->pdata[0]));
		assert_true(loa_broadcast_equal(schedule->broadcasts->pdata[0], from_json));
		/* and no two of them are the same */
		for (guint j = 0; j < all->len; j++)
			assert_false(loa_broadcast_equal(all->pdata[j], from_json));
		g_ptr_array_add(all, loa_broadcast_copy(from_json));
		assert_true(loa_broadcast_equal(all->pdata[i], from_json));
	}
}

static void
a_reminder_keeps_its_distance_or_its_wall_time_when_the_clocks_change(void **state)
{
	(void)state;
	/* in Berlin the clocks go from 2:00 to 3:00 on 2026-03-29, from 3:00 to 2:00 on 10-25 */
	static const struct {
		const char *at, *reminder, *start;
	} cases[] = {
		{ "2026-03-29 08:00", "-8h", "2026-03-28T23:00:00+01:00" },
		{ "2026-03-29 08:00", "-1d", "2026-03-28T08:00:00+01:00" },
		{ "2026-03-30 02:30", "-1d", "2026-03-29T03:00:00+02:00" },
		{ "2026-10-25 08:00", "-8h", "2026-10-25T01:00:00+02:00" },
		{ "2026-10-25 08:00", "-1d", "2026-10-24T08:00:00+02:00" },
		{ "2026-10-26 02:30", "-1d", "2026-10-25T02:30:00+02:00" },
	};
	g_autoptr(GTimeZone) zone = loa_local_time_zone("Europe/Berlin");
	LoaLocalTime local;

	loa_local_time_init(&local, zone);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *keys =
			g_strdup_printf("event = { at = \"%s\"; reminders = [ \"%s\" ]; };",
					cases[i].at, cases[i].reminder);
		g_autoptr(GPtrArray) faults = loa_faults_new();
		g_autoptr(LoaSchedule) schedule = parse(keys, faults);
		g_autoptr(GArray) slots =
			loa_timetable_expand(schedule->broadcasts, zone, LOA_LOCAL_TIME_MIN_US,
					     LOA_LOCAL_TIME_MAX_US, 10, NULL);

		assert_int_equal(slots->len, 1);

		g_autofree char *start =
			loa_local_time_format(&local, g_array_index(slots, LoaSlot, 0).start_us);

		assert_string_equal(start, cases[i].start);
	}
}

static void
what_expires_or_wants_a_review_says_so_on_its_day(void **state)
{
	(void)state;
	g_autoptr(LoaBroadcast) b = loa_broadcast_new();
	const LoaDay before = { 2026, 11, 8 }, day = { 2026, 11, 9 }, after = { 2026, 11, 10 };

	assert_false(loa_broadcast_is_expired(b, after));
	assert_false(loa_broadcast_needs_review(b, after));
	b->expires = b->review_by = day;
	assert_false(loa_broadcast_is_expired(b, day));
	assert_true(loa_broadcast_is_expired(b, after));
	assert_false(loa_broadcast_needs_review(b, before));
	assert_true(loa_broadcast_needs_review(b, day));
	assert_true(loa_broadcast_needs_review(b, after));
}

static void
a_day_that_a_year_lacks_is_a_warning_that_offers_the_eve(void **state)
{
	(void)state;
	g_autoptr(GPtrArray) faults = loa_faults_new();
	g_autoptr(LoaSchedule) schedule =
		parse("at = \"23:55\"; lunar = { day = 30; month = 12; };", faults);
	g_autoptr(GTimeZone) zone = loa_local_time_zone("Asia/Ho_Chi_Minh");
	LoaPreviewQuery query = {
		.broadcasts = schedule->broadcasts,
		.zone = zone,
		.from = { 2026, 11, 21 },
		.n_days = 90,
	};
	g_autoptr(LoaPreview) preview = loa_preview_new(&query, NULL);

	assert_int_equal(preview->starts->len, 0);
	assert_int_equal(preview->warnings->len, 1);
	const LoaPreviewWarning *warning = preview->warnings->pdata[0];
	assert_int_equal(warning->kind, LOA_PREVIEW_NO_SUCH_DAY);
	assert_string_equal(
		warning->text,
		"\"b\": 30/12 âm lịch does not exist in the lunar year 2026 (Bính Ngọ): "
		"the month has 29 days; for the eve of Tết write giao_thua = [ "
		"\"-00:05\" ]");
	/* every year has a 29th */
	g_autoptr(LoaSchedule) other =
		parse("at = \"23:55\"; lunar = { day = [ 1, 29 ]; month = 12; };", faults);
	query.broadcasts = other->broadcasts;
	g_autoptr(LoaPreview) quiet = loa_preview_new(&query, NULL);
	assert_int_equal(quiet->starts->len, 2);
	assert_int_equal(quiet->warnings->len, 0);
	query.broadcasts = schedule->broadcasts;
	/* the lunar year 2032 has it */
	query.from = (LoaDay){ 2032, 6, 1 };
	g_autoptr(LoaPreview) later = loa_preview_new(&query, NULL);
	assert_int_equal(later->warnings->len, 0);
}

static void
an_office_adds_its_own_occasions(void **state)
{
	(void)state;
	static const char text[] =
		"occasions = ( { id = \"hoi-lang\"; name = \"Hội làng\"; lunar = \"12/02\"; },\n"
		"{ id = \"nghi-bu\"; name = \"Nghỉ bù\"; dates = [ \"2026-05-04\", \"2026-02-20\" "
		"]; },\n"
		"{ id = \"nhuan\"; name = \"29/2\"; solar = \"29/02\"; },\n"
		"{ id = \"quoc-khanh\"; name = \"Quốc khánh\"; solar = \"01/09\"; } );";
	g_autoptr(LoaOccasions) occasions = loa_occasions_new();
	g_autoptr(LoaLunar) lunar = loa_lunar_new();
	g_autoptr(GPtrArray) faults = loa_faults_new();
	static const struct {
		const char *id, *days;
	} cases[] = {
		{ "hoi-lang", "2026: 3/30, 2027: 3/19" },
		{ "nghi-bu", "2026: 2/20 5/4" },
		{ "nhuan", "2028: 2/29" },
		{ "quoc-khanh", "2026: 9/1, 2027: 9/1" },
		{ "nobody", "" },
	};

	assert_false(loa_occasions_has(occasions, "hoi-lang"));
	assert_true(loa_occasions_add(occasions, "o.cfg", text, strlen(text), faults));
	assert_true(loa_occasions_has(occasions, "hoi-lang"));
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GArray) days = g_array_new(FALSE, FALSE, sizeof(gint32));
		gint32 last =
			number_of(strcmp(cases[i].id, "nhuan") == 0 ? "2029-01-01" : "2027-12-31");

		loa_occasions_expand(occasions, cases[i].id, lunar, number_of("2026-01-01"), last,
				     days);
		g_autofree char *got = list_days(days);
		assert_string_equal(got, cases[i].days);
	}
	g_autofree char *two = loa_occasions_on(occasions, (LoaDay){ 2026, 2, 17 }, lunar);
	assert_string_equal(two, "Tết Nguyên đán");
	g_autofree char *none = loa_occasions_on(occasions, (LoaDay){ 2026, 2, 12 }, lunar);
	assert_null(none);
}

static void
faulty_occasions_change_nothing(void **state)
{
	(void)state;
	static const struct {
		const char *text, *says;
	} cases[] = {
		{ "occasions = ( { id = \"a\"; name = \"A\"; solar = \"31/04\"; } );",
		  "o.cfg:1: solar: want a day such as" },
		{ "occasions = ( { id = \"a\"; name = \"A\"; lunar = \"31/04\"; } );",
		  "o.cfg:1: lunar: want a lunar day such as" },
		{ "occasions = ( { id = \"a\"; name = \"A\"; } );", "o.cfg:1: an occasion has" },
		{ "occasions = ( { id = \"a\"; name = \"A\"; solar = \"01/04\"; lunar = \"01/04\"; "
		  "} );",
		  "o.cfg:1: an occasion has" },
		{ "occasions = ( { id = \"A\"; name = \"A\"; solar = \"01/04\"; } );",
		  "o.cfg:1: id: want at most 64" },
		{ "occasions = ( { id = \"a\"; name = \"A\"; sol = \"01/04\"; } );",
		  "o.cfg:1: unknown key \"sol\"" },
		{ "occasions = ( { id = \"a\"; name = \"A\"; dates = [ \"2026-02-30\" ]; } );",
		  "o.cfg:1: dates: \"2026-02-30\" does not exist" },
		{ "occasions = ( 3 );", "o.cfg:1: an occasion has" },
		{ "occasion = ();", "o.cfg:1: want occasions" },
	};
	g_autoptr(LoaOccasions) occasions = loa_occasions_new();

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GPtrArray) faults = loa_faults_new();

		assert_false(loa_occasions_add(occasions, "o.cfg", cases[i].text,
					       strlen(cases[i].text), faults));
		assert_memory_equal(faults->pdata[0], cases[i].says, strlen(cases[i].says));
		assert_false(loa_occasions_has(occasions, "a"));
	}
}

static void
an_offices_own_calendar_files_are_taken(void **state)
{
	(void)state;
	g_autofree char *folder = g_dir_make_tmp("loa-calendar-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "occasions.cfg", NULL);
	g_autoptr(GError) error = NULL;

	assert_true(loa_calendar_file_load(folder, &error)); /* none there */
	assert_true(g_file_set_contents(
		path, "occasions = ( { id = \"x\"; name = \"X\"; solar = \"31/11\"; } );", -1,
		NULL));
	assert_false(loa_calendar_file_load(folder, &error));
	assert_true(
		g_error_matches(error, LOA_CALENDAR_FILE_ERROR, LOA_CALENDAR_FILE_ERROR_FAULTY));
	assert_true(g_str_has_prefix(error->message, path));
	assert_non_null(strstr(error->message, ":1: solar: want a day such as \"09/03\""));

	assert_false(loa_rule_has_occasion("hoi-lang"));
	assert_true(g_file_set_contents(
		path,
		"occasions = ( { id = \"hoi-lang\"; name = \"Hội làng\"; lunar = \"12/02\"; } );",
		-1, NULL));
	g_clear_error(&error);
	assert_true(loa_calendar_file_load(folder, &error));
	g_autofree char *got = starts_of("at = \"06:00\"; occasion = { id = \"hoi-lang\"; };",
					 "2026-01-01", "2026-12-31");
	assert_string_equal(got, "2026-03-30 06:00");
	g_autofree char *name = loa_rule_occasions_on((LoaDay){ 2026, 3, 30 });
	assert_string_equal(name, "Hội làng");
	g_remove(path);
	g_rmdir(folder);
}

static void
calendar_files_are_read_anew_and_a_faulty_one_changes_nothing(void **state)
{
	(void)state;
	g_autoptr(GError) error = NULL;
	g_autofree char *folder = g_dir_make_tmp("loa-calendar-XXXXXX", &error);
	g_autofree char *path = g_build_filename(folder, "occasions.cfg", NULL);
	const char *own =
		"occasions = ( { id = \"hoi-lang\"; name = \"Hội làng\"; solar = \"09/03\"; } );";

	assert_true(g_file_set_contents(path, own, -1, NULL));
	assert_true(loa_calendar_file_load(folder, &error));
	assert_true(loa_rule_has_occasion("hoi-lang"));
	assert_true(g_file_set_contents(path, "occasions = ( { id = 3; } );", -1, NULL));
	assert_false(loa_calendar_file_load(folder, &error));
	assert_non_null(strstr(error->message, "occasions.cfg:1: "));
	assert_true(loa_rule_has_occasion("hoi-lang"));
	g_unlink(path);
	g_clear_error(&error);
	assert_true(loa_calendar_file_load(folder, &error));
	assert_false(loa_rule_has_occasion("hoi-lang"));
	assert_true(loa_rule_has_occasion("tet"));
	g_rmdir(folder);
}

/* An occasion of the office, put into the files of @folder; (nullable): tried */
static LoaCalendarEdit *
edit_occasion(const char *folder, const char *keys, GError **error)
{
	g_autoptr(LoaCalendarEdit) edit =
		loa_calendar_edit_new(folder, LOA_CALENDAR_OCCASIONS, error);
	g_autofree char *text = g_strdup_printf("occasion = { %s };", keys);
	g_autoptr(GPtrArray) faults = loa_faults_new();
	g_autoptr(LoaValue) root =
		loa_config_text_parse("a test", text, strlen(text), NULL, faults);

	assert_non_null(root);
	if (edit == NULL)
		return NULL;
	loa_calendar_edit_put(edit, root->items->pdata[0]);
	return loa_calendar_edit_try(edit, error) ? g_steal_pointer(&edit) : NULL;
}

static void
an_edit_of_the_calendar_holds_when_it_is_saved_and_keeps_what_stood_there(void **state)
{
	(void)state;
	g_autofree char *folder = g_dir_make_tmp("loa-calendar-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "occasions.cfg", NULL);
	g_autofree char *text = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(LoaCalendarEdit) edit = NULL;

	/* tried, and let go: there is neither a file nor an occasion */
	assert_true(loa_calendar_file_load(folder, &error));
	edit = edit_occasion(folder, "id = \"hoi\"; name = \"Hội\"; solar = \"09/03\";", &error);
	assert_non_null(edit);
	assert_true(loa_rule_has_occasion("hoi"));
	g_clear_pointer(&edit, loa_calendar_edit_free);
	assert_false(loa_rule_has_occasion("hoi"));
	assert_false(g_file_test(path, G_FILE_TEST_EXISTS));

	/* beside one that somebody wrote by hand, with a head; a national one is replaced by its id
	 */
	assert_true(g_file_set_contents(
		path,
		"# ours\noccasions = ( { id = \"gio\"; name = \"Giỗ\"; lunar = \"12/02\"; } );", -1,
		NULL));
	edit = edit_occasion(folder, "id = \"tet\"; name = \"Tết ta\"; lunar = \"01/01\";", &error);
	assert_true(loa_calendar_edit_save(edit, &error));
	g_clear_pointer(&edit, loa_calendar_edit_free);
	assert_true(loa_calendar_file_load(folder, &error));
	assert_int_equal(loa_rule_occasion_origin("tet"), LOA_OCCASION_REPLACED);
	assert_int_equal(loa_rule_occasion_origin("gio"), LOA_OCCASION_LOCAL);
	assert_int_equal(loa_rule_occasion_origin("gio-to"), LOA_OCCASION_NATIONAL);
	assert_true(g_file_get_contents(path, &text, NULL, NULL));
	assert_true(g_str_has_prefix(text, "# ours\noccasions ="));

	/* saved, and undone: the file is byte by byte what it was */
	edit = edit_occasion(folder, "id = \"gio\"; name = \"Khác\"; solar = \"01/02\";", &error);
	assert_true(loa_calendar_edit_save(edit, &error));
	assert_true(loa_calendar_edit_undo(edit));
	g_clear_pointer(&edit, loa_calendar_edit_free);
	g_autofree char *after = NULL;
	assert_true(g_file_get_contents(path, &after, NULL, NULL));
	assert_string_equal(after, text);
	g_autofree char *name = loa_rule_occasion_name("gio");
	assert_string_equal(name, "Giỗ");

	/* and taken away, one is gone, the other national again */
	edit = loa_calendar_edit_new(folder, LOA_CALENDAR_OCCASIONS, &error);
	assert_false(loa_calendar_edit_remove(edit, "gio-to"));
	assert_true(loa_calendar_edit_remove(edit, "gio"));
	assert_true(loa_calendar_edit_remove(edit, "tet"));
	assert_true(loa_calendar_edit_try(edit, &error));
	assert_true(loa_calendar_edit_save(edit, &error));
	g_clear_pointer(&edit, loa_calendar_edit_free);
	assert_false(loa_rule_has_occasion("gio"));
	assert_int_equal(loa_rule_occasion_origin("tet"), LOA_OCCASION_NATIONAL);
	assert_true(loa_calendar_file_load(folder, &error));
	g_remove(path);
	g_rmdir(folder);
}

static void
an_edit_that_a_reader_would_not_take_changes_nothing(void **state)
{
	static const struct {
		const char *keys, *want;
	} bad[] = {
		{ "id = \"a\"; name = \"A\"; solar = \"31/11\";", "solar: want a day" },
		{ "id = \"A b\"; name = \"A\"; solar = \"01/11\";", "id: want at most 64" },
		{ "id = \"a\"; name = \"\"; solar = \"01/11\";", "name: want 1 to 256" },
		{ "id = \"a\"; name = \"A\"; dates = ( 3 );", "dates: want texts" },
		{ "id = \"a\"; name = \"A\"; dates = ( );", "dates: want a list" },
		{ "id = \"a\"; name = \"A\"; before = \"b\";",
		  "\"a\" is the day before an occasion" },
		{ "id = \"a\"; name = \"A\"; before = \"giao-thua\";", "\"a\" is the day before" },
		{ "id = \"a\"; name = \"A\"; solar = \"01/11\"; lunar = \"01/11\";",
		  "one of solar" },
		{ "id = \"a\"; name = \"A\"; solar = \"01/11\"; x = 1;", "unknown key \"x\"" },
		{ "id = \"a\"; name = \"A\"; solar = \"01/11\"; since = \"x\";",
		  "since: want a year" },
	};
	g_autofree char *folder = g_dir_make_tmp("loa-calendar-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "occasions.cfg", NULL);

	(void)state;
	for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;

		assert_null(edit_occasion(folder, bad[i].keys, &error));
		assert_true(g_error_matches(error, LOA_CALENDAR_FILE_ERROR,
					    LOA_CALENDAR_FILE_ERROR_FAULTY));
		if (strstr(error->message, bad[i].want) == NULL)
			fail_msg("%s: %s", bad[i].keys, error->message);
		assert_false(loa_rule_has_occasion("a"));
	}
	/* nor does one begin over a file that is faulty */
	g_autoptr(GError) error = NULL;
	assert_true(g_file_set_contents(path, "occasions = (", -1, NULL));
	assert_null(edit_occasion(folder, "id = \"a\"; name = \"A\"; solar = \"01/11\";", &error));
	assert_true(
		g_error_matches(error, LOA_CALENDAR_FILE_ERROR, LOA_CALENDAR_FILE_ERROR_FAULTY));
	g_remove(path);
	g_rmdir(folder);
}

static void
too_many_occasions_are_refused(void **state)
{
	g_autofree char *folder = g_dir_make_tmp("loa-calendar-XXXXXX", NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(LoaCalendarEdit) edit =
		loa_calendar_edit_new(folder, LOA_CALENDAR_OCCASIONS, &error);

	(void)state;
	for (guint i = 0; i <= LOA_CALENDAR_EDIT_MAX; i++) {
		g_autofree char *id = g_strdup_printf("o%u", i);
		g_autoptr(LoaValue) entry = loa_value_new(LOA_VALUE_RECORD, NULL, 0);

		loa_value_add(entry, loa_value_new_text("id", id));
		loa_value_add(entry, loa_value_new_text("name", "O"));
		loa_value_add(entry, loa_value_new_text("solar", "01/02"));
		loa_calendar_edit_put(edit, entry);
		loa_calendar_edit_put(edit, entry); /* the same again is one */
	}
	assert_false(loa_calendar_edit_try(edit, &error));
	assert_non_null(strstr(error->message, "there are 200 already"));
	g_clear_error(&error);
	assert_true(loa_calendar_edit_remove(edit, "o7"));
	assert_true(loa_calendar_edit_try(edit, &error));
	g_rmdir(folder);
}

static void
the_official_calendar_is_edited_and_taken_back(void **state)
{
	g_autofree char *folder = g_dir_make_tmp("loa-calendar-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "lunar-overrides.cfg", NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(LoaCalendarEdit) edit =
		loa_calendar_edit_new(folder, LOA_CALENDAR_NEW_MOONS, &error);
	g_autoptr(LoaValue) entry = loa_value_new(LOA_VALUE_RECORD, NULL, 0);
	LoaLunarDay day;

	(void)state;
	loa_value_add(entry, loa_value_new_text("computed", "2026-03-19"));
	loa_value_add(entry, loa_value_new_text("official", "2026-03-18"));
	loa_value_add(entry, loa_value_new_text("source", "a test"));
	loa_calendar_edit_put(edit, entry);
	assert_true(loa_calendar_edit_try(edit, &error));
	assert_true(loa_calendar_edit_save(edit, &error));
	assert_true(loa_rule_lunar_day((LoaDay){ 2026, 3, 18 }, &day));
	assert_int_equal(day.day, 1);
	assert_true(loa_calendar_file_load(folder, &error));
	assert_true(loa_rule_lunar_day((LoaDay){ 2026, 3, 18 }, &day));
	assert_int_equal(day.day, 1);
	assert_true(loa_calendar_edit_undo(edit));
	assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
	assert_true(loa_calendar_file_load(folder, &error));
	assert_true(loa_rule_lunar_day((LoaDay){ 2026, 3, 18 }, &day));
	assert_int_equal(day.day, 30);
	g_rmdir(folder);
}

static void
the_examples_can_be_used_as_they_are(void **state)
{
	(void)state;
	g_autoptr(GDir) dir = g_dir_open("schedules/examples", 0, NULL);
	g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GPtrArray) faults = loa_faults_new();
	const char *name;

	assert_non_null(dir); /* the tests run in the top folder */
	while ((name = g_dir_read_name(dir)) != NULL)
		if (g_str_has_suffix(name, ".cfg"))
			g_ptr_array_add(paths, g_build_filename("schedules/examples", name, NULL));
	assert_true(paths->len >= 5);
	for (guint i = 0; i < paths->len; i++) { /* each by itself */
		const char *const one[] = { paths->pdata[i], NULL };
		g_autoptr(LoaSchedule) schedule = loa_schedule_read(one, NULL, faults);

		if (schedule == NULL)
			print_error("%s\n", (char *)faults->pdata[0]);
		assert_non_null(schedule);
		assert_true(schedule->groups_checked);
	}
	g_ptr_array_add(paths, NULL); /* and all together */
	g_autoptr(LoaSchedule) all =
		loa_schedule_read((const char *const *)paths->pdata, NULL, faults);
	assert_non_null(all);
	assert_true(all->broadcasts->len >= 8);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_give_the_days_of_the_rfc),
		cmocka_unit_test(long_rules_have_the_length_that_the_rfc_implies),
		cmocka_unit_test(a_later_range_shows_the_same_days),
		cmocka_unit_test(a_daily_rule_keeps_the_days_that_all_its_parts_leave),
		cmocka_unit_test(rules_that_go_by_the_clock_or_make_no_sense_are_refused),
		cmocka_unit_test(each_kind_of_rule_plays_on_its_days),
		cmocka_unit_test(mistakes_in_rules_are_named),
		cmocka_unit_test(many_rules_without_a_day_are_refused_soon),
		cmocka_unit_test(rules_survive_file_and_json),
		cmocka_unit_test(
			a_reminder_keeps_its_distance_or_its_wall_time_when_the_clocks_change),
		cmocka_unit_test(what_expires_or_wants_a_review_says_so_on_its_day),
		cmocka_unit_test(a_day_that_a_year_lacks_is_a_warning_that_offers_the_eve),
		cmocka_unit_test(an_office_adds_its_own_occasions),
		cmocka_unit_test(faulty_occasions_change_nothing),
		cmocka_unit_test(an_offices_own_calendar_files_are_taken),
		cmocka_unit_test(calendar_files_are_read_anew_and_a_faulty_one_changes_nothing),
		cmocka_unit_test(
			an_edit_of_the_calendar_holds_when_it_is_saved_and_keeps_what_stood_there),
		cmocka_unit_test(an_edit_that_a_reader_would_not_take_changes_nothing),
		cmocka_unit_test(too_many_occasions_are_refused),
		cmocka_unit_test(the_official_calendar_is_edited_and_taken_back),
		cmocka_unit_test(the_examples_can_be_used_as_they_are),
	};

	return cmocka_run_group_tests_name("schedules/rules", tests, NULL, NULL);
}
