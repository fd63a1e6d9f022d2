/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How exactly do several devices, each on a crystal of its own, play one airing together?
 *
 *   bench-audio-playout [SECONDS [PPM...]]
 *
 * Plays a train of chirps on one file device for each PPM, then looks at what the devices
 * recorded and when (PATH.due): where each chirp was heard, found to a fraction of a sample by
 * correlation with what the decoder gives, against where the timeline has it. Everything is on one
 * CLOCK_MONOTONIC. Then it starts and stops a closed device ten times and says how long it takes
 * until it is heard, and until it is silent. Prints a table; exits 0 if every chirp was found.
 */
#include <glib/gstdio.h>
#include <math.h>
#include <opus/opus.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "audio/player.h"
#include "common/main-thread.h"

#define RATE 48000
#define FRAME 960
#define PRE_SKIP 312
#define CHIRP 960         /* samples */
#define CHIRP_EVERY 12000 /* samples: 250 ms */
#define CHIRP_FIRST 4800  /* samples */
#define SEARCH 2400       /* samples on either side of where the chirp should be */
#define SETTLED_S 3
#define START_IN_US 500000 /* a cold start: the device has not even been opened once */
#define MAX_DEVICES 16
#define AUDIBLE 20 /* of 32768: well below the hum under the chirps */
#define N_ROUNDS 10

typedef struct {
	double ppm;
	char *path;
	LoaPlayer *player;
	LoaVoice *voice;
	gint64 n_put; /* frames */
	double max_phase_us;
	GArray *errors_us; /* of double, one for each chirp; NAN: not found */
} Device;

typedef struct {
	gint64 n_frames;
	GPtrArray *packets; /* of GBytes */
	float *decoded;     /* media samples */
	gint64 start_us;    /* site time */
	Device devices[MAX_DEVICES];
	guint n_devices;
	GMainLoop *loop;
} Bench;

/* Chirps over a faint hum. */
static double
sound_at(gint64 sample)
{
	gint64 at = (sample - CHIRP_FIRST) % CHIRP_EVERY;
	double hum = 0.01 * sin(2 * G_PI * 300 * (double)sample / RATE);

	if (sample < CHIRP_FIRST || at >= CHIRP)
		return hum;

	double x = (double)at / CHIRP;
	/* 400 Hz to 6400 Hz. */
	double phase = 2 * G_PI * CHIRP / RATE * (400 * x + 3000 * x * x);

	return hum + 0.5 * sin(G_PI * x) * sin(phase);
}

static void
encode(Bench *bench)
{
	int code = 0;
	OpusEncoder *encoder = opus_encoder_create(RATE, 1, OPUS_APPLICATION_AUDIO, &code);
	OpusDecoder *decoder = opus_decoder_create(RATE, 1, &code);
	float in[FRAME];
	guint8 packet[1275];

	opus_encoder_ctl(encoder, OPUS_SET_BITRATE(64000));
	bench->packets = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	bench->decoded = g_new0(float, (gsize)bench->n_frames *FRAME);
	for (gint64 frame = 0; frame < bench->n_frames; frame++) {
		for (int i = 0; i < FRAME; i++)
			in[i] = (float)sound_at(frame * FRAME + i);

		int size = opus_encode_float(encoder, in, FRAME, packet, sizeof packet);

		g_ptr_array_add(bench->packets, g_bytes_new(packet, (gsize)size));
		if (size < 0 ||
		    opus_decode_float(decoder, packet, size, bench->decoded + frame * FRAME, FRAME,
				      0) != FRAME)
			g_error("libopus refuses its own packet");
	}
	memmove(bench->decoded, bench->decoded + PRE_SKIP,
		((gsize)bench->n_frames * FRAME - PRE_SKIP) * sizeof(float));
	opus_encoder_destroy(encoder);
	opus_decoder_destroy(decoder);
}

static gboolean
feed(gpointer data)
{
	Bench *bench = data;
	gboolean is_over = TRUE;

	for (guint i = 0; i < bench->n_devices; i++) {
		Device *device = &bench->devices[i];
		LoaPlayerStatus status = loa_player_status(device->player);

		while (device->n_put < bench->n_frames) {
			gsize size = 0;
			const guint8 *bytes =
				g_bytes_get_data(bench->packets->pdata[device->n_put], &size);

			if (loa_voice_put(device->voice, device->n_put, bytes, size) ==
			    LOA_PUT_EARLY)
				break;
			device->n_put++;
		}
		device->max_phase_us =
			MAX(device->max_phase_us, fabs((double)status.phase_error_us));
		is_over &= status.state != LOA_OUTPUT_OPEN;
		if (status.state == LOA_OUTPUT_FAILED)
			g_printerr("%s: %s\n", device->path, status.error);
	}
	if (is_over && bench->loop != NULL)
		g_main_loop_quit(bench->loop);
	return G_SOURCE_CONTINUE;
}

