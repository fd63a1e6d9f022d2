/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/loactl/loactl-verbs.h"

#include <math.h>
#include <string.h>

#include "controller/loactl/loactl-json.h"
#include "controller/loactl/loactl-output.h"
#include "controller/loactl/loactl-time.h"

/* "58/60" */
static char *
ready_of(JsonObject *ready)
{
	return g_strdup_printf("%d/%d", (int)loa_loactl_json_int(ready, "n"),
			       (int)loa_loactl_json_int(ready, "of"));
}

static void
print_airings(const char *heading, JsonArray *airings, GTimeZone *zone)
{
	g_autoptr(LoaLoactlTable) table = loa_loactl_table_new((const char *const[]){
		"AIRING", "~TITLE", "CLASS", "~GROUPS", "START", ">LENGTH", ">READY", NULL });

	for (guint i = 0; i < loa_loactl_json_length(airings); i++) {
		JsonObject *airing = loa_loactl_json_element(airings, i);
		g_autofree char *groups =
			loa_loactl_json_join(loa_loactl_json_array(airing, "groups"), ",");
		g_autofree char *start =
			loa_loactl_time_format(loa_loactl_json_int(airing, "start_us"), zone);
		g_autofree char *length =
			loa_loactl_time_format_length(loa_loactl_json_int(airing, "duration_ms"));

		JsonObject *ready = loa_loactl_json_object(airing, "ready");
		g_autofree char *ready_text = ready == NULL ? g_strdup("") : ready_of(ready);

		loa_loactl_table_add(
			table, (const char *const[]){ loa_loactl_json_text(airing, "id"),
						      loa_loactl_json_text(airing, "title"),
						      loa_loactl_json_text(airing, "class"), groups,
						      start, length, ready_text, NULL });
	}
	if (loa_loactl_table_n_rows(table) == 0) {
		loa_loactl_output_format("\n%s: nothing\n", heading);
		return;
	}
	loa_loactl_output_format("\n%s:\n", heading);
	loa_loactl_output_table(table);
}

/* Of the next airing: who would have to live on the channel. */
static void
print_missing(JsonArray *next)
{
	JsonObject *airing =
		loa_loactl_json_length(next) > 0 ? loa_loactl_json_element(next, 0) : NULL;
	JsonObject *ready = loa_loactl_json_object(airing, "ready");
	JsonArray *missing = loa_loactl_json_array(ready, "missing");

	if (loa_loactl_json_length(missing) == 0)
		return;
	g_autofree char *text = ready_of(ready);
	g_autofree char *names = loa_loactl_json_join(missing, " ");

	loa_loactl_output_format("%s: %s ready, not: %s\n", loa_loactl_json_text(airing, "id"),
				 text, names);
}

/* (transfer full): how loud it says to be; in brackets where it does not say: what is set */
static char *
volume_of(JsonObject *node)
{
	double told_db = loa_loactl_json_double(node, "volume_db", NAN);

	return isnan(told_db)
		       ? g_strdup_printf("(%g)", loa_loactl_json_double(node, "volume_set_db", 0))
		       : g_strdup_printf("%g", told_db);
}

static void
add_node(LoaLoactlTable *table, JsonObject *node, GTimeZone *zone)
{
	JsonObject *ready = loa_loactl_json_object(node, "ready");
	const gint64 n_refused = loa_loactl_json_int(node, "refused");
	g_autofree char *ready_text = ready_of(ready);
	g_autofree char *volume = volume_of(node);
	g_autofree char *refused = g_strdup_printf("%" G_GINT64_FORMAT, n_refused);
	g_autofree char *seen =
		loa_loactl_time_format(loa_loactl_json_int(node, "last_seen_us"), zone);

	loa_loactl_table_add(
		table,
		(const char *const[]){
			loa_loactl_json_text(node, "id"), loa_loactl_json_text(node, "group"),
			loa_loactl_json_bool(node, "online") ? "online" : "OFFLINE",
			loa_loactl_json_text(loa_loactl_json_object(node, "clock"), "state"),
			loa_loactl_json_text(node, "output"), volume, ready_text, refused,
			loa_loactl_json_text(node, "on_air"), seen, NULL });
}

