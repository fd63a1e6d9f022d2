/* SPDX-License-Identifier: Apache-2.0 */
#include "schedules/rule.h"

#include <string.h>

#include "common/text.h"
#include "schedules/faults.h"
#include "schedules/rrule.h"

static GMutex lock;
static LoaLunar *lunar;         /* under the lock; owned */
static LoaOccasions *occasions; /* likewise */

static GMutexLocker *
lock_calendars(void)
{
	GMutexLocker *locker = g_mutex_locker_new(&lock);

	if (lunar == NULL)
		lunar = loa_lunar_new();
	if (occasions == NULL)
		occasions = loa_occasions_new();
	return locker;
}

LoaRuleKind
loa_rule_kind(const LoaBroadcast *broadcast)
{
	if (!loa_day_is_none(broadcast->date))
		return LOA_RULE_DATE;
	if (broadcast->rrule != NULL)
		return LOA_RULE_RRULE;
	if (broadcast->lunar_days != 0)
		return LOA_RULE_LUNAR;
	if (broadcast->eve_s->len > 0)
		return LOA_RULE_EVE;
	if (broadcast->occasion != NULL)
		return LOA_RULE_OCCASION;
	if (!loa_day_is_none(broadcast->event_day))
		return LOA_RULE_EVENT;
	return LOA_RULE_WEEKLY;
}

gboolean
loa_rule_is_plain(const LoaBroadcast *broadcast)
{
	LoaRuleKind kind = loa_rule_kind(broadcast);

	return kind == LOA_RULE_DATE || (kind == LOA_RULE_WEEKLY && broadcast->except->len == 0 &&
					 broadcast->also->len == 0);
}

static void
add_weekly(const LoaBroadcast *broadcast, gint32 first, gint32 last, GArray *days)
{
	for (gint32 n = first; n <= last; n++)
		if ((broadcast->days & 1u << loa_day_weekday(loa_day_from_number(n))) != 0)
			g_array_append_val(days, n);
}

static void
add_lunar_day(const LoaBroadcast *broadcast, gint year, guint month, gboolean is_leap, gint32 first,
	      gint32 last, GArray *days)
{
	LoaDay day;

	for (guint of_month = 1; of_month <= 30; of_month++) {
		if ((broadcast->lunar_days & 1u << of_month) == 0 ||
		    !loa_lunar_to_day(lunar, year, month, of_month, is_leap, &day))
			continue;

		gint32 n = loa_day_to_number(day);
		if (n >= first && n <= last)
			g_array_append_val(days, n);
	}
}

static void
add_lunar(const LoaBroadcast *broadcast, gint32 first, gint32 last, GArray *days)
{
	gint first_year = loa_day_from_number(first).year - 1;
	gint last_year = loa_day_from_number(last).year;

	for (gint year = first_year; year <= last_year; year++) {
		for (guint month = 1; month <= 12; month++) {
			if (broadcast->lunar_month != 0 && broadcast->lunar_month != month)
				continue;
			if (broadcast->lunar_leap != LOA_LEAP_ONLY)
				add_lunar_day(broadcast, year, month, FALSE, first, last, days);
			if (broadcast->lunar_leap != LOA_LEAP_EXCLUDE)
				add_lunar_day(broadcast, year, month, TRUE, first, last, days);
		}
	}
}

static void
add_new_years(gint32 first, gint32 last, GArray *days)
{
	gint first_year = MAX(loa_day_from_number(first).year, LOA_LUNAR_YEAR_MIN);
	gint last_year = MIN(loa_day_from_number(last).year, LOA_LUNAR_YEAR_MAX);

	for (gint year = first_year; year <= last_year; year++) {
		gint32 n = loa_day_to_number(loa_lunar_new_year(lunar, year));

		if (n >= first && n <= last)
			g_array_append_val(days, n);
	}
}

static void
add_occasion(const LoaBroadcast *broadcast, gint32 first, gint32 last, GArray *days)
{
	for (guint i = 0; i < broadcast->occasion_days->len; i++) {
		gint32 shift = g_array_index(broadcast->occasion_days, gint32, i);
		guint n_before = days->len;

		loa_occasions_expand(occasions, broadcast->occasion, lunar, first - shift,
				     last - shift, days);
		for (guint j = n_before; j < days->len; j++)
			g_array_index(days, gint32, j) += shift;
	}
}

static gint
compare_numbers(gconstpointer a, gconstpointer b)
{
	return *(const gint32 *)a - *(const gint32 *)b;
}

static gboolean
holds(const GArray *numbers, gint32 number)
{
	for (guint i = 0; i < numbers->len; i++)
		if (g_array_index(numbers, gint32, i) == number)
			return TRUE;
	return FALSE;
}

