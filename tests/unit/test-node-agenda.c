/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "node/agenda.h"

#define BASE_US (G_GINT64_CONSTANT(1795000000) * G_USEC_PER_SEC)
#define AT(s) (BASE_US + (gint64)(s)*G_USEC_PER_SEC)

/* One row: an airing in whole seconds after BASE_US. */
typedef struct {
	const char *id;
	LoaClass class;
	guint order;
	int start_s;
	int length_s;
	LoaResume resume;
	int stop_s; /* 0: none */
	gboolean has_exception;
} Row;

typedef struct {
	const char *id;
	int from_s;
	int to_s;
	int media_s;
} Want;

static LoaPlan *
plan_of(const Row *rows, guint n_rows, int valid_until_s)
{
	LoaPlan *plan = loa_plan_new("phuong", "to-1");

	plan->serial = 1;
	plan->issued_us = BASE_US;
	plan->valid_until_us = AT(valid_until_s);
	for (guint i = 0; i < n_rows; i++) {
		LoaAiring *airing = loa_airing_new();

		airing->id = g_strdup(rows[i].id);
		airing->broadcast = g_strdup("b");
		airing->title = g_strdup("t");
		airing->class = rows[i].class;
		airing->order = rows[i].order;
		airing->start_us = AT(rows[i].start_s);
		airing->n_samples = (gint64)rows[i].length_s * LOA_SAMPLE_RATE;
		airing->resume = rows[i].resume;
		airing->stop_us = rows[i].stop_s != 0 ? AT(rows[i].stop_s) : 0;
		airing->exception = rows[i].has_exception ? g_strdup("Chủ tịch") : NULL;
		g_ptr_array_add(plan->airings, airing);
	}
	loa_plan_sort(plan);
	return plan;
}

static GArray *
always_open(void)
{
	GArray *open = g_array_new(FALSE, FALSE, sizeof(LoaInterval));
	LoaInterval always = { BASE_US - G_USEC_PER_SEC, AT(1000000) };

	g_array_append_val(open, always);
	return open;
}

static void
add_open(GArray *open, int from_s, int to_s)
{
	LoaInterval interval = { AT(from_s), AT(to_s) };

	g_array_append_val(open, interval);
}

static void
assert_segments(const LoaAgenda *agenda, const Want *want, guint n_want)
{
	assert_int_equal(loa_agenda_n_segments(agenda), n_want);
	for (guint i = 0; i < n_want; i++) {
		const LoaSegment *segment = loa_agenda_segment(agenda, i);

		assert_string_equal(segment->airing->id, want[i].id);
		assert_int_equal(segment->from_us, AT(want[i].from_s));
		assert_int_equal(segment->to_us, AT(want[i].to_s));
		assert_int_equal(segment->media_sample, (gint64)want[i].media_s * LOA_SAMPLE_RATE);
	}
}

static void
an_outranked_airing_waits_and_goes_on_where_it_was(void **state)
{
	(void)state;
	static const Row rows[] = {
		{ "a", LOA_CLASS_NORMAL, 1, 0, 60, LOA_RESUME_PAUSE, 0, FALSE },
		{ "b", LOA_CLASS_PRIORITY, 1, 20, 10, LOA_RESUME_PAUSE, 0, FALSE },
	};
	static const Want want[] = { { "a", 0, 20, 0 }, { "b", 20, 30, 0 }, { "a", 30, 70, 20 } };
	g_autoptr(LoaPlan) plan = plan_of(rows, 2, 1000);
	g_autoptr(GArray) open = always_open();
	g_autoptr(LoaAgenda) agenda = loa_agenda_new(plan, open);
	LoaFate fate;

	assert_segments(agenda, want, 3);
	assert_true(loa_agenda_fate(agenda, "a", &fate));
	assert_int_equal(fate.end_us, AT(70));
	assert_int_equal(fate.shift_us, 10 * G_USEC_PER_SEC);
	assert_int_equal(fate.heard_us, 60 * G_USEC_PER_SEC);
	assert_int_equal(fate.n_pauses, 1);
	assert_string_equal(fate.gave_way_to->id, "b");
	assert_null(fate.took_over);
	assert_true(loa_agenda_fate(agenda, "b", &fate));
	assert_string_equal(fate.took_over->id, "a");
	assert_null(fate.gave_way_to);
	assert_false(loa_agenda_fate(agenda, "c", &fate));
}

