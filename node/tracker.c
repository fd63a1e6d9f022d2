/* SPDX-License-Identifier: Apache-2.0 */
#include "node/tracker.h"

#include <math.h>

#define SAMPLES_PER_MS (LOA_SAMPLE_RATE / 1000)

struct LoaTracker {
	LoaAiring *airing;  /* owned copy */
	LoaVoiceStats base; /* earlier voices and earlier runs; counts only */
	LoaVoiceStats now;  /* the voice at work */
	gint64 n_samples;
	gint64 started_us;     /* 0: nothing heard yet */
	gint64 start_error_us; /* fixed together with started_us */
	gint64 lost_us[LOA_N_LOSSES];
	guint32 n_pauses;
	gint64 paused_us;
	gint64 pausing_since_us; /* 0: not now */
	char *gave_way_to;       /* (nullable) */
	char *took_over;         /* (nullable) */
};

LoaTracker *
loa_tracker_new(const LoaAiring *airing)
{
	LoaTracker *self = g_new0(LoaTracker, 1);

	self->airing = loa_airing_copy(airing);
	self->n_samples = airing->n_samples;
	return self;
}

static double
power_of_db(double db)
{
	return db <= LOA_LEVEL_MIN_DB ? 0 : pow(10, db / 10);
}

void
loa_tracker_restore(LoaTracker *self, const LoaOutcome *checkpoint)
{
	self->base.n_heard = checkpoint->heard_ms * SAMPLES_PER_MS;
	self->base.n_concealed = checkpoint->concealed_ms * SAMPLES_PER_MS;
	self->base.n_gaps = checkpoint->n_gaps;
	self->base.sum_square = power_of_db(checkpoint->level_db) * (double)self->base.n_heard;
	self->started_us = checkpoint->started_us;
	self->start_error_us = checkpoint->start_error_us;
	self->n_pauses = checkpoint->n_pauses;
	self->paused_us = checkpoint->paused_ms * 1000;
	g_free(self->gave_way_to);
	self->gave_way_to = g_strdup(checkpoint->gave_way_to);
	g_free(self->took_over);
	self->took_over = g_strdup(checkpoint->took_over);
}

static void
note_the_start(LoaTracker *self, const LoaVoiceStats *stats)
{
	self->started_us = stats->first_heard_us;
	/* one that had to wait for its turn has no planned start to be compared with */
	if (stats->first_media > LOA_TRACKER_HEAD_SAMPLES || self->paused_us > 0)
		return;
	self->start_error_us =
		stats->first_heard_us - self->airing->start_us - stats->first_media * 125 / 6;
}

void
loa_tracker_heard(LoaTracker *self, const LoaVoiceStats *stats)
{
	self->now = *stats;
	if (self->started_us == 0 && stats->first_heard_us != 0 && stats->n_heard > 0)
		note_the_start(self, stats);
}

void
loa_tracker_next_voice(LoaTracker *self)
{
	self->base.n_heard += self->now.n_heard;
	self->base.n_concealed += self->now.n_concealed;
	self->base.n_gaps += self->now.n_gaps;
	self->base.n_bad_frames += self->now.n_bad_frames;
	self->base.sum_square += self->now.sum_square;
	self->now = (LoaVoiceStats){ 0 };
}

void
loa_tracker_gave_way(LoaTracker *self, const char *to, gint64 now_us)
{
	if (self->gave_way_to == NULL || !g_str_equal(self->gave_way_to, to)) {
		g_free(self->gave_way_to);
		self->gave_way_to = g_strdup(to);
	}
	if (self->pausing_since_us != 0)
		return;
	self->pausing_since_us = now_us;
	self->n_pauses++;
}

void
loa_tracker_came_back(LoaTracker *self, gint64 now_us)
{
	if (self->pausing_since_us == 0)
		return;
	self->paused_us += MAX(now_us - self->pausing_since_us, 0);
	self->pausing_since_us = 0;
}

