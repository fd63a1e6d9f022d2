/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/plan.h"

#include <string.h>

#include "common/id.h"
#include "wire/json-reader.h"
#include "wire/json-writer.h"

#define PLAN_MAX_SIZE (LOA_ENVELOPE_MAX_SIZE - LOA_ENVELOPE_HEADER_SIZE)

static const char *const class_words[] = { "normal", "priority", "emergency", NULL };
static const char *const resume_words[] = { "pause", "rejoin", NULL };

static void
volume_free(gpointer data)
{
	LoaNodeVolume *volume = data;

	g_free(volume->node);
	g_free(volume);
}

LoaPlan *
loa_plan_new(const char *site, const char *group)
{
	LoaPlan *self = g_new0(LoaPlan, 1);

	self->site = g_strdup(site);
	self->group = g_strdup(group);
	self->permitted = g_array_new(FALSE, FALSE, sizeof(LoaInterval));
	self->airings = g_ptr_array_new_with_free_func((GDestroyNotify)loa_airing_free);
	self->tests = g_ptr_array_new_with_free_func((GDestroyNotify)loa_airing_free);
	self->volumes = g_ptr_array_new_with_free_func(volume_free);
	return self;
}

LoaAiring *
loa_airing_new(void)
{
	return g_new0(LoaAiring, 1);
}

LoaAiring *
loa_airing_copy(const LoaAiring *airing)
{
	LoaAiring *copy = g_new(LoaAiring, 1);

	*copy = *airing;
	copy->id = g_strdup(airing->id);
	copy->broadcast = g_strdup(airing->broadcast);
	copy->title = g_strdup(airing->title);
	copy->sha256 = g_strdup(airing->sha256);
	copy->exception = g_strdup(airing->exception);
	copy->node = g_strdup(airing->node);
	return copy;
}

void
loa_airing_free(LoaAiring *self)
{
	if (self == NULL)
		return;
	g_free(self->id);
	g_free(self->broadcast);
	g_free(self->title);
	g_free(self->sha256);
	g_free(self->exception);
	g_free(self->node);
	g_free(self);
}

gint64
loa_airing_end_us(const LoaAiring *airing)
{
	/* 12 h of samples times a million still fit */
	gint64 length_us = airing->n_samples * G_USEC_PER_SEC / LOA_SAMPLE_RATE;
	gint64 end_us = airing->start_us + length_us;

	if (airing->stop_us != 0)
		end_us = MIN(end_us, airing->stop_us);
	return MAX(end_us, airing->start_us);
}

const LoaAiring *
loa_plan_find(const LoaPlan *plan, const char *airing_id)
{
	for (guint i = 0; i < plan->airings->len; i++) {
		const LoaAiring *airing = g_ptr_array_index(plan->airings, i);

		if (g_strcmp0(airing->id, airing_id) == 0)
			return airing;
	}
	return NULL;
}

void
loa_plan_add_volume(LoaPlan *plan, const char *node, double volume_db)
{
	LoaNodeVolume *volume = g_new0(LoaNodeVolume, 1);

	*volume = (LoaNodeVolume){ g_strdup(node), volume_db };
	g_ptr_array_add(plan->volumes, volume);
}

double
loa_plan_volume_db(const LoaPlan *plan, const char *node)
{
	for (guint i = 0; i < plan->volumes->len; i++) {
		const LoaNodeVolume *volume = g_ptr_array_index(plan->volumes, i);

		if (g_strcmp0(volume->node, node) == 0)
			return volume->volume_db;
	}
	return LOA_VOLUME_MAX_DB;
}

static int
compare_volume_pointers(gconstpointer a, gconstpointer b)
{
	return strcmp((*(LoaNodeVolume *const *)a)->node, (*(LoaNodeVolume *const *)b)->node);
}

static int
compare_airings(const LoaAiring *a, const LoaAiring *b)
{
	if (a->start_us != b->start_us)
		return a->start_us < b->start_us ? -1 : 1;
	return strcmp(a->id, b->id);
}

