/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audio/render.h - a stored recording in other forms: for other media, and for the eye.
 *
 * All of them are what the loudspeakers play, decoded: not the original. Blocks; for a program of
 * its own (loa-render.c). gst_init() was called.
 */
#pragma once

#include <gio/gio.h>

#define LOA_RENDER_ERROR (loa_render_error_quark())
GQuark loa_render_error_quark(void);

typedef enum {
	LOA_RENDER_ERROR_INPUT,  /* not readable, or not sound */
	LOA_RENDER_ERROR_OUTPUT, /* the disk */
	LOA_RENDER_ERROR_SETUP,  /* a part of GStreamer is not installed */
} LoaRenderError;

/* At most so many peaks, each a byte: 0 silence, 255 full scale. */
#define LOA_RENDER_MAX_PEAKS 1000

/* The loudest sample of each of LOA_RENDER_MAX_PEAKS equal parts (fewer, for a very short one). */
gboolean loa_render_peaks(const char *input, const char *output,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* 48 kHz, mono, 16 bits. */
gboolean loa_render_wav(const char *input, const char *output,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* 128 kbit/s, constant, 48 kHz, mono. */
gboolean loa_render_mp3(const char *input, const char *output,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;
