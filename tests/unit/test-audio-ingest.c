/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the formats an office has to the stored form and back to samples. The inputs are made
 * here, by GStreamer's own encoders; a form whose encoder is not installed is named and left out.
 */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <gst/gst.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <opus.h>

#include "audio/ingest-file.h"
#include "audio/ingest.h"
#include "audio/loudness.h"
#include "audio/opus-file.h"
#include "tests/unit/tree.h"

#define RATE 48000
#define LEAD_MS 500
#define SOUND_MS 2000
#define TAIL_MS 700
#define N_SAMPLES (RATE / 1000 * (LEAD_MS + SOUND_MS + TAIL_MS))

/* One folder for all tests: inputs in it, DIR below. */
static char *folder;
static char *raw; /* the source: 16 bit, 48 kHz, mono */
static float source[N_SAMPLES];

static char *
in_folder(const char *name)
{
	return g_build_filename(folder, name, NULL);
}

/* Syllables of a sliding voice between two silences; quiet, as from a telephone on a table. */
static void
make_source(void)
{
	g_autofree gint16 *samples = g_new0(gint16, N_SAMPLES);
	const gsize lead = RATE / 1000 * LEAD_MS;
	double phase = 0;

	for (gsize i = 0; i < RATE / 1000 * SOUND_MS; i++) {
		double s = (double)i / RATE;
		double open = 0.55 - 0.45 * cos(2 * G_PI * 3 * s);
		double sum = 0;

		phase += 2 * G_PI * (150 + 60 * s) / RATE;
		for (int h = 1; h <= 10; h++)
			sum += sin(phase * h + h * h) / h;
		samples[lead + i] = (gint16)(sum * open * 1500);
	}
	for (gsize i = 0; i < N_SAMPLES; i++)
		source[i] = samples[i] / 32768.0F;
	raw = in_folder("source.raw");
	g_assert_true(g_file_set_contents(raw, (const char *)samples, N_SAMPLES * 2, NULL));
}

/* Runs a pipeline to its end. */
static void
launch(const char *description)
{
	g_autoptr(GError) error = NULL;
	GstElement *pipeline = gst_parse_launch(description, &error);

	g_assert_no_error(error);
	g_autoptr(GstBus) bus = gst_element_get_bus(pipeline);

	gst_element_set_state(pipeline, GST_STATE_PLAYING);
	g_autoptr(GstMessage) message = gst_bus_timed_pop_filtered(
		bus, 20 * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);

	if (message == NULL || GST_MESSAGE_TYPE(message) != GST_MESSAGE_EOS)
		g_error("cannot make the input: %s", description);
	gst_element_set_state(pipeline, GST_STATE_NULL);
	gst_object_unref(pipeline);
}

/* (transfer full) (nullable): the path of the source in another form; %NULL: no encoder. */
static char *
make_input(const char *name, const char *chain)
{
	g_auto(GStrv) elements = g_strsplit(chain, "!", -1);
	g_autofree char *path = in_folder(name);

	for (guint i = 0; elements[i] != NULL; i++) {
		g_auto(GStrv) words = g_strsplit(g_strstrip(elements[i]), " ", 2);

		if (strchr(words[0], '/') != NULL)
			continue;
		g_autoptr(GstElementFactory) factory = gst_element_factory_find(words[0]);

		if (factory == NULL) {
			print_message("left out, no %s: %s\n", words[0], name);
			return NULL;
		}
	}

	g_autofree char *description = g_strdup_printf(
		"filesrc location=%s ! rawaudioparse format=pcm pcm-format=s16le "
		"sample-rate=48000 num-channels=1 ! audioconvert dithering=none ! audioresample ! "
		"%s ! filesink location=%s",
		raw, chain, path);

	launch(description);
	return g_steal_pointer(&path);
}

typedef struct {
	char last_stage[16];
	double last;
	gboolean fell;
	const char *cancel_in; /* (nullable): stage */
	GCancellable *cancellable;
} Watch;

static void
on_progress(const char *stage, double progress, gpointer user_data)
{
	Watch *watch = user_data;

	watch->fell |= progress < watch->last - 1e-9 || progress > 1;
	watch->last = progress;
	g_strlcpy(watch->last_stage, stage, sizeof watch->last_stage);
	if (g_strcmp0(watch->cancel_in, stage) == 0)
		g_cancellable_cancel(watch->cancellable);
}

static LoaIngestOptions
options_for(const char *input, char **out)
{
	LoaIngestOptions options = loa_ingest_options_default();

	*out = in_folder("out");
	options.input = input;
	options.folder = *out;
	return options;
}

