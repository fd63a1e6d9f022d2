/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/plan/planner.h"

#include <string.h>

#include "controller/plan/planner-private.h"

typedef LoaPlannerCandidate Candidate;
typedef LoaPlannerRun Run;

const char *
loa_planner_finding_name(LoaPlannerFinding finding)
{
	switch (finding) {
	case LOA_PLANNER_OUTSIDE_HOURS:
		return "outside-hours";
	case LOA_PLANNER_TOO_MANY_SESSIONS:
		return "too-many-sessions";
	case LOA_PLANNER_SESSION_TOO_LONG:
		return "session-too-long";
	case LOA_PLANNER_SUSPENDED:
		return "suspended";
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

char *
loa_planner_airing_id(const LoaSlot *slot, guint repeat)
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

static const char *
category_of(const LoaBroadcast *b, const LoaRecording *recording)
{
	if (b != NULL && b->category != NULL)
		return b->category;
	return recording != NULL ? recording->category : NULL;
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

/* (transfer full): the numbers of the groups that a broadcast, or else a one-off, is for */
static GArray *
find_hearers(const Run *run, const LoaBroadcast *broadcast, const LoaOneOff *one_off)
{
	const GPtrArray *groups = run->input->groups;
	GArray *numbers = g_array_new(FALSE, FALSE, sizeof(guint));

	for (guint i = 0; i < groups->len; i++) {
		const char *id = ((const LoaGroup *)g_ptr_array_index(groups, i))->id;

		if (broadcast != NULL ? loa_broadcast_is_for(broadcast, id)
				      : loa_one_off_is_for(one_off, id))
			g_array_append_val(numbers, i);
	}
	return numbers;
}

/* Once a broadcast, which has hundreds of slots. (transfer none) */
static const GArray *
hearers_of(Run *run, const Candidate *candidate)
{
	gconstpointer key = candidate->broadcast != NULL ? (gconstpointer)candidate->broadcast
							 : (gconstpointer)candidate->one_off;
	GArray *numbers = g_hash_table_lookup(run->hearers, key);

	if (numbers == NULL) {
		numbers = find_hearers(run, candidate->broadcast, candidate->one_off);
		g_hash_table_insert(run->hearers, (gpointer)key, numbers);
	}
	return numbers;
}

/* Takes the base. What may not be heard stays where it has begun, and nowhere else. */
static void
add(Run *run, Candidate *candidate)
{
	const GArray *hearers;
	Candidate *kept;

	if (candidate->begun == NULL && candidate->base == NULL)
		return;
	kept = g_memdup2(candidate, sizeof *candidate);
	g_ptr_array_add(run->candidates, kept);
	hearers = hearers_of(run, kept);
	for (guint i = 0; i < hearers->len; i++)
		g_ptr_array_add(g_ptr_array_index(run->by_group, g_array_index(hearers, guint, i)),
				kept);
}

/* @recording: (nullable): only what has begun is planned then */
static void
plan_repeat(Run *run, const LoaSlot *slot, guint repeat, const LoaRecording *recording,
	    guint32 turns)
{
	const LoaBroadcast *b = slot->broadcast;
	char *id = loa_planner_airing_id(slot, repeat);
	Candidate candidate = {
		.broadcast = b,
		.earlier = g_hash_table_lookup(run->input->planned, id),
		.category = category_of(b, recording),
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
		.category = category_of(NULL, recording),
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

GPtrArray *
loa_planner_run(const LoaPlannerInput *input, GPtrArray **warnings, GPtrArray **suspended)
{
	g_autoptr(GPtrArray) candidates = g_ptr_array_new_with_free_func(candidate_free);
	g_autoptr(GPtrArray) by_group =
		g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
	g_autoptr(GHashTable) hearers =
		g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_array_unref);
	g_autoptr(LoaPlannerTally) tally = loa_planner_tally_new(input->groups);
	/* an airing at either end of the plan must not look forbidden */
	const LoaPermitConfig permit_config = {
		.policy = input->policy,
		.overlays = input->overlays,
		.groups = input->groups,
		.zone = input->zone,
		.from_us = input->from_us - 2 * LOA_PLANNER_LOOKBACK_US,
		.to_us = input->valid_until_us + LOA_PLANNER_LOOKBACK_US,
	};
	g_autoptr(LoaPermit) permit = loa_permit_new(&permit_config);
	GPtrArray *plans = g_ptr_array_new_with_free_func((GDestroyNotify)loa_plan_free);
	Run run = {
		.input = input,
		.permit = permit,
		.candidates = candidates,
		.by_group = by_group,
		.hearers = hearers,
		.suspended = g_ptr_array_new_with_free_func((GDestroyNotify)loa_suspension_free),
		.tally = tally,
	};

	for (guint i = 0; i < input->groups->len; i++)
		g_ptr_array_add(by_group, g_ptr_array_new());
	for (guint i = 0; i < input->slots->len; i++)
		plan_slot(&run, &g_array_index(input->slots, LoaSlot, i));
	for (guint i = 0; i < input->one_offs->len; i++)
		plan_one_off(&run, g_ptr_array_index(input->one_offs, i));
	for (guint i = 0; i < input->groups->len; i++)
		g_ptr_array_add(plans, loa_planner_plan_group(&run, i));
	*warnings = g_ptr_array_new_with_free_func((GDestroyNotify)loa_planner_warning_free);
	loa_planner_tally_write(tally, input->zone, *warnings);
	*suspended = run.suspended;
	return plans;
}
