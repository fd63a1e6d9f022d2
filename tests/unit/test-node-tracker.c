/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "node/tracker.h"

#define START_US (G_GINT64_CONSTANT(1795194000) * G_USEC_PER_SEC)
#define AT(s) (START_US + (gint64)(s)*G_USEC_PER_SEC)
#define MS(ms) ((gint64)(ms)*48)

static const LoaClockStatus synced = { LOA_CLOCK_SYNCED, "system", 900 };

/* Ten seconds. */
static LoaTracker *
make_tracker(LoaResume resume)
{
	LoaAiring *airing = loa_airing_new();

	airing->id = g_strdup("tin.20261121t170000");
	airing->broadcast = g_strdup("tin");
	airing->title = g_strdup("Bản tin");
	airing->class = LOA_CLASS_PRIORITY;
	airing->start_us = START_US;
	airing->resume = resume;
	airing->n_samples = MS(10000);
	LoaTracker *tracker = loa_tracker_new(airing);

	loa_airing_free(airing);
	return tracker;
}

/* A voice that was heard from its beginning, at -20 dBFS. */
static LoaVoiceStats
heard(gint64 n_heard, gint64 n_concealed)
{
	return (LoaVoiceStats){ .n_heard = n_heard,
				.n_concealed = n_concealed,
				.n_gaps = n_concealed > 0,
				.first_heard_us = START_US + 700,
				.last_heard_us = START_US + n_heard * 125 / 6,
				.last_media = n_heard,
				.sum_square = (double)n_heard * 0.01 };
}

static void
assert_result(const LoaOutcome *outcome, LoaResult result, const char *reason)
{
	assert_string_equal(loa_result_name(outcome->result), loa_result_name(result));
	assert_string_equal(outcome->reason, reason);
}

static LoaOutcome *
settle(const LoaTracker *tracker, LoaEnding ending)
{
	return loa_tracker_settle(tracker, ending, AT(10), &synced);
}

static void
all_of_it_is_completed_and_says_how_it_was(void **state)
{
	(void)state;
	g_autoptr(LoaTracker) tracker = make_tracker(LOA_RESUME_PAUSE);
	LoaVoiceStats stats = heard(MS(10000), 0);

	loa_tracker_heard(tracker, &stats);
	g_autoptr(LoaOutcome) outcome = settle(tracker, LOA_ENDING_NATURAL);

	assert_result(outcome, LOA_RESULT_COMPLETED, "");
	assert_string_equal(outcome->airing, "tin.20261121t170000");
	assert_string_equal(outcome->broadcast, "tin");
	assert_string_equal(outcome->title, "Bản tin");
	assert_int_equal(outcome->class, LOA_CLASS_PRIORITY);
	assert_int_equal(outcome->level, LOA_LEVEL_CONSUMED);
	assert_int_equal(outcome->planned_us, START_US);
	assert_int_equal(outcome->started_us, START_US + 700);
	assert_int_equal(outcome->start_error_us, 700);
	assert_int_equal(outcome->ended_us, AT(10));
	assert_int_equal(outcome->duration_ms, 10000);
	assert_int_equal(outcome->heard_ms, 10000);
	assert_int_equal(outcome->lost_ms, 0);
	assert_true(fabs(outcome->level_db + 20) < 0.01);
	assert_int_equal(outcome->clock_state, LOA_CLOCK_SYNCED);
	assert_string_equal(outcome->clock_source, "system");
	assert_int_equal(outcome->clock_bound_us, 900);
}

typedef struct {
	gint64 heard_ms;
	gint64 concealed_ms;
	LoaResult want;
} Tolerance;

static void
completed_bears_a_little_loss_and_no_more(void **state)
{
	(void)state;
	/* 10 s: 1 % may be concealed */
	static const Tolerance cases[] = {
		{ 9960, 0, LOA_RESULT_COMPLETED },    { 9959, 0, LOA_RESULT_PARTIAL },
		{ 10000, 100, LOA_RESULT_COMPLETED }, { 10000, 101, LOA_RESULT_PARTIAL },
		{ 20, 0, LOA_RESULT_PARTIAL },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(LoaTracker) tracker = make_tracker(LOA_RESUME_PAUSE);
		LoaVoiceStats stats = heard(MS(cases[i].heard_ms), MS(cases[i].concealed_ms));

		stats.n_gaps = 1;
		loa_tracker_heard(tracker, &stats);
		g_autoptr(LoaOutcome) outcome = settle(tracker, LOA_ENDING_NATURAL);

		assert_int_equal(outcome->result, cases[i].want);
		assert_int_equal(outcome->lost_ms, 10000 - cases[i].heard_ms);
		assert_int_equal(outcome->concealed_ms, cases[i].concealed_ms);
		assert_string_equal(outcome->reason, cases[i].want == LOA_RESULT_COMPLETED
							     ? ""
							     : LOA_REASON_NO_AUDIO);
	}
}

