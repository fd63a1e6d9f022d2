/* SPDX-License-Identifier: Apache-2.0 */
#include "audio/ingest.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audio/container-check.h"
#include "audio/decode.h"
#include "audio/ingest-file.h"
#include "audio/limiter.h"
#include "audio/loudness.h"
#include "audio/opus-writer.h"

#define RATE LOA_DECODE_RATE
#define WINDOW_SAMPLES (RATE / 50)
#define MARGIN_SAMPLES (RATE * LOA_INGEST_MARGIN_MS / 1000)
#define FADE_SAMPLES 480 /* at both ends: 10 ms, so that no cut clicks */
#define BLOCK_SAMPLES 4800
#define COPY_SIZE 65536

/* The coder adds some; what it adds beyond this the guarded encoder takes away again. */
#define CODER_HEADROOM_DB 1.0
#define LOUDNESS_TOLERANCE_LU 0.1
#define MAX_MEASURES 6
#define MEASURE_STEPS (2 * MAX_MEASURES + 2) /* input, settling, pilot, settling */
#define PILOT_SAMPLES (30LL * RATE)
#define MAX_CODER_LOSS_DB 1.5
#define MIN_SLOPE 0.2
/* A limiter that has to do more than this is not hiding peaks any more but the sound. */
#define MAX_DRIVE_DB 18.0
#define MAX_SAMPLE 1e6F

/* Shares of the whole in progress: ends of copy, decode, measure. */
#define COPY_END 0.05
#define DECODE_END 0.30
#define MEASURE_END 0.40

typedef struct {
	const LoaIngestOptions *options;
	LoaIngestProgressFunc progress;
	gpointer user_data;
	GCancellable *cancellable; /* borrowed (nullable) */
	LoaIngestFile *original;   /* owned */
	LoaIngestFile *stored;     /* owned */
	LoaIngestFile *spool;      /* owned: decoded samples */
	gint64 n_decoded;
	double window_sum; /* of the 20 ms under way */
	double window_square;
	guint window_n;
	gint64 first_loud; /* window, -1: none yet */
	gint64 last_loud;
	gint64 from; /* what remains after trimming: [from, to) */
	gint64 to;
	double input_peak_dbtp;
	double gain_db;
	LoaLoudness *heard; /* owned: of the stored file, decoded */
	LoaIngestResult result;
} Ingest;

G_DEFINE_QUARK(loa_ingest_error, loa_ingest_error)

static const char *const error_names[] = {
	[LOA_INGEST_ERROR_NOT_AUDIO] = "not-audio",   [LOA_INGEST_ERROR_NO_TRACK] = "no-track",
	[LOA_INGEST_ERROR_CUT_SHORT] = "cut-short",   [LOA_INGEST_ERROR_DAMAGED] = "damaged",
	[LOA_INGEST_ERROR_SILENT] = "silent",         [LOA_INGEST_ERROR_TOO_LONG] = "too-long",
	[LOA_INGEST_ERROR_TOO_SHORT] = "too-short",   [LOA_INGEST_ERROR_NO_INPUT] = "no-input",
	[LOA_INGEST_ERROR_UNWRITABLE] = "unwritable", [LOA_INGEST_ERROR_DISK_FULL] = "disk-full",
	[LOA_INGEST_ERROR_CANCELLED] = "cancelled",   [LOA_INGEST_ERROR_INTERNAL] = "internal",
};

const char *
loa_ingest_error_name(LoaIngestError code)
{
	return error_names[code];
}

gboolean
loa_ingest_error_from_name(const char *name, LoaIngestError *code)
{
	for (gsize i = 0; i < G_N_ELEMENTS(error_names); i++) {
		if (g_strcmp0(error_names[i], name) != 0)
			continue;
		*code = (LoaIngestError)i;
		return TRUE;
	}
	return FALSE;
}

LoaIngestOptions
loa_ingest_options_default(void)
{
	return (LoaIngestOptions){
		.lufs = -16,
		.true_peak_dbtp = -1.5,
		.bitrate = 24000,
		.max_minutes = 120,
	};
}

static void
ingest_clear(Ingest *self)
{
	loa_ingest_file_free(self->original);
	loa_ingest_file_free(self->stored);
	loa_ingest_file_free(self->spool);
	loa_loudness_free(self->heard);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Ingest, ingest_clear)

static double
linear(double db)
{
	return pow(10, db / 20);
}

