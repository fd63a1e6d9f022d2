/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <math.h>

#include "audio/consumed.h"

static void
push(LoaConsumed *consumed, LoaVoice *voice, gint64 from, gint64 to, guint64 generation)
{
	loa_consumed_push(consumed,
			  &(LoaRun){ .voice = voice,
				     .generation = generation,
				     .from = from,
				     .to = to,
				     .sum_square = voice ? (double)(to - from) / 4 : 0,
				     .credit = { .n_heard = to - from, .to_media = to } });
}

static void
a_run_is_credited_when_its_last_sample_has_left(void **state)
{
	(void)state;
	g_autoptr(LoaConsumed) consumed = loa_consumed_new();
	g_autoptr(LoaVoice) voice = loa_voice_new(0, -1);

	push(consumed, NULL, 0, 100, 0);
	push(consumed, voice, 100, 480, 1);
	push(consumed, voice, 480, 960, 1);
	loa_consumed_pass(consumed, 479);
	assert_int_equal(loa_voice_stats(voice).n_heard, 0);
	loa_consumed_pass(consumed, 480);
	assert_int_equal(loa_voice_stats(voice).n_heard, 380);
	loa_consumed_pass(consumed, 5000);
	loa_consumed_pass(consumed, 6000);
	assert_int_equal(loa_voice_stats(voice).n_heard, 860);
}

static void
runs_that_the_device_put_later_are_credited_later(void **state)
{
	(void)state;
	g_autoptr(LoaConsumed) consumed = loa_consumed_new();
	g_autoptr(LoaVoice) voice = loa_voice_new(0, -1);

	push(consumed, voice, 0, 480, 1);
	push(consumed, voice, 480, 600, 1);
	push(consumed, voice, 600, 960, 1);
	loa_consumed_shift(consumed, 480, 1000);
	loa_consumed_pass(consumed, 1599);
	assert_int_equal(loa_voice_stats(voice).n_heard, 480);
	loa_consumed_pass(consumed, 1600);
	assert_int_equal(loa_voice_stats(voice).n_heard, 600);
	loa_consumed_pass(consumed, 1960);
	assert_int_equal(loa_voice_stats(voice).n_heard, 960);
}

static void
the_oldest_list_is_that_of_the_oldest_voice_that_waits(void **state)
{
	(void)state;
	g_autoptr(LoaConsumed) consumed = loa_consumed_new();
	g_autoptr(LoaVoice) voice = loa_voice_new(0, -1);

	assert_true(loa_consumed_oldest_generation(consumed) == G_MAXUINT64);
	push(consumed, NULL, 0, 480, 1);
	assert_true(loa_consumed_oldest_generation(consumed) == G_MAXUINT64);
	push(consumed, voice, 480, 960, 3);
	push(consumed, voice, 960, 1440, 4);
	assert_int_equal(loa_consumed_oldest_generation(consumed), 3);
	loa_consumed_pass(consumed, 960);
	assert_int_equal(loa_consumed_oldest_generation(consumed), 4);
	loa_consumed_forget(consumed);
	assert_true(loa_consumed_oldest_generation(consumed) == G_MAXUINT64);
	loa_consumed_pass(consumed, 9999);
	assert_int_equal(loa_voice_stats(voice).n_heard, 480);
}

static void
the_level_is_that_of_the_last_second(void **state)
{
	(void)state;
	g_autoptr(LoaConsumed) consumed = loa_consumed_new();
	g_autoptr(LoaVoice) voice = loa_voice_new(0, -1);
	gint64 at = 0;

	assert_true(loa_consumed_level_db(consumed) == -120);
	for (; at < 96000; at += 480)
		push(consumed, voice, at, at + 480, 1), loa_consumed_pass(consumed, at + 480);
	/* 0.5 all the time: -6 dB. */
	assert_true(fabs(loa_consumed_level_db(consumed) + 6.02) < 0.01);
	for (; at < 96000 + 24000; at += 480)
		push(consumed, NULL, at, at + 480, 1), loa_consumed_pass(consumed, at + 480);
	assert_true(fabs(loa_consumed_level_db(consumed) + 9.03) < 0.3);
	for (; at < 96000 + 53000; at += 480)
		push(consumed, NULL, at, at + 480, 1), loa_consumed_pass(consumed, at + 480);
	assert_true(loa_consumed_level_db(consumed) == -120);
}

static void
a_device_that_never_consumes_costs_no_memory(void **state)
{
	(void)state;
	g_autoptr(LoaConsumed) consumed = loa_consumed_new();
	g_autoptr(LoaVoice) voice = loa_voice_new(0, -1);

	for (gint64 i = 0; i < 5000; i++)
		push(consumed, voice, i * 10, i * 10 + 10, (guint64)i);
	/* The oldest went without credit. */
	assert_in_range(loa_consumed_oldest_generation(consumed), 4000, 4999);
	loa_consumed_pass(consumed, G_MAXINT64);
	assert_in_range(loa_voice_stats(voice).n_heard, 1000, 10000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_run_is_credited_when_its_last_sample_has_left),
		cmocka_unit_test(runs_that_the_device_put_later_are_credited_later),
		cmocka_unit_test(the_oldest_list_is_that_of_the_oldest_voice_that_waits),
		cmocka_unit_test(the_level_is_that_of_the_last_second),
		cmocka_unit_test(a_device_that_never_consumes_costs_no_memory),
	};

	return cmocka_run_group_tests_name("audio/consumed", tests, NULL, NULL);
}
