/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recordings: the jobs that make them, how they are kept, and how they look from outside.
 */
#include <glib/gstdio.h>
#include <string.h>

#include "common/text.h"
#include "controller/office-internal.h"

/* A failed speech job of a broadcast is tried again after so long. */
#define SPEECH_RETRY_US (G_GINT64_CONSTANT(600) * G_USEC_PER_SEC)
#define WORD_MAX 200 /* bytes: a unit, a name */
#define TEXT_MAX 65536

/* Those who make, approve or audit content. */
static gboolean
may_read(const LoaCaller *caller)
{
	return loa_caller_may(caller, LOA_RIGHT_LISTEN) ||
	       loa_caller_may(caller, LOA_RIGHT_REPORTS);
}

LoaRecording *
loa_office_find_recording(LoaOffice *self, const LoaCaller *caller, const char *id, GError **error)
{
	GError *cause = NULL;
	g_autoptr(LoaRecording) recording = loa_store_recording(self->parts.store, id, &cause);

	if (cause != NULL) {
		loa_office_take_error(error, cause);
		return NULL;
	}
	if (recording == NULL || (recording->is_confidential && !may_read(caller)))
		return loa_office_refuse(error, LOA_OFFICE_ERROR_NOT_FOUND,
					 "there is no recording \"%s\"; import the audio first",
					 id);
	return g_steal_pointer(&recording);
}

static gboolean
has_audio(const LoaOffice *self, const LoaRecording *recording)
{
	g_autofree char *name = g_strdup_printf("%s.opus", recording->sha256);
	g_autofree char *path = g_build_filename(self->parts.config->data_dir, "audio", name, NULL);

	return g_file_test(path, G_FILE_TEST_IS_REGULAR);
}

static void
replace(char **text, const char *value)
{
	if (value == NULL)
		return;
	g_free(*text);
	*text = g_strdup(value);
}

/* The same original a second time: its audio stays as it is, so that what is planned and
 * approved by its hash stays, too; only what people call it is new. (transfer full) */
static LoaRecording *
rename_old(const LoaRecording *old, const LoaRecording *made)
{
	LoaRecording *renamed = loa_recording_copy(old);

	replace(&renamed->title, made->title);
	g_free(renamed->category);
	renamed->category = g_strdup(made->category);
	replace(&renamed->original_name, made->original_name);
	replace(&renamed->kind, made->kind);
	replace(&renamed->lead_unit, made->lead_unit);
	replace(&renamed->author, made->author);
	replace(&renamed->language, made->language);
	replace(&renamed->text, made->text);
	return renamed;
}

/* What the office decided about a recording outlives a new rendering of it; its approval does
 * so only if that is the same audio to the bit. (transfer full) */
static LoaRecording *
merge(const LoaRecording *old, const LoaRecording *made)
{
	LoaRecording *merged = loa_recording_copy(made);

	merged->is_confidential = old->is_confidential;
	merged->is_template = old->is_template;
	merged->expires_us = old->expires_us;
	if (strcmp(old->sha256, made->sha256) == 0) {
		loa_approval_clear(&merged->approval);
		loa_approval_copy(&old->approval, &merged->approval);
	}
	return merged;
}

/* (transfer full) */
static LoaRecording *
settle(const LoaOffice *self, const LoaRecording *old, const LoaRecording *made)
{
	if (old == NULL)
		return loa_recording_copy(made);
	if (has_audio(self, old) && g_strcmp0(old->original_sha256, made->original_sha256) == 0)
		return rename_old(old, made);
	return merge(old, made);
}

/* What comes in by the token is approved by it, unless somebody has said no. */
static gboolean
approve_by_token(LoaOffice *self, LoaRecording *recording, GError **error)
{
	const LoaApprovalRequest request = {
		.act = LOA_APPROVAL_APPROVE,
		.caller = &loa_caller_token,
		.now_us = loa_office_now_us(self),
		.sha256 = recording->sha256,
		.heard = recording->sha256,
	};
	g_autofree char *detail =
		g_strdup_printf("%s, by the token that brought it", recording->sha256);

	if (loa_approval_take(&recording->approval, &request) != LOA_APPROVAL_DONE)
		return TRUE;
	return loa_office_audit(self, &loa_caller_token, "approve", recording->id, detail, error);
}

gboolean
loa_office_vouch(LoaOffice *self, const LoaCaller *caller, const char *id, GError **error)
{
	GError *cause = NULL;
	g_autoptr(LoaRecording) recording = loa_store_recording(self->parts.store, id, &cause);

	if (recording == NULL && cause == NULL)
		return TRUE;
	if (recording == NULL || !loa_caller_is_token(caller)) {
		g_propagate_error(error, cause);
		return recording != NULL;
	}
	return approve_by_token(self, recording, error) &&
	       loa_store_put_recording(self->parts.store, recording, error);
}

