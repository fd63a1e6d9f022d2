/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Declared broadcasts.
 */
#include <string.h>

#include "controller/office/office-internal.h"
#include "schedules/broadcast-json.h"

/* One apply: what it changes, by id. */
typedef struct {
	const LoaCaller *caller;
	GPtrArray *broadcasts; /* LoaBroadcast, as asked for */
	GHashTable *old;       /* id (of the value) to LoaDeclaration */
	JsonArray *added;      /* borrowed from the answer, as the next three */
	JsonArray *changed;
	JsonArray *unchanged;
	JsonArray *removed;
} Apply;

static void
add_fault(GPtrArray *faults, const LoaBroadcast *broadcast, const char *message)
{
	g_ptr_array_add(faults, g_strdup_printf("%s: %s", broadcast->id, message));
}

/* What only the controller can know about a broadcast. */
static void
check_broadcast(const LoaBroadcast *broadcast, GHashTable *recordings, GPtrArray *faults)
{
	if (strcmp(broadcast->id, LOA_PLANNER_ONE_OFF) == 0)
		add_fault(faults, broadcast, "this id is taken by what is played at once");
	if (broadcast->audio != NULL)
		add_fault(faults, broadcast,
			  "names a file; import it and name the recording (loactl apply does)");
	if (broadcast->recording != NULL &&
	    !g_hash_table_contains(recordings, broadcast->recording)) {
		g_autofree char *message = g_strdup_printf(
			"there is no recording \"%s\"; import it first", broadcast->recording);

		add_fault(faults, broadcast, message);
	}
}

gboolean
loa_office_check_broadcasts(LoaOffice *self, const GPtrArray *broadcasts, GPtrArray *faults,
			    GError **error)
{
	g_autoptr(GPtrArray) recordings = loa_store_recordings(self->parts.store, error);
	g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);

	if (recordings == NULL)
		return FALSE;
	for (guint i = 0; i < recordings->len; i++)
		g_hash_table_add(known, ((LoaRecording *)g_ptr_array_index(recordings, i))->id);
	for (guint i = 0; i < broadcasts->len; i++)
		check_broadcast(g_ptr_array_index(broadcasts, i), known, faults);
	return TRUE;
}

static gpointer
refuse_faults(GPtrArray *faults, GError **error)
{
	g_ptr_array_add(faults, NULL);

	g_autofree char *text = g_strjoinv("\n", (char **)faults->pdata);

	return loa_office_refuse(error, LOA_OFFICE_ERROR_BAD_REQUEST, "%s", text);
}

static GHashTable *
read_old(LoaOffice *self, GError **error)
{
	g_autoptr(GPtrArray) declarations = loa_store_declarations(self->parts.store, error);
	GHashTable *old;

	if (declarations == NULL)
		return NULL;
	old = g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
				    (GDestroyNotify)loa_declaration_free);
	g_ptr_array_set_free_func(declarations, NULL);
	for (guint i = 0; i < declarations->len; i++) {
		LoaDeclaration *declaration = g_ptr_array_index(declarations, i);

		g_hash_table_insert(old, declaration->id, declaration);
	}
	return old;
}

static gboolean
put_broadcast(LoaOffice *self, const LoaBroadcast *broadcast, const Apply *apply, gint64 now_us,
	      GError **error)
{
	const LoaDeclaration *old = g_hash_table_lookup(apply->old, broadcast->id);
	g_autofree char *json = loa_broadcast_to_json_text(broadcast);
	g_autoptr(LoaDeclaration) new = loa_declaration_new(broadcast->id, json, now_us);

	new->by = g_strdup(apply->caller->user);
	if (old != NULL && strcmp(old->json, json) == 0) {
		json_array_add_string_element(apply->unchanged, broadcast->id);
		return TRUE;
	}
	json_array_add_string_element(old == NULL ? apply->added : apply->changed, broadcast->id);
	return loa_store_put_declaration(self->parts.store, new, error) &&
	       loa_office_audit(self, apply->caller, "declare", broadcast->id, json, error);
}

static gboolean
is_named(const Apply *apply, const char *id)
{
	for (guint i = 0; i < apply->broadcasts->len; i++)
		if (strcmp(((LoaBroadcast *)g_ptr_array_index(apply->broadcasts, i))->id, id) == 0)
			return TRUE;
	return FALSE;
}

static gboolean
remove_others(LoaOffice *self, const Apply *apply, GError **error)
{
	g_autoptr(GList) ids = g_list_sort(g_hash_table_get_keys(apply->old), (GCompareFunc)strcmp);

	for (GList *id = ids; id != NULL; id = id->next) {
		if (is_named(apply, id->data))
			continue;
		json_array_add_string_element(apply->removed, id->data);
		if (!loa_store_remove_declaration(self->parts.store, id->data, error) ||
		    !loa_office_audit(self, apply->caller, "remove", id->data, "", error))
			return FALSE;
	}
	return TRUE;
}

