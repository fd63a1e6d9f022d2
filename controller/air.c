/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/air.h"

#include "audio/channel-pacer.h"
#include "audio/opus-file.h"
#include "wire/packet.h"
#include "wire/topic.h"

/* The file is opened this long before its first packet is due. */
#define OPEN_LEAD_US G_USEC_PER_SEC
/* The END packets go out within this after the last frame is due. */
#define TAIL_US (2 * G_USEC_PER_SEC)
/* The longest sleep: a step of the clock is noticed within it. */
#define MAX_SLEEP_US G_USEC_PER_SEC

/* What the plans say about one airing in the groups where it begins at one time, or nearly so. */
typedef struct {
	char *key; /* "ID START" */
	char *id;
	char *sha256;
	gint64 start_us;      /* the earliest of the groups */
	gint64 last_start_us; /* the latest */
	gint64 end_us;        /* nominal, the latest */
	gint64 stop_us;       /* 0: none; the latest */
	gint64 delay_us;
} Wanted;

typedef struct {
	char *key; /* of its Wanted */
	char *topic;
	LoaOpusFile *file;      /* NULL: could not be opened, told once */
	LoaChannelPacer *pacer; /* NULL as file */
} Channel;

struct LoaAir {
	char *site;
	char *audio_dir;
	LoaClock *clock;          /* borrowed */
	const LoaSigningKey *key; /* borrowed */
	LoaAirNeedFunc need;
	gpointer need_data;
	LoaAirSendFunc send;
	gpointer send_data;
	LoaAirFaultFunc fault;
	gpointer fault_data;
	GHashTable *wanted;   /* key (of the value) to Wanted */
	GHashTable *channels; /* key (of the value) to Channel */
	GSource *timer;
	LoaAirStats stats;
};

static void
wanted_free(gpointer data)
{
	Wanted *wanted = data;

	g_free(wanted->key);
	g_free(wanted->id);
	g_free(wanted->sha256);
	g_free(wanted);
}

static void
channel_free(gpointer data)
{
	Channel *channel = data;

	g_free(channel->key);
	g_free(channel->topic);
	loa_opus_file_free(channel->file);
	loa_channel_pacer_free(channel->pacer);
	g_free(channel);
}

static gboolean
on_timer(gpointer data)
{
	loa_air_run(data);
	return G_SOURCE_CONTINUE;
}

static gboolean
dispatch_timer(GSource *source, GSourceFunc callback, gpointer data)
{
	(void)source;
	return callback(data);
}

/* A source that does nothing but become ready at a time on CLOCK_MONOTONIC: finer than
 * g_timeout_add(), which counts whole milliseconds. */
static GSourceFuncs timer_funcs = { .dispatch = dispatch_timer };

LoaAir *
loa_air_new(const char *site, const char *audio_dir, LoaClock *clock, const LoaSigningKey *key)
{
	LoaAir *self = g_new0(LoaAir, 1);

	self->site = g_strdup(site);
	self->audio_dir = g_strdup(audio_dir);
	self->clock = clock;
	self->key = key;
	self->wanted = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, wanted_free);
	self->channels = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, channel_free);
	self->timer = g_source_new(&timer_funcs, sizeof(GSource));
	g_source_set_callback(self->timer, on_timer, self, NULL);
	g_source_set_priority(self->timer, G_PRIORITY_HIGH);
	g_source_attach(self->timer, NULL);
	return self;
}

void
loa_air_on_need(LoaAir *self, LoaAirNeedFunc func, gpointer user_data)
{
	self->need = func;
	self->need_data = user_data;
}

void
loa_air_on_send(LoaAir *self, LoaAirSendFunc func, gpointer user_data)
{
	self->send = func;
	self->send_data = user_data;
}

void
loa_air_on_fault(LoaAir *self, LoaAirFaultFunc func, gpointer user_data)
{
	self->fault = func;
	self->fault_data = user_data;
}

/* One airing in one group. Borrowed from the plans. */
typedef struct {
	const LoaAiring *airing;
	gint64 delay_us;
} Start;

/* Past ones are left out at once: plans keep them for a day. @starts: airing id (borrowed) to
 * GArray of Start, each time once */
static void
collect(GHashTable *starts, const LoaPlan *plan, const GPtrArray *airings, gint64 now_us)
{
	for (guint i = 0; i < airings->len; i++) {
		const LoaAiring *airing = g_ptr_array_index(airings, i);
		const Start start = { airing, plan->playout_delay_us };

		if (airing->is_live || loa_airing_end_us(airing) + TAIL_US <= now_us)
			continue;

		GArray *list = g_hash_table_lookup(starts, airing->id);

		if (list == NULL) {
			list = g_array_new(FALSE, FALSE, sizeof(Start));
			g_hash_table_insert(starts, airing->id, list);
		}
		g_array_append_val(list, start);
	}
}

