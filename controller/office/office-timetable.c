/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The timetable as people look at it: day by day, with lunar dates, great days and what plays.
 */
#include <string.h>

#include "controller/office/office-internal.h"
#include "controller/office/office-silences.h"
#include "schedules/rule.h"
#include "schedules/timetable.h"

#define MAX_STARTS 20000

typedef struct {
	LoaOffice *office;
	const LoaCaller *caller;
	const char *group;      /* (nullable): only this one */
	GHashTable *recordings; /* id (borrowed) to LoaRecording (borrowed) */
	GHashTable *stops;      /* airing id to gint64 *: when it was stopped */
	GHashTable *since;      /* broadcast id (borrowed) to LoaDeclaration (borrowed) */
	LoaLocalTime local;
	gint64 now_us;
	gint64 from_us;
	gint64 to_us;
	GArray *starts; /* Start, as they are found */
} Book;

typedef struct {
	gint64 start_us;
	JsonObject *object; /* owned until it is moved into its day */
} Start;

static gint
compare_starts(gconstpointer a, gconstpointer b)
{
	const Start *x = a, *y = b;

	return (x->start_us > y->start_us) - (x->start_us < y->start_us);
}

/* A LoaOfficeShownFunc, too. */
static gboolean
is_shown(const char *group, gpointer user_data)
{
	const Book *book = user_data;

	return (book->group == NULL || strcmp(book->group, group) == 0) &&
	       loa_caller_may_see_group(book->caller, group);
}

/* "all", or those that may be seen; %NULL: none. (transfer full) */
static JsonNode *
groups_of(Book *book, const LoaBroadcast *broadcast, const LoaOneOff *one_off)
{
	const GPtrArray *groups = book->office->parts.config->groups;
	g_autoptr(JsonArray) array = json_array_new();

	for (guint i = 0; i < groups->len; i++) {
		const char *id = ((const LoaGroup *)groups->pdata[i])->id;

		if (is_shown(id, book) && (broadcast != NULL ? loa_broadcast_is_for(broadcast, id)
							     : loa_one_off_is_for(one_off, id)))
			json_array_add_string_element(array, id);
	}
	if (json_array_get_length(array) == 0)
		return NULL;
	if (json_array_get_length(array) == groups->len)
		return json_node_init_string(json_node_alloc(), "all");
	return json_node_init_array(json_node_alloc(), array);
}

/* By overlays, in one group. */
static gboolean
is_suspended_in(Book *book, const char *group, LoaClass class, const char *category,
		gint64 start_us)
{
	const GPtrArray *overlays = loa_plan_desk_rules(book->office->parts.desk)->overlays;

	for (guint i = 0; i < overlays->len; i++) {
		const LoaOverlay *overlay = overlays->pdata[i];

		if (loa_overlay_is_for(overlay, group) &&
		    loa_overlay_suspends(overlay, class, category) &&
		    loa_wall_time_to_us(&overlay->from, &book->local) <= start_us &&
		    loa_wall_time_to_us(&overlay->until, &book->local) > start_us)
			return TRUE;
	}
	return FALSE;
}

/* In every group that is shown and was to hear it. */
static gboolean
is_suspended(Book *book, const LoaBroadcast *broadcast, const char *category, gint64 start_us)
{
	const GPtrArray *groups = book->office->parts.config->groups;

	for (guint i = 0; i < groups->len; i++) {
		const char *id = ((const LoaGroup *)groups->pdata[i])->id;

		if (is_shown(id, book) && loa_broadcast_is_for(broadcast, id) &&
		    !is_suspended_in(book, id, broadcast->class, category, start_us))
			return FALSE;
	}
	return TRUE;
}

/* The gravest first: what was stopped will not play, whatever else is true. */
static const char *
state_of(const Book *book, const char *airing, const LoaRecording *recording, gint64 start_us,
	 gint64 length_us)
{
	if (g_hash_table_contains(book->stops, airing))
		return "stopped";
	if (start_us + MAX(length_us, 0) <= book->now_us)
		return "done";
	if (recording != NULL) {
		switch (loa_recording_bar(recording, start_us)) {
		case LOA_RECORDING_FREE:
			break;
		case LOA_RECORDING_CONFIDENTIAL:
			return "confidential";
		case LOA_RECORDING_WITHDRAWN:
			return "withdrawn";
		case LOA_RECORDING_UNAPPROVED:
			return "unapproved";
		case LOA_RECORDING_EXPIRED:
			return "expired";
		}
	}
	return start_us <= book->now_us ? "on-air" : "planned";
}

