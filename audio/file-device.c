/* SPDX-License-Identifier: Apache-2.0 */
#include "audio/file-device.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "audio/player.h"
#include "audio/wav-recording.h"

#define RATE 48000
#define CAPS "audio/x-raw, format=S16LE, layout=interleaved, rate=48000, channels=1"
#define MAX_ERROR_PPM 1000.0
#define STUCK_NAP_NS 10000000
#define SILENCE 960 /* samples: what an underrun records at a time */

struct _LoaFileDevice {
	GstAudioSink parent;

	char *location;
	double rate_error_ppm;
	guint stuck_after_ms;

	/* The ring buffer's thread; opening and closing happen while that does not run. */
	LoaWavRecording *recording;
	gboolean has_failed;
	gint16 *fifo; /* ring of n_fifo samples */
	gint64 n_fifo;
	gint64 n_recorded; /* samples since the opening that have left the device */

	/* Read by delay() on the streaming thread. */
	_Atomic gint64 start_ns;  /* CLOCK_MONOTONIC when sample 0 left; 0: not yet */
	_Atomic gint64 n_written; /* samples taken since the opening, silence included */
	_Atomic gboolean is_interrupted;
	_Atomic guint n_underruns;
};

G_DEFINE_TYPE(LoaFileDevice, loa_file_device, GST_TYPE_AUDIO_SINK)

enum { PROP_LOCATION = 1, PROP_RATE_ERROR_PPM, PROP_STUCK_AFTER_MS, PROP_UNDERRUNS };

static gint64
mono_now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (gint64)t.tv_sec * G_GINT64_CONSTANT(1000000000) + t.tv_nsec;
}

static double
ns_per_sample(const LoaFileDevice *self)
{
	return 1e9 / (RATE * (1 + self->rate_error_ppm * 1e-6));
}

/* How many samples have left the device by @mono_ns. */
static gint64
position_at(LoaFileDevice *self, gint64 mono_ns)
{
	gint64 start_ns = atomic_load(&self->start_ns);
	gint64 stuck_ns = (gint64)self->stuck_after_ms * 1000000;

	if (start_ns == 0)
		return 0;
	if (stuck_ns > 0)
		mono_ns = MIN(mono_ns, start_ns + stuck_ns);
	return (gint64)((double)(mono_ns - start_ns) / ns_per_sample(self));
}

static gint64
leaves_at_ns(LoaFileDevice *self, gint64 sample)
{
	return atomic_load(&self->start_ns) + (gint64)((double)sample * ns_per_sample(self));
}

static void
record(LoaFileDevice *self, const gint16 *samples, gint64 n)
{
	g_autoptr(GError) error = NULL;
	gint64 due_ns = leaves_at_ns(self, self->n_recorded);

	self->n_recorded += n;
	if (self->has_failed ||
	    loa_wav_recording_append(self->recording, samples, (gsize)n, due_ns, &error))
		return;
	/* The device keeps its pace, so that nobody spins while the error makes its way. */
	self->has_failed = TRUE;
	GST_ELEMENT_ERROR(self, RESOURCE, WRITE, ("%s", error->message), (NULL));
}

/* Records what has left the FIFO by now. */
static void
drain(LoaFileDevice *self, gint64 position)
{
	gint64 end = MIN(position, atomic_load(&self->n_written));

	while (self->n_recorded < end) {
		gint64 at = self->n_recorded % self->n_fifo;

		record(self, self->fifo + at, MIN(end - self->n_recorded, self->n_fifo - at));
	}
}

/* What went out after the FIFO ran dry: silence. */
static void
fill_underrun(LoaFileDevice *self, gint64 position)
{
	static const gint16 silence[SILENCE];

	if (position <= atomic_load(&self->n_written))
		return;
	atomic_fetch_add(&self->n_underruns, 1);
	atomic_store(&self->n_written, position);
	while (self->n_recorded < position)
		record(self, silence, MIN(SILENCE, position - self->n_recorded));
}

static gboolean
loa_file_device_open(GstAudioSink *sink)
{
	LoaFileDevice *self = LOA_FILE_DEVICE(sink);
	g_autoptr(GError) error = NULL;

	self->recording = loa_wav_recording_open(self->location, &error);
	if (self->recording == NULL)
		GST_ELEMENT_ERROR(self, RESOURCE, OPEN_WRITE, ("%s", error->message), (NULL));
	return self->recording != NULL;
}

static gboolean
loa_file_device_prepare(GstAudioSink *sink, GstAudioRingBufferSpec *spec)
{
	LoaFileDevice *self = LOA_FILE_DEVICE(sink);

	self->n_fifo = (gint64)spec->segsize * spec->segtotal / 2;
	self->fifo = g_new0(gint16, (gsize)self->n_fifo);
	self->n_recorded = 0;
	self->has_failed = FALSE;
	atomic_store(&self->n_written, 0);
	atomic_store(&self->start_ns, 0);
	atomic_store(&self->is_interrupted, FALSE);
	return TRUE;
}

