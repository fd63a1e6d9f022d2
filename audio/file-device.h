/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audio/file-device.h - a sound card made of a file: the GStreamer element `loafilesink`.
 *
 * It behaves as a card does. A crystal of its own consumes 48,000 samples a second, give or take
 * rate-error-ppm; a FIFO takes samples and makes the writer wait when it is full; when it runs
 * dry, silence goes out and is counted. What went out is recorded to a WAV file (16-bit mono,
 * 48 kHz) that is valid at any moment, kill -9 included (the header lags by up to a second);
 * opened again, an existing file of that format is continued.
 *
 * Beside it lies PATH.due, one line a block: "SAMPLE MONO_NS", the index in the file of the
 * block's first sample, and the moment on CLOCK_MONOTONIC at which it left the device. While the
 * device is closed no sample is recorded: the file goes on at once, the .due file tells the gap.
 *
 * A file that cannot be opened, or a full disk, is an element error, once.
 *
 * Properties: location, rate-error-ppm, stuck-after-ms (for tests: from then on it takes nothing
 * and its position stands still; 0, the default: never).
 */
#pragma once

#include <gst/audio/gstaudiosink.h>

#define LOA_TYPE_FILE_DEVICE (loa_file_device_get_type())
G_DECLARE_FINAL_TYPE(LoaFileDevice, loa_file_device, LOA, FILE_DEVICE, GstAudioSink)

/* Makes `loafilesink` known to sink descriptions. After gst_init(). Thread: main. */
void loa_file_device_register(void);

/* @arguments: "PATH[,NAME=VALUE]...", NAME a property other than location. A part after a comma
 * that does not look like NAME=... belongs to the path.
 * Returns: (transfer floating) (nullable): an element; @error: #LoaPlayerError. */
GstElement *loa_file_device_new(const char *arguments, GError **error) G_GNUC_WARN_UNUSED_RESULT;
