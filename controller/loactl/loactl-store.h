/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/loactl/loactl-store.h - audio files into the controller's store, each only once.
 */
#pragma once

#include "controller/loactl/loactl-context.h"

typedef struct LoaLoactlStore LoaLoactlStore;

/* Asks for the recordings there are. */
LoaLoactlStore *loa_loactl_store_open(LoaLoactlClient *client,
				      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* (transfer none) (nullable): a recording by its id: {id, title, duration_ms, ...} */
JsonObject *loa_loactl_store_find(LoaLoactlStore *self, const char *recording);

/**
 * loa_loactl_store_take:
 * @file: an audio file; what the store has already is not sent again
 * @title, @category: (nullable) category: for a new one
 * @is_new: (out) (optional)
 *
 * Sends the file, shows how far it is on stderr, and waits until it is a recording.
 *
 * Returns: (transfer full) (nullable): the recording's id
 */
char *loa_loactl_store_take(LoaLoactlStore *self, const char *file, const char *title,
			    const char *category, gboolean *is_new,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The recording that was made of @file, without sending it. @id: (out) (transfer full) (nullable):
 * %NULL: there is none yet. %FALSE: the file cannot be read. */
gboolean loa_loactl_store_known(LoaLoactlStore *self, const char *file, char **id,
				GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * loa_loactl_store_await:
 * @job: of the API
 * @label: what it is about, for progress and error
 *
 * Returns: (transfer full) (nullable): the recording that the job made
 */
char *loa_loactl_store_await(LoaLoactlStore *self, const char *job, const char *label,
			     GError **error) G_GNUC_WARN_UNUSED_RESULT;

void loa_loactl_store_free(LoaLoactlStore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaLoactlStore, loa_loactl_store_free)

/* (transfer full): "ban tin" for "/a/ban tin.mp3", made valid UTF-8: a title for want of one */
char *loa_loactl_store_title_of(const char *file);
