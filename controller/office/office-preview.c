/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An edit before it is saved: when would it play, what is wrong with it, and what would become
 * different in the next 24 hours?
 */
#include <string.h>

#include "controller/office/office-internal.h"
#include "schedules/broadcast-json.h"
#include "schedules/preview.h"
#include "schedules/rule.h"
#include "schedules/timetable-diff.h"

#define DAY_US (LOA_DAY_S * LOA_SECOND_US)
#define N_STARTS 10
#define MAX_SLOTS 200000
/* Warnings are looked for in so many days; starts in the tables' own time, at most. */
#define WARNING_DAYS 14
#define LONGEST_LOOK_DAYS 3700

/* One preview: the timetable as it is, and as it would be. */
typedef struct {
	LoaOffice *office;
	GPtrArray *drafts;   /* LoaBroadcast (owned) */
	GPtrArray *after;    /* LoaBroadcast (borrowed) */
	GHashTable *lengths; /* recording id (owned) to gint64 * (owned): milliseconds */
	LoaLocalTime local;
	gint64 now_us;
} Look;

static void
look_clear(Look *look)
{
	g_clear_pointer(&look->drafts, g_ptr_array_unref);
	g_clear_pointer(&look->after, g_ptr_array_unref);
	g_clear_pointer(&look->lengths, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Look, look_clear)

static gboolean
is_draft(const Look *look, const char *id)
{
	for (guint i = 0; i < look->drafts->len; i++)
		if (strcmp(((LoaBroadcast *)look->drafts->pdata[i])->id, id) == 0)
			return TRUE;
	return FALSE;
}

static void
merge(Look *look, const LoaOfficeDraft *draft)
{
	const GPtrArray *before = loa_plan_desk_broadcasts(look->office->parts.desk);

	look->after = g_ptr_array_new();
	for (guint i = 0; i < before->len && !draft->prune; i++) {
		LoaBroadcast *broadcast = before->pdata[i];

		if (!is_draft(look, broadcast->id) &&
		    (draft->remove == NULL || !g_strv_contains(draft->remove, broadcast->id)))
			g_ptr_array_add(look->after, broadcast);
	}
	for (guint i = 0; i < look->drafts->len; i++)
		g_ptr_array_add(look->after, look->drafts->pdata[i]);
}

static gboolean
read_lengths(Look *look, GError **error)
{
	g_autoptr(GPtrArray) recordings = loa_store_recordings(look->office->parts.store, error);

	if (recordings == NULL)
		return FALSE;
	look->lengths = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	for (guint i = 0; i < recordings->len; i++) {
		const LoaRecording *recording = recordings->pdata[i];
		gint64 ms = loa_recording_duration_us(recording) / 1000;

		g_hash_table_insert(look->lengths, g_strdup(recording->id),
				    g_memdup2(&ms, sizeof ms));
	}
	return TRUE;
}

static gint64
duration_ms(const LoaBroadcast *broadcast, gpointer user_data)
{
	const Look *look = user_data;
	g_autofree char *id = loa_planner_recording_id(broadcast);
	const gint64 *once = id != NULL ? g_hash_table_lookup(look->lengths, id) : NULL;

	if (once == NULL)
		return -1;
	return broadcast->n_repeats * *once +
	       (gint64)(broadcast->n_repeats - 1) * broadcast->repeat_gap_s * 1000;
}

/* What plays: the planner leaves these out, too. (transfer container) */
static GPtrArray *
aired(const GPtrArray *broadcasts)
{
	GPtrArray *chosen = g_ptr_array_new();

	for (guint i = 0; i < broadcasts->len; i++)
		if (!((LoaBroadcast *)broadcasts->pdata[i])->is_confidential)
			g_ptr_array_add(chosen, broadcasts->pdata[i]);
	return chosen;
}

static GArray *
expand(const LoaOffice *office, const GPtrArray *broadcasts, gint64 from_us, gint64 to_us,
       GError **error)
{
	g_autoptr(GPtrArray) chosen = aired(broadcasts);

	return loa_timetable_expand(chosen, office->parts.config->zone, from_us, to_us, MAX_SLOTS,
				    error);
}

static JsonArray *
add_array(JsonObject *object, const char *name)
{
	JsonArray *array = json_array_new();

	json_object_set_array_member(object, name, array);
	return array;
}

static void
add_names(JsonObject *object, const char *name, const GPtrArray *names)
{
	JsonArray *array = add_array(object, name);

	for (guint i = 0; i < names->len; i++)
		json_array_add_string_element(array, names->pdata[i]);
}

static JsonObject *
describe_start(Look *look, const LoaSlot *slot)
{
	JsonObject *object = json_object_new();
	g_autofree char *occasions = loa_rule_occasions_on(slot->local_day);
	g_autofree char *lunar = NULL;
	gint64 ms = duration_ms(slot->broadcast, look);
	LoaLunarDay day;

	if (loa_rule_lunar_day(slot->local_day, &day))
		lunar = loa_lunar_format(&day);
	json_object_set_string_member(object, "broadcast", slot->broadcast->id);
	loa_office_add_time(look->office, object, "start", slot->start_us);
	json_object_set_string_member(object, "weekday",
				      loa_weekday_name(loa_day_weekday(slot->local_day)));
	json_object_set_string_member(object, "lunar", lunar);
	json_object_set_string_member(object, "occasions", occasions);
	if (ms >= 0)
		json_object_set_int_member(object, "duration_ms", ms);
	else
		json_object_set_null_member(object, "duration_ms");
	return object;
}

/* Each stretch is as long as all before it: a daily one is found at once, and one at Tết after
 * some steps. */
static gboolean
add_starts(Look *look, JsonArray *array, GError **error)
{
	gint64 from_us = look->now_us;

	for (gint64 days = WARNING_DAYS; days <= LONGEST_LOOK_DAYS; days *= 2) {
		gint64 to_us = look->now_us + days * DAY_US;
		g_autoptr(GArray) slots = expand(look->office, look->drafts, from_us, to_us, error);

		if (slots == NULL)
			return FALSE;
		for (guint i = 0; i < slots->len && json_array_get_length(array) < N_STARTS; i++)
			json_array_add_object_element(
				array, describe_start(look, &g_array_index(slots, LoaSlot, i)));
		if (json_array_get_length(array) == N_STARTS)
			break;
		from_us = to_us;
	}
	return TRUE;
}

/* In which groups two of them meet, and what may be done about it. */
static void
add_choices(Look *look, JsonObject *object, const LoaConflict *conflict)
{
	g_autoptr(GPtrArray) groups = loa_conflict_groups(conflict);

	add_names(object, "groups", groups);
	json_object_set_member(object, "choices",
			       loa_conflict_to_json(conflict, look->office->parts.config->zone));
}

static JsonObject *
describe_warning(Look *look, const LoaPreview *preview, const LoaPreviewWarning *warning)
{
	JsonObject *object = json_object_new();

	json_object_set_string_member(object, "kind", loa_preview_kind_name(warning->kind));
	json_object_set_string_member(object, "broadcast", warning->broadcast->id);
	json_object_set_string_member(object, "other",
				      warning->other != NULL ? warning->other->id : NULL);
	loa_office_add_time(look->office, object, "start", warning->first_us);
	json_object_set_int_member(object, "times", warning->n_times);
	json_object_set_string_member(object, "text", warning->text);
	if (warning->kind == LOA_PREVIEW_CONFLICT) {
		const LoaConflict conflict = loa_preview_conflict(preview, warning);

		add_choices(look, object, &conflict);
	}
	return object;
}

/* Of the draft only: what else is wrong was so before. */
static gboolean
add_warnings(Look *look, JsonArray *array, GError **error)
{
	const LoaControllerConfig *config = look->office->parts.config;
	const LoaRules *rules = loa_plan_desk_rules(look->office->parts.desk);
	const LoaPreviewQuery query = {
		.broadcasts = look->after,
		.zone = config->zone,
		.from = loa_local_time_from_us(&look->local, look->now_us, NULL),
		.n_days = WARNING_DAYS,
		.groups = config->groups,
		.policy = rules->policy,
		.overlays = rules->overlays,
		.stagger = &config->stagger,
		.duration_ms = duration_ms,
		.duration_data = look,
	};
	g_autoptr(LoaPreview) preview = loa_preview_new(&query, error);

	if (preview == NULL)
		return FALSE;
	for (guint i = 0; i < preview->warnings->len; i++) {
		const LoaPreviewWarning *warning = preview->warnings->pdata[i];

		if (is_draft(look, warning->broadcast->id) ||
		    (warning->other != NULL && is_draft(look, warning->other->id)))
			json_array_add_object_element(array,
						      describe_warning(look, preview, warning));
	}
	return TRUE;
}

static JsonObject *
describe_change(LoaOffice *office, const LoaTimetableChange *change)
{
	const LoaSlot *slot = change->after != NULL ? change->after : change->before;
	JsonObject *object = json_object_new();

	json_object_set_string_member(object, "kind", loa_timetable_change_name(change->kind));
	json_object_set_string_member(object, "broadcast", slot->broadcast->id);
	json_object_set_string_member(object, "title", slot->broadcast->title);
	json_object_set_string_member(object, "class", loa_class_name(slot->broadcast->class));
	loa_office_add_time(office, object, "before",
			    change->before != NULL ? change->before->start_us : 0);
	loa_office_add_time(office, object, "after",
			    change->after != NULL ? change->after->start_us : 0);
	add_names(object, "groups", change->groups);
	add_names(object, "groups_added", change->groups_added);
	add_names(object, "groups_gone", change->groups_gone);
	add_names(object, "keys", change->keys);
	return object;
}

static void
describe_changes(LoaOffice *office, JsonArray *array, const GArray *before, const GArray *after)
{
	g_autoptr(GPtrArray) changes =
		loa_timetable_diff(before, after, office->parts.config->groups);

	for (guint i = 0; i < changes->len; i++)
		json_array_add_object_element(array, describe_change(office, changes->pdata[i]));
}

GArray *
loa_office_next_day(LoaOffice *self, GError **error)
{
	const gint64 now_us = loa_office_now_us(self);

	return expand(self, loa_plan_desk_broadcasts(self->parts.desk), now_us, now_us + DAY_US,
		      error);
}

void
loa_office_add_changes(LoaOffice *self, JsonObject *object, const GArray *before,
		       const GArray *after)
{
	loa_office_add_time(self, object, "until", loa_office_now_us(self) + DAY_US);
	describe_changes(self, add_array(object, "changes"), before, after);
}

static gboolean
add_changes(Look *look, JsonArray *array, GError **error)
{
	const LoaOfficeParts *parts = &look->office->parts;
	gint64 to_us = look->now_us + DAY_US;
	g_autoptr(GArray) before = expand(look->office, loa_plan_desk_broadcasts(parts->desk),
					  look->now_us, to_us, error);
	g_autoptr(GArray) after =
		before != NULL ? expand(look->office, look->after, look->now_us, to_us, error)
			       : NULL;

	if (after == NULL)
		return FALSE;
	describe_changes(look->office, array, before, after);
	return TRUE;
}

/* A file that is still to be imported is no fault here; the path is never opened. */
static gboolean
check_drafts(Look *look, GPtrArray *faults, GError **error)
{
	g_autoptr(GPtrArray) imported = g_ptr_array_new();

	for (guint i = 0; i < look->drafts->len; i++)
		if (((LoaBroadcast *)look->drafts->pdata[i])->audio == NULL)
			g_ptr_array_add(imported, look->drafts->pdata[i]);
	return loa_office_check_broadcasts(look->office, imported, faults, error);
}

static gboolean
fill(Look *look, const LoaOfficeDraft *draft, JsonObject *object, GError **error)
{
	merge(look, draft);
	return read_lengths(look, error) && add_starts(look, add_array(object, "starts"), error) &&
	       add_warnings(look, add_array(object, "warnings"), error) &&
	       add_changes(look, add_array(object, "changes"), error);
}

JsonNode *
loa_office_preview(LoaOffice *self, const LoaCaller *caller, const LoaOfficeDraft *draft,
		   GError **error)
{
	(void)caller;
	g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func(g_free);
	JsonObject *object = json_object_new();
	g_autoptr(JsonNode) answer = loa_office_document(object);
	GError *cause = NULL;
	g_auto(Look) look = { .office = self, .now_us = loa_office_now_us(self) };

	loa_local_time_init(&look.local, self->parts.config->zone);
	look.drafts =
		loa_broadcasts_from_json(draft->broadcasts, self->parts.config->groups, faults);
	if (look.drafts != NULL && !check_drafts(&look, faults, &cause)) {
		loa_office_take_error(error, cause);
		return NULL;
	}
	add_names(object, "faults", faults);
	loa_office_add_time(self, object, "until", look.now_us + DAY_US);
	if (faults->len > 0) {
		(void)add_array(object, "starts");
		(void)add_array(object, "warnings");
		(void)add_array(object, "changes");
		return g_steal_pointer(&answer);
	}
	if (fill(&look, draft, object, &cause))
		return g_steal_pointer(&answer);
	loa_office_take_error(error, cause);
	return NULL;
}
