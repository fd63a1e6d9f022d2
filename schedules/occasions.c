/* SPDX-License-Identifier: Apache-2.0 */
#include "schedules/occasions.h"

#include <stdlib.h>
#include <string.h>

#include "common/id.h"
#include "schedules/config-text.h"
#include "schedules/data.h"
#include "schedules/faults.h"

typedef enum {
	OCCASION_SOLAR,
	OCCASION_LUNAR,
	OCCASION_BEFORE,
	OCCASION_DATES,
} OccasionKind;

typedef struct {
	char *id;
	char *name;
	OccasionKind kind;
	guint month;
	guint day;
	char *before;  /* id */
	GArray *dates; /* gint32 day numbers, rising */
	gint since;
	gboolean is_day_off;
	LoaOccasionOrigin origin;
} Occasion;

struct LoaOccasions {
	GHashTable *by_id; /* id (borrowed from the Occasion) to Occasion */
	gboolean is_shipped_read;
};

static void
occasion_free(gpointer data)
{
	Occasion *occasion = data;

	g_free(occasion->id);
	g_free(occasion->name);
	g_free(occasion->before);
	g_array_unref(occasion->dates);
	g_free(occasion);
}

#define ID_WANTED "at most 64 small letters, digits, '-' and '.'"

/* What stands under each key. */
static const struct {
	const char *name;
	const char *wanted;
} keys[] = {
	{ "id", ID_WANTED },
	{ "name", "1 to 256 letters" },
	{ "solar", "a day such as \"09/03\"" },
	{ "lunar", "a lunar day such as \"10/03\"" },
	{ "before", "the id of another occasion" },
	{ "dates", "a list of dates such as \"2026-05-02\"" },
	{ "since", "a year" },
	{ "day_off", "true or false" },
};

/* (nullable) */
static const char *
wanted(const char *key)
{
	for (guint i = 0; i < G_N_ELEMENTS(keys); i++)
		if (strcmp(keys[i].name, key) == 0)
			return keys[i].wanted;
	return NULL;
}

/* "DD/MM" */
static gboolean
read_day_and_month(const char *text, guint max_day, Occasion *occasion)
{
	if (strlen(text) != 5 || !g_ascii_isdigit(text[0]) || !g_ascii_isdigit(text[1]) ||
	    text[2] != '/' || !g_ascii_isdigit(text[3]) || !g_ascii_isdigit(text[4]))
		return FALSE;
	occasion->day = (guint)atoi(text);
	occasion->month = (guint)atoi(text + 3);
	/* 29/02 is a day, in leap years */
	return occasion->month >= 1 && occasion->month <= 12 && occasion->day >= 1 &&
	       occasion->day <=
		       (max_day != 0 ? max_day : loa_day_days_in_month(2000, occasion->month));
}

static gint
compare_numbers(gconstpointer a, gconstpointer b)
{
	return *(const gint32 *)a - *(const gint32 *)b;
}

static gboolean
read_dates(const LoaValue *value, Occasion *occasion, const char *where, GPtrArray *faults)
{
	for (guint i = 0; i < value->items->len; i++) {
		const LoaValue *item = value->items->pdata[i];
		g_autofree char *why = NULL;
		LoaDay day;

		if (item->kind != LOA_VALUE_TEXT || !loa_day_parse(item->text, &day, &why)) {
			loa_faults_add(faults, where, item->line, "dates: %s",
				       why != NULL ? why : "want texts such as \"2026-05-02\"");
			return FALSE;
		}
		gint32 number = loa_day_to_number(day);
		g_array_append_val(occasion->dates, number);
	}
	g_array_sort(occasion->dates, compare_numbers);
	return occasion->dates->len > 0;
}

static gboolean
read_member(const LoaValue *value, Occasion *occasion, guint *n_days, const char *where,
	    GPtrArray *faults)
{
	gboolean is_text = value->kind == LOA_VALUE_TEXT &&
			   g_utf8_validate(value->text, -1, NULL) && value->text[0] != '\0';
	const char *name = value->name;

	if (strcmp(name, "day_off") == 0) {
		occasion->is_day_off = value->number != 0;
		return value->kind == LOA_VALUE_BOOL;
	}
	if (strcmp(name, "since") == 0) {
		occasion->since = (gint)CLAMP(value->number, 0, 9999);
		return value->kind == LOA_VALUE_INT;
	}
	if (strcmp(name, "id") == 0 && is_text) {
		occasion->id = g_strdup(value->text);
		return loa_id_is_valid(value->text);
	}
	if (strcmp(name, "name") == 0 && is_text) {
		occasion->name = g_utf8_normalize(value->text, -1, G_NORMALIZE_DEFAULT_COMPOSE);
		return strlen(occasion->name) <= 256;
	}
	if (strcmp(name, "id") == 0 || strcmp(name, "name") == 0)
		return FALSE;

	(*n_days)++;
	if (strcmp(name, "dates") == 0) {
		occasion->kind = OCCASION_DATES;
		return value->kind == LOA_VALUE_LIST && read_dates(value, occasion, where, faults);
	}
	if (!is_text)
		return FALSE;
	if (strcmp(name, "before") == 0) {
		occasion->kind = OCCASION_BEFORE;
		occasion->before = g_strdup(value->text);
		return TRUE;
	}
	occasion->kind = strcmp(name, "lunar") == 0 ? OCCASION_LUNAR : OCCASION_SOLAR;
	return read_day_and_month(value->text, occasion->kind == OCCASION_LUNAR ? 30 : 0, occasion);
}

