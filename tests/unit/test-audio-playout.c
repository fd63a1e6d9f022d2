/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The audio thread's work on a simulated device and hand-turned time: what leaves the device, and
 * when, against the timeline. The lag of the sound is found by least squares against the decoder's
 * own output, to well under a microsecond.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "audio/playout.h"
#include "test-audio-tone.h"

#define BLOCK 1920
#define FIFO 5760 /* samples the device holds: 120 ms */
#define MAX_OUT (48000 * 14)
#define MONO_0 G_GINT64_CONSTANT(7000000000)
#define SITE_0 G_GINT64_CONSTANT(1795267200000000)

static OpusTone *tone;

typedef struct {
	double ppm;       /* the device's crystal */
	double noise_us;  /* of a reading, peak */
	guint outlier;    /* every so many readings one is a whole block behind; 0: none */
	double clock_ppm; /* site time against CLOCK_MONOTONIC */
} Conditions;

typedef struct {
	Conditions conditions;
	LoaPlayout *playout;
	LoaVoice *voice;
	gint64 n_put;
	LoaClockMap map;
	guint64 generation;
	gint64 step_us;  /* of the site clock, so far */
	double stall_us; /* how long the device stood still, so far */
	guint32 random;
	guint n_readings;
	gint64 n_out;
	double max_stretch_ppm;
	gint16 out[MAX_OUT];
	double mono_us[MAX_OUT / BLOCK]; /* when each block's first sample left */
} Rig;

static double
us_per_sample(const Rig *rig)
{
	return 1e6 / 48000 / (1 + rig->conditions.ppm * 1e-6);
}

/* When the device's sample leaves, as things stand. */
static double
leaves_us(const Rig *rig, double sample)
{
	return (double)MONO_0 + rig->stall_us + sample * us_per_sample(rig);
}

static double
site_since_0(const Rig *rig, double mono_us)
{
	return (mono_us - (double)MONO_0) * (1 + rig->conditions.clock_ppm * 1e-6) +
	       (double)rig->step_us;
}

static double
noise(Rig *rig)
{
	rig->random = rig->random * 1664525 + 1013904223;
	return ((double)rig->random / G_MAXUINT32 * 2 - 1) * rig->conditions.noise_us;
}

static void
feed(Rig *rig)
{
	while (rig->n_put < tone->n_frames &&
	       loa_voice_put(rig->voice, rig->n_put, tone->packets[rig->n_put].data,
			     tone->packets[rig->n_put].size) != LOA_PUT_EARLY)
		rig->n_put++;
}

/* The main thread's turn. */
static void
tell_time(Rig *rig, double mono_us)
{
	rig->map.mono_us = llround(mono_us);
	rig->map.site_us = SITE_0 + llround(site_since_0(rig, (double)rig->map.mono_us));
	rig->map.rate = 1 + rig->conditions.clock_ppm * 1e-6;
	loa_playout_set_map(rig->playout, &rig->map);
	loa_playout_collect(rig->playout, TRUE);
}

/* One block: asked for when the device has room for it. */
static void
turn(Rig *rig)
{
	gint64 n_consumed = MAX(0, rig->n_out - FIFO);
	double now_us = leaves_us(rig, (double)n_consumed);
	LoaOutputReading reading = {
		.next_sample = rig->n_out,
		.has_position = n_consumed > 0,
		.position = (double)n_consumed + 0.5,
		.mono_us = now_us + us_per_sample(rig) / 2 + noise(rig),
	};

	rig->n_readings++;
	if (rig->conditions.outlier > 0 && rig->n_readings % rig->conditions.outlier == 0)
		reading.position -= BLOCK;
	if (rig->n_readings % 5 == 1)
		tell_time(rig, now_us);
	feed(rig);
	rig->mono_us[rig->n_out / BLOCK] = leaves_us(rig, (double)rig->n_out);
	loa_playout_render_stream(rig->playout, &reading, rig->out + rig->n_out, BLOCK);
	rig->n_out += BLOCK;

	double stretch_ppm = fabs(loa_playout_status(rig->playout).renderer.stretch_ppm);

	rig->max_stretch_ppm = MAX(rig->max_stretch_ppm, stretch_ppm);
}

