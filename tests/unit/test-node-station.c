/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <glib/gstdio.h>

#include "audio/opus-writer.h"
#include "common/main-thread.h"
#include "node/station.h"
#include "wire/report.h"
#include "wire/topic.h"
#include "wire/watch.h"

#define SITE "phuong"
#define NODE "cum-1"
#define GROUP "to-1"
#define PLAN_TOPIC "loa/" SITE "/plan/" GROUP
#define START_US (G_GINT64_CONSTANT(1795194000) * G_USEC_PER_SEC)
#define SEC(s) ((gint64)((s)*1000) * 1000)
#define AT(s) (START_US + SEC(s))
#define DEVICE_MS 100

/* The world around the station: a loudspeaker, a broker, a disk, a clock turned by hand. */
typedef struct {
	char *folder;
	char *journal_path;
	LoaClock *clock;
	LoaJournal *journal;
	LoaStation *station;
	LoaSigningKey *site_key;
	LoaSigningKey *node_key;
	LoaKeyRing *ring;
	GArray *quiet;
	gint64 now_us;
	gint64 mono_us;

	LoaCue cues[LOA_PLAYER_MAX_CUES];
	guint n_cues;
	LoaOutputState output;
	GHashTable *heard; /* LoaVoice (a reference) -> LoaVoiceStats */

	GHashTable *subscribed;
	GPtrArray *published; /* GBytes */
	GPtrArray *topics;    /* of them */
	gboolean is_line_up;
	GHashTable *files; /* hash -> GBytes: what lies here; no bytes: not sound */
	GString *needs;    /* "HASH-LETTER START-SECOND ...", as told last */
	guint n_needs_told;
	GBytes *saved;
	guint n_saved;
	guint n_cues_when_saved;

	gint64 serial;
	GPtrArray *airings; /* of the plan to be sent next */
	double volume_db;   /* of this receiver in the plan to be sent next */
	double ceiling_db;
	gint64 valid_until_us;
	LoaInterval permitted;
} World;

/* --- ports --- */

static void
set_cues(const LoaCue *cues, guint n_cues, gpointer user_data)
{
	World *w = user_data;

	assert_true(n_cues <= LOA_PLAYER_MAX_CUES);
	for (guint i = 0; i < n_cues; i++) {
		w->cues[i] = cues[i];
		assert_true(cues[i].start_us < cues[i].end_us);
		assert_true(i == 0 || cues[i - 1].end_us <= cues[i].start_us);
		if (!g_hash_table_contains(w->heard, cues[i].voice))
			g_hash_table_insert(w->heard, loa_voice_ref(cues[i].voice),
					    g_new0(LoaVoiceStats, 1));
	}
	w->n_cues = n_cues;
}

static LoaPlayerStatus
status(gpointer user_data)
{
	const World *w = user_data;

	return (LoaPlayerStatus){ .state = w->output, .level_db = -120 };
}

static LoaVoiceStats
stats(LoaVoice *voice, gpointer user_data)
{
	const World *w = user_data;
	const LoaVoiceStats *found = g_hash_table_lookup(w->heard, voice);

	return found != NULL ? *found : (LoaVoiceStats){ 0 };
}

static gboolean
publish(const char *topic, GBytes *message, gboolean is_retained, gpointer user_data)
{
	World *w = user_data;

	assert_int_equal(is_retained, g_str_has_suffix(topic, "/state"));
	if (!w->is_line_up)
		return FALSE;
	g_ptr_array_add(w->published, g_bytes_ref(message));
	g_ptr_array_add(w->topics, g_strdup(topic));
	return TRUE;
}

static void
subscribe(const char *topic, int qos, gpointer user_data)
{
	World *w = user_data;

	assert_int_equal(qos, strstr(topic, "/air/") != NULL ? 0 : 1);
	g_hash_table_add(w->subscribed, g_strdup(topic));
}

static void
unsubscribe(const char *topic, gpointer user_data)
{
	World *w = user_data;

	g_hash_table_remove(w->subscribed, topic);
}

static void
save_plan(GBytes *message, gpointer user_data)
{
	World *w = user_data;

	g_clear_pointer(&w->saved, g_bytes_unref);
	w->saved = g_bytes_ref(message);
	w->n_saved++;
	w->n_cues_when_saved = w->n_cues;
}

static void
set_needs(const LoaCacheNeed *needs, gsize n_needs, gpointer user_data)
{
	World *w = user_data;

	g_string_truncate(w->needs, 0);
	w->n_needs_told++;
	for (gsize i = 0; i < n_needs; i++) {
		assert_true(needs[i].size_bytes > 0);
		g_string_append_printf(w->needs, "%s%c %d", i > 0 ? ", " : "", needs[i].sha256[0],
				       (int)((needs[i].start_us - START_US) / G_USEC_PER_SEC));
	}
}

static gboolean
has_file(const char *sha256, gpointer user_data)
{
	return g_hash_table_contains(((World *)user_data)->files, sha256);
}

/* As the cache does: what is not sound is not there any more. */
static LoaOpusFile *
open_file(const char *sha256, gpointer user_data)
{
	World *w = user_data;
	GBytes *bytes = g_hash_table_lookup(w->files, sha256);
	LoaOpusFile *file = bytes == NULL ? NULL : loa_opus_file_parse(bytes, "test", NULL);

	if (file == NULL)
		g_hash_table_remove(w->files, sha256);
	return file;
}

static const LoaStationPorts ports = {
	.set_cues = set_cues,
	.status = status,
	.stats = stats,
	.publish = publish,
	.subscribe = subscribe,
	.unsubscribe = unsubscribe,
	.save_plan = save_plan,
	.set_needs = set_needs,
	.has_file = has_file,
	.open_file = open_file,
};

/* --- the world's ways --- */

static void
unref_bytes(gpointer bytes)
{
	g_clear_pointer((GBytes **)&bytes, g_bytes_unref);
}

static void
unref_voice(gpointer voice)
{
	loa_voice_unref(voice);
}

static void
switch_on(World *w)
{
	LoaStationConfig config = { .site = SITE,
				    .node = NODE,
				    .group = GROUP,
				    .key = w->node_key,
				    .ring = w->ring,
				    .quiet_hours = w->quiet,
				    .utc_offset_min = 420,
				    .ceiling_db = w->ceiling_db,
				    .device_ms = DEVICE_MS };
	g_autoptr(GError) error = NULL;

	w->journal = loa_journal_open(w->journal_path, &error);
	if (w->journal == NULL)
		fail_msg("%s", error->message);
	w->heard = g_hash_table_new_full(NULL, NULL, unref_voice, g_free);
	w->station = loa_station_new(&config, w->clock, w->journal, &ports, w);
	if (w->saved != NULL) {
		g_auto(LoaStoredPlan) stored = { 0 };

		assert_true(loa_plan_store_open_message(w->saved, PLAN_TOPIC, w->ring, &stored,
							&error));
		loa_station_restore(w->station, &stored);
	}
	(void)loa_station_run(w->station);
}

