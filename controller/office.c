/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/office-internal.h"

#include "common/file.h"

/* A failed speech job of a broadcast is tried again after so long. */
#define SPEECH_RETRY_US (G_GINT64_CONSTANT(600) * G_USEC_PER_SEC)

gint64
loa_office_now_us(LoaOffice *self)
{
	return loa_clock_now_us(self->parts.clock);
}

gpointer
loa_office_refuse(GError **error, LoaOfficeError code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_autofree char *message = g_strdup_vprintf(format, args);
	va_end(args);
	g_set_error_literal(error, LOA_OFFICE_ERROR, (int)code, message);
	return NULL;
}

static LoaOfficeError
code_of(const GError *cause)
{
	if (g_error_matches(cause, LOA_STUDIO_ERROR, LOA_STUDIO_ERROR_BUSY))
		return LOA_OFFICE_ERROR_BUSY;
	if (cause->domain == LOA_PLAN_DESK_ERROR || cause->domain == LOA_TIMETABLE_ERROR)
		return LOA_OFFICE_ERROR_BAD_REQUEST;
	return LOA_OFFICE_ERROR_STORAGE;
}

void
loa_office_take_error(GError **error, GError *cause)
{
	if (cause->domain == LOA_OFFICE_ERROR) {
		g_propagate_error(error, cause);
		return;
	}
	g_set_error_literal(error, LOA_OFFICE_ERROR, (int)code_of(cause), cause->message);
	g_error_free(cause);
}

gboolean
loa_office_begin(LoaOffice *self, GError **error)
{
	GError *cause = NULL;

	if (loa_store_begin(self->parts.store, &cause))
		return TRUE;
	loa_office_take_error(error, cause);
	return FALSE;
}

void
loa_office_undo(LoaOffice *self, GError **error, GError *cause)
{
	loa_store_rollback(self->parts.store);
	loa_plan_desk_discard(self->parts.desk);
	loa_office_take_error(error, cause);
}

gboolean
loa_office_end(LoaOffice *self, GError **error)
{
	GError *cause = NULL;

	if (!loa_plan_desk_prepare(self->parts.desk, loa_office_now_us(self), &cause) ||
	    !loa_store_commit(self->parts.store, &cause)) {
		loa_office_undo(self, error, cause);
		return FALSE;
	}
	loa_plan_desk_release(self->parts.desk);
	self->parts.on_plans(self->parts.user_data);
	loa_office_changed(self, "status");
	return TRUE;
}

gboolean
loa_office_replan(LoaOffice *self, GError **error)
{
	if (!loa_office_begin(self, error) || !loa_office_end(self, error))
		return FALSE;
	loa_office_make_speech(self, NULL);
	return TRUE;
}

gboolean
loa_office_audit(LoaOffice *self, const LoaCaller *caller, const char *action, const char *subject,
		 const char *detail, GError **error)
{
	return loa_store_audit(self->parts.store, loa_office_now_us(self), caller->user,
			       caller->address, action, subject, detail, error);
}

char *
loa_office_format_time(LoaOffice *self, gint64 us)
{
	LoaLocalTime local;

	loa_local_time_init(&local, self->parts.config->zone);
	return loa_local_time_format(&local, us);
}

void
loa_office_add_time(LoaOffice *self, JsonObject *object, const char *name, gint64 us)
{
	g_autofree char *number = g_strdup_printf("%s_us", name);
	g_autofree char *text = us == 0 ? NULL : loa_office_format_time(self, us);

	json_object_set_string_member(object, name, text);
	json_object_set_int_member(object, number, us);
}

JsonNode *
loa_office_document(JsonObject *object)
{
	JsonNode *node = json_node_new(JSON_NODE_OBJECT);

	json_node_take_object(node, object);
	return node;
}

JsonObject *
loa_office_airing(LoaOffice *self, const LoaAiring *airing, JsonArray *groups, const char *state)
{
	JsonObject *object = json_object_new();

	json_object_set_string_member(object, "id", airing->id);
	json_object_set_string_member(object, "broadcast", airing->broadcast);
	json_object_set_string_member(object, "title", airing->title);
	json_object_set_string_member(object, "class", loa_class_name(airing->class));
	json_object_set_array_member(object, "groups", groups);
	loa_office_add_time(self, object, "start", airing->start_us);
	json_object_set_int_member(object, "duration_ms",
				   airing->n_samples * 1000 / LOA_SAMPLE_RATE);
	json_object_set_string_member(object, "state", state);
	return object;
}

void
loa_office_on_changed(LoaOffice *self, LoaOfficeChangedFunc func, gpointer user_data)
{
	self->changed = func;
	self->changed_data = user_data;
}

void
loa_office_changed(LoaOffice *self, const char *topic)
{
	if (self->changed != NULL)
		self->changed(topic, self->changed_data);
}

