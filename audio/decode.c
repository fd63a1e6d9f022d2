/* SPDX-License-Identifier: Apache-2.0 */
#include "audio/decode.h"

#include <gst/app/gstappsink.h>
#include <gst/gst.h>
#include <string.h>

#define PULL_TIMEOUT (20 * GST_MSECOND) /* then the bus and the cancellable are looked at */
/* A decoder that says nothing for so long will never say anything. */
#define STALL_US (60 * G_USEC_PER_SEC)
/* Nor one that has found no sound in so long. decodebin loses an error that a demuxer reports while
 * it is being plugged in (seen with one file in a hundred that has no streams): nothing follows. */
#define START_STALL_US (20 * G_USEC_PER_SEC)
/* Lengths that are guessed from the bit rate may be far off: they are believed only beyond this. */
#define GUESS_TOLERANCE 1.5

typedef struct {
	GstElement *pipeline; /* owned */
	GstElement *convert;  /* borrowed from the pipeline, as all elements */
	GstAppSink *sink;
	gint is_linked; /* atomic: set on GStreamer's thread */
	gint has_track; /* atomic */
	GMutex lock;    /* guards kind */
	char *kind;     /* owned: the file's media type, once found */
	gint64 max_us;
	gint64 n_samples;
	gint64 duration_us; /* as stated, -1: not yet known */
	gint64 moved_us;    /* when something came last */
} Decode;

G_DEFINE_QUARK(loa_decode_error, loa_decode_error)

static void
decode_clear(Decode *self)
{
	if (self->pipeline != NULL) {
		gst_element_set_state(self->pipeline, GST_STATE_NULL);
		gst_object_unref(self->pipeline);
	}
	g_free(self->kind);
	g_mutex_clear(&self->lock);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Decode, decode_clear)

/* (transfer full) (nullable) */
static char *
dup_kind(Decode *self)
{
	char *kind;

	g_mutex_lock(&self->lock);
	kind = g_strdup(self->kind);
	g_mutex_unlock(&self->lock);
	return kind;
}

static gboolean
is_media_kind(const char *kind)
{
	static const char *const applications[] = {
		"application/ogg",
		"application/x-id3",
		"application/x-apetag",
		"application/x-3gp",
		"application/x-ape",
		"application/mxf",
		"application/vnd.rn-realmedia",
		NULL,
	};

	return g_str_has_prefix(kind, "audio/") || g_str_has_prefix(kind, "video/") ||
	       g_strv_contains(applications, kind);
}

/* Thread: stream. The first caps are those of the file itself. Video, subtitles and pictures are
 * left as they are, which costs nothing; nobody is connected to them. */
static gboolean
on_autoplug_continue_stream(GstElement *bin, GstPad *pad, GstCaps *caps, gpointer user_data)
{
	(void)bin;
	(void)pad;
	Decode *self = user_data;
	const char *name = gst_structure_get_name(gst_caps_get_structure(caps, 0));
	gboolean is_file = FALSE;

	g_mutex_lock(&self->lock);
	is_file = self->kind == NULL;
	if (is_file)
		self->kind = g_strdup(name);
	g_mutex_unlock(&self->lock);
	if (is_file)
		return is_media_kind(name);
	return !g_str_has_prefix(name, "image/") && !g_str_has_prefix(name, "text/") &&
	       !g_str_has_prefix(name, "subpicture/") && !g_str_has_prefix(name, "video/x-h26") &&
	       !g_str_has_prefix(name, "video/x-vp") && !g_str_has_prefix(name, "video/x-av1");
}

/* Thread: stream. 0 to try the element, 2 to skip it (GstAutoplugSelectResult, which has no
 * public header). */
