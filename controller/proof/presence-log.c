/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/proof/presence-log.h"

#include "controller/store/store-record.h"

struct LoaPresenceLog {
	LoaStore *store;    /* borrowed */
	GHashTable *states; /* node id (owned) to 1 + LoaPresenceState: the last one */
	GPtrArray *pending; /* LoaPresence, not written yet */
};

static LoaPresenceState
state_of(const LoaPresenceLog *self, const char *node)
{
	const gint known = GPOINTER_TO_INT(g_hash_table_lookup(self->states, node));

	return known == 0 ? LOA_PRESENCE_UNKNOWN : (LoaPresenceState)(known - 1);
}

static void
change(LoaPresenceLog *self, const char *node, LoaPresenceState state, gint64 now_us)
{
	if (state_of(self, node) == state)
		return;
	g_hash_table_replace(self->states, g_strdup(node), GINT_TO_POINTER((gint)state + 1));
	g_ptr_array_add(self->pending, loa_presence_new(node, now_us, state));
}

void
loa_presence_log_note(LoaPresenceLog *self, const char *node, gboolean is_online, gint64 now_us)
{
	change(self, node, is_online ? LOA_PRESENCE_ONLINE : LOA_PRESENCE_OFFLINE, now_us);
}

void
loa_presence_log_blind(LoaPresenceLog *self, gint64 now_us)
{
	g_autoptr(GList) nodes = g_hash_table_get_keys(self->states);
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);

	/* change() replaces the keys */
	for (GList *node = nodes; node != NULL; node = node->next)
		g_ptr_array_add(names, g_strdup(node->data));
	for (guint i = 0; i < names->len; i++)
		change(self, g_ptr_array_index(names, i), LOA_PRESENCE_UNKNOWN, now_us);
}

LoaPresenceLog *
loa_presence_log_new(LoaStore *store, GError **error)
{
	gint64 watched_us = 0;
	g_autoptr(GPtrArray) last = NULL;

	if (!loa_store_watched(store, &watched_us, error))
		return NULL;
	last = loa_store_presence(store, G_MAXINT64, G_MAXINT64, error);
	if (last == NULL)
		return NULL;

	LoaPresenceLog *self = g_new0(LoaPresenceLog, 1);

	self->store = store;
	self->states = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	self->pending = g_ptr_array_new_with_free_func((GDestroyNotify)loa_presence_free);
	for (guint i = 0; i < last->len; i++) {
		const LoaPresence *presence = g_ptr_array_index(last, i);

		g_hash_table_replace(self->states, g_strdup(presence->node),
				     GINT_TO_POINTER((gint)presence->state + 1));
	}
	loa_presence_log_blind(self, watched_us);
	return self;
}

gboolean
loa_presence_log_has_news(const LoaPresenceLog *self)
{
	return self->pending->len > 0;
}

gboolean
loa_presence_log_flush(LoaPresenceLog *self, gint64 now_us, GError **error)
{
	if (!loa_store_begin(self->store, error))
		return FALSE;
	for (guint i = 0; i < self->pending->len; i++) {
		if (loa_store_add_presence(self->store, g_ptr_array_index(self->pending, i), error))
			continue;
		loa_store_rollback(self->store);
		return FALSE;
	}
	if (!loa_store_set_watched(self->store, now_us, error)) {
		loa_store_rollback(self->store);
		return FALSE;
	}
	if (!loa_store_commit(self->store, error))
		return FALSE;
	g_ptr_array_set_size(self->pending, 0);
	return TRUE;
}

void
loa_presence_log_free(LoaPresenceLog *self)
{
	if (self == NULL)
		return;
	g_hash_table_unref(self->states);
	g_ptr_array_unref(self->pending);
	g_free(self);
}
