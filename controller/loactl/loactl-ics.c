/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/loactl/loactl-ics.h"

#include <stdio.h>
#include <string.h>

#include "common/file.h"
#include "schedules/faults.h"
#include "schedules/ics-lines.h"
#include "schedules/ics-reader.h"

gboolean
loa_loactl_ics_is(const char *path)
{
	gsize size = strlen(path);

	return size > 4 && g_ascii_strcasecmp(path + size - 4, ".ics") == 0;
}

static gboolean
fill_options(LoaLoactl *ctl, const GPtrArray *groups, LoaIcsOptions *options, GError **error)
{
	g_autofree char *why = NULL;

	options->zone = loa_loactl_context_zone(ctl, error);
	options->groups = groups;
	options->to = ctl->ics_to;
	options->recording = ctl->ics_recording;
	options->at_s = -1;
	if (options->zone == NULL)
		return FALSE;
	if (ctl->ics_at != NULL && !loa_time_of_day_parse(ctl->ics_at, &options->at_s, &why))
		return loa_loactl_error(error, EX_USAGE, "--all-day-at: %s", why);
	return TRUE;
}

/* One id, one broadcast, whatever file it comes from. */
static void
add(LoaSchedule *schedule, LoaBroadcast *broadcast, GPtrArray *faults)
{
	for (guint i = 0; i < schedule->broadcasts->len; i++) {
		const LoaBroadcast *other = schedule->broadcasts->pdata[i];

		if (strcmp(other->id, broadcast->id) == 0)
			loa_faults_add(faults, broadcast->origin, 0,
				       "id \"%s\" is taken by the broadcast at %s", broadcast->id,
				       other->origin);
	}
	g_ptr_array_add(schedule->broadcasts, broadcast);
}

gboolean
loa_loactl_ics_read(LoaLoactl *ctl, const char *path, const GPtrArray *groups,
		    LoaSchedule *schedule, GPtrArray *faults, GError **error)
{
	LoaIcsOptions options = { 0 };
	GError *cause = NULL;
	g_autoptr(GBytes) bytes = NULL;
	g_autoptr(LoaIcs) ics = NULL;
	const char *text;
	gsize size;

	if (!fill_options(ctl, groups, &options, error))
		return FALSE;
	bytes = loa_file_read(path, LOA_ICS_MAX_SIZE, &cause);
	if (bytes == NULL)
		return loa_loactl_error_take(error, EX_NOINPUT, cause);
	text = g_bytes_get_data(bytes, &size);
	ics = loa_ics_read(path, text != NULL ? text : "", size, &options, faults);
	for (guint i = 0; ics != NULL && i < ics->notes->len; i++)
		fprintf(stderr, "%s\n", (char *)ics->notes->pdata[i]);
	while (ics != NULL && ics->broadcasts->len > 0)
		add(schedule, g_ptr_array_steal_index(ics->broadcasts, 0), faults);
	return TRUE;
}
