/* SPDX-License-Identifier: Apache-2.0 */
#include "schedules/timetable-diff.h"

#include <string.h>

#include "schedules/broadcast-fields.h"

/* The starts of one broadcast on one day, in both timetables, by time. */
typedef struct {
	GPtrArray *before; /* const LoaSlot * */
	GPtrArray *after;
} Day;

typedef struct {
	const GPtrArray *groups;
	GPtrArray *changes;
	GHashTable *keys; /* broadcast after (borrowed) to its keys (owned); one broadcast has one
			   * before */
} Diff;

static void
day_free(gpointer data)
{
	Day *day = data;

	g_ptr_array_unref(day->before);
	g_ptr_array_unref(day->after);
	g_free(day);
}

static void
change_free(gpointer data)
{
	LoaTimetableChange *change = data;

	g_ptr_array_unref(change->keys);
	g_ptr_array_unref(change->groups);
	g_ptr_array_unref(change->groups_added);
	g_ptr_array_unref(change->groups_gone);
	g_free(change);
}

const char *
loa_timetable_change_name(LoaTimetableChangeKind kind)
{
	switch (kind) {
	case LOA_TIMETABLE_ADDED:
		return "added";
	case LOA_TIMETABLE_GONE:
		return "gone";
	case LOA_TIMETABLE_MOVED:
		return "moved";
	case LOA_TIMETABLE_CHANGED:
		return "changed";
	}
	g_assert_not_reached();
}

/* What these say is seen in the starts themselves, or is nothing that a listener hears. */
static gboolean
is_about_days(const char *key)
{
	static const char *const names[] = {
		"at",       "days",  "date",      "rrule", "lunar",  "giao_thua", "occasion",
		"from",     "until", "except",    "also",  "event",  "expires",   "review_by",
		"campaign", "kind",  "lead_unit", "units", "author", "fee",       NULL
	};

	return g_strv_contains(names, key);
}

static void
add_key(GPtrArray *keys, const LoaValue *item, const LoaValue *other)
{
	if (is_about_days(item->name) || (other != NULL && loa_value_equal(item, other)))
		return;
	if (!g_ptr_array_find_with_equal_func(keys, item->name, g_str_equal, NULL))
		g_ptr_array_add(keys, g_strdup(item->name));
}

/* (transfer full) */
static GPtrArray *
compare_keys(const LoaBroadcast *before, const LoaBroadcast *after)
{
	g_autoptr(LoaValue) old = loa_broadcast_to_value(before);
	g_autoptr(LoaValue) new = loa_broadcast_to_value(after);
	GPtrArray *keys = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; i < new->items->len; i++) {
		const LoaValue *item = new->items->pdata[i];

		add_key(keys, item, loa_value_member(old, item->name));
	}
	/* a key that has its default now */
	for (guint i = 0; i < old->items->len; i++) {
		const LoaValue *item = old->items->pdata[i];

		if (loa_value_member(new, item->name) == NULL)
			add_key(keys, item, NULL);
	}
	return keys;
}

/* (transfer full) */
static GPtrArray *
keys_of(Diff *diff, const LoaSlot *before, const LoaSlot *after)
{
	GPtrArray *keys;

	if (before == NULL || after == NULL)
		return g_ptr_array_new_with_free_func(g_free);
	keys = g_hash_table_lookup(diff->keys, after->broadcast);
	if (keys == NULL) {
		keys = compare_keys(before->broadcast, after->broadcast);
		g_hash_table_insert(diff->keys, (gpointer)after->broadcast, keys);
	}
	return g_ptr_array_ref(keys);
}

static void
sort_groups(const Diff *diff, LoaTimetableChange *change)
{
	for (guint i = 0; i < diff->groups->len; i++) {
		const LoaGroup *group = diff->groups->pdata[i];
		gboolean was = change->before != NULL &&
			       loa_broadcast_is_for(change->before->broadcast, group->id);
		gboolean is = change->after != NULL &&
			      loa_broadcast_is_for(change->after->broadcast, group->id);

		if (was || is)
			g_ptr_array_add(change->groups, group->id);
		if (is && !was)
			g_ptr_array_add(change->groups_added, group->id);
		if (was && !is)
			g_ptr_array_add(change->groups_gone, group->id);
	}
}

static LoaTimetableChangeKind
kind_of(const LoaSlot *before, const LoaSlot *after)
{
	if (before == NULL)
		return LOA_TIMETABLE_ADDED;
	if (after == NULL)
		return LOA_TIMETABLE_GONE;
	return before->start_us == after->start_us ? LOA_TIMETABLE_CHANGED : LOA_TIMETABLE_MOVED;
}

static void
add_change(Diff *diff, const LoaSlot *before, const LoaSlot *after)
{
	LoaTimetableChange *change;
	GPtrArray *keys = keys_of(diff, before, after);

	if (kind_of(before, after) == LOA_TIMETABLE_CHANGED && keys->len == 0) {
		g_ptr_array_unref(keys);
		return;
	}
	change = g_new0(LoaTimetableChange, 1);
	change->kind = kind_of(before, after);
	change->before = before;
	change->after = after;
	change->keys = keys;
	change->groups = g_ptr_array_new();
	change->groups_added = g_ptr_array_new();
	change->groups_gone = g_ptr_array_new();
	sort_groups(diff, change);
	g_ptr_array_add(diff->changes, change);
}