static gboolean
loa_file_device_unprepare(GstAudioSink *sink)
{
	LoaFileDevice *self = LOA_FILE_DEVICE(sink);

	/* As on a card that is closed: what it has not played yet is gone. */
	if (atomic_load(&self->start_ns) != 0)
		drain(self, position_at(self, mono_now_ns()));
	g_clear_pointer(&self->fifo, g_free);
	return TRUE;
}

static gboolean
loa_file_device_close(GstAudioSink *sink)
{
	LoaFileDevice *self = LOA_FILE_DEVICE(sink);

	g_clear_pointer(&self->recording, loa_wav_recording_close);
	return TRUE;
}

/* Waits until the FIFO has room. FALSE: interrupted. */
static gboolean
await_room(LoaFileDevice *self, gint64 n)
{
	for (;;) {
		gint64 n_over = atomic_load(&self->n_written) + n - self->n_fifo;

		if (atomic_exchange(&self->is_interrupted, FALSE))
			return FALSE;
		if (n_over <= position_at(self, mono_now_ns()))
			return TRUE;

		gint64 now_ns = mono_now_ns();
		gint64 wake_ns = leaves_at_ns(self, n_over) + 1000;

		/* Stuck: that moment has passed. Look again for an interruption now and then. */
		if (wake_ns <= now_ns)
			wake_ns = now_ns + STUCK_NAP_NS;

		struct timespec t = { wake_ns / 1000000000, wake_ns % 1000000000 };

		while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
			;
	}
}

static gint
loa_file_device_write(GstAudioSink *sink, gpointer data, guint length)
{
	LoaFileDevice *self = LOA_FILE_DEVICE(sink);
	const gint16 *samples = data;
	gint64 n = MIN((gint64)length / 2, self->n_fifo);

	if (atomic_load(&self->start_ns) == 0)
		atomic_store(&self->start_ns, mono_now_ns());
	if (!await_room(self, n))
		return (gint)length;

	gint64 position = position_at(self, mono_now_ns());

	drain(self, position);
	fill_underrun(self, position);

	gint64 n_written = atomic_load(&self->n_written);

	gint64 at = n_written % self->n_fifo;
	gint64 n_first = MIN(n, self->n_fifo - at);

	memcpy(self->fifo + at, samples, (gsize)n_first * sizeof *samples);
	memcpy(self->fifo, samples + n_first, (gsize)(n - n_first) * sizeof *samples);
	atomic_store(&self->n_written, n_written + n);
	return (gint)n * 2;
}

static guint
loa_file_device_delay(GstAudioSink *sink)
{
	LoaFileDevice *self = LOA_FILE_DEVICE(sink);
	gint64 n_written = atomic_load(&self->n_written);

	return (guint)MAX(0, n_written - position_at(self, mono_now_ns()));
}

static void
loa_file_device_reset(GstAudioSink *sink)
{
	atomic_store(&LOA_FILE_DEVICE(sink)->is_interrupted, TRUE);
}

static void
loa_file_device_set_property(GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
	LoaFileDevice *self = LOA_FILE_DEVICE(object);

	switch (id) {
	case PROP_LOCATION:
		g_free(self->location);
		self->location = g_value_dup_string(value);
		break;
	case PROP_RATE_ERROR_PPM:
		self->rate_error_ppm = g_value_get_double(value);
		break;
	case PROP_STUCK_AFTER_MS:
		self->stuck_after_ms = g_value_get_uint(value);
		break;
	default:
		G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
	}
}

static void
loa_file_device_get_property(GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
	LoaFileDevice *self = LOA_FILE_DEVICE(object);

	switch (id) {
	case PROP_LOCATION:
		g_value_set_string(value, self->location);
		break;
	case PROP_RATE_ERROR_PPM:
		g_value_set_double(value, self->rate_error_ppm);
		break;
	case PROP_STUCK_AFTER_MS:
		g_value_set_uint(value, self->stuck_after_ms);
		break;
	case PROP_UNDERRUNS:
		g_value_set_uint(value, atomic_load(&self->n_underruns));
		break;
	default:
		G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
	}
}

static void
loa_file_device_finalize(GObject *object)
{
	g_free(LOA_FILE_DEVICE(object)->location);
	G_OBJECT_CLASS(loa_file_device_parent_class)->finalize(object);
}

static void
loa_file_device_init(LoaFileDevice *self)
{
	self->location = g_strdup("output.wav");
}

