/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audio/loudness.h - EBU R 128 for 48 kHz mono: how loud it is, and what gain makes it even.
 *
 * Mono counts as one channel (as one loudspeaker plays it), not as two. A sound shorter than a
 * second is measured repeated: the standard's 400 ms blocks would not see it.
 * Memory: a few megabytes for two hours. Thread: any, one object on one thread at a time.
 */
#pragma once

#include <glib.h>

typedef struct LoaLoudness LoaLoudness;

LoaLoudness *loa_loudness_new(gboolean with_true_peak);

void loa_loudness_add(LoaLoudness *self, const float *samples, gsize n_samples);

/* LUFS; -HUGE_VAL when nothing is above the gate (-70 LUFS). */
double loa_loudness_integrated(LoaLoudness *self);

/* dBTP; -HUGE_VAL for nothing but zeros. Only with_true_peak. */
double loa_loudness_true_peak_dbtp(LoaLoudness *self);

void loa_loudness_free(LoaLoudness *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaLoudness, loa_loudness_free)
