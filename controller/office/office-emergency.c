/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Emergencies and exercises: asked for by one person, confirmed by another.
 */
#include "controller/office/office-internal.h"
#include "controller/store/emergency.h"

#include <string.h>

#define KEPT_US (30 * G_GINT64_CONSTANT(86400) * G_USEC_PER_SEC) /* in the list */
#define MAX_WAITING 10
/* Between the announcement of an exercise and what is exercised. */
#define GAP_US (G_USEC_PER_SEC / 2)

/* (transfer full): the announcement's recording; %NULL while it is being spoken */
static LoaRecording *
announcement(LoaOffice *self)
{
	g_autofree char *id = loa_planner_speech_id(LOA_EMERGENCY_EXERCISE_TEXT);
	g_autoptr(LoaRecording) recording = loa_store_recording(self->parts.store, id, NULL);
	gint64 now_us = loa_office_now_us(self);

	if (recording == NULL || loa_recording_bar(recording, now_us) != LOA_RECORDING_FREE)
		return NULL;
	return g_steal_pointer(&recording);
}

/* It is a part of this program, so it is nobody's to approve. */
static gboolean
speak_announcement(LoaOffice *self, GError **error)
{
	const LoaRecordingWords words = { .title = "Thông báo diễn tập",
					  .text = LOA_EMERGENCY_EXERCISE_TEXT };
	g_autoptr(LoaRecording) have = announcement(self);
	g_autoptr(JsonNode) job = NULL;

	if (have != NULL)
		return TRUE;
	job = loa_office_speak(self, &loa_caller_token, &words, error);
	return job != NULL;
}

static JsonArray *
list_groups(char **groups)
{
	JsonArray *array = json_array_new();

	for (char **group = groups; *group != NULL; group++)
		json_array_add_string_element(array, *group);
	return array;
}

static void
add_decision(LoaOffice *self, JsonObject *object, const LoaEmergency *emergency)
{
	json_object_set_string_member(
		object, "confirmed_by",
		emergency->state == LOA_EMERGENCY_AIRED ? emergency->decided_name : NULL);
	json_object_set_string_member(
		object, "refused_by",
		emergency->state == LOA_EMERGENCY_REFUSED ? emergency->decided_name : NULL);
	loa_office_add_time(self, object, "decided", emergency->decided_us);
	json_object_set_string_member(object, "airing", emergency->airing);
}

static JsonObject *
describe(LoaOffice *self, const LoaEmergency *emergency)
{
	g_autoptr(LoaRecording) recording =
		loa_store_recording(self->parts.store, emergency->recording, NULL);
	gint64 now_us = loa_office_now_us(self);
	JsonObject *object = json_object_new();

	json_object_set_string_member(object, "id", emergency->id);
	json_object_set_string_member(
		object, "state",
		loa_emergency_state_name(loa_emergency_state_at(emergency, now_us)));
	json_object_set_string_member(object, "recording", emergency->recording);
	json_object_set_string_member(object, "title", recording == NULL ? "" : recording->title);
	if (emergency->groups == NULL)
		json_object_set_string_member(object, "to", "all");
	else
		json_object_set_array_member(object, "to", list_groups(emergency->groups));
	json_object_set_boolean_member(object, "exercise", emergency->is_exercise);
	json_object_set_string_member(object, "asked_by", emergency->asked_by);
	json_object_set_string_member(object, "asked_name", emergency->asked_name);
	loa_office_add_time(self, object, "asked", emergency->asked_us);
	loa_office_add_time(self, object, "expires",
			    emergency->asked_us + LOA_EMERGENCY_PATIENCE_US);
	add_decision(self, object, emergency);
	return object;
}

/* (transfer full) (nullable): those that are shown, the newest first */
static GPtrArray *
read_all(LoaOffice *self, GError **error)
{
	GError *cause = NULL;
	GPtrArray *found =
		loa_store_emergencies(self->parts.store, loa_office_now_us(self) - KEPT_US, &cause);

	if (found == NULL)
		loa_office_take_error(error, cause);
	return found;
}

