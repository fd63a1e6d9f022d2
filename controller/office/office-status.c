/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the office shows: status, log, agenda.
 */
#include "controller/office/office-internal.h"

#include <string.h>

#include "controller/office/office-airings.h"
#include "controller/on-air.h"

#define MAX_NEXT 10
#define MAX_NAMED 8 /* receivers in one warning */

static JsonObject *
ready_of(gint64 n, gint64 of, JsonArray *missing)
{
	JsonObject *object = json_object_new();

	json_object_set_int_member(object, "n", n);
	json_object_set_int_member(object, "of", of);
	json_object_set_array_member(object, "missing", missing);
	return object;
}

static JsonArray *
list_on_air(LoaOffice *self, const LoaCaller *caller, gint64 now_us)
{
	const GPtrArray *plans = loa_plan_desk_plans(self->parts.desk);
	g_autoptr(LoaOfficeAirings) list = loa_office_airings_new(self, caller);

	for (guint i = 0; i < plans->len; i++) {
		const LoaPlan *plan = g_ptr_array_index(plans, i);
		g_autoptr(GArray) now = loa_on_air_at(plan, now_us);

		for (guint j = 0; j < now->len; j++) {
			const LoaOnAir *on_air = &g_array_index(now, LoaOnAir, j);

			loa_office_airings_add(list, on_air->airing, plan->group,
					       on_air->is_waiting ? LOA_AIRING_WAITING
								  : LOA_AIRING_ON_AIR);
		}
	}
	return loa_office_airings_to_json(list, G_MAXUINT, TRUE);
}

static JsonArray *
list_next(LoaOffice *self, const LoaCaller *caller, gint64 now_us)
{
	const GPtrArray *plans = loa_plan_desk_plans(self->parts.desk);
	g_autoptr(LoaOfficeAirings) list = loa_office_airings_new(self, caller);

	for (guint i = 0; i < plans->len; i++) {
		const LoaPlan *plan = g_ptr_array_index(plans, i);
		guint n = 0;

		for (guint j = 0; j < plan->airings->len && n < MAX_NEXT; j++) {
			const LoaAiring *airing = g_ptr_array_index(plan->airings, j);

			if (airing->start_us <= now_us)
				continue;
			loa_office_airings_add(list, airing, plan->group, LOA_AIRING_PLANNED);
			n++;
		}
	}
	return loa_office_airings_to_json(list, MAX_NEXT, TRUE);
}

static guint
count_nodes(LoaOffice *self, const char *group)
{
	const GPtrArray *nodes = loa_registry_nodes(self->parts.registry);
	guint n = 0;

	for (guint i = 0; i < nodes->len; i++) {
		const LoaNodeRecord *node = g_ptr_array_index(nodes, i);

		n += node->revoked_us == 0 && strcmp(node->group, group) == 0;
	}
	return n;
}

static JsonArray *
list_groups(LoaOffice *self, const LoaCaller *caller)
{
	JsonArray *array = json_array_new();

	for (guint i = 0; i < self->parts.config->groups->len; i++) {
		const LoaGroup *group = g_ptr_array_index(self->parts.config->groups, i);
		JsonObject *object;

		if (!loa_caller_may_see_group(caller, group->id))
			continue;
		object = json_object_new();
		json_object_set_string_member(object, "id", group->id);
		json_object_set_string_member(object, "name", group->name);
		json_object_set_int_member(object, "nodes", count_nodes(self, group->id));
		json_object_set_int_member(object, "start_offset_ms", group->start_offset_ms);
		json_object_set_int_member(object, "turn", group->turn);
		json_array_add_object_element(array, object);
	}
	return array;
}

static JsonObject *
clock_of(const LoaNodeState *state)
{
	JsonObject *object = json_object_new();

	json_object_set_string_member(object, "state", loa_clock_state_name(state->clock_state));
	json_object_set_string_member(object, "source", state->clock_source);
	json_object_set_int_member(object, "bound_us", state->clock_bound_us);
	return object;
}

static void
add_state(JsonObject *object, const LoaNodeState *state)
{
	JsonArray *missing = json_array_new();

	for (guint i = 0; i < state->not_ready->len; i++)
		json_array_add_string_element(missing, g_ptr_array_index(state->not_ready, i));
	json_object_set_object_member(object, "clock", clock_of(state));
	json_object_set_int_member(object, "plan_serial", state->plan_serial);
	json_object_set_string_member(object, "output", state->output);
	json_object_set_string_member(object, "output_error", state->output_error);
	json_object_set_string_member(object, "trouble", state->trouble);
	json_object_set_string_member(object, "on_air", state->online ? state->on_air : NULL);
	json_object_set_int_member(object, "position_ms", state->position_ms);
	json_object_set_double_member(object, "level_db", state->level_db);
	json_object_set_object_member(object, "ready",
				      ready_of(state->n_ready, state->n_wanted, missing));
	json_object_set_int_member(object, "unreported", state->n_unreported);
	json_object_set_int_member(object, "refused", state->n_refused);
	json_object_set_string_member(object, "version", state->version);
}