static void
turn_until(Rig *rig, double end_s)
{
	while (rig->mono_us[MAX(0, rig->n_out - 1) / BLOCK] < (double)MONO_0 + end_s * 1e6)
		turn(rig);
}

static void
set_cue(Rig *rig, gint64 start_us, gint64 end_us, gint64 media)
{
	LoaCue cue = { rig->voice, SITE_0 + start_us, SITE_0 + end_us, media, 0 };

	loa_playout_set_list(rig->playout, loa_cue_list_new(&cue, 1, ++rig->generation));
}

static void
set_whole_cue(Rig *rig, gint64 start_us)
{
	set_cue(rig, start_us, start_us + tone->n_samples * 1000 / 48, 0);
}

static Rig *
rig_new(Conditions conditions)
{
	Rig *rig = g_new0(Rig, 1);

	rig->conditions = conditions;
	rig->random = 1;
	rig->playout = loa_playout_new(0, 1.0);
	rig->voice = loa_voice_new(TONE_PRE_SKIP, tone->n_samples);
	tell_time(rig, (double)MONO_0);
	return rig;
}

static void
rig_free(Rig *rig)
{
	loa_playout_free(rig->playout);
	loa_voice_unref(rig->voice);
	g_free(rig);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Rig, rig_free)

static double
media_at(double sample)
{
	gint64 i = (gint64)floor(sample);
	double x = sample - (double)i;

	/* A 32nd of the band at most: a cubic is exact enough. */
	double a = tone->media[i - 1], b = tone->media[i], c = tone->media[i + 1],
	       d = tone->media[i + 2];

	return b + 0.5 * x * (c - a + x * (2 * a - 5 * b + 4 * c - d + x * (3 * (b - c) + d - a)));
}

/* How late the sound is around site second @at_s, for media that begins at site @start_us:
 * least squares over 50 ms. NAN: it is not this sound at all. */
static double
lag_us(const Rig *rig, double at_s, double start_us)
{
	double slope = 0, square = 0, miss = 0, power = 0;
	gint64 from = 0;

	while (site_since_0(rig, rig->mono_us[from / BLOCK]) < at_s * 1e6)
		from += BLOCK;
	for (gint64 i = from; i < from + 5 * BLOCK; i++) {
		double mono_us = rig->mono_us[i / BLOCK] + (double)(i % BLOCK) * us_per_sample(rig);
		double media = (site_since_0(rig, mono_us) - start_us) * 0.048;
		double wanted = media_at(media);
		double derivative = (media_at(media + 0.5) - media_at(media - 0.5)) * 0.048;
		double error = rig->out[i] / 32768.0 - wanted;

		slope += error * derivative;
		square += derivative * derivative;
		miss += error * error;
		power += wanted * wanted;
	}
	return miss > 0.1 * power ? NAN : -slope / square;
}

static gint64
first_sound(const Rig *rig)
{
	gint64 i = 0;

	while (i < rig->n_out && rig->out[i] == 0)
		i++;
	return i;
}

static double
site_of(const Rig *rig, gint64 sample)
{
	return site_since_0(rig, rig->mono_us[sample / BLOCK] +
					 (double)(sample % BLOCK) * us_per_sample(rig));
}

/* No two neighbours further apart than the tone itself makes them. */
static void
assert_no_click(const Rig *rig, gint64 from, gint64 end)
{
	for (gint64 i = from + 1; i < end; i++)
		assert_in_range(ABS(rig->out[i] - rig->out[i - 1]), 0, 4000);
}

