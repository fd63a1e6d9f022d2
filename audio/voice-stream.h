/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audio/voice-stream.h - the audio thread's side of a voice: decode in order, credit what was
 * heard. Only the player's renderer calls it.
 *
 * Thread: stream (one at a time: between claim and release the reader's side belongs to it).
 * Nothing here allocates, locks or waits.
 */
#pragma once

#include "audio/voice.h"

#define LOA_VOICE_FRAME 960 /* samples: 20 ms at 48 kHz */

typedef enum {
	LOA_FRAME_DECODED,
	LOA_FRAME_CONCEALED, /* invented by the decoder */
	LOA_FRAME_LOST,  /* missing for so long, or from the first, that only silence is honest */
	LOA_FRAME_ENDED, /* silence after the last sample */
} LoaFrameKind;

/* What one step of decoding gives: media samples [media, media + n). */
typedef struct {
	gint64 media;
	guint n; /* 1..LOA_VOICE_FRAME */
	LoaFrameKind kind;
	gboolean opens_gap; /* the first frame of a run of missing ones */
	gboolean is_bad;    /* it was there, but the decoder refused it */
	float samples[LOA_VOICE_FRAME];
} LoaVoiceChunk;

/* What the device has consumed. */
typedef struct {
	gint64 n_heard;
	gint64 n_concealed;
	gint64 n_gaps;
	gint64 n_bad_frames;
	gint64 n_resyncs;
	gint64 from_us, to_us;       /* site time */
	gint64 from_media, to_media; /* media samples */
	double sum_square;
} LoaVoiceCredit;

/* FALSE while the main thread moves the window: try again with the next block. */
gboolean loa_voice_claim_stream(LoaVoice *self) G_GNUC_WARN_UNUSED_RESULT;
void loa_voice_release_stream(LoaVoice *self);
/* The main thread waits to move the window: let go soon. */
gboolean loa_voice_is_wanted_stream(LoaVoice *self);

/* The next chunk will begin with @media_sample (not negative). Decodes up to eight frames before
 * it, where they are at hand, so that the decoder has settled. */
void loa_voice_begin_stream(LoaVoice *self, gint64 media_sample);
void loa_voice_next_stream(LoaVoice *self, LoaVoiceChunk *chunk);

/* Media length, -1 while unknown. */
gint64 loa_voice_n_samples_stream(LoaVoice *self);

void loa_voice_credit_stream(LoaVoice *self, const LoaVoiceCredit *credit);
