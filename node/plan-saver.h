/* SPDX-License-Identifier: Apache-2.0 */
/*
 * node/plan-saver.h - writes plans to the disk without holding anybody up.
 *
 * A plan is acted on first; a slow card may take half a second to swallow it. One write at a
 * time on a worker thread; of plans that come meanwhile the last one counts. A failed write is
 * tried again until it succeeds or a newer plan comes. Thread: main.
 */
#pragma once

#include <gio/gio.h>

#define LOA_PLAN_SAVER_RETRY_S 10

/* @error: %NULL when it is on the disk. Told when it changes, not at every retry. */
typedef void (*LoaPlanSaverFunc)(const GError *error, gpointer user_data);

typedef struct LoaPlanSaver LoaPlanSaver;

LoaPlanSaver *loa_plan_saver_new(const char *path, LoaPlanSaverFunc told, gpointer user_data);

void loa_plan_saver_save(LoaPlanSaver *self, GBytes *message);

/* Waits for a write that is under way. */
void loa_plan_saver_free(LoaPlanSaver *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaPlanSaver, loa_plan_saver_free)
