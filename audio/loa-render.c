/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audio/loa-render.c - makes other forms of a stored recording, in a child without network
 *(jail.h): the controller does not wait for it, and its memory is not the controller's.
 *
 *	loa-render peaks|wav|mp3 INPUT.opus OUTPUT
 *
 * Status 0, or one line on standard output that says why not.
 */
#include <gst/gst.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sysexits.h>

#include "audio/file-jail.h"
#include "audio/jail.h"
#include "audio/render.h"

#define CPU_SECONDS 1200
#define MAX_FILE_BYTES (G_GUINT64_CONSTANT(4) << 30)

static const struct {
	const char *name;
	gboolean (*run)(const char *input, const char *output, GError **error);
} forms[] = {
	{ "peaks", loa_render_peaks },
	{ "wav", loa_render_wav },
	{ "mp3", loa_render_mp3 },
};

static int
fail(int status, const char *why)
{
	printf("%s\n", why);
	return status;
}

static gboolean
enter_file_jail(const char *input, const char *output)
{
	g_autofree char *folder = g_path_get_dirname(output);
	const char *const writable[] = { folder, NULL };
	const LoaFileJail jail = { .readable = input, .writable = writable };

	return loa_file_jail_enter(&jail);
}

int
main(int argc, char **argv)
{
	const LoaJailLimits limits = { CPU_SECONDS, MAX_FILE_BYTES };
	g_autoptr(GError) error = NULL;

	(void)loa_jail_leave_network();
	signal(SIGXFSZ, SIG_IGN); /* a file over the limit is an error like a full disk */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		puts("loa-render " LOA_VERSION);
		return EX_OK;
	}
	if (argc != 4)
		return fail(EX_USAGE, "usage: loa-render peaks|wav|mp3 INPUT.opus OUTPUT");
	if (!gst_init_check(NULL, NULL, &error))
		return fail(EX_SOFTWARE, error->message);
	if (!enter_file_jail(argv[2], argv[3]))
		fprintf(stderr, "loa-render: this system has no Landlock: it may open what this "
				"user may\n");
	if (!loa_jail_limit(&limits) || !loa_jail_lock())
		return fail(EX_SOFTWARE, "this system does not let a program give up its rights");
	for (gsize i = 0; i < G_N_ELEMENTS(forms); i++) {
		if (strcmp(forms[i].name, argv[1]) != 0)
			continue;
		if (forms[i].run(argv[2], argv[3], &error))
			return EX_OK;
		return fail(EX_DATAERR, error->message);
	}
	return fail(EX_USAGE, "usage: loa-render peaks|wav|mp3 INPUT.opus OUTPUT");
}
