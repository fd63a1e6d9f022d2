/* SPDX-License-Identifier: Apache-2.0 */
#include "schedules/rrule.h"

#include <libical/ical.h>
#include <string.h>

/* libical reads leniently: what it does not understand it may skip. So each part is looked at
 * here, and its value by a pattern; the patterns are RFC 5545, section 3.3.10. */
#define NUMBER_LIST "[+-]?[0-9]{1,3}(,[+-]?[0-9]{1,3})*"
#define DAY "(MO|TU|WE|TH|FR|SA|SU)"

static const struct {
	const char *name;
	const char *pattern;
	gint max; /* of a number's size; 0 is never a number. 0: not a list of numbers */
} parts[] = {
	{ "FREQ", "^(DAILY|WEEKLY|MONTHLY|YEARLY)$", 0 },
	{ "INTERVAL", "^[1-9][0-9]{0,3}$", 0 },
	{ "COUNT", "^[1-9][0-9]{0,5}$", 0 },
	{ "UNTIL", "^[0-9]{8}$", 0 },
	{ "WKST", "^" DAY "$", 0 },
	{ "BYDAY", "^[+-]?[0-9]{0,2}" DAY "(,[+-]?[0-9]{0,2}" DAY ")*$", 53 },
	{ "BYMONTH", "^[0-9]{1,2}(,[0-9]{1,2})*$", 12 },
	{ "BYMONTHDAY", "^" NUMBER_LIST "$", 31 },
	{ "BYYEARDAY", "^" NUMBER_LIST "$", 366 },
	/* libical 3.0.16 counts wrongly from the end of a year */
	{ "BYWEEKNO", "^[+]?[0-9]{1,2}(,[+]?[0-9]{1,2})*$", 53 },
	{ "BYSETPOS", "^" NUMBER_LIST "$", 366 },
};

static gboolean
is_number_within(const char *text, gint max)
{
	char *end = NULL;
	gint64 number = g_ascii_strtoll(text, &end, 10);

	if (end == text)
		return TRUE; /* BYDAY=MO has none */
	return number != 0 && ABS(number) <= max;
}

static gboolean
are_numbers_within(const char *value, gint max)
{
	g_auto(GStrv) numbers = g_strsplit(value, ",", -1);

	for (guint i = 0; numbers[i] != NULL; i++)
		if (!is_number_within(numbers[i], max))
			return FALSE;
	return g_strv_length(numbers) <= 366;
}

static gboolean
is_day_until(const char *value)
{
	g_autofree char *dashed = g_strdup_printf("%.4s-%.2s-%.2s", value, value + 4, value + 6);
	LoaDay day;

	/* A rule may well end beyond every timetable. */
	return loa_day_parse(dashed, &day, NULL) || strncmp(value, "2200", 4) >= 0;
}

/* (nullable) (transfer full): what is wrong with one NAME=VALUE */
static char *
check_part(const char *part, guint *seen)
{
	g_auto(GStrv) pair = g_strsplit(part, "=", 2);
	const char *value = pair[0] != NULL ? pair[1] : NULL;

	for (guint i = 0; value != NULL && i < G_N_ELEMENTS(parts); i++) {
		if (strcmp(pair[0], parts[i].name) != 0)
			continue;
		if ((*seen & 1u << i) != 0)
			return g_strdup_printf("\"%s\" stands here twice", pair[0]);
		*seen |= 1u << i;
		if (g_regex_match_simple(parts[i].pattern, value, 0, 0) &&
		    (parts[i].max == 0 || are_numbers_within(value, parts[i].max)) &&
		    (strcmp(pair[0], "UNTIL") != 0 || is_day_until(value)))
			return NULL;
		if (strcmp(pair[0], "FREQ") == 0)
			return g_strdup_printf("FREQ is DAILY, WEEKLY, MONTHLY or YEARLY, not "
					       "\"%s\": the times of day stand in \"at\"",
					       value);
		if (strcmp(pair[0], "UNTIL") == 0)
			return g_strdup_printf("UNTIL is a day, YYYYMMDD, not \"%s\"", value);
		return g_strdup_printf("%s cannot be \"%s\"", pair[0], value);
	}
	return g_strdup_printf("\"%s\" is not a part of a rule by days: these are FREQ, INTERVAL, "
			       "COUNT, UNTIL, WKST, BYDAY, BYMONTH, BYMONTHDAY, BYYEARDAY, "
			       "BYWEEKNO, BYSETPOS",
			       part);
}

