/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/receivers/node-file.h"

#include <string.h>

#include "schedules/hours.h"
#include "schedules/local-time.h"

#define DAY_MINUTES (24 * 60)
/* As many as node.cfg may have. */
#define MAX_QUIET 16

/* What lies in a receiver's device, of the playout delay: see audio/player.h for what it costs. */
#define BUFFER_MS(delay_ms) CLAMP((delay_ms)*240 / 1000, 60, 240)

/* A text of libconfig, in quotes. */
static void
append_text(GString *out, const char *text)
{
	g_string_append_c(out, '"');
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			g_string_append_c(out, '\\');
		g_string_append_c(out, *text);
	}
	g_string_append_c(out, '"');
}

static void
append_setting(GString *out, const char *name, const char *text)
{
	g_string_append_printf(out, "%s = ", name);
	append_text(out, text);
	g_string_append(out, ";\n");
}

/* The minutes of a day in which some day of the week permits sound. */
static void
mark_permitted(const GArray *hours, gboolean *permitted)
{
	for (guint i = 0; i < hours->len; i++) {
		const LoaHours *window = &g_array_index(hours, LoaHours, i);
		int to = (window->to_s + 59) / 60;

		for (int minute = window->from_s / 60; minute < to && window->days != 0; minute++)
			permitted[minute] = TRUE;
	}
}

static void
append_stretch(GString *out, int from, int to, guint *n)
{
	if ((*n)++ >= MAX_QUIET)
		return;
	g_string_append_printf(out, "%s\t{ from = \"%02d:%02d\"; to = \"%02d:%02d\"; }",
			       *n > 1 ? ",\n" : "", from / 60, from % 60, to / 60 % 24, to % 60);
}

/* The stretch over midnight is one. */
static void
append_quiet_hours(GString *out, const GArray *hours)
{
	gboolean permitted[DAY_MINUTES] = { FALSE };
	g_autoptr(GString) list = g_string_new(NULL);
	guint n = 0;
	int first = 0;

	mark_permitted(hours, permitted);
	while (first < DAY_MINUTES && !permitted[first])
		first++;
	if (first == DAY_MINUTES)
		return;
	for (int i = 0; i < DAY_MINUTES;) {
		int from = first + i, length = 0;

		while (i + length < DAY_MINUTES && !permitted[(from + length) % DAY_MINUTES])
			length++;
		if (length > 0)
			append_stretch(list, from % DAY_MINUTES, (from + length) % DAY_MINUTES, &n);
		i += length + 1;
	}
	if (n > 0)
		g_string_append_printf(out, "quiet_hours = (\n%s\n);\n", list->str);
	else
		g_string_append(out,
				"# quiet_hours = ( { from = \"22:00\"; to = \"04:30\"; } );\n");
}

static void
append_broker(GString *out, const LoaControllerConfig *config, const char *node)
{
	g_string_append(out, "\n# The broker, as this receiver reaches it.\nbroker = {\n\thost = ");
	append_text(out, config->broker_host);
	g_string_append_printf(out, ";\n\tport = %u;\n", config->broker_port);
	if (config->broker_username != NULL) {
		g_string_append(out, "\tusername = ");
		append_text(out, node);
		g_string_append(out, ";\n\tpassword = \"\"; # as given to mosquitto_passwd\n");
	}
	g_string_append(out, "};\n");
}

static void
append_doors(GString *out, const LoaNodeFileDoors *doors)
{
	g_string_append(out, "\nclock = {\n");
	if (doors->time_address != NULL) {
		g_string_append(out, "\t# Who is asked for the time.\n\tcontroller = ");
		append_text(out, doors->time_address);
		g_string_append(out, ";\n\tholdover_max_ms = 5000;\n");
	}
	g_string_append(out, "\t# true: you answer for this machine's clock.\n"
			     "\ttrust_system = false;\n"
			     "};\n");
	if (doors->mirror_url == NULL)
		return;
	g_string_append(out, "\n# Recordings are fetched from here ahead of their airing.\n"
			     "audio = {\n\tmirrors = [ ");
	append_text(out, doors->mirror_url);
	g_string_append(out, " ];\n\tbudget_mb = 1024;\n"
			     "\t# of fetching, kbit/s; 0: as fast as it goes\n"
			     "\tmax_kbit_s = 0;\n"
			     "};\n");
}

char *
loa_node_file_write(const LoaControllerConfig *config, const char *node, const char *group,
		    const char *seed, const char *controller_key, const LoaNodeFileDoors *doors,
		    gint64 now_us)
{
	LoaLocalTime local;
	g_autoptr(GString) out = g_string_new("# node.cfg of one receiver; it holds a secret: "
					      "chmod 600, and give it to nobody else.\n\n");

	loa_local_time_init(&local, config->zone);
	append_setting(out, "site", config->site_id);
	append_setting(out, "node", node);
	append_setting(out, "group", group);
	g_string_append(out, "\n# This receiver's own secret, and whom it believes.\n");
	append_setting(out, "seed", seed);
	g_string_append_printf(out, "controller_keys = [ \"%s\" ];\n", controller_key);
	g_string_append(out, "\n# Journal, plan and stored audio.\n");
	append_setting(out, "data_dir", "/var/lib/loa-node");
	append_broker(out, config, node);
	g_string_append(out, "\noutput = {\n"
			     "\t# A GStreamer sink (\"alsasink device=hw:0\"), or \"file:PATH\".\n"
			     "\tsink = \"alsasink\";\n"
			     "\t# ms that lie in the device; less stops sooner and costs more\n");
	g_string_append_printf(out, "\tbuffer_ms = %d;\n};\n",
			       (int)BUFFER_MS(config->playout_delay_us / 1000));
	append_doors(out, doors);
	g_string_append(out, "\n# Hours in which only emergencies and signed exceptions sound.\n");
	append_quiet_hours(out, config->hours);
	g_string_append_printf(out, "utc_offset_min = %d;\n",
			       loa_local_time_offset_s(&local, now_us) / 60);
	return g_string_free(g_steal_pointer(&out), FALSE);
}
