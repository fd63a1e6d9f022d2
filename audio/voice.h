/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audio/voice.h - the sound of one airing, on its way from the main thread to the audio thread.
 *
 * A voice holds a window of Opus frames (a lock-free ring: the main thread puts, the audio thread
 * takes), one decoder, and what was counted. Media time is the airing's decoded timeline without
 * the pre-skip: sample 0 is the first one heard; frame i holds decoded samples
 * [960 i, 960 (i + 1)), so media sample m is decoded sample m + pre_skip.
 *
 * Where a frame is missing when its time comes, libopus conceals it, for up to 100 ms in a row;
 * what is missing beyond that, or from the very first frame on, is silence and does not count as
 * heard. The audio thread never waits for a frame. Joining in the middle decodes a few frames
 * before the place (160 ms) where they are at hand, so that the decoder has settled.
 */
#pragma once

#include <glib.h>

#define LOA_VOICE_WINDOW 256 /* frames: 5.12 s */

typedef struct LoaVoice LoaVoice;

typedef enum {
	LOA_PUT_TAKEN,
	LOA_PUT_DUPLICATE, /* that frame is here already */
	LOA_PUT_LATE,      /* its time is over */
	LOA_PUT_EARLY,     /* beyond the window: keep it and put it again later */
} LoaPut;

/* What the device consumed of this voice so far. All counts at 48 kHz samples. */
typedef struct {
	gint64 n_heard;        /* consumed by the device: decoded and concealed */
	gint64 n_concealed;    /* of these, invented by the decoder for a missing frame */
	gint64 n_gaps;         /* runs of missing frames */
	gint64 n_bad_frames;   /* the decoder refused them; concealed, too */
	gint64 first_heard_us; /* site time at which the device played the first of them; 0: none */
	gint64 first_media;    /* the media sample that was */
	gint64 last_heard_us;  /* site time of the last one */
	gint64 last_media;     /* the media sample after the last one heard */
	gint64 n_resyncs;      /* times the place had to be changed by a fade */
	double sum_square;     /* of samples in [-1, 1], for the RMS over n_heard */
} LoaVoiceStats;

/* @n_samples: media length, or -1 while unknown (live). One reference. Thread: main. */
LoaVoice *loa_voice_new(guint32 pre_skip, gint64 n_samples);
LoaVoice *loa_voice_ref(LoaVoice *self);
void loa_voice_unref(LoaVoice *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaVoice, loa_voice_unref)

/* Copies one Opus packet in. Thread: main. */
LoaPut loa_voice_put(LoaVoice *self, gint64 frame, const guint8 *data, gsize size);

/* The frames worth putting now: [first, first + LOA_VOICE_WINDOW). first follows the audio
 * thread; after loa_voice_seek() it lies a few frames before the place asked for, so that the
 * decoder can settle. Thread: main. */
gint64 loa_voice_window_first(LoaVoice *self);

/* Says where playing will begin or go on (media sample), before the first put. Frames outside
 * the new window are forgotten. Only while no cue names this voice. Should the audio thread still
 * be fading the voice out, the window moves a moment later, and until then every put is
 * LOA_PUT_EARLY. Thread: main. */
void loa_voice_seek(LoaVoice *self, gint64 media_sample);

/* The end is known now (live): nothing sounds from media sample @n_samples on. Thread: main. */
void loa_voice_set_end(LoaVoice *self, gint64 n_samples);

/* A consistent snapshot. Thread: main. */
LoaVoiceStats loa_voice_stats(LoaVoice *self);
