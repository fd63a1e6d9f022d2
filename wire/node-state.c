/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/node-state.h"

#include <string.h>

#include "common/id.h"
#include "wire/outcome-json.h"
#include "wire/plan.h"

#define UPTIME_MAX_S ((gint64)100 * 366 * 24 * 3600)
#define POSITION_MAX_MS ((gint64)366 * 24 * 3600 * 1000)

static const char *const output_words[] = { "closed", "open", "failed", NULL };

LoaNodeState *
loa_node_state_new(void)
{
	LoaNodeState *self = g_new0(LoaNodeState, 1);

	self->clock_bound_us = -1;
	self->level_db = LOA_LEVEL_MIN_DB;
	self->ready = g_ptr_array_new_with_free_func(g_free);
	self->not_ready = g_ptr_array_new_with_free_func(g_free);
	return self;
}

static void
write_airings(GString *out, const char *name, const GPtrArray *airings)
{
	loa_json_writer_begin(out, name, '[');
	for (guint i = 0; i < airings->len && i < LOA_STATE_MAX_READY; i++) {
		const char *airing = g_ptr_array_index(airings, i);

		g_assert(loa_id_is_valid(airing));
		loa_json_writer_text(out, NULL, airing, LOA_ID_MAX);
	}
	loa_json_writer_end(out, ']');
}

GBytes *
loa_node_state_encode(const LoaNodeState *state)
{
	GString *out = g_string_sized_new(1024);

	g_assert(loa_id_is_valid(state->site) && loa_id_is_valid(state->node) &&
		 loa_id_is_valid(state->group));
	g_assert(state->session != NULL && strlen(state->session) == LOA_SESSION_HEX_SIZE);
	g_assert(state->output != NULL && g_strv_contains(output_words, state->output));
	g_assert(state->on_air == NULL || loa_id_is_valid(state->on_air));

	loa_json_writer_begin(out, NULL, '{');
	loa_json_writer_int(out, "v", 1, 1, 1);
	loa_json_writer_text(out, "site", state->site, LOA_ID_MAX);
	loa_json_writer_text(out, "node", state->node, LOA_ID_MAX);
	loa_json_writer_text(out, "group", state->group, LOA_ID_MAX);
	loa_json_writer_text(out, "version", state->version, LOA_STATE_VERSION_MAX);
	loa_json_writer_text(out, "session", state->session, LOA_SESSION_HEX_SIZE);
	loa_json_writer_bool(out, "online", state->online);
	loa_outcome_json_write_time(out, "at_us", state->at_us);
	loa_json_writer_int(out, "uptime_s", state->uptime_s, 0, UPTIME_MAX_S);
	loa_outcome_json_write_clock(out, state->clock_state, state->clock_source,
				     state->clock_bound_us);
	loa_json_writer_int(out, "plan_serial", state->plan_serial, 0, LOA_JSON_INT_MAX);
	loa_json_writer_text(out, "output", state->output, LOA_ID_MAX);
	loa_json_writer_text_or_none(out, "output_error", state->output_error,
				     LOA_STATE_OUTPUT_ERROR_MAX);
	loa_json_writer_text_or_none(out, "trouble", state->trouble, LOA_STATE_TROUBLE_MAX);
	loa_json_writer_text_or_none(out, "on_air", state->on_air, LOA_ID_MAX);
	loa_json_writer_int(out, "position_ms", state->position_ms, 0, POSITION_MAX_MS);
	loa_json_writer_double(out, "level_db", state->level_db, LOA_LEVEL_MIN_DB,
			       LOA_LEVEL_MAX_DB);
	if (state->has_volume)
		loa_json_writer_double(out, "volume_db", state->volume_db, LOA_VOLUME_MIN_DB,
				       LOA_VOLUME_MAX_DB);
	loa_json_writer_int(out, "n_ready", state->n_ready, 0, G_MAXUINT32);
	loa_json_writer_int(out, "n_wanted", state->n_wanted, 0, G_MAXUINT32);
	loa_json_writer_int(out, "n_unreported", state->n_unreported, 0, LOA_JSON_INT_MAX);
	loa_json_writer_int(out, "n_refused", state->n_refused, 0, LOA_JSON_INT_MAX);
	loa_json_writer_int(out, "n_late", state->n_late, 0, LOA_JSON_INT_MAX);
	write_airings(out, "ready", state->ready);
	write_airings(out, "not_ready", state->not_ready);
	loa_json_writer_end(out, '}');
	return g_string_free_to_bytes(out);
}

