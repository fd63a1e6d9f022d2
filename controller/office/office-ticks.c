/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the people of a group say they heard, once a week.
 */
#include "controller/office/office-evidence.h"
#include "controller/office/office-record.h"
#include "controller/proof/week.h"
#include "controller/store/store-record.h"

#include <string.h>

#define WEEK_US (G_GINT64_CONSTANT(7) * 24 * 3600 * G_USEC_PER_SEC)
/* After the end of a week its answer can be given and changed for so long. */
#define OPEN_US WEEK_US
#define DEFAULT_WEEKS 4

static JsonObject *
describe_tick(LoaOffice *self, const LoaTick *tick)
{
	JsonObject *object = json_object_new();

	json_object_set_int_member(object, "id", tick->id);
	json_object_set_string_member(object, "group", tick->group);
	json_object_set_string_member(object, "group_name",
				      loa_office_group_name(self, tick->group));
	json_object_set_string_member(object, "week", tick->week);
	json_object_set_string_member(object, "airing", tick->airing);
	json_object_set_string_member(object, "answer", loa_answer_name(tick->answer));
	json_object_set_string_member(object, "note", tick->note);
	json_object_set_string_member(object, "by", tick->by);
	loa_office_add_time(self, object, "at", tick->at_us);
	return object;
}

/* Was it on air in that group in that week? */
static gboolean
was_on_air(const GPtrArray *rows, const char *group, const char *airing, gint64 now_us)
{
	for (guint i = 0; i < rows->len; i++) {
		const LoaPlannedRow *row = g_ptr_array_index(rows, i);

		if (strcmp(row->group, group) == 0 && row->airing->start_us <= now_us &&
		    row->suspended_by == NULL &&
		    (airing == NULL || strcmp(row->airing->id, airing) == 0))
			return TRUE;
	}
	return FALSE;
}

/* The order as a tick, if it may be given now. (transfer full) (nullable) */
static LoaTick *
check_order(LoaOffice *self, const LoaCaller *caller, const LoaTickOrder *order, GError **error)
{
	const gint64 now_us = loa_office_now_us(self);
	g_autoptr(LoaTick) tick =
		loa_tick_new(order->group, order->week, order->airing, order->answer);
	LoaLocalTime local;

	if (!loa_caller_leads_group(caller, order->group))
		return loa_office_refuse(error, LOA_OFFICE_ERROR_FORBIDDEN,
					 "only those who lead group %s can say what was heard "
					 "there; an administrator can make you one of them",
					 order->group);
	loa_local_time_init(&local, self->parts.config->zone);
	if (!loa_week_parse(order->week, &local, &tick->from_us, &tick->to_us))
		return loa_office_refuse(error, LOA_OFFICE_ERROR_BAD_REQUEST,
					 "\"%s\" is not a week: write 2026-W47", order->week);
	if (now_us >= tick->to_us + OPEN_US)
		return loa_office_refuse(error, LOA_OFFICE_ERROR_CONFLICT,
					 "week %s is closed: an answer can be given and changed "
					 "until a week after its end",
					 order->week);

	GError *cause = NULL;
	g_autoptr(GPtrArray) rows =
		loa_store_planned_rows(self->parts.store, tick->from_us, tick->to_us, &cause);

	if (rows == NULL) {
		loa_office_take_error(error, cause);
		return NULL;
	}
	if (!was_on_air(rows, order->group, order->airing, now_us))
		return loa_office_refuse(
			error, LOA_OFFICE_ERROR_CONFLICT,
			"%s was not on air for group %s in week %s, or not yet: logbook shows what "
			"was",
			order->airing != NULL ? order->airing : "anything", order->group,
			order->week);
	g_free(tick->note);
	tick->note = g_strdup(order->note != NULL ? order->note : "");
	g_free(tick->by);
	tick->by = g_strdup(caller->user);
	tick->at_us = now_us;
	return g_steal_pointer(&tick);
}

static gboolean
write_tick(LoaOffice *self, const LoaCaller *caller, LoaTick *tick, GError **error)
{
	LoaStore *store = self->parts.store;
	g_autofree char *detail = g_strdup_printf(
		"%s %s%s%s", tick->week, loa_answer_name(tick->answer),
		tick->airing != NULL ? " " : "", tick->airing != NULL ? tick->airing : "");

	if (!loa_store_begin(store, error))
		return FALSE;
	if (loa_store_put_tick(store, tick, &tick->id, error) &&
	    loa_office_audit(self, caller, "tick", tick->group, detail, error))
		return loa_store_commit(store, error);
	loa_store_rollback(store);
	return FALSE;
}

