/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "audio/container-check.h"
#include "audio/ingest-internal.h"

#define WINDOW_SAMPLES (LOA_INGEST_RATE / 50)
#define MARGIN_SAMPLES (LOA_INGEST_RATE * LOA_INGEST_MARGIN_MS / 1000)
#define MAX_SAMPLE 1e6F

/* The mean is taken off: a cheap sound card's constant offset is silence, too. */
static void
close_window(LoaIngest *self)
{
	double mean = self->window_sum / self->window_n;
	double power = self->window_square / self->window_n - mean * mean;

	if (power >= pow(10, LOA_INGEST_SILENCE_DBFS / 10)) {
		self->last_loud = (self->n_decoded - 1) / WINDOW_SAMPLES;
		if (self->first_loud < 0)
			self->first_loud = self->last_loud;
	}
	self->window_sum = 0;
	self->window_square = 0;
	self->window_n = 0;
}

static void
watch_level(LoaIngest *self, const float *samples, gsize n_samples)
{
	for (gsize i = 0; i < n_samples; i++) {
		self->window_sum += (double)samples[i];
		self->window_square += (double)samples[i] * (double)samples[i];
		self->window_n++;
		self->n_decoded++;
		if (self->window_n == WINDOW_SAMPLES)
			close_window(self);
	}
}

/* A WAV of floats can hold anything that 32 bits can. */
static float
tame(float sample)
{
	return isfinite(sample) ? CLAMP(sample, -MAX_SAMPLE, MAX_SAMPLE) : 0;
}

static gboolean
on_decoded(const float *samples, gsize n_samples, double done, gpointer user_data, GError **error)
{
	LoaIngest *self = user_data;
	float block[LOA_INGEST_BLOCK];

	while (n_samples > 0) {
		gsize n = MIN(n_samples, LOA_INGEST_BLOCK);

		for (gsize i = 0; i < n; i++)
			block[i] = tame(samples[i]);
		watch_level(self, block, n);
		if (!loa_ingest_file_write(self->spool, block, n * sizeof *block, error))
			return FALSE;
		samples += n;
		n_samples -= n;
	}
	loa_ingest_tell(self, "decode", LOA_INGEST_COPY_END, LOA_INGEST_DECODE_END,
			self->parts_done + self->part_share * CLAMP(done, 0, 1));
	return TRUE;
}

static LoaIngestError
code_of(const GError *cause)
{
	if (cause->domain != LOA_DECODE_ERROR)
		return LOA_INGEST_ERROR_CANCELLED;
	switch ((LoaDecodeError)cause->code) {
	case LOA_DECODE_ERROR_NOT_MEDIA:
		return LOA_INGEST_ERROR_NOT_AUDIO;
	case LOA_DECODE_ERROR_NO_TRACK:
		return LOA_INGEST_ERROR_NO_TRACK;
	case LOA_DECODE_ERROR_NO_DECODER:
		return LOA_INGEST_ERROR_NOT_AUDIO;
	case LOA_DECODE_ERROR_DAMAGED:
		return LOA_INGEST_ERROR_DAMAGED;
	case LOA_DECODE_ERROR_TOO_LONG:
		return LOA_INGEST_ERROR_TOO_LONG;
	case LOA_DECODE_ERROR_SETUP:
		return LOA_INGEST_ERROR_INTERNAL;
	}
	return LOA_INGEST_ERROR_INTERNAL;
}

static gboolean
spool_file(LoaIngest *self, const LoaIngestFile *file, GError **error)
{
	gint64 max_us = (gint64)self->options->max_minutes * 60 * G_USEC_PER_SEC -
			self->n_decoded * G_USEC_PER_SEC / LOA_INGEST_RATE;
	g_autoptr(GError) cause = NULL;

	if (loa_decode_file(loa_ingest_file_path(file), MAX(max_us, 0), on_decoded, self,
			    self->cancellable, &cause))
		return TRUE;
	if (!loa_ingest_go_on(self, error))
		return FALSE;
	if (cause->domain == LOA_INGEST_ERROR)
		g_propagate_error(error, g_steal_pointer(&cause));
	else
		g_set_error_literal(error, LOA_INGEST_ERROR, (int)code_of(cause), cause->message);
	return FALSE;
}