static void
what_was_lost_though_every_frame_was_there_is_the_devices(void **state)
{
	(void)state;
	g_autoptr(LoaTracker) tracker = make_tracker(LOA_RESUME_PAUSE);
	LoaVoiceStats stats = heard(MS(9900), 0);

	loa_tracker_heard(tracker, &stats);
	g_autoptr(LoaOutcome) outcome = settle(tracker, LOA_ENDING_NATURAL);

	assert_result(outcome, LOA_RESULT_PARTIAL, LOA_REASON_DEVICE);
}

static void
silence_is_consumed_but_proves_nothing(void **state)
{
	(void)state;
	g_autoptr(LoaTracker) tracker = make_tracker(LOA_RESUME_PAUSE);
	LoaVoiceStats stats = heard(MS(10000), 0);

	stats.sum_square = (double)stats.n_heard * 0.9e-6;
	loa_tracker_heard(tracker, &stats);
	g_autoptr(LoaOutcome) silent = settle(tracker, LOA_ENDING_NATURAL);

	assert_result(silent, LOA_RESULT_COMPLETED, LOA_REASON_SILENT);
	assert_int_equal(silent->level, LOA_LEVEL_DECODED);

	stats.sum_square = (double)stats.n_heard * 1.1e-6;
	loa_tracker_heard(tracker, &stats);
	g_autoptr(LoaOutcome) faint = settle(tracker, LOA_ENDING_NATURAL);

	assert_int_equal(faint->level, LOA_LEVEL_CONSUMED);
	assert_result(faint, LOA_RESULT_COMPLETED, "");
}

static void
what_the_decoder_invented_is_not_heard(void **state)
{
	(void)state;
	g_autoptr(LoaTracker) tracker = make_tracker(LOA_RESUME_PAUSE);
	LoaVoiceStats stats = heard(MS(100), MS(100));

	loa_tracker_heard(tracker, &stats);
	g_autoptr(LoaOutcome) outcome = settle(tracker, LOA_ENDING_NATURAL);

	assert_result(outcome, LOA_RESULT_MISSED, LOA_REASON_NO_AUDIO);
	assert_int_equal(outcome->level, LOA_LEVEL_PLAN);
	assert_int_equal(outcome->heard_ms, 0);
	assert_int_equal(outcome->started_us, 0);
	assert_int_equal(loa_tracker_heard_us(tracker), 0);
}

static void
the_wait_for_sound_after_a_loss_belongs_to_it(void **state)
{
	(void)state;
	g_autoptr(LoaTracker) tracker = make_tracker(LOA_RESUME_PAUSE);
	LoaVoiceStats stats = heard(MS(9000), 0);

	/* it was off for 300 ms, then its channel had to begin again */
	loa_tracker_lost(tracker, LOA_LOSS_POWER, 300000);
	loa_tracker_heard(tracker, &stats);
	g_autoptr(LoaOutcome) outcome = settle(tracker, LOA_ENDING_NATURAL);

	assert_result(outcome, LOA_RESULT_PARTIAL, LOA_REASON_POWER);
}

typedef struct {
	LoaLoss loss; /* noticed for half of it */
	LoaResult silent;
	const char *reason;
} LossCase;

static void
the_reason_is_what_took_most_of_it(void **state)
{
	(void)state;
	static const LossCase cases[] = {
		{ LOA_LOSS_POWER, LOA_RESULT_MISSED, LOA_REASON_POWER },
		{ LOA_LOSS_LATE, LOA_RESULT_MISSED, LOA_REASON_LATE },
		{ LOA_LOSS_HOURS, LOA_RESULT_REFUSED, LOA_REASON_HOURS },
		{ LOA_LOSS_QUIET, LOA_RESULT_REFUSED, LOA_REASON_QUIET },
		{ LOA_LOSS_CLOCK, LOA_RESULT_REFUSED, LOA_REASON_CLOCK },
		{ LOA_LOSS_DEVICE, LOA_RESULT_FAILED, LOA_REASON_DEVICE },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(LoaTracker) tracker = make_tracker(LOA_RESUME_PAUSE);
		LoaVoiceStats stats = heard(MS(4000), 0);

		loa_tracker_lost(tracker, cases[i].loss, 5 * G_USEC_PER_SEC);
		g_autoptr(LoaOutcome) silent = settle(tracker, LOA_ENDING_NATURAL);

		assert_result(silent, cases[i].silent, cases[i].reason);
		loa_tracker_heard(tracker, &stats);
		g_autoptr(LoaOutcome) some = settle(tracker, LOA_ENDING_NATURAL);

		assert_result(some, LOA_RESULT_PARTIAL, cases[i].reason);
		assert_int_equal(some->heard_ms, 4000);
		assert_int_equal(some->lost_ms, 6000);
	}
}