/* A receiver that never spoke has the same members, empty. */
static void
add_no_state(JsonObject *object)
{
	json_object_set_null_member(object, "clock");
	json_object_set_int_member(object, "plan_serial", 0);
	json_object_set_string_member(object, "output", "closed");
	json_object_set_null_member(object, "output_error");
	json_object_set_null_member(object, "trouble");
	json_object_set_null_member(object, "on_air");
	json_object_set_int_member(object, "position_ms", 0);
	json_object_set_double_member(object, "level_db", LOA_LEVEL_MIN_DB);
	json_object_set_object_member(object, "ready", ready_of(0, 0, json_array_new()));
	json_object_set_int_member(object, "unreported", 0);
	json_object_set_int_member(object, "refused", 0);
	json_object_set_null_member(object, "version");
}

static JsonObject *
describe_node(LoaOffice *self, const LoaNodeRecord *node)
{
	const LoaNodeState *state = loa_fleet_state(self->parts.fleet, node->id);
	JsonObject *object = json_object_new();

	json_object_set_string_member(object, "id", node->id);
	json_object_set_string_member(object, "group", node->group);
	json_object_set_boolean_member(object, "online",
				       loa_fleet_is_online(self->parts.fleet, node->id));
	if (state != NULL)
		add_state(object, state);
	else
		add_no_state(object);
	loa_office_add_volume(self, object, node);
	loa_office_add_time(self, object, "last_seen", node->last_seen_us);
	return object;
}

/* "nodes" and "ready": the revoked ones are not the office's any more. */
static void
add_nodes(LoaOffice *self, const LoaCaller *caller, JsonObject *status)
{
	const GPtrArray *nodes = loa_registry_nodes(self->parts.registry);
	JsonArray *array = json_array_new(), *missing = json_array_new();
	gint64 n = 0, n_ready = 0;

	for (guint i = 0; i < nodes->len; i++) {
		const LoaNodeRecord *node = g_ptr_array_index(nodes, i);
		gint64 serial = loa_plan_desk_serial(self->parts.desk, node->group);

		if (node->revoked_us != 0 || !loa_caller_may_see_group(caller, node->group))
			continue;
		n++;
		if (loa_fleet_is_ready(self->parts.fleet, node->id, serial))
			n_ready++;
		else
			json_array_add_string_element(missing, node->id);
		json_array_add_object_element(array, describe_node(self, node));
	}
	json_object_set_array_member(status, "nodes", array);
	json_object_set_object_member(status, "ready", ready_of(n_ready, n, missing));
}

/* Its start is near, and not every receiver has its recording. */
static void
warn_of_airing(LoaOffice *self, JsonArray *array, const LoaAiring *airing)
{
	g_auto(LoaReadinessCount) count = loa_readiness_count(self->parts.readiness, airing->id);
	g_autoptr(GString) text = g_string_new(NULL);

	if (count.missing->len == 0)
		return;
	g_string_append_printf(text, "%s (%s) is not ready on %u of %u receivers:", airing->title,
			       airing->id, count.missing->len, count.n_all);
	for (guint i = 0; i < MIN(count.missing->len, MAX_NAMED); i++)
		g_string_append_printf(text, "%s %s", i > 0 ? "," : "",
				       (const char *)g_ptr_array_index(count.missing, i));
	if (count.missing->len > MAX_NAMED)
		g_string_append_printf(text, " and %u more", count.missing->len - MAX_NAMED);
	json_array_add_string_element(array, text->str);
}

static void
add_ready_warnings(LoaOffice *self, const LoaCaller *caller, JsonArray *array)
{
	const GPtrArray *plans = loa_plan_desk_plans(self->parts.desk);
	g_autoptr(LoaOfficeAirings) list = loa_office_airings_new(self, caller);
	gint64 now_us = loa_office_now_us(self);
	gint64 until_us =
		now_us + (gint64)self->parts.config->ready_warning_min * 60 * G_USEC_PER_SEC;

	for (guint i = 0; i < plans->len; i++) {
		const LoaPlan *plan = g_ptr_array_index(plans, i);

		for (guint j = 0; j < plan->airings->len; j++) {
			const LoaAiring *airing = g_ptr_array_index(plan->airings, j);

			if (airing->start_us > now_us && airing->start_us <= until_us &&
			    airing->stop_us == 0 && airing->sha256 != NULL)
				loa_office_airings_add(list, airing, plan->group,
						       LOA_AIRING_PLANNED);
		}
	}
	loa_office_airings_sort(list);
	for (guint i = 0; i < loa_office_airings_n(list); i++)
		warn_of_airing(self, array, loa_office_airings_get(list, i));
}

