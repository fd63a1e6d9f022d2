/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "audio/voice-stream.h"
#include "common/main-thread.h"
#include "node/feed.h"

#define BIG ((gsize)1 << 24)

/* n frames from @first on; frame i is two bytes that say so. */
static guint
make_frames(LoaFrame *frames, guint8 bytes[][2], gint64 first, guint n)
{
	for (guint i = 0; i < n; i++) {
		bytes[i][0] = (guint8)((first + i) >> 8);
		bytes[i][1] = (guint8)(first + i);
		frames[i] = (LoaFrame){ bytes[i], 2 };
	}
	return n;
}

static LoaStoreResult
add(LoaFrameStore *store, gint64 first, guint n)
{
	LoaFrame frames[LOA_PACKET_MAX_FRAMES];
	guint8 bytes[LOA_PACKET_MAX_FRAMES][2];

	make_frames(frames, bytes, first, n);
	return loa_frame_store_add(store, first, frames, n);
}

static gboolean
has(const LoaFrameStore *store, gint64 frame)
{
	const guint8 *data = NULL;
	gsize size = 0;

	if (!loa_frame_store_get(store, frame, &data, &size))
		return FALSE;
	assert_int_equal(size, 2);
	assert_int_equal(data[0] << 8 | data[1], frame & 0xffff);
	return TRUE;
}

static void
a_store_gives_back_every_frame_in_any_order(void **state)
{
	(void)state;
	LoaFrameBudget budget = { BIG, 0 };
	g_autoptr(LoaFrameStore) store = loa_frame_store_new(&budget);

	assert_int_equal(loa_frame_store_end(store), 0);
	assert_int_equal(add(store, 20, 10), LOA_STORE_TAKEN);
	assert_int_equal(add(store, 0, 10), LOA_STORE_TAKEN);
	assert_int_equal(add(store, 40, 3), LOA_STORE_TAKEN);
	assert_int_equal(add(store, 20, 10), LOA_STORE_DUPLICATE);
	assert_int_equal(add(store, 20, 4), LOA_STORE_DUPLICATE);
	/* the sender changed its packets: both kinds lie here */
	assert_int_equal(add(store, 25, 3), LOA_STORE_TAKEN);
	for (gint64 i = 0; i < 50; i++)
		assert_int_equal(has(store, i),
				 i < 10 || (i >= 20 && i < 30) || (i >= 40 && i < 43));
	assert_int_equal(loa_frame_store_end(store), 43);
}

static void
a_store_stays_within_the_budget_it_shares(void **state)
{
	(void)state;
	LoaFrameBudget budget = { 10000, 0 };
	g_autoptr(LoaFrameStore) a = loa_frame_store_new(&budget);
	LoaFrameStore *b = loa_frame_store_new(&budget);
	gint64 n = 0;

	while (add(n % 2 ? a : b, n * 10, 10) == LOA_STORE_TAKEN)
		n++;
	assert_in_range(n, 80, 140);
	assert_true(budget.used_bytes <= budget.max_bytes);
	assert_int_equal(add(a, 5000, 10), LOA_STORE_FULL);
	loa_frame_store_free(b);
	assert_int_equal(add(a, 5000, 10), LOA_STORE_TAKEN);
	loa_frame_store_trim(a, 1000000);
	assert_int_equal(budget.used_bytes, 0);
	assert_false(has(a, 5000));
}

static void
trimming_keeps_what_is_asked_for_later(void **state)
{
	(void)state;
	LoaFrameBudget budget = { BIG, 0 };
	g_autoptr(LoaFrameStore) store = loa_frame_store_new(&budget);

	for (int i = 0; i < 100; i++)
		assert_int_equal(add(store, i * 10, 10), LOA_STORE_TAKEN);
	loa_frame_store_trim(store, 505);
	assert_false(has(store, 499));
	for (gint64 i = 500; i < 1000; i++)
		assert_true(has(store, i));
}

/* --- the feed --- */

static LoaAiring *
make_airing(void)
{
	LoaAiring *airing = loa_airing_new();

	airing->id = g_strdup("a");
	airing->broadcast = g_strdup("b");
	airing->title = g_strdup("t");
	airing->n_samples = 100000 * LOA_FRAME_SAMPLES;
	return airing;
}

static void
send_packet(LoaFeed *feed, gint64 first, guint n, gboolean is_end)
{
	guint8 bytes[LOA_PACKET_MAX_FRAMES][2];
	LoaPacket packet = { .first_frame = first, .n_frames = n, .is_end = is_end };

	make_frames(packet.frames, bytes, first, n);
	loa_feed_packet(feed, &packet);
}

/* What the voice has, asked by putting it once more. */
static LoaPut
ask(LoaFeed *feed, gint64 frame)
{
	return loa_voice_put(loa_feed_voice(feed), frame, (const guint8 *)"x", 1);
}

