/* SPDX-License-Identifier: Apache-2.0 */
#include "node/receiver.h"

#include <glib-unix.h>
#include <string.h>
#include <sysexits.h>

#include "common/file.h"
#include "node/cache.h"
#include "node/node-link.h"
#include "node/plan-saver.h"
#include "node/site-clock.h"
#include "node/station.h"
#include "wire/packet.h"
#include "wire/topic.h"

#define FAREWELL_MS 1000

struct LoaReceiver {
	LoaNodeConfig *config;
	LoaSiteClock *clock;
	LoaJournal *journal;
	LoaPlayer *player;
	LoaNodeLink *link;
	LoaPlanSaver *saver;
	LoaCache *cache;
	LoaStation *station;
	GMainLoop *loop;
	guint turn;        /* source of the station's next turn */
	guint64 n_dropped; /* of the link's, as told to the station */
	gboolean is_stopping;
};

typedef struct LoaReceiver Node;

static void request_turn(Node *node, gint64 wait_us);

/* --- the station's ports --- */

static void
set_cues(const LoaCue *cues, guint n_cues, gpointer user_data)
{
	Node *node = user_data;

	loa_player_set_cues(node->player, cues, n_cues);
}

static LoaPlayerStatus
player_status(gpointer user_data)
{
	Node *node = user_data;

	return loa_player_status(node->player);
}

static LoaVoiceStats
voice_stats(LoaVoice *voice, gpointer user_data)
{
	(void)user_data;
	return loa_voice_stats(voice);
}

static gboolean
publish(const char *topic, GBytes *message, gboolean is_retained, gpointer user_data)
{
	Node *node = user_data;

	return loa_node_link_publish(node->link, topic, message, is_retained);
}

static void
subscribe(const char *topic, int qos, gpointer user_data)
{
	Node *node = user_data;

	loa_node_link_subscribe(node->link, topic, qos);
}

static void
unsubscribe(const char *topic, gpointer user_data)
{
	Node *node = user_data;

	loa_node_link_unsubscribe(node->link, topic);
}

static void
save_plan(GBytes *message, gpointer user_data)
{
	Node *node = user_data;

	loa_plan_saver_save(node->saver, message);
}

static void
set_needs(const LoaCacheNeed *needs, gsize n_needs, gpointer user_data)
{
	Node *node = user_data;

	loa_cache_set_needs(node->cache, needs, n_needs);
}

static gboolean
has_file(const char *sha256, gpointer user_data)
{
	const Node *node = user_data;

	return loa_cache_has(node->cache, sha256);
}

static LoaOpusFile *
open_file(const char *sha256, gpointer user_data)
{
	Node *node = user_data;
	LoaOpusFile *file = loa_cache_open(node->cache, sha256);

	if (file == NULL)
		g_warning("a stored recording is not sound, and goes: %s",
			  loa_cache_last_error(node->cache));
	return file;
}

static const LoaStationPorts ports = {
	.set_cues = set_cues,
	.status = player_status,
	.stats = voice_stats,
	.publish = publish,
	.subscribe = subscribe,
	.unsubscribe = unsubscribe,
	.save_plan = save_plan,
	.set_needs = set_needs,
	.has_file = has_file,
	.open_file = open_file,
};

static void
plan_saved(const GError *error, gpointer user_data)
{
	Node *node = user_data;

	if (error != NULL)
		g_warning("the plan is in force but not on the disk: %s", error->message);
	else
		g_message("the plan is on the disk again");
	if (node->station != NULL)
		loa_station_set_trouble(node->station, error != NULL ? error->message : NULL);
}

static void
cache_changed(gpointer user_data)
{
	Node *node = user_data;
	const char *error = loa_cache_last_error(node->cache);

	/* tried again by itself, and the state says what is not ready */
	if (error != NULL)
		g_info("a recording could not be fetched: %s", error);
	if (node->station == NULL)
		return;
	loa_station_files_changed(node->station);
	request_turn(node, 0);
}

/* --- the line's events --- */

static void
time_forged(const char *why, gpointer user_data)
{
	Node *node = user_data;

	loa_station_time_forged(node->station, why);
}

static GBytes *
last_will(gpointer user_data)
{
	Node *node = user_data;

	return loa_station_state_message(node->station, FALSE);
}

static void
line_up(gpointer user_data)
{
	Node *node = user_data;

	g_message("connected to %s:%u", node->config->broker_host, node->config->broker_port);
	loa_station_connected(node->station);
	request_turn(node, 0);
}

