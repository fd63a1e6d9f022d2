/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The timetable for calendar programs.
 */
#include "controller/office/office-internal.h"
#include "schedules/ics-writer.h"

/* A leader sees what the own groups hear. */
static gboolean
may_see(const LoaCaller *caller, const LoaControllerConfig *config, const LoaBroadcast *broadcast)
{
	if (!loa_caller_is_bound_to_groups(caller))
		return TRUE;
	for (guint i = 0; i < config->groups->len; i++) {
		const LoaGroup *group = g_ptr_array_index(config->groups, i);

		if (loa_broadcast_is_for(broadcast, group->id) &&
		    loa_caller_may_see_group(caller, group->id))
			return TRUE;
	}
	return FALSE;
}

char *
loa_office_calendar(LoaOffice *self, const LoaCaller *caller, LoaDay from, guint n_days,
		    GError **error)
{
	const LoaControllerConfig *config = self->parts.config;
	const GPtrArray *broadcasts = loa_plan_desk_broadcasts(self->parts.desk);
	g_autoptr(GPtrArray) seen = g_ptr_array_new();
	GError *cause = NULL;
	LoaLocalTime local;
	char *text;

	for (guint i = 0; i < broadcasts->len; i++)
		if (may_see(caller, config, g_ptr_array_index(broadcasts, i)))
			g_ptr_array_add(seen, g_ptr_array_index(broadcasts, i));
	loa_local_time_init(&local, config->zone);
	if (loa_day_is_none(from))
		from = loa_local_time_from_us(&local, loa_office_now_us(self), NULL);

	const LoaIcsQuery query = {
		.site_id = config->site_id,
		.site_name = config->site_name,
		.groups = config->groups,
		.broadcasts = seen,
		.zone = config->zone,
		.zone_name = config->time_zone,
		.from = from,
		.n_days = n_days,
		.now_us = loa_office_now_us(self),
	};

	text = loa_ics_write(&query, NULL, &cause);
	if (text == NULL)
		loa_office_take_error(error, cause);
	return text;
}
