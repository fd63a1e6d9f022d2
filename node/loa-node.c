/* SPDX-License-Identifier: Apache-2.0 */
/* loa-node: the receiver on the pole. The command line, and where the log goes. */
#include <stdio.h>
#include <sysexits.h>

#include "common/main-thread.h"
#include "node/receiver.h"

static int
complain(int status, const GError *error)
{
	g_printerr("loa-node: %s\n", error->message);
	return status;
}

static const char *
level_word(GLogLevelFlags level)
{
	if (level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL))
		return "error: ";
	return level & G_LOG_LEVEL_WARNING ? "warning: " : "";
}

/* One line a message on standard error; debugging only with LOA_DEBUG set. */
static GLogWriterOutput
write_log(GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
	const char *text = "";

	(void)user_data;
	if (level & G_LOG_LEVEL_DEBUG && g_getenv("LOA_DEBUG") == NULL)
		return G_LOG_WRITER_HANDLED;
	for (gsize i = 0; i < n_fields; i++)
		if (g_str_equal(fields[i].key, "MESSAGE"))
			text = fields[i].value;
	fprintf(stderr, "loa-node: %s%s\n", level_word(level), text);
	return G_LOG_WRITER_HANDLED;
}

typedef struct {
	char *config;
	gboolean check_config;
	gboolean version;
} Options;

static void
options_clear(Options *self)
{
	g_free(self->config);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

/* Returns an exit status, -1 to go on. */
static int
read_options(int *argc, char ***argv, Options *options)
{
	const GOptionEntry entries[] = {
		{ "config", 'c', 0, G_OPTION_ARG_FILENAME, &options->config,
		  "Read FILE (node/node.cfg.sample shows every key)", "FILE" },
		{ "check-config", 0, 0, G_OPTION_ARG_NONE, &options->check_config,
		  "Tell every fault of the configuration, and end", NULL },
		{ "version", 0, 0, G_OPTION_ARG_NONE, &options->version,
		  "Show the version, and end", NULL },
		G_OPTION_ENTRY_NULL
	};
	g_autoptr(GError) error = NULL;
	g_autoptr(GOptionContext) context = g_option_context_new(NULL);

	g_option_context_set_summary(context,
				     "The receiver of a ward's public-address system: plays what "
				     "the signed plan says, and keeps the proof of it.");
	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse(context, argc, argv, &error))
		return complain(EX_USAGE, error);
	if (options->version) {
		g_print("loa-node %s\n", LOA_VERSION);
		return EX_OK;
	}
	if (*argc > 1 || options->config == NULL) {
		g_printerr("loa-node: %s; try --help\n",
			   *argc > 1 ? "no arguments are taken, only options"
				     : "--config FILE is needed");
		return EX_USAGE;
	}
	return -1;
}

static int
read_config(const Options *options, LoaNodeConfig **config)
{
	g_autoptr(GError) error = NULL;

	*config = loa_node_config_read(options->config, &error);
	if (*config != NULL)
		return EX_OK;
	/* faults begin with FILE:LINE themselves, so that editors can jump there */
	if (g_error_matches(error, LOA_NODE_CONFIG_ERROR, LOA_NODE_CONFIG_ERROR_FAULTS))
		g_printerr("%s\n", error->message);
	else
		g_printerr("loa-node: %s\n", error->message);
	return g_error_matches(error, LOA_NODE_CONFIG_ERROR, LOA_NODE_CONFIG_ERROR_READ)
		       ? EX_NOINPUT
		       : EX_CONFIG;
}

/* @config: (transfer full) */
static int
run(LoaNodeConfig *config)
{
	g_autoptr(GError) error = NULL;
	int status = EX_OK;
	g_autoptr(LoaReceiver) receiver = loa_receiver_new(config, &status, &error);

	if (receiver == NULL)
		return complain(status, error);
	loa_receiver_run(receiver);
	return EX_OK;
}

int
main(int argc, char **argv)
{
	g_auto(Options) options = { 0 };
	g_autoptr(LoaNodeConfig) config = NULL;

	loa_main_thread_claim();
	g_log_set_writer_func(write_log, NULL, NULL);
	int status = read_options(&argc, &argv, &options);

	if (status >= 0)
		return status;
	status = read_config(&options, &config);
	if (status != EX_OK)
		return status;
	if (!options.check_config)
		return run(g_steal_pointer(&config));
	g_print("%s: in order\n", options.config);
	return EX_OK;
}