/* How many files lie under @path, whatever their names. */
static guint
count_files(const char *path)
{
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
	const char *name;
	guint n = 0;

	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *child = g_build_filename(path, name, NULL);

		n += g_file_test(child, G_FILE_TEST_IS_DIR) ? count_files(child) : 1;
	}
	return n;
}

static void
clear_out(void)
{
	g_autofree char *out = in_folder("out");

	remove_tree(out);
}

static LoaIngestResult
ingest(const char *input)
{
	g_autofree char *out = NULL;
	LoaIngestOptions options = options_for(input, &out);
	LoaIngestResult result;
	Watch watch = { .last = 0 };
	g_autoptr(GError) error = NULL;

	if (!loa_ingest_run(&options, on_progress, &watch, NULL, &result, &error))
		fail_msg("%s: %s", input, error->message);
	assert_false(watch.fell);
	assert_string_equal(watch.last_stage, "encode");
	assert_true(watch.last > 0.9);
	return result;
}

static void
assert_fails_with(const LoaIngestOptions *options, LoaIngestError code, const char *words)
{
	LoaIngestResult result = { .size = 77 };
	g_autofree char *out = in_folder("out");
	g_autoptr(GError) error = NULL;

	if (loa_ingest_run(options, NULL, NULL, NULL, &result, &error))
		fail_msg("%s was taken", options->input);
	if (error->domain != LOA_INGEST_ERROR || error->code != (int)code ||
	    strstr(error->message, words) == NULL)
		fail_msg("%s: wanted %s with \"%s\", got \"%s\"", options->input,
			 loa_ingest_error_name(code), words, error->message);
	assert_null(strchr(error->message, '\n'));
	assert_int_equal(result.size, 77);
	assert_int_equal(count_files(out), 0);
}

static void
assert_refused(const char *input, LoaIngestError code, const char *words)
{
	g_autofree char *out = NULL;
	LoaIngestOptions options = options_for(input, &out);

	assert_fails_with(&options, code, words);
}

/* (transfer full): the stored file as a receiver decodes it */
static float *
decode_stored(const LoaIngestResult *result, gint64 *n_samples)
{
	g_autofree char *name = g_strdup_printf("out/audio/%s.opus", result->sha256);
	g_autofree char *path = in_folder(name);
	g_autoptr(GError) error = NULL;
	g_autoptr(LoaOpusFile) file = loa_opus_file_open(path, &error);

	if (file == NULL)
		fail_msg("%s", error->message);

	gint64 n_frames = loa_opus_file_n_frames(file);
	g_autofree float *all = g_new(float, (gsize)n_frames * 960);
	int status = 0;
	OpusDecoder *decoder = opus_decoder_create(RATE, 1, &status);

	for (gint64 i = 0; i < n_frames; i++) {
		const guint8 *data = NULL;
		gsize size = 0;

		assert_true(loa_opus_file_frame(file, i, &data, &size));
		assert_int_equal(opus_decode_float(decoder, data, (int)size, all + i * 960, 960, 0),
				 960);
	}
	opus_decoder_destroy(decoder);
	*n_samples = loa_opus_file_n_samples(file);
	assert_int_equal(*n_samples, result->n_samples);
	assert_int_equal(loa_opus_file_pre_skip(file), result->pre_skip);
	return g_memdup2(all + result->pre_skip, (gsize)*n_samples * sizeof(float));
}

/* How alike half a second of the source is to the decoded sound, at the best place within 60 ms
 * of where it should lie. */
static double
likeness(const float *decoded, gint64 n_samples, gint64 trimmed_lead)
{
	const gint64 from = RATE;
	const gint64 n = RATE / 2;
	double best = 0;

	for (gint64 lag = -2880; lag <= 2880; lag++) {
		gint64 place = from - trimmed_lead + lag;
		double both = 0, one = 0, other = 0;

		assert_true(place >= 0 && place + n <= n_samples);
		for (gint64 i = 0; i < n; i += 4) {
			double a = (double)source[from + i];
			double b = (double)decoded[place + i];

			both += a * b;
			one += a * a;
			other += b * b;
		}
		best = fmax(best, both / sqrt(one * other));
	}
	return best;
}

static char *
sha256_of(const char *path)
{
	g_autofree char *text = NULL;
	gsize size = 0;

	assert_true(g_file_get_contents(path, &text, &size, NULL));
	return g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)text, size);
}

