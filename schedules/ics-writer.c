/* SPDX-License-Identifier: Apache-2.0 */
#include "schedules/ics-writer.h"

#include <string.h>

#include "schedules/broadcast-json.h"
#include "schedules/ics-event.h"
#include "schedules/ics-lines.h"
#include "schedules/local-time.h"
#include "schedules/rule.h"
#include "schedules/timetable.h"

#define MAX_SLOTS 500000
/* Rules go on beyond the range: changes of the clocks are written for so long. */
#define ZONE_DAYS_MORE 1830

typedef struct {
	const LoaIcsQuery *query;
	LoaLocalTime local;
	GString *text;
} Writer;

static char *
format_day(LoaDay day)
{
	return g_strdup_printf("%04d%02d%02d", day.year, day.month, day.day);
}

static char *
format_moment(LoaDay day, gint32 at_s)
{
	return g_strdup_printf("%04d%02d%02dT%02d%02d%02d", day.year, day.month, day.day,
			       at_s / 3600, at_s / 60 % 60, at_s % 60);
}

static char *
format_utc(gint64 us)
{
	g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(us / LOA_SECOND_US);

	return g_date_time_format(time, "%Y%m%dT%H%M%SZ");
}

/* (transfer full) */
static char *
format_offset(gint32 offset_s)
{
	gint32 size = ABS(offset_s);
	g_autofree char *seconds = size % 60 != 0 ? g_strdup_printf("%02d", size % 60) : NULL;

	return g_strdup_printf("%c%02d%02d%s", offset_s < 0 ? '-' : '+', size / 3600,
			       size / 60 % 60, seconds != NULL ? seconds : "");
}

static void
write_change(Writer *writer, gint64 at_us, gint32 before_s, gint32 after_s)
{
	/* a local time before the change, as RFC 5545 wants it */
	g_autofree char *utc = format_utc(at_us + before_s * LOA_SECOND_US);
	g_autofree char *from = format_offset(before_s);
	g_autofree char *to = format_offset(after_s);
	const char *name = after_s > before_s ? "DAYLIGHT" : "STANDARD";

	utc[strlen(utc) - 1] = '\0';
	loa_ics_lines_write(writer->text, "BEGIN", name);
	loa_ics_lines_write(writer->text, "DTSTART", utc);
	loa_ics_lines_write(writer->text, "TZOFFSETFROM", from);
	loa_ics_lines_write(writer->text, "TZOFFSETTO", to);
	loa_ics_lines_write(writer->text, "END", name);
}

/* The moment within (from_us, to_us] at which the offset changes, to the second. */
static gint64
find_change(Writer *writer, gint64 from_us, gint64 to_us)
{
	gint32 before_s = loa_local_time_offset_s(&writer->local, from_us);

	while (to_us - from_us > LOA_SECOND_US) {
		gint64 middle_us = from_us + (to_us - from_us) / 2 / LOA_SECOND_US * LOA_SECOND_US;

		if (loa_local_time_offset_s(&writer->local, middle_us) == before_s)
			from_us = middle_us;
		else
			to_us = middle_us;
	}
	return to_us;
}

static void
write_zone(Writer *writer)
{
	const LoaIcsQuery *query = writer->query;
	const gint64 day_us = LOA_DAY_S * LOA_SECOND_US;
	gint64 at_us = loa_local_time_to_us(&writer->local, query->from, 0) - 400 * day_us;
	gint32 offset_s = loa_local_time_offset_s(&writer->local, at_us);

	loa_ics_lines_write(writer->text, "BEGIN", "VTIMEZONE");
	loa_ics_lines_write_text(writer->text, "TZID", query->zone_name);
	write_change(writer, at_us, offset_s, offset_s);
	for (guint i = 0; i < 400 + query->n_days + ZONE_DAYS_MORE; i++, at_us += day_us) {
		gint32 next_s = loa_local_time_offset_s(&writer->local, at_us + day_us);

		if (next_s == offset_s)
			continue;
		write_change(writer, find_change(writer, at_us, at_us + day_us), offset_s, next_s);
		offset_s = next_s;
	}
	loa_ics_lines_write(writer->text, "END", "VTIMEZONE");
}

/* NAME;TZID=ZONE:a,b,c */
static void
write_moments(Writer *writer, const char *name, const GArray *days, gint32 at_s)
{
	g_autofree char *with_zone = g_strdup_printf("%s;TZID=%s", name, writer->query->zone_name);
	g_autoptr(GString) list = g_string_new(NULL);

	for (guint i = 0; i < days->len; i++) {
		g_autofree char *moment =
			format_moment(loa_day_from_number(g_array_index(days, gint32, i)), at_s);

		g_string_append_printf(list, "%s%s", i > 0 ? "," : "", moment);
	}
	if (days->len > 0)
		loa_ics_lines_write(writer->text, with_zone, list->str);
}