static void
tell(const Ingest *self, const char *stage, double from, double to, double done)
{
	if (self->progress != NULL)
		self->progress(stage, from + (to - from) * CLAMP(done, 0, 1), self->user_data);
}

static gboolean
go_on(const Ingest *self, GError **error)
{
	if (!g_cancellable_is_cancelled(self->cancellable))
		return TRUE;
	g_set_error_literal(error, LOA_INGEST_ERROR, LOA_INGEST_ERROR_CANCELLED,
			    "the import was stopped; nothing was kept");
	return FALSE;
}

/* ---- the original ------------------------------------------------------------------------ */

static gboolean
fail_input(const Ingest *self, int err, GError **error)
{
	g_set_error(error, LOA_INGEST_ERROR, LOA_INGEST_ERROR_NO_INPUT,
		    "cannot read %s: %s; check the name and the permissions", self->options->input,
		    g_strerror(err));
	return FALSE;
}

static gboolean
copy_bytes(Ingest *self, int fd, gint64 size, GError **error)
{
	g_autofree guint8 *buffer = g_malloc(COPY_SIZE);

	for (;;) {
		gssize n = read(fd, buffer, COPY_SIZE);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail_input(self, errno, error);
		if (n == 0)
			return TRUE;
		if (!go_on(self, error) ||
		    !loa_ingest_file_write(self->original, buffer, (gsize)n, error))
			return FALSE;
		tell(self, "copy", 0, COPY_END,
		     (double)loa_ingest_file_size(self->original) / (double)MAX(size, 1));
	}
}

/* All later steps read the copy: what was hashed is what was decoded, whoever writes to the
 * input meanwhile. */
static gboolean
copy_original(Ingest *self, GError **error)
{
	int fd = g_open(self->options->input, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd < 0)
		return fail_input(self, errno, error);
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return fail_input(self, S_ISDIR(st.st_mode) ? EISDIR : EINVAL, error);
	}

	g_autofree char *folder = g_build_filename(self->options->folder, "originals", NULL);
	gboolean ok;

	self->original = loa_ingest_file_new(folder, error);
	ok = self->original != NULL && copy_bytes(self, fd, st.st_size, error);
	close(fd);
	if (ok && loa_ingest_file_size(self->original) == 0) {
		g_set_error_literal(error, LOA_INGEST_ERROR, LOA_INGEST_ERROR_NOT_AUDIO,
				    "the file is empty; copy it again from its source");
		return FALSE;
	}
	return ok;
}

/* The file's own word on how much it holds. @declared_us: -1 if it says nothing more. */
static gboolean
check_container(const Ingest *self, gint64 *declared_us, GError **error)
{
	g_autoptr(GMappedFile) mapping =
		g_mapped_file_new(loa_ingest_file_path(self->original), FALSE, NULL);

	if (mapping == NULL)
		return fail_input(self, EIO, error);

	LoaContainerCheck check =
		loa_container_check((const guint8 *)g_mapped_file_get_contents(mapping),
				    g_mapped_file_get_length(mapping));

	*declared_us = check.declared_us;
	if (!check.is_cut)
		return TRUE;
	g_set_error_literal(error, LOA_INGEST_ERROR, LOA_INGEST_ERROR_CUT_SHORT,
			    check.lacks_index
				    ? "the file is cut short: the index that belongs to its end is "
				      "missing; copy or record it again"
				    : "the file is cut short: it says itself that there was more; "
				      "copy it again from its source");
	return FALSE;
}

/* ---- decoding ---------------------------------------------------------------------------- */

/* The mean is taken off: a cheap sound card's constant offset is silence, too. */
static void
close_window(Ingest *self)
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
watch_level(Ingest *self, const float *samples, gsize n_samples)
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
	Ingest *self = user_data;
	float block[BLOCK_SAMPLES];

	while (n_samples > 0) {
		gsize n = MIN(n_samples, BLOCK_SAMPLES);

		for (gsize i = 0; i < n; i++)
			block[i] = tame(samples[i]);
		watch_level(self, block, n);
		if (!loa_ingest_file_write(self->spool, block, n * sizeof *block, error))
			return FALSE;
		samples += n;
		n_samples -= n;
	}
	tell(self, "decode", COPY_END, DECODE_END, done);
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
decode(Ingest *self, GError **error)
{
	gint64 max_us = (gint64)self->options->max_minutes * 60 * G_USEC_PER_SEC;
	g_autoptr(GError) cause = NULL;

	if (loa_decode_file(loa_ingest_file_path(self->original), max_us, on_decoded, self,
			    self->cancellable, &cause)) {
		if (self->window_n > 0)
			close_window(self);
		return TRUE;
	}
	if (!go_on(self, error))
		return FALSE;
	if (cause->domain == LOA_INGEST_ERROR)
		g_propagate_error(error, g_steal_pointer(&cause));
	else
		g_set_error_literal(error, LOA_INGEST_ERROR, (int)code_of(cause), cause->message);
	return FALSE;
}

