/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/loactl/loactl-verbs.h"

#include <math.h>
#include <string.h>

#include "common/file.h"
#include "common/id.h"
#include "controller/loactl/loactl-json.h"
#include "controller/loactl/loactl-output.h"
#include "controller/loactl/loactl-time.h"
#include "wire/plan.h"

static gboolean
want_id(const char *what, const char *id, GError **error)
{
	return loa_id_is_valid(id) ||
	       loa_loactl_error(error, EX_USAGE,
				"\"%s\" cannot be the id of a %s: lower-case letters, digits, '-' "
				"and '.' only, e.g. cum-1",
				id != NULL ? id : "", what);
}

static JsonNode *
add_request(const char *id, const char *group)
{
	g_autoptr(JsonBuilder) builder = json_builder_new();

	json_builder_begin_object(builder);
	json_builder_set_member_name(builder, "id");
	json_builder_add_string_value(builder, id);
	json_builder_set_member_name(builder, "group");
	json_builder_add_string_value(builder, group);
	json_builder_end_object(builder);
	return json_builder_get_root(builder);
}

static gboolean
write_config(const char *path, const char *config, GError **error)
{
	g_autoptr(GBytes) bytes = g_bytes_new_static(config, strlen(config));
	GError *cause = NULL;

	return loa_file_replace(path, bytes, 0600, &cause) ||
	       loa_loactl_error_take(error, EX_CANTCREAT, cause);
}

/* What can fail is looked at first: the secret is shown once only. */
static gboolean
can_write(const char *path, gboolean is_forced, GError **error)
{
	g_autofree char *folder = g_path_get_dirname(path);

	if (!is_forced && g_file_test(path, G_FILE_TEST_EXISTS))
		return loa_loactl_error(error, EX_CANTCREAT,
					"%s is there already, perhaps with the secret of another "
					"receiver: move it away, or give --force",
					path);
	if (!g_file_test(folder, G_FILE_TEST_IS_DIR))
		return loa_loactl_error(error, EX_CANTCREAT, "There is no folder %s: make it first",
					folder);
	return TRUE;
}

static gboolean
add(LoaLoactl *ctl, int argc, char **argv, GError **error)
{
	g_autofree char *group = NULL, *out = NULL;
	gboolean is_forced = FALSE;
	const GOptionEntry entries[] = {
		{ "group", 'g', 0, G_OPTION_ARG_FILENAME, &group, "The group it speaks to",
		  "GROUP" },
		{ "out", 'o', 0, G_OPTION_ARG_FILENAME, &out,
		  "Write node.cfg there, readable to its owner alone; else to stdout", "FILE" },
		{ "force", 'f', 0, G_OPTION_ARG_NONE, &is_forced, "Write over a file", NULL },
		{ NULL },
	};

	if (!loa_loactl_context_parse(
		    ctl, "node add ID --group GROUP [--out FILE]",
		    "Makes a receiver known and gives its complete node.cfg, with its secret, "
		    "which is\n"
		    "shown this once. Bring the file to the receiver as /etc/loa-phuong/node.cfg.",
		    entries, &argc, &argv, error))
		return FALSE;
	if (argc != 2)
		return loa_loactl_error(error, EX_USAGE,
					"Name the new receiver, e.g. loactl node "
					"add cum-1 --group to-1");
	if (group == NULL)
		return loa_loactl_error(error, EX_USAGE, "Which group does it speak to? --group");
	if (!want_id("receiver", argv[1], error) || !want_id("group", group, error) ||
	    (out != NULL && !can_write(out, is_forced, error)))
		return FALSE;

	LoaLoactlClient *client = loa_loactl_context_client(ctl, error);
	g_autoptr(JsonNode) answer =
		client != NULL ? loa_loactl_client_post(client, "/nodes",
							add_request(argv[1], group), error)
			       : NULL;

	if (answer == NULL)
		return FALSE;

	const char *config = loa_loactl_json_text(json_node_get_object(answer), "config");

	if (out != NULL && !write_config(out, config, error)) {
		g_prefix_error(error, "%s is added, but its secret is lost (revoke it): ", argv[1]);
		return FALSE;
	}
	if (ctl->is_json)
		loa_loactl_output_json(answer);
	else if (out == NULL)
		loa_loactl_output_text(config);
	else
		loa_loactl_output_format("%s belongs to %s now; its configuration is in %s\n",
					 argv[1], group, out);
	return TRUE;
}

static gboolean
list(LoaLoactl *ctl, int argc, char **argv, GError **error)
{
	if (!loa_loactl_context_parse(ctl, "node list", NULL, NULL, &argc, &argv, error))
		return FALSE;

	g_autoptr(JsonNode) answer = NULL;

	if (!loa_loactl_context_ask(ctl, "node list", argc, "/nodes", &answer, error))
		return FALSE;
	if (answer == NULL)
		return TRUE;

	GTimeZone *zone = loa_loactl_context_zone(ctl, error);
	JsonArray *nodes = loa_loactl_json_array(json_node_get_object(answer), "nodes");
	g_autoptr(LoaLoactlTable) table = loa_loactl_table_new(
		(const char *const[]){ "NODE", "GROUP", "ADDED", "LAST SEEN", "REVOKED", NULL });

	if (zone == NULL)
		return FALSE;
	for (guint i = 0; i < loa_loactl_json_length(nodes); i++) {
		JsonObject *node = loa_loactl_json_element(nodes, i);
		g_autofree char *added =
			loa_loactl_time_format(loa_loactl_json_int(node, "added_us"), zone);
		g_autofree char *seen =
			loa_loactl_time_format(loa_loactl_json_int(node, "last_seen_us"), zone);
		g_autofree char *revoked =
			loa_loactl_time_format(loa_loactl_json_int(node, "revoked_us"), zone);

		loa_loactl_table_add(table,
				     (const char *const[]){ loa_loactl_json_text(node, "id"),
							    loa_loactl_json_text(node, "group"),
							    added, seen, revoked, NULL });
	}
	if (loa_loactl_table_n_rows(table) == 0)
		loa_loactl_output_text("There is no receiver yet: loactl node add ID --group G\n");
	else
		loa_loactl_output_table(table);
	return TRUE;
}

