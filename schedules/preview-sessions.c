/* SPDX-License-Identifier: Apache-2.0 */
#include "schedules/preview-sessions.h"

#include <string.h>

#include "schedules/local-time.h"

/* A key has the item and the time after midnight: 12 days fit, and no day has more than 50 hours.
 */
#define KEY_TIME_BITS 40
#define KEY_TIME_MASK ((G_GUINT64_CONSTANT(1) << KEY_TIME_BITS) - 1)
#define MAX_KEPT_KEYS (1 << 20) /* of all lists together: 9 MiB */
#define FIRST_SIZE 16

typedef struct {
	LoaClass class;
	guint order;
	gint64 whole_us;
	guint number;
} Item;

/* One group's airings of the day that is open, in the order of their starts. */
typedef struct {
	guint64 *keys;
	guint *starts;
	guint n;
	guint size;
	guint64 hash; /* of the keys */
} Day;

/* What became of one list of airings. */
typedef struct {
	const LoaSessionRules *rules; /* borrowed from the permit */
	guint64 hash;
	guint64 *keys;
	guint8 *verdicts; /* LoaPermitVerdict; %NULL: not known yet */
	guint n;
	guint n_silenced;
} List;

/* It begins on a later day than its start: its group has to wait for its turn. */
typedef struct {
	guint group;
	guint start;
	guint item;
	gint64 from_us;
} Late;

struct LoaPreviewSessions {
	const LoaPermit *permit;
	LoaLocalTime local;
	guint n_groups;
	LoaPreviewSessionsFunc func;
	gpointer user_data;
	GPtrArray *items;     /* Item, by number */
	GHashTable *item_set; /* Item (borrowed) */
	LoaInterval span;     /* the day that is open */
	Day *days;            /* one a group */
	GArray *late;         /* Late, by start */
	GHashTable *lists;    /* List (owned) */
	guint n_kept_keys;
};

static guint
hash_item(gconstpointer data)
{
	const Item *item = data;

	return g_int64_hash(&item->whole_us) * 31 + item->order * 5 + item->class;
}

static gboolean
equal_items(gconstpointer a, gconstpointer b)
{
	const Item *x = a, *y = b;

	return x->class == y->class && x->order == y->order && x->whole_us == y->whole_us;
}

static guint
hash_list(gconstpointer data)
{
	const List *list = data;

	return (guint)(list->hash >> 32) ^ g_direct_hash(list->rules);
}

static gboolean
equal_lists(gconstpointer a, gconstpointer b)
{
	const List *x = a, *y = b;

	return x->hash == y->hash && x->n == y->n && x->rules == y->rules &&
	       memcmp(x->keys, y->keys, x->n * sizeof *x->keys) == 0;
}

static void
list_free(gpointer data)
{
	List *list = data;

	g_free(list->keys);
	g_free(list->verdicts);
	g_free(list);
}

LoaPreviewSessions *
loa_preview_sessions_new(const LoaPermit *permit, GTimeZone *zone, guint n_groups,
			 LoaPreviewSessionsFunc func, gpointer user_data)
{
	LoaPreviewSessions *self = g_new0(LoaPreviewSessions, 1);

	self->permit = permit;
	loa_local_time_init(&self->local, zone);
	self->n_groups = n_groups;
	self->func = func;
	self->user_data = user_data;
	self->items = g_ptr_array_new_with_free_func(g_free);
	self->item_set = g_hash_table_new(hash_item, equal_items);
	self->days = g_new0(Day, n_groups);
	self->late = g_array_new(FALSE, FALSE, sizeof(Late));
	self->lists = g_hash_table_new_full(hash_list, equal_lists, list_free, NULL);
	return self;
}

guint
loa_preview_sessions_item(LoaPreviewSessions *self, LoaClass class, guint order, gint64 whole_us)
{
	const Item wanted = { class, order, whole_us, self->items->len };
	const Item *known = g_hash_table_lookup(self->item_set, &wanted);

	if (known != NULL)
		return known->number;

	Item *item = g_memdup2(&wanted, sizeof wanted);

	g_ptr_array_add(self->items, item);
	g_hash_table_add(self->item_set, item);
	return item->number;
}

static const Item *
item_of(const LoaPreviewSessions *self, guint64 key)
{
	return g_ptr_array_index(self->items, key >> KEY_TIME_BITS);
}

typedef struct {
	const LoaPreviewSessions *self;
	const guint64 *keys;
} Ranking;

/* Who stands first in the list is first among equals. */
static gint
compare_rank(gconstpointer a, gconstpointer b, gpointer user_data)
{
	const Ranking *ranking = user_data;
	guint i = *(const guint *)a, j = *(const guint *)b;
	const Item *x = item_of(ranking->self, ranking->keys[i]);
	const Item *y = item_of(ranking->self, ranking->keys[j]);

	return loa_permit_goes_first(x->class, x->order, i, y->class, y->order, j);
}

