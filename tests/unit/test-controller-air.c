/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "audio/opus-writer.h"
#include "common/main-thread.h"
#include "controller/air.h"
#include "tests/unit/controller-sample.h"
#include "wire/packet.h"
#include "wire/topic.h"

#define SECONDS 3
#define START_US (NOON_US + 10 * SECOND_US)

typedef struct {
	Folder *folder;
	LoaClock *clock;
	LoaSigningKey *key;
	LoaAir *air;
	GPtrArray *plans; /* one */
	GPtrArray *sent;  /* GBytes */
	guint n_faults;
	gboolean is_needed;
	gint64 needed_from_us;
} Ward;

static gboolean
on_bytes(const guint8 *data, gsize size, gpointer user_data, GError **error)
{
	(void)error;
	g_byte_array_append(user_data, data, (guint)size);
	return TRUE;
}

static LoaAiring *
airing(const Ward *w)
{
	const LoaPlan *plan = g_ptr_array_index(w->plans, 0);

	return g_ptr_array_index(plan->airings, 0);
}

/* Where the recording of the airing lies. */
static char *
recording_path(const Ward *w)
{
	g_autofree char *name = g_strconcat(airing(w)->sha256, ".opus", NULL);

	return g_build_filename(w->folder->folder, name, NULL);
}

/* A tone of SECONDS, which becomes what the airing names. */
static void
write_tone(const Ward *w)
{
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	LoaOpusWriterConfig config = {
		.bitrate = 24000, .true_peak_dbtp = -1.5, .sink = on_bytes, .user_data = bytes
	};
	g_autoptr(LoaOpusWriter) writer = loa_opus_writer_new(&config);
	g_autofree char *path = NULL;
	g_autofree float *samples = g_new(float, SECONDS * 48000);

	for (int i = 0; i < SECONDS * 48000; i++)
		samples[i] = 0.3f * sinf((float)i * 0.05f);
	assert_true(loa_opus_writer_push(writer, samples, SECONDS * 48000, NULL));
	assert_true(loa_opus_writer_finish(writer, NULL));
	g_free(airing(w)->sha256);
	airing(w)->sha256 = g_compute_checksum_for_data(G_CHECKSUM_SHA256, bytes->data, bytes->len);
	path = recording_path(w);
	assert_true(g_file_set_contents(path, (char *)bytes->data, bytes->len, NULL));
}

static void
on_send(const char *topic, GBytes *packet, gpointer user_data)
{
	Ward *w = user_data;

	assert_string_equal(topic, "loa/phuong-mau/air/a");
	g_ptr_array_add(w->sent, g_bytes_ref(packet));
}

static void
on_fault(const char *id, const char *message, gpointer user_data)
{
	Ward *w = user_data;

	assert_string_equal(id, "a");
	assert_non_null(strstr(message, airing(w)->sha256));
	w->n_faults++;
}

static gboolean
on_need(const char *airing, gint64 from_us, gint64 to_us, gpointer user_data)
{
	assert_true(from_us <= to_us);
	assert_string_equal(airing, "a");
	return ((Ward *)user_data)->is_needed && to_us >= ((Ward *)user_data)->needed_from_us;
}

static void
open_air(Ward *w)
{
	w->air = loa_air_new("phuong-mau", w->folder->folder, w->clock, w->key);
	loa_air_on_send(w->air, on_send, w);
	loa_air_on_fault(w->air, on_fault, w);
}

static int
setup(void **state)
{
	Ward *w = g_new0(Ward, 1);
	LoaPlan *plan = sample_plan("to-1", 1);

	if (folder_setup((void **)&w->folder) != 0)
		return 1;
	loa_main_thread_claim();
	w->clock = loa_clock_new_test(0, NOON_US);
	w->key = loa_signing_key_new();
	w->plans = g_ptr_array_new_with_free_func((GDestroyNotify)loa_plan_free);
	w->sent = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	g_ptr_array_add(plan->airings, sample_airing("a", START_US, SECONDS));
	g_ptr_array_add(w->plans, plan);
	write_tone(w);
	open_air(w);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	Ward *w = *state;

	loa_air_free(w->air);
	loa_clock_free(w->clock);
	loa_signing_key_free(w->key);
	g_ptr_array_unref(w->plans);
	g_ptr_array_unref(w->sent);
	folder_teardown((void **)&w->folder);
	g_free(w);
	return 0;
}

/* Turns the clock to @to_us, running whenever the air asked for it. */
static void
turn(Ward *w, gint64 to_us)
{
	gint64 next_us = loa_air_run(w->air);

	while (next_us <= to_us) {
		gint64 now_us = MAX(next_us, loa_clock_now_us(w->clock));

		loa_clock_test_set(w->clock, now_us - NOON_US, now_us);
		next_us = loa_air_run(w->air);
	}
	loa_clock_test_set(w->clock, to_us - NOON_US, to_us);
	loa_air_run(w->air);
}

