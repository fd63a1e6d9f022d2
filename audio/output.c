/* SPDX-License-Identifier: Apache-2.0 */
#include "audio/output.h"

#include <errno.h>
#include <gst/audio/gstaudiobasesink.h>
#include <gst/audio/gstaudiosink.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "audio/file-device.h"
#include "audio/gst-start.h"
#include "audio/render-source.h"
#include "audio/renderer.h"

#define RATE 48000
/* Above ordinary programs, below the kernel's own real-time threads. */
#define AUDIO_PRIORITY 20
/* A reading that takes longer than this is tried again: we may have been scheduled away ... */
#define GOOD_READING_US 100.0
/* ... and one that takes longer than this says nothing. */
#define MAX_READING_US 5000.0
#define N_READINGS 3

struct LoaOutput {
	GstElement *pipeline; /* owned */
	GstElement *source;   /* owned by the pipeline */
	GstElement *sink;     /* owned by the pipeline: what the description made */
	gboolean has_converters;
	GstBus *bus; /* owned */
	guint buffer_ms;
	guint segment_ms;
	LoaOutputFunc func;
	gpointer data;

	/* Chosen at opening, then read by the streaming thread. */
	GstAudioBaseSink *audio_sink; /* (nullable), owned: where the device's position is read */

	/* Streaming thread. */
	gboolean is_running; /* the device was seen to consume */
	gint64 n_pushed;     /* samples handed on since the opening */
	double start_us;     /* of a sink that does not pace */
};

static double
mono_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec * 1e-3;
}

static void
sleep_until_stream(double when_us)
{
	gint64 ns = (gint64)(when_us * 1e3);
	struct timespec t = { ns / 1000000000, ns % 1000000000 };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
		;
}

static gint64
to_48k(const LoaOutput *self, guint64 samples)
{
	gint rate = GST_AUDIO_INFO_RATE(&self->audio_sink->ringbuffer->spec.info);

	return rate == RATE || rate <= 0
		       ? (gint64)samples
		       : (gint64)gst_util_uint64_scale(samples, RATE, (guint)rate);
}

/* Samples done by the ring buffer less those the device still holds. How long the reading took,
 * INFINITY if the ring moved on in between: then the two do not belong together. */
static double
read_ring_stream(LoaOutput *self, LoaOutputReading *reading)
{
	GstAudioRingBuffer *ring = self->audio_sink->ringbuffer;
	double before_us = mono_us();
	guint64 n_done = gst_audio_ring_buffer_samples_done(ring);
	guint64 n_delay = gst_audio_ring_buffer_delay(ring);
	double after_us = mono_us();

	reading->mono_us = (before_us + after_us) / 2;
	/* Whole samples are counted: half of one more is the fairest guess. */
	reading->position = n_done > n_delay ? (double)to_48k(self, n_done - n_delay) + 0.5 : 0;
	return gst_audio_ring_buffer_samples_done(ring) == n_done ? after_us - before_us : INFINITY;
}

/* Sinks with a ring buffer of their own kind (PulseAudio) tell the device's time as a clock. */
static double
read_clock_stream(LoaOutput *self, LoaOutputReading *reading)
{
	double before_us = mono_us();
	GstClockTime time = gst_clock_get_internal_time(self->audio_sink->provided_clock);
	double after_us = mono_us();

	reading->mono_us = (before_us + after_us) / 2;
	reading->position = GST_CLOCK_TIME_IS_VALID(time) ? (double)time * 1e-9 * RATE : 0;
	return after_us - before_us;
}

/* The quickest of a few readings. FALSE: the device does not move yet, or none was any good. */
static gboolean
read_position_stream(LoaOutput *self, LoaOutputReading *reading)
{
	double best_us = MAX_READING_US;
	LoaOutputReading try = *reading;

	reading->position = 0;
	for (int i = 0; i < N_READINGS && best_us > GOOD_READING_US; i++) {
		double took_us = GST_IS_AUDIO_SINK(self->audio_sink)
					 ? read_ring_stream(self, &try)
					 : read_clock_stream(self, &try);

		if (took_us >= best_us)
			continue;
		best_us = took_us;
		*reading = try;
	}
	return reading->position > 0;
}

static void
read_device_stream(LoaOutput *self, LoaOutputReading *reading)
{
	guint64 next = self->audio_sink->next_sample;

	reading->next_sample = next == (guint64)-1 ? 0 : to_48k(self, next);
	reading->has_position = read_position_stream(self, reading);
	/* Just started: wait for its first sign of life (a few ms at most), so that what comes
	 * next already has its place. */
	for (int i = 0; i < 10 && !reading->has_position && !self->is_running &&
			gst_audio_ring_buffer_samples_done(self->audio_sink->ringbuffer) > 0;
	     i++) {
		sleep_until_stream(mono_us() + 500);
		reading->has_position = read_position_stream(self, reading);
	}
	self->is_running |= reading->has_position;
}

