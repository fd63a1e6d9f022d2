/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/unit/test-audio-tone.h - Opus frames with a sound in which every moment is told from
 * another: a sweep from 200 Hz upwards.
 */
#pragma once

#include <glib.h>
#include <math.h>
#include <opus/opus.h>
#include <string.h>

#define TONE_FRAME 960
#define TONE_PRE_SKIP 312
#define TONE_MAX_FRAMES 700

typedef struct {
	gint64 n_frames;
	gint64 n_samples; /* media */
	struct {
		guint8 data[400];
		gsize size;
	} packets[TONE_MAX_FRAMES];
	float pcm[TONE_MAX_FRAMES * TONE_FRAME]; /* decoded samples, pre-skip and all */
	const float *media;                      /* ... without it */
} OpusTone;

static inline OpusTone *
opus_tone_new(gint64 n_frames)
{
	int code = 0;
	OpusTone *tone = g_new0(OpusTone, 1);
	OpusEncoder *encoder = opus_encoder_create(48000, 1, OPUS_APPLICATION_AUDIO, &code);
	OpusDecoder *decoder = opus_decoder_create(48000, 1, &code);
	double phase = 0;

	g_assert(n_frames <= TONE_MAX_FRAMES);
	opus_encoder_ctl(encoder, OPUS_SET_BITRATE(96000));
	opus_encoder_ctl(encoder, OPUS_SET_COMPLEXITY(0));
	tone->n_frames = n_frames;
	tone->n_samples = n_frames * TONE_FRAME - TONE_PRE_SKIP;
	tone->media = tone->pcm + TONE_PRE_SKIP;
	for (gint64 frame = 0; frame < n_frames; frame++) {
		float in[TONE_FRAME];

		for (int i = 0; i < TONE_FRAME; i++) {
			double s = (double)(frame * TONE_FRAME + i) / 48000;

			phase += 2 * G_PI * (200 + 100 * s) / 48000;
			in[i] = (float)(0.5 * sin(phase));
		}

		int size = opus_encode_float(encoder, in, TONE_FRAME, tone->packets[frame].data,
					     sizeof tone->packets[frame].data);

		g_assert(size > 0);
		tone->packets[frame].size = (gsize)size;
		size = opus_decode_float(decoder, tone->packets[frame].data, size,
					 tone->pcm + frame * TONE_FRAME, TONE_FRAME, 0);
		g_assert(size == TONE_FRAME);
	}
	opus_encoder_destroy(encoder);
	opus_decoder_destroy(decoder);
	return tone;
}
