/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/main-thread.h"
#include "node/cue-sheet.h"

#define BASE_US (G_GINT64_CONSTANT(1795000000) * G_USEC_PER_SEC)
#define AT(s) (BASE_US + (gint64)((s)*1000) * 1000)

typedef struct {
	LoaPlan *plan;
	LoaAgenda *agenda;
	LoaFrameBudget budget;
	GHashTable *feeds; /* id -> LoaFeed */
	LoaCueSheet *sheet;
	LoaCue cues[LOA_PLAYER_MAX_CUES];
	guint n_cues;
	guint n_sets;
	const char *barred;
} Fixture;

static void
set_cues(const LoaCue *cues, guint n_cues, gpointer user_data)
{
	Fixture *f = user_data;

	f->n_sets++;
	f->n_cues = n_cues;
	for (guint i = 0; i < n_cues; i++) {
		f->cues[i] = cues[i];
		assert_true(i == 0 || cues[i - 1].end_us <= cues[i].start_us);
		for (guint j = 0; j < i; j++)
			assert_ptr_not_equal(cues[i].voice, cues[j].voice);
	}
}

static LoaFeed *
feed_of(const LoaSegment *segment, gpointer user_data)
{
	Fixture *f = user_data;
	LoaFeed *feed = g_hash_table_lookup(f->feeds, segment->airing->id);

	if (f->barred != NULL && strcmp(segment->airing->id, f->barred) == 0)
		return NULL;
	if (feed == NULL) {
		feed = loa_feed_new(segment->airing, &f->budget);
		g_hash_table_insert(f->feeds, g_strdup(segment->airing->id), feed);
	}
	return feed;
}

static int
setup(void **state)
{
	Fixture *f = g_new0(Fixture, 1);

	f->plan = loa_plan_new("phuong", "to-1");
	f->plan->valid_until_us = AT(1000);
	f->budget.max_bytes = 1 << 20;
	f->feeds = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					 (GDestroyNotify)loa_feed_free);
	f->sheet = loa_cue_sheet_new(set_cues, feed_of, f);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	Fixture *f = *state;

	loa_cue_sheet_free(f->sheet);
	g_hash_table_unref(f->feeds);
	g_clear_pointer(&f->agenda, loa_agenda_free);
	loa_plan_free(f->plan);
	g_free(f);
	return 0;
}

static LoaAiring *
add_airing(Fixture *f, const char *id, double start_s, double length_s, LoaClass class)
{
	LoaAiring *airing = loa_airing_new();

	airing->id = g_strdup(id);
	airing->broadcast = g_strdup("b");
	airing->title = g_strdup("t");
	airing->class = class;
	airing->start_us = AT(start_s);
	airing->n_samples = (gint64)(length_s * LOA_SAMPLE_RATE);
	g_ptr_array_add(f->plan->airings, airing);
	return airing;
}

static void
plan_again(Fixture *f)
{
	g_autoptr(GArray) open = g_array_new(FALSE, FALSE, sizeof(LoaInterval));
	LoaInterval always = { AT(-1000), AT(1000) };

	g_array_append_val(open, always);
	g_clear_pointer(&f->agenda, loa_agenda_free);
	loa_plan_sort(f->plan);
	f->agenda = loa_agenda_new(f->plan, open);
}

static void
update(Fixture *f, double s)
{
	loa_cue_sheet_update(f->sheet, f->agenda, AT(s));
}

static void
assert_cue(const Fixture *f, guint i, const char *id, double start_s, double end_s, double media_s)
{
	const LoaFeed *feed = g_hash_table_lookup(f->feeds, id);

	assert_true(i < f->n_cues);
	assert_non_null(feed);
	assert_ptr_equal(f->cues[i].voice, loa_feed_voice((LoaFeed *)feed));
	assert_int_equal(f->cues[i].start_us, AT(start_s));
	assert_int_equal(f->cues[i].end_us, AT(end_s));
	assert_int_equal(f->cues[i].media_sample, (gint64)(media_s * LOA_SAMPLE_RATE));
}

static gint64
window_first(const Fixture *f, const char *id)
{
	return loa_voice_window_first(loa_feed_voice(g_hash_table_lookup(f->feeds, id)));
}

