/* SPDX-License-Identifier: Apache-2.0 */
#include "node/cache.h"

#include <glib/gstdio.h>
#include <sys/stat.h>
#include <utime.h>

#include "common/file.h"
#include "common/id.h"
#include "node/fetcher.h"

#define FIRST_PAUSE_S 5
#define LAST_PAUSE_S 300
#define MAX_IN_MEMORY (64 * 1024 * 1024) /* three hours and more */

/* Why and until when a recording is not tried again. */
typedef struct {
	guint pause_s;
	gint64 part_bytes; /* what had come by then */
	gint64 until_mono_us;
} Hold;

struct LoaCache {
	char *folder;
	gint64 budget_bytes;
	LoaFetcher *fetcher; /* owned, NULL without mirrors */
	LoaCacheChangedFunc changed;
	gpointer user_data;
	GArray *needs;     /* LoaCacheNeed; strings in `names` */
	GArray *items;     /* LoaCacheItem; strings in `names` */
	GHashTable *names; /* interned hashes, owned: a few hundred in a receiver's life */
	GHashTable *holds; /* hash (in names) → Hold, owned */
	char *last_error;
	guint timer;
};

static void step(LoaCache *self);

static const char *
intern(LoaCache *self, const char *sha256)
{
	const char *known = g_hash_table_lookup(self->names, sha256);

	if (known != NULL)
		return known;
	char *copy = g_strdup(sha256);

	g_hash_table_add(self->names, copy);
	return copy;
}

static char *
path_of(const LoaCache *self, const char *sha256, const char *suffix)
{
	g_autofree char *name = g_strconcat(sha256, suffix, NULL);

	return g_build_filename(self->folder, name, NULL);
}

static void
scan(LoaCache *self)
{
	g_autoptr(GDir) dir = g_dir_open(self->folder, 0, NULL);
	const char *name;

	g_array_set_size(self->items, 0);
	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *path = g_build_filename(self->folder, name, NULL);
		g_autofree char *sha256 = g_strndup(name, 64);
		GStatBuf st;

		if (!g_str_has_suffix(name, ".opus") || !loa_sha256_is_valid(sha256) ||
		    g_stat(path, &st) != 0)
			continue;
		LoaCacheItem item = { intern(self, sha256), st.st_size,
				      (gint64)st.st_mtime * G_USEC_PER_SEC };

		g_array_append_val(self->items, item);
	}
}

/* 0 where there is none. */
static gint64
part_size(const LoaCache *self, const char *sha256)
{
	g_autofree char *path = path_of(self, sha256, ".part");
	GStatBuf st;

	return g_stat(path, &st) == 0 ? st.st_size : 0;
}

static gboolean
is_needed(const LoaCache *self, const char *sha256)
{
	for (guint i = 0; i < self->needs->len; i++)
		if (g_str_equal(g_array_index(self->needs, LoaCacheNeed, i).sha256, sha256))
			return TRUE;
	return FALSE;
}

/* Half-fetched recordings that the plan no longer names only take room. */
static void
drop_stale_parts(LoaCache *self)
{
	g_autoptr(GDir) dir = g_dir_open(self->folder, 0, NULL);
	const char *name;

	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *path = g_build_filename(self->folder, name, NULL);
		g_autofree char *sha256 = g_strndup(name, 64);

		if (g_str_has_suffix(name, ".part") && !is_needed(self, sha256))
			g_unlink(path);
	}
}

static gboolean
on_retry_time(gpointer user_data)
{
	LoaCache *self = user_data;

	self->timer = 0;
	step(self);
	return G_SOURCE_REMOVE;
}

/* The needs that may be tried now; when the next one of the others may, in @wake_us. */
static GArray *
needs_not_held(LoaCache *self, gint64 *wake_us)
{
	GArray *free_needs = g_array_new(FALSE, FALSE, sizeof(LoaCacheNeed));
	gint64 now_us = g_get_monotonic_time();

	*wake_us = G_MAXINT64;
	for (guint i = 0; i < self->needs->len; i++) {
		LoaCacheNeed *need = &g_array_index(self->needs, LoaCacheNeed, i);
		Hold *hold = g_hash_table_lookup(self->holds, need->sha256);

		if (hold == NULL || hold->until_mono_us <= now_us ||
		    loa_cache_has(self, need->sha256))
			g_array_append_val(free_needs, *need);
		else
			*wake_us = MIN(*wake_us, hold->until_mono_us);
	}
	return free_needs;
}

static void
evict(LoaCache *self, const GPtrArray *hashes)
{
	for (guint i = 0; i < hashes->len; i++) {
		g_autofree char *path = path_of(self, hashes->pdata[i], ".opus");

		g_unlink(path);
	}
	if (hashes->len > 0)
		scan(self);
}

