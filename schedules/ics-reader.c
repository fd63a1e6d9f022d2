/* SPDX-License-Identifier: Apache-2.0 */
#include "schedules/ics-reader.h"

#include <string.h>

#include "schedules/broadcast-fields.h"
#include "schedules/broadcast-json.h"
#include "schedules/faults.h"
#include "schedules/ics-properties.h"
#include "schedules/ics-record.h"
#include "schedules/rule.h"
#include "schedules/schedule-file.h"

static gboolean
is_as_written(const LoaIcsEvent *event)
{
	g_autofree char *digest = loa_ics_event_digest(event);
	g_autofree char *place = loa_ics_event_place_digest(event);
	g_autofree char *shows = g_strdup_printf("%s %s", digest, place);

	return g_strcmp0(shows, event->shows) == 0;
}

static gboolean
is_place_as_written(const LoaIcsEvent *event)
{
	g_autofree char *place = loa_ics_event_place_digest(event);

	return event->shows != NULL && g_str_has_suffix(event->shows, place);
}

/* (transfer full) (nullable) */
static LoaBroadcast *
broadcast_of_json(LoaIcsReading *reading, const LoaIcsEvent *event)
{
	g_autoptr(GError) error = NULL;
	LoaBroadcast *broadcast = loa_broadcast_from_json_text(event->json, &error);

	if (broadcast == NULL)
		loa_ics_reading_refuse(reading, event, event->line, "X-LOA-BROADCAST: %s",
				       error->message);
	return broadcast;
}

/* Changed in a calendar program: what it shows is true, and the rest is as it was. */
static void
take_changed(LoaIcsReading *reading, LoaIcsEvent *event)
{
	static const char *const replaced[] = { "title",  "category", "at",   "days",
						"date",   "rrule",    "from", "until",
						"except", "also",     NULL };
	g_autoptr(LoaBroadcast) broadcast = broadcast_of_json(reading, event);
	g_autoptr(LoaValue) old = NULL;
	g_autoptr(LoaValue) record = loa_ics_record_new(event);
	LoaRuleKind kind;

	if (broadcast == NULL)
		return;
	kind = loa_rule_kind(broadcast);
	if (!is_place_as_written(event)) {
		loa_ics_reading_refuse(
			reading, event, event->line,
			"LOCATION: it was changed in a calendar program, which cannot say for whom "
			"\"%s\" is: change that in its schedule file or on the page",
			broadcast->id);
		return;
	}
	if (event->n_parts != 1 || broadcast->campaign_days > 0 ||
	    (kind != LOA_RULE_WEEKLY && kind != LOA_RULE_DATE && kind != LOA_RULE_RRULE)) {
		loa_ics_reading_refuse(
			reading, event, event->line,
			"DTSTART: \"%s\" was changed in a calendar program, which cannot say what "
			"becomes of its other times, or of its rule: change it in its schedule "
			"file "
			"or on the page",
			broadcast->id);
		return;
	}
	if (!loa_ics_record_can_repeat(reading, event))
		return;
	old = loa_broadcast_to_value(broadcast);
	for (guint i = 0; i < old->items->len; i++)
		if (!g_strv_contains(replaced, ((LoaValue *)old->items->pdata[i])->name))
			loa_value_add(record, loa_value_copy(old->items->pdata[i]));
	loa_ics_record_put_title(reading, record, event);
	loa_ics_record_put_days(record, event);
	loa_ics_reading_take(reading, event, record);
}

static gboolean
are_all_parts(const GPtrArray *events)
{
	const LoaIcsEvent *first = events->pdata[0];
	guint64 parts = 0;

	G_STATIC_ASSERT(LOA_BROADCAST_MAX_TIMES < 64);
	for (guint i = 0; i < events->len; i++)
		parts |= G_GUINT64_CONSTANT(1) << ((LoaIcsEvent *)events->pdata[i])->part;
	return events->len == first->n_parts &&
	       parts == (G_GUINT64_CONSTANT(1) << (first->n_parts + 1)) - 2;
}