static void
an_outranked_airing_that_rejoins_is_taken_up_where_the_clock_is(void **state)
{
	(void)state;
	static const Row rows[] = {
		{ "a", LOA_CLASS_NORMAL, 1, 0, 60, LOA_RESUME_REJOIN, 0, FALSE },
		{ "b", LOA_CLASS_EMERGENCY, 1, 20, 10, LOA_RESUME_PAUSE, 0, FALSE },
		{ "c", LOA_CLASS_EMERGENCY, 1, 50, 20, LOA_RESUME_PAUSE, 0, FALSE },
	};
	static const Want want[] = {
		{ "a", 0, 20, 0 }, { "b", 20, 30, 0 }, { "a", 30, 50, 30 }, { "c", 50, 70, 0 }
	};
	g_autoptr(LoaPlan) plan = plan_of(rows, 3, 1000);
	g_autoptr(GArray) open = always_open();
	g_autoptr(LoaAgenda) agenda = loa_agenda_new(plan, open);
	LoaFate fate;

	assert_segments(agenda, want, 4);
	assert_true(loa_agenda_fate(agenda, "a", &fate));
	assert_int_equal(fate.end_us, AT(60));
	assert_int_equal(fate.shift_us, 0);
	assert_int_equal(fate.outranked_us, 20 * G_USEC_PER_SEC);
	assert_int_equal(fate.n_pauses, 2);
	assert_true(fate.ends_outranked);
	assert_string_equal(fate.gave_way_to->id, "c");
}

static void
equals_go_by_order_then_start_then_id(void **state)
{
	(void)state;
	static const Row rows[] = {
		{ "d", LOA_CLASS_NORMAL, 2, 0, 10, LOA_RESUME_PAUSE, 0, FALSE },
		{ "c", LOA_CLASS_NORMAL, 2, 1, 10, LOA_RESUME_PAUSE, 0, FALSE },
		{ "b", LOA_CLASS_NORMAL, 2, 1, 10, LOA_RESUME_PAUSE, 0, FALSE },
		{ "a", LOA_CLASS_NORMAL, 1, 2, 10, LOA_RESUME_PAUSE, 0, FALSE },
	};
	static const Want want[] = { { "d", 0, 2, 0 },
				     { "a", 2, 12, 0 },
				     { "d", 12, 20, 2 },
				     { "b", 20, 30, 0 },
				     { "c", 30, 40, 0 } };
	g_autoptr(LoaPlan) plan = plan_of(rows, 4, 1000);
	g_autoptr(GArray) open = always_open();
	g_autoptr(LoaAgenda) agenda = loa_agenda_new(plan, open);

	assert_segments(agenda, want, 5);
}

static void
a_stop_cuts_short_and_gives_the_output_back(void **state)
{
	(void)state;
	static const Row rows[] = {
		{ "a", LOA_CLASS_NORMAL, 1, 0, 60, LOA_RESUME_PAUSE, 0, FALSE },
		{ "b", LOA_CLASS_PRIORITY, 1, 20, 30, LOA_RESUME_PAUSE, 25, FALSE },
		/* stopped while it waited, and before it began */
		{ "c", LOA_CLASS_NORMAL, 2, 10, 30, LOA_RESUME_PAUSE, 40, FALSE },
		{ "d", LOA_CLASS_EMERGENCY, 2, 30, 30, LOA_RESUME_PAUSE, 30, FALSE },
	};
	static const Want want[] = { { "a", 0, 20, 0 }, { "b", 20, 25, 0 }, { "a", 25, 65, 20 } };
	g_autoptr(LoaPlan) plan = plan_of(rows, 4, 1000);
	g_autoptr(GArray) open = always_open();
	g_autoptr(LoaAgenda) agenda = loa_agenda_new(plan, open);
	LoaFate fate;

	assert_segments(agenda, want, 3);
	assert_true(loa_agenda_fate(agenda, "b", &fate));
	assert_true(fate.is_cut);
	assert_int_equal(fate.end_us, AT(25));
	assert_true(loa_agenda_fate(agenda, "c", &fate));
	assert_true(fate.is_cut);
	assert_true(fate.ends_outranked);
	assert_int_equal(fate.end_us, AT(40));
	assert_int_equal(fate.first_us, G_MAXINT64);
	assert_true(loa_agenda_fate(agenda, "a", &fate));
	assert_false(fate.is_cut);
	assert_false(fate.ends_outranked);
	assert_true(loa_agenda_fate(agenda, "d", &fate));
	assert_int_equal(fate.end_us, AT(30));
}