/* Everything that is promised of a result. @slack_ms: what the form adds at its ends. */
static void
assert_good(const char *input, const char *ending, const LoaIngestResult *result, int slack_ms)
{
	g_autofree char *stored_name = g_strdup_printf("out/audio/%s.opus", result->sha256);
	g_autofree char *stored = in_folder(stored_name);
	g_autofree char *stored_sha = sha256_of(stored);
	g_autofree char *original_name = g_strdup_printf("out/originals/%s", result->original_file);
	g_autofree char *original = in_folder(original_name);
	g_autofree char *original_sha = sha256_of(original);
	g_autofree char *input_sha = sha256_of(input);
	g_autofree char *expected_name = g_strdup_printf("%s.%s", input_sha, ending);
	gint64 n_samples = 0;
	g_autofree float *decoded = decode_stored(result, &n_samples);
	g_autoptr(LoaLoudness) loudness = loa_loudness_new(TRUE);
	gint64 expected_ms = SOUND_MS + 2 * LOA_INGEST_MARGIN_MS;
	GStatBuf st;

	assert_string_equal(stored_sha, result->sha256);
	assert_string_equal(original_sha, input_sha);
	assert_string_equal(result->original_sha256, input_sha);
	assert_string_equal(result->original_file, expected_name);
	assert_int_equal(g_stat(stored, &st), 0);
	assert_int_equal(st.st_size, result->size);
	assert_int_equal(result->duration_ms, n_samples * 1000 / RATE);
	assert_in_range(result->duration_ms, expected_ms - 40 - slack_ms,
			expected_ms + 40 + slack_ms);
	assert_in_range(result->trimmed_lead_ms, LEAD_MS - LOA_INGEST_MARGIN_MS - 40 - slack_ms,
			LEAD_MS - LOA_INGEST_MARGIN_MS + 40 + slack_ms);
	loa_loudness_add(loudness, decoded, (gsize)n_samples);
	assert_true(fabs(loa_loudness_integrated(loudness) + 16) < 0.5);
	assert_true(fabs(loa_loudness_integrated(loudness) - result->lufs) < 0.05);
	assert_true(loa_loudness_true_peak_dbtp(loudness) <= -1.45);
	assert_true(fabs(loa_loudness_true_peak_dbtp(loudness) - result->true_peak_dbtp) < 0.05);
	assert_true(fabs(result->input_lufs + 31) < 2);
	if (likeness(decoded, n_samples, result->trimmed_lead_ms * RATE / 1000) < 0.9)
		fail_msg("%s: does not sound like its source", input);
}

static const struct {
	const char *name;
	const char *chain;
	int slack_ms;
} forms[] = {
	{ "wav-8.wav", "audio/x-raw,format=U8,rate=22050 ! wavenc", 0 },
	{ "wav-16-stereo.WAV", "audio/x-raw,format=S16LE,rate=44100,channels=2 ! wavenc", 0 },
	{ "wav-24.wav", "audio/x-raw,format=S24LE,rate=96000 ! wavenc", 0 },
	{ "wav-32.wav", "audio/x-raw,format=S32LE,rate=11025 ! wavenc", 0 },
	{ "wav-float.wav", "audio/x-raw,format=F32LE,rate=48000 ! wavenc", 0 },
	{ "wav-telephone.wav", "audio/x-raw,rate=8000 ! alawenc ! wavenc", 0 },
	{ "mp3.mp3", "audio/x-raw,rate=44100 ! lamemp3enc", 60 },
	{ "mp3-tagged.mp3", "audio/x-raw,rate=44100 ! lamemp3enc ! xingmux ! id3v2mux", 60 },
	{ "telephone.m4a", "audio/x-raw,rate=44100,channels=2 ! avenc_aac ! mp4mux", 60 },
	{ "aac.aac",
	  "audio/x-raw,rate=44100 ! avenc_aac ! aacparse ! audio/mpeg,stream-format=adts", 60 },
	{ "vorbis.ogg", "audio/x-raw,rate=44100 ! vorbisenc ! oggmux", 20 },
	{ "opus.ogg", "opusenc ! oggmux", 20 },
	{ "browser.webm", "opusenc ! webmmux streamable=true", 20 },
	{ "file.webm", "opusenc ! webmmux", 20 },
	{ "flac.flac", "audio/x-raw,rate=44100 ! flacenc", 0 },
};

static void
every_form_comes_out_even_trimmed_and_whole(void **state)
{
	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(forms); i++) {
		g_autofree char *input = make_input(forms[i].name, forms[i].chain);
		g_autofree char *ending = g_ascii_strdown(strrchr(forms[i].name, '.') + 1, -1);
		g_autofree char *out = in_folder("out");

		if (input == NULL)
			continue;

		LoaIngestResult result = ingest(input);

		assert_good(input, ending, &result, forms[i].slack_ms);
		assert_int_equal(count_files(out), 2);
		clear_out();
	}
}