static void
a_drifting_device_is_held_on_the_timeline(void **state)
{
	(void)state;
	static const Conditions cases[] = {
		{ 0, 0, 0, 0 },      { 100, 10, 0, 0 },   { -100, 10, 17, 0 },
		{ 60, 20, 17, -40 }, { -30, 20, 13, 50 }, { 200, 10, 0, -50 },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(Rig) rig = rig_new(cases[i]);

		set_whole_cue(rig, 200000);
		turn_until(rig, 12.5);
		/* Cold: the rate is not known at all, the place of the first sample is. */
		assert_true(fabs(lag_us(rig, 0.21, 200000)) < 60);
		for (double at_s = 1; at_s < 12; at_s += 0.37)
			assert_true(fabs(lag_us(rig, at_s, 200000)) < 25);
		for (double at_s = 4; at_s < 12; at_s += 0.37)
			assert_true(fabs(lag_us(rig, at_s, 200000)) < 12);

		LoaPlayoutStatus status = loa_playout_status(rig->playout);
		LoaVoiceStats stats = loa_voice_stats(rig->voice);

		assert_true(fabs(status.rate_ppm - cases[i].ppm + cases[i].clock_ppm) < 1.5);
		assert_true(rig->max_stretch_ppm <= LOA_PLAYER_MAX_PPM);
		assert_int_equal(status.renderer.n_resyncs, 0);
		assert_int_equal(status.n_underruns, 0);
		assert_int_equal(stats.n_heard, tone->n_samples);
		assert_int_equal(stats.first_media, 0);
		assert_int_equal(stats.last_media, tone->n_samples);
		assert_in_range(stats.first_heard_us, SITE_0 + 200000 - 30, SITE_0 + 200000 + 60);
	}
}

static void
the_first_sample_is_the_first_one_due(void **state)
{
	(void)state;
	g_autoptr(Rig) rig = rig_new((Conditions){ .ppm = 40 });

	set_whole_cue(rig, 1003217);
	turn_until(rig, 1.5);

	double first_us = site_of(rig, first_sound(rig));

	/* The fade-in hides the very first samples. */
	assert_true(first_us > 1003217 - 5 && first_us < 1003217 + 1500);
	assert_no_click(rig, 0, rig->n_out);
}

static void
trim_and_volume_are_applied_from_the_first_sample(void **state)
{
	(void)state;
	g_autoptr(Rig) rig = rig_new((Conditions){ 0 });

	loa_playout_free(rig->playout);
	rig->playout = loa_playout_new(-30000, 0.1);
	tell_time(rig, (double)MONO_0);
	set_whole_cue(rig, 1000000);
	turn_until(rig, 2);
	assert_true(site_of(rig, first_sound(rig)) < 972000);
	assert_true(site_of(rig, first_sound(rig)) >= 969995);
	for (gint64 i = 0; i < rig->n_out; i++)
		assert_in_range(ABS(rig->out[i]), 0, 2000);
}

static void
set_loud_cue(Rig *rig, double volume_db)
{
	LoaCue cue = { rig->voice, SITE_0 + 200000, SITE_0 + 14 * G_USEC_PER_SEC, 0, volume_db };

	loa_playout_set_list(rig->playout, loa_cue_list_new(&cue, 1, ++rig->generation));
}

/* RMS of what left from @from_s on, in dB of full scale. */
static double
loudness_db(const Rig *rig, double from_s, double to_s)
{
	gint64 from = (gint64)(from_s * 48000), end = (gint64)(to_s * 48000);
	double sum = 0;

	for (gint64 i = from; i < end; i++)
		sum += (double)rig->out[i] * rig->out[i];
	return 10 * log10(sum / (double)(end - from) / (32768.0 * 32768));
}

static void
a_cue_is_as_loud_as_it_says_and_never_louder_than_the_ceiling(void **state)
{
	(void)state;
	static const struct {
		double ceiling, volume_db, want_db;
	} cases[] = {
		{ 1, -6, -6 },
		{ 1, -40, -40 },
		{ 0.1, 0, -20 },
		{ 0.1, -30, -30 },
	};
	g_autoptr(Rig) full = rig_new((Conditions){ 0 });

	set_loud_cue(full, 0);
	turn_until(full, 2);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(Rig) rig = rig_new((Conditions){ 0 });

		loa_playout_free(rig->playout);
		rig->playout = loa_playout_new(0, cases[i].ceiling);
		tell_time(rig, (double)MONO_0);
		set_loud_cue(rig, cases[i].volume_db);
		turn_until(rig, 2);
		/* from the first sample on: no ramp up to it, none down */
		for (double at_s = 0.25; at_s < 1.8; at_s += 0.25)
			assert_true(fabs(loudness_db(rig, at_s, at_s + 0.2) -
					 loudness_db(full, at_s, at_s + 0.2) - cases[i].want_db) <
				    0.2);
	}
}

