/* SPDX-License-Identifier: Apache-2.0 */
/* What the receiver says of itself. */
#include "node/station-private.h"

static const char *
output_word(LoaOutputState state)
{
	switch (state) {
	case LOA_OUTPUT_CLOSED:
		return "closed";
	case LOA_OUTPUT_OPEN:
		return "open";
	case LOA_OUTPUT_FAILED:
		return "failed";
	}
	return "closed";
}

static void
copy_ids(GPtrArray *to, const GPtrArray *from)
{
	for (guint i = 0; i < from->len; i++)
		g_ptr_array_add(to, g_strdup(g_ptr_array_index(from, i)));
}

static gint64
n_late(const LoaStation *self)
{
	gint64 sum = self->n_late;
	GHashTableIter iter;
	gpointer life = NULL;

	g_hash_table_iter_init(&iter, self->lives);
	while (g_hash_table_iter_next(&iter, NULL, &life)) {
		const LoaFeed *feed = loa_life_feed_if_any(life);

		if (feed != NULL)
			sum += loa_feed_n_late(feed);
	}
	return sum;
}

static LoaNodeState *
make_state(const LoaStation *self, gboolean is_online)
{
	LoaNodeState *state = loa_node_state_new();
	LoaPlayerStatus status = self->ports->status(self->user_data);
	const char *disk = loa_journal_trouble(self->journal);

	state->site = g_strdup(self->config.site);
	state->node = g_strdup(self->config.node);
	state->group = g_strdup(self->config.group);
	state->version = g_strdup(LOA_VERSION);
	state->session = g_strdup(self->session);
	state->online = is_online;
	state->at_us = self->moment.now_us;
	state->uptime_s = (loa_clock_mono_us(self->clock) - self->born_mono_us) / G_USEC_PER_SEC;
	state->clock_state = self->moment.clock.state;
	state->clock_source = g_strdup(self->moment.clock.source);
	if (loa_station_is_trusted(self))
		state->clock_bound_us = self->moment.clock.bound_us;
	state->plan_serial = loa_station_plan_serial(self);
	state->output = g_strdup(output_word(status.state));
	state->output_error = g_strdup(status.error);
	state->trouble = g_strdup(disk != NULL ? disk : self->trouble);
	state->on_air = is_online ? g_strdup(self->on_air) : NULL;
	state->position_ms = state->on_air != NULL ? self->position_ms : 0;
	state->level_db = status.level_db;
	state->has_volume = TRUE;
	state->volume_db = loa_station_volume_db(self, state->on_air != NULL ? self->on_air_class
									     : LOA_CLASS_NORMAL);
	state->n_unreported = loa_postman_n_unreported(self->postman);
	state->n_refused = loa_postman_n_refused(self->postman);
	state->n_late = n_late(self);
	state->n_ready = self->n_ready;
	state->n_wanted = self->n_wanted;
	copy_ids(state->ready, self->ready);
	copy_ids(state->not_ready, self->not_ready);
	return state;
}

static GBytes *
seal_state(const LoaStation *self, const LoaNodeState *state)
{
	g_autoptr(GBytes) body = loa_node_state_encode(state);

	return loa_envelope_seal(LOA_TAG_STATE, self->state_topic, body, self->config.key);
}

GBytes *
loa_station_state_message(LoaStation *self, gboolean is_online)
{
	loa_station_read_clock(self);
	g_autoptr(LoaNodeState) state = make_state(self, is_online);

	return seal_state(self, state);
}

/* Returns when to look again, CLOCK_MONOTONIC. */
gint64
loa_station_tell_state(LoaStation *self, gint64 mono_us)
{
	g_autoptr(LoaNodeState) state = NULL;

	if (!self->is_connected)
		return G_MAXINT64;
	state = make_state(self, TRUE);
	loa_teller_set_watched(self->teller, self->moment.now_us < self->watched_until_us);
	if (loa_teller_is_due(self->teller, state, mono_us)) {
		g_autoptr(GBytes) message = seal_state(self, state);

		if (self->ports->publish(self->state_topic, message, TRUE, self->user_data))
			loa_teller_told(self->teller, state, mono_us);
		else
			return mono_us + LOA_TELLER_MIN_GAP_US;
	}
	return loa_teller_due_us(self->teller, state);
}
