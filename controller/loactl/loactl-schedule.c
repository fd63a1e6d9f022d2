/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/loactl/loactl-schedule.h"

#include "schedules/broadcast-json.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "controller/loactl/loactl-ics.h"
#include "schedules/calendar-file.h"

/* Calendars come after the schedule files, which may name the groups. */
static gboolean
read_calendars(LoaLoactl *ctl, char **paths, const GPtrArray *groups, GPtrArray *faults,
	       LoaSchedule **schedule, GError **error)
{
	guint n_faults = faults->len;

	if (groups == NULL && *schedule != NULL && (*schedule)->groups_checked)
		groups = (*schedule)->groups;
	for (gsize i = 0; paths[i] != NULL && *schedule != NULL; i++)
		if (loa_loactl_ics_is(paths[i]) &&
		    !loa_loactl_ics_read(ctl, paths[i], groups, *schedule, faults, error))
			return FALSE;
	if (faults->len > n_faults)
		g_clear_pointer(schedule, loa_schedule_free);
	return TRUE;
}

gboolean
loa_loactl_schedule_load_calendars(LoaLoactl *ctl, GError **error)
{
	LoaControllerConfig *config;
	GError *cause = NULL;

	/* an installed controller.cfg is not asked: a check needs no right to read it */
	if (!loa_loactl_context_names_config(ctl))
		return TRUE;
	config = loa_loactl_context_config(ctl, error);
	if (config == NULL)
		return FALSE;
	return loa_calendar_file_load(config->data_dir, &cause) ||
	       loa_loactl_error_take(error, EX_CONFIG, cause);
}

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
	if (!loa_loactl_schedule_load_calendars(ctl, error))
		return FALSE;
	if (ctl->config != NULL)
		groups = ctl->config->groups;

	g_autoptr(GPtrArray) files = g_ptr_array_new();

	for (gsize i = 0; paths[i] != NULL; i++)
		if (!loa_loactl_ics_is(paths[i]))
			g_ptr_array_add(files, paths[i]);
	g_ptr_array_add(files, NULL);
	*schedule = loa_schedule_read((const char *const *)files->pdata, groups, faults);
	return read_calendars(ctl, paths, groups, faults, schedule, error);
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

JsonNode *
loa_loactl_schedule_request(GPtrArray *broadcasts, gboolean prune)
{
	g_autoptr(JsonBuilder) builder = json_builder_new();

	json_builder_begin_object(builder);
	json_builder_set_member_name(builder, "broadcasts");
	json_builder_add_value(builder, loa_broadcasts_to_json(broadcasts));
	json_builder_set_member_name(builder, "prune");
	json_builder_add_boolean_value(builder, prune);
	json_builder_end_object(builder);
	return json_builder_get_root(builder);
}