/* What @rig was turned down by at sample @i, next to @full: NAN where the sound is near zero. */
static double
gain_at(const Rig *rig, const Rig *full, gint64 i)
{
	return ABS(full->out[i]) < 2000 ? NAN : (double)rig->out[i] / full->out[i];
}

static void
a_volume_that_changes_moves_there_without_a_step(void **state)
{
	(void)state;
	g_autoptr(Rig) full = rig_new((Conditions){ 0 });
	g_autoptr(Rig) rig = rig_new((Conditions){ 0 });
	/* from one to the next: where it is at the end of the ramp before */
	static const double volumes_db[] = { 0, -40, -1, -60, 0 };
	double before = 1;
	gint64 last = 48000 / 2;

	set_loud_cue(full, 0);
	turn_until(full, 6);
	for (gsize i = 0; i < G_N_ELEMENTS(volumes_db); i++) {
		set_loud_cue(rig, volumes_db[i]);
		turn_until(rig, 1 + (double)i);
	}
	for (gint64 i = last + 1; i < 48000 * 49 / 10; i++) {
		double gain = gain_at(rig, full, i);

		if (isnan(gain))
			continue;
		/* a sixteenth of a thousandth for the rounding of both to 16 bits */
		if (fabs(gain - before) > (double)(i - last) * LOA_RENDERER_GAIN_STEP + 1.0 / 1500)
			fail_msg("from %f to %f at sample %d", before, gain, (int)i);
		before = gain;
		last = i;
	}
	/* and it got there, each time: within half a second and what lies in a block */
	for (gsize i = 0; i < G_N_ELEMENTS(volumes_db); i++) {
		double at_s = 0.7 + (double)i;
		double want_db = loudness_db(full, at_s, at_s + 0.2) + volumes_db[i];

		assert_true(fabs(loudness_db(rig, at_s, at_s + 0.2) - want_db) < 1.5);
	}
	assert_int_equal(loa_voice_stats(rig->voice).n_resyncs, 0);
	assert_int_equal(loa_voice_stats(rig->voice).n_heard,
			 loa_voice_stats(full->voice).n_heard - 48000);
}

static void
an_underrun_is_put_right_at_once_behind_a_fade(void **state)
{
	(void)state;
	g_autoptr(Rig) rig = rig_new((Conditions){ .ppm = 50, .noise_us = 5 });

	set_whole_cue(rig, 200000);
	turn_until(rig, 3);
	rig->stall_us += 7000;
	turn_until(rig, 6);
	for (double at_s = 3.3; at_s < 5.8; at_s += 0.2)
		assert_true(fabs(lag_us(rig, at_s, 200000)) < 40);
	assert_int_equal(loa_playout_status(rig->playout).renderer.n_resyncs, 1);
	assert_int_equal(loa_playout_status(rig->playout).n_underruns, 1);
	assert_true(rig->max_stretch_ppm < LOA_PLAYER_MAX_PPM);
	assert_no_click(rig, 0, rig->n_out);
	assert_int_equal(loa_voice_stats(rig->voice).n_resyncs, 1);
}

