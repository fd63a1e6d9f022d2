/* SPDX-License-Identifier: Apache-2.0 */
/*
 * node/battery-clock.h - site time over a reboot without a network, from a clock with a battery.
 *
 * While time is known, it is written down what the battery clock reads against it. After a reboot
 * that reading, put right by the same difference, is site time with a bound: what was known before,
 * plus all of the difference (who put the clock right meanwhile made it differ by no more), plus
 * two readings of whole seconds, plus the battery clock's drift since. The difference may be
 * anything: a clock that runs on local time is as good, only that its bound is too large to be
 * trusted.
 *
 * A machine without such a clock has no such folder, even where some program puts its time forward
 * to that of a file. Thread: main.
 */
#pragma once

#include "node/clock-store.h"

typedef struct {
	const char *folder; /* (nullable): none. The kernel's, such as "/sys/class/rtc/rtc0" */
	double ppm;         /* how fast it may drift */
	gint64 error_us;    /* of a difference between two readings */
} LoaBatteryClockConfig;

/* What it reads now, in the middle of its second. %FALSE: it is not there, or says nonsense. */
gboolean loa_battery_clock_read(const char *folder, gint64 *reading_us) G_GNUC_WARN_UNUSED_RESULT;

/**
 * loa_battery_clock_bridge:
 * @record: of an earlier boot
 * @reading_us: what the battery clock reads at @mono_us of this boot
 * @memory: (out): the line of this boot
 *
 * Pure. Returns: %FALSE where the battery clock says nothing about site time: it was not read
 * beside @record, or has lost its time since.
 */
gboolean loa_battery_clock_bridge(const LoaBatteryClockConfig *config, const LoaClockRecord *record,
				  gint64 reading_us, gint64 mono_us,
				  LoaClockMemory *memory) G_GNUC_WARN_UNUSED_RESULT;
