/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/loactl/loactl-verbs.h"

#include <stdio.h>

#include "controller/loactl/loactl-ics.h"
#include "controller/loactl/loactl-output.h"
#include "controller/loactl/loactl-schedule.h"

static void
print_faults_json(const GPtrArray *faults)
{
	g_autoptr(JsonBuilder) builder = json_builder_new();

	json_builder_begin_object(builder);
	json_builder_set_member_name(builder, "faults");
	json_builder_begin_array(builder);
	for (guint i = 0; i < faults->len; i++)
		json_builder_add_string_value(builder, faults->pdata[i]);
	json_builder_end_array(builder);
	json_builder_end_object(builder);

	g_autoptr(JsonNode) node = json_builder_get_root(builder);

	loa_loactl_output_json(node);
}

gboolean
loa_loactl_check(LoaLoactl *ctl, int argc, char **argv, GError **error)
{
	g_autoptr(GPtrArray) faults = loa_faults_new();
	g_autoptr(LoaSchedule) schedule = NULL;
	const GOptionEntry entries[] = { LOA_LOACTL_ICS_ENTRIES(ctl), { NULL } };

	if (!loa_loactl_context_parse(
		    ctl, "check FILE...",
		    "Reads schedule files, and calendars (.ics), without a controller, says "
		    "everything that is wrong, "
		    "each\n"
		    "as FILE:LINE: and a sentence, and applies nothing. With --config the groups "
		    "must\n"
		    "be those of the site. Exit status: 0, or 65 when something is wrong.",
		    entries, &argc, &argv, error))
		return FALSE;
	if (argc < 2)
		return loa_loactl_error(error, EX_USAGE, "Which files? See loactl check --help");
	if (!loa_loactl_schedule_read(ctl, argv + 1, faults, &schedule, error))
		return FALSE;
	if (ctl->is_json)
		print_faults_json(faults);
	else
		loa_loactl_schedule_print_faults(faults);
	return schedule != NULL || loa_loactl_error(error, EX_DATAERR, "%s", "");
}
