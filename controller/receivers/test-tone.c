/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/receivers/test-tone.h"

#include <math.h>

#include "audio/opus-writer.h"
#include "common/file.h"

#define N_SAMPLES (LOA_TEST_TONE_S * LOA_SAMPLE_RATE)
#define BITRATE 24000
#define TRUE_PEAK_DBTP (-1.5)
#define PITCH_S 0.5 /* then the other */
#define LOW_HZ 440.0
#define HIGH_HZ 660.0
#define AMPLITUDE 0.25 /* -15 dBFS RMS: as loud as speech */
#define FADE_S 0.02

static gboolean
keep(const guint8 *data, gsize size, gpointer user_data, GError **error)
{
	(void)error;
	g_byte_array_append(user_data, data, (guint)size);
	return TRUE;
}

static float
sample_at(guint i)
{
	const double at_s = (double)i / LOA_SAMPLE_RATE;
	const double within_s = fmod(at_s, PITCH_S);
	const double hz = fmod(at_s, 2 * PITCH_S) < PITCH_S ? LOW_HZ : HIGH_HZ;
	const double fade = MIN(MIN(within_s, PITCH_S - within_s) / FADE_S, 1.0);

	return (float)(AMPLITUDE * fade * sin(2 * G_PI * hz * within_s));
}

/* (transfer full) (nullable) */
static GBytes *
encode(guint32 *pre_skip, GError **error)
{
	GByteArray *bytes = g_byte_array_new();
	const LoaOpusWriterConfig config = { .bitrate = BITRATE,
					     .true_peak_dbtp = TRUE_PEAK_DBTP,
					     .sink = keep,
					     .user_data = bytes };
	g_autoptr(LoaOpusWriter) writer = loa_opus_writer_new(&config);
	g_autofree float *samples = g_new(float, N_SAMPLES);

	for (guint i = 0; i < N_SAMPLES; i++)
		samples[i] = sample_at(i);
	if (!loa_opus_writer_push(writer, samples, N_SAMPLES, error) ||
	    !loa_opus_writer_finish(writer, error)) {
		g_byte_array_unref(bytes);
		return NULL;
	}
	*pre_skip = loa_opus_writer_pre_skip(writer);
	return g_byte_array_free_to_bytes(bytes);
}

gboolean
loa_test_tone_prepare(const char *audio_dir, LoaAiring *airing, GError **error)
{
	guint32 pre_skip = 0;
	g_autoptr(GBytes) bytes = encode(&pre_skip, error);
	g_autofree char *sha256 = NULL, *name = NULL, *path = NULL;

	if (bytes == NULL)
		return FALSE;
	sha256 = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, bytes);
	name = g_strdup_printf("%s.opus", sha256);
	path = g_build_filename(audio_dir, name, NULL);
	if (!g_file_test(path, G_FILE_TEST_EXISTS) && !loa_file_replace(path, bytes, 0644, error))
		return FALSE;
	airing->n_samples = N_SAMPLES;
	airing->pre_skip = pre_skip;
	airing->size_bytes = (gint64)g_bytes_get_size(bytes);
	g_free(airing->sha256);
	airing->sha256 = g_steal_pointer(&sha256);
	return TRUE;
}