/* Sorts, and leaves out doubles and exceptions. */
static void
tidy(GArray *days, const GArray *except)
{
	guint n_kept = 0;

	g_array_sort(days, compare_numbers);
	for (guint i = 0; i < days->len; i++) {
		gint32 n = g_array_index(days, gint32, i);

		if ((n_kept > 0 && g_array_index(days, gint32, n_kept - 1) == n) ||
		    holds(except, n))
			continue;
		g_array_index(days, gint32, n_kept++) = n;
	}
	g_array_set_size(days, n_kept);
}

static void
add_by_kind(const LoaBroadcast *broadcast, gint32 first, gint32 last, GArray *days)
{
	switch (loa_rule_kind(broadcast)) {
	case LOA_RULE_WEEKLY:
		add_weekly(broadcast, first, last, days);
		return;
	case LOA_RULE_DATE: {
		gint32 n = loa_day_to_number(broadcast->date);

		if (n >= first && n <= last)
			g_array_append_val(days, n);
		return;
	}
	case LOA_RULE_RRULE:
		loa_rrule_expand(broadcast->rrule, broadcast->from, first, last, days);
		return;
	case LOA_RULE_LUNAR:
		add_lunar(broadcast, first, last, days);
		return;
	case LOA_RULE_EVE:
		add_new_years(first, last, days);
		return;
	case LOA_RULE_OCCASION:
		add_occasion(broadcast, first, last, days);
		return;
	case LOA_RULE_EVENT: {
		gint32 n = loa_day_to_number(broadcast->event_day);

		if (n >= first && n <= last)
			g_array_append_val(days, n);
		return;
	}
	}
}

GArray *
loa_rule_expand(const LoaBroadcast *broadcast, gint32 first, gint32 last)
{
	g_autoptr(GMutexLocker) locker = lock_calendars();
	GArray *days = g_array_new(FALSE, FALSE, sizeof(gint32));
	gint32 begin = first;
	gint32 end = last;

	(void)locker;
	if (loa_day_is_none(broadcast->date) && !loa_day_is_none(broadcast->from))
		begin = MAX(first, loa_day_to_number(broadcast->from));
	if (loa_day_is_none(broadcast->date) && !loa_day_is_none(broadcast->until))
		end = MIN(last, loa_day_to_number(broadcast->until));
	if (begin <= end)
		add_by_kind(broadcast, begin, end, days);
	for (guint i = 0; i < broadcast->also->len; i++) {
		gint32 n = g_array_index(broadcast->also, gint32, i);

		if (n >= first && n <= last)
			g_array_append_val(days, n);
	}
	tidy(days, broadcast->except);
	return days;
}

gboolean
loa_rule_ever_plays(const LoaBroadcast *broadcast)
{
	/* Most rules show a day within a few years; the others are worth a longer look. */
	const LoaDay ends[] = { { 1970, 1, 1 }, { 2040, 1, 1 }, { LOA_DAY_YEAR_MAX, 12, 31 } };
	gint32 first = loa_day_to_number(ends[0]);

	for (guint i = 1; i < G_N_ELEMENTS(ends); i++) {
		gint32 last = loa_day_to_number(ends[i]);
		g_autoptr(GArray) days = NULL;

		if (!loa_day_is_none(broadcast->from) && i == 1)
			last = MAX(last, loa_day_to_number(broadcast->from) + 366);
		days = loa_rule_expand(broadcast, first, last);
		if (days->len > 0)
			return TRUE;
		first = last + 1;
	}
	return FALSE;
}

char *
loa_rule_describe_gap(const LoaBroadcast *broadcast, gint32 first, gint32 last)
{
	g_autoptr(GMutexLocker) locker = lock_calendars();
	guint day =
		broadcast->lunar_days == 0 ? 0 : (guint)g_bit_nth_msf(broadcast->lunar_days, -1);
	guint month = broadcast->lunar_month;
	LoaLunarDay from, to;

	(void)locker;
	if (day != 30 || month == 0 || broadcast->lunar_leap == LOA_LEAP_ONLY ||
	    !loa_lunar_from_day(lunar, loa_day_from_number(first), &from) ||
	    !loa_lunar_from_day(lunar, loa_day_from_number(last), &to))
		return NULL;
	for (gint year = MAX(from.year, LOA_LUNAR_YEAR_MIN); year <= to.year; year++) {
		g_autofree char *name = NULL;

		if (loa_lunar_days_in_month(lunar, year, month, FALSE) != 29)
			continue;
		name = loa_lunar_year_name(year);
		return g_strdup_printf(
			"%u/%u âm lịch does not exist in the lunar year %d (%s): the "
			"month has 29 days; %s",
			day, month, year, name,
			month == 12 ? "for the eve of Tết write giao_thua = [ \"-00:05\" ]"
				    : "write day = 29, or the 1st of the next month");
	}
	return NULL;
}

