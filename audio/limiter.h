/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audio/limiter.h - gain, and no true peak above the ceiling.
 *
 * Looks 5 ms ahead: the gain needed for each point is held for that long, let go with a time
 * constant of 100 ms, and averaged over the same 5 ms, so that it has come down in full, without
 * a kink, when the peak arrives. What is not too loud passes unchanged. Thread: any.
 */
#pragma once

#include <glib.h>

/* Samples by which the output lags the input, at 48 kHz. */
#define LOA_LIMITER_LATENCY 245

typedef struct LoaLimiter LoaLimiter;

/* @gain and @ceiling are linear. */
LoaLimiter *loa_limiter_new(double gain, double ceiling);

/* In place; push LOA_LIMITER_LATENCY zeros at the end to get the rest. */
void loa_limiter_process(LoaLimiter *self, float *samples, gsize n_samples);

void loa_limiter_free(LoaLimiter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaLimiter, loa_limiter_free)