static guint
count_waiting(const GPtrArray *emergencies, gint64 now_us)
{
	guint n = 0;

	for (guint i = 0; i < emergencies->len; i++)
		n += loa_emergency_state_at(g_ptr_array_index(emergencies, i), now_us) ==
		     LOA_EMERGENCY_WAITING;
	return n;
}

static gboolean
write_emergency(LoaOffice *self, const LoaCaller *caller, const LoaEmergency *emergency,
		const char *verb, GError **error)
{
	g_autofree char *action =
		g_strdup_printf("%s-%s", verb, emergency->is_exercise ? "exercise" : "emergency");

	return loa_store_put_emergency(self->parts.store, emergency, error) &&
	       loa_office_audit(self, caller, action, emergency->id, emergency->recording, error);
}

/* Tells those who look at it, and those who confirm. */
static JsonNode *
answer(LoaOffice *self, const LoaEmergency *emergency)
{
	loa_office_changed(self, "content");
	return loa_office_document(describe(self, emergency));
}

static JsonNode *
save(LoaOffice *self, const LoaCaller *caller, const LoaEmergency *emergency, const char *verb,
     GError **error)
{
	GError *cause = NULL;

	if (!loa_office_begin(self, error))
		return NULL;
	if (!write_emergency(self, caller, emergency, verb, &cause)) {
		loa_office_undo(self, error, cause);
		return NULL;
	}
	return loa_office_end(self, error) ? answer(self, emergency) : NULL;
}

static gboolean
check_waiting(LoaOffice *self, GError **error)
{
	g_autoptr(GPtrArray) others = read_all(self, error);

	if (others == NULL)
		return FALSE;
	if (count_waiting(others, loa_office_now_us(self)) < MAX_WAITING)
		return TRUE;
	loa_office_refuse(error, LOA_OFFICE_ERROR_CONFLICT,
			  "%d requests wait for an answer already; confirm or refuse them",
			  MAX_WAITING);
	return FALSE;
}

JsonNode *
loa_office_ask_emergency(LoaOffice *self, const LoaCaller *caller, const char *recording_id,
			 const char *const *groups, gboolean is_exercise, GError **error)
{
	gint64 now_us = loa_office_now_us(self);
	g_autoptr(LoaRecording) recording =
		loa_office_find_recording(self, caller, recording_id, error);
	g_autoptr(LoaEmergency) emergency = loa_emergency_new();

	if (recording == NULL || !loa_office_check_bar(recording, now_us, error) ||
	    !loa_office_check_groups(self, groups, &emergency->groups, error) ||
	    !check_waiting(self, error) || (is_exercise && !speak_announcement(self, error)))
		return NULL;
	emergency->id = g_strdup_printf("e%08x%08x", g_random_int(), g_random_int());
	emergency->recording = g_strdup(recording->id);
	emergency->is_exercise = is_exercise;
	emergency->asked_by = g_strdup(caller->user);
	emergency->asked_name = g_strdup(caller->name);
	emergency->asked_us = now_us;
	return save(self, caller, emergency, "ask", error);
}

JsonNode *
loa_office_emergencies(LoaOffice *self, const LoaCaller *caller, GError **error)
{
	g_autoptr(GPtrArray) emergencies = read_all(self, error);
	JsonObject *object;
	JsonArray *array;

	(void)caller;
	if (emergencies == NULL)
		return NULL;
	object = json_object_new();
	array = loa_office_add_array(object, "emergencies");
	for (guint i = 0; i < emergencies->len; i++)
		json_array_add_object_element(array,
					      describe(self, g_ptr_array_index(emergencies, i)));
	return loa_office_document(object);
}

