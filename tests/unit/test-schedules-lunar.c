/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "schedules/faults.h"
#include "schedules/lunar.h"
#include "schedules/sky.h"

/* What is printed in Viet Nam: the dates of the published calendar tables (Ho Ngoc Duc) for 1968
 * to 2099. Tết, the leap month, and for each month in turn 1 if it has 30 days. */
/* clang-format off */
static const struct {
	const char *new_year;
	guint leap_month;
	const char *is_long;
} published[] = {
	{ "1968-01-29", 7, "1101101010100" },
	{ "1969-02-16", 0, "110101101010" },
	{ "1970-02-06", 0, "100101101101" },
	{ "1971-01-27", 5, "0100101011101" },
	{ "1972-02-15", 0, "010010101101" },
	{ "1973-02-03", 0, "101001001101" },
	{ "1974-01-23", 4, "1101001001011" },
	{ "1975-02-11", 0, "101100100101" },
	{ "1976-01-31", 8, "1101010100101" },
	{ "1977-02-18", 0, "101101010100" },
	{ "1978-02-07", 0, "101101011010" },
	{ "1979-01-28", 6, "0101011011010" },
	{ "1980-02-16", 0, "100101011011" },
	{ "1981-02-05", 0, "010010011011" },
	{ "1982-01-25", 4, "1010010010111" },
	{ "1983-02-13", 0, "101001001011" },
	{ "1984-02-02", 0, "101010100101" },
	{ "1985-01-21", 2, "1011010100101" },
	{ "1986-02-09", 0, "011011010010" },
	{ "1987-01-29", 7, "1010110110100" },
	{ "1988-02-17", 0, "101010110110" },
	{ "1989-02-06", 0, "100100110111" },
	{ "1990-01-27", 5, "0100100101111" },
	{ "1991-02-15", 0, "010010010111" },
	{ "1992-02-04", 0, "011001001011" },
	{ "1993-01-23", 3, "0110101001010" },
	{ "1994-02-10", 0, "111010100101" },
	{ "1995-01-31", 8, "0110101010101" },
	{ "1996-02-19", 0, "010101101010" },
	{ "1997-02-07", 0, "101010101101" },
	{ "1998-01-28", 5, "1001001101101" },
	{ "1999-02-16", 0, "100100101110" },
	{ "2000-02-05", 0, "110010010110" },
	{ "2001-01-24", 4, "1101010010101" },
	{ "2002-02-12", 0, "110101001010" },
	{ "2003-02-01", 0, "110110100101" },
	{ "2004-01-22", 2, "0101101010101" },
	{ "2005-02-09", 0, "010101101010" },
	{ "2006-01-29", 7, "1010011011010" },
	{ "2007-02-17", 0, "101001011101" },
	{ "2008-02-07", 0, "100100101011" },
	{ "2009-01-26", 5, "1010100101011" },
	{ "2010-02-14", 0, "101010010101" },
	{ "2011-02-03", 0, "101101001010" },
	{ "2012-01-23", 4, "1011010101010" },
	{ "2013-02-10", 0, "101011010101" },
	{ "2014-01-31", 9, "0101010110101" },
	{ "2015-02-19", 0, "010010111010" },
	{ "2016-02-08", 0, "101001011011" },
	{ "2017-01-28", 6, "0101001010111" },
	{ "2018-02-16", 0, "010100100111" },
	{ "2019-02-05", 0, "011010010011" },
	{ "2020-01-25", 4, "0111010010011" },
	{ "2021-02-12", 0, "011010101010" },
	{ "2022-02-01", 0, "101011010101" },
	{ "2023-01-22", 2, "0100110110101" },
	{ "2024-02-10", 0, "010010110110" },
	{ "2025-01-29", 6, "1010010101110" },
	{ "2026-02-17", 0, "101001001110" },
	{ "2027-02-06", 0, "110100100110" },
	{ "2028-01-26", 5, "1110100100110" },
	{ "2029-02-13", 0, "110101010010" },
	{ "2030-02-02", 0, "110110101010" },
	{ "2031-01-23", 3, "0101101101010" },
	{ "2032-02-11", 0, "010101101101" },
	{ "2033-01-31", 11, "0100101011101" },
	{ "2034-02-19", 0, "010010011101" },
	{ "2035-02-08", 0, "101001001101" },
	{ "2036-01-28", 6, "1101001001011" },
	{ "2037-02-15", 0, "101100100101" },
	{ "2038-02-04", 0, "101101010010" },
	{ "2039-01-24", 5, "1101101010010" },
	{ "2040-02-12", 0, "101101011010" },
	{ "2041-02-01", 0, "010101011101" },
	{ "2042-01-22", 2, "0100101011011" },
	{ "2043-02-10", 0, "010010011011" },
	{ "2044-01-30", 7, "1010010010111" },
	{ "2045-02-17", 0, "101001001011" },
	{ "2046-02-06", 0, "101010100101" },
	{ "2047-01-26", 5, "1011010100101" },
	{ "2048-02-14", 0, "011011010010" },
	{ "2049-02-02", 0, "101011010110" },
	{ "2050-01-23", 3, "0101010110110" },
	{ "2051-02-11", 0, "010100110111" },
	{ "2052-02-01", 8, "0100100101110" },
	{ "2053-02-18", 0, "110010010111" },
	{ "2054-02-08", 0, "010101001011" },
	{ "2055-01-28", 6, "0110101001010" },
	{ "2056-02-15", 0, "110110100101" },
	{ "2057-02-04", 0, "010110101010" },
	{ "2058-01-24", 4, "1010101101010" },
	{ "2059-02-12", 0, "101010101101" },
	{ "2060-02-02", 0, "010100101110" },
	{ "2061-01-21", 3, "1100100101110" },
	{ "2062-02-09", 0, "110010010101" },
	{ "2063-01-29", 7, "1101010010101" },
	{ "2064-02-17", 0, "110101001010" },
	{ "2065-02-05", 0, "110110010101" },
	{ "2066-01-26", 5, "0101101010101" },
	{ "2067-02-14", 0, "010101101010" },
	{ "2068-02-03", 0, "101001101101" },
	{ "2069-01-23", 4, "0101001011101" },
	{ "2070-02-11", 0, "010100101011" },
	{ "2071-01-31", 8, "1010100101011" },
	{ "2072-02-19", 0, "101010010011" },
	{ "2073-02-07", 0, "101101001001" },
	{ "2074-01-27", 6, "1011010101010" },
	{ "2075-02-15", 0, "101011010101" },
	{ "2076-02-05", 0, "010101011010" },
	{ "2077-01-24", 4, "1010010110110" },
	{ "2078-02-12", 0, "101001010111" },
	{ "2079-02-02", 0, "010100101011" },
	{ "2080-01-22", 3, "1010100010111" },
	{ "2081-02-09", 0, "011010010011" },
	{ "2082-01-29", 7, "0110101010011" },
	{ "2083-02-17", 0, "011010101010" },
	{ "2084-02-06", 0, "101011010101" },
	{ "2085-01-26", 5, "0010110101101" },
	{ "2086-02-14", 0, "001010110110" },
	{ "2087-02-03", 0, "101001010111" },
	{ "2088-01-24", 4, "0101000101110" },
	{ "2089-02-10", 0, "110100010110" },
	{ "2090-01-30", 8, "1110100100101" },
	{ "2091-02-18", 0, "110101010010" },
	{ "2092-02-07", 0, "110110101001" },
	{ "2093-01-27", 6, "0101101101010" },
	{ "2094-02-15", 0, "010101101101" },
	{ "2095-02-05", 0, "001010101110" },
	{ "2096-01-25", 4, "1010010011101" },
	{ "2097-02-12", 0, "101000101101" },
	{ "2098-02-01", 0, "110100010101" },
	{ "2099-01-21", 2, "1101010010101" },};
