/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/plan/plan-source.h"

#include "controller/plan/care.h"
#include "schedules/broadcast-json.h"
#include "schedules/local-time.h"

/* More starts than all the plans of the largest site could carry. */
#define MAX_SLOTS 200000

/* What another version of the program declared must not silence the rest. */
static void
warn_unreadable(LoaPlanSource *self, const char *id, const char *why)
{
	LoaPlannerWarning *warning = g_new0(LoaPlannerWarning, 1);

	warning->finding = LOA_PLANNER_UNREADABLE;
	warning->subject = g_strdup(id);
	warning->message = g_strdup_printf("%s is not planned: %s; declare it again", id, why);
	g_ptr_array_add(self->unreadable, warning);
}

static gboolean
read_broadcasts(LoaPlanSource *self, LoaStore *store, GError **error)
{
	g_autoptr(GPtrArray) declarations = loa_store_declarations(store, error);

	if (declarations == NULL)
		return FALSE;
	for (guint i = 0; i < declarations->len; i++) {
		const LoaDeclaration *declaration = g_ptr_array_index(declarations, i);
		g_autoptr(GError) why = NULL;
		LoaBroadcast *broadcast = loa_broadcast_from_json_text(declaration->json, &why);

		if (broadcast == NULL) {
			warn_unreadable(self, declaration->id, why->message);
			continue;
		}
		g_ptr_array_add(self->broadcasts, broadcast);
		g_hash_table_insert(self->since, broadcast->id,
				    g_memdup2(&declaration->since_us, sizeof(gint64)));
	}
	return TRUE;
}

static gboolean
read_rules(LoaPlanSource *self, LoaStore *store, const LoaControllerConfig *config, GError **error)
{
	self->rules = loa_rules_read(store, config, error);
	for (guint i = 0; self->rules != NULL && i < self->rules->unreadable->len; i++) {
		LoaPlannerWarning *warning = g_new0(LoaPlannerWarning, 1);

		warning->finding = LOA_PLANNER_UNREADABLE;
		warning->subject = g_strdup("rules");
		warning->message = g_strdup(g_ptr_array_index(self->rules->unreadable, i));
		g_ptr_array_add(self->unreadable, warning);
	}
	return self->rules != NULL;
}

static GHashTable *
read_recordings(LoaStore *store, GError **error)
{
	g_autoptr(GPtrArray) recordings = loa_store_recordings(store, error);
	GHashTable *by_id;

	if (recordings == NULL)
		return NULL;
	by_id = g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
				      (GDestroyNotify)loa_recording_free);
	g_ptr_array_set_free_func(recordings, NULL);
	for (guint i = 0; i < recordings->len; i++) {
		LoaRecording *recording = g_ptr_array_index(recordings, i);

		g_hash_table_insert(by_id, recording->id, recording);
	}
	return by_id;
}

static void
add_planned(GHashTable *planned, LoaPlannedRow *row)
{
	GHashTable *groups = g_hash_table_lookup(planned, row->airing->id);

	if (groups == NULL) {
		groups = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					       (GDestroyNotify)loa_airing_free);
		g_hash_table_insert(planned, g_strdup(row->airing->id), groups);
	}
	g_hash_table_insert(groups, g_steal_pointer(&row->group), g_steal_pointer(&row->airing));
}

static void
add_silenced(GHashTable *silenced, LoaPlannedRow *row)
{
	GHashTable *groups = g_hash_table_lookup(silenced, row->airing->id);

	if (groups == NULL) {
		groups = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
		g_hash_table_insert(silenced, g_strdup(row->airing->id), groups);
	}
	g_hash_table_add(groups, g_steal_pointer(&row->group));
}

static gboolean
read_planned(LoaPlanSource *self, LoaStore *store, gint64 from_us, gint64 now_us, GError **error)
{
	gint64 to_us = now_us + LOA_PLANNER_LOOKBACK_US;
	g_autoptr(GPtrArray) rows = loa_store_planned_rows(store, from_us, to_us, error);

	if (rows == NULL)
		return FALSE;
	for (guint i = 0; i < rows->len; i++) {
		LoaPlannedRow *row = g_ptr_array_index(rows, i);

		if (row->suspended_by != NULL && row->airing->start_us <= now_us)
			add_silenced(self->silenced, row);
		else if (row->withdrawn_us == 0)
			add_planned(self->planned, row);
	}
	return TRUE;
}

