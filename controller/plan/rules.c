/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/plan/rules.h"

#include "schedules/faults.h"
#include "schedules/value-json.h"

/* A policy has rules, which have windows, which have days. */
#define MAX_DEPTH 7

G_DEFINE_QUARK(loa_rules_error, loa_rules_error)

/* What both readers need; the value is that of the document. */
typedef struct {
	GPtrArray *faults;
	GHashTable *groups; /* (nullable) */
	LoaValue *value;
	LoaFieldsContext context;
} Reading;

static void
reading_init(Reading *reading, JsonNode *node, const char *where, const GPtrArray *groups)
{
	reading->faults = loa_faults_new();
	reading->groups = groups != NULL ? g_hash_table_new(g_str_hash, g_str_equal) : NULL;
	for (guint i = 0; groups != NULL && i < groups->len; i++)
		g_hash_table_add(reading->groups, ((LoaGroup *)g_ptr_array_index(groups, i))->id);
	reading->value = loa_value_from_json(node, MAX_DEPTH);
	reading->context = (LoaFieldsContext){ .where = where,
					       .faults = reading->faults,
					       .groups = reading->groups };
}

/* Sets @error if there were faults. */
static void
reading_clear(Reading *reading, GError **error)
{
	if (reading->faults->len > 0) {
		g_ptr_array_add(reading->faults, NULL);
		g_autofree char *all = g_strjoinv("\n", (char **)reading->faults->pdata);

		g_set_error_literal(error, LOA_RULES_ERROR, LOA_RULES_ERROR_FAULTY, all);
	}
	g_ptr_array_unref(reading->faults);
	g_clear_pointer(&reading->groups, g_hash_table_unref);
	loa_value_free(reading->value);
}

LoaPolicy *
loa_rules_policy_from_json(JsonNode *node, const GPtrArray *groups, GError **error)
{
	Reading reading;
	LoaPolicy *policy;

	reading_init(&reading, node, "policy", groups);
	policy = loa_policy_from_value(reading.value, NULL, &reading.context);
	reading_clear(&reading, error);
	return policy;
}

LoaOverlay *
loa_rules_overlay_from_json(JsonNode *node, const GPtrArray *groups, GError **error)
{
	Reading reading;
	LoaOverlay *overlay;

	reading_init(&reading, node, "overlay", groups);
	overlay = loa_overlay_from_value(reading.value, &reading.context);
	reading_clear(&reading, error);
	return overlay;
}

JsonNode *
loa_rules_policy_to_json(const LoaPolicy *policy)
{
	g_autoptr(LoaValue) value = loa_policy_to_value(policy);

	return loa_value_to_json(value);
}

JsonNode *
loa_rules_overlay_to_json(const LoaOverlay *overlay)
{
	g_autoptr(LoaValue) value = loa_overlay_to_value(overlay);

	return loa_value_to_json(value);
}

char *
loa_rules_text(JsonNode *node)
{
	return json_to_string(node, FALSE);
}

static JsonNode *
parse(const char *json)
{
	JsonNode *node = json_from_string(json, NULL);

	return node != NULL ? node : json_node_new(JSON_NODE_NULL);
}

static gboolean
read_policy(LoaRules *self, LoaStore *store, const LoaControllerConfig *config, GError **error)
{
	g_autoptr(JsonNode) node = NULL;
	g_autoptr(GError) why = NULL;
	g_autofree char *json = NULL;

	if (!loa_store_policy(store, &json, error))
		return FALSE;
	if (json != NULL) {
		node = parse(json);
		self->policy = loa_rules_policy_from_json(node, NULL, &why);
		self->is_of_office = self->policy != NULL;
	}
	if (why != NULL)
		g_ptr_array_add(
			self->unreadable,
			g_strdup_printf(
				"the rules that the office wrote cannot be read, and those of "
				"controller.cfg hold: %s; write them again",
				why->message));
	if (self->policy == NULL)
		self->policy = loa_controller_config_policy(config);
	return TRUE;
}

static void
read_overlay(LoaRules *self, const LoaDeclaration *row)
{
	g_autoptr(JsonNode) node = parse(row->json);
	g_autoptr(GError) why = NULL;
	LoaOverlay *overlay = loa_rules_overlay_from_json(node, NULL, &why);

	if (overlay == NULL) {
		g_ptr_array_add(self->unreadable,
				g_strdup_printf("overlay %s does not hold, it cannot be read: %s; "
						"switch it on again",
						row->id, why->message));
		return;
	}
	overlay->since_us = row->since_us;
	g_ptr_array_add(self->overlays, overlay);
}

LoaRules *
loa_rules_read(LoaStore *store, const LoaControllerConfig *config, GError **error)
{
	g_autoptr(LoaRules) self = g_new0(LoaRules, 1);
	g_autoptr(GPtrArray) rows = NULL;

	self->overlays = g_ptr_array_new_with_free_func((GDestroyNotify)loa_overlay_free);
	self->unreadable = g_ptr_array_new_with_free_func(g_free);
	if (!read_policy(self, store, config, error))
		return NULL;
	rows = loa_store_overlays(store, error);
	if (rows == NULL)
		return NULL;
	for (guint i = 0; i < rows->len; i++)
		read_overlay(self, g_ptr_array_index(rows, i));
	return g_steal_pointer(&self);
}

void
loa_rules_free(LoaRules *self)
{
	if (self == NULL)
		return;
	loa_policy_free(self->policy);
	g_ptr_array_unref(self->overlays);
	g_ptr_array_unref(self->unreadable);
	g_free(self);
}
