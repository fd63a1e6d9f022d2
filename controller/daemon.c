/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/daemon.h"

#include <string.h>
#include <sysexits.h>

#include "controller/air.h"
#include "controller/broker-link.h"
#include "controller/certificate.h"
#include "controller/data-folder.h"
#include "controller/front.h"
#include "controller/office/office-parts.h"
#include "controller/on-air.h"
#include "controller/plan/plan-reminder.h"
#include "controller/proof/ledger.h"
#include "controller/proof/presence-log.h"
#include "controller/receivers.h"
#include "controller/receivers/doubts.h"
#include "schedules/calendar-file.h"
#include "wire/topic.h"
#include "wire/watch.h"

#define TICK_S 5
/* Three ticks: one may be lost on its way. */
#define WATCH_US (3 * TICK_S * G_USEC_PER_SEC)
#define REPLAN_US (G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC)
#define REPLAN_RETRY_US (10 * G_USEC_PER_SEC)
/* Outcomes prove disclosures: reports that come together are looked at once. */
#define REPLAN_PROOF_US (10 * G_USEC_PER_SEC)
/* So long after it connected the broker has handed over what it retained. */
#define RETAINED_US (15 * G_USEC_PER_SEC)
#define SEEN_FLUSH_US (G_GINT64_CONSTANT(300) * G_USEC_PER_SEC)
/* A clock that went this far from where the last tick expected it has been set. */
#define CLOCK_JUMP_US (2 * G_USEC_PER_SEC)

struct LoaDaemon {
	const LoaControllerConfig *config; /* borrowed */
	LoaDataFolder *folder;
	LoaClock *clock;
	LoaSigningKey *key;
	LoaStore *store;
	LoaRegistry *registry;
	LoaFleet *fleet;
	LoaReadiness *readiness;
	LoaPresenceLog *presence;
	LoaReceivers *receivers;
	LoaDoubts *doubts;
	LoaLedger *ledger;
	LoaPlanDesk *desk;
	LoaPlanReminder *reminder;
	LoaAir *air;
	LoaOffice *office;
	LoaBrokerLink *link;
	LoaFront *front;
	char *broker_sentence; /* (nullable): why it is not connected */
	guint tick_source;
	gint64 replan_due_us;     /* CLOCK_MONOTONIC */
	gint64 seen_due_us;       /* CLOCK_MONOTONIC */
	gint64 connected_us;      /* CLOCK_MONOTONIC: to the broker, the last time */
	gint64 clock_offset_us;   /* site time - CLOCK_MONOTONIC at the last tick */
	gboolean is_store_broken; /* told once until it works again */
};

/* Errors of the store come in floods: one line when it breaks, one when it works. */
static void
note_store(LoaDaemon *self, const GError *error)
{
	if (error == NULL) {
		if (self->is_store_broken)
			g_message("the database can be written again");
		self->is_store_broken = FALSE;
		return;
	}
	if (!self->is_store_broken)
		g_warning("%s", error->message);
	self->is_store_broken = TRUE;
}

static void
refuse(LoaDaemon *self, const char *topic, const char *node, const GError *error)
{
	const char *code = error->domain == LOA_WIRE_ERROR
				   ? loa_wire_error_name((LoaWireError)error->code)
				   : "syntax";

	g_info("refused from %s: %s", topic, error->message);
	loa_doubts_add(self->doubts, code, topic, node, error->message,
		       loa_clock_now_us(self->clock));
}

/* 0: nobody knows what time it is */
static gint64
trusted_now_us(LoaDaemon *self)
{
	return loa_clock_status(self->clock).state != LOA_CLOCK_UNTRUSTED
		       ? loa_clock_now_us(self->clock)
		       : 0;
}

/* A receiver that says an older plan than its group's has been given one by somebody else. */
static void
remind(LoaDaemon *self, const char *node)
{
	const LoaNodeRecord *record = loa_registry_find(self->registry, node);
	const LoaNodeState *state = loa_fleet_state(self->fleet, node);

	if (record == NULL || state == NULL || !state->online ||
	    !loa_plan_reminder_is_due(self->reminder, record->group, state->plan_serial,
				      loa_plan_desk_serial(self->desk, record->group),
				      loa_clock_mono_us(self->clock)))
		return;
	g_info("%s holds an older plan: publishing it again", node);
	loa_plan_desk_publish_group(self->desk, record->group);
}

