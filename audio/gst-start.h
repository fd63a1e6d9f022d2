/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audio/gst-start.h - GStreamer with no more of its plugins than the output needs.
 *
 * GStreamer reads a registry of all installed plugins as it starts: 2.5 MB of heap where 250 are
 * installed, and a scan of seconds after one was upgraded. For the sinks known here only their
 * own plugin is loaded. Any other description, and an operator's GST_PLUGIN_PATH, gets the
 * registry. Thread: main.
 */
#pragma once

#include <gst/gst.h>

/* Once a process; later calls change nothing. @output: as LoaPlayerConfig has it. */
gboolean loa_gst_start(const char *output, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* (transfer floating) (nullable): %NULL where its plugin is not installed */
GstElement *loa_gst_make(const char *factory);
