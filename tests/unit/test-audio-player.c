/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The whole player on the file device, in real time: what goes in comes out, once, unbroken.
 * How exactly on time is for tests/bench/bench-playout.c to say: a busy machine must not fail this.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <glib/gstdio.h>
#include <gst/gst.h>
#include <math.h>
#include <opus/opus.h>
#include <signal.h>
#include <sys/resource.h>

#include "audio/player.h"
#include "common/main-thread.h"

#define FRAME 960
#define N_FRAMES 20
#define N_SAMPLES (N_FRAMES * FRAME - PRE_SKIP)
#define PRE_SKIP 312
#define WATCHDOG_US (8 * G_USEC_PER_SEC)

typedef struct {
	char *folder, *path, *output;
	LoaClock *clock;
	LoaPlayer *player;
	LoaVoice *voice;
} Fixture;

static int
set_up(void **state)
{
	Fixture *f = g_new0(Fixture, 1);
	g_autoptr(GError) error = NULL;

	f->folder = g_dir_make_tmp("loa-player-XXXXXX", NULL);
	f->path = g_build_filename(f->folder, "output.wav", NULL);
	f->output = g_strdup_printf("file:%s,rate-error-ppm=80", f->path);
	f->clock = loa_clock_new_system(TRUE);
	f->voice = loa_voice_new(PRE_SKIP, N_SAMPLES);

	LoaPlayerConfig config = loa_player_config_default();

	/* Roomy: other tests share the machine. */
	config.output = f->output;
	config.buffer_ms = 200;
	config.idle_close_ms = 100;
	f->player = loa_player_new(&config, f->clock, &error);
	*state = f;
	return f->player != NULL ? 0 : -1;
}

static int
tear_down(void **state)
{
	Fixture *f = *state;
	g_autofree char *due = g_strconcat(f->path, ".due", NULL);

	g_clear_pointer(&f->player, loa_player_free);
	loa_voice_unref(f->voice);
	loa_clock_free(f->clock);
	g_unlink(f->path);
	g_unlink(due);
	g_rmdir(f->folder);
	g_free(f->folder);
	g_free(f->path);
	g_free(f->output);
	g_free(f);
	return 0;
}

/* A tone that loudspeakers can play, in Opus frames. */
static void
put_tone(LoaVoice *voice)
{
	int code = 0;
	OpusEncoder *encoder = opus_encoder_create(48000, 1, OPUS_APPLICATION_AUDIO, &code);
	float pcm[FRAME];
	guint8 packet[1275];

	opus_encoder_ctl(encoder, OPUS_SET_BITRATE(64000));
	for (int frame = 0; frame < N_FRAMES; frame++) {
		for (int i = 0; i < FRAME; i++)
			pcm[i] = (float)(0.5 * sin(2 * G_PI * 440 * (frame * FRAME + i) / 48000));

		opus_int32 size = opus_encode_float(encoder, pcm, FRAME, packet, sizeof packet);

		assert_true(size > 0);
		assert_int_equal(loa_voice_put(voice, frame, packet, (gsize)size), LOA_PUT_TAKEN);
	}
	opus_encoder_destroy(encoder);
}

static gboolean
keep_turning(gpointer data)
{
	(void)data;
	return G_SOURCE_CONTINUE;
}

/* Runs the main loop until the player's output is in @wanted. */
static void
run_until_state(Fixture *f, LoaOutputState wanted)
{
	gint64 end_us = g_get_monotonic_time() + WATCHDOG_US;
	guint timer = g_timeout_add(20, keep_turning, NULL);

	while (loa_player_status(f->player).state != wanted && g_get_monotonic_time() < end_us)
		g_main_context_iteration(NULL, TRUE);
	g_source_remove(timer);
	assert_int_equal(loa_player_status(f->player).state, wanted);
}

