/* SPDX-License-Identifier: Apache-2.0 */
#include "schedules/lunar.h"

#include <math.h>
#include <string.h>

#include "schedules/config-text.h"
#include "schedules/data.h"
#include "schedules/faults.h"
#include "schedules/sky.h"

#define UTC_PLUS_7_DAYS (7.0 / 24)
#define EPOCH_JD 2440587.5 /* 1970-01-01T00:00Z */
#define SYNODIC_DAYS 29.530588861
#define FIRST_NEW_MOON_JD 2451550.26
#define MAX_MONTHS 13

typedef struct {
	gint32 first; /* day number of its first day */
	gint16 year;
	guint8 month;
	guint8 n_days;
	gboolean is_leap;
} Month;

/* From one eleventh month to the next: what the rule for leap months looks at. */
typedef struct {
	guint n_months; /* 0: not computed yet */
	Month months[MAX_MONTHS];
} Span;

/* Span i begins in the December (or November) before the year LOA_LUNAR_YEAR_MIN + i. */
#define N_SPANS (LOA_LUNAR_YEAR_MAX - LOA_LUNAR_YEAR_MIN + 2)

struct LoaLunar {
	Span spans[N_SPANS];
	GHashTable *new_moons; /* computed day number to official day number */
};

/* The day in UTC+7. */
static gint32
day_of(double jd)
{
	return (gint32)floor(jd - EPOCH_JD + UTC_PLUS_7_DAYS);
}

static gint32
new_moon_day(const LoaLunar *self, int k)
{
	gint32 computed = day_of(loa_sky_new_moon(k));
	gpointer official;

	if (g_hash_table_lookup_extended(self->new_moons, GINT_TO_POINTER(computed), NULL,
					 &official))
		return GPOINTER_TO_INT(official);
	return computed;
}

/* The last new moon on or before the day of the winter solstice: it opens the eleventh month. */
static int
find_eleventh_month(const LoaLunar *self, gint solstice_year, gint32 *first)
{
	double solstice = loa_sky_winter_solstice(solstice_year);
	int k = (int)floor((solstice - FIRST_NEW_MOON_JD) / SYNODIC_DAYS) + 1;

	while ((*first = new_moon_day(self, k)) > day_of(solstice))
		k--;
	return k;
}

/* Which of the twelve principal solar terms has passed when the day begins. */
static int
solar_term(gint32 day)
{
	return (int)(loa_sky_sun_longitude(day + EPOCH_JD - UTC_PLUS_7_DAYS) / 30);
}

/* The first month that no principal term falls into. @days: the first days, one more than months */
static guint
find_leap_month(const gint32 *days, guint n_months)
{
	int term = solar_term(days[0]);

	for (guint i = 0; i < n_months; i++) {
		int next = solar_term(days[i + 1]);

		if (term == next)
			return i;
		term = next;
	}
	return n_months;
}

static void
number_months(Span *span, const gint32 *days, gint year)
{
	guint leap = span->n_months == MAX_MONTHS ? find_leap_month(days, MAX_MONTHS) : MAX_MONTHS;
	guint number = 11;

	for (guint i = 0; i < span->n_months; i++) {
		Month *month = &span->months[i];

		if (i > 0 && i != leap)
			number = number % 12 + 1;
		month->first = days[i];
		month->n_days = (guint8)(days[i + 1] - days[i]);
		month->month = (guint8)number;
		month->is_leap = i == leap;
		month->year = (gint16)(number >= 11 && i < 4 ? year - 1 : year);
	}
}

static const Span *
get_span(LoaLunar *self, gint year)
{
	Span *span = &self->spans[year - LOA_LUNAR_YEAR_MIN];
	gint32 days[MAX_MONTHS + 1];
	gint32 end;

	if (span->n_months > 0)
		return span;

	int k = find_eleventh_month(self, year - 1, &days[0]);
	int next = find_eleventh_month(self, year, &end);

	g_assert(next - k == 12 || next - k == 13);
	for (int i = 1; i < next - k; i++)
		days[i] = new_moon_day(self, k + i);
	days[next - k] = end;
	span->n_months = (guint)(next - k);
	number_months(span, days, year);
	return span;
}