/* The rule with its UNTIL as a moment in UTC, as a DTSTART with a zone wants it. */
static char *
rule_with_moment(Writer *writer, const char *rrule)
{
	g_auto(GStrv) parts = g_strsplit(rrule, ";", -1);

	for (guint i = 0; parts[i] != NULL; i++) {
		gint32 number = 0;
		LoaDay day;

		if (!g_str_has_prefix(parts[i], "UNTIL="))
			continue;
		number = (gint32)g_ascii_strtoll(parts[i] + 6, NULL, 10);
		day = (LoaDay){ (gint16)(number / 10000), (guint8)(number / 100 % 100),
				(guint8)(number % 100) };
		if (day.year > LOA_DAY_YEAR_MAX)
			continue;

		g_autofree char *utc =
			format_utc(loa_local_time_to_us(&writer->local, day, LOA_DAY_S - 1));

		g_free(parts[i]);
		parts[i] = g_strconcat("UNTIL=", utc, NULL);
	}
	return g_strjoinv(";", parts);
}

static void
write_event(Writer *writer, const LoaIcsEvent *event)
{
	g_autofree char *stamp = format_utc(writer->query->now_us);
	g_autofree char *digest = loa_ics_event_digest(event);
	g_autofree char *place = loa_ics_event_place_digest(event);
	g_autofree char *shows = g_strdup_printf("%s %s", digest, place);
	g_autofree char *part = g_strdup_printf("%u/%u", event->part, event->n_parts);
	g_autoptr(GArray) start = g_array_new(FALSE, FALSE, sizeof(gint32));
	const gint32 first = loa_day_to_number(event->day);

	g_array_append_val(start, first);
	loa_ics_lines_write(writer->text, "BEGIN", "VEVENT");
	loa_ics_lines_write_text(writer->text, "UID", event->uid);
	loa_ics_lines_write(writer->text, "DTSTAMP", stamp);
	write_moments(writer, "DTSTART", start, event->at_s);
	if (event->rrule != NULL) {
		g_autofree char *rrule = rule_with_moment(writer, event->rrule);

		loa_ics_lines_write(writer->text, "RRULE", rrule);
	}
	write_moments(writer, "RDATE", event->rdates, event->at_s);
	write_moments(writer, "EXDATE", event->exdates, event->at_s);
	loa_ics_lines_write_text(writer->text, "SUMMARY", event->summary);
	loa_ics_lines_write_text(writer->text, "LOCATION", event->location);
	if (event->category != NULL)
		loa_ics_lines_write_text(writer->text, "CATEGORIES", event->category);
	loa_ics_lines_write(writer->text, "TRANSP", "TRANSPARENT");
	loa_ics_lines_write_text(writer->text, "X-LOA-BROADCAST", event->json);
	loa_ics_lines_write(writer->text, "X-LOA-PART", part);
	loa_ics_lines_write(writer->text, "X-LOA-SHOWS", shows);
	loa_ics_lines_write(writer->text, "END", "VEVENT");
}

/* (transfer full): the names of those who hear it */
static char *
place_of(const LoaIcsQuery *query, const LoaBroadcast *broadcast)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();

	if (broadcast->to_all)
		return g_strdup(query->site_name);
	for (guint i = 0; i < broadcast->groups->len; i++) {
		const char *name = broadcast->groups->pdata[i];

		for (guint j = 0; query->groups != NULL && j < query->groups->len; j++) {
			const LoaGroup *group = query->groups->pdata[j];

			if (strcmp(group->id, name) == 0)
				name = group->name;
		}
		g_ptr_array_add(names, (gpointer)name);
	}
	g_ptr_array_add(names, NULL);
	return g_strjoinv(", ", (char **)names->pdata);
}

/* (transfer full) (nullable): "FREQ=WEEKLY;BYDAY=..." */
static char *
weekly_rule(const LoaBroadcast *broadcast)
{
	static const char *const names[] = { "MO", "TU", "WE", "TH", "FR", "SA", "SU" };
	g_autoptr(GString) rule = g_string_new("FREQ=WEEKLY;BYDAY=");

	if (broadcast->days == LOA_BROADCAST_ALL_DAYS)
		return g_strdup("FREQ=DAILY");
	for (guint i = 0, n = 0; i < G_N_ELEMENTS(names); i++)
		if ((broadcast->days & 1u << i) != 0)
			g_string_append_printf(rule, "%s%s", n++ > 0 ? "," : "", names[i]);
	return g_string_free(g_steal_pointer(&rule), FALSE);
}