/* @length_us: -1: not known yet. @warnings: (transfer full) */
static void
add_start(Book *book, JsonObject *object, gint64 start_us, gint64 length_us, const char *state,
	  JsonArray *warnings)
{
	const Start start = { start_us, object };

	loa_office_add_time(book->office, object, "start", start_us);
	if (length_us >= 0)
		json_object_set_int_member(object, "duration_ms", length_us / 1000);
	else
		json_object_set_null_member(object, "duration_ms");
	json_object_set_string_member(object, "state", state);
	json_object_set_array_member(object, "warnings", warnings);
	g_array_append_val(book->starts, start);
}

static gint64
length_us(const LoaBroadcast *broadcast, const LoaRecording *recording)
{
	if (recording == NULL)
		return -1;
	return broadcast->n_repeats * loa_recording_duration_us(recording) +
	       (gint64)(broadcast->n_repeats - 1) * broadcast->repeat_gap_s * LOA_SECOND_US;
}

static const LoaRecording *
recording_of(const Book *book, const LoaBroadcast *broadcast)
{
	g_autofree char *id = loa_planner_recording_id(broadcast);

	return id != NULL ? g_hash_table_lookup(book->recordings, id) : NULL;
}

/* The rules of today say nothing of what began before: the logbook has that. */
static JsonArray *
warn_of(Book *book, const LoaOfficeSilences *silences, guint number, const LoaSlot *slot,
	gboolean *is_silent)
{
	*is_silent = FALSE;
	if (silences == NULL || slot->start_us <= book->now_us)
		return json_array_new();
	return loa_office_silences_describe(silences, number, is_shown, book, is_silent);
}

/* @silences: (nullable) */
static void
add_slot(Book *book, const LoaPreviewStart *start, guint number, const LoaOfficeSilences *silences)
{
	const LoaSlot *slot = &start->slot;
	const LoaBroadcast *broadcast = slot->broadcast;
	const LoaDeclaration *declared = g_hash_table_lookup(book->since, broadcast->id);
	/* what it would have been before somebody declared it never was */
	JsonNode *groups = declared == NULL || slot->start_us >= declared->since_us
				   ? groups_of(book, broadcast, NULL)
				   : NULL;

	if (groups == NULL)
		return;

	g_autofree char *airing = loa_planner_airing_id(slot, 1);
	const LoaRecording *recording = recording_of(book, broadcast);
	gint64 us = length_us(broadcast, recording);
	const char *state = state_of(book, airing, recording, slot->start_us, us);
	JsonObject *object = json_object_new();
	gboolean is_silent;
	JsonArray *warnings = warn_of(book, silences, number, slot, &is_silent);

	if (is_suspended(book, broadcast, start->category, slot->start_us))
		state = "suspended";
	else if (is_silent && strcmp(state, "planned") == 0)
		state = "silenced";
	json_object_set_string_member(object, "broadcast", broadcast->id);
	json_object_set_string_member(object, "airing", airing);
	json_object_set_string_member(object, "title", broadcast->title);
	json_object_set_string_member(object, "class", loa_class_name(broadcast->class));
	json_object_set_member(object, "groups", groups);
	add_start(book, object, slot->start_us, us, state, warnings);
}

static void
add_one_off(Book *book, const LoaOneOff *one_off)
{
	JsonNode *groups = one_off->start_us < book->to_us ? groups_of(book, NULL, one_off) : NULL;

	if (groups == NULL)
		return;

	const LoaRecording *recording = g_hash_table_lookup(book->recordings, one_off->recording);
	gint64 us = recording != NULL ? loa_recording_duration_us(recording) : -1;
	JsonObject *object = json_object_new();

	json_object_set_null_member(object, "broadcast");
	json_object_set_string_member(object, "airing", one_off->airing);
	json_object_set_string_member(object, "title", one_off->title);
	json_object_set_string_member(object, "class", loa_class_name(one_off->class));
	json_object_set_member(object, "groups", groups);
	add_start(book, object, one_off->start_us, us,
		  state_of(book, one_off->airing, recording, one_off->start_us, us),
		  json_array_new());
}

static void
add_slots(Book *book, const GPtrArray *broadcasts, const GArray *slots)
{
	g_autoptr(GArray) starts =
		g_array_sized_new(FALSE, FALSE, sizeof(LoaPreviewStart), slots->len);
	g_autoptr(LoaOfficeSilences) silences = NULL;

	for (guint i = 0; i < slots->len; i++) {
		LoaPreviewStart start = { .slot = g_array_index(slots, LoaSlot, i) };
		const LoaBroadcast *broadcast = start.slot.broadcast;
		const LoaRecording *recording = recording_of(book, broadcast);
		gint64 us = length_us(broadcast, recording);

		start.duration_ms = us >= 0 ? us / 1000 : -1;
		start.category = broadcast->category != NULL || recording == NULL
					 ? broadcast->category
					 : recording->category;
		g_array_append_val(starts, start);
	}
	if (book->to_us > book->now_us)
		silences = loa_office_silences_new(book->office, broadcasts, starts, book->from_us,
						   book->to_us);
	for (guint i = 0; i < starts->len; i++)
		add_slot(book, &g_array_index(starts, LoaPreviewStart, i), i, silences);
}