JsonNode *
loa_office_tick(LoaOffice *self, const LoaCaller *caller, const LoaTickOrder *order, GError **error)
{
	g_autoptr(LoaTick) tick = check_order(self, caller, order, error);
	GError *cause = NULL;

	if (tick == NULL)
		return NULL;
	if (!write_tick(self, caller, tick, &cause)) {
		loa_office_take_error(error, cause);
		return NULL;
	}
	loa_office_changed(self, "log");
	return loa_office_document(describe_tick(self, tick));
}

/* What /ticks goes by. */
typedef struct {
	LoaOffice *office;
	const LoaCaller *caller;
	LoaLogbookQuery query;
	const GPtrArray *ticks; /* LoaTick, all */
	gint64 now_us;
} Search;

static gboolean
is_asked_for(const Search *search, const char *group, gint64 from_us, gint64 to_us)
{
	return loa_caller_may_see_group(search->caller, group) &&
	       (search->query.group == NULL || strcmp(search->query.group, group) == 0) &&
	       from_us < search->query.to_us && search->query.from_us < to_us;
}

static JsonArray *
list_ticks(const Search *search)
{
	JsonArray *array = json_array_new();

	for (guint i = 0; i < search->ticks->len; i++) {
		const LoaTick *tick = g_ptr_array_index(search->ticks, i);

		if (is_asked_for(search, tick->group, tick->from_us, tick->to_us))
			json_array_add_object_element(array, describe_tick(search->office, tick));
	}
	return array;
}

static gboolean
is_answered(const Search *search, const char *group, const char *week)
{
	for (guint i = 0; i < search->ticks->len; i++) {
		const LoaTick *tick = g_ptr_array_index(search->ticks, i);

		if (tick->airing == NULL && strcmp(tick->group, group) == 0 &&
		    strcmp(tick->week, week) == 0)
			return TRUE;
	}
	return FALSE;
}

static JsonObject *
describe_due(const Search *search, const char *group, const char *week, gint64 from_us,
	     gint64 to_us)
{
	JsonObject *object = json_object_new();

	json_object_set_string_member(object, "group", group);
	json_object_set_string_member(object, "group_name",
				      loa_office_group_name(search->office, group));
	json_object_set_string_member(object, "week", week);
	loa_office_add_time(search->office, object, "from", from_us);
	loa_office_add_time(search->office, object, "to", to_us);
	loa_office_add_time(search->office, object, "closes", to_us + OPEN_US);
	json_object_set_boolean_member(object, "is_over", search->now_us >= to_us);
	return object;
}

/* @any_us: within the week */
static gboolean
add_due_of_week(const Search *search, gint64 any_us, JsonArray *array, GError **error)
{
	const GPtrArray *groups = search->office->parts.config->groups;
	g_autoptr(GPtrArray) rows = NULL;
	g_autofree char *week = NULL;
	LoaLocalTime local;
	gint64 from_us, to_us;

	loa_local_time_init(&local, search->office->parts.config->zone);
	week = loa_week_of(&local, any_us);
	if (!loa_week_parse(week, &local, &from_us, &to_us))
		return TRUE; /* beyond the calendar */
	rows = loa_store_planned_rows(search->office->parts.store, from_us, to_us, error);
	if (rows == NULL)
		return FALSE;
	for (guint i = 0; i < groups->len; i++) {
		const char *group = ((const LoaGroup *)g_ptr_array_index(groups, i))->id;

		if (is_asked_for(search, group, from_us, to_us) &&
		    !is_answered(search, group, week) &&
		    was_on_air(rows, group, NULL, search->now_us))
			json_array_add_object_element(
				array, describe_due(search, group, week, from_us, to_us));
	}
	return TRUE;
}

JsonNode *
loa_office_ticks(LoaOffice *self, const LoaCaller *caller, const LoaLogbookQuery *query,
		 GError **error)
{
	GError *cause = NULL;
	g_autoptr(GPtrArray) ticks =
		loa_office_ticks_load(self->parts.store, self->parts.config->zone, &cause);
	Search search = { .office = self,
			  .caller = caller,
			  .query = *query,
			  .ticks = ticks,
			  .now_us = loa_office_now_us(self) };
	g_autoptr(JsonArray) due = json_array_new();

	if (search.query.to_us == 0)
		search.query.to_us = search.now_us + 1;
	if (search.query.from_us == 0)
		search.query.from_us = search.query.to_us - DEFAULT_WEEKS * WEEK_US;
	/* last week and this one are open */
	if (ticks == NULL || !add_due_of_week(&search, search.now_us - WEEK_US, due, &cause) ||
	    !add_due_of_week(&search, search.now_us, due, &cause)) {
		loa_office_take_error(error, cause);
		return NULL;
	}

	JsonObject *object = json_object_new();

	json_object_set_array_member(object, "ticks", list_ticks(&search));
	json_object_set_array_member(object, "due", g_steal_pointer(&due));
	return loa_office_document(object);
}