/* As kill -9 does it: nothing is said, nothing is saved. */
static void
cut_power(World *w)
{
	g_clear_pointer(&w->station, loa_station_free);
	g_clear_pointer(&w->journal, loa_journal_free);
	g_clear_pointer(&w->heard, g_hash_table_unref);
	w->n_cues = 0;
	w->is_line_up = FALSE;
	g_hash_table_remove_all(w->subscribed);
}

static int
setup(void **state)
{
	World *w = g_new0(World, 1);

	w->folder = g_dir_make_tmp("loa-station-XXXXXX", NULL);
	w->journal_path = g_build_filename(w->folder, "journal.db", NULL);
	w->now_us = START_US;
	w->mono_us = SEC(1000);
	w->clock = loa_clock_new_test(w->mono_us, w->now_us);
	w->site_key = loa_signing_key_new();
	w->node_key = loa_signing_key_new();
	w->ring = loa_key_ring_new();
	w->quiet = g_array_new(FALSE, FALSE, sizeof(LoaQuietHours));
	w->subscribed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	w->published = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	w->topics = g_ptr_array_new_with_free_func(g_free);
	w->files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, unref_bytes);
	w->needs = g_string_new(NULL);
	w->airings = g_ptr_array_new_with_free_func((GDestroyNotify)loa_airing_free);
	w->valid_until_us = AT(14 * 86400);
	w->permitted = (LoaInterval){ AT(-86400), AT(14 * 86400) };
	g_autofree char *public_hex = loa_signing_key_public_hex(w->site_key);

	assert_true(loa_key_ring_add(w->ring, public_hex));
	*state = w;
	switch_on(w);
	return 0;
}

static int
teardown(void **state)
{
	World *w = *state;
	static const char *const names[] = { "journal.db", "journal.db-wal", "journal.db-shm" };

	cut_power(w);
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = g_build_filename(w->folder, names[i], NULL);

		g_unlink(path);
	}
	g_rmdir(w->folder);
	g_free(w->folder);
	g_free(w->journal_path);
	loa_clock_free(w->clock);
	loa_signing_key_free(w->site_key);
	loa_signing_key_free(w->node_key);
	loa_key_ring_free(w->ring);
	g_array_unref(w->quiet);
	g_hash_table_unref(w->subscribed);
	g_ptr_array_unref(w->published);
	g_ptr_array_unref(w->topics);
	g_ptr_array_unref(w->airings);
	g_hash_table_unref(w->files);
	g_string_free(w->needs, TRUE);
	g_clear_pointer(&w->saved, g_bytes_unref);
	g_free(w);
	return 0;
}

/* An airing of @length_s seconds in the plan to be sent next. */
static LoaAiring *
add_airing(World *w, const char *id, double start_s, int length_s, LoaClass class)
{
	LoaAiring *airing = loa_airing_new();

	airing->id = g_strdup(id);
	airing->broadcast = g_strdup("tin");
	airing->title = g_strdup("Bản tin");
	airing->class = class;
	airing->start_us = AT(start_s);
	airing->resume = LOA_RESUME_PAUSE;
	airing->grace_us = SEC(600);
	airing->n_samples = (gint64)length_s * LOA_SAMPLE_RATE;
	airing->sha256 = g_strnfill(64, '0');
	airing->size_bytes = 1000;
	g_ptr_array_add(w->airings, airing);
	return airing;
}

static void
drop_airing(World *w, const char *id)
{
	for (guint i = 0; i < w->airings->len; i++) {
		const LoaAiring *airing = g_ptr_array_index(w->airings, i);

		if (strcmp(airing->id, id) == 0) {
			g_ptr_array_remove_index(w->airings, i);
			return;
		}
	}
	fail_msg("no airing %s", id);
}

static GBytes *
seal_plan(World *w, const LoaSigningKey *key)
{
	g_autoptr(LoaPlan) plan = loa_plan_new(SITE, GROUP);

	plan->serial = ++w->serial;
	plan->issued_us = w->now_us;
	plan->valid_until_us = w->valid_until_us;
	plan->playout_delay_us = LOA_PLAYOUT_DELAY_MIN_US;
	g_array_append_val(plan->permitted, w->permitted);
	for (guint i = 0; i < w->airings->len; i++)
		g_ptr_array_add(plan->airings, loa_airing_copy(g_ptr_array_index(w->airings, i)));
	loa_plan_add_volume(plan, "another", -1);
	if (w->volume_db != 0)
		loa_plan_add_volume(plan, NODE, w->volume_db);
	loa_plan_sort(plan);
	g_autoptr(GBytes) body = loa_plan_encode(plan);

	return loa_envelope_seal(LOA_TAG_PLAN, PLAN_TOPIC, body, key);
}

static void
send_plan(World *w)
{
	g_autoptr(GBytes) message = seal_plan(w, w->site_key);

	assert_true(loa_station_message(w->station, PLAN_TOPIC, message));
}

static void
connect_line(World *w)
{
	w->is_line_up = TRUE;
	loa_station_connected(w->station);
	(void)loa_station_run(w->station);
}

/* The device plays what it is told from @from_us to @to_us. */
static void
consume(World *w, gint64 from_us, gint64 to_us)
{
	for (guint i = 0; i < w->n_cues; i++) {
		const LoaCue *cue = &w->cues[i];
		LoaVoiceStats *s = g_hash_table_lookup(w->heard, cue->voice);
		gint64 a_us = MAX(from_us, cue->start_us);
		gint64 b_us = MIN(to_us, cue->end_us);

		if (a_us >= b_us)
			continue;
		s->n_heard += (b_us - a_us) * 6 / 125;
		s->sum_square = (double)s->n_heard * 0.01;
		s->last_media = cue->media_sample + (b_us - cue->start_us) * 6 / 125;
		s->last_heard_us = b_us;
		if (s->first_heard_us != 0)
			continue;
		s->first_heard_us = a_us;
		s->first_media = cue->media_sample + (a_us - cue->start_us) * 6 / 125;
	}
}

static void
set_clock(World *w, gint64 now_us)
{
	w->now_us = now_us;
	loa_clock_test_set(w->clock, w->mono_us, w->now_us);
}

/* Lets time go by until @s seconds after the start, with all that goes with it. */
static void
go_to(World *w, double s)
{
	while (w->now_us < AT(s)) {
		gint64 step_us = MIN(SEC(0.1), AT(s) - w->now_us);

		if (w->output != LOA_OUTPUT_FAILED)
			consume(w, w->now_us, w->now_us + step_us);
		w->mono_us += step_us;
		set_clock(w, w->now_us + step_us);
		if (w->station != NULL)
			assert_true(loa_station_run(w->station) > 0);
	}
}

/* Time goes by with the power off. */
static void
sleep_until(World *w, double s)
{
	w->mono_us += AT(s) - w->now_us;
	set_clock(w, AT(s));
}

static const LoaCue *
cue_at(const World *w, double s)
{
	for (guint i = 0; i < w->n_cues; i++)
		if (w->cues[i].start_us <= AT(s) && AT(s) < w->cues[i].end_us)
			return &w->cues[i];
	return NULL;
}

