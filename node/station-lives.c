/* SPDX-License-Identifier: Apache-2.0 */
/* The airings of now: begun, fed, looked at, settled. */
#include <string.h>

#include "node/station-private.h"

/* Heard already, and now this far in the future: it will not be heard again. */
#define JUMP_BACK_US (10 * G_USEC_PER_SEC)

static void
remove_life(LoaStation *self, LoaLife *life)
{
	LoaFeed *feed = loa_life_feed_if_any(life);

	loa_station_detune(self, life);
	if (feed != NULL) {
		loa_cue_sheet_drop(self->sheet, feed);
		self->n_late += loa_feed_n_late(feed);
		self->n_unkept += loa_feed_n_unkept(feed);
	}
	g_hash_table_remove(self->lives, loa_life_airing(life)->id);
}

/* The gate did not open for something that was planned: somebody should look at it. */
static void
tell_refusal(LoaStation *self, const LoaOutcome *outcome)
{
	g_autofree char *detail =
		g_strdup_printf("airing %s did not sound: %s", outcome->airing, outcome->reason);
	LoaVerdict verdict = LOA_GATE_HOURS;

	if (g_str_equal(outcome->reason, LOA_REASON_CLOCK))
		verdict = LOA_GATE_CLOCK;
	else if (g_str_equal(outcome->reason, LOA_REASON_PLAN_EXPIRED))
		verdict = LOA_GATE_EXPIRED;
	loa_postman_refuse(self->postman, loa_verdict_code(verdict), self->plan_topic, detail,
			   self->moment.now_us);
}

/* Journals what became of it; the life is gone afterwards. */
static void
settle(LoaStation *self, LoaLife *life, LoaOutcome *outcome)
{
	g_info("airing %s: %s%s%s, heard %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT " ms",
	       outcome->airing, loa_result_name(outcome->result),
	       *outcome->reason != '\0' ? ": " : "", outcome->reason, outcome->heard_ms,
	       outcome->duration_ms);
	loa_journal_add_outcome(self->journal, outcome);
	if (outcome->result == LOA_RESULT_REFUSED)
		tell_refusal(self, outcome);
	g_hash_table_remove(self->checkpoints, outcome->airing);
	remove_life(self, life);
}

static void
end_life(LoaStation *self, LoaLife *life, LoaEnding ending)
{
	g_autoptr(LoaOutcome) outcome = loa_life_end(life, ending, &self->moment);

	settle(self, life, outcome);
}

static void
look_at_life(LoaStation *self, LoaLife *life)
{
	LoaFeed *feed = loa_life_feed_if_any(life);

	if (feed == NULL) {
		loa_life_look(life, &self->moment, NULL);
		return;
	}
	LoaVoiceStats stats = self->ports->stats(loa_feed_voice(feed), self->user_data);

	loa_life_look(life, &self->moment, &stats);
}

/* (transfer container): lives may be removed while one goes through them */
static GPtrArray *
list_lives(const LoaStation *self)
{
	GPtrArray *lives = g_ptr_array_sized_new(g_hash_table_size(self->lives));
	GHashTableIter iter;
	gpointer life = NULL;

	g_hash_table_iter_init(&iter, self->lives);
	while (g_hash_table_iter_next(&iter, NULL, &life))
		g_ptr_array_add(lives, life);
	return lives;
}

/* Those of whom nothing was heard yet are looked at afresh, by the clock as it is now. */
void
loa_station_drop_unheard_lives(LoaStation *self, gint64 from_us)
{
	g_autoptr(GPtrArray) lives = list_lives(self);

	for (guint i = 0; i < lives->len; i++) {
		LoaLife *life = g_ptr_array_index(lives, i);

		if (loa_life_heard_us(life) == 0 && loa_life_airing(life)->start_us >= from_us)
			remove_life(self, life);
	}
	self->next_scan_us = 0;
}