static gboolean
check_decoded(const Ingest *self, gint64 declared_us, GError **error)
{
	gint64 decoded_us = (gint64)((double)self->n_decoded * 1e6 / RATE);

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

static gboolean
fail_silent(GError **error)
{
	g_set_error(error, LOA_INGEST_ERROR, LOA_INGEST_ERROR_SILENT,
		    "the recording is silent: nothing in it is louder than %.0f dBFS; check the "
		    "microphone and record again",
		    LOA_INGEST_SILENCE_DBFS);
	return FALSE;
}

static gboolean
trim(Ingest *self, GError **error)
{
	if (self->first_loud < 0)
		return fail_silent(error);
	self->from = MAX(self->first_loud * WINDOW_SAMPLES - MARGIN_SAMPLES, 0);
	self->to = MIN((self->last_loud + 1) * WINDOW_SAMPLES + MARGIN_SAMPLES, self->n_decoded);
	self->result.trimmed_lead_ms = self->from * 1000 / RATE;
	self->result.trimmed_tail_ms = (self->n_decoded - self->to) * 1000 / RATE;
	return TRUE;
}

/* ---- the spool, once more from the start ------------------------------------------------- */

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
fade(const Ingest *self, float *samples, gint64 at, gsize n_samples)
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
run_through(const Ingest *self, const Run *run, GError **error)
{
	gint64 skip = run->limiter != NULL ? LOA_LIMITER_LATENCY : 0;
	gint64 end = run->to + skip;
	float block[BLOCK_SAMPLES];

	for (gint64 at = run->from; at < end; at += BLOCK_SAMPLES) {
		gsize n = (gsize)MIN(end - at, BLOCK_SAMPLES);
		gsize n_real = (gsize)CLAMP(run->to - at, 0, (gint64)n);

		if (!go_on(self, error) ||
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
		tell(self, run->stage, run->progress_from, run->progress_to,
		     (double)(at - run->from) / (double)(end - run->from));
	}
	return TRUE;
}

/* ---- loudness ---------------------------------------------------------------------------- */

static gboolean
measure_block(const float *samples, gsize n_samples, gpointer user_data, GError **error)
{
	(void)error;
	loa_loudness_add(user_data, samples, n_samples);
	return TRUE;
}

static double
ceiling_dbtp(const Ingest *self)
{
	return self->options->true_peak_dbtp - CODER_HEADROOM_DB;
}

/* A way through [from, to) that shows as step @step of MEASURE_STEPS of "measure". */
static Run
measuring_run(gint64 from, gint64 to, LoaLimiter *limiter, BlockFunc func, gpointer user_data,
	      int step)
{
	double share = (MEASURE_END - DECODE_END) / MEASURE_STEPS;

	return (Run){
		.from = from,
		.to = to,
		.limiter = limiter,
		.func = func,
		.user_data = user_data,
		.stage = "measure",
		.progress_from = DECODE_END + share * step,
		.progress_to = DECODE_END + share * (step + 1),
	};
}

static LoaLimiter *
limiter_new(const Ingest *self)
{
	return loa_limiter_new(linear(self->gain_db), linear(ceiling_dbtp(self)));
}

static gboolean
measure_input(Ingest *self, GError **error)
{
	g_autoptr(LoaLoudness) loudness = loa_loudness_new(TRUE);
	Run run = measuring_run(self->from, self->to, NULL, measure_block, loudness, 0);

	if (!run_through(self, &run, error))
		return FALSE;
	self->result.input_lufs = loa_loudness_integrated(loudness);
	self->input_peak_dbtp = loa_loudness_true_peak_dbtp(loudness);
	if (!isfinite(self->result.input_lufs))
		return fail_silent(error);
	return TRUE;
}

/* Finds the gain for @lufs out of the limiter: what it takes from the peaks is missing from the
 * loudness. The harder it is driven, the less comes out of each further decibel (the slope). */
static gboolean
settle_gain(Ingest *self, double lufs, int step, GError **error)
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
find_coder_loss(const Ingest *self, double *loss_db, GError **error)
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

static gboolean
find_gain(Ingest *self, GError **error)
{
	double loss_db = 0;

	return measure_input(self, error) && settle_gain(self, self->options->lufs, 1, error) &&
	       find_coder_loss(self, &loss_db, error) &&
	       settle_gain(self, self->options->lufs + loss_db, MAX_MEASURES + 2, error);
}

/* ---- coding ------------------------------------------------------------------------------ */

static gboolean
store_bytes(const guint8 *data, gsize size, gpointer user_data, GError **error)
{
	Ingest *self = user_data;

	return loa_ingest_file_write(self->stored, data, size, error);
}

static void
measure_heard(const float *samples, gsize n_samples, gpointer user_data)
{
	Ingest *self = user_data;

	loa_loudness_add(self->heard, samples, n_samples);
}

static gboolean
code_block(const float *samples, gsize n_samples, gpointer user_data, GError **error)
{
	return loa_opus_writer_push(user_data, samples, n_samples, error);
}

static gboolean
encode(Ingest *self, GError **error)
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
		.progress_from = MEASURE_END,
		.progress_to = 1,
	};

	if (!run_through(self, &run, error) || !loa_opus_writer_finish(writer, error))
		return FALSE;
	self->result.pre_skip = loa_opus_writer_pre_skip(writer);
	self->result.n_samples = self->to - self->from;
	self->result.duration_ms = self->result.n_samples * 1000 / RATE;
	self->result.lufs = loa_loudness_integrated(self->heard);
	self->result.true_peak_dbtp = loa_loudness_true_peak_dbtp(self->heard);
	return TRUE;
}

