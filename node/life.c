/* SPDX-License-Identifier: Apache-2.0 */
#include "node/life.h"

#include <string.h>

struct LoaLife {
	LoaAiring *airing; /* owned copy */
	LoaTracker *tracker;
	LoaFeed *feed;       /* (nullable) */
	gboolean is_resumed; /* from a checkpoint: the grace time is not asked for again */
	gboolean was_seen;   /* loa_life_look() was called */
	gboolean was_over;   /* ... and it was over the first time */
	gboolean is_barred;
	gboolean is_jumped_over; /* the clock jumped over its end */
	gint64 seen_jump_us;     /* jump_to_us of the jump that was counted */
};

LoaLife *
loa_life_new(const LoaAiring *airing, const LoaOutcome *checkpoint)
{
	LoaLife *self = g_new0(LoaLife, 1);

	self->airing = loa_airing_copy(airing);
	self->tracker = loa_tracker_new(airing);
	self->is_resumed = checkpoint != NULL;
	if (checkpoint != NULL)
		loa_tracker_restore(self->tracker, checkpoint);
	return self;
}

const LoaAiring *
loa_life_airing(const LoaLife *self)
{
	return self->airing;
}

LoaFeed *
loa_life_feed(LoaLife *self, LoaFrameBudget *budget)
{
	if (self->feed == NULL)
		self->feed = loa_feed_new(self->airing, budget);
	return self->feed;
}

LoaFeed *
loa_life_feed_if_any(const LoaLife *self)
{
	return self->feed;
}

/* How much of it should have been heard by now, had this node been there all the time. */
static gint64
elapsed_us(const LoaLife *self, const LoaMoment *moment)
{
	gint64 sum_us = 0;
	guint n = loa_agenda_n_segments(moment->agenda);

	for (guint i = loa_agenda_index(moment->agenda, self->airing->start_us); i < n; i++) {
		const LoaSegment *segment = loa_agenda_segment(moment->agenda, i);

		if (segment->from_us >= moment->now_us)
			break;
		if (strcmp(segment->airing->id, self->airing->id) == 0)
			sum_us += MIN(segment->to_us, moment->now_us) - segment->from_us;
	}
	return sum_us;
}

/* First of all: a jump moves this program's own birth, too. */
static gboolean
is_in_jump(const LoaMoment *moment, gint64 at_us)
{
	return at_us > moment->jump_from_us && at_us <= moment->jump_to_us;
}

/* Comes into its time from before it, or in the middle of it: then some is lost already. */
static void
join(LoaLife *self, const LoaMoment *moment, const LoaFate *fate)
{
	gint64 missing_us = elapsed_us(self, moment) - loa_tracker_heard_us(self->tracker);
	LoaLoss loss = LOA_LOSS_LATE;

	if (is_in_jump(moment, fate->first_us))
		loss = LOA_LOSS_CLOCK;
	else if (fate->first_us < moment->born_us)
		loss = LOA_LOSS_POWER;
	else if (fate->first_us < moment->trusted_us)
		loss = LOA_LOSS_CLOCK;

	self->was_over = moment->now_us >= fate->end_us;
	if (self->was_over || fate->first_us >= moment->now_us)
		return;
	loa_tracker_lost(self->tracker, loss, missing_us);
	self->is_barred =
		!self->is_resumed && moment->now_us - fate->first_us > self->airing->grace_us;
}

/* A jump forward while it was known: what lay between was never heard. */
static void
count_jump(LoaLife *self, const LoaMoment *moment, const LoaFate *fate)
{
	if (moment->jump_to_us == 0 || moment->jump_to_us == self->seen_jump_us)
		return;
	self->seen_jump_us = moment->jump_to_us;
	gint64 from_us = MAX(moment->jump_from_us, self->airing->start_us);
	gint64 to_us = MIN(moment->jump_to_us, fate->end_us);

	if (to_us <= from_us)
		return;
	loa_tracker_lost(self->tracker, LOA_LOSS_CLOCK, to_us - from_us);
	self->is_jumped_over = moment->jump_to_us >= fate->end_us;
}

static void
count_silence(LoaLife *self, const LoaMoment *moment, const LoaSegment *holder)
{
	gint64 silent_us = moment->now_us - MAX(moment->since_us, holder->from_us);

	if (moment->clock.state == LOA_CLOCK_UNTRUSTED)
		loa_tracker_lost(self->tracker, LOA_LOSS_CLOCK, silent_us);
	else if (moment->output == LOA_OUTPUT_FAILED)
		loa_tracker_lost(self->tracker, LOA_LOSS_DEVICE, silent_us);
}

