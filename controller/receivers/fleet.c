/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/receivers/fleet.h"

struct LoaFleet {
	const LoaRegistry *registry; /* borrowed */
	char *site;                  /* owned */
	GHashTable *states;          /* node id (owned) to LoaNodeState */
};

LoaFleet *
loa_fleet_new(const LoaRegistry *registry, const char *site)
{
	LoaFleet *self = g_new0(LoaFleet, 1);

	self->registry = registry;
	self->site = g_strdup(site);
	self->states = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					     (GDestroyNotify)loa_node_state_free);
	return self;
}

static LoaNodeState *
open_state(const LoaFleet *self, const char *topic, const char *node, GBytes *message,
	   GError **error)
{
	g_autoptr(GBytes) body =
		loa_registry_open(self->registry, LOA_TAG_STATE, topic, node, message, error);
	g_autoptr(LoaNodeState) state = body == NULL ? NULL : loa_node_state_decode(body, error);

	if (state == NULL)
		return NULL;
	if (g_strcmp0(state->site, self->site) != 0 || g_strcmp0(state->node, node) != 0) {
		g_set_error(error, LOA_WIRE_ERROR, LOA_WIRE_ERROR_ADDRESS,
			    "state of %s/%s in the topic of %s/%s", state->site, state->node,
			    self->site, node);
		return NULL;
	}
	return g_steal_pointer(&state);
}

/* Only the node's own uptime orders its messages: a box without a trusted clock has no time. A
 * will was signed when its session connected, so its uptime is always old; it counts for its own
 * session only. */
static gboolean
is_stale(const LoaNodeState *old, const LoaNodeState *state)
{
	gboolean is_same_session = old != NULL && g_strcmp0(old->session, state->session) == 0;

	if (!state->online)
		return old != NULL && !is_same_session;
	return is_same_session && state->uptime_s < old->uptime_s;
}

static gboolean
is_same_list(const GPtrArray *a, const GPtrArray *b)
{
	gboolean is_same = a->len == b->len;

	for (guint i = 0; is_same && i < a->len; i++)
		is_same = g_strcmp0(g_ptr_array_index(a, i), g_ptr_array_index(b, i)) == 0;
	return is_same;
}

static gboolean
is_news(const LoaNodeState *old, const LoaNodeState *state)
{
	return old == NULL || old->online != state->online ||
	       old->clock_state != state->clock_state || old->plan_serial != state->plan_serial ||
	       g_strcmp0(old->output, state->output) != 0 ||
	       g_strcmp0(old->trouble, state->trouble) != 0 ||
	       g_strcmp0(old->on_air, state->on_air) != 0 || old->n_ready != state->n_ready ||
	       old->n_wanted != state->n_wanted || old->n_unreported != state->n_unreported ||
	       !is_same_list(old->ready, state->ready) || old->n_refused != state->n_refused ||
	       g_strcmp0(old->session, state->session) != 0;
}

gboolean
loa_fleet_take(LoaFleet *self, const char *topic, const char *node, GBytes *message,
	       LoaFleetResult *result, GError **error)
{
	g_autoptr(LoaNodeState) state = open_state(self, topic, node, message, error);
	const LoaNodeState *old = g_hash_table_lookup(self->states, node);

	if (state == NULL)
		return FALSE;
	if (is_stale(old, state)) {
		*result = LOA_FLEET_STALE;
		return TRUE;
	}
	*result = is_news(old, state) ? LOA_FLEET_NEWS : LOA_FLEET_SAME;
	g_hash_table_replace(self->states, g_strdup(node), g_steal_pointer(&state));
	return TRUE;
}

const LoaNodeState *
loa_fleet_state(const LoaFleet *self, const char *node)
{
	return g_hash_table_lookup(self->states, node);
}

gboolean
loa_fleet_is_online(const LoaFleet *self, const char *node)
{
	const LoaNodeState *state = loa_fleet_state(self, node);

	return state != NULL && state->online;
}

gboolean
loa_fleet_is_ready(const LoaFleet *self, const char *node, gint64 plan_serial)
{
	const LoaNodeState *state = loa_fleet_state(self, node);

	return state != NULL && state->online && state->clock_state != LOA_CLOCK_UNTRUSTED &&
	       plan_serial != 0 && state->plan_serial == plan_serial &&
	       g_strcmp0(state->output, "failed") != 0;
}

void
loa_fleet_forget(LoaFleet *self, const char *node)
{
	g_hash_table_remove(self->states, node);
}

void
loa_fleet_free(LoaFleet *self)
{
	if (self == NULL)
		return;
	g_hash_table_unref(self->states);
	g_free(self->site);
	g_free(self);
}
