/* SPDX-License-Identifier: Apache-2.0 */
#include "audio/renderer.h"

#include <math.h>
#include <string.h>

#include "audio/consumed.h"
#include "audio/stretcher.h"
#include "audio/voice-stream.h"

#define FADE_IN 240  /* samples: 5 ms */
#define FADE_OUT 480 /* 10 ms: the sound was told to go */
#define FADE_END 240 /* 5 ms: the cue ends before the media does */
#define SAMPLES_PER_US 0.048

/* An error of phase is worked off with this time constant ... */
#define SETTLE_US 1.0e6
/* ... unless it is so large that a fade is kinder; after a break it is put right at once. */
#define RESYNC_US 20000.0
#define RESYNC_BROKEN_US 500.0

/* Where the media ends within this of the cue's end, it plays to its own last sample. */
#define NATURAL_END_SAMPLES 960

#define N_PIECES 8 /* more than the stretcher can hold */

/* What kind of sound lies in media samples [from, to). */
typedef struct {
	gint64 from, to;
	LoaFrameKind kind;
	gboolean opens_gap, is_bad;
} Piece;

struct LoaRenderer {
	gint64 trim_us;
	float ceiling;
	LoaStretcher *stretcher;
	LoaConsumed *consumed;
	LoaVoiceChunk chunk;

	LoaVoice *voice; /* (nullable): what sounds; borrowed from the list of @generation */
	guint64 generation;
	LoaCue cue;         /* the cue it sounds for, as it was when matched */
	gboolean has_ended; /* ... and it has played to the media's own end */
	float gain;         /* in force ... */
	float wanted_gain;  /* ... and where it moves */
	guint n_faded_in;   /* samples of the fade-in done */
	gboolean is_resync; /* it begins again after a change of place */
	Piece pieces[N_PIECES];
	guint next_piece;

	LoaRendererStatus status;
	gint64 last_sample; /* the device's count of the last block's first sample */
};

/* One block under way. */
typedef struct {
	const LoaCueList *list;
	const LoaClockMap *map;
	const LoaPlace *place;
	double site_us_per_sample;
	float *out;
	guint n;
} Block;

LoaRenderer *
loa_renderer_new(gint64 trim_us, double ceiling)
{
	LoaRenderer *self = g_new0(LoaRenderer, 1);

	self->trim_us = trim_us;
	self->ceiling = (float)ceiling;
	self->stretcher = loa_stretcher_new();
	self->consumed = loa_consumed_new();
	self->status.level_db = loa_consumed_level_db(self->consumed);
	return self;
}

/* Site time from @origin_us to the moment when sample @k of the block leaves, trim taken off.
 * Relative, because a double does not hold microseconds since 1970 to a fraction. */
static double
site_since(const LoaRenderer *self, const Block *block, gint64 origin_us, guint k)
{
	const LoaClockMap *map = block->map;

	return (double)(map->site_us - self->trim_us - origin_us) +
	       (block->place->mono_us - (double)map->mono_us) * map->rate +
	       k * block->site_us_per_sample;
}

/* Site time of sample @k, trim taken off, for looking up cues. */
static gint64
site_us(const LoaRenderer *self, const Block *block, guint k)
{
	return block->map->site_us + (gint64)floor(site_since(self, block, block->map->site_us, k));
}

/* The media sample that belongs at sample @k of the block. */
static double
wanted_media(const LoaRenderer *self, const Block *block, const LoaCue *cue, guint k)
{
	return (double)cue->media_sample +
	       site_since(self, block, cue->start_us, k) * SAMPLES_PER_US;
}

/* How many samples from @k on leave before @end_us. */
static guint
samples_until(const LoaRenderer *self, const Block *block, gint64 end_us, guint k)
{
	double left = -site_since(self, block, end_us, k) / block->site_us_per_sample;

	return (guint)CLAMP(ceil(left), 0, G_MAXINT);
}

static gboolean
is_same(const LoaCue *a, const LoaCue *b)
{
	return a->voice == b->voice && a->start_us == b->start_us &&
	       a->media_sample == b->media_sample;
}

/* The sound is that of @cue from here on, where it is and as loud as it is. */
static void
follow(LoaRenderer *self, const LoaCueList *list, const LoaCue *cue)
{
	if (self->voice != cue->voice || self->cue.volume_db != cue->volume_db)
		self->wanted_gain = MIN(self->ceiling, (float)pow(10, cue->volume_db / 20));
	self->voice = cue->voice;
	self->cue = *cue;
	self->generation = loa_cue_list_generation(list);
}