static void
count_pauses(LoaLife *self, const LoaMoment *moment, const LoaFate *fate)
{
	const LoaSegment *holder = loa_agenda_at(moment->agenda, moment->now_us);

	if (moment->now_us < self->airing->start_us || moment->now_us >= fate->end_us ||
	    holder == NULL)
		return;
	if (strcmp(holder->airing->id, self->airing->id) == 0) {
		loa_tracker_came_back(self->tracker, holder->from_us);
		if (fate->took_over != NULL && fate->first_us == holder->from_us)
			loa_tracker_took_over(self->tracker, fate->took_over->id);
		count_silence(self, moment, holder);
		return;
	}
	/* outside its hours it gives way to nobody */
	if (loa_gate_check_airing(moment->plan, self->airing, moment->open, moment->now_us,
				  LOA_CLOCK_SYNCED) == LOA_GATE_OPEN)
		loa_tracker_gave_way(self->tracker, holder->airing->id,
				     MAX(holder->from_us, self->airing->start_us));
}

void
loa_life_look(LoaLife *self, const LoaMoment *moment, const LoaVoiceStats *stats)
{
	LoaFate fate;

	if (!loa_agenda_fate(moment->agenda, self->airing->id, &fate))
		return;
	if (!self->was_seen) {
		self->was_seen = TRUE;
		self->seen_jump_us = moment->jump_to_us;
		join(self, moment, &fate);
	}
	if (stats != NULL)
		loa_tracker_heard(self->tracker, stats);
	if (self->feed != NULL && self->airing->is_live && loa_feed_told_samples(self->feed) >= 0)
		loa_tracker_set_length(self->tracker, loa_feed_told_samples(self->feed));
	count_jump(self, moment, &fate);
	count_pauses(self, moment, &fate);
}

gboolean
loa_life_is_barred(const LoaLife *self)
{
	return self->is_barred;
}

gint64
loa_life_heard_us(const LoaLife *self)
{
	return loa_tracker_heard_us(self->tracker);
}

/* Why it is over though this program never saw it while it was not. */
static LoaEnding
ending_unseen(const LoaMoment *moment, const LoaFate *fate)
{
	if (is_in_jump(moment, fate->end_us))
		return LOA_ENDING_CLOCK;
	if (fate->end_us <= moment->born_us)
		return LOA_ENDING_POWER;
	if (fate->end_us <= moment->trusted_us)
		return LOA_ENDING_CLOCK;
	return LOA_ENDING_LATE;
}

static LoaEnding
ending_of(const LoaLife *self, const LoaMoment *moment, const LoaFate *fate)
{
	gboolean is_stopped = fate->airing->stop_us != 0 && fate->end_us >= fate->airing->stop_us;

	if (fate->is_cut && is_stopped)
		return LOA_ENDING_STOPPED;
	if (self->was_over)
		return ending_unseen(moment, fate);
	if (self->is_jumped_over)
		return LOA_ENDING_CLOCK;
	if (fate->is_cut)
		return LOA_ENDING_EXPIRED;
	return fate->ends_outranked ? LOA_ENDING_OUTRANKED : LOA_ENDING_NATURAL;
}

static void
count_closed_hours(LoaLife *self, const LoaMoment *moment, const LoaFate *fate)
{
	LoaVerdict verdict = LOA_GATE_OPEN;

	if (fate->closed_us <= 0 || self->was_over)
		return;
	/* one word for all of it: that of its start, or else of its end */
	verdict = loa_gate_check_airing(moment->plan, self->airing, moment->open,
					self->airing->start_us, LOA_CLOCK_SYNCED);
	if (verdict == LOA_GATE_OPEN)
		verdict = loa_gate_check_airing(moment->plan, self->airing, moment->open,
						fate->end_us - 1, LOA_CLOCK_SYNCED);
	loa_tracker_lost(self->tracker, verdict == LOA_GATE_QUIET ? LOA_LOSS_QUIET : LOA_LOSS_HOURS,
			 fate->closed_us);
}

LoaOutcome *
loa_life_conclude(LoaLife *self, const LoaMoment *moment)
{
	LoaFate fate;

	/* a time that nobody vouches for says nothing about what was over before we looked */
	if (moment->clock.state == LOA_CLOCK_UNTRUSTED && (self->was_over || self->is_barred))
		return NULL;
	if (self->is_barred)
		return loa_life_end(self, LOA_ENDING_LATE, moment);
	if (!loa_agenda_fate(moment->agenda, self->airing->id, &fate) ||
	    moment->now_us < fate.end_us + moment->settle_after_us)
		return NULL;
	/* it ended when its time did, not when the device was empty; what was found out later
	 * ended when it was found out */
	LoaMoment end = *moment;

	if (!self->was_over)
		end.now_us = fate.end_us;
	loa_tracker_came_back(self->tracker, fate.end_us);
	count_closed_hours(self, moment, &fate);
	return loa_life_end(self, ending_of(self, moment, &fate), &end);
}

LoaOutcome *
loa_life_end(LoaLife *self, LoaEnding ending, const LoaMoment *moment)
{
	return loa_tracker_settle(self->tracker, ending, moment->now_us, &moment->clock);
}

LoaOutcome *
loa_life_checkpoint(const LoaLife *self, const LoaMoment *moment)
{
	return loa_tracker_checkpoint(self->tracker, moment->now_us, &moment->clock);
}

void
loa_life_free(LoaLife *self)
{
	if (self == NULL)
		return;
	loa_airing_free(self->airing);
	loa_tracker_free(self->tracker);
	loa_feed_free(self->feed);
	g_free(self);
}
