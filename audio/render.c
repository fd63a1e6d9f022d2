/* SPDX-License-Identifier: Apache-2.0 */
#include "audio/render.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <gst/gst.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "audio/decode.h"

/* Longer than anything that ingest takes. */
#define MAX_US (G_GINT64_CONSTANT(11) * 3600 * G_USEC_PER_SEC)
#define WINDOW 480 /* samples: 10 ms */
#define WAV_HEADER_BYTES 44
#define SAMPLE_BYTES 2

G_DEFINE_QUARK(loa_render_error, loa_render_error)

static gboolean
fail_output(const char *path, GError **error)
{
	int err = errno;

	g_set_error(error, LOA_RENDER_ERROR, LOA_RENDER_ERROR_OUTPUT, "cannot write %s: %s", path,
		    g_strerror(err));
	return FALSE;
}

/* Decodes all of @input for @func. */
static gboolean
decode(const char *input, LoaDecodeFunc func, gpointer user_data, GError **error)
{
	g_autoptr(GError) cause = NULL;

	if (loa_decode_file(input, MAX_US, func, user_data, NULL, &cause))
		return TRUE;
	if (cause->domain == LOA_RENDER_ERROR)
		g_propagate_error(error, g_steal_pointer(&cause));
	else
		g_set_error(error, LOA_RENDER_ERROR, LOA_RENDER_ERROR_INPUT, "%s: %s", input,
			    cause->message);
	return FALSE;
}

/* The loudest of each 10 ms, until it is known how long the whole is. */
typedef struct {
	GByteArray *windows;
	float loudest;
	guint n;
} Peaks;

static void
end_window(Peaks *peaks)
{
	const guint8 value = (guint8)lrintf(fminf(peaks->loudest, 1.0F) * 255.0F);

	g_byte_array_append(peaks->windows, &value, 1);
	peaks->loudest = 0;
	peaks->n = 0;
}

static gboolean
on_samples_for_peaks(const float *samples, gsize n_samples, double done, gpointer user_data,
		     GError **error)
{
	(void)done;
	(void)error;
	Peaks *peaks = user_data;

	for (gsize i = 0; i < n_samples; i++) {
		peaks->loudest = fmaxf(peaks->loudest, fabsf(samples[i]));
		if (++peaks->n == WINDOW)
			end_window(peaks);
	}
	return TRUE;
}

/* (transfer full): the loudest of each of so many equal parts */
static GByteArray *
reduce(const GByteArray *windows)
{
	const guint n_parts = MIN(windows->len, LOA_RENDER_MAX_PEAKS);
	GByteArray *parts = g_byte_array_sized_new(n_parts);

	for (guint i = 0; i < n_parts; i++) {
		const gsize from = (gsize)i * windows->len / n_parts;
		const gsize to = (gsize)(i + 1) * windows->len / n_parts;
		guint8 loudest = 0;

		for (gsize j = from; j < to; j++)
			loudest = MAX(loudest, windows->data[j]);
		g_byte_array_append(parts, &loudest, 1);
	}
	return parts;
}

gboolean
loa_render_peaks(const char *input, const char *output, GError **error)
{
	g_autoptr(GByteArray) windows = g_byte_array_new();
	g_autoptr(GByteArray) parts = NULL;
	Peaks peaks = { .windows = windows };

	if (!decode(input, on_samples_for_peaks, &peaks, error))
		return FALSE;
	if (peaks.n > 0)
		end_window(&peaks);
	parts = reduce(windows);
	return g_file_set_contents(output, (const char *)parts->data, (gssize)parts->len, NULL)
		       ? TRUE
		       : fail_output(output, error);
}

typedef struct {
	FILE *file;
	const char *path;
	guint64 n_samples;
} Wav;

static gboolean
on_samples_for_wav(const float *samples, gsize n_samples, double done, gpointer user_data,
		   GError **error)
{
	(void)done;
	Wav *wav = user_data;

	for (gsize i = 0; i < n_samples; i++) {
		const gint16 value =
			GINT16_TO_LE((gint16)lrintf(CLAMP(samples[i], -1.0F, 1.0F) * 32767.0F));

		if (fwrite(&value, sizeof value, 1, wav->file) != 1)
			return fail_output(wav->path, error);
	}
	wav->n_samples += n_samples;
	return TRUE;
}

static void
put_le(guint8 *at, guint32 value, guint n_bytes)
{
	for (guint i = 0; i < n_bytes; i++)
		at[i] = (guint8)(value >> (8 * i));
}

