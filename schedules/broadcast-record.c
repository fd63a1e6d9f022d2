/* SPDX-License-Identifier: Apache-2.0 */
/* The other direction of broadcast-fields.c: from a broadcast to its keys. */
#include "schedules/broadcast-fields.h"
#include "schedules/rule.h"

static void
put_text(LoaValue *record, const char *name, const char *text)
{
	if (text != NULL)
		loa_value_add(record, loa_value_new_text(name, text));
}

static void
put_day(LoaValue *record, const char *name, LoaDay day)
{
	g_autofree char *text = loa_day_is_none(day) ? NULL : loa_day_format(day);

	put_text(record, name, text);
}

static void
put_number(LoaValue *record, const char *name, guint number, guint fallback)
{
	if (number != fallback)
		loa_value_add(record, loa_value_new_int(name, number));
}

static void
put_to(LoaValue *record, const LoaBroadcast *broadcast)
{
	if (broadcast->to_all) {
		put_text(record, "to", "all");
		return;
	}

	LoaValue *list = loa_value_new(LOA_VALUE_LIST, "to", 0);

	for (guint i = 0; i < broadcast->groups->len; i++)
		loa_value_add(list, loa_value_new_text(NULL, broadcast->groups->pdata[i]));
	loa_value_add(record, list);
}

/* Each number as @format makes it (transfer full); nothing for an empty list. */
static void
put_list(LoaValue *record, const char *name, const GArray *numbers, char *(*format)(gint32))
{
	LoaValue *list;

	if (numbers->len == 0)
		return;
	list = loa_value_new(LOA_VALUE_LIST, name, 0);
	for (guint i = 0; i < numbers->len; i++) {
		g_autofree char *text = format(g_array_index(numbers, gint32, i));

		loa_value_add(list, loa_value_new_text(NULL, text));
	}
	loa_value_add(record, list);
}

static char *
format_eve_time(gint32 offset_s)
{
	g_autofree char *time = loa_time_of_day_format(ABS(offset_s));

	return g_strconcat(offset_s < 0 ? "-" : "+", time, NULL);
}

static char *
format_day_number(gint32 number)
{
	return loa_day_format(loa_day_from_number(number));
}

static void
put_days(LoaValue *record, const LoaBroadcast *broadcast)
{
	if (broadcast->days == LOA_BROADCAST_ALL_DAYS ||
	    loa_rule_kind(broadcast) != LOA_RULE_WEEKLY)
		return;

	LoaValue *list = loa_value_new(LOA_VALUE_LIST, "days", 0);

	for (guint weekday = 0; weekday < 7; weekday++)
		if ((broadcast->days & 1u << weekday) != 0)
			loa_value_add(list, loa_value_new_text(NULL, loa_weekday_name(weekday)));
	loa_value_add(record, list);
}

static void
put_lunar(LoaValue *record, const LoaBroadcast *broadcast)
{
	LoaValue *lunar, *days;

	if (broadcast->lunar_days == 0)
		return;
	lunar = loa_value_new(LOA_VALUE_RECORD, "lunar", 0);
	days = loa_value_new(LOA_VALUE_LIST, "day", 0);
	for (guint day = 1; day <= 30; day++)
		if ((broadcast->lunar_days & 1u << day) != 0)
			loa_value_add(days, loa_value_new_int(NULL, day));
	loa_value_add(lunar, days);
	put_number(lunar, "month", broadcast->lunar_month, 0);
	if (broadcast->lunar_leap != LOA_LEAP_EXCLUDE)
		put_text(lunar, "leap", loa_leap_name(broadcast->lunar_leap));
	loa_value_add(record, lunar);
}

static void
put_occasion(LoaValue *record, const LoaBroadcast *broadcast)
{
	const GArray *numbers = broadcast->occasion_days;
	LoaValue *occasion, *before;

	if (broadcast->occasion == NULL)
		return;
	occasion = loa_value_new(LOA_VALUE_RECORD, "occasion", 0);
	put_text(occasion, "id", broadcast->occasion);
	before = loa_value_new(LOA_VALUE_LIST, "days_before", 0);
	for (guint i = 0; i < numbers->len; i++)
		loa_value_add(before, loa_value_new_int(NULL, -g_array_index(numbers, gint32, i)));
	loa_value_add(occasion, before);
	loa_value_add(record, occasion);
}

