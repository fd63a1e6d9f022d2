/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/studio/studio.h"

#include <glib/gstdio.h>
#include <string.h>

#include "common/file.h"
#include "controller/studio/child-program.h"
#include "controller/studio/line-process.h"
#include "controller/studio/studio-jobs.h"

/* An hour of sound is ingested in a few minutes at the most; a child beyond these hangs. */
#define INGEST_LIMIT_S (60 * 60)
#define SPEECH_LIMIT_S (10 * 60)
/* Of a speech job's progress, what the speech command itself stands for. */
#define SPEECH_SHARE 0.2
#define MAX_LINE LOA_INGEST_LINE_MAX

struct LoaStudio {
	const LoaControllerConfig *config; /* borrowed */
	gint64 (*now_us)(gpointer user_data);
	LoaStudioEvents events;
	gpointer user_data;
	char *program;           /* loa-ingest */
	char *tmp_dir;           /* data_dir/tmp: emptied at the start */
	GPtrArray *jobs;         /* LoaStudioJob, oldest first */
	LoaStudioJob *running;   /* (nullable): in jobs */
	LoaLineProcess *process; /* (nullable) */
	guint next_source;       /* idle: 0: none */
};

G_DEFINE_QUARK(loa_studio_error, loa_studio_error)

static void schedule_next(LoaStudio *self);

static void
empty_folder(const char *path)
{
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
	const char *name;

	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *file = g_build_filename(path, name, NULL);

		g_unlink(file);
	}
}

LoaStudio *
loa_studio_new(const LoaControllerConfig *config, gint64 (*now_us)(gpointer user_data),
	       const LoaStudioEvents *events, gpointer user_data, GError **error)
{
	g_autofree char *tmp_dir = g_build_filename(config->data_dir, "tmp", NULL);
	LoaStudio *self;

	if (!loa_file_ensure_folder(tmp_dir, error))
		return NULL;
	empty_folder(tmp_dir);
	loa_ingest_sweep(config->data_dir);
	self = g_new0(LoaStudio, 1);
	self->config = config;
	self->now_us = now_us;
	self->events = *events;
	self->user_data = user_data;
	self->program = config->ingest_program != NULL ? g_strdup(config->ingest_program)
						       : loa_child_program(config, "loa-ingest");
	self->tmp_dir = g_steal_pointer(&tmp_dir);
	self->jobs = g_ptr_array_new_with_free_func((GDestroyNotify)loa_studio_job_free);
	return self;
}

static void
tell(LoaStudio *self, const LoaStudioJob *job)
{
	self->events.on_job(job->id, self->user_data);
}

static void
finish(LoaStudioJob *job, LoaJobState state, const char *message)
{
	LoaStudio *self = job->studio;

	loa_studio_job_remove_files(job);
	job->state = state;
	job->progress = state == LOA_JOB_DONE ? 1.0 : job->progress;
	g_free(job->message);
	job->message = g_strdup(message);
	self->running = NULL;
	g_clear_pointer(&self->process, loa_line_process_free);
	tell(self, job);
	loa_studio_jobs_forget(self->jobs, LOA_STUDIO_MAX_FINISHED);
	schedule_next(self);
}

static void
keep(LoaStudioJob *job)
{
	const LoaIngestResult *result = &job->last->result;
	g_autoptr(LoaRecording) recording = g_steal_pointer(&job->about);
	g_autoptr(GError) error = NULL;

	g_free(recording->id);
	recording->id = job->recording != NULL ? g_strdup(job->recording)
					       : g_strdup_printf("r%.16s", result->original_sha256);
	recording->sha256 = g_strdup(result->sha256);
	recording->size_bytes = result->size;
	recording->n_samples = result->n_samples;
	recording->pre_skip = result->pre_skip;
	recording->loudness_lufs = result->lufs;
	recording->true_peak_dbtp = result->true_peak_dbtp;
	recording->original_name = g_strdup(job->file_name);
	recording->original_sha256 = g_strdup(result->original_sha256);
	recording->imported_us = job->studio->now_us(job->studio->user_data);
	if (!job->studio->events.keep(recording, job->studio->user_data, &error)) {
		/* the files stay: they are named by their hash, and trying again finds them */
		finish(job, LOA_JOB_FAILED, error->message);
		return;
	}
	if (job->recording == NULL)
		job->recording = g_strdup(recording->id);
	finish(job, LOA_JOB_DONE, "");
}

