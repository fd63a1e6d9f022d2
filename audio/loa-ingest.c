/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audio/loa-ingest.c - the program that lets hostile bytes near a codec, so that the controller
 * need not: without network, other programs and other processes (jail.h), without files but those
 * it is about (file-jail.h), bounded in memory, time and file size, and gone with its parent.
 */
#include <errno.h>
#include <gst/gst.h>
#include <locale.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "audio/decode.h"
#include "audio/file-jail.h"
#include "audio/ingest-line.h"
#include "audio/jail.h"

/* A minute of sound takes a second or so; this is for the slowest of boxes. */
#define CPU_SECONDS_PER_MINUTE 30
#define CPU_SECONDS_MORE 60
#define PROGRESS_INTERVAL_US (200 * 1000)

typedef struct {
	LoaIngestOptions options;
	char *input; /* owned, as the next two */
	char *folder;
	char *name;
	char *parts_text; /* "1234,5678" */
	gint64 parts[LOA_INGEST_MAX_PARTS - 1];
	gboolean with_stats;
	gboolean with_version;
} Arguments;

static GCancellable *cancellable;
static gint64 last_progress_us;

static void
arguments_clear(Arguments *self)
{
	g_free(self->input);
	g_free(self->folder);
	g_free(self->name);
	g_free(self->parts_text);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Arguments, arguments_clear)

static void
say(const LoaIngestLine *line)
{
	g_autofree char *text = loa_ingest_line_encode(line);

	/* nobody listens any more: the parent is gone, and so will we be */
	if (puts(text) == EOF || fflush(stdout) == EOF)
		g_cancellable_cancel(cancellable);
}

static void
on_progress(const char *stage, double progress, gpointer user_data)
{
	(void)user_data;
	LoaIngestLine line = { .kind = LOA_INGEST_LINE_PROGRESS, .progress = progress };
	gint64 now_us = g_get_monotonic_time();

	if (now_us - last_progress_us < PROGRESS_INTERVAL_US)
		return;
	last_progress_us = now_us;
	g_strlcpy(line.stage, stage, sizeof line.stage);
	say(&line);
}

/* SIGTERM and SIGINT are taken in a thread of their own, where cancelling is allowed. */
static gpointer
wait_for_signals_worker(gpointer data)
{
	const sigset_t *blocked = data;
	int number = 0;

	while (sigwait(blocked, &number) != 0)
		continue;
	g_cancellable_cancel(cancellable);
	return NULL;
}

static sigset_t signals;

/* Before any other thread is made: they inherit the mask. */
static void
block_signals(void)
{
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a file over the limit is an error like a full disk */
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
}

/* What came since they were blocked is taken now. */
static void
take_signals(void)
{
	g_thread_unref(g_thread_new("signals", wait_for_signals_worker, &signals));
}

/* Before the first thread. */
static gboolean
enter_file_jail(const Arguments *arguments)
{
	g_autofree char *originals = g_build_filename(arguments->folder, "originals", NULL);
	g_autofree char *audio = g_build_filename(arguments->folder, "audio", NULL);
	const char *const writable[] = { originals, audio, NULL };
	const LoaFileJail jail = { .readable = arguments->input, .writable = writable };

	return loa_file_jail_enter(&jail);
}

/* The largest file we may write: the spool of a recording at the limit, or the original. */
static rlim_t
max_file_size(const Arguments *arguments)
{
	rlim_t spool =
		(rlim_t)(arguments->options.max_minutes + 1) * 60 * LOA_DECODE_RATE * sizeof(float);
	struct stat st;

	if (stat(arguments->input, &st) == 0 && st.st_size > 0)
		return MAX(spool, (rlim_t)st.st_size);
	return spool;
}

static gboolean
set_limits(const Arguments *arguments)
{
	const LoaJailLimits limits = {
		.cpu_s = CPU_SECONDS_MORE +
			 CPU_SECONDS_PER_MINUTE * (guint64)arguments->options.max_minutes,
		.max_file_bytes = max_file_size(arguments),
	};

	return loa_jail_limit(&limits);
}