static void
a_block_that_came_too_late_is_an_underrun(void **state)
{
	(void)state;
	g_autoptr(Rig) rig = rig_new((Conditions){ .ppm = 50 });

	set_whole_cue(rig, 200000);
	turn_until(rig, 2);
	gint64 last = rig->n_out;

	/* The device put three blocks of silence before the last one. */
	for (int i = 0; i < 3; i++) {
		rig->mono_us[rig->n_out / BLOCK] = leaves_us(rig, (double)rig->n_out);
		rig->n_out += BLOCK;
	}
	while (rig->n_out < last + FIFO + BLOCK)
		turn(rig);
	/* Where the last block was meant to be, it was not. */
	assert_in_range(loa_voice_stats(rig->voice).n_heard, last - 9600 - 2 * BLOCK,
			last - 9600 - BLOCK / 2);
	turn_until(rig, 4);
	assert_int_equal(loa_playout_status(rig->playout).renderer.n_resyncs, 1);
	assert_int_equal(loa_playout_status(rig->playout).n_underruns, 1);
	for (double at_s = 2.3; at_s < 3.8; at_s += 0.2)
		assert_true(fabs(lag_us(rig, at_s, 200000)) < 25);
}

static void
a_step_of_the_clock_is_followed_by_one_fade(void **state)
{
	(void)state;
	static const gint64 steps_us[] = { 300000, -80000, 25000 };

	for (gsize i = 0; i < G_N_ELEMENTS(steps_us); i++) {
		g_autoptr(Rig) rig = rig_new((Conditions){ .ppm = -20 });

		set_whole_cue(rig, 200000);
		turn_until(rig, 2);
		rig->step_us += steps_us[i];
		turn_until(rig, 4);
		assert_int_equal(loa_playout_status(rig->playout).renderer.n_resyncs, 1);
		for (double at_s = 2.8; at_s < 3.7; at_s += 0.2)
			assert_true(fabs(lag_us(rig, at_s, 200000)) < 25);
		assert_no_click(rig, 0, rig->n_out);
		assert_int_equal(loa_voice_stats(rig->voice).n_gaps, 0);
	}
}

static void
a_resync_is_not_laid_to_the_next_voice(void **state)
{
	(void)state;
	g_autoptr(Rig) rig = rig_new((Conditions){ 0 });
	g_autoptr(LoaVoice) other = loa_voice_new(TONE_PRE_SKIP, tone->n_samples);
	LoaCue cue = { other, SITE_0, SITE_0 + 10 * G_USEC_PER_SEC, 0, 0 };

	for (gint64 frame = 0; frame < 250; frame++)
		assert_int_equal(loa_voice_put(other, frame, tone->packets[frame].data,
					       tone->packets[frame].size),
				 LOA_PUT_TAKEN);
	set_whole_cue(rig, 200000);
	turn_until(rig, 2);
	rig->step_us += 300000;
	while (loa_playout_status(rig->playout).renderer.n_resyncs == 0)
		turn(rig);
	loa_playout_set_list(rig->playout, loa_cue_list_new(&cue, 1, ++rig->generation));
	turn_until(rig, 3);
	assert_true(loa_voice_stats(other).n_heard > 0);
	assert_int_equal(loa_voice_stats(other).n_resyncs, 0);
}

static void
a_small_step_is_worked_off_so_that_nobody_hears_it(void **state)
{
	(void)state;
	g_autoptr(Rig) rig = rig_new((Conditions){ .ppm = 30 });

	set_whole_cue(rig, 200000);
	turn_until(rig, 2);
	rig->step_us += 1000;
	turn_until(rig, 12);
	assert_int_equal(loa_playout_status(rig->playout).renderer.n_resyncs, 0);
	assert_true(rig->max_stretch_ppm == LOA_PLAYER_MAX_PPM);
	assert_true(fabs(lag_us(rig, 11.5, 200000)) < 12);
}

static void
a_voice_that_goes_on_in_a_new_list_has_no_seam(void **state)
{
	(void)state;
	g_autoptr(Rig) plain = rig_new((Conditions){ .ppm = 70, .noise_us = 10 });
	g_autoptr(Rig) swapped = rig_new((Conditions){ .ppm = 70, .noise_us = 10 });

	set_whole_cue(plain, 200000);
	set_whole_cue(swapped, 200000);
	turn_until(plain, 4);
	turn_until(swapped, 1);
	/* The same line, said from another place. */
	set_cue(swapped, 200000 + 500000, 200000 + tone->n_samples * 1000 / 48, 24000);
	turn_until(swapped, 2);
	set_whole_cue(swapped, 200000);
	turn_until(swapped, 4);
	assert_memory_equal(plain->out, swapped->out, (gsize)plain->n_out * 2);
	assert_int_equal(loa_playout_status(swapped->playout).renderer.n_resyncs, 0);
}

