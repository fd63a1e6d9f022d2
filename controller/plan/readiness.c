/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/plan/readiness.h"

#include <string.h>

/* One airing in the plan of one group. */
typedef struct {
	char *sha256;
	gint64 serial; /* of the first plan that had it like this */
	gint64 start_us;
} Entry;

struct LoaReadiness {
	const LoaRegistry *registry; /* borrowed */
	const LoaFleet *fleet;       /* borrowed */
	GHashTable *airings;         /* id (owned) to: group id (owned) to Entry */
};

static void
entry_free(gpointer data)
{
	Entry *entry = data;

	g_free(entry->sha256);
	g_free(entry);
}

static GHashTable *
airings_new(void)
{
	return g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
				     (GDestroyNotify)g_hash_table_unref);
}

LoaReadiness *
loa_readiness_new(const LoaRegistry *registry, const LoaFleet *fleet)
{
	LoaReadiness *self = g_new0(LoaReadiness, 1);

	self->registry = registry;
	self->fleet = fleet;
	self->airings = airings_new();
	return self;
}

/* (nullable) */
static const Entry *
find(GHashTable *airings, const char *airing, const char *group)
{
	GHashTable *groups = g_hash_table_lookup(airings, airing);

	return groups == NULL ? NULL : g_hash_table_lookup(groups, group);
}

static void
add(GHashTable *airings, const LoaPlan *plan, const LoaAiring *airing, const Entry *before)
{
	GHashTable *groups = g_hash_table_lookup(airings, airing->id);
	Entry *entry = g_new0(Entry, 1);

	if (groups == NULL) {
		groups = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, entry_free);
		g_hash_table_insert(airings, g_strdup(airing->id), groups);
	}
	entry->sha256 = g_strdup(airing->sha256);
	entry->start_us = airing->start_us;
	/* the same sound as before: what was said of it holds */
	entry->serial = before != NULL && strcmp(before->sha256, airing->sha256) == 0
				? before->serial
				: plan->serial;
	g_hash_table_insert(groups, g_strdup(plan->group), entry);
}

void
loa_readiness_set_plans(LoaReadiness *self, const GPtrArray *plans)
{
	GHashTable *airings = airings_new();

	for (guint i = 0; i < plans->len; i++) {
		const LoaPlan *plan = g_ptr_array_index(plans, i);

		for (guint j = 0; j < plan->airings->len; j++) {
			const LoaAiring *airing = g_ptr_array_index(plan->airings, j);

			if (airing->sha256 != NULL)
				add(airings, plan, airing,
				    find(self->airings, airing->id, plan->group));
		}
	}
	g_hash_table_unref(self->airings);
	self->airings = airings;
}

static gboolean
is_ready(const LoaReadiness *self, const LoaNodeRecord *node, const char *airing,
	 const Entry *entry)
{
	const LoaNodeState *state = loa_fleet_state(self->fleet, node->id);

	if (state == NULL || state->plan_serial < entry->serial ||
	    g_strcmp0(state->group, node->group) != 0)
		return FALSE;
	for (guint i = 0; i < state->ready->len; i++)
		if (strcmp(g_ptr_array_index(state->ready, i), airing) == 0)
			return TRUE;
	return FALSE;
}

gboolean
loa_readiness_needs_channel(const LoaReadiness *self, const char *airing, gint64 from_us,
			    gint64 to_us)
{
	const GPtrArray *nodes = loa_registry_nodes(self->registry);
	GHashTable *groups = g_hash_table_lookup(self->airings, airing);

	if (groups == NULL)
		return TRUE;
	for (guint i = 0; i < nodes->len; i++) {
		const LoaNodeRecord *node = g_ptr_array_index(nodes, i);
		const Entry *entry = g_hash_table_lookup(groups, node->group);

		if (node->revoked_us == 0 && entry != NULL && entry->start_us >= from_us &&
		    entry->start_us <= to_us && !is_ready(self, node, airing, entry))
			return TRUE;
	}
	return FALSE;
}

LoaReadinessCount
loa_readiness_count(const LoaReadiness *self, const char *airing)
{
	const GPtrArray *nodes = loa_registry_nodes(self->registry);
	GHashTable *groups = g_hash_table_lookup(self->airings, airing);
	LoaReadinessCount count = { .missing = g_ptr_array_new() };

	for (guint i = 0; groups != NULL && i < nodes->len; i++) {
		const LoaNodeRecord *node = g_ptr_array_index(nodes, i);
		const Entry *entry = g_hash_table_lookup(groups, node->group);

		if (node->revoked_us != 0 || entry == NULL)
			continue;
		count.n_all++;
		if (is_ready(self, node, airing, entry))
			count.n_ready++;
		else
			g_ptr_array_add(count.missing, node->id);
	}
	return count;
}

void
loa_readiness_count_clear(LoaReadinessCount *self)
{
	g_clear_pointer(&self->missing, g_ptr_array_unref);
}

void
loa_readiness_free(LoaReadiness *self)
{
	if (self == NULL)
		return;
	g_hash_table_unref(self->airings);
	g_free(self);
}
