/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/loactl/loactl-verbs.h"

#include "common/id.h"
#include "controller/loactl/loactl-output.h"
#include "controller/loactl/loactl-store.h"

static void
print_answer(LoaLoactl *ctl, const char *id, gboolean is_new)
{
	if (!ctl->is_json) {
		loa_loactl_output_format("%s\n", id);
		return;
	}

	g_autoptr(JsonBuilder) builder = json_builder_new();

	json_builder_begin_object(builder);
	json_builder_set_member_name(builder, "recording");
	json_builder_add_string_value(builder, id);
	json_builder_set_member_name(builder, "new");
	json_builder_add_boolean_value(builder, is_new);
	json_builder_end_object(builder);

	g_autoptr(JsonNode) node = json_builder_get_root(builder);

	loa_loactl_output_json(node);
}

gboolean
loa_loactl_import(LoaLoactl *ctl, int argc, char **argv, GError **error)
{
	g_autofree char *title = NULL, *category = NULL;
	const GOptionEntry entries[] = {
		{ "title", 't', 0, G_OPTION_ARG_FILENAME, &title, "What people call it", "TITLE" },
		{ "category", 0, 0, G_OPTION_ARG_FILENAME, &category, "An id, e.g. ban-tin",
		  "CATEGORY" },
		{ NULL },
	};

	if (!loa_loactl_context_parse(ctl, "import AUDIO --title TITLE",
				      "Sends an audio file (WAV, MP3, M4A, Ogg, WebM, FLAC) to the "
				      "controller, waits until\n"
				      "it is trimmed, levelled and stored, and prints the id of "
				      "the recording. A file that\n"
				      "the controller has already is not sent again.",
				      entries, &argc, &argv, error))
		return FALSE;
	if (argc != 2)
		return loa_loactl_error(error, EX_USAGE,
					"Name one audio file; see loactl import --help");
	if (title == NULL || !g_utf8_validate(title, -1, NULL) || *title == '\0')
		return loa_loactl_error(error, EX_USAGE, "Give it a title: --title \"Bản tin\"");
	if (category != NULL && !loa_id_is_valid(category))
		return loa_loactl_error(error, EX_USAGE,
					"\"%s\" is no category: write an id, e.g. ban-tin",
					category);

	LoaLoactlClient *client = loa_loactl_context_client(ctl, error);
	g_autoptr(LoaLoactlStore) store =
		client != NULL ? loa_loactl_store_open(client, error) : NULL;
	gboolean is_new;

	if (store == NULL)
		return FALSE;

	g_autofree char *id =
		loa_loactl_store_take(store, argv[1], title, category, &is_new, error);

	if (id == NULL)
		return FALSE;
	print_answer(ctl, id, is_new);
	return TRUE;
}