static gint
on_autoplug_select_stream(GstElement *bin, GstPad *pad, GstCaps *caps, GstElementFactory *factory,
			  gpointer user_data)
{
	(void)bin;
	(void)pad;
	(void)caps;
	(void)user_data;
	static const char *const refused[] = { "Adaptive", "Network", "Video", "Image",
					       "Subtitle", "Bin",     "Sink" };
	static const char *const wanted[] = { "Demuxer", "Parser", "Decoder" };
	const char *class = gst_element_factory_get_metadata(factory, GST_ELEMENT_METADATA_KLASS);
	gboolean is_wanted = FALSE;

	for (gsize i = 0; i < G_N_ELEMENTS(refused); i++)
		if (strstr(class, refused[i]) != NULL)
			return 2;
	for (gsize i = 0; i < G_N_ELEMENTS(wanted); i++)
		is_wanted |= strstr(class, wanted[i]) != NULL;
	return is_wanted ? 0 : 2;
}

/* Thread: stream. */
static void
on_pad_added_stream(GstElement *bin, GstPad *pad, gpointer user_data)
{
	(void)bin;
	Decode *self = user_data;
	g_autoptr(GstCaps) caps = gst_pad_get_current_caps(pad);

	if (caps == NULL)
		caps = gst_pad_query_caps(pad, NULL);
	if (gst_caps_is_empty(caps) || gst_caps_is_any(caps))
		return;

	const char *name = gst_structure_get_name(gst_caps_get_structure(caps, 0));

	if (g_str_has_prefix(name, "audio/"))
		g_atomic_int_set(&self->has_track, 1);
	if (!g_str_equal(name, "audio/x-raw") ||
	    !g_atomic_int_compare_and_exchange(&self->is_linked, 0, 1))
		return;

	g_autoptr(GstPad) sink = gst_element_get_static_pad(self->convert, "sink");

	if (gst_pad_link(pad, sink) != GST_PAD_LINK_OK)
		g_atomic_int_set(&self->is_linked, 0);
}

/* Thread: stream. Nothing will ever reach the sink: say so on the bus. */
static void
on_no_more_pads_stream(GstElement *bin, gpointer user_data)
{
	Decode *self = user_data;

	if (g_atomic_int_get(&self->is_linked))
		return;
	gst_element_post_message(
		bin, gst_message_new_application(GST_OBJECT(bin),
						 gst_structure_new_empty("loa-no-sound")));
}

static gboolean
make_pipeline(Decode *self, const char *path, GError **error)
{
	GstElement *source = gst_element_factory_make("filesrc", NULL);
	GstElement *bin = gst_element_factory_make("decodebin", NULL);
	GstElement *resample = gst_element_factory_make("audioresample", NULL);
	GstElement *sink = gst_element_factory_make("appsink", NULL);

	self->convert = gst_element_factory_make("audioconvert", NULL);
	self->pipeline = gst_pipeline_new(NULL);
	if (source == NULL || bin == NULL || self->convert == NULL || resample == NULL ||
	    sink == NULL) {
		g_set_error_literal(error, LOA_DECODE_ERROR, LOA_DECODE_ERROR_SETUP,
				    "GStreamer's base plugins are missing; install "
				    "gstreamer1.0-plugins-base and gstreamer1.0-plugins-good");
		return FALSE;
	}

	g_autoptr(GstCaps) caps =
		gst_caps_new_simple("audio/x-raw", "format", G_TYPE_STRING,
				    G_BYTE_ORDER == G_LITTLE_ENDIAN ? "F32LE" : "F32BE", "layout",
				    G_TYPE_STRING, "interleaved", "rate", G_TYPE_INT,
				    LOA_DECODE_RATE, "channels", G_TYPE_INT, 1, NULL);

	self->sink = GST_APP_SINK(sink);
	g_object_set(source, "location", path, NULL);
	g_object_set(sink, "sync", FALSE, "max-buffers", 8, "caps", caps, NULL);
	gst_bin_add_many(GST_BIN(self->pipeline), source, bin, self->convert, resample, sink, NULL);
	g_signal_connect(bin, "autoplug-continue", G_CALLBACK(on_autoplug_continue_stream), self);
	g_signal_connect(bin, "autoplug-select", G_CALLBACK(on_autoplug_select_stream), self);
	g_signal_connect(bin, "pad-added", G_CALLBACK(on_pad_added_stream), self);
	g_signal_connect(bin, "no-more-pads", G_CALLBACK(on_no_more_pads_stream), self);
	if (!gst_element_link(source, bin) ||
	    !gst_element_link_many(self->convert, resample, sink, NULL)) {
		g_set_error_literal(error, LOA_DECODE_ERROR, LOA_DECODE_ERROR_SETUP,
				    "GStreamer's plugins do not fit together; reinstall them");
		return FALSE;
	}
	return TRUE;
}