static void
line_down(const char *why, gpointer user_data)
{
	Node *node = user_data;

	g_message("line to the broker is down: %s", why);
	loa_station_disconnected(node->station);
}

static void
message_came(const char *topic, GBytes *payload, gpointer user_data)
{
	Node *node = user_data;

	if (loa_station_message(node->station, topic, payload))
		request_turn(node, 0);
}

static void
oversize_came(const char *topic, gsize size, gpointer user_data)
{
	Node *node = user_data;

	loa_station_oversize(node->station, topic, size);
	request_turn(node, 0);
}

static const LoaNodeLinkEvents link_events = {
	.last_will = last_will,
	.connected = line_up,
	.disconnected = line_down,
	.message = message_came,
	.oversize = oversize_came,
};

/* --- the loop --- */

static gboolean
take_turn(gpointer user_data)
{
	Node *node = user_data;

	guint64 n_dropped = loa_node_link_stats(node->link).n_dropped;

	node->turn = 0;
	if (n_dropped != node->n_dropped)
		loa_station_dropped(node->station, n_dropped - node->n_dropped);
	node->n_dropped = n_dropped;
	gint64 wait_us = loa_station_run(node->station);

	loa_site_clock_run(node->clock, loa_station_is_near(node->station));
	request_turn(node, wait_us);
	return G_SOURCE_REMOVE;
}

static void
request_turn(Node *node, gint64 wait_us)
{
	if (node->is_stopping)
		return;
	g_clear_handle_id(&node->turn, g_source_remove);
	node->turn = wait_us <= 0 ? g_idle_add_full(G_PRIORITY_DEFAULT, take_turn, node, NULL)
				  : g_timeout_add((guint)((wait_us + 999) / 1000), take_turn, node);
}

static gboolean
on_signal(gpointer user_data)
{
	Node *node = user_data;

	g_main_loop_quit(node->loop);
	return G_SOURCE_CONTINUE;
}

/* --- building it --- */

static gboolean
make_clock(Node *node, GError **error)
{
	g_autofree char *path = g_build_filename(node->config->data_dir, "clock", NULL);
	LoaSiteClockConfig config = {
		.site = node->config->site,
		.controller = node->config->clock_controller,
		.ring = node->config->controller_keys,
		.trust_system = node->config->clock_trust_system,
		.holdover_max_us = node->config->clock_holdover_max_us,
		.battery = { .folder = node->config->clock_battery,
			     .ppm = node->config->clock_battery_ppm,
			     .error_us = node->config->clock_battery_error_us },
		.path = path,
	};

	node->clock = loa_site_clock_new(&config, time_forged, node, error);
	return node->clock != NULL;
}

static gboolean
make_player(Node *node, GError **error)
{
	LoaPlayerConfig config = loa_player_config_default();

	config.output = node->config->output_sink;
	config.buffer_ms = node->config->output_buffer_ms;
	config.trim_us = node->config->output_trim_us;
	config.volume_db = node->config->output_volume_db;
	node->player = loa_player_new(&config, loa_site_clock_clock(node->clock), error);
	return node->player != NULL;
}

static gboolean
make_link(Node *node, GError **error)
{
	const LoaNodeConfig *config = node->config;
	g_autofree char *client_id = g_strdup_printf("loa-%s-%s", config->site, config->node);
	g_autofree char *will_topic = loa_topic(LOA_TOPIC_STATE, config->site, config->node);
	g_autofree char *air = loa_topic(LOA_TOPIC_AIR, config->site, "+");
	LoaNodeLinkConfig link = {
		.host = config->broker_host,
		.port = config->broker_port,
		.username = config->broker_username,
		.password = config->broker_password,
		.client_id = client_id,
		.will_topic = will_topic,
		.audio_prefix = air,
		.max_audio_size = LOA_PACKET_MAX_SIZE,
		.max_other_size = LOA_ENVELOPE_MAX_SIZE,
	};

	air[strlen(air) - 1] = '\0'; /* the filter's '+' */
	node->link = loa_node_link_new(&link, &link_events, node, error);
	return node->link != NULL;
}

static gboolean
make_cache(Node *node, GError **error)
{
	g_autofree char *folder = g_build_filename(node->config->data_dir, "audio", NULL);
	LoaCacheConfig config = {
		.folder = folder,
		.mirrors = (const char *const *)node->config->audio_mirrors,
		.max_kbit_s = node->config->audio_max_kbit_s,
		.budget_bytes = node->config->audio_budget_bytes,
	};

	node->cache = loa_cache_new(&config, cache_changed, node, error);
	return node->cache != NULL;
}