/* An airing that was over before this receiver had its first plan was never its to play. */
static gboolean
is_ours(LoaStation *self, const LoaAiring *airing)
{
	LoaFate fate;

	if (airing->stop_us != 0 && airing->stop_us <= airing->start_us)
		return FALSE;
	if (airing->start_us > self->moment.now_us)
		return TRUE;
	if (!loa_agenda_fate(self->agenda, airing->id, &fate) || fate.end_us > self->moment.now_us)
		return TRUE;
	return self->first_plan_us != 0 && fate.end_us > self->first_plan_us;
}

static void
begin_life(LoaStation *self, const LoaAiring *airing)
{
	const LoaOutcome *checkpoint = g_hash_table_lookup(self->checkpoints, airing->id);
	LoaLife *life = loa_life_new(airing, checkpoint);

	g_hash_table_insert(self->lives, loa_life_airing(life)->id, life);
	look_at_life(self, life);
	loa_station_tune(self, life);
}

void
loa_station_scan(LoaStation *self)
{
	const GPtrArray *airings = self->held.plan->airings;

	for (guint i = 0; i < airings->len; i++) {
		const LoaAiring *airing = g_ptr_array_index(airings, i);

		/* sorted by start */
		if (airing->start_us > self->moment.now_us + LOA_STATION_NEAR_US)
			break;
		if (loa_journal_has_outcome(self->journal, airing->id) ||
		    g_hash_table_contains(self->lives, airing->id) ||
		    g_hash_table_contains(self->ignored, airing->id))
			continue;
		if (is_ours(self, airing))
			begin_life(self, airing);
		else
			g_hash_table_add(self->ignored, g_strdup(airing->id));
	}
}

/* The feed of a segment that may sound. The agenda has said so before; this is the last look. */
LoaFeed *
loa_station_find_feed(const LoaSegment *segment, gpointer user_data)
{
	LoaStation *self = user_data;
	LoaLife *life = g_hash_table_lookup(self->lives, segment->airing->id);
	gint64 at_us = CLAMP(self->moment.now_us, segment->from_us, segment->to_us - 1);

	if (life == NULL || loa_life_is_barred(life) ||
	    loa_journal_has_outcome(self->journal, segment->airing->id) ||
	    loa_gate_check_airing(self->held.plan, segment->airing, self->open, at_us,
				  self->moment.clock.state) != LOA_GATE_OPEN)
		return NULL;
	LoaFeed *feed = loa_life_feed(life, &self->budget);

	loa_station_open_file(self, life, feed);
	return feed;
}

void
loa_station_note_on_air(LoaStation *self)
{
	const LoaSegment *segment =
		self->agenda != NULL ? loa_agenda_at(self->agenda, self->moment.now_us) : NULL;

	if (segment != NULL &&
	    (!loa_station_is_trusted(self) || loa_station_find_feed(segment, self) == NULL))
		segment = NULL;
	const char *id = segment != NULL ? segment->airing->id : NULL;

	if (g_strcmp0(id, self->on_air) != 0) {
		g_free(self->on_air);
		self->on_air = g_strdup(id);
		/* at once: after a crash, this is how the next run knows that it began */
		self->next_checkpoint_us = 0;
	}
	if (segment != NULL)
		self->on_air_class = segment->airing->class;
	self->position_ms =
		segment != NULL ? loa_segment_media_at(segment, self->moment.now_us) / 48 : 0;
}

/* What an airing that is not played will want next; what is older may go. */
static void
let_wait(LoaStation *self, LoaLife *life, LoaFeed *feed)
{
	guint i = loa_agenda_index(self->agenda, self->moment.now_us);

	for (; i < loa_agenda_n_segments(self->agenda); i++) {
		const LoaSegment *segment = loa_agenda_segment(self->agenda, i);

		if (strcmp(segment->airing->id, loa_life_airing(life)->id) != 0)
			continue;
		loa_feed_wait(feed, segment->media_sample);
		return;
	}
	loa_feed_wait(feed, G_MAXINT64 / 2);
}

void
loa_station_supply_voices(LoaStation *self, gboolean is_scan)
{
	GHashTableIter iter;
	gpointer life = NULL;

	g_hash_table_iter_init(&iter, self->lives);
	while (g_hash_table_iter_next(&iter, NULL, &life)) {
		LoaFeed *feed = loa_life_feed_if_any(life);

		if (feed == NULL)
			continue;
		if (loa_cue_sheet_has(self->sheet, feed))
			loa_feed_pump(feed);
		else if (is_scan)
			let_wait(self, life, feed);
	}
}

