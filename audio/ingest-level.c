/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "audio/ingest-internal.h"
#include "audio/limiter.h"
#include "audio/opus-writer.h"

#define FADE_SAMPLES 480 /* at both ends: 10 ms, so that no cut clicks */

/* The coder adds some; what it adds beyond this the guarded encoder takes away again. */
#define CODER_HEADROOM_DB 1.0
#define LOUDNESS_TOLERANCE_LU 0.1
#define MAX_MEASURES 6
#define MEASURE_STEPS (2 * MAX_MEASURES + 2) /* input, settling, pilot, settling */
#define PILOT_SAMPLES (30LL * LOA_INGEST_RATE)
#define MAX_CODER_LOSS_DB 1.5
#define MIN_SLOPE 0.2
/* A limiter that has to do more than this is not hiding peaks any more but the sound. */
#define MAX_DRIVE_DB 18.0

static double
linear(double db)
{
	return pow(10, db / 20);
}

typedef gboolean (*BlockFunc)(const float *samples, gsize n_samples, gpointer user_data,
			      GError **error);

/* One way through the trimmed samples: what is in force, who gets them, how it shows. */
typedef struct {
	gint64 from; /* [from, to) of the spool, within what remains after trimming */
	gint64 to;
	LoaLimiter *limiter; /* (nullable): as they are */
	BlockFunc func;
	gpointer user_data;
	const char *stage;
	double progress_from;
	double progress_to;
} Run;

static void
fade(const LoaIngest *self, float *samples, gint64 at, gsize n_samples)
{
	for (gsize i = 0; i < n_samples; i++) {
		gint64 lead = at + (gint64)i - self->from;
		gint64 tail = self->to - 1 - at - (gint64)i;

		if (self->from > 0 && lead < FADE_SAMPLES)
			samples[i] *= (float)lead / FADE_SAMPLES;
		if (self->to < self->n_decoded && tail < FADE_SAMPLES)
			samples[i] *= (float)tail / FADE_SAMPLES;
	}
}

/* The limiter gives the sound late: its first samples are nobody's, and zeros push out the
 * last. */
static gboolean
run_through(const LoaIngest *self, const Run *run, GError **error)
{
	gint64 skip = run->limiter != NULL ? LOA_LIMITER_LATENCY : 0;
	gint64 end = run->to + skip;
	float block[LOA_INGEST_BLOCK];

	for (gint64 at = run->from; at < end; at += LOA_INGEST_BLOCK) {
		gsize n = (gsize)MIN(end - at, LOA_INGEST_BLOCK);
		gsize n_real = (gsize)CLAMP(run->to - at, 0, (gint64)n);

		if (!loa_ingest_go_on(self, error) ||
		    !loa_ingest_file_read(self->spool, at * (gint64)sizeof *block, block,
					  n_real * sizeof *block, error))
			return FALSE;
		fade(self, block, at, n_real);
		memset(block + n_real, 0, (n - n_real) * sizeof *block);
		if (run->limiter != NULL)
			loa_limiter_process(run->limiter, block, n);

		gsize n_skip = (gsize)MIN(skip, (gint64)n);

		skip -= (gint64)n_skip;
		if (n > n_skip && !run->func(block + n_skip, n - n_skip, run->user_data, error))
			return FALSE;
		loa_ingest_tell(self, run->stage, run->progress_from, run->progress_to,
				(double)(at - run->from) / (double)(end - run->from));
	}
	return TRUE;
}

static gboolean
measure_block(const float *samples, gsize n_samples, gpointer user_data, GError **error)
{
	(void)error;
	loa_loudness_add(user_data, samples, n_samples);
	return TRUE;
}

static double
ceiling_dbtp(const LoaIngest *self)
{
	return self->options->true_peak_dbtp - CODER_HEADROOM_DB;
}