typedef struct {
	LoaEnding ending;
	LoaResult silent;
	LoaResult some;
	LoaResult all;
	const char *reason;
} EndingCase;

static void
every_ending_has_its_result(void **state)
{
	(void)state;
	static const EndingCase cases[] = {
		{ LOA_ENDING_STOPPED, LOA_RESULT_STOPPED, LOA_RESULT_STOPPED, LOA_RESULT_STOPPED,
		  LOA_REASON_STOPPED },
		{ LOA_ENDING_WITHDRAWN, LOA_RESULT_STOPPED, LOA_RESULT_STOPPED,
		  LOA_RESULT_COMPLETED, LOA_REASON_WITHDRAWN },
		{ LOA_ENDING_OUTRANKED, LOA_RESULT_PREEMPTED, LOA_RESULT_PREEMPTED,
		  LOA_RESULT_COMPLETED, LOA_REASON_PREEMPTED },
		{ LOA_ENDING_POWER, LOA_RESULT_MISSED, LOA_RESULT_PARTIAL, LOA_RESULT_COMPLETED,
		  LOA_REASON_POWER },
		{ LOA_ENDING_CLOCK, LOA_RESULT_MISSED, LOA_RESULT_PARTIAL, LOA_RESULT_COMPLETED,
		  LOA_REASON_CLOCK },
		{ LOA_ENDING_LATE, LOA_RESULT_MISSED, LOA_RESULT_PARTIAL, LOA_RESULT_COMPLETED,
		  LOA_REASON_LATE },
		{ LOA_ENDING_EXPIRED, LOA_RESULT_REFUSED, LOA_RESULT_PARTIAL, LOA_RESULT_COMPLETED,
		  LOA_REASON_PLAN_EXPIRED },
		{ LOA_ENDING_DEVICE, LOA_RESULT_FAILED, LOA_RESULT_FAILED, LOA_RESULT_COMPLETED,
		  LOA_REASON_DEVICE },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(LoaTracker) tracker = make_tracker(LOA_RESUME_PAUSE);
		LoaVoiceStats some_stats = heard(MS(4000), 0), all_stats = heard(MS(10000), 0);
		g_autoptr(LoaOutcome) silent = settle(tracker, cases[i].ending);

		assert_result(silent, cases[i].silent, cases[i].reason);
		loa_tracker_heard(tracker, &some_stats);
		g_autoptr(LoaOutcome) some = settle(tracker, cases[i].ending);

		assert_result(some, cases[i].some, cases[i].reason);
		loa_tracker_heard(tracker, &all_stats);
		g_autoptr(LoaOutcome) all = settle(tracker, cases[i].ending);

		assert_int_equal(all->result, cases[i].all);
	}
}

static void
pauses_are_counted_and_shift_is_no_loss(void **state)
{
	(void)state;
	g_autoptr(LoaTracker) tracker = make_tracker(LOA_RESUME_PAUSE);
	LoaVoiceStats stats = heard(MS(10000), 0);

	loa_tracker_took_over(tracker, "cu");
	loa_tracker_gave_way(tracker, "khan-1", AT(2));
	loa_tracker_gave_way(tracker, "khan-2", AT(3)); /* the same pause goes on */
	loa_tracker_came_back(tracker, AT(5));
	loa_tracker_came_back(tracker, AT(6));
	loa_tracker_gave_way(tracker, "khan-2", AT(7));
	loa_tracker_heard(tracker, &stats);
	g_autoptr(LoaOutcome) paused =
		loa_tracker_settle(tracker, LOA_ENDING_NATURAL, AT(11), &synced);

	assert_result(paused, LOA_RESULT_COMPLETED, "");
	assert_int_equal(paused->n_pauses, 2);
	assert_int_equal(paused->paused_ms, 3000 + 4000);
	assert_string_equal(paused->gave_way_to, "khan-2");
	assert_string_equal(paused->took_over, "cu");
}

