/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recordings as they look from outside.
 */
#include "controller/office/office-internal.h"

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

	if (!loa_office_has_audio(self, recording))
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
