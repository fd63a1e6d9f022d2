/* SPDX-License-Identifier: Apache-2.0 */
/* From the channel to the stored file in mid-airing: the same samples, to the last bit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "audio/opus-writer.h"
#include "audio/voice-stream.h"
#include "common/main-thread.h"
#include "node/feed.h"

#define SECONDS 4
#define N_FRAMES (SECONDS * 50)
#define PACKET 10
#define AHEAD 50 /* frames: a playout delay of a second */

static gboolean
on_bytes(const guint8 *data, gsize size, gpointer user_data, GError **error)
{
	(void)error;
	g_byte_array_append(user_data, data, (guint)size);
	return TRUE;
}

/* Noise that never repeats, so that no wrong frame can pass for the right one. */
static GBytes *
make_recording(void)
{
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	LoaOpusWriterConfig config = {
		.bitrate = 24000, .true_peak_dbtp = -1.5, .sink = on_bytes, .user_data = bytes
	};
	g_autoptr(LoaOpusWriter) writer = loa_opus_writer_new(&config);
	g_autoptr(GRand) random = g_rand_new_with_seed(7);
	g_autofree float *samples = g_new(float, SECONDS * 48000);

	for (int i = 0; i < SECONDS * 48000; i++)
		samples[i] = (float)g_rand_double_range(random, -0.3, 0.3);
	assert_true(loa_opus_writer_push(writer, samples, SECONDS * 48000, NULL));
	assert_true(loa_opus_writer_finish(writer, NULL));
	return g_byte_array_free_to_bytes(g_steal_pointer(&bytes));
}

static LoaOpusFile *
open_recording(GBytes *bytes)
{
	g_autoptr(GError) error = NULL;
	LoaOpusFile *file = loa_opus_file_parse(bytes, "test", &error);

	if (file == NULL)
		fail_msg("%s", error->message);
	return file;
}

static void
send_packet(LoaFeed *feed, const LoaOpusFile *file, gint64 first)
{
	LoaPacket packet = { .first_frame = first };

	while (packet.n_frames < PACKET &&
	       loa_opus_file_frame(file, first + packet.n_frames,
				   &packet.frames[packet.n_frames].data,
				   &packet.frames[packet.n_frames].size))
		packet.n_frames++;
	if (packet.n_frames > 0)
		loa_feed_packet(feed, &packet);
}

/* (transfer full) (element-type float): what is heard when the file comes at frame @change; the
 * channel ends then, and lost @hole, one packet, before it. */
static GArray *
play(GBytes *bytes, gint64 change, gint64 hole)
{
	g_autoptr(LoaOpusFile) sent = open_recording(bytes);
	g_autoptr(LoaAiring) airing = loa_airing_new();
	LoaFrameBudget budget = { 1 << 24, 0 };
	GArray *heard = g_array_new(FALSE, FALSE, sizeof(float));

	airing->n_samples = loa_opus_file_n_samples(sent);
	airing->pre_skip = loa_opus_file_pre_skip(sent);
	g_autoptr(LoaFeed) feed = loa_feed_new(airing, &budget);
	LoaVoice *voice = loa_feed_voice(feed);

	loa_feed_seek(feed, 0);
	assert_true(loa_voice_claim_stream(voice));
	loa_voice_begin_stream(voice, 0);
	for (gint64 frame = 0, next = 0; (gint64)heard->len < airing->n_samples; frame++) {
		LoaVoiceChunk chunk;

		for (; frame < change && next < frame + AHEAD; next += PACKET)
			if (next != hole)
				send_packet(feed, sent, next);
		if (frame == change)
			loa_feed_take_file(feed, open_recording(bytes));
		loa_feed_pump(feed);
		loa_voice_next_stream(voice, &chunk);
		assert_int_equal(chunk.kind, LOA_FRAME_DECODED);
		assert_int_equal(chunk.media, heard->len);
		g_array_append_vals(heard, chunk.samples, chunk.n);
	}
	loa_voice_release_stream(voice);
	return heard;
}

static void
assert_same(GArray *a, GArray *b)
{
	assert_int_equal(a->len, b->len);
	assert_memory_equal(a->data, b->data, a->len * sizeof(float));
}

static void
file_and_channel_sound_the_same_to_the_last_bit(void **state)
{
	(void)state;
	g_autoptr(GBytes) bytes = make_recording();
	g_autoptr(GArray) file = play(bytes, 0, -1);
	g_autoptr(GArray) channel = play(bytes, G_MAXINT64, -1);

	assert_int_equal(file->len, SECONDS * 48000);
	assert_same(file, channel);
}

static void
the_file_takes_over_at_any_frame_without_a_seam(void **state)
{
	(void)state;
	static const gint64 changes[] = { 1, 9, 10, 11, 73, N_FRAMES - 1 };
	g_autoptr(GBytes) bytes = make_recording();
	g_autoptr(GArray) whole = play(bytes, 0, -1);

	for (gsize i = 0; i < G_N_ELEMENTS(changes); i++) {
		g_autoptr(GArray) changed = play(bytes, changes[i], -1);

		assert_same(whole, changed);
	}
}

static void
the_file_fills_what_the_channel_lost_before_it_is_due(void **state)
{
	(void)state;
	g_autoptr(GBytes) bytes = make_recording();
	g_autoptr(GArray) whole = play(bytes, 0, -1);
	g_autoptr(GArray) mended = play(bytes, 73, 90);

	assert_same(whole, mended);
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
		cmocka_unit_test(file_and_channel_sound_the_same_to_the_last_bit),
		cmocka_unit_test(the_file_takes_over_at_any_frame_without_a_seam),
		cmocka_unit_test(the_file_fills_what_the_channel_lost_before_it_is_due),
	};

	return cmocka_run_group_tests_name("node/change-over", tests, claim, NULL);
}