static gint
compare_starts(gconstpointer a, gconstpointer b)
{
	gint64 x = ((const Start *)a)->airing->start_us;
	gint64 y = ((const Start *)b)->airing->start_us;

	return (x > y) - (x < y);
}

static Wanted *
want(GHashTable *all, const Start *start)
{
	const LoaAiring *airing = start->airing;
	Wanted *wanted = g_new0(Wanted, 1);

	*wanted = (Wanted){
		.key = g_strdup_printf("%s %" G_GINT64_FORMAT, airing->id, airing->start_us),
		.id = g_strdup(airing->id),
		.sha256 = g_strdup(airing->sha256),
		.start_us = airing->start_us,
		.delay_us = start->delay_us,
	};
	g_hash_table_insert(all, wanted->key, wanted);
	return wanted;
}

/* The groups that are near enough to each other share what is sent. */
static void
want_all(GHashTable *all, GArray *starts)
{
	Wanted *wanted = NULL;

	g_array_sort(starts, compare_starts);
	for (guint i = 0; i < starts->len; i++) {
		const Start *start = &g_array_index(starts, Start, i);
		const LoaAiring *airing = start->airing;

		if (wanted == NULL || airing->start_us > wanted->start_us + LOA_AIR_SHARED_US)
			wanted = want(all, start);
		wanted->last_start_us = airing->start_us;
		wanted->end_us = MAX(wanted->end_us, loa_airing_end_us(airing));
		wanted->stop_us = MAX(wanted->stop_us, airing->stop_us);
	}
}

/* (transfer full) */
static GHashTable *
wanted_of(const GPtrArray *plans, gint64 now_us)
{
	g_autoptr(GHashTable) starts =
		g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_array_unref);
	GHashTable *all = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, wanted_free);
	GHashTableIter iter;
	gpointer list;

	for (guint i = 0; i < plans->len; i++) {
		const LoaPlan *plan = g_ptr_array_index(plans, i);

		collect(starts, plan, plan->airings, now_us);
		collect(starts, plan, plan->tests, now_us);
	}
	g_hash_table_iter_init(&iter, starts);
	while (g_hash_table_iter_next(&iter, NULL, &list))
		want_all(all, list);
	return all;
}

/* Nothing is sent of it from now on. */
static gboolean
is_over(const Wanted *wanted, gint64 now_us)
{
	return (wanted->stop_us != 0 && now_us >= wanted->stop_us) ||
	       now_us >= wanted->end_us + TAIL_US;
}

static gint64
opens_us(const Wanted *wanted)
{
	return wanted->start_us - wanted->delay_us - OPEN_LEAD_US;
}

static void
open_channel(LoaAir *self, const Wanted *wanted)
{
	Channel *channel = g_new0(Channel, 1);
	g_autofree char *name = g_strdup_printf("%s.opus", wanted->sha256);
	g_autofree char *path = g_build_filename(self->audio_dir, name, NULL);
	g_autoptr(GError) error = NULL;

	channel->key = g_strdup(wanted->key);
	channel->topic = loa_topic(LOA_TOPIC_AIR, self->site, wanted->id);
	/* the plan's signature is for a hash: what else may lie under that name is not aired */
	channel->file = loa_opus_file_open_named(path, wanted->sha256, &error);
	g_hash_table_insert(self->channels, channel->key, channel);
	if (channel->file == NULL) {
		if (self->fault != NULL)
			self->fault(wanted->id, error->message, self->fault_data);
		return;
	}

	LoaChannelPacerConfig config = {
		.start_us = wanted->start_us,
		.n_frames = loa_opus_file_n_frames(channel->file),
		.delay_us = wanted->delay_us,
	};

	channel->pacer = loa_channel_pacer_new(&config);
}

static void
send_due(LoaAir *self, const Channel *channel, const LoaChannelPacerDue *due)
{
	LoaPacket packet = {
		.is_end = due->is_end,
		.sequence = due->sequence,
		.first_frame = due->first_frame,
		.n_frames = due->n_frames,
	};

	for (guint i = 0; i < due->n_frames; i++)
		if (!loa_opus_file_frame(channel->file, due->first_frame + i,
					 &packet.frames[i].data, &packet.frames[i].size))
			g_assert_not_reached();

	g_autoptr(GBytes) bytes = loa_packet_encode(&packet, channel->topic, self->key);

	self->stats.n_packets++;
	if (self->send != NULL)
		self->send(channel->topic, bytes, self->send_data);
}