/* The outcome of @airing in the journal, %NULL if there is none; fails if there are two. */
static LoaOutcome *
outcome_of(const World *w, const char *airing)
{
	g_autoptr(GPtrArray) entries = loa_journal_entries(w->journal, 1, 1000);
	LoaOutcome *found = NULL;

	for (guint i = 0; i < entries->len; i++) {
		const LoaEntry *entry = g_ptr_array_index(entries, i);
		g_autoptr(LoaOutcome) outcome = NULL;

		if (entry->kind != LOA_ENTRY_OUTCOME)
			continue;
		outcome = loa_outcome_from_json(entry->json, NULL);
		assert_non_null(outcome);
		if (strcmp(outcome->airing, airing) != 0)
			continue;
		assert_null(found);
		found = g_steal_pointer(&outcome);
	}
	return found;
}

static void
assert_outcome(const World *w, const char *airing, LoaResult result, const char *reason)
{
	g_autoptr(LoaOutcome) outcome = outcome_of(w, airing);

	if (outcome == NULL)
		fail_msg("%s has no outcome", airing);
	if (outcome->result != result || strcmp(outcome->reason, reason) != 0)
		fail_msg("%s: %s %s, want %s %s", airing, loa_result_name(outcome->result),
			 outcome->reason, loa_result_name(result), reason);
}

static void
assert_heard_ms(const World *w, const char *airing, gint64 want_ms)
{
	g_autoptr(LoaOutcome) outcome = outcome_of(w, airing);

	assert_non_null(outcome);
	assert_in_range(outcome->heard_ms, want_ms - 2, want_ms + 2);
}

/* --- tests --- */

static void
a_planned_airing_is_cued_ahead_and_completed(void **state)
{
	World *w = *state;

	add_airing(w, "a", 30, 10, LOA_CLASS_NORMAL);
	send_plan(w);
	assert_true(g_hash_table_contains(w->subscribed, "loa/" SITE "/air/a"));
	go_to(w, 15);
	assert_int_equal(w->n_cues, 0);
	go_to(w, 26);
	const LoaCue *cue = cue_at(w, 30);

	assert_non_null(cue);
	assert_int_equal(cue->start_us, AT(30));
	assert_int_equal(cue->end_us, AT(40));
	assert_int_equal(cue->media_sample, 0);
	go_to(w, 40);
	assert_null(outcome_of(w, "a")); /* the device still holds its end */
	go_to(w, 41);
	assert_outcome(w, "a", LOA_RESULT_COMPLETED, "");
	g_autoptr(LoaOutcome) outcome = outcome_of(w, "a");

	assert_int_equal(outcome->ended_us, AT(40));
	go_to(w, 45);
	assert_int_equal(w->n_cues, 0);
	assert_false(g_hash_table_contains(w->subscribed, "loa/" SITE "/air/a"));
}

static void
play_now_is_cued_in_the_same_breath_and_saved_after(void **state)
{
	World *w = *state;

	add_airing(w, "now.1", 0.15, 5, LOA_CLASS_NORMAL);
	send_plan(w);
	assert_non_null(cue_at(w, 0.15));
	assert_int_equal(w->n_saved, 1);
	assert_int_equal(w->n_cues_when_saved, 1);
}

static void
stop_silences_in_the_same_breath(void **state)
{
	World *w = *state;
	LoaAiring *airing = add_airing(w, "a", 1, 60, LOA_CLASS_NORMAL);

	send_plan(w);
	go_to(w, 10);
	assert_non_null(cue_at(w, 20));
	airing->stop_us = AT(10);
	send_plan(w);
	assert_null(cue_at(w, 10.001));
	go_to(w, 11);
	assert_outcome(w, "a", LOA_RESULT_STOPPED, LOA_REASON_STOPPED);
	assert_heard_ms(w, "a", 9000);
}

static void
what_vanishes_from_the_plan_is_withdrawn(void **state)
{
	World *w = *state;

	add_airing(w, "a", 1, 60, LOA_CLASS_NORMAL);
	add_airing(w, "later", 40, 60, LOA_CLASS_NORMAL);
	send_plan(w);
	go_to(w, 10);
	drop_airing(w, "a");
	drop_airing(w, "later");
	send_plan(w);
	assert_int_equal(w->n_cues, 0);
	assert_outcome(w, "a", LOA_RESULT_STOPPED, LOA_REASON_WITHDRAWN);
	go_to(w, 120);
	/* never begun: nothing to tell */
	assert_null(outcome_of(w, "later"));
}

static void
an_emergency_takes_over_and_gives_back(void **state)
{
	World *w = *state;

	add_airing(w, "a", 1, 20, LOA_CLASS_NORMAL);
	send_plan(w);
	go_to(w, 10);
	add_airing(w, "khan", 10, 5, LOA_CLASS_EMERGENCY);
	send_plan(w);
	assert_int_equal(cue_at(w, 10)->media_sample, 0);
	go_to(w, 16);
	/* where it was, not where the clock is */
	const LoaCue *cue = cue_at(w, 16);

	assert_non_null(cue);
	assert_int_equal(cue->start_us, AT(15));
	assert_int_equal(cue->media_sample, 9 * LOA_SAMPLE_RATE);
	go_to(w, 27);
	assert_outcome(w, "a", LOA_RESULT_COMPLETED, "");
	assert_outcome(w, "khan", LOA_RESULT_COMPLETED, "");
	g_autoptr(LoaOutcome) paused = outcome_of(w, "a");
	g_autoptr(LoaOutcome) khan = outcome_of(w, "khan");

	assert_int_equal(paused->n_pauses, 1);
	assert_int_equal(paused->paused_ms, 5000);
	assert_string_equal(paused->gave_way_to, "khan");
	assert_string_equal(khan->took_over, "a");
}

static void
a_killed_node_goes_on_at_its_place_without_a_network(void **state)
{
	World *w = *state;

	add_airing(w, "a", 1, 20, LOA_CLASS_NORMAL);
	send_plan(w);
	go_to(w, 8);
	cut_power(w);
	sleep_until(w, 11);
	switch_on(w);
	const LoaCue *cue = cue_at(w, 11);

	assert_non_null(cue);
	assert_int_equal(cue->start_us, AT(1));
	assert_int_equal(cue->media_sample, 0);
	go_to(w, 22);
	assert_outcome(w, "a", LOA_RESULT_PARTIAL, LOA_REASON_POWER);
	g_autoptr(LoaOutcome) outcome = outcome_of(w, "a");

	/* at most a second before the cut is not counted */
	assert_in_range(outcome->heard_ms, 16000, 17000);
	assert_int_equal(outcome->started_us, AT(1));
	cut_power(w);
	switch_on(w);
	go_to(w, 30);
	assert_outcome(w, "a", LOA_RESULT_PARTIAL, LOA_REASON_POWER);
}

