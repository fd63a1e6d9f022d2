/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/loactl/loactl-rules.h"

#include <string.h>

#include "controller/loactl/loactl-json.h"
#include "schedules/faults.h"
#include "schedules/value-json.h"

/* The overlay itself; what else the controller says of it is passed over. */
static const char *const overlay_keys[] = { "id", "name",     "kind",  "from",  "until",
					    "to", "suspends", "keeps", "hours", "keeps_priority" };

#define MAX_DEPTH 7 /* as the controller reads them */

/* What both readers need. */
typedef struct {
	GPtrArray *faults;
	LoaValue *value;
	LoaFieldsContext context;
} Reading;

/* @object: (nullable) */
static void
reading_init(Reading *self, JsonObject *object, const char *where)
{
	g_autoptr(JsonNode) node = json_node_alloc();

	if (object != NULL)
		json_node_init_object(node, object);
	else
		json_node_init_null(node);
	self->faults = loa_faults_new();
	self->value = loa_value_from_json(node, MAX_DEPTH);
	self->context = (LoaFieldsContext){ .where = where, .faults = self->faults };
}

/* %FALSE with @error where there was a fault */
static gboolean
reading_end(Reading *self, const char *what, GError **error)
{
	g_autoptr(GPtrArray) faults = self->faults;

	loa_value_free(self->value);
	return faults->len == 0 ||
	       loa_loactl_error(error, EX_PROTOCOL,
				"This loactl does not understand the controller's %s: %s", what,
				(const char *)faults->pdata[0]);
}

static gboolean
read_overlay(GPtrArray *overlays, JsonObject *said, GError **error)
{
	g_autoptr(JsonObject) own = json_object_new();
	LoaOverlay *overlay;
	Reading reading;

	for (gsize i = 0; i < G_N_ELEMENTS(overlay_keys); i++)
		if (json_object_has_member(said, overlay_keys[i]))
			json_object_set_member(own, overlay_keys[i],
					       json_object_dup_member(said, overlay_keys[i]));
	reading_init(&reading, own, "overlay");
	overlay = loa_overlay_from_value(reading.value, &reading.context);
	if (overlay != NULL)
		g_ptr_array_add(overlays, overlay);
	return reading_end(&reading, "overlay", error);
}

static gboolean
ask_overlays(LoaLoactlClient *client, LoaLoactlRules *rules, GError **error)
{
	g_autoptr(JsonNode) answer = loa_loactl_client_get(client, "/overlays", error);
	JsonArray *array;

	if (answer == NULL)
		return FALSE;
	rules->overlays = g_ptr_array_new_with_free_func((GDestroyNotify)loa_overlay_free);
	array = loa_loactl_json_array(json_node_get_object(answer), "overlays");
	for (guint i = 0; i < loa_loactl_json_length(array); i++) {
		JsonObject *one = loa_loactl_json_element(array, i);

		if (one != NULL && !read_overlay(rules->overlays, one, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
ask_policy(LoaLoactlClient *client, LoaLoactlRules *rules, GError **error)
{
	g_autoptr(JsonNode) answer = loa_loactl_client_get(client, "/policy", error);
	JsonObject *object;
	Reading reading;

	if (answer == NULL)
		return FALSE;
	object = json_node_get_object(answer);
	reading_init(&reading, loa_loactl_json_object(object, "policy"), "policy");
	rules->policy = loa_policy_from_value(reading.value, NULL, &reading.context);
	if (!reading_end(&reading, "rules", error))
		return FALSE;
	g_free(rules->words);
	rules->words = g_strdup_printf("those of the %s, as the controller has them now",
				       strcmp(loa_loactl_json_text(object, "source"), "office") == 0
					       ? "office"
					       : "controller.cfg");
	return TRUE;
}

static gboolean
ask(LoaLoactl *ctl, LoaLoactlRules *rules, GError **error)
{
	LoaLoactlClient *client = loa_loactl_context_client(ctl, error);
	g_autofree char *whose = NULL;

	if (client == NULL || !ask_policy(client, rules, error) ||
	    !ask_overlays(client, rules, error))
		return FALSE;
	whose = g_steal_pointer(&rules->words);
	rules->words = g_strdup_printf("%s, and %u overlay(s)", whose, rules->overlays->len);
	return TRUE;
}

gboolean
loa_loactl_rules_find(LoaLoactl *ctl, gboolean live, LoaLoactlRules *rules, GError **error)
{
	g_auto(LoaLoactlRules) found = { 0 };

	if (live) {
		if (!ask(ctl, &found, error))
			return FALSE;
	} else if (ctl->config != NULL) {
		found.policy = loa_controller_config_policy(ctl->config);
		found.words = g_strdup("those of controller.cfg, without overlays; --live asks the "
				       "controller for those that hold");
	} else {
		found.words = g_strdup("none is known: name a controller.cfg with --config, or ask "
				       "the controller with --live");
	}
	*rules = found;
	found = (LoaLoactlRules){ 0 };
	return TRUE;
}

void
loa_loactl_rules_clear(LoaLoactlRules *self)
{
	g_clear_pointer(&self->policy, loa_policy_free);
	g_clear_pointer(&self->overlays, g_ptr_array_unref);
	g_clear_pointer(&self->words, g_free);
}
