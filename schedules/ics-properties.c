/* SPDX-License-Identifier: Apache-2.0 */
#include "schedules/ics-properties.h"

#include <string.h>

/* Every value of a list of times goes to @take. */
static gboolean
read_times(LoaIcsReading *reading, LoaIcsEvent *event, const LoaIcsProperty *property,
	   gboolean (*take)(LoaIcsReading *, LoaIcsEvent *, const LoaIcsProperty *, LoaIcsMoment *))
{
	g_auto(GStrv) values = g_strsplit(property->value, ",", LOA_ICS_EVENT_MAX_DATES + 1);

	if (g_strv_length(values) > LOA_ICS_EVENT_MAX_DATES) {
		loa_ics_reading_refuse(reading, event, property->line, "%s: more than %d dates",
				       property->name, LOA_ICS_EVENT_MAX_DATES);
		return FALSE;
	}
	for (guint i = 0; values[i] != NULL; i++) {
		g_auto(LoaIcsMoment) moment = { 0 };
		g_autofree char *why = NULL;

		if (!loa_ics_times_read(&reading->times, property, values[i], &moment, &why)) {
			loa_ics_reading_refuse(reading, event, property->line, "%s: %s",
					       property->name, why);
			return FALSE;
		}
		if (!take(reading, event, property, &moment))
			return FALSE;
	}
	return TRUE;
}

static gboolean
take_start(LoaIcsReading *reading, LoaIcsEvent *event, const LoaIcsProperty *property,
	   LoaIcsMoment *moment)
{
	event->day = moment->day;
	event->at_s = moment->at_s >= 0 ? moment->at_s : reading->options->at_s;
	event->keeps_days = loa_ics_times_keeps_days(&reading->times, moment);
	if (event->at_s >= 0)
		return TRUE;
	loa_ics_reading_refuse(
		reading, event, property->line,
		"DTSTART: a whole day has no time to air something: give it one, or say which with "
		"--at");
	return FALSE;
}

/* A date of a rule is at its time; at another one it would be another broadcast. */
static gboolean
take_date(LoaIcsReading *reading, LoaIcsEvent *event, const LoaIcsProperty *property,
	  LoaIcsMoment *moment)
{
	gboolean is_extra = strcmp(property->name, "RDATE") == 0;
	gint32 n = loa_day_to_number(moment->day);

	if (moment->at_s >= 0 && moment->at_s != event->at_s) {
		loa_ics_reading_refuse(reading, event, property->line,
				       "%s: it is at another time of day than DTSTART: make it an "
				       "event of its own",
				       property->name);
		return FALSE;
	}
	g_array_append_val(is_extra ? event->rdates : event->exdates, n);
	if ((is_extra ? event->rdates : event->exdates)->len <= LOA_ICS_EVENT_MAX_DATES)
		return TRUE;
	loa_ics_reading_refuse(reading, event, property->line, "%s: more than %d dates",
			       property->name, LOA_ICS_EVENT_MAX_DATES);
	return FALSE;
}

static void
take_text(char **to, const LoaIcsProperty *property)
{
	g_free(*to);
	*to = loa_ics_lines_text(property->value);
}

static void
take_part(LoaIcsEvent *event, const char *value)
{
	g_auto(GStrv) numbers = g_strsplit(value, "/", 2);
	guint64 part = 0, n_parts = 0;

	if (g_strv_length(numbers) == 2 &&
	    g_ascii_string_to_unsigned(numbers[0], 10, 1, LOA_BROADCAST_MAX_TIMES, &part, NULL) &&
	    g_ascii_string_to_unsigned(numbers[1], 10, 1, LOA_BROADCAST_MAX_TIMES, &n_parts,
				       NULL)) {
		event->part = (guint)part;
		event->n_parts = (guint)n_parts;
	}
}

/* What these say is not a broadcast's business, and nobody misses it. */
static gboolean
is_harmless(const char *name)
{
	static const char *const names[] = { "UID",      "DTSTAMP",     "CREATED",  "LAST-MODIFIED",
					     "SEQUENCE", "DTEND",       "DURATION", "TRANSP",
					     "DTSTART",  "X-LOA-SHOWS", NULL };

	return g_strv_contains(names, name);
}

static gboolean
take_property(LoaIcsReading *reading, LoaIcsEvent *event, const LoaIcsProperty *property)
{
	const struct {
		const char *name;
		char **text;
	} texts[] = {
		{ "SUMMARY", &event->summary },           { "LOCATION", &event->location },
		{ "CATEGORIES", &event->category },       { "DESCRIPTION", &event->about },
		{ "X-LOA-BROADCAST", &event->json },      { "X-LOA-TO", &event->to },
		{ "X-LOA-RECORDING", &event->recording }, { "X-LOA-ID", &event->id },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		if (strcmp(property->name, texts[i].name) != 0)
			continue;
		take_text(texts[i].text, property);
		return TRUE;
	}
	if (strcmp(property->name, "RDATE") == 0 || strcmp(property->name, "EXDATE") == 0)
		return read_times(reading, event, property, take_date);
	if (strcmp(property->name, "RRULE") == 0 && event->rrule == NULL) {
		event->rrule = loa_ics_times_rule(&reading->times, property->value, event->at_s);
		event->rrule_line = property->line;
		return TRUE;
	}
	if (strcmp(property->name, "RRULE") == 0 || strcmp(property->name, "EXRULE") == 0 ||
	    strcmp(property->name, "RECURRENCE-ID") == 0) {
		loa_ics_reading_refuse(
			reading, event, property->line,
			"%s: one RRULE can be taken, and no changed occurrence of another event: "
			"make it an event of its own, and an EXDATE of the first",
			property->name);
		return FALSE;
	}
	if (strcmp(property->name, "X-LOA-PART") == 0)
		take_part(event, property->value);
	else if (!is_harmless(property->name))
		loa_ics_reading_note_unused(reading, property->name, property->line);
	return TRUE;
}

/* Times before everything that depends on them, whatever the file's order is. */
gboolean
loa_ics_properties_read(LoaIcsReading *reading, const LoaIcsComponent *component,
			LoaIcsEvent *event)
{
	const LoaIcsProperty *uid = loa_ics_lines_find(component, "UID");
	const LoaIcsProperty *start = loa_ics_lines_find(component, "DTSTART");
	const LoaIcsProperty *shows = loa_ics_lines_find(component, "X-LOA-SHOWS");

	event->line = component->line;
	event->uid = uid != NULL ? loa_ics_lines_text(uid->value) : g_strdup("");
	event->shows = shows != NULL ? g_strdup(shows->value) : NULL;
	if (*event->uid == '\0') {
		loa_ics_reading_refuse(reading, event, event->line, "UID: it has none");
		return FALSE;
	}
	if (start == NULL) {
		loa_ics_reading_refuse(reading, event, event->line, "DTSTART: it has none");
		return FALSE;
	}
	if (!read_times(reading, event, start, take_start))
		return FALSE;
	for (guint i = 0; i < component->properties->len; i++)
		if (!take_property(reading, event, component->properties->pdata[i]))
			return FALSE;
	if (event->summary == NULL) {
		loa_ics_reading_refuse(reading, event, event->line, "SUMMARY: it has none");
		return FALSE;
	}
	return TRUE;
}
