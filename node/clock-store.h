/* SPDX-License-Identifier: Apache-2.0 */
/*
 * node/clock-store.h - keeps the learned clock over a restart of the program.
 *
 * CLOCK_MONOTONIC runs on while the machine does, so a line from it to site time stays good after
 * a crash or an upgrade. The file names the boot (kernel's boot_id) it belongs to: after a reboot
 * it is worth nothing and is ignored. Thread: main.
 */
#pragma once

#include <gio/gio.h>

#include "common/clock.h"

/* @boot_id: (nullable): a test's; %NULL reads the kernel's */
gboolean loa_clock_store_save(const char *path, const LoaClockMemory *memory, const char *boot_id,
			      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* %FALSE if there is none of this boot, or it makes no sense. */
gboolean loa_clock_store_load(const char *path, const char *boot_id,
			      LoaClockMemory *memory) G_GNUC_WARN_UNUSED_RESULT;
