/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/loactl/loactl-verbs.h"

#include <stdio.h>
#include <string.h>

#include "common/file.h"
#include "common/id.h"
#include "controller/loactl/loactl-json.h"
#include "controller/loactl/loactl-output.h"

#define MAX_FILE_BYTES (64 * 1024)

static gboolean
list(LoaLoactl *ctl, LoaLoactlClient *client, GError **error)
{
	g_autoptr(JsonNode) answer = loa_loactl_client_get(client, "/overlays", error);
	g_autoptr(LoaLoactlTable) table = NULL;
	JsonArray *overlays;

	if (answer == NULL)
		return FALSE;
	if (ctl->is_json) {
		loa_loactl_output_json(answer);
		return TRUE;
	}
	table = loa_loactl_table_new((const char *const[]){ "OVERLAY", "STATE", "FROM", "UNTIL",
							    "AIRINGS", "~NAME", NULL });
	overlays = loa_loactl_json_array(json_node_get_object(answer), "overlays");
	for (guint i = 0; i < loa_loactl_json_length(overlays); i++) {
		JsonObject *overlay = loa_loactl_json_element(overlays, i);
		g_autofree char *airings = g_strdup_printf("%" G_GINT64_FORMAT,
							   loa_loactl_json_int(overlay, "airings"));

		loa_loactl_table_add(table, (const char *const[]){
						    loa_loactl_json_text(overlay, "id"),
						    loa_loactl_json_text(overlay, "state"),
						    loa_loactl_json_text(overlay, "from"),
						    loa_loactl_json_text(overlay, "until"), airings,
						    loa_loactl_json_text(overlay, "name"), NULL });
	}
	if (loa_loactl_table_n_rows(table) > 0)
		loa_loactl_output_table(table);
	else
		loa_loactl_output_text("No overlay is switched on\n");
	return TRUE;
}

static gboolean
post(LoaLoactl *ctl, LoaLoactlClient *client, const char *path, JsonNode *body, const char *done,
     GError **error)
{
	g_autoptr(JsonNode) answer = loa_loactl_client_post(client, path, body, error);

	if (answer == NULL)
		return FALSE;
	if (ctl->is_json)
		loa_loactl_output_json(answer);
	else
		loa_loactl_output_format(
			"%s: %s, %d airing(s)\n",
			loa_loactl_json_text(json_node_get_object(answer), "id"), done,
			(int)loa_loactl_json_int(json_node_get_object(answer), "airings"));
	return TRUE;
}

static gboolean
switch_on(LoaLoactl *ctl, LoaLoactlClient *client, const char *path, GError **error)
{
	GError *cause = NULL;
	g_autofree char *text = loa_file_read_text(path, MAX_FILE_BYTES, &cause);
	g_autoptr(JsonNode) overlay = text != NULL ? json_from_string(text, &cause) : NULL;
	JsonNode *body;
	JsonObject *object;

	if (text == NULL)
		return loa_loactl_error_take(error, EX_NOINPUT, cause);
	if (overlay == NULL) {
		g_prefix_error(&cause, "%s: ", path);
		return loa_loactl_error_take(error, EX_DATAERR, cause);
	}
	object = json_object_new();
	json_object_set_member(object, "overlay", g_steal_pointer(&overlay));
	body = json_node_alloc();
	json_node_init_object(body, object);
	json_object_unref(object);
	return post(ctl, client, "/overlays", body, "switched on", error);
}

static gboolean
switch_off(LoaLoactl *ctl, LoaLoactlClient *client, const char *id, GError **error)
{
	g_autofree char *path = g_strdup_printf("/overlays/%s/remove", id);
	JsonObject *object = json_object_new();
	JsonNode *body = json_node_alloc();
	g_autoptr(JsonNode) answer = NULL;

	json_node_init_object(body, object);
	json_object_unref(object);
	answer = loa_loactl_client_post(client, path, body, error);
	if (answer == NULL)
		return FALSE;
	if (ctl->is_json)
		loa_loactl_output_json(answer);
	else
		loa_loactl_output_format("%s: switched off\n", id);
	return TRUE;
}

gboolean
loa_loactl_overlay(LoaLoactl *ctl, int argc, char **argv, GError **error)
{
	LoaLoactlClient *client;

	if (!loa_loactl_context_parse(
		    ctl, "overlay list | on FILE | off ID",
		    "Switches over the timetable: mourning, exams, winter hours.\n"
		    "FILE is a JSON object with id, name, kind, from, until, suspends, keeps, to, "
		    "hours\n"
		    "(man loactl, docs/schedules.md). The broadcasts stay as they are.",
		    NULL, &argc, &argv, error))
		return FALSE;

	const char *sub = argc > 1 ? argv[1] : "";
	gboolean is_list = strcmp(sub, "list") == 0, is_on = strcmp(sub, "on") == 0;

	if (!is_list && !is_on && strcmp(sub, "off") != 0)
		return loa_loactl_error(error, EX_USAGE,
					"overlay list, overlay on FILE, or overlay off ID");
	if (argc != (is_list ? 2 : 3))
		return loa_loactl_error(error, EX_USAGE,
					is_list ? "overlay list takes no names"
						: "overlay on takes a file, overlay off an id");
	if (!is_list && !is_on && !loa_id_is_valid(argv[2]))
		return loa_loactl_error(error, EX_USAGE, "\"%s\" is not an id", argv[2]);
	client = loa_loactl_context_client(ctl, error);
	if (client == NULL)
		return FALSE;
	if (is_list)
		return list(ctl, client, error);
	return is_on ? switch_on(ctl, client, argv[2], error)
		     : switch_off(ctl, client, argv[2], error);
}
