/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loudness, true peak and the limiter. Known values: EBU Tech 3341 has a 1 kHz sine of -23 dBFS
 * in stereo read -23 LUFS; one channel of it reads 3.01 LU less.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "audio/limiter.h"
#include "audio/loudness.h"
#include "audio/true-peak.h"

#define RATE 48000
#define assert_near(a, b, e) assert_true(fabs((double)(a) - (double)(b)) <= (e))

static double
linear(double db)
{
	return pow(10, db / 20);
}

/* (transfer full) */
static float *
sine(gsize n, double hz, double peak_db, double phase)
{
	float *samples = g_new(float, n);

	for (gsize i = 0; i < n; i++)
		samples[i] =
			(float)(linear(peak_db) * sin(2 * G_PI * hz * (double)i / RATE + phase));
	return samples;
}

static void
a_sine_reads_as_the_standard_says(void **state)
{
	(void)state;
	g_autofree float *samples = sine(5 * RATE, 1000, -23, 0);
	g_autoptr(LoaLoudness) loudness = loa_loudness_new(TRUE);

	for (gsize i = 0; i < 5 * RATE; i += 1000)
		loa_loudness_add(loudness, samples + i, 1000);
	assert_near(loa_loudness_integrated(loudness), -26.01, 0.1);
	assert_near(loa_loudness_true_peak_dbtp(loudness), -23, 0.1);
}

static void
silence_has_no_loudness(void **state)
{
	(void)state;
	static const float zeros[2 * RATE];
	g_autoptr(LoaLoudness) loudness = loa_loudness_new(TRUE);

	assert_true(loa_loudness_integrated(loudness) == -HUGE_VAL);
	loa_loudness_add(loudness, zeros, 1000);
	assert_true(loa_loudness_integrated(loudness) == -HUGE_VAL);
	loa_loudness_add(loudness, zeros, 2 * RATE);
	assert_true(loa_loudness_integrated(loudness) == -HUGE_VAL);
	assert_true(loa_loudness_true_peak_dbtp(loudness) == -HUGE_VAL);
}

static void
a_sound_shorter_than_the_standards_block_has_a_loudness(void **state)
{
	(void)state;
	g_autofree float *samples = sine(RATE, 1000, -23, 0);
	g_autoptr(LoaLoudness) loudness = loa_loudness_new(FALSE);

	loa_loudness_add(loudness, samples, RATE / 5);
	assert_near(loa_loudness_integrated(loudness), -26.01, 0.1);
	loa_loudness_add(loudness, samples + RATE / 5, RATE / 10);
	assert_near(loa_loudness_integrated(loudness), -26.01, 0.1);
}

static void
the_true_peak_lies_between_the_samples(void **state)
{
	(void)state;
	/* a quarter of the rate, an eighth of a turn: every sample is 3 dB below the peak */
	g_autofree float *samples = sine(RATE, RATE / 4.0, 0, G_PI / 4);
	LoaTruePeak meter;
	float highest_sample = 0;
	float highest = 0;

	loa_true_peak_init(&meter, 0.5F);
	for (gsize i = 0; i < RATE / 2; i++) {
		highest_sample = fmaxf(highest_sample, fabsf(samples[i]));
		float peak = loa_true_peak_push(&meter, samples[i]);

		if (i > 100) /* past the hard start */
			highest = fmaxf(highest, peak);
	}
	assert_near(20 * log10((double)highest_sample), -3.01, 0.01);
	assert_near(20 * log10((double)highest), 0, 0.25);
}

static void
a_peak_is_told_when_it_is_due(void **state)
{
	(void)state;
	LoaTruePeak meter;

	loa_true_peak_init(&meter, 0.1F);
	for (int i = 0; i < 50; i++) {
		float peak = loa_true_peak_push(&meter, i == 20 ? 1 : 0);

		if (i == 20 + LOA_TRUE_PEAK_DELAY)
			assert_near(peak, 1, 1e-6);
		else if (i != 20 + LOA_TRUE_PEAK_DELAY - 1) /* the stretch that leads to it */
			assert_true(peak < 0.7F);
	}
}

