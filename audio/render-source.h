/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audio/render-source.h - the GStreamer source that asks for a block of sound at a time.
 */
#pragma once

#include <gst/base/gstpushsrc.h>

#define LOA_TYPE_RENDER_SOURCE (loa_render_source_get_type())
G_DECLARE_FINAL_TYPE(LoaRenderSource, loa_render_source, LOA, RENDER_SOURCE, GstPushSrc)

/* Fills @out with @n samples, 16-bit mono at 48 kHz. Thread: stream. */
typedef void (*LoaRenderFunc)(gpointer data, gint16 *out, guint n);

/* @func is called on the streaming thread whenever the sink can take another @block samples. */
GstElement *loa_render_source_new(guint block, LoaRenderFunc func, gpointer data);
