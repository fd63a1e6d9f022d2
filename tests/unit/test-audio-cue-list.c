/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "audio/cue-list.h"
#include "audio/voice-stream.h"

static LoaVoice *a, *b;

static void
a_cue_holds_from_its_start_to_before_its_end(void **state)
{
	(void)state;
	const LoaCue cues[] = { { a, 100, 200, 0, 0 },
				{ b, 200, 300, 5, 0 },
				{ a, 400, 500, 9, 0 } };
	g_autoptr(LoaCueList) list = loa_cue_list_new(cues, 3, 7);
	static const struct {
		gint64 at, holds, next; /* start_us; -1: none */
	} cases[] = {
		{ 99, -1, 100 },   { 100, 100, 100 }, { 199, 100, 100 }, { 200, 200, 200 },
		{ 299, 200, 200 }, { 300, -1, 400 },  { 499, 400, 400 }, { 500, -1, -1 },
	};

	assert_int_equal(loa_cue_list_generation(list), 7);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		const LoaCue *holds = loa_cue_list_at(list, cases[i].at);
		const LoaCue *next = loa_cue_list_at_or_after(list, cases[i].at);

		assert_int_equal(holds ? holds->start_us : -1, cases[i].holds);
		assert_int_equal(next ? next->start_us : -1, cases[i].next);
	}
}

static void
an_airing_cut_in_two_on_paper_is_one_cue(void **state)
{
	(void)state;
	const gint64 second = G_USEC_PER_SEC;
	const LoaCue cues[] = {
		{ a, 0, second, 0, 0 },
		{ a, second, 2 * second, 48000 + 40, 0 },     /* goes on, but for rounding */
		{ a, 2 * second, 3 * second, 96000 + 90, 0 }, /* jumps */
		{ b, 3 * second, 4 * second, 144000, 0 },     /* another voice */
		{ b, 5 * second, 6 * second, 192000, 0 },     /* a pause before */
		{ b, 6 * second, 7 * second, 240000, -6 },    /* as it was, but softer */
	};
	static const gint64 starts[] = { 0, 2, 3, 5, 6 };
	g_autoptr(LoaCueList) list = loa_cue_list_new(cues, 6, 1);
	const LoaCue *cue = loa_cue_list_at_or_after(list, 0);

	for (gsize i = 0; i < G_N_ELEMENTS(starts); i++) {
		assert_non_null(cue);
		assert_int_equal(cue->start_us, starts[i] * second);
		cue = loa_cue_list_at_or_after(list, cue->end_us);
	}
	assert_null(cue);
}

static void
a_cue_without_length_is_left_out(void **state)
{
	(void)state;
	const LoaCue cues[] = { { a, 100, 100, 0, 0 },
				{ b, 200, 150, 0, 0 },
				{ a, 300, 301, 0, 0 } };
	g_autoptr(LoaCueList) list = loa_cue_list_new(cues, 3, 1);

	assert_int_equal(loa_cue_list_at_or_after(list, 0)->start_us, 300);
}

static void
the_list_keeps_its_voices_alive(void **state)
{
	(void)state;
	LoaVoice *voice = loa_voice_new(0, 960);
	LoaCueList *list = loa_cue_list_new(&(LoaCue){ voice, 0, 1, 0, 0 }, 1, 1);

	loa_voice_unref(voice);
	/* Under the address sanitizer this would be found out. */
	assert_int_equal(loa_voice_n_samples_stream(loa_cue_list_at(list, 0)->voice), 960);
	loa_cue_list_free(list);
}

static int
set_up(void **state)
{
	(void)state;
	a = loa_voice_new(0, -1);
	b = loa_voice_new(0, -1);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	loa_voice_unref(a);
	loa_voice_unref(b);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cue_holds_from_its_start_to_before_its_end),
		cmocka_unit_test(an_airing_cut_in_two_on_paper_is_one_cue),
		cmocka_unit_test(a_cue_without_length_is_left_out),
		cmocka_unit_test(the_list_keeps_its_voices_alive),
	};

	return cmocka_run_group_tests_name("audio/cue-list", tests, set_up, tear_down);
}