static void
frames_from_before_the_seek_reach_the_voice_after_it(void **state)
{
	(void)state;
	LoaFrameBudget budget = { BIG, 0 };
	g_autoptr(LoaAiring) airing = make_airing();
	g_autoptr(LoaFeed) feed = loa_feed_new(airing, &budget);

	for (gint64 i = 0; i < 200; i++)
		send_packet(feed, i * 10, 10, FALSE);
	loa_feed_seek(feed, 1000 * LOA_FRAME_SAMPLES);
	gint64 first = loa_voice_window_first(loa_feed_voice(feed));

	assert_in_range(first, 990, 1000);
	assert_int_equal(ask(feed, first - 1), LOA_PUT_LATE);
	for (gint64 i = first; i < first + LOA_VOICE_WINDOW; i++)
		assert_int_equal(ask(feed, i), LOA_PUT_DUPLICATE);
	assert_int_equal(ask(feed, first + LOA_VOICE_WINDOW), LOA_PUT_EARLY);
	assert_int_equal(loa_feed_n_late(feed), 0);
}

static void
a_hole_is_filled_when_its_packet_comes_after_all(void **state)
{
	(void)state;
	LoaFrameBudget budget = { BIG, 0 };
	g_autoptr(LoaAiring) airing = make_airing();
	g_autoptr(LoaFeed) feed = loa_feed_new(airing, &budget);

	loa_feed_seek(feed, 0);
	send_packet(feed, 0, 10, FALSE);
	send_packet(feed, 20, 10, FALSE);
	send_packet(feed, 10, 10, FALSE);
	for (gint64 i = 0; i < 30; i++)
		assert_int_equal(ask(feed, i), LOA_PUT_DUPLICATE);
	assert_int_equal(ask(feed, 30), LOA_PUT_TAKEN);
}

static void
a_full_budget_still_lets_through_what_is_due(void **state)
{
	(void)state;
	LoaFrameBudget budget = { 0, 0 };
	g_autoptr(LoaAiring) airing = make_airing();
	g_autoptr(LoaFeed) feed = loa_feed_new(airing, &budget);

	loa_feed_seek(feed, 0);
	send_packet(feed, 0, 10, FALSE);
	for (gint64 i = 0; i < 10; i++)
		assert_int_equal(ask(feed, i), LOA_PUT_DUPLICATE);
	assert_int_equal(loa_feed_n_unkept(feed), 1);
}

static void
late_packets_are_counted_but_not_those_before_the_join(void **state)
{
	(void)state;
	LoaFrameBudget budget = { BIG, 0 };
	g_autoptr(LoaAiring) airing = make_airing();
	g_autoptr(LoaFeed) feed = loa_feed_new(airing, &budget);

	loa_feed_seek(feed, 1000 * LOA_FRAME_SAMPLES);
	send_packet(feed, 1000, 10, FALSE);
	send_packet(feed, 500, 10, FALSE);
	send_packet(feed, 500, 10, FALSE);
	assert_int_equal(loa_feed_n_late(feed), 0);
}

static void
the_end_tells_the_length_of_live_sound(void **state)
{
	(void)state;
	LoaFrameBudget budget = { BIG, 0 };
	g_autoptr(LoaAiring) airing = make_airing();

	airing->is_live = TRUE;
	airing->pre_skip = 312;
	g_autoptr(LoaFeed) feed = loa_feed_new(airing, &budget);

	assert_int_equal(loa_feed_told_samples(feed), -1);
	send_packet(feed, 0, 10, FALSE);
	assert_int_equal(loa_feed_told_samples(feed), -1);
	send_packet(feed, 10, 5, TRUE);
	assert_int_equal(loa_feed_told_samples(feed), 15 * LOA_FRAME_SAMPLES - 312);
	send_packet(feed, 15, 0, TRUE);
	assert_int_equal(loa_feed_told_samples(feed), 15 * LOA_FRAME_SAMPLES - 312);
}

static void
a_waiting_airing_keeps_only_what_it_will_want(void **state)
{
	(void)state;
	LoaFrameBudget budget = { BIG, 0 };
	g_autoptr(LoaAiring) airing = make_airing();
	g_autoptr(LoaFeed) feed = loa_feed_new(airing, &budget);

	for (gint64 i = 0; i < 200; i++)
		send_packet(feed, i * 10, 10, FALSE);
	gsize all = budget.used_bytes;

	loa_feed_wait(feed, 1000 * LOA_FRAME_SAMPLES);
	assert_in_range(budget.used_bytes, all / 2, all * 6 / 10);
	loa_feed_seek(feed, 1000 * LOA_FRAME_SAMPLES);
	assert_int_equal(ask(feed, 1000), LOA_PUT_DUPLICATE);
	assert_int_equal(ask(feed, 999), LOA_PUT_DUPLICATE); /* the decoder's run-up */
}

