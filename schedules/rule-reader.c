/* SPDX-License-Identifier: Apache-2.0 */
#include "schedules/rule-reader.h"

#include "schedules/rrule.h"
#include "schedules/rule.h"

void
loa_rule_reader_rrule(LoaReader *reader, const LoaValue *value)
{
	g_autofree char *why = NULL;

	reader->broadcast->rrule =
		loa_reader_text(reader->context, value, value->name, LOA_RRULE_MAX, FALSE);
	if (reader->broadcast->rrule == NULL)
		return;
	if (!loa_rrule_check(reader->broadcast->rrule, &why))
		LOA_READER_FAULT(reader->context, value->line, "rrule: %s", why);
}

static void
read_lunar_day(LoaReader *reader, const LoaValue *item, const char *key)
{
	(void)key;
	if (!loa_reader_check_kind(reader->context, item, LOA_VALUE_INT, "lunar.day", "15"))
		return;
	if (item->number < 1 || item->number > 30) {
		LOA_READER_FAULT(reader->context, item->line,
				 "lunar.day: %" G_GINT64_FORMAT " is not within 1 to 30",
				 item->number);
		return;
	}
	reader->broadcast->lunar_days |= 1u << item->number;
}

void
loa_rule_reader_lunar(LoaReader *reader, const LoaValue *value)
{
	static const char *const names[] = { "day", "month", "leap", NULL };
	const LoaFieldsContext *context = reader->context;
	const LoaValue *day, *month, *leap;

	if (!loa_reader_check_kind(context, value, LOA_VALUE_RECORD, value->name,
				   "{ day = [ 1, 15 ]; }"))
		return;
	loa_reader_check_members(context, value, "lunar", names);
	day = loa_reader_need_member(context, value, "lunar", "day");
	month = loa_value_member(value, "month");
	leap = loa_value_member(value, "leap");
	if (day != NULL)
		loa_reader_for_each(reader, day, 30, read_lunar_day);
	if (month != NULL)
		reader->broadcast->lunar_month = loa_reader_number(context, month, 1, 12);
	if (leap != NULL &&
	    loa_reader_check_kind(context, leap, LOA_VALUE_TEXT, "lunar.leap", "\"include\"") &&
	    !loa_leap_from_name(leap->text, &reader->broadcast->lunar_leap))
		LOA_READER_FAULT(context, leap->line,
				 "lunar.leap: \"%s\" is not \"exclude\", \"include\" or \"only\"",
				 leap->text);
}

static void
insert_number(LoaReader *reader, const LoaValue *item, const char *key, GArray *numbers,
	      gint32 number)
{
	for (guint i = 0; i < numbers->len; i++) {
		if (g_array_index(numbers, gint32, i) != number)
			continue;
		LOA_READER_FAULT(reader->context, item->line, "%s: an entry stands here twice",
				 key);
		return;
	}
	g_array_append_val(numbers, number);
}

static void
read_eve_time(LoaReader *reader, const LoaValue *item, const char *key)
{
	g_autofree char *why = NULL;
	gint32 offset_s;

	if (!loa_reader_check_kind(reader->context, item, LOA_VALUE_TEXT, key, "\"+00:10\""))
		return;
	if ((item->text[0] != '+' && item->text[0] != '-') ||
	    !loa_time_of_day_parse(item->text + 1, &offset_s, NULL)) {
		LOA_READER_FAULT(reader->context, item->line,
				 "%s: \"%s\" is not a time before or after midnight at Tết: write "
				 "\"-00:15\" or \"+00:10\"",
				 key, item->text);
		return;
	}
	insert_number(reader, item, key, reader->broadcast->eve_s,
		      item->text[0] == '-' ? -offset_s : offset_s);
}

void
loa_rule_reader_eve(LoaReader *reader, const LoaValue *value)
{
	loa_reader_for_each(reader, value, LOA_BROADCAST_MAX_TIMES, read_eve_time);
	g_array_sort(reader->broadcast->eve_s, loa_reader_compare_numbers);
}

static void
read_days_before(LoaReader *reader, const LoaValue *item, const char *key)
{
	(void)key;
	if (!loa_reader_check_kind(reader->context, item, LOA_VALUE_INT, "occasion.days_before",
				   "3"))
		return;
	if (item->number < -60 || item->number > 60) {
		LOA_READER_FAULT(reader->context, item->line,
				 "occasion.days_before: %" G_GINT64_FORMAT
				 " is not within -60 to 60",
				 item->number);
		return;
	}
	insert_number(reader, item, "occasion.days_before", reader->broadcast->occasion_days,
		      -(gint32)item->number);
}