static int
compare_airing_pointers(gconstpointer a, gconstpointer b)
{
	return compare_airings(*(LoaAiring *const *)a, *(LoaAiring *const *)b);
}

static int
compare_intervals(gconstpointer a, gconstpointer b)
{
	const LoaInterval *left = a, *right = b;

	return (left->from_us > right->from_us) - (left->from_us < right->from_us);
}

/* Sorted intervals: those that touch or overlap become one. */
static void
merge_intervals(GArray *intervals)
{
	guint n = 0;

	for (guint i = 0; i < intervals->len; i++) {
		LoaInterval next = g_array_index(intervals, LoaInterval, i);
		LoaInterval *last = n > 0 ? &g_array_index(intervals, LoaInterval, n - 1) : NULL;

		if (next.from_us >= next.to_us)
			continue;
		if (last != NULL && next.from_us <= last->to_us)
			last->to_us = MAX(last->to_us, next.to_us);
		else
			g_array_index(intervals, LoaInterval, n++) = next;
	}
	g_array_set_size(intervals, n);
}

void
loa_plan_sort(LoaPlan *plan)
{
	g_ptr_array_sort(plan->airings, compare_airing_pointers);
	g_ptr_array_sort(plan->tests, compare_airing_pointers);
	g_ptr_array_sort(plan->volumes, compare_volume_pointers);
	g_array_sort(plan->permitted, compare_intervals);
	merge_intervals(plan->permitted);
}

void
loa_plan_take_tests(LoaPlan *plan, const char *node)
{
	for (guint i = 0; i < plan->tests->len; i++) {
		const LoaAiring *test = g_ptr_array_index(plan->tests, i);

		if (g_strcmp0(test->node, node) == 0)
			g_ptr_array_add(plan->airings, loa_airing_copy(test));
	}
	if (plan->tests->len > 0)
		g_ptr_array_sort(plan->airings, compare_airing_pointers);
	g_ptr_array_set_size(plan->tests, 0);
}

static void
write_airing(GString *out, const LoaAiring *airing)
{
	loa_json_writer_begin(out, NULL, '{');
	loa_json_writer_text_or_none(out, "node", airing->node, LOA_ID_MAX);
	loa_json_writer_text(out, "id", airing->id, LOA_ID_MAX);
	loa_json_writer_text(out, "broadcast", airing->broadcast, LOA_ID_MAX);
	loa_json_writer_text(out, "title", airing->title, LOA_TITLE_MAX);
	loa_json_writer_text(out, "class", loa_class_name(airing->class), LOA_ID_MAX);
	loa_json_writer_int(out, "order", airing->order, 0, G_MAXUINT32);
	loa_json_writer_int(out, "start_us", airing->start_us, LOA_TIME_MIN_US, LOA_TIME_MAX_US);
	if (airing->stop_us != 0)
		loa_json_writer_int(out, "stop_us", airing->stop_us, LOA_TIME_MIN_US,
				    LOA_TIME_MAX_US);
	loa_json_writer_text(out, "resume", loa_resume_name(airing->resume), LOA_ID_MAX);
	loa_json_writer_int(out, "grace_us", airing->grace_us, 0, LOA_GRACE_MAX_US);
	if (airing->is_live)
		loa_json_writer_bool(out, "live", TRUE);
	loa_json_writer_int(out, "n_samples", airing->n_samples, 1, LOA_AIRING_MAX_SAMPLES);
	loa_json_writer_int(out, "pre_skip", airing->pre_skip, 0, LOA_PRE_SKIP_MAX);
	if (airing->sha256 != NULL) {
		loa_json_writer_text(out, "sha256", airing->sha256, 64);
		loa_json_writer_int(out, "size_bytes", airing->size_bytes, 1, LOA_AUDIO_MAX_BYTES);
	}
	loa_json_writer_text_or_none(out, "exception", airing->exception, LOA_EXCEPTION_MAX);
	loa_json_writer_end(out, '}');
}

