/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/plan/planner-private.h"

typedef LoaPlannerCandidate Candidate;
typedef LoaPlannerRun Run;

/* An airing on its way into a plan. */
typedef struct {
	const Candidate *candidate; /* borrowed */
	LoaAiring *airing;          /* owned */
	LoaPermitAsk ask;
} Pending;

/* One group's plan in the making. */
typedef struct {
	Run *run;
	const LoaGroup *group;
	guint number; /* of the group */
	LoaPlan *plan;
	GPtrArray *pending; /* Pending */
} Filling;

static void
pending_free(gpointer data)
{
	Pending *pending = data;

	loa_airing_free(pending->airing);
	g_free(pending);
}

/* The stop, and whether anything of the airing is left in this plan. */
static gboolean
settle(const Run *run, LoaAiring *airing)
{
	const gint64 *stop_us = g_hash_table_lookup(run->input->stops, airing->id);

	airing->stop_us = stop_us == NULL ? 0 : *stop_us;
	if (stop_us != NULL && *stop_us <= airing->start_us)
		return FALSE;
	return airing->start_us < run->input->valid_until_us &&
	       loa_airing_end_us(airing) > run->input->from_us;
}

/* The airing as @group will have it, new. (transfer full) */
static LoaAiring *
place(const Run *run, const Candidate *candidate, const LoaGroup *group)
{
	/* a channel has one sound: who joins an airing that has begun elsewhere gets that one */
	LoaAiring *airing =
		loa_airing_copy(candidate->begun != NULL ? candidate->begun : candidate->base);

	airing->start_us = candidate->base->start_us +
			   loa_stagger_offset_us(run->input->stagger, group, airing->class,
						 candidate->turns, candidate->whole_us);
	return airing;
}

/* The repeat of a reminder, or its turn, that would begin with the event or later. */
static gboolean
is_event_begun(const Run *run, const LoaAiring *airing, const LoaBroadcast *b)
{
	LoaLocalTime local;

	if (b == NULL || loa_day_is_none(b->event_day))
		return FALSE;
	loa_local_time_init(&local, run->input->zone);
	return airing->start_us >= loa_local_time_to_us(&local, b->event_day, b->event_s);
}

static Pending *
pending_new(const Candidate *candidate, LoaAiring *airing)
{
	Pending *pending = g_new0(Pending, 1);

	pending->candidate = candidate;
	pending->airing = airing;
	pending->ask = (LoaPermitAsk){
		.class = airing->class,
		.category = candidate->category,
		.has_exception = airing->exception != NULL,
		.from_us = airing->start_us,
		.to_us = loa_airing_end_us(airing),
	};
	return pending;
}

static const char *
subject_of(const Pending *pending)
{
	const LoaBroadcast *b = pending->candidate->broadcast;

	return b != NULL ? b->id : pending->airing->id;
}

/* It was switched off by somebody, for a reason: that is remembered, from then on. */
static void
suspend(Filling *filling, Pending *pending, const LoaOverlay *overlay)
{
	LoaSuspension *suspension;

	if (pending->airing->start_us < overlay->since_us)
		return;
	suspension = g_new0(LoaSuspension, 1);
	*suspension = (LoaSuspension){
		.group = g_strdup(filling->group->id),
		.airing = g_steal_pointer(&pending->airing),
		.overlay = g_strdup(overlay->id),
		.overlay_name = g_strdup(overlay->name),
	};
	loa_planner_tally_add(filling->run->tally, LOA_PLANNER_SUSPENDED, overlay->id,
			      suspension->airing->id, filling->group->id,
			      suspension->airing->start_us, overlay->name);
	g_ptr_array_add(filling->run->suspended, suspension);
}

static LoaPlannerFinding
finding_of(LoaPermitVerdict verdict)
{
	switch (verdict) {
	case LOA_PERMIT_TOO_MANY_SESSIONS:
		return LOA_PLANNER_TOO_MANY_SESSIONS;
	case LOA_PERMIT_SESSION_TOO_LONG:
		return LOA_PLANNER_SESSION_TOO_LONG;
	case LOA_PERMIT_SUSPENDED:
		return LOA_PLANNER_SUSPENDED;
	case LOA_PERMIT_HOURS:
	case LOA_PERMIT_OPEN:
		break;
	}
	return LOA_PLANNER_OUTSIDE_HOURS;
}

/* Says why it is not planned; takes the airing where it is suspended. */
static void
refuse(Filling *filling, Pending *pending, LoaPermitVerdict verdict, const LoaPermitWhy *why)
{
	g_autofree char *limit = g_strdup_printf("%u", why->limit);

	if (why->overlay != NULL)
		suspend(filling, pending, why->overlay);
	else
		loa_planner_tally_add(filling->run->tally, finding_of(verdict), subject_of(pending),
				      pending->airing->id, filling->group->id,
				      pending->airing->start_us, limit);
}

/* @airing: (transfer full): new; it still needs its session */
static void
consider(Filling *filling, const Candidate *candidate, LoaAiring *airing)
{
	Pending *pending = pending_new(candidate, airing);
	LoaPermit *permit = filling->run->permit;
	LoaPermitWhy why;
	LoaPermitVerdict verdict = loa_permit_check(
		permit, loa_permit_kind(permit, filling->number), &pending->ask, &why);

	if (verdict != LOA_PERMIT_OPEN) {
		refuse(filling, pending, verdict, &why);
		pending_free(pending);
		return;
	}
	if (why.exception != NULL)
		airing->exception =
			g_strdup_printf("%s: %s", why.exception->by, why.exception->why);
	g_ptr_array_add(filling->pending, pending);
}

