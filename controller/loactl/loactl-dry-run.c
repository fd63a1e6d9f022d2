/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/loactl/loactl-dry-run.h"

#include <stdio.h>
#include <string.h>

#include "controller/loactl/loactl-json.h"
#include "controller/loactl/loactl-output.h"
#include "controller/loactl/loactl-schedule.h"
#include "controller/loactl/loactl-time.h"
#include "schedules/broadcast-json.h"

static gboolean
name_known_audio(LoaLoactlStore *store, GPtrArray *broadcasts, GError **error)
{
	for (guint i = 0; i < broadcasts->len; i++) {
		LoaBroadcast *broadcast = broadcasts->pdata[i];

		if (broadcast->audio == NULL)
			continue;
		if (!loa_loactl_store_known(store, broadcast->audio, &broadcast->recording, error))
			return FALSE;
		if (broadcast->recording != NULL)
			g_clear_pointer(&broadcast->audio, g_free);
		else
			fprintf(stderr, "%s: %s would be imported\n", broadcast->id,
				broadcast->audio);
	}
	return TRUE;
}

/* (transfer full): the wall clock at the site, or "" */
static char *
when(JsonObject *change, const char *name, GTimeZone *zone)
{
	gint64 us = loa_loactl_json_int(change, name);

	return us != 0 ? loa_loactl_time_format(us, zone) : g_strdup("");
}

static void
add_change(LoaLoactlTable *table, JsonObject *change, GTimeZone *zone)
{
	g_autofree char *before = when(change, "before_us", zone);
	g_autofree char *after = when(change, "after_us", zone);
	g_autofree char *groups =
		loa_loactl_json_join(loa_loactl_json_array(change, "groups"), ",");
	g_autofree char *keys = loa_loactl_json_join(loa_loactl_json_array(change, "keys"), ",");

	loa_loactl_table_add(table,
			     (const char *const[]){ loa_loactl_json_text(change, "kind"),
						    loa_loactl_json_text(change, "broadcast"),
						    before, after, groups, keys,
						    loa_loactl_json_text(change, "title"), NULL });
}

static void
print_changes(JsonObject *answer, GTimeZone *zone)
{
	JsonArray *changes = loa_loactl_json_array(answer, "changes");
	g_autoptr(LoaLoactlTable) table = loa_loactl_table_new((const char *const[]){
		"CHANGE", "BROADCAST", "BEFORE", "AFTER", "~TO", "~KEYS", "~TITLE", NULL });

	for (guint i = 0; i < loa_loactl_json_length(changes); i++)
		add_change(table, loa_loactl_json_element(changes, i), zone);
	if (loa_loactl_table_n_rows(table) > 0)
		loa_loactl_output_table(table);
	else
		loa_loactl_output_text("Nothing becomes different in the next 24 hours\n");
}

static void
print_warnings(JsonObject *answer)
{
	JsonArray *warnings = loa_loactl_json_array(answer, "warnings");

	(void)fflush(stdout);
	for (guint i = 0; i < loa_loactl_json_length(warnings); i++)
		fprintf(stderr, "warning: %s\n",
			loa_loactl_json_text(loa_loactl_json_element(warnings, i), "text"));
}

gboolean
loa_loactl_dry_run(LoaLoactl *ctl, LoaLoactlClient *client, LoaLoactlStore *store,
		   GPtrArray *broadcasts, gboolean prune, GError **error)
{
	g_autoptr(JsonNode) answer = NULL;
	GTimeZone *zone = loa_loactl_context_zone(ctl, error);

	if (zone == NULL || !name_known_audio(store, broadcasts, error))
		return FALSE;
	answer = loa_loactl_client_post(client, "/preview",
					loa_loactl_schedule_request(broadcasts, prune), error);
	if (answer == NULL)
		return FALSE;

	JsonObject *object = json_node_get_object(answer);
	g_autofree char *faults =
		loa_loactl_json_join(loa_loactl_json_array(object, "faults"), "\n");

	if (ctl->is_json)
		loa_loactl_output_json(answer);
	if (*faults != '\0') {
		fprintf(stderr, "%s\n", faults);
		return loa_loactl_error(error, EX_DATAERR,
					"It could not be applied: mend what is "
					"said above");
	}
	if (!ctl->is_json) {
		print_changes(object, zone);
		print_warnings(object);
	}
	return TRUE;
}