static void
on_ingest_line(const char *line, gpointer data)
{
	LoaStudioJob *job = data;
	LoaIngestLine *said = g_new0(LoaIngestLine, 1);

	if (!loa_ingest_line_decode(line, said, NULL)) {
		g_free(said);
		return;
	}
	if (said->kind != LOA_INGEST_LINE_PROGRESS) {
		g_free(job->last);
		job->last = said;
		return;
	}
	job->progress = job->is_speech ? SPEECH_SHARE + (1 - SPEECH_SHARE) * said->progress
				       : said->progress;
	g_free(job->message);
	job->message = g_strdup(said->stage);
	g_free(said);
	tell(job->studio, job);
}

static void
on_ingest_exit(const char *why, gpointer data)
{
	LoaStudioJob *job = data;

	if (job->last != NULL && job->last->kind == LOA_INGEST_LINE_DONE && why == NULL) {
		keep(job);
	} else if (job->last != NULL && job->last->kind == LOA_INGEST_LINE_FAILED) {
		finish(job, LOA_JOB_FAILED, job->last->message);
	} else {
		g_autofree char *message = g_strdup_printf(
			"loa-ingest gave up: %s; try again, and report the file if it stays so",
			why != NULL ? why : "it said nothing");

		finish(job, LOA_JOB_FAILED, message);
	}
}

static void
start_ingest(LoaStudioJob *job)
{
	static const LoaLineProcessEvents events = { on_ingest_line, on_ingest_exit };
	LoaStudio *self = job->studio;
	const LoaControllerConfig *config = self->config;
	char lufs[G_ASCII_DTOSTR_BUF_SIZE], peak[G_ASCII_DTOSTR_BUF_SIZE];
	g_autofree char *bitrate = g_strdup_printf("%u", config->ingest_bitrate);
	g_autofree char *minutes = g_strdup_printf("%u", config->ingest_max_minutes);
	g_autoptr(GError) error = NULL;
	/* the C locale: another one writes a comma */
	const char *argv[] = {
		self->program,
		"--out",
		config->data_dir,
		"--name",
		job->file_name,
		"--lufs",
		g_ascii_formatd(lufs, sizeof lufs, "%.1f", config->ingest_lufs),
		"--true-peak",
		g_ascii_formatd(peak, sizeof peak, "%.1f", config->ingest_true_peak_dbtp),
		"--bitrate",
		bitrate,
		"--max-minutes",
		minutes,
		"--in",
		job->input_path,
		job->parts != NULL ? "--parts" : NULL,
		job->parts,
		NULL,
	};

	self->process = loa_line_process_new(argv, MAX_LINE, INGEST_LIMIT_S, &events, job, &error);
	if (self->process == NULL)
		finish(job, LOA_JOB_FAILED, error->message);
}

static void
on_speech_line(const char *line, gpointer data)
{
	(void)line;
	(void)data;
}

static void
on_speech_exit(const char *why, gpointer data)
{
	LoaStudioJob *job = data;

	g_clear_pointer(&job->studio->process, loa_line_process_free);
	if (why == NULL && g_file_test(job->input_path, G_FILE_TEST_IS_REGULAR)) {
		job->progress = SPEECH_SHARE;
		start_ingest(job);
		return;
	}

	g_autofree char *message = g_strdup_printf(
		"the speech command %s failed: %s; check speech.command in the configuration",
		job->studio->config->speech_command[0], why != NULL ? why : "it wrote no file");

	finish(job, LOA_JOB_FAILED, message);
}

/* %i and %o in an argument of the speech command. */
static char *
expand(const char *argument, const LoaStudioJob *job)
{
	g_autoptr(GString) text = g_string_new(argument);

	g_string_replace(text, "%i", job->text_path, 0);
	g_string_replace(text, "%o", job->input_path, 0);
	return g_string_free(g_steal_pointer(&text), FALSE);
}

static void
start_speech(LoaStudioJob *job)
{
	static const LoaLineProcessEvents events = { on_speech_line, on_speech_exit };
	LoaStudio *self = job->studio;
	g_auto(GStrv) argv = g_strdupv(self->config->speech_command);
	g_autoptr(GError) error = NULL;

	for (char **argument = argv; *argument != NULL; argument++) {
		char *expanded = expand(*argument, job);

		g_free(*argument);
		*argument = expanded;
	}
	self->process = loa_line_process_new((const char *const *)argv, MAX_LINE, SPEECH_LIMIT_S,
					     &events, job, &error);
	if (self->process != NULL)
		return;

	g_autofree char *message =
		g_strdup_printf("cannot run the speech command: %s; install espeak-ng or set "
				"speech.command in the configuration",
				error->message);

	finish(job, LOA_JOB_FAILED, message);
}

