/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The studio on a telephone: takes, and what becomes of them.
 */
#include "controller/office/office-internal.h"

#include <glib/gstdio.h>
#include <string.h>

/* Of a job that is under way. */
typedef struct {
	char *take;
	char *owner;
} Making;

static void
making_free(gpointer data)
{
	Making *making = data;

	g_free(making->take);
	g_free(making->owner);
	g_free(making);
}

GHashTable *
loa_office_new_makings(void)
{
	return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, making_free);
}

static gpointer
refuse(GError **error, GError *cause)
{
	g_autoptr(GError) owned = cause;
	LoaOfficeError code = LOA_OFFICE_ERROR_STORAGE;

	if (owned->domain == LOA_TAKES_ERROR) {
		switch ((LoaTakesError)owned->code) {
		case LOA_TAKES_ERROR_NOT_FOUND:
			code = LOA_OFFICE_ERROR_NOT_FOUND;
			break;
		case LOA_TAKES_ERROR_MIME:
		case LOA_TAKES_ERROR_TOO_LARGE:
			code = LOA_OFFICE_ERROR_BAD_REQUEST;
			break;
		case LOA_TAKES_ERROR_TOO_MANY:
		case LOA_TAKES_ERROR_GAP:
		case LOA_TAKES_ERROR_CLOSED:
			code = LOA_OFFICE_ERROR_CONFLICT;
			break;
		case LOA_TAKES_ERROR_STORAGE:
			break;
		}
	}
	return loa_office_refuse(error, code, "%s", owned->message);
}

/* (transfer none) (nullable) */
static const char *
job_of(const LoaOffice *self, const char *take)
{
	GHashTableIter iter;
	gpointer job, making;

	g_hash_table_iter_init(&iter, self->makings);
	while (g_hash_table_iter_next(&iter, &job, &making))
		if (strcmp(((Making *)making)->take, take) == 0)
			return job;
	return NULL;
}

static const char *
state_of(const LoaTake *take)
{
	if (take->recording != NULL)
		return "done";
	if (take->finished_us != 0)
		return "making";
	return take->failure != NULL ? "failed" : "recording";
}

static gint64
n_parts(const LoaTake *take)
{
	g_auto(GStrv) more = g_strsplit(take->parts, ",", -1);

	return take->next_seq == 0 ? 0 : 1 + g_strv_length(more);
}

static JsonObject *
describe(LoaOffice *self, const LoaTake *take)
{
	JsonObject *object = json_object_new();

	json_object_set_string_member(object, "take", take->id);
	json_object_set_string_member(object, "title", take->title);
	json_object_set_string_member(object, "text", take->text);
	json_object_set_string_member(object, "mime", take->mime);
	json_object_set_int_member(object, "next", take->next_seq);
	json_object_set_int_member(object, "size", take->size_bytes);
	json_object_set_int_member(object, "parts", n_parts(take));
	json_object_set_string_member(object, "state", state_of(take));
	json_object_set_string_member(object, "recording", take->recording);
	json_object_set_string_member(object, "job", job_of(self, take->id));
	json_object_set_string_member(object, "message",
				      take->failure != NULL ? take->failure : "");
	loa_office_add_time(self, object, "created", take->created_us);
	loa_office_add_time(self, object, "touched", take->touched_us);
	return object;
}

JsonNode *
loa_office_begin_take(LoaOffice *self, const LoaCaller *caller, const LoaRecordingWords *words,
		      const char *mime, GError **error)
{
	g_autoptr(LoaTake) take = loa_take_new();
	GError *cause = NULL;

	if (!loa_office_check_words(words, error))
		return NULL;
	take->owner = g_strdup(caller->user);
	take->title = g_strdup(words->title);
	take->text = g_strdup(words->text);
	take->mime = g_strdup(mime);
	if (!loa_takes_begin(self->takes, take, loa_office_now_us(self), &cause))
		return refuse(error, cause);
	return loa_office_document(describe(self, take));
}

JsonNode *
loa_office_takes(LoaOffice *self, const LoaCaller *caller, GError **error)
{
	GError *cause = NULL;
	g_autoptr(GPtrArray) takes = loa_takes_list(self->takes, caller->user, &cause);
	JsonObject *object;
	JsonArray *array;

	if (takes == NULL)
		return refuse(error, cause);
	object = json_object_new();
	array = loa_office_add_array(object, "takes");
	for (guint i = 0; i < takes->len; i++) {
		const LoaTake *take = g_ptr_array_index(takes, i);

		if (take->recording == NULL)
			json_array_add_object_element(array, describe(self, take));
	}
	return loa_office_document(object);
}

JsonNode *
loa_office_take(LoaOffice *self, const LoaCaller *caller, const char *id, GError **error)
{
	GError *cause = NULL;
	g_autoptr(LoaTake) take = loa_takes_find(self->takes, caller->user, id, &cause);

	return take == NULL ? refuse(error, cause) : loa_office_document(describe(self, take));
}

/* (transfer full) (nullable): the uploaded file, which goes */
static GBytes *
read_piece(const char *upload_path, GError **error)
{
	g_autoptr(GMappedFile) mapping = g_mapped_file_new(upload_path, FALSE, NULL);
	gsize size = mapping == NULL ? 0 : g_mapped_file_get_length(mapping);
	GBytes *piece = NULL;

	if (mapping == NULL)
		loa_office_refuse(error, LOA_OFFICE_ERROR_STORAGE, "the piece cannot be read");
	else if (size == 0 || size > LOA_TAKES_MAX_CHUNK_BYTES)
		loa_office_refuse(error, LOA_OFFICE_ERROR_BAD_REQUEST,
				  "a piece has 1 byte to %d MB; send smaller ones",
				  LOA_TAKES_MAX_CHUNK_BYTES >> 20);
	else
		piece = g_bytes_new(g_mapped_file_get_contents(mapping), size);
	g_unlink(upload_path);
	return piece;
}

