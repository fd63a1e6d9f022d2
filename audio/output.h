/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audio/output.h - the way to the device: source ! sink, with audioconvert ! audioresample in
 * between where the device takes other samples than 16 bits, mono, 48 kHz.
 *
 * The sink does not synchronise (sync=false): blocks are queued back to back, the device's own
 * consumption sets the pace, and we read from it how far it has got. Timing is the renderer's
 * business. A sink that does not pace (fakesink, a network sink) is paced by CLOCK_MONOTONIC.
 *
 * Thread: main, unless a comment says otherwise.
 */
#pragma once

#include <gio/gio.h>

#include "audio/player.h"

typedef struct LoaOutput LoaOutput;

/* Where the device stands, all at 48 kHz whatever the device's own rate. */
typedef struct {
	gint64 next_sample;    /* its count of the sample that is about to be rendered */
	gboolean has_position; /* FALSE: it has not begun to consume */
	double position;       /* samples that have left it ... */
	double mono_us;        /* ... at this moment */
} LoaOutputReading;

/* Renders @n samples. Thread: stream. */
typedef void (*LoaOutputFunc)(gpointer data, const LoaOutputReading *reading, gint16 *out, guint n);

/* Builds the pipeline; opens nothing. @error: #LoaPlayerError. */
LoaOutput *loa_output_new(const char *description, guint buffer_ms, LoaOutputFunc func,
			  gpointer data, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Opens the device; rendering begins on the streaming thread. */
gboolean loa_output_open(LoaOutput *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* FALSE, once, if something broke since it was opened. */
gboolean loa_output_check(LoaOutput *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Blocks until the streaming thread is gone. */
void loa_output_close(LoaOutput *self);

void loa_output_free(LoaOutput *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaOutput, loa_output_free)
