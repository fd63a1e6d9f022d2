/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/loactl/loactl-verbs.h"

#include <string.h>
#include <unistd.h>

#include "common/file.h"
#include "common/id.h"
#include "common/text.h"
#include "controller/access/password.h"
#include "controller/loactl/loactl-json.h"
#include "controller/loactl/loactl-output.h"
#include "controller/loactl/loactl-time.h"

/* What the options of add, set and passwd say; all owned, nullable. */
typedef struct {
	char *name;
	char *roles;  /* apart by commas */
	char *groups; /* apart by commas */
	char *language;
	char *password_file; /* "-": stdin */
	gboolean is_asking;
} Options;

static void
options_clear(Options *options)
{
	g_free(options->name);
	g_free(options->roles);
	g_free(options->groups);
	g_free(options->language);
	g_free(options->password_file);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

#define PERSON_ENTRIES(o)                                                                          \
	{ "name", 'n', 0, G_OPTION_ARG_FILENAME, &(o).name, "As colleagues call them", "TEXT" },   \
		{ "role",                                                                          \
		  'r',                                                                             \
		  0,                                                                               \
		  G_OPTION_ARG_FILENAME,                                                           \
		  &(o).roles,                                                                      \
		  "operator, approver, leader, auditor, technician, administrator",                \
		  "ROLE[,ROLE]" },                                                                 \
		{ "group",                                                                         \
		  'g',                                                                             \
		  0,                                                                               \
		  G_OPTION_ARG_FILENAME,                                                           \
		  &(o).groups,                                                                     \
		  "The groups that a leader leads",                                                \
		  "GROUP[,GROUP]" },                                                               \
	{                                                                                          \
		"language", 0, 0, G_OPTION_ARG_FILENAME, &(o).language, "Of the page", "vi|en"     \
	}

#define PASSWORD_ENTRIES(o)                                                                        \
	{ "password-file",                                                                         \
	  0,                                                                                       \
	  0,                                                                                       \
	  G_OPTION_ARG_FILENAME,                                                                   \
	  &(o).password_file,                                                                      \
	  "Its first line is the password; \"-\": stdin",                                          \
	  "FILE" },                                                                                \
	{                                                                                          \
		"ask-password", 0, 0, G_OPTION_ARG_NONE, &(o).is_asking,                           \
			"Ask for the password on the terminal", NULL                               \
	}

#define ABOUT_PASSWORDS                                                                            \
	"Without --password-file and --ask-password a password is made and printed, this once;\n"  \
	"whoever gets it chooses another at the first login."

/* --- passwords -------------------------------------------------------------------------------- */

static gboolean
read_stdin(char **text, GError **error)
{
	char buffer[LOA_PASSWORD_MAX_BYTES + 2];
	gsize size = 0;
	ssize_t n = 0;

	while (size < sizeof buffer - 1 &&
	       (n = read(STDIN_FILENO, buffer + size, sizeof buffer - 1 - size)) > 0)
		size += (gsize)n;
	if (n < 0)
		return loa_loactl_error(error, EX_IOERR, "The password cannot be read from stdin");
	*text = g_strndup(buffer, size);
	memset(buffer, 0, sizeof buffer);
	return TRUE;
}

static gboolean
ask(char **password, GError **error)
{
	const char *typed = isatty(STDIN_FILENO) ? getpass("New password: ") : NULL;
	g_autofree char *first = g_strdup(typed);

	if (first == NULL)
		return loa_loactl_error(error, EX_USAGE,
					"There is no terminal to ask on: give --password-file");
	typed = getpass("Once more: ");
	if (g_strcmp0(first, typed) != 0)
		return loa_loactl_error(error, EX_DATAERR, "The two are not the same: try again");
	*password = g_steal_pointer(&first);
	return TRUE;
}

/* *password: %NULL where the controller shall make one */
static gboolean
get_password(const Options *options, char **password, GError **error)
{
	GError *cause = NULL;

	*password = NULL;
	if (options->is_asking && options->password_file != NULL)
		return loa_loactl_error(error, EX_USAGE,
					"Either --password-file or --ask-password");
	if (options->is_asking)
		return ask(password, error);
	if (options->password_file == NULL)
		return TRUE;
	if (strcmp(options->password_file, "-") == 0) {
		if (!read_stdin(password, error))
			return FALSE;
	} else {
		*password = loa_file_read_text(options->password_file, LOA_PASSWORD_MAX_BYTES + 2,
					       &cause);
		if (*password == NULL)
			return loa_loactl_error_take(error, EX_NOINPUT, cause);
	}
	(*password)[strcspn(*password, "\r\n")] = '\0';
	if (**password != '\0' && loa_text_is_printable(*password))
		return TRUE;
	g_clear_pointer(password, loa_password_wipe);
	return loa_loactl_error(error, EX_DATAERR,
				"%s holds no password: a line of UTF-8 text is wanted",
				options->password_file);
}

/* --- requests --------------------------------------------------------------------------------- */

static void
add_text(JsonObject *object, const char *name, const char *text)
{
	if (text != NULL)
		json_object_set_string_member(object, name, text);
}

static void
add_list(JsonObject *object, const char *name, const char *text)
{
	g_auto(GStrv) words = text != NULL ? g_strsplit(text, ",", -1) : NULL;
	JsonArray *array;

	if (words == NULL)
		return;
	array = json_array_new();
	for (char **word = words; *word != NULL; word++)
		if (*g_strstrip(*word) != '\0')
			json_array_add_string_element(array, *word);
	json_object_set_array_member(object, name, array);
}

/* What goes into JSON must be text. */
static gboolean
are_texts(const Options *o, GError **error)
{
	const char *const texts[] = { o->name, o->roles, o->groups, o->language };

	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
		if (texts[i] != NULL && !loa_text_is_printable(texts[i]))
			return loa_loactl_error(error, EX_USAGE,
						"An option is no UTF-8 text, or has control "
						"characters");
	return TRUE;
}

static gboolean
want_user(int argc, char **argv, GError **error)
{
	if (argc != 2)
		return loa_loactl_error(error, EX_USAGE,
					"Name one user by the login name, e.g. loactl user add "
					"nguyen.van.a --role operator");
	return loa_id_is_valid(argv[1]) ||
	       loa_loactl_error(error, EX_USAGE,
				"This cannot be a login name: lower-case letters, digits, '-' and "
				"'.' only, e.g. nguyen.van.a");
}

/* (transfer full) (nullable). Takes @body. */
static JsonNode *
post(LoaLoactl *ctl, const char *path, JsonObject *body, GError **error)
{
	JsonNode *node = json_node_init_object(json_node_alloc(), body);
	LoaLoactlClient *client = loa_loactl_context_client(ctl, error);

	json_object_unref(body);
	if (client != NULL)
		return loa_loactl_client_post(client, path, node, error);
	json_node_unref(node);
	return NULL;
}

static JsonNode *
post_about(LoaLoactl *ctl, const char *user, const char *what, JsonObject *body, GError **error)
{
	g_autofree char *path = g_strdup_printf("/users/%s/%s", user, what);

	return post(ctl, path, body, error);
}

/* Says what was done, and a password that was made. */
static void
tell(LoaLoactl *ctl, JsonNode *answer, const char *user, const char *done)
{
	const char *made = loa_loactl_json_text(json_node_get_object(answer), "password");

	if (ctl->is_json) {
		loa_loactl_output_json(answer);
		return;
	}
	loa_loactl_output_format("%s is %s\n", user, done);
	if (*made != '\0')
		loa_loactl_output_format("The password, shown this once: %s\n", made);
}

/* --- verbs ------------------------------------------------------------------------------------ */

static gboolean
add(LoaLoactl *ctl, int argc, char **argv, GError **error)
{
	g_auto(Options) o = { 0 };
	const GOptionEntry entries[] = { PERSON_ENTRIES(o), PASSWORD_ENTRIES(o), { NULL } };
	char *password = NULL;
	JsonObject *body;

	if (!loa_loactl_context_parse(ctl, "user add NAME --role ROLE[,ROLE]", ABOUT_PASSWORDS,
				      entries, &argc, &argv, error) ||
	    !want_user(argc, argv, error) || !are_texts(&o, error))
		return FALSE;
	if (o.roles == NULL)
		return loa_loactl_error(error, EX_USAGE,
					"What may they do? --role operator, approver, leader, "
					"auditor, technician or administrator");
	if (!get_password(&o, &password, error))
		return FALSE;
	body = json_object_new();
	add_text(body, "user", argv[1]);
	add_text(body, "name", o.name);
	add_text(body, "language", o.language);
	add_text(body, "password", password);
	add_list(body, "roles", o.roles);
	add_list(body, "groups", o.groups);
	loa_password_wipe(password);

	g_autoptr(JsonNode) answer = post(ctl, "/users", body, error);

	if (answer == NULL)
		return FALSE;
	tell(ctl, answer, argv[1], "added");
	return TRUE;
}

static gboolean
set(LoaLoactl *ctl, int argc, char **argv, GError **error)
{
	g_auto(Options) o = { 0 };
	const GOptionEntry entries[] = { PERSON_ENTRIES(o), { NULL } };
	JsonObject *body;

	if (!loa_loactl_context_parse(ctl, "user set NAME [OPTION...]",
				      "What is not named stays as it is. Roles hold from the "
				      "user's next click on.",
				      entries, &argc, &argv, error) ||
	    !want_user(argc, argv, error) || !are_texts(&o, error))
		return FALSE;
	if (o.name == NULL && o.roles == NULL && o.groups == NULL && o.language == NULL)
		return loa_loactl_error(error, EX_USAGE,
					"What shall change? --name, --role, --group or --language");
	body = json_object_new();
	add_text(body, "name", o.name);
	add_text(body, "language", o.language);
	add_list(body, "roles", o.roles);
	add_list(body, "groups", o.groups);

	g_autoptr(JsonNode) answer = post_about(ctl, argv[1], "roles", body, error);

	if (answer == NULL)
		return FALSE;
	tell(ctl, answer, argv[1], "changed");
	return TRUE;
}

static gboolean
passwd(LoaLoactl *ctl, int argc, char **argv, GError **error)
{
	g_auto(Options) o = { 0 };
	const GOptionEntry entries[] = { PASSWORD_ENTRIES(o), { NULL } };
	char *password = NULL;
	JsonObject *body;

	if (!loa_loactl_context_parse(ctl, "user passwd NAME [OPTION...]",
				      ABOUT_PASSWORDS "\nThe user is logged out everywhere.",
				      entries, &argc, &argv, error) ||
	    !want_user(argc, argv, error) || !get_password(&o, &password, error))
		return FALSE;
	body = json_object_new();
	add_text(body, "password", password);
	loa_password_wipe(password);

	g_autoptr(JsonNode) answer = post_about(ctl, argv[1], "password", body, error);

	if (answer == NULL)
		return FALSE;
	tell(ctl, answer, argv[1], "given a new password");
	return TRUE;
}

static gboolean
switch_user(LoaLoactl *ctl, int argc, char **argv, const char *what, const char *done,
	    GError **error)
{
	g_autofree char *usage = g_strdup_printf("user %s NAME", what);

	if (!loa_loactl_context_parse(ctl, usage, NULL, NULL, &argc, &argv, error) ||
	    !want_user(argc, argv, error))
		return FALSE;

	g_autoptr(JsonNode) answer = post_about(ctl, argv[1], what, json_object_new(), error);

	if (answer == NULL)
		return FALSE;
	tell(ctl, answer, argv[1], done);
	return TRUE;
}

static gboolean
disable(LoaLoactl *ctl, int argc, char **argv, GError **error)
{
	return switch_user(ctl, argc, argv, "disable", "disabled", error);
}

static gboolean
enable(LoaLoactl *ctl, int argc, char **argv, GError **error)
{
	return switch_user(ctl, argc, argv, "enable", "enabled", error);
}

static void
add_row(LoaLoactlTable *table, JsonObject *user, GTimeZone *zone)
{
	g_autofree char *roles = loa_loactl_json_join(loa_loactl_json_array(user, "roles"), ",");
	g_autofree char *groups = loa_loactl_json_join(loa_loactl_json_array(user, "groups"), ",");
	g_autofree char *seen =
		loa_loactl_time_format(loa_loactl_json_int(user, "last_login_us"), zone);
	g_autofree char *disabled =
		loa_loactl_time_format(loa_loactl_json_int(user, "disabled_us"), zone);

	loa_loactl_table_add(table, (const char *const[]){ loa_loactl_json_text(user, "user"),
							   loa_loactl_json_text(user, "name"),
							   roles, groups, seen, disabled, NULL });
}

static gboolean
list(LoaLoactl *ctl, int argc, char **argv, GError **error)
{
	if (!loa_loactl_context_parse(ctl, "user list", NULL, NULL, &argc, &argv, error))
		return FALSE;

	g_autoptr(JsonNode) answer = NULL;

	if (!loa_loactl_context_ask(ctl, "user list", argc, "/users", &answer, error))
		return FALSE;
	if (answer == NULL)
		return TRUE;

	GTimeZone *zone = loa_loactl_context_zone(ctl, error);
	JsonArray *users = loa_loactl_json_array(json_node_get_object(answer), "users");
	g_autoptr(LoaLoactlTable) table = loa_loactl_table_new((const char *const[]){
		"USER", "NAME", "ROLES", "GROUPS", "LAST LOGIN", "DISABLED", NULL });

	if (zone == NULL)
		return FALSE;
	for (guint i = 0; i < loa_loactl_json_length(users); i++)
		add_row(table, loa_loactl_json_element(users, i), zone);
	if (loa_loactl_table_n_rows(table) == 0)
		loa_loactl_output_text("There is nobody yet: loactl user add NAME --role "
				       "administrator\n");
	else
		loa_loactl_output_table(table);
	return TRUE;
}

gboolean
loa_loactl_user(LoaLoactl *ctl, int argc, char **argv, GError **error)
{
	static const struct {
		const char *name;
		LoaLoactlVerbFunc run;
	} verbs[] = { { "add", add },         { "list", list },     { "set", set },
		      { "disable", disable }, { "enable", enable }, { "passwd", passwd } };

	for (gsize i = 0; argc > 1 && i < G_N_ELEMENTS(verbs); i++) {
		if (strcmp(argv[1], verbs[i].name) == 0)
			return verbs[i].run(ctl, argc - 1, argv + 1, error);
	}
	if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
		loa_loactl_output_text(
			"Usage:\n"
			"  loactl user add NAME --role ROLE[,ROLE] [--group GROUP[,GROUP]] "
			"[--name TEXT]\n"
			"  loactl user list\n"
			"  loactl user set NAME [--role ...] [--group ...] [--name ...]\n"
			"  loactl user passwd NAME\n"
			"  loactl user disable NAME\n"
			"  loactl user enable NAME\n\n"
			"loactl user add --help explains the first.\n");
		return TRUE;
	}
	return loa_loactl_error(error, EX_USAGE,
				"loactl user add, list, set, passwd, disable or enable? See loactl "
				"user --help");
}