static void
put_event(LoaValue *record, const LoaBroadcast *broadcast)
{
	LoaValue *event, *reminders;
	g_autofree char *at = NULL;

	if (loa_day_is_none(broadcast->event_day))
		return;
	at = loa_event_format(broadcast->event_day, broadcast->event_s);
	event = loa_value_new(LOA_VALUE_RECORD, "event", 0);
	put_text(event, "at", at);
	reminders = loa_value_new(LOA_VALUE_LIST, "reminders", 0);
	for (guint i = 0; i < broadcast->reminders->len; i++) {
		g_autofree char *text =
			loa_reminder_format(&g_array_index(broadcast->reminders, LoaReminder, i));

		loa_value_add(reminders, loa_value_new_text(NULL, text));
	}
	loa_value_add(event, reminders);
	loa_value_add(record, event);
}

static void
put_campaign(LoaValue *record, const LoaBroadcast *broadcast)
{
	LoaValue *campaign;

	if (broadcast->campaign_days == 0)
		return;
	campaign = loa_value_new(LOA_VALUE_RECORD, "campaign", 0);
	put_text(campaign, "kind", "disclosure");
	put_number(campaign, "days", broadcast->campaign_days, 0);
	put_number(campaign, "level", broadcast->campaign_level, 0);
	loa_value_add(record, campaign);
}

static void
put_exception(LoaValue *record, const LoaBroadcast *broadcast)
{
	if (broadcast->exception_by == NULL)
		return;

	LoaValue *exception = loa_value_new(LOA_VALUE_RECORD, "exception", 0);

	put_text(exception, "by", broadcast->exception_by);
	put_text(exception, "why", broadcast->exception_why);
	loa_value_add(record, exception);
}

static void
put_credit(LoaValue *record, const LoaBroadcast *broadcast)
{
	put_text(record, "kind", broadcast->kind);
	put_text(record, "lead_unit", broadcast->lead_unit);
	if (broadcast->units->len > 0) {
		LoaValue *list = loa_value_new(LOA_VALUE_LIST, "units", 0);

		for (guint i = 0; i < broadcast->units->len; i++)
			loa_value_add(list, loa_value_new_text(NULL, broadcast->units->pdata[i]));
		loa_value_add(record, list);
	}
	put_text(record, "author", broadcast->author);
	if (broadcast->fee_vnd >= 0)
		loa_value_add(record, loa_value_new_int("fee", broadcast->fee_vnd));
}

LoaValue *
loa_broadcast_to_value(const LoaBroadcast *broadcast)
{
	g_autoptr(LoaBroadcast) defaults = loa_broadcast_new();
	LoaValue *record = loa_value_new(LOA_VALUE_RECORD, NULL, 0);

	put_text(record, "id", broadcast->id);
	put_text(record, "title", broadcast->title);
	put_text(record, "class", loa_class_name(broadcast->class));
	put_text(record, "category", broadcast->category);
	put_text(record, "audio", broadcast->audio);
	put_text(record, "recording", broadcast->recording);
	put_text(record, "text", broadcast->text);
	if (broadcast->is_confidential)
		loa_value_add(record, loa_value_new_bool("confidential", TRUE));
	put_to(record, broadcast);
	put_list(record, "at", broadcast->at_s, loa_time_of_day_format);
	put_days(record, broadcast);
	put_day(record, "date", broadcast->date);
	put_text(record, "rrule", broadcast->rrule);
	put_lunar(record, broadcast);
	put_list(record, "giao_thua", broadcast->eve_s, format_eve_time);
	put_occasion(record, broadcast);
	put_event(record, broadcast);
	put_day(record, "from", broadcast->from);
	put_day(record, "until", broadcast->until);
	put_list(record, "except", broadcast->except, format_day_number);
	put_list(record, "also", broadcast->also, format_day_number);
	put_campaign(record, broadcast);
	put_day(record, "expires", broadcast->expires);
	put_day(record, "review_by", broadcast->review_by);
	put_number(record, "repeats", broadcast->n_repeats, defaults->n_repeats);
	put_number(record, "repeat_gap_s", broadcast->repeat_gap_s, defaults->repeat_gap_s);
	if (broadcast->in_turn)
		loa_value_add(record, loa_value_new_bool("in_turn", TRUE));
	if (broadcast->resume != defaults->resume)
		put_text(record, "resume", loa_resume_name(broadcast->resume));
	put_number(record, "grace_s", broadcast->grace_s, defaults->grace_s);
	put_number(record, "order", broadcast->order, defaults->order);
	put_credit(record, broadcast);
	put_exception(record, broadcast);
	return record;
}

LoaValue *
loa_group_to_value(const LoaGroup *group)
{
	LoaValue *record = loa_value_new(LOA_VALUE_RECORD, NULL, 0);

	put_text(record, "id", group->id);
	put_text(record, "name", group->name);
	put_number(record, "start_offset_ms", group->start_offset_ms, 0);
	put_number(record, "turn", group->turn, 0);
	return record;
}