static void
what_a_rejoining_airing_lost_to_another_is_put_down_to_it(void **state)
{
	(void)state;
	g_autoptr(LoaTracker) tracker = make_tracker(LOA_RESUME_REJOIN);
	LoaVoiceStats stats = heard(MS(7000), 0);

	loa_tracker_gave_way(tracker, "khan", AT(2));
	loa_tracker_came_back(tracker, AT(5));
	loa_tracker_heard(tracker, &stats);
	g_autoptr(LoaOutcome) outcome = settle(tracker, LOA_ENDING_NATURAL);

	assert_result(outcome, LOA_RESULT_PARTIAL, LOA_REASON_PREEMPTED);
}

static void
a_rejoining_airing_that_never_had_the_output_was_preempted(void **state)
{
	(void)state;
	g_autoptr(LoaTracker) tracker = make_tracker(LOA_RESUME_REJOIN);
	g_autoptr(LoaTracker) unheard = make_tracker(LOA_RESUME_REJOIN);

	loa_tracker_gave_way(tracker, "khan", AT(0));
	loa_tracker_came_back(tracker, AT(9));
	g_autoptr(LoaOutcome) outcome = settle(tracker, LOA_ENDING_NATURAL);

	assert_result(outcome, LOA_RESULT_PREEMPTED, LOA_REASON_PREEMPTED);
	loa_tracker_gave_way(unheard, "khan", AT(0));
	loa_tracker_came_back(unheard, AT(1));
	g_autoptr(LoaOutcome) other = settle(unheard, LOA_ENDING_NATURAL);

	assert_result(other, LOA_RESULT_MISSED, LOA_REASON_NO_AUDIO);
}

static void
a_start_is_compared_only_where_it_began_at_its_beginning(void **state)
{
	(void)state;
	g_autoptr(LoaTracker) joined = make_tracker(LOA_RESUME_PAUSE);
	g_autoptr(LoaTracker) waited = make_tracker(LOA_RESUME_PAUSE);
	g_autoptr(LoaTracker) head = make_tracker(LOA_RESUME_PAUSE);
	LoaVoiceStats stats = heard(MS(5000), 0);

	stats.first_media = MS(5000);
	stats.first_heard_us = AT(5) + 300;
	loa_tracker_heard(joined, &stats);
	g_autoptr(LoaOutcome) late = settle(joined, LOA_ENDING_NATURAL);

	assert_int_equal(late->start_error_us, 0);
	assert_int_equal(late->started_us, AT(5) + 300);

	stats = heard(MS(10000), 0);
	stats.first_heard_us = AT(3);
	loa_tracker_gave_way(waited, "khan", AT(0));
	loa_tracker_came_back(waited, AT(3));
	loa_tracker_heard(waited, &stats);
	g_autoptr(LoaOutcome) after = settle(waited, LOA_ENDING_NATURAL);

	assert_int_equal(after->start_error_us, 0);

	stats = heard(MS(9990), 0);
	stats.first_media = MS(10);
	stats.first_heard_us = START_US + 10000 - 250;
	loa_tracker_heard(head, &stats);
	g_autoptr(LoaOutcome) early = settle(head, LOA_ENDING_NATURAL);

	assert_int_equal(early->start_error_us, -250);
}

static void
undecodable_frames_are_a_failure_of_the_decoder(void **state)
{
	(void)state;
	g_autoptr(LoaTracker) tracker = make_tracker(LOA_RESUME_PAUSE);
	LoaVoiceStats stats = heard(MS(10000), MS(10000));

	stats.n_bad_frames = 500;
	loa_tracker_heard(tracker, &stats);
	g_autoptr(LoaOutcome) outcome = settle(tracker, LOA_ENDING_NATURAL);

	assert_result(outcome, LOA_RESULT_FAILED, LOA_REASON_DECODE);
}

