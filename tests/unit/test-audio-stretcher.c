/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <math.h>

#include "audio/stretcher.h"

#define N 9600

static double
tone(double place, double hz)
{
	return 0.7 * sin(2 * G_PI * hz * place / 48000);
}

static void
push_until(LoaStretcher *stretcher, gint64 end, double hz)
{
	while (loa_stretcher_input_end(stretcher) < end) {
		float in[200];
		gint64 first = loa_stretcher_input_end(stretcher);

		for (int i = 0; i < 200; i++)
			in[i] = (float)tone((double)(first + i), hz);
		loa_stretcher_push(stretcher, in, 200);
	}
}

/* Reads N samples from @place on at @step. Returns the largest error. */
static double
worst_error(double place, double step, double hz)
{
	g_autoptr(LoaStretcher) stretcher = loa_stretcher_new();
	double worst = 0;

	loa_stretcher_reset(stretcher, place, 0);
	for (int done = 0; done < N;) {
		float out[480];
		/* Blocks of every size must make the same sound. */
		guint n = (guint)(1 + done % 480);

		push_until(stretcher, loa_stretcher_needed(stretcher, n, step), hz);
		loa_stretcher_read(stretcher, out, n, step);
		for (guint i = 0; i < n; i++, done++)
			worst = MAX(worst, fabs(out[i] - tone(place + done * step, hz)));
	}
	return worst;
}

static void
at_whole_places_the_input_comes_out_unchanged(void **state)
{
	(void)state;
	g_autoptr(LoaStretcher) stretcher = loa_stretcher_new();
	float in[960], out[480];

	for (int i = 0; i < 960; i++)
		in[i] = (float)((i * 7919) % 1000) / 1000;
	loa_stretcher_reset(stretcher, 120, 100);
	loa_stretcher_push(stretcher, in, 960);
	loa_stretcher_read(stretcher, out, 480, 1.0);
	assert_memory_equal(out, in + 20, sizeof out);
	assert_true(loa_stretcher_position(stretcher) == 600);
}

static void
between_samples_it_draws_the_band_limited_line(void **state)
{
	(void)state;
	static const struct {
		double hz, limit;
	} cases[] = { { 100, 3e-5 }, { 1000, 3e-5 }, { 8000, 1e-4 }, { 16000, 1e-3 } };

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
		for (double step = 1 - 300e-6; step < 1.0004; step += 150e-6) {
			double w = worst_error(40.25, step, cases[i].hz);
			if (!(w < cases[i].limit))
				fail_msg("%g Hz at %g: %g", cases[i].hz, step, w);
		}
}

static void
needed_input_is_enough_and_not_a_block_too_much(void **state)
{
	(void)state;
	g_autoptr(LoaStretcher) stretcher = loa_stretcher_new();

	loa_stretcher_reset(stretcher, 1000.5, 984);
	assert_in_range(loa_stretcher_needed(stretcher, 480, 1.0003), 1480 + LOA_STRETCHER_REACH,
			1480 + LOA_STRETCHER_REACH + 2);
}

static void
what_was_not_given_counts_as_silence(void **state)
{
	(void)state;
	g_autoptr(LoaStretcher) stretcher = loa_stretcher_new();
	float out[8];

	loa_stretcher_reset(stretcher, 0.5, 0);
	loa_stretcher_read(stretcher, out, 8, 1.0);
	for (int i = 0; i < 8; i++)
		assert_true(out[i] == 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(at_whole_places_the_input_comes_out_unchanged),
		cmocka_unit_test(between_samples_it_draws_the_band_limited_line),
		cmocka_unit_test(needed_input_is_enough_and_not_a_block_too_much),
		cmocka_unit_test(what_was_not_given_counts_as_silence),
	};

	return cmocka_run_group_tests_name("audio/stretcher", tests, NULL, NULL);
}