/* (transfer full) (nullable) */
static Occasion *
read_occasion(const LoaValue *record, const char *where, GPtrArray *faults)
{
	Occasion *occasion = g_new0(Occasion, 1);
	guint n_faults = faults->len;
	guint n_days = 0;

	occasion->dates = g_array_new(FALSE, FALSE, sizeof(gint32));
	for (guint i = 0; record->kind == LOA_VALUE_RECORD && i < record->items->len; i++) {
		const LoaValue *item = record->items->pdata[i];

		const char *what = wanted(item->name);
		guint n_before = faults->len;

		if (what == NULL)
			loa_faults_add(faults, where, item->line,
				       "unknown key \"%s\" in an occasion", item->name);
		else if (!read_member(item, occasion, &n_days, where, faults) &&
			 faults->len == n_before)
			loa_faults_add(faults, where, item->line, "%s: want %s", item->name, what);
	}
	if (faults->len == n_faults &&
	    (occasion->id == NULL || occasion->name == NULL || n_days != 1))
		loa_faults_add(faults, where, record->line,
			       "an occasion has id, name and one of solar, lunar, before, dates");
	if (faults->len == n_faults)
		return occasion;
	occasion_free(occasion);
	return NULL;
}

static LoaOccasionOrigin
origin_of(const LoaOccasions *self, const char *id)
{
	const Occasion *old = g_hash_table_lookup(self->by_id, id);

	if (!self->is_shipped_read)
		return LOA_OCCASION_NATIONAL;
	return old == NULL || old->origin == LOA_OCCASION_LOCAL ? LOA_OCCASION_LOCAL
								: LOA_OCCASION_REPLACED;
}

gboolean
loa_occasions_add_value(LoaOccasions *self, const char *where, const LoaValue *root,
			GPtrArray *faults)
{
	guint n_faults = faults->len;
	g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(occasion_free);

	for (guint i = 0; i < root->items->len; i++) {
		const LoaValue *list = root->items->pdata[i];

		if (strcmp(list->name, "occasions") != 0 || list->kind != LOA_VALUE_LIST) {
			loa_faults_add(faults, where, list->line, "want occasions = ( { ... } );");
			continue;
		}
		for (guint j = 0; j < list->items->len; j++) {
			Occasion *occasion = read_occasion(list->items->pdata[j], where, faults);

			if (occasion != NULL)
				g_ptr_array_add(found, occasion);
		}
	}
	if (faults->len > n_faults)
		return FALSE;
	g_ptr_array_set_free_func(found, NULL);
	for (guint i = 0; i < found->len; i++) {
		Occasion *occasion = found->pdata[i];

		occasion->origin = origin_of(self, occasion->id);
		g_hash_table_replace(self->by_id, occasion->id, occasion);
	}
	return TRUE;
}

gboolean
loa_occasions_add(LoaOccasions *self, const char *where, const char *text, gsize size,
		  GPtrArray *faults)
{
	g_autoptr(LoaValue) root = loa_config_text_parse(where, text, size, NULL, faults);

	return root != NULL && loa_occasions_add_value(self, where, root, faults);
}

LoaOccasions *
loa_occasions_new(void)
{
	LoaOccasions *self = g_new0(LoaOccasions, 1);
	g_autoptr(GPtrArray) faults = loa_faults_new();

	self->by_id = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, occasion_free);
	gboolean ok = loa_occasions_add(self, "occasions.cfg", loa_data_occasions,
					strlen(loa_data_occasions), faults);
	g_assert(ok);
	self->is_shipped_read = TRUE;
	return self;
}

void
loa_occasions_free(LoaOccasions *self)
{
	if (self == NULL)
		return;
	g_hash_table_unref(self->by_id);
	g_free(self);
}

gboolean
loa_occasions_has(const LoaOccasions *self, const char *id)
{
	return g_hash_table_contains(self->by_id, id);
}

const char *
loa_occasions_name(const LoaOccasions *self, const char *id)
{
	const Occasion *occasion = g_hash_table_lookup(self->by_id, id);

	return occasion != NULL ? occasion->name : NULL;
}

LoaOccasionOrigin
loa_occasions_origin(const LoaOccasions *self, const char *id)
{
	const Occasion *occasion = g_hash_table_lookup(self->by_id, id);

	return occasion->origin;
}