/* What a receiver asks a hand for: a full disk, a device that does not open. */
static void
add_node_warnings(LoaOffice *self, const LoaCaller *caller, JsonArray *array)
{
	const GPtrArray *nodes = loa_registry_nodes(self->parts.registry);

	for (guint i = 0; i < nodes->len; i++) {
		const LoaNodeRecord *node = g_ptr_array_index(nodes, i);
		const LoaNodeState *state = loa_fleet_state(self->parts.fleet, node->id);

		if (node->revoked_us != 0 || state == NULL ||
		    !loa_caller_may_see_group(caller, node->group))
			continue;

		const char *const troubles[] = { state->trouble, state->output_error };

		for (guint j = 0; j < G_N_ELEMENTS(troubles); j++) {
			if (troubles[j] == NULL)
				continue;

			g_autofree char *text =
				g_strdup_printf("receiver %s: %s", node->id, troubles[j]);

			json_array_add_string_element(array, text);
		}
	}
}

static JsonArray *
list_warnings(LoaOffice *self, const LoaCaller *caller)
{
	const GPtrArray *warnings = loa_plan_desk_warnings(self->parts.desk);
	JsonArray *array = json_array_new();

	if (loa_caller_is_bound_to_groups(caller)) {
		/* the others are for the office, and name other groups */
		add_node_warnings(self, caller, array);
		return array;
	}
	if (loa_clock_status(self->parts.clock).state == LOA_CLOCK_UNTRUSTED)
		json_array_add_string_element(
			array,
			"the kernel does not call this machine's clock synchronised, so no "
			"receiver follows it: run chrony or systemd-timesyncd, or answer for it "
			"with clock = { trust_system = true; } in controller.cfg");
	for (guint i = 0; i < warnings->len; i++) {
		const LoaPlannerWarning *warning = g_ptr_array_index(warnings, i);

		json_array_add_string_element(array, warning->message);
	}
	add_ready_warnings(self, caller, array);
	add_node_warnings(self, caller, array);
	for (guint i = 0; i < self->parts.config->groups->len; i++) {
		const LoaGroup *group = g_ptr_array_index(self->parts.config->groups, i);
		g_autofree char *text =
			g_strdup_printf("group %s (%s) has no receiver; add one with: loactl node "
					"add ID --group %s",
					group->id, group->name, group->id);

		if (count_nodes(self, group->id) == 0)
			json_array_add_string_element(array, text);
	}
	return array;
}

static JsonObject *
page_of(LoaOffice *self)
{
	JsonObject *page = json_object_new();

	json_object_set_string_member(page, "url", self->page_url);
	json_object_set_string_member(page, "fingerprint", self->page_fingerprint);
	return page;
}

JsonNode *
loa_office_status(LoaOffice *self, const LoaCaller *caller)
{
	JsonObject *status = json_object_new();
	JsonObject *site = json_object_new();
	gint64 now_us = loa_office_now_us(self);

	json_object_set_string_member(site, "id", self->parts.config->site_id);
	json_object_set_string_member(site, "name", self->parts.config->site_name);
	json_object_set_string_member(site, "time_zone", self->parts.config->time_zone);
	json_object_set_object_member(status, "site", site);
	json_object_set_object_member(status, "page", page_of(self));
	loa_office_add_time(self, status, "now", now_us);
	json_object_set_string_member(status, "broker",
				      self->parts.broker_state(self->parts.user_data));
	json_object_set_array_member(status, "on_air", list_on_air(self, caller, now_us));
	json_object_set_array_member(status, "next", list_next(self, caller, now_us));
	json_object_set_array_member(status, "groups", list_groups(self, caller));
	add_nodes(self, caller, status);
	json_object_set_array_member(status, "warnings", list_warnings(self, caller));
	return loa_office_document(status);
}

/* The members of the outcome or event as the receiver reported them, and beside each time the
 * same for people. */