static void
decode(const Ward *w, guint i, LoaPacket *packet)
{
	g_autoptr(LoaKeyRing) ring = loa_key_ring_new();
	g_autofree char *public_hex = loa_signing_key_public_hex(w->key);
	g_autoptr(GError) error = NULL;
	gsize size;
	const guint8 *data = g_bytes_get_data(g_ptr_array_index(w->sent, i), &size);

	assert_true(loa_key_ring_add(ring, public_hex));
	if (!loa_packet_decode(data, size, "loa/phuong-mau/air/a", ring, packet, &error))
		fail_msg("%s", error->message);
}

static void
every_frame_goes_out_before_its_time_and_then_the_end(void **state)
{
	Ward *w = *state;
	gboolean seen[SECONDS * 50 + 1] = { FALSE };
	guint n_end = 0, n_seen = 0;
	LoaPacket packet;

	loa_air_set_plans(w->air, w->plans);
	turn(w, START_US - SECOND_US - 1);
	assert_int_equal(w->sent->len, 0);
	turn(w, START_US - SECOND_US);
	assert_int_equal(w->sent->len, 1);
	turn(w, START_US + SECONDS * SECOND_US);
	for (guint i = 0; i < w->sent->len; i++) {
		decode(w, i, &packet);
		n_end += packet.is_end;
		for (guint j = 0; j < packet.n_frames; j++)
			seen[packet.first_frame + j] = TRUE;
	}
	for (gsize i = 0; i < G_N_ELEMENTS(seen); i++)
		n_seen += seen[i];
	/* the pre-skip takes a part of one frame more than what is heard */
	assert_int_equal(n_seen, SECONDS * 50 + 1);
	assert_int_equal(n_end, 3);
	turn(w, START_US + 10 * SECOND_US);
	assert_int_equal(loa_air_n_channels(w->air), 0);
}

static void
after_kill_9_the_same_packets_go_on_at_the_same_place(void **state)
{
	Ward *w = *state;
	g_autoptr(GHashTable) first = g_hash_table_new_full(NULL, NULL, NULL, NULL);
	guint n_same = 0, n_first;
	LoaPacket packet;

	loa_air_set_plans(w->air, w->plans);
	turn(w, START_US + SECONDS * SECOND_US);
	for (guint i = 0; i < w->sent->len; i++) {
		decode(w, i, &packet);
		g_hash_table_insert(first, GUINT_TO_POINTER(packet.sequence),
				    g_ptr_array_index(w->sent, i));
	}
	n_first = w->sent->len;

	/* again, but begun in the middle */
	loa_air_free(w->air);
	loa_clock_test_set(w->clock, 0, START_US + SECOND_US);
	open_air(w);
	loa_air_set_plans(w->air, w->plans);
	turn(w, START_US + SECONDS * SECOND_US);
	assert_true(w->sent->len > n_first);
	for (guint i = n_first; i < w->sent->len; i++) {
		decode(w, i, &packet);
		assert_true(packet.first_frame >= 40);
		n_same += g_bytes_equal(
			g_ptr_array_index(w->sent, i),
			g_hash_table_lookup(first, GUINT_TO_POINTER(packet.sequence)));
	}
	assert_int_equal(n_same, w->sent->len - n_first);
}

static void
what_nobody_needs_is_not_sent_and_begins_at_the_present_place(void **state)
{
	Ward *w = *state;
	LoaPacket packet;

	loa_air_on_need(w->air, on_need, w);
	loa_air_set_plans(w->air, w->plans);
	turn(w, START_US + SECOND_US / 2);
	assert_int_equal(w->sent->len, 0);
	assert_int_equal(loa_air_n_channels(w->air), 0);
	assert_int_equal(loa_air_run(w->air), loa_clock_now_us(w->clock) + SECOND_US);

	/* one lost its file; nobody said so here, but it is asked for each second */
	w->is_needed = TRUE;
	turn(w, START_US + 3 * SECOND_US / 2);
	assert_true(w->sent->len > 0);
	decode(w, 0, &packet);
	assert_in_range(packet.first_frame, 20, 80);

	/* and has it again: no end is said, since it is none */
	w->is_needed = FALSE;
	loa_air_run(w->air);
	assert_int_equal(loa_air_n_channels(w->air), 0);
	guint n = w->sent->len;

	turn(w, START_US + SECONDS * SECOND_US);
	w->is_needed = TRUE;
	turn(w, START_US + 10 * SECOND_US);
	assert_int_equal(w->sent->len, n);
	for (guint i = 0; i < n; i++) {
		decode(w, i, &packet);
		assert_false(packet.is_end);
	}
}