void
loa_station_look_at_lives(LoaStation *self)
{
	g_autoptr(GPtrArray) lives = list_lives(self);

	for (guint i = 0; i < lives->len; i++) {
		LoaLife *life = g_ptr_array_index(lives, i);

		look_at_life(self, life);
		g_autoptr(LoaOutcome) outcome = loa_life_conclude(life, &self->moment);

		if (outcome != NULL)
			settle(self, life, outcome);
	}
}

void
loa_station_save_checkpoints(LoaStation *self)
{
	GHashTableIter iter;
	gpointer data = NULL;

	g_hash_table_iter_init(&iter, self->lives);
	while (g_hash_table_iter_next(&iter, NULL, &data)) {
		LoaLife *life = data;

		if (loa_life_heard_us(life) == 0 &&
		    g_strcmp0(loa_life_airing(life)->id, self->on_air) != 0)
			continue;
		g_autoptr(LoaOutcome) outcome = loa_life_checkpoint(life, &self->moment);

		loa_journal_save_checkpoint(self->journal, outcome);
	}
}

void
loa_station_clock_jumped_back(LoaStation *self)
{
	g_autoptr(GPtrArray) lives = list_lives(self);

	for (guint i = 0; i < lives->len; i++) {
		LoaLife *life = g_ptr_array_index(lives, i);
		LoaFate fate;

		if (loa_life_heard_us(life) > 0 &&
		    loa_agenda_fate(self->agenda, loa_life_airing(life)->id, &fate) &&
		    fate.first_us > self->moment.now_us + JUMP_BACK_US)
			end_life(self, life, LOA_ENDING_CLOCK);
	}
	loa_station_drop_unheard_lives(self, self->moment.now_us + LOA_STATION_NEAR_US);
}

static void
withdraw(LoaStation *self, LoaLife *life)
{
	LoaMoment at_once = self->moment;

	at_once.settle_after_us = 0;
	look_at_life(self, life);
	/* over already, only not settled */
	g_autoptr(LoaOutcome) outcome = loa_life_conclude(life, &at_once);

	if (outcome != NULL)
		settle(self, life, outcome);
	else if (loa_life_heard_us(life) > 0 ||
		 (loa_station_is_trusted(self) &&
		  loa_life_airing(life)->start_us <= self->moment.now_us))
		end_life(self, life, LOA_ENDING_WITHDRAWN);
	else
		remove_life(self, life);
}

static gboolean
is_changed(const LoaAiring *a, const LoaAiring *b)
{
	return a->start_us != b->start_us || a->n_samples != b->n_samples ||
	       a->pre_skip != b->pre_skip || a->resume != b->resume || a->class != b->class;
}

/* By the old plan and agenda, before the new ones come into force. */
void
loa_station_part_with_lives(LoaStation *self, const LoaPlan *plan)
{
	g_autoptr(GPtrArray) lives = list_lives(self);

	for (guint i = 0; i < lives->len; i++) {
		LoaLife *life = g_ptr_array_index(lives, i);
		const LoaAiring *airing = loa_plan_find(plan, loa_life_airing(life)->id);

		if (airing == NULL)
			withdraw(self, life);
		else if (loa_life_heard_us(life) == 0 && is_changed(airing, loa_life_airing(life)))
			remove_life(self, life);
	}
}

/* Airings of an earlier run that no plan names any more: what the checkpoint says is final. */
void
loa_station_settle_orphans(LoaStation *self)
{
	GHashTableIter iter;
	gpointer data = NULL;

	g_hash_table_iter_init(&iter, self->checkpoints);
	while (g_hash_table_iter_next(&iter, NULL, &data)) {
		LoaOutcome *outcome = data;

		if (loa_plan_find(self->held.plan, outcome->airing) != NULL)
			continue;
		loa_journal_add_outcome(self->journal, outcome);
		g_hash_table_iter_remove(&iter);
	}
}
