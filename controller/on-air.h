/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/on-air.h - who has the output now, by one group's plan.
 *
 * The rule that receivers follow: class first, then the lower order, the earlier start, the id.
 * One that gives way and pauses has its time ahead of it still; one that rejoins loses what it
 * missed. Receivers work this out for themselves (node/agenda.h); the office needs only to know
 * who is speaking and who waits. Pure. Thread: any.
 */
#pragma once

#include "wire/plan.h"

typedef struct {
	const LoaAiring *airing; /* borrowed from the plan */
	gboolean is_waiting;     /* a higher one has the output, and this one will go on */
	gint64 position_us;      /* of it, so much is over */
} LoaOnAir;

/* (transfer full) (element-type LoaOnAir): those that have begun and are not over; the one that
 * speaks first, the others in the order in which they will. */
GArray *loa_on_air_at(const LoaPlan *plan, gint64 now_us);