typedef struct {
	gint64 sample, mono_ns;
} Due;

/* CLOCK_MONOTONIC, in us, at which a sample of the recording left the device. */
static double
due_us(const GArray *dues, double ppm, gint64 sample)
{
	guint low = 0, high = dues->len;

	while (high - low > 1) {
		guint mid = (low + high) / 2;

		if (g_array_index(dues, Due, mid).sample <= sample)
			low = mid;
		else
			high = mid;
	}

	const Due *due = &g_array_index(dues, Due, low);

	return (double)due->mono_ns * 1e-3 +
	       (double)(sample - due->sample) * 1e6 / RATE / (1 + ppm * 1e-6);
}

static GArray *
read_dues(const char *path)
{
	g_autofree char *name = g_strconcat(path, ".due", NULL);
	g_autofree char *text = NULL;
	GArray *dues = g_array_new(FALSE, FALSE, sizeof(Due));

	if (!g_file_get_contents(name, &text, NULL, NULL))
		return dues;
	for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
		char *rest = NULL;
		Due due = { .sample = g_ascii_strtoll(line, &rest, 10) };

		due.mono_ns = g_ascii_strtoll(rest, NULL, 10);
		g_array_append_val(dues, due);
	}
	return dues;
}

static double
correlate(const gint16 *heard, const float *wanted)
{
	double sum = 0;

	for (int i = 0; i < CHIRP; i++)
		sum += heard[i] * (double)wanted[i];
	return sum;
}

/* Where in the recording the chirp begins, near @near: the peak of the correlation and the
 * parabola through its neighbours. NAN: there is none. */
static double
find_chirp(const gint16 *heard, gint64 n, const float *wanted, gint64 near)
{
	double best = 0;
	gint64 at = -1;

	for (gint64 i = MAX(1, near - SEARCH); i < MIN(n - CHIRP - 1, near + SEARCH); i++) {
		double sum = correlate(heard + i, wanted);

		if (sum > best) {
			best = sum;
			at = i;
		}
	}
	if (at < 0 || best < 1e5)
		return NAN;

	double before = correlate(heard + at - 1, wanted);
	double after = correlate(heard + at + 1, wanted);

	return (double)at + 0.5 * (before - after) / (before - 2 * best + after);
}

static gint64
sample_near(const GArray *dues, double mono_us)
{
	for (guint i = dues->len; i > 0; i--) {
		const Due *due = &g_array_index(dues, Due, i - 1);

		if ((double)due->mono_ns * 1e-3 <= mono_us)
			return due->sample +
			       (gint64)((mono_us - (double)due->mono_ns * 1e-3) * 0.048);
	}
	return 0;
}

static void
measure(Bench *bench, Device *device, const LoaClockMap *map)
{
	g_autofree char *bytes = NULL;
	gsize size = 0;
	g_autoptr(GArray) dues = read_dues(device->path);

	device->errors_us = g_array_new(FALSE, FALSE, sizeof(double));
	if (!g_file_get_contents(device->path, &bytes, &size, NULL) || dues->len == 0)
		return;

	const gint16 *heard = (const gint16 *)(gpointer)(bytes + 44);
	gint64 n = (gint64)(size - 44) / 2;

	for (gint64 chirp = CHIRP_FIRST; chirp + CHIRP_EVERY < bench->n_frames * FRAME;
	     chirp += CHIRP_EVERY) {
		/* The decoder is late by the pre-skip, which is taken off: media time. */
		double wanted_us =
			(double)loa_clock_map_to_mono_us(map, bench->start_us + chirp * 1000 / 48) +
			(chirp * 1000 % 48) / 48.0;
		double at =
			find_chirp(heard, n, bench->decoded + chirp, sample_near(dues, wanted_us));
		double error_us = NAN;

		if (!isnan(at))
			error_us = due_us(dues, device->ppm, (gint64)floor(at)) +
				   (at - floor(at)) * 1e6 / RATE - wanted_us;
		g_array_append_val(device->errors_us, error_us);
	}
}

static int
compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Percentiles of what @values holds from @first on. */
static void
print_percentiles(const char *name, const GArray *values, guint first)
{
	guint n = values->len > first ? values->len - first : 0;
	g_autofree double *sorted = g_new0(double, MAX(1, n));

	for (guint i = 0; i < n; i++)
		sorted[i] = fabs(g_array_index(values, double, first + i));
	qsort(sorted, n, sizeof *sorted, compare_doubles);
	if (n == 0)
		printf("%-34s none\n", name);
	else
		printf("%-34s p50 %7.1f  p95 %7.1f  max %7.1f us\n", name, sorted[n / 2],
		       sorted[MIN(n - 1, n * 95 / 100)], sorted[n - 1]);
}

