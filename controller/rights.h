/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/rights.h - who may do what: one table, in rights.c, and nowhere else.
 *
 * Every route of the API names the right it needs, and web-api.c asks here before it calls the
 * office. A user has one or more roles; a right that any of them has is the user's. Which groups
 * a user may see is not a right but a part of the caller (caller.h).
 *
 * Pure. Thread: any.
 */
#pragma once

#include <glib.h>

typedef enum {
	LOA_ROLE_OPERATOR,      /* culture office, service centre: plans and airs */
	LOA_ROLE_APPROVER,      /* the Chairman: records, approves, authorises emergencies */
	LOA_ROLE_LEADER,        /* of groups: reads and ticks the own log */
	LOA_ROLE_AUDITOR,       /* Fatherland Front: reads everything, changes nothing */
	LOA_ROLE_TECHNICIAN,    /* receivers */
	LOA_ROLE_ADMINISTRATOR, /* users */
	LOA_ROLE_LAST = LOA_ROLE_ADMINISTRATOR,
} LoaRole;

/* A set of roles: 1u << LoaRole. */
typedef guint LoaRoles;
#define LOA_ROLES_NONE 0u
#define LOA_ROLES_ALL ((1u << (LOA_ROLE_LAST + 1)) - 1u)

typedef enum {
	LOA_RIGHT_ANYONE,            /* not even signed in: to sign in */
	LOA_RIGHT_OWN,               /* everybody who is signed in, about the own account */
	LOA_RIGHT_LOOK,              /* status, agenda, timetable; what concerns the own groups */
	LOA_RIGHT_READ_LOG,          /* outcomes; of the own groups */
	LOA_RIGHT_TICK,              /* says whether the own group heard */
	LOA_RIGHT_LISTEN,            /* hears recordings before they are on air */
	LOA_RIGHT_RECORD,            /* imports, speaks, edits and submits recordings */
	LOA_RIGHT_APPROVE,           /* approves and rejects recordings */
	LOA_RIGHT_PLAN,              /* edits broadcasts, overlays, occasions */
	LOA_RIGHT_PLAY,              /* airs at once, or at a time, without a broadcast */
	LOA_RIGHT_STOP,              /* stops what is on air */
	LOA_RIGHT_ASK_EMERGENCY,     /* the first of the two people */
	LOA_RIGHT_CONFIRM_EMERGENCY, /* and the second */
	LOA_RIGHT_REPORTS,
	LOA_RIGHT_RECEIVERS, /* adds, revokes, tests receivers and turns them down */
	LOA_RIGHT_GROUPS,    /* names, languages, leaders of groups */
	LOA_RIGHT_AUDIT,     /* reads who changed what */
	LOA_RIGHT_USERS,
	LOA_RIGHT_LAST = LOA_RIGHT_USERS,
} LoaRight;

/* May somebody with these roles? LOA_RIGHT_ANYONE is everybody's. */
gboolean loa_rights_allow(LoaRoles roles, LoaRight right);

/* "operator", "approver", ... */
const char *loa_role_name(LoaRole role);
gboolean loa_role_from_name(const char *name, LoaRole *role) G_GNUC_WARN_UNUSED_RESULT;

/* "look", "read-log", "confirm-emergency", ... as docs/api.yaml and the page have them. */
const char *loa_right_name(LoaRight right);