gboolean
loa_lunar_from_day(LoaLunar *self, LoaDay day, LoaLunarDay *lunar)
{
	gint32 n = loa_day_to_number(day);

	if (day.year < LOA_LUNAR_YEAR_MIN || day.year > LOA_LUNAR_YEAR_MAX)
		return FALSE;

	const Span *span = get_span(self, day.year);
	const Month *last = &span->months[span->n_months - 1];

	if (n >= last->first + last->n_days)
		span = get_span(self, day.year + 1);
	for (guint i = span->n_months; i-- > 0;) {
		const Month *month = &span->months[i];

		if (n < month->first)
			continue;
		*lunar = (LoaLunarDay){
			.year = month->year,
			.month = month->month,
			.day = (guint8)(n - month->first + 1),
			.is_leap = month->is_leap,
			.days_in_month = month->n_days,
		};
		return TRUE;
	}
	g_assert_not_reached();
}

static const Month *
find_month(LoaLunar *self, gint year, guint month, gboolean is_leap)
{
	if (year < LOA_LUNAR_YEAR_MIN || year > LOA_LUNAR_YEAR_MAX || month < 1 || month > 12)
		return NULL;

	const Span *span = get_span(self, month >= 11 ? year + 1 : year);

	for (guint i = 0; i < span->n_months; i++) {
		const Month *found = &span->months[i];

		if (found->year == year && found->month == month && found->is_leap == is_leap)
			return found;
	}
	return NULL;
}

gboolean
loa_lunar_to_day(LoaLunar *self, gint year, guint month, guint day, gboolean is_leap, LoaDay *solar)
{
	const Month *found = find_month(self, year, month, is_leap);

	if (found == NULL || day < 1 || day > found->n_days)
		return FALSE;
	*solar = loa_day_from_number(found->first + (gint32)day - 1);
	return TRUE;
}

LoaDay
loa_lunar_new_year(LoaLunar *self, gint year)
{
	const Month *first = find_month(self, year, 1, FALSE);

	g_assert(first != NULL);
	return loa_day_from_number(first->first);
}

guint
loa_lunar_leap_month(LoaLunar *self, gint year)
{
	for (guint month = 1; month <= 12; month++)
		if (find_month(self, year, month, TRUE) != NULL)
			return month;
	return 0;
}

guint
loa_lunar_days_in_month(LoaLunar *self, gint year, guint month, gboolean is_leap)
{
	const Month *found = find_month(self, year, month, is_leap);

	return found != NULL ? found->n_days : 0;
}

char *
loa_lunar_format(const LoaLunarDay *lunar)
{
	return g_strdup_printf("%u/%u%s", lunar->day, lunar->month, lunar->is_leap ? " nhuận" : "");
}

char *
loa_lunar_year_name(gint year)
{
	static const char *const stems[] = { "Canh", "Tân",  "Nhâm", "Quý", "Giáp",
					     "Ất",   "Bính", "Đinh", "Mậu", "Kỷ" };
	static const char *const branches[] = { "Thân", "Dậu", "Tuất", "Hợi", "Tý",  "Sửu",
						"Dần",  "Mão", "Thìn", "Tỵ",  "Ngọ", "Mùi" };

	return g_strdup_printf("%s %s", stems[year % 10], branches[year % 12]);
}

/* The day that stands under @name; %FALSE with a fault */
static gboolean
read_day(const LoaValue *record, const char *name, const char *where, GPtrArray *faults,
	 gint32 *number)
{
	const LoaValue *value = loa_value_member(record, name);
	g_autofree char *why = NULL;
	LoaDay day;

	if (value == NULL || value->kind != LOA_VALUE_TEXT) {
		loa_faults_add(faults, where, record->line,
			       "want { computed = \"DATE\"; official = \"DATE\"; source = \"...\"; "
			       "}: \"%s\" is missing or no text",
			       name);
		return FALSE;
	}
	if (!loa_day_parse(value->text, &day, &why)) {
		loa_faults_add(faults, where, value->line, "%s: %s", name, why);
		return FALSE;
	}
	*number = loa_day_to_number(day);
	return TRUE;
}

static void
read_override(const LoaValue *record, const char *where, GHashTable *found, GPtrArray *faults)
{
	static const char *const names[] = { "computed", "official", "source", NULL };
	gint32 computed, official;

	if (record->kind != LOA_VALUE_RECORD) {
		loa_faults_add(faults, where, record->line, "new_moons: want a group { }");
		return;
	}
	for (guint i = 0; i < record->items->len; i++) {
		const LoaValue *item = record->items->pdata[i];

		if (!g_strv_contains(names, item->name))
			loa_faults_add(faults, where, item->line, "unknown key \"%s\"", item->name);
		else if (strcmp(item->name, "source") == 0 && item->kind != LOA_VALUE_TEXT)
			loa_faults_add(faults, where, item->line, "source: want a text");
	}
	if (!read_day(record, "computed", where, faults, &computed) ||
	    !read_day(record, "official", where, faults, &official))
		return;
	if (ABS(computed - official) > 1) {
		loa_faults_add(faults, where, record->line,
			       "official: must be the day of \"computed\", or the one before or "
			       "after");
		return;
	}
	g_hash_table_insert(found, GINT_TO_POINTER(computed), GINT_TO_POINTER(official));
}

