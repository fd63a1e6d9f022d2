/* SPDX-License-Identifier: Apache-2.0 */
/*
 * node/cache.h - the recordings that lie on the receiver, and getting those that do not.
 *
 * Joins the rules (cache-policy.h) and the line (fetcher.h) over one folder: SHA256.opus files are
 * complete, SHA256.part files are not. What the fetcher could not get is tried again after a
 * pause that doubles from 5 s to 5 min, and does not hold up the others. Thread: main.
 */
#pragma once

#include <gio/gio.h>

#include "audio/opus-file.h"
#include "node/cache-policy.h"

typedef struct LoaCache LoaCache;

typedef struct {
	const char *folder; /* made if it is not there */
	const char *const
		*mirrors; /* base URLs ending in '/', %NULL-terminated; none: no fetching */
	guint max_kbit_s; /* of fetching; 0: unlimited */
	gint64 budget_bytes;
} LoaCacheConfig;

/* A recording came or could not be had, or the needs changed. */
typedef void (*LoaCacheChangedFunc)(gpointer user_data);

LoaCache *loa_cache_new(const LoaCacheConfig *config, LoaCacheChangedFunc changed,
			gpointer user_data, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What the plan needs from now on; replaces the former needs. The strings are copied. */
void loa_cache_set_needs(LoaCache *self, const LoaCacheNeed *needs, gsize n_needs);

gboolean loa_cache_has(const LoaCache *self, const char *sha256);

/* (transfer full) (nullable): the recording, if it lies here and is sound. One that is not is
 * removed, so that it is fetched again. */
LoaOpusFile *loa_cache_open(LoaCache *self, const char *sha256);

/* (nullable): why the last fetch failed; %NULL once one succeeds */
const char *loa_cache_last_error(const LoaCache *self);

void loa_cache_free(LoaCache *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaCache, loa_cache_free)