/* What is never aired is in no timetable; status warns of it. */
static gboolean
add_declared(Book *book, GError **error)
{
	const GPtrArray *all = loa_plan_desk_broadcasts(book->office->parts.desk);
	const GPtrArray *longer = loa_plan_desk_extensions(book->office->parts.desk);
	g_autoptr(GPtrArray) aired = g_ptr_array_new();

	for (guint i = 0; i < all->len; i++)
		if (!((LoaBroadcast *)all->pdata[i])->is_confidential)
			g_ptr_array_add(aired, all->pdata[i]);
	for (guint i = 0; i < longer->len; i++)
		g_ptr_array_add(aired, longer->pdata[i]);

	g_autoptr(GArray) slots =
		loa_timetable_expand(aired, book->office->parts.config->zone, book->from_us,
				     book->to_us, MAX_STARTS, error);

	if (slots == NULL)
		return FALSE;
	add_slots(book, aired, slots);
	return TRUE;
}

JsonObject *
loa_office_describe_lunar(LoaDay day)
{
	LoaLunarDay lunar;

	if (!loa_rule_lunar_day(day, &lunar))
		return NULL;

	g_autofree char *text = loa_lunar_format(&lunar);
	JsonObject *object = json_object_new();

	json_object_set_int_member(object, "day", lunar.day);
	json_object_set_int_member(object, "month", lunar.month);
	json_object_set_int_member(object, "year", lunar.year);
	json_object_set_boolean_member(object, "leap", lunar.is_leap);
	json_object_set_string_member(object, "text", text);
	return object;
}

/* Those that hold at some time of the day, in a group that is shown. */
static void
add_overlays(Book *book, LoaDay day, JsonArray *names)
{
	const GPtrArray *overlays = loa_plan_desk_rules(book->office->parts.desk)->overlays;
	const GPtrArray *groups = book->office->parts.config->groups;
	gint64 from_us = loa_local_time_to_us(&book->local, day, 0);
	gint64 to_us = loa_local_time_to_us(&book->local,
					    loa_day_from_number(loa_day_to_number(day) + 1), 0);

	for (guint i = 0; i < overlays->len; i++) {
		const LoaOverlay *overlay = overlays->pdata[i];
		gboolean is_for_somebody = FALSE;

		for (guint j = 0; j < groups->len && !is_for_somebody; j++) {
			const char *id = ((const LoaGroup *)groups->pdata[j])->id;

			is_for_somebody = is_shown(id, book) && loa_overlay_is_for(overlay, id);
		}
		if (is_for_somebody && loa_wall_time_to_us(&overlay->from, &book->local) < to_us &&
		    loa_wall_time_to_us(&overlay->until, &book->local) > from_us)
			json_array_add_string_element(names, overlay->name);
	}
}

static JsonObject *
describe_day(Book *book, LoaDay day)
{
	JsonObject *object = json_object_new(), *lunar = loa_office_describe_lunar(day);
	g_autofree char *date = loa_day_format(day);
	g_autofree char *occasions = loa_rule_occasions_on(day);
	g_auto(GStrv) names = g_strsplit(occasions != NULL ? occasions : "", ", ", -1);

	json_object_set_string_member(object, "date", date);
	json_object_set_string_member(object, "weekday", loa_weekday_name(loa_day_weekday(day)));
	if (lunar != NULL)
		json_object_set_object_member(object, "lunar", lunar);
	else
		json_object_set_null_member(object, "lunar");

	JsonArray *array = loa_office_add_array(object, "occasions");

	for (guint i = 0; names[i] != NULL; i++)
		json_array_add_string_element(array, names[i]);
	add_overlays(book, day, loa_office_add_array(object, "overlays"));
	(void)loa_office_add_array(object, "starts");
	return object;
}