/* @data: one of several, as its recorder left it: cut off in mid-element, perhaps. */
static gboolean
spool_part(LoaIngest *self, const guint8 *data, gsize size, GError **error)
{
	const LoaContainerCheck check = loa_container_check(data, size);
	g_autofree char *folder = g_build_filename(self->options->folder, "originals", NULL);
	g_autoptr(LoaIngestFile) file = NULL;

	if (check.is_cut && check.whole_bytes > 0)
		size = check.whole_bytes;
	if (size < LOA_INGEST_MIN_PART_BYTES)
		return TRUE;
	file = loa_ingest_file_new(folder, error);
	return file != NULL && loa_ingest_file_write(file, data, size, error) &&
	       spool_file(self, file, error);
}

static gboolean
spool_parts(LoaIngest *self, GError **error)
{
	const LoaIngestOptions *options = self->options;
	g_autoptr(GMappedFile) mapping =
		g_mapped_file_new(loa_ingest_file_path(self->original), FALSE, NULL);
	const gint64 size = mapping != NULL ? (gint64)g_mapped_file_get_length(mapping) : 0;
	gint64 from = 0;

	for (guint i = 0; i <= options->n_parts; i++) {
		const gint64 to = i < options->n_parts ? options->parts[i] : size;

		if (to <= from || to > size) {
			g_set_error(error, LOA_INGEST_ERROR, LOA_INGEST_ERROR_NOT_AUDIO,
				    "the file has no part from byte %" G_GINT64_FORMAT
				    " to %" G_GINT64_FORMAT "; record it again",
				    from, to);
			return FALSE;
		}
		self->parts_done = (double)from / (double)size;
		self->part_share = (double)(to - from) / (double)size;
		if (!spool_part(self, (const guint8 *)g_mapped_file_get_contents(mapping) + from,
				(gsize)(to - from), error))
			return FALSE;
		from = to;
	}
	return TRUE;
}

static gboolean
spool_samples(LoaIngest *self, GError **error)
{
	if (self->options->n_parts > 0 ? !spool_parts(self, error)
				       : !spool_file(self, self->original, error))
		return FALSE;
	if (self->window_n > 0)
		close_window(self);
	return TRUE;
}

static gboolean
check_decoded(const LoaIngest *self, gint64 declared_us, GError **error)
{
	gint64 decoded_us = (gint64)((double)self->n_decoded * 1e6 / LOA_INGEST_RATE);

	if (declared_us - decoded_us > 50 * 1000) {
		g_set_error(error, LOA_INGEST_ERROR, LOA_INGEST_ERROR_CUT_SHORT,
			    "the file is cut short: it says that it lasts %.1f s, but only %.1f s "
			    "are there; copy it again from its source",
			    (double)declared_us / 1e6, (double)decoded_us / 1e6);
		return FALSE;
	}
	if (decoded_us < LOA_INGEST_MIN_MS * 1000) {
		g_set_error(error, LOA_INGEST_ERROR, LOA_INGEST_ERROR_TOO_SHORT,
			    "the recording lasts only %" G_GINT64_FORMAT
			    " ms; at least %d ms are needed",
			    decoded_us / 1000, LOA_INGEST_MIN_MS);
		return FALSE;
	}
	return TRUE;
}

gboolean
loa_ingest_fail_silent(GError **error)
{
	g_set_error(error, LOA_INGEST_ERROR, LOA_INGEST_ERROR_SILENT,
		    "the recording is silent: nothing in it is louder than %.0f dBFS; check the "
		    "microphone and record again",
		    LOA_INGEST_SILENCE_DBFS);
	return FALSE;
}

static gboolean
trim(LoaIngest *self, GError **error)
{
	if (self->first_loud < 0)
		return loa_ingest_fail_silent(error);
	self->from = MAX(self->first_loud * WINDOW_SAMPLES - MARGIN_SAMPLES, 0);
	self->to = MIN((self->last_loud + 1) * WINDOW_SAMPLES + MARGIN_SAMPLES, self->n_decoded);
	self->result.trimmed_lead_ms = self->from * 1000 / LOA_INGEST_RATE;
	self->result.trimmed_tail_ms = (self->n_decoded - self->to) * 1000 / LOA_INGEST_RATE;
	return TRUE;
}

gboolean
loa_ingest_decode(LoaIngest *self, gint64 declared_us, GError **error)
{
	/* where the program may write anyway: the folder itself may hold other things */
	g_autofree char *folder = g_build_filename(self->options->folder, "originals", NULL);

	self->spool = loa_ingest_file_new_spool(folder, error);
	return self->spool != NULL && spool_samples(self, error) &&
	       check_decoded(self, declared_us, error) && trim(self, error);
}
