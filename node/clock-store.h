/* SPDX-License-Identifier: Apache-2.0 */
/*
 * node/clock-store.h - keeps the learned clock over a restart.
 *
 * CLOCK_MONOTONIC runs on while the machine does, so a line from it to site time stays good after
 * a crash or an upgrade. The file names the boot (kernel's boot_id) it belongs to: after a reboot
 * only a clock with a battery (node/battery-clock.h) can tell what became of it. Thread: main.
 */
#pragma once

#include <gio/gio.h>

#include "common/clock.h"

typedef struct {
	LoaClockMemory memory;
	gboolean has_battery;  /* a battery clock was read at the same moment: */
	gint64 battery_off_us; /* it was so far ahead of memory.map.site_us */
	gboolean is_this_boot; /* of what was loaded */
} LoaClockRecord;

/* @boot_id: (nullable): a test's; %NULL reads the kernel's */
gboolean loa_clock_store_save(const char *path, const LoaClockRecord *record, const char *boot_id,
			      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* %FALSE if there is none, or it makes no sense. */
gboolean loa_clock_store_load(const char *path, const char *boot_id,
			      LoaClockRecord *record) G_GNUC_WARN_UNUSED_RESULT;
