/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "audio/channel-pacer.h"

#define MS 1000LL
#define S (1000 * MS)
#define START (1000 * S)
#define DELAY (1000 * MS)
#define MAX_SENT 4000
#define END_OF_TIME (START + 3600 * S)

/* What went out, and when: the tests turn the clock and look at this. */
typedef struct {
	LoaChannelPacer *pacer;
	gint64 now_us;
	guint n_sent;
	LoaChannelPacerDue sent[MAX_SENT];
	gint64 at_us[MAX_SENT];
} Desk;

static Desk desk;

static void
sit_down(gint64 n_frames, gint64 delay_us)
{
	const LoaChannelPacerConfig config = {
		.start_us = START,
		.n_frames = n_frames,
		.delay_us = delay_us,
	};

	desk = (Desk){ .pacer = loa_channel_pacer_new(&config) };
}

static int
stand_up(void **state)
{
	(void)state;
	g_clear_pointer(&desk.pacer, loa_channel_pacer_free);
	return 0;
}

/* Asks once; returns how many packets went out. */
static guint
ask(gint64 now_us)
{
	guint before = desk.n_sent;

	desk.now_us = now_us;
	while (desk.n_sent < MAX_SENT &&
	       loa_channel_pacer_next(desk.pacer, now_us, &desk.sent[desk.n_sent]))
		desk.at_us[desk.n_sent++] = now_us;
	assert_true(desk.n_sent < MAX_SENT);
	return desk.n_sent - before;
}

/* Lives from wake to wake, as the owner does, until @until_us or the end. */
static void
live_until(gint64 until_us)
{
	while (!loa_channel_pacer_is_done(desk.pacer)) {
		gint64 wake_us = loa_channel_pacer_wake_us(desk.pacer, desk.now_us);

		assert_true(wake_us > desk.now_us);
		assert_true(wake_us <= desk.now_us + S);
		if (wake_us > until_us)
			break;
		ask(wake_us);
	}
	if (!loa_channel_pacer_is_done(desk.pacer))
		ask(until_us);
}

static guint
count_data(gboolean repeats)
{
	guint n = 0;

	for (guint i = 0; i < desk.n_sent; i++)
		n += !desk.sent[i].is_end && desk.sent[i].is_repeat == repeats ? 1 : 0;
	return n;
}

static void
a_packet_holds_at_most_a_third_of_the_delay(void **state)
{
	(void)state;
	static const struct {
		gint64 delay_ms;
		guint frames;
	} rows[] = { { 150, 2 }, { 180, 3 }, { 300, 5 }, { 599, 9 }, { 600, 10 }, { 5000, 10 } };

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		assert_int_equal(loa_channel_pacer_frames_per_packet(rows[i].delay_ms * MS),
				 rows[i].frames);
}

static void
nothing_is_sent_before_the_delay_ahead_of_the_start(void **state)
{
	(void)state;
	sit_down(500, DELAY);
	assert_int_equal(ask(START - 100 * S), 0);
	assert_int_equal(loa_channel_pacer_wake_us(desk.pacer, desk.now_us), desk.now_us + S);
	assert_int_equal(ask(START - DELAY - 300 * MS), 0);
	assert_int_equal(loa_channel_pacer_wake_us(desk.pacer, desk.now_us), START - DELAY);
	assert_int_equal(ask(START - DELAY - 1), 0);
	assert_int_equal(ask(START - DELAY), 1);
	assert_int_equal(desk.sent[0].sequence, 0);
	assert_int_equal(desk.sent[0].n_frames, 10);
	assert_false(desk.sent[0].is_end);
	assert_false(desk.sent[0].is_repeat);
}

static void
every_frame_goes_out_once_in_order_at_its_time(void **state)
{
	(void)state;
	guint expected = 0;

	sit_down(503, DELAY);
	desk.now_us = START - 2 * DELAY;
	live_until(START + 20 * S);
	for (guint i = 0; i < desk.n_sent; i++) {
		const LoaChannelPacerDue *due = &desk.sent[i];

		if (due->is_end || due->is_repeat)
			continue;
		assert_int_equal(due->sequence, expected);
		assert_int_equal(due->first_frame, expected * 10);
		assert_int_equal(due->n_frames, expected == 50 ? 3 : 10);
		assert_int_equal(desk.at_us[i], START - DELAY + expected * 200 * MS);
		expected++;
	}
	assert_int_equal(expected, 51);
	assert_int_equal(loa_channel_pacer_stats(desk.pacer).n_skipped, 0);
	assert_int_equal(loa_channel_pacer_stats(desk.pacer).n_packets, desk.n_sent);
}