static void
start(LoaRenderer *self, const Block *block, const LoaCue *cue, guint k)
{
	double media = MAX(0, wanted_media(self, block, cue, k));
	gint64 first = MAX(0, (gint64)floor(media) - LOA_STRETCHER_REACH);

	if (!loa_voice_claim_stream(cue->voice))
		return;
	loa_voice_begin_stream(cue->voice, first);
	loa_stretcher_reset(self->stretcher, media, first);
	memset(self->pieces, 0, sizeof self->pieces);
	follow(self, block->list, cue);
	self->gain = self->wanted_gain; /* before the first sample */
	self->n_faded_in = 0;
	self->has_ended = FALSE;
}

static void
stop(LoaRenderer *self)
{
	loa_voice_release_stream(self->voice);
	self->voice = NULL;
	self->status.phase_error_us = 0;
	self->status.stretch_ppm = 0;
}

static void
feed_stretcher(LoaRenderer *self, guint n, double step)
{
	while (loa_stretcher_input_end(self->stretcher) <
	       loa_stretcher_needed(self->stretcher, n, step)) {
		LoaVoiceChunk *chunk = &self->chunk;

		loa_voice_next_stream(self->voice, chunk);
		loa_stretcher_push(self->stretcher, chunk->samples, chunk->n);
		self->pieces[self->next_piece++ % N_PIECES] = (Piece){
			.from = chunk->media,
			.to = chunk->media + chunk->n,
			.kind = chunk->kind,
			.opens_gap = chunk->opens_gap,
			.is_bad = chunk->is_bad,
		};
	}
}

static void
count_piece(LoaVoiceCredit *credit, const Piece *piece)
{
	gint64 from = MAX(credit->from_media, piece->from);
	gint64 n = MIN(credit->to_media, piece->to) - from;

	if (n <= 0)
		return;
	if (piece->kind == LOA_FRAME_DECODED || piece->kind == LOA_FRAME_CONCEALED)
		credit->n_heard += n;
	if (piece->kind == LOA_FRAME_CONCEALED)
		credit->n_concealed += n;
	/* Counted where it begins, so that a frame played in two blocks counts once. */
	if (from == piece->from) {
		credit->n_gaps += piece->opens_gap;
		credit->n_bad_frames += piece->is_bad;
	}
}

static double
sum_of_squares(const float *samples, guint n)
{
	double sum = 0;

	for (guint i = 0; i < n; i++)
		sum += (double)samples[i] * samples[i];
	return sum;
}

static void
push_silence(LoaRenderer *self, const Block *block, guint k, guint n)
{
	gint64 from = block->place->sample + k;

	memset(block->out + k, 0, n * sizeof *block->out);
	if (n > 0)
		loa_consumed_push(self->consumed, &(LoaRun){ .from = from, .to = from + n });
}

/* Raised cosine, 0 at 0, 1 at 1. */
static float
ramp(double x)
{
	return x >= 1 ? 1.0F : (float)(0.5 - 0.5 * cos(G_PI * MAX(0, x)));
}

static void
apply_gain(LoaRenderer *self, float *out, guint n)
{
	guint i = 0;

	for (; i < n && fabsf(self->wanted_gain - self->gain) > LOA_RENDERER_GAIN_STEP; i++) {
		self->gain += self->wanted_gain > self->gain ? LOA_RENDERER_GAIN_STEP
							     : -LOA_RENDERER_GAIN_STEP;
		out[i] *= self->gain;
	}
	if (i < n)
		self->gain = self->wanted_gain;
	for (; i < n; i++)
		out[i] *= self->gain;
}

/* Renders @n samples of the voice at @k. The sound fades so that it is silent @n_left samples
 * after @k, over the last @fade_out of them. */
