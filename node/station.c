/* SPDX-License-Identifier: Apache-2.0 */
#include "node/station.h"

#include <string.h>
#include <sys/random.h>

#include "node/cue-sheet.h"
#include "node/life.h"
#include "node/postman.h"
#include "node/teller.h"
#include "wire/topic.h"

#define TICK_BUSY_US (100 * 1000)
#define TICK_IDLE_US (1000 * 1000)
#define SCAN_US (1000 * 1000)
#define CHECKPOINT_US (1 * G_USEC_PER_SEC)
/* When an airing's time is over, the device still holds some of it. */
#define SETTLE_US (300 * 1000)
/* A change of the clock beyond this is a jump: smaller ones the player just follows. */
#define JUMP_US G_USEC_PER_SEC
/* Heard already, and now this far in the future: it will not be heard again. */
#define JUMP_BACK_US (10 * G_USEC_PER_SEC)
/* Busy when something begins or ends this soon. */
#define SOON_US (3 * G_USEC_PER_SEC)
#define READY_AHEAD_US (G_GINT64_CONSTANT(24) * 3600 * G_USEC_PER_SEC)
#define PRUNE_US (G_GINT64_CONSTANT(24) * 3600 * G_USEC_PER_SEC)

struct LoaStation {
	LoaStationConfig config;
	LoaClock *clock;     /* borrowed */
	LoaJournal *journal; /* borrowed */
	const LoaStationPorts *ports;
	gpointer user_data;

	LoaStoredPlan held;      /* plan NULL: none */
	GArray *open;            /* LoaInterval */
	LoaAgenda *agenda;       /* (nullable) */
	GHashTable *lives;       /* airing id (the life's) -> LoaLife */
	GHashTable *ignored;     /* ids of airings that were never ours to play */
	GHashTable *checkpoints; /* airing id (the outcome's) -> LoaOutcome of an earlier run */
	LoaFrameBudget budget;
	LoaCueSheet *sheet;
	LoaPostman *postman;
	LoaTeller *teller;
	LoaMoment moment;
	LoaClockMap map;
	char *on_air; /* (nullable) */
	gint64 position_ms;
	char *trouble; /* (nullable) */
	char *state_topic;
	char *plan_topic;
	char *ack_topic;
	char session[LOA_SESSION_HEX_SIZE + 1];
	gint64 born_mono_us;
	gint64 first_plan_us;
	gint64 next_scan_us; /* CLOCK_MONOTONIC, as all below */
	gint64 next_checkpoint_us;
	gint64 next_prune_us;
	gint64 n_late; /* of lives that are over */
	gint64 n_unkept;
	gboolean is_connected;
};

static gboolean
send_report(const char *topic, GBytes *message, gpointer user_data)
{
	LoaStation *self = user_data;

	return self->ports->publish(topic, message, FALSE, self->user_data);
}

static void
set_cues(const LoaCue *cues, guint n_cues, gpointer user_data)
{
	LoaStation *self = user_data;

	self->ports->set_cues(cues, n_cues, self->user_data);
}

static LoaFeed *find_feed(const LoaSegment *segment, gpointer user_data);

static void
make_session(char *session)
{
	guint8 bytes[LOA_SESSION_HEX_SIZE / 2];
	gssize n = getrandom(bytes, sizeof bytes, 0);

	g_assert(n == (gssize)sizeof bytes); /* so few bytes are never cut short */
	for (gsize i = 0; i < sizeof bytes; i++)
		g_snprintf(session + 2 * i, 3, "%02x", bytes[i]);
}

static void
load_checkpoints(LoaStation *self)
{
	g_autoptr(GPtrArray) all = loa_journal_load_checkpoints(self->journal);

	g_ptr_array_set_free_func(all, NULL);
	for (guint i = 0; i < all->len; i++) {
		LoaOutcome *outcome = g_ptr_array_index(all, i);

		g_hash_table_insert(self->checkpoints, outcome->airing, outcome);
	}
}

