/* SPDX-License-Identifier: Apache-2.0 */
/* Also to be run alone under ThreadSanitizer: see docs/threads.md. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>

#include "audio/voice-stream.h"
#include "test-audio-tone.h"

#define FRAME LOA_VOICE_FRAME

static OpusTone *tone;

static LoaPut
put(LoaVoice *voice, gint64 frame)
{
	return loa_voice_put(voice, frame, tone->packets[frame].data, tone->packets[frame].size);
}

static void
put_range(LoaVoice *voice, gint64 first, gint64 end)
{
	for (gint64 frame = first; frame < end; frame++)
		assert_int_equal(put(voice, frame), LOA_PUT_TAKEN);
}

static void
begin(LoaVoice *voice, gint64 media)
{
	assert_true(loa_voice_claim_stream(voice));
	loa_voice_begin_stream(voice, media);
}

static double
peak_difference(const LoaVoiceChunk *chunk)
{
	double peak = 0;

	for (guint i = 0; i < chunk->n; i++)
		peak = MAX(peak, fabs(chunk->samples[i] - tone->media[chunk->media + i]));
	return peak;
}

static double
peak(const LoaVoiceChunk *chunk)
{
	double value = 0;

	for (guint i = 0; i < chunk->n; i++)
		value = MAX(value, fabs(chunk->samples[i]));
	return value;
}

static void
what_was_put_is_decoded_without_the_pre_skip(void **state)
{
	(void)state;
	g_autoptr(LoaVoice) voice = loa_voice_new(TONE_PRE_SKIP, -1);
	LoaVoiceChunk chunk;
	gint64 media = 0;

	put_range(voice, 0, 20);
	begin(voice, 0);
	for (int i = 0; i < 20; i++) {
		loa_voice_next_stream(voice, &chunk);
		assert_int_equal(chunk.media, media);
		assert_int_equal(chunk.kind, LOA_FRAME_DECODED);
		assert_true(peak_difference(&chunk) == 0);
		media += chunk.n;
	}
	assert_int_equal(media, 20 * FRAME - TONE_PRE_SKIP);
}

static void
a_frame_is_taken_once_in_its_window(void **state)
{
	(void)state;
	g_autoptr(LoaVoice) voice = loa_voice_new(TONE_PRE_SKIP, -1);
	LoaVoiceChunk chunk;

	assert_int_equal(put(voice, 0), LOA_PUT_TAKEN);
	assert_int_equal(put(voice, 0), LOA_PUT_DUPLICATE);
	assert_int_equal(put(voice, LOA_VOICE_WINDOW - 1), LOA_PUT_TAKEN);
	assert_int_equal(put(voice, LOA_VOICE_WINDOW), LOA_PUT_EARLY);
	begin(voice, 0);
	loa_voice_next_stream(voice, &chunk);
	loa_voice_next_stream(voice, &chunk);
	assert_int_equal(loa_voice_window_first(voice), 2);
	assert_int_equal(put(voice, 1), LOA_PUT_LATE);
	assert_int_equal(put(voice, 0), LOA_PUT_LATE);
	assert_int_equal(put(voice, LOA_VOICE_WINDOW + 1), LOA_PUT_TAKEN);
	assert_int_equal(put(voice, LOA_VOICE_WINDOW + 2), LOA_PUT_EARLY);
	assert_int_equal(loa_voice_put(voice, -1, tone->packets[0].data, 1), LOA_PUT_LATE);
	assert_int_equal(loa_voice_put(voice, G_MAXINT64, tone->packets[0].data, 1), LOA_PUT_EARLY);
}

static void
a_missing_frame_is_concealed_and_then_it_is_late(void **state)
{
	(void)state;
	g_autoptr(LoaVoice) voice = loa_voice_new(0, -1);
	LoaVoiceChunk chunk;

	put_range(voice, 0, 5);
	put_range(voice, 6, 8);
	begin(voice, 0);
	for (int frame = 0; frame < 8; frame++) {
		loa_voice_next_stream(voice, &chunk);
		assert_int_equal(chunk.kind, frame == 5 ? LOA_FRAME_CONCEALED : LOA_FRAME_DECODED);
		assert_int_equal(chunk.opens_gap, frame == 5);
		assert_false(chunk.is_bad);
		assert_true(frame == 0 || peak(&chunk) > 0.1);
	}
	assert_int_equal(put(voice, 5), LOA_PUT_LATE);
}

static void
a_long_loss_fades_into_silence_that_is_not_called_sound(void **state)
{
	(void)state;
	g_autoptr(LoaVoice) voice = loa_voice_new(0, -1);
	LoaVoiceChunk chunk;
	guint n_gaps = 0;

	put_range(voice, 0, 5);
	put_range(voice, 20, 22);
	begin(voice, 0);
	for (int frame = 0; frame < 22; frame++) {
		loa_voice_next_stream(voice, &chunk);
		n_gaps += chunk.opens_gap;
		assert_int_equal(chunk.kind, frame < 5    ? LOA_FRAME_DECODED
					     : frame < 10 ? LOA_FRAME_CONCEALED
					     : frame < 20 ? LOA_FRAME_LOST
							  : LOA_FRAME_DECODED);
		if (frame == 9)
			assert_true(fabs(chunk.samples[FRAME - 1]) < 0.001);
		if (frame >= 10 && frame < 20)
			assert_true(peak(&chunk) == 0);
		/* It comes back gently. */
		if (frame == 20)
			assert_true(fabs(chunk.samples[0]) < 0.001);
	}
	assert_int_equal(n_gaps, 1);
}