static void
make_station(Node *node)
{
	const LoaNodeConfig *config = node->config;
	gint64 trim_ms = MAX(config->output_trim_us, 0) / 1000;
	LoaStationConfig station = {
		.site = config->site,
		.node = config->node,
		.group = config->group,
		.key = config->key,
		.ring = config->controller_keys,
		.quiet_hours = config->quiet_hours,
		.utc_offset_min = config->utc_offset_min,
		.ceiling_db = config->output_volume_db,
		.device_ms = 2 * config->output_buffer_ms + (guint)trim_ms,
	};

	node->station = loa_station_new(&station, loa_site_clock_clock(node->clock), node->journal,
					&ports, node);
}

static void
restore_plan(Node *node, const char *path)
{
	g_autoptr(GError) error = NULL;
	g_auto(LoaStoredPlan) stored = { 0 };
	g_autofree char *topic = loa_topic(LOA_TOPIC_PLAN, node->config->site, node->config->group);

	if (loa_plan_store_load(path, topic, node->config->controller_keys, &stored, &error))
		loa_station_restore(node->station, &stored);
	else if (!g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
		/* a node that moved to another group, a new site key, a torn disk: the controller
		 * sends a plan again */
		g_warning("the saved plan %s is not used: %s", path, error->message);
}

/* Returns an exit status, EX_OK when everything stands. */
static int
build(Node *node, GError **error)
{
	const char *folder = node->config->data_dir;
	g_autofree char *journal = g_build_filename(folder, "journal.db", NULL);
	g_autofree char *plan = g_build_filename(folder, "plan", NULL);

	if (!loa_file_ensure_folder(folder, error))
		return EX_CANTCREAT;
	node->journal = loa_journal_open(journal, error);
	if (node->journal == NULL)
		return EX_CANTCREAT;
	if (!make_clock(node, error))
		return EX_CONFIG;
	if (!make_cache(node, error))
		return EX_CANTCREAT;
	if (!make_player(node, error))
		return EX_CONFIG;
	if (!make_link(node, error))
		return EX_CONFIG;
	node->saver = loa_plan_saver_new(plan, plan_saved, node);
	make_station(node);
	restore_plan(node, plan);
	return EX_OK;
}

LoaReceiver *
loa_receiver_new(LoaNodeConfig *config, int *status, GError **error)
{
	g_autoptr(LoaReceiver) node = g_new0(LoaReceiver, 1);

	node->config = config;
	*status = build(node, error);
	return *status == EX_OK ? g_steal_pointer(&node) : NULL;
}

void
loa_receiver_run(LoaReceiver *node)
{
	guint term = g_unix_signal_add(SIGTERM, on_signal, node);
	guint interrupt = g_unix_signal_add(SIGINT, on_signal, node);

	node->loop = g_main_loop_new(NULL, FALSE);
	g_message("loa-node %s: %s in group %s of %s", LOA_VERSION, node->config->node,
		  node->config->group, node->config->site);
	/* what the saved plan says comes before any network */
	request_turn(node, loa_station_run(node->station));
	loa_node_link_start(node->link);
	g_main_loop_run(node->loop);

	node->is_stopping = TRUE;
	g_clear_handle_id(&node->turn, g_source_remove);
	loa_station_stop(node->station);
	g_autoptr(GBytes) farewell = loa_station_state_message(node->station, FALSE);

	loa_node_link_close(node->link, farewell, FAREWELL_MS);
	g_source_remove(term);
	g_source_remove(interrupt);
	g_main_loop_unref(node->loop);
	g_message("ended");
}

void
loa_receiver_free(LoaReceiver *node)
{
	if (node == NULL)
		return;
	/* the line first: nothing comes any more; the player last: it holds the voices */
	g_clear_pointer(&node->link, loa_node_link_free);
	g_clear_pointer(&node->cache, loa_cache_free);
	g_clear_pointer(&node->saver, loa_plan_saver_free);
	g_clear_pointer(&node->player, loa_player_free);
	g_clear_pointer(&node->station, loa_station_free);
	g_clear_pointer(&node->journal, loa_journal_free);
	g_clear_pointer(&node->clock, loa_site_clock_free);
	g_clear_pointer(&node->config, loa_node_config_free);
	g_free(node);
}
