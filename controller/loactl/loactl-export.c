/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/loactl/loactl-verbs.h"

#include "controller/loactl/loactl-json.h"
#include "controller/loactl/loactl-output.h"
#include "schedules/broadcast-json.h"
#include "schedules/faults.h"
#include "schedules/local-time.h"
#include "schedules/schedule-writer.h"

/* (transfer full): the site's, so that the file can be checked by itself */
static GPtrArray *
groups_of(JsonNode *status)
{
	JsonArray *array = loa_loactl_json_array(json_node_get_object(status), "groups");
	GPtrArray *groups = g_ptr_array_new_with_free_func((GDestroyNotify)loa_group_free);

	for (guint i = 0; i < loa_loactl_json_length(array); i++) {
		JsonObject *group = loa_loactl_json_element(array, i);

		LoaGroup *copy = loa_group_new(loa_loactl_json_text(group, "id"),
					       loa_loactl_json_text(group, "name"));

		copy->start_offset_ms = (guint)CLAMP(loa_loactl_json_int(group, "start_offset_ms"),
						     0, LOA_GROUP_MAX_OFFSET_MS);
		copy->turn =
			(guint)CLAMP(loa_loactl_json_int(group, "turn"), 0, LOA_GROUP_MAX_TURN);
		g_ptr_array_add(groups, copy);
	}
	return groups;
}

static gboolean
export_calendar(LoaLoactl *ctl, const char *from, gint n_days, GError **error)
{
	LoaLoactlClient *client = loa_loactl_context_client(ctl, error);
	GTimeZone *zone = client != NULL ? loa_loactl_context_zone(ctl, error) : NULL;
	g_autofree char *path = NULL;
	g_autofree char *day = NULL;
	g_autofree char *text = NULL;
	LoaLocalTime local;
	gint64 from_us;

	if (zone == NULL ||
	    !loa_loactl_context_time(ctl, "--from", from != NULL ? from : "today", &from_us, error))
		return FALSE;
	loa_local_time_init(&local, zone);
	day = loa_day_format(loa_local_time_from_us(&local, from_us, NULL));
	path = g_strdup_printf("/calendar.ics?from=%s&days=%d", day, n_days);
	text = loa_loactl_client_get_text(client, path, error);
	if (text == NULL)
		return FALSE;
	loa_loactl_output_text(text);
	return TRUE;
}

gboolean
loa_loactl_export(LoaLoactl *ctl, int argc, char **argv, GError **error)
{
	g_autofree char *from = NULL;
	gboolean is_ics = FALSE;
	gint n_days = 366;
	const GOptionEntry entries[] = {
		{ "ics", 0, 0, G_OPTION_ARG_NONE, &is_ics,
		  "A calendar (.ics) for calendar programs instead", NULL },
		{ "from", 0, 0, G_OPTION_ARG_FILENAME, &from, "Its first day; else today", "DATE" },
		{ "days", 0, 0, G_OPTION_ARG_INT, &n_days, "So many; 366 by default", "N" },
		{ NULL },
	};

	if (!loa_loactl_context_parse(ctl, "export",
				      "Prints a schedule file that loactl check accepts and loactl "
				      "apply leaves unchanged.\n"
				      "Audio files are named by the recordings they became.",
				      entries, &argc, &argv, error))
		return FALSE;
	if (argc != 1)
		return loa_loactl_error(error, EX_USAGE,
					"loactl export takes no names: write > FILE for a file");

	if (is_ics)
		return export_calendar(ctl, from, n_days, error);

	LoaLoactlClient *client = loa_loactl_context_client(ctl, error);
	g_autoptr(JsonNode) answer =
		client != NULL ? loa_loactl_client_get(client, "/broadcasts", error) : NULL;

	if (answer == NULL)
		return FALSE;
	if (ctl->is_json) {
		loa_loactl_output_json(answer);
		return TRUE;
	}

	g_autoptr(JsonNode) status = loa_loactl_client_get(client, "/status", error);

	if (status == NULL)
		return FALSE;

	g_autoptr(GPtrArray) faults = loa_faults_new();
	g_autoptr(GPtrArray) groups = groups_of(status);
	JsonNode *array = json_object_get_member(json_node_get_object(answer), "broadcasts");
	g_autoptr(GPtrArray) broadcasts =
		array != NULL ? loa_broadcasts_from_json(array, NULL, faults) : NULL;

	if (broadcasts == NULL)
		return loa_loactl_error(
			error, EX_PROTOCOL,
			"The controller's broadcasts cannot be read (%s): is it newer "
			"than this loactl?",
			faults->len > 0 ? (char *)faults->pdata[0] : "no list");

	g_autofree char *text = loa_schedule_write(groups, broadcasts);

	loa_loactl_output_text(text);
	return TRUE;
}