/* A text whose speech failed lately waits: a missing program would be started over and over. */
static gboolean
is_due(LoaOffice *self, const char *recording)
{
	gint64 now_us = loa_office_now_us(self);
	gint64 *tried_us = g_hash_table_lookup(self->speech_tried, recording);

	if (tried_us != NULL && now_us - *tried_us < SPEECH_RETRY_US && now_us >= *tried_us)
		return FALSE;
	tried_us = g_new(gint64, 1);
	*tried_us = now_us;
	g_hash_table_replace(self->speech_tried, g_strdup(recording), tried_us);
	return TRUE;
}

static void
make_speech_of(LoaOffice *self, const LoaBroadcast *broadcast, GHashTable *have, JsonArray *jobs)
{
	g_autofree char *recording = loa_planner_speech_id(broadcast->text);
	g_autoptr(GError) error = NULL;
	const char *job;

	if (g_hash_table_contains(have, recording))
		return;
	job = loa_studio_job_of(self->studio, recording);
	if (job == NULL && !is_due(self, recording))
		return;
	if (job == NULL)
		job = loa_studio_speak(self->studio, broadcast->text, recording, broadcast->title,
				       broadcast->category, &error);
	if (job == NULL)
		g_warning("the speech of %s is not made: %s", broadcast->id, error->message);
	else if (jobs != NULL)
		json_array_add_string_element(jobs, job);
}

void
loa_office_make_speech(LoaOffice *self, JsonArray *jobs)
{
	const GPtrArray *broadcasts = loa_plan_desk_broadcasts(self->parts.desk);
	g_autoptr(GPtrArray) recordings = loa_store_recordings(self->parts.store, NULL);
	g_autoptr(GHashTable) have = g_hash_table_new(g_str_hash, g_str_equal);

	if (recordings == NULL)
		return;
	for (guint i = 0; i < recordings->len; i++)
		g_hash_table_add(have, ((LoaRecording *)g_ptr_array_index(recordings, i))->id);
	for (guint i = 0; i < broadcasts->len; i++) {
		const LoaBroadcast *broadcast = g_ptr_array_index(broadcasts, i);

		if (broadcast->text != NULL && !broadcast->is_confidential)
			make_speech_of(self, broadcast, have, jobs);
	}
}

static const LoaRecording *
find_recording(const GPtrArray *recordings, const char *id)
{
	for (guint i = 0; i < recordings->len; i++) {
		const LoaRecording *recording = g_ptr_array_index(recordings, i);

		if (g_strcmp0(recording->id, id) == 0)
			return recording;
	}
	return NULL;
}

static gboolean
has_audio(const LoaOffice *self, const LoaRecording *recording)
{
	g_autofree char *name = g_strdup_printf("%s.opus", recording->sha256);
	g_autofree char *path = g_build_filename(self->parts.config->data_dir, "audio", name, NULL);

	return g_file_test(path, G_FILE_TEST_IS_REGULAR);
}

/* The same original a second time: its audio stays as it is, so that what is planned and
 * approved by its hash stays, too; only what people call it is new. */
static gboolean
put_recording(LoaOffice *self, const LoaRecording *made, GError **error)
{
	g_autoptr(GPtrArray) recordings = loa_store_recordings(self->parts.store, error);
	const LoaRecording *old;

	if (recordings == NULL)
		return FALSE;
	old = find_recording(recordings, made->id);
	if (old == NULL || !has_audio(self, old))
		return loa_store_put_recording(self->parts.store, made, error);

	g_autoptr(LoaRecording) renamed = loa_recording_copy(old);

	g_free(renamed->title);
	renamed->title = g_strdup(made->title);
	g_free(renamed->category);
	renamed->category = g_strdup(made->category);
	g_free(renamed->original_name);
	renamed->original_name = g_strdup(made->original_name);
	return loa_store_put_recording(self->parts.store, renamed, error);
}

static gboolean
on_keep(const LoaRecording *recording, gpointer user_data, GError **error)
{
	LoaOffice *self = user_data;
	GError *cause = NULL;

	if (!loa_office_begin(self, error))
		return FALSE;
	if (put_recording(self, recording, &cause) &&
	    loa_office_audit(self, &loa_caller_token, "import", recording->id, recording->title,
			     &cause))
		return loa_office_end(self, error);
	loa_office_undo(self, error, cause);
	return FALSE;
}

static void
on_job(const char *job, gpointer user_data)
{
	(void)job;
	loa_office_changed(user_data, "job");
}

static gint64
studio_now_us(gpointer user_data)
{
	return loa_office_now_us(user_data);
}

LoaOffice *
loa_office_new(const LoaOfficeParts *parts, GError **error)
{
	static const LoaStudioEvents events = { on_keep, on_job };
	g_autoptr(LoaOffice) self = g_new0(LoaOffice, 1);

	self->parts = *parts;
	self->speech_tried = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	self->studio = loa_studio_new(parts->config, studio_now_us, &events, self, error);
	return self->studio == NULL ? NULL : g_steal_pointer(&self);
}

void
loa_office_free(LoaOffice *self)
{
	if (self == NULL)
		return;
	loa_studio_free(self->studio);
	g_hash_table_unref(self->speech_tried);
	g_free(self);
}
