/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/studio/studio-jobs.h"

#include <glib/gstdio.h>

const char *
loa_job_state_name(LoaJobState state)
{
	switch (state) {
	case LOA_JOB_WAITING:
		return "waiting";
	case LOA_JOB_RUNNING:
		return "running";
	case LOA_JOB_DONE:
		return "done";
	case LOA_JOB_FAILED:
		return "failed";
	}
	return "failed";
}

static gboolean
is_open(const LoaStudioJob *job)
{
	return job->state == LOA_JOB_WAITING || job->state == LOA_JOB_RUNNING;
}

LoaStudioJob *
loa_studio_job_new(const LoaRecording *about)
{
	LoaStudioJob *self = g_new0(LoaStudioJob, 1);

	/* random, so that a job of an earlier run is not mistaken for this one */
	self->id = g_strdup_printf("j%08x%08x", g_random_int(), g_random_int());
	self->state = LOA_JOB_WAITING;
	self->message = g_strdup("");
	self->about = loa_recording_copy(about);
	return self;
}

void
loa_studio_job_remove_files(const LoaStudioJob *self)
{
	if (self->input_path != NULL)
		g_unlink(self->input_path);
	if (self->text_path != NULL)
		g_unlink(self->text_path);
}

void
loa_studio_job_free(LoaStudioJob *self)
{
	if (self == NULL)
		return;
	if (is_open(self))
		loa_studio_job_remove_files(self);
	g_free(self->id);
	g_free(self->message);
	g_free(self->recording);
	loa_recording_free(self->about);
	g_free(self->file_name);
	g_free(self->input_path);
	g_free(self->parts);
	g_free(self->text_path);
	g_free(self->last);
	g_free(self);
}

LoaStudioJob *
loa_studio_jobs_find(const GPtrArray *jobs, const char *id)
{
	for (guint i = 0; i < jobs->len; i++) {
		LoaStudioJob *job = g_ptr_array_index(jobs, i);

		if (g_strcmp0(job->id, id) == 0)
			return job;
	}
	return NULL;
}

const LoaStudioJob *
loa_studio_jobs_of(const GPtrArray *jobs, const char *recording)
{
	for (guint i = 0; i < jobs->len; i++) {
		const LoaStudioJob *job = g_ptr_array_index(jobs, i);

		if (is_open(job) && g_strcmp0(job->recording, recording) == 0)
			return job;
	}
	return NULL;
}

guint
loa_studio_jobs_count(const GPtrArray *jobs, gboolean open)
{
	guint n = 0;

	for (guint i = 0; i < jobs->len; i++)
		n += is_open(g_ptr_array_index(jobs, i)) == open;
	return n;
}

void
loa_studio_jobs_forget(GPtrArray *jobs, guint n_kept)
{
	guint n_over = loa_studio_jobs_count(jobs, FALSE);

	for (guint i = 0; i < jobs->len && n_over > n_kept;) {
		if (is_open(g_ptr_array_index(jobs, i))) {
			i++;
			continue;
		}
		g_ptr_array_remove_index(jobs, i);
		n_over--;
	}
}