static int
exit_code_of(LoaIngestError code)
{
	switch (code) {
	case LOA_INGEST_ERROR_NOT_AUDIO:
	case LOA_INGEST_ERROR_NO_TRACK:
	case LOA_INGEST_ERROR_CUT_SHORT:
	case LOA_INGEST_ERROR_DAMAGED:
	case LOA_INGEST_ERROR_SILENT:
	case LOA_INGEST_ERROR_TOO_LONG:
	case LOA_INGEST_ERROR_TOO_SHORT:
		return EX_DATAERR;
	case LOA_INGEST_ERROR_NO_INPUT:
		return EX_NOINPUT;
	case LOA_INGEST_ERROR_UNWRITABLE:
		return EX_CANTCREAT;
	case LOA_INGEST_ERROR_DISK_FULL:
		return EX_IOERR;
	case LOA_INGEST_ERROR_CANCELLED:
		return EX_TEMPFAIL;
	case LOA_INGEST_ERROR_INTERNAL:
		return EX_SOFTWARE;
	}
	return EX_SOFTWARE;
}

static int
fail(LoaIngestError code, const char *message)
{
	LoaIngestLine line = { .kind = LOA_INGEST_LINE_FAILED, .code = code };

	g_strlcpy(line.message, message, sizeof line.message);
	say(&line);
	return exit_code_of(code);
}