/* Pushes @n samples through and gives what belongs to them. */
static void
limit(LoaLimiter *limiter, float *samples, gsize n)
{
	static float zeros[LOA_LIMITER_LATENCY];

	loa_limiter_process(limiter, samples, n);
	memset(zeros, 0, sizeof zeros);
	loa_limiter_process(limiter, zeros, LOA_LIMITER_LATENCY);
	for (gsize i = 0; i + LOA_LIMITER_LATENCY < n; i++)
		samples[i] = samples[i + LOA_LIMITER_LATENCY];
	memcpy(samples + n - LOA_LIMITER_LATENCY, zeros, sizeof zeros);
}

static void
what_is_not_too_loud_passes_unchanged_but_for_the_gain(void **state)
{
	(void)state;
	g_autofree float *samples = sine(RATE, 440, -20, 0);
	g_autofree float *expected = sine(RATE, 440, -14, 0);
	g_autoptr(LoaLimiter) limiter = loa_limiter_new(linear(6), linear(-3));

	limit(limiter, samples, RATE);
	for (gsize i = 0; i < RATE; i++)
		assert_near(samples[i], expected[i], 1e-5);
}

/* Bursts, clicks and a tone near the band's end: what telephones and handled microphones give. */
static float *
peaky(gsize n)
{
	float *samples = sine(n, 11000, -12, 0.3);
	guint32 seed = 1;

	for (gsize i = 0; i < n; i++) {
		seed = seed * 1664525 + 1013904223;
		if (i % 9000 < 300)
			samples[i] += (float)(seed >> 8) / (1 << 23) - 1;
		if (i % 7777 == 0)
			samples[i] = i % 2 ? 0.99F : -0.99F;
	}
	return samples;
}

static void
no_true_peak_passes_the_ceiling(void **state)
{
	(void)state;
	static const double gains_db[] = { 0, 6, 20, 40 };

	for (gsize g = 0; g < G_N_ELEMENTS(gains_db); g++) {
		g_autofree float *samples = peaky(2 * RATE);
		g_autoptr(LoaLimiter) limiter = loa_limiter_new(linear(gains_db[g]), linear(-3));
		g_autoptr(LoaLoudness) loudness = loa_loudness_new(TRUE);

		limit(limiter, samples, 2 * RATE);
		loa_loudness_add(loudness, samples, 2 * RATE);
		/* our meter and the library's differ by a little between the samples */
		assert_true(loa_loudness_true_peak_dbtp(loudness) < -3 + 0.3);
		assert_true(loa_loudness_true_peak_dbtp(loudness) > -3 - 1.5);
		for (gsize i = 0; i < 2 * RATE; i++)
			assert_true(fabs((double)samples[i]) <= linear(-3) * 1.0001);
	}
}

static void
the_gain_comes_down_before_a_click_and_recovers_after(void **state)
{
	(void)state;
	g_autofree float *samples = sine(2 * RATE, 440, -20, 0);
	g_autofree float *before = sine(2 * RATE, 440, -20, 0);
	g_autoptr(LoaLimiter) limiter = loa_limiter_new(1, linear(-12));
	const gsize click = RATE;

	samples[click] = 1;
	limit(limiter, samples, 2 * RATE);
	/* untouched until 5 ms before, down by the time, back within a few 100 ms */
	for (gsize i = 0; i < click - 260; i++)
		assert_near(samples[i], before[i], 1e-5);
	assert_true(samples[click] <= linear(-12) * 1.0001);
	assert_true(samples[click] > linear(-13));
	for (gsize i = click + 1; i < click + 50; i++)
		assert_true(fabs((double)samples[i]) < fabs((double)before[i]) * 0.5 + 1e-4);
	for (gsize i = click + 30000; i < 2 * RATE; i++)
		assert_near(samples[i], before[i], 1e-3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sine_reads_as_the_standard_says),
		cmocka_unit_test(silence_has_no_loudness),
		cmocka_unit_test(a_sound_shorter_than_the_standards_block_has_a_loudness),
		cmocka_unit_test(the_true_peak_lies_between_the_samples),
		cmocka_unit_test(a_peak_is_told_when_it_is_due),
		cmocka_unit_test(what_is_not_too_loud_passes_unchanged_but_for_the_gain),
		cmocka_unit_test(no_true_peak_passes_the_ceiling),
		cmocka_unit_test(the_gain_comes_down_before_a_click_and_recovers_after),
	};

	return cmocka_run_group_tests_name("audio/loudness", tests, NULL, NULL);
}