/* RFC 5545 forbids these together, and libical's answer would be a guess. */
static const char *
find_clash(const char *rule, guint seen)
{
	enum {
		FREQ,
		INTERVAL,
		COUNT,
		UNTIL,
		WKST,
		BYDAY,
		BYMONTH,
		BYMONTHDAY,
		BYYEARDAY,
		BYWEEKNO,
		BYSETPOS
	};
	gboolean is_yearly = strstr(rule, "FREQ=YEARLY") != NULL;
	gboolean is_daily = strstr(rule, "FREQ=DAILY") != NULL;
	gboolean is_weekly = strstr(rule, "FREQ=WEEKLY") != NULL;

	if ((seen & 1u << FREQ) == 0)
		return "FREQ is missing";
	if ((seen & 1u << COUNT) != 0 && (seen & 1u << UNTIL) != 0)
		return "COUNT and UNTIL exclude each other";
	if (!is_yearly && (seen & (1u << BYWEEKNO | 1u << BYYEARDAY)) != 0)
		return "BYWEEKNO and BYYEARDAY go with FREQ=YEARLY only";
	if (is_weekly && (seen & 1u << BYMONTHDAY) != 0)
		return "BYMONTHDAY does not go with FREQ=WEEKLY";
	if (is_daily && (seen & 1u << BYSETPOS) != 0)
		return "BYSETPOS does not go with FREQ=DAILY";
	if ((seen & 1u << BYSETPOS) != 0 &&
	    (seen & (1u << BYDAY | 1u << BYMONTH | 1u << BYMONTHDAY | 1u << BYYEARDAY |
		     1u << BYWEEKNO)) == 0)
		return "BYSETPOS needs another BY... part";
	if ((seen & 1u << BYWEEKNO) != 0 &&
	    g_regex_match_simple("INTERVAL=([02-9]|1[0-9])", rule, 0, 0))
		return "BYWEEKNO does not go with INTERVAL: a week at the turn of the year is of "
		       "two years";
	if ((is_daily || is_weekly || (seen & 1u << BYWEEKNO) != 0) &&
	    g_regex_match_simple("BYDAY=[^;]*[0-9]", rule, 0, 0))
		return "a number in BYDAY goes with FREQ=MONTHLY or YEARLY, without BYWEEKNO";
	if ((!is_yearly || (seen & 1u << BYMONTH) != 0) &&
	    g_regex_match_simple("BYDAY=[^;]*([6-9]|[1-9][0-9])[A-Z]", rule, 0, 0))
		return "no month has more than five of one weekday: a number in BYDAY is 1 to 5 or "
		       "-1 to -5";
	return NULL;
}

gboolean
loa_rrule_check(const char *rule, char **why)
{
	if (strlen(rule) > LOA_RRULE_MAX) {
		*why = g_strdup_printf("more than %d bytes", LOA_RRULE_MAX);
		return FALSE;
	}

	g_auto(GStrv) pieces = g_strsplit(rule, ";", -1);
	guint seen = 0;
	const char *clash;

	for (guint i = 0; pieces[i] != NULL; i++) {
		*why = check_part(pieces[i], &seen);
		if (*why != NULL)
			return FALSE;
	}
	clash = find_clash(rule, seen);
	if (clash != NULL) {
		*why = g_strdup(clash);
		return FALSE;
	}
	return TRUE;
}