static void
a_file_cut_short_is_refused_in_every_form_that_can_tell(void **state)
{
	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(forms); i++) {
		g_autofree char *input = in_folder(forms[i].name);
		g_autofree char *cut = in_folder("cut.bin");
		g_autofree char *text = NULL;
		gsize size = 0;

		if (!g_file_get_contents(input, &text, &size, NULL))
			continue;
		if (g_str_has_suffix(forms[i].name, ".aac"))
			continue; /* frames and nothing else: any number is a whole file */
		assert_true(g_file_set_contents(cut, text, (gssize)(size * 6 / 10), NULL));
		assert_refused(cut, LOA_INGEST_ERROR_CUT_SHORT, "the file is cut short");
		assert_true(g_file_set_contents(cut, text, (gssize)size - 3, NULL));
		/* a tag or a padding at the very end may be missed by nobody */
		if (g_str_has_suffix(forms[i].name, ".flac"))
			continue;
		assert_refused(cut, LOA_INGEST_ERROR_CUT_SHORT, "the file is cut short");
	}
}

/* A WAV of floats, mono, 48 kHz. (transfer full): its path */
static char *
write_float_wav(const char *name, const float *samples, gsize n)
{
	guint8 head[44] = "RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0\3\0\1\0\x80\xbb\0\0\0\xee\2\0\4"
			  "\0\x20\0data";
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	g_autofree char *path = in_folder(name);
	guint32 size = GUINT32_TO_LE((guint32)(n * sizeof(float)));

	memcpy(head + 40, &size, 4);
	g_byte_array_append(bytes, head, sizeof head);
	g_byte_array_append(bytes, (const guint8 *)samples, (guint)(n * sizeof(float)));
	assert_true(g_file_set_contents(path, (const char *)bytes->data, bytes->len, NULL));
	return g_steal_pointer(&path);
}

/* Three tenths of a second where the form does not matter. (transfer full): its path */
static char *
little_input(const char *name)
{
	return write_float_wav(name, source + RATE, RATE * 3 / 10);
}

/* Recorders that were cut off leave a file each; the bytes stay as they came, the sound is joined.
 */
static void
several_files_one_behind_the_other_are_joined(void **state)
{
	(void)state;
	g_autofree char *one = little_input("part.wav");
	g_autofree char *input = in_folder("parts.bin");
	g_autofree char *out = NULL, *bytes = NULL, *twice = NULL;
	gsize size;
	LoaIngestResult whole = ingest(one), result;
	LoaIngestOptions options = options_for(input, &out);
	Watch watch = { .last = 0 };
	g_autoptr(GError) error = NULL;

	assert_true(g_file_get_contents(one, &bytes, &size, NULL));
	twice = g_malloc(2 * size);
	memcpy(twice, bytes, size);
	memcpy(twice + size, bytes, size);
	assert_true(g_file_set_contents(input, twice, (gssize)(2 * size), NULL));
	gint64 begins[] = { (gint64)size, (gint64)(2 * size) - 100 };

	options.parts = begins;
	options.n_parts = 1;
	if (!loa_ingest_run(&options, on_progress, &watch, NULL, &result, &error))
		fail_msg("%s", error->message);
	assert_false(watch.fell);
	/* the silence at the joint is nobody's to trim */
	assert_true(result.duration_ms >= 2 * whole.duration_ms);
	g_autofree char *original = g_build_filename(out, "originals", result.original_file, NULL);
	g_autofree char *kept = NULL;
	gsize n_kept;
	assert_true(g_file_get_contents(original, &kept, &n_kept, NULL));
	assert_int_equal(n_kept, 2 * size);
	assert_memory_equal(kept, twice, n_kept);
	clear_out();

	/* places that the file does not have; a part of nothing to speak of is left out */
	begins[0] = (gint64)(3 * size);
	assert_false(loa_ingest_run(&options, NULL, NULL, NULL, &result, &error));
	assert_true(g_error_matches(error, LOA_INGEST_ERROR, LOA_INGEST_ERROR_NOT_AUDIO));
	g_clear_error(&error);
	options.n_parts = 2;
	begins[0] = begins[1];
	assert_false(loa_ingest_run(&options, NULL, NULL, NULL, &result, &error));
	g_clear_error(&error);
	begins[0] = (gint64)size;
	assert_true(loa_ingest_run(&options, NULL, NULL, NULL, &result, &error));
	assert_true(result.duration_ms > whole.duration_ms);
}