static void
play(LoaRenderer *self, const Block *block, guint k, guint n, double step, guint n_left,
     guint fade_out)
{
	float *out = block->out + k;
	gint64 origin_us = block->map->site_us;
	LoaRun run = {
		.voice = self->voice,
		.generation = self->generation,
		.from = block->place->sample + k,
		.to = block->place->sample + k + n,
	};

	if (n == 0)
		return;
	feed_stretcher(self, n, step);
	/* A hair more than the floor: positions are sums of fractions. */
	run.credit.from_media = (gint64)floor(loa_stretcher_position(self->stretcher) + 1e-3);
	loa_stretcher_read(self->stretcher, out, n, step);
	run.credit.to_media = (gint64)floor(loa_stretcher_position(self->stretcher) + 1e-3);
	apply_gain(self, out, n);
	for (guint i = 0; i < n && self->n_faded_in < FADE_IN; i++)
		out[i] *= ramp((double)self->n_faded_in++ / FADE_IN);
	for (guint i = n_left > fade_out ? n_left - fade_out : 0; i < n; i++)
		out[i] *= ramp((double)(n_left - i) / fade_out);
	for (guint i = 0; i < N_PIECES; i++)
		count_piece(&run.credit, &self->pieces[i]);
	run.sum_square = run.credit.sum_square = sum_of_squares(out, n);
	run.credit.from_us =
		origin_us + llround(site_since(self, block, origin_us, k)) + self->trim_us;
	run.credit.to_us =
		origin_us + llround(site_since(self, block, origin_us, k + n)) + self->trim_us;
	run.credit.n_resyncs = self->is_resync;
	self->is_resync = FALSE;
	loa_consumed_push(self->consumed, &run);
}

/* The cue to go on with, if the sound can stay where it is. */
static const LoaCue *
find_continuation(LoaRenderer *self, const Block *block, guint k)
{
	const LoaCue *cue = loa_cue_list_at(block->list, site_us(self, block, k));

	if (cue == NULL || cue->voice != self->voice || loa_voice_is_wanted_stream(self->voice))
		return NULL;

	double ahead = loa_stretcher_position(self->stretcher) - wanted_media(self, block, cue, k);
	double limit_us = block->place->is_broken ? RESYNC_BROKEN_US : RESYNC_US;

	if (fabs(ahead) <= limit_us * SAMPLES_PER_US)
		return cue;
	/* Still the same cue: it was the clock or the device that jumped. */
	if (is_same(cue, &self->cue)) {
		self->is_resync = TRUE;
		self->status.n_resyncs++;
	}
	return NULL;
}

/* Input samples per output sample that keep the sound, or bring it back, onto the timeline. */
static double
choose_step(LoaRenderer *self, const Block *block, const LoaCue *cue, guint k)
{
	double ahead = loa_stretcher_position(self->stretcher) - wanted_media(self, block, cue, k);
	double error_us = ahead / SAMPLES_PER_US;
	double device_ppm = (block->site_us_per_sample * SAMPLES_PER_US - 1) * 1e6;
	double ppm = device_ppm - error_us / SETTLE_US * 1e6;

	self->status.phase_error_us = error_us;
	self->status.stretch_ppm = CLAMP(ppm, -LOA_PLAYER_MAX_PPM, LOA_PLAYER_MAX_PPM);
	return 1 + self->status.stretch_ppm * 1e-6;
}

/* How many samples are left of the cue, and whether they end with the media itself. */
static guint
samples_left(const LoaRenderer *self, const Block *block, guint k, double step,
	     gboolean *is_natural)
{
	guint n_left = samples_until(self, block, self->cue.end_us, k);
	gint64 end = loa_voice_n_samples_stream(self->voice);
	double n_media = ceil(((double)end - loa_stretcher_position(self->stretcher)) / step);

	*is_natural = end >= 0 && fabs(n_media - n_left) <= NATURAL_END_SAMPLES;
	return *is_natural ? (guint)MAX(0, n_media) : n_left;
}

/* Goes on with what sounds, from @k. Returns where it got to: the sound has stopped there unless
 * that is the end of the block. */
static guint
continue_voice(LoaRenderer *self, const Block *block, guint k)
{
	gboolean is_natural = FALSE;
	double step = 1 + self->status.stretch_ppm * 1e-6;
	guint n_left = samples_left(self, block, k, step, &is_natural);
	/* Past the end of its cue the media may have a few samples to go. */
	const LoaCue *cue =
		is_natural && n_left > 0 && samples_until(self, block, self->cue.end_us, k) == 0 &&
				loa_cue_list_at(block->list, site_us(self, block, k)) == NULL
			? &self->cue
			: find_continuation(self, block, k);

	if (cue == NULL) {
		guint n = MIN(FADE_OUT, block->n - k);

		play(self, block, k, n, step, n, n);
		stop(self);
		return k + n;
	}
	follow(self, block->list, cue);
	step = choose_step(self, block, cue, k);
	n_left = samples_left(self, block, k, step, &is_natural);

	guint n = MIN(n_left, block->n - k);

	play(self, block, k, n, step, n_left, is_natural ? 0 : FADE_END);
	if (n == n_left) {
		stop(self);
		self->has_ended = is_natural;
	}
	return k + n;
}

