/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/planner.h"

#include <string.h>

#include "schedules/hours.h"
#include "schedules/local-time.h"

/* One airing and whom it is for: exactly one of the two is set. */
typedef struct {
	LoaAiring *airing; /* owned */
	const LoaBroadcast *broadcast;
	const LoaOneOff *one_off;
} Candidate;

/* A warning in the making: one a broadcast, with a count. */
typedef struct {
	LoaPlannerFinding finding;
	const char *subject; /* borrowed */
	char *detail;        /* owned (nullable) */
	gint64 first_us;
	guint n;
} Tally;

typedef struct {
	const LoaPlannerInput *input;
	GArray *permitted; /* LoaInterval, a day longer than the plan on both sides */
	GPtrArray *candidates;
	GPtrArray *tallies;
	GPtrArray *warnings;
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
	case LOA_PLANNER_TOO_MANY:
		return "too-many";
	case LOA_PLANNER_UNREADABLE:
		return "unreadable";
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

	loa_airing_free(candidate->airing);
	g_free(candidate);
}

static void
tally_free(gpointer data)
{
	Tally *tally = data;

	g_free(tally->detail);
	g_free(tally);
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

/* @detail: (nullable): of the first one */
static void
count(Run *run, LoaPlannerFinding finding, const char *subject, gint64 at_us, const char *detail)
{
	for (guint i = 0; i < run->tallies->len; i++) {
		Tally *tally = g_ptr_array_index(run->tallies, i);

		if (tally->finding != finding || strcmp(tally->subject, subject) != 0)
			continue;
		tally->n++;
		return;
	}

	Tally *tally = g_new0(Tally, 1);

	*tally = (Tally){ finding, subject, g_strdup(detail), at_us, 1 };
	g_ptr_array_add(run->tallies, tally);
}

static void
warn(Run *run, LoaPlannerFinding finding, const char *subject, char *message)
{
	LoaPlannerWarning *warning = g_new0(LoaPlannerWarning, 1);

	*warning = (LoaPlannerWarning){ finding, g_strdup(subject), message };
	g_ptr_array_add(run->warnings, warning);
}

static void
add(Run *run, LoaAiring *airing, const LoaBroadcast *broadcast, const LoaOneOff *one_off)
{
	Candidate *candidate = g_new0(Candidate, 1);

	*candidate = (Candidate){ airing, broadcast, one_off };
	g_ptr_array_add(run->candidates, candidate);
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

/* The airing as an earlier plan had it, if it has begun since. (transfer full) (nullable) */
static LoaAiring *
begun(const Run *run, const char *id)
{
	const LoaAiring *old = g_hash_table_lookup(run->input->planned, id);

	return old != NULL && old->start_us <= run->input->now_us ? loa_airing_copy(old) : NULL;
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
is_afterthought(const Run *run, const LoaAiring *airing)
{
	const gint64 *since_us = g_hash_table_lookup(run->input->since, airing->broadcast);

	return since_us != NULL && airing->start_us < *since_us &&
	       !g_hash_table_contains(run->input->planned, airing->id);
}

/* @recording: (nullable): only what has begun is planned then */
static void
plan_repeat(Run *run, const LoaSlot *slot, guint repeat, const LoaRecording *recording)
{
	const LoaBroadcast *b = slot->broadcast;
	g_autofree char *id = airing_id(slot, repeat);
	g_autoptr(LoaAiring) airing = begun(run, id);

	if (airing != NULL) {
		if (settle(run, airing))
			add(run, g_steal_pointer(&airing), b, NULL);
		return;
	}
	if (recording == NULL)
		return;
	airing = airing_of_slot(slot, repeat, g_steal_pointer(&id), recording);
	if (is_afterthought(run, airing) || !settle(run, airing))
		return;
	if (is_permitted(run, airing))
		add(run, g_steal_pointer(&airing), b, NULL);
	else
		count(run, LOA_PLANNER_OUTSIDE_HOURS, b->id, airing->start_us, NULL);
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

	if (b->is_confidential || (recording != NULL && recording->is_confidential)) {
		if (is_ahead)
			count(run, LOA_PLANNER_CONFIDENTIAL, b->id, slot->start_us, NULL);
		return;
	}
	if (recording == NULL && is_ahead)
		count(run, LOA_PLANNER_NO_AUDIO, b->id, slot->start_us,
		      b->text != NULL ? NULL : id);
	for (guint repeat = 1; repeat <= b->n_repeats; repeat++)
		plan_repeat(run, slot, repeat, recording);
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
	set_audio(airing, recording);
	return airing;
}

static void
plan_one_off(Run *run, const LoaOneOff *one_off)
{
	const LoaRecording *recording =
		g_hash_table_lookup(run->input->recordings, one_off->recording);
	g_autoptr(LoaAiring) airing = begun(run, one_off->airing);
	gboolean has_begun = airing != NULL;
	gboolean is_ahead = one_off->start_us >= run->input->now_us;

	if (recording == NULL || recording->is_confidential) {
		if (is_ahead)
			count(run,
			      recording == NULL ? LOA_PLANNER_NO_AUDIO : LOA_PLANNER_CONFIDENTIAL,
			      one_off->airing, one_off->start_us, one_off->recording);
		return;
	}
	if (!has_begun)
		airing = airing_of_one_off(one_off, recording);
	if (!settle(run, airing))
		return;
	if (!has_begun && !is_permitted(run, airing)) {
		count(run, LOA_PLANNER_OUTSIDE_HOURS, one_off->airing, airing->start_us, NULL);
		return;
	}
	add(run, g_steal_pointer(&airing), NULL, one_off);
}

static gint
compare_candidates(gconstpointer a, gconstpointer b)
{
	const LoaAiring *x = (*(const Candidate *const *)a)->airing;
	const LoaAiring *y = (*(const Candidate *const *)b)->airing;

	if (x->start_us != y->start_us)
		return x->start_us < y->start_us ? -1 : 1;
	return strcmp(x->id, y->id);
}

static gboolean
is_for(const Candidate *candidate, const char *group)
{
	return candidate->broadcast != NULL ? loa_broadcast_is_for(candidate->broadcast, group)
					    : loa_one_off_is_for(candidate->one_off, group);
}

static void
fill_airings(Run *run, LoaPlan *plan)
{
	guint n_left_out = 0;

	for (guint i = 0; i < run->candidates->len; i++) {
		const Candidate *candidate = g_ptr_array_index(run->candidates, i);

		if (!is_for(candidate, plan->group))
			continue;
		if (plan->airings->len < LOA_PLAN_MAX_AIRINGS)
			g_ptr_array_add(plan->airings, loa_airing_copy(candidate->airing));
		else
			n_left_out++;
	}
	if (n_left_out > 0)
		warn(run, LOA_PLANNER_TOO_MANY, plan->group,
		     g_strdup_printf("group %s: %u airings more than the %d that fit into a plan: "
				     "the latest ones are left out; shorten horizon_days",
				     plan->group, n_left_out, LOA_PLAN_MAX_AIRINGS));
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
	fill_airings(run, plan);
	loa_plan_sort(plan);
	return plan;
}

static char *
sentence_of(const Tally *tally, const char *when)
{
	if (tally->finding == LOA_PLANNER_CONFIDENTIAL)
		return g_strdup_printf("%s is marked as confidential and is never aired",
				       tally->subject);
	if (tally->finding == LOA_PLANNER_NO_AUDIO && tally->detail == NULL)
		return g_strdup_printf("%s: the speech is not made yet; %u airing(s) wait for it, "
				       "the first at %s",
				       tally->subject, tally->n, when);
	if (tally->finding == LOA_PLANNER_NO_AUDIO)
		return g_strdup_printf("%s: there is no recording \"%s\" for %u airing(s), the "
				       "first at %s; import it, or correct the broadcast",
				       tally->subject, tally->detail, tally->n, when);
	return g_strdup_printf("%s: %u airing(s) outside the permitted hours are not planned, the "
			       "first at %s; move it, or name who allowed an exception and why",
			       tally->subject, tally->n, when);
}

static void
write_tallies(Run *run)
{
	LoaLocalTime local;

	loa_local_time_init(&local, run->input->zone);
	for (guint i = 0; i < run->tallies->len; i++) {
		const Tally *tally = g_ptr_array_index(run->tallies, i);
		g_autofree char *when = loa_local_time_format(&local, tally->first_us);

		warn(run, tally->finding, tally->subject, sentence_of(tally, when));
	}
}

GPtrArray *
loa_planner_run(const LoaPlannerInput *input, GPtrArray **warnings)
{
	g_autoptr(GPtrArray) candidates = g_ptr_array_new_with_free_func(candidate_free);
	g_autoptr(GPtrArray) tallies = g_ptr_array_new_with_free_func(tally_free);
	/* an airing at either end of the plan must not look forbidden */
	g_autoptr(GArray) permitted = loa_hours_expand(
		input->hours, input->zone, input->from_us - 2 * LOA_PLANNER_LOOKBACK_US,
		input->valid_until_us + LOA_PLANNER_LOOKBACK_US);
	GPtrArray *plans = g_ptr_array_new_with_free_func((GDestroyNotify)loa_plan_free);
	Run run = {
		.input = input,
		.permitted = permitted,
		.candidates = candidates,
		.tallies = tallies,
		.warnings =
			g_ptr_array_new_with_free_func((GDestroyNotify)loa_planner_warning_free),
	};

	for (guint i = 0; i < input->slots->len; i++)
		plan_slot(&run, &g_array_index(input->slots, LoaSlot, i));
	for (guint i = 0; i < input->one_offs->len; i++)
		plan_one_off(&run, g_ptr_array_index(input->one_offs, i));
	g_ptr_array_sort(candidates, compare_candidates);
	for (guint i = 0; i < input->groups->len; i++)
		g_ptr_array_add(plans, plan_of_group(&run, g_ptr_array_index(input->groups, i)));
	write_tallies(&run);
	*warnings = run.warnings;
	return plans;
}