LoaStation *
loa_station_new(const LoaStationConfig *config, LoaClock *clock, LoaJournal *journal,
		const LoaStationPorts *ports, gpointer user_data)
{
	LoaStation *self = g_new0(LoaStation, 1);

	self->config = *config;
	self->clock = clock;
	self->journal = journal;
	self->ports = ports;
	self->user_data = user_data;
	self->lives =
		g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)loa_life_free);
	self->ignored = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	self->checkpoints = g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
						  (GDestroyNotify)loa_outcome_free);
	self->budget.max_bytes = LOA_STATION_FRAME_BUDGET;
	self->sheet = loa_cue_sheet_new(set_cues, find_feed, self);
	self->postman = loa_postman_new(config->site, config->node, config->key, config->ring,
					journal, send_report, self);
	self->teller = loa_teller_new();
	self->map = loa_clock_map(clock);
	self->born_mono_us = loa_clock_mono_us(clock);
	self->moment.settle_after_us = SETTLE_US + config->device_ms * 1000;
	self->moment.trusted_us = G_MAXINT64;
	self->first_plan_us = loa_journal_first_plan_us(journal, config->group);
	self->state_topic = loa_topic(LOA_TOPIC_STATE, config->site, config->node);
	self->plan_topic = loa_topic(LOA_TOPIC_PLAN, config->site, config->group);
	self->ack_topic = loa_topic(LOA_TOPIC_ACK, config->site, config->node);
	make_session(self->session);
	load_checkpoints(self);
	return self;
}

/* --- the moment --- */

static gboolean
is_trusted(const LoaStation *self)
{
	return self->moment.clock.state != LOA_CLOCK_UNTRUSTED;
}

static void
remove_life(LoaStation *self, LoaLife *life)
{
	LoaFeed *feed = loa_life_feed_if_any(life);
	g_autofree char *topic =
		loa_topic(LOA_TOPIC_AIR, self->config.site, loa_life_airing(life)->id);

	self->ports->unsubscribe(topic, self->user_data);
	if (feed != NULL) {
		loa_cue_sheet_drop(self->sheet, feed);
		self->n_late += loa_feed_n_late(feed);
		self->n_unkept += loa_feed_n_unkept(feed);
	}
	g_hash_table_remove(self->lives, loa_life_airing(life)->id);
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
static void
drop_unheard_lives(LoaStation *self, gint64 from_us)
{
	g_autoptr(GPtrArray) lives = list_lives(self);

	for (guint i = 0; i < lives->len; i++) {
		LoaLife *life = g_ptr_array_index(lives, i);

		if (loa_life_heard_us(life) == 0 && loa_life_airing(life)->start_us >= from_us)
			remove_life(self, life);
	}
	self->next_scan_us = 0;
}

static void
clock_jumped_back(LoaStation *self)
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
	drop_unheard_lives(self, self->moment.now_us + LOA_STATION_NEAR_US);
}

static void
notice_jump(LoaStation *self, const LoaClockMap *map, gint64 mono_us)
{
	gint64 expected_us = loa_clock_map_to_site_us(&self->map, mono_us);
	gint64 jump_us = self->moment.now_us - expected_us;

	if (map->epoch == self->map.epoch || ABS(jump_us) < JUMP_US)
		return;
	g_warning("the clock jumped by %.1f s", (double)jump_us / G_USEC_PER_SEC);
	self->next_scan_us = 0;
	if (jump_us > 0) {
		self->moment.jump_from_us = expected_us;
		self->moment.jump_to_us = self->moment.now_us;
	} else if (self->agenda != NULL) {
		clock_jumped_back(self);
	}
}

static void
notice_trust(LoaStation *self, LoaClockState before)
{
	if (!is_trusted(self)) {
		self->moment.trusted_us = G_MAXINT64;
		return;
	}
	if (self->moment.trusted_us == G_MAXINT64 || before == LOA_CLOCK_UNTRUSTED) {
		/* the first moment of all counts as trusted from birth */
		gboolean is_first = self->moment.since_us == 0;

		self->moment.trusted_us = is_first ? self->moment.born_us : self->moment.now_us;
		if (!is_first)
			drop_unheard_lives(self, G_MININT64);
	}
	if (self->first_plan_us == 0 && self->held.plan != NULL) {
		self->first_plan_us = self->moment.now_us;
		loa_journal_set_first_plan_us(self->journal, self->config.group,
					      self->first_plan_us);
	}
}

