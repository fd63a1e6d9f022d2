/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/loactl/loactl-context.h"

#include <stdio.h>
#include <string.h>

#include "common/file.h"
#include "controller/loactl/loactl-json.h"
#include "controller/loactl/loactl-output.h"
#include "controller/loactl/loactl-time.h"
#include "schedules/local-time.h"

#define SMALL_FILE_BYTES 4096
#define DEFAULT_ZONE "Asia/Ho_Chi_Minh"

static void
add_common(GOptionContext *context, LoaLoactl *self, const GOptionEntry *own)
{
	const GOptionEntry common[] = {
		{ "config", 'c', 0, G_OPTION_ARG_FILENAME, &self->config_path,
		  "controller.cfg of the controller to speak to; else $LOA_CONFIG, "
		  "else " LOA_LOACTL_DEFAULT_CONFIG,
		  "FILE" },
		{ "url", 0, 0, G_OPTION_ARG_FILENAME, &self->url,
		  "Address of the controller, without a configuration", "URL" },
		{ "token-file", 0, 0, G_OPTION_ARG_FILENAME, &self->token_file,
		  "The file with the controller's token", "FILE" },
		{ "json", 'j', 0, G_OPTION_ARG_NONE, &self->is_json,
		  "Answer in JSON (docs/api.yaml), for other programs", NULL },
		{ NULL },
	};

	if (own != NULL)
		g_option_context_add_main_entries(context, own, NULL);
	g_option_context_add_main_entries(context, common, NULL);
}

gboolean
loa_loactl_context_parse(LoaLoactl *self, const char *usage, const char *about,
			 const GOptionEntry *entries, int *argc, char ***argv, GError **error)
{
	g_autoptr(GOptionContext) context = g_option_context_new(usage);
	g_autoptr(GError) cause = NULL;

	add_common(context, self, entries);
	g_option_context_set_description(context, about);
	if (g_option_context_parse(context, argc, argv, &cause))
		return TRUE;

	g_autofree char *verb = g_strndup(usage, strcspn(usage, " "));

	return loa_loactl_error(error, EX_USAGE, "%s; see loactl %s --help", cause->message, verb);
}

gboolean
loa_loactl_context_parse_leading(LoaLoactl *self, int *argc, char ***argv, GError **error)
{
	g_autoptr(GOptionContext) context = g_option_context_new(NULL);
	g_autoptr(GError) cause = NULL;

	add_common(context, self, NULL);
	g_option_context_set_help_enabled(context, FALSE);
	g_option_context_set_strict_posix(context, TRUE);
	if (g_option_context_parse(context, argc, argv, &cause))
		return TRUE;
	return loa_loactl_error(error, EX_USAGE, "%s; see loactl --help", cause->message);
}

static const char *
from_environment(void)
{
	const char *path = g_getenv("LOA_CONFIG");

	return path != NULL && *path != '\0' ? path : NULL;
}

static const char *
config_path(LoaLoactl *self)
{
	if (self->config_path != NULL)
		return self->config_path;
	return from_environment() != NULL ? from_environment() : LOA_LOACTL_DEFAULT_CONFIG;
}

gboolean
loa_loactl_context_names_config(LoaLoactl *self)
{
	return self->config_path != NULL || from_environment() != NULL;
}

gboolean
loa_loactl_context_has_config(LoaLoactl *self)
{
	return loa_loactl_context_names_config(self) ||
	       g_file_test(LOA_LOACTL_DEFAULT_CONFIG, G_FILE_TEST_EXISTS);
}

LoaControllerConfig *
loa_loactl_context_config(LoaLoactl *self, GError **error)
{
	GError *cause = NULL;

	if (self->config != NULL)
		return self->config;
	if (!loa_loactl_context_has_config(self)) {
		loa_loactl_error(error, EX_CONFIG,
				 "There is no " LOA_LOACTL_DEFAULT_CONFIG ": name the controller's "
				 "configuration with --config FILE or LOA_CONFIG, or its address "
				 "with --url and --token-file");
		return NULL;
	}
	self->config = loa_controller_config_load(config_path(self), &cause);
	if (g_error_matches(cause, LOA_CONFIG_READER_ERROR, LOA_CONFIG_READER_ERROR_FAULT)) {
		/* lines that an editor can jump to */
		fprintf(stderr, "%s\n", cause->message);
		g_error_free(cause);
		loa_loactl_error(error, EX_CONFIG, "Mend what is said above in %s",
				 config_path(self));
	} else if (cause != NULL) {
		loa_loactl_error_take(error, EX_CONFIG, cause);
	}
	return self->config;
}

/* (transfer full) (nullable): the one line of a small file */
static char *
read_line(const char *path, GError **error)
{
	g_autoptr(GBytes) bytes = loa_file_read(path, SMALL_FILE_BYTES, error);

	if (bytes == NULL)
		return NULL;

	gsize size;
	const char *text = g_bytes_get_data(bytes, &size);

	return g_strstrip(g_strndup(text != NULL ? text : "", size));
}