static void
take_state(LoaDaemon *self, const char *topic, const char *node, GBytes *message)
{
	g_autoptr(GError) error = NULL;
	LoaFleetResult result;

	/* an empty retained message clears the topic: nobody's word */
	if (g_bytes_get_size(message) == 0)
		return;
	if (!loa_fleet_take(self->fleet, topic, node, message, trusted_now_us(self), &result,
			    &error)) {
		refuse(self, topic, node, error);
		return;
	}
	if (result == LOA_FLEET_REPLAYED) {
		g_set_error_literal(&error, LOA_WIRE_ERROR, LOA_WIRE_ERROR_STALE,
				    "state: what this receiver said earlier, said again by "
				    "somebody else");
		refuse(self, topic, node, error);
	}
	if (result == LOA_FLEET_STALE || result == LOA_FLEET_REPLAYED)
		return;
	loa_presence_log_note(self->presence, node, loa_fleet_is_online(self->fleet, node),
			      loa_clock_now_us(self->clock));
	if (loa_fleet_is_online(self->fleet, node))
		loa_registry_seen(self->registry, node, loa_clock_now_us(self->clock));
	remind(self, node);
	if (result != LOA_FLEET_NEWS)
		return;
	/* it may have got a recording, or lost it */
	loa_air_run(self->air);
	loa_office_changed(self->office, "status");
}

static void
take_report(LoaDaemon *self, const char *topic, const char *node, GBytes *message)
{
	g_autoptr(GError) error = NULL;
	g_auto(LoaLedgerReceipt) receipt = { 0 };

	if (!loa_ledger_take(self->ledger, topic, node, message, loa_clock_now_us(self->clock),
			     &receipt, &error)) {
		if (error->domain == LOA_STORE_ERROR)
			note_store(self, error);
		else
			refuse(self, topic, node, error);
		return;
	}
	note_store(self, NULL);
	loa_broker_link_publish(self->link, receipt.ack_topic, receipt.ack, LOA_BROKER_MESSAGE);
	if (receipt.n_new == 0)
		return;
	loa_office_changed(self->office, "log");
	if (loa_plan_desk_due_us(self->desk) != G_MAXINT64)
		self->replan_due_us =
			MIN(self->replan_due_us, loa_clock_mono_us(self->clock) + REPLAN_PROOF_US);
}

static void
on_message(const char *topic, GBytes *message, gpointer user_data)
{
	LoaDaemon *self = user_data;
	g_autofree char *node = NULL;
	LoaTopicKind kind;

	if (!loa_topic_parse(topic, self->config->site_id, &kind, &node))
		return;
	switch (kind) {
	case LOA_TOPIC_STATE:
		take_state(self, topic, node, message);
		break;
	case LOA_TOPIC_REPORT:
		take_report(self, topic, node, message);
		break;
	case LOA_TOPIC_PLAN:
	case LOA_TOPIC_AIR:
	case LOA_TOPIC_ACK:
		break; /* not subscribed to */
	}
}

/* One line for each break, not for each attempt to mend it. */
static void
note_broker(LoaDaemon *self, const char *why)
{
	g_autofree char *sentence =
		g_strdup_printf("no connection to %s:%u: %s", self->config->broker_host,
				self->config->broker_port, why);

	if (g_strcmp0(sentence, self->broker_sentence) != 0)
		g_warning("%s", sentence);
	g_free(self->broker_sentence);
	self->broker_sentence = g_steal_pointer(&sentence);
}

static void
on_broker_state(LoaMqttState state, const char *why, gpointer user_data)
{
	LoaDaemon *self = user_data;

	switch (state) {
	case LOA_MQTT_CONNECTED:
		g_message("connected to the broker %s:%u", self->config->broker_host,
			  self->config->broker_port);
		g_clear_pointer(&self->broker_sentence, g_free);
		self->connected_us = loa_clock_mono_us(self->clock);
		loa_plan_desk_publish_all(self->desk);
		loa_air_reopen(self->air);
		break;
	case LOA_MQTT_WAITING:
		loa_presence_log_blind(self->presence, loa_clock_now_us(self->clock));
		note_broker(self, why);
		break;
	case LOA_MQTT_CONNECTING:
		return;
	}
	loa_office_changed(self->office, "status");
}