static gboolean
fail_without_sound(Decode *self, GError **error)
{
	g_autofree char *kind = dup_kind(self);

	if (kind == NULL || !is_media_kind(kind))
		g_set_error(error, LOA_DECODE_ERROR, LOA_DECODE_ERROR_NOT_MEDIA,
			    "this is not an audio file (it looks like %s)",
			    kind != NULL ? kind : "nothing known");
	else if (g_atomic_int_get(&self->has_track) || g_str_has_prefix(kind, "audio/"))
		g_set_error(error, LOA_DECODE_ERROR, LOA_DECODE_ERROR_NO_DECODER,
			    "there is no decoder for the sound in this file (%s); save it as WAV, "
			    "MP3 or M4A",
			    kind);
	else
		g_set_error(error, LOA_DECODE_ERROR, LOA_DECODE_ERROR_NO_TRACK,
			    "there is no sound in this file (%s)", kind);
	return FALSE;
}

/* What a decoder's error means to the one who brought the file. */
static gboolean
fail_from_message(Decode *self, GstMessage *message, GError **error)
{
	g_autoptr(GError) cause = NULL;

	gst_message_parse_error(message, &cause, NULL);
	if (self->n_samples > 0) {
		g_set_error(error, LOA_DECODE_ERROR, LOA_DECODE_ERROR_DAMAGED,
			    "the file is damaged after %.1f s of sound (%s)",
			    (double)self->n_samples / LOA_DECODE_RATE, cause->message);
		return FALSE;
	}
	if (g_error_matches(cause, GST_STREAM_ERROR, GST_STREAM_ERROR_TYPE_NOT_FOUND) ||
	    g_error_matches(cause, GST_STREAM_ERROR, GST_STREAM_ERROR_WRONG_TYPE) ||
	    g_error_matches(cause, GST_STREAM_ERROR, GST_STREAM_ERROR_CODEC_NOT_FOUND) ||
	    g_error_matches(cause, GST_CORE_ERROR, GST_CORE_ERROR_MISSING_PLUGIN))
		return fail_without_sound(self, error);
	g_set_error(error, LOA_DECODE_ERROR, LOA_DECODE_ERROR_DAMAGED,
		    "the file is damaged: no sound can be read from it (%s)", cause->message);
	return FALSE;
}

/* %FALSE with @error: it is over. */
static gboolean
check_bus(Decode *self, GError **error)
{
	g_autoptr(GstBus) bus = gst_element_get_bus(self->pipeline);

	for (;;) {
		g_autoptr(GstMessage) message =
			gst_bus_pop_filtered(bus, GST_MESSAGE_ERROR | GST_MESSAGE_APPLICATION);

		if (message == NULL)
			return TRUE;
		if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR)
			return fail_from_message(self, message, error);
		return fail_without_sound(self, error);
	}
}

static gboolean
fail_too_long(const Decode *self, GError **error)
{
	g_set_error(error, LOA_DECODE_ERROR, LOA_DECODE_ERROR_TOO_LONG,
		    "the recording is longer than %" G_GINT64_FORMAT
		    " minutes; cut it into parts or raise the limit",
		    self->max_us / (60 * G_USEC_PER_SEC));
	return FALSE;
}

