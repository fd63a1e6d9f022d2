/* SPDX-License-Identifier: Apache-2.0 */
#include "schedules/schedule-writer.h"

#include "schedules/broadcast-fields.h"
#include "schedules/config-text.h"

char *
loa_schedule_write(const GPtrArray *groups, const GPtrArray *broadcasts)
{
	g_autoptr(LoaValue) root = loa_value_new(LOA_VALUE_RECORD, NULL, 0);
	LoaValue *group_list = loa_value_new(LOA_VALUE_LIST, "groups", 0);
	LoaValue *broadcast_list = loa_value_new(LOA_VALUE_LIST, "broadcasts", 0);

	for (guint i = 0; groups != NULL && i < groups->len; i++)
		loa_value_add(group_list, loa_group_to_value(groups->pdata[i]));
	for (guint i = 0; i < broadcasts->len; i++)
		loa_value_add(broadcast_list, loa_broadcast_to_value(broadcasts->pdata[i]));
	if (group_list->items->len > 0)
		loa_value_add(root, group_list);
	else
		loa_value_free(group_list);
	loa_value_add(root, broadcast_list);
	return loa_config_text_write(root);
}