static void
write_days(Book *book, gint32 first, guint n_days, JsonArray *days)
{
	for (guint i = 0; i < n_days; i++)
		json_array_add_object_element(
			days, describe_day(book, loa_day_from_number(first + (gint32)i)));
	g_array_sort(book->starts, compare_starts);
	for (guint i = 0; i < book->starts->len; i++) {
		const Start *start = &g_array_index(book->starts, Start, i);
		gint32 number = loa_day_to_number(
			loa_local_time_from_us(&book->local, start->start_us, NULL));
		JsonObject *day = json_array_get_object_element(days, (guint)(number - first));

		json_array_add_object_element(json_object_get_array_member(day, "starts"),
					      start->object);
	}
}

static gboolean
find_starts(Book *book, GError **error)
{
	LoaStore *store = book->office->parts.store;
	g_autoptr(GPtrArray) recordings = loa_store_recordings(store, error);
	g_autoptr(GPtrArray) one_offs =
		recordings != NULL ? loa_store_one_offs(store, book->from_us, error) : NULL;
	g_autoptr(GHashTable) stops =
		one_offs != NULL ? loa_store_stops(store, book->from_us, error) : NULL;
	g_autoptr(GPtrArray) declarations =
		stops != NULL ? loa_store_declarations(store, error) : NULL;
	g_autoptr(GHashTable) by_id = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(GHashTable) since = g_hash_table_new(g_str_hash, g_str_equal);

	if (declarations == NULL)
		return FALSE;
	for (guint i = 0; i < declarations->len; i++) {
		LoaDeclaration *declaration = declarations->pdata[i];

		g_hash_table_insert(since, declaration->id, declaration);
	}
	for (guint i = 0; i < recordings->len; i++) {
		LoaRecording *recording = recordings->pdata[i];

		g_hash_table_insert(by_id, recording->id, recording);
	}
	book->recordings = by_id;
	book->stops = stops;
	book->since = since;
	if (!add_declared(book, error))
		return FALSE;
	for (guint i = 0; i < one_offs->len; i++)
		add_one_off(book, one_offs->pdata[i]);
	return TRUE;
}

JsonNode *
loa_office_timetable(LoaOffice *self, const LoaCaller *caller, LoaDay from, guint n_days,
		     const char *group, GError **error)
{
	Book book = {
		.office = self, .caller = caller, .group = group, .now_us = loa_office_now_us(self)
	};
	g_autoptr(GArray) starts = g_array_new(FALSE, FALSE, sizeof(Start));
	JsonObject *object = json_object_new();
	g_autoptr(JsonNode) answer = loa_office_document(object);
	GError *cause = NULL;

	if (group != NULL && loa_controller_config_group(self->parts.config, group) == NULL)
		return loa_office_refuse(error, LOA_OFFICE_ERROR_NOT_FOUND,
					 "there is no group \"%s\"; status lists the groups",
					 group);
	loa_local_time_init(&book.local, self->parts.config->zone);
	if (loa_day_is_none(from))
		from = loa_local_time_from_us(&book.local, book.now_us, NULL);

	gint32 first = loa_day_to_number(from);

	book.starts = starts;
	book.from_us = loa_local_time_to_us(&book.local, from, 0);
	book.to_us =
		loa_local_time_to_us(&book.local, loa_day_from_number(first + (gint32)n_days), 0);
	if (!find_starts(&book, &cause)) {
		for (guint i = 0; i < starts->len; i++)
			json_object_unref(g_array_index(starts, Start, i).object);
		loa_office_take_error(error, cause);
		return NULL;
	}
	write_days(&book, first, n_days, loa_office_add_array(object, "days"));
	return g_steal_pointer(&answer);
}

static gboolean
is_declared(LoaOffice *self, const char *id)
{
	const GPtrArray *all = loa_plan_desk_broadcasts(self->parts.desk);

	for (guint i = 0; i < all->len; i++)
		if (strcmp(((LoaBroadcast *)all->pdata[i])->id, id) == 0)
			return TRUE;
	return FALSE;
}

JsonNode *
loa_office_broadcast_remove(LoaOffice *self, const LoaCaller *caller, const char *id,
			    GError **error)
{
	GError *cause = NULL;

	if (!is_declared(self, id))
		return loa_office_refuse(error, LOA_OFFICE_ERROR_NOT_FOUND,
					 "there is no broadcast \"%s\"; export shows them", id);
	if (!loa_office_begin(self, error))
		return NULL;
	if (!loa_store_remove_declaration(self->parts.store, id, &cause) ||
	    !loa_office_audit(self, caller, "remove", id, "", &cause)) {
		loa_office_undo(self, error, cause);
		return NULL;
	}
	if (!loa_office_end(self, error))
		return NULL;
	loa_office_changed(self, "timetable");

	JsonObject *object = json_object_new();

	json_object_set_string_member(object, "removed", id);
	return loa_office_document(object);
}