void
loa_tracker_took_over(LoaTracker *self, const char *from)
{
	g_free(self->took_over);
	self->took_over = g_strdup(from);
}

void
loa_tracker_lost(LoaTracker *self, LoaLoss loss, gint64 us)
{
	self->lost_us[loss] += MAX(us, 0);
}

void
loa_tracker_set_length(LoaTracker *self, gint64 n_samples)
{
	self->n_samples = n_samples;
}

static gint64
n_heard(const LoaTracker *self)
{
	return self->base.n_heard + self->now.n_heard;
}

static gint64
n_concealed(const LoaTracker *self)
{
	return MIN(self->base.n_concealed + self->now.n_concealed, n_heard(self));
}

gint64
loa_tracker_heard_us(const LoaTracker *self)
{
	return (n_heard(self) - n_concealed(self)) * 125 / 6;
}

static double
level_db(const LoaTracker *self)
{
	double sum = self->base.sum_square + self->now.sum_square;

	if (n_heard(self) == 0 || !(sum > 0))
		return LOA_LEVEL_MIN_DB;
	return CLAMP(10 * log10(sum / (double)n_heard(self)), LOA_LEVEL_MIN_DB, 0);
}

static const char *
loss_word(LoaLoss loss)
{
	switch (loss) {
	case LOA_LOSS_POWER:
		return LOA_REASON_POWER;
	case LOA_LOSS_LATE:
		return LOA_REASON_LATE;
	case LOA_LOSS_HOURS:
		return LOA_REASON_HOURS;
	case LOA_LOSS_QUIET:
		return LOA_REASON_QUIET;
	case LOA_LOSS_CLOCK:
		return LOA_REASON_CLOCK;
	case LOA_LOSS_DEVICE:
		return LOA_REASON_DEVICE;
	case LOA_N_LOSSES:
		break;
	}
	return "";
}

/* The largest of the losses that were noticed; LOA_N_LOSSES: none. */
static LoaLoss
largest_loss(const LoaTracker *self)
{
	LoaLoss largest = LOA_N_LOSSES;

	for (LoaLoss loss = 0; loss < LOA_N_LOSSES; loss++)
		if (self->lost_us[loss] > (largest == LOA_N_LOSSES ? 0 : self->lost_us[largest]))
			largest = loss;
	return largest;
}

/* The loss that took most of what is missing; LOA_N_LOSSES: none of those that were noticed. */
static LoaLoss
worst_loss(const LoaTracker *self, gint64 missing_us)
{
	LoaLoss largest = largest_loss(self);
	gint64 unexplained_us = missing_us;

	for (LoaLoss loss = 0; loss < LOA_N_LOSSES; loss++)
		unexplained_us -= self->lost_us[loss];
	if (largest == LOA_N_LOSSES || self->lost_us[largest] < unexplained_us)
		return LOA_N_LOSSES;
	return largest;
}

static gboolean
is_undecodable(const LoaTracker *self)
{
	gint64 n_bad = self->base.n_bad_frames + self->now.n_bad_frames;

	return n_bad > 0 && n_bad * LOA_FRAME_SAMPLES * 2 >= n_heard(self);
}

static void
conclude(LoaOutcome *outcome, LoaResult result, const char *reason)
{
	outcome->result = result;
	g_free(outcome->reason);
	outcome->reason = g_strdup(reason);
}

/* Nothing of it was heard. */
static void
conclude_silent(const LoaTracker *self, LoaOutcome *outcome)
{
	LoaLoss loss = worst_loss(self, outcome->lost_ms * 1000);

	if (is_undecodable(self))
		conclude(outcome, LOA_RESULT_FAILED, LOA_REASON_DECODE);
	else if (loss == LOA_LOSS_DEVICE)
		conclude(outcome, LOA_RESULT_FAILED, LOA_REASON_DEVICE);
	else if (loss == LOA_LOSS_HOURS || loss == LOA_LOSS_QUIET || loss == LOA_LOSS_CLOCK)
		conclude(outcome, LOA_RESULT_REFUSED, loss_word(loss));
	else if (loss != LOA_N_LOSSES)
		conclude(outcome, LOA_RESULT_MISSED, loss_word(loss));
	else if (self->airing->resume == LOA_RESUME_REJOIN &&
		 outcome->paused_ms * 2 >= outcome->duration_ms)
		conclude(outcome, LOA_RESULT_PREEMPTED, LOA_REASON_PREEMPTED);
	else
		conclude(outcome, LOA_RESULT_MISSED, LOA_REASON_NO_AUDIO);
}