static void
write_volumes(GString *out, const GPtrArray *volumes)
{
	if (volumes->len == 0)
		return;
	loa_json_writer_begin(out, "volumes", '[');
	for (guint i = 0; i < volumes->len; i++) {
		const LoaNodeVolume *volume = g_ptr_array_index(volumes, i);

		loa_json_writer_begin(out, NULL, '{');
		loa_json_writer_text(out, "node", volume->node, LOA_ID_MAX);
		loa_json_writer_double(out, "volume_db", volume->volume_db, LOA_VOLUME_MIN_DB,
				       LOA_VOLUME_MAX_DB);
		loa_json_writer_end(out, '}');
	}
	loa_json_writer_end(out, ']');
}

GBytes *
loa_plan_encode(const LoaPlan *plan)
{
	GString *out = g_string_sized_new(512 + 512 * plan->airings->len);

	g_assert(loa_id_is_valid(plan->site) && loa_id_is_valid(plan->group));
	g_assert(plan->airings->len <= LOA_PLAN_MAX_AIRINGS);
	g_assert(plan->tests->len <= LOA_PLAN_MAX_TESTS);
	g_assert(plan->volumes->len <= LOA_PLAN_MAX_VOLUMES);
	g_assert(plan->permitted->len <= LOA_PLAN_MAX_INTERVALS);

	loa_json_writer_begin(out, NULL, '{');
	loa_json_writer_int(out, "v", 1, 1, 1);
	loa_json_writer_text(out, "site", plan->site, LOA_ID_MAX);
	loa_json_writer_text(out, "group", plan->group, LOA_ID_MAX);
	loa_json_writer_int(out, "serial", plan->serial, 1, LOA_JSON_INT_MAX);
	loa_json_writer_int(out, "issued_us", plan->issued_us, LOA_TIME_MIN_US, LOA_TIME_MAX_US);
	loa_json_writer_int(out, "valid_until_us", plan->valid_until_us, LOA_TIME_MIN_US,
			    LOA_TIME_MAX_US);
	loa_json_writer_int(out, "playout_delay_us", plan->playout_delay_us,
			    LOA_PLAYOUT_DELAY_MIN_US, LOA_PLAYOUT_DELAY_MAX_US);
	loa_json_writer_begin(out, "permitted", '[');
	for (guint i = 0; i < plan->permitted->len; i++) {
		const LoaInterval *interval = &g_array_index(plan->permitted, LoaInterval, i);

		loa_json_writer_begin(out, NULL, '{');
		loa_json_writer_int(out, "from_us", interval->from_us, LOA_TIME_MIN_US,
				    LOA_TIME_MAX_US);
		loa_json_writer_int(out, "to_us", interval->to_us, LOA_TIME_MIN_US,
				    LOA_TIME_MAX_US);
		loa_json_writer_end(out, '}');
	}
	loa_json_writer_end(out, ']');
	loa_json_writer_begin(out, "airings", '[');
	for (guint i = 0; i < plan->airings->len; i++)
		write_airing(out, g_ptr_array_index(plan->airings, i));
	loa_json_writer_end(out, ']');
	if (plan->tests->len > 0) {
		loa_json_writer_begin(out, "tests", '[');
		for (guint i = 0; i < plan->tests->len; i++)
			write_airing(out, g_ptr_array_index(plan->tests, i));
		loa_json_writer_end(out, ']');
	}
	write_volumes(out, plan->volumes);
	loa_json_writer_end(out, '}');
	return g_string_free_to_bytes(out);
}

static gint64
read_time_us(LoaJsonReader *reader, JsonObject *object, const char *name)
{
	return loa_json_reader_int(reader, object, name, LOA_TIME_MIN_US, LOA_TIME_MAX_US);
}

