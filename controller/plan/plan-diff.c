/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/plan/plan-diff.h"

#include <string.h>

#include "controller/store/records.h"

static gboolean
has_same_airings(const GPtrArray *a, const GPtrArray *b)
{
	if (a->len != b->len)
		return FALSE;
	for (guint i = 0; i < a->len; i++)
		if (!loa_records_same_airing(g_ptr_array_index(a, i), g_ptr_array_index(b, i)))
			return FALSE;
	return TRUE;
}

static gboolean
has_same_volumes(const LoaPlan *a, const LoaPlan *b)
{
	if (a->volumes->len != b->volumes->len)
		return FALSE;
	for (guint i = 0; i < a->volumes->len; i++) {
		const LoaNodeVolume *x = g_ptr_array_index(a->volumes, i);
		const LoaNodeVolume *y = g_ptr_array_index(b->volumes, i);

		if (strcmp(x->node, y->node) != 0 || x->volume_db != y->volume_db)
			return FALSE;
	}
	return TRUE;
}

gboolean
loa_plan_diff_is_same(const LoaPlan *a, const LoaPlan *b)
{
	if (a->valid_until_us != b->valid_until_us || a->playout_delay_us != b->playout_delay_us ||
	    a->permitted->len != b->permitted->len)
		return FALSE;
	for (guint i = 0; i < a->permitted->len; i++) {
		const LoaInterval *x = &g_array_index(a->permitted, LoaInterval, i);
		const LoaInterval *y = &g_array_index(b->permitted, LoaInterval, i);

		if (x->from_us != y->from_us || x->to_us != y->to_us)
			return FALSE;
	}
	return has_same_volumes(a, b) && has_same_airings(a->airings, b->airings) &&
	       has_same_airings(a->tests, b->tests);
}

/* (nullable): the next of them that is not over; @i: (inout) */
static const LoaAiring *
next_open(const GPtrArray *airings, guint *i, gint64 now_us)
{
	while (*i < airings->len) {
		const LoaAiring *airing = g_ptr_array_index(airings, (*i)++);

		if (loa_airing_end_us(airing) > now_us)
			return airing;
	}
	return NULL;
}

/* Both go by start: the first two that are not the same are where they part. */
static gint64
airings_from_us(const GPtrArray *a, const GPtrArray *b, gint64 now_us)
{
	guint i = 0, j = 0;

	for (;;) {
		const LoaAiring *x = next_open(a, &i, now_us), *y = next_open(b, &j, now_us);

		if (x == NULL && y == NULL)
			return G_MAXINT64;
		if (x == NULL || y == NULL)
			return MAX((x != NULL ? x : y)->start_us, now_us);
		if (!loa_records_same_airing(x, y))
			return MAX(MIN(x->start_us, y->start_us), now_us);
	}
}

gint64
loa_plan_diff_from_us(const LoaPlan *a, const LoaPlan *b, gint64 now_us)
{
	return MIN(airings_from_us(a->airings, b->airings, now_us),
		   airings_from_us(a->tests, b->tests, now_us));
}

typedef struct {
	gint64 from_us;
	guint place;
} Item;

static gint
compare_items(gconstpointer a, gconstpointer b)
{
	const Item *x = a, *y = b;

	if (x->from_us != y->from_us)
		return x->from_us < y->from_us ? -1 : 1;
	return x->place < y->place ? -1 : 1;
}

GArray *
loa_plan_diff_order(const GArray *from_us)
{
	g_autoptr(GArray) items = g_array_new(FALSE, FALSE, sizeof(Item));
	GArray *places = g_array_new(FALSE, FALSE, sizeof(guint));

	for (guint i = 0; i < from_us->len; i++) {
		const Item item = { g_array_index(from_us, gint64, i), i };

		g_array_append_val(items, item);
	}
	g_array_sort(items, compare_items);
	for (guint i = 0; i < items->len; i++)
		g_array_append_val(places, g_array_index(items, Item, i).place);
	return places;
}