/* Some of it was heard, but not all. */
static void
conclude_partial(const LoaTracker *self, LoaOutcome *outcome)
{
	gint64 missing_ms = outcome->lost_ms + outcome->concealed_ms;
	LoaLoss loss = worst_loss(self, missing_ms * 1000);

	if (is_undecodable(self))
		conclude(outcome, LOA_RESULT_FAILED, LOA_REASON_DECODE);
	else if (loss != LOA_N_LOSSES)
		conclude(outcome, LOA_RESULT_PARTIAL, loss_word(loss));
	else if (self->airing->resume == LOA_RESUME_REJOIN && outcome->paused_ms * 2 >= missing_ms)
		conclude(outcome, LOA_RESULT_PARTIAL, LOA_REASON_PREEMPTED);
	else if (outcome->n_gaps == 0 && largest_loss(self) != LOA_N_LOSSES)
		/* no frame was missing once there was sound again: it all began with that */
		conclude(outcome, LOA_RESULT_PARTIAL, loss_word(largest_loss(self)));
	else if (outcome->n_gaps == 0)
		/* every frame was there in time: it ran dry, or had to be brought back in step */
		conclude(outcome, LOA_RESULT_PARTIAL, LOA_REASON_DEVICE);
	else
		conclude(outcome, LOA_RESULT_PARTIAL, LOA_REASON_NO_AUDIO);
}

static gboolean
is_whole(const LoaOutcome *outcome)
{
	gint64 tolerated_ms = MAX(LOA_TRACKER_MAX_CONCEALED_MS,
				  outcome->duration_ms * LOA_TRACKER_MAX_CONCEALED_PERMILLE / 1000);

	return outcome->lost_ms <= LOA_TRACKER_MAX_LOST_MS && outcome->concealed_ms <= tolerated_ms;
}

static void
conclude_by_ending(const LoaTracker *self, LoaOutcome *outcome, LoaEnding ending)
{
	gboolean is_silent = loa_tracker_heard_us(self) == 0;

	switch (ending) {
	case LOA_ENDING_STOPPED:
		conclude(outcome, LOA_RESULT_STOPPED, LOA_REASON_STOPPED);
		return;
	case LOA_ENDING_WITHDRAWN:
		conclude(outcome, LOA_RESULT_STOPPED, LOA_REASON_WITHDRAWN);
		return;
	case LOA_ENDING_OUTRANKED:
		conclude(outcome, LOA_RESULT_PREEMPTED, LOA_REASON_PREEMPTED);
		return;
	case LOA_ENDING_POWER:
		conclude(outcome, is_silent ? LOA_RESULT_MISSED : LOA_RESULT_PARTIAL,
			 LOA_REASON_POWER);
		return;
	case LOA_ENDING_CLOCK:
		conclude(outcome, is_silent ? LOA_RESULT_MISSED : LOA_RESULT_PARTIAL,
			 LOA_REASON_CLOCK);
		return;
	case LOA_ENDING_LATE:
		conclude(outcome, is_silent ? LOA_RESULT_MISSED : LOA_RESULT_PARTIAL,
			 LOA_REASON_LATE);
		return;
	case LOA_ENDING_EXPIRED:
		conclude(outcome, is_silent ? LOA_RESULT_REFUSED : LOA_RESULT_PARTIAL,
			 LOA_REASON_PLAN_EXPIRED);
		return;
	case LOA_ENDING_DEVICE:
		conclude(outcome, LOA_RESULT_FAILED, LOA_REASON_DEVICE);
		return;
	case LOA_ENDING_NATURAL:
		if (is_silent)
			conclude_silent(self, outcome);
		else
			conclude_partial(self, outcome);
		return;
	}
}