static void
what_passed_while_it_was_off_is_missed_or_partial(void **state)
{
	World *w = *state;

	add_airing(w, "a", 1, 20, LOA_CLASS_NORMAL);
	add_airing(w, "b", 30, 10, LOA_CLASS_NORMAL);
	send_plan(w);
	go_to(w, 8);
	cut_power(w);
	sleep_until(w, 100);
	switch_on(w);
	assert_outcome(w, "a", LOA_RESULT_PARTIAL, LOA_REASON_POWER);
	assert_outcome(w, "b", LOA_RESULT_MISSED, LOA_REASON_POWER);
	assert_int_equal(w->n_cues, 0);
}

static void
what_was_over_before_the_first_plan_was_never_ours(void **state)
{
	World *w = *state;

	go_to(w, 5);
	add_airing(w, "old", -60, 30, LOA_CLASS_NORMAL);
	add_airing(w, "new", 10, 5, LOA_CLASS_NORMAL);
	send_plan(w);
	go_to(w, 20);
	assert_null(outcome_of(w, "old"));
	assert_outcome(w, "new", LOA_RESULT_COMPLETED, "");
	/* and it stays so over a restart */
	cut_power(w);
	switch_on(w);
	go_to(w, 25);
	assert_null(outcome_of(w, "old"));
	/* but what it hears of too late is missed */
	add_airing(w, "unheard-of", 21, 2, LOA_CLASS_NORMAL);
	go_to(w, 26);
	send_plan(w);
	go_to(w, 27);
	assert_outcome(w, "unheard-of", LOA_RESULT_MISSED, LOA_REASON_LATE);
}

static void
a_latecomer_joins_within_the_grace_time_only(void **state)
{
	World *w = *state;
	LoaAiring *strict = add_airing(w, "strict", 1, 60, LOA_CLASS_NORMAL);

	strict->grace_us = SEC(3);
	add_airing(w, "first-plan", -100, 1, LOA_CLASS_NORMAL);
	go_to(w, 4);
	send_plan(w);
	assert_non_null(cue_at(w, 5));
	drop_airing(w, "strict");
	strict = add_airing(w, "strict-2", 5, 60, LOA_CLASS_PRIORITY);
	strict->grace_us = SEC(3);
	go_to(w, 8.1);
	send_plan(w);
	assert_null(cue_at(w, 9));
	assert_outcome(w, "strict-2", LOA_RESULT_MISSED, LOA_REASON_LATE);
}

static void
a_latecomer_says_how_much_it_missed(void **state)
{
	World *w = *state;

	add_airing(w, "a", 1, 20, LOA_CLASS_NORMAL);
	go_to(w, 6);
	send_plan(w);
	go_to(w, 22);
	assert_outcome(w, "a", LOA_RESULT_PARTIAL, LOA_REASON_LATE);
	assert_heard_ms(w, "a", 15000);
}

static const LoaClockStatus untrusted = { LOA_CLOCK_UNTRUSTED, "none", G_MAXINT64 };
static const LoaClockStatus synced = { LOA_CLOCK_SYNCED, "test", 100 };

static void
an_untrusted_clock_opens_nothing_and_says_so(void **state)
{
	World *w = *state;

	loa_clock_test_set_status(w->clock, untrusted);
	add_airing(w, "a", 1, 5, LOA_CLASS_EMERGENCY);
	send_plan(w);
	go_to(w, 5);
	assert_int_equal(w->n_cues, 0);
	go_to(w, 8);
	assert_outcome(w, "a", LOA_RESULT_REFUSED, LOA_REASON_CLOCK);
}

static void
an_untrusted_clock_settles_nothing_it_did_not_see(void **state)
{
	World *w = *state;

	add_airing(w, "a", 100, 5, LOA_CLASS_NORMAL);
	send_plan(w);
	cut_power(w);
	/* a boot without network: the clock stands in the year 2035 */
	loa_clock_test_set_status(w->clock, untrusted);
	w->mono_us += SEC(10);
	set_clock(w, AT(9 * 365 * 86400.0));
	switch_on(w);
	w->mono_us += SEC(10);
	set_clock(w, w->now_us + SEC(10));
	(void)loa_station_run(w->station);
	assert_null(outcome_of(w, "a"));
	/* then somebody tells it the time */
	w->mono_us += SEC(1);
	set_clock(w, AT(90));
	loa_clock_test_set_status(w->clock, synced);
	(void)loa_station_run(w->station);
	go_to(w, 107);
	assert_outcome(w, "a", LOA_RESULT_COMPLETED, "");
}

static void
a_clock_trusted_in_mid_airing_joins_it(void **state)
{
	World *w = *state;

	loa_clock_test_set_status(w->clock, untrusted);
	add_airing(w, "a", 1, 20, LOA_CLASS_NORMAL);
	send_plan(w);
	go_to(w, 11);
	assert_int_equal(w->n_cues, 0);
	loa_clock_test_set_status(w->clock, synced);
	go_to(w, 23);
	assert_outcome(w, "a", LOA_RESULT_PARTIAL, LOA_REASON_CLOCK);
	assert_heard_ms(w, "a", 9900);
}

static void
the_first_time_of_a_box_without_a_battery_is_no_jump(void **state)
{
	World *w = *state;

	add_airing(w, "before", 8, 2, LOA_CLASS_NORMAL);
	add_airing(w, "a", 15, 20, LOA_CLASS_NORMAL);
	send_plan(w);
	go_to(w, 5);
	cut_power(w);
	/* it boots 20 s later in 1970, and asks somebody for the time */
	loa_clock_test_set_status(w->clock, untrusted);
	w->mono_us += SEC(20);
	set_clock(w, SEC(60));
	switch_on(w);
	w->mono_us += SEC(0.5);
	set_clock(w, AT(25.5));
	loa_clock_test_set_status(w->clock, synced);
	(void)loa_station_run(w->station);
	go_to(w, 37);
	assert_outcome(w, "before", LOA_RESULT_MISSED, LOA_REASON_POWER);
	assert_outcome(w, "a", LOA_RESULT_PARTIAL, LOA_REASON_POWER);
	assert_heard_ms(w, "a", 9500);
}

static void
a_forged_answer_for_the_time_is_a_security_event(void **state)
{
	World *w = *state;

	loa_station_time_forged(w->station, "the signature does not fit");
	loa_station_time_forged(w->station, "the signature does not fit");
	go_to(w, 4);
	g_autoptr(GPtrArray) entries = loa_journal_entries(w->journal, 1, 10);

	assert_int_equal(entries->len, 1);
	const LoaEntry *entry = g_ptr_array_index(entries, 0);
	g_autoptr(LoaSecurityEvent) event = loa_security_event_from_json(entry->json, NULL);

	assert_string_equal(event->code, "time");
	assert_string_equal(event->topic, "loa/" SITE "/time");
	assert_string_equal(event->detail, "the signature does not fit");
	assert_int_equal(event->count, 2);
}

static void
the_clock_is_asked_for_two_minutes_ahead(void **state)
{
	World *w = *state;

	assert_false(loa_station_is_near(w->station));
	add_airing(w, "a", 130, 5, LOA_CLASS_NORMAL);
	send_plan(w);
	go_to(w, 9.9);
	assert_false(loa_station_is_near(w->station));
	go_to(w, 10.2);
	assert_true(loa_station_is_near(w->station));
	go_to(w, 134.9);
	assert_true(loa_station_is_near(w->station));
	go_to(w, 136);
	assert_false(loa_station_is_near(w->station));
}