/* clang-format on */

static LoaLunar *lunar; /* made once: computing all years takes a second */

static int
make_lunar(void **state)
{
	(void)state;
	lunar = loa_lunar_new();
	return 0;
}

static int
drop_lunar(void **state)
{
	(void)state;
	loa_lunar_free(lunar);
	return 0;
}

static LoaDay
day_of(const char *text)
{
	LoaDay day;

	assert_true(loa_day_parse(text, &day, NULL));
	return day;
}

static void
assert_day(LoaDay day, const char *text)
{
	g_autofree char *got = loa_day_format(day);

	assert_string_equal(got, text);
}

static void
every_month_of_132_years_is_the_published_one(void **state)
{
	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(published); i++) {
		gint year = 1968 + (gint)i;
		guint leap = published[i].leap_month;
		const char *is_long = published[i].is_long;
		gint32 n = loa_day_to_number(day_of(published[i].new_year));

		assert_day(loa_lunar_new_year(lunar, year), published[i].new_year);
		assert_int_equal(loa_lunar_leap_month(lunar, year), leap);
		for (guint month = 1; month <= 12; month++) {
			for (guint is_leap = 0; is_leap <= (month == leap ? 1u : 0u); is_leap++) {
				guint n_days = *is_long++ == '1' ? 30 : 29;
				LoaDay first;

				assert_int_equal(
					loa_lunar_days_in_month(lunar, year, month, is_leap == 1),
					n_days);
				assert_true(loa_lunar_to_day(lunar, year, month, 1, is_leap == 1,
							     &first));
				assert_int_equal(loa_day_to_number(first), n);
				n += (gint32)n_days;
			}
		}
		assert_int_equal(*is_long, '\0');
		if (i + 1 < G_N_ELEMENTS(published))
			assert_int_equal(n, loa_day_to_number(day_of(published[i + 1].new_year)));
	}
}