static void
the_opening_is_sent_again_at_half_the_delay(void **state)
{
	(void)state;
	sit_down(500, DELAY);
	ask(START - DELAY);
	live_until(START - DELAY / 2 - 1);
	assert_int_equal(desk.n_sent, 3);
	live_until(START - DELAY / 2);
	assert_int_equal(desk.n_sent, 6);
	for (guint i = 0; i < 3; i++) {
		assert_int_equal(desk.sent[3 + i].sequence, i);
		assert_int_equal(desk.sent[3 + i].first_frame, i * 10);
		assert_int_equal(desk.sent[3 + i].n_frames, 10);
		assert_true(desk.sent[3 + i].is_repeat);
	}
	live_until(START + 20 * S);
	assert_int_equal(count_data(TRUE), 3);
	assert_int_equal(count_data(FALSE), 50);
	assert_int_equal(loa_channel_pacer_stats(desk.pacer).n_repeats, 3);
}

static void
the_end_is_said_three_times_a_tenth_of_a_second_apart(void **state)
{
	(void)state;
	gint64 end_us = START - DELAY + 503 * 20 * MS;

	sit_down(503, DELAY);
	ask(START - DELAY);
	live_until(end_us - 1);
	assert_false(desk.sent[desk.n_sent - 1].is_end);

	guint n = desk.n_sent;

	live_until(END_OF_TIME);
	assert_int_equal(desk.n_sent, n + 3);
	for (guint i = 0; i < 3; i++) {
		assert_true(desk.sent[n + i].is_end);
		assert_int_equal(desk.sent[n + i].sequence, 51);
		assert_int_equal(desk.sent[n + i].first_frame, 503);
		assert_int_equal(desk.sent[n + i].n_frames, 0);
		assert_int_equal(desk.sent[n + i].is_repeat, i > 0);
		assert_int_equal(desk.at_us[n + i], end_us + i * 100 * MS);
	}
	assert_true(loa_channel_pacer_is_done(desk.pacer));
	assert_int_equal(loa_channel_pacer_wake_us(desk.pacer, desk.now_us), G_MAXINT64);
	assert_int_equal(ask(desk.now_us + DELAY), 0);
}

static void
an_airing_shorter_than_half_the_delay_repeats_its_end_behind_the_opening(void **state)
{
	(void)state;
	sit_down(5, DELAY);
	ask(START - DELAY);
	live_until(START + DELAY);
	assert_true(loa_channel_pacer_is_done(desk.pacer));
	assert_int_equal(desk.n_sent, 1 + 3 + 1 + 3);
	assert_int_equal(desk.sent[0].n_frames, 5);
	assert_true(desk.sent[4].is_repeat);
	assert_false(desk.sent[4].is_end);
	assert_int_equal(desk.at_us[4], START - DELAY / 2);
	assert_true(desk.sent[7].is_end);
}

static void
at_the_shortest_delay_the_first_sound_is_repeated_in_time(void **state)
{
	(void)state;
	sit_down(100, LOA_CHANNEL_PACER_MIN_DELAY_US);
	ask(START - 150 * MS);
	assert_int_equal(desk.sent[0].n_frames, 2);
	live_until(START - 75 * MS);
	assert_int_equal(desk.n_sent, 4);
	assert_int_equal(desk.sent[2].sequence, 0);
	assert_int_equal(desk.sent[3].sequence, 1);
}

static void
a_restarted_controller_goes_on_with_the_same_packets(void **state)
{
	(void)state;
	gint64 now_us = START + 10 * S + 70 * MS;

	sit_down(1000, DELAY);
	/* packet 50 sounds now; 55 is the last one due */
	assert_int_equal(ask(now_us), 6);
	for (guint i = 0; i < 6; i++) {
		assert_int_equal(desk.sent[i].sequence, 50 + i);
		assert_int_equal(desk.sent[i].first_frame, 500 + 10 * i);
		assert_false(desk.sent[i].is_repeat);
	}
	assert_int_equal(loa_channel_pacer_stats(desk.pacer).n_skipped, 500);
	assert_int_equal(loa_channel_pacer_wake_us(desk.pacer, now_us),
			 START - DELAY + 56 * 200 * MS);

	/* and its opening is repeated, as far as it can still be played */
	live_until(now_us + DELAY / 2);
	assert_int_equal(count_data(TRUE), 6);
	for (guint i = 0, sequence = 52; i < desk.n_sent; i++)
		if (desk.sent[i].is_repeat)
			assert_int_equal(desk.sent[i].sequence, sequence++);
}