static void
closed_hours_silence_but_neither_shift_nor_pause_others(void **state)
{
	(void)state;
	static const Row rows[] = {
		{ "high", LOA_CLASS_PRIORITY, 1, 0, 40, LOA_RESUME_PAUSE, 0, FALSE },
		{ "free", LOA_CLASS_NORMAL, 1, 5, 10, LOA_RESUME_PAUSE, 0, TRUE },
		{ "all-night", LOA_CLASS_NORMAL, 1, 52, 6, LOA_RESUME_PAUSE, 0, FALSE },
		{ "late", LOA_CLASS_NORMAL, 1, 55, 30, LOA_RESUME_PAUSE, 0, FALSE },
	};
	static const Want want[] = { { "free", 5, 15, 0 },
				     { "high", 20, 40, 20 },
				     { "late", 60, 85, 5 } };
	g_autoptr(LoaPlan) plan = plan_of(rows, 4, 1000);
	g_autoptr(GArray) open = g_array_new(FALSE, FALSE, sizeof(LoaInterval));
	LoaFate fate;

	add_open(open, 20, 50);
	add_open(open, 60, 90);
	g_autoptr(LoaAgenda) agenda = loa_agenda_new(plan, open);

	assert_segments(agenda, want, 3);
	assert_true(loa_agenda_fate(agenda, "high", &fate));
	assert_int_equal(fate.closed_us, 20 * G_USEC_PER_SEC);
	assert_int_equal(fate.outranked_us, 0);
	assert_int_equal(fate.n_pauses, 0);
	assert_int_equal(fate.end_us, AT(40));
	assert_true(loa_agenda_fate(agenda, "all-night", &fate));
	assert_int_equal(fate.closed_us, 6 * G_USEC_PER_SEC);
	assert_int_equal(fate.end_us, AT(58));
	assert_int_equal(fate.first_us, G_MAXINT64);
}

static void
nothing_sounds_by_a_plan_that_is_no_longer_valid(void **state)
{
	(void)state;
	static const Row rows[] = {
		{ "a", LOA_CLASS_EMERGENCY, 1, 0, 60, LOA_RESUME_PAUSE, 0, FALSE },
		{ "b", LOA_CLASS_EMERGENCY, 1, 45, 60, LOA_RESUME_PAUSE, 0, FALSE },
	};
	static const Want want[] = { { "a", 0, 40, 0 } };
	g_autoptr(LoaPlan) plan = plan_of(rows, 2, 40);
	g_autoptr(GArray) open = always_open();
	g_autoptr(LoaAgenda) agenda = loa_agenda_new(plan, open);
	LoaFate fate;

	assert_segments(agenda, want, 1);
	assert_true(loa_agenda_fate(agenda, "a", &fate));
	assert_true(fate.is_cut);
}

static void
the_segment_of_a_moment_and_the_next_change_are_found(void **state)
{
	(void)state;
	static const Row rows[] = {
		{ "a", LOA_CLASS_NORMAL, 1, 10, 10, LOA_RESUME_PAUSE, 0, FALSE },
		{ "b", LOA_CLASS_NORMAL, 1, 20, 10, LOA_RESUME_PAUSE, 0, FALSE },
		{ "c", LOA_CLASS_NORMAL, 1, 40, 10, LOA_RESUME_PAUSE, 0, FALSE },
	};
	g_autoptr(LoaPlan) plan = plan_of(rows, 3, 1000);
	g_autoptr(GArray) open = always_open();
	g_autoptr(LoaAgenda) agenda = loa_agenda_new(plan, open);

	assert_null(loa_agenda_at(agenda, AT(10) - 1));
	assert_int_equal(loa_agenda_next_change_us(agenda, AT(10) - 1), AT(10));
	assert_string_equal(loa_agenda_at(agenda, AT(10))->airing->id, "a");
	assert_string_equal(loa_agenda_at(agenda, AT(20) - 1)->airing->id, "a");
	assert_string_equal(loa_agenda_at(agenda, AT(20))->airing->id, "b");
	assert_int_equal(loa_agenda_next_change_us(agenda, AT(20)), AT(30));
	assert_null(loa_agenda_at(agenda, AT(30)));
	assert_int_equal(loa_agenda_next_change_us(agenda, AT(30)), AT(40));
	assert_null(loa_agenda_at(agenda, AT(50)));
	assert_int_equal(loa_agenda_next_change_us(agenda, AT(50)), G_MAXINT64);
	assert_int_equal(loa_agenda_index(agenda, AT(50)), 3);
	assert_int_equal(loa_segment_media_at(loa_agenda_at(agenda, AT(12)), AT(12)),
			 2 * LOA_SAMPLE_RATE);
}

/* --- against a naive reference that goes through time second by second --- */