static void
what_comes_soon_is_cued_once_and_kept_until_it_is_quite_over(void **state)
{
	Fixture *f = *state;

	add_airing(f, "a", 20, 10, LOA_CLASS_NORMAL);
	add_airing(f, "b", 30, 10, LOA_CLASS_NORMAL);
	plan_again(f);
	update(f, 9.9);
	assert_int_equal(f->n_sets, 0);
	update(f, 10);
	assert_int_equal(f->n_cues, 1);
	assert_cue(f, 0, "a", 20, 30, 0);
	update(f, 15);
	assert_int_equal(f->n_sets, 1);
	update(f, 25);
	assert_int_equal(f->n_cues, 2);
	assert_cue(f, 1, "b", 30, 40, 0);
	update(f, 30.9);
	assert_int_equal(f->n_cues, 2);
	update(f, 31.1);
	assert_int_equal(f->n_cues, 1);
	assert_cue(f, 0, "b", 30, 40, 0);
	update(f, 41.1);
	assert_int_equal(f->n_cues, 0);
}

static void
joining_in_the_middle_moves_the_voice_to_the_place(void **state)
{
	Fixture *f = *state;

	add_airing(f, "a", 0, 60, LOA_CLASS_NORMAL);
	plan_again(f);
	update(f, 30);
	assert_cue(f, 0, "a", 0, 60, 0);
	assert_in_range(window_first(f, "a"), 1490, 1500);
}

static void
a_voice_that_pauses_is_cued_again_only_when_its_first_part_is_over(void **state)
{
	Fixture *f = *state;

	add_airing(f, "a", 0, 20, LOA_CLASS_NORMAL);
	add_airing(f, "b", 5, 3, LOA_CLASS_PRIORITY);
	plan_again(f);
	update(f, 0);
	assert_int_equal(f->n_cues, 2);
	assert_cue(f, 0, "a", 0, 5, 0);
	assert_cue(f, 1, "b", 5, 8, 0);
	/* the device may still be at its first cue, however late it is trimmed */
	update(f, 5.29);
	assert_int_equal(f->n_cues, 2);
	assert_cue(f, 0, "a", 0, 5, 0);
	update(f, 5.31);
	assert_int_equal(f->n_cues, 2);
	assert_cue(f, 0, "b", 5, 8, 0);
	assert_cue(f, 1, "a", 8, 23, 5);
	assert_in_range(window_first(f, "a"), 240, 250);
}

static void
a_voice_that_must_move_leaves_the_list_first(void **state)
{
	Fixture *f = *state;
	LoaAiring *b = NULL;

	add_airing(f, "a", 0, 20, LOA_CLASS_NORMAL);
	b = add_airing(f, "b", 5, 3, LOA_CLASS_PRIORITY);
	plan_again(f);
	update(f, 6);
	assert_cue(f, 1, "a", 8, 23, 5);
	guint before = f->n_sets;

	/* somebody stops b at once: a goes on earlier */
	b->stop_us = AT(6);
	plan_again(f);
	update(f, 6);
	assert_int_equal(f->n_sets, before + 2);
	assert_cue(f, f->n_cues - 1, "a", 6, 21, 5);
}

static void
a_very_short_pause_does_not_wait_for_the_device(void **state)
{
	Fixture *f = *state;

	add_airing(f, "a", 0, 20, LOA_CLASS_NORMAL);
	add_airing(f, "b", 5, 0.2, LOA_CLASS_PRIORITY);
	plan_again(f);
	update(f, 0);
	update(f, 5.05);
	assert_cue(f, 0, "a", 0, 5, 0);
	update(f, 5.15);
	assert_int_equal(f->n_cues, 2);
	assert_cue(f, 1, "a", 5.2, 20.2, 5);
}

static void
a_cue_that_only_ends_elsewhere_does_not_move(void **state)
{
	Fixture *f = *state;

	add_airing(f, "a", 0, 20, LOA_CLASS_NORMAL);
	plan_again(f);
	update(f, 2);
	guint before = f->n_sets;
	gint64 first = window_first(f, "a");

	add_airing(f, "b", 4, 3, LOA_CLASS_EMERGENCY);
	plan_again(f);
	update(f, 3);
	assert_int_equal(f->n_sets, before + 1);
	assert_cue(f, 0, "a", 0, 4, 0);
	assert_cue(f, 1, "b", 4, 7, 0);
	assert_int_equal(window_first(f, "a"), first);
}