/* A sink that takes everything at once: we are the device. */
static void
pace_stream(LoaOutput *self, LoaOutputReading *reading, guint n)
{
	double us_per_sample = 1e6 / RATE;

	if (self->n_pushed == 0)
		self->start_us = mono_us();
	sleep_until_stream(self->start_us + (double)(self->n_pushed + n) * us_per_sample -
			   self->buffer_ms * 1e3);
	reading->next_sample = self->n_pushed;
	reading->mono_us = mono_us();
	reading->position = (reading->mono_us - self->start_us) / us_per_sample;
	reading->has_position = reading->position > 0;
	/* We were held up for longer than the buffer: begin again behind the gap. */
	if (reading->position > (double)self->n_pushed) {
		self->start_us += (reading->position - (double)self->n_pushed) * us_per_sample;
		reading->position = (double)self->n_pushed;
	}
}

static void
render_stream(gpointer data, gint16 *out, guint n)
{
	LoaOutput *self = data;
	LoaOutputReading reading = { 0 };

	if (self->audio_sink != NULL)
		read_device_stream(self, &reading);
	else
		pace_stream(self, &reading, n);
	self->func(self->data, &reading, out, n);
	self->n_pushed += n;
}

/* Runs on each new streaming thread as it begins: let it come before ordinary work. Where that
 * is not permitted the thread stays as it is. */
static GstBusSyncReply
raise_priority_stream(GstBus *bus, GstMessage *message, gpointer data)
{
	(void)bus, (void)data;
	GstStreamStatusType type;
	GstElement *owner = NULL;

	if (GST_MESSAGE_TYPE(message) != GST_MESSAGE_STREAM_STATUS)
		return GST_BUS_PASS;
	gst_message_parse_stream_status(message, &type, &owner);
	if (type == GST_STREAM_STATUS_TYPE_ENTER)
		(void)pthread_setschedparam(
			pthread_self(), SCHED_RR,
			&(struct sched_param){ .sched_priority = AUDIO_PRIORITY });
	gst_message_unref(message);
	return GST_BUS_DROP;
}

static GstElement *
make_sink(const char *description, GError **error)
{
	if (g_str_has_prefix(description, "file:"))
		return loa_file_device_new(description + strlen("file:"), error);

	g_autoptr(GError) cause = NULL;
	GstElement *sink = gst_parse_bin_from_description_full(description, TRUE, NULL,
							       GST_PARSE_FLAG_FATAL_ERRORS, &cause);

	if (sink == NULL)
		g_set_error(error, LOA_PLAYER_ERROR, LOA_PLAYER_ERROR_OUTPUT,
			    "output \"%s\": %s; write file:PATH or a GStreamer sink such as "
			    "\"alsasink device=hw:0\"",
			    description, cause->message);
	return sink;
}

/* For a sink that does not take our samples as they are. They stay for good. */
static gboolean
insert_converters(LoaOutput *self)
{
	GstElement *convert = loa_gst_make("audioconvert");
	GstElement *resample = loa_gst_make("audioresample");

	if (convert != NULL)
		gst_bin_add(GST_BIN(self->pipeline), convert);
	if (resample != NULL)
		gst_bin_add(GST_BIN(self->pipeline), resample);
	self->has_converters = convert != NULL && resample != NULL;
	if (!self->has_converters)
		return FALSE;
	gst_element_unlink(self->source, self->sink);
	return gst_element_link_many(self->source, convert, resample, self->sink, NULL);
}

static gboolean
build(LoaOutput *self, const char *description, GError **error)
{
	GstElement *sink = make_sink(description, error);

	if (sink == NULL)
		return FALSE;

	self->source = loa_render_source_new(self->segment_ms * RATE / 1000, render_stream, self);
	self->pipeline = gst_object_ref_sink(gst_pipeline_new("player"));
	self->sink = sink;
	gst_bin_add_many(GST_BIN(self->pipeline), self->source, sink, NULL);
	if (gst_element_link(self->source, sink) || insert_converters(self))
		return TRUE;
	g_set_error(error, LOA_PLAYER_ERROR, LOA_PLAYER_ERROR_OUTPUT,
		    "output \"%s\" takes no audio (or GStreamer's base plugins are not installed)",
		    description);
	return FALSE;
}

/* A roomy buffer is filled in larger pieces: each costs two wake-ups and a dozen of GStreamer's
 * steps, whatever its length. Three of them fit into each half of the buffer. */
static guint
segment_ms_for(guint buffer_ms)
{
	if (buffer_ms >= 240)
		return LOA_RENDERER_MAX_BLOCK * 1000 / RATE;
	return buffer_ms >= 120 ? 20 : 10;
}

LoaOutput *
loa_output_new(const char *description, guint buffer_ms, LoaOutputFunc func, gpointer data,
	       GError **error)
{
	if (!loa_gst_start(description, error))
		return NULL;
	loa_file_device_register();

	g_autoptr(LoaOutput) self = g_new0(LoaOutput, 1);

	self->buffer_ms = buffer_ms;
	self->segment_ms = segment_ms_for(buffer_ms);
	self->func = func;
	self->data = data;
	if (!build(self, description, error))
		return NULL;
	self->bus = gst_element_get_bus(self->pipeline);
	gst_bus_set_sync_handler(self->bus, raise_priority_stream, NULL, NULL);
	return g_steal_pointer(&self);
}

