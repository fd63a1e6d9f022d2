/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/loactl-schedule.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "schedules/calendar-file.h"

gboolean
loa_loactl_schedule_read(LoaLoactl *ctl, char **paths, GPtrArray *faults, LoaSchedule **schedule,
			 GError **error)
{
	const GPtrArray *groups = NULL;

	for (gsize i = 0; paths[i] != NULL; i++) {
		if (access(paths[i], R_OK) != 0)
			return loa_loactl_error(error, EX_NOINPUT, "%s: %s", paths[i],
						g_strerror(errno));
	}
	/* an installed controller.cfg is not asked: a check needs no right to read it */
	if (loa_loactl_context_names_config(ctl)) {
		LoaControllerConfig *config = loa_loactl_context_config(ctl, error);

		if (config == NULL)
			return FALSE;
		GError *cause = NULL;

		if (!loa_calendar_file_load(config->data_dir, &cause))
			return loa_loactl_error_take(error, EX_CONFIG, cause);
		groups = config->groups;
	}
	*schedule = loa_schedule_read((const char *const *)paths, groups, faults);
	return TRUE;
}

void
loa_loactl_schedule_print_faults(const GPtrArray *faults)
{
	for (guint i = 0; i < faults->len; i++)
		fprintf(stderr, "%s\n", (const char *)faults->pdata[i]);
}

gboolean
loa_loactl_schedule_read_faultless(LoaLoactl *ctl, char **paths, LoaSchedule **schedule,
				   GError **error)
{
	g_autoptr(GPtrArray) faults = loa_faults_new();

	if (!loa_loactl_schedule_read(ctl, paths, faults, schedule, error))
		return FALSE;
	loa_loactl_schedule_print_faults(faults);
	return *schedule != NULL ||
	       loa_loactl_error(error, EX_DATAERR, "Nothing was done: mend what is said above");
}
