/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audio/decode.h - the sound of any media file as 48 kHz mono float samples.
 *
 * GStreamer finds the container and the codec. Only demuxers, parsers and audio decoders are let
 * in: nothing that opens another address (playlists, adaptive streaming), and no video decoder.
 * The first audio track counts.
 *
 * Thread: any; blocks. @func is called on the caller's thread, never on GStreamer's.
 */
#pragma once

#include <gio/gio.h>

#define LOA_DECODE_RATE 48000

#define LOA_DECODE_ERROR (loa_decode_error_quark())
GQuark loa_decode_error_quark(void);

typedef enum {
	LOA_DECODE_ERROR_NOT_MEDIA,  /* not a kind of media that is known here */
	LOA_DECODE_ERROR_NO_TRACK,   /* media without sound */
	LOA_DECODE_ERROR_NO_DECODER, /* sound in a form for which no decoder is installed */
	LOA_DECODE_ERROR_DAMAGED,    /* broke off */
	LOA_DECODE_ERROR_TOO_LONG,   /* longer than @max_us, as stated or as decoded */
	LOA_DECODE_ERROR_SETUP,      /* GStreamer itself is not complete */
} LoaDecodeError;

/* @done: how much of the file is decoded, 0..1; -1 when its length is unknown. */
typedef gboolean (*LoaDecodeFunc)(const float *samples, gsize n_samples, double done,
				  gpointer user_data, GError **error);

/**
 * loa_decode_file:
 * @func: %FALSE with an error of its own ends the decoding
 * @error: LOA_DECODE_ERROR, @func's, or %G_IO_ERROR_CANCELLED
 */
gboolean loa_decode_file(const char *path, gint64 max_us, LoaDecodeFunc func, gpointer user_data,
			 GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;