static void
a_jump_over_an_airing_is_told(void **state)
{
	World *w = *state;

	add_airing(w, "near", 20, 10, LOA_CLASS_NORMAL);
	add_airing(w, "far", 1800, 10, LOA_CLASS_NORMAL);
	add_airing(w, "after", 3700, 10, LOA_CLASS_NORMAL);
	send_plan(w);
	go_to(w, 5);
	w->mono_us += SEC(0.1);
	set_clock(w, AT(3605));
	(void)loa_station_run(w->station);
	assert_outcome(w, "near", LOA_RESULT_MISSED, LOA_REASON_CLOCK);
	assert_outcome(w, "far", LOA_RESULT_MISSED, LOA_REASON_CLOCK);
	go_to(w, 3712);
	assert_outcome(w, "after", LOA_RESULT_COMPLETED, "");
}

static void
a_jump_back_never_plays_anything_twice(void **state)
{
	World *w = *state;

	add_airing(w, "done", 1, 10, LOA_CLASS_NORMAL);
	add_airing(w, "on", 20, 20, LOA_CLASS_NORMAL);
	send_plan(w);
	go_to(w, 30);
	w->mono_us += SEC(0.1);
	set_clock(w, AT(-3600));
	(void)loa_station_run(w->station);
	assert_outcome(w, "on", LOA_RESULT_PARTIAL, LOA_REASON_CLOCK);
	assert_heard_ms(w, "on", 10000);
	/* the hour once more */
	for (int s = -60; s < 60; s++) {
		w->mono_us += SEC(1);
		set_clock(w, AT(s));
		(void)loa_station_run(w->station);
		assert_null(cue_at(w, 5));
		assert_null(cue_at(w, 25));
	}
	assert_outcome(w, "done", LOA_RESULT_COMPLETED, "");
	assert_outcome(w, "on", LOA_RESULT_PARTIAL, LOA_REASON_CLOCK);
}

static void
a_small_step_of_the_clock_ends_nothing(void **state)
{
	World *w = *state;

	add_airing(w, "a", 1, 10, LOA_CLASS_NORMAL);
	send_plan(w);
	go_to(w, 1.5);
	w->mono_us += SEC(0.1);
	set_clock(w, AT(0.9)); /* back before its start */
	(void)loa_station_run(w->station);
	assert_null(outcome_of(w, "a"));
	go_to(w, 12);
	assert_outcome(w, "a", LOA_RESULT_COMPLETED, "");
}

static void
a_broken_device_is_a_failure_and_not_a_silence(void **state)
{
	World *w = *state;

	add_airing(w, "none", 1, 10, LOA_CLASS_NORMAL);
	add_airing(w, "half", 20, 10, LOA_CLASS_NORMAL);
	send_plan(w);
	w->output = LOA_OUTPUT_FAILED;
	go_to(w, 12);
	assert_outcome(w, "none", LOA_RESULT_FAILED, LOA_REASON_DEVICE);
	w->output = LOA_OUTPUT_OPEN;
	go_to(w, 25);
	w->output = LOA_OUTPUT_FAILED;
	go_to(w, 31);
	assert_outcome(w, "half", LOA_RESULT_PARTIAL, LOA_REASON_DEVICE);
}

static void
quiet_hours_and_closed_hours_refuse(void **state)
{
	World *w = *state;
	LoaQuietHours all_day = { 0, 1440 };

	cut_power(w);
	g_array_append_val(w->quiet, all_day);
	switch_on(w);
	add_airing(w, "quiet", 1, 5, LOA_CLASS_PRIORITY);
	add_airing(w, "khan", 10, 5, LOA_CLASS_EMERGENCY);
	add_airing(w, "closed", 100, 5, LOA_CLASS_NORMAL);
	w->permitted = (LoaInterval){ AT(-10), AT(50) };
	send_plan(w);
	go_to(w, 5);
	assert_null(cue_at(w, 3));
	go_to(w, 110);
	assert_outcome(w, "quiet", LOA_RESULT_REFUSED, LOA_REASON_QUIET);
	assert_outcome(w, "khan", LOA_RESULT_COMPLETED, "");
	assert_outcome(w, "closed", LOA_RESULT_REFUSED, LOA_REASON_HOURS);
	/* and somebody should look at it */
	go_to(w, 113);
	g_autoptr(GPtrArray) entries = loa_journal_entries(w->journal, 1, 100);
	guint n_events = 0;

	for (guint i = 0; i < entries->len; i++) {
		const LoaEntry *entry = g_ptr_array_index(entries, i);
		g_autoptr(LoaSecurityEvent) event = loa_security_event_from_json(entry->json, NULL);

		if (entry->kind != LOA_ENTRY_SECURITY)
			continue;
		assert_string_equal(event->code, "hours");
		n_events++;
	}
	assert_int_equal(n_events, 2);
}

static void
hours_that_close_or_open_in_the_middle_cut_a_piece_off(void **state)
{
	World *w = *state;

	add_airing(w, "evening", 1, 20, LOA_CLASS_NORMAL);
	w->permitted = (LoaInterval){ AT(-10), AT(11) };
	send_plan(w);
	go_to(w, 12);
	assert_null(cue_at(w, 12));
	go_to(w, 22);
	assert_outcome(w, "evening", LOA_RESULT_PARTIAL, LOA_REASON_HOURS);
	assert_heard_ms(w, "evening", 10000);
	add_airing(w, "morning", 30, 20, LOA_CLASS_NORMAL);
	w->permitted = (LoaInterval){ AT(35), AT(100) };
	send_plan(w);
	go_to(w, 52);
	assert_outcome(w, "morning", LOA_RESULT_PARTIAL, LOA_REASON_HOURS);
	assert_heard_ms(w, "morning", 15000);
}

static void
nothing_sounds_past_the_plans_validity(void **state)
{
	World *w = *state;

	add_airing(w, "a", 1, 20, LOA_CLASS_NORMAL);
	w->valid_until_us = AT(10);
	send_plan(w);
	go_to(w, 11);
	assert_null(cue_at(w, 11));
	assert_outcome(w, "a", LOA_RESULT_PARTIAL, LOA_REASON_PLAN_EXPIRED);
}

/* (nullable): the last state or report published */
static GBytes *
last_published(const World *w, const char *suffix)
{
	for (guint i = w->topics->len; i > 0; i--)
		if (g_str_has_suffix(g_ptr_array_index(w->topics, i - 1), suffix))
			return g_ptr_array_index(w->published, i - 1);
	return NULL;
}

static LoaReport *
last_report(const World *w)
{
	GBytes *message = last_published(w, "/report");
	g_autoptr(LoaKeyRing) ring = loa_key_ring_new();
	g_autofree char *public_hex = loa_signing_key_public_hex(w->node_key);

	assert_non_null(message);
	assert_true(loa_key_ring_add(ring, public_hex));
	g_autoptr(GBytes) body = loa_envelope_open(
		LOA_TAG_REPORT, "loa/" SITE "/node/" NODE "/report", message, ring, NULL);

	assert_non_null(body);
	LoaReport *report = loa_report_decode(body, NULL);

	assert_non_null(report);
	return report;
}