/* The last day on which it may play; none: there is no such. */
static LoaDay
last_day(const LoaBroadcast *broadcast)
{
	LoaDay until = broadcast->until;

	if (loa_day_is_none(until) || (!loa_day_is_none(broadcast->expires) &&
				       loa_day_compare(broadcast->expires, until) < 0))
		until = broadcast->expires;
	return until;
}

/* (transfer full) (nullable): its days as an RRULE that ends where it ends; %NULL: only its dates
 * say it */
static char *
rule_of(const LoaBroadcast *broadcast)
{
	LoaDay last = last_day(broadcast);
	g_autofree char *until = NULL;
	g_autofree char *rule = NULL;
	g_auto(GStrv) parts = NULL;
	GString *joined;

	if (loa_rule_kind(broadcast) == LOA_RULE_WEEKLY)
		rule = weekly_rule(broadcast);
	else if (loa_rule_kind(broadcast) == LOA_RULE_RRULE)
		rule = g_strdup(broadcast->rrule);
	else
		return NULL;
	if (loa_day_is_none(last))
		return g_steal_pointer(&rule);
	if (strstr(rule, "COUNT=") != NULL)
		return NULL; /* it may not have both */
	until = format_day(last);
	parts = g_strsplit(rule, ";", -1);
	joined = g_string_new(NULL);
	for (guint i = 0; parts[i] != NULL; i++) {
		if (!g_str_has_prefix(parts[i], "UNTIL="))
			g_string_append_printf(joined, "%s;", parts[i]);
		else if (strcmp(parts[i] + 6, until) < 0)
			memcpy(until, parts[i] + 6, 8);
	}
	g_string_append_printf(joined, "UNTIL=%s", until);
	return g_string_free(joined, FALSE);
}

/* The first day by the rule alone, exceptions not heeded: the start that an RRULE counts from.
 * @from: where to begin when the rule itself says nothing. */
static gboolean
find_first(const LoaBroadcast *broadcast, LoaDay from, LoaDay *first)
{
	g_autoptr(LoaBroadcast) bare = loa_broadcast_copy(broadcast);
	gint32 begin = loa_day_to_number(loa_day_is_none(bare->from) ? from : bare->from);
	const LoaDay end = { LOA_DAY_YEAR_MAX, 12, 31 };

	g_array_set_size(bare->except, 0);
	g_array_set_size(bare->also, 0);
	/* most are found within a year; no rule of a declared broadcast is without any day */
	for (gint32 length = 366; begin <= loa_day_to_number(end); length *= 4) {
		g_autoptr(GArray) days = loa_rule_expand(bare, begin, begin + length - 1);

		if (days->len > 0) {
			*first = loa_day_from_number(g_array_index(days, gint32, 0));
			return TRUE;
		}
		begin += length;
	}
	return FALSE;
}

static void
add_also(const LoaBroadcast *broadcast, GArray *days)
{
	for (guint i = 0; i < broadcast->also->len; i++) {
		gint32 n = g_array_index(broadcast->also, gint32, i);
		gboolean is_excepted = FALSE;

		for (guint j = 0; j < broadcast->except->len; j++)
			is_excepted |= g_array_index(broadcast->except, gint32, j) == n;
		if (!is_excepted && !loa_broadcast_is_expired(broadcast, loa_day_from_number(n)))
			g_array_append_val(days, n);
	}
}

static LoaIcsEvent *
make_event(const Writer *writer, const LoaBroadcast *broadcast, const char *json, gint32 at_s)
{
	LoaIcsEvent *event = loa_ics_event_new();

	event->uid = g_strdup_printf("%s.%02d%02d%02d@%s", broadcast->id, at_s / 3600,
				     at_s / 60 % 60, at_s % 60, writer->query->site_id);
	event->summary = g_strdup(broadcast->title);
	event->location = place_of(writer->query, broadcast);
	event->category = g_strdup(broadcast->category);
	event->json = g_strdup(json);
	event->at_s = at_s;
	return event;
}

static void
add_events_by_rule(const Writer *writer, const LoaBroadcast *broadcast, const char *json,
		   const char *rrule, LoaDay first, GPtrArray *events)
{
	for (guint i = 0; i < broadcast->at_s->len; i++) {
		LoaIcsEvent *event = make_event(writer, broadcast, json,
						g_array_index(broadcast->at_s, gint32, i));

		event->day = first;
		event->rrule = g_strdup(rrule);
		add_also(broadcast, event->rdates);
		g_array_append_vals(event->exdates, broadcast->except->data,
				    broadcast->except->len);
		g_ptr_array_add(events, event);
	}
}