static void
the_same_recording_has_the_same_name_twice(void **state)
{
	(void)state;
	g_autofree char *input = little_input("twice.wav");
	LoaIngestResult first = ingest(input);
	LoaIngestResult second = ingest(input);
	g_autofree char *out = in_folder("out");

	assert_string_equal(first.sha256, second.sha256);
	assert_string_equal(first.original_file, second.original_file);
	assert_int_equal(count_files(out), 2);
}

static void
the_users_name_gives_the_originals_ending(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		const char *ending;
	} rows[] = {
		{ "Bản tin sáng.MP3", ".mp3" },
		{ "không có đuôi", ".bin" },
		{ "a.b/../../etc", ".bin" },
		{ "x.", ".bin" },
		{ "x.tuyệt", ".bin" },
		{ "x.abcdefghi", ".bin" },
		{ "..m4a", ".m4a" },
	};
	g_autofree char *input = little_input("named.wav");

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *out = NULL;
		LoaIngestOptions options = options_for(input, &out);
		LoaIngestResult result;

		options.name = rows[i].name;
		assert_true(loa_ingest_run(&options, NULL, NULL, NULL, &result, NULL));
		assert_string_equal(result.original_file + 64, rows[i].ending);
	}
}

static void
loudness_and_bit_rate_are_as_asked_for(void **state)
{
	(void)state;
	g_autofree char *input = make_input("asked.wav", "wavenc");
	g_autofree char *out = NULL;
	LoaIngestOptions options = options_for(input, &out);
	LoaIngestResult result;

	options.lufs = -23;
	options.true_peak_dbtp = -9;
	options.bitrate = 48000;
	assert_true(loa_ingest_run(&options, NULL, NULL, NULL, &result, NULL));
	assert_true(fabs(result.lufs + 23) < 0.5);
	assert_true(result.true_peak_dbtp <= -8.95);
	assert_in_range(result.size * 8000 / result.duration_ms, 36000, 64000);
}

static void
the_sound_of_a_video_is_taken_and_silent_film_refused(void **state)
{
	(void)state;
	g_autoptr(GstElementFactory) encoder = gst_element_factory_find("vp8enc");
	g_autofree char *film = in_folder("film.webm");
	g_autofree char *mute = in_folder("mute.webm");

	if (encoder == NULL) {
		print_message("left out, no vp8enc: video\n");
		skip();
	}

	g_autofree char *make_film = g_strdup_printf(
		"filesrc location=%s ! rawaudioparse format=pcm pcm-format=s16le "
		"sample-rate=48000 num-channels=1 ! opusenc ! queue ! webmmux name=mux ! "
		"filesink location=%s videotestsrc num-buffers=32 ! "
		"video/x-raw,width=64,height=64,framerate=10/1 ! vp8enc ! queue ! mux.",
		raw, film);
	g_autofree char *make_mute = g_strdup_printf(
		"videotestsrc num-buffers=5 ! video/x-raw,width=64,height=64 ! vp8enc ! webmmux ! "
		"filesink location=%s",
		mute);

	launch(make_film);
	launch(make_mute);

	LoaIngestResult result = ingest(film);

	assert_good(film, "webm", &result, 20);
	clear_out();
	assert_refused(mute, LOA_INGEST_ERROR_NO_TRACK, "no sound");
}

static void
what_is_not_audio_is_refused(void **state)
{
	(void)state;
	static const char text[] = "Thông báo: sáng mai tổng vệ sinh môi trường.\n";
	static const char playlist[] = "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n"
				       "http://127.0.0.1:9/x.ts\n#EXT-X-ENDLIST\n";
	static const char page[] = "<!DOCTYPE html><html><body>404</body></html>";
	static const char zip[] = "PK\3\4\x14\0\0\0\0\0............................";
	static const struct {
		const char *bytes;
		gsize size;
	} rows[] = {
		{ text, sizeof text - 1 },
		{ playlist, sizeof playlist - 1 },
		{ page, sizeof page - 1 },
		{ zip, sizeof zip - 1 },
		{ "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16 },
		{ "x", 1 },
	};
	g_autofree char *input = in_folder("not-audio.mp3");

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		assert_true(g_file_set_contents(input, rows[i].bytes, (gssize)rows[i].size, NULL));
		assert_refused(input, LOA_INGEST_ERROR_NOT_AUDIO, "not an audio file");
	}
	assert_true(g_file_set_contents(input, "", 0, NULL));
	assert_refused(input, LOA_INGEST_ERROR_NOT_AUDIO, "empty");
}