static LoaNodeState *
state_of(const World *w, GBytes *message)
{
	g_autoptr(LoaKeyRing) ring = loa_key_ring_new();
	g_autofree char *public_hex = loa_signing_key_public_hex(w->node_key);

	assert_true(loa_key_ring_add(ring, public_hex));
	g_autoptr(GBytes) body = loa_envelope_open(
		LOA_TAG_STATE, "loa/" SITE "/node/" NODE "/state", message, ring, NULL);

	assert_non_null(body);
	LoaNodeState *said = loa_node_state_decode(body, NULL);

	assert_non_null(said);
	return said;
}

static void
a_forged_plan_is_refused_and_reported(void **state)
{
	World *w = *state;
	g_autoptr(LoaSigningKey) stranger = loa_signing_key_new();

	add_airing(w, "a", 1, 5, LOA_CLASS_EMERGENCY);
	g_autoptr(GBytes) message = seal_plan(w, stranger);

	connect_line(w);
	assert_true(loa_station_message(w->station, PLAN_TOPIC, message));
	assert_true(loa_station_message(w->station, PLAN_TOPIC, message));
	go_to(w, 4);
	assert_int_equal(w->n_cues, 0);
	assert_int_equal(w->n_saved, 0);
	g_autoptr(LoaReport) report = last_report(w);
	const LoaEntry *entry = g_ptr_array_index(report->entries, 0);
	g_autoptr(LoaSecurityEvent) event = loa_security_event_from_json(entry->json, NULL);

	assert_string_equal(event->code, "key");
	assert_string_equal(event->topic, PLAN_TOPIC);
	assert_int_equal(event->count, 2);
	g_autoptr(LoaNodeState) said = state_of(w, last_published(w, "/state"));

	assert_int_equal(said->n_refused, 2);
}

static void
an_older_plan_is_refused_the_same_one_is_not_news(void **state)
{
	World *w = *state;

	add_airing(w, "a", 100, 5, LOA_CLASS_NORMAL);
	g_autoptr(GBytes) old = seal_plan(w, w->site_key);
	g_autoptr(GBytes) new = seal_plan(w, w->site_key);

	connect_line(w);
	loa_station_message(w->station, PLAN_TOPIC, new);
	loa_station_message(w->station, PLAN_TOPIC, new);
	assert_int_equal(w->n_saved, 1);
	loa_station_message(w->station, PLAN_TOPIC, old);
	assert_int_equal(w->n_saved, 1);
	assert_int_equal(loa_station_plan_serial(w->station), 2);
	go_to(w, 4);
	g_autoptr(LoaReport) report = last_report(w);
	g_autoptr(LoaSecurityEvent) event = loa_security_event_from_json(
		((LoaEntry *)g_ptr_array_index(report->entries, 0))->json, NULL);

	assert_string_equal(event->code, "serial");
	assert_int_equal(event->count, 1);
}

static void
send_ack(World *w, gint64 seq)
{
	LoaAck ack = { SITE, NODE, "", seq };

	g_strlcpy(ack.epoch, loa_journal_epoch(w->journal), sizeof ack.epoch);
	g_autoptr(GBytes) body = loa_ack_encode(&ack);
	g_autoptr(GBytes) message =
		loa_envelope_seal(LOA_TAG_ACK, "loa/" SITE "/node/" NODE "/ack", body, w->site_key);

	loa_station_message(w->station, "loa/" SITE "/node/" NODE "/ack", message);
}

static guint
n_reports(const World *w)
{
	guint n = 0;

	for (guint i = 0; i < w->topics->len; i++)
		n += g_str_has_suffix(g_ptr_array_index(w->topics, i), "/report");
	return n;
}

static void
an_outcome_is_reported_until_it_is_acknowledged(void **state)
{
	World *w = *state;

	add_airing(w, "a", 1, 2, LOA_CLASS_NORMAL);
	send_plan(w);
	go_to(w, 5);
	assert_int_equal(n_reports(w), 0);
	connect_line(w);
	assert_int_equal(n_reports(w), 1);
	go_to(w, 11);
	assert_int_equal(n_reports(w), 2);
	send_ack(w, 99); /* of what was never sent */
	assert_int_equal(loa_journal_acked_seq(w->journal), 0);
	send_ack(w, 1);
	assert_int_equal(loa_journal_acked_seq(w->journal), 1);
	go_to(w, 12);
	g_autoptr(LoaNodeState) said = state_of(w, last_published(w, "/state"));

	assert_int_equal(said->n_unreported, 0);
}

static void
the_state_says_what_is_on_air(void **state)
{
	World *w = *state;

	add_airing(w, "a", 10, 5, LOA_CLASS_NORMAL);
	send_plan(w);
	connect_line(w);
	g_autoptr(LoaNodeState) idle = state_of(w, last_published(w, "/state"));

	assert_null(idle->on_air);
	assert_true(idle->online);
	assert_int_equal(idle->plan_serial, 1);
	go_to(w, 10.3);
	g_autoptr(LoaNodeState) playing = state_of(w, last_published(w, "/state"));

	assert_string_equal(playing->on_air, "a");
	assert_in_range(playing->position_ms, 0, 300);
	g_autoptr(GBytes) will = loa_station_state_message(w->station, FALSE);
	g_autoptr(LoaNodeState) offline = state_of(w, will);

	assert_false(offline->online);
	assert_null(offline->on_air);
	assert_string_equal(offline->session, playing->session);
	go_to(w, 16);
	g_autoptr(LoaNodeState) after = state_of(w, last_published(w, "/state"));

	assert_null(after->on_air);
	assert_int_equal(after->n_unreported, 1);
}

static void
a_checkpoint_that_no_plan_names_is_final(void **state)
{
	World *w = *state;

	add_airing(w, "a", 1, 60, LOA_CLASS_NORMAL);
	send_plan(w);
	go_to(w, 8);
	cut_power(w);
	g_clear_pointer(&w->saved, g_bytes_unref); /* the plan was lost with the card */
	sleep_until(w, 20);
	switch_on(w);
	assert_null(outcome_of(w, "a"));
	drop_airing(w, "a");
	send_plan(w);
	assert_outcome(w, "a", LOA_RESULT_PARTIAL, LOA_REASON_POWER);
}

static void
an_orderly_end_settles_nothing(void **state)
{
	World *w = *state;

	add_airing(w, "a", 1, 20, LOA_CLASS_NORMAL);
	send_plan(w);
	go_to(w, 8.35);
	loa_station_stop(w->station);
	assert_null(outcome_of(w, "a"));
	cut_power(w);
	sleep_until(w, 9);
	switch_on(w);
	go_to(w, 22);
	assert_outcome(w, "a", LOA_RESULT_PARTIAL, LOA_REASON_POWER);
	/* not a moment was forgotten */
	assert_heard_ms(w, "a", 20000 - 650);
}