/* (transfer full) (nullable) */
static LoaEmergency *
find(LoaOffice *self, const char *id, GError **error)
{
	g_autoptr(GPtrArray) emergencies = read_all(self, error);

	if (emergencies == NULL)
		return NULL;
	for (guint i = 0; i < emergencies->len; i++)
		if (strcmp(((LoaEmergency *)g_ptr_array_index(emergencies, i))->id, id) == 0)
			return g_ptr_array_steal_index(emergencies, i);
	return loa_office_refuse(error, LOA_OFFICE_ERROR_NOT_FOUND,
				 "there is no request \"%s\"; ask for the emergency again", id);
}

static gpointer
refuse_verdict(const LoaEmergency *emergency, LoaEmergencyVerdict verdict, GError **error)
{
	switch (verdict) {
	case LOA_EMERGENCY_GO:
		break;
	case LOA_EMERGENCY_NO_RIGHT:
		return loa_office_refuse(error, LOA_OFFICE_ERROR_FORBIDDEN,
					 "you may not confirm emergencies; call somebody who may");
	case LOA_EMERGENCY_OVER:
		return loa_office_refuse(error, LOA_OFFICE_ERROR_CONFLICT,
					 "this request is over already, or nobody answered it in "
					 "time; ask again");
	case LOA_EMERGENCY_SAME_PERSON:
		return loa_office_refuse(error, LOA_OFFICE_ERROR_CONFLICT,
					 "it takes a second person: you asked for this one "
					 "yourself");
	case LOA_EMERGENCY_OTHER_KIND:
		return loa_office_refuse(error, LOA_OFFICE_ERROR_CONFLICT, "this is %s; look again",
					 emergency->is_exercise ? "an exercise, not an emergency"
								: "an emergency, not an exercise");
	case LOA_EMERGENCY_WRONG_PHRASE:
		return loa_office_refuse(error, LOA_OFFICE_ERROR_BAD_REQUEST, "type %s to confirm",
					 loa_emergency_phrase(emergency->is_exercise));
	}
	return NULL;
}

/* (transfer full): no longer than a title may be */
static char *
exercise_title(const char *title)
{
	char *whole = g_strconcat(LOA_EMERGENCY_EXERCISE_TITLE, title, NULL);

	if (strlen(whole) > LOA_TITLE_MAX)
		*g_utf8_find_prev_char(whole, whole + LOA_TITLE_MAX + 1) = '\0';
	return whole;
}

static LoaOneOff *
one_off_of(LoaOffice *self, const LoaEmergency *emergency, const LoaRecording *recording,
	   gint64 start_us)
{
	LoaOneOff *one_off = loa_office_new_one_off(
		self, recording, emergency->is_exercise ? LOA_CLASS_PRIORITY : LOA_CLASS_EMERGENCY,
		start_us);

	one_off->groups = g_strdupv(emergency->groups);
	if (emergency->is_exercise) {
		g_free(one_off->title);
		one_off->title = exercise_title(recording->title);
	}
	return one_off;
}

/* An exercise: announced before and after. (transfer full) (nullable) (element-type LoaOneOff) */
static GPtrArray *
rehearse(LoaOffice *self, const LoaEmergency *emergency, const LoaRecording *recording,
	 gint64 start_us, GError **error)
{
	g_autoptr(GPtrArray) one_offs =
		g_ptr_array_new_with_free_func((GDestroyNotify)loa_one_off_free);
	g_autoptr(LoaRecording) words = announcement(self);
	const LoaRecording *const parts[] = { words, recording, words };
	gint64 at_us = start_us;

	if (words == NULL) {
		if (!speak_announcement(self, error))
			return NULL;
		return loa_office_refuse(error, LOA_OFFICE_ERROR_BUSY,
					 "the announcement of the exercise is being spoken; try "
					 "again in a few seconds");
	}
	for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
		g_ptr_array_add(one_offs, one_off_of(self, emergency, parts[i], at_us));
		at_us += loa_recording_duration_us(parts[i]) + GAP_US;
	}
	if (!loa_office_check_hours(self, g_ptr_array_index(one_offs, 0), at_us - start_us, error))
		return NULL;
	return g_steal_pointer(&one_offs);
}