static void
read_clock(LoaStation *self)
{
	LoaMoment *moment = &self->moment;
	gint64 mono_us = loa_clock_mono_us(self->clock);
	LoaClockMap map = loa_clock_map(self->clock);
	LoaClockState before = moment->clock.state;
	gint64 last_us = moment->now_us;

	moment->now_us = loa_clock_map_to_site_us(&map, mono_us);
	moment->since_us = last_us;
	moment->born_us = moment->now_us - (mono_us - self->born_mono_us);
	moment->clock = loa_clock_status(self->clock);
	moment->output = self->ports->status(self->user_data).state;
	moment->plan = self->held.plan;
	moment->open = self->open;
	moment->agenda = self->agenda;
	notice_trust(self, before);
	notice_jump(self, &map, mono_us);
	if (moment->since_us == 0)
		moment->since_us = moment->now_us;
	self->map = map;
}

/* --- lives --- */

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
	g_autofree char *topic = loa_topic(LOA_TOPIC_AIR, self->config.site, airing->id);

	g_hash_table_insert(self->lives, loa_life_airing(life)->id, life);
	look_at_life(self, life);
	self->ports->subscribe(topic, 0, self->user_data);
}

static void
scan(LoaStation *self)
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

static void
open_file(LoaStation *self, LoaLife *life, LoaFeed *feed)
{
	const LoaAiring *airing = loa_life_airing(life);

	if (self->ports->open_file == NULL || airing->sha256 == NULL || loa_feed_has_file(feed) ||
	    !self->ports->has_file(airing->sha256, self->user_data))
		return;
	LoaOpusFile *file = self->ports->open_file(airing->sha256, self->user_data);

	if (file != NULL)
		loa_feed_take_file(feed, file);
}

/* The feed of a segment that may sound. The agenda has said so before; this is the last look. */
static LoaFeed *
find_feed(const LoaSegment *segment, gpointer user_data)
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

	open_file(self, life, feed);
	return feed;
}

static void
note_on_air(LoaStation *self)
{
	const LoaSegment *segment =
		self->agenda != NULL ? loa_agenda_at(self->agenda, self->moment.now_us) : NULL;

	if (segment != NULL && (!is_trusted(self) || find_feed(segment, self) == NULL))
		segment = NULL;
	const char *id = segment != NULL ? segment->airing->id : NULL;

	if (g_strcmp0(id, self->on_air) != 0) {
		g_free(self->on_air);
		self->on_air = g_strdup(id);
		/* at once: after a crash, this is how the next run knows that it began */
		self->next_checkpoint_us = 0;
	}
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

static void
supply_voices(LoaStation *self, gboolean is_scan)
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

static void
look_at_lives(LoaStation *self)
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

static void
save_checkpoints(LoaStation *self)
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

/* --- the plan --- */

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
		 (is_trusted(self) && loa_life_airing(life)->start_us <= self->moment.now_us))
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
static void
part_with_lives(LoaStation *self, const LoaPlan *plan)
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
static void
settle_orphans(LoaStation *self)
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

static void
adopt(LoaStation *self, const LoaStoredPlan *stored)
{
	if (self->agenda != NULL)
		part_with_lives(self, stored->plan);

	LoaStoredPlan old = self->held;
	g_autoptr(LoaAgenda) old_agenda = self->agenda;

	self->held = (LoaStoredPlan){ g_bytes_ref(stored->message), stored->plan };
	g_clear_pointer(&self->open, g_array_unref);
	self->open = loa_gate_open_hours(self->held.plan, self->config.quiet_hours,
					 self->config.utc_offset_min);
	self->agenda = loa_agenda_new(self->held.plan, self->open);
	self->moment.plan = self->held.plan;
	self->moment.open = self->open;
	self->moment.agenda = self->agenda;
	self->next_scan_us = 0;
	settle_orphans(self);
	loa_stored_plan_clear(&old);
}

/* @stored: (transfer full) of the plan in it */
static void
take_over_plan(LoaStation *self, LoaStoredPlan *stored)
{
	adopt(self, stored);
	stored->plan = NULL;
	g_info("plan %" G_GINT64_FORMAT ": %u airings, valid for %.1f days",
	       self->held.plan->serial, self->held.plan->airings->len,
	       (double)(self->held.plan->valid_until_us - self->moment.now_us) /
		       (86400.0 * G_USEC_PER_SEC));
}