static LoaValue *
days_to_value(const Occasion *occasion)
{
	static const char *const names[] = {
		[OCCASION_SOLAR] = "solar", [OCCASION_LUNAR] = "lunar"
	};
	g_autofree char *text = NULL;
	LoaValue *list;

	if (occasion->kind == OCCASION_BEFORE)
		return loa_value_new_text("before", occasion->before);
	if (occasion->kind != OCCASION_DATES) {
		text = g_strdup_printf("%02u/%02u", occasion->day, occasion->month);
		return loa_value_new_text(names[occasion->kind], text);
	}
	list = loa_value_new(LOA_VALUE_LIST, "dates", 0);
	for (guint i = 0; i < occasion->dates->len; i++) {
		g_autofree char *date = loa_day_format(
			loa_day_from_number(g_array_index(occasion->dates, gint32, i)));

		loa_value_add(list, loa_value_new_text(NULL, date));
	}
	return list;
}

LoaValue *
loa_occasions_to_value(const LoaOccasions *self, const char *id)
{
	const Occasion *occasion = g_hash_table_lookup(self->by_id, id);
	LoaValue *record;

	if (occasion == NULL)
		return NULL;
	record = loa_value_new(LOA_VALUE_RECORD, NULL, 0);
	loa_value_add(record, loa_value_new_text("id", occasion->id));
	loa_value_add(record, loa_value_new_text("name", occasion->name));
	loa_value_add(record, days_to_value(occasion));
	if (occasion->since != 0)
		loa_value_add(record, loa_value_new_int("since", occasion->since));
	if (occasion->is_day_off)
		loa_value_add(record, loa_value_new_bool("day_off", TRUE));
	return record;
}

const char *
loa_occasions_dangling(const LoaOccasions *self)
{
	g_autofree const char **ids = loa_occasions_ids(self);

	for (const char **id = ids; *id != NULL; id++) {
		const Occasion *occasion = g_hash_table_lookup(self->by_id, *id);
		const Occasion *next = occasion->kind != OCCASION_BEFORE
					       ? NULL
					       : g_hash_table_lookup(self->by_id, occasion->before);

		if (occasion->kind == OCCASION_BEFORE &&
		    (next == NULL || next->kind == OCCASION_BEFORE))
			return occasion->id;
	}
	return NULL;
}

static gint
compare_texts(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char **
loa_occasions_ids(const LoaOccasions *self)
{
	guint n_ids;
	gpointer *ids = g_hash_table_get_keys_as_array(self->by_id, &n_ids);

	qsort(ids, n_ids, sizeof *ids, compare_texts);
	return (const char **)ids;
}

static void
add_if_within(GArray *days, LoaDay day, gint32 first, gint32 last)
{
	gint32 n = loa_day_to_number(day);

	if (n >= first && n <= last)
		g_array_append_val(days, n);
}

static void
add_year(const Occasion *occasion, gint year, LoaLunar *lunar, gint32 first, gint32 last,
	 GArray *days)
{
	LoaDay day = { (gint16)year, (guint8)occasion->month, (guint8)occasion->day };

	if (year < occasion->since)
		return;
	if (occasion->kind == OCCASION_SOLAR && loa_day_is_valid(day))
		add_if_within(days, day, first, last);
	if (occasion->kind == OCCASION_LUNAR &&
	    loa_lunar_to_day(lunar, year, occasion->month, occasion->day, FALSE, &day))
		add_if_within(days, day, first, last);
}

void
loa_occasions_expand(const LoaOccasions *self, const char *id, LoaLunar *lunar, gint32 first,
		     gint32 last, GArray *days)
{
	const Occasion *occasion = g_hash_table_lookup(self->by_id, id);

	if (occasion == NULL || first > last)
		return;
	if (occasion->kind == OCCASION_BEFORE) {
		const Occasion *next = g_hash_table_lookup(self->by_id, occasion->before);
		guint n_before = days->len;

		/* One step only: a chain might be a circle. */
		if (next == NULL || next->kind == OCCASION_BEFORE)
			return;
		loa_occasions_expand(self, next->id, lunar, first + 1, last + 1, days);
		for (guint i = n_before; i < days->len; i++)
			g_array_index(days, gint32, i)--;
		return;
	}
	for (guint i = 0; i < occasion->dates->len; i++)
		add_if_within(days, loa_day_from_number(g_array_index(occasion->dates, gint32, i)),
			      first, last);
	/* The end of a lunar year lies in the next solar one. */
	for (gint year = loa_day_from_number(first).year - 1;
	     year <= loa_day_from_number(last).year; year++)
		add_year(occasion, year, lunar, first, last, days);
}

char *
loa_occasions_on(const LoaOccasions *self, LoaDay day, LoaLunar *lunar)
{
	g_autofree const char **ids = loa_occasions_ids(self);
	g_autoptr(GArray) days = g_array_new(FALSE, FALSE, sizeof(gint32));
	g_autoptr(GString) names = g_string_new(NULL);
	gint32 n = loa_day_to_number(day);

	for (const char **id = ids; *id != NULL; id++) {
		g_array_set_size(days, 0);
		loa_occasions_expand(self, *id, lunar, n, n, days);
		if (days->len > 0)
			g_string_append_printf(names, "%s%s", names->len > 0 ? ", " : "",
					       loa_occasions_name(self, *id));
	}
	return names->len > 0 ? g_strdup(names->str) : NULL;
}
