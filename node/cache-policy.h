/* SPDX-License-Identifier: Apache-2.0 */
/*
 * node/cache-policy.h - which recording to fetch next, and which may go.
 *
 * The plan says what is needed and when. What it needs is never dropped, whatever the budget; what
 * it does not need goes, the longest unused first, when the next fetch wants the room. What does
 * not fit is not fetched: the channel carries it. Pure. Thread: any.
 */
#pragma once

#include <glib.h>

/* One recording the plan names. */
typedef struct {
	const char *sha256; /* borrowed */
	gint64 size_bytes;
	gint64 start_us; /* of the first airing that needs it */
} LoaCacheNeed;

/* One complete recording that lies here. */
typedef struct {
	const char *sha256; /* borrowed */
	gint64 size_bytes;
	gint64 used_us; /* last played or fetched */
} LoaCacheItem;

typedef struct {
	GPtrArray *evict;         /* (element-type utf8), borrowed strings of the items */
	const LoaCacheNeed *next; /* (nullable): fetch this one, after evicting */
	guint n_ready;            /* needs whose recording is here */
	guint n_unfit;            /* needs for which there is no room */
} LoaCacheChoice;

/**
 * loa_cache_choose:
 * @needs: any order; a recording may stand more than once
 * @items: each recording once
 * @budget_bytes: for all items together
 *
 * Returns: the choice; free with loa_cache_choice_clear(). `next` points into @needs.
 */
LoaCacheChoice loa_cache_choose(const LoaCacheNeed *needs, gsize n_needs, const LoaCacheItem *items,
				gsize n_items, gint64 budget_bytes);
void loa_cache_choice_clear(LoaCacheChoice *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LoaCacheChoice, loa_cache_choice_clear)