static gboolean
start_next(gpointer data)
{
	LoaStudio *self = data;

	self->next_source = 0;
	for (guint i = 0; i < self->jobs->len && self->running == NULL; i++) {
		LoaStudioJob *job = g_ptr_array_index(self->jobs, i);

		if (job->state != LOA_JOB_WAITING)
			continue;
		self->running = job;
		job->state = LOA_JOB_RUNNING;
		tell(self, job);
		if (job->is_speech)
			start_speech(job);
		else
			start_ingest(job);
	}
	return G_SOURCE_REMOVE;
}

/* From the loop: never from within the callback of the job before. */
static void
schedule_next(LoaStudio *self)
{
	if (self->next_source == 0)
		self->next_source = g_idle_add(start_next, self);
}

static gboolean
has_room(const LoaStudio *self, GError **error)
{
	if (loa_studio_jobs_count(self->jobs, TRUE) < LOA_STUDIO_MAX_WAITING)
		return TRUE;
	g_set_error(error, LOA_STUDIO_ERROR, LOA_STUDIO_ERROR_BUSY,
		    "%d recordings are being made already; try again in a minute",
		    LOA_STUDIO_MAX_WAITING);
	return FALSE;
}

static LoaStudioJob *
add_job(LoaStudio *self, const LoaRecording *about)
{
	LoaStudioJob *job = loa_studio_job_new(about);

	job->studio = self;
	g_ptr_array_add(self->jobs, job);
	schedule_next(self);
	return job;
}

const char *
loa_studio_import(LoaStudio *self, const char *upload_path, const char *file_name,
		  const char *parts, const LoaRecording *about, GError **error)
{
	LoaStudioJob *job;

	if (!has_room(self, error)) {
		g_unlink(upload_path);
		return NULL;
	}
	job = add_job(self, about);
	job->input_path = g_strdup(upload_path);
	job->file_name = g_strdup(file_name);
	job->parts = parts != NULL && parts[0] != '\0' ? g_strdup(parts) : NULL;
	return job->id;
}

const char *
loa_studio_speak(LoaStudio *self, const char *read, const LoaRecording *about, GError **error)
{
	g_autofree char *text_name = g_strdup_printf("%s.txt", about->id);
	g_autofree char *text_path = g_build_filename(self->tmp_dir, text_name, NULL);
	g_autofree char *wav_name = g_strdup_printf("%s.wav", about->id);
	g_autoptr(GBytes) bytes = g_bytes_new(read, strlen(read));
	g_autoptr(GError) cause = NULL;
	LoaStudioJob *job;

	if (!has_room(self, error))
		return NULL;
	if (!loa_file_replace(text_path, bytes, 0600, &cause)) {
		g_set_error_literal(error, LOA_STUDIO_ERROR, LOA_STUDIO_ERROR_STORAGE,
				    cause->message);
		return NULL;
	}
	job = add_job(self, about);
	job->is_speech = TRUE;
	job->recording = g_strdup(about->id);
	job->text_path = g_steal_pointer(&text_path);
	job->input_path = g_build_filename(self->tmp_dir, wav_name, NULL);
	job->file_name = g_steal_pointer(&wav_name);
	return job->id;
}

gboolean
loa_studio_find(const LoaStudio *self, const char *id, LoaJob *found)
{
	const LoaStudioJob *job = loa_studio_jobs_find(self->jobs, id);

	if (job == NULL)
		return FALSE;
	*found = (LoaJob){
		.id = job->id,
		.state = job->state,
		.progress = job->progress,
		.recording = job->state == LOA_JOB_DONE ? job->recording : NULL,
		.message = job->message,
	};
	return TRUE;
}

const char *
loa_studio_job_of(const LoaStudio *self, const char *recording)
{
	const LoaStudioJob *job = loa_studio_jobs_of(self->jobs, recording);

	return job != NULL ? job->id : NULL;
}

void
loa_studio_free(LoaStudio *self)
{
	if (self == NULL)
		return;
	g_clear_handle_id(&self->next_source, g_source_remove);
	g_clear_pointer(&self->process, loa_line_process_free);
	g_ptr_array_unref(self->jobs);
	g_free(self->program);
	g_free(self->tmp_dir);
	g_free(self);
}
