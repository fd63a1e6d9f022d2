/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/receivers/fleet.h"

/* One node, as far as this program has heard of it. */
typedef struct {
	LoaNodeState *state; /* (nullable) its last word */
	gint64 uptime_s; /* of the latest word of this session, and when that was said: a will is */
	gint64 at_us;    /* older, and does not change them */
	GQueue ended;    /* sessions that are over (owned), the latest first */
} Held;

struct LoaFleet {
	const LoaRegistry *registry; /* borrowed */
	char *site;                  /* owned */
	GHashTable *held;            /* node id (owned) to Held */
};

static void
held_free(gpointer data)
{
	Held *held = data;

	loa_node_state_free(held->state);
	g_queue_clear_full(&held->ended, g_free);
	g_free(held);
}

LoaFleet *
loa_fleet_new(const LoaRegistry *registry, const char *site)
{
	LoaFleet *self = g_new0(LoaFleet, 1);

	self->registry = registry;
	self->site = g_strdup(site);
	self->held = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, held_free);
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

static gboolean
has_ended(const Held *held, const char *session)
{
	return g_queue_find_custom((GQueue *)&held->ended, session, (GCompareFunc)g_strcmp0) !=
	       NULL;
}

/* Only the node's own uptime orders its messages: a box without a trusted clock has no time. A
 * will was signed when its session connected, so its uptime is always old; it counts for its own
 * session only. Whoever stands at the broker may keep what a node said and say it again when the
 * node is silent: that must not make it look alive. */
static LoaFleetResult
judge(const Held *held, const LoaNodeState *state, gint64 now_us)
{
	const LoaNodeState *old = held->state;
	gboolean is_same_session = old != NULL && g_strcmp0(old->session, state->session) == 0;

	if (!state->online)
		return old != NULL && !is_same_session ? LOA_FLEET_STALE : LOA_FLEET_SAME;
	if (has_ended(held, state->session))
		return LOA_FLEET_REPLAYED;
	if (now_us != 0 && state->clock_state != LOA_CLOCK_UNTRUSTED &&
	    state->at_us < now_us - LOA_FLEET_MAX_AGE_US)
		return LOA_FLEET_REPLAYED;
	if (!is_same_session)
		return LOA_FLEET_SAME;
	if (!old->online && state->uptime_s <= held->uptime_s && state->at_us <= held->at_us)
		return LOA_FLEET_REPLAYED;
	return state->uptime_s < held->uptime_s ? LOA_FLEET_STALE : LOA_FLEET_SAME;
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
	       old->has_volume != state->has_volume || old->volume_db != state->volume_db ||
	       g_strcmp0(old->output, state->output) != 0 ||
	       g_strcmp0(old->trouble, state->trouble) != 0 ||
	       g_strcmp0(old->on_air, state->on_air) != 0 || old->n_ready != state->n_ready ||
	       old->n_wanted != state->n_wanted || old->n_unreported != state->n_unreported ||
	       !is_same_list(old->ready, state->ready) || old->n_refused != state->n_refused ||
	       g_strcmp0(old->session, state->session) != 0;
}

/* @state: (transfer full) */
static void
hold(Held *held, LoaNodeState *state)
{
	if (held->state != NULL && g_strcmp0(held->state->session, state->session) != 0) {
		g_queue_push_head(&held->ended, g_strdup(held->state->session));
		if (g_queue_get_length(&held->ended) > LOA_FLEET_MAX_SESSIONS)
			g_free(g_queue_pop_tail(&held->ended));
		held->uptime_s = held->at_us = 0;
	}
	held->uptime_s = MAX(held->uptime_s, state->uptime_s);
	held->at_us = MAX(held->at_us, state->at_us);
	loa_node_state_free(held->state);
	held->state = state;
}

gboolean
loa_fleet_take(LoaFleet *self, const char *topic, const char *node, GBytes *message, gint64 now_us,
	       LoaFleetResult *result, GError **error)
{
	g_autoptr(LoaNodeState) state = open_state(self, topic, node, message, error);
	Held *held = g_hash_table_lookup(self->held, node);

	if (state == NULL)
		return FALSE;
	if (held == NULL) {
		held = g_new0(Held, 1);
		g_hash_table_insert(self->held, g_strdup(node), held);
	}
	*result = judge(held, state, now_us);
	if (*result != LOA_FLEET_SAME)
		return TRUE;
	if (is_news(held->state, state))
		*result = LOA_FLEET_NEWS;
	hold(held, g_steal_pointer(&state));
	return TRUE;
}

const LoaNodeState *
loa_fleet_state(const LoaFleet *self, const char *node)
{
	const Held *held = g_hash_table_lookup(self->held, node);

	return held != NULL ? held->state : NULL;
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
	g_hash_table_remove(self->held, node);
}

void
loa_fleet_free(LoaFleet *self)
{
	if (self == NULL)
		return;
	g_hash_table_unref(self->held);
	g_free(self->site);
	g_free(self);
}