static gboolean
revoke_node(LoaLoactl *ctl, int argc, char **argv, GError **error)
{
	if (!loa_loactl_context_parse(ctl, "node revoke ID",
				      "What the receiver sends is no longer believed, for ever.",
				      NULL, &argc, &argv, error))
		return FALSE;
	if (argc != 2)
		return loa_loactl_error(error, EX_USAGE,
					"Name one receiver: loactl node list shows them");
	if (!want_id("receiver", argv[1], error))
		return FALSE;

	g_autofree char *path = g_strdup_printf("/nodes/%s/revoke", argv[1]);
	LoaLoactlClient *client = loa_loactl_context_client(ctl, error);
	JsonNode *nothing = json_node_init_object(json_node_alloc(), json_object_new());
	g_autoptr(JsonNode) answer = NULL;

	if (client == NULL) {
		json_node_unref(nothing);
		return FALSE;
	}
	answer = loa_loactl_client_post(client, path, nothing, error);
	if (answer == NULL)
		return FALSE;
	if (ctl->is_json)
		loa_loactl_output_json(answer);
	else
		loa_loactl_output_format("%s is revoked\n", argv[1]);
	return TRUE;
}

/* Takes the first argument that is a number out of @argv: a minus sign is no option here.
 * (transfer none) (nullable) */
static const char *
take_number(int *argc, char **argv)
{
	for (int i = 1; i < *argc; i++) {
		const char *number = argv[i];

		if (number[0] != '-' || !g_ascii_isdigit(number[1]))
			continue;
		memmove(argv + i, argv + i + 1, sizeof *argv * (gsize)(*argc - i));
		(*argc)--;
		return number;
	}
	return NULL;
}

static gboolean
read_volume(const char *text, double *volume_db, GError **error)
{
	char *end = NULL;

	*volume_db = text != NULL ? g_ascii_strtod(text, &end) : NAN;
	return (end != NULL && end != text && *end == '\0' && *volume_db >= LOA_VOLUME_MIN_DB &&
		*volume_db <= LOA_VOLUME_MAX_DB) ||
	       loa_loactl_error(error, EX_USAGE,
				"\"%s\" is no volume: %g to %g dB, 0 is the loudest, -6 half of it",
				text != NULL ? text : "", LOA_VOLUME_MIN_DB, LOA_VOLUME_MAX_DB);
}

static JsonNode *
volume_request(double volume_db)
{
	g_autoptr(JsonBuilder) builder = json_builder_new();

	json_builder_begin_object(builder);
	json_builder_set_member_name(builder, "volume_db");
	json_builder_add_double_value(builder, volume_db);
	json_builder_end_object(builder);
	return json_builder_get_root(builder);
}

static gboolean
set_volume(LoaLoactl *ctl, int argc, char **argv, GError **error)
{
	const char *number = take_number(&argc, argv);
	double volume_db;

	if (!loa_loactl_context_parse(
		    ctl, "node volume ID DB",
		    "Sets how loud the receiver is: 0 dB is the loudest, -6 half of it, -60 the\n"
		    "least. It is never louder than its own node.cfg allows, and an emergency is\n"
		    "heard with -12 dB at least. What is on air moves there within half a second.",
		    NULL, &argc, &argv, error))
		return FALSE;
	if (number == NULL && argc == 3)
		number = argv[--argc];
	if (argc != 2)
		return loa_loactl_error(error, EX_USAGE,
					"Name one receiver and its volume: loactl node volume "
					"cum-1 -6");
	if (!want_id("receiver", argv[1], error) || !read_volume(number, &volume_db, error))
		return FALSE;

	g_autofree char *path = g_strdup_printf("/nodes/%s/volume", argv[1]);
	LoaLoactlClient *client = loa_loactl_context_client(ctl, error);
	g_autoptr(JsonNode) answer =
		client != NULL
			? loa_loactl_client_post(client, path, volume_request(volume_db), error)
			: NULL;

	if (answer == NULL)
		return FALSE;
	if (ctl->is_json)
		loa_loactl_output_json(answer);
	else
		loa_loactl_output_format("%s is set to %.1f dB\n", argv[1],
					 loa_loactl_json_double(json_node_get_object(answer),
								"volume_set_db", volume_db));
	return TRUE;
}

gboolean
loa_loactl_node(LoaLoactl *ctl, int argc, char **argv, GError **error)
{
	static const struct {
		const char *name;
		LoaLoactlVerbFunc run;
	} verbs[] = { { "add", add },
		      { "list", list },
		      { "revoke", revoke_node },
		      { "volume", set_volume } };

	for (gsize i = 0; argc > 1 && i < G_N_ELEMENTS(verbs); i++) {
		if (strcmp(argv[1], verbs[i].name) == 0)
			return verbs[i].run(ctl, argc - 1, argv + 1, error);
	}
	if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
		loa_loactl_output_text("Usage:\n"
				       "  loactl node add ID --group GROUP [--out FILE]\n"
				       "  loactl node list\n"
				       "  loactl node revoke ID\n"
				       "  loactl node volume ID DB\n\n"
				       "loactl node add --help explains the first.\n");
		return TRUE;
	}
	return loa_loactl_error(error, EX_USAGE,
				"loactl node add, list, revoke or volume? See loactl node --help");
}
