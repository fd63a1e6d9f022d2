/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audio/guarded-encoder.h - Opus frames whose decoded sound keeps the true peak limit.
 *
 * A coder does not keep the wave's shape: at 24 kbit/s decoded peaks stand 0.5 to 1.2 dB above
 * those that went in, at lower rates more. So every frame is decoded at once, as a receiver will do
 * it. Where it peaks too high, coder and decoder are set back one frame (their states are plain
 * memory) and the place is coded again with a little less gain, faded in and out over the
 * neighbouring frames.
 *
 * Equal input gives equal packets. Thread: any, one object on one thread at a time.
 */
#pragma once

#include <glib.h>

#define LOA_FRAME_SAMPLES 960
#define LOA_FRAME_MAX_SIZE 1275

/* @decoded: the frame's 960 samples as a receiver decodes them, pre-skip and all. */
typedef void (*LoaGuardedEncoderFunc)(const guint8 *packet, gsize size, const float *decoded,
				      gpointer user_data);

typedef struct LoaGuardedEncoder LoaGuardedEncoder;

/* @peak: linear; decoded sound is kept below it. @func gets the frames in order, some later. */
LoaGuardedEncoder *loa_guarded_encoder_new(int bitrate, double peak, LoaGuardedEncoderFunc func,
					   gpointer user_data);

/* Samples that the decoded sound lags. */
guint32 loa_guarded_encoder_pre_skip(const LoaGuardedEncoder *self);

/* @frame: LOA_FRAME_SAMPLES samples. */
void loa_guarded_encoder_push(LoaGuardedEncoder *self, const float *frame);

/* Hands over the frames that are still held. */
void loa_guarded_encoder_finish(LoaGuardedEncoder *self);

/* Frames that were coded with less gain, and those that stayed too loud nevertheless. */
gint64 loa_guarded_encoder_n_lowered(const LoaGuardedEncoder *self);
gint64 loa_guarded_encoder_n_over(const LoaGuardedEncoder *self);

void loa_guarded_encoder_free(LoaGuardedEncoder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaGuardedEncoder, loa_guarded_encoder_free)
