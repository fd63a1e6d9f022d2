/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/loactl/loactl-verbs.h"

#include "common/id.h"
#include "controller/loactl/loactl-json.h"
#include "controller/loactl/loactl-output.h"

/* (transfer full) */
static char *
until_text(JsonObject *campaign, JsonObject *group)
{
	const char *withdrawn = loa_loactl_json_text(campaign, "withdrawn");

	if (*withdrawn != '\0')
		return g_strdup_printf("withdrawn %.10s", withdrawn);
	return g_strdup(loa_loactl_json_text(group, "plays_until"));
}

static void
add_rows(LoaLoactlTable *table, JsonObject *campaign)
{
	JsonArray *groups = loa_loactl_json_array(campaign, "groups");

	for (guint i = 0; i < loa_loactl_json_length(groups); i++) {
		JsonObject *group = loa_loactl_json_element(groups, i);
		g_autofree char *run = g_strdup_printf("%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT,
						       loa_loactl_json_int(group, "run"),
						       loa_loactl_json_int(campaign, "days"));
		g_autofree char *until = until_text(campaign, group);
		g_autofree char *proven =
			loa_loactl_json_join(loa_loactl_json_array(group, "proven"), " ");
		g_autofree char *missed =
			loa_loactl_json_join(loa_loactl_json_array(group, "missed"), " ");

		loa_loactl_table_add(
			table, (const char *const[]){ loa_loactl_json_text(campaign, "broadcast"),
						      loa_loactl_json_text(group, "id"),
						      loa_loactl_json_text(group, "state"), run,
						      loa_loactl_json_text(group, "proven_on"),
						      until, missed, proven, NULL });
	}
}

static void
print_campaigns(JsonNode *answer)
{
	JsonArray *campaigns = loa_loactl_json_array(json_node_get_object(answer), "campaigns");
	g_autoptr(LoaLoactlTable) table = loa_loactl_table_new(
		(const char *const[]){ "BROADCAST", "GROUP", "STATE", "RUN", "PROVEN ON",
				       "PLAYS UNTIL", "~MISSED", "~PROVEN DAYS", NULL });

	for (guint i = 0; i < loa_loactl_json_length(campaigns); i++)
		add_rows(table, loa_loactl_json_element(campaigns, i));
	if (loa_loactl_table_n_rows(table) > 0)
		loa_loactl_output_table(table);
	else
		loa_loactl_output_text("No broadcast is a campaign\n");
}

gboolean
loa_loactl_campaign(LoaLoactl *ctl, int argc, char **argv, GError **error)
{
	if (!loa_loactl_context_parse(
		    ctl, "campaign [BROADCAST]",
		    "The proof of disclosures: for each group the days that outcomes prove, those "
		    "it missed,\n"
		    "and until when it is played there; also of those whose broadcast was "
		    "withdrawn.",
		    NULL, &argc, &argv, error))
		return FALSE;
	if (argc > 2)
		return loa_loactl_error(error, EX_USAGE,
					"One broadcast, or none: see loactl campaign --help");
	if (argc == 2 && !loa_id_is_valid(argv[1]))
		return loa_loactl_error(error, EX_USAGE, "\"%s\" is not an id", argv[1]);

	LoaLoactlClient *client = loa_loactl_context_client(ctl, error);
	g_autofree char *path = argc == 2 ? g_strdup_printf("/campaigns?broadcast=%s", argv[1])
					  : g_strdup("/campaigns");
	g_autoptr(JsonNode) answer =
		client != NULL ? loa_loactl_client_get(client, path, error) : NULL;

	if (answer == NULL)
		return FALSE;
	if (ctl->is_json)
		loa_loactl_output_json(answer);
	else
		print_campaigns(answer);
	return TRUE;
}