static void
read_permitted(LoaJsonReader *reader, GArray *permitted)
{
	JsonArray *array = loa_json_reader_array(reader, loa_json_reader_root(reader), "permitted",
						 LOA_PLAN_MAX_INTERVALS);
	guint n = array != NULL ? json_array_get_length(array) : 0;
	gint64 last_to_us = 0;

	for (guint i = 0; i < n && !loa_json_reader_is_faulty(reader); i++) {
		JsonObject *object = loa_json_reader_element(reader, array, i);
		LoaInterval interval = {
			.from_us = read_time_us(reader, object, "from_us"),
			.to_us = read_time_us(reader, object, "to_us"),
		};

		if (interval.from_us >= interval.to_us)
			loa_json_reader_fault(reader, LOA_WIRE_ERROR_RANGE,
					      "interval %u ends before it begins", i);
		if (interval.from_us <= last_to_us)
			loa_json_reader_fault(reader, LOA_WIRE_ERROR_RANGE,
					      "interval %u does not lie behind the one before", i);
		last_to_us = interval.to_us;
		g_array_append_val(permitted, interval);
	}
}

/* Sound comes from a stored file, or it is live: what belongs to the one must not stand with
 * the other. */
static void
read_source(LoaJsonReader *reader, JsonObject *object, LoaAiring *airing)
{
	airing->is_live = loa_json_reader_bool_or(reader, object, "live", FALSE);
	if (!airing->is_live) {
		airing->sha256 = g_strdup(loa_json_reader_hex(reader, object, "sha256", 64));
		airing->size_bytes =
			loa_json_reader_int(reader, object, "size_bytes", 1, LOA_AUDIO_MAX_BYTES);
		return;
	}
	if (object != NULL && (json_object_has_member(object, "sha256") ||
			       json_object_has_member(object, "size_bytes")))
		loa_json_reader_fault(reader, LOA_WIRE_ERROR_RANGE,
				      "a live airing with a stored file");
}

static LoaAiring *
read_airing(LoaJsonReader *reader, JsonObject *object)
{
	LoaAiring *airing = loa_airing_new();

	airing->id = g_strdup(loa_json_reader_id(reader, object, "id"));
	airing->broadcast = g_strdup(loa_json_reader_id(reader, object, "broadcast"));
	airing->title = g_strdup(loa_json_reader_text(reader, object, "title", LOA_TITLE_MAX));
	airing->class = (LoaClass)loa_json_reader_word(reader, object, "class", class_words);
	airing->order = (guint32)loa_json_reader_int(reader, object, "order", 0, G_MAXUINT32);
	airing->start_us = read_time_us(reader, object, "start_us");
	airing->stop_us = loa_json_reader_int_or(reader, object, "stop_us", LOA_TIME_MIN_US,
						 LOA_TIME_MAX_US, 0);
	airing->resume = (LoaResume)loa_json_reader_word(reader, object, "resume", resume_words);
	airing->grace_us = loa_json_reader_int(reader, object, "grace_us", 0, LOA_GRACE_MAX_US);
	airing->n_samples =
		loa_json_reader_int(reader, object, "n_samples", 1, LOA_AIRING_MAX_SAMPLES);
	airing->pre_skip =
		(guint32)loa_json_reader_int(reader, object, "pre_skip", 0, LOA_PRE_SKIP_MAX);
	read_source(reader, object, airing);
	airing->exception = g_strdup(
		loa_json_reader_text_or_null(reader, object, "exception", LOA_EXCEPTION_MAX));
	if (airing->exception != NULL && airing->exception[0] == '\0')
		loa_json_reader_fault(reader, LOA_WIRE_ERROR_RANGE,
				      "an exception that nobody answers for");
	return airing;
}

/* @ids: of all that were read; borrows */
static void
read_airings(LoaJsonReader *reader, const char *name, guint max, GHashTable *ids,
	     GPtrArray *airings)
{
	JsonArray *array = loa_json_reader_array(reader, loa_json_reader_root(reader), name, max);
	guint n = array != NULL ? json_array_get_length(array) : 0;
	const LoaAiring *last = NULL;

	for (guint i = 0; i < n && !loa_json_reader_is_faulty(reader); i++) {
		JsonObject *object = loa_json_reader_element(reader, array, i);
		LoaAiring *airing = read_airing(reader, object);

		g_ptr_array_add(airings, airing);
		if (last != NULL && compare_airings(last, airing) > 0)
			loa_json_reader_fault(reader, LOA_WIRE_ERROR_RANGE,
					      "airing %u is not in the order of start and id", i);
		if (!g_hash_table_add(ids, airing->id))
			loa_json_reader_fault(reader, LOA_WIRE_ERROR_RANGE,
					      "airing %u has the id of another", i);
		last = airing;
	}
}

