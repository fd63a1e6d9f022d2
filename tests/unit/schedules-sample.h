/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/unit/schedules-sample.h - schedules for tests, as an office writes them. What is wrong in
 * them fails the test.
 */
#pragma once

#include "schedules/faults.h"
#include "schedules/schedule-file.h"

/* @groups: (nullable) those that are known beside the text's own. */
static inline LoaSchedule *
sample_schedule(const char *text, const GPtrArray *groups)
{
	g_autoptr(GPtrArray) faults = loa_faults_new();
	LoaSchedule *schedule = loa_schedule_parse("x.cfg", text, strlen(text), groups, faults);

	if (schedule == NULL)
		fail_msg("%s", (char *)faults->pdata[0]);
	return schedule;
}

/* The same of what stands between the brackets of `broadcasts`. */
static inline LoaSchedule *
sample_broadcasts(const char *broadcasts, const GPtrArray *groups)
{
	g_autofree char *text = g_strdup_printf("broadcasts = (\n%s);", broadcasts);

	return sample_schedule(text, groups);
}
