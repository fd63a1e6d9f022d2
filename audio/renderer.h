/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audio/renderer.h - makes the samples: which voice, from which place, how fast, how loud.
 *
 * Given when a block will leave the device, it lays the cue's media on the site timeline to a
 * fraction of a sample, holds it there by stretching, fades at every start, stop and change of
 * place, and remembers what it made until the device has consumed it: only then does a voice get
 * credit for it.
 *
 * Pure: knows no device, thread or clock, and nothing but _new() allocates.
 * Thread: stream; while the output is closed, main.
 */
#pragma once

#include "audio/cue-list.h"
#include "common/clock.h"

#define LOA_RENDERER_MAX_BLOCK 1920 /* samples: 40 ms at 48 kHz */

/* A sound that goes on changes its volume by no more than this from one sample to the next, linear:
 * from nothing to all in half a second. At full scale that is 1.4 steps of 16 bits. */
#define LOA_RENDERER_GAIN_STEP (1.0F / 24000)

typedef struct LoaRenderer LoaRenderer;

/* Where a block goes. */
typedef struct {
	gint64 sample;        /* the device's count of the block's first sample */
	gboolean is_known;    /* FALSE: nobody knows when it will be heard: silence */
	gboolean is_broken;   /* the sound was interrupted anyway: put it right at once */
	double mono_us;       /* when the first sample leaves the device */
	double us_per_sample; /* the device's rate, on CLOCK_MONOTONIC */
} LoaPlace;

typedef struct {
	double stretch_ppm;
	double phase_error_us; /* positive: the sound is early */
	double level_db;       /* RMS of the last second consumed */
	guint64 n_resyncs;
} LoaRendererStatus;

/* @trim_us: added to every due time. @ceiling: linear, 0..1: no cue is played louder. */
LoaRenderer *loa_renderer_new(gint64 trim_us, double ceiling);

/* Fills @out; @n at most LOA_RENDERER_MAX_BLOCK. @list is borrowed until
 * loa_renderer_oldest_generation() has gone beyond it. */
void loa_renderer_render(LoaRenderer *self, const LoaCueList *list, const LoaClockMap *map,
			 const LoaPlace *place, gint16 *out, guint n);

/* The block last rendered went @n_samples later than it was meant for: the device ran dry. */
void loa_renderer_shift_last(LoaRenderer *self, gint64 n_samples);

/* Everything before the device's sample @position has left it. */
void loa_renderer_consumed(LoaRenderer *self, gint64 position);

/* The oldest list of which a voice is still in use. */
guint64 loa_renderer_oldest_generation(const LoaRenderer *self);

LoaRendererStatus loa_renderer_status(const LoaRenderer *self);

/* The device was closed: what it had not consumed is not credited, no list is in use. */
void loa_renderer_forget(LoaRenderer *self);

void loa_renderer_free(LoaRenderer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaRenderer, loa_renderer_free)
