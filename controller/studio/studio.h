/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/studio/studio.h - makes recordings: jobs that run the speech command and loa-ingest,
 * one at a time, as children.
 *
 * A job's result is a LoaRecording that the owner keeps; what a failed or cancelled job made is
 * removed. Jobs live in memory: after a restart the caller of an unfinished one asks again.
 * Thread: main.
 */
#pragma once

#include "controller/controller-config.h"
#include "controller/store/records.h"

#define LOA_STUDIO_MAX_WAITING 64
/* So many finished jobs are remembered. */
#define LOA_STUDIO_MAX_FINISHED 200

#define LOA_STUDIO_ERROR (loa_studio_error_quark())
GQuark loa_studio_error_quark(void);

typedef enum {
	LOA_STUDIO_ERROR_BUSY,    /* LOA_STUDIO_MAX_WAITING jobs wait already */
	LOA_STUDIO_ERROR_STORAGE, /* the data folder cannot be written */
} LoaStudioError;

typedef enum {
	LOA_JOB_WAITING,
	LOA_JOB_RUNNING,
	LOA_JOB_DONE,
	LOA_JOB_FAILED,
} LoaJobState;

/* "waiting", "running", "done", "failed" */
const char *loa_job_state_name(LoaJobState state);

/* Strings borrowed from the studio. */
typedef struct {
	const char *id;
	LoaJobState state;
	double progress;       /* 0..1 */
	const char *recording; /* (nullable): its id, once done */
	const char *message;   /* "" or a sentence */
} LoaJob;

typedef struct LoaStudio LoaStudio;

typedef struct {
	/* Keeps the recording, which has what its job was told about it; an error fails the job. */
	gboolean (*keep)(const LoaRecording *recording, gpointer user_data, GError **error);
	/* Something about @job is new. */
	void (*on_job)(const char *job, gpointer user_data);
} LoaStudioEvents;

/* @config: borrowed. Removes what jobs of an earlier run left in the data folder. */
LoaStudio *loa_studio_new(const LoaControllerConfig *config, gint64 (*now_us)(gpointer user_data),
			  const LoaStudioEvents *events, gpointer user_data,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * loa_studio_import:
 * @upload_path: taken over: removed when the job is over, and when this fails
 * @file_name: as the user calls it
 * @parts: (nullable): it is several files one behind the other, to be joined: where the others
 * begin, "1234,5678"
 * @about: (transfer none): what is known of the recording beforehand: title, category, who
 * imports it, ...
 *
 * Returns: (transfer none): the job's id
 */
const char *loa_studio_import(LoaStudio *self, const char *upload_path, const char *file_name,
			      const char *parts, const LoaRecording *about,
			      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* @about: with id; no job makes it already. @read: the text as it is to be spoken */
const char *loa_studio_speak(LoaStudio *self, const char *read, const LoaRecording *about,
			     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* %FALSE: there is no such job (any more). */
gboolean loa_studio_find(const LoaStudio *self, const char *job,
			 LoaJob *found) G_GNUC_WARN_UNUSED_RESULT;

/* (transfer none) (nullable): the job that waits or runs and will make @recording (speech) */
const char *loa_studio_job_of(const LoaStudio *self, const char *recording);

/* Kills what runs and removes what it left. */
void loa_studio_free(LoaStudio *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaStudio, loa_studio_free)