void
loa_station_restore(LoaStation *self, LoaStoredPlan *stored)
{
	read_clock(self);
	take_over_plan(self, stored);
}

static void
take_plan(LoaStation *self, const char *topic, GBytes *message)
{
	g_autoptr(GError) error = NULL;
	g_auto(LoaStoredPlan) stored = { 0 };

	/* the retained plan, once more: no need to prove it again */
	if (self->held.message != NULL && g_bytes_equal(message, self->held.message))
		return;
	if (!loa_plan_store_open_message(message, topic, self->config.ring, &stored, &error)) {
		loa_postman_refuse_error(self->postman, topic, error, self->moment.now_us);
		return;
	}
	LoaHeldPlan held = { self->config.site, self->config.group, loa_station_plan_serial(self),
			     self->held.message };
	LoaVerdict verdict = loa_gate_check_plan(&held, stored.plan, message, self->moment.now_us,
						 self->moment.clock.state);

	if (verdict == LOA_GATE_OPEN) {
		take_over_plan(self, &stored);
		/* acted on first, then saved */
		(void)loa_station_run(self);
		self->ports->save_plan(message, self->user_data);
	} else if (verdict != LOA_GATE_SAME) {
		loa_postman_refuse(self->postman, loa_verdict_code(verdict), topic,
				   loa_verdict_text(verdict), self->moment.now_us);
	}
}

/* %TRUE: it was refused, which is worth a turn */
static gboolean
take_packet(LoaStation *self, const char *topic, const char *airing, GBytes *message)
{
	g_autoptr(GError) error = NULL;
	LoaLife *life = g_hash_table_lookup(self->lives, airing);
	LoaPacket packet;
	gsize size = 0;
	const guint8 *data = g_bytes_get_data(message, &size);

	/* of an airing that is over, or not yet near: nothing to do with it */
	if (life == NULL || loa_life_is_barred(life))
		return FALSE;
	if (!loa_packet_decode(data, size, topic, self->config.ring, &packet, &error)) {
		loa_postman_refuse_error(self->postman, topic, error, self->moment.now_us);
		return TRUE;
	}
	loa_feed_packet(loa_life_feed(life, &self->budget), &packet);
	return FALSE;
}

gboolean
loa_station_message(LoaStation *self, const char *topic, GBytes *payload)
{
	LoaTopicKind kind = LOA_TOPIC_PLAN;
	g_autofree char *id = NULL;

	if (!loa_topic_parse(topic, self->config.site, &kind, &id))
		kind = LOA_TOPIC_STATE; /* not ours */
	if (kind == LOA_TOPIC_AIR)
		return take_packet(self, topic, id, payload);
	read_clock(self);
	if (kind == LOA_TOPIC_PLAN && strcmp(id, self->config.group) == 0)
		take_plan(self, topic, payload);
	else if (kind == LOA_TOPIC_ACK && strcmp(id, self->config.node) == 0)
		loa_postman_take_ack(self->postman, topic, payload, loa_clock_mono_us(self->clock),
				     self->moment.now_us);
	else
		loa_postman_refuse(self->postman, loa_wire_error_name(LOA_WIRE_ERROR_ADDRESS),
				   topic, "nobody asked for this topic", self->moment.now_us);
	return TRUE;
}

void
loa_station_oversize(LoaStation *self, const char *topic, gsize size)
{
	g_autofree char *detail = g_strdup_printf("a message of %" G_GSIZE_FORMAT " bytes", size);

	loa_postman_refuse(self->postman, loa_wire_error_name(LOA_WIRE_ERROR_LENGTH), topic, detail,
			   self->moment.now_us);
}

void
loa_station_connected(LoaStation *self)
{
	self->is_connected = TRUE;
	self->ports->subscribe(self->plan_topic, 1, self->user_data);
	self->ports->subscribe(self->ack_topic, 1, self->user_data);
	loa_postman_connected(self->postman);
	loa_teller_forget(self->teller);
}

