/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/reader/reader-days.h"

#include <string.h>

#include "controller/reader/reader-words.h"

/* --- days ------------------------------------------------------------------------------------- */

static gboolean
is_day(guint day, guint month)
{
	static const guint days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1];
}

static gboolean
is_year(guint year)
{
	return year >= 1000 && year < 3000;
}

/* Days that everybody knows by their numbers. */
static gboolean
is_feast(guint day, guint month)
{
	static const guint feasts[][2] = {
		{ 1, 1 },   { 9, 1 },   { 3, 2 },   { 27, 2 }, { 8, 3 },   { 26, 3 },  { 30, 4 },
		{ 1, 5 },   { 7, 5 },   { 15, 5 },  { 19, 5 }, { 1, 6 },   { 5, 6 },   { 21, 6 },
		{ 28, 6 },  { 27, 7 },  { 19, 8 },  { 2, 9 },  { 1, 10 },  { 10, 10 }, { 13, 10 },
		{ 20, 10 }, { 20, 11 }, { 24, 11 }, { 1, 12 }, { 22, 12 }, { 24, 12 },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(feasts); i++)
		if (feasts[i][0] == day && feasts[i][1] == month)
			return TRUE;
	return FALSE;
}

static void
say_ngay(const LoaReaderScan *scan, GString *words)
{
	static const char *const said[] = { "ngày", "mùng", "mồng", "hôm", "lễ", NULL };

	if (scan->is_continued || !loa_reader_is_after(scan, said))
		g_string_append(words, "ngày ");
}

/* @year: 0: none */
static void
say_month(GString *words, guint month, guint year)
{
	g_string_append(words, " tháng ");
	loa_reader_say_named(words, month);
	if (year == 0)
		return;
	g_string_append(words, " năm ");
	loa_reader_say_number(words, year);
}

/* FALSE where there is no such day */
static gboolean
say_date(const LoaReaderScan *scan, GString *words, guint day, guint month, guint year)
{
	if (!is_day(day, month) || !is_year(year))
		return FALSE;
	say_ngay(scan, words);
	loa_reader_say_number(words, day);
	say_month(words, month, year);
	return TRUE;
}

gboolean
loa_reader_say_whole_date(LoaReaderScan *scan, const GMatchInfo *match, GString *words)
{
	return say_date(scan, words, loa_reader_number_of(match, 1), loa_reader_number_of(match, 3),
			loa_reader_number_of(match, 4));
}

gboolean
loa_reader_say_iso_date(LoaReaderScan *scan, const GMatchInfo *match, GString *words)
{
	return say_date(scan, words, loa_reader_number_of(match, 3), loa_reader_number_of(match, 2),
			loa_reader_number_of(match, 1));
}

/* 24-26/11/2026 */
gboolean
loa_reader_say_days(LoaReaderScan *scan, const GMatchInfo *match, GString *words)
{
	const guint first = loa_reader_number_of(match, 1), last = loa_reader_number_of(match, 2),
		    month = loa_reader_number_of(match, 3), year = loa_reader_number_of(match, 4);

	if (!is_day(first, month) || !is_day(last, month) || first >= last ||
	    (year != 0 && !is_year(year)))
		return FALSE;
	say_ngay(scan, words);
	loa_reader_say_number(words, first);
	g_string_append(words, " đến ");
	loa_reader_say_number(words, last);
	say_month(words, month, year);
	return TRUE;
}

gboolean
loa_reader_say_month_of_year(LoaReaderScan *scan, const GMatchInfo *match, GString *words)
{
	const guint month = loa_reader_number_of(match, 1), year = loa_reader_number_of(match, 2);

	if (month < 1 || month > 12 || !is_year(year))
		return FALSE;
	if (!loa_reader_is_after_word(scan, "tháng"))
		g_string_append(words, "tháng ");
	loa_reader_say_named(words, month);
	g_string_append(words, " năm ");
	loa_reader_say_number(words, year);
	return TRUE;
}

/* 5/12: a house, a day, or a part of the whole. */
gboolean
loa_reader_say_slash(LoaReaderScan *scan, const GMatchInfo *match, GString *words)
{
	const guint a = loa_reader_number_of(match, 1), b = loa_reader_number_of(match, 2);
	const gboolean is_date =
		is_day(a, b) && !loa_reader_is_after(scan, loa_reader_address_words) &&
		(loa_reader_is_after(scan, loa_reader_date_words) || is_feast(a, b) ||
		 (scan->is_continued && scan->last == LOA_READER_DATE) || a >= b || b > 10);

	if (is_date) {
		say_ngay(scan, words);
		loa_reader_say_number(words, a);
		say_month(words, b, 0);
		return TRUE;
	}
	loa_reader_say_number(words, a);
	if (a < b && !loa_reader_is_after(scan, loa_reader_address_words)) {
		g_string_append(words, " phần ");
		loa_reader_say_named(words, b);
	} else {
		g_string_append(words, " trên ");
		loa_reader_say_number(words, b);
	}
	return TRUE;
}

/* --- hours ------------------------------------------------------------------------------------ */

gboolean
loa_reader_say_time(LoaReaderScan *scan, const GMatchInfo *match, GString *words)
{
	const guint hour = loa_reader_number_of(match, 1), minute = loa_reader_number_of(match, 2);
	g_autofree char *seconds = loa_reader_part(match, 3);

	(void)scan;
	if (hour > 24 || minute > 59)
		return FALSE;
	loa_reader_say_number(words, hour);
	g_string_append(words, " giờ");
	if (minute > 0 || *seconds != '\0') {
		g_string_append_c(words, ' ');
		loa_reader_say_number(words, minute);
		g_string_append(words, " phút");
	}
	if (*seconds != '\0' && strcmp(seconds, "00") != 0) {
		g_string_append_c(words, ' ');
		loa_reader_say_number(words, loa_reader_number_of(match, 3));
		g_string_append(words, " giây");
	}
	return TRUE;
}