/* A way through [from, to) that shows as step @step of MEASURE_STEPS of "measure". */
static Run
measuring_run(gint64 from, gint64 to, LoaLimiter *limiter, BlockFunc func, gpointer user_data,
	      int step)
{
	double share = (LOA_INGEST_MEASURE_END - LOA_INGEST_DECODE_END) / MEASURE_STEPS;

	return (Run){
		.from = from,
		.to = to,
		.limiter = limiter,
		.func = func,
		.user_data = user_data,
		.stage = "measure",
		.progress_from = LOA_INGEST_DECODE_END + share * step,
		.progress_to = LOA_INGEST_DECODE_END + share * (step + 1),
	};
}

static LoaLimiter *
limiter_new(const LoaIngest *self)
{
	return loa_limiter_new(linear(self->gain_db), linear(ceiling_dbtp(self)));
}

static gboolean
measure_input(LoaIngest *self, GError **error)
{
	g_autoptr(LoaLoudness) loudness = loa_loudness_new(TRUE);
	Run run = measuring_run(self->from, self->to, NULL, measure_block, loudness, 0);

	if (!run_through(self, &run, error))
		return FALSE;
	self->result.input_lufs = loa_loudness_integrated(loudness);
	self->input_peak_dbtp = loa_loudness_true_peak_dbtp(loudness);
	if (!isfinite(self->result.input_lufs))
		return loa_ingest_fail_silent(error);
	return TRUE;
}

/* Finds the gain for @lufs out of the limiter: what it takes from the peaks is missing from the
 * loudness. The harder it is driven, the less comes out of each further decibel (the slope). */
static gboolean
settle_gain(LoaIngest *self, double lufs, int step, GError **error)
{
	double wanted_db = MIN(lufs - self->result.input_lufs, LOA_INGEST_MAX_GAIN_DB);
	double wanted_lufs = self->result.input_lufs + wanted_db;
	double slope = 1;
	double last_db = 0;
	double last_lufs = 0;

	self->gain_db = wanted_db;
	if (self->input_peak_dbtp + wanted_db <= ceiling_dbtp(self))
		return TRUE;
	for (int i = 0; i < MAX_MEASURES; i++) {
		g_autoptr(LoaLoudness) loudness = loa_loudness_new(FALSE);
		g_autoptr(LoaLimiter) limiter = limiter_new(self);
		Run run = measuring_run(self->from, self->to, limiter, measure_block, loudness,
					step + i);

		if (!run_through(self, &run, error))
			return FALSE;

		double measured = loa_loudness_integrated(loudness);
		double missing_db = wanted_lufs - measured;

		if (fabs(missing_db) < LOUDNESS_TOLERANCE_LU)
			break;
		if (i > 0 && fabs(self->gain_db - last_db) > 0.01)
			slope = CLAMP((measured - last_lufs) / (self->gain_db - last_db), MIN_SLOPE,
				      1);
		last_db = self->gain_db;
		last_lufs = measured;
		self->gain_db = MIN(self->gain_db + missing_db / slope, wanted_db + MAX_DRIVE_DB);
	}
	return TRUE;
}

/* A sample of the middle, coded for measuring alone. */
typedef struct {
	LoaOpusWriter *writer;
	LoaLoudness *before;
	LoaLoudness *after;
} Pilot;

static gboolean
drop_bytes(const guint8 *data, gsize size, gpointer user_data, GError **error)
{
	(void)data;
	(void)size;
	(void)user_data;
	(void)error;
	return TRUE;
}

static void
pilot_heard(const float *samples, gsize n_samples, gpointer user_data)
{
	Pilot *pilot = user_data;

	loa_loudness_add(pilot->after, samples, n_samples);
}

static gboolean
pilot_block(const float *samples, gsize n_samples, gpointer user_data, GError **error)
{
	Pilot *pilot = user_data;

	loa_loudness_add(pilot->before, samples, n_samples);
	return loa_opus_writer_push(pilot->writer, samples, n_samples, error);
}