static void
before_the_first_frame_there_is_nothing_to_conceal_from(void **state)
{
	(void)state;
	g_autoptr(LoaVoice) voice = loa_voice_new(0, -1);
	LoaVoiceChunk chunk;

	begin(voice, 0);
	loa_voice_next_stream(voice, &chunk);
	assert_int_equal(chunk.kind, LOA_FRAME_LOST);
	assert_true(chunk.opens_gap);
	assert_true(peak(&chunk) == 0);
}

static void
a_frame_that_lies_is_bad_and_concealed_but_no_gap(void **state)
{
	(void)state;
	static const guint8 cut[] = { 0xff, 0x41 };            /* claims more than there is */
	static const guint8 ten_ms[] = { 0xf0, 0x00, 0x00 };   /* CELT, 10 ms */
	static const guint8 three[] = { 0xfb, 0x03, 0, 0, 0 }; /* three frames of 20 ms */
	static guint8 huge[5000];
	static const struct {
		const guint8 *data;
		gsize size;
	} cases[] = {
		{ cut, sizeof cut },
		{ ten_ms, sizeof ten_ms },
		{ three, sizeof three },
		{ huge, sizeof huge },
		{ NULL, 0 },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(LoaVoice) voice = loa_voice_new(0, -1);
		LoaVoiceChunk chunk;

		put_range(voice, 0, 3);
		assert_int_equal(loa_voice_put(voice, 3, cases[i].data, cases[i].size),
				 LOA_PUT_TAKEN);
		begin(voice, 0);
		for (int frame = 0; frame < 4; frame++)
			loa_voice_next_stream(voice, &chunk);
		assert_true(chunk.is_bad);
		assert_false(chunk.opens_gap);
		assert_int_equal(chunk.kind, LOA_FRAME_CONCEALED);
	}
}

static void
joining_in_the_middle_sounds_as_if_it_had_always_been_there(void **state)
{
	(void)state;
	g_autoptr(LoaVoice) voice = loa_voice_new(TONE_PRE_SKIP, tone->n_samples);
	LoaVoiceChunk chunk;
	gint64 media = 100 * FRAME + 77;

	loa_voice_seek(voice, media);
	/* Eight frames before the place are worth having. */
	assert_int_equal(loa_voice_window_first(voice), 100 - 8);
	put_range(voice, 100 - 8, 104);
	begin(voice, media);
	for (int i = 0; i < 3; i++) {
		loa_voice_next_stream(voice, &chunk);
		assert_int_equal(chunk.media, media);
		assert_int_equal(chunk.kind, LOA_FRAME_DECODED);
		assert_true(peak_difference(&chunk) < 0.02);
		media += chunk.n;
	}
}

