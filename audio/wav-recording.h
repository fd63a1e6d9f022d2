/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audio/wav-recording.h - a growing WAV file (16-bit mono, 48 kHz) that is whole at any moment.
 *
 * Samples are written through; the two sizes in the header follow about once a second, so that a
 * kill -9 costs a reader that second at most, and the next opening nothing. A .due file beside it
 * takes one text line for each run of samples. Thread: any, one object on one thread at a time.
 */
#pragma once

#include <gio/gio.h>

typedef struct LoaWavRecording LoaWavRecording;

/* Continues @path, or begins it. @error: domain %G_FILE_ERROR. */
LoaWavRecording *loa_wav_recording_open(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Samples in the file: the index of the next one. */
gint64 loa_wav_recording_n_samples(const LoaWavRecording *self);

/* The first sample left the device at @mono_ns. */
gboolean loa_wav_recording_append(LoaWavRecording *self, const gint16 *samples, gsize n,
				  gint64 mono_ns, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Brings the header up to date and closes. */
void loa_wav_recording_close(LoaWavRecording *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaWavRecording, loa_wav_recording_close)