/* --- stored recordings --- */

static gboolean
on_bytes(const guint8 *data, gsize size, gpointer user_data, GError **error)
{
	(void)error;
	g_byte_array_append(user_data, data, (guint)size);
	return TRUE;
}

/* A recording of that letter comes to lie here; silence is as good as anything. */
static void
put_file(World *w, char letter, int length_s)
{
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	LoaOpusWriterConfig config = {
		.bitrate = 12000, .true_peak_dbtp = -1.5, .sink = on_bytes, .user_data = bytes
	};
	g_autoptr(LoaOpusWriter) writer = loa_opus_writer_new(&config);
	g_autofree float *samples = g_new0(float, (gsize)length_s * 48000);

	assert_true(loa_opus_writer_push(writer, samples, (gsize)length_s * 48000, NULL));
	assert_true(loa_opus_writer_finish(writer, NULL));
	g_hash_table_insert(w->files, g_strnfill(64, letter),
			    g_byte_array_free_to_bytes(g_steal_pointer(&bytes)));
	loa_station_files_changed(w->station);
	(void)loa_station_run(w->station);
}

static LoaAiring *
add_stored(World *w, const char *id, double start_s, int length_s, char letter)
{
	LoaAiring *airing = add_airing(w, id, start_s, length_s, LOA_CLASS_NORMAL);

	memset(airing->sha256, letter, 64);
	return airing;
}

static gboolean
is_tuned(const World *w, const char *airing)
{
	g_autofree char *topic = g_strconcat("loa/" SITE "/air/", airing, NULL);

	return g_hash_table_contains(w->subscribed, topic);
}

static void
what_the_plan_needs_is_told_once_soonest_first(void **state)
{
	World *w = *state;

	add_stored(w, "later", 500, 60, 'b');
	add_stored(w, "soon", 20, 60, 'a');
	add_stored(w, "again", 1000, 60, 'a');
	add_airing(w, "live", 2000, 60, LOA_CLASS_NORMAL)->is_live = TRUE;
	LoaAiring *live = g_ptr_array_index(w->airings, 3);

	g_clear_pointer(&live->sha256, g_free);
	live->size_bytes = 0;
	send_plan(w);
	assert_string_equal(w->needs->str, "a 20, b 500");
	guint n = w->n_needs_told;

	/* its rest is not worth fetching any more: the next one needs the recording */
	go_to(w, 69);
	assert_int_equal(w->n_needs_told, n);
	go_to(w, 72);
	assert_string_equal(w->needs->str, "b 500, a 1000");
	drop_airing(w, "later");
	send_plan(w);
	assert_string_equal(w->needs->str, "a 1000");
}

static void
a_recording_in_use_is_needed_to_the_end(void **state)
{
	World *w = *state;

	add_stored(w, "a", 1, 30, 'a');
	send_plan(w);
	put_file(w, 'a', 30);
	go_to(w, 30);
	assert_string_equal(w->needs->str, "a 1");
	go_to(w, 34);
	assert_string_equal(w->needs->str, "");
}

static void
who_has_the_recording_does_not_listen_to_the_channel(void **state)
{
	World *w = *state;

	put_file(w, 'a', 20);
	add_stored(w, "a", 30, 20, 'a');
	add_stored(w, "b", 52, 20, 'b');
	send_plan(w);
	assert_false(is_tuned(w, "a"));
	assert_true(is_tuned(w, "b"));
	/* it comes in mid-airing */
	go_to(w, 60);
	put_file(w, 'b', 20);
	assert_false(is_tuned(w, "b"));
	/* what is in use is used to the end, whatever happens to the disk */
	g_hash_table_remove_all(w->files);
	loa_station_files_changed(w->station);
	assert_false(is_tuned(w, "b"));
	go_to(w, 74);
	assert_outcome(w, "a", LOA_RESULT_COMPLETED, "");
	assert_outcome(w, "b", LOA_RESULT_COMPLETED, "");
}

static void
a_recording_that_is_not_sound_leaves_the_channel(void **state)
{
	World *w = *state;

	add_stored(w, "a", 30, 20, 'a');
	g_hash_table_insert(w->files, g_strnfill(64, 'a'), NULL);
	send_plan(w);
	assert_false(is_tuned(w, "a"));
	/* ten seconds ahead it is opened, and proven */
	go_to(w, 21);
	assert_true(is_tuned(w, "a"));
	assert_int_equal(g_hash_table_size(w->files), 0);
	put_file(w, 'a', 20);
	assert_false(is_tuned(w, "a"));
}

static guint
n_told(const World *w)
{
	guint n = 0;

	for (guint i = 0; i < w->topics->len; i++)
		n += g_str_has_suffix(g_ptr_array_index(w->topics, i), "/state");
	return n;
}

static gint64
refused(World *w)
{
	g_autoptr(GBytes) message = loa_station_state_message(w->station, TRUE);
	g_autoptr(LoaNodeState) told = state_of(w, message);

	return told->n_refused;
}

static void
say_watch(World *w, const LoaSigningKey *key, const char *site, double until_s)
{
	g_autoptr(GBytes) body = loa_watch_encode(site, AT(until_s));
	g_autoptr(GBytes) message =
		loa_envelope_seal(LOA_TAG_WATCH, "loa/" SITE "/watch", body, key);

	assert_true(loa_station_message(w->station, "loa/" SITE "/watch", message));
}

/* How many states it sent from @from_s to @to_s. */
static guint
told_between(World *w, double from_s, double to_s)
{
	guint before;

	go_to(w, from_s);
	before = n_told(w);
	go_to(w, to_s);
	return n_told(w) - before;
}

static void
levels_are_told_every_second_while_somebody_watches_and_no_longer(void **state)
{
	World *w = *state;
	g_autoptr(LoaSigningKey) stranger = loa_signing_key_new();
	gint64 n_refused;

	connect_line(w);
	assert_true(g_hash_table_contains(w->subscribed, "loa/" SITE "/watch"));
	add_airing(w, "a", 5, 200, LOA_CLASS_NORMAL);
	send_plan(w);
	assert_in_range(told_between(w, 30, 50), 4, 5);
	say_watch(w, w->site_key, SITE, 65);
	assert_in_range(told_between(w, 51, 61), 9, 11);
	say_watch(w, w->site_key, SITE, 75);
	/* said once more by somebody: it is over when it is over */
	say_watch(w, w->site_key, SITE, 65);
	assert_in_range(told_between(w, 66, 74), 7, 9);
	assert_in_range(told_between(w, 80, 100), 4, 5);
	/* an old one, one that lasts for ever, somebody else's, one for another site */
	n_refused = refused(w);
	say_watch(w, w->site_key, SITE, 75);
	say_watch(w, w->site_key, SITE, 100 + 61);
	assert_int_equal(refused(w), n_refused);
	say_watch(w, stranger, SITE, 130);
	say_watch(w, w->site_key, "khac", 130);
	assert_in_range(told_between(w, 102, 122), 4, 6);
	assert_int_equal(refused(w), n_refused + 2);
}

