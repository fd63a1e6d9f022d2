/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/caller.h"

#include <string.h>

#include <string.h>

const LoaCaller loa_caller_token = {
	.user = LOA_CALLER_TOKEN,
	.name = "loactl",
	.roles = LOA_ROLES_ALL,
	.address = "",
};

const LoaCaller loa_caller_nobody = {
	.user = "",
	.name = "",
	.roles = LOA_ROLES_NONE,
	.address = "",
};

gboolean
loa_caller_is_token(const LoaCaller *caller)
{
	return strcmp(caller->user, LOA_CALLER_TOKEN) == 0;
}

gboolean
loa_caller_may(const LoaCaller *caller, LoaRight right)
{
	return loa_rights_allow(caller->roles, right);
}

gboolean
loa_caller_is_bound_to_groups(const LoaCaller *caller)
{
	return (caller->roles & ~(1u << LOA_ROLE_LEADER)) == 0;
}

gboolean
loa_caller_leads_group(const LoaCaller *caller, const char *group)
{
	if (strcmp(caller->user, loa_caller_token.user) == 0)
		return TRUE;
	return (caller->roles & (1u << LOA_ROLE_LEADER)) != 0 && caller->groups != NULL &&
	       g_strv_contains(caller->groups, group);
}

gboolean
loa_caller_may_see_group(const LoaCaller *caller, const char *group)
{
	if (!loa_caller_is_bound_to_groups(caller))
		return TRUE;
	return group != NULL && caller->groups != NULL && g_strv_contains(caller->groups, group);
}