void
loa_station_disconnected(LoaStation *self)
{
	self->is_connected = FALSE;
	loa_postman_disconnected(self->postman);
}

void
loa_station_files_changed(LoaStation *self)
{
	GHashTableIter iter;
	gpointer life = NULL;

	g_hash_table_iter_init(&iter, self->lives);
	while (g_hash_table_iter_next(&iter, NULL, &life)) {
		LoaFeed *feed = loa_life_feed_if_any(life);

		if (feed == NULL)
			continue;
		open_file(self, life, feed);
		loa_feed_pump(feed);
	}
}

void
loa_station_set_trouble(LoaStation *self, const char *text)
{
	g_free(self->trouble);
	self->trouble = g_strdup(text);
}

/* --- the state --- */

static const char *
output_word(LoaOutputState state)
{
	switch (state) {
	case LOA_OUTPUT_CLOSED:
		return "closed";
	case LOA_OUTPUT_OPEN:
		return "open";
	case LOA_OUTPUT_FAILED:
		return "failed";
	}
	return "closed";
}

static void
count_ready(const LoaStation *self, LoaNodeState *state)
{
	if (self->held.plan == NULL || self->ports->has_file == NULL)
		return;
	for (guint i = 0; i < self->held.plan->airings->len; i++) {
		const LoaAiring *airing = g_ptr_array_index(self->held.plan->airings, i);

		if (airing->start_us > self->moment.now_us + READY_AHEAD_US)
			break;
		if (airing->sha256 == NULL || loa_airing_end_us(airing) <= self->moment.now_us)
			continue;
		state->n_wanted++;
		if (self->ports->has_file(airing->sha256, self->user_data))
			state->n_ready++;
		else
			g_ptr_array_add(state->not_ready, g_strdup(airing->id));
	}
}

static gint64
n_late(const LoaStation *self)
{
	gint64 sum = self->n_late;
	GHashTableIter iter;
	gpointer life = NULL;

	g_hash_table_iter_init(&iter, self->lives);
	while (g_hash_table_iter_next(&iter, NULL, &life)) {
		const LoaFeed *feed = loa_life_feed_if_any(life);

		if (feed != NULL)
			sum += loa_feed_n_late(feed);
	}
	return sum;
}

static LoaNodeState *
make_state(const LoaStation *self, gboolean is_online)
{
	LoaNodeState *state = loa_node_state_new();
	LoaPlayerStatus status = self->ports->status(self->user_data);
	const char *disk = loa_journal_trouble(self->journal);

	state->site = g_strdup(self->config.site);
	state->node = g_strdup(self->config.node);
	state->group = g_strdup(self->config.group);
	state->version = g_strdup(LOA_VERSION);
	state->session = g_strdup(self->session);
	state->online = is_online;
	state->at_us = self->moment.now_us;
	state->uptime_s = (loa_clock_mono_us(self->clock) - self->born_mono_us) / G_USEC_PER_SEC;
	state->clock_state = self->moment.clock.state;
	state->clock_source = g_strdup(self->moment.clock.source);
	if (is_trusted(self))
		state->clock_bound_us = self->moment.clock.bound_us;
	state->plan_serial = loa_station_plan_serial(self);
	state->output = g_strdup(output_word(status.state));
	state->output_error = g_strdup(status.error);
	state->trouble = g_strdup(disk != NULL ? disk : self->trouble);
	state->on_air = is_online ? g_strdup(self->on_air) : NULL;
	state->position_ms = state->on_air != NULL ? self->position_ms : 0;
	state->level_db = status.level_db;
	state->n_unreported = loa_postman_n_unreported(self->postman);
	state->n_refused = loa_postman_n_refused(self->postman);
	state->n_late = n_late(self);
	count_ready(self, state);
	return state;
}

static GBytes *
seal_state(const LoaStation *self, const LoaNodeState *state)
{
	g_autoptr(GBytes) body = loa_node_state_encode(state);

	return loa_envelope_seal(LOA_TAG_STATE, self->state_topic, body, self->config.key);
}

GBytes *
loa_station_state_message(LoaStation *self, gboolean is_online)
{
	read_clock(self);
	g_autoptr(LoaNodeState) state = make_state(self, is_online);

	return seal_state(self, state);
}