/* Takes out of both lists what starts at the same moment. */
static void
match_equal(Diff *diff, GPtrArray *before, GPtrArray *after)
{
	for (guint i = 0, j = 0; i < before->len && j < after->len;) {
		const LoaSlot *old = before->pdata[i];
		const LoaSlot *new = after->pdata[j];

		if (old->start_us < new->start_us) {
			i++;
		} else if (new->start_us < old->start_us) {
			j++;
		} else {
			add_change(diff, old, new);
			g_ptr_array_remove_index(before, i);
			g_ptr_array_remove_index(after, j);
		}
	}
}

static gint64
distance_us(const LoaSlot *a, const LoaSlot *b)
{
	return ABS(a->start_us - b->start_us);
}

/* Each of @few gets a partner in @many, in order, so that the sum of the distances is least:
 * cost[i][j] is that sum for the first i of @few with partners among the first j of @many. */
static void
match_nearest(Diff *diff, const GPtrArray *few, const GPtrArray *many, gboolean is_few_before)
{
	guint width = many->len + 1;
	g_autofree gint64 *cost = g_new0(gint64, (few->len + 1) * width);
	guint j = many->len;

	for (guint i = 1; i <= few->len; i++) {
		cost[i * width + i - 1] = G_MAXINT64; /* too few left */
		for (guint k = i; k <= many->len; k++)
			cost[i * width + k] =
				MIN(cost[i * width + k - 1],
				    cost[(i - 1) * width + k - 1] +
					    distance_us(few->pdata[i - 1], many->pdata[k - 1]));
	}
	for (guint i = few->len; i > 0; i--, j--) {
		for (; j > i && cost[i * width + j] == cost[i * width + j - 1]; j--)
			add_change(diff, is_few_before ? NULL : many->pdata[j - 1],
				   is_few_before ? many->pdata[j - 1] : NULL);
		add_change(diff, is_few_before ? few->pdata[i - 1] : many->pdata[j - 1],
			   is_few_before ? many->pdata[j - 1] : few->pdata[i - 1]);
	}
	for (; j > 0; j--)
		add_change(diff, is_few_before ? NULL : many->pdata[j - 1],
			   is_few_before ? many->pdata[j - 1] : NULL);
}

static void
diff_day(Diff *diff, Day *day)
{
	match_equal(diff, day->before, day->after);
	if (day->before->len <= day->after->len)
		match_nearest(diff, day->before, day->after, TRUE);
	else
		match_nearest(diff, day->after, day->before, FALSE);
}

/* (transfer none): the starts of that broadcast on that day */
static Day *
day_of(GHashTable *days, const LoaSlot *slot)
{
	g_autofree char *key =
		g_strdup_printf("%d %s", loa_day_to_number(slot->local_day), slot->broadcast->id);
	Day *day = g_hash_table_lookup(days, key);

	if (day == NULL) {
		day = g_new0(Day, 1);
		day->before = g_ptr_array_new();
		day->after = g_ptr_array_new();
		g_hash_table_insert(days, g_steal_pointer(&key), day);
	}
	return day;
}

static gint
compare_changes(gconstpointer a, gconstpointer b)
{
	const LoaTimetableChange *left = *(const LoaTimetableChange *const *)a;
	const LoaTimetableChange *right = *(const LoaTimetableChange *const *)b;
	const LoaSlot *x = left->after != NULL ? left->after : left->before;
	const LoaSlot *y = right->after != NULL ? right->after : right->before;

	if (x->start_us != y->start_us)
		return x->start_us < y->start_us ? -1 : 1;

	gint by_id = strcmp(x->broadcast->id, y->broadcast->id);

	return by_id != 0 ? by_id : (gint)left->kind - (gint)right->kind;
}

GPtrArray *
loa_timetable_diff(const GArray *before, const GArray *after, const GPtrArray *groups)
{
	g_autoptr(GHashTable) days =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, day_free);
	g_autoptr(GHashTable) keys =
		g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_ptr_array_unref);
	Diff diff = {
		.groups = groups,
		.changes = g_ptr_array_new_with_free_func(change_free),
		.keys = keys,
	};
	GHashTableIter at;
	gpointer day;

	for (guint i = 0; i < before->len; i++) {
		LoaSlot *slot = &g_array_index(before, LoaSlot, i);

		g_ptr_array_add(day_of(days, slot)->before, slot);
	}
	for (guint i = 0; i < after->len; i++) {
		LoaSlot *slot = &g_array_index(after, LoaSlot, i);

		g_ptr_array_add(day_of(days, slot)->after, slot);
	}
	g_hash_table_iter_init(&at, days);
	while (g_hash_table_iter_next(&at, NULL, &day))
		diff_day(&diff, day);
	g_ptr_array_sort(diff.changes, compare_changes);
	return diff.changes;
}