/* A text that came by the token is the office's word; what it became when somebody spoke it
 * before is the same audio. */
static gboolean
vouch_for_text(LoaOffice *self, const LoaBroadcast *broadcast, const LoaCaller *caller,
	       GError **error)
{
	g_autofree char *recording = NULL;

	if (broadcast->text == NULL || !loa_caller_is_token(caller))
		return TRUE;
	recording = loa_planner_speech_id(broadcast->text);
	return loa_office_vouch(self, caller, recording, error);
}

static gboolean
write_apply(LoaOffice *self, const Apply *apply, gboolean prune, GError **error)
{
	gint64 now_us = loa_office_now_us(self);

	for (guint i = 0; i < apply->broadcasts->len; i++) {
		const LoaBroadcast *broadcast = g_ptr_array_index(apply->broadcasts, i);

		if (!put_broadcast(self, broadcast, apply, now_us, error) ||
		    !vouch_for_text(self, broadcast, apply->caller, error))
			return FALSE;
	}
	return !prune || remove_others(self, apply, error);
}

/* Warnings about what was just declared; the others are status's business. */
static void
add_warnings(LoaOffice *self, const Apply *apply, JsonArray *array)
{
	const GPtrArray *warnings = loa_plan_desk_warnings(self->parts.desk);

	for (guint i = 0; i < warnings->len; i++) {
		const LoaPlannerWarning *warning = g_ptr_array_index(warnings, i);

		if (is_named(apply, warning->subject))
			json_array_add_string_element(array, warning->message);
	}
}

static gboolean
run_apply(LoaOffice *self, const Apply *apply, gboolean prune, GError **error)
{
	GError *cause = NULL;

	if (!loa_office_begin(self, error))
		return FALSE;
	if (write_apply(self, apply, prune, &cause))
		return loa_office_end(self, error);
	loa_office_undo(self, error, cause);
	return FALSE;
}

JsonNode *
loa_office_apply(LoaOffice *self, const LoaCaller *caller, JsonNode *array, gboolean prune,
		 GError **error)
{
	g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GPtrArray) broadcasts =
		loa_broadcasts_from_json(array, self->parts.config->groups, faults);
	g_autoptr(GHashTable) old = NULL;
	GError *cause = NULL;

	if (broadcasts == NULL)
		return refuse_faults(faults, error);
	if (!loa_office_check_broadcasts(self, broadcasts, faults, &cause) ||
	    (old = read_old(self, &cause)) == NULL) {
		loa_office_take_error(error, cause);
		return NULL;
	}
	if (faults->len > 0)
		return refuse_faults(faults, error);

	JsonObject *object = json_object_new();
	g_autoptr(JsonNode) answer = loa_office_document(object);
	Apply apply = {
		.caller = caller,
		.broadcasts = broadcasts,
		.old = old,
		.added = loa_office_add_array(object, "added"),
		.changed = loa_office_add_array(object, "changed"),
		.unchanged = loa_office_add_array(object, "unchanged"),
		.removed = loa_office_add_array(object, "removed"),
	};

	if (!run_apply(self, &apply, prune, error))
		return NULL;
	loa_office_changed(self, "timetable");
	loa_office_make_speech(self, loa_office_add_array(object, "jobs"));
	add_warnings(self, &apply, loa_office_add_array(object, "warnings"));
	return g_steal_pointer(&answer);
}

/* (transfer full) (nullable): as somebody sees it who is bound to groups */
static LoaBroadcast *
seen_by(const LoaCaller *caller, const LoaBroadcast *broadcast)
{
	g_autoptr(LoaBroadcast) seen = loa_broadcast_copy(broadcast);

	if (seen->is_confidential)
		return NULL;
	for (guint i = seen->groups->len; i > 0; i--)
		if (!loa_caller_may_see_group(caller, g_ptr_array_index(seen->groups, i - 1)))
			g_ptr_array_remove_index(seen->groups, i - 1);
	return seen->to_all || seen->groups->len > 0 ? g_steal_pointer(&seen) : NULL;
}

JsonNode *
loa_office_broadcasts(LoaOffice *self, const LoaCaller *caller)
{
	const GPtrArray *all = loa_plan_desk_broadcasts(self->parts.desk);
	g_autoptr(GPtrArray) own =
		g_ptr_array_new_with_free_func((GDestroyNotify)loa_broadcast_free);
	const gboolean is_bound = loa_caller_is_bound_to_groups(caller);
	JsonObject *object = json_object_new();

	for (guint i = 0; is_bound && i < all->len; i++) {
		LoaBroadcast *seen = seen_by(caller, g_ptr_array_index(all, i));

		if (seen != NULL)
			g_ptr_array_add(own, seen);
	}
	json_object_set_member(object, "broadcasts", loa_broadcasts_to_json(is_bound ? own : all));
	return loa_office_document(object);
}
