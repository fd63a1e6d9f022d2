/* SPDX-License-Identifier: Apache-2.0 */
#include "audio/render-source.h"

#define CAPS "audio/x-raw, format=S16LE, layout=interleaved, rate=48000, channels=1"

struct _LoaRenderSource {
	GstPushSrc parent;

	LoaRenderFunc func;
	gpointer data;
	guint64 n_samples; /* since the start; streaming thread */
};

G_DEFINE_TYPE(LoaRenderSource, loa_render_source, GST_TYPE_PUSH_SRC)

static gboolean
loa_render_source_start(GstBaseSrc *source)
{
	LOA_RENDER_SOURCE(source)->n_samples = 0;
	return TRUE;
}

static GstFlowReturn
loa_render_source_fill(GstPushSrc *source, GstBuffer *buffer)
{
	LoaRenderSource *self = LOA_RENDER_SOURCE(source);
	GstMapInfo map;

	if (!gst_buffer_map(buffer, &map, GST_MAP_WRITE))
		return GST_FLOW_ERROR;

	guint n = (guint)(map.size / sizeof(gint16));

	self->func(self->data, (gint16 *)(gpointer)map.data, n);
	gst_buffer_unmap(buffer, &map);
	GST_BUFFER_PTS(buffer) = gst_util_uint64_scale(self->n_samples, GST_SECOND, 48000);
	self->n_samples += n;
	GST_BUFFER_DURATION(buffer) =
		gst_util_uint64_scale(self->n_samples, GST_SECOND, 48000) - GST_BUFFER_PTS(buffer);
	return GST_FLOW_OK;
}

static void
loa_render_source_init(LoaRenderSource *self)
{
	gst_base_src_set_format(GST_BASE_SRC(self), GST_FORMAT_TIME);
}

static void
loa_render_source_class_init(LoaRenderSourceClass *class)
{
	GstElementClass *element_class = GST_ELEMENT_CLASS(class);

	gst_element_class_add_pad_template(element_class,
					   gst_pad_template_new("src", GST_PAD_SRC, GST_PAD_ALWAYS,
								gst_caps_from_string(CAPS)));
	gst_element_class_set_static_metadata(element_class, "Player", "Source/Audio",
					      "Renders voices on the site timeline", "Loa Phường");
	GST_BASE_SRC_CLASS(class)->start = loa_render_source_start;
	GST_PUSH_SRC_CLASS(class)->fill = loa_render_source_fill;
}

GstElement *
loa_render_source_new(guint block, LoaRenderFunc func, gpointer data)
{
	LoaRenderSource *self = g_object_new(LOA_TYPE_RENDER_SOURCE, NULL);

	gst_base_src_set_blocksize(GST_BASE_SRC(self), block * sizeof(gint16));
	self->func = func;
	self->data = data;
	return GST_ELEMENT(self);
}