static GHashTable *
read_overrides(const char *where, const LoaValue *root, GPtrArray *faults)
{
	g_autoptr(GHashTable) found = g_hash_table_new(NULL, NULL);

	for (guint i = 0; i < root->items->len; i++) {
		const LoaValue *list = root->items->pdata[i];

		if (strcmp(list->name, "new_moons") != 0 || list->kind != LOA_VALUE_LIST) {
			loa_faults_add(faults, where, list->line, "want new_moons = ( { ... } );");
			continue;
		}
		for (guint j = 0; j < list->items->len; j++)
			read_override(list->items->pdata[j], where, found, faults);
	}
	return g_steal_pointer(&found);
}

/* Into @table, whatever is in @more. */
static void
join(GHashTable *table, GHashTable *more)
{
	GHashTableIter iter;
	gpointer key, value;

	g_hash_table_iter_init(&iter, more);
	while (g_hash_table_iter_next(&iter, &key, &value))
		g_hash_table_insert(table, key, value);
}

static void
forget_years(LoaLunar *self)
{
	memset(self->spans, 0, sizeof self->spans); /* computed again when asked for */
}

static gboolean
are_months_possible(LoaLunar *self, gint year)
{
	if (year < LOA_LUNAR_YEAR_MIN || year > LOA_LUNAR_YEAR_MAX + 1)
		return TRUE;

	const Span *span = get_span(self, year);

	for (guint i = 0; i < span->n_months; i++)
		if (span->months[i].n_days < 29 || span->months[i].n_days > 30)
			return FALSE;
	return TRUE;
}

/* Does every month that an override touches still have 29 or 30 days? */
static void
check_overrides(LoaLunar *self, GHashTable *found, const char *where, GPtrArray *faults)
{
	GHashTableIter iter;
	gpointer key;

	g_hash_table_iter_init(&iter, found);
	while (g_hash_table_iter_next(&iter, &key, NULL)) {
		LoaDay day = loa_day_from_number(GPOINTER_TO_INT(key));

		if (are_months_possible(self, day.year) && are_months_possible(self, day.year + 1))
			continue;
		g_autofree char *text = loa_day_format(day);
		loa_faults_add(faults, where, 0,
			       "the override for \"%s\" gives a month that has neither 29 nor 30 "
			       "days",
			       text);
	}
}

gboolean
loa_lunar_override(LoaLunar *self, const char *where, const char *text, gsize size,
		   GPtrArray *faults)
{
	g_autoptr(LoaValue) root = loa_config_text_parse(where, text, size, NULL, faults);

	return root != NULL && loa_lunar_override_value(self, where, root, faults);
}

gboolean
loa_lunar_override_value(LoaLunar *self, const char *where, const LoaValue *root, GPtrArray *faults)
{
	guint n_faults = faults->len;
	g_autoptr(GHashTable) found = read_overrides(where, root, faults);
	g_autoptr(GHashTable) before = g_hash_table_new(NULL, NULL);

	if (faults->len > n_faults)
		return FALSE;
	join(before, self->new_moons);
	join(self->new_moons, found);
	forget_years(self);
	check_overrides(self, found, where, faults);
	if (faults->len == n_faults)
		return TRUE;
	g_hash_table_remove_all(self->new_moons);
	join(self->new_moons, before);
	forget_years(self);
	return FALSE;
}

/* The shipped ones are not checked here: a test does that once, and it takes a while. */
LoaLunar *
loa_lunar_new(void)
{
	LoaLunar *self = g_new0(LoaLunar, 1);
	g_autoptr(GPtrArray) faults = loa_faults_new();
	g_autoptr(LoaValue) root =
		loa_config_text_parse("lunar-overrides.cfg", loa_data_lunar_overrides,
				      strlen(loa_data_lunar_overrides), NULL, faults);

	g_assert(root != NULL);
	self->new_moons = read_overrides("lunar-overrides.cfg", root, faults);
	g_assert(faults->len == 0);
	return self;
}

void
loa_lunar_free(LoaLunar *self)
{
	if (self == NULL)
		return;
	g_hash_table_unref(self->new_moons);
	g_free(self);
}