#define N_RANDOM 9
#define N_SECONDS 120

static gboolean
outranks(const LoaAiring *a, const LoaAiring *b)
{
	if (a->class != b->class)
		return a->class > b->class;
	if (a->order != b->order)
		return a->order < b->order;
	if (a->start_us != b->start_us)
		return a->start_us < b->start_us;
	return strcmp(a->id, b->id) < 0;
}

static gboolean
is_open_at(const GArray *open, gint64 at_us)
{
	for (guint i = 0; i < open->len; i++) {
		const LoaInterval *interval = &g_array_index(open, LoaInterval, i);

		if (interval->from_us <= at_us && at_us < interval->to_us)
			return TRUE;
	}
	return FALSE;
}

static void
compare_with_reference(const LoaPlan *plan, const GArray *open, const LoaAgenda *agenda)
{
	int left_s[N_RANDOM];
	int waited_s[N_RANDOM] = { 0 };

	for (guint i = 0; i < plan->airings->len; i++) {
		const LoaAiring *airing = g_ptr_array_index(plan->airings, i);

		left_s[i] = (int)(airing->n_samples / LOA_SAMPLE_RATE);
	}
	for (int s = 0; s < N_SECONDS * 3; s++) {
		int best = -1;
		gboolean is_allowed[N_RANDOM] = { FALSE };
		gboolean is_present[N_RANDOM] = { FALSE };

		for (guint i = 0; i < plan->airings->len; i++) {
			const LoaAiring *airing = g_ptr_array_index(plan->airings, i);

			is_present[i] = AT(s) >= airing->start_us && AT(s) < plan->valid_until_us &&
					(airing->stop_us == 0 || AT(s) < airing->stop_us) &&
					left_s[i] > 0;
			is_allowed[i] = is_present[i] &&
					(airing->class == LOA_CLASS_EMERGENCY ||
					 airing->exception != NULL || is_open_at(open, AT(s)));
			if (is_allowed[i] &&
			    (best < 0 || outranks(airing, g_ptr_array_index(plan->airings, best))))
				best = (int)i;
		}
		const LoaSegment *segment = loa_agenda_at(agenda, AT(s));

		if (best < 0) {
			assert_null(segment);
		} else {
			const LoaAiring *airing = g_ptr_array_index(plan->airings, best);
			gint64 gone_s = airing->n_samples / LOA_SAMPLE_RATE - left_s[best];

			assert_non_null(segment);
			assert_string_equal(segment->airing->id, airing->id);
			assert_int_equal(loa_segment_media_at(segment, AT(s)),
					 gone_s * LOA_SAMPLE_RATE);
		}
		for (guint i = 0; i < plan->airings->len; i++) {
			const LoaAiring *airing = g_ptr_array_index(plan->airings, i);
			gboolean waits = is_allowed[i] && (int)i != best;

			waited_s[i] += waits;
			if (is_present[i] && (!waits || airing->resume == LOA_RESUME_REJOIN))
				left_s[i]--;
		}
	}
	for (guint i = 0; i < plan->airings->len; i++) {
		const LoaAiring *airing = g_ptr_array_index(plan->airings, i);
		LoaFate fate;

		assert_true(loa_agenda_fate(agenda, airing->id, &fate));
		assert_int_equal(fate.outranked_us, waited_s[i] * G_USEC_PER_SEC);
	}
}

static void
any_plan_gives_every_moment_to_the_highest_that_is_present(void **state)
{
	(void)state;
	g_autoptr(GRand) rand = g_rand_new_with_seed(20261121);

	for (int round = 0; round < 2000; round++) {
		Row rows[N_RANDOM];
		char ids[N_RANDOM][8];

		for (int i = 0; i < N_RANDOM; i++) {
			int start_s = g_rand_int_range(rand, 0, N_SECONDS);

			g_snprintf(ids[i], sizeof ids[i], "a%d", i);
			rows[i] = (Row){
				.id = ids[i],
				.class = (LoaClass)g_rand_int_range(rand, 0, 3),
				.order = (guint)g_rand_int_range(rand, 0, 3),
				.start_s = start_s,
				.length_s = g_rand_int_range(rand, 1, 30),
				.resume = (LoaResume)g_rand_int_range(rand, 0, 2),
				.stop_s = g_rand_int_range(rand, 0, 4) == 0
						  ? start_s + 1 + g_rand_int_range(rand, 0, 30)
						  : 0,
				.has_exception = g_rand_int_range(rand, 0, 5) == 0,
			};
		}
		g_autoptr(LoaPlan) plan =
			plan_of(rows, N_RANDOM, g_rand_int_range(rand, 60, N_SECONDS * 3));
		g_autoptr(GArray) open = g_array_new(FALSE, FALSE, sizeof(LoaInterval));

		for (int at_s = 0; at_s < N_SECONDS * 3;) {
			int from_s = at_s + g_rand_int_range(rand, 0, 30);

			at_s = from_s + g_rand_int_range(rand, 1, 60);
			add_open(open, from_s, at_s);
			at_s++;
		}
		g_autoptr(LoaAgenda) agenda = loa_agenda_new(plan, open);

		compare_with_reference(plan, open, agenda);
		for (guint i = 1; i < loa_agenda_n_segments(agenda); i++)
			assert_true(loa_agenda_segment(agenda, i - 1)->to_us <=
				    loa_agenda_segment(agenda, i)->from_us);
	}
}