static const char *
broker_state(gpointer user_data)
{
	LoaDaemon *self = user_data;

	if (self->broker_sentence != NULL)
		return self->broker_sentence;
	return self->link == NULL ? loa_mqtt_state_name(LOA_MQTT_CONNECTING)
				  : loa_mqtt_state_name(loa_broker_link_state(self->link));
}

static void
on_publish(const char *topic, GBytes *message, gpointer user_data)
{
	LoaDaemon *self = user_data;

	/* what is not sent now is sent with all plans after the next connect */
	if (self->link != NULL)
		loa_broker_link_publish(self->link, topic, message, LOA_BROKER_RETAINED);
}

static gboolean
on_need(const char *airing, gint64 from_us, gint64 to_us, gpointer user_data)
{
	const LoaDaemon *self = user_data;

	return loa_readiness_needs_channel(self->readiness, airing, from_us, to_us);
}

static void
on_send(const char *topic, GBytes *packet, gpointer user_data)
{
	LoaDaemon *self = user_data;

	if (self->link != NULL)
		loa_broker_link_publish(self->link, topic, packet, LOA_BROKER_AUDIO);
}

static void
on_air_fault(const char *airing, const char *message, gpointer user_data)
{
	(void)user_data;
	g_warning("%s cannot be sent: %s", airing, message);
}

static void
on_plans(gpointer user_data)
{
	LoaDaemon *self = user_data;

	loa_readiness_set_plans(self->readiness, loa_plan_desk_plans(self->desk));
	loa_air_set_plans(self->air, loa_plan_desk_plans(self->desk));
	gint64 due_us = loa_plan_desk_due_us(self->desk) - loa_clock_now_us(self->clock);

	self->replan_due_us =
		loa_clock_mono_us(self->clock) + CLAMP(due_us, G_USEC_PER_SEC, REPLAN_US);
}

static void
replan(LoaDaemon *self)
{
	g_autoptr(GError) error = NULL;

	if (loa_office_replan(self->office, &error)) {
		note_store(self, NULL);
		return;
	}
	note_store(self, error);
	self->replan_due_us = loa_clock_mono_us(self->clock) + REPLAN_RETRY_US;
}

/* A receiver that has never said anything, although the broker had time to hand its word over, is
 * not online. */
static void
note_absent(LoaDaemon *self)
{
	const GPtrArray *nodes = loa_registry_nodes(self->registry);
	const gint64 mono_us = loa_clock_mono_us(self->clock);

	if (self->link == NULL || loa_broker_link_state(self->link) != LOA_MQTT_CONNECTED ||
	    mono_us < self->connected_us + RETAINED_US)
		return;
	for (guint i = 0; i < nodes->len; i++) {
		const LoaNodeRecord *node = g_ptr_array_index(nodes, i);

		if (node->revoked_us == 0 && loa_fleet_state(self->fleet, node->id) == NULL)
			loa_presence_log_note(self->presence, node->id, FALSE,
					      loa_clock_now_us(self->clock));
	}
}

static void
flush(LoaDaemon *self, gboolean is_last)
{
	gint64 now_us = loa_clock_now_us(self->clock), mono_us = loa_clock_mono_us(self->clock);
	g_autoptr(GError) error = NULL;
	guint n_written = 0;

	if (!loa_doubts_flush(self->doubts, now_us, is_last, &n_written, &error)) {
		note_store(self, error);
		return;
	}
	if (n_written > 0)
		loa_office_changed(self->office, "log");
	note_absent(self);
	if (loa_presence_log_has_news(self->presence) &&
	    !loa_presence_log_flush(self->presence, now_us, &error)) {
		note_store(self, error);
		return;
	}
	if (mono_us < self->seen_due_us && !is_last)
		return;
	self->seen_due_us = mono_us + SEEN_FLUSH_US;
	if (!loa_registry_flush(self->registry, &error) ||
	    !loa_presence_log_flush(self->presence, now_us, &error))
		note_store(self, error);
}

static gboolean
is_on_air(const LoaDaemon *self, gint64 now_us)
{
	const GPtrArray *plans = loa_plan_desk_plans(self->desk);

	for (guint i = 0; i < plans->len; i++) {
		g_autoptr(GArray) now = loa_on_air_at(g_ptr_array_index(plans, i), now_us);

		if (now->len > 0)
			return TRUE;
	}
	return FALSE;
}