static gboolean
is_listed(const short *list, gint value, gint value_from_end)
{
	if (list[0] == ICAL_RECURRENCE_ARRAY_MAX)
		return TRUE; /* no such part: no limit */
	for (; *list != ICAL_RECURRENCE_ARRAY_MAX; list++)
		if (*list == value || *list == value_from_end)
			return TRUE;
	return FALSE;
}

/* What libical gives more than is wanted, to be left out here.
 *
 * BYMONTH, BYMONTHDAY and BYDAY only leave days out of a daily rule. libical would go day by day to
 * the year 20000 looking for a day that they all leave in. Of a weekly rule it counts INTERVAL from
 * other weeks than WKST says. So these are taken from it and kept here. */
typedef struct {
	gboolean is_daily;
	struct icalrecurrencetype rule; /* as it was */
	gboolean by_week; /* BYWEEKNO, beside BYDAY: at the turn of the year libical gives others */
	gint n_weeks;     /* only every so many weeks; 1: all */
	gint first_weekday; /* 0 Monday: of a week */
	gint32 first_week;  /* the day on which the week of DTSTART begins */
} Filter;

static gint32
week_of(gint32 n, gint first_weekday)
{
	gint weekday = (gint)loa_day_weekday(loa_day_from_number(n));

	return n - (weekday - first_weekday + 7) % 7;
}

static void
take_filter(struct icalrecurrencetype *rule, LoaDay start, Filter *filter)
{
	*filter = (Filter){ .n_weeks = 1 };
	if (rule->freq == ICAL_WEEKLY_RECURRENCE) {
		filter->n_weeks = rule->interval;
		/* libical counts the days of the week from Sunday, 1 */
		filter->first_weekday = ((gint)rule->week_start + 5) % 7;
		filter->first_week = week_of(loa_day_to_number(start), filter->first_weekday);
		rule->interval = 1;
	}
	filter->rule = *rule;
	filter->by_week = rule->by_week_no[0] != ICAL_RECURRENCE_ARRAY_MAX;
	if (rule->freq != ICAL_DAILY_RECURRENCE)
		return;
	filter->is_daily = TRUE;
	rule->by_month[0] = ICAL_RECURRENCE_ARRAY_MAX;
	rule->by_month_day[0] = ICAL_RECURRENCE_ARRAY_MAX;
	rule->by_day[0] = ICAL_RECURRENCE_ARRAY_MAX;
}

static gboolean
passes_filter(const Filter *filter, gint32 n)
{
	LoaDay day = loa_day_from_number(n);
	gint weekday = (gint)(loa_day_weekday(day) + 1) % 7 + 1;
	gint from_end = day.day - (gint)loa_day_days_in_month(day.year, day.month) - 1;

	if (filter->n_weeks > 1 &&
	    (week_of(n, filter->first_weekday) - filter->first_week) / 7 % filter->n_weeks != 0)
		return FALSE;
	if (filter->by_week && !is_listed(filter->rule.by_day, weekday, weekday))
		return FALSE;
	return !filter->is_daily || (is_listed(filter->rule.by_month, day.month, day.month) &&
				     is_listed(filter->rule.by_month_day, day.day, from_end) &&
				     is_listed(filter->rule.by_day, weekday, weekday));
}

/* Of a yearly rule BYMONTHDAY means that day of every month; libical knows only the month of the
 * start. */
static void
spread_over_months(struct icalrecurrencetype *rule)
{
	if (rule->freq != ICAL_YEARLY_RECURRENCE ||
	    rule->by_month_day[0] == ICAL_RECURRENCE_ARRAY_MAX ||
	    rule->by_month[0] != ICAL_RECURRENCE_ARRAY_MAX ||
	    rule->by_week_no[0] != ICAL_RECURRENCE_ARRAY_MAX ||
	    rule->by_year_day[0] != ICAL_RECURRENCE_ARRAY_MAX)
		return;
	for (short month = 1; month <= 12; month++)
		rule->by_month[month - 1] = month;
	rule->by_month[12] = ICAL_RECURRENCE_ARRAY_MAX;
}

