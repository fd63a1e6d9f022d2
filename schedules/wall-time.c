/* SPDX-License-Identifier: Apache-2.0 */
#include "schedules/wall-time.h"

#include "schedules/event.h"
#include "schedules/hours.h"
#include "schedules/reader.h"

gint64
loa_wall_time_to_us(const LoaWallTime *self, LoaLocalTime *local)
{
	return loa_local_time_to_us(local, self->day, self->at_s);
}

gint
loa_wall_time_compare(const LoaWallTime *a, const LoaWallTime *b)
{
	gint by_day = loa_day_compare(a->day, b->day);

	return by_day != 0 ? by_day : (a->at_s > b->at_s) - (a->at_s < b->at_s);
}

static gboolean
read_one(const LoaValue *record, const LoaFieldsContext *context, const char *of, const char *name,
	 LoaWallTime *time)
{
	const LoaValue *value = loa_reader_need_member(context, record, of, name);
	g_autofree char *why = NULL;

	if (value == NULL ||
	    !loa_reader_check_kind(context, value, LOA_VALUE_TEXT, name, "\"2026-12-01 08:00\""))
		return FALSE;
	if (loa_event_parse(value->text, &time->day, &time->at_s, &why))
		return TRUE;
	LOA_READER_FAULT(context, value->line, "%s: %s", name, why);
	return FALSE;
}

void
loa_wall_time_read_period(const LoaValue *record, const LoaFieldsContext *context, const char *of,
			  LoaWallTime *from, LoaWallTime *until)
{
	gboolean has_from = read_one(record, context, of, "from", from);
	gboolean has_until = read_one(record, context, of, "until", until);

	if (has_from && has_until && loa_wall_time_compare(from, until) >= 0)
		LOA_READER_FAULT(
			context, loa_value_member(record, "until")->line,
			"until: must lie after \"from\"; it is the first moment that is not "
			"included");
}

static void
add_time(LoaValue *record, const char *name, const LoaWallTime *time)
{
	g_autofree char *text = loa_event_format(time->day, time->at_s);

	loa_value_add(record, loa_value_new_text(name, text));
}

void
loa_wall_time_add_period(LoaValue *record, const LoaWallTime *from, const LoaWallTime *until)
{
	add_time(record, "from", from);
	add_time(record, "until", until);
}

static void
read_days(const LoaValue *value, const LoaFieldsContext *context, guint *days)
{
	if (value->kind != LOA_VALUE_LIST) {
		loa_reader_weekdays(context, value, "days", days);
		return;
	}
	for (guint i = 0; i < value->items->len; i++)
		loa_reader_weekdays(context, value->items->pdata[i], "days", days);
	if (value->items->len == 0)
		LOA_READER_FAULT(context, value->line, "days: name at least one, or leave it out");
}

static gboolean
read_end(const LoaValue *window, const LoaFieldsContext *context, const char *name, gint32 *at_s)
{
	const LoaValue *value = loa_reader_need_member(context, window, "the window", name);
	gboolean is_end = g_str_equal(name, "to");
	g_autofree char *why = NULL;

	if (value == NULL ||
	    !loa_reader_check_kind(context, value, LOA_VALUE_TEXT, name, "\"05:30\""))
		return FALSE;
	if (is_end ? loa_hours_parse_end(value->text, at_s, &why)
		   : loa_time_of_day_parse(value->text, at_s, &why))
		return TRUE;
	LOA_READER_FAULT(context, value->line, "%s: %s", name, why);
	return FALSE;
}

static void
read_window(const LoaValue *window, const LoaFieldsContext *context, GArray *hours)
{
	static const char *const names[] = { "days", "from", "to", NULL };
	LoaHours read = { .days = LOA_BROADCAST_ALL_DAYS };
	const LoaValue *days;

	if (!loa_reader_check_kind(context, window, LOA_VALUE_RECORD, "hours",
				   "{ from = \"05:30\"; to = \"21:00\"; }"))
		return;
	loa_reader_check_members(context, window, "a window", names);
	days = loa_value_member(window, "days");
	if (days != NULL) {
		read.days = 0;
		read_days(days, context, &read.days);
	}

	gboolean has_from = read_end(window, context, "from", &read.from_s);
	gboolean has_to = read_end(window, context, "to", &read.to_s);

	if (has_from && has_to && read.to_s <= read.from_s)
		LOA_READER_FAULT(context, window->line,
				 "to: must be after \"from\"; write a night as two windows");
	g_array_append_val(hours, read);
}

GArray *
loa_hours_from_value(const LoaValue *list, const LoaFieldsContext *context)
{
	GArray *hours = g_array_new(FALSE, FALSE, sizeof(LoaHours));

	if (!loa_reader_check_kind(context, list, LOA_VALUE_LIST, "hours",
				   "( { from = \"05:30\"; to = \"21:00\"; } )"))
		return hours;
	if (list->items->len == 0 || list->items->len > LOA_HOURS_MAX_WINDOWS)
		LOA_READER_FAULT(context, list->line, "hours: %u windows, want 1 to %d",
				 list->items->len, LOA_HOURS_MAX_WINDOWS);
	else
		for (guint i = 0; i < list->items->len; i++)
			read_window(list->items->pdata[i], context, hours);
	return hours;
}

static LoaValue *
window_to_value(const LoaHours *window)
{
	LoaValue *record = loa_value_new(LOA_VALUE_RECORD, NULL, 0);
	LoaValue *days = loa_value_new(LOA_VALUE_LIST, "days", 0);
	g_autofree char *from = loa_time_of_day_format(window->from_s);
	g_autofree char *to = loa_time_of_day_format(window->to_s);

	for (guint weekday = 0; weekday < 7; weekday++)
		if ((window->days & 1u << weekday) != 0)
			loa_value_add(days, loa_value_new_text(NULL, loa_weekday_name(weekday)));
	loa_value_add(record, days);
	loa_value_add(record, loa_value_new_text("from", from));
	loa_value_add(record, loa_value_new_text("to", to));
	return record;
}

LoaValue *
loa_hours_to_value(const GArray *hours)
{
	LoaValue *list = loa_value_new(LOA_VALUE_LIST, "hours", 0);

	for (guint i = 0; i < hours->len; i++)
		loa_value_add(list, window_to_value(&g_array_index(hours, LoaHours, i)));
	return list;
}

LoaValue *
loa_groups_to_value(gboolean to_all, const GPtrArray *groups)
{
	LoaValue *list;

	if (to_all)
		return loa_value_new_text("to", "all");
	list = loa_value_new(LOA_VALUE_LIST, "to", 0);
	for (guint i = 0; i < groups->len; i++)
		loa_value_add(list, loa_value_new_text(NULL, g_ptr_array_index(groups, i)));
	return list;
}