/* Whom each of them is for. In `airings` the member means nothing, as in any other version. */
static void
read_test_nodes(LoaJsonReader *reader, JsonObject *root, GPtrArray *tests)
{
	for (guint i = 0; i < tests->len && !loa_json_reader_is_faulty(reader); i++) {
		LoaAiring *test = g_ptr_array_index(tests, i);
		JsonArray *array = json_object_get_array_member(root, "tests");

		test->node = g_strdup(loa_json_reader_id(
			reader, json_array_get_object_element(array, i), "node"));
	}
}

static void
read_volumes(LoaJsonReader *reader, LoaPlan *plan)
{
	JsonArray *array = loa_json_reader_array(reader, loa_json_reader_root(reader), "volumes",
						 LOA_PLAN_MAX_VOLUMES);
	guint n = array != NULL ? json_array_get_length(array) : 0;
	const char *last = "";

	for (guint i = 0; i < n && !loa_json_reader_is_faulty(reader); i++) {
		JsonObject *object = loa_json_reader_element(reader, array, i);
		const char *node = loa_json_reader_id(reader, object, "node");
		double volume_db = loa_json_reader_double(reader, object, "volume_db",
							  LOA_VOLUME_MIN_DB, LOA_VOLUME_MAX_DB);

		if (strcmp(last, node) >= 0)
			loa_json_reader_fault(reader, LOA_WIRE_ERROR_RANGE,
					      "volume %u is not in the order of nodes, each once",
					      i);
		loa_plan_add_volume(plan, node, volume_db);
		last = node;
	}
}

LoaPlan *
loa_plan_decode(GBytes *body, GError **error)
{
	g_autoptr(LoaJsonReader) reader = loa_json_reader_new("plan", body, PLAN_MAX_SIZE, error);

	if (reader == NULL)
		return NULL;
	loa_json_reader_version(reader);

	JsonObject *root = loa_json_reader_root(reader);
	/* borrows the ids */
	g_autoptr(GHashTable) ids = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(LoaPlan) plan = loa_plan_new(loa_json_reader_id(reader, root, "site"),
					       loa_json_reader_id(reader, root, "group"));

	plan->serial = loa_json_reader_int(reader, root, "serial", 1, LOA_JSON_INT_MAX);
	plan->issued_us = read_time_us(reader, root, "issued_us");
	plan->valid_until_us = read_time_us(reader, root, "valid_until_us");
	plan->playout_delay_us =
		loa_json_reader_int(reader, root, "playout_delay_us", LOA_PLAYOUT_DELAY_MIN_US,
				    LOA_PLAYOUT_DELAY_MAX_US);
	if (plan->valid_until_us <= plan->issued_us)
		loa_json_reader_fault(reader, LOA_WIRE_ERROR_RANGE,
				      "valid_until_us is not behind issued_us");
	read_permitted(reader, plan->permitted);
	read_airings(reader, "airings", LOA_PLAN_MAX_AIRINGS, ids, plan->airings);
	if (json_object_has_member(root, "tests")) {
		read_airings(reader, "tests", LOA_PLAN_MAX_TESTS, ids, plan->tests);
		read_test_nodes(reader, root, plan->tests);
	}
	/* not in plans of the first controllers */
	if (json_object_has_member(root, "volumes"))
		read_volumes(reader, plan);
	if (!loa_json_reader_finish(reader, error))
		return NULL;
	return g_steal_pointer(&plan);
}

void
loa_plan_free(LoaPlan *self)
{
	if (self == NULL)
		return;
	g_free(self->site);
	g_free(self->group);
	g_array_unref(self->permitted);
	g_ptr_array_unref(self->airings);
	g_ptr_array_unref(self->tests);
	g_ptr_array_unref(self->volumes);
	g_free(self);
}