/* Is there anything left of this cue? A sound that ended a hair early is not begun again for the
 * few samples that the clock believes are left. */
static gboolean
has_media(const LoaRenderer *self, const Block *block, const LoaCue *cue, guint k)
{
	gint64 end = loa_voice_n_samples_stream(cue->voice);

	if (self->has_ended && is_same(cue, &self->cue))
		return FALSE;
	return end < 0 || wanted_media(self, block, cue, k) < (double)end;
}

/* Silence up to the next start. Returns where that is. */
static guint
await_start(LoaRenderer *self, const Block *block, guint k)
{
	const LoaCue *cue = loa_cue_list_at_or_after(block->list, site_us(self, block, k));
	guint n = block->n - k;

	if (cue != NULL)
		n = MIN(n, samples_until(self, block, cue->start_us, k));
	push_silence(self, block, k, n);
	k += n;
	if (cue == NULL || k == block->n)
		return block->n;
	if (has_media(self, block, cue, k))
		start(self, block, cue, k);
	if (self->voice != NULL)
		return k;
	n = MAX(1, MIN(block->n - k, samples_until(self, block, cue->end_us, k)));
	push_silence(self, block, k, n);
	return k + n;
}

static void
quantise(const float *in, gint16 *out, guint n)
{
	for (guint i = 0; i < n; i++) {
		float value = in[i] * 32768.0F;

		/* written so that what is no number comes out as the least; then rounded by the
		 * cut of something positive, which needs no call of the library */
		value = value > G_MININT16 ? value : G_MININT16;
		value = value < G_MAXINT16 ? value : G_MAXINT16;
		out[i] = (gint16)((int)(value + 32768.5F) - 32768);
	}
}

void
loa_renderer_render(LoaRenderer *self, const LoaCueList *list, const LoaClockMap *map,
		    const LoaPlace *place, gint16 *out, guint n)
{
	float samples[LOA_RENDERER_MAX_BLOCK];
	Block block = {
		.list = list,
		.map = map,
		.place = place,
		.site_us_per_sample = place->us_per_sample * map->rate,
		.out = samples,
		.n = n,
	};
	guint k = 0;

	g_assert(n <= LOA_RENDERER_MAX_BLOCK);
	self->last_sample = place->sample;
	if (!place->is_known) {
		if (self->voice != NULL)
			stop(self);
		push_silence(self, &block, 0, n);
		k = n;
	}
	while (k < n)
		k = self->voice != NULL ? continue_voice(self, &block, k)
					: await_start(self, &block, k);
	quantise(samples, out, n);
}

void
loa_renderer_shift_last(LoaRenderer *self, gint64 n_samples)
{
	loa_consumed_shift(self->consumed, self->last_sample, n_samples);
}

void
loa_renderer_consumed(LoaRenderer *self, gint64 position)
{
	loa_consumed_pass(self->consumed, position);
	self->status.level_db = loa_consumed_level_db(self->consumed);
}

guint64
loa_renderer_oldest_generation(const LoaRenderer *self)
{
	guint64 oldest = loa_consumed_oldest_generation(self->consumed);

	return self->voice != NULL ? MIN(oldest, self->generation) : oldest;
}

LoaRendererStatus
loa_renderer_status(const LoaRenderer *self)
{
	return self->status;
}

void
loa_renderer_forget(LoaRenderer *self)
{
	if (self->voice != NULL)
		stop(self);
	loa_consumed_forget(self->consumed);
	self->is_resync = FALSE;
	self->status.level_db = loa_consumed_level_db(self->consumed);
}

void
loa_renderer_free(LoaRenderer *self)
{
	if (self->voice != NULL)
		stop(self);
	loa_stretcher_free(self->stretcher);
	loa_consumed_free(self->consumed);
	g_free(self);
}