static void
what_cannot_be_read_is_named(void **state)
{
	(void)state;
	g_autofree char *missing = in_folder("missing.wav");
	g_autofree char *pipe = in_folder("pipe.wav");

	assert_refused(missing, LOA_INGEST_ERROR_NO_INPUT, "missing.wav");
	assert_refused(folder, LOA_INGEST_ERROR_NO_INPUT, "directory");
	assert_int_equal(mkfifo(pipe, 0600), 0);
	assert_refused(pipe, LOA_INGEST_ERROR_NO_INPUT, "pipe.wav");
	assert_refused("/dev/zero", LOA_INGEST_ERROR_NO_INPUT, "/dev/zero");
}

static void
silence_is_refused_even_with_hiss_or_an_offset(void **state)
{
	(void)state;
	g_autofree float *samples = g_new0(float, RATE);
	guint32 seed = 7;
	g_autofree char *zeros = write_float_wav("zeros.wav", samples, RATE);

	assert_refused(zeros, LOA_INGEST_ERROR_SILENT, "the recording is silent");
	for (gsize i = 0; i < RATE; i++) {
		seed = seed * 1664525 + 1013904223;
		samples[i] = ((float)(seed >> 8) / (1 << 23) - 1) * 0.004F; /* -52.7 dBFS */
	}
	g_autofree char *hiss = write_float_wav("hiss.wav", samples, RATE);

	assert_refused(hiss, LOA_INGEST_ERROR_SILENT, "the recording is silent");
	for (gsize i = 0; i < RATE; i++)
		samples[i] = 0.1F;
	g_autofree char *offset = write_float_wav("offset.wav", samples, RATE);

	assert_refused(offset, LOA_INGEST_ERROR_SILENT, "the recording is silent");
}

static void
lengths_have_two_ends(void **state)
{
	(void)state;
	g_autofree float *samples = g_new0(float, 70 * RATE);
	g_autofree char *out = NULL;

	for (gsize i = 0; i < 70 * RATE; i++)
		samples[i] = (float)(0.1 * sin((double)i * 0.05));

	g_autofree char *tiny = write_float_wav("tiny.wav", samples, RATE / 5 - 10);
	g_autofree char *little = write_float_wav("little.wav", samples, RATE / 5);
	g_autofree char *minute = write_float_wav("minute.wav", samples, 70 * RATE);

	assert_refused(tiny, LOA_INGEST_ERROR_TOO_SHORT, "199 ms");

	LoaIngestResult result = ingest(little);

	assert_int_equal(result.duration_ms, 200);
	assert_true(fabs(result.lufs + 16) < 1);
	clear_out();

	LoaIngestOptions options = options_for(minute, &out);
	LoaIngestResult none;
	Watch watch = { .last = 0 };
	g_autoptr(GError) error = NULL;

	options.max_minutes = 1;
	assert_fails_with(&options, LOA_INGEST_ERROR_TOO_LONG, "longer than 1 minutes");
	/* its header is enough: nothing of it is decoded */
	assert_false(loa_ingest_run(&options, on_progress, &watch, NULL, &none, &error));
	assert_string_equal(watch.last_stage, "copy");
}

static void
a_length_that_no_header_tells_is_noticed_on_the_way(void **state)
{
	(void)state;
	g_autofree char *path = in_folder("long.mp3");
	g_autofree char *make = g_strdup_printf(
		"audiotestsrc num-buffers=70 samplesperbuffer=8000 ! audio/x-raw,rate=8000 ! "
		"lamemp3enc target=bitrate bitrate=8 ! filesink location=%s",
		path);
	g_autoptr(GstElementFactory) encoder = gst_element_factory_find("lamemp3enc");
	g_autofree char *out = NULL;
	LoaIngestOptions options = options_for(path, &out);

	if (encoder == NULL)
		skip();
	launch(make);
	options.max_minutes = 1;
	assert_fails_with(&options, LOA_INGEST_ERROR_TOO_LONG, "longer than 1 minutes");
}

static void
numbers_that_are_none_do_no_harm(void **state)
{
	(void)state;
	g_autofree float *samples = g_memdup2(source, sizeof source);

	for (gsize i = RATE; i < RATE + 50; i++)
		samples[i] = i % 2 ? NAN : INFINITY;
	samples[RATE + 100] = -INFINITY;

	g_autofree char *input = write_float_wav("nan.wav", samples, N_SAMPLES);
	LoaIngestResult result = ingest(input);

	assert_true(fabs(result.lufs + 16) < 0.5);
	assert_true(result.true_peak_dbtp <= -1.45);
}