static void
tet_is_where_the_newspapers_had_it(void **state)
{
	(void)state;
	static const char *const dates[] = {
		"2024-02-10", "2025-01-29", "2026-02-17", "2027-02-06", "2028-01-26",
		"2029-02-13", "2030-02-02", "2031-01-23", "2032-02-11", "2033-01-31",
	};

	for (gsize i = 0; i < G_N_ELEMENTS(dates); i++)
		assert_day(loa_lunar_new_year(lunar, 2024 + (gint)i), dates[i]);
}

static void
six_new_years_are_not_the_chinese_ones(void **state)
{
	(void)state;
	static const struct {
		gint year;
		const char *viet_nam, *china;
	} cases[] = {
		{ 1968, "1968-01-29", "1968-01-30" }, { 1969, "1969-02-16", "1969-02-17" },
		{ 1985, "1985-01-21", "1985-02-20" }, { 2007, "2007-02-17", "2007-02-18" },
		{ 2030, "2030-02-02", "2030-02-03" }, { 2053, "2053-02-18", "2053-02-19" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		assert_day(loa_lunar_new_year(lunar, cases[i].year), cases[i].viet_nam);
		assert_true(loa_day_compare(loa_lunar_new_year(lunar, cases[i].year),
					    day_of(cases[i].china)) < 0);
	}
}

static void
every_day_comes_back(void **state)
{
	(void)state;
	gint32 last = loa_day_to_number(day_of("2100-12-31"));
	LoaLunarDay before = { 0 };

	for (gint32 n = loa_day_to_number(day_of("1968-01-01")); n <= last; n++) {
		LoaDay day = loa_day_from_number(n);
		LoaLunarDay got;
		LoaDay back;

		assert_true(loa_lunar_from_day(lunar, day, &got));
		assert_in_range(got.day, 1, got.days_in_month);
		assert_in_range(got.days_in_month, 29, 30);
		if (before.day > 0) /* one day after the other, without hole or double */
			assert_int_equal(got.day,
					 before.day == before.days_in_month ? 1 : before.day + 1);
		before = got;
		if (got.year < LOA_LUNAR_YEAR_MIN)
			continue; /* the end of 1967, reached from 1968 only */
		assert_true(
			loa_lunar_to_day(lunar, got.year, got.month, got.day, got.is_leap, &back));
		assert_int_equal(loa_day_to_number(back), n);
	}
}

static void
there_is_no_30_tet_from_2025_to_2032(void **state)
{
	(void)state;
	LoaDay day;

	for (gint year = 2024; year <= 2031; year++) { /* the eve belongs to the year before */
		assert_int_equal(loa_lunar_days_in_month(lunar, year, 12, FALSE), 29);
		assert_false(loa_lunar_to_day(lunar, year, 12, 30, FALSE, &day));
		assert_true(loa_lunar_to_day(lunar, year, 12, 29, FALSE, &day));
	}
	assert_true(loa_lunar_to_day(lunar, 2032, 12, 30, FALSE, &day));
	assert_day(day, "2033-01-30");
}

static void
leap_months_repeat_their_number(void **state)
{
	(void)state;
	LoaLunarDay got;
	LoaDay first, second;

	assert_int_equal(loa_lunar_leap_month(lunar, 2025), 6);
	assert_int_equal(loa_lunar_leap_month(lunar, 2026), 0);
	assert_int_equal(loa_lunar_leap_month(lunar, 2028), 5);
	assert_int_equal(loa_lunar_leap_month(lunar, 2031), 3);
	assert_int_equal(loa_lunar_leap_month(lunar, 2033), 11);
	assert_true(loa_lunar_to_day(lunar, 2031, 3, 10, FALSE, &first));
	assert_true(loa_lunar_to_day(lunar, 2031, 3, 10, TRUE, &second));
	assert_int_equal(loa_day_to_number(second) - loa_day_to_number(first), 29);
	assert_true(loa_lunar_from_day(lunar, second, &got));
	assert_true(got.is_leap);
	g_autofree char *text = loa_lunar_format(&got);
	assert_string_equal(text, "10/3 nhuận");
	assert_false(loa_lunar_to_day(lunar, 2031, 4, 1, TRUE, &first));
}

static void
outside_its_years_it_says_so(void **state)
{
	(void)state;
	LoaLunarDay got;
	LoaDay day;

	assert_false(loa_lunar_from_day(lunar, day_of("2101-01-01"), &got));
	assert_false(loa_lunar_from_day(lunar, (LoaDay){ 1967, 12, 31 }, &got));
	assert_true(loa_lunar_from_day(lunar, day_of("1968-01-01"), &got));
	assert_int_equal(got.year, 1967);
	assert_int_equal(got.month, 12);
	assert_false(loa_lunar_to_day(lunar, 1967, 12, 1, FALSE, &day));
	assert_false(loa_lunar_to_day(lunar, 2101, 1, 1, FALSE, &day));
	assert_false(loa_lunar_to_day(lunar, 2026, 0, 1, FALSE, &day));
	assert_false(loa_lunar_to_day(lunar, 2026, 13, 1, FALSE, &day));
	assert_false(loa_lunar_to_day(lunar, 2026, 1, 0, FALSE, &day));
	assert_false(loa_lunar_to_day(lunar, 2026, 1, 31, FALSE, &day));
	/* computed with an independent ephemeris (PyEphem 4.1.4): new moon 2100-12-31 06:56 */
	assert_true(loa_lunar_to_day(lunar, 2100, 12, 1, FALSE, &day));
	assert_day(day, "2100-12-31");
}

/* Times from the United States Naval Observatory's tables of phases and seasons. */
static void
sun_and_moon_stand_where_the_almanacs_say(void **state)
{
	(void)state;
	static const struct {
		int k;
		double jd; /* UT, published to the minute */
	} moons[] = {
		{ 0, 2451550.25972 },   /* 2000-01-06 18:14 */
		{ 310, 2460705.02500 }, /* 2025-01-29 12:36 */
		{ 153, 2456068.49097 }, /* 2012-05-20 23:47 */
	};
	static const double minute = 1.0 / 1440;

	for (gsize i = 0; i < G_N_ELEMENTS(moons); i++)
		assert_float_equal(loa_sky_new_moon(moons[i].k), moons[i].jd, minute);
	/* 2025-12-21 15:03 UT */
	assert_float_equal(loa_sky_winter_solstice(2025), 2461031.12708, minute);
	/* summer: 2026-06-21 08:24 UT */
	assert_float_equal(loa_sky_sun_longitude(2461212.85), 90.0, 0.001);
}

static void
an_override_moves_a_month_by_one_day(void **state)
{
	(void)state;
	static const char text[] =
		"new_moons = ( { computed = \"2026-07-14\"; official = \"2026-07-15\"; "
		"source = \"a test\"; } );";
	g_autoptr(LoaLunar) own = loa_lunar_new();
	g_autoptr(GPtrArray) faults = loa_faults_new();
	LoaDay day;

	assert_true(loa_lunar_to_day(own, 2026, 6, 1, FALSE, &day));
	assert_day(day, "2026-07-14");
	assert_int_equal(loa_lunar_days_in_month(own, 2026, 5, FALSE), 29);
	assert_true(loa_lunar_override(own, "t.cfg", text, strlen(text), faults));
	assert_true(loa_lunar_to_day(own, 2026, 6, 1, FALSE, &day));
	assert_day(day, "2026-07-15");
	assert_int_equal(loa_lunar_days_in_month(own, 2026, 5, FALSE), 30);
	assert_int_equal(loa_lunar_days_in_month(own, 2026, 6, FALSE), 29);
}

static void
a_faulty_override_changes_nothing(void **state)
{
	(void)state;
	static const struct {
		const char *text, *says;
	} cases[] = {
		{ "new_moons = ( { computed = \"2026-12-09\"; } );", "t.cfg:1: want { computed" },
		{ "new_moons = ( { computed = \"2026-12-09\"; official = \"2026-12-11\"; } );",
		  "t.cfg:1: official: must be" },
		{ "new_moons = ( { computed = \"2026-12-39\"; official = \"2026-12-11\"; } );",
		  "t.cfg:1: computed: \"2026-12-39\" does not exist" },
		{ "new_moons = ( { computed = \"2026-12-09\"; official = \"2026-12-10\"; x = 1; } "
		  ");",
		  "t.cfg:1: unknown key \"x\"" },
		{ "new_moons = ( { computed = \"2026-12-09\"; official = \"2026-12-10\"; } );",
		  "t.cfg: the override for \"2026-12-09\" gives a month" },
		{ "new_moon = ();", "t.cfg:1: want new_moons" },
		{ "new_moons = ( 3 );", "t.cfg:1: new_moons: want a group" },
		{ "new_moons = 3;", "t.cfg:1: want new_moons" },
	};
	g_autoptr(LoaLunar) own = loa_lunar_new();

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GPtrArray) faults = loa_faults_new();

		assert_false(loa_lunar_override(own, "t.cfg", cases[i].text, strlen(cases[i].text),
						faults));
		assert_int_equal(faults->len, 1);
		assert_memory_equal(faults->pdata[0], cases[i].says, strlen(cases[i].says));
	}
	LoaDay day;
	assert_true(loa_lunar_to_day(own, 2026, 11, 1, FALSE, &day));
	assert_day(day, "2026-12-09");
}

