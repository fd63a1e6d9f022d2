/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/proof/week.h - weeks as ISO 8601 names them: "2026-W47", from Monday to Sunday.
 *
 * Pure. Thread: any.
 */
#pragma once

#include "schedules/local-time.h"

/* (transfer full): the week in which @us lies */
char *loa_week_of(LoaLocalTime *local, gint64 us);

/* @from_us, @to_us: (out): written only on success; half-open: next Monday 00:00 is the end */
gboolean loa_week_parse(const char *text, LoaLocalTime *local, gint64 *from_us,
			gint64 *to_us) G_GNUC_WARN_UNUSED_RESULT;