static void
loa_file_device_class_init(LoaFileDeviceClass *class)
{
	GObjectClass *object_class = G_OBJECT_CLASS(class);
	GstElementClass *element_class = GST_ELEMENT_CLASS(class);
	GstAudioSinkClass *sink_class = GST_AUDIO_SINK_CLASS(class);
	const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

	object_class->set_property = loa_file_device_set_property;
	object_class->get_property = loa_file_device_get_property;
	object_class->finalize = loa_file_device_finalize;
	g_object_class_install_property(
		object_class, PROP_LOCATION,
		g_param_spec_string("location", "Location", "WAV file to record to", NULL, flags));
	g_object_class_install_property(
		object_class, PROP_RATE_ERROR_PPM,
		g_param_spec_double("rate-error-ppm", "Rate error",
				    "How much faster than 48 kHz the crystal runs", -MAX_ERROR_PPM,
				    MAX_ERROR_PPM, 0, flags));
	g_object_class_install_property(
		object_class, PROP_STUCK_AFTER_MS,
		g_param_spec_uint("stuck-after-ms", "Stuck after",
				  "Take nothing from this long after the start on; 0: never", 0,
				  G_MAXINT, 0, flags));
	g_object_class_install_property(
		object_class, PROP_UNDERRUNS,
		g_param_spec_uint("underruns", "Underruns", "Times the FIFO ran dry", 0, G_MAXUINT,
				  0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));

	gst_element_class_add_pad_template(
		element_class, gst_pad_template_new("sink", GST_PAD_SINK, GST_PAD_ALWAYS,
						    gst_caps_from_string(CAPS)));
	gst_element_class_set_static_metadata(element_class, "Recording sound device", "Sink/Audio",
					      "Consumes samples as a sound card does, into a file",
					      "Loa Phường");
	sink_class->open = loa_file_device_open;
	sink_class->prepare = loa_file_device_prepare;
	sink_class->unprepare = loa_file_device_unprepare;
	sink_class->close = loa_file_device_close;
	sink_class->write = loa_file_device_write;
	sink_class->delay = loa_file_device_delay;
	sink_class->reset = loa_file_device_reset;
}

void
loa_file_device_register(void)
{
	(void)gst_element_register(NULL, "loafilesink", GST_RANK_NONE, LOA_TYPE_FILE_DEVICE);
}

static gboolean
looks_like_option(const char *part)
{
	gsize n = strspn(part, "abcdefghijklmnopqrstuvwxyz-");

	return n > 0 && part[n] == '=';
}

static gboolean
set_option(GObject *object, const char *option, GError **error)
{
	g_auto(GStrv) pair = g_strsplit(option, "=", 2);
	GParamSpec *pspec = g_object_class_find_property(G_OBJECT_GET_CLASS(object), pair[0]);
	g_auto(GValue) value = G_VALUE_INIT;

	if (pspec == NULL || pspec->owner_type != LOA_TYPE_FILE_DEVICE ||
	    !(pspec->flags & G_PARAM_WRITABLE) || g_str_equal(pair[0], "location")) {
		g_set_error(error, LOA_PLAYER_ERROR, LOA_PLAYER_ERROR_OUTPUT,
			    "file output: unknown option \"%s\"; there are rate-error-ppm and "
			    "stuck-after-ms",
			    pair[0]);
		return FALSE;
	}
	g_value_init(&value, pspec->value_type);
	if (!gst_value_deserialize(&value, pair[1]) || g_param_value_validate(pspec, &value)) {
		g_set_error(error, LOA_PLAYER_ERROR, LOA_PLAYER_ERROR_OUTPUT,
			    "file output: %s cannot be \"%s\"", pair[0], pair[1]);
		return FALSE;
	}
	g_object_set_property(object, pair[0], &value);
	return TRUE;
}

GstElement *
loa_file_device_new(const char *arguments, GError **error)
{
	g_auto(GStrv) parts = g_strsplit(arguments, ",", -1);
	g_autoptr(GString) path = g_string_new(parts[0]);
	g_autoptr(GObject) device = g_object_new(LOA_TYPE_FILE_DEVICE, NULL);
	guint n_parts = g_strv_length(parts);
	guint first_option = n_parts;

	g_object_ref_sink(device);
	while (first_option > 1 && looks_like_option(parts[first_option - 1]))
		first_option--;
	for (guint i = 1; i < first_option; i++)
		g_string_append_printf(path, ",%s", parts[i]);
	if (path->len == 0) {
		g_set_error_literal(error, LOA_PLAYER_ERROR, LOA_PLAYER_ERROR_OUTPUT,
				    "file output: no path; write file:PATH");
		return NULL;
	}
	for (guint i = first_option; i < n_parts; i++)
		if (!set_option(device, parts[i], error))
			return NULL;
	g_object_set(device, "location", path->str, NULL);
	g_object_force_floating(device);
	return GST_ELEMENT(g_steal_pointer(&device));
}