static void
years_have_their_names(void **state)
{
	(void)state;
	static const struct {
		gint year;
		const char *name;
	} cases[] = {
		{ 1968, "Mậu Thân" }, { 2024, "Giáp Thìn" }, { 2025, "Ất Tỵ" },
		{ 2026, "Bính Ngọ" }, { 2027, "Đinh Mùi" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *name = loa_lunar_year_name(cases[i].year);

		assert_string_equal(name, cases[i].name);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_month_of_132_years_is_the_published_one),
		cmocka_unit_test(tet_is_where_the_newspapers_had_it),
		cmocka_unit_test(six_new_years_are_not_the_chinese_ones),
		cmocka_unit_test(every_day_comes_back),
		cmocka_unit_test(there_is_no_30_tet_from_2025_to_2032),
		cmocka_unit_test(leap_months_repeat_their_number),
		cmocka_unit_test(outside_its_years_it_says_so),
		cmocka_unit_test(sun_and_moon_stand_where_the_almanacs_say),
		cmocka_unit_test(an_override_moves_a_month_by_one_day),
		cmocka_unit_test(a_faulty_override_changes_nothing),
		cmocka_unit_test(years_have_their_names),
	};

	return cmocka_run_group_tests_name("schedules/lunar", tests, make_lunar, drop_lunar);
}
