/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/loactl/loactl-verbs.h"

#include <stdio.h>

#include "controller/loactl/loactl-dry-run.h"
#include "controller/loactl/loactl-ics.h"
#include "controller/loactl/loactl-json.h"
#include "controller/loactl/loactl-output.h"
#include "controller/loactl/loactl-schedule.h"
#include "controller/loactl/loactl-store.h"
#include "schedules/broadcast-json.h"

/* Files become recordings: the controller has never seen this machine's folders. */
static gboolean
take_audio(LoaLoactlStore *store, GPtrArray *broadcasts, GError **error)
{
	for (guint i = 0; i < broadcasts->len; i++) {
		LoaBroadcast *broadcast = broadcasts->pdata[i];

		if (broadcast->audio == NULL)
			continue;
		broadcast->recording =
			loa_loactl_store_take(store, broadcast->audio, broadcast->title,
					      broadcast->category, NULL, error);
		if (broadcast->recording == NULL) {
			if (broadcast->origin != NULL)
				g_prefix_error(error, "%s: ", broadcast->origin);
			return FALSE;
		}
		g_clear_pointer(&broadcast->audio, g_free);
	}
	return TRUE;
}

/* Texts become speech in jobs of the controller. What the declaration warned of before they were
 * done is asked for again: declaring once more changes nothing. */
static gboolean
await_speech(LoaLoactlClient *client, LoaLoactlStore *store, GPtrArray *broadcasts, gboolean prune,
	     JsonNode *answer, GError **error)
{
	JsonObject *object = json_node_get_object(answer);
	JsonArray *jobs = loa_loactl_json_array(object, "jobs");
	const guint n_jobs = loa_loactl_json_length(jobs);

	for (guint i = 0; i < n_jobs; i++) {
		g_autofree char *recording = loa_loactl_store_await(
			store, json_array_get_string_element(jobs, i), "speech", error);

		if (recording == NULL) {
			g_prefix_error(error, "The broadcasts are declared, but a text cannot be "
					      "spoken: ");
			return FALSE;
		}
	}
	if (n_jobs == 0)
		return TRUE;

	g_autoptr(JsonNode) again = loa_loactl_client_post(
		client, "/apply", loa_loactl_schedule_request(broadcasts, prune), error);

	if (again == NULL)
		return FALSE;

	JsonNode *warnings = json_object_get_member(json_node_get_object(again), "warnings");

	if (warnings != NULL)
		json_object_set_member(object, "warnings", json_node_copy(warnings));
	return TRUE;
}

static void
print_answer(JsonNode *answer)
{
	static const char *const lists[] = { "added", "changed", "removed" };
	JsonObject *object = json_node_get_object(answer);
	JsonArray *warnings = loa_loactl_json_array(object, "warnings");
	const guint n_unchanged =
		loa_loactl_json_length(loa_loactl_json_array(object, "unchanged"));

	for (gsize i = 0; i < G_N_ELEMENTS(lists); i++) {
		JsonArray *ids = loa_loactl_json_array(object, lists[i]);
		g_autofree char *text = loa_loactl_json_join(ids, " ");

		if (*text != '\0')
			loa_loactl_output_format("%s: %s\n", lists[i], text);
	}
	if (n_unchanged > 0)
		loa_loactl_output_format("unchanged: %u\n", n_unchanged);

	g_autofree char *text = loa_loactl_json_join(warnings, "\nwarning: ");

	if (*text != '\0')
		fprintf(stderr, "warning: %s\n", text);
}

gboolean
loa_loactl_apply(LoaLoactl *ctl, int argc, char **argv, GError **error)
{
	gboolean prune = FALSE, is_dry = FALSE;
	const GOptionEntry entries[] = {
		{ "prune", 0, 0, G_OPTION_ARG_NONE, &prune,
		  "Withdraw every broadcast that these files do not name", NULL },
		{ "dry-run", 0, 0, G_OPTION_ARG_NONE, &is_dry,
		  "Change nothing: show what would become different in the next 24 hours", NULL },
		LOA_LOACTL_ICS_ENTRIES(ctl),
		{ NULL },
	};
	g_autoptr(LoaSchedule) schedule = NULL;

	if (!loa_loactl_context_parse(ctl, "apply FILE...",
				      "Checks the files, imports the audio they name that the "
				      "controller lacks, and declares\n"
				      "their broadcasts, by id, all or nothing. What is declared "
				      "already and equal stays.",
				      entries, &argc, &argv, error))
		return FALSE;
	if (argc < 2)
		return loa_loactl_error(error, EX_USAGE, "Which files? See loactl apply --help");
	if (!loa_loactl_schedule_read_faultless(ctl, argv + 1, &schedule, error))
		return FALSE;

	LoaLoactlClient *client = loa_loactl_context_client(ctl, error);
	g_autoptr(LoaLoactlStore) store =
		client != NULL ? loa_loactl_store_open(client, error) : NULL;

	if (store == NULL)
		return FALSE;
	if (is_dry)
		return loa_loactl_dry_run(ctl, client, store, schedule->broadcasts, prune, error);
	if (!take_audio(store, schedule->broadcasts, error))
		return FALSE;

	g_autoptr(JsonNode) answer = loa_loactl_client_post(
		client, "/apply", loa_loactl_schedule_request(schedule->broadcasts, prune), error);

	if (answer == NULL ||
	    !await_speech(client, store, schedule->broadcasts, prune, answer, error))
		return FALSE;
	if (ctl->is_json)
		loa_loactl_output_json(answer);
	else
		print_answer(answer);
	return TRUE;
}
