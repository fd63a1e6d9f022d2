/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audio/cue-list.h - an immutable list of cues, as the audio thread sees it.
 *
 * Pure. A list is made and freed on the main thread; the audio thread reads it in between, and
 * never owns anything in it.
 */
#pragma once

#include "audio/player.h"

typedef struct LoaCueList LoaCueList;

/* Copies the cues and takes a reference on each voice. Cues must be sorted and apart; one that
 * has no length is left out. @generation rises from list to list. */
LoaCueList *loa_cue_list_new(const LoaCue *cues, guint n_cues, guint64 generation);
void loa_cue_list_free(LoaCueList *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaCueList, loa_cue_list_free)

guint64 loa_cue_list_generation(const LoaCueList *self);

/* (nullable): the cue that holds at @site_us, else the one that comes next. Thread: any. */
const LoaCue *loa_cue_list_at_or_after(const LoaCueList *self, gint64 site_us);
/* (nullable): the cue that holds at @site_us. Thread: any. */
const LoaCue *loa_cue_list_at(const LoaCueList *self, gint64 site_us);