/* RIFF WAVE: PCM, mono, 48 kHz, 16 bits. */
static void
fill_header(guint8 header[WAV_HEADER_BYTES], guint32 n_data_bytes)
{
	memcpy(header, "RIFF....WAVEfmt ", 16);
	put_le(header + 4, n_data_bytes + WAV_HEADER_BYTES - 8, 4);
	put_le(header + 16, 16, 4);
	put_le(header + 20, 1, 2);
	put_le(header + 22, 1, 2);
	put_le(header + 24, LOA_DECODE_RATE, 4);
	put_le(header + 28, LOA_DECODE_RATE * SAMPLE_BYTES, 4);
	put_le(header + 32, SAMPLE_BYTES, 2);
	put_le(header + 34, SAMPLE_BYTES * 8, 2);
	memcpy(header + 36, "data", 4);
	put_le(header + 40, n_data_bytes, 4);
}

static gboolean
write_wav(Wav *wav, const char *input, GError **error)
{
	guint8 header[WAV_HEADER_BYTES] = { 0 };

	if (fwrite(header, sizeof header, 1, wav->file) != 1)
		return fail_output(wav->path, error);
	if (!decode(input, on_samples_for_wav, wav, error))
		return FALSE;
	fill_header(header, (guint32)(wav->n_samples * SAMPLE_BYTES));
	if (fseek(wav->file, 0, SEEK_SET) != 0 || fwrite(header, sizeof header, 1, wav->file) != 1)
		return fail_output(wav->path, error);
	return TRUE;
}

gboolean
loa_render_wav(const char *input, const char *output, GError **error)
{
	Wav wav = { .file = g_fopen(output, "wbe"), .path = output };
	gboolean ok;

	if (wav.file == NULL)
		return fail_output(output, error);
	ok = write_wav(&wav, input, error);
	if (fclose(wav.file) != 0 && ok)
		return fail_output(output, error);
	return ok;
}

static gboolean
wait_for_end(GstElement *pipeline, GError **error)
{
	g_autoptr(GstBus) bus = gst_element_get_bus(pipeline);
	g_autoptr(GstMessage) message = NULL;
	g_autoptr(GError) cause = NULL;

	gst_element_set_state(pipeline, GST_STATE_PLAYING);
	message = gst_bus_timed_pop_filtered(bus, GST_CLOCK_TIME_NONE,
					     GST_MESSAGE_ERROR | GST_MESSAGE_EOS);
	if (message != NULL && GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS)
		return TRUE;
	if (message != NULL)
		gst_message_parse_error(message, &cause, NULL);
	g_set_error(error, LOA_RENDER_ERROR, LOA_RENDER_ERROR_INPUT, "%s",
		    cause != NULL ? cause->message : "GStreamer gave up");
	return FALSE;
}

/* oggdemux looks for its first page in other files for ever. */
static gboolean
check_ogg(const char *path, GError **error)
{
	FILE *file = g_fopen(path, "rbe");
	char magic[4] = "";
	gboolean ok = file != NULL && fread(magic, sizeof magic, 1, file) == 1 &&
		      memcmp(magic, "OggS", sizeof magic) == 0;

	if (file != NULL)
		fclose(file);
	if (!ok)
		g_set_error(error, LOA_RENDER_ERROR, LOA_RENDER_ERROR_INPUT,
			    "%s is no stored recording", path);
	return ok;
}

gboolean
loa_render_mp3(const char *input, const char *output, GError **error)
{
	g_autoptr(GError) cause = NULL;
	g_autoptr(GstElement) pipeline = gst_parse_launch_full(
		"filesrc name=in ! oggdemux ! opusdec ! audioconvert ! audioresample"
		" ! audio/x-raw,rate=48000,channels=1"
		" ! lamemp3enc target=bitrate bitrate=128 cbr=true mono=true"
		" ! filesink name=out",
		NULL, GST_PARSE_FLAG_FATAL_ERRORS, &cause);
	gboolean ok;

	if (!check_ogg(input, error))
		return FALSE;
	if (pipeline == NULL) {
		g_set_error(error, LOA_RENDER_ERROR, LOA_RENDER_ERROR_SETUP,
			    "%s; install gstreamer1.0-plugins-base and gstreamer1.0-plugins-good",
			    cause->message);
		return FALSE;
	}

	g_autoptr(GstElement) source = gst_bin_get_by_name(GST_BIN(pipeline), "in");
	g_autoptr(GstElement) sink = gst_bin_get_by_name(GST_BIN(pipeline), "out");

	g_object_set(source, "location", input, NULL);
	g_object_set(sink, "location", output, NULL);
	ok = wait_for_end(pipeline, error);
	gst_element_set_state(pipeline, GST_STATE_NULL);
	return ok;
}