/* All events that carry the same broadcast. */
static void
take_ours(LoaIcsReading *reading, const GPtrArray *events)
{
	LoaIcsEvent *first = events->pdata[0];
	g_autoptr(LoaBroadcast) broadcast = NULL;
	g_autoptr(LoaValue) record = NULL;

	for (guint i = 0; i < events->len; i++) {
		LoaIcsEvent *event = events->pdata[i];

		if (is_as_written(event))
			continue;
		take_changed(reading, event);
		return;
	}
	if (!are_all_parts(events)) {
		loa_ics_reading_refuse(
			reading, first, first->line,
			"X-LOA-PART: %u of %u times of day are here: change the times in the "
			"schedule file or on the page",
			events->len, first->n_parts);
		return;
	}
	broadcast = broadcast_of_json(reading, first);
	if (broadcast == NULL)
		return;
	record = loa_broadcast_to_value(broadcast);
	record->line = first->line;
	loa_ics_reading_take(reading, first, record);
}

static void
take_event(LoaIcsReading *reading, const LoaIcsComponent *component)
{
	const LoaIcsProperty *status = loa_ics_lines_find(component, "STATUS");
	g_autoptr(LoaIcsEvent) event = loa_ics_event_new();
	GPtrArray *same;

	for (guint i = 0; i < component->children->len; i++)
		loa_ics_reading_note_unused(
			reading, ((LoaIcsComponent *)component->children->pdata[i])->name,
			((LoaIcsComponent *)component->children->pdata[i])->line);
	if (status != NULL && g_ascii_strcasecmp(status->value, "CANCELLED") == 0) {
		loa_ics_reading_note_unused(reading, "VEVENT with STATUS:CANCELLED",
					    component->line);
		return;
	}
	if (!loa_ics_properties_read(reading, component, event))
		return;
	if (event->json == NULL) {
		loa_ics_record_take_foreign(reading, event);
		return;
	}
	same = g_hash_table_lookup(reading->ours, event->json);
	if (same == NULL) {
		same = g_ptr_array_new_with_free_func((GDestroyNotify)loa_ics_event_free);
		g_hash_table_insert(reading->ours, event->json, same);
		g_ptr_array_add(reading->order, same);
	}
	g_ptr_array_add(same, g_steal_pointer(&event));
}

static void
take_calendar(LoaIcsReading *reading, const LoaIcsComponent *calendar)
{
	reading->times.calendar = calendar;
	for (guint i = 0; i < calendar->children->len; i++) {
		const LoaIcsComponent *child = calendar->children->pdata[i];

		if (reading->faults->len > LOA_FAULTS_MAX)
			return; /* nobody would see more of them */
		if (reading->ics->broadcasts->len + reading->order->len >=
		    LOA_SCHEDULE_MAX_BROADCASTS) {
			loa_faults_add(reading->faults, reading->where, child->line,
				       "more than %d broadcasts", LOA_SCHEDULE_MAX_BROADCASTS);
			return;
		}
		if (strcmp(child->name, "VEVENT") == 0)
			take_event(reading, child);
		else if (strcmp(child->name, "VTIMEZONE") != 0)
			loa_ics_reading_note_unused(reading, child->name, child->line);
	}
}

LoaIcs *
loa_ics_read(const char *where, const char *text, gsize size, const LoaIcsOptions *options,
	     GPtrArray *faults)
{
	g_autoptr(LoaIcsComponent) root = loa_ics_lines_parse(where, text, size, faults);
	LoaIcsReading reading;

	if (root == NULL)
		return NULL;
	loa_ics_reading_init(&reading, where, options, faults);
	for (guint i = 0; i < root->children->len; i++) {
		const LoaIcsComponent *calendar = root->children->pdata[i];

		if (strcmp(calendar->name, "VCALENDAR") == 0)
			take_calendar(&reading, calendar);
		else
			loa_ics_reading_note_unused(&reading, calendar->name, calendar->line);
	}
	for (guint i = 0; i < reading.order->len && faults->len <= LOA_FAULTS_MAX; i++)
		take_ours(&reading, reading.order->pdata[i]);
	loa_ics_reading_write_notes(&reading);

	LoaIcs *ics = reading.ics;

	loa_ics_reading_clear(&reading);
	return ics;
}

void
loa_ics_free(LoaIcs *self)
{
	if (self == NULL)
		return;
	g_ptr_array_unref(self->broadcasts);
	g_ptr_array_unref(self->notes);
	g_free(self);
}