static void
a_peaky_recording_is_brought_to_the_same_loudness(void **state)
{
	(void)state;
	g_autofree float *samples = g_memdup2(source, sizeof source);

	/* somebody knocks at the microphone: 25 dB above the voice */
	for (gsize i = RATE; i < RATE * 5 / 2; i += RATE / 4)
		for (gsize k = 0; k < 40; k++)
			samples[i + k] = k % 8 < 4 ? 0.95F : -0.95F;

	g_autofree char *input = write_float_wav("peaky.wav", samples, N_SAMPLES);
	LoaIngestResult result = ingest(input);

	assert_true(fabs(result.lufs + 16) < 0.5);
	assert_true(result.true_peak_dbtp <= -1.45);
}

static void
a_damaged_file_gives_a_result_or_a_sentence_but_no_crash(void **state)
{
	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(forms); i++) {
		g_autofree char *input = in_folder(forms[i].name);
		g_autofree char *bad = in_folder("bad.bin");
		g_autofree char *text = NULL;
		g_autofree char *out = NULL;
		LoaIngestOptions options = options_for(bad, &out);
		LoaIngestResult result;
		g_autoptr(GError) error = NULL;
		gsize size = 0;
		guint32 seed = 99;

		if (!g_file_get_contents(input, &text, &size, NULL))
			continue;
		for (gsize k = size / 3; k < size * 2 / 3; k += 101) {
			seed = seed * 1664525 + 1013904223;
			text[k] = (char)(seed >> 24);
		}
		assert_true(g_file_set_contents(bad, text, (gssize)size, NULL));
		if (loa_ingest_run(&options, NULL, NULL, NULL, &result, &error))
			assert_int_equal(count_files(out), 2);
		else
			assert_int_equal(error->domain, LOA_INGEST_ERROR);
		if (error != NULL)
			assert_int_equal(count_files(out), 0);
		clear_out();
	}
}

static void
stopping_leaves_nothing_at_any_stage(void **state)
{
	(void)state;
	static const char *const stages[] = { "copy", "decode", "measure", "encode" };
	g_autofree char *input = little_input("stopped.wav");

	for (gsize i = 0; i < G_N_ELEMENTS(stages); i++) {
		g_autofree char *out = NULL;
		LoaIngestOptions options = options_for(input, &out);
		g_autoptr(GCancellable) cancellable = g_cancellable_new();
		Watch watch = { .cancel_in = stages[i], .cancellable = cancellable };
		LoaIngestResult result;
		g_autoptr(GError) error = NULL;

		assert_false(loa_ingest_run(&options, on_progress, &watch, cancellable, &result,
					    &error));
		assert_true(g_error_matches(error, LOA_INGEST_ERROR, LOA_INGEST_ERROR_CANCELLED));
		assert_string_equal(watch.last_stage, stages[i]);
		assert_int_equal(count_files(out), 0);
	}
}

static void
a_full_disk_is_said_and_leaves_nothing(void **state)
{
	(void)state;
	static const rlim_t sizes[] = { 10000, 400000 }; /* the original, the spool */
	g_autofree char *input = make_input("full.wav", "wavenc");
	struct rlimit before;

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	for (gsize i = 0; i < G_N_ELEMENTS(sizes); i++) {
		g_autofree char *out = NULL;
		LoaIngestOptions options = options_for(input, &out);
		const struct rlimit small = { sizes[i], before.rlim_max };
		LoaIngestResult result;
		g_autoptr(GError) error = NULL;

		assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
		gboolean ok = loa_ingest_run(&options, NULL, NULL, NULL, &result, &error);

		assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
		assert_false(ok);
		assert_true(g_error_matches(error, LOA_INGEST_ERROR, LOA_INGEST_ERROR_DISK_FULL));
		assert_non_null(strstr(error->message, "free some space"));
		assert_int_equal(count_files(out), 0);
	}
}

static void
a_folder_that_cannot_be_written_is_named(void **state)
{
	(void)state;
	g_autofree char *input = little_input("unwritable.wav");
	g_autofree char *out = g_build_filename(input, "below", NULL);
	LoaIngestOptions options = loa_ingest_options_default();

	options.input = input;
	options.folder = out;
	assert_fails_with(&options, LOA_INGEST_ERROR_UNWRITABLE, "unwritable.wav/below");
}