/* Asked once sound flows: before, parsers do not know. */
static gboolean
check_stated_length(Decode *self, GError **error)
{
	g_autofree char *kind = dup_kind(self);
	gboolean is_guess = kind == NULL || g_str_equal(kind, "audio/mpeg") ||
			    g_str_equal(kind, "application/x-id3");
	double limit = (double)self->max_us * (is_guess ? GUESS_TOLERANCE : 1);
	gint64 duration = -1;

	if (self->duration_us >= 0 ||
	    !gst_element_query_duration(self->pipeline, GST_FORMAT_TIME, &duration) || duration < 0)
		return TRUE;
	self->duration_us = duration / GST_USECOND;
	/* a rounded header may say a little more than the limit */
	if ((double)self->duration_us > limit + G_USEC_PER_SEC)
		return fail_too_long(self, error);
	return TRUE;
}

static gboolean
take_sample(Decode *self, GstSample *sample, LoaDecodeFunc func, gpointer user_data, GError **error)
{
	GstBuffer *buffer = gst_sample_get_buffer(sample);
	GstMapInfo map;
	double done = -1;

	if (buffer == NULL || !gst_buffer_map(buffer, &map, GST_MAP_READ)) {
		g_set_error_literal(error, LOA_DECODE_ERROR, LOA_DECODE_ERROR_SETUP,
				    "GStreamer gave a buffer that cannot be read");
		return FALSE;
	}

	gsize n_samples = map.size / sizeof(float);
	gboolean ok = check_stated_length(self, error);

	self->n_samples += (gint64)n_samples;
	if (ok && self->n_samples / LOA_DECODE_RATE * G_USEC_PER_SEC > self->max_us)
		ok = fail_too_long(self, error);
	if (self->duration_us > 0)
		done = MIN((double)self->n_samples * 1e6 / LOA_DECODE_RATE /
				   (double)self->duration_us,
			   1);
	ok = ok && func((const float *)(const void *)map.data, n_samples, done, user_data, error);
	gst_buffer_unmap(buffer, &map);
	return ok;
}

/* One turn. %FALSE: the end, with @error or without. */
static gboolean
turn(Decode *self, LoaDecodeFunc func, gpointer user_data, GCancellable *cancellable,
     GError **error)
{
	g_autoptr(GstSample) sample = gst_app_sink_try_pull_sample(self->sink, PULL_TIMEOUT);

	if (g_cancellable_set_error_if_cancelled(cancellable, error))
		return FALSE;
	if (sample != NULL) {
		self->moved_us = g_get_monotonic_time();
		return take_sample(self, sample, func, user_data, error);
	}
	if (!check_bus(self, error))
		return FALSE;
	if (gst_app_sink_is_eos(self->sink)) {
		/* the error that ended it may have come between the two looks */
		if (!check_bus(self, error))
			return FALSE;
		return FALSE;
	}
	if (g_get_monotonic_time() - self->moved_us <
	    (g_atomic_int_get(&self->is_linked) ? STALL_US : START_STALL_US))
		return TRUE;
	g_set_error_literal(error, LOA_DECODE_ERROR, LOA_DECODE_ERROR_DAMAGED,
			    "decoding got stuck; save the file anew as WAV or MP3");
	return FALSE;
}

gboolean
loa_decode_file(const char *path, gint64 max_us, LoaDecodeFunc func, gpointer user_data,
		GCancellable *cancellable, GError **error)
{
	g_auto(Decode) self = { .max_us = max_us, .duration_us = -1 };
	GError *local = NULL;

	g_mutex_init(&self.lock);
	if (!make_pipeline(&self, path, error))
		return FALSE;
	self.moved_us = g_get_monotonic_time();
	/* a failure to start comes over the bus, with its reason */
	gst_element_set_state(self.pipeline, GST_STATE_PLAYING);
	while (turn(&self, func, user_data, cancellable, &local))
		continue;
	if (local == NULL)
		return TRUE;
	g_propagate_error(error, local);
	return FALSE;
}
