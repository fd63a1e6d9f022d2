/* SPDX-License-Identifier: Apache-2.0 */
#include "schedules/stagger.h"

#define US_PER_MS 1000

static gboolean
is_at_once(const LoaStaggerPolicy *policy, LoaClass class)
{
	return class == LOA_CLASS_EMERGENCY && !policy->emergency_too;
}

guint32
loa_stagger_turns(const LoaStaggerPolicy *policy, const GPtrArray *groups,
		  const LoaBroadcast *broadcast)
{
	guint32 turns = 0;

	if (!broadcast->in_turn || is_at_once(policy, broadcast->class))
		return 0;
	for (guint i = 0; i < groups->len; i++) {
		const LoaGroup *group = g_ptr_array_index(groups, i);

		if (loa_broadcast_is_for(broadcast, group->id))
			turns |= 1u << group->turn;
	}
	return turns;
}

gint64
loa_stagger_offset_us(const LoaStaggerPolicy *policy, const LoaGroup *group, LoaClass class,
		      guint32 turns, gint64 whole_us)
{
	if (is_at_once(policy, class))
		return 0;
	if (turns == 0)
		return (gint64)group->start_offset_ms * US_PER_MS;

	int n_before = __builtin_popcount(turns & ((1u << group->turn) - 1));

	return n_before * (whole_us + policy->turn_gap_us);
}