/* Asks the rules about each of them, as the planner does. */
static void
work_out(const LoaPreviewSessions *self, List *list)
{
	const Ranking ranking = { self, list->keys };
	g_autoptr(GArray) sessions = g_array_new(FALSE, FALSE, sizeof(LoaInterval));
	g_autofree guint *order = g_new(guint, list->n);

	list->verdicts = g_new(guint8, list->n);
	for (guint i = 0; i < list->n; i++)
		order[i] = i;
	g_qsort_with_data(order, (gint)list->n, sizeof *order, compare_rank, (gpointer)&ranking);
	for (guint i = 0; i < list->n; i++) {
		guint64 key = list->keys[order[i]];
		gint64 from_us = (gint64)(key & KEY_TIME_MASK);
		LoaPermitWhy why;
		LoaPermitVerdict verdict =
			loa_permit_place(list->rules, sessions, from_us,
					 from_us + item_of(self, key)->whole_us, &why);

		list->verdicts[order[i]] = (guint8)verdict;
		list->n_silenced += verdict != LOA_PERMIT_OPEN;
	}
}

static const List *
find_list(LoaPreviewSessions *self, const Day *day, const LoaSessionRules *rules)
{
	const List wanted = { .rules = rules, .hash = day->hash, .keys = day->keys, .n = day->n };
	List *list = g_hash_table_lookup(self->lists, &wanted);

	if (list != NULL)
		return list;
	if (self->n_kept_keys + day->n > MAX_KEPT_KEYS) {
		g_hash_table_remove_all(self->lists);
		self->n_kept_keys = 0;
	}
	list = g_memdup2(&wanted, sizeof wanted);
	list->keys = g_memdup2(day->keys, day->n * sizeof *day->keys);
	work_out(self, list);
	self->n_kept_keys += day->n;
	g_hash_table_add(self->lists, list);
	return list;
}

static void
settle_group(LoaPreviewSessions *self, guint group)
{
	Day *day = &self->days[group];
	const LoaSessionRules *rules =
		loa_permit_sessions(self->permit, loa_permit_kind(self->permit, group));
	const LoaPermitWhy too_many = { .limit = rules->a_day };
	const LoaPermitWhy too_long = { .limit = rules->minutes };
	const List *list = find_list(self, day, rules);

	for (guint i = 0; list->n_silenced > 0 && i < day->n; i++) {
		LoaPermitVerdict verdict = list->verdicts[i];

		if (verdict != LOA_PERMIT_OPEN)
			self->func(day->starts[i], group, verdict,
				   verdict == LOA_PERMIT_TOO_MANY_SESSIONS ? &too_many : &too_long,
				   self->user_data);
	}
	day->n = 0;
	day->hash = 0;
}

static void
settle_day(LoaPreviewSessions *self)
{
	for (guint i = 0; i < self->n_groups; i++)
		if (self->days[i].n > 0)
			settle_group(self, i);
}

static void
day_add(Day *day, guint start, guint64 key)
{
	if (day->n == day->size) {
		day->size = day->size > 0 ? day->size * 2 : FIRST_SIZE;
		day->keys = g_renew(guint64, day->keys, day->size);
		day->starts = g_renew(guint, day->starts, day->size);
	}
	day->keys[day->n] = key;
	day->starts[day->n++] = start;
	day->hash = (day->hash ^ key) * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);
	day->hash ^= day->hash >> 29;
}

void
loa_preview_sessions_add(LoaPreviewSessions *self, guint group, guint start, guint item,
			 gint64 from_us)
{
	if (from_us >= self->span.to_us) {
		const Late late = { group, start, item, from_us };

		g_array_append_val(self->late, late);
		return;
	}
	day_add(&self->days[group], start,
		(guint64)item << KEY_TIME_BITS | (guint64)(from_us - self->span.from_us));
}

/* The day on which @us lies, with what was late for it. */
static void
open_day(LoaPreviewSessions *self, gint64 us)
{
	g_autoptr(GArray) late = g_steal_pointer(&self->late);

	self->late = g_array_new(FALSE, FALSE, sizeof(Late));
	(void)loa_local_time_day_span(&self->local, us, &self->span);
	for (guint i = 0; i < late->len; i++) {
		const Late *one = &g_array_index(late, Late, i);

		loa_preview_sessions_add(self, one->group, one->start, one->item, one->from_us);
	}
}

void
loa_preview_sessions_reach(LoaPreviewSessions *self, gint64 us)
{
	while (us >= self->span.to_us) {
		gint64 next_us = us;

		settle_day(self);
		for (guint i = 0; i < self->late->len; i++)
			next_us = MIN(next_us, g_array_index(self->late, Late, i).from_us);
		if (next_us == G_MAXINT64)
			return;
		open_day(self, next_us);
	}
}

void
loa_preview_sessions_finish(LoaPreviewSessions *self)
{
	loa_preview_sessions_reach(self, G_MAXINT64);
}

void
loa_preview_sessions_free(LoaPreviewSessions *self)
{
	if (self == NULL)
		return;
	for (guint i = 0; i < self->n_groups; i++) {
		g_free(self->days[i].keys);
		g_free(self->days[i].starts);
	}
	g_free(self->days);
	g_ptr_array_unref(self->items);
	g_hash_table_unref(self->item_set);
	g_array_unref(self->late);
	g_hash_table_unref(self->lists);
	g_free(self);
}
