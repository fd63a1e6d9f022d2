/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules of the town, and the switches over the timetable.
 */
#include "controller/office/office-internal.h"
#include "schedules/local-time.h"

/* A document that is wrong is the caller's mistake, fault by fault. */
static gpointer
refuse_faults(GError **error, GError *cause)
{
	g_set_error_literal(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_BAD_REQUEST, cause->message);
	g_error_free(cause);
	return NULL;
}

static guint
count_suspended(const LoaOffice *self, const char *overlay)
{
	const GPtrArray *suspended = loa_plan_desk_suspended(self->parts.desk);
	g_autoptr(GHashTable) airings = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; i < suspended->len; i++) {
		const LoaSuspension *one = g_ptr_array_index(suspended, i);

		if (g_strcmp0(one->overlay, overlay) == 0)
			g_hash_table_add(airings, one->airing->id);
	}
	return g_hash_table_size(airings);
}

/* The overlay as it was written, and what of it is so now. */
static JsonObject *
describe(LoaOffice *self, const LoaOverlay *overlay)
{
	g_autoptr(JsonNode) node = loa_rules_overlay_to_json(overlay);
	JsonObject *object = json_object_ref(json_node_get_object(node));
	gint64 now_us = loa_office_now_us(self);
	LoaLocalTime local;
	gint64 from_us, until_us;

	loa_local_time_init(&local, self->parts.config->zone);
	from_us = loa_wall_time_to_us(&overlay->from, &local);
	until_us = loa_wall_time_to_us(&overlay->until, &local);
	json_object_set_string_member(object, "state",
				      now_us < from_us    ? "ahead"
				      : now_us < until_us ? "holds"
							  : "over");
	loa_office_add_time(self, object, "since", overlay->since_us);
	json_object_set_int_member(object, "airings", count_suspended(self, overlay->id));
	return object;
}

JsonNode *
loa_office_overlays(LoaOffice *self, const LoaCaller *caller)
{
	const GPtrArray *overlays = loa_plan_desk_rules(self->parts.desk)->overlays;
	JsonObject *object = json_object_new();
	JsonArray *array = json_array_new();

	(void)caller;
	for (guint i = 0; i < overlays->len; i++)
		json_array_add_object_element(array,
					      describe(self, g_ptr_array_index(overlays, i)));
	json_object_set_array_member(object, "overlays", array);
	return loa_office_document(object);
}

/* (nullable) */
static const LoaOverlay *
find(const LoaOffice *self, const char *id)
{
	const GPtrArray *overlays = loa_plan_desk_rules(self->parts.desk)->overlays;

	for (guint i = 0; i < overlays->len; i++) {
		const LoaOverlay *overlay = g_ptr_array_index(overlays, i);

		if (g_strcmp0(overlay->id, id) == 0)
			return overlay;
	}
	return NULL;
}

/* @row: (nullable): %NULL: it is taken away */
static gboolean
write_overlay(LoaOffice *self, const LoaCaller *caller, const char *id, const LoaDeclaration *row,
	      GError **error)
{
	GError *cause = NULL;

	if (!loa_office_begin(self, error))
		return FALSE;
	if ((row != NULL ? loa_store_put_overlay(self->parts.store, row, &cause)
			 : loa_store_remove_overlay(self->parts.store, id, &cause)) &&
	    loa_office_audit(self, caller, row != NULL ? "overlay-on" : "overlay-off", id,
			     row != NULL ? row->json : "", &cause))
		return loa_office_end(self, error);
	loa_office_undo(self, error, cause);
	return FALSE;
}

JsonNode *
loa_office_overlay_put(LoaOffice *self, const LoaCaller *caller, JsonNode *document, GError **error)
{
	GError *cause = NULL;
	g_autoptr(LoaOverlay) overlay =
		loa_rules_overlay_from_json(document, self->parts.config->groups, &cause);
	g_autoptr(LoaDeclaration) row = NULL;
	g_autoptr(JsonNode) written = NULL;
	g_autofree char *text = NULL;
	const LoaOverlay *old;

	if (overlay == NULL)
		return refuse_faults(error, cause);
	old = find(self, overlay->id);
	if (old == NULL && loa_plan_desk_rules(self->parts.desk)->overlays->len >= LOA_OVERLAY_MAX)
		return loa_office_refuse(error, LOA_OFFICE_ERROR_CONFLICT,
					 "%d overlays are switched on: switch off what is over",
					 LOA_OVERLAY_MAX);
	/* what it kept silent before it was changed, it kept silent */
	overlay->since_us = old != NULL ? old->since_us : loa_office_now_us(self);
	written = loa_rules_overlay_to_json(overlay);
	text = loa_rules_text(written);
	row = loa_declaration_new(overlay->id, text, overlay->since_us);
	if (!write_overlay(self, caller, overlay->id, row, error))
		return NULL;
	loa_office_changed(self, "status");
	return loa_office_document(describe(self, overlay));
}

JsonNode *
loa_office_overlay_remove(LoaOffice *self, const LoaCaller *caller, const char *id, GError **error)
{
	JsonObject *object;

	if (find(self, id) == NULL)
		return loa_office_refuse(error, LOA_OFFICE_ERROR_NOT_FOUND,
					 "no overlay \"%s\" is switched on; loactl overlay list "
					 "shows them",
					 id);
	if (!write_overlay(self, caller, id, NULL, error))
		return NULL;
	object = json_object_new();
	json_object_set_string_member(object, "removed", id);
	loa_office_changed(self, "status");
	return loa_office_document(object);
}

JsonNode *
loa_office_policy(LoaOffice *self, const LoaCaller *caller)
{
	const LoaRules *rules = loa_plan_desk_rules(self->parts.desk);
	JsonObject *object = json_object_new();

	(void)caller;
	json_object_set_member(object, "policy", loa_rules_policy_to_json(rules->policy));
	json_object_set_string_member(object, "source",
				      rules->is_of_office ? "office" : "controller.cfg");
	return loa_office_document(object);
}

JsonNode *
loa_office_policy_put(LoaOffice *self, const LoaCaller *caller, JsonNode *document, GError **error)
{
	gboolean is_taken_back = document == NULL || JSON_NODE_HOLDS_NULL(document);
	GError *cause = NULL;
	g_autoptr(LoaPolicy) policy =
		is_taken_back
			? NULL
			: loa_rules_policy_from_json(document, self->parts.config->groups, &cause);
	g_autoptr(JsonNode) written = NULL;
	g_autofree char *text = NULL;

	if (!is_taken_back && policy == NULL)
		return refuse_faults(error, cause);
	if (policy != NULL) {
		written = loa_rules_policy_to_json(policy);
		text = loa_rules_text(written);
	}
	if (!loa_office_begin(self, error))
		return NULL;
	if (!loa_store_put_policy(self->parts.store, text, &cause) ||
	    !loa_office_audit(self, caller, "policy", "", text != NULL ? text : "controller.cfg",
			      &cause)) {
		loa_office_undo(self, error, cause);
		return NULL;
	}
	if (!loa_office_end(self, error))
		return NULL;
	loa_office_changed(self, "status");
	return loa_office_policy(self, caller);
}