/* Levels are told every second only to somebody who looks. */
static void
ask_for_levels(LoaDaemon *self)
{
	gint64 now_us = loa_clock_now_us(self->clock);

	if (self->link == NULL || !loa_front_is_watched(self->front) || !is_on_air(self, now_us))
		return;

	g_autofree char *topic = loa_watch_topic(self->config->site_id);
	g_autoptr(GBytes) body = loa_watch_encode(self->config->site_id, now_us + WATCH_US);
	g_autoptr(GBytes) message = loa_envelope_seal(LOA_TAG_WATCH, topic, body, self->key);

	/* as sound is sent: of now, or not at all */
	loa_broker_link_publish(self->link, topic, message, LOA_BROKER_AUDIO);
}

static gboolean
on_tick(gpointer user_data)
{
	LoaDaemon *self = user_data;
	gint64 mono_us = loa_clock_mono_us(self->clock);
	gint64 offset_us = loa_clock_now_us(self->clock) - mono_us;
	gboolean has_jumped = ABS(offset_us - self->clock_offset_us) > CLOCK_JUMP_US;

	if (has_jumped)
		g_warning("the clock was set by %.1f s; planning anew",
			  (double)(offset_us - self->clock_offset_us) / G_USEC_PER_SEC);
	self->clock_offset_us = offset_us;
	if (has_jumped || mono_us >= self->replan_due_us)
		replan(self);
	flush(self, FALSE);
	ask_for_levels(self);
	return G_SOURCE_CONTINUE;
}

static gboolean
open_stored(LoaDaemon *self, GError **error)
{
	g_autofree char *key_path = loa_data_folder_path(self->folder, "site.key");
	g_autofree char *db_path = loa_data_folder_path(self->folder, "controller.db");

	self->key = loa_signing_key_load_or_create(key_path, error);
	if (self->key == NULL)
		return FALSE;
	self->store = loa_store_open(db_path, error);
	if (self->store == NULL)
		return FALSE;
	self->registry = loa_registry_new(self->store, error);
	if (self->registry == NULL)
		return FALSE;
	self->presence = loa_presence_log_new(self->store, error);
	return self->presence != NULL;
}

static gboolean
open_receivers(LoaDaemon *self, GError **error)
{
	const LoaControllerConfig *config = self->config;
	g_autofree char *audio_dir = loa_data_folder_path(self->folder, "audio");
	g_autofree char *ports_file = loa_data_folder_path(self->folder, "receivers.ports");
	LoaReceiversConfig receivers = {
		.site = config->site_id,
		.listen = config->receivers_listen,
		.address = config->receivers_address,
		.time_port = config->receivers_time_port,
		.audio_port = config->receivers_audio_port,
		.audio_dir = audio_dir,
		.ports_file = ports_file,
		.clock = self->clock,
		.key = self->key,
	};

	self->receivers = loa_receivers_new(&receivers, error);
	return self->receivers != NULL;
}

static gboolean
make_parts(LoaDaemon *self, GError **error)
{
	const LoaControllerConfig *config = self->config;
	g_autofree char *audio_dir = loa_data_folder_path(self->folder, "audio");

	self->fleet = loa_fleet_new(self->registry, config->site_id);
	self->readiness = loa_readiness_new(self->registry, self->fleet);
	self->doubts = loa_doubts_new(self->store);
	self->ledger = loa_ledger_new(self->store, self->registry, config->site_id, self->key);
	self->desk = loa_plan_desk_new(config, self->store, self->key);
	self->reminder = loa_plan_reminder_new();
	loa_plan_desk_on_publish(self->desk, on_publish, self);
	self->air = loa_air_new(config->site_id, audio_dir, self->clock, self->key);
	loa_air_on_need(self->air, on_need, self);
	loa_air_on_send(self->air, on_send, self);
	loa_air_on_fault(self->air, on_air_fault, self);

	LoaOfficeParts parts = {
		.config = config,
		.store = self->store,
		.clock = self->clock,
		.key = self->key,
		.registry = self->registry,
		.fleet = self->fleet,
		.readiness = self->readiness,
		.desk = self->desk,
		.doors = { loa_receivers_time_address(self->receivers),
			   loa_receivers_mirror_url(self->receivers) },
		.on_plans = on_plans,
		.broker_state = broker_state,
		.user_data = self,
	};

	self->office = loa_office_new(&parts, error);
	return self->office != NULL && loa_office_replan(self->office, error);
}