/* ---- placing ----------------------------------------------------------------------------- */

/* The user's ending, if it is one: letters and digits. */
static void
take_ending(const char *name, char ending[9])
{
	const char *dot = strrchr(name, '.');
	gsize n = 0;

	for (const char *at = dot != NULL ? dot + 1 : ""; *at != '\0'; at++) {
		if (!g_ascii_isalnum(*at) || n == 8) {
			n = 0;
			break;
		}
		ending[n++] = g_ascii_tolower(*at);
	}
	ending[n] = '\0';
	if (n == 0)
		g_strlcpy(ending, "bin", 9);
}

static gboolean
place(Ingest *self, GError **error)
{
	LoaIngestResult *result = &self->result;
	const char *name = self->options->name != NULL ? self->options->name : self->options->input;
	g_autofree char *stored_name = NULL;
	gboolean was_there = FALSE;
	char ending[9];

	take_ending(name, ending);
	if (!loa_ingest_file_sync(self->original, result->original_sha256, error) ||
	    !loa_ingest_file_sync(self->stored, result->sha256, error) || !go_on(self, error))
		return FALSE;
	result->size = loa_ingest_file_size(self->stored);
	g_snprintf(result->original_file, sizeof result->original_file, "%s.%s",
		   result->original_sha256, ending);
	stored_name = g_strconcat(result->sha256, ".opus", NULL);
	if (!loa_ingest_file_place(self->original, result->original_file, &was_there, error))
		return FALSE;
	if (loa_ingest_file_place(self->stored, stored_name, &was_there, error))
		return TRUE;
	loa_ingest_file_unplace(self->original);
	return FALSE;
}

gboolean
loa_ingest_run(const LoaIngestOptions *options, LoaIngestProgressFunc progress, gpointer user_data,
	       GCancellable *cancellable, LoaIngestResult *result, GError **error)
{
	g_auto(Ingest) self = {
		.options = options,
		.progress = progress,
		.user_data = user_data,
		.cancellable = cancellable,
		.first_loud = -1,
	};
	gint64 declared_us = -1;

	if (!copy_original(&self, error) || !check_container(&self, &declared_us, error))
		return FALSE;
	self.spool = loa_ingest_file_new_spool(options->folder, error);
	if (self.spool == NULL || !decode(&self, error) ||
	    !check_decoded(&self, declared_us, error) || !trim(&self, error) ||
	    !find_gain(&self, error) || !encode(&self, error) || !place(&self, error))
		return FALSE;
	*result = self.result;
	return TRUE;
}

void
loa_ingest_sweep(const char *folder)
{
	static const char *const names[] = { "", "audio", "originals" };

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = g_build_filename(folder, names[i], NULL);

		loa_ingest_file_sweep(path);
	}
}