static char *
read_token(const char *path, GError **error)
{
	g_autoptr(GError) cause = NULL;
	char *token = read_line(path, &cause);

	if (token != NULL)
		return token;
	if (g_error_matches(cause, G_FILE_ERROR, G_FILE_ERROR_ACCES) ||
	    g_error_matches(cause, G_FILE_ERROR, G_FILE_ERROR_PERM))
		loa_loactl_error(error, EX_NOPERM,
				 "The token in %s is for the controller's user: run loactl as that "
				 "user or with sudo",
				 path);
	else if (g_error_matches(cause, G_FILE_ERROR, G_FILE_ERROR_NOENT))
		loa_loactl_error(error, EX_UNAVAILABLE,
				 "There is no token in %s yet: start the controller once "
				 "(systemctl start loa-controller), it makes one",
				 path);
	else
		loa_loactl_error(error, EX_NOINPUT, "%s", cause->message);
	return NULL;
}

/* (transfer full) (nullable): where the controller of the configuration listens just now */
static char *
read_url(LoaControllerConfig *config, GError **error)
{
	g_autofree char *path = g_build_filename(config->data_dir, "http.port", NULL);
	g_autofree char *port = read_line(path, NULL);
	guint64 number;

	if (port != NULL && g_ascii_string_to_unsigned(port, 10, 1, G_MAXUINT16, &number, NULL))
		return g_strdup_printf("http://127.0.0.1:%s", port);
	loa_loactl_error(error, EX_UNAVAILABLE,
			 "The controller is not running (no %s): systemctl start loa-controller, "
			 "or loa-controller --config F",
			 path);
	return NULL;
}

LoaLoactlClient *
loa_loactl_context_client(LoaLoactl *self, GError **error)
{
	LoaControllerConfig *config = NULL;
	g_autofree char *url = g_strdup(self->url);
	const char *token_file = self->token_file;

	if (self->client != NULL)
		return self->client;
	if (url == NULL || token_file == NULL) {
		config = loa_loactl_context_config(self, error);
		if (config == NULL)
			return NULL;
	}
	if (url == NULL)
		url = read_url(config, error);
	if (url == NULL)
		return NULL;

	g_autofree char *token =
		read_token(token_file != NULL ? token_file : config->token_file, error);

	if (token != NULL)
		self->client = loa_loactl_client_new(url, token);
	return self->client;
}

static char *
ask_for_zone(LoaLoactl *self, GError **error)
{
	LoaLoactlClient *client = loa_loactl_context_client(self, error);
	g_autoptr(JsonNode) status =
		client != NULL ? loa_loactl_client_get(client, "/status", error) : NULL;

	if (status == NULL)
		return NULL;

	JsonObject *site = loa_loactl_json_object(json_node_get_object(status), "site");

	return g_strdup(loa_loactl_json_text(site, "time_zone"));
}

gboolean
loa_loactl_context_ask(LoaLoactl *self, const char *what, int argc, const char *path,
		       JsonNode **answer, GError **error)
{
	LoaLoactlClient *client;

	*answer = NULL;
	if (argc != 1)
		return loa_loactl_error(error, EX_USAGE, "loactl %s takes no names", what);
	client = loa_loactl_context_client(self, error);
	*answer = client != NULL ? loa_loactl_client_get(client, path, error) : NULL;
	if (*answer == NULL)
		return FALSE;
	if (self->is_json) {
		loa_loactl_output_json(*answer);
		g_clear_pointer(answer, json_node_unref);
	}
	return TRUE;
}

GTimeZone *
loa_loactl_context_zone(LoaLoactl *self, GError **error)
{
	g_autofree char *name = NULL;

	if (self->zone != NULL)
		return self->zone;
	if (self->url != NULL) {
		name = ask_for_zone(self, error);
		if (name == NULL)
			return NULL;
	} else if (loa_loactl_context_has_config(self)) {
		LoaControllerConfig *config = loa_loactl_context_config(self, error);

		if (config != NULL)
			self->zone = g_time_zone_ref(config->zone);
		return self->zone;
	}
	self->zone = loa_local_time_zone(name != NULL && *name != '\0' ? name : DEFAULT_ZONE);
	if (self->zone == NULL)
		loa_loactl_error(error, EX_CONFIG,
				 "This system does not know the time zone %s: apt-get install "
				 "tzdata",
				 name != NULL ? name : DEFAULT_ZONE);
	return self->zone;
}

gboolean
loa_loactl_context_time(LoaLoactl *self, const char *option, const char *text, gint64 *us,
			GError **error)
{
	GTimeZone *zone = loa_loactl_context_zone(self, error);
	g_autofree char *why = NULL;

	if (zone == NULL)
		return FALSE;
	if (loa_loactl_time_parse(text, g_get_real_time(), zone, us, &why))
		return TRUE;
	return loa_loactl_error(error, EX_USAGE, "%s: %s", option, why);
}

void
loa_loactl_context_clear(LoaLoactl *self)
{
	g_clear_pointer(&self->config_path, g_free);
	g_clear_pointer(&self->url, g_free);
	g_clear_pointer(&self->token_file, g_free);
	g_clear_pointer(&self->ics_to, g_free);
	g_clear_pointer(&self->ics_recording, g_free);
	g_clear_pointer(&self->ics_at, g_free);
	g_clear_pointer(&self->config, loa_controller_config_free);
	g_clear_pointer(&self->zone, g_time_zone_unref);
	g_clear_pointer(&self->client, loa_loactl_client_free);
}
