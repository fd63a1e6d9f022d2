/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/store/uptime.h"

#include <string.h>

#include "common/text.h"

static const char *const state_names[] = {
	[LOA_PRESENCE_UNKNOWN] = "unknown",
	[LOA_PRESENCE_ONLINE] = "online",
	[LOA_PRESENCE_OFFLINE] = "offline",
};

const char *
loa_presence_state_name(LoaPresenceState state)
{
	return state_names[state];
}

LoaPresenceState
loa_presence_state_from_name(const char *name)
{
	guint i;

	if (!loa_text_find(state_names, G_N_ELEMENTS(state_names), name, &i))
		return LOA_PRESENCE_UNKNOWN;
	return (LoaPresenceState)i;
}

LoaPresence *
loa_presence_new(const char *node, gint64 at_us, LoaPresenceState state)
{
	LoaPresence *self = g_new0(LoaPresence, 1);

	self->node = g_strdup(node);
	self->at_us = at_us;
	self->state = state;
	return self;
}

void
loa_presence_free(LoaPresence *self)
{
	if (self == NULL)
		return;
	g_free(self->node);
	g_free(self);
}

static gint
permille(gint64 part_us, gint64 whole_us)
{
	return whole_us <= 0 ? -1 : (gint)((double)part_us * 1000.0 / (double)whole_us);
}

gint
loa_uptime_permille(const LoaUptime *uptime)
{
	return permille(uptime->online_us, uptime->known_us);
}

gint
loa_uptime_known_permille(const LoaUptime *uptime)
{
	return permille(uptime->known_us, uptime->enrolled_us);
}

static gint64
overlap_us(LoaInterval a, LoaInterval b)
{
	return MAX(MIN(a.to_us, b.to_us) - MAX(a.from_us, b.from_us), 0);
}

/* @first: of @node's in @presence */
static void
add_node(LoaUptime *uptime, const GPtrArray *presence, guint first, const char *node,
	 LoaInterval enrolled)
{
	for (guint i = first; i < presence->len; i++) {
		const LoaPresence *this = g_ptr_array_index(presence, i);
		const LoaPresence *next =
			i + 1 < presence->len ? g_ptr_array_index(presence, i + 1) : NULL;
		LoaInterval lasts = { this->at_us, enrolled.to_us };

		if (strcmp(this->node, node) != 0)
			break;
		/* a clock that was set back makes an empty time, never a double one */
		if (next != NULL && strcmp(next->node, node) == 0)
			lasts.to_us = next->at_us;

		const gint64 us = overlap_us(lasts, enrolled);

		uptime->known_us += this->state != LOA_PRESENCE_UNKNOWN ? us : 0;
		uptime->online_us += this->state == LOA_PRESENCE_ONLINE ? us : 0;
	}
	uptime->enrolled_us += enrolled.to_us - enrolled.from_us;
}

/* node id (borrowed) to 1 + its first place in @presence */
static GHashTable *
index_nodes(const GPtrArray *presence)
{
	GHashTable *firsts = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = presence->len; i-- > 0;)
		g_hash_table_insert(firsts,
				    ((const LoaPresence *)g_ptr_array_index(presence, i))->node,
				    GUINT_TO_POINTER(i + 1));
	return firsts;
}

GHashTable *
loa_uptime_of_groups(const GPtrArray *presence, const GPtrArray *nodes, gint64 from_us,
		     gint64 to_us)
{
	g_autoptr(GHashTable) firsts = index_nodes(presence);
	GHashTable *groups = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);

	for (guint i = 0; i < nodes->len; i++) {
		const LoaNodeRecord *node = g_ptr_array_index(nodes, i);
		const guint first = GPOINTER_TO_UINT(g_hash_table_lookup(firsts, node->id));
		LoaInterval enrolled = { MAX(from_us, node->added_us), to_us };
		LoaUptime *uptime = g_hash_table_lookup(groups, node->group);

		if (node->revoked_us != 0)
			enrolled.to_us = MIN(enrolled.to_us, node->revoked_us);
		if (enrolled.from_us >= enrolled.to_us)
			continue;
		if (uptime == NULL) {
			uptime = g_new0(LoaUptime, 1);
			g_hash_table_insert(groups, g_strdup(node->group), uptime);
		}
		add_node(uptime, presence, first == 0 ? presence->len : first - 1, node->id,
			 enrolled);
	}
	return groups;
}
