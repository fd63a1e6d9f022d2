/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/loactl/loactl-verbs.h"

#include <stdio.h>
#include <string.h>

#include "common/id.h"
#include "controller/loactl/loactl-json.h"
#include "controller/loactl/loactl-log-format.h"
#include "controller/loactl/loactl-output.h"

#define RETRY_US (2 * G_USEC_PER_SEC)

typedef struct {
	LoaLoactl *ctl;
	LoaLoactlClient *client;
	LoaLoactlLogFormat *format;
	char *filter;    /* of the query, beginning with '&' or empty */
	gint64 after_id; /* of the last entry that was shown */
} Log;

typedef struct {
	char *group, *node, *airing, *from, *to;
	gboolean is_csv, with_events, is_following;
} Options;

static void
options_clear(Options *self)
{
	g_free(self->group);
	g_free(self->node);
	g_free(self->airing);
	g_free(self->from);
	g_free(self->to);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static gboolean
add_id(GString *filter, const char *name, const char *id, GError **error)
{
	if (id == NULL)
		return TRUE;
	if (!loa_id_is_valid(id))
		return loa_loactl_error(error, EX_USAGE,
					"--%s: \"%s\" is not an id; loactl status shows them", name,
					id);
	g_string_append_printf(filter, "&%s=%s", name, id);
	return TRUE;
}

static gboolean
add_time(LoaLoactl *ctl, GString *filter, const char *name, const char *text, GError **error)
{
	g_autofree char *option = g_strdup_printf("--%s", name);
	gint64 us;

	if (text == NULL)
		return TRUE;
	if (!loa_loactl_context_time(ctl, option, text, &us, error))
		return FALSE;
	g_string_append_printf(filter, "&%s_us=%" G_GINT64_FORMAT, name, us);
	return TRUE;
}

/* (transfer full) (nullable) */
static char *
make_filter(LoaLoactl *ctl, const Options *options, GError **error)
{
	g_autoptr(GString) filter = g_string_new(options->with_events ? "&events=1" : "");

	if (!add_id(filter, "group", options->group, error) ||
	    !add_id(filter, "node", options->node, error) ||
	    !add_id(filter, "airing", options->airing, error) ||
	    !add_time(ctl, filter, "from", options->from, error) ||
	    !add_time(ctl, filter, "to", options->to, error))
		return NULL;
	return g_string_free(g_steal_pointer(&filter), FALSE);
}

/* Every entry behind after_id, page by page. */
static gboolean
fetch(Log *self, GError **error)
{
	for (;;) {
		g_autofree char *path = g_strdup_printf("/log?after=%" G_GINT64_FORMAT "%s",
							self->after_id, self->filter);
		g_autoptr(JsonNode) answer = loa_loactl_client_get(self->client, path, error);

		if (answer == NULL)
			return FALSE;

		JsonObject *object = json_node_get_object(answer);
		JsonArray *entries = loa_loactl_json_array(object, "entries");
		const gint64 before_id = self->after_id;

		for (guint i = 0; i < loa_loactl_json_length(entries); i++) {
			JsonObject *entry = loa_loactl_json_element(entries, i);

			if (entry == NULL)
				continue;
			self->after_id = MAX(self->after_id, loa_loactl_json_int(entry, "id"));
			loa_loactl_log_format_add(self->format, entry);
		}
		if (loa_loactl_json_int(object, "next") <= before_id)
			return TRUE;
		self->after_id = MAX(self->after_id, loa_loactl_json_int(object, "next"));
	}
}

static gboolean
on_event(const char *topic, gpointer user_data)
{
	Log *self = user_data;
	g_autoptr(GError) error = NULL;

	/* a failure shows in the stream of events as well */
	if (g_strcmp0(topic, "log") == 0 && !fetch(self, &error))
		return TRUE;
	loa_loactl_log_format_flush(self->format);
	return fflush(stdout) == 0;
}

/* Until somebody ends it: through restarts of the controller, whose port may be another then. */
static gboolean
follow(Log *self)
{
	gboolean was_lost = FALSE;

	for (;; g_usleep(RETRY_US)) {
		g_autoptr(GError) error = NULL;

		if (self->client != NULL &&
		    loa_loactl_client_listen(self->client, on_event, self, &error))
			return TRUE;
		if (!was_lost && error != NULL)
			fprintf(stderr, "loactl: %s; waiting for it\n", error->message);
		was_lost = error == NULL || error->code != EX_UNAVAILABLE ? was_lost : TRUE;
		g_clear_pointer(&self->ctl->client, loa_loactl_client_free);
		self->client = loa_loactl_context_client(self->ctl, NULL);
	}
}

static gboolean
show(Log *self, const Options *options, GError **error)
{
	if (!fetch(self, error))
		return FALSE;
	loa_loactl_log_format_finish(self->format, options->is_following);
	(void)fflush(stdout);
	return !options->is_following || follow(self);
}

gboolean
loa_loactl_log(LoaLoactl *ctl, int argc, char **argv, GError **error)
{
	g_auto(Options) options = { 0 };
	const GOptionEntry entries[] = {
		{ "group", 'g', 0, G_OPTION_ARG_FILENAME, &options.group, "Only this group",
		  "GROUP" },
		{ "node", 'n', 0, G_OPTION_ARG_FILENAME, &options.node, "Only this receiver",
		  "NODE" },
		{ "airing", 0, 0, G_OPTION_ARG_FILENAME, &options.airing, "Only this airing",
		  "AIRING" },
		{ "from", 0, 0, G_OPTION_ARG_FILENAME, &options.from,
		  "Planned from then on: today, -7d, 2026-11-21, \"2026-11-21 17:00\", ...",
		  "TIME" },
		{ "to", 0, 0, G_OPTION_ARG_FILENAME, &options.to, "Planned before", "TIME" },
		{ "events", 'e', 0, G_OPTION_ARG_NONE, &options.with_events,
		  "What receivers refused, too", NULL },
		{ "follow", 'f', 0, G_OPTION_ARG_NONE, &options.is_following,
		  "Go on and show what comes in, until Ctrl-C", NULL },
		{ "csv", 0, 0, G_OPTION_ARG_NONE, &options.is_csv, "For a spreadsheet, all columns",
		  NULL },
		{ NULL },
	};

	if (!loa_loactl_context_parse(
		    ctl, "log",
		    "LEVEL is how far an outcome is proven: L0 planned, L1 decoded, L2 the sound "
		    "device\n"
		    "took it and it was not silence, L3 amplifier, L4 microphone, L5 a person.\n"
		    "With --json and --follow: one object a line.",
		    entries, &argc, &argv, error))
		return FALSE;
	if (argc != 1)
		return loa_loactl_error(error, EX_USAGE,
					"loactl log takes options only, e.g. --group "
					"to-1; see loactl log --help");
	if (options.is_csv && ctl->is_json)
		return loa_loactl_error(error, EX_USAGE, "Either --json or --csv");

	GTimeZone *zone = loa_loactl_context_zone(ctl, error);
	g_autofree char *filter = zone != NULL ? make_filter(ctl, &options, error) : NULL;
	LoaLoactlClient *client = filter != NULL ? loa_loactl_context_client(ctl, error) : NULL;

	if (client == NULL)
		return FALSE;

	g_autoptr(LoaLoactlLogFormat) format = loa_loactl_log_format_new(
		ctl->is_json
			? (options.is_following ? LOA_LOACTL_LOG_JSON_LINES : LOA_LOACTL_LOG_JSON)
		: options.is_csv ? LOA_LOACTL_LOG_CSV
				 : LOA_LOACTL_LOG_TABLE,
		zone);
	Log self = { .ctl = ctl, .client = client, .format = format, .filter = filter };

	return show(&self, &options, error);
}
