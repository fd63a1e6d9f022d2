/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audio/device-tracker.h - when will a sample leave the device, and how fast does its crystal run?
 *
 * Takes readings (moment on CLOCK_MONOTONIC, samples that have left the device) and keeps a
 * straight line through them: a Kalman filter on offset and rate. A reading far off the line is
 * left out; several in a row that agree with each other mean that the device really jumped
 * (an underrun), and move the line. The rate is kept over a reopening, so that the second opening
 * is right from the start.
 *
 * Pure. Nothing but _new() allocates. Thread: any, one object on one thread at a time.
 */
#pragma once

#include <glib.h>

typedef struct LoaDeviceTracker LoaDeviceTracker;

typedef enum {
	LOA_TRACK_TAKEN,
	LOA_TRACK_OUTLIER, /* left out */
	LOA_TRACK_STEPPED, /* the device jumped; the line was moved to where it is now */
} LoaTrack;

LoaDeviceTracker *loa_device_tracker_new(void);

/* The device starts again at sample 0; only its rate is known. */
void loa_device_tracker_reopen(LoaDeviceTracker *self);

/* @mono_us must not go back. */
LoaTrack loa_device_tracker_add(LoaDeviceTracker *self, double mono_us, double sample);

/* FALSE until the first reading after a reopening. */
gboolean loa_device_tracker_is_known(const LoaDeviceTracker *self);

/* When @sample leaves the device. */
double loa_device_tracker_mono_us(const LoaDeviceTracker *self, double sample);

/* The device's rate against CLOCK_MONOTONIC: positive is fast. */
double loa_device_tracker_rate_ppm(const LoaDeviceTracker *self);

void loa_device_tracker_free(LoaDeviceTracker *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaDeviceTracker, loa_device_tracker_free)