static void
an_empty_list_is_silence_within_one_fade(void **state)
{
	(void)state;
	g_autoptr(Rig) rig = rig_new((Conditions){ 0 });

	set_whole_cue(rig, 200000);
	turn_until(rig, 2);

	gint64 stop = rig->n_out;

	loa_playout_set_list(rig->playout, loa_cue_list_new(NULL, 0, ++rig->generation));
	turn_until(rig, 3);
	assert_no_click(rig, 0, rig->n_out);
	for (gint64 i = stop + 480; i < rig->n_out; i++)
		assert_int_equal(rig->out[i], 0);
	/* What was handed out was heard, and no more. */
	LoaVoiceStats stats = loa_voice_stats(rig->voice);

	assert_in_range(stats.n_heard, stop - 9600 + 300, stop - 9600 + 500);
	assert_int_equal(stats.n_heard, stats.last_media);
	assert_true(loa_playout_status(rig->playout).renderer.level_db < -3);
}

static void
a_late_join_begins_at_the_place_where_the_clock_is(void **state)
{
	(void)state;
	g_autoptr(Rig) rig = rig_new((Conditions){ .ppm = 25 });

	turn_until(rig, 3);
	set_whole_cue(rig, 500000);
	turn_until(rig, 5);
	assert_true(fabs(lag_us(rig, 3.4, 500000)) < 12);
	assert_no_click(rig, 0, rig->n_out);

	LoaVoiceStats stats = loa_voice_stats(rig->voice);

	assert_in_range(stats.first_media, 48 * 2480, 48 * 2600);
	assert_in_range(stats.first_heard_us - SITE_0 - 500000, stats.first_media * 1000 / 48 - 50,
			stats.first_media * 1000 / 48 + 50);
	assert_int_equal(stats.n_heard, stats.last_media - stats.first_media);
}

static void
a_cue_ends_when_it_says_though_the_media_goes_on(void **state)
{
	(void)state;
	g_autoptr(Rig) rig = rig_new((Conditions){ 0 });

	set_cue(rig, 200000, 1200000, 4800);
	turn_until(rig, 2);

	gint64 last = rig->n_out - 1;

	while (rig->out[last] == 0)
		last--;
	assert_true(fabs(site_of(rig, last) - 1200000) < 1000);
	/* ... and not with a bang. */
	for (gint64 i = last - 23; i <= last; i++)
		assert_in_range(ABS(rig->out[i]), 0, 600);
	assert_no_click(rig, 0, rig->n_out);
	assert_in_range(loa_voice_stats(rig->voice).n_heard, 47998, 48002);
	assert_int_equal(loa_voice_stats(rig->voice).first_media, 4800);
}

static void
media_that_ends_with_its_cue_plays_to_its_own_last_sample(void **state)
{
	(void)state;
	static const gint64 early_us[] = { 15000, -15000 };

	for (gsize i = 0; i < G_N_ELEMENTS(early_us); i++) {
		g_autoptr(Rig) rig = rig_new((Conditions){ .ppm = 90, .noise_us = 10 });
		gint64 end_us = 200000 + tone->n_samples * 1000 / 48 - early_us[i];

		set_cue(rig, 200000, end_us, 0);
		turn_until(rig, 12.6);
		assert_int_equal(loa_voice_stats(rig->voice).n_heard, tone->n_samples);
	}
}