static void
print_nodes(JsonObject *status, GTimeZone *zone)
{
	JsonArray *nodes = loa_loactl_json_array(status, "nodes");
	g_autoptr(LoaLoactlTable) table = loa_loactl_table_new(
		(const char *const[]){ "RECEIVER", "GROUP", "STATE", "CLOCK", "OUTPUT", ">DB",
				       ">READY", ">REFUSED", "ON AIR", "LAST SEEN", NULL });

	for (guint i = 0; i < loa_loactl_json_length(nodes); i++)
		add_node(table, loa_loactl_json_element(nodes, i), zone);
	if (loa_loactl_table_n_rows(table) == 0) {
		loa_loactl_output_text("\nReceivers: none yet (loactl node add ID --group G)\n");
		return;
	}

	JsonObject *ready = loa_loactl_json_object(status, "ready");
	g_autofree char *missing =
		loa_loactl_json_join(loa_loactl_json_array(ready, "missing"), " ");

	loa_loactl_output_format(
		"\nReceivers: %d of %d ready%s%s\n", (int)loa_loactl_json_int(ready, "n"),
		(int)loa_loactl_json_int(ready, "of"), *missing != '\0' ? ", not: " : "", missing);
	loa_loactl_output_table(table);
}

static void
print_page(JsonObject *page)
{
	const char *fingerprint = loa_loactl_json_text(page, "fingerprint");

	if (*loa_loactl_json_text(page, "url") == '\0')
		return;
	loa_loactl_output_format("Page: %s\n", loa_loactl_json_text(page, "url"));
	if (*fingerprint == '\0')
		return;
	/* 64 digits and their colons are too wide for a terminal: two lines, as browsers show it */
	loa_loactl_output_format("      SHA-256 %.47s\n              %s\n", fingerprint,
				 strlen(fingerprint) > 48 ? fingerprint + 48 : "");
}

static void
print_status(JsonObject *status, GTimeZone *zone)
{
	JsonObject *site = loa_loactl_json_object(status, "site");
	JsonArray *warnings = loa_loactl_json_array(status, "warnings");
	g_autofree char *now = loa_loactl_time_format(loa_loactl_json_int(status, "now_us"), zone);
	g_autofree char *text = loa_loactl_json_join(warnings, "\nwarning: ");

	loa_loactl_output_format("%s (%s), %s, broker %s\n", loa_loactl_json_text(site, "name"),
				 loa_loactl_json_text(site, "id"), now,
				 loa_loactl_json_text(status, "broker"));
	print_page(loa_loactl_json_object(status, "page"));
	print_airings("On air", loa_loactl_json_array(status, "on_air"), zone);
	print_airings("Next", loa_loactl_json_array(status, "next"), zone);
	print_missing(loa_loactl_json_array(status, "next"));
	print_nodes(status, zone);
	if (*text != '\0')
		loa_loactl_output_format("\nwarning: %s\n", text);
}

gboolean
loa_loactl_status(LoaLoactl *ctl, int argc, char **argv, GError **error)
{
	if (!loa_loactl_context_parse(
		    ctl, "status",
		    "READY is how many of the planned airings lie complete on the receiver.", NULL,
		    &argc, &argv, error))
		return FALSE;

	g_autoptr(JsonNode) answer = NULL;

	if (!loa_loactl_context_ask(ctl, "status", argc, "/status", &answer, error))
		return FALSE;
	if (answer == NULL)
		return TRUE;

	GTimeZone *zone = loa_loactl_context_zone(ctl, error);

	if (zone == NULL)
		return FALSE;
	print_status(json_node_get_object(answer), zone);
	return TRUE;
}
