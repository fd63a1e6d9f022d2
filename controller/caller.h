/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/caller.h - on whose behalf the office is asked.
 *
 * Made by the web server from the token or the session, handed to every use case: it says who
 * goes into the audit log, and whose groups an answer may show. Plain values. Thread: any.
 */
#pragma once

#include "controller/rights.h"

typedef struct {
	const char *user; /* login name; "token" for the holder of the token file (loactl);
			   * "" for somebody who is not signed in */
	const char *name; /* for people */
	LoaRoles roles;
	const char *const *groups; /* (nullable): those a leader leads, %NULL-terminated */
	const char *address;       /* where the call came from, for the audit log */
} LoaCaller;

#define LOA_CALLER_TOKEN "token"

/* The holder of the token: every role. */
extern const LoaCaller loa_caller_token;
/* Not signed in: no role. */
extern const LoaCaller loa_caller_nobody;

/* The holder of the token? No user may be called that. */
gboolean loa_caller_is_token(const LoaCaller *caller);

gboolean loa_caller_may(const LoaCaller *caller, LoaRight right);

/* Is leader the only role? Then nothing of other groups may be seen. */
gboolean loa_caller_is_bound_to_groups(const LoaCaller *caller);
/* Does the caller speak for the people of that group? Its leaders do, and the token. */
gboolean loa_caller_leads_group(const LoaCaller *caller, const char *group);
/* @group: (nullable): NULL is what concerns no group, and is for those who are not bound */
gboolean loa_caller_may_see_group(const LoaCaller *caller, const char *group);