static void
a_controller_restarted_after_the_end_says_only_end(void **state)
{
	(void)state;
	sit_down(100, DELAY);
	ask(START + 60 * S);
	live_until(START + 61 * S);
	assert_int_equal(desk.n_sent, 3);
	for (guint i = 0; i < 3; i++)
		assert_true(desk.sent[i].is_end && desk.sent[i].first_frame == 100);
	assert_true(loa_channel_pacer_is_done(desk.pacer));
}

static void
a_short_stall_is_made_up_for_and_a_long_one_left_out(void **state)
{
	(void)state;
	sit_down(1000, DELAY);
	ask(START - DELAY);
	live_until(START);
	guint n = count_data(FALSE);

	assert_int_equal(n, 6);
	assert_int_equal(ask(START + 900 * MS), 4);
	assert_int_equal(loa_channel_pacer_stats(desk.pacer).n_skipped, 0);
	assert_int_equal(desk.sent[desk.n_sent - 1].sequence, 9);

	/* three seconds: packets 10..18 are over, 19 is sounding */
	assert_int_equal(ask(START + 3900 * MS), 6);
	assert_int_equal(desk.sent[desk.n_sent - 6].sequence, 19);
	assert_int_equal(desk.sent[desk.n_sent - 1].sequence, 24);
	assert_int_equal(loa_channel_pacer_stats(desk.pacer).n_skipped, 90);
}

static void
a_packet_is_left_out_the_moment_its_last_frame_is_over(void **state)
{
	(void)state;
	sit_down(1000, DELAY);
	ask(START - DELAY);
	live_until(START);
	guint n = desk.n_sent;

	/* packet 6 sounds from 1.2 s to 1.4 s */
	ask(START + 1400 * MS - 1);
	assert_int_equal(desk.sent[n].sequence, 6);
	n = desk.n_sent;
	assert_int_equal(desk.sent[n - 1].sequence, 11);
	ask(START + 2600 * MS);
	assert_int_equal(desk.sent[n].sequence, 13);
	assert_int_equal(loa_channel_pacer_stats(desk.pacer).n_skipped, 10);
}

static void
a_small_step_back_of_the_clock_sends_nothing_twice(void **state)
{
	(void)state;
	sit_down(1000, DELAY);
	ask(START - DELAY);
	live_until(START + 2000 * MS);
	guint n = desk.n_sent;

	assert_int_equal(ask(START + 1500 * MS), 0);
	assert_int_equal(loa_channel_pacer_wake_us(desk.pacer, desk.now_us), START + 2200 * MS);
	live_until(START + 2200 * MS);
	assert_int_equal(desk.n_sent, n + 1);
	assert_int_equal(desk.sent[n].sequence, 16);
	assert_int_equal(loa_channel_pacer_stats(desk.pacer).n_restarts, 0);
}

static void
a_big_step_back_of_the_clock_begins_anew_where_the_timeline_is(void **state)
{
	(void)state;
	sit_down(1000, DELAY);
	ask(START - DELAY);
	live_until(START + 10 * S);
	guint n = desk.n_sent;

	assert_int_equal(ask(START + 4 * S), 6);
	assert_int_equal(desk.sent[n].sequence, 20);
	assert_int_equal(desk.sent[n + 5].sequence, 25);
	assert_int_equal(loa_channel_pacer_stats(desk.pacer).n_restarts, 1);
	assert_int_equal(ask(START - 10 * S), 0);
	live_until(START + 30 * S);
	assert_true(loa_channel_pacer_is_done(desk.pacer));
	assert_int_equal(desk.sent[desk.n_sent - 1].first_frame, 1000);
}

static void
a_step_forward_of_the_clock_leaves_out_what_is_over(void **state)
{
	(void)state;
	sit_down(1000, DELAY);
	ask(START - DELAY);
	live_until(START);
	assert_int_equal(ask(START + 8 * S), 6);
	assert_int_equal(desk.sent[desk.n_sent - 6].sequence, 40);
	assert_int_equal(loa_channel_pacer_stats(desk.pacer).n_skipped, 340);

	/* ... and past the whole airing nothing but END is left to say */
	assert_int_equal(ask(START + 80 * S), 1);
	assert_true(desk.sent[desk.n_sent - 1].is_end);
}

