/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/planner.h"

#include <string.h>

#include "controller/planner-tally.h"
#include "schedules/hours.h"

/* One airing, before it is known when which group hears it. */
typedef struct {
	LoaAiring *base;               /* owned (nullable): as wanted now, at its declared start */
	const LoaAiring *begun;        /* (nullable): as planned, in a group where it has begun */
	GHashTable *earlier;           /* (nullable): group id to LoaAiring: as planned before */
	const LoaBroadcast *broadcast; /* exactly one of the two is set */
	const LoaOneOff *one_off;
	guint32 turns;   /* schedules/stagger.h */
	gint64 whole_us; /* the same */
} Candidate;

typedef struct {
	const LoaPlannerInput *input;
	GArray *permitted; /* LoaInterval, a day longer than the plan on both sides */
	GPtrArray *candidates;
	LoaPlannerTally *tally;
} Run;

const char *
loa_planner_finding_name(LoaPlannerFinding finding)
{
	switch (finding) {
	case LOA_PLANNER_OUTSIDE_HOURS:
		return "outside-hours";
	case LOA_PLANNER_CONFIDENTIAL:
		return "confidential";
	case LOA_PLANNER_NO_AUDIO:
		return "no-audio";
	case LOA_PLANNER_WITHDRAWN:
		return "withdrawn";
	case LOA_PLANNER_UNAPPROVED:
		return "unapproved";
	case LOA_PLANNER_RECORDING_EXPIRED:
		return "recording-expired";
	case LOA_PLANNER_TOO_MANY:
		return "too-many";
	case LOA_PLANNER_UNREADABLE:
		return "unreadable";
	case LOA_PLANNER_CAMPAIGN:
		return "campaign";
	case LOA_PLANNER_EXPIRED:
		return "expired";
	case LOA_PLANNER_REVIEW:
		return "review";
	}
	return "";
}

void
loa_planner_warning_free(LoaPlannerWarning *self)
{
	if (self == NULL)
		return;
	g_free(self->subject);
	g_free(self->message);
	g_free(self);
}

static void
candidate_free(gpointer data)
{
	Candidate *candidate = data;

	loa_airing_free(candidate->base);
	g_free(candidate);
}

char *
loa_planner_speech_id(const char *text)
{
	g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);

	return g_strdup_printf("t%.16s", hash);
}

char *
loa_planner_recording_id(const LoaBroadcast *broadcast)
{
	if (broadcast->recording != NULL)
		return g_strdup(broadcast->recording);
	return broadcast->text != NULL ? loa_planner_speech_id(broadcast->text) : NULL;
}

static void
set_audio(LoaAiring *airing, const LoaRecording *recording)
{
	airing->n_samples = recording->n_samples;
	airing->pre_skip = recording->pre_skip;
	airing->sha256 = g_strdup(recording->sha256);
	airing->size_bytes = recording->size_bytes;
}

