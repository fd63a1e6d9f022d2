/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/rights.h"

#include <string.h>

#include "common/text.h"

#define OPERATOR (1u << LOA_ROLE_OPERATOR)
#define APPROVER (1u << LOA_ROLE_APPROVER)
#define LEADER (1u << LOA_ROLE_LEADER)
#define AUDITOR (1u << LOA_ROLE_AUDITOR)
#define TECHNICIAN (1u << LOA_ROLE_TECHNICIAN)
#define ADMINISTRATOR (1u << LOA_ROLE_ADMINISTRATOR)

/* The administrator makes users, but speaks over no loudspeaker: an account that can do
 * everything is the one that gets stolen. Small offices give one person several roles. */
static const struct {
	const char *name;
	LoaRoles roles;
} table[LOA_RIGHT_LAST + 1] = {
	[LOA_RIGHT_ANYONE] = { "anyone", LOA_ROLES_ALL },
	[LOA_RIGHT_OWN] = { "own", LOA_ROLES_ALL },
	[LOA_RIGHT_LOOK] = { "look", LOA_ROLES_ALL },
	[LOA_RIGHT_READ_LOG] = { "read-log", LOA_ROLES_ALL },
	[LOA_RIGHT_TICK] = { "tick", LEADER },
	[LOA_RIGHT_LISTEN] = { "listen", OPERATOR | APPROVER },
	[LOA_RIGHT_RECORD] = { "record", OPERATOR | APPROVER },
	[LOA_RIGHT_APPROVE] = { "approve", APPROVER },
	[LOA_RIGHT_PLAN] = { "plan", OPERATOR },
	[LOA_RIGHT_PLAY] = { "play", OPERATOR | APPROVER },
	[LOA_RIGHT_STOP] = { "stop", OPERATOR | APPROVER },
	[LOA_RIGHT_ASK_EMERGENCY] = { "ask-emergency", OPERATOR | APPROVER },
	[LOA_RIGHT_CONFIRM_EMERGENCY] = { "confirm-emergency", APPROVER },
	[LOA_RIGHT_REPORTS] = { "reports", OPERATOR | APPROVER | AUDITOR },
	[LOA_RIGHT_RECEIVERS] = { "receivers", TECHNICIAN | ADMINISTRATOR },
	[LOA_RIGHT_GROUPS] = { "groups", TECHNICIAN | ADMINISTRATOR },
	[LOA_RIGHT_AUDIT] = { "audit", AUDITOR | ADMINISTRATOR },
	[LOA_RIGHT_USERS] = { "users", ADMINISTRATOR },
};

static const char *const role_names[LOA_ROLE_LAST + 1] = {
	[LOA_ROLE_OPERATOR] = "operator",     [LOA_ROLE_APPROVER] = "approver",
	[LOA_ROLE_LEADER] = "leader",         [LOA_ROLE_AUDITOR] = "auditor",
	[LOA_ROLE_TECHNICIAN] = "technician", [LOA_ROLE_ADMINISTRATOR] = "administrator",
};

gboolean
loa_rights_allow(LoaRoles roles, LoaRight right)
{
	return right == LOA_RIGHT_ANYONE || (table[right].roles & roles) != 0;
}

const char *
loa_role_name(LoaRole role)
{
	return role_names[role];
}

gboolean
loa_role_from_name(const char *name, LoaRole *role)
{
	guint i;

	if (!loa_text_find(role_names, LOA_ROLE_LAST + 1, name, &i))
		return FALSE;
	*role = (LoaRole)i;
	return TRUE;
}

const char *
loa_right_name(LoaRight right)
{
	return table[right].name;
}
