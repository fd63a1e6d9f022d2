/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/receivers/registry.h"

#include <string.h>

#include "wire/envelope.h"

struct LoaRegistry {
	LoaStore *store;   /* borrowed */
	GPtrArray *nodes;  /* LoaNodeRecord */
	GHashTable *rings; /* node id (of the record) to LoaKeyRing */
	GHashTable *fresh; /* ids (of the records) whose last_seen_us is not on disk yet */
};

static LoaKeyRing *
ring_of(const char *public_hex)
{
	g_autoptr(LoaKeyRing) ring = loa_key_ring_new();

	return loa_key_ring_add(ring, public_hex) ? g_steal_pointer(&ring) : NULL;
}

static gint
compare_nodes(gconstpointer a, gconstpointer b)
{
	return strcmp((*(const LoaNodeRecord *const *)a)->id,
		      (*(const LoaNodeRecord *const *)b)->id);
}

static void
take(LoaRegistry *self, LoaNodeRecord *node)
{
	LoaKeyRing *ring = ring_of(node->public_hex);

	if (ring != NULL)
		g_hash_table_insert(self->rings, node->id, ring);
}

LoaRegistry *
loa_registry_new(LoaStore *store, GError **error)
{
	g_autoptr(GPtrArray) nodes = loa_store_nodes(store, error);
	LoaRegistry *self;

	if (nodes == NULL)
		return NULL;
	self = g_new0(LoaRegistry, 1);
	self->store = store;
	self->rings = g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
					    (GDestroyNotify)loa_key_ring_free);
	self->fresh = g_hash_table_new(g_str_hash, g_str_equal);
	self->nodes = g_steal_pointer(&nodes);
	for (guint i = 0; i < self->nodes->len; i++)
		take(self, g_ptr_array_index(self->nodes, i));
	return self;
}

const GPtrArray *
loa_registry_nodes(const LoaRegistry *self)
{
	return self->nodes;
}

static LoaNodeRecord *
find(const LoaRegistry *self, const char *node)
{
	for (guint i = 0; i < self->nodes->len; i++) {
		LoaNodeRecord *record = g_ptr_array_index(self->nodes, i);

		if (g_strcmp0(record->id, node) == 0)
			return record;
	}
	return NULL;
}

const LoaNodeRecord *
loa_registry_find(const LoaRegistry *self, const char *node)
{
	return find(self, node);
}

gboolean
loa_registry_add(LoaRegistry *self, const LoaNodeRecord *node, GError **error)
{
	g_autoptr(LoaKeyRing) ring = ring_of(node->public_hex);

	if (ring == NULL) {
		g_set_error(error, LOA_STORE_ERROR, LOA_STORE_ERROR_FAILED,
			    "the key of node %s is none", node->id);
		return FALSE;
	}
	if (!loa_store_add_node(self->store, node, error))
		return FALSE;

	LoaNodeRecord *record =
		loa_node_record_new(node->id, node->group, node->public_hex, node->added_us);

	g_ptr_array_add(self->nodes, record);
	g_ptr_array_sort(self->nodes, compare_nodes);
	g_hash_table_insert(self->rings, record->id, g_steal_pointer(&ring));
	return TRUE;
}

gboolean
loa_registry_revoke(LoaRegistry *self, const char *node, gint64 now_us, GError **error)
{
	LoaNodeRecord *record = find(self, node);

	if (!loa_store_revoke_node(self->store, node, now_us, error))
		return FALSE;
	if (record != NULL && record->revoked_us == 0)
		record->revoked_us = now_us;
	return TRUE;
}

void
loa_registry_note_volume(LoaRegistry *self, const char *node, double volume_db)
{
	LoaNodeRecord *record = find(self, node);

	if (record != NULL)
		record->volume_db = volume_db;
}

void
loa_registry_seen(LoaRegistry *self, const char *node, gint64 now_us)
{
	LoaNodeRecord *record = find(self, node);

	if (record == NULL)
		return;
	record->last_seen_us = now_us;
	g_hash_table_add(self->fresh, record->id);
}

gboolean
loa_registry_flush(LoaRegistry *self, GError **error)
{
	GHashTableIter iter;
	gpointer id;

	if (g_hash_table_size(self->fresh) == 0)
		return TRUE;
	if (!loa_store_begin(self->store, error))
		return FALSE;
	g_hash_table_iter_init(&iter, self->fresh);
	while (g_hash_table_iter_next(&iter, &id, NULL)) {
		if (loa_store_node_seen(self->store, id, find(self, id)->last_seen_us, error))
			continue;
		loa_store_rollback(self->store);
		return FALSE;
	}
	if (!loa_store_commit(self->store, error))
		return FALSE;
	g_hash_table_remove_all(self->fresh);
	return TRUE;
}

GBytes *
loa_registry_open(const LoaRegistry *self, const char *tag, const char *topic, const char *node,
		  GBytes *message, GError **error)
{
	const LoaNodeRecord *record = find(self, node);
	const LoaKeyRing *ring = record == NULL ? NULL : g_hash_table_lookup(self->rings, node);

	if (record == NULL || ring == NULL) {
		g_set_error(error, LOA_WIRE_ERROR, LOA_WIRE_ERROR_KEY, "nobody knows a node \"%s\"",
			    node);
		return NULL;
	}
	if (record->revoked_us != 0) {
		g_set_error(error, LOA_WIRE_ERROR, LOA_WIRE_ERROR_KEY, "node \"%s\" was revoked",
			    node);
		return NULL;
	}
	return loa_envelope_open(tag, topic, message, ring, error);
}

void
loa_registry_free(LoaRegistry *self)
{
	if (self == NULL)
		return;
	g_hash_table_unref(self->fresh);
	g_hash_table_unref(self->rings);
	g_ptr_array_unref(self->nodes);
	g_free(self);
}
