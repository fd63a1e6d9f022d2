/* SPDX-License-Identifier: Apache-2.0 */
#include "schedules/ics-record.h"

#include <string.h>

#include "schedules/rrule.h"

/* The file's id for it: the one that stands there, or one made of the UID, always the same. */
static char *
make_id(const LoaIcsEvent *event)
{
	g_autofree char *hash = NULL;
	g_autofree char *clean = NULL;

	if (event->id != NULL)
		return g_strdup(event->id);
	hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, event->uid, -1);
	clean = g_ascii_strdown(event->uid, 24);
	clean[strcspn(clean, "@")] = '\0';
	for (char *c = clean; *c != '\0'; c++)
		if (!g_ascii_islower(*c) && !g_ascii_isdigit(*c))
			*c = '-';
	return g_strdup_printf("ics-%s-%.8s", clean, hash);
}

static LoaValue *
put_text(LoaValue *record, const char *name, const char *text, guint line)
{
	LoaValue *value = loa_value_new_text(name, text);

	value->line = line;
	loa_value_add(record, value);
	return value;
}

static void
put_days(LoaValue *record, const char *name, const GArray *days, guint line)
{
	LoaValue *list;
	g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);

	if (days->len == 0)
		return;
	list = loa_value_new(LOA_VALUE_LIST, name, line);
	for (guint i = 0; i < days->len; i++) {
		gint32 n = g_array_index(days, gint32, i);
		g_autofree char *day = loa_day_format(loa_day_from_number(n));

		if (g_hash_table_add(seen, GINT_TO_POINTER(n + 1)))
			put_text(list, NULL, day, line);
	}
	loa_value_add(record, list);
}

/* RFC 5545: DTSTART is the first start even where the rule does not fit it. */
static void
keep_start(LoaIcsEvent *event)
{
	g_autoptr(GArray) days = g_array_new(FALSE, FALSE, sizeof(gint32));
	g_autofree char *why = NULL;
	gint32 n = loa_day_to_number(event->day);

	if (event->rrule == NULL || !loa_rrule_check(event->rrule, &why))
		return;
	loa_rrule_expand(event->rrule, event->day, n, n, days);
	if (days->len == 0)
		g_array_append_val(event->rdates, n);
}

void
loa_ics_record_put_days(LoaValue *record, LoaIcsEvent *event)
{
	g_autofree char *day = loa_day_format(event->day);
	g_autofree char *time = loa_time_of_day_format(event->at_s);

	put_text(record, "at", time, event->line);
	if (event->rrule == NULL && event->rdates->len == 0 && event->exdates->len == 0) {
		put_text(record, "date", day, event->line);
		return;
	}
	keep_start(event);
	put_text(record, "rrule", event->rrule != NULL ? event->rrule : "FREQ=DAILY;COUNT=1",
		 event->rrule_line > 0 ? event->rrule_line : event->line);
	put_text(record, "from", day, event->line);
	put_days(record, "except", event->exdates, event->line);
	put_days(record, "also", event->rdates, event->line);
}

/* (transfer full): one form for all ways to type the same name: composed or not, wide or not,
 * capitals or not */
static char *
fold(const char *name)
{
	g_autofree char *normal = g_utf8_normalize(name, -1, G_NORMALIZE_ALL_COMPOSE);

	return g_utf8_casefold(normal != NULL ? normal : name, -1);
}

/* (nullable): the id of the group of that name or id */
static const char *
find_group(const LoaIcsReading *reading, const char *name)
{
	g_autofree char *wanted = fold(name);
	const GPtrArray *groups = reading->options->groups;

	for (guint i = 0; groups != NULL && i < groups->len; i++) {
		const LoaGroup *group = groups->pdata[i];
		g_autofree char *called = fold(group->name);

		if (strcmp(group->id, wanted) == 0 || strcmp(called, wanted) == 0)
			return group->id;
	}
	return NULL;
}

/* @is_exact: these are ids, whether there are such groups or not. %FALSE: one of them is no group
 */