static void
the_last_samples_are_not_played_twice(void **state)
{
	(void)state;
	/* The sound is early by so much when it ends: the clock has just stepped back. */
	static const gint64 early_us[] = { 30, 3000, 15000 };

	for (gsize i = 0; i < G_N_ELEMENTS(early_us); i++) {
		g_autoptr(Rig) rig = rig_new((Conditions){ .ppm = 20 });

		set_whole_cue(rig, 200000);
		turn_until(rig, 11.9);
		rig->step_us -= early_us[i];
		turn_until(rig, 12.6);
		assert_int_equal(loa_voice_stats(rig->voice).n_heard, tone->n_samples);
	}
}

static void
a_voice_that_is_to_be_moved_is_let_go(void **state)
{
	(void)state;
	g_autoptr(Rig) rig = rig_new((Conditions){ 0 });

	set_whole_cue(rig, 200000);
	turn_until(rig, 1);
	rig->n_put = G_MAXINT32; /* nobody puts */
	loa_voice_seek(rig->voice, 0);
	assert_int_equal(loa_voice_put(rig->voice, 0, tone->packets[0].data, 1), LOA_PUT_EARLY);
	turn(rig);
	turn(rig);
	assert_int_equal(loa_voice_put(rig->voice, 0, tone->packets[0].data, 1), LOA_PUT_TAKEN);
	assert_no_click(rig, 0, rig->n_out);
}

static void
a_voice_lives_until_its_last_sample_has_left(void **state)
{
	(void)state;
	g_autoptr(Rig) rig = rig_new((Conditions){ 0 });
	LoaVoice *voice = loa_voice_new(TONE_PRE_SKIP, tone->n_samples);
	LoaCue cue = { voice, SITE_0, SITE_0 + 10 * G_USEC_PER_SEC, 0, 0 };

	for (gint64 frame = 0; frame < 60; frame++)
		assert_int_equal(loa_voice_put(voice, frame, tone->packets[frame].data,
					       tone->packets[frame].size),
				 LOA_PUT_TAKEN);
	loa_playout_set_list(rig->playout, loa_cue_list_new(&cue, 1, ++rig->generation));
	turn_until(rig, 0.5);
	assert_true(loa_playout_status(rig->playout).renderer.level_db > -20);
	/* Only the old list holds it now, and the main thread looks whether that may go. The
	 * address sanitizer would find out if it went too soon. */
	loa_voice_unref(voice);
	loa_playout_set_list(rig->playout, loa_cue_list_new(NULL, 0, ++rig->generation));
	for (int i = 0; i < 20; i++) {
		loa_playout_collect(rig->playout, TRUE);
		turn(rig);
	}
	assert_no_click(rig, 0, rig->n_out);
}

static void
two_cues_follow_each_other_without_a_pause(void **state)
{
	(void)state;
	g_autoptr(Rig) rig = rig_new((Conditions){ 0 });
	g_autoptr(LoaVoice) other = loa_voice_new(TONE_PRE_SKIP, tone->n_samples);
	LoaCue cues[] = {
		{ rig->voice, SITE_0 + 200000, SITE_0 + 1200000, 0, 0 },
		{ other, SITE_0 + 1200000, SITE_0 + 2200000, 48000, 0 },
	};

	for (gint64 frame = 0; frame < 200; frame++)
		assert_int_equal(loa_voice_put(other, frame, tone->packets[frame].data,
					       tone->packets[frame].size),
				 LOA_PUT_TAKEN);
	loa_playout_set_list(rig->playout, loa_cue_list_new(cues, 2, ++rig->generation));
	turn_until(rig, 3);
	assert_true(fabs(lag_us(rig, 1.3, 200000)) < 12);
	assert_int_equal(loa_voice_stats(rig->voice).last_media, 48000);
	assert_int_equal(loa_voice_stats(other).first_media, 48000);
	assert_int_equal(loa_voice_stats(other).n_heard, 48000);
}