static void
placing_both_files_fails_as_one(void **state)
{
	(void)state;
	g_autofree char *input = little_input("both.wav");
	LoaIngestResult result = ingest(input);
	g_autofree char *name = g_strdup_printf("out/audio/%s.opus", result.sha256);
	g_autofree char *place = in_folder(name);
	g_autofree char *out = NULL;
	LoaIngestOptions options = options_for(input, &out);
	LoaIngestResult again;
	g_autoptr(GError) error = NULL;

	clear_out();
	/* a folder where the stored file belongs */
	assert_int_equal(g_mkdir_with_parents(place, 0700), 0);
	assert_false(loa_ingest_run(&options, NULL, NULL, NULL, &again, &error));
	assert_true(g_error_matches(error, LOA_INGEST_ERROR, LOA_INGEST_ERROR_UNWRITABLE));
	assert_int_equal(count_files(out), 0);
}

static void
the_sweep_takes_what_the_dead_left_and_nothing_else(void **state)
{
	(void)state;
	g_autofree char *out = in_folder("out");
	g_autofree char *audio = in_folder("out/audio");
	g_autofree char *dead = in_folder("out/audio/.loa-ingest-dead00");
	g_autofree char *other = in_folder("out/audio/other.opus");
	g_autofree char *originals = in_folder("out/originals/.loa-ingest-dead01");
	g_autofree char *originals_folder = in_folder("out/originals");
	g_autoptr(GError) error = NULL;

	assert_int_equal(g_mkdir_with_parents(audio, 0700), 0);
	assert_int_equal(g_mkdir_with_parents(originals_folder, 0700), 0);
	assert_true(g_file_set_contents(dead, "x", 1, NULL));
	assert_true(g_file_set_contents(other, "x", 1, NULL));
	assert_true(g_file_set_contents(originals, "x", 1, NULL));
	{
		g_autoptr(LoaIngestFile) living = loa_ingest_file_new(audio, &error);

		assert_non_null(living);
		loa_ingest_sweep(out);
		assert_true(g_file_test(loa_ingest_file_path(living), G_FILE_TEST_EXISTS));
		assert_int_equal(count_files(out), 2);
	}
	assert_int_equal(count_files(out), 1);
	assert_true(g_file_test(other, G_FILE_TEST_EXISTS));
	loa_ingest_sweep("/nonexistent");
	clear_out();
}

static int
set_up(void **state)
{
	(void)state;
	/* in memory where that is to be had: every ingest waits for the disk four times */
	folder = g_mkdtemp(g_strdup("/dev/shm/loa-ingest-test-XXXXXX"));
	if (folder == NULL)
		folder = g_dir_make_tmp("loa-ingest-test-XXXXXX", NULL);
	if (folder == NULL)
		return -1;
	make_source();
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	remove_tree(folder);
	g_free(folder);
	g_free(raw);
	return 0;
}

static int
leave_no_output(void **state)
{
	(void)state;
	clear_out();
	return 0;
}

#define INGEST_TEST(name) cmocka_unit_test_teardown(name, leave_no_output)

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		INGEST_TEST(every_form_comes_out_even_trimmed_and_whole),
		INGEST_TEST(a_file_cut_short_is_refused_in_every_form_that_can_tell),
		INGEST_TEST(a_damaged_file_gives_a_result_or_a_sentence_but_no_crash),
		INGEST_TEST(several_files_one_behind_the_other_are_joined),
		INGEST_TEST(the_same_recording_has_the_same_name_twice),
		INGEST_TEST(the_users_name_gives_the_originals_ending),
		INGEST_TEST(loudness_and_bit_rate_are_as_asked_for),
		INGEST_TEST(the_sound_of_a_video_is_taken_and_silent_film_refused),
		INGEST_TEST(what_is_not_audio_is_refused),
		INGEST_TEST(what_cannot_be_read_is_named),
		INGEST_TEST(silence_is_refused_even_with_hiss_or_an_offset),
		INGEST_TEST(lengths_have_two_ends),
		INGEST_TEST(a_length_that_no_header_tells_is_noticed_on_the_way),
		INGEST_TEST(numbers_that_are_none_do_no_harm),
		INGEST_TEST(a_peaky_recording_is_brought_to_the_same_loudness),
		INGEST_TEST(stopping_leaves_nothing_at_any_stage),
		INGEST_TEST(a_full_disk_is_said_and_leaves_nothing),
		INGEST_TEST(a_folder_that_cannot_be_written_is_named),
		INGEST_TEST(placing_both_files_fails_as_one),
		INGEST_TEST(the_sweep_takes_what_the_dead_left_and_nothing_else),
	};

	gst_init(&argc, &argv);
	return cmocka_run_group_tests_name("audio/ingest", tests, set_up, tear_down);
}
