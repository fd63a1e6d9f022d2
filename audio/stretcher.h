/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audio/stretcher.h - reads a signal at a place that moves a few parts in a million faster or
 * slower than one sample a sample.
 *
 * Band-limited interpolation (a 32-tap Kaiser-windowed sinc, 512 phases, linear between them).
 * A general resampler would sound as good; this one says to a fraction of a sample where in the
 * input it reads, and the player holds exactly that place on the timeline. Where the place is a
 * whole number the input comes out unchanged.
 *
 * Pure. Nothing but _new() allocates. Thread: any, one object on one thread at a time.
 */
#pragma once

#include <glib.h>

/* The samples on either side of a place that count towards its value. */
#define LOA_STRETCHER_REACH 16

typedef struct LoaStretcher LoaStretcher;

LoaStretcher *loa_stretcher_new(void);

/* Forgets the input. The next sample read is that at @position; what was not given counts as
 * silence. Input is then expected from @first on. */
void loa_stretcher_reset(LoaStretcher *self, double position, gint64 first);

/* The input sample expected next. */
gint64 loa_stretcher_input_end(const LoaStretcher *self);
/* The input must reach this far (exclusive) before @n samples can be read at @step. */
gint64 loa_stretcher_needed(const LoaStretcher *self, guint n, double step);

/* @n: at most 960. */
void loa_stretcher_push(LoaStretcher *self, const float *samples, guint n);

/* @step: input samples per output sample, close to 1. */
void loa_stretcher_read(LoaStretcher *self, float *out, guint n, double step);

/* The place in the input of the sample read next. */
double loa_stretcher_position(const LoaStretcher *self);

void loa_stretcher_free(LoaStretcher *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaStretcher, loa_stretcher_free)