static void
configure_sink(const GValue *item, gpointer data)
{
	LoaOutput *self = data;
	GstElement *element = g_value_get_object(item);

	if (!GST_IS_BASE_SINK(element))
		return;
	g_object_set(element, "sync", FALSE, "enable-last-sample", FALSE, NULL);
	if (!GST_IS_AUDIO_BASE_SINK(element))
		return;

	/* A GstAudioSink holds the sound twice: in its ring buffer, and in the device's. */
	gint64 segment_us = self->segment_ms * 1000;
	gint64 buffer_us = self->buffer_ms * 1000 / (GST_IS_AUDIO_SINK(element) ? 2 : 1);

	g_object_set(element, "buffer-time", MAX(buffer_us, 2 * segment_us), "latency-time",
		     segment_us, NULL);
	g_set_object(&self->audio_sink, GST_AUDIO_BASE_SINK(element));
}

/* The sinks are known only now: autoaudiosink makes its own when it gets ready. */
static void
configure_sinks(LoaOutput *self)
{
	GstIterator *elements = gst_bin_iterate_recurse(GST_BIN(self->pipeline));

	g_clear_object(&self->audio_sink);
	while (gst_iterator_foreach(elements, configure_sink, self) == GST_ITERATOR_RESYNC)
		gst_iterator_resync(elements);
	gst_iterator_free(elements);
}

/* The first error on the bus, as one sentence. */
static gboolean
take_bus_error(LoaOutput *self, GError **error)
{
	g_autoptr(GstMessage) message = gst_bus_pop_filtered(
		self->bus, GST_MESSAGE_ERROR | GST_MESSAGE_EOS | GST_MESSAGE_CLOCK_LOST);
	g_autoptr(GError) cause = NULL;

	if (message == NULL || GST_MESSAGE_TYPE(message) == GST_MESSAGE_CLOCK_LOST)
		return FALSE;
	if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR)
		gst_message_parse_error(message, &cause, NULL);
	g_set_error(error, LOA_PLAYER_ERROR, LOA_PLAYER_ERROR_OUTPUT, "%s: %s",
		    GST_MESSAGE_SRC_NAME(message), cause ? cause->message : "ended by itself");
	return TRUE;
}

static gboolean
change_state(LoaOutput *self, GstState state, GError **error)
{
	if (gst_element_set_state(self->pipeline, state) != GST_STATE_CHANGE_FAILURE)
		return TRUE;
	if (!take_bus_error(self, error))
		g_set_error_literal(error, LOA_PLAYER_ERROR, LOA_PLAYER_ERROR_OUTPUT,
				    "the sound device cannot be opened");
	loa_output_close(self);
	return FALSE;
}

/* What a device takes is known once it is there. */
static gboolean
takes_our_samples(LoaOutput *self)
{
	g_autoptr(GstPad) from = gst_element_get_static_pad(self->source, "src");
	g_autoptr(GstPad) to = gst_element_get_static_pad(self->sink, "sink");
	g_autoptr(GstCaps) ours = gst_pad_query_caps(from, NULL);

	return gst_pad_query_accept_caps(to, ours);
}

static gboolean
find_the_way(LoaOutput *self, GError **error)
{
	if (self->has_converters || takes_our_samples(self) || insert_converters(self))
		return TRUE;
	g_set_error_literal(
		error, LOA_PLAYER_ERROR, LOA_PLAYER_ERROR_OUTPUT,
		"the device takes other samples than ours, and GStreamer's base plugins "
		"that convert them are not installed");
	loa_output_close(self);
	return FALSE;
}

gboolean
loa_output_open(LoaOutput *self, GError **error)
{
	self->is_running = FALSE;
	self->n_pushed = 0;
	gst_bus_set_flushing(self->bus, FALSE);
	if (!change_state(self, GST_STATE_READY, error))
		return FALSE;
	configure_sinks(self);
	if (!find_the_way(self, error))
		return FALSE;
	return change_state(self, GST_STATE_PLAYING, error);
}

gboolean
loa_output_check(LoaOutput *self, GError **error)
{
	return !take_bus_error(self, error);
}

void
loa_output_close(LoaOutput *self)
{
	gst_element_set_state(self->pipeline, GST_STATE_NULL);
	gst_bus_set_flushing(self->bus, TRUE);
	g_clear_object(&self->audio_sink);
}

void
loa_output_free(LoaOutput *self)
{
	if (self->bus != NULL) {
		loa_output_close(self);
		gst_bus_set_sync_handler(self->bus, NULL, NULL, NULL);
		gst_object_unref(self->bus);
	}
	g_clear_pointer(&self->pipeline, gst_object_unref);
	g_free(self);
}
