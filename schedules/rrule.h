/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedules/rrule.h - recurrence rules of RFC 5545 by days, expanded by libical.
 *
 * The times of day stand beside the rule, so that a rule names days only: FREQ is DAILY, WEEKLY,
 * MONTHLY or YEARLY, and BYHOUR, BYMINUTE, BYSECOND have no place. The first day (DTSTART) counts
 * only if the rule fits it. Thread: any.
 */
#pragma once

#include "schedules/day.h"

#define LOA_RRULE_MAX 512 /* bytes */

/* %FALSE with @why: (out) (transfer full), a sentence. */
gboolean loa_rrule_check(const char *rule, char **why) G_GNUC_WARN_UNUSED_RESULT;

/**
 * loa_rrule_expand:
 * @rule: one that loa_rrule_check() passed
 * @start: DTSTART
 * @first: day number, inclusive; @last too
 * @days: (element-type gint32): the day numbers are added, rising
 */
void loa_rrule_expand(const char *rule, LoaDay start, gint32 first, gint32 last, GArray *days);