static void
a_stop_ends_the_channel_at_once(void **state)
{
	Ward *w = *state;
	guint n;

	loa_air_set_plans(w->air, w->plans);
	turn(w, START_US + SECOND_US);
	assert_int_equal(loa_air_n_channels(w->air), 1);
	n = w->sent->len;
	airing(w)->stop_us = START_US + SECOND_US;
	loa_air_set_plans(w->air, w->plans);
	assert_int_equal(loa_air_n_channels(w->air), 0);
	turn(w, START_US + 10 * SECOND_US);
	assert_int_equal(w->sent->len, n);
}

static void
an_airing_that_leaves_the_plan_leaves_the_air(void **state)
{
	Ward *w = *state;
	guint n;

	loa_air_set_plans(w->air, w->plans);
	turn(w, START_US + SECOND_US);
	n = w->sent->len;
	g_ptr_array_set_size(((LoaPlan *)g_ptr_array_index(w->plans, 0))->airings, 0);
	loa_air_set_plans(w->air, w->plans);
	turn(w, START_US + 10 * SECOND_US);
	assert_int_equal(w->sent->len, n);
	assert_int_equal(loa_air_run(w->air), G_MAXINT64);
}

static void
a_new_plan_with_the_same_airing_disturbs_nothing(void **state)
{
	Ward *w = *state;
	guint n;

	loa_air_set_plans(w->air, w->plans);
	turn(w, START_US);
	n = w->sent->len;
	loa_air_set_plans(w->air, w->plans);
	assert_int_equal(w->sent->len, n);
}

static void
two_groups_share_one_channel(void **state)
{
	Ward *w = *state;
	LoaPlan *second = sample_plan("to-2", 1);
	guint n;

	loa_air_set_plans(w->air, w->plans);
	turn(w, START_US + SECONDS * SECOND_US);
	n = w->sent->len;
	loa_air_free(w->air);
	loa_clock_test_set(w->clock, 0, NOON_US);
	open_air(w);
	g_ptr_array_add(second->airings, loa_airing_copy(airing(w)));
	g_ptr_array_add(w->plans, second);
	loa_air_set_plans(w->air, w->plans);
	turn(w, START_US + SECONDS * SECOND_US);
	assert_int_equal(w->sent->len, 2 * n);
}

/* Another group, where the same airing begins so much later. */
static void
add_group(Ward *w, const char *group, gint64 offset_us)
{
	LoaPlan *plan = sample_plan(group, 1);
	LoaAiring *later = loa_airing_copy(airing(w));

	later->start_us += offset_us;
	g_ptr_array_add(plan->airings, later);
	g_ptr_array_add(w->plans, plan);
}

/* How often the packet @sequence went out, from the one with number @from on. */
static guint
count_of(const Ward *w, guint32 sequence, guint from)
{
	LoaPacket packet;
	guint n = 0;

	for (guint i = from; i < w->sent->len; i++) {
		decode(w, i, &packet);
		n += !packet.is_end && packet.sequence == sequence;
	}
	return n;
}

static void
a_group_that_begins_later_is_sent_all_of_it_at_its_own_time(void **state)
{
	Ward *w = *state;
	guint n;

	add_group(w, "to-2", 60 * SECOND_US);
	loa_air_set_plans(w->air, w->plans);
	turn(w, START_US + 10 * SECOND_US);
	n = w->sent->len;
	assert_int_equal(loa_air_n_channels(w->air), 0);
	assert_int_equal(count_of(w, 14, 0), 1);

	turn(w, START_US + 59 * SECOND_US - 1);
	assert_int_equal(w->sent->len, n);
	turn(w, START_US + 59 * SECOND_US);
	assert_int_equal(w->sent->len, n + 1);
	assert_true(g_bytes_equal(g_ptr_array_index(w->sent, n), g_ptr_array_index(w->sent, 0)));
	turn(w, START_US + 70 * SECOND_US);
	assert_int_equal(w->sent->len, 2 * n);
	assert_int_equal(count_of(w, 14, n), 1);
	assert_int_equal(loa_air_run(w->air), G_MAXINT64);
}

static void
groups_that_begin_within_two_seconds_share_the_pace_of_the_first(void **state)
{
	Ward *w = *state;
	guint n;

	loa_air_set_plans(w->air, w->plans);
	turn(w, START_US + 10 * SECOND_US);
	n = w->sent->len;
	loa_air_free(w->air);
	g_ptr_array_set_size(w->sent, 0);
	loa_clock_test_set(w->clock, 0, NOON_US);
	open_air(w);
	add_group(w, "to-2", LOA_AIR_SHARED_US);
	add_group(w, "to-3", LOA_AIR_SHARED_US + 1);
	loa_air_set_plans(w->air, w->plans);
	turn(w, START_US + 20 * SECOND_US);
	assert_int_equal(w->sent->len, 2 * n);
}

