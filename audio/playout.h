/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audio/playout.h - what runs on the audio thread: device position in, samples out.
 *
 * Joins the tracker (when does a sample leave the device?), the clock line (what time is that on
 * the site?) and the renderer (what sounds then?), and carries cue lists in and figures out
 * without a lock.
 */
#pragma once

#include "audio/output.h"
#include "audio/renderer.h"

typedef struct LoaPlayout LoaPlayout;

typedef struct {
	LoaRendererStatus renderer;
	double rate_ppm; /* the device against site time */
	guint64 n_underruns;
	gint64 rendered_us; /* CLOCK_MONOTONIC of the last block, 0: none since the opening */
} LoaPlayoutStatus;

/* Thread: main, up to loa_playout_render_stream(). */
/* As loa_renderer_new() has them. */
LoaPlayout *loa_playout_new(gint64 trim_us, double ceiling);

/* @list: (transfer full). The old one is freed once the audio thread has let go of it: that is
 * seen by loa_playout_collect(). */
void loa_playout_set_list(LoaPlayout *self, LoaCueList *list);
void loa_playout_set_map(LoaPlayout *self, const LoaClockMap *map);
/* Frees what the audio thread uses no more. @is_open: there is an audio thread. */
void loa_playout_collect(LoaPlayout *self, gboolean is_open);
LoaPlayoutStatus loa_playout_status(LoaPlayout *self);
/* Before the output is opened, and after it was closed. */
void loa_playout_reset(LoaPlayout *self);
void loa_playout_free(LoaPlayout *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaPlayout, loa_playout_free)

/* A LoaOutputFunc. @data: the LoaPlayout. Thread: stream. */
void loa_playout_render_stream(gpointer data, const LoaOutputReading *reading, gint16 *out,
			       guint n);