static gboolean
put_groups(const LoaIcsReading *reading, LoaValue *record, const char *text, gboolean is_exact,
	   guint line)
{
	g_auto(GStrv) names = g_strsplit(text, ",", LOA_BROADCAST_MAX_GROUPS + 1);
	g_autoptr(LoaValue) list = loa_value_new(LOA_VALUE_LIST, "to", line);

	if (strcmp(text, "all") == 0) {
		put_text(record, "to", text, line);
		return TRUE;
	}
	for (guint i = 0; names[i] != NULL; i++) {
		const char *name = g_strstrip(names[i]);
		const char *id = is_exact ? name : find_group(reading, name);

		if (id == NULL)
			return FALSE;
		put_text(list, NULL, id, line);
	}
	loa_value_add(record, g_steal_pointer(&list));
	return TRUE;
}

static gboolean
put_to(LoaIcsReading *reading, LoaValue *record, const LoaIcsEvent *event)
{
	if (event->to != NULL)
		return put_groups(reading, record, event->to, TRUE, event->line);
	if (event->location != NULL && *event->location != '\0' &&
	    put_groups(reading, record, event->location, FALSE, event->line))
		return TRUE;
	if (reading->options->to != NULL)
		return put_groups(reading, record, reading->options->to, TRUE, event->line);
	loa_ics_reading_refuse(
		reading, event, event->line,
		"LOCATION: who hears it? Write the names of groups there, or X-LOA-TO:all, or say "
		"it for all of them with --to");
	return FALSE;
}

static gboolean
put_sound(LoaIcsReading *reading, LoaValue *record, const LoaIcsEvent *event)
{
	if (event->recording != NULL)
		put_text(record, "recording", event->recording, event->line);
	else if (event->about != NULL && *event->about != '\0')
		put_text(record, "text", event->about, event->line);
	else if (reading->options->recording != NULL)
		put_text(record, "recording", reading->options->recording, event->line);
	else {
		loa_ics_reading_refuse(
			reading, event, event->line,
			"DESCRIPTION: what is played? Write there what is to be spoken, or "
			"X-LOA-RECORDING:ID, or say one for all of them with --recording");
		return FALSE;
	}
	return TRUE;
}

static void
put_category(LoaIcsReading *reading, LoaValue *record, const LoaIcsEvent *event)
{
	g_autofree char *first = NULL;

	if (event->category == NULL)
		return;
	first = g_ascii_strdown(event->category, -1);
	if (loa_id_is_valid(first))
		put_text(record, "category", first, event->line);
	else
		loa_ics_reading_note_unused(reading, "CATEGORIES", event->line);
}

void
loa_ics_record_put_title(LoaIcsReading *reading, LoaValue *record, const LoaIcsEvent *event)
{
	put_text(record, "title", event->summary, event->line);
	put_category(reading, record, event);
}

LoaValue *
loa_ics_record_new(const LoaIcsEvent *event)
{
	return loa_value_new(LOA_VALUE_RECORD, NULL, event->line);
}

gboolean
loa_ics_record_can_repeat(LoaIcsReading *reading, const LoaIcsEvent *event)
{
	if (event->keeps_days ||
	    (event->rrule == NULL && event->rdates->len == 0 && event->exdates->len == 0))
		return TRUE;
	loa_ics_reading_refuse(
		reading, event, event->line,
		"DTSTART: its rule is in another time zone, and falls on other days or times here: "
		"write it in the time of the site");
	return FALSE;
}

void
loa_ics_record_take_foreign(LoaIcsReading *reading, LoaIcsEvent *event)
{
	g_autoptr(LoaValue) record = loa_ics_record_new(event);
	g_autofree char *id = make_id(event);

	if (!loa_ics_record_can_repeat(reading, event))
		return;
	put_text(record, "id", id, event->line);
	loa_ics_record_put_title(reading, record, event);
	if (!put_to(reading, record, event) || !put_sound(reading, record, event))
		return;
	loa_ics_record_put_days(record, event);
	loa_ics_reading_take(reading, event, record);
}
