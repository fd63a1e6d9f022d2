/* SPDX-License-Identifier: Apache-2.0 */
#include "schedules/care-reader.h"

#include <string.h>

static void
read_day(LoaReader *reader, const LoaValue *value, LoaDay *day)
{
	g_autofree char *why = NULL;

	if (!loa_reader_check_kind(reader->context, value, LOA_VALUE_TEXT, value->name,
				   "\"2026-12-31\""))
		return;
	if (!loa_day_parse(value->text, day, &why))
		LOA_READER_FAULT(reader->context, value->line, "%s: %s", value->name, why);
}

void
loa_care_reader_expires(LoaReader *reader, const LoaValue *value)
{
	read_day(reader, value, &reader->broadcast->expires);
}

void
loa_care_reader_review_by(LoaReader *reader, const LoaValue *value)
{
	read_day(reader, value, &reader->broadcast->review_by);
}

static void
read_reminder(LoaReader *reader, const LoaValue *item, const char *key)
{
	GArray *reminders = reader->broadcast->reminders;
	g_autofree char *why = NULL;
	LoaReminder reminder;

	(void)key;
	if (!loa_reader_check_kind(reader->context, item, LOA_VALUE_TEXT, "event.reminders",
				   "[ \"-3d\", \"-2h\" ]"))
		return;
	if (!loa_reminder_parse(item->text, &reminder, &why)) {
		LOA_READER_FAULT(reader->context, item->line, "event.reminders: %s", why);
		return;
	}
	for (guint i = 0; i < reminders->len; i++) {
		if (memcmp(&g_array_index(reminders, LoaReminder, i), &reminder, sizeof reminder) !=
		    0)
			continue;
		LOA_READER_FAULT(reader->context, item->line,
				 "event.reminders: an entry stands here twice");
		return;
	}
	g_array_append_val(reminders, reminder);
}

static void
read_event_time(LoaReader *reader, const LoaValue *at)
{
	LoaBroadcast *broadcast = reader->broadcast;
	g_autofree char *why = NULL;

	if (loa_reader_check_kind(reader->context, at, LOA_VALUE_TEXT, "event.at",
				  "\"2026-12-01 08:00\"") &&
	    !loa_event_parse(at->text, &broadcast->event_day, &broadcast->event_s, &why))
		LOA_READER_FAULT(reader->context, at->line, "event.at: %s", why);
}

static gint
compare_leads(gconstpointer a, gconstpointer b, gpointer user_data)
{
	const LoaBroadcast *broadcast = user_data;
	gint32 left = loa_reminder_lead_s(a, broadcast->event_s);
	gint32 right = loa_reminder_lead_s(b, broadcast->event_s);

	/* the earliest reminder first; of two at one moment any order that is always the same */
	return left != right ? right - left : memcmp(a, b, sizeof(LoaReminder));
}

void
loa_care_reader_event(LoaReader *reader, const LoaValue *value)
{
	static const char *const names[] = { "at", "reminders", NULL };
	const LoaFieldsContext *context = reader->context;
	LoaBroadcast *broadcast = reader->broadcast;
	const LoaValue *at, *reminders;

	if (!loa_reader_check_kind(context, value, LOA_VALUE_RECORD, value->name,
				   "{ at = \"2026-12-01 08:00\"; reminders = [ \"-1d\" ]; }"))
		return;
	loa_reader_check_members(context, value, "event", names);
	at = loa_reader_need_member(context, value, "event", "at");
	reminders = loa_reader_need_member(context, value, "event", "reminders");
	if (at != NULL)
		read_event_time(reader, at);
	if (reminders != NULL)
		loa_reader_for_each(reader, reminders, LOA_EVENT_MAX_REMINDERS, read_reminder);
	for (guint i = 0; i < broadcast->reminders->len; i++) {
		const LoaReminder *one = &g_array_index(broadcast->reminders, LoaReminder, i);
		g_autofree char *text = loa_reminder_format(one);

		if (loa_reminder_lead_s(one, broadcast->event_s) <= 0)
			LOA_READER_FAULT(context, value->line,
					 "event.reminders: \"%s\" is not before the event", text);
	}
	g_array_sort_with_data(broadcast->reminders, compare_leads, broadcast);
}