/* The disclosures: their alarms, and what is aired longer for some groups. */
static gboolean
take_care(LoaPlanSource *self, LoaStore *store, const LoaControllerConfig *config, gint64 now_us,
	  GError **error)
{
	self->campaigns = loa_care_campaigns(store, config, self->broadcasts, now_us, error);
	if (self->campaigns == NULL || !loa_care_note_alarms(store, self->campaigns, now_us, error))
		return FALSE;
	self->due_us = G_MAXINT64;
	for (guint i = 0; i < self->campaigns->len; i++) {
		const LoaCareCampaign *campaign = g_ptr_array_index(self->campaigns, i);

		self->due_us = MIN(self->due_us, campaign->next_us);
	}
	self->extensions = loa_care_extensions(self->campaigns);
	return TRUE;
}

static LoaPlanSource *
source_new(void)
{
	LoaPlanSource *self = g_new0(LoaPlanSource, 1);

	self->broadcasts = g_ptr_array_new_with_free_func((GDestroyNotify)loa_broadcast_free);
	self->unreadable = g_ptr_array_new_with_free_func((GDestroyNotify)loa_planner_warning_free);
	self->since = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
	self->planned = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					      (GDestroyNotify)g_hash_table_unref);
	self->silenced = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					       (GDestroyNotify)g_hash_table_unref);
	return self;
}

LoaPlanSource *
loa_plan_source_read(LoaStore *store, const LoaControllerConfig *config, const LoaPlanFrame *frame,
		     GError **error)
{
	const gint64 lookback_us = frame->from_us - LOA_PLANNER_LOOKBACK_US;
	g_autoptr(LoaPlanSource) self = source_new();

	self->recordings = read_recordings(store, error);
	if (self->recordings == NULL || !read_broadcasts(self, store, error) ||
	    !read_rules(self, store, config, error) ||
	    !take_care(self, store, config, frame->now_us, error))
		return NULL;
	self->one_offs = loa_store_one_offs(store, lookback_us, error);
	if (self->one_offs == NULL)
		return NULL;
	self->stops = loa_store_stops(store, lookback_us, error);
	if (self->stops == NULL || !read_planned(self, store, lookback_us, frame->now_us, error))
		return NULL;
	return g_steal_pointer(&self);
}

static void
warn_of_care(const LoaPlanSource *self, GTimeZone *zone, gint64 now_us, GPtrArray *warnings)
{
	LoaLocalTime local;

	loa_local_time_init(&local, zone);
	loa_care_warn(self->campaigns, self->broadcasts,
		      loa_local_time_from_us(&local, now_us, NULL), warnings);
}

GPtrArray *
loa_plan_source_plan(LoaPlanSource *self, const LoaControllerConfig *config,
		     const LoaPlanFrame *frame, GPtrArray **warnings, GPtrArray **suspended,
		     GError **error)
{
	g_autoptr(GPtrArray) all = g_ptr_array_new();
	g_autoptr(GArray) slots = NULL;
	GPtrArray *plans;

	g_ptr_array_extend(all, self->broadcasts, NULL, NULL);
	g_ptr_array_extend(all, self->extensions, NULL, NULL);
	slots = loa_timetable_expand(all, config->zone, frame->from_us - LOA_PLANNER_LOOKBACK_US,
				     frame->valid_until_us, MAX_SLOTS, error);
	if (slots == NULL)
		return NULL;

	const LoaPlannerInput input = {
		.site = config->site_id,
		.groups = config->groups,
		.slots = slots,
		.since = self->since,
		.recordings = self->recordings,
		.one_offs = self->one_offs,
		.stops = self->stops,
		.planned = self->planned,
		.silenced = self->silenced,
		.stagger = &config->stagger,
		.policy = self->rules->policy,
		.overlays = self->rules->overlays,
		.zone = config->zone,
		.now_us = frame->now_us,
		.from_us = frame->from_us,
		.valid_until_us = frame->valid_until_us,
		.playout_delay_us = config->playout_delay_us,
	};

	plans = loa_planner_run(&input, warnings, suspended);
	g_ptr_array_extend_and_steal(*warnings, g_steal_pointer(&self->unreadable));
	warn_of_care(self, config->zone, frame->now_us, *warnings);
	return plans;
}

void
loa_plan_source_free(LoaPlanSource *self)
{
	if (self == NULL)
		return;
	g_clear_pointer(&self->campaigns, g_ptr_array_unref);
	g_clear_pointer(&self->extensions, g_ptr_array_unref);
	g_clear_pointer(&self->broadcasts, g_ptr_array_unref);
	g_clear_pointer(&self->rules, loa_rules_free);
	g_clear_pointer(&self->unreadable, g_ptr_array_unref);
	g_clear_pointer(&self->since, g_hash_table_unref);
	g_clear_pointer(&self->recordings, g_hash_table_unref);
	g_clear_pointer(&self->one_offs, g_ptr_array_unref);
	g_clear_pointer(&self->stops, g_hash_table_unref);
	g_clear_pointer(&self->planned, g_hash_table_unref);
	g_clear_pointer(&self->silenced, g_hash_table_unref);
	g_free(self);
}