static gint16 *
read_samples(const char *path, gsize *n)
{
	g_autofree char *bytes = NULL;
	gsize size = 0;

	assert_true(g_file_get_contents(path, &bytes, &size, NULL));
	assert_true(size > 44);
	*n = (size - 44) / 2;
	return g_memdup2(bytes + 44, size - 44);
}

static void
a_cue_is_heard_whole_once_and_credited(void **state)
{
	Fixture *f = *state;
	gint64 start_us = loa_clock_now_us(f->clock) + 400 * 1000;
	LoaCue cue = { f->voice, start_us, start_us + N_SAMPLES * G_GINT64_CONSTANT(1000) / 48, 0,
		       0 };
	gsize n = 0;

	put_tone(f->voice);
	loa_player_set_cues(f->player, &cue, 1);
	assert_int_equal(loa_player_status(f->player).state, LOA_OUTPUT_OPEN);
	run_until_state(f, LOA_OUTPUT_CLOSED);

	LoaVoiceStats stats = loa_voice_stats(f->voice);
	g_autofree gint16 *samples = read_samples(f->path, &n);
	gsize first = 0, last = n - 1;
	guint n_crossings = 0;

	while (first < n && ABS(samples[first]) < 1000)
		first++;
	while (last > first && ABS(samples[last]) < 1000)
		last--;
	for (gsize i = first + 1; i <= last; i++)
		n_crossings += (samples[i - 1] < 0) != (samples[i] < 0);

	assert_int_equal(stats.n_heard, N_SAMPLES);
	assert_int_equal(stats.first_media, 0);
	assert_int_equal(stats.last_media, N_SAMPLES);
	assert_int_equal(stats.n_concealed + stats.n_gaps + stats.n_bad_frames, 0);
	assert_int_equal(loa_player_status(f->player).n_resyncs, 0);
	/* 440 Hz crosses zero 880 times a second; nothing is cut out, nothing comes twice. */
	assert_in_range(last - first, N_SAMPLES - 600, N_SAMPLES + 10);
	assert_in_range(n_crossings, 880 * (last - first) / 48000 - 4,
			880 * (last - first) / 48000 + 4);
	/* 0.5 of full scale: -9 dB. */
	assert_true(fabs(sqrt(stats.sum_square / (double)stats.n_heard) - 0.353) < 0.02);
}

static void
a_sink_that_would_take_everything_at_once_is_paced(void **state)
{
	Fixture *f = *state;
	g_autoptr(GError) error = NULL;
	LoaPlayerConfig config = loa_player_config_default();
	gint64 start_us = loa_clock_now_us(f->clock) + 200 * 1000;
	gint64 end_us = start_us + 200 * 1000;
	LoaCue cue = { f->voice, start_us, end_us, 0, 0 };

	config.output = "audioconvert ! fakesink";
	config.idle_close_ms = 50;
	loa_player_free(f->player);
	f->player = loa_player_new(&config, f->clock, &error);
	assert_null(error);
	put_tone(f->voice);
	loa_player_set_cues(f->player, &cue, 1);
	run_until_state(f, LOA_OUTPUT_CLOSED);

	LoaVoiceStats stats = loa_voice_stats(f->voice);

	/* On a busy machine it may have joined late. */
	assert_in_range(stats.n_heard, 2000, 9602);
	assert_int_equal(stats.n_heard, stats.last_media - stats.first_media);
	assert_in_range(stats.last_media, 9598, 9602);
	assert_true(loa_clock_now_us(f->clock) >= end_us);
}

static void
no_cue_no_sound_no_file(void **state)
{
	Fixture *f = *state;

	loa_player_set_cues(f->player, NULL, 0);
	assert_int_equal(loa_player_status(f->player).state, LOA_OUTPUT_CLOSED);
	assert_false(g_file_test(f->path, G_FILE_TEST_EXISTS));
}