/* Each time of day with the dates it has in the range. */
static gboolean
add_events_by_dates(const Writer *writer, const LoaBroadcast *broadcast, const char *json,
		    gint64 from_us, gint64 to_us, GPtrArray *events, GError **error)
{
	g_autoptr(GHashTable) by_time = g_hash_table_new(NULL, NULL);
	g_autoptr(GPtrArray) one = g_ptr_array_new();
	g_autoptr(GArray) slots = NULL;

	g_ptr_array_add(one, (gpointer)broadcast);
	slots = loa_timetable_expand(one, writer->query->zone, from_us, to_us, MAX_SLOTS, error);
	for (guint i = 0; slots != NULL && i < slots->len; i++) {
		const LoaSlot *slot = &g_array_index(slots, LoaSlot, i);
		LoaIcsEvent *event =
			g_hash_table_lookup(by_time, GINT_TO_POINTER(slot->local_s + 1));
		gint32 n = loa_day_to_number(slot->local_day);

		if (event != NULL) {
			g_array_append_val(event->rdates, n);
			continue;
		}
		event = make_event(writer, broadcast, json, slot->local_s);
		event->day = slot->local_day;
		g_hash_table_insert(by_time, GINT_TO_POINTER(slot->local_s + 1), event);
		g_ptr_array_add(events, event);
	}
	return slots != NULL;
}

static gboolean
has_starts(const Writer *writer, const LoaBroadcast *broadcast, gint64 from_us, gint64 to_us)
{
	g_autoptr(GPtrArray) one = g_ptr_array_new();
	g_autoptr(GArray) slots = NULL;

	g_ptr_array_add(one, (gpointer)broadcast);
	slots = loa_timetable_expand(one, writer->query->zone, from_us, to_us, 1, NULL);
	return slots == NULL || slots->len > 0; /* more than one is a failure of that call */
}

static gboolean
write_broadcast(Writer *writer, const LoaBroadcast *broadcast, gint64 from_us, gint64 to_us,
		GPtrArray *left_out, GError **error)
{
	g_autoptr(GPtrArray) events =
		g_ptr_array_new_with_free_func((GDestroyNotify)loa_ics_event_free);
	g_autofree char *json = loa_broadcast_to_json_text(broadcast);
	g_autofree char *rrule = rule_of(broadcast);
	LoaDay first;

	if (!broadcast->is_confidential && has_starts(writer, broadcast, from_us, to_us)) {
		if (rrule != NULL && find_first(broadcast, writer->query->from, &first))
			add_events_by_rule(writer, broadcast, json, rrule, first, events);
		else if (!add_events_by_dates(writer, broadcast, json, from_us, to_us, events,
					      error))
			return FALSE;
	}
	if (events->len == 0 && left_out != NULL)
		g_ptr_array_add(left_out, g_strdup(broadcast->id));
	for (guint i = 0; i < events->len; i++) {
		LoaIcsEvent *event = events->pdata[i];

		event->part = i + 1;
		event->n_parts = events->len;
		write_event(writer, event);
	}
	return TRUE;
}

char *
loa_ics_write(const LoaIcsQuery *query, GPtrArray *left_out, GError **error)
{
	g_return_val_if_fail(query->n_days >= 1 && query->n_days <= LOA_ICS_WRITER_MAX_DAYS, NULL);

	g_autoptr(GString) text = g_string_new(NULL);
	Writer writer = { .query = query, .text = text };
	gint64 from_us, to_us;

	loa_local_time_init(&writer.local, query->zone);
	from_us = loa_local_time_to_us(&writer.local, query->from, 0);
	to_us = loa_local_time_to_us(
		&writer.local,
		loa_day_from_number(loa_day_to_number(query->from) + (gint32)query->n_days), 0);
	loa_ics_lines_write(text, "BEGIN", "VCALENDAR");
	loa_ics_lines_write(text, "VERSION", "2.0");
	loa_ics_lines_write(text, "PRODID", "-//Loa Phường//Lịch phát thanh//VI");
	loa_ics_lines_write(text, "CALSCALE", "GREGORIAN");
	loa_ics_lines_write(text, "METHOD", "PUBLISH");
	loa_ics_lines_write_text(text, "X-WR-CALNAME", query->site_name);
	loa_ics_lines_write_text(text, "X-WR-TIMEZONE", query->zone_name);
	write_zone(&writer);
	for (guint i = 0; i < query->broadcasts->len; i++)
		if (!write_broadcast(&writer, query->broadcasts->pdata[i], from_us, to_us, left_out,
				     error))
			return NULL;
	loa_ics_lines_write(text, "END", "VCALENDAR");
	return g_string_free(g_steal_pointer(&text), FALSE);
}