static LoaLevel
level_reached(const LoaTracker *self)
{
	if (n_heard(self) - n_concealed(self) == 0)
		return LOA_LEVEL_PLAN;
	return level_db(self) > LOA_TRACKER_SILENCE_DB ? LOA_LEVEL_CONSUMED : LOA_LEVEL_DECODED;
}

static void
take_text(char **to, const char *text)
{
	g_free(*to);
	*to = g_strdup(text);
}

/* Everything but result and reason. */
static LoaOutcome *
describe(const LoaTracker *self, gint64 now_us, const LoaClockStatus *clock)
{
	LoaOutcome *outcome = loa_outcome_new();
	const LoaAiring *airing = self->airing;
	gint64 paused_us = self->paused_us;

	if (self->pausing_since_us != 0)
		paused_us += MAX(now_us - self->pausing_since_us, 0);
	take_text(&outcome->airing, airing->id);
	take_text(&outcome->broadcast, airing->broadcast);
	take_text(&outcome->title, airing->title);
	outcome->class = airing->class;
	outcome->level = level_reached(self);
	outcome->planned_us = airing->start_us;
	outcome->ended_us = now_us;
	outcome->duration_ms = (self->n_samples + SAMPLES_PER_MS / 2) / SAMPLES_PER_MS;
	if (outcome->level != LOA_LEVEL_PLAN) {
		outcome->started_us = self->started_us;
		outcome->start_error_us = self->start_error_us;
		outcome->heard_ms = MIN((n_heard(self) + SAMPLES_PER_MS / 2) / SAMPLES_PER_MS,
					outcome->duration_ms);
		outcome->concealed_ms =
			MIN((n_concealed(self) + SAMPLES_PER_MS / 2) / SAMPLES_PER_MS,
			    outcome->heard_ms);
	}
	outcome->n_gaps = (guint32)MIN(self->base.n_gaps + self->now.n_gaps, G_MAXUINT32);
	outcome->lost_ms = outcome->duration_ms - outcome->heard_ms;
	outcome->n_pauses = self->n_pauses;
	outcome->paused_ms = paused_us / 1000;
	take_text(&outcome->gave_way_to, self->gave_way_to);
	take_text(&outcome->took_over, self->took_over);
	outcome->level_db = level_db(self);
	outcome->clock_state = clock->state;
	take_text(&outcome->clock_source, clock->source);
	/* an untrusted clock knows no bound */
	outcome->clock_bound_us = clock->state == LOA_CLOCK_UNTRUSTED ? -1 : clock->bound_us;
	return outcome;
}

LoaOutcome *
loa_tracker_settle(const LoaTracker *self, LoaEnding ending, gint64 now_us,
		   const LoaClockStatus *clock)
{
	LoaOutcome *outcome = describe(self, now_us, clock);

	/* whoever heard all of it does not care how the time after it was called */
	if (ending != LOA_ENDING_STOPPED && loa_tracker_heard_us(self) > 0 && is_whole(outcome))
		conclude(outcome, LOA_RESULT_COMPLETED,
			 outcome->level == LOA_LEVEL_DECODED ? LOA_REASON_SILENT : "");
	else
		conclude_by_ending(self, outcome, ending);
	return outcome;
}

LoaOutcome *
loa_tracker_checkpoint(const LoaTracker *self, gint64 now_us, const LoaClockStatus *clock)
{
	return loa_tracker_settle(self, LOA_ENDING_POWER, now_us, clock);
}

void
loa_tracker_free(LoaTracker *self)
{
	if (self == NULL)
		return;
	loa_airing_free(self->airing);
	g_free(self->gave_way_to);
	g_free(self->took_over);
	g_free(self);
}