static void
read_airings(LoaJsonReader *reader, const char *name, GPtrArray *airings)
{
	JsonArray *array = loa_json_reader_array(reader, loa_json_reader_root(reader), name,
						 LOA_STATE_MAX_READY);
	guint n = array != NULL ? json_array_get_length(array) : 0;

	for (guint i = 0; i < n; i++)
		g_ptr_array_add(airings, g_strdup(loa_json_reader_element_id(reader, array, i)));
}

static gint64
read_count(LoaJsonReader *reader, const char *name, gint64 max)
{
	return loa_json_reader_int(reader, loa_json_reader_root(reader), name, 0, max);
}

LoaNodeState *
loa_node_state_decode(GBytes *body, GError **error)
{
	g_autoptr(LoaJsonReader) reader =
		loa_json_reader_new("state", body, LOA_STATE_MAX_SIZE, error);

	if (reader == NULL)
		return NULL;
	loa_json_reader_version(reader);

	JsonObject *root = loa_json_reader_root(reader);
	g_autoptr(LoaNodeState) self = loa_node_state_new();

	self->site = g_strdup(loa_json_reader_id(reader, root, "site"));
	self->node = g_strdup(loa_json_reader_id(reader, root, "node"));
	self->group = g_strdup(loa_json_reader_id(reader, root, "group"));
	self->version =
		g_strdup(loa_json_reader_text(reader, root, "version", LOA_STATE_VERSION_MAX));
	self->session =
		g_strdup(loa_json_reader_hex(reader, root, "session", LOA_SESSION_HEX_SIZE));
	self->online = loa_json_reader_bool(reader, root, "online");
	self->at_us = loa_outcome_json_read_time(reader, root, "at_us");
	self->uptime_s = read_count(reader, "uptime_s", UPTIME_MAX_S);
	loa_outcome_json_read_clock(reader, root, &self->clock_state, &self->clock_source,
				    &self->clock_bound_us);
	self->plan_serial = read_count(reader, "plan_serial", LOA_JSON_INT_MAX);
	self->output =
		g_strdup(output_words[loa_json_reader_word(reader, root, "output", output_words)]);
	self->output_error = g_strdup(loa_json_reader_text_or_null(reader, root, "output_error",
								   LOA_STATE_OUTPUT_ERROR_MAX));
	self->trouble = g_strdup(
		loa_json_reader_text_or_null(reader, root, "trouble", LOA_STATE_TROUBLE_MAX));
	self->on_air = g_strdup(loa_json_reader_id_or_null(reader, root, "on_air"));
	self->position_ms = read_count(reader, "position_ms", POSITION_MAX_MS);
	self->level_db = loa_json_reader_double(reader, root, "level_db", LOA_LEVEL_MIN_DB,
						LOA_LEVEL_MAX_DB);
	self->has_volume = json_object_has_member(root, "volume_db");
	if (self->has_volume)
		self->volume_db = loa_json_reader_double(reader, root, "volume_db",
							 LOA_VOLUME_MIN_DB, LOA_VOLUME_MAX_DB);
	self->n_ready = (guint32)read_count(reader, "n_ready", G_MAXUINT32);
	self->n_wanted = (guint32)read_count(reader, "n_wanted", G_MAXUINT32);
	self->n_unreported = read_count(reader, "n_unreported", LOA_JSON_INT_MAX);
	self->n_refused = read_count(reader, "n_refused", LOA_JSON_INT_MAX);
	self->n_late = read_count(reader, "n_late", LOA_JSON_INT_MAX);
	/* not in messages of the first receivers */
	if (json_object_has_member(root, "ready"))
		read_airings(reader, "ready", self->ready);
	read_airings(reader, "not_ready", self->not_ready);
	return loa_json_reader_finish(reader, error) ? g_steal_pointer(&self) : NULL;
}

void
loa_node_state_free(LoaNodeState *self)
{
	if (self == NULL)
		return;
	g_free(self->site);
	g_free(self->node);
	g_free(self->group);
	g_free(self->version);
	g_free(self->session);
	g_free(self->clock_source);
	g_free(self->output);
	g_free(self->output_error);
	g_free(self->trouble);
	g_free(self->on_air);
	g_ptr_array_unref(self->ready);
	g_ptr_array_unref(self->not_ready);
	g_free(self);
}