static gboolean
write_recording(LoaOffice *self, const LoaRecording *made, const LoaCaller *caller, GError **error)
{
	GError *cause = NULL;
	g_autoptr(LoaRecording) old = loa_store_recording(self->parts.store, made->id, &cause);
	g_autoptr(LoaRecording) kept = NULL;

	if (cause != NULL) {
		g_propagate_error(error, cause);
		return FALSE;
	}
	kept = settle(self, old, made);
	return loa_office_audit(self, caller, "import", kept->id, kept->title, error) &&
	       (!loa_caller_is_token(caller) || approve_by_token(self, kept, error)) &&
	       loa_store_put_recording(self->parts.store, kept, error);
}

gboolean
loa_office_keep(const LoaRecording *made, gpointer user_data, GError **error)
{
	LoaOffice *self = user_data;
	const LoaCaller caller = {
		.user = made->imported_by != NULL ? made->imported_by : "",
		.name = "",
		.roles = LOA_ROLES_NONE,
		.address = "",
	};
	GError *cause = NULL;

	if (!loa_office_begin(self, error))
		return FALSE;
	if (write_recording(self, made, &caller, &cause)) {
		loa_office_changed(self, "content");
		/* the page shows its waveform as soon as it knows of it */
		loa_renderings_get(self->renderings, made->sha256, LOA_RENDERING_PEAKS, NULL, NULL,
				   NULL);
		return loa_office_end(self, error);
	}
	loa_office_undo(self, error, cause);
	return FALSE;
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
	job = loa_studio_import(self->studio, upload_path, file_name, about, &cause);
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

static void
add_approved(LoaOffice *self, JsonObject *object, const LoaRecording *recording)
{
	const LoaApproval *approval = &recording->approval;
	JsonObject *approved;

	if (!loa_approval_holds(approval, recording->sha256)) {
		json_object_set_null_member(object, "approved");
		return;
	}
	approved = json_object_new();
	json_object_set_string_member(approved, "by", approval->by);
	json_object_set_string_member(approved, "name", approval->name);
	json_object_set_string_member(approved, "sha256", approval->sha256);
	loa_office_add_time(self, approved, "at", approval->at_us);
	json_object_set_object_member(object, "approved", approved);
}

/* Which broadcasts are made from it. */
static void
add_used_by(LoaOffice *self, JsonObject *object, const LoaRecording *recording)
{
	const GPtrArray *broadcasts = loa_plan_desk_broadcasts(self->parts.desk);
	JsonArray *used_by = loa_office_add_array(object, "used_by");

	for (guint i = 0; i < broadcasts->len; i++) {
		const LoaBroadcast *broadcast = g_ptr_array_index(broadcasts, i);
		g_autofree char *id = loa_planner_recording_id(broadcast);

		if (g_strcmp0(id, recording->id) == 0)
			json_array_add_string_element(used_by, broadcast->id);
	}
}

/* When it will be aired without a broadcast: a greeting for the next Tết lies beyond all plans for
 * months, and must not be forgotten there, nor asked for twice. */
static void
add_planned(LoaOffice *self, JsonObject *object, const LoaRecording *recording)
{
	gint64 now_us = loa_office_now_us(self);
	g_autoptr(GPtrArray) one_offs = loa_store_one_offs(self->parts.store, now_us, NULL);
	g_autoptr(GHashTable) stops = loa_store_stops(self->parts.store, now_us, NULL);
	JsonArray *planned = loa_office_add_array(object, "planned");

	for (guint i = 0; one_offs != NULL && stops != NULL && i < one_offs->len; i++) {
		const LoaOneOff *one_off = g_ptr_array_index(one_offs, i);
		JsonObject *airing;
		JsonArray *groups;

		if (strcmp(one_off->recording, recording->id) != 0 ||
		    g_hash_table_contains(stops, one_off->airing))
			continue;
		airing = json_object_new();
		json_object_set_string_member(airing, "airing", one_off->airing);
		loa_office_add_time(self, airing, "start", one_off->start_us);
		groups = loa_office_add_array(airing, "groups");
		for (guint j = 0; j < self->parts.config->groups->len; j++) {
			const LoaGroup *group = g_ptr_array_index(self->parts.config->groups, j);

			if (loa_one_off_is_for(one_off, group->id))
				json_array_add_string_element(groups, group->id);
		}
		json_array_add_object_element(planned, airing);
	}
}

/* What somebody who means to air it should know. */
static void
add_warnings(LoaOffice *self, JsonObject *object, const LoaRecording *recording)
{
	JsonArray *warnings = loa_office_add_array(object, "warnings");

	if (!has_audio(self, recording))
		json_array_add_string_element(
			warnings, "its audio is missing on the controller; import it again");
	if (recording->expires_us != 0 && loa_office_now_us(self) >= recording->expires_us)
		json_array_add_string_element(warnings,
					      "it has expired and is not aired any more; prolong "
					      "it, or take a newer one");
	if (recording->is_confidential)
		json_array_add_string_element(warnings, "it is confidential and is never aired");
}

static void
add_words(JsonObject *object, const LoaCaller *caller, const LoaRecording *recording)
{
	json_object_set_string_member(object, "id", recording->id);
	json_object_set_string_member(object, "title", recording->title);
	json_object_set_string_member(object, "category", recording->category);
	json_object_set_string_member(object, "kind", recording->kind);
	json_object_set_string_member(object, "lead_unit", recording->lead_unit);
	json_object_set_string_member(object, "author", recording->author);
	json_object_set_string_member(object, "language", recording->language);
	json_object_set_string_member(object, "text", may_read(caller) ? recording->text : NULL);
	json_object_set_string_member(object, "original_sha256", recording->original_sha256);
	json_object_set_string_member(object, "original_name", recording->original_name);
}

static void
add_sound(JsonObject *object, const LoaRecording *recording)
{
	json_object_set_string_member(object, "sha256", recording->sha256);
	json_object_set_int_member(object, "size", recording->size_bytes);
	json_object_set_int_member(object, "duration_ms",
				   loa_recording_duration_us(recording) / 1000);
	json_object_set_double_member(object, "loudness_lufs", recording->loudness_lufs);
	json_object_set_double_member(object, "true_peak_dbtp", recording->true_peak_dbtp);
}

JsonObject *
loa_office_describe_recording(LoaOffice *self, const LoaCaller *caller,
			      const LoaRecording *recording)
{
	JsonObject *object = json_object_new();
	const LoaApproval *approval = &recording->approval;
	gint64 expires_us = recording->expires_us;

	add_words(object, caller, recording);
	add_sound(object, recording);
	json_object_set_string_member(object, "state", loa_approval_state_name(approval->state));
	json_object_set_string_member(object, "by", recording->imported_by);
	json_object_set_string_member(object, "submitted_by", approval->submitted_by);
	add_approved(self, object, recording);
	json_object_set_string_member(object, "reason", approval->reason);
	json_object_set_boolean_member(object, "confidential", recording->is_confidential);
	json_object_set_boolean_member(object, "template", recording->is_template);
	loa_office_add_time(self, object, "expires", expires_us);
	json_object_set_boolean_member(object, "is_expired",
				       expires_us != 0 && loa_office_now_us(self) >= expires_us);
	loa_office_add_time(self, object, "imported", recording->imported_us);
	add_used_by(self, object, recording);
	add_planned(self, object, recording);
	add_warnings(self, object, recording);
	return object;
}

static gboolean
is_shown(const LoaRecording *recording, const LoaCaller *caller, const LoaApprovalState *state)
{
	if (recording->is_confidential && !may_read(caller))
		return FALSE;
	return state == NULL || recording->approval.state == *state;
}

JsonNode *
loa_office_recordings(LoaOffice *self, const LoaCaller *caller, const char *state_name,
		      GError **error)
{
	GError *cause = NULL;
	g_autoptr(GPtrArray) recordings = loa_store_recordings(self->parts.store, &cause);
	LoaApprovalState state;
	JsonObject *object;
	JsonArray *array;

	if (recordings == NULL) {
		loa_office_take_error(error, cause);
		return NULL;
	}
	if (state_name != NULL && !loa_approval_state_from_name(state_name, &state))
		return loa_office_refuse(error, LOA_OFFICE_ERROR_BAD_REQUEST,
					 "state must be draft, submitted, approved, rejected or "
					 "withdrawn");
	object = json_object_new();
	array = loa_office_add_array(object, "recordings");
	for (guint i = 0; i < recordings->len; i++) {
		const LoaRecording *recording = g_ptr_array_index(recordings, i);

		if (is_shown(recording, caller, state_name == NULL ? NULL : &state))
			json_array_add_object_element(
				array, loa_office_describe_recording(self, caller, recording));
	}
	return loa_office_document(object);
}