/* Looks at the whole again: evicts, starts the next fetch, or waits for the next try. */
static void
step(LoaCache *self)
{
	gint64 wake_us = 0;
	g_autoptr(GArray) needs = needs_not_held(self, &wake_us);
	g_auto(LoaCacheChoice) choice =
		loa_cache_choose((const LoaCacheNeed *)(gpointer)needs->data, needs->len,
				 (const LoaCacheItem *)(gpointer)self->items->data,
				 self->items->len, self->budget_bytes);
	const char *current = self->fetcher == NULL ? NULL : loa_fetcher_current(self->fetcher);

	g_clear_handle_id(&self->timer, g_source_remove);
	if (current != NULL && !is_needed(self, current)) {
		loa_fetcher_cancel(self->fetcher);
		current = NULL;
	}
	evict(self, choice.evict);
	if (self->fetcher == NULL || current != NULL)
		return;
	if (choice.next != NULL)
		loa_fetcher_start(self->fetcher, choice.next->sha256, choice.next->size_bytes);
	else if (wake_us != G_MAXINT64)
		self->timer =
			g_timeout_add((guint)(MAX(0, wake_us - g_get_monotonic_time()) / 1000 + 1),
				      on_retry_time, self);
}

/* A line that is cut and cut again still brings something each time: only those from whom nothing
 * comes are asked less and less. */
static void
hold(LoaCache *self, const char *name)
{
	const Hold *before = g_hash_table_lookup(self->holds, name);
	Hold *now = g_new0(Hold, 1);

	now->part_bytes = part_size(self, name);
	now->pause_s = before == NULL || now->part_bytes > before->part_bytes
			       ? FIRST_PAUSE_S
			       : MIN(before->pause_s * 2, LAST_PAUSE_S);
	now->until_mono_us = g_get_monotonic_time() + now->pause_s * G_USEC_PER_SEC;
	g_hash_table_insert(self->holds, (gpointer)name, now);
}

static void
on_fetched(const char *sha256, const GError *error, gpointer user_data)
{
	LoaCache *self = user_data;
	const char *name = intern(self, sha256);

	g_clear_pointer(&self->last_error, g_free);
	if (error == NULL) {
		g_hash_table_remove(self->holds, name);
		scan(self);
	} else {
		hold(self, name);
		self->last_error = g_strdup(error->message);
	}
	step(self);
	self->changed(self->user_data);
}

LoaCache *
loa_cache_new(const LoaCacheConfig *config, LoaCacheChangedFunc changed, gpointer user_data,
	      GError **error)
{
	if (!loa_file_ensure_folder(config->folder, error))
		return NULL;

	LoaCache *self = g_new0(LoaCache, 1);

	self->folder = g_strdup(config->folder);
	self->budget_bytes = config->budget_bytes;
	self->changed = changed;
	self->user_data = user_data;
	self->needs = g_array_new(FALSE, FALSE, sizeof(LoaCacheNeed));
	self->items = g_array_new(FALSE, FALSE, sizeof(LoaCacheItem));
	self->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	self->holds = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
	if (config->mirrors != NULL && config->mirrors[0] != NULL) {
		LoaFetcherConfig fetching = { config->mirrors, config->folder, config->max_kbit_s };

		self->fetcher = loa_fetcher_new(&fetching, on_fetched, self);
	}
	scan(self);
	return self;
}

void
loa_cache_set_needs(LoaCache *self, const LoaCacheNeed *needs, gsize n_needs)
{
	g_array_set_size(self->needs, 0);
	for (gsize i = 0; i < n_needs; i++) {
		LoaCacheNeed need = needs[i];

		need.sha256 = intern(self, needs[i].sha256);
		g_array_append_val(self->needs, need);
	}
	drop_stale_parts(self);
	step(self);
}

gboolean
loa_cache_has(const LoaCache *self, const char *sha256)
{
	for (guint i = 0; i < self->items->len; i++)
		if (g_str_equal(g_array_index(self->items, LoaCacheItem, i).sha256, sha256))
			return TRUE;
	return FALSE;
}

/* In memory rather than mapped: a card that dies under a mapping would kill the program, again at
 * each start. What is very long is mapped all the same. */
static LoaOpusFile *
open_sound(const char *path, GError **error)
{
	g_autofree char *name = g_path_get_basename(path);
	g_autoptr(GBytes) bytes = NULL;
	GStatBuf st;

	if (g_stat(path, &st) != 0 || st.st_size > MAX_IN_MEMORY)
		return loa_opus_file_open(path, error);
	bytes = loa_file_read(path, MAX_IN_MEMORY, error);
	return bytes != NULL ? loa_opus_file_parse(bytes, name, error) : NULL;
}

LoaOpusFile *
loa_cache_open(LoaCache *self, const char *sha256)
{
	g_autofree char *path = path_of(self, sha256, ".opus");
	g_autoptr(GError) error = NULL;

	if (!loa_cache_has(self, sha256))
		return NULL;
	LoaOpusFile *file = open_sound(path, &error);

	if (file == NULL) {
		g_clear_pointer(&self->last_error, g_free);
		self->last_error = g_strdup(error->message);
		g_unlink(path);
		scan(self);
		step(self);
		return NULL;
	}
	g_utime(path, NULL); /* used now: among the last to be evicted */
	return file;
}

const char *
loa_cache_last_error(const LoaCache *self)
{
	return self->last_error;
}

void
loa_cache_free(LoaCache *self)
{
	if (self == NULL)
		return;
	g_clear_handle_id(&self->timer, g_source_remove);
	loa_fetcher_free(self->fetcher);
	g_free(self->folder);
	g_free(self->last_error);
	g_array_unref(self->needs);
	g_array_unref(self->items);
	g_hash_table_unref(self->holds);
	g_hash_table_unref(self->names);
	g_free(self);
}