static void
a_step_back_between_two_ends_does_not_delay_the_second(void **state)
{
	(void)state;
	sit_down(100, DELAY);
	ask(START - DELAY);
	live_until(START + 1000 * MS);
	assert_true(desk.sent[desk.n_sent - 1].is_end);
	assert_int_equal(ask(START - 3000 * MS), 0);
	assert_int_equal(ask(START - 2900 * MS), 1);
	assert_true(desk.sent[desk.n_sent - 1].is_end);
}

static void
stop_says_end_at_once_with_the_length_that_was_sent(void **state)
{
	(void)state;
	sit_down(1000, DELAY);
	ask(START - DELAY);
	live_until(START - DELAY / 2 - 1); /* three packets, not yet repeated */
	guint n = desk.n_sent;

	loa_channel_pacer_stop(desk.pacer);
	assert_int_equal(ask(START - DELAY / 2 - 1), 1);
	assert_true(desk.sent[n].is_end);
	assert_int_equal(desk.sent[n].first_frame, 30);
	assert_int_equal(desk.sent[n].sequence, 3);
	live_until(START + DELAY);
	assert_int_equal(desk.n_sent, n + 3);
	assert_int_equal(count_data(TRUE), 0);
	assert_true(loa_channel_pacer_is_done(desk.pacer));
}

static void
a_stopped_airing_stays_stopped_when_the_clock_jumps_back(void **state)
{
	(void)state;
	sit_down(1000, DELAY);
	ask(START - DELAY);
	live_until(START + 10 * S);
	guint n = desk.n_sent;

	loa_channel_pacer_stop(desk.pacer);
	ask(START + 4 * S);
	live_until(START + 6 * S);
	assert_int_equal(desk.n_sent, n + 3);
	assert_true(desk.sent[n].is_end);
}

static void
stop_before_the_first_packet_is_an_airing_of_no_length(void **state)
{
	(void)state;
	sit_down(1000, DELAY);
	loa_channel_pacer_stop(desk.pacer);
	assert_int_equal(ask(START - 5 * DELAY), 1);
	assert_true(desk.sent[0].is_end);
	assert_int_equal(desk.sent[0].first_frame, 0);
	/* a clock that jumps does not wake a stopped airing */
	ask(START + DELAY);
	ask(START - DELAY);
	assert_int_equal(count_data(FALSE), 0);
}

static void
reopening_sends_what_can_still_be_played_twice(void **state)
{
	(void)state;
	sit_down(1000, DELAY);
	ask(START - DELAY);
	live_until(START + 10 * S);
	guint n = desk.n_sent;

	loa_channel_pacer_reopen(desk.pacer);
	assert_int_equal(ask(START + 10 * S), 6);
	assert_int_equal(desk.sent[n].sequence, 50);
	assert_true(desk.sent[n].is_repeat);
	live_until(START + 10 * S + DELAY / 2);
	/* 56 and 57 as planned, then 52..57 again */
	assert_int_equal(desk.n_sent, n + 6 + 2 + 6);
	assert_int_equal(desk.sent[n + 8].sequence, 52);
}

static void
live_packets_go_out_as_soon_as_they_are_whole(void **state)
{
	(void)state;
	sit_down(LOA_CHANNEL_PACER_LIVE, DELAY);
	assert_int_equal(ask(START - DELAY), 0);
	loa_channel_pacer_set_available(desk.pacer, 9);
	assert_int_equal(ask(START - DELAY + 180 * MS), 0);
	loa_channel_pacer_set_available(desk.pacer, 10);
	assert_int_equal(ask(START - DELAY + 200 * MS), 1);
	assert_int_equal(desk.sent[0].n_frames, 10);
	/* the capture runs ahead: the timeline holds it back */
	loa_channel_pacer_set_available(desk.pacer, 40);
	assert_int_equal(ask(START - DELAY + 200 * MS), 1);
	assert_int_equal(loa_channel_pacer_wake_us(desk.pacer, desk.now_us),
			 START - DELAY + 400 * MS);
}

