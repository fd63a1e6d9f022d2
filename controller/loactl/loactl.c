/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/loactl/loactl.c - the command line of the controller: finds the verb and runs it.
 */
#include <stdio.h>
#include <string.h>

#include "controller/loactl/loactl-verbs.h"

static const struct {
	const char *name;
	LoaLoactlVerbFunc run;
	const char *summary;
} verbs[] = {
	{ "check", loa_loactl_check, "Check schedule files: FILE:LINE: and a sentence a fault" },
	{ "preview", loa_loactl_preview, "Show what schedule files would air, and when" },
	{ "lunar", loa_loactl_lunar, "Show solar days on the Vietnamese lunar calendar" },
	{ "apply", loa_loactl_apply, "Declare the broadcasts of schedule files" },
	{ "export", loa_loactl_export, "Print the declared broadcasts as a schedule file" },
	{ "import", loa_loactl_import, "Take an audio file into the store" },
	{ "play", loa_loactl_play, "Air a recording or an audio file, now or at a time" },
	{ "stop", loa_loactl_stop, "Stop an airing, or everything that is on air" },
	{ "status", loa_loactl_status, "Show what is on air, what is next, how receivers are" },
	{ "log", loa_loactl_log, "Show what was heard, where, and what was not" },
	{ "report", loa_loactl_report, "Show a time in figures: airings, coverage, uptime, fees" },
	{ "campaign", loa_loactl_campaign, "Show on which days each group heard a disclosure" },
	{ "overlay", loa_loactl_overlay, "Switch mourning, exams or winter hours on and off" },
	{ "node", loa_loactl_node, "Add, list or revoke receivers" },
	{ "user", loa_loactl_user, "Add, list, change or disable people" },
};

static void
print_help(void)
{
	printf("Usage:\n  loactl [OPTION...] VERB ...\n\nVerbs:\n");
	for (gsize i = 0; i < G_N_ELEMENTS(verbs); i++)
		printf("  %-9s %s\n", verbs[i].name, verbs[i].summary);
	printf("\nOptions of every verb:\n"
	       "  -c, --config FILE    controller.cfg of the controller; else $LOA_CONFIG, else\n"
	       "                       " LOA_LOACTL_DEFAULT_CONFIG "\n"
	       "  --url URL            its address, without a configuration\n"
	       "  --token-file FILE    the file with its token\n"
	       "  -j, --json           answer in JSON, for other programs\n"
	       "\nloactl VERB --help explains a verb; man loactl explains everything.\n");
}

static gboolean
run(LoaLoactl *ctl, int argc, char **argv, GError **error)
{
	const char *first = argc > 1 ? argv[1] : "";

	if (strcmp(first, "--help") == 0 || strcmp(first, "-h") == 0 ||
	    strcmp(first, "help") == 0) {
		print_help();
		return TRUE;
	}
	if (strcmp(first, "--version") == 0) {
		printf("loactl " LOA_VERSION "\n");
		return TRUE;
	}
	if (!loa_loactl_context_parse_leading(ctl, &argc, &argv, error))
		return FALSE;
	if (argc < 2)
		return loa_loactl_error(error, EX_USAGE, "What shall be done? See loactl --help");
	for (gsize i = 0; i < G_N_ELEMENTS(verbs); i++) {
		if (strcmp(argv[1], verbs[i].name) == 0)
			return verbs[i].run(ctl, argc - 1, argv + 1, error);
	}
	return loa_loactl_error(error, EX_USAGE, "There is no verb \"%s\": see loactl --help",
				argv[1]);
}

int
main(int argc, char **argv)
{
	g_auto(LoaLoactl) ctl = { 0 };
	g_autoptr(GError) error = NULL;

	g_set_prgname("loactl");
	if (run(&ctl, argc, argv, &error)) {
		if (fflush(stdout) == 0 && !ferror(stdout))
			return EX_OK;
		fprintf(stderr, "loactl: The answer could not be written: make room on the disk\n");
		return EX_IOERR;
	}
	fflush(stdout);
	if (*error->message != '\0')
		fprintf(stderr, "loactl: %s\n", error->message);
	return error->code;
}
