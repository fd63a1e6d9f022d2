/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Great days, days in lieu and decisions of the official lunar calendar: what is shipped, and what
 * the office adds to it. It is kept in the files of schedules/calendar-file.h and nowhere else.
 */
#include <string.h>

#include "controller/office/office-internal.h"
#include "schedules/calendar-edit.h"
#include "schedules/calendar-file.h"
#include "schedules/rule.h"
#include "schedules/value-json.h"

#define NEXT_OCCASION_DAYS 800 /* a lunar one comes again within 385 days, but for a leap month */
#define MAX_DEPTH 3            /* an occasion has a list of dates */

/* What is to be changed. */
typedef struct {
	LoaCalendarList list;
	JsonNode *document; /* (nullable): %NULL: it is taken away */
	const char *key;    /* (nullable): of what is taken away */
	gboolean is_trial;
} Change;

/* How the two lists call their entries. */
static const struct {
	const char *name;
	const char *key;
	const char *audit_put;
	const char *audit_remove;
} words[LOA_CALENDAR_LAST + 1] = {
	[LOA_CALENDAR_OCCASIONS] = { "occasion", "id", "occasion", "occasion-remove" },
	[LOA_CALENDAR_NEW_MOONS] = { "new_moon", "computed", "new-moon", "new-moon-remove" },
};

static LoaDay
today(LoaOffice *self)
{
	LoaLocalTime local;

	loa_local_time_init(&local, self->parts.config->zone);
	return loa_local_time_from_us(&local, loa_office_now_us(self), NULL);
}

/* As in its file, with where it comes from and when it comes next. */
static JsonObject *
describe_occasion(const char *id, LoaDay from)
{
	static const char *const origins[] = {
		[LOA_OCCASION_NATIONAL] = "national",
		[LOA_OCCASION_LOCAL] = "local",
		[LOA_OCCASION_REPLACED] = "replaced",
	};
	g_autoptr(LoaValue) value = loa_rule_occasion_value(id);
	g_autoptr(JsonNode) node = loa_value_to_json(value);
	JsonObject *object = json_object_ref(json_node_get_object(node)), *next = NULL;
	LoaDay day;

	if (!json_object_has_member(object, "day_off"))
		json_object_set_boolean_member(object, "day_off", FALSE);
	json_object_set_string_member(object, "origin", origins[loa_rule_occasion_origin(id)]);
	if (loa_rule_next_occasion(id, from, NEXT_OCCASION_DAYS, &day)) {
		g_autofree char *date = loa_day_format(day);
		JsonObject *lunar = loa_office_describe_lunar(day);

		next = json_object_new();
		json_object_set_string_member(next, "date", date);
		if (lunar != NULL)
			json_object_set_object_member(next, "lunar", lunar);
	}
	if (next != NULL)
		json_object_set_object_member(object, "next", next);
	else
		json_object_set_null_member(object, "next");
	return object;
}

/* An edit that could not begin, or was not taken. */
static gpointer
refuse(GError **error, GError *cause, gboolean is_of_file)
{
	if (cause->domain != LOA_CALENDAR_FILE_ERROR)
		loa_office_take_error(error, cause);
	else if (is_of_file)
		loa_office_refuse(error, LOA_OFFICE_ERROR_CONFLICT,
				  "a file of the calendars on the controller is faulty; have it "
				  "mended first: %s",
				  cause->message);
	else
		loa_office_refuse(error, LOA_OFFICE_ERROR_BAD_REQUEST, "%s", cause->message);
	if (cause->domain == LOA_CALENDAR_FILE_ERROR)
		g_error_free(cause);
	return NULL;
}

/* What the office decided about the moon. (transfer full): null where its file is faulty: that is
 * said when somebody changes it, and does not keep the days from being seen */
static JsonNode *
new_moons(const LoaOffice *self)
{
	g_autoptr(LoaCalendarEdit) moons =
		loa_calendar_edit_new(self->parts.config->data_dir, LOA_CALENDAR_NEW_MOONS, NULL);

	return moons != NULL ? loa_value_to_json(loa_calendar_edit_entries(moons))
			     : json_node_new(JSON_NODE_NULL);
}

JsonNode *
loa_office_occasions(LoaOffice *self, const LoaCaller *caller)
{
	g_auto(GStrv) ids = loa_rule_occasion_ids();
	JsonObject *object = json_object_new();
	JsonArray *array = loa_office_add_array(object, "occasions");
	LoaDay from = today(self);

	(void)caller;
	for (guint i = 0; ids[i] != NULL; i++)
		json_array_add_object_element(array, describe_occasion(ids[i], from));
	json_object_set_member(object, "new_moons", new_moons(self));
	return loa_office_document(object);
}