static void
live_ends_with_a_short_packet_and_its_true_length(void **state)
{
	(void)state;
	sit_down(LOA_CHANNEL_PACER_LIVE, DELAY);
	loa_channel_pacer_set_available(desk.pacer, 10);
	ask(START - DELAY);
	loa_channel_pacer_set_available(desk.pacer, 13);
	loa_channel_pacer_set_end(desk.pacer, 13);
	live_until(START + DELAY);
	assert_int_equal(count_data(FALSE), 2);
	assert_int_equal(desk.sent[1].n_frames, 3);
	assert_true(desk.sent[2].is_end);
	assert_int_equal(desk.sent[2].first_frame, 13);
	assert_int_equal(desk.sent[2].sequence, 2);
	assert_true(loa_channel_pacer_is_done(desk.pacer));
}

static void
live_never_ends_before_what_was_sent(void **state)
{
	(void)state;
	sit_down(LOA_CHANNEL_PACER_LIVE, DELAY);
	loa_channel_pacer_set_available(desk.pacer, 10);
	ask(START - DELAY);
	loa_channel_pacer_set_end(desk.pacer, 5);
	live_until(START + DELAY);
	assert_true(desk.sent[desk.n_sent - 1].is_end);
	assert_int_equal(desk.sent[desk.n_sent - 1].first_frame, 10);
}

static void
live_that_lagged_goes_on_where_the_timeline_is(void **state)
{
	(void)state;
	sit_down(LOA_CHANNEL_PACER_LIVE, DELAY);
	loa_channel_pacer_set_available(desk.pacer, 10);
	ask(START - DELAY);
	ask(START + 2000 * MS); /* nothing came: packets 1..9 are over */
	assert_int_equal(loa_channel_pacer_stats(desk.pacer).n_skipped, 90);
	loa_channel_pacer_set_available(desk.pacer, 110);
	assert_int_equal(ask(START + 2000 * MS), 1);
	assert_int_equal(desk.sent[desk.n_sent - 1].sequence, 10);

	/* a source that dies ends the airing with what was sent */
	ask(START + 9000 * MS);
	loa_channel_pacer_set_end(desk.pacer, 110);
	ask(START + 9000 * MS);
	assert_true(desk.sent[desk.n_sent - 1].is_end);
	assert_int_equal(desk.sent[desk.n_sent - 1].first_frame, 110);
}

#define PACER_TEST(name) cmocka_unit_test_teardown(name, stand_up)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PACER_TEST(a_packet_holds_at_most_a_third_of_the_delay),
		PACER_TEST(nothing_is_sent_before_the_delay_ahead_of_the_start),
		PACER_TEST(every_frame_goes_out_once_in_order_at_its_time),
		PACER_TEST(the_opening_is_sent_again_at_half_the_delay),
		PACER_TEST(the_end_is_said_three_times_a_tenth_of_a_second_apart),
		PACER_TEST(
			an_airing_shorter_than_half_the_delay_repeats_its_end_behind_the_opening),
		PACER_TEST(at_the_shortest_delay_the_first_sound_is_repeated_in_time),
		PACER_TEST(a_restarted_controller_goes_on_with_the_same_packets),
		PACER_TEST(a_controller_restarted_after_the_end_says_only_end),
		PACER_TEST(a_short_stall_is_made_up_for_and_a_long_one_left_out),
		PACER_TEST(a_packet_is_left_out_the_moment_its_last_frame_is_over),
		PACER_TEST(a_small_step_back_of_the_clock_sends_nothing_twice),
		PACER_TEST(a_big_step_back_of_the_clock_begins_anew_where_the_timeline_is),
		PACER_TEST(a_step_forward_of_the_clock_leaves_out_what_is_over),
		PACER_TEST(a_step_back_between_two_ends_does_not_delay_the_second),
		PACER_TEST(stop_says_end_at_once_with_the_length_that_was_sent),
		PACER_TEST(a_stopped_airing_stays_stopped_when_the_clock_jumps_back),
		PACER_TEST(stop_before_the_first_packet_is_an_airing_of_no_length),
		PACER_TEST(reopening_sends_what_can_still_be_played_twice),
		PACER_TEST(live_packets_go_out_as_soon_as_they_are_whole),
		PACER_TEST(live_ends_with_a_short_packet_and_its_true_length),
		PACER_TEST(live_never_ends_before_what_was_sent),
		PACER_TEST(live_that_lagged_goes_on_where_the_timeline_is),
	};

	return cmocka_run_group_tests_name("audio/channel-pacer", tests, NULL, NULL);
}
