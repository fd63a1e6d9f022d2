/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The jobs that make recordings: imports, speech of texts and of broadcasts.
 */
#include <glib/gstdio.h>
#include <string.h>

#include "common/text.h"
#include "controller/office/office-internal.h"

/* A failed speech job of a broadcast is tried again after so long. */
#define SPEECH_RETRY_US (G_GINT64_CONSTANT(600) * G_USEC_PER_SEC)
#define WORD_MAX 200 /* bytes: a unit, a name */
#define TEXT_MAX 65536

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

static const char *
start_speech(LoaOffice *self, const char *text, const LoaRecording *about, GError **error)
{
	g_autofree char *warning = NULL;
	g_autofree char *read =
		loa_reader_vi_read(loa_reader_file_get(self->reader, &warning), text);

	if (warning != NULL)
		g_warning("%s", warning);
	return loa_studio_speak(self->studio, read, about, error);
}

/* A text in a timetable asks to be heard: it goes to those who approve by itself. */
static const char *
speak_broadcast(LoaOffice *self, const LoaBroadcast *broadcast, const char *recording,
		const char *by, GError **error)
{
	g_autoptr(LoaRecording) about = loa_recording_new();

	about->id = g_strdup(recording);
	about->title = g_strdup(broadcast->title);
	about->category = g_strdup(broadcast->category);
	about->text = g_strdup(broadcast->text);
	about->imported_by = g_strdup(by);
	about->approval.state = LOA_APPROVAL_SUBMITTED;
	about->approval.submitted_by = g_strdup(by);
	return start_speech(self, broadcast->text, about, error);
}

static void
make_speech_of(LoaOffice *self, const LoaBroadcast *broadcast, const char *by, JsonArray *jobs)
{
	g_autofree char *recording = loa_planner_speech_id(broadcast->text);
	g_autoptr(LoaRecording) have = loa_store_recording(self->parts.store, recording, NULL);
	g_autoptr(GError) error = NULL;
	const char *job;

	if (have != NULL)
		return;
	job = loa_studio_job_of(self->studio, recording);
	if (job == NULL && !is_due(self, recording))
		return;
	if (job == NULL)
		job = speak_broadcast(self, broadcast, recording, by, &error);
	if (job == NULL)
		g_warning("the speech of %s is not made: %s", broadcast->id, error->message);
	else if (jobs != NULL)
		json_array_add_string_element(jobs, job);
}

/* (transfer none) (nullable) */
static const char *
declared_by(const GPtrArray *declarations, const char *id)
{
	for (guint i = 0; declarations != NULL && i < declarations->len; i++) {
		const LoaDeclaration *declaration = g_ptr_array_index(declarations, i);

		if (strcmp(declaration->id, id) == 0)
			return declaration->by;
	}
	return NULL;
}

void
loa_office_make_speech(LoaOffice *self, JsonArray *jobs)
{
	const GPtrArray *broadcasts = loa_plan_desk_broadcasts(self->parts.desk);
	g_autoptr(GPtrArray) declarations = loa_store_declarations(self->parts.store, NULL);

	for (guint i = 0; i < broadcasts->len; i++) {
		const LoaBroadcast *broadcast = g_ptr_array_index(broadcasts, i);

		if (broadcast->text != NULL && !broadcast->is_confidential)
			make_speech_of(self, broadcast, declared_by(declarations, broadcast->id),
				       jobs);
	}
}

static JsonNode *
answer_job(const char *job)
{
	JsonObject *object = json_object_new();

	json_object_set_string_member(object, "job", job);
	return loa_office_document(object);
}

static gboolean
check_word(const char *name, const char *value, GError **error)
{
	if (value == NULL || (strlen(value) <= WORD_MAX && loa_text_is_printable(value)))
		return TRUE;
	loa_office_refuse(error, LOA_OFFICE_ERROR_BAD_REQUEST,
			  "%s must be one line of at most %d bytes", name, WORD_MAX);
	return FALSE;
}

static gboolean
check_title(const char *title, GError **error)
{
	if (title != NULL && title[0] != '\0' && strlen(title) <= LOA_TITLE_MAX &&
	    loa_text_is_printable(title))
		return TRUE;
	loa_office_refuse(error, LOA_OFFICE_ERROR_BAD_REQUEST,
			  "a title is needed: one line of at most %d bytes", LOA_TITLE_MAX);
	return FALSE;
}

/* Several lines are right: UTF-8 without other control characters. */
static gboolean
check_text(const char *text, GError **error)
{
	gboolean is_good =
		text == NULL || (strlen(text) <= TEXT_MAX && g_utf8_validate(text, -1, NULL));

	for (const char *at = text; is_good && at != NULL && *at != '\0'; at++)
		is_good = (guchar)*at >= 0x20 || strchr("\n\r\t", *at) != NULL;
	if (!is_good)
		loa_office_refuse(error, LOA_OFFICE_ERROR_BAD_REQUEST,
				  "the text must be UTF-8 of at most %d bytes", TEXT_MAX);
	return is_good;
}

