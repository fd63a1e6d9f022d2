/* SPDX-License-Identifier: Apache-2.0 */
/* Stored recordings: which are needed, which are here, and who lives on the channel. */
#include "node/station-private.h"
#include "wire/topic.h"

/* Of an airing that is on, less than this is left to the channel. */
#define WORTH_FETCHING_US (10 * G_USEC_PER_SEC)
/* One that is over stays listed while the controller might still send its end. */
#define LISTED_AFTER_US (3 * G_USEC_PER_SEC)

/* What time it is for the plan: without a clock, the time it was made. */
static gint64
plan_now_us(const LoaStation *self)
{
	return loa_station_is_trusted(self) ? self->moment.now_us : self->held.plan->issued_us;
}

/* To be kept if it is here, to be fetched if not? */
static gboolean
is_needed(const LoaStation *self, const LoaAiring *airing, gboolean is_here, gint64 now_us)
{
	LoaFate fate;

	if (airing->start_us > now_us)
		return TRUE;
	/* one that gives way ends later than planned */
	if (loa_journal_has_outcome(self->journal, airing->id) ||
	    !loa_agenda_fate(self->agenda, airing->id, &fate))
		return FALSE;
	return fate.end_us - now_us >= (is_here ? 1 : WORTH_FETCHING_US);
}

static gboolean
has_file(const LoaStation *self, const char *sha256)
{
	return sha256 != NULL && self->ports->has_file != NULL &&
	       self->ports->has_file(sha256, self->user_data);
}

/* Many airings have one recording: each is looked for once. */
static gboolean
has_file_once(const LoaStation *self, GHashTable *known, const char *sha256)
{
	gpointer is_here = NULL;

	if (g_hash_table_lookup_extended(known, sha256, NULL, &is_here))
		return GPOINTER_TO_INT(is_here);
	is_here = GINT_TO_POINTER(has_file(self, sha256));
	g_hash_table_insert(known, (gpointer)sha256, is_here);
	return GPOINTER_TO_INT(is_here);
}

static void
count(LoaStation *self, const LoaAiring *airing, gboolean is_here)
{
	GPtrArray *list = is_here ? self->ready : self->not_ready;

	self->n_wanted++;
	self->n_ready += is_here;
	if (list->len < LOA_STATE_MAX_READY)
		g_ptr_array_add(list, g_strdup(airing->id));
}

static void
need(GArray *needs, GHashTable *needed, const LoaAiring *airing)
{
	LoaCacheNeed entry = { airing->sha256, airing->size_bytes, airing->start_us };

	/* sorted by start: the first is the soonest */
	if (g_hash_table_add(needed, airing->sha256))
		g_array_append_val(needs, entry);
}

/* The disk is looked at only when the needs are others than before. */
static void
tell_needs(LoaStation *self, const GArray *needs)
{
	g_autoptr(GString) all = g_string_new(NULL);

	if (self->ports->set_needs == NULL)
		return;
	for (guint i = 0; i < needs->len; i++) {
		const LoaCacheNeed *entry = &g_array_index(needs, LoaCacheNeed, i);

		g_string_append_printf(all, "%s %" G_GINT64_FORMAT "\n", entry->sha256,
				       entry->start_us);
	}
	if (g_strcmp0(all->str, self->told_needs) == 0)
		return;
	g_free(self->told_needs);
	self->told_needs = g_strdup(all->str);
	self->ports->set_needs((const LoaCacheNeed *)(gpointer)needs->data, needs->len,
			       self->user_data);
}

void
loa_station_look_at_files(LoaStation *self)
{
	g_autoptr(GArray) needs = g_array_new(FALSE, FALSE, sizeof(LoaCacheNeed));
	g_autoptr(GHashTable) needed = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
	const GPtrArray *airings = self->held.plan->airings;
	gint64 now_us = plan_now_us(self);

	g_ptr_array_set_size(self->ready, 0);
	g_ptr_array_set_size(self->not_ready, 0);
	self->n_ready = self->n_wanted = 0;
	for (guint i = 0; i < airings->len; i++) {
		const LoaAiring *airing = g_ptr_array_index(airings, i);

		if (airing->sha256 == NULL)
			continue;
		gboolean is_here = has_file_once(self, known, airing->sha256);

		if (loa_airing_end_us(airing) + LISTED_AFTER_US > now_us)
			count(self, airing, is_here);
		if (is_needed(self, airing, is_here, now_us))
			need(needs, needed, airing);
	}
	tell_needs(self, needs);
}

/* Subscribes to the channel of an airing whose sound is not here, and to no other. */
void
loa_station_tune(LoaStation *self, LoaLife *life)
{
	const LoaAiring *airing = loa_life_airing(life);
	LoaFeed *feed = loa_life_feed_if_any(life);
	gboolean is_stored =
		(feed != NULL && loa_feed_has_file(feed)) || has_file(self, airing->sha256);
	g_autofree char *topic = loa_topic(LOA_TOPIC_AIR, self->config.site, airing->id);

	if (is_stored == !g_hash_table_contains(self->channels, airing->id))
		return;
	if (is_stored) {
		g_hash_table_remove(self->channels, airing->id);
		self->ports->unsubscribe(topic, self->user_data);
	} else {
		g_hash_table_add(self->channels, g_strdup(airing->id));
		self->ports->subscribe(topic, 0, self->user_data);
	}
}

void
loa_station_detune(LoaStation *self, LoaLife *life)
{
	const char *id = loa_life_airing(life)->id;
	g_autofree char *topic = loa_topic(LOA_TOPIC_AIR, self->config.site, id);

	if (g_hash_table_remove(self->channels, id))
		self->ports->unsubscribe(topic, self->user_data);
}

void
loa_station_open_file(LoaStation *self, LoaLife *life, LoaFeed *feed)
{
	const LoaAiring *airing = loa_life_airing(life);

	if (loa_feed_has_file(feed) || self->ports->open_file == NULL ||
	    !has_file(self, airing->sha256))
		return;
	LoaOpusFile *file = self->ports->open_file(airing->sha256, self->user_data);

	if (file != NULL)
		loa_feed_take_file(feed, file);
	else
		self->next_scan_us = 0; /* it was not sound, and is not here any more */
	loa_station_tune(self, life);
}

void
loa_station_files_changed(LoaStation *self)
{
	GHashTableIter iter;
	gpointer life = NULL;

	self->next_scan_us = 0;
	g_hash_table_iter_init(&iter, self->lives);
	while (g_hash_table_iter_next(&iter, NULL, &life)) {
		LoaFeed *feed = loa_life_feed_if_any(life);

		if (feed != NULL) {
			loa_station_open_file(self, life, feed);
			loa_feed_pump(feed);
		}
		loa_station_tune(self, life);
	}
}