static double
told_volume_db(World *w)
{
	g_autoptr(LoaNodeState) told = state_of(w, last_published(w, "/state"));

	assert_true(told->has_volume);
	return told->volume_db;
}

static void
the_volume_comes_with_the_plan_and_stays_over_a_restart(void **state)
{
	World *w = *state;

	connect_line(w);
	assert_true(told_volume_db(w) == 0);
	add_airing(w, "a", 30, 20, LOA_CLASS_NORMAL);
	add_airing(w, "b", 35, 5, LOA_CLASS_EMERGENCY);
	send_plan(w);
	go_to(w, 26);
	assert_true(cue_at(w, 30)->volume_db == 0);
	assert_true(told_volume_db(w) == 0);
	/* in mid-airing: where the voice is, it stays */
	go_to(w, 31);
	w->volume_db = -30;
	send_plan(w);
	go_to(w, 32);
	assert_true(cue_at(w, 30)->volume_db == -30);
	assert_true(cue_at(w, 35)->volume_db == -12);
	assert_int_equal(cue_at(w, 30)->media_sample, 0);
	assert_true(told_volume_db(w) == -30);
	go_to(w, 36);
	assert_true(told_volume_db(w) == -12);
	/* without a line: the plan on the disk says it, before the first sample */
	cut_power(w);
	sleep_until(w, 44);
	switch_on(w);
	assert_non_null(cue_at(w, 44));
	assert_true(cue_at(w, 44)->volume_db == -30);
	/* what was turned down in this box is not turned up from afar */
	cut_power(w);
	w->ceiling_db = -40;
	switch_on(w);
	assert_true(cue_at(w, 44)->volume_db == -40);
}

static void
the_state_names_who_is_ready_and_who_is_not(void **state)
{
	World *w = *state;

	connect_line(w);
	add_stored(w, "a", 30, 20, 'a');
	add_stored(w, "b", 100, 20, 'b');
	for (int i = 0; i < 20; i++) {
		g_autofree char *id = g_strdup_printf("c.%02d", i);

		add_stored(w, id, 200 + i, 1, 'c');
	}
	send_plan(w);
	go_to(w, 0.3);
	g_autoptr(LoaNodeState) none = state_of(w, last_published(w, "/state"));

	assert_int_equal(none->n_ready, 0);
	assert_int_equal(none->n_wanted, 22);
	assert_int_equal(none->plan_serial, 1);
	assert_int_equal(none->not_ready->len, LOA_STATE_MAX_READY);
	assert_string_equal(g_ptr_array_index(none->not_ready, 0), "a");

	put_file(w, 'b', 20);
	go_to(w, 0.6);
	g_autoptr(LoaNodeState) one = state_of(w, last_published(w, "/state"));

	assert_int_equal(one->n_ready, 1);
	assert_int_equal(one->ready->len, 1);
	assert_string_equal(g_ptr_array_index(one->ready, 0), "b");
	assert_string_equal(g_ptr_array_index(one->not_ready, 1), "c.00");

	/* one goes, one comes: as many as before, and yet news */
	put_file(w, 'a', 20);
	go_to(w, 1);
	g_hash_table_remove_all(w->files);
	put_file(w, 'b', 20);
	go_to(w, 1.5);
	g_autoptr(LoaNodeState) other = state_of(w, last_published(w, "/state"));

	assert_string_equal(g_ptr_array_index(other->not_ready, 0), "a");
	/* it stays listed while the controller might still send its end */
	go_to(w, 52);
	g_autoptr(LoaNodeState) after = state_of(w, last_published(w, "/state"));

	assert_int_equal(after->n_wanted, 22);
	go_to(w, 55);
	g_autoptr(LoaNodeState) gone = state_of(w, last_published(w, "/state"));

	assert_int_equal(gone->n_wanted, 21);
}

static void
without_a_clock_the_plan_says_what_to_fetch(void **state)
{
	World *w = *state;

	add_stored(w, "a", 100, 20, 'a');
	send_plan(w);
	cut_power(w);
	loa_clock_test_set_status(w->clock, untrusted);
	w->mono_us += SEC(10);
	set_clock(w, AT(9 * 365 * 86400.0)); /* the year 2035 */
	g_string_truncate(w->needs, 0);
	switch_on(w);
	assert_string_equal(w->needs->str, "a 100");
}

static int
claim(void **state)
{
	(void)state;
	loa_main_thread_claim();
	return 0;
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_planned_airing_is_cued_ahead_and_completed),
		TEST(play_now_is_cued_in_the_same_breath_and_saved_after),
		TEST(stop_silences_in_the_same_breath),
		TEST(what_vanishes_from_the_plan_is_withdrawn),
		TEST(an_emergency_takes_over_and_gives_back),
		TEST(a_killed_node_goes_on_at_its_place_without_a_network),
		TEST(what_passed_while_it_was_off_is_missed_or_partial),
		TEST(what_was_over_before_the_first_plan_was_never_ours),
		TEST(a_latecomer_joins_within_the_grace_time_only),
		TEST(a_latecomer_says_how_much_it_missed),
		TEST(an_untrusted_clock_opens_nothing_and_says_so),
		TEST(an_untrusted_clock_settles_nothing_it_did_not_see),
		TEST(a_clock_trusted_in_mid_airing_joins_it),
		TEST(the_first_time_of_a_box_without_a_battery_is_no_jump),
		TEST(a_forged_answer_for_the_time_is_a_security_event),
		TEST(the_clock_is_asked_for_two_minutes_ahead),
		TEST(a_jump_over_an_airing_is_told),
		TEST(a_jump_back_never_plays_anything_twice),
		TEST(a_small_step_of_the_clock_ends_nothing),
		TEST(a_broken_device_is_a_failure_and_not_a_silence),
		TEST(quiet_hours_and_closed_hours_refuse),
		TEST(hours_that_close_or_open_in_the_middle_cut_a_piece_off),
		TEST(nothing_sounds_past_the_plans_validity),
		TEST(a_forged_plan_is_refused_and_reported),
		TEST(an_older_plan_is_refused_the_same_one_is_not_news),
		TEST(an_outcome_is_reported_until_it_is_acknowledged),
		TEST(the_state_says_what_is_on_air),
		TEST(a_checkpoint_that_no_plan_names_is_final),
		TEST(an_orderly_end_settles_nothing),
		TEST(what_the_plan_needs_is_told_once_soonest_first),
		TEST(a_recording_in_use_is_needed_to_the_end),
		TEST(who_has_the_recording_does_not_listen_to_the_channel),
		TEST(a_recording_that_is_not_sound_leaves_the_channel),
		TEST(levels_are_told_every_second_while_somebody_watches_and_no_longer),
		TEST(the_volume_comes_with_the_plan_and_stays_over_a_restart),
		TEST(the_state_names_who_is_ready_and_who_is_not),
		TEST(without_a_clock_the_plan_says_what_to_fetch),
	};

	return cmocka_run_group_tests_name("node/station", tests, claim, NULL);
}
