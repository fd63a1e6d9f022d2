/* SPDX-License-Identifier: Apache-2.0 */
#include "node/cache-policy.h"

#include <stdlib.h>

static int
compare_needs(const void *a, const void *b)
{
	const LoaCacheNeed *const *x = a, *const *y = b;

	if ((*x)->start_us != (*y)->start_us)
		return (*x)->start_us < (*y)->start_us ? -1 : 1;
	return g_strcmp0((*x)->sha256, (*y)->sha256);
}

static int
compare_by_use(const void *a, const void *b)
{
	const LoaCacheItem *const *x = a, *const *y = b;

	if ((*x)->used_us != (*y)->used_us)
		return (*x)->used_us < (*y)->used_us ? -1 : 1;
	return g_strcmp0((*x)->sha256, (*y)->sha256);
}

/* The needs in order of time, each recording once. */
static GPtrArray *
sort_needs(const LoaCacheNeed *needs, gsize n_needs, GHashTable *needed)
{
	GPtrArray *all = g_ptr_array_new();
	GPtrArray *sorted = g_ptr_array_new();

	for (gsize i = 0; i < n_needs; i++)
		g_ptr_array_add(all, (gpointer)&needs[i]);
	g_ptr_array_sort(all, compare_needs);
	for (guint i = 0; i < all->len; i++) {
		const LoaCacheNeed *need = all->pdata[i];

		if (g_hash_table_add(needed, (gpointer)need->sha256))
			g_ptr_array_add(sorted, (gpointer)need);
	}
	g_ptr_array_unref(all);
	return sorted;
}

/* Items nobody needs, the longest unused first. */
static GPtrArray *
sort_spare(const LoaCacheItem *items, gsize n_items, GHashTable *needed)
{
	GPtrArray *spare = g_ptr_array_new();

	for (gsize i = 0; i < n_items; i++)
		if (!g_hash_table_contains(needed, items[i].sha256))
			g_ptr_array_add(spare, (gpointer)&items[i]);
	g_ptr_array_sort(spare, compare_by_use);
	return spare;
}

LoaCacheChoice
loa_cache_choose(const LoaCacheNeed *needs, gsize n_needs, const LoaCacheItem *items, gsize n_items,
		 gint64 budget_bytes)
{
	LoaCacheChoice choice = { .evict = g_ptr_array_new() };
	g_autoptr(GHashTable) needed = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(GHashTable) present = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(GPtrArray) sorted = sort_needs(needs, n_needs, needed);
	g_autoptr(GPtrArray) spare = sort_spare(items, n_items, needed);
	gint64 used_bytes = 0, spare_bytes = 0;

	for (gsize i = 0; i < n_items; i++) {
		g_hash_table_add(present, (gpointer)items[i].sha256);
		used_bytes += items[i].size_bytes;
	}
	for (guint i = 0; i < spare->len; i++)
		spare_bytes += ((const LoaCacheItem *)spare->pdata[i])->size_bytes;

	gint64 kept_bytes = used_bytes - spare_bytes; /* what must stay, and what was promised */

	for (guint i = 0; i < sorted->len; i++) {
		const LoaCacheNeed *need = sorted->pdata[i];

		if (g_hash_table_contains(present, need->sha256))
			choice.n_ready++;
		else if (need->size_bytes > budget_bytes - kept_bytes)
			choice.n_unfit++;
		else {
			kept_bytes += need->size_bytes;
			if (choice.next == NULL)
				choice.next = need;
		}
	}

	gint64 wanted_bytes = used_bytes + (choice.next != NULL ? choice.next->size_bytes : 0);

	for (guint i = 0; i < spare->len && wanted_bytes > budget_bytes; i++) {
		const LoaCacheItem *item = spare->pdata[i];

		g_ptr_array_add(choice.evict, (gpointer)item->sha256);
		wanted_bytes -= item->size_bytes;
	}
	return choice;
}

void
loa_cache_choice_clear(LoaCacheChoice *self)
{
	g_clear_pointer(&self->evict, g_ptr_array_unref);
}