/* A rule by weeks that names no day means the weekday of DTSTART; libical goes on in other weeks.
 */
static void
name_weekday(struct icalrecurrencetype *rule, LoaDay start)
{
	if (rule->by_week_no[0] == ICAL_RECURRENCE_ARRAY_MAX ||
	    rule->by_day[0] != ICAL_RECURRENCE_ARRAY_MAX ||
	    rule->by_month_day[0] != ICAL_RECURRENCE_ARRAY_MAX ||
	    rule->by_year_day[0] != ICAL_RECURRENCE_ARRAY_MAX)
		return;
	rule->by_day[0] = (short)((loa_day_weekday(start) + 1) % 7 + 1);
	rule->by_day[1] = ICAL_RECURRENCE_ARRAY_MAX;
}

/* BYSETPOS is chosen here: libical counts a day twice that two entries of a list name, and goes to
 * the year 20000 for a position that no set has. */
typedef struct {
	short positions[ICAL_BY_SETPOS_SIZE]; /* ends with ICAL_RECURRENCE_ARRAY_MAX; empty: all */
	icalrecurrencetype_frequency freq;
	gint first_weekday;
	GArray *set; /* (owned): the days of one period so far */
} Chooser;

/* The day on which the period of @n begins: a set is of one week, month or year. */
static gint32
period_of(const Chooser *chooser, gint32 n)
{
	LoaDay day = loa_day_from_number(n);

	if (chooser->freq == ICAL_WEEKLY_RECURRENCE)
		return week_of(n, chooser->first_weekday);
	day.day = 1;
	if (chooser->freq == ICAL_YEARLY_RECURRENCE)
		day.month = 1;
	return loa_day_to_number(day);
}

/* Positions count from the beginning of the period, so that libical must begin there: what the
 * rule takes from DTSTART is written into it before. */
static gint32
take_positions(struct icalrecurrencetype *rule, LoaDay start, Chooser *chooser)
{
	const gint32 first = loa_day_to_number(start);
	gboolean has_day = rule->by_day[0] != ICAL_RECURRENCE_ARRAY_MAX ||
			   rule->by_month_day[0] != ICAL_RECURRENCE_ARRAY_MAX ||
			   rule->by_year_day[0] != ICAL_RECURRENCE_ARRAY_MAX;

	chooser->freq = rule->freq;
	chooser->first_weekday = ((gint)rule->week_start + 5) % 7;
	memcpy(chooser->positions, rule->by_set_pos, sizeof chooser->positions);
	if (rule->by_set_pos[0] == ICAL_RECURRENCE_ARRAY_MAX)
		return first;
	rule->by_set_pos[0] = ICAL_RECURRENCE_ARRAY_MAX;
	if (!has_day && rule->freq == ICAL_WEEKLY_RECURRENCE) {
		rule->by_day[0] = (short)((loa_day_weekday(start) + 1) % 7 + 1);
		rule->by_day[1] = ICAL_RECURRENCE_ARRAY_MAX;
	} else if (!has_day) {
		rule->by_month_day[0] = start.day;
		rule->by_month_day[1] = ICAL_RECURRENCE_ARRAY_MAX;
	}
	return period_of(chooser, first);
}

/* While one rule is expanded. */
typedef struct {
	Chooser chooser;
	gint32 start;
	gint32 first;
	gint32 last;
	gint n_left; /* of COUNT */
	GArray *days;
} Expansion;

static void
take_day(Expansion *self, gint32 n)
{
	if (n < self->start || n > self->last || self->n_left == 0)
		return;
	self->n_left--;
	if (n >= self->first)
		g_array_append_val(self->days, n);
}

