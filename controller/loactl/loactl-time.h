/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/loactl/loactl-time.h - moments as people type and read them.
 *
 *   now   today   tomorrow   yesterday       the last three at 00:00, or with a time: "today 17:00"
 *   +10s  -7d     s, m, h, d, w; days and weeks keep the time of day
 *   2026-11-21    2026-11-21 17:00[:30]      on the site's wall clock; 'T' for the blank will do
 *   2026-11-21T17:00:00+07:00                RFC 3339
 *
 * Pure. Thread: any.
 */
#pragma once

#include <glib.h>

/* @why: (out) (transfer full) (optional): a sentence, written only on failure. @us: written only
 * on success. */
gboolean loa_loactl_time_parse(const char *text, gint64 now_us, GTimeZone *zone, gint64 *us,
			       char **why) G_GNUC_WARN_UNUSED_RESULT;

/* (transfer full): "2026-11-21 17:00:00" on @zone's wall clock; "-" for 0 */
char *loa_loactl_time_format(gint64 us, GTimeZone *zone);

/* (transfer full): "8.2 s", "5:00", "1:02:05" */
char *loa_loactl_time_format_length(gint64 ms);