void
loa_care_reader_campaign(LoaReader *reader, const LoaValue *value)
{
	static const char *const names[] = { "kind", "days", "level", NULL };
	const LoaFieldsContext *context = reader->context;
	const LoaValue *kind, *days, *level;

	if (!loa_reader_check_kind(context, value, LOA_VALUE_RECORD, value->name,
				   "{ kind = \"disclosure\"; }"))
		return;
	loa_reader_check_members(context, value, "campaign", names);
	kind = loa_reader_need_member(context, value, "campaign", "kind");
	days = loa_value_member(value, "days");
	level = loa_value_member(value, "level");
	if (kind != NULL &&
	    loa_reader_check_kind(context, kind, LOA_VALUE_TEXT, "campaign.kind",
				  "\"disclosure\"") &&
	    strcmp(kind->text, "disclosure") != 0)
		LOA_READER_FAULT(context, kind->line, "campaign.kind: \"%s\" is not \"disclosure\"",
				 kind->text);
	reader->broadcast->campaign_days =
		days != NULL ? loa_reader_number(context, days, 1, LOA_CAMPAIGN_MAX_DAYS)
			     : LOA_CAMPAIGN_DAYS;
	reader->broadcast->campaign_level =
		level != NULL ? loa_reader_number(context, level, 1, 5) : LOA_CAMPAIGN_LEVEL;
}

static void
refuse_beside(const LoaFieldsContext *context, const LoaValue *record, const char *key,
	      const char *const *others, const char *why)
{
	if (loa_value_member(record, key) == NULL)
		return;
	for (; *others != NULL; others++) {
		const LoaValue *value = loa_value_member(record, *others);

		if (value != NULL)
			LOA_READER_FAULT(context, value->line, "\"%s\" beside \"%s\": %s", *others,
					 key, why);
	}
}

/* The days of a campaign must follow each other, and be enough. */
static void
check_campaign(const LoaFieldsContext *context, const LoaValue *record, LoaBroadcast *broadcast)
{
	static const char *const others[] = { "days",     "date",  "rrule",  "lunar", "giao_thua",
					      "occasion", "event", "except", "also",  NULL };
	const LoaValue *campaign = loa_value_member(record, "campaign");
	gint32 n_days;

	if (campaign == NULL)
		return;
	refuse_beside(context, record, "campaign", others,
		      "a campaign plays every day from \"from\" to \"until\"");
	if (loa_value_member(record, "from") == NULL) {
		LOA_READER_FAULT(context, campaign->line,
				 "campaign: needs \"from\", its first day");
		return;
	}
	if (loa_day_is_none(broadcast->from))
		return;
	if (loa_value_member(record, "until") == NULL)
		broadcast->until = loa_day_from_number(loa_day_to_number(broadcast->from) +
						       (gint32)broadcast->campaign_days - 1);
	if (loa_day_is_none(broadcast->until))
		return;
	n_days = loa_day_to_number(broadcast->until) - loa_day_to_number(broadcast->from) + 1;
	if (n_days < (gint32)broadcast->campaign_days)
		LOA_READER_FAULT(context, campaign->line,
				 "campaign: %u days in a row are wanted, and from \"from\" to "
				 "\"until\" are %d",
				 broadcast->campaign_days, n_days);
}

void
loa_care_reader_check(const LoaFieldsContext *context, const LoaValue *record,
		      LoaBroadcast *broadcast)
{
	static const char *const beside_event[] = { "from", "until", "except", "also", NULL };
	const LoaValue *expires = loa_value_member(record, "expires");

	refuse_beside(context, record, "event", beside_event,
		      "an event has its reminders and nothing else");
	check_campaign(context, record, broadcast);
	if (expires != NULL && !loa_day_is_none(broadcast->expires) &&
	    !loa_day_is_none(broadcast->from) &&
	    loa_day_compare(broadcast->expires, broadcast->from) < 0)
		LOA_READER_FAULT(context, expires->line, "expires: lies before \"from\"");
}
