/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Play now, play then, play at giao thừa: one-off airings, and the plans that follow.
 */
#include "controller/office/office-internal.h"

#include <string.h>

#include "schedules/hours.h"
#include "schedules/rule.h"

#define DAY_US (G_GINT64_CONSTANT(86400) * G_USEC_PER_SEC)
/* From one Tết to the next but one at the most. */
#define SEARCH_TET_DAYS 800

static gint
compare_texts(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorted, each once. @wanted: (nullable): all. (transfer full) */
gboolean
loa_office_check_groups(LoaOffice *self, const char *const *wanted, char ***groups, GError **error)
{
	g_autoptr(GPtrArray) found = g_ptr_array_new();

	*groups = NULL;
	if (wanted == NULL)
		return TRUE;
	for (; *wanted != NULL; wanted++) {
		if (loa_controller_config_group(self->parts.config, *wanted) == NULL) {
			loa_office_refuse(error, LOA_OFFICE_ERROR_NOT_FOUND,
					  "there is no group \"%s\"; status lists the groups",
					  *wanted);
			return FALSE;
		}
		if (!g_ptr_array_find_with_equal_func(found, *wanted, g_str_equal, NULL))
			g_ptr_array_add(found, (gpointer)*wanted);
	}
	if (found->len == 0) {
		loa_office_refuse(error, LOA_OFFICE_ERROR_BAD_REQUEST, "name at least one group");
		return FALSE;
	}
	g_ptr_array_sort(found, compare_texts);
	g_ptr_array_add(found, NULL);
	*groups = g_strdupv((char **)found->pdata);
	return TRUE;
}

static gboolean
check_time(LoaOffice *self, gint64 at_us, gint64 now_us, GError **error)
{
	gint64 latest_us = now_us + self->parts.config->horizon_days * DAY_US;
	g_autofree char *now = loa_office_format_time(self, now_us);

	if (at_us != 0 && at_us <= now_us) {
		loa_office_refuse(error, LOA_OFFICE_ERROR_BAD_REQUEST,
				  "that time is over: it is %s now", now);
		return FALSE;
	}
	if (at_us >= latest_us) {
		loa_office_refuse(error, LOA_OFFICE_ERROR_BAD_REQUEST,
				  "that is more than %u days ahead; declare a broadcast with that "
				  "date instead",
				  self->parts.config->horizon_days);
		return FALSE;
	}
	return TRUE;
}

/* Nothing goes on air that nobody approved, that is over, or that is nobody's business. */
gboolean
loa_office_check_bar(const LoaRecording *recording, gint64 start_us, GError **error)
{
	const char *why = NULL;

	switch (loa_recording_bar(recording, start_us)) {
	case LOA_RECORDING_FREE:
		return TRUE;
	case LOA_RECORDING_CONFIDENTIAL:
		why = "is confidential and is never aired";
		break;
	case LOA_RECORDING_WITHDRAWN:
		why = "was withdrawn; take another one, or submit it anew";
		break;
	case LOA_RECORDING_UNAPPROVED:
		why = "is not approved; submit it, and have an approver listen and approve it";
		break;
	case LOA_RECORDING_EXPIRED:
		why = "has expired by then; prolong it, or take another one";
		break;
	}
	loa_office_refuse(error, LOA_OFFICE_ERROR_CONFLICT, "recording \"%s\" (%s) %s",
			  recording->id, recording->title, why);
	return FALSE;
}

static char *
make_id(LoaOffice *self, gint64 start_us)
{
	LoaLocalTime local;
	gint32 s;

	loa_local_time_init(&local, self->parts.config->zone);

	LoaDay day = loa_local_time_from_us(&local, start_us, &s);

	return g_strdup_printf(LOA_PLANNER_ONE_OFF ".%04d%02d%02dt%02d%02d%02d.%04x", day.year,
			       day.month, day.day, s / 3600, s / 60 % 60, s % 60,
			       g_random_int_range(0, 0x10000));
}

gboolean
loa_office_put_one_off(LoaOffice *self, const LoaCaller *caller, const LoaOneOff *one_off,
		       GError **error)
{
	g_autofree char *to =
		one_off->groups == NULL ? g_strdup("all") : g_strjoinv(",", one_off->groups);
	g_autofree char *when = loa_office_format_time(self, one_off->start_us);
	g_autofree char *detail = g_strdup_printf("%s to %s, %s, at %s", one_off->recording, to,
						  loa_class_name(one_off->class), when);

	return loa_store_add_one_off(self->parts.store, one_off, error) &&
	       loa_office_audit(self, caller, "play", one_off->airing, detail, error);
}

static gboolean
write_one_off(LoaOffice *self, const LoaCaller *caller, const LoaOneOff *one_off, GError **error)
{
	GError *cause = NULL;

	if (!loa_office_begin(self, error))
		return FALSE;
	if (loa_office_put_one_off(self, caller, one_off, &cause))
		return loa_office_end(self, error);
	loa_office_undo(self, error, cause);
	return FALSE;
}

/* When it is over in the last of its groups. */
static gint64
end_of(LoaOffice *self, const LoaOneOff *one_off, const LoaRecording *recording)
{
	const GPtrArray *plans = loa_plan_desk_plans(self->parts.desk);
	gint64 end_us = one_off->start_us + loa_recording_duration_us(recording);

	for (guint i = 0; i < plans->len; i++) {
		const LoaAiring *airing =
			loa_plan_find(g_ptr_array_index(plans, i), one_off->airing);

		if (airing != NULL)
			end_us = MAX(end_us, loa_airing_end_us(airing));
	}
	return end_us;
}

static JsonNode *
answer_play(LoaOffice *self, const LoaOneOff *one_off, const LoaRecording *recording)
{
	JsonObject *object = json_object_new();
	JsonArray *groups = json_array_new(), *left_out = json_array_new();
	const GPtrArray *plans = loa_plan_desk_plans(self->parts.desk);
	gboolean is_planned = FALSE;

	/* one that is further away than plans reach is in none of them */
	for (guint i = 0; i < plans->len; i++)
		is_planned |= loa_plan_find(g_ptr_array_index(plans, i), one_off->airing) != NULL;
	for (guint i = 0; i < plans->len; i++) {
		const LoaPlan *plan = g_ptr_array_index(plans, i);

		if (is_planned ? loa_plan_find(plan, one_off->airing) != NULL
			       : loa_one_off_is_for(one_off, plan->group))
			json_array_add_string_element(groups, plan->group);
		else if (loa_one_off_is_for(one_off, plan->group))
			json_array_add_string_element(left_out, plan->group);
	}
	json_object_set_string_member(object, "airing", one_off->airing);
	loa_office_add_time(self, object, "start", one_off->start_us);
	loa_office_add_time(self, object, "end", end_of(self, one_off, recording));
	json_object_set_int_member(object, "duration_ms",
				   loa_recording_duration_us(recording) / 1000);
	json_object_set_array_member(object, "groups", groups);
	json_object_set_array_member(object, "left_out", left_out);
	return loa_office_document(object);
}

LoaOneOff *
loa_office_new_one_off(LoaOffice *self, const LoaRecording *recording, LoaClass class,
		       gint64 start_us)
{
	LoaOneOff *one_off = loa_one_off_new();

	one_off->recording = g_strdup(recording->id);
	one_off->title = g_strdup(recording->title);
	one_off->class = class;
	one_off->start_us = start_us;
	one_off->created_us = loa_office_now_us(self);
	one_off->airing = make_id(self, start_us);
	return one_off;
}

/* Hawaii, 2018: one person, one screen. The holder of the token is not a person at a screen. */
static gboolean
check_class(const LoaCaller *caller, LoaClass class, GError **error)
{
	if (class != LOA_CLASS_EMERGENCY || loa_caller_is_token(caller))
		return TRUE;
	loa_office_refuse(error, LOA_OFFICE_ERROR_CONFLICT,
			  "an emergency takes two people: ask for it, and have a second person "
			  "confirm it (the page's Emergency, POST /api/v1/emergencies)");
	return FALSE;
}

JsonNode *
loa_office_play(LoaOffice *self, const LoaCaller *caller, const char *recording_id,
		const char *const *groups, LoaClass class, gint64 at_us, GError **error)
{
	gint64 now_us = loa_office_now_us(self);
	gint64 start_us = MAX(at_us, now_us + self->parts.config->playout_delay_us);
	g_autoptr(LoaRecording) recording =
		loa_office_find_recording(self, caller, recording_id, error);
	g_autoptr(LoaOneOff) one_off = NULL;

	if (recording == NULL || !check_class(caller, class, error) ||
	    !loa_office_check_bar(recording, start_us, error))
		return NULL;
	one_off = loa_office_new_one_off(self, recording, class, start_us);
	if (!loa_office_check_groups(self, groups, &one_off->groups, error) ||
	    !check_time(self, at_us, now_us, error) ||
	    !loa_office_check_hours(self, one_off, loa_recording_duration_us(recording), error) ||
	    !write_one_off(self, caller, one_off, error))
		return NULL;
	return answer_play(self, one_off, recording);
}

/* The first midnight of Tết after @now_us, with the offset; 0: beyond the calendar. */
static gint64
next_giao_thua_us(LoaOffice *self, gint64 now_us, gint32 offset_s)
{
	LoaLocalTime local;
	gint32 first;

	loa_local_time_init(&local, self->parts.config->zone);
	/* the day before yesterday: an offset may lead back into what is still to come */
	first = loa_day_to_number(loa_local_time_from_us(&local, now_us - 2 * DAY_US, NULL));
	for (gint32 i = first; i < first + SEARCH_TET_DAYS; i++) {
		LoaDay day = loa_day_from_number(i);
		LoaLunarDay lunar;
		gint64 start_us;

		if (!loa_rule_lunar_day(day, &lunar))
			return 0;
		if (lunar.month != 1 || lunar.day != 1 || lunar.is_leap)
			continue;
		start_us = loa_local_time_to_us(&local, day, 0) + (gint64)offset_s * G_USEC_PER_SEC;
		if (start_us > now_us)
			return start_us;
	}
	return 0;
}

/* Midnight is outside everybody's hours: who puts it there answers for it, by name. */
static void
allow_outside_hours(LoaOffice *self, const LoaCaller *caller, LoaOneOff *one_off,
		    gint64 duration_us)
{
	if (!loa_office_check_hours(self, one_off, duration_us, NULL))
		one_off->exception = g_strdup_printf("%s: giao thừa", caller->name);
}

JsonNode *
loa_office_play_at_giao_thua(LoaOffice *self, const LoaCaller *caller, const char *recording_id,
			     const char *const *groups, LoaClass class, gint32 offset_s,
			     GError **error)
{
	gint64 now_us = loa_office_now_us(self);
	gint64 start_us = next_giao_thua_us(self, now_us, offset_s);
	g_autoptr(LoaRecording) recording =
		loa_office_find_recording(self, caller, recording_id, error);
	g_autoptr(LoaOneOff) one_off = NULL;

	if (recording == NULL || !check_class(caller, class, error))
		return NULL;
	if (start_us == 0)
		return loa_office_refuse(error, LOA_OFFICE_ERROR_BAD_REQUEST,
					 "the lunar calendar here ends before the next Tết; name "
					 "a time instead");
	if (!loa_office_check_bar(recording, start_us, error))
		return NULL;
	one_off = loa_office_new_one_off(self, recording, class, start_us);
	if (!loa_office_check_groups(self, groups, &one_off->groups, error))
		return NULL;
	allow_outside_hours(self, caller, one_off, loa_recording_duration_us(recording));
	if (!write_one_off(self, caller, one_off, error))
		return NULL;
	return answer_play(self, one_off, recording);
}