/* It has begun somewhere, and was planned here: it stays, and counts before all others. */
static void
keep(Filling *filling, const Candidate *candidate, const LoaAiring *old)
{
	g_autoptr(LoaAiring) airing = loa_airing_copy(old);
	LoaPermitWhy why;
	Pending *pending;

	if (!settle(filling->run, airing))
		return;
	pending = pending_new(candidate, g_steal_pointer(&airing));
	(void)loa_permit_take(filling->run->permit, filling->number, &pending->ask, TRUE, &why);
	g_ptr_array_add(filling->plan->airings, g_steal_pointer(&pending->airing));
	pending_free(pending);
}

static gboolean
was_silenced(const Filling *filling, const char *airing)
{
	GHashTable *silenced = filling->run->input->silenced;
	GHashTable *groups = silenced != NULL ? g_hash_table_lookup(silenced, airing) : NULL;

	return groups != NULL && g_hash_table_contains(groups, filling->group->id);
}

static void
fill_airing(Filling *filling, const Candidate *candidate)
{
	const LoaAiring *old = candidate->begun == NULL ? NULL
							: g_hash_table_lookup(candidate->earlier,
									      filling->group->id);
	g_autoptr(LoaAiring) airing = NULL;

	if (old != NULL) {
		keep(filling, candidate, old);
		return;
	}
	if (candidate->base == NULL || was_silenced(filling, candidate->base->id))
		return;
	airing = place(filling->run, candidate, filling->group);
	if (settle(filling->run, airing) &&
	    !is_event_begun(filling->run, airing, candidate->broadcast))
		consider(filling, candidate, g_steal_pointer(&airing));
}

static gint
compare_pending(gconstpointer a, gconstpointer b)
{
	const LoaAiring *x = (*(const Pending *const *)a)->airing;
	const LoaAiring *y = (*(const Pending *const *)b)->airing;
	gint by_rank = loa_permit_goes_first(x->class, x->order, x->start_us, y->class, y->order,
					     y->start_us);

	return by_rank != 0 ? by_rank : g_strcmp0(x->id, y->id);
}

/* Those that are free to sound, as far as there are sessions for them. */
static void
take_sessions(Filling *filling)
{
	LoaPermit *permit = filling->run->permit;

	if (loa_permit_limits_sessions(permit))
		g_ptr_array_sort(filling->pending, compare_pending);
	for (guint i = 0; i < filling->pending->len; i++) {
		Pending *pending = g_ptr_array_index(filling->pending, i);
		LoaPermitWhy why;
		LoaPermitVerdict verdict =
			loa_permit_take(permit, filling->number, &pending->ask, FALSE, &why);

		if (verdict == LOA_PERMIT_OPEN)
			g_ptr_array_add(filling->plan->airings, g_steal_pointer(&pending->airing));
		else
			refuse(filling, pending, verdict, &why);
	}
}

static void
leave_out_latest(Run *run, LoaPlan *plan)
{
	while (plan->airings->len > LOA_PLAN_MAX_AIRINGS) {
		guint last = plan->airings->len - 1;

		g_ptr_array_remove_index(plan->airings, last);
		loa_planner_tally_add(run->tally, LOA_PLANNER_TOO_MANY, plan->group, NULL, NULL, 0,
				      NULL);
	}
}

static void
fill_permitted(Filling *filling)
{
	const LoaPermit *permit = filling->run->permit;
	const LoaPlannerInput *input = filling->run->input;
	const GArray *hours = loa_permit_hours(permit, loa_permit_kind(permit, filling->number));
	GArray *permitted = filling->plan->permitted;

	for (guint i = 0; i < hours->len; i++) {
		LoaInterval interval = g_array_index(hours, LoaInterval, i);

		interval.from_us = MAX(interval.from_us, input->from_us);
		interval.to_us = MIN(interval.to_us, input->valid_until_us);
		if (interval.from_us < interval.to_us && permitted->len < LOA_PLAN_MAX_INTERVALS)
			g_array_append_val(permitted, interval);
	}
}

LoaPlan *
loa_planner_plan_group(LoaPlannerRun *run, guint number)
{
	const LoaGroup *group = g_ptr_array_index(run->input->groups, number);
	const GPtrArray *candidates = g_ptr_array_index(run->by_group, number);
	g_autoptr(GPtrArray) waiting = g_ptr_array_new_with_free_func(pending_free);
	LoaPlan *plan = loa_plan_new(run->input->site, group->id);
	Filling filling = { run, group, number, plan, waiting };

	plan->valid_until_us = run->input->valid_until_us;
	plan->playout_delay_us = run->input->playout_delay_us;
	fill_permitted(&filling);
	for (guint i = 0; i < candidates->len; i++)
		fill_airing(&filling, g_ptr_array_index(candidates, i));
	take_sessions(&filling);
	loa_plan_sort(plan);
	leave_out_latest(run, plan);
	return plan;
}