/* Prints the table. Returns how many chirps were not found. */
static guint
report(Bench *bench)
{
	guint n_chirps = bench->devices[0].errors_us->len, n_lost = 0;
	guint settled = SETTLED_S * RATE / CHIRP_EVERY;
	g_autoptr(GArray) spreads = g_array_new(FALSE, FALSE, sizeof(double));

	for (guint i = 0; i < bench->n_devices; i++) {
		Device *device = &bench->devices[i];
		LoaPlayerStatus status = loa_player_status(device->player);
		LoaVoiceStats stats = loa_voice_stats(device->voice);
		g_autofree char *name =
			g_strdup_printf("device %+.0f ppm: phase error", device->ppm);

		for (guint c = 0; c < device->errors_us->len; c++)
			n_lost += isnan(g_array_index(device->errors_us, double, c));
		printf("device %+4.0f ppm: first chirp %+.1f us off, estimated rate %+.2f ppm, "
		       "%" G_GUINT64_FORMAT " underruns, %" G_GUINT64_FORMAT " resyncs, "
		       "%" G_GINT64_FORMAT " ms heard, %" G_GINT64_FORMAT " concealed\n",
		       device->ppm,
		       device->errors_us->len ? g_array_index(device->errors_us, double, 0) : NAN,
		       status.rate_ppm, status.n_underruns, status.n_resyncs, stats.n_heard / 48,
		       stats.n_concealed);
		print_percentiles(name, device->errors_us, settled);
	}
	for (guint c = 0; c < n_chirps; c++) {
		double low = INFINITY, high = -INFINITY;

		for (guint i = 0; i < bench->n_devices; i++) {
			double error = g_array_index(bench->devices[i].errors_us, double, c);

			low = MIN(low, error);
			high = MAX(high, error);
		}
		double spread = high - low;

		g_array_append_val(spreads, spread);
	}
	print_percentiles("spread, all", spreads, 0);
	print_percentiles("spread, after 3 s", spreads, settled);
	return n_lost;
}

static void
start(Bench *bench, LoaClock *clock, const char *folder)
{
	gint64 length_us = bench->n_frames * 20000;

	for (guint i = 0; i < bench->n_devices; i++) {
		Device *device = &bench->devices[i];
		LoaPlayerConfig config = loa_player_config_default();
		g_autoptr(GError) error = NULL;

		device->path = g_strdup_printf("%s/%u.wav", folder, i);
		g_autofree char *output =
			g_strdup_printf("file:%s,rate-error-ppm=%g", device->path, device->ppm);

		config.output = output;
		device->player = loa_player_new(&config, clock, &error);
		if (device->player == NULL)
			g_error("%s", error->message);
		device->voice = loa_voice_new(PRE_SKIP, bench->n_frames * FRAME - PRE_SKIP);
	}
	bench->start_us = loa_clock_now_us(clock) + START_IN_US;
	for (guint i = 0; i < bench->n_devices; i++) {
		LoaCue cue = { bench->devices[i].voice, bench->start_us,
			       bench->start_us + length_us, 0, 0 };

		loa_player_set_cues(bench->devices[i].player, &cue, 1);
	}
	feed(bench);
}

static gboolean
quit(gpointer data)
{
	g_main_loop_quit(data);
	return G_SOURCE_REMOVE;
}

static void
run_for(GMainLoop *loop, guint ms)
{
	g_timeout_add(ms, quit, loop);
	g_main_loop_run(loop);
}

/* The moments at which the recording is audible for the first and the last time between two
 * moments. 0: never. */
static void
find_audible(const gint16 *heard, gint64 n, const GArray *dues, double from_us, double end_us,
	     double *first_us, double *last_us)
{
	*first_us = *last_us = 0;
	for (guint i = 0; i < dues->len; i++) {
		const Due *due = &g_array_index(dues, Due, i);
		gint64 end = i + 1 < dues->len ? g_array_index(dues, Due, i + 1).sample : n;

		for (gint64 k = due->sample; k < end; k++) {
			double at_us = (double)due->mono_ns * 1e-3 +
				       (double)(k - due->sample) * 1e6 / RATE;

			if (at_us < from_us || at_us >= end_us || ABS(heard[k]) < AUDIBLE)
				continue;
			*first_us = *first_us > 0 ? *first_us : at_us;
			*last_us = at_us;
		}
	}
}

