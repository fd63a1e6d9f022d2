/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/studio/studio-jobs.h - the jobs of a studio: what each is about, and the list of them.
 * What runs is studio.c's business. Plain values; nothing of it but its files is outside this
 * process. Thread: main.
 */
#pragma once

#include "audio/ingest-line.h"
#include "controller/studio/studio.h"

typedef struct {
	LoaStudio *studio; /* borrowed */
	char *id;
	LoaJobState state;
	double progress;
	char *message;       /* "" or a sentence */
	char *recording;     /* (nullable): known before for speech, else once done */
	LoaRecording *about; /* what the recording will say of itself */
	char *file_name;     /* of the original, as people call it */
	char *input_path;    /* what loa-ingest reads; removed at the end */
	char *parts;         /* (nullable): of the input, see loa_studio_import() */
	char *text_path;     /* (nullable): what is spoken; removed at the end */
	gboolean is_speech;
	LoaIngestLine *last; /* (nullable): the DONE or FAILED line */
} LoaStudioJob;

/* Waits, under an id that no other has. @about: copied */
LoaStudioJob *loa_studio_job_new(const LoaRecording *about);
void loa_studio_job_remove_files(const LoaStudioJob *self);
/* With its files, unless it is over. */
void loa_studio_job_free(LoaStudioJob *self);

/* @jobs: (element-type LoaStudioJob), the oldest first */

/* (nullable) */
LoaStudioJob *loa_studio_jobs_find(const GPtrArray *jobs, const char *id);
/* (nullable): the one that waits or runs and will make @recording */
const LoaStudioJob *loa_studio_jobs_of(const GPtrArray *jobs, const char *recording);
/* Those that wait or run, or those that are over. */
guint loa_studio_jobs_count(const GPtrArray *jobs, gboolean is_open);
/* Of those that are over, all but the latest @n_kept go. */
void loa_studio_jobs_forget(GPtrArray *jobs, guint n_kept);
