/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/loactl/loactl-verbs.h"

#include <stdio.h>
#include <string.h>

#include "common/class.h"
#include "common/id.h"
#include "controller/loactl/loactl-json.h"
#include "controller/loactl/loactl-output.h"
#include "controller/loactl/loactl-store.h"
#include "controller/loactl/loactl-time.h"
#include "controller/loactl/loactl-wait.h"

typedef struct {
	char *to, *class_name, *at, *title;
	gboolean is_waiting;
	gint patience_s;
} Options;

static void
options_clear(Options *self)
{
	g_free(self->to);
	g_free(self->class_name);
	g_free(self->at);
	g_free(self->title);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static gboolean
check_options(const Options *options, int argc, GError **error)
{
	LoaClass class;

	if (argc != 2)
		return loa_loactl_error(error, EX_USAGE,
					"Name one recording or audio file; see loactl play --help");
	if (options->to == NULL)
		return loa_loactl_error(
			error, EX_USAGE,
			"To whom? --to all, or --to GROUP,GROUP (loactl status shows "
			"the groups)");
	if (options->class_name != NULL && !loa_class_from_name(options->class_name, &class))
		return loa_loactl_error(error, EX_USAGE,
					"There is no class \"%s\": normal, priority or emergency",
					options->class_name);
	if (options->title != NULL && !g_utf8_validate(options->title, -1, NULL))
		return loa_loactl_error(error, EX_USAGE, "--title must be UTF-8");
	return TRUE;
}

static gboolean
add_groups(JsonBuilder *builder, const char *to, GError **error)
{
	g_auto(GStrv) groups = g_strsplit(to, ",", -1);

	json_builder_set_member_name(builder, "to");
	if (strcmp(to, "all") == 0) {
		json_builder_add_string_value(builder, "all");
		return TRUE;
	}
	json_builder_begin_array(builder);
	for (gsize i = 0; groups[i] != NULL; i++) {
		if (!loa_id_is_valid(g_strstrip(groups[i])))
			return loa_loactl_error(error, EX_USAGE,
						"\"%s\" is not a group: loactl status shows them",
						groups[i]);
		json_builder_add_string_value(builder, groups[i]);
	}
	json_builder_end_array(builder);
	return TRUE;
}

/* (transfer full) (nullable): of a recording's id or of an audio file, which is imported */
static char *
find_recording(LoaLoactlStore *store, const char *name, const char *title, GError **error)
{
	if (g_file_test(name, G_FILE_TEST_IS_REGULAR)) {
		g_autofree char *own_title = loa_loactl_store_title_of(name);

		return loa_loactl_store_take(store, name, title != NULL ? title : own_title, NULL,
					     NULL, error);
	}
	if (loa_loactl_store_find(store, name) != NULL)
		return g_strdup(name);
	loa_loactl_error(error, EX_NOINPUT, "%s is neither a file nor a recording", name);
	return NULL;
}

/* (transfer full) (nullable) */
static JsonNode *
request(LoaLoactl *ctl, const Options *options, const char *recording, GError **error)
{
	g_autoptr(JsonBuilder) builder = json_builder_new();
	gint64 at_us;

	json_builder_begin_object(builder);
	json_builder_set_member_name(builder, "recording");
	json_builder_add_string_value(builder, recording);
	if (!add_groups(builder, options->to, error))
		return NULL;
	if (options->class_name != NULL) {
		json_builder_set_member_name(builder, "class");
		json_builder_add_string_value(builder, options->class_name);
	}
	if (options->at != NULL && strcmp(options->at, "now") != 0) {
		if (!loa_loactl_context_time(ctl, "--at", options->at, &at_us, error))
			return NULL;
		json_builder_set_member_name(builder, "at_us");
		json_builder_add_int_value(builder, at_us);
	}
	json_builder_end_object(builder);
	return json_builder_get_root(builder);
}

static gboolean
report(LoaLoactl *ctl, JsonNode *answer, const Options *options, GError **error)
{
	JsonObject *airing = json_node_get_object(answer);

	if (ctl->is_json && !options->is_waiting)
		loa_loactl_output_json(answer);
	else if (!ctl->is_json)
		loa_loactl_output_format("%s\n", loa_loactl_json_text(airing, "airing"));
	(void)fflush(stdout);
	return !options->is_waiting ||
	       loa_loactl_wait(ctl, airing, (guint)MAX(options->patience_s, 0), error);
}

gboolean
loa_loactl_play(LoaLoactl *ctl, int argc, char **argv, GError **error)
{
	g_auto(Options) options = { .patience_s = 60 };
	const GOptionEntry entries[] = {
		{ "to", 0, 0, G_OPTION_ARG_FILENAME, &options.to,
		  "Groups, apart by commas, or \"all\"", "GROUPS" },
		{ "class", 0, 0, G_OPTION_ARG_FILENAME, &options.class_name,
		  "normal (default), priority, or emergency: at once, over everything", "CLASS" },
		{ "at", 0, 0, G_OPTION_ARG_FILENAME, &options.at,
		  "now (default), +10s, \"2026-11-21 17:00\", ...", "TIME" },
		{ "title", 't', 0, G_OPTION_ARG_FILENAME, &options.title,
		  "For a new audio file; else its name", "TITLE" },
		{ "wait", 'w', 0, G_OPTION_ARG_NONE, &options.is_waiting,
		  "Wait for what every receiver reports; status 0 only if all completed", NULL },
		{ "patience", 0, 0, G_OPTION_ARG_INT, &options.patience_s,
		  "Wait so long beyond the end; 60 by default", "SECONDS" },
		{ NULL },
	};

	if (!loa_loactl_context_parse(
		    ctl, "play RECORDING|AUDIO --to GROUPS",
		    "Airs a recording, or an audio file, which is imported first. Prints the id of "
		    "the\n"
		    "airing; loactl stop takes it. Exit status with --wait: 1 if anything was not\n"
		    "completed everywhere.",
		    entries, &argc, &argv, error) ||
	    !check_options(&options, argc, error))
		return FALSE;

	LoaLoactlClient *client = loa_loactl_context_client(ctl, error);
	g_autoptr(LoaLoactlStore) store =
		client != NULL ? loa_loactl_store_open(client, error) : NULL;
	g_autofree char *recording =
		store != NULL ? find_recording(store, argv[1], options.title, error) : NULL;
	g_autoptr(JsonNode) body =
		recording != NULL ? request(ctl, &options, recording, error) : NULL;
	g_autoptr(JsonNode) answer =
		body != NULL
			? loa_loactl_client_post(client, "/play", g_steal_pointer(&body), error)
			: NULL;

	return answer != NULL && report(ctl, answer, &options, error);
}