static void
the_end_is_exact_and_silent_behind(void **state)
{
	(void)state;
	g_autoptr(LoaVoice) voice = loa_voice_new(TONE_PRE_SKIP, -1);
	LoaVoiceChunk chunk;
	gint64 end = 3 * FRAME - TONE_PRE_SKIP - 100;

	put_range(voice, 0, 6);
	loa_voice_set_end(voice, end);
	begin(voice, 0);
	for (int i = 0; i < 3; i++)
		loa_voice_next_stream(voice, &chunk);
	assert_int_equal(chunk.media + chunk.n, end);
	assert_int_equal(chunk.kind, LOA_FRAME_DECODED);
	for (int i = 0; i < 3; i++) {
		gint64 next = chunk.media + chunk.n;

		loa_voice_next_stream(voice, &chunk);
		assert_int_equal(chunk.media, next);
		assert_int_equal(chunk.kind, LOA_FRAME_ENDED);
		assert_true(peak(&chunk) == 0);
		assert_false(chunk.opens_gap);
	}
}

static void
a_step_back_finds_what_was_just_played(void **state)
{
	(void)state;
	g_autoptr(LoaVoice) voice = loa_voice_new(TONE_PRE_SKIP, -1);
	LoaVoiceChunk chunk;

	put_range(voice, 0, 60);
	begin(voice, 0);
	for (int i = 0; i < 50; i++)
		loa_voice_next_stream(voice, &chunk);
	loa_voice_begin_stream(voice, 30 * FRAME);
	loa_voice_next_stream(voice, &chunk);
	assert_int_equal(chunk.kind, LOA_FRAME_DECODED);
	assert_true(peak_difference(&chunk) < 0.02);
	/* The main thread is not asked for old frames again. */
	assert_int_equal(loa_voice_window_first(voice), 50);
}

static void
the_window_moves_only_when_the_audio_thread_has_let_go(void **state)
{
	(void)state;
	g_autoptr(LoaVoice) voice = loa_voice_new(0, -1);
	LoaVoiceChunk chunk;

	put_range(voice, 0, 10);
	begin(voice, 0);
	loa_voice_next_stream(voice, &chunk);
	loa_voice_seek(voice, 200 * FRAME);
	assert_true(loa_voice_is_wanted_stream(voice));
	assert_int_equal(put(voice, 200), LOA_PUT_EARLY);
	assert_int_equal(loa_voice_window_first(voice), 192);
	loa_voice_release_stream(voice);
	/* Not before the main thread has done it. */
	assert_false(loa_voice_claim_stream(voice));
	assert_int_equal(put(voice, 200), LOA_PUT_TAKEN);
	assert_int_equal(put(voice, 9), LOA_PUT_LATE);
	begin(voice, 200 * FRAME);
	loa_voice_next_stream(voice, &chunk);
	assert_int_equal(chunk.kind, LOA_FRAME_DECODED);
	loa_voice_release_stream(voice);
	/* And back. */
	loa_voice_seek(voice, 0);
	assert_int_equal(put(voice, 0), LOA_PUT_TAKEN);
	assert_int_equal(loa_voice_window_first(voice), 0);
	/* Frame 200 was inside the new window, too: it is still there. */
	assert_int_equal(put(voice, 200), LOA_PUT_DUPLICATE);
}

static void
credit_adds_up_and_keeps_the_first_and_the_last(void **state)
{
	(void)state;
	g_autoptr(LoaVoice) voice = loa_voice_new(0, -1);
	LoaVoiceCredit nothing = { .n_gaps = 1, .from_us = 5, .to_us = 6 };
	LoaVoiceCredit first = { 480, 10, 0, 1, 0, 100, 200, 960, 1440, 2.0 };
	LoaVoiceCredit second = { 470, 0, 2, 0, 1, 200, 300, 1440, 1920, 3.0 };

	loa_voice_credit_stream(voice, &nothing);
	loa_voice_credit_stream(voice, &first);
	loa_voice_credit_stream(voice, &second);

	LoaVoiceStats stats = loa_voice_stats(voice);

	assert_int_equal(stats.n_heard, 950);
	assert_int_equal(stats.n_concealed, 10);
	assert_int_equal(stats.n_gaps, 3);
	assert_int_equal(stats.n_bad_frames, 1);
	assert_int_equal(stats.n_resyncs, 1);
	assert_int_equal(stats.first_heard_us, 100);
	assert_int_equal(stats.first_media, 960);
	assert_int_equal(stats.last_heard_us, 300);
	assert_int_equal(stats.last_media, 1920);
	assert_true(stats.sum_square == 5.0);
}