JsonNode *
loa_office_take_piece(LoaOffice *self, const LoaCaller *caller, const char *id, gint64 seq,
		      gboolean begins, const char *upload_path, GError **error)
{
	g_autoptr(GBytes) piece = read_piece(upload_path, error);
	GError *cause = NULL;
	JsonObject *object;
	gint64 next;

	if (piece == NULL)
		return NULL;
	if (!loa_takes_append(self->takes, caller->user, id, seq, begins, piece,
			      loa_office_now_us(self), &next, &cause))
		return refuse(error, cause);
	object = json_object_new();
	json_object_set_int_member(object, "next", next);
	return loa_office_document(object);
}

/* Starts the job that makes a recording of it. (transfer none) (nullable) */
static const char *
start(LoaOffice *self, const LoaTake *take, GError **error)
{
	g_autofree char *name =
		g_strdup_printf("take-%s.%s", take->id, loa_takes_ending(take->mime));
	g_autofree char *path = g_build_filename(self->parts.config->data_dir, "tmp", name, NULL);
	g_autofree char *file_name =
		g_strdup_printf("%s.%s", take->title, loa_takes_ending(take->mime));
	g_autoptr(LoaRecording) about = loa_recording_new();
	const char *job;

	about->title = g_strdup(take->title);
	about->text = g_strdup(take->text);
	about->imported_by = g_strdup(take->owner);
	if (!loa_takes_export(self->takes, take, path, error))
		return NULL;
	job = loa_studio_import(self->studio, path, file_name, take->parts, about, error);
	if (job != NULL) {
		Making *making = g_new0(Making, 1);

		making->take = g_strdup(take->id);
		making->owner = g_strdup(take->owner);
		g_hash_table_insert(self->makings, g_strdup(job), making);
	}
	return job;
}

static JsonNode *
answer_job(const char *job)
{
	JsonObject *object = json_object_new();

	json_object_set_string_member(object, "job", job);
	return loa_office_document(object);
}

JsonNode *
loa_office_finish_take(LoaOffice *self, const LoaCaller *caller, const char *id, GError **error)
{
	GError *cause = NULL;
	g_autoptr(LoaTake) take = loa_takes_find(self->takes, caller->user, id, &cause);
	const char *job;

	if (take == NULL)
		return refuse(error, cause);
	job = job_of(self, id);
	if (job != NULL)
		return answer_job(job);
	if (take->recording != NULL || take->next_seq == 0)
		return loa_office_refuse(error, LOA_OFFICE_ERROR_CONFLICT, "%s",
					 take->recording != NULL
						 ? "this take is a recording already"
						 : "nothing was recorded yet");
	job = start(self, take, &cause);
	if (job == NULL) {
		if (cause->domain == LOA_TAKES_ERROR)
			return refuse(error, cause);
		loa_office_take_error(error, cause);
		return NULL;
	}
	take->finished_us = loa_office_now_us(self);
	g_clear_pointer(&take->failure, g_free);
	if (!loa_takes_update(self->takes, take, &cause))
		return refuse(error, cause);
	return answer_job(job);
}

JsonNode *
loa_office_remove_take(LoaOffice *self, const LoaCaller *caller, const char *id, GError **error)
{
	GError *cause = NULL;

	if (job_of(self, id) != NULL)
		return loa_office_refuse(
			error, LOA_OFFICE_ERROR_CONFLICT,
			"it is being made into a recording; withdraw that instead");
	if (!loa_takes_remove(self->takes, caller->user, id, &cause))
		return refuse(error, cause);
	return loa_office_document(json_object_new());
}

/* A failed take can be heard again, and finished again: nothing is lost. */
void
loa_office_take_job_over(LoaOffice *self, const LoaJob *job)
{
	const Making *making = g_hash_table_lookup(self->makings, job->id);
	g_autoptr(GError) error = NULL;
	g_autoptr(LoaTake) take = NULL;

	if (making == NULL || (job->state != LOA_JOB_DONE && job->state != LOA_JOB_FAILED))
		return;
	take = loa_takes_find(self->takes, making->owner, making->take, &error);
	if (take != NULL) {
		if (job->state == LOA_JOB_DONE) {
			take->recording = g_strdup(job->recording);
		} else {
			take->finished_us = 0;
			take->failure = g_strdup(job->message);
		}
		if (!loa_takes_update(self->takes, take, &error))
			g_warning("%s", error->message);
	}
	g_hash_table_remove(self->makings, job->id);
}

/* What was under way when the controller ended. */
void
loa_office_resume_takes(LoaOffice *self)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) takes = loa_takes_list(self->takes, NULL, &error);

	if (takes == NULL)
		g_warning("%s", error->message);
	for (guint i = 0; takes != NULL && i < takes->len; i++) {
		const LoaTake *take = g_ptr_array_index(takes, i);
		g_autoptr(GError) cause = NULL;

		if (take->finished_us != 0 && take->recording == NULL &&
		    start(self, take, &cause) == NULL)
			g_warning("take %s: %s", take->id, cause->message);
	}
}
