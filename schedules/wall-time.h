/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedules/wall-time.h - a day and a time on the site's clocks, as people write it:
 * "2026-12-01 08:00", or with a 'T' between; and weekly windows of them.
 *
 * For policy.c and overlay.c. Plain data. Thread: any.
 */
#pragma once

#include "schedules/broadcast-fields.h"
#include "schedules/local-time.h"

typedef struct {
	LoaDay day;
	gint32 at_s; /* seconds after midnight */
} LoaWallTime;

gint64 loa_wall_time_to_us(const LoaWallTime *self, LoaLocalTime *local);
/* As strcmp(). */
gint loa_wall_time_compare(const LoaWallTime *a, const LoaWallTime *b);

/* The members "from" and "until" of @record, both needed, the second later. Faults are added. */
void loa_wall_time_read_period(const LoaValue *record, const LoaFieldsContext *context,
			       const char *of, LoaWallTime *from, LoaWallTime *until);
void loa_wall_time_add_period(LoaValue *record, const LoaWallTime *from, const LoaWallTime *until);

/* ( { days; from; to; }, ... ): 1 to LOA_HOURS_MAX_WINDOWS weekly windows, as LoaHours. Faults are
 * added. (transfer full) */
GArray *loa_hours_from_value(const LoaValue *list, const LoaFieldsContext *context);
/* (transfer full) */
LoaValue *loa_hours_to_value(const GArray *hours);

/* "to": "all", or a list. (transfer full) */
LoaValue *loa_groups_to_value(gboolean to_all, const GPtrArray *groups);