static void
a_checkpoint_carries_everything_over_a_restart(void **state)
{
	(void)state;
	g_autoptr(LoaTracker) before = make_tracker(LOA_RESUME_PAUSE);
	g_autoptr(LoaTracker) after = make_tracker(LOA_RESUME_PAUSE);
	LoaVoiceStats first = heard(MS(4000), MS(20)), second = heard(MS(5000), 0);

	loa_tracker_took_over(before, "cu");
	loa_tracker_heard(before, &first);
	loa_tracker_gave_way(before, "khan", AT(3));
	loa_tracker_came_back(before, AT(4));
	g_autoptr(LoaOutcome) checkpoint = loa_tracker_checkpoint(before, AT(4), &synced);

	assert_result(checkpoint, LOA_RESULT_PARTIAL, LOA_REASON_POWER);
	g_autofree char *json = loa_outcome_to_json(checkpoint);
	g_autoptr(LoaOutcome) read = loa_outcome_from_json(json, NULL);

	assert_non_null(read);
	loa_tracker_restore(after, read);
	second.first_heard_us = AT(6);
	second.first_media = MS(5000);
	second.sum_square = (double)second.n_heard * 0.01;
	loa_tracker_lost(after, LOA_LOSS_POWER, G_USEC_PER_SEC);
	loa_tracker_heard(after, &second);
	g_autoptr(LoaOutcome) outcome = settle(after, LOA_ENDING_NATURAL);

	assert_result(outcome, LOA_RESULT_PARTIAL, LOA_REASON_POWER);
	assert_int_equal(outcome->heard_ms, 9000);
	assert_int_equal(outcome->concealed_ms, 20);
	assert_int_equal(outcome->n_gaps, 1);
	assert_int_equal(outcome->lost_ms, 1000);
	assert_int_equal(outcome->started_us, START_US + 700);
	assert_int_equal(outcome->start_error_us, 700);
	assert_int_equal(outcome->n_pauses, 1);
	assert_int_equal(outcome->paused_ms, 1000);
	assert_string_equal(outcome->gave_way_to, "khan");
	assert_string_equal(outcome->took_over, "cu");
	assert_true(fabs(outcome->level_db + 20) < 0.1);
}

static void
a_second_voice_adds_to_the_first(void **state)
{
	(void)state;
	g_autoptr(LoaTracker) tracker = make_tracker(LOA_RESUME_PAUSE);
	LoaVoiceStats first = heard(MS(4000), 0), second = heard(MS(6000), 0);

	loa_tracker_heard(tracker, &first);
	loa_tracker_next_voice(tracker);
	loa_tracker_heard(tracker, &second);
	loa_tracker_heard(tracker, &second); /* the latest replaces, it does not add */
	g_autoptr(LoaOutcome) outcome = settle(tracker, LOA_ENDING_NATURAL);

	assert_result(outcome, LOA_RESULT_COMPLETED, "");
	assert_int_equal(outcome->started_us, START_US + 700);
}

static void
more_than_all_of_it_is_all_of_it(void **state)
{
	(void)state;
	g_autoptr(LoaTracker) tracker = make_tracker(LOA_RESUME_PAUSE);
	LoaVoiceStats stats = heard(MS(10050), 0);

	loa_tracker_heard(tracker, &stats);
	g_autoptr(LoaOutcome) outcome = settle(tracker, LOA_ENDING_NATURAL);

	assert_int_equal(outcome->heard_ms, 10000);
	assert_int_equal(outcome->lost_ms, 0);
}

static void
an_untrusted_clock_knows_no_bound(void **state)
{
	(void)state;
	static const LoaClockStatus untrusted = { LOA_CLOCK_UNTRUSTED, "system", G_MAXINT64 };
	g_autoptr(LoaTracker) tracker = make_tracker(LOA_RESUME_PAUSE);
	g_autoptr(LoaOutcome) outcome =
		loa_tracker_settle(tracker, LOA_ENDING_NATURAL, AT(10), &untrusted);

	assert_int_equal(outcome->clock_bound_us, -1);
	assert_int_equal(outcome->clock_state, LOA_CLOCK_UNTRUSTED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_of_it_is_completed_and_says_how_it_was),
		cmocka_unit_test(completed_bears_a_little_loss_and_no_more),
		cmocka_unit_test(what_was_lost_though_every_frame_was_there_is_the_devices),
		cmocka_unit_test(silence_is_consumed_but_proves_nothing),
		cmocka_unit_test(what_the_decoder_invented_is_not_heard),
		cmocka_unit_test(the_reason_is_what_took_most_of_it),
		cmocka_unit_test(every_ending_has_its_result),
		cmocka_unit_test(pauses_are_counted_and_shift_is_no_loss),
		cmocka_unit_test(what_a_rejoining_airing_lost_to_another_is_put_down_to_it),
		cmocka_unit_test(a_rejoining_airing_that_never_had_the_output_was_preempted),
		cmocka_unit_test(a_start_is_compared_only_where_it_began_at_its_beginning),
		cmocka_unit_test(the_wait_for_sound_after_a_loss_belongs_to_it),
		cmocka_unit_test(undecodable_frames_are_a_failure_of_the_decoder),
		cmocka_unit_test(a_checkpoint_carries_everything_over_a_restart),
		cmocka_unit_test(a_second_voice_adds_to_the_first),
		cmocka_unit_test(more_than_all_of_it_is_all_of_it),
		cmocka_unit_test(an_untrusted_clock_knows_no_bound),
	};

	return cmocka_run_group_tests_name("node/tracker", tests, NULL, NULL);
}
