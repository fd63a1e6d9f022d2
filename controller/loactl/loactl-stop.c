/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/loactl/loactl-verbs.h"

#include "common/id.h"
#include "controller/loactl/loactl-json.h"
#include "controller/loactl/loactl-output.h"

static JsonNode *
request(const char *airing)
{
	g_autoptr(JsonBuilder) builder = json_builder_new();

	json_builder_begin_object(builder);
	json_builder_set_member_name(builder, airing != NULL ? "airing" : "all");
	if (airing != NULL)
		json_builder_add_string_value(builder, airing);
	else
		json_builder_add_boolean_value(builder, TRUE);
	json_builder_end_object(builder);
	return json_builder_get_root(builder);
}

gboolean
loa_loactl_stop(LoaLoactl *ctl, int argc, char **argv, GError **error)
{
	gboolean is_all = FALSE;
	const GOptionEntry entries[] = {
		{ "all", 'a', 0, G_OPTION_ARG_NONE, &is_all, "Everything that is on air", NULL },
		{ NULL },
	};

	if (!loa_loactl_context_parse(ctl, "stop AIRING | --all",
				      "loactl status shows what is on air.", entries, &argc, &argv,
				      error))
		return FALSE;
	if (argc != (is_all ? 1 : 2))
		return loa_loactl_error(error, EX_USAGE,
					"Name one airing (loactl status shows them), or --all");
	if (!is_all && !loa_id_is_valid(argv[1]))
		return loa_loactl_error(
			error, EX_USAGE,
			"\"%s\" is not the id of an airing: loactl status shows them", argv[1]);

	LoaLoactlClient *client = loa_loactl_context_client(ctl, error);
	g_autoptr(JsonNode) answer =
		client != NULL ? loa_loactl_client_post(client, "/stop",
							request(is_all ? NULL : argv[1]), error)
			       : NULL;

	if (answer == NULL)
		return FALSE;
	if (ctl->is_json) {
		loa_loactl_output_json(answer);
		return TRUE;
	}

	JsonArray *stopped = loa_loactl_json_array(json_node_get_object(answer), "stopped");
	g_autofree char *ids = loa_loactl_json_join(stopped, "\n");

	if (*ids != '\0')
		loa_loactl_output_format("%s\n", ids);
	else
		loa_loactl_output_text("Nothing is on air\n");
	return TRUE;
}