static void
frames_that_never_came_are_counted_not_heard(void **state)
{
	(void)state;
	g_autoptr(Rig) rig = rig_new((Conditions){ 0 });

	/* One frame is missing at 50, twenty at 100. */
	rig->n_put = G_MAXINT32;
	for (gint64 frame = 0; frame < 150; frame++)
		if (frame != 50 && (frame < 100 || frame >= 120))
			assert_int_equal(loa_voice_put(rig->voice, frame, tone->packets[frame].data,
						       tone->packets[frame].size),
					 LOA_PUT_TAKEN);
	set_cue(rig, 200000, 3200000, 0);
	turn_until(rig, 4);

	LoaVoiceStats stats = loa_voice_stats(rig->voice);

	assert_int_equal(stats.n_gaps, 3); /* and from 150 on */
	assert_int_equal(stats.n_concealed, (1 + 5) * 960 + 312);
	assert_int_equal(stats.n_heard, 144000 - 15 * 960);
	assert_int_equal(stats.n_bad_frames, 0);
}

static void
what_the_device_did_not_consume_is_not_credited(void **state)
{
	(void)state;
	g_autoptr(Rig) rig = rig_new((Conditions){ 0 });

	set_whole_cue(rig, 0);
	turn_until(rig, 1);

	gint64 n_heard = loa_voice_stats(rig->voice).n_heard;

	assert_in_range(n_heard, rig->n_out - 2 * FIFO - 2 * BLOCK, rig->n_out - FIFO);
	loa_playout_reset(rig->playout);
	loa_playout_collect(rig->playout, FALSE);
	assert_int_equal(loa_voice_stats(rig->voice).n_heard, n_heard);
}

static void
the_rate_is_remembered_over_a_reopening(void **state)
{
	(void)state;
	g_autoptr(Rig) rig = rig_new((Conditions){ .ppm = 150, .noise_us = 10 });

	turn_until(rig, 5);
	loa_playout_reset(rig->playout);
	rig->stall_us += 5e6 + 123;
	rig->n_out = 0;
	set_whole_cue(rig, 10200000);
	while (rig->n_out < 48000)
		turn(rig);
	assert_true(fabs(loa_playout_status(rig->playout).rate_ppm - 150) < 3);
}

static int
set_up(void **state)
{
	(void)state;
	tone = opus_tone_new(600);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	g_free(tone);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_drifting_device_is_held_on_the_timeline),
		cmocka_unit_test(the_first_sample_is_the_first_one_due),
		cmocka_unit_test(trim_and_volume_are_applied_from_the_first_sample),
		cmocka_unit_test(a_cue_is_as_loud_as_it_says_and_never_louder_than_the_ceiling),
		cmocka_unit_test(a_volume_that_changes_moves_there_without_a_step),
		cmocka_unit_test(an_underrun_is_put_right_at_once_behind_a_fade),
		cmocka_unit_test(a_block_that_came_too_late_is_an_underrun),
		cmocka_unit_test(a_step_of_the_clock_is_followed_by_one_fade),
		cmocka_unit_test(a_resync_is_not_laid_to_the_next_voice),
		cmocka_unit_test(a_small_step_is_worked_off_so_that_nobody_hears_it),
		cmocka_unit_test(a_voice_that_goes_on_in_a_new_list_has_no_seam),
		cmocka_unit_test(an_empty_list_is_silence_within_one_fade),
		cmocka_unit_test(a_late_join_begins_at_the_place_where_the_clock_is),
		cmocka_unit_test(a_cue_ends_when_it_says_though_the_media_goes_on),
		cmocka_unit_test(media_that_ends_with_its_cue_plays_to_its_own_last_sample),
		cmocka_unit_test(the_last_samples_are_not_played_twice),
		cmocka_unit_test(a_voice_that_is_to_be_moved_is_let_go),
		cmocka_unit_test(a_voice_lives_until_its_last_sample_has_left),
		cmocka_unit_test(two_cues_follow_each_other_without_a_pause),
		cmocka_unit_test(frames_that_never_came_are_counted_not_heard),
		cmocka_unit_test(what_the_device_did_not_consume_is_not_credited),
		cmocka_unit_test(the_rate_is_remembered_over_a_reopening),
	};

	return cmocka_run_group_tests_name("audio/playout", tests, set_up, tear_down);
}