/* Sends what is due; when to come back. */
static gint64
run_channel(LoaAir *self, const Channel *channel, gint64 now_us)
{
	LoaChannelPacerDue due;

	if (channel->pacer == NULL)
		return G_MAXINT64;
	while (loa_channel_pacer_next(channel->pacer, now_us, &due))
		send_due(self, channel, &due);
	if (loa_channel_pacer_is_done(channel->pacer))
		return G_MAXINT64;
	return loa_channel_pacer_wake_us(channel->pacer, now_us);
}

static void
close_over(LoaAir *self, gint64 now_us)
{
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, self->channels);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		const Channel *channel = value;
		const Wanted *wanted = g_hash_table_lookup(self->wanted, channel->key);

		if (wanted != NULL && !is_over(wanted, now_us))
			continue;
		if (channel->pacer != NULL)
			self->stats.n_frames_skipped +=
				(guint64)loa_channel_pacer_stats(channel->pacer).n_skipped;
		g_hash_table_iter_remove(&iter);
	}
}

static gint64
run_wanted(LoaAir *self, const Wanted *wanted, gint64 now_us)
{
	const Channel *channel;

	if (is_over(wanted, now_us))
		return G_MAXINT64;
	if (now_us < opens_us(wanted))
		return opens_us(wanted);
	if (self->need != NULL &&
	    !self->need(wanted->id, wanted->start_us, wanted->last_start_us, self->need_data)) {
		g_hash_table_remove(self->channels, wanted->key);
		return now_us + MAX_SLEEP_US;
	}
	if (!g_hash_table_contains(self->channels, wanted->key)) {
		/* nothing of it is of use to anybody any more */
		if (now_us >= wanted->end_us)
			return G_MAXINT64;
		open_channel(self, wanted);
	}
	channel = g_hash_table_lookup(self->channels, wanted->key);
	return run_channel(self, channel, now_us);
}

static void
arm(LoaAir *self, gint64 now_us, gint64 next_us)
{
	gint64 sleep_us = CLAMP(next_us - now_us, 0, MAX_SLEEP_US);

	g_source_set_ready_time(self->timer,
				next_us == G_MAXINT64 ? -1 : g_get_monotonic_time() + sleep_us);
}

gint64
loa_air_run(LoaAir *self)
{
	gint64 now_us = loa_clock_now_us(self->clock);
	gint64 next_us = G_MAXINT64;
	GHashTableIter iter;
	gpointer value;

	close_over(self, now_us);
	g_hash_table_iter_init(&iter, self->wanted);
	while (g_hash_table_iter_next(&iter, NULL, &value))
		next_us = MIN(next_us, run_wanted(self, value, now_us));
	arm(self, now_us, next_us);
	return next_us;
}

/* A channel whose airing was moved or got other audio begins anew. */
static void
drop_changed(LoaAir *self, GHashTable *new)
{
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, self->channels);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		const Channel *channel = value;
		const Wanted *was = g_hash_table_lookup(self->wanted, channel->key);
		const Wanted *is = g_hash_table_lookup(new, channel->key);

		if (was == NULL || is == NULL || was->delay_us != is->delay_us ||
		    g_strcmp0(was->sha256, is->sha256) != 0)
			g_hash_table_iter_remove(&iter);
	}
}

void
loa_air_set_plans(LoaAir *self, const GPtrArray *plans)
{
	gint64 now_us = loa_clock_now_us(self->clock);
	GHashTable *all = wanted_of(plans, now_us);

	drop_changed(self, all);
	g_hash_table_unref(self->wanted);
	self->wanted = all;
	loa_air_run(self);
}

void
loa_air_reopen(LoaAir *self)
{
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, self->channels);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		const Channel *channel = value;

		if (channel->pacer != NULL)
			loa_channel_pacer_reopen(channel->pacer);
	}
	loa_air_run(self);
}

guint
loa_air_n_channels(const LoaAir *self)
{
	return g_hash_table_size(self->channels);
}

LoaAirStats
loa_air_stats(const LoaAir *self)
{
	return self->stats;
}

void
loa_air_free(LoaAir *self)
{
	if (self == NULL)
		return;
	g_source_destroy(self->timer);
	g_source_unref(self->timer);
	g_hash_table_unref(self->channels);
	g_hash_table_unref(self->wanted);
	g_free(self->site);
	g_free(self->audio_dir);
	g_free(self);
}
