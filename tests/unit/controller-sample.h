/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small ward for the controller's tests: a folder, its store, and things to put into it.
 */
#pragma once

#include <glib/gstdio.h>
#include <string.h>

#include "controller/store/store.h"
#include "schedules/broadcast.h"
#include "tests/unit/tree.h"
#include "wire/outcome.h"

/* Saturday, 2026-11-21 12:00:00 in Ho Chi Minh City */
#define NOON_US (G_GINT64_CONSTANT(1795237200) * G_USEC_PER_SEC)
#define SECOND_US ((gint64)G_USEC_PER_SEC)
#define HOUR_US (3600 * SECOND_US)
#define DAY_US (24 * HOUR_US)

#define SHA "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

typedef struct {
	char *folder;
	char *path; /* of the database */
} Folder;

static inline int
folder_setup(void **state)
{
	Folder *f = g_new0(Folder, 1);

	f->folder = g_dir_make_tmp("loa-controller-XXXXXX", NULL);
	f->path = g_build_filename(f->folder, "controller.db", NULL);
	*state = f;
	return f->folder == NULL;
}

static inline int
folder_teardown(void **state)
{
	Folder *f = *state;

	remove_tree(f->folder);
	g_free(f->path);
	g_free(f->folder);
	g_free(f);
	return 0;
}

static inline LoaStore *
open_store(const Folder *f)
{
	g_autoptr(GError) error = NULL;
	LoaStore *store = loa_store_open(f->path, &error);

	if (store == NULL)
		fail_msg("%s", error->message);
	return store;
}

/* @seconds long, approved */
static inline LoaRecording *
sample_recording(const char *id, gint64 seconds)
{
	LoaRecording *r = loa_recording_new();

	r->id = g_strdup(id);
	r->title = g_strdup("Bản tin");
	r->category = g_strdup("ban-tin");
	r->sha256 = g_strdup(SHA);
	r->size_bytes = 1000;
	r->n_samples = seconds * 48000;
	r->pre_skip = 312;
	r->loudness_lufs = -16.0;
	r->true_peak_dbtp = -1.5;
	r->original_name = g_strdup("ban tin.mp3");
	r->original_sha256 = g_strdup(SHA);
	r->imported_us = NOON_US;
	r->approval.state = LOA_APPROVAL_APPROVED;
	r->approval.by = g_strdup("ha");
	r->approval.name = g_strdup("Ông Hà");
	r->approval.sha256 = g_strdup(SHA);
	r->approval.at_us = NOON_US;
	return r;
}

static inline LoaAiring *
sample_airing(const char *id, gint64 start_us, gint64 seconds)
{
	LoaAiring *a = loa_airing_new();

	a->id = g_strdup(id);
	a->broadcast = g_strdup("ban-tin");
	a->title = g_strdup("Bản tin");
	a->order = 100;
	a->start_us = start_us;
	a->grace_us = HOUR_US;
	a->n_samples = seconds * 48000;
	a->pre_skip = 312;
	a->sha256 = g_strdup(SHA);
	a->size_bytes = 1000;
	return a;
}

static inline LoaPlan *
sample_plan(const char *group, gint64 serial)
{
	LoaPlan *plan = loa_plan_new("phuong-mau", group);

	plan->serial = serial;
	plan->issued_us = NOON_US;
	plan->valid_until_us = NOON_US + 14 * DAY_US;
	plan->playout_delay_us = SECOND_US;
	return plan;
}

static inline LoaOneOff *
sample_one_off(const char *airing, const char *recording, gint64 start_us)
{
	LoaOneOff *o = loa_one_off_new();

	o->airing = g_strdup(airing);
	o->recording = g_strdup(recording);
	o->title = g_strdup("Phát ngay");
	o->start_us = start_us;
	o->created_us = start_us - SECOND_US;
	return o;
}

static inline LoaOutcome *
sample_outcome(const char *airing, gint64 planned_us, LoaResult result)
{
	LoaOutcome *o = loa_outcome_new();

	o->airing = g_strdup(airing);
	o->broadcast = g_strdup("ban-tin");
	o->title = g_strdup("Bản tin");
	o->result = result;
	o->reason = g_strdup("");
	o->level = LOA_LEVEL_CONSUMED;
	o->planned_us = planned_us;
	o->started_us = planned_us;
	o->ended_us = planned_us + 10 * SECOND_US;
	o->duration_ms = 10000;
	o->heard_ms = 10000;
	o->level_db = -18.0;
	o->clock_state = LOA_CLOCK_SYNCED;
	o->clock_source = g_strdup("system");
	o->clock_bound_us = 1000;
	return o;
}

static inline LoaEntry *
sample_entry(gint64 seq, const char *airing, LoaResult result)
{
	g_autoptr(LoaOutcome) outcome = sample_outcome(airing, NOON_US, result);
	g_autofree char *json = loa_outcome_to_json(outcome);

	return loa_entry_new(seq, LOA_ENTRY_OUTCOME, json);
}
