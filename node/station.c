/* SPDX-License-Identifier: Apache-2.0 */
#include "node/station-private.h"

#include <string.h>
#include <sys/random.h>

#include "wire/time-packet.h"
#include "wire/topic.h"
#include "wire/watch.h"

/* A change of the clock beyond this is a jump: smaller ones the player just follows. */
#define JUMP_US G_USEC_PER_SEC
/* Busy when something begins or ends this soon. */
#define SOON_US (3 * G_USEC_PER_SEC)
/* The time client asks more often from then on. */
#define CLOCK_NEAR_US (120 * G_USEC_PER_SEC)
#define PRUNE_US (G_GINT64_CONSTANT(24) * 3600 * G_USEC_PER_SEC)

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
	self->channels = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	self->ready = g_ptr_array_new_with_free_func(g_free);
	self->not_ready = g_ptr_array_new_with_free_func(g_free);
	self->budget.max_bytes = LOA_STATION_FRAME_BUDGET;
	self->sheet = loa_cue_sheet_new(set_cues, loa_station_find_feed, self);
	self->postman = loa_postman_new(config->site, config->node, config->key, config->ring,
					journal, send_report, self);
	self->teller = loa_teller_new();
	self->map = loa_clock_map(clock);
	self->born_mono_us = loa_clock_mono_us(clock);
	self->moment.settle_after_us = LOA_STATION_SETTLE_US + config->device_ms * 1000;
	self->moment.trusted_us = G_MAXINT64;
	self->first_plan_us = loa_journal_first_plan_us(journal, config->group);
	self->state_topic = loa_topic(LOA_TOPIC_STATE, config->site, config->node);
	self->plan_topic = loa_topic(LOA_TOPIC_PLAN, config->site, config->group);
	self->watch_topic = loa_watch_topic(config->site);
	self->ack_topic = loa_topic(LOA_TOPIC_ACK, config->site, config->node);
	make_session(self->session);
	load_checkpoints(self);
	return self;
}

/* --- the moment --- */

gboolean
loa_station_is_trusted(const LoaStation *self)
{
	return self->moment.clock.state != LOA_CLOCK_UNTRUSTED;
}

static void
notice_jump(LoaStation *self, const LoaClockMap *map, gint64 mono_us)
{
	gint64 expected_us = loa_clock_map_to_site_us(&self->map, mono_us);
	gint64 jump_us = self->moment.now_us - expected_us;

	if (map->epoch == self->map.epoch || ABS(jump_us) < JUMP_US)
		return;
	/* a box without a battery gets its first time: nothing was jumped over */
	if (!self->was_trusted) {
		self->next_scan_us = 0;
		return;
	}
	g_warning("the clock jumped by %.1f s", (double)jump_us / G_USEC_PER_SEC);
	self->next_scan_us = 0;
	if (jump_us > 0) {
		self->moment.jump_from_us = expected_us;
		self->moment.jump_to_us = self->moment.now_us;
	} else if (self->agenda != NULL) {
		loa_station_clock_jumped_back(self);
	}
}

static void
notice_trust(LoaStation *self, LoaClockState before)
{
	if (!loa_station_is_trusted(self)) {
		self->moment.trusted_us = G_MAXINT64;
		return;
	}
	if (self->moment.trusted_us == G_MAXINT64 || before == LOA_CLOCK_UNTRUSTED) {
		/* the first moment of all counts as trusted from birth */
		gboolean is_first = self->moment.since_us == 0;

		self->moment.trusted_us = is_first ? self->moment.born_us : self->moment.now_us;
		if (!is_first)
			loa_station_drop_unheard_lives(self, G_MININT64);
	}
	if (self->first_plan_us == 0 && self->held.plan != NULL) {
		self->first_plan_us = self->moment.now_us;
		loa_journal_set_first_plan_us(self->journal, self->config.group,
					      self->first_plan_us);
	}
}

void
loa_station_read_clock(LoaStation *self)
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
	self->was_trusted |= loa_station_is_trusted(self);
	if (moment->since_us == 0)
		moment->since_us = moment->now_us;
	self->map = map;
}

/* --- the plan --- */

double
loa_station_volume_db(const LoaStation *self, LoaClass class)
{
	if (self->held.plan == NULL)
		return self->config.ceiling_db;
	return loa_gate_volume_db(self->held.plan, self->config.node, class,
				  self->config.ceiling_db);
}

static void
adopt(LoaStation *self, const LoaStoredPlan *stored)
{
	if (self->agenda != NULL)
		loa_station_part_with_lives(self, stored->plan);

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
	loa_cue_sheet_set_volume(self->sheet, loa_station_volume_db(self, LOA_CLASS_NORMAL),
				 loa_station_volume_db(self, LOA_CLASS_EMERGENCY));
	self->next_scan_us = 0;
	loa_station_settle_orphans(self);
	loa_stored_plan_clear(&old);
}