static const char *
none_if_empty(const char *text)
{
	return text == NULL || *text == '\0' ? NULL : text;
}

gboolean
loa_office_check_words(const LoaRecordingWords *words, GError **error)
{
	const char *category = none_if_empty(words->category);

	if (category != NULL && !loa_id_is_valid(category)) {
		loa_office_refuse(error, LOA_OFFICE_ERROR_BAD_REQUEST,
				  "the category must be an id: a-z, 0-9, '-' and '.'");
		return FALSE;
	}
	if (!loa_recording_kind_is_known(none_if_empty(words->kind))) {
		loa_office_refuse(error, LOA_OFFICE_ERROR_BAD_REQUEST,
				  "kind must be tin, bai, chuyen-muc, loi-chao, thong-bao or "
				  "khan-cap");
		return FALSE;
	}
	return check_word("lead_unit", words->lead_unit, error) &&
	       check_word("author", words->author, error) &&
	       check_word("language", words->language, error) && check_text(words->text, error) &&
	       (words->title == NULL || check_title(words->title, error));
}

/* (transfer full) (nullable) */
static LoaRecording *
about_of(const LoaCaller *caller, const LoaRecordingWords *words, GError **error)
{
	g_autoptr(LoaRecording) about = loa_recording_new();

	if (!check_title(words->title, error) || !loa_office_check_words(words, error))
		return NULL;
	about->title = g_strdup(words->title);
	about->category = g_strdup(none_if_empty(words->category));
	about->kind = g_strdup(none_if_empty(words->kind));
	about->lead_unit = g_strdup(none_if_empty(words->lead_unit));
	about->author = g_strdup(none_if_empty(words->author));
	about->language = g_strdup(none_if_empty(words->language));
	about->text = g_strdup(none_if_empty(words->text));
	about->imported_by = g_strdup(caller->user);
	return g_steal_pointer(&about);
}

JsonNode *
loa_office_import(LoaOffice *self, const LoaCaller *caller, const char *upload_path,
		  const char *file_name, const LoaRecordingWords *words, GError **error)
{
	g_autoptr(LoaRecording) about = about_of(caller, words, error);
	GError *cause = NULL;
	const char *job;

	if (about == NULL) {
		g_unlink(upload_path);
		return NULL;
	}
	job = loa_studio_import(self->studio, upload_path, file_name, NULL, about, &cause);
	if (job != NULL)
		return answer_job(job);
	loa_office_take_error(error, cause);
	return NULL;
}

JsonNode *
loa_office_speak(LoaOffice *self, const LoaCaller *caller, const LoaRecordingWords *words,
		 GError **error)
{
	g_autoptr(LoaRecording) about = about_of(caller, words, error);
	GError *cause = NULL;
	const char *job;

	if (about == NULL)
		return NULL;
	if (about->text == NULL)
		return loa_office_refuse(error, LOA_OFFICE_ERROR_BAD_REQUEST,
					 "a text is needed: what shall be spoken?");
	about->id = loa_planner_speech_id(about->text);
	job = loa_studio_job_of(self->studio, about->id);
	if (job == NULL)
		job = start_speech(self, about->text, about, &cause);
	if (job != NULL)
		return answer_job(job);
	loa_office_take_error(error, cause);
	return NULL;
}

JsonNode *
loa_office_read_text(LoaOffice *self, const LoaCaller *caller, const char *text)
{
	g_autofree char *warning = NULL;
	g_autofree char *read =
		loa_reader_vi_read(loa_reader_file_get(self->reader, &warning), text);
	JsonObject *object = json_object_new();
	JsonArray *warnings = loa_office_add_array(object, "warnings");

	(void)caller;
	json_object_set_string_member(object, "read", read);
	if (warning != NULL)
		json_array_add_string_element(warnings, warning);
	return loa_office_document(object);
}

JsonNode *
loa_office_job(LoaOffice *self, const LoaCaller *caller, const char *id, GError **error)
{
	JsonObject *object;
	LoaJob job;

	(void)caller;
	if (!loa_studio_find(self->studio, id, &job))
		return loa_office_refuse(error, LOA_OFFICE_ERROR_NOT_FOUND,
					 "there is no job \"%s\" any more; the list of recordings "
					 "shows what was made",
					 id);
	object = json_object_new();
	json_object_set_string_member(object, "id", job.id);
	json_object_set_string_member(object, "state", loa_job_state_name(job.state));
	json_object_set_double_member(object, "progress", job.progress);
	json_object_set_string_member(object, "recording", job.recording);
	json_object_set_string_member(object, "message", job.message);
	return loa_office_document(object);
}