/* For people: what it took. On standard error, where nobody parses it. */
static void
print_stats(const LoaIngestResult *result, gint64 took_us)
{
	struct rusage usage;
	double seconds = (double)took_us / 1e6;

	if (getrusage(RUSAGE_SELF, &usage) != 0)
		return;
	fprintf(stderr,
		"%.1f s of sound in %.2f s: %.0f times real time; CPU %.2f s; peak memory %.1f "
		"MB\n",
		(double)result->duration_ms / 1e3, seconds,
		(double)result->duration_ms / 1e3 / seconds,
		(double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec / 1e6 +
			(double)usage.ru_stime.tv_sec + (double)usage.ru_stime.tv_usec / 1e6,
		(double)usage.ru_maxrss / 1024);
}

static gboolean
parse_arguments(int *argc, char ***argv, Arguments *arguments, GError **error)
{
	LoaIngestOptions *options = &arguments->options;
	const GOptionEntry entries[] = {
		{ "in", 'i', 0, G_OPTION_ARG_FILENAME, &arguments->input,
		  "The recording as the office has it", "FILE" },
		{ "out", 'o', 0, G_OPTION_ARG_FILENAME, &arguments->folder,
		  "Folder for audio/SHA256.opus and originals/SHA256.EXT", "DIR" },
		{ "name", 'n', 0, G_OPTION_ARG_STRING, &arguments->name,
		  "What the user called the file; its ending is kept", "NAME" },
		{ "lufs", 0, 0, G_OPTION_ARG_DOUBLE, &options->lufs, "Loudness, -40 to -8 (-16)",
		  "LUFS" },
		{ "true-peak", 0, 0, G_OPTION_ARG_DOUBLE, &options->true_peak_dbtp,
		  "Highest true peak, -20 to -0.5 (-1.5)", "DBTP" },
		{ "bitrate", 0, 0, G_OPTION_ARG_INT, &options->bitrate,
		  "Of Opus in bit/s, 6000 to 256000 (24000)", "BITS" },
		{ "max-minutes", 0, 0, G_OPTION_ARG_INT, &options->max_minutes,
		  "Longest recording, 1 to 600 (120)", "MINUTES" },
		{ "parts", 0, 0, G_OPTION_ARG_STRING, &arguments->parts_text,
		  "The file is several, to be joined: where the second, third, ... begin",
		  "BYTE,..." },
		{ "stats", 0, 0, G_OPTION_ARG_NONE, &arguments->with_stats,
		  "Say on standard error how long it took", NULL },
		{ "version", 0, 0, G_OPTION_ARG_NONE, &arguments->with_version, "Print the version",
		  NULL },
		{ 0 },
	};
	g_autoptr(GOptionContext) context =
		g_option_context_new("- make a recording ready for the loudspeakers");

	g_option_context_add_main_entries(context, entries, NULL);
	return g_option_context_parse(context, argc, argv, error);
}

/* %FALSE: no list of rising places */
static gboolean
read_parts(Arguments *arguments)
{
	g_auto(GStrv) words =
		g_strsplit(arguments->parts_text != NULL ? arguments->parts_text : "", ",", -1);
	const guint n = g_strv_length(words);
	gint64 last = 0;

	if (n > G_N_ELEMENTS(arguments->parts))
		return FALSE;
	for (guint i = 0; i < n; i++) {
		if (!g_ascii_string_to_signed(words[i], 10, last + 1, G_MAXINT64,
					      &arguments->parts[i], NULL))
			return FALSE;
		last = arguments->parts[i];
	}
	arguments->options.parts = arguments->parts;
	arguments->options.n_parts = n;
	return TRUE;
}

/* (nullable): what is wrong with the arguments. */
static const char *
find_fault(int argc, Arguments *arguments)
{
	const LoaIngestOptions *options = &arguments->options;

	if (argc > 1)
		return "too many arguments; see --help";
	if (arguments->input == NULL || arguments->folder == NULL)
		return "--in FILE and --out DIR are needed; see --help";
	if (!(options->lufs >= -40 && options->lufs <= -8))
		return "--lufs must lie between -40 and -8";
	if (!(options->true_peak_dbtp >= -20 && options->true_peak_dbtp <= -0.5))
		return "--true-peak must lie between -20 and -0.5";
	if (options->bitrate < 6000 || options->bitrate > 256000)
		return "--bitrate must lie between 6000 and 256000";
	if (options->max_minutes < 1 || options->max_minutes > 600)
		return "--max-minutes must lie between 1 and 600";
	if (!read_parts(arguments))
		return "--parts must be at most 19 rising numbers with ',' between";
	return NULL;
}

static int
ingest(Arguments *arguments)
{
	g_autoptr(GError) error = NULL;
	LoaIngestLine line = { .kind = LOA_INGEST_LINE_DONE };
	gint64 started_us = g_get_monotonic_time();

	if (!gst_init_check(NULL, NULL, &error))
		return fail(LOA_INGEST_ERROR_INTERNAL, error->message);
	loa_ingest_sweep(arguments->folder);
	if (!loa_ingest_make_folders(arguments->folder, &error))
		return fail((LoaIngestError)error->code, error->message);
	if (!enter_file_jail(arguments))
		fprintf(stderr, "loa-ingest: this system has no Landlock: a decoder that a file "
				"takes over could open what this user may\n");
	take_signals();
	if (!set_limits(arguments))
		return fail(LOA_INGEST_ERROR_INTERNAL, "cannot limit memory and time");
	if (!loa_jail_lock())
		return fail(LOA_INGEST_ERROR_INTERNAL,
			    "this system does not let a program give up its rights (seccomp), and "
			    "without that no foreign file is opened");
	arguments->options.input = arguments->input;
	arguments->options.name = arguments->name;
	arguments->options.folder = arguments->folder;
	if (!loa_ingest_run(&arguments->options, on_progress, NULL, cancellable, &line.result,
			    &error))
		return fail((LoaIngestError)error->code, error->message);
	say(&line);
	if (arguments->with_stats)
		print_stats(&line.result, g_get_monotonic_time() - started_us);
	return EX_OK;
}

int
main(int argc, char **argv)
{
	g_auto(Arguments) arguments = { .options = loa_ingest_options_default() };
	g_autoptr(GError) error = NULL;
	const char *fault;

	(void)loa_jail_leave_network();
	setlocale(LC_CTYPE, "");
	if (!parse_arguments(&argc, &argv, &arguments, &error)) {
		fprintf(stderr, "loa-ingest: %s\n", error->message);
		return EX_USAGE;
	}
	if (arguments.with_version) {
		puts("loa-ingest " LOA_VERSION);
		return EX_OK;
	}
	fault = find_fault(argc, &arguments);
	if (fault != NULL) {
		fprintf(stderr, "loa-ingest: %s\n", fault);
		return EX_USAGE;
	}
	cancellable = g_cancellable_new();
	block_signals();
	return ingest(&arguments);
}