static void
an_output_that_cannot_open_fails_with_a_sentence(void **state)
{
	Fixture *f = *state;
	gint64 now_us = loa_clock_now_us(f->clock);
	LoaCue cue = { f->voice, now_us, now_us + G_USEC_PER_SEC, 0, 0 };

	/* A folder lies where the recording should be. */
	assert_int_equal(g_mkdir(f->path, 0700), 0);
	loa_player_set_cues(f->player, &cue, 1);

	LoaPlayerStatus status = loa_player_status(f->player);

	assert_int_equal(status.state, LOA_OUTPUT_FAILED);
	assert_non_null(strstr(status.error, f->path));
	/* It is not tried again at once, though it would open now. */
	g_rmdir(f->path);
	loa_player_set_cues(f->player, &cue, 1);
	assert_int_equal(loa_player_status(f->player).state, LOA_OUTPUT_FAILED);
	loa_player_set_cues(f->player, NULL, 0);
}

static void
a_device_that_takes_nothing_any_more_is_noticed(void **state)
{
	Fixture *f = *state;
	g_autofree char *output = g_strdup_printf("file:%s,stuck-after-ms=200", f->path);
	g_autoptr(GError) error = NULL;
	LoaPlayerConfig config = loa_player_config_default();
	gint64 now_us = loa_clock_now_us(f->clock);
	LoaCue cue = { f->voice, now_us, now_us + 60 * G_USEC_PER_SEC, 0, 0 };

	config.output = output;
	loa_player_free(f->player);
	f->player = loa_player_new(&config, f->clock, &error);
	assert_null(error);
	loa_player_set_cues(f->player, &cue, 1);
	run_until_state(f, LOA_OUTPUT_FAILED);
	assert_non_null(strstr(loa_player_status(f->player).error, "no more samples"));
}

static void
a_disk_that_fills_up_is_a_failure_with_the_files_name(void **state)
{
	Fixture *f = *state;
	struct rlimit whole = { 0 }, small = { .rlim_cur = 20000 };
	gint64 now_us = loa_clock_now_us(f->clock);
	LoaCue cue = { f->voice, now_us, now_us + 60 * G_USEC_PER_SEC, 0, 0 };

	/* As good as a full disk: no file may grow any more. */
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &whole), 0);
	small.rlim_max = whole.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	loa_player_set_cues(f->player, &cue, 1);
	run_until_state(f, LOA_OUTPUT_FAILED);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &whole), 0);
	assert_non_null(strstr(loa_player_status(f->player).error, f->path));
}

static void
a_wrong_output_is_refused_with_a_hint(void **state)
{
	Fixture *f = *state;
	static const struct {
		const char *output, *hint;
	} cases[] = {
		{ "file:", "file:PATH" },
		{ "file:/x.wav,rate-error-ppm=fast", "rate-error-ppm" },
		{ "file:/x.wav,rate-error-ppm=5000", "rate-error-ppm" },
		{ "file:/x.wav,rate=5", "unknown option" },
		{ "nosuchsink", "nosuchsink" },
		{ "fakesink num-buffers", "file:PATH" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;
		LoaPlayerConfig config = loa_player_config_default();

		config.output = cases[i].output;
		assert_null(loa_player_new(&config, f->clock, &error));
		assert_int_equal(error->domain, LOA_PLAYER_ERROR);
		assert_non_null(strstr(error->message, cases[i].hint));
	}
}

static int
claim(void **state)
{
	(void)state;
	loa_main_thread_claim();
	gst_init(NULL, NULL); /* with all plugins: outputs here are of many kinds */
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_cue_is_heard_whole_once_and_credited),
		TEST(a_sink_that_would_take_everything_at_once_is_paced),
		TEST(no_cue_no_sound_no_file),
		TEST(an_output_that_cannot_open_fails_with_a_sentence),
		TEST(a_device_that_takes_nothing_any_more_is_noticed),
		TEST(a_disk_that_fills_up_is_a_failure_with_the_files_name),
		TEST(a_wrong_output_is_refused_with_a_hint),
	};

	return cmocka_run_group_tests_name("audio/player", tests, claim, NULL);
}