static void
odd_lengths_lose_at_most_one_sample_over_a_pause(void **state)
{
	(void)state;
	static const Row rows[] = {
		{ "a", LOA_CLASS_NORMAL, 1, 0, 10, LOA_RESUME_PAUSE, 0, FALSE },
		{ "b", LOA_CLASS_PRIORITY, 1, 3, 10, LOA_RESUME_PAUSE, 0, FALSE },
	};
	g_autoptr(LoaPlan) plan = plan_of(rows, 2, 1000);
	g_autoptr(GArray) open = always_open();

	((LoaAiring *)g_ptr_array_index(plan->airings, 0))->n_samples = 333337;
	((LoaAiring *)g_ptr_array_index(plan->airings, 1))->n_samples = 11113;
	((LoaAiring *)g_ptr_array_index(plan->airings, 1))->start_us += 333333;
	g_autoptr(LoaAgenda) agenda = loa_agenda_new(plan, open);
	const LoaSegment *last = loa_agenda_segment(agenda, 2);

	assert_int_equal(loa_agenda_n_segments(agenda), 3);
	assert_in_range(last->media_sample, 3333333 * 6 / 125 - 1, 3333333 * 6 / 125 + 1);
	/* 20 us: nobody hears it, and no more is ever lost */
	gint64 end_media = loa_segment_media_at(last, last->to_us);

	assert_in_range(end_media, 333336, 333338);
}

/* A pair of overlapping airings costs as much at the end of a full plan as at its start. */
static void
a_full_plan_is_cheap_even_where_everything_overlaps(void **state)
{
	(void)state;
	g_autoptr(LoaPlan) plan = loa_plan_new("phuong", "to-1");
	g_autoptr(GArray) open = always_open();

	plan->valid_until_us = AT(900000);
	for (int i = 0; i < LOA_PLAN_MAX_AIRINGS; i++) {
		LoaAiring *airing = loa_airing_new();

		airing->id = g_strdup_printf("a%04d", i);
		airing->start_us = AT(i);
		airing->order = (guint)(LOA_PLAN_MAX_AIRINGS - i);
		airing->n_samples = 100 * LOA_SAMPLE_RATE;
		g_ptr_array_add(plan->airings, airing);
	}
	gint64 before_us = g_get_monotonic_time();
	g_autoptr(LoaAgenda) agenda = loa_agenda_new(plan, open);

	/* each takes over from the one before, and all come back: 2 n - 1 segments */
	assert_int_equal(loa_agenda_n_segments(agenda), 2 * LOA_PLAN_MAX_AIRINGS - 1);
	/* some milliseconds; generous, for sanitizers and a busy machine */
	assert_true(g_get_monotonic_time() - before_us < 500000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_outranked_airing_waits_and_goes_on_where_it_was),
		cmocka_unit_test(an_outranked_airing_that_rejoins_is_taken_up_where_the_clock_is),
		cmocka_unit_test(equals_go_by_order_then_start_then_id),
		cmocka_unit_test(a_stop_cuts_short_and_gives_the_output_back),
		cmocka_unit_test(closed_hours_silence_but_neither_shift_nor_pause_others),
		cmocka_unit_test(nothing_sounds_by_a_plan_that_is_no_longer_valid),
		cmocka_unit_test(the_segment_of_a_moment_and_the_next_change_are_found),
		cmocka_unit_test(any_plan_gives_every_moment_to_the_highest_that_is_present),
		cmocka_unit_test(odd_lengths_lose_at_most_one_sample_over_a_pause),
		cmocka_unit_test(a_full_plan_is_cheap_even_where_everything_overlaps),
	};

	return cmocka_run_group_tests_name("node/agenda", tests, NULL, NULL);
}