/* From a closed device to the first sound, and from "stop" to silence. */
static void
measure_latency(Bench *bench, LoaClock *clock, const char *folder)
{
	g_autofree char *path = g_strconcat(folder, "/latency.wav", NULL);
	g_autofree char *due_path = g_strconcat(path, ".due", NULL);
	g_autofree char *output = g_strconcat("file:", path, NULL);
	LoaPlayerConfig config = loa_player_config_default();
	double set_us[N_ROUNDS], stop_us[N_ROUNDS], first_us, last_us;
	g_autoptr(GArray) starts = g_array_new(FALSE, FALSE, sizeof(double));
	g_autoptr(GArray) stops = g_array_new(FALSE, FALSE, sizeof(double));
	g_autoptr(GError) error = NULL;

	config.output = output;
	config.idle_close_ms = 200;
	g_autoptr(LoaPlayer) player = loa_player_new(&config, clock, &error);

	if (player == NULL)
		g_error("%s", error->message);
	for (int round = 0; round < N_ROUNDS; round++) {
		g_autoptr(LoaVoice) voice = loa_voice_new(PRE_SKIP, -1);
		gint64 now_us = loa_clock_now_us(clock);
		LoaCue cue = { voice, now_us, now_us + 60 * G_USEC_PER_SEC, 0, 0 };

		for (gint64 frame = 0; frame < MIN(100, bench->n_frames); frame++) {
			gsize size = 0;
			const guint8 *bytes = g_bytes_get_data(bench->packets->pdata[frame], &size);

			(void)loa_voice_put(voice, frame, bytes, size);
		}
		set_us[round] = (double)loa_mono_now_us();
		loa_player_set_cues(player, &cue, 1);
		run_for(bench->loop, 300 + 7 * (guint)round);
		stop_us[round] = (double)loa_mono_now_us();
		loa_player_set_cues(player, NULL, 0);
		run_for(bench->loop, 500);
	}

	g_autofree char *bytes = NULL;
	gsize size = 0;
	g_autoptr(GArray) dues = read_dues(path);

	if (!g_file_get_contents(path, &bytes, &size, NULL))
		g_error("no recording");
	for (int round = 0; round < N_ROUNDS; round++) {
		find_audible((const gint16 *)(gpointer)(bytes + 44), (gint64)(size - 44) / 2, dues,
			     set_us[round], stop_us[round] + 450000, &first_us, &last_us);
		first_us -= set_us[round];
		last_us -= stop_us[round];
		g_array_append_val(starts, first_us);
		g_array_append_val(stops, last_us);
	}
	print_percentiles("closed device to first sound", starts, 0);
	print_percentiles("stop to silence", stops, 0);
	g_unlink(path);
	g_unlink(due_path);
}

static double
cpu_s(void)
{
	struct rusage use = { 0 };

	getrusage(RUSAGE_SELF, &use);
	return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
	       (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) * 1e-6;
}

int
main(int argc, char **argv)
{
	static const double default_ppm[] = { 0, -30, 60, 100 };
	Bench bench = { .n_frames = 50 * (argc > 1 ? atoi(argv[1]) : 20) };
	g_autofree char *folder = g_dir_make_tmp("loa-bench-XXXXXX", NULL);
	LoaClock *clock = loa_clock_new_system(TRUE);

	loa_main_thread_claim();
	for (int i = 2; i < argc && bench.n_devices < MAX_DEVICES; i++)
		bench.devices[bench.n_devices++].ppm = atof(argv[i]);
	for (guint i = 0; argc <= 2 && i < G_N_ELEMENTS(default_ppm); i++)
		bench.devices[bench.n_devices++].ppm = default_ppm[i];
	encode(&bench);
	bench.loop = g_main_loop_new(NULL, FALSE);
	start(&bench, clock, folder);

	double cpu_before_s = cpu_s();
	guint feeder = g_timeout_add(50, feed, &bench);

	g_main_loop_run(bench.loop);
	printf("CPU: %.2f %% of a core for each device\n",
	       (cpu_s() - cpu_before_s) * 100 / ((double)bench.n_frames / 50) / bench.n_devices);

	LoaClockMap map = loa_clock_map(clock);

	for (guint i = 0; i < bench.n_devices; i++)
		measure(&bench, &bench.devices[i], &map);

	guint n_lost = report(&bench);

	g_source_remove(feeder);
	measure_latency(&bench, clock, folder);
	for (guint i = 0; i < bench.n_devices; i++) {
		g_autofree char *due = g_strconcat(bench.devices[i].path, ".due", NULL);

		loa_player_free(bench.devices[i].player);
		loa_voice_unref(bench.devices[i].voice);
		g_unlink(bench.devices[i].path);
		g_unlink(due);
		g_free(bench.devices[i].path);
		g_array_unref(bench.devices[i].errors_us);
	}
	g_rmdir(folder);
	g_ptr_array_unref(bench.packets);
	g_free(bench.decoded);
	g_main_loop_unref(bench.loop);
	loa_clock_free(clock);
	if (n_lost > 0)
		g_printerr("%u chirps were not found\n", n_lost);
	return n_lost == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
