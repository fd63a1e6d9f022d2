/* SPDX-License-Identifier: Apache-2.0 */
#include "schedules/sessions.h"

#define MINUTE_US (60 * LOA_SECOND_US)

/* Those that the airing would make one of: [*first, *end), and how long that would last. */
static LoaInterval
join(const GArray *sessions, const LoaSessionRules *rules, LoaInterval airing, guint *first,
     guint *end)
{
	gint64 gap_us = rules->gap_min * MINUTE_US;
	LoaInterval joined = airing;
	guint i = 0;

	while (i < sessions->len &&
	       g_array_index(sessions, LoaInterval, i).to_us + gap_us <= airing.from_us)
		i++;
	*first = i;
	for (; i < sessions->len; i++) {
		const LoaInterval *session = &g_array_index(sessions, LoaInterval, i);

		if (session->from_us >= airing.to_us + gap_us)
			break;
		joined.from_us = MIN(joined.from_us, session->from_us);
		joined.to_us = MAX(joined.to_us, session->to_us);
	}
	*end = i;
	return joined;
}

LoaSessionsResult
loa_sessions_try(const GArray *sessions, const LoaSessionRules *rules, gint64 from_us, gint64 to_us)
{
	guint first, end;
	LoaInterval joined = join(sessions, rules, (LoaInterval){ from_us, to_us }, &first, &end);

	if (rules->minutes > 0 && joined.to_us - joined.from_us > rules->minutes * MINUTE_US)
		return LOA_SESSIONS_TOO_LONG;
	if (rules->a_day > 0 &&
	    sessions->len - (end - first) + 1 > MAX(rules->a_day, sessions->len))
		return LOA_SESSIONS_TOO_MANY;
	return LOA_SESSIONS_FITS;
}

void
loa_sessions_add(GArray *sessions, const LoaSessionRules *rules, gint64 from_us, gint64 to_us)
{
	guint first, end;
	LoaInterval joined = join(sessions, rules, (LoaInterval){ from_us, to_us }, &first, &end);

	if (end > first)
		g_array_remove_range(sessions, first, end - first);
	g_array_insert_val(sessions, first, joined);
}