static gboolean
start_link(LoaDaemon *self, GError **error)
{
	static const LoaBrokerLinkEvents events = { on_broker_state, on_message };
	LoaBrokerLinkConfig config = {
		.site = self->config->site_id,
		.host = self->config->broker_host,
		.port = self->config->broker_port,
		.username = self->config->broker_username,
		.password = self->config->broker_password,
	};

	self->link = loa_broker_link_new(&config, &events, self, error);
	return self->link != NULL;
}

static gboolean
start_front(LoaDaemon *self, GError **error)
{
	const LoaFrontParts parts = { self->config, self->folder, self->store, self->clock,
				      self->office };

	self->front = loa_front_new(&parts, error);
	return self->front != NULL;
}

/* The data folder is what an operator can mend; the rest is the system. */
static int
exit_code_of(const GError *error)
{
	if (g_error_matches(error, LOA_DATA_FOLDER_ERROR, LOA_DATA_FOLDER_ERROR_LOCKED))
		return EX_TEMPFAIL;
	if (g_error_matches(error, LOA_DATA_FOLDER_ERROR, LOA_DATA_FOLDER_ERROR_TOKEN) ||
	    error->domain == LOA_WIRE_ERROR || error->domain == LOA_CERTIFICATE_ERROR)
		return EX_CONFIG;
	if (error->domain == G_IO_ERROR)
		return EX_UNAVAILABLE;
	if (error->domain == LOA_MQTT_LINK_ERROR)
		return EX_OSERR;
	return EX_CANTCREAT;
}

LoaDaemon *
loa_daemon_new(const LoaControllerConfig *config, int *exit_code, GError **error)
{
	g_autoptr(LoaDaemon) self = g_new0(LoaDaemon, 1);
	g_autoptr(GError) cause = NULL;

	self->config = config;
	self->clock = loa_clock_new_system(config->clock_trust_system);
	self->folder = loa_data_folder_open(config->data_dir, &cause);
	if (self->folder == NULL || !open_stored(self, &cause) || !open_receivers(self, &cause) ||
	    !make_parts(self, &cause) || !start_link(self, &cause) || !start_front(self, &cause)) {
		*exit_code = exit_code_of(cause);
		g_propagate_error(error, g_steal_pointer(&cause));
		return NULL;
	}
	self->clock_offset_us = loa_clock_now_us(self->clock) - loa_clock_mono_us(self->clock);
	self->seen_due_us = loa_clock_mono_us(self->clock) + SEEN_FLUSH_US;
	self->tick_source = g_timeout_add_seconds(TICK_S, on_tick, self);
	return g_steal_pointer(&self);
}

void
loa_daemon_reload(LoaDaemon *self)
{
	g_autoptr(GError) error = NULL;

	if (!loa_calendar_file_load(self->config->data_dir, &error)) {
		g_warning("the calendars stay as they were: %s", error->message);
		return;
	}
	g_message("read occasions.cfg and lunar-overrides.cfg anew");
	replan(self);
}

void
loa_daemon_free(LoaDaemon *self)
{
	if (self == NULL)
		return;
	g_clear_handle_id(&self->tick_source, g_source_remove);
	if (self->doubts != NULL && self->office != NULL)
		flush(self, TRUE);
	loa_front_free(self->front);
	loa_broker_link_free(self->link);
	loa_office_free(self->office);
	loa_air_free(self->air);
	loa_plan_desk_free(self->desk);
	loa_plan_reminder_free(self->reminder);
	loa_ledger_free(self->ledger);
	loa_doubts_free(self->doubts);
	loa_readiness_free(self->readiness);
	loa_presence_log_free(self->presence);
	loa_fleet_free(self->fleet);
	loa_registry_free(self->registry);
	loa_store_close(self->store);
	loa_receivers_free(self->receivers);
	loa_signing_key_free(self->key);
	loa_clock_free(self->clock);
	loa_data_folder_free(self->folder);
	g_free(self->broker_sentence);
	g_free(self);
}
