/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedules/sessions.h - one group's sessions of one day, as they are filled.
 *
 * A session is what sounds without a longer silence than the rules' gap; its length is the time
 * from its first start to its last end, silences included. Pure. Thread: any.
 */
#pragma once

#include "common/interval.h"
#include "schedules/policy.h"

typedef enum {
	LOA_SESSIONS_FITS,
	LOA_SESSIONS_TOO_MANY, /* it would open one more than there may be */
	LOA_SESSIONS_TOO_LONG, /* the one it would be a part of would last too long */
} LoaSessionsResult;

/* Would an airing of [from_us, to_us) fit?
 * @sessions: (element-type LoaInterval): sorted, as loa_sessions_add() keeps it */
LoaSessionsResult loa_sessions_try(const GArray *sessions, const LoaSessionRules *rules,
				   gint64 from_us, gint64 to_us);

/* It takes place, whatever the rules say: joins the sessions near it, or opens one. */
void loa_sessions_add(GArray *sessions, const LoaSessionRules *rules, gint64 from_us, gint64 to_us);
