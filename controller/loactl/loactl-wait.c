/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/loactl/loactl-wait.h"

#include <stdio.h>
#include <string.h>

#include "controller/loactl/loactl-json.h"
#include "controller/loactl/loactl-output.h"
#include "controller/loactl/loactl-time.h"

#define POLL_US (250 * 1000)

typedef struct {
	LoaLoactl *ctl;
	LoaLoactlClient *client;
	const char *airing;
	GHashTable *awaited;   /* char * node id, owned: has not reported yet */
	GPtrArray *incomplete; /* char * "NODE: result", owned */
	JsonArray *outcomes;
	gint64 after_id;
} Wait;

static void
wait_clear(Wait *self)
{
	g_hash_table_unref(self->awaited);
	g_ptr_array_unref(self->incomplete);
	json_array_unref(self->outcomes);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Wait, wait_clear)

static gboolean
contains(JsonArray *array, const char *text)
{
	for (guint i = 0; i < loa_loactl_json_length(array); i++) {
		JsonNode *node = json_array_get_element(array, i);

		if (JSON_NODE_HOLDS_VALUE(node) && g_strcmp0(json_node_get_string(node), text) == 0)
			return TRUE;
	}
	return FALSE;
}

static gboolean
find_receivers(Wait *self, JsonArray *groups, GError **error)
{
	g_autoptr(JsonNode) answer = loa_loactl_client_get(self->client, "/nodes", error);

	if (answer == NULL)
		return FALSE;

	JsonArray *nodes = loa_loactl_json_array(json_node_get_object(answer), "nodes");

	for (guint i = 0; i < loa_loactl_json_length(nodes); i++) {
		JsonObject *node = loa_loactl_json_element(nodes, i);

		if (loa_loactl_json_int(node, "revoked_us") == 0 &&
		    contains(groups, loa_loactl_json_text(node, "group")))
			g_hash_table_add(self->awaited, g_strdup(loa_loactl_json_text(node, "id")));
	}
	return g_hash_table_size(self->awaited) > 0 ||
	       loa_loactl_error(error, 1,
				"%s is on air, but its groups have no receiver: loactl node add",
				self->airing);
}

static void
take(Wait *self, JsonObject *outcome)
{
	const char *node = loa_loactl_json_text(outcome, "node");
	const char *result = loa_loactl_json_text(outcome, "result");
	const char *reason = loa_loactl_json_text(outcome, "reason");

	self->after_id = MAX(self->after_id, loa_loactl_json_int(outcome, "id"));
	if (strcmp(loa_loactl_json_text(outcome, "kind"), "outcome") != 0 ||
	    !g_hash_table_remove(self->awaited, node))
		return;

	g_autofree char *line =
		g_strdup_printf("%s: %s%s%s", node, result, *reason != '\0' ? ", " : "", reason);
	g_autofree char *heard =
		loa_loactl_time_format_length(loa_loactl_json_int(outcome, "heard_ms"));

	json_array_add_object_element(self->outcomes, json_object_ref(outcome));
	if (!self->ctl->is_json)
		loa_loactl_output_format("%s, %s heard, L%d\n", line, heard,
					 (int)loa_loactl_json_int(outcome, "level"));
	(void)fflush(stdout);
	if (strcmp(result, "completed") != 0)
		g_ptr_array_add(self->incomplete, g_steal_pointer(&line));
}

static gboolean
look(Wait *self, GError **error)
{
	g_autofree char *path = g_strdup_printf("/log?airing=%s&after=%" G_GINT64_FORMAT,
						self->airing, self->after_id);
	g_autoptr(JsonNode) answer = loa_loactl_client_get(self->client, path, error);

	if (answer == NULL)
		return FALSE;

	JsonArray *entries = loa_loactl_json_array(json_node_get_object(answer), "entries");

	for (guint i = 0; i < loa_loactl_json_length(entries); i++) {
		JsonObject *entry = loa_loactl_json_element(entries, i);

		if (entry != NULL)
			take(self, entry);
	}
	return TRUE;
}

static gboolean
verdict(Wait *self, GError **error)
{
	GHashTableIter iter;
	gpointer node;

	g_hash_table_iter_init(&iter, self->awaited);
	while (g_hash_table_iter_next(&iter, &node, NULL))
		g_ptr_array_add(self->incomplete, g_strdup_printf("%s: no report", (char *)node));
	if (self->incomplete->len == 0)
		return TRUE;
	g_ptr_array_add(self->incomplete, NULL);

	g_autofree char *list = g_strjoinv("; ", (char **)self->incomplete->pdata);

	return loa_loactl_error(error, 1, "Not completed everywhere: %s", list);
}

static void
print_json(Wait *self, JsonObject *airing)
{
	g_autoptr(JsonNode) node = json_node_alloc();

	json_object_set_array_member(airing, "outcomes", json_array_ref(self->outcomes));
	json_node_init_object(node, airing);
	loa_loactl_output_json(node);
}

gboolean
loa_loactl_wait(LoaLoactl *ctl, JsonObject *airing, guint patience_s, GError **error)
{
	g_auto(Wait) self = {
		.ctl = ctl,
		.client = loa_loactl_context_client(ctl, NULL),
		.airing = loa_loactl_json_text(airing, "airing"),
		.awaited = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
		.incomplete = g_ptr_array_new_with_free_func(g_free),
		.outcomes = json_array_new(),
	};
	const gint64 end_us =
		loa_loactl_json_int(airing, "end_us") + (gint64)patience_s * G_USEC_PER_SEC;
	g_autoptr(GError) cause = NULL;

	if (!find_receivers(&self, loa_loactl_json_array(airing, "groups"), error))
		return FALSE;
	while (g_hash_table_size(self.awaited) > 0 && g_get_real_time() < end_us) {
		g_usleep(POLL_US);
		g_clear_error(&cause);
		if (self.client == NULL)
			self.client = loa_loactl_context_client(ctl, &cause);
		if (self.client == NULL || look(&self, &cause))
			continue;
		if (cause->code != EX_UNAVAILABLE)
			break;
		/* one that is started again goes on where it was, perhaps at another port */
		g_clear_pointer(&ctl->client, loa_loactl_client_free);
		self.client = NULL;
	}
	if (cause != NULL) {
		g_propagate_error(error, g_steal_pointer(&cause));
		return FALSE;
	}
	if (ctl->is_json)
		print_json(&self, airing);
	return verdict(&self, error);
}