gboolean
loa_rule_lunar_day(LoaDay day, LoaLunarDay *lunar_day)
{
	g_autoptr(GMutexLocker) locker = lock_calendars();

	(void)locker;
	return loa_lunar_from_day(lunar, day, lunar_day);
}

gboolean
loa_rule_solar_day(gint year, guint month, guint day, gboolean is_leap, LoaDay *solar)
{
	g_autoptr(GMutexLocker) locker = lock_calendars();

	(void)locker;
	return loa_lunar_to_day(lunar, year, month, day, is_leap, solar);
}

gboolean
loa_rule_has_occasion(const char *id)
{
	g_autoptr(GMutexLocker) locker = lock_calendars();

	(void)locker;
	return loa_occasions_has(occasions, id);
}

LoaOccasionOrigin
loa_rule_occasion_origin(const char *id)
{
	g_autoptr(GMutexLocker) locker = lock_calendars();

	(void)locker;
	return loa_occasions_origin(occasions, id);
}

LoaValue *
loa_rule_occasion_value(const char *id)
{
	g_autoptr(GMutexLocker) locker = lock_calendars();

	(void)locker;
	return loa_occasions_to_value(occasions, id);
}

char *
loa_rule_nearest_occasion(const char *id)
{
	g_autoptr(GMutexLocker) locker = lock_calendars();
	g_autofree const char **ids = loa_occasions_ids(occasions);

	(void)locker;
	return g_strdup(loa_faults_nearest(id, ids));
}

char *
loa_rule_occasions_on(LoaDay day)
{
	g_autoptr(GMutexLocker) locker = lock_calendars();

	(void)locker;
	return loa_occasions_on(occasions, day, lunar);
}

char **
loa_rule_occasion_ids(void)
{
	g_autoptr(GMutexLocker) locker = lock_calendars();
	g_autofree const char **ids = loa_occasions_ids(occasions);

	(void)locker;
	return g_strdupv((char **)ids);
}

char *
loa_rule_occasion_name(const char *id)
{
	g_autoptr(GMutexLocker) locker = lock_calendars();

	(void)locker;
	return g_strdup(loa_occasions_name(occasions, id));
}

gboolean
loa_rule_next_occasion(const char *id, LoaDay from, guint n_days, LoaDay *day)
{
	g_autoptr(GMutexLocker) locker = lock_calendars();
	g_autoptr(GArray) days = g_array_new(FALSE, FALSE, sizeof(gint32));
	const gint32 first = loa_day_to_number(from);

	(void)locker;
	loa_occasions_expand(occasions, id, lunar, first, first + (gint32)n_days - 1, days);
	if (days->len == 0)
		return FALSE;
	*day = loa_day_from_number(g_array_index(days, gint32, 0));
	return TRUE;
}

void
loa_rule_set_calendars(LoaLunar *lunar_calendar, LoaOccasions *occasion_table)
{
	g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&lock);

	(void)locker;
	g_clear_pointer(&lunar, loa_lunar_free);
	g_clear_pointer(&occasions, loa_occasions_free);
	lunar = lunar_calendar;
	occasions = occasion_table;
}

void
loa_rule_swap_calendars(LoaLunar **lunar_calendar, LoaOccasions **occasion_table)
{
	g_autoptr(GMutexLocker) locker = lock_calendars();
	LoaLunar *old_lunar = lunar;
	LoaOccasions *old_occasions = occasions;

	(void)locker;
	if (*lunar_calendar != NULL) {
		lunar = *lunar_calendar;
		*lunar_calendar = old_lunar;
	}
	if (*occasion_table != NULL) {
		occasions = *occasion_table;
		*occasion_table = old_occasions;
	}
}

gboolean
loa_rule_add_occasions(const char *where, const char *text, gsize size, GPtrArray *faults)
{
	g_autoptr(GMutexLocker) locker = lock_calendars();

	(void)locker;
	return loa_occasions_add(occasions, where, text, size, faults);
}

gboolean
loa_rule_override_lunar(const char *where, const char *text, gsize size, GPtrArray *faults)
{
	g_autoptr(GMutexLocker) locker = lock_calendars();

	(void)locker;
	return loa_lunar_override(lunar, where, text, size, faults);
}

static const char *const leap_names[] = {
	[LOA_LEAP_EXCLUDE] = "exclude",
	[LOA_LEAP_INCLUDE] = "include",
	[LOA_LEAP_ONLY] = "only",
};

const char *
loa_leap_name(LoaLeap leap)
{
	return leap_names[leap];
}

gboolean
loa_leap_from_name(const char *name, LoaLeap *leap)
{
	guint i;

	if (!loa_text_find(leap_names, G_N_ELEMENTS(leap_names), name, &i))
		return FALSE;
	*leap = (LoaLeap)i;
	return TRUE;
}
