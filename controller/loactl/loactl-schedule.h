/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/loactl/loactl-schedule.h - schedule files, as check, preview and apply read them.
 */
#pragma once

#include "controller/loactl/loactl-context.h"
#include "schedules/faults.h"
#include "schedules/schedule-file.h"

/* The groups must be those of the site where a configuration is named with --config or
 * $LOA_CONFIG. %FALSE for what has nothing to do with the files (a bad configuration). @schedule:
 * (out) (transfer full): %NULL when there are faults. */
gboolean loa_loactl_schedule_read(LoaLoactl *ctl, char **paths, GPtrArray *faults,
				  LoaSchedule **schedule, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The office's own occasions and overrides of the lunar calendar, from the data_dir of a named
 * configuration; nothing to do without one. */
gboolean loa_loactl_schedule_load_calendars(LoaLoactl *ctl,
					    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same; faults go to stderr and are EX_DATAERR. */
gboolean loa_loactl_schedule_read_faultless(LoaLoactl *ctl, char **paths, LoaSchedule **schedule,
					    GError **error) G_GNUC_WARN_UNUSED_RESULT;

void loa_loactl_schedule_print_faults(const GPtrArray *faults);

/* (transfer full): the body of POST /apply and POST /preview */
JsonNode *loa_loactl_schedule_request(GPtrArray *broadcasts, gboolean prune);