#define N_CROSSING 3000

typedef struct {
	LoaVoice *voice;
	_Atomic gint64 n_put;
	_Atomic gint64 n_wrong;
} Crossing;

/* The audio thread, in a hurry. */
static void *
read_all(void *data)
{
	Crossing *crossing = data;
	LoaVoiceChunk chunk;
	gint64 n_heard = 0;

	while (!loa_voice_claim_stream(crossing->voice))
		;
	loa_voice_begin_stream(crossing->voice, 0);
	for (gint64 frame = 0; frame < N_CROSSING; frame++) {
		while (atomic_load(&crossing->n_put) <= frame)
			sched_yield();
		loa_voice_next_stream(crossing->voice, &chunk);
		n_heard += chunk.n;
		if (chunk.kind != LOA_FRAME_DECODED || chunk.media != frame * FRAME)
			atomic_fetch_add(&crossing->n_wrong, 1);
		/* A torn packet would not decode to what the same packet decodes to. */
		if (frame > 0 && frame < tone->n_frames &&
		    memcmp(chunk.samples, tone->pcm + frame * FRAME, sizeof chunk.samples) != 0)
			atomic_fetch_add(&crossing->n_wrong, 1);
		loa_voice_credit_stream(crossing->voice, &(LoaVoiceCredit){ .n_heard = chunk.n,
									    .from_us = n_heard,
									    .to_us = n_heard,
									    .to_media = n_heard });
	}
	loa_voice_release_stream(crossing->voice);
	return NULL;
}

static void
two_threads_cross_without_a_torn_frame_or_figure(void **state)
{
	(void)state;
	Crossing crossing = { .voice = loa_voice_new(0, -1) };
	pthread_t thread;
	gint64 n_torn = 0;

	assert_int_equal(pthread_create(&thread, NULL, read_all, &crossing), 0);
	for (gint64 frame = 0; frame < N_CROSSING;) {
		gint64 same = frame % tone->n_frames;
		LoaVoiceStats stats = loa_voice_stats(crossing.voice);

		n_torn += stats.last_heard_us != stats.n_heard || stats.last_media != stats.n_heard;
		if (loa_voice_put(crossing.voice, frame, tone->packets[same].data,
				  tone->packets[same].size) == LOA_PUT_TAKEN)
			atomic_store(&crossing.n_put, ++frame);
		else
			sched_yield();
	}
	pthread_join(thread, NULL);
	assert_int_equal(n_torn, 0);
	assert_int_equal(atomic_load(&crossing.n_wrong), 0);
	assert_int_equal(loa_voice_stats(crossing.voice).n_heard, N_CROSSING * FRAME);
	loa_voice_unref(crossing.voice);
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
		cmocka_unit_test(what_was_put_is_decoded_without_the_pre_skip),
		cmocka_unit_test(a_frame_is_taken_once_in_its_window),
		cmocka_unit_test(a_missing_frame_is_concealed_and_then_it_is_late),
		cmocka_unit_test(a_long_loss_fades_into_silence_that_is_not_called_sound),
		cmocka_unit_test(before_the_first_frame_there_is_nothing_to_conceal_from),
		cmocka_unit_test(a_frame_that_lies_is_bad_and_concealed_but_no_gap),
		cmocka_unit_test(joining_in_the_middle_sounds_as_if_it_had_always_been_there),
		cmocka_unit_test(the_end_is_exact_and_silent_behind),
		cmocka_unit_test(a_step_back_finds_what_was_just_played),
		cmocka_unit_test(the_window_moves_only_when_the_audio_thread_has_let_go),
		cmocka_unit_test(credit_adds_up_and_keeps_the_first_and_the_last),
		cmocka_unit_test(two_threads_cross_without_a_torn_frame_or_figure),
	};

	return cmocka_run_group_tests_name("audio/voice", tests, set_up, tear_down);
}