static gboolean
is_permitted(const Run *run, const LoaAiring *airing)
{
	return airing->class == LOA_CLASS_EMERGENCY || airing->exception != NULL ||
	       loa_hours_cover(run->permitted, airing->start_us, loa_airing_end_us(airing));
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

/* The airing as earlier plans had it in some group where it has begun since. (nullable) */
static const LoaAiring *
find_begun(const Run *run, GHashTable *earlier)
{
	GHashTableIter iter;
	gpointer value;

	if (earlier == NULL)
		return NULL;
	g_hash_table_iter_init(&iter, earlier);
	while (g_hash_table_iter_next(&iter, NULL, &value))
		if (((const LoaAiring *)value)->start_us <= run->input->now_us)
			return value;
	return NULL;
}

static char *
airing_id(const LoaSlot *slot, guint repeat)
{
	LoaDay day = slot->local_day;
	g_autofree char *id = g_strdup_printf("%s.%04d%02d%02dt%02d%02d%02d", slot->broadcast->id,
					      day.year, day.month, day.day, slot->local_s / 3600,
					      slot->local_s / 60 % 60, slot->local_s % 60);

	return repeat == 1 ? g_steal_pointer(&id) : g_strdup_printf("%s.%u", id, repeat);
}

/* How long it sounds in one group, once. */
static gint64
whole_us(const LoaBroadcast *b, const LoaRecording *recording)
{
	return b->n_repeats * loa_recording_duration_us(recording) +
	       (gint64)(b->n_repeats - 1) * b->repeat_gap_s * G_USEC_PER_SEC;
}

/* Takes @id. */
static LoaAiring *
airing_of_slot(const LoaSlot *slot, guint repeat, char *id, const LoaRecording *recording)
{
	const LoaBroadcast *b = slot->broadcast;
	LoaAiring *airing = loa_airing_new();
	gint64 step_us =
		loa_recording_duration_us(recording) + (gint64)b->repeat_gap_s * G_USEC_PER_SEC;

	airing->id = id;
	airing->broadcast = g_strdup(b->id);
	airing->title = g_strdup(b->title);
	airing->class = b->class;
	airing->order = b->order;
	airing->start_us = slot->start_us + (repeat - 1) * step_us;
	airing->resume = b->resume;
	airing->grace_us = (gint64)b->grace_s * G_USEC_PER_SEC;
	if (b->exception_by != NULL)
		airing->exception =
			g_strdup_printf("%s: %s", b->exception_by,
					b->exception_why != NULL ? b->exception_why : "");
	set_audio(airing, recording);
	return airing;
}

/* Was it over before anybody asked for it? */
static gboolean
is_afterthought(const Run *run, const Candidate *candidate)
{
	const LoaAiring *airing = candidate->base;
	const gint64 *since_us = g_hash_table_lookup(run->input->since, airing->broadcast);

	return since_us != NULL && airing->start_us < *since_us && candidate->earlier == NULL;
}

static LoaPlannerFinding
finding_of(LoaRecordingBar bar)
{
	switch (bar) {
	case LOA_RECORDING_CONFIDENTIAL:
		return LOA_PLANNER_CONFIDENTIAL;
	case LOA_RECORDING_WITHDRAWN:
		return LOA_PLANNER_WITHDRAWN;
	case LOA_RECORDING_EXPIRED:
		return LOA_PLANNER_RECORDING_EXPIRED;
	case LOA_RECORDING_UNAPPROVED:
	case LOA_RECORDING_FREE:
		break;
	}
	return LOA_PLANNER_UNAPPROVED;
}

/* What ends even an airing that has begun. */
static gboolean
is_taken_away(const LoaRecording *recording, gint64 start_us)
{
	LoaRecordingBar bar = loa_recording_bar(recording, start_us);

	return bar == LOA_RECORDING_CONFIDENTIAL || bar == LOA_RECORDING_WITHDRAWN;
}

/* May this recording be heard from @start_us on? Otherwise it is counted under @subject. */
static gboolean
is_free(Run *run, const LoaRecording *recording, const char *subject, gint64 start_us)
{
	LoaRecordingBar bar = loa_recording_bar(recording, start_us);

	if (bar == LOA_RECORDING_FREE)
		return TRUE;
	if (start_us >= run->input->now_us && start_us < run->input->valid_until_us)
		loa_planner_tally_add(run->tally, finding_of(bar), subject, NULL, NULL, start_us,
				      recording->title);
	return FALSE;
}

/* Takes the base. What may not be heard stays where it has begun, and nowhere else. */
static void
add(Run *run, Candidate *candidate)
{
	if (candidate->begun == NULL && candidate->base == NULL)
		return;

	g_ptr_array_add(run->candidates, g_memdup2(candidate, sizeof *candidate));
}

/* @recording: (nullable): only what has begun is planned then */
static void
plan_repeat(Run *run, const LoaSlot *slot, guint repeat, const LoaRecording *recording,
	    guint32 turns)
{
	const LoaBroadcast *b = slot->broadcast;
	char *id = airing_id(slot, repeat);
	Candidate candidate = {
		.broadcast = b,
		.earlier = g_hash_table_lookup(run->input->planned, id),
		.turns = turns,
	};

	candidate.begun = find_begun(run, candidate.earlier);
	if (recording != NULL) {
		candidate.base = airing_of_slot(slot, repeat, id, recording);
		candidate.whole_us = whole_us(b, recording);
	} else {
		g_free(id);
	}
	if (candidate.base != NULL &&
	    ((candidate.begun == NULL && is_afterthought(run, &candidate)) ||
	     !is_free(run, recording, b->id, candidate.base->start_us)))
		g_clear_pointer(&candidate.base, loa_airing_free);
	add(run, &candidate);
}

static void
plan_slot(Run *run, const LoaSlot *slot)
{
	const LoaBroadcast *b = slot->broadcast;
	g_autofree char *id = loa_planner_recording_id(b);
	const LoaRecording *recording =
		id == NULL ? NULL : g_hash_table_lookup(run->input->recordings, id);
	gboolean is_ahead =
		slot->start_us >= run->input->now_us && slot->start_us < run->input->valid_until_us;

	if (recording != NULL && is_taken_away(recording, slot->start_us)) {
		(void)is_free(run, recording, b->id, slot->start_us);
		return;
	}
	if (b->is_confidential) {
		if (is_ahead)
			loa_planner_tally_add(run->tally, LOA_PLANNER_CONFIDENTIAL, b->id, NULL,
					      NULL, slot->start_us, NULL);
		return;
	}
	if (recording == NULL && is_ahead)
		loa_planner_tally_add(run->tally, LOA_PLANNER_NO_AUDIO, b->id, NULL, NULL,
				      slot->start_us, b->text != NULL ? NULL : id);

	guint32 turns = loa_stagger_turns(run->input->stagger, run->input->groups, b);

	for (guint repeat = 1; repeat <= b->n_repeats; repeat++)
		plan_repeat(run, slot, repeat, recording, turns);
}

static LoaAiring *
airing_of_one_off(const LoaOneOff *one_off, const LoaRecording *recording)
{
	LoaAiring *airing = loa_airing_new();

	airing->id = g_strdup(one_off->airing);
	airing->broadcast = g_strdup(LOA_PLANNER_ONE_OFF);
	airing->title = g_strdup(one_off->title);
	airing->class = one_off->class;
	airing->order = LOA_PLANNER_ONE_OFF_ORDER;
	airing->start_us = one_off->start_us;
	airing->resume = LOA_RESUME_PAUSE;
	airing->grace_us = LOA_PLANNER_ONE_OFF_GRACE_US;
	airing->exception = g_strdup(one_off->exception);
	set_audio(airing, recording);
	return airing;
}

static void
plan_one_off(Run *run, const LoaOneOff *one_off)
{
	const LoaRecording *recording =
		g_hash_table_lookup(run->input->recordings, one_off->recording);
	Candidate candidate = {
		.one_off = one_off,
		.earlier = g_hash_table_lookup(run->input->planned, one_off->airing),
	};

	if (recording == NULL) {
		if (one_off->start_us >= run->input->now_us)
			loa_planner_tally_add(run->tally, LOA_PLANNER_NO_AUDIO, one_off->airing,
					      NULL, NULL, one_off->start_us, one_off->recording);
		return;
	}
	if (!is_taken_away(recording, one_off->start_us))
		candidate.begun = find_begun(run, candidate.earlier);
	if (is_free(run, recording, one_off->airing, one_off->start_us))
		candidate.base = airing_of_one_off(one_off, recording);
	add(run, &candidate);
}

static gboolean
is_for(const Candidate *candidate, const char *group)
{
	return candidate->broadcast != NULL ? loa_broadcast_is_for(candidate->broadcast, group)
					    : loa_one_off_is_for(candidate->one_off, group);
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

static void
fill_new(Run *run, LoaPlan *plan, const Candidate *candidate, const LoaGroup *group)
{
	g_autoptr(LoaAiring) airing = place(run, candidate, group);

	if (!settle(run, airing) || is_event_begun(run, airing, candidate->broadcast))
		return;
	if (is_permitted(run, airing))
		g_ptr_array_add(plan->airings, g_steal_pointer(&airing));
	else
		loa_planner_tally_add(run->tally, LOA_PLANNER_OUTSIDE_HOURS,
				      candidate->broadcast != NULL ? candidate->broadcast->id
								   : airing->id,
				      airing->id, group->id, airing->start_us, NULL);
}

static void
fill_airing(Run *run, LoaPlan *plan, const Candidate *candidate, const LoaGroup *group)
{
	const LoaAiring *old = candidate->begun == NULL
				       ? NULL
				       : g_hash_table_lookup(candidate->earlier, group->id);

	if (old != NULL) {
		g_autoptr(LoaAiring) airing = loa_airing_copy(old);

		if (settle(run, airing))
			g_ptr_array_add(plan->airings, g_steal_pointer(&airing));
	} else if (candidate->base != NULL) {
		fill_new(run, plan, candidate, group);
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
fill_permitted(const Run *run, LoaPlan *plan)
{
	for (guint i = 0; i < run->permitted->len; i++) {
		LoaInterval interval = g_array_index(run->permitted, LoaInterval, i);

		interval.from_us = MAX(interval.from_us, run->input->from_us);
		interval.to_us = MIN(interval.to_us, run->input->valid_until_us);
		if (interval.from_us < interval.to_us &&
		    plan->permitted->len < LOA_PLAN_MAX_INTERVALS)
			g_array_append_val(plan->permitted, interval);
	}
}

static LoaPlan *
plan_of_group(Run *run, const LoaGroup *group)
{
	LoaPlan *plan = loa_plan_new(run->input->site, group->id);

	plan->valid_until_us = run->input->valid_until_us;
	plan->playout_delay_us = run->input->playout_delay_us;
	fill_permitted(run, plan);
	for (guint i = 0; i < run->candidates->len; i++) {
		const Candidate *candidate = g_ptr_array_index(run->candidates, i);

		if (is_for(candidate, group->id))
			fill_airing(run, plan, candidate, group);
	}
	loa_plan_sort(plan);
	leave_out_latest(run, plan);
	return plan;
}

GPtrArray *
loa_planner_run(const LoaPlannerInput *input, GPtrArray **warnings)
{
	g_autoptr(GPtrArray) candidates = g_ptr_array_new_with_free_func(candidate_free);
	g_autoptr(LoaPlannerTally) tally = loa_planner_tally_new(input->groups);
	/* an airing at either end of the plan must not look forbidden */
	g_autoptr(GArray) permitted = loa_hours_expand(
		input->hours, input->zone, input->from_us - 2 * LOA_PLANNER_LOOKBACK_US,
		input->valid_until_us + LOA_PLANNER_LOOKBACK_US);
	GPtrArray *plans = g_ptr_array_new_with_free_func((GDestroyNotify)loa_plan_free);
	Run run = {
		.input = input,
		.permitted = permitted,
		.candidates = candidates,
		.tally = tally,
	};

	for (guint i = 0; i < input->slots->len; i++)
		plan_slot(&run, &g_array_index(input->slots, LoaSlot, i));
	for (guint i = 0; i < input->one_offs->len; i++)
		plan_one_off(&run, g_ptr_array_index(input->one_offs, i));
	for (guint i = 0; i < input->groups->len; i++)
		g_ptr_array_add(plans, plan_of_group(&run, g_ptr_array_index(input->groups, i)));
	*warnings = g_ptr_array_new_with_free_func((GDestroyNotify)loa_planner_warning_free);
	loa_planner_tally_write(tally, input->zone, *warnings);
	return plans;
}