void
loa_rule_reader_occasion(LoaReader *reader, const LoaValue *value)
{
	static const char *const names[] = { "id", "days_before", NULL };
	const LoaFieldsContext *context = reader->context;
	GArray *days = reader->broadcast->occasion_days;
	const LoaValue *id, *before;
	const gint32 same_day = 0;

	if (!loa_reader_check_kind(context, value, LOA_VALUE_RECORD, value->name,
				   "{ id = \"quoc-khanh\"; }"))
		return;
	loa_reader_check_members(context, value, "occasion", names);
	id = loa_reader_need_member(context, value, "occasion", "id");
	before = loa_value_member(value, "days_before");
	if (before != NULL)
		loa_reader_for_each(reader, before, 60, read_days_before);
	else
		g_array_append_val(days, same_day);
	g_array_sort(days, loa_reader_compare_numbers);
	if (id == NULL)
		return;
	reader->broadcast->occasion = loa_reader_id(context, id, "occasion.id", LOA_ID_MAX);
	if (reader->broadcast->occasion == NULL ||
	    loa_rule_has_occasion(reader->broadcast->occasion))
		return;

	g_autofree char *near = loa_rule_nearest_occasion(reader->broadcast->occasion);
	LOA_READER_FAULT(context, id->line, "occasion.id: there is no occasion \"%s\"%s%s%s",
			 reader->broadcast->occasion, near != NULL ? ": did you mean \"" : "",
			 near != NULL ? near : "", near != NULL ? "\"?" : "");
}

static gboolean
parse_day_item(LoaReader *reader, const LoaValue *item, const char *key, gint32 *number)
{
	g_autofree char *why = NULL;
	LoaDay day;

	if (!loa_reader_check_kind(reader->context, item, LOA_VALUE_TEXT, key, "\"2026-09-02\""))
		return FALSE;
	if (!loa_day_parse(item->text, &day, &why)) {
		LOA_READER_FAULT(reader->context, item->line, "%s: %s", key, why);
		return FALSE;
	}
	*number = loa_day_to_number(day);
	return TRUE;
}

static void
read_except_day(LoaReader *reader, const LoaValue *item, const char *key)
{
	gint32 number;

	if (parse_day_item(reader, item, key, &number))
		insert_number(reader, item, key, reader->broadcast->except, number);
}

static void
read_also_day(LoaReader *reader, const LoaValue *item, const char *key)
{
	gint32 number;

	if (parse_day_item(reader, item, key, &number))
		insert_number(reader, item, key, reader->broadcast->also, number);
}

void
loa_rule_reader_except(LoaReader *reader, const LoaValue *value)
{
	loa_reader_for_each(reader, value, LOA_BROADCAST_MAX_DATES, read_except_day);
	g_array_sort(reader->broadcast->except, loa_reader_compare_numbers);
}

void
loa_rule_reader_also(LoaReader *reader, const LoaValue *value)
{
	loa_reader_for_each(reader, value, LOA_BROADCAST_MAX_DATES, read_also_day);
	g_array_sort(reader->broadcast->also, loa_reader_compare_numbers);
}

/* What says on which days: one of them at most. */
static void
check_rules(const LoaFieldsContext *context, const LoaValue *record)
{
	static const char *const rules[] = { "days",      "date",     "rrule", "lunar",
					     "giao_thua", "occasion", "event" };
	const LoaValue *found = NULL;

	for (gsize i = 0; i < G_N_ELEMENTS(rules); i++) {
		const LoaValue *value = loa_value_member(record, rules[i]);

		if (value == NULL)
			continue;
		if (found != NULL)
			LOA_READER_FAULT(
				context, value->line,
				"\"%s\" beside \"%s\": a broadcast has one of days, date, rrule, "
				"lunar, giao_thua, occasion, event",
				value->name, found->name);
		found = value;
	}
}

static void
check_date(const LoaFieldsContext *context, const LoaValue *record)
{
	static const char *const others[] = { "from", "until", "except", "also" };

	for (gsize i = 0; i < G_N_ELEMENTS(others); i++) {
		const LoaValue *value = loa_value_member(record, others[i]);

		if (value != NULL && loa_value_member(record, "date") != NULL)
			LOA_READER_FAULT(context, value->line,
					 "\"%s\" beside \"date\": one day needs none", others[i]);
	}
}

static void
check_times(const LoaFieldsContext *context, const LoaValue *record)
{
	const LoaValue *at = loa_value_member(record, "at");
	const LoaValue *eve = loa_value_member(record, "giao_thua");
	const LoaValue *with_times = eve != NULL ? eve : loa_value_member(record, "event");

	if (at == NULL && with_times == NULL)
		LOA_READER_FAULT(context, record->line, "the broadcast has no \"at\"");
	if (at != NULL && with_times != NULL)
		LOA_READER_FAULT(context, at->line,
				 "\"at\" beside \"%s\": that has the times already",
				 with_times->name);
}

void
loa_rule_reader_check(const LoaFieldsContext *context, const LoaValue *record,
		      const LoaBroadcast *broadcast)
{
	const LoaValue *until = loa_value_member(record, "until");
	const LoaValue *rrule = loa_value_member(record, "rrule");

	check_times(context, record);
	check_rules(context, record);
	check_date(context, record);
	if (rrule != NULL && loa_value_member(record, "from") == NULL)
		LOA_READER_FAULT(context, rrule->line,
				 "rrule: needs \"from\", the day it counts from (DTSTART)");
	if (until != NULL && !loa_day_is_none(broadcast->from) &&
	    !loa_day_is_none(broadcast->until) &&
	    loa_day_compare(broadcast->from, broadcast->until) > 0)
		LOA_READER_FAULT(context, until->line, "until: lies before \"from\"");
}