/* @stored: (transfer full) of the plan in it */
static void
take_over_plan(LoaStation *self, LoaStoredPlan *stored)
{
	loa_plan_take_tests(stored->plan, self->config.node);
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
	loa_station_read_clock(self);
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

/* It costs the line something: what is over, or lasts for ever, is not taken. */
static void
take_watch(LoaStation *self, GBytes *message)
{
	g_autoptr(GError) error = NULL;
	gint64 until_us = 0;
	g_autoptr(GBytes) body = NULL;

	if (g_bytes_get_size(message) == 0)
		return;
	body = loa_envelope_open(LOA_TAG_WATCH, self->watch_topic, message, self->config.ring,
				 &error);
	if (body == NULL || !loa_watch_decode(body, self->config.site, &until_us, &error)) {
		loa_postman_refuse_error(self->postman, self->watch_topic, error,
					 self->moment.now_us);
		return;
	}
	if (until_us - self->moment.now_us <= LOA_WATCH_MAX_US)
		self->watched_until_us = MAX(self->watched_until_us, until_us);
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

	if (strcmp(topic, self->watch_topic) == 0) {
		loa_station_read_clock(self);
		take_watch(self, payload);
		return TRUE;
	}
	if (!loa_topic_parse(topic, self->config.site, &kind, &id))
		kind = LOA_TOPIC_STATE; /* not ours */
	if (kind == LOA_TOPIC_AIR)
		return take_packet(self, topic, id, payload);
	loa_station_read_clock(self);
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
loa_station_time_forged(LoaStation *self, const char *why)
{
	g_autofree char *topic = loa_time_topic(self->config.site);

	loa_postman_refuse(self->postman, "time", topic, why, self->moment.now_us);
}

void
loa_station_dropped(LoaStation *self, guint64 n)
{
	g_autofree char *detail = g_strdup_printf(
		"%" G_GUINT64_FORMAT " messages came faster than they could be looked at", n);

	loa_postman_refuse(self->postman, "flood", "", detail, self->moment.now_us);
}

void
loa_station_connected(LoaStation *self)
{
	self->is_connected = TRUE;
	self->ports->subscribe(self->plan_topic, 1, self->user_data);
	self->ports->subscribe(self->ack_topic, 1, self->user_data);
	self->ports->subscribe(self->watch_topic, 1, self->user_data);
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
loa_station_set_trouble(LoaStation *self, const char *text)
{
	g_free(self->trouble);
	self->trouble = g_strdup(text);
}

/* --- the turn --- */

static void
prune(LoaStation *self, gint64 mono_us)
{
	if (!loa_station_is_trusted(self) || mono_us < self->next_prune_us)
		return;
	self->next_prune_us = mono_us + PRUNE_US;
	loa_journal_prune(self->journal, self->moment.now_us);
}

static void
follow_the_plan(LoaStation *self, gint64 mono_us)
{
	gboolean is_scan = mono_us >= self->next_scan_us;

	if (is_scan) {
		loa_station_scan(self);
		loa_station_look_at_files(self);
		self->next_scan_us = mono_us + LOA_STATION_SCAN_US;
	}
	/* sound first */
	loa_cue_sheet_update(self->sheet, loa_station_is_trusted(self) ? self->agenda : NULL,
			     self->moment.now_us);
	loa_station_supply_voices(self, is_scan);
	loa_station_note_on_air(self);
	loa_station_look_at_lives(self);
	if (mono_us >= self->next_checkpoint_us) {
		loa_station_save_checkpoints(self);
		self->next_checkpoint_us = mono_us + LOA_STATION_CHECKPOINT_US;
	}
}

gboolean
loa_station_is_near(const LoaStation *self)
{
	gint64 now_us = self->moment.now_us;

	if (self->agenda == NULL)
		return FALSE;
	gint64 change_us = loa_agenda_next_change_us(self->agenda, now_us);

	return loa_agenda_at(self->agenda, now_us) != NULL ||
	       (change_us != G_MAXINT64 && change_us - now_us < CLOCK_NEAR_US);
}

static gint64
next_turn_us(const LoaStation *self)
{
	gint64 now_us = self->moment.now_us;

	if (self->agenda == NULL)
		return LOA_STATION_TICK_IDLE_US;
	gint64 change_us = loa_agenda_next_change_us(self->agenda, now_us);
	gboolean is_soon = change_us != G_MAXINT64 && change_us - now_us < SOON_US;
	gboolean is_busy = self->on_air != NULL || is_soon ||
			   loa_agenda_at(self->agenda, now_us - 2 * G_USEC_PER_SEC) != NULL;
	gint64 turn_us = is_busy ? LOA_STATION_TICK_BUSY_US : LOA_STATION_TICK_IDLE_US;

	/* the moment itself is the player's; a moment later the cues of what follows are due */
	return is_soon ? MIN(turn_us, change_us - now_us + 1000) : turn_us;
}

gint64
loa_station_run(LoaStation *self)
{
	loa_station_read_clock(self);
	gint64 mono_us = loa_clock_mono_us(self->clock);

	if (self->agenda != NULL)
		follow_the_plan(self, mono_us);
	prune(self, mono_us);
	gint64 mail_us = loa_postman_run(self->postman, mono_us, self->moment.now_us);
	gint64 tell_us = loa_station_tell_state(self, mono_us);
	gint64 next_us = MIN(mail_us, tell_us);
	gint64 wait_us = next_turn_us(self);

	if (next_us < mono_us + wait_us)
		wait_us = MAX(next_us - mono_us, 1000);
	return wait_us;
}

void
loa_station_stop(LoaStation *self)
{
	loa_station_read_clock(self);
	if (self->agenda != NULL)
		loa_station_look_at_lives(self);
	loa_station_save_checkpoints(self);
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
	g_hash_table_unref(self->channels);
	g_ptr_array_unref(self->ready);
	g_ptr_array_unref(self->not_ready);
	g_free(self->told_needs);
	g_free(self->on_air);
	g_free(self->trouble);
	g_free(self->state_topic);
	g_free(self->plan_topic);
	g_free(self->ack_topic);
	g_free(self->watch_topic);
	g_free(self);
}
