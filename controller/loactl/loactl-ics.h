/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/loactl/loactl-ics.h - iCalendar files among the schedule files that check, preview and
 * apply read.
 */
#pragma once

#include "controller/loactl/loactl-context.h"
#include "schedules/schedule-file.h"

gboolean loa_loactl_ics_is(const char *path);

/* For events that do not say it themselves: --to, --recording, --at. */
#define LOA_LOACTL_ICS_ENTRIES(ctl)                                                                \
	{ "to",                                                                                    \
	  0,                                                                                       \
	  0,                                                                                       \
	  G_OPTION_ARG_FILENAME,                                                                   \
	  &(ctl)->ics_to,                                                                          \
	  "Who hears the events of .ics files that name no groups: all, or groups",                \
	  "GROUP,..." },                                                                           \
		{ "recording",                                                                     \
		  0,                                                                               \
		  0,                                                                               \
		  G_OPTION_ARG_FILENAME,                                                           \
		  &(ctl)->ics_recording,                                                           \
		  "What they play, where they have no description to speak",                       \
		  "RECORDING" },                                                                   \
	{                                                                                          \
		"all-day-at", 0, 0, G_OPTION_ARG_FILENAME, &(ctl)->ics_at,                         \
			"When those of a whole day are aired", "HH:MM"                             \
	}

/* Adds the broadcasts of one file to @schedule, its faults to @faults; notes go to stderr. */
gboolean loa_loactl_ics_read(LoaLoactl *ctl, const char *path, const GPtrArray *groups,
			     LoaSchedule *schedule, GPtrArray *faults,
			     GError **error) G_GNUC_WARN_UNUSED_RESULT;