static void
what_may_not_sound_is_left_out_at_once(void **state)
{
	Fixture *f = *state;

	add_airing(f, "a", 0, 20, LOA_CLASS_NORMAL);
	plan_again(f);
	update(f, 2);
	assert_int_equal(f->n_cues, 1);
	f->barred = "a";
	update(f, 3);
	assert_int_equal(f->n_cues, 0);
	f->barred = NULL;
	update(f, 4);
	assert_int_equal(f->n_cues, 1);
	loa_cue_sheet_update(f->sheet, NULL, AT(5));
	assert_int_equal(f->n_cues, 0);
}

static void
a_dropped_feed_is_out_of_the_list(void **state)
{
	Fixture *f = *state;

	add_airing(f, "a", 0, 5, LOA_CLASS_NORMAL);
	add_airing(f, "b", 5, 5, LOA_CLASS_NORMAL);
	plan_again(f);
	update(f, 1);
	assert_int_equal(f->n_cues, 2);
	LoaFeed *feed = g_hash_table_lookup(f->feeds, "a");

	assert_true(loa_cue_sheet_has(f->sheet, feed));
	loa_cue_sheet_drop(f->sheet, feed);
	assert_false(loa_cue_sheet_has(f->sheet, feed));
	assert_int_equal(f->n_cues, 1);
	assert_cue(f, 0, "b", 5, 10, 0);
}

static void
more_segments_than_the_player_takes_come_in_portions(void **state)
{
	Fixture *f = *state;

	for (int i = 0; i < 30; i++) {
		g_autofree char *id = g_strdup_printf("a%02d", i);

		add_airing(f, id, i * 0.5, 0.5, LOA_CLASS_NORMAL);
	}
	plan_again(f);
	update(f, 0);
	assert_int_equal(f->n_cues, LOA_PLAYER_MAX_CUES);
	update(f, 5.25);
	/* a second behind, the present, and what comes */
	assert_int_equal(f->n_cues, LOA_PLAYER_MAX_CUES);
	assert_true(f->cues[LOA_PLAYER_MAX_CUES - 1].start_us >= AT(7));
}

static void
a_new_volume_is_told_without_moving_a_voice(void **state)
{
	Fixture *f = *state;
	gint64 first;

	add_airing(f, "a", 0, 30, LOA_CLASS_NORMAL);
	add_airing(f, "b", 20, 5, LOA_CLASS_EMERGENCY);
	plan_again(f);
	update(f, 1);
	assert_true(f->cues[0].volume_db == 0);
	first = window_first(f, "a");
	loa_cue_sheet_set_volume(f->sheet, -30, -12);
	update(f, 15);
	assert_int_equal(f->n_cues, 2);
	assert_cue(f, 0, "a", 0, 20, 0);
	assert_cue(f, 1, "b", 20, 25, 0);
	assert_true(f->cues[0].volume_db == -30);
	assert_true(f->cues[1].volume_db == -12);
	f->n_sets = 0;
	loa_cue_sheet_set_volume(f->sheet, -29, -12);
	update(f, 15);
	assert_int_equal(f->n_sets, 1);
	update(f, 15);
	assert_int_equal(f->n_sets, 1);
	assert_int_equal(window_first(f, "a"), first);
}

static int
claim(void **state)
{
	(void)state;
	loa_main_thread_claim();
	return 0;
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(what_comes_soon_is_cued_once_and_kept_until_it_is_quite_over),
		TEST(joining_in_the_middle_moves_the_voice_to_the_place),
		TEST(a_voice_that_pauses_is_cued_again_only_when_its_first_part_is_over),
		TEST(a_voice_that_must_move_leaves_the_list_first),
		TEST(a_very_short_pause_does_not_wait_for_the_device),
		TEST(a_cue_that_only_ends_elsewhere_does_not_move),
		TEST(what_may_not_sound_is_left_out_at_once),
		TEST(a_dropped_feed_is_out_of_the_list),
		TEST(a_new_volume_is_told_without_moving_a_voice),
		TEST(more_segments_than_the_player_takes_come_in_portions),
	};

	return cmocka_run_group_tests_name("node/cue-sheet", tests, claim, NULL);
}