static void
add_report(LoaOffice *self, JsonObject *object, const char *json)
{
	static const char *const times[] = { "planned", "started", "ended", "first", "last" };
	g_autoptr(JsonParser) parser = json_parser_new();
	g_autoptr(GList) names = NULL;
	JsonObject *report;

	/* it was checked before it was written; a damaged row still shows what is left of it */
	if (!json_parser_load_from_data(parser, json, -1, NULL) ||
	    !JSON_NODE_HOLDS_OBJECT(json_parser_get_root(parser)))
		return;
	report = json_node_get_object(json_parser_get_root(parser));
	names = json_object_get_members(report);
	for (GList *name = names; name != NULL; name = name->next)
		json_object_set_member(object, name->data,
				       json_object_dup_member(report, name->data));
	for (gsize i = 0; i < G_N_ELEMENTS(times); i++) {
		g_autofree char *name = g_strdup_printf("%s_us", times[i]);

		if (json_object_has_member(report, name))
			loa_office_add_time(self, object, times[i],
					    json_object_get_int_member(report, name));
	}
}

static JsonObject *
describe_row(LoaOffice *self, const LoaLedgerRow *row)
{
	const LoaGroup *group = loa_controller_config_group(self->parts.config, row->group);
	JsonObject *object = json_object_new();

	json_object_set_int_member(object, "id", row->id);
	json_object_set_string_member(object, "kind",
				      row->kind == LOA_ENTRY_OUTCOME ? "outcome" : "security");
	json_object_set_string_member(object, "node", row->node);
	json_object_set_string_member(object, "group", row->group);
	json_object_set_string_member(object, "group_name",
				      group != NULL ? group->name : row->group);
	loa_office_add_time(self, object, "received", row->received_us);
	json_object_set_boolean_member(object, "superseded", row->is_superseded);
	add_report(self, object, row->json);
	return object;
}

JsonNode *
loa_office_log(LoaOffice *self, const LoaCaller *caller, const LoaLogQuery *query, GError **error)
{
	LoaLedgerQuery asked = {
		.group = query->group,
		.node = query->node,
		.airing = query->airing,
		.from_us = query->from_us,
		.to_us = query->to_us,
		.after_id = query->after_id,
		.limit = query->limit,
		.with_events = query->with_events,
		.groups = loa_office_bound_groups(caller),
	};
	GError *cause = NULL;
	g_autoptr(GPtrArray) rows = loa_store_ledger_query(self->parts.store, &asked, &cause);
	JsonArray *entries;
	JsonObject *log;

	if (rows == NULL) {
		loa_office_take_error(error, cause);
		return NULL;
	}
	log = json_object_new();
	entries = json_array_new();
	for (guint i = 0; i < rows->len; i++)
		json_array_add_object_element(entries,
					      describe_row(self, g_ptr_array_index(rows, i)));
	json_object_set_array_member(log, "entries", entries);
	if (rows->len > 0 && rows->len >= query->limit) {
		const LoaLedgerRow *last = g_ptr_array_index(rows, rows->len - 1);

		json_object_set_int_member(log, "next", last->id);
	} else {
		json_object_set_null_member(log, "next");
	}
	return loa_office_document(log);
}

static LoaAiringState
state_of(const LoaPlannedRow *row, gint64 now_us)
{
	const LoaAiring *airing = row->airing;

	if (row->suspended_by != NULL)
		return LOA_AIRING_SUSPENDED;
	if (row->withdrawn_us != 0 || (airing->stop_us != 0 && airing->stop_us <= now_us))
		return LOA_AIRING_STOPPED;
	if (airing->start_us > now_us)
		return LOA_AIRING_PLANNED;
	return loa_airing_end_us(airing) > now_us ? LOA_AIRING_ON_AIR : LOA_AIRING_DONE;
}

JsonNode *
loa_office_agenda(LoaOffice *self, const LoaCaller *caller, gint64 from_us, gint64 to_us,
		  GError **error)
{
	GError *cause = NULL;
	g_autoptr(GPtrArray) rows =
		loa_store_planned_rows(self->parts.store, from_us, to_us, &cause);
	g_autoptr(LoaOfficeAirings) list = loa_office_airings_new(self, caller);
	gint64 now_us = loa_office_now_us(self);
	JsonObject *agenda;

	if (rows == NULL) {
		loa_office_take_error(error, cause);
		return NULL;
	}
	for (guint i = 0; i < rows->len; i++) {
		const LoaPlannedRow *row = g_ptr_array_index(rows, i);

		loa_office_airings_add(list, row->airing, row->group, state_of(row, now_us));
		if (row->suspended_by != NULL)
			loa_office_airings_add_overlay(list, row->airing->id, row->suspended_by,
						       row->suspended_name);
	}
	agenda = json_object_new();
	json_object_set_array_member(agenda, "airings",
				     loa_office_airings_to_json(list, G_MAXUINT, FALSE));
	return loa_office_document(agenda);
}