/* Does every broadcast still find the occasion that it goes by? */
static gboolean
check_uses(const LoaOffice *self, GError **error)
{
	const GPtrArray *all = loa_plan_desk_broadcasts(self->parts.desk);

	for (guint i = 0; i < all->len; i++) {
		const LoaBroadcast *broadcast = all->pdata[i];

		if (broadcast->occasion == NULL || loa_rule_has_occasion(broadcast->occasion))
			continue;
		loa_office_refuse(error, LOA_OFFICE_ERROR_CONFLICT,
				  "the broadcast \"%s\" goes by this day: give it other days, or "
				  "remove it first",
				  broadcast->title);
		return FALSE;
	}
	return TRUE;
}

/* (transfer full) (nullable): with the change in it, and tried: all rules go by it */
static LoaCalendarEdit *
try_change(LoaOffice *self, const Change *change, GError **error)
{
	GError *cause = NULL;
	g_autoptr(LoaCalendarEdit) edit =
		loa_calendar_edit_new(self->parts.config->data_dir, change->list, &cause);
	g_autoptr(LoaValue) entry = NULL;

	if (edit == NULL)
		return refuse(error, cause, TRUE);
	if (change->document == NULL && !loa_calendar_edit_remove(edit, change->key))
		return loa_office_refuse(error, LOA_OFFICE_ERROR_NOT_FOUND,
					 "nothing of the office's own is called \"%s\"; what is "
					 "shipped stays",
					 change->key);
	if (change->document != NULL) {
		entry = loa_value_from_json(change->document, MAX_DEPTH);
		loa_calendar_edit_put(edit, entry);
	}
	if (!loa_calendar_edit_try(edit, &cause))
		return refuse(error, cause, FALSE);
	return check_uses(self, error) ? g_steal_pointer(&edit) : NULL;
}

static gboolean
save(LoaOffice *self, const LoaCaller *caller, const Change *change, LoaCalendarEdit *edit,
     const char *key, GError **error)
{
	g_autofree char *text =
		change->document != NULL ? json_to_string(change->document, FALSE) : g_strdup("");
	const char *action = change->document != NULL ? words[change->list].audit_put
						      : words[change->list].audit_remove;
	GError *cause = NULL;

	if (!loa_office_begin(self, error))
		return FALSE;
	if (!loa_office_audit(self, caller, action, key, text, &cause) ||
	    !loa_calendar_edit_save(edit, &cause)) {
		(void)loa_calendar_edit_undo(edit);
		loa_office_undo(self, error, cause);
		return FALSE;
	}
	if (loa_office_end(self, error))
		return TRUE;
	if (!loa_calendar_edit_undo(edit))
		g_clear_error(error),
			loa_office_refuse(error, LOA_OFFICE_ERROR_STORAGE,
					  "the change could neither be made nor "
					  "taken back: look at the controller's disk");
	return FALSE;
}

static JsonNode *
change_calendar(LoaOffice *self, const LoaCaller *caller, const Change *change, GError **error)
{
	const char *name = words[change->list].name;
	GError *cause = NULL;
	g_autoptr(GArray) before = loa_office_next_day(self, &cause);
	g_autoptr(LoaCalendarEdit) edit = before != NULL ? try_change(self, change, error) : NULL;
	g_autoptr(GArray) after = edit != NULL ? loa_office_next_day(self, &cause) : NULL;
	JsonObject *object = json_object_new();
	g_autoptr(JsonNode) answer = loa_office_document(object);
	const char *key = change->key;

	if (cause != NULL)
		loa_office_take_error(error, cause);
	if (after == NULL)
		return NULL;
	if (change->document != NULL) /* its reader has found it there */
		key = json_object_get_string_member(json_node_get_object(change->document),
						    words[change->list].key);
	if (change->list == LOA_CALENDAR_OCCASIONS && loa_rule_has_occasion(key))
		json_object_set_object_member(object, name, describe_occasion(key, today(self)));
	else if (change->list == LOA_CALENDAR_NEW_MOONS && change->document != NULL)
		json_object_set_member(object, name, json_node_copy(change->document));
	else
		json_object_set_null_member(object, name);
	loa_office_add_changes(self, object, before, after);
	json_object_set_boolean_member(object, "saved", !change->is_trial);
	if (change->is_trial)
		return g_steal_pointer(&answer);
	if (!save(self, caller, change, edit, key, error))
		return NULL;
	loa_office_changed(self, "timetable");
	return g_steal_pointer(&answer);
}

JsonNode *
loa_office_calendar_put(LoaOffice *self, const LoaCaller *caller, LoaCalendarList list,
			JsonNode *document, gboolean is_trial, GError **error)
{
	const Change change = { list, document, NULL, is_trial };

	return change_calendar(self, caller, &change, error);
}

JsonNode *
loa_office_calendar_remove(LoaOffice *self, const LoaCaller *caller, LoaCalendarList list,
			   const char *key, gboolean is_trial, GError **error)
{
	const Change change = { list, NULL, key, is_trial };

	return change_calendar(self, caller, &change, error);
}