static gboolean
is_chosen(const Chooser *chooser, guint i)
{
	return is_listed(chooser->positions, (gint)i + 1, (gint)i - (gint)chooser->set->len);
}

static void
close_set(Expansion *self)
{
	GArray *set = self->chooser.set;

	for (guint i = 0; i < set->len; i++)
		if (is_chosen(&self->chooser, i))
			take_day(self, g_array_index(set, gint32, i));
	g_array_set_size(set, 0);
}

static void
add_to_set(Expansion *self, gint32 n)
{
	GArray *set = self->chooser.set;

	if (set->len > 0 && period_of(&self->chooser, g_array_index(set, gint32, 0)) !=
				    period_of(&self->chooser, n))
		close_set(self);
	g_array_append_val(set, n);
}

static void
run(Expansion *self, icalrecur_iterator *iterator, const Filter *filter)
{
	const gboolean has_sets = self->chooser.positions[0] != ICAL_RECURRENCE_ARRAY_MAX;
	gint32 before = G_MININT32;

	while (self->n_left > 0) {
		struct icaltimetype next = icalrecur_iterator_next(iterator);
		LoaDay day = { (gint16)next.year, (guint8)next.month, (guint8)next.day };
		gint32 n = icaltime_is_null_time(next) ? G_MAXINT32 : loa_day_to_number(day);

		if (n == G_MAXINT32 ||
		    (n > self->last && (!has_sets || period_of(&self->chooser, n) > self->last)))
			break;
		if (n == before || !passes_filter(filter, n))
			continue;
		before = n;
		if (has_sets)
			add_to_set(self, n);
		else
			take_day(self, n);
	}
	close_set(self);
}

static struct icaltimetype
date_of(gint32 n)
{
	struct icaltimetype time = icaltime_null_time();
	LoaDay day = loa_day_from_number(n);

	time.is_date = 1;
	time.year = day.year;
	time.month = day.month;
	time.day = day.day;
	return time;
}

/* What is left out here must not be counted there: so COUNT and UNTIL are kept here as well. */
void
loa_rrule_expand(const char *text, LoaDay start, gint32 first, gint32 last, GArray *days)
{
	struct icalrecurrencetype rule = icalrecurrencetype_from_string(text);
	g_autoptr(GArray) set = g_array_new(FALSE, FALSE, sizeof(gint32));
	Expansion expansion = {
		.chooser = { .set = set },
		.start = loa_day_to_number(start),
		.first = first,
		.last = last,
		.n_left = rule.count > 0 ? rule.count : G_MAXINT,
		.days = days,
	};
	icalrecur_iterator *iterator;
	Filter filter;
	gint32 begin;

	if (!icaltime_is_null_time(rule.until) && rule.until.year <= LOA_DAY_YEAR_MAX)
		expansion.last = MIN(last, loa_day_to_number((LoaDay){ (gint16)rule.until.year,
								       (guint8)rule.until.month,
								       (guint8)rule.until.day }));
	rule.count = 0;
	rule.until = icaltime_null_time();
	spread_over_months(&rule);
	name_weekday(&rule, start);
	begin = take_positions(&rule, start, &expansion.chooser);
	/* The first days of January may be in the last week of the year before. */
	if (rule.by_week_no[0] != ICAL_RECURRENCE_ARRAY_MAX)
		begin -= 7;
	take_filter(&rule, start, &filter);
	iterator = icalrecur_iterator_new(rule, date_of(begin));
	if (iterator == NULL)
		return;
	/* Without it a daily rule of ten years ago takes thousands of steps to reach today. Where
	 * libical cannot, it goes on from the beginning: slower, and as right. */
	if (expansion.n_left == G_MAXINT && first > expansion.start)
		(void)icalrecur_iterator_set_start(iterator,
						   date_of(period_of(&expansion.chooser, first)));
	run(&expansion, iterator, &filter);
	icalrecur_iterator_free(iterator);
}
