/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/loa-controller.c - the controller's daemon: options, signals, the main loop.
 */
#include <glib-unix.h>
#include <locale.h>
#include <signal.h>
#include <sysexits.h>

#include "common/main-thread.h"
#include "controller/daemon.h"
#include "schedules/calendar-file.h"

typedef struct {
	char *config_path;
	gboolean is_check;
	gboolean is_version;
} Options;

static gboolean
parse(int *argc, char ***argv, Options *options)
{
	const GOptionEntry entries[] = {
		{ "config", 'c', 0, G_OPTION_ARG_FILENAME, &options->config_path,
		  "The configuration (controller.cfg)", "FILE" },
		{ "check-config", 0, 0, G_OPTION_ARG_NONE, &options->is_check,
		  "Check the configuration and exit", NULL },
		{ "version", 0, 0, G_OPTION_ARG_NONE, &options->is_version,
		  "Print the version and exit", NULL },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};
	g_autoptr(GOptionContext) context = g_option_context_new("- plans, airs, keeps the log");
	g_autoptr(GError) error = NULL;

	g_option_context_set_summary(context, "Runs a ward's loudspeakers: plans broadcasts, "
					      "streams them over MQTT and keeps the log.");
	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse(context, argc, argv, &error)) {
		g_printerr("loa-controller: %s; see --help\n", error->message);
		return FALSE;
	}
	if (*argc > 1) {
		g_printerr("loa-controller: \"%s\" is not understood; see --help\n", (*argv)[1]);
		return FALSE;
	}
	if (options->config_path == NULL && !options->is_version) {
		g_printerr("loa-controller: --config FILE is needed; see --help\n");
		return FALSE;
	}
	return TRUE;
}

static gboolean
on_signal(gpointer user_data)
{
	g_main_loop_quit(user_data);
	return G_SOURCE_CONTINUE;
}

static gboolean
on_hang_up(gpointer user_data)
{
	loa_daemon_reload(user_data);
	return G_SOURCE_CONTINUE;
}

static int
run(const LoaControllerConfig *config)
{
	g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
	g_autoptr(GError) error = NULL;
	int exit_code = EX_OK;
	g_autoptr(LoaDaemon) daemon = loa_daemon_new(config, &exit_code, &error);

	if (daemon == NULL) {
		g_printerr("loa-controller: %s\n", error->message);
		return exit_code;
	}

	guint term = g_unix_signal_add(SIGTERM, on_signal, loop);
	guint interrupt = g_unix_signal_add(SIGINT, on_signal, loop);
	guint hang_up = g_unix_signal_add(SIGHUP, on_hang_up, daemon);

	g_message("loa-controller " LOA_VERSION " runs site %s", config->site_id);
	g_main_loop_run(loop);
	g_source_remove(term);
	g_source_remove(interrupt);
	g_source_remove(hang_up);
	return EX_OK;
}

int
main(int argc, char **argv)
{
	Options options = { 0 };
	g_autoptr(GError) error = NULL;
	g_autoptr(LoaControllerConfig) config = NULL;

	setlocale(LC_ALL, "");
	/* GLib's TLS has no other way to say so, and its default takes what browsers gave up in
	 * 2020 */
	g_setenv("G_TLS_GNUTLS_PRIORITY", "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2", TRUE);
	loa_main_thread_claim();
	signal(SIGPIPE, SIG_IGN);
	if (!parse(&argc, &argv, &options))
		return EX_USAGE;
	g_autofree char *config_path = options.config_path;

	if (options.is_version) {
		g_print("loa-controller " LOA_VERSION "\n");
		return EX_OK;
	}
	config = loa_controller_config_load(config_path, &error);
	if (config == NULL) {
		g_printerr("%s\n", error->message);
		return EX_CONFIG;
	}
	if (!loa_calendar_file_load(config->data_dir, &error)) {
		g_printerr("%s\n", error->message);
		return EX_CONFIG;
	}
	if (options.is_check) {
		g_print("%s is in order\n", config_path);
		return EX_OK;
	}
	return run(config);
}