/* What the coder itself costs: a few tenths of a LU, by what kind of sound it is. */
static gboolean
find_coder_loss(const LoaIngest *self, double *loss_db, GError **error)
{
	gint64 middle = (self->from + self->to) / 2;
	g_autoptr(LoaLimiter) limiter = limiter_new(self);
	g_autoptr(LoaLoudness) before = loa_loudness_new(FALSE);
	g_autoptr(LoaLoudness) after = loa_loudness_new(FALSE);
	Pilot pilot = { .before = before, .after = after };
	const LoaOpusWriterConfig config = {
		.bitrate = self->options->bitrate,
		.true_peak_dbtp = self->options->true_peak_dbtp,
		.sink = drop_bytes,
		.heard = pilot_heard,
		.user_data = &pilot,
	};
	g_autoptr(LoaOpusWriter) writer = loa_opus_writer_new(&config);
	Run run = measuring_run(MAX(self->from, middle - PILOT_SAMPLES / 2),
				MIN(self->to, middle + PILOT_SAMPLES / 2), limiter, pilot_block,
				&pilot, MAX_MEASURES + 1);

	pilot.writer = writer;
	if (!run_through(self, &run, error) || !loa_opus_writer_finish(writer, error))
		return FALSE;
	*loss_db = loa_loudness_integrated(before) - loa_loudness_integrated(after);
	/* a pause in the middle tells nothing */
	if (!isfinite(*loss_db))
		*loss_db = 0;
	*loss_db = CLAMP(*loss_db, -MAX_CODER_LOSS_DB, MAX_CODER_LOSS_DB);
	return TRUE;
}

gboolean
loa_ingest_find_gain(LoaIngest *self, GError **error)
{
	double loss_db = 0;

	return measure_input(self, error) && settle_gain(self, self->options->lufs, 1, error) &&
	       find_coder_loss(self, &loss_db, error) &&
	       settle_gain(self, self->options->lufs + loss_db, MAX_MEASURES + 2, error);
}

static gboolean
store_bytes(const guint8 *data, gsize size, gpointer user_data, GError **error)
{
	LoaIngest *self = user_data;

	return loa_ingest_file_write(self->stored, data, size, error);
}

static void
measure_heard(const float *samples, gsize n_samples, gpointer user_data)
{
	LoaIngest *self = user_data;

	loa_loudness_add(self->heard, samples, n_samples);
}

static gboolean
code_block(const float *samples, gsize n_samples, gpointer user_data, GError **error)
{
	return loa_opus_writer_push(user_data, samples, n_samples, error);
}

gboolean
loa_ingest_encode(LoaIngest *self, GError **error)
{
	g_autofree char *folder = g_build_filename(self->options->folder, "audio", NULL);
	const LoaOpusWriterConfig config = {
		.bitrate = self->options->bitrate,
		.true_peak_dbtp = self->options->true_peak_dbtp,
		.sink = store_bytes,
		.heard = measure_heard,
		.user_data = self,
	};

	self->heard = loa_loudness_new(TRUE);
	self->stored = loa_ingest_file_new(folder, error);
	if (self->stored == NULL)
		return FALSE;

	g_autoptr(LoaOpusWriter) writer = loa_opus_writer_new(&config);
	g_autoptr(LoaLimiter) limiter = limiter_new(self);
	Run run = {
		.from = self->from,
		.to = self->to,
		.limiter = limiter,
		.func = code_block,
		.user_data = writer,
		.stage = "encode",
		.progress_from = LOA_INGEST_MEASURE_END,
		.progress_to = 1,
	};

	if (!run_through(self, &run, error) || !loa_opus_writer_finish(writer, error))
		return FALSE;
	self->result.pre_skip = loa_opus_writer_pre_skip(writer);
	self->result.n_samples = self->to - self->from;
	self->result.duration_ms = self->result.n_samples * 1000 / LOA_INGEST_RATE;
	self->result.lufs = loa_loudness_integrated(self->heard);
	self->result.true_peak_dbtp = loa_loudness_true_peak_dbtp(self->heard);
	return TRUE;
}