static void
only_the_start_that_somebody_needs_is_sent(void **state)
{
	Ward *w = *state;

	w->needed_from_us = START_US + 1;
	w->is_needed = TRUE;
	loa_air_on_need(w->air, on_need, w);
	add_group(w, "to-2", 10 * SECOND_US);
	loa_air_set_plans(w->air, w->plans);
	turn(w, START_US + 8 * SECOND_US);
	assert_int_equal(w->sent->len, 0);
	turn(w, START_US + 20 * SECOND_US);
	assert_int_equal(count_of(w, 14, 0), 1);

	/* one that shares the pace of the first asks for that */
	loa_air_free(w->air);
	g_ptr_array_set_size(w->sent, 0);
	loa_clock_test_set(w->clock, 0, NOON_US);
	open_air(w);
	loa_air_on_need(w->air, on_need, w);
	add_group(w, "to-3", SECOND_US);
	loa_air_set_plans(w->air, w->plans);
	turn(w, START_US + SECOND_US);
	assert_true(w->sent->len > 0);
}

static void
a_stop_leaves_nothing_for_those_who_would_begin_later(void **state)
{
	Ward *w = *state;
	guint n;

	add_group(w, "to-2", 10 * SECOND_US);
	loa_air_set_plans(w->air, w->plans);
	turn(w, START_US + SECOND_US);
	n = w->sent->len;
	airing(w)->stop_us = START_US + SECOND_US;
	/* as the planner does: in to-2 it never begins */
	g_ptr_array_set_size(((LoaPlan *)g_ptr_array_index(w->plans, 1))->airings, 0);
	loa_air_set_plans(w->air, w->plans);
	turn(w, START_US + 20 * SECOND_US);
	assert_int_equal(w->sent->len, n);
}

static void
after_a_broker_restart_what_can_still_be_played_goes_out_again(void **state)
{
	Ward *w = *state;
	LoaPacket packet;
	guint n;

	loa_air_set_plans(w->air, w->plans);
	turn(w, START_US + SECOND_US);
	n = w->sent->len;
	loa_air_reopen(w->air);
	assert_true(w->sent->len > n);
	decode(w, n, &packet);
	/* nothing of the second that is over */
	assert_true(packet.first_frame + packet.n_frames > 50);
}

static void
a_recording_that_is_missing_is_told_once(void **state)
{
	Ward *w = *state;
	g_autofree char *path = recording_path(w);

	g_unlink(path);
	loa_air_set_plans(w->air, w->plans);
	turn(w, START_US + SECONDS * SECOND_US);
	assert_int_equal(w->sent->len, 0);
	assert_int_equal(w->n_faults, 1);
}

static void
other_words_under_the_name_of_a_recording_are_not_aired(void **state)
{
	Ward *w = *state;
	g_autofree char *promised = g_strdup(airing(w)->sha256);
	g_autofree char *path = NULL;

	/* whole, well formed, of the same length: and not what the plan was signed for */
	write_tone(w);
	path = recording_path(w);
	promised[0] = promised[0] == '0' ? '1' : '0';
	g_free(airing(w)->sha256);
	airing(w)->sha256 = g_steal_pointer(&promised);

	g_autofree char *taken = recording_path(w);

	assert_int_equal(g_rename(path, taken), 0);
	loa_air_set_plans(w->air, w->plans);
	turn(w, START_US + SECONDS * SECOND_US);
	assert_int_equal(w->sent->len, 0);
	assert_int_equal(w->n_faults, 1);
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		test(every_frame_goes_out_before_its_time_and_then_the_end),
		test(after_kill_9_the_same_packets_go_on_at_the_same_place),
		test(what_nobody_needs_is_not_sent_and_begins_at_the_present_place),
		test(a_stop_ends_the_channel_at_once),
		test(an_airing_that_leaves_the_plan_leaves_the_air),
		test(a_new_plan_with_the_same_airing_disturbs_nothing),
		test(two_groups_share_one_channel),
		test(a_group_that_begins_later_is_sent_all_of_it_at_its_own_time),
		test(groups_that_begin_within_two_seconds_share_the_pace_of_the_first),
		test(only_the_start_that_somebody_needs_is_sent),
		test(a_stop_leaves_nothing_for_those_who_would_begin_later),
		test(after_a_broker_restart_what_can_still_be_played_goes_out_again),
		test(a_recording_that_is_missing_is_told_once),
		test(other_words_under_the_name_of_a_recording_are_not_aired),
	};

	return cmocka_run_group_tests_name("controller/air", tests, NULL, NULL);
}