/* Returns when to look again, CLOCK_MONOTONIC. */
static gint64
tell_state(LoaStation *self, gint64 mono_us)
{
	g_autoptr(LoaNodeState) state = NULL;

	if (!self->is_connected)
		return G_MAXINT64;
	state = make_state(self, TRUE);
	if (loa_teller_is_due(self->teller, state, mono_us)) {
		g_autoptr(GBytes) message = seal_state(self, state);

		if (self->ports->publish(self->state_topic, message, TRUE, self->user_data))
			loa_teller_told(self->teller, state, mono_us);
		else
			return mono_us + LOA_TELLER_MIN_GAP_US;
	}
	return loa_teller_due_us(self->teller, state);
}

/* --- the turn --- */

static void
prune(LoaStation *self, gint64 mono_us)
{
	if (!is_trusted(self) || mono_us < self->next_prune_us)
		return;
	self->next_prune_us = mono_us + PRUNE_US;
	loa_journal_prune(self->journal, self->moment.now_us);
}

static void
follow_the_plan(LoaStation *self, gint64 mono_us)
{
	gboolean is_scan = mono_us >= self->next_scan_us;

	if (is_scan) {
		scan(self);
		self->next_scan_us = mono_us + SCAN_US;
	}
	/* sound first */
	loa_cue_sheet_update(self->sheet, is_trusted(self) ? self->agenda : NULL,
			     self->moment.now_us);
	supply_voices(self, is_scan);
	note_on_air(self);
	look_at_lives(self);
	if (mono_us >= self->next_checkpoint_us) {
		save_checkpoints(self);
		self->next_checkpoint_us = mono_us + CHECKPOINT_US;
	}
}

static gint64
next_turn_us(const LoaStation *self)
{
	gint64 now_us = self->moment.now_us;

	if (self->agenda == NULL)
		return TICK_IDLE_US;
	gint64 change_us = loa_agenda_next_change_us(self->agenda, now_us);
	gboolean is_soon = change_us != G_MAXINT64 && change_us - now_us < SOON_US;
	gboolean is_busy = self->on_air != NULL || is_soon ||
			   loa_agenda_at(self->agenda, now_us - 2 * G_USEC_PER_SEC) != NULL;
	gint64 turn_us = is_busy ? TICK_BUSY_US : TICK_IDLE_US;

	/* the moment itself is the player's; a moment later the cues of what follows are due */
	return is_soon ? MIN(turn_us, change_us - now_us + 1000) : turn_us;
}

gint64
loa_station_run(LoaStation *self)
{
	read_clock(self);
	gint64 mono_us = loa_clock_mono_us(self->clock);

	if (self->agenda != NULL)
		follow_the_plan(self, mono_us);
	prune(self, mono_us);
	gint64 mail_us = loa_postman_run(self->postman, mono_us, self->moment.now_us);
	gint64 tell_us = tell_state(self, mono_us);
	gint64 next_us = MIN(mail_us, tell_us);
	gint64 wait_us = next_turn_us(self);

	if (next_us < mono_us + wait_us)
		wait_us = MAX(next_us - mono_us, 1000);
	return wait_us;
}

void
loa_station_stop(LoaStation *self)
{
	read_clock(self);
	if (self->agenda != NULL)
		look_at_lives(self);
	save_checkpoints(self);
	loa_postman_finish(self->postman);
}

gint64
loa_station_plan_serial(const LoaStation *self)
{
	return self->held.plan != NULL ? self->held.plan->serial : 0;
}

void
loa_station_free(LoaStation *self)
{
	if (self == NULL)
		return;
	loa_cue_sheet_free(self->sheet);
	g_hash_table_unref(self->lives);
	g_hash_table_unref(self->ignored);
	g_hash_table_unref(self->checkpoints);
	g_clear_pointer(&self->agenda, loa_agenda_free);
	g_clear_pointer(&self->open, g_array_unref);
	loa_stored_plan_clear(&self->held);
	loa_postman_free(self->postman);
	loa_teller_free(self->teller);
	g_free(self->on_air);
	g_free(self->trouble);
	g_free(self->state_topic);
	g_free(self->plan_topic);
	g_free(self->ack_topic);
	g_free(self);
}