/* (transfer full) (nullable) (element-type LoaOneOff) */
static GPtrArray *
one_offs_of(LoaOffice *self, const LoaEmergency *emergency, const LoaRecording *recording,
	    GError **error)
{
	gint64 start_us = loa_office_now_us(self) + self->parts.config->playout_delay_us;
	GPtrArray *one_offs;

	if (emergency->is_exercise)
		return rehearse(self, emergency, recording, start_us, error);
	one_offs = g_ptr_array_new_with_free_func((GDestroyNotify)loa_one_off_free);
	g_ptr_array_add(one_offs, one_off_of(self, emergency, recording, start_us));
	return one_offs;
}

static void
decide(LoaOffice *self, const LoaCaller *caller, LoaEmergency *emergency, LoaEmergencyState state)
{
	emergency->state = state;
	emergency->decided_by = g_strdup(caller->user);
	emergency->decided_name = g_strdup(caller->name);
	emergency->decided_us = loa_office_now_us(self);
}

static gboolean
air(LoaOffice *self, const LoaCaller *caller, LoaEmergency *emergency, const GPtrArray *one_offs,
    GError **error)
{
	const guint main_part = emergency->is_exercise ? 1 : 0;
	const LoaOneOff *one_off = g_ptr_array_index(one_offs, main_part);

	decide(self, caller, emergency, LOA_EMERGENCY_AIRED);
	emergency->airing = g_strdup(one_off->airing);
	for (guint i = 0; i < one_offs->len; i++)
		if (!loa_office_put_one_off(self, caller, g_ptr_array_index(one_offs, i), error))
			return FALSE;
	return write_emergency(self, caller, emergency, "confirm", error);
}

JsonNode *
loa_office_confirm_emergency(LoaOffice *self, const LoaCaller *caller, const char *id,
			     gboolean is_exercise, const char *phrase, GError **error)
{
	gint64 now_us = loa_office_now_us(self);
	g_autoptr(LoaEmergency) emergency = find(self, id, error);
	g_autoptr(LoaRecording) recording = NULL;
	g_autoptr(GPtrArray) one_offs = NULL;
	LoaEmergencyVerdict verdict;
	GError *cause = NULL;

	if (emergency == NULL)
		return NULL;
	verdict = loa_emergency_judge(emergency, caller, is_exercise, phrase, now_us);
	if (verdict != LOA_EMERGENCY_GO)
		return refuse_verdict(emergency, verdict, error);
	recording = loa_office_find_recording(self, caller, emergency->recording, error);
	if (recording == NULL || !loa_office_check_bar(recording, now_us, error))
		return NULL;
	one_offs = one_offs_of(self, emergency, recording, error);
	if (one_offs == NULL || !loa_office_begin(self, error))
		return NULL;
	if (!air(self, caller, emergency, one_offs, &cause)) {
		loa_office_undo(self, error, cause);
		return NULL;
	}
	return loa_office_end(self, error) ? answer(self, emergency) : NULL;
}

/* Whoever asked may take it back; whoever may confirm may say no. */
static gboolean
may_refuse(const LoaEmergency *emergency, const LoaCaller *caller)
{
	return loa_caller_may(caller, LOA_RIGHT_CONFIRM_EMERGENCY) ||
	       strcmp(emergency->asked_by, caller->user) == 0;
}

JsonNode *
loa_office_refuse_emergency(LoaOffice *self, const LoaCaller *caller, const char *id,
			    GError **error)
{
	g_autoptr(LoaEmergency) emergency = find(self, id, error);

	if (emergency == NULL)
		return NULL;
	if (!may_refuse(emergency, caller))
		return refuse_verdict(emergency, LOA_EMERGENCY_NO_RIGHT, error);
	if (loa_emergency_state_at(emergency, loa_office_now_us(self)) != LOA_EMERGENCY_WAITING)
		return refuse_verdict(emergency, LOA_EMERGENCY_OVER, error);
	decide(self, caller, emergency, LOA_EMERGENCY_REFUSED);
	return save(self, caller, emergency, "refuse", error);
}
