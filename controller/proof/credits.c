/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/proof/credits.h"

#include <string.h>

#include "schedules/broadcast-json.h"

struct LoaCredits {
	GPtrArray *declared;    /* LoaDeclaration */
	GPtrArray *recordings;  /* LoaRecording */
	GHashTable *firsts;     /* SHA-256 to gint64 * */
	GHashTable *versions;   /* broadcast id (borrowed) to 1 + its first place in declared */
	GHashTable *by_sha;     /* SHA-256 (borrowed) to LoaRecording (borrowed) */
	GHashTable *broadcasts; /* LoaDeclaration (borrowed) to LoaBroadcast (owned), once parsed */
	GHashTable *items;      /* airing id (owned) to LoaItem (owned) */
	GHashTable *keys;       /* (owned): strings that items point to */
};

LoaCredits *
loa_credits_new(GPtrArray *declared, GPtrArray *recordings, GHashTable *firsts)
{
	LoaCredits *self = g_new0(LoaCredits, 1);

	self->declared = declared;
	self->recordings = recordings;
	self->firsts = firsts;
	self->versions = g_hash_table_new(g_str_hash, g_str_equal);
	self->by_sha = g_hash_table_new(g_str_hash, g_str_equal);
	self->broadcasts =
		g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)loa_broadcast_free);
	self->items = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	self->keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	for (guint i = declared->len; i-- > 0;)
		g_hash_table_insert(self->versions,
				    ((LoaDeclaration *)g_ptr_array_index(declared, i))->id,
				    GUINT_TO_POINTER(i + 1));
	for (guint i = 0; i < recordings->len; i++) {
		LoaRecording *recording = g_ptr_array_index(recordings, i);

		g_hash_table_insert(self->by_sha, recording->sha256, recording);
	}
	return self;
}

/* (nullable): the version that held at @at_us; the first one for what was before any */
static const LoaDeclaration *
version_at(const LoaCredits *self, const char *broadcast, gint64 at_us)
{
	const guint place = GPOINTER_TO_UINT(g_hash_table_lookup(self->versions, broadcast));
	const LoaDeclaration *found = NULL;

	for (guint i = place; place != 0 && i - 1 < self->declared->len; i++) {
		const LoaDeclaration *version = g_ptr_array_index(self->declared, i - 1);

		if (strcmp(version->id, broadcast) != 0 ||
		    (found != NULL && version->since_us > at_us))
			break;
		found = version;
	}
	return found;
}

/* (nullable): %NULL too for what another version of the program wrote */
static const LoaBroadcast *
broadcast_at(LoaCredits *self, const LoaAiring *airing)
{
	const LoaDeclaration *version = version_at(self, airing->broadcast, airing->start_us);
	LoaBroadcast *broadcast;

	if (version == NULL)
		return NULL;
	if (g_hash_table_lookup_extended(self->broadcasts, version, NULL, (gpointer *)&broadcast))
		return broadcast;
	broadcast = loa_broadcast_from_json_text(version->json, NULL);
	if (broadcast != NULL)
		g_hash_table_insert(self->broadcasts, (gpointer)version, broadcast);
	return broadcast;
}

static const char *
keep(LoaCredits *self, const char *text)
{
	const char *kept = g_hash_table_lookup(self->keys, text);

	if (kept == NULL) {
		char *copy = g_strdup(text);

		g_hash_table_insert(self->keys, copy, copy);
		kept = copy;
	}
	return kept;
}

static const char *
either(const char *a, const char *b)
{
	return a != NULL ? a : b;
}

static LoaItem *
make_item(LoaCredits *self, const LoaAiring *airing)
{
	const LoaBroadcast *b = broadcast_at(self, airing);
	const LoaRecording *r =
		airing->sha256 == NULL ? NULL : g_hash_table_lookup(self->by_sha, airing->sha256);
	const gint64 *first_us =
		airing->sha256 == NULL ? NULL : g_hash_table_lookup(self->firsts, airing->sha256);
	LoaItem *item = g_new0(LoaItem, 1);

	item->key = keep(self, airing->sha256 != NULL ? airing->sha256 : airing->id);
	item->title = r != NULL ? r->title : keep(self, airing->title);
	item->category = either(b != NULL ? b->category : NULL, r != NULL ? r->category : NULL);
	item->kind = either(b != NULL ? b->kind : NULL, r != NULL ? r->kind : NULL);
	item->lead_unit = either(b != NULL ? b->lead_unit : NULL, r != NULL ? r->lead_unit : NULL);
	item->author = either(b != NULL ? b->author : NULL, r != NULL ? r->author : NULL);
	item->units = b != NULL ? b->units : NULL;
	item->fee_vnd = b != NULL ? b->fee_vnd : -1;
	item->first_us = first_us != NULL ? *first_us : airing->start_us;
	item->is_disclosure = b != NULL && b->campaign_days > 0;
	item->said = b;
	return item;
}

const LoaItem *
loa_credits_item(LoaCredits *self, const LoaAiring *airing)
{
	LoaItem *item = g_hash_table_lookup(self->items, airing->id);

	if (item == NULL) {
		item = make_item(self, airing);
		g_hash_table_insert(self->items, g_strdup(airing->id), item);
	}
	return item;
}

void
loa_credits_free(LoaCredits *self)
{
	if (self == NULL)
		return;
	g_hash_table_unref(self->items);
	g_hash_table_unref(self->keys);
	g_hash_table_unref(self->broadcasts);
	g_hash_table_unref(self->by_sha);
	g_hash_table_unref(self->versions);
	g_hash_table_unref(self->firsts);
	g_ptr_array_unref(self->recordings);
	g_ptr_array_unref(self->declared);
	g_free(self);
}