static void
what_was_played_lately_is_kept_for_going_back_to_it(void **state)
{
	(void)state;
	LoaFrameBudget budget = { BIG, 0 };
	g_autoptr(LoaAiring) airing = make_airing();
	g_autoptr(LoaFeed) feed = loa_feed_new(airing, &budget);

	for (gint64 i = 0; i < 200; i++)
		send_packet(feed, i * 10, 10, FALSE);
	loa_feed_seek(feed, 1000 * LOA_FRAME_SAMPLES);
	loa_feed_pump(feed);
	/* paused: it goes on a little before what the audio thread had taken already */
	loa_feed_seek(feed, 920 * LOA_FRAME_SAMPLES);
	assert_int_equal(ask(feed, 920), LOA_PUT_DUPLICATE);
	/* but not for ever */
	assert_true(budget.used_bytes < 120 * (10 * 4 + 64));
}

static void
media_places_count_without_the_pre_skip(void **state)
{
	(void)state;
	LoaFrameBudget budget = { BIG, 0 };
	g_autoptr(LoaAiring) airing = make_airing();

	airing->pre_skip = 10 * LOA_FRAME_SAMPLES;
	g_autoptr(LoaFeed) feed = loa_feed_new(airing, &budget);

	loa_feed_seek(feed, 500 * LOA_FRAME_SAMPLES);
	loa_voice_put(loa_feed_voice(feed), 510, (const guint8 *)"x", 1);
	/* frame 509 is a run-up, 505 lies before the place: it comes late for nobody */
	send_packet(feed, 490, 10, FALSE);
	assert_int_equal(loa_feed_n_late(feed), 0);
	for (gint64 i = 50; i < 200; i++)
		send_packet(feed, i * 10, 10, FALSE);
	loa_feed_wait(feed, 1500 * LOA_FRAME_SAMPLES);
	loa_feed_seek(feed, 1500 * LOA_FRAME_SAMPLES);
	assert_in_range(loa_voice_window_first(loa_feed_voice(feed)), 1500, 1510);
	assert_int_equal(ask(feed, 1510), LOA_PUT_DUPLICATE);
}

/* As the audio thread does: @n frames are heard. */
static void
hear(LoaFeed *feed, guint n)
{
	LoaVoiceChunk *chunk = g_new0(LoaVoiceChunk, 1);

	for (guint i = 0; i < n; i++) {
		loa_voice_next_stream(loa_feed_voice(feed), chunk);
		loa_feed_pump(feed);
	}
	g_free(chunk);
}

static void
what_was_taken_already_is_not_late_when_the_channel_says_it_again(void **state)
{
	(void)state;
	LoaFrameBudget budget = { BIG, 0 };
	g_autoptr(LoaAiring) airing = make_airing();
	g_autoptr(LoaFeed) feed = loa_feed_new(airing, &budget);
	gsize used;

	loa_feed_seek(feed, 0);
	assert_true(loa_voice_claim_stream(loa_feed_voice(feed)));
	loa_voice_begin_stream(loa_feed_voice(feed), 0);
	for (gint64 i = 0; i < 100; i++)
		if (i != 60)
			send_packet(feed, i * 10, 10, FALSE);
	hear(feed, 900);
	used = budget.used_bytes;
	/* for a group that begins ten seconds later */
	for (gint64 i = 20; i < 60; i++)
		send_packet(feed, i * 10, 10, FALSE);
	assert_int_equal(loa_feed_n_late(feed), 0);
	assert_int_equal(budget.used_bytes, used);
	/* the one that never came: twice too late is once too late */
	send_packet(feed, 600, 10, FALSE);
	send_packet(feed, 600, 10, FALSE);
	assert_int_equal(loa_feed_n_late(feed), 1);
	loa_voice_release_stream(loa_feed_voice(feed));
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
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_store_gives_back_every_frame_in_any_order),
		cmocka_unit_test(a_store_stays_within_the_budget_it_shares),
		cmocka_unit_test(trimming_keeps_what_is_asked_for_later),
		cmocka_unit_test(frames_from_before_the_seek_reach_the_voice_after_it),
		cmocka_unit_test(a_hole_is_filled_when_its_packet_comes_after_all),
		cmocka_unit_test(a_full_budget_still_lets_through_what_is_due),
		cmocka_unit_test(late_packets_are_counted_but_not_those_before_the_join),
		cmocka_unit_test(the_end_tells_the_length_of_live_sound),
		cmocka_unit_test(a_waiting_airing_keeps_only_what_it_will_want),
		cmocka_unit_test(what_was_played_lately_is_kept_for_going_back_to_it),
		cmocka_unit_test(what_was_taken_already_is_not_late_when_the_channel_says_it_again),
		cmocka_unit_test(media_places_count_without_the_pre_skip),
	};

	return cmocka_run_group_tests_name("node/feed", tests, claim, NULL);
}
