/* SPDX-License-Identifier: Apache-2.0 */
/*
 * node/frame-store.h - frames of one airing that came over the channel and are not played yet.
 *
 * An airing that waits for another plays behind its channel by the whole pause, so its frames are
 * kept: from the place where it will go on, as they came, in any order. All stores together stay
 * within one budget; what comes beyond it is not taken (the end of a very long pause is lost, the
 * memory is not). Pure. Thread: any, one budget with its stores on one thread at a time.
 */
#pragma once

#include "wire/packet.h"

/* Shared by all stores of a node; plain values. Outlives them. */
typedef struct {
	gsize max_bytes;
	gsize used_bytes; /* with what it costs to keep them */
} LoaFrameBudget;

typedef enum {
	LOA_STORE_TAKEN,
	LOA_STORE_DUPLICATE, /* these very frames are here */
	LOA_STORE_FULL,      /* no room in the budget */
} LoaStoreResult;

typedef struct LoaFrameStore LoaFrameStore;

LoaFrameStore *loa_frame_store_new(LoaFrameBudget *budget);

/* Copies the frames. */
LoaStoreResult loa_frame_store_add(LoaFrameStore *self, gint64 first_frame, const LoaFrame *frames,
				   guint n_frames);
/* @data is borrowed until the next call that changes the store. */
gboolean loa_frame_store_get(const LoaFrameStore *self, gint64 frame, const guint8 **data,
			     gsize *size) G_GNUC_WARN_UNUSED_RESULT;
/* Index after the last frame that is here; 0: none. */
gint64 loa_frame_store_end(const LoaFrameStore *self);
/* Frames before @frame will not be asked for any more. */
void loa_frame_store_trim(LoaFrameStore *self, gint64 frame);

void loa_frame_store_free(LoaFrameStore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaFrameStore, loa_frame_store_free)
