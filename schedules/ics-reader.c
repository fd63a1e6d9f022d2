/* SPDX-License-Identifier: Apache-2.0 */
#include "schedules/ics-reader.h"

#include <string.h>

#include "schedules/broadcast-fields.h"
#include "schedules/broadcast-json.h"
#include "schedules/faults.h"
#include "schedules/ics-event.h"
#include "schedules/ics-times.h"
#include "schedules/rrule.h"
#include "schedules/rule.h"
#include "schedules/schedule-file.h"

/* Something of one kind that is not needed; said once, with a count. */
typedef struct {
	guint line; /* the first */
	guint n;
} Unused;

typedef struct {
	const char *where;
	const LoaIcsOptions *options;
	LoaIcsTimes times;
	GPtrArray *faults;
	LoaIcs *ics;
	GHashTable *unused; /* name (owned) to Unused (owned) */
	GHashTable *known;  /* group ids (borrowed), or NULL: all are */
	GHashTable *ids;    /* as LoaFieldsContext wants it */
	GHashTable *ours;   /* JSON (of the first event) to GPtrArray of LoaIcsEvent */
	GPtrArray *order;   /* those arrays, as they came; borrowed from @ours */
} Reading;

static void G_GNUC_PRINTF(4, 5)
	refuse(Reading *reading, const LoaIcsEvent *event, guint line, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_autofree char *sentence = g_strdup_vprintf(format, args);
	va_end(args);
	loa_faults_add(reading->faults, reading->where, line, "event \"%.60s\": %s", event->uid,
		       sentence);
}

static void
note_unused(Reading *reading, const char *name, guint line)
{
	Unused *unused = g_hash_table_lookup(reading->unused, name);

	if (unused == NULL) {
		unused = g_new0(Unused, 1);
		unused->line = line;
		g_hash_table_insert(reading->unused, g_strdup(name), unused);
	}
	unused->n++;
}

/* Every value of a list of times goes to @take. */
static gboolean
read_times(Reading *reading, LoaIcsEvent *event, const LoaIcsProperty *property,
	   gboolean (*take)(Reading *, LoaIcsEvent *, const LoaIcsProperty *, LoaIcsMoment *))
{
	g_auto(GStrv) values = g_strsplit(property->value, ",", LOA_ICS_EVENT_MAX_DATES + 1);

	if (g_strv_length(values) > LOA_ICS_EVENT_MAX_DATES) {
		refuse(reading, event, property->line, "%s: more than %d dates", property->name,
		       LOA_ICS_EVENT_MAX_DATES);
		return FALSE;
	}
	for (guint i = 0; values[i] != NULL; i++) {
		g_auto(LoaIcsMoment) moment = { 0 };
		g_autofree char *why = NULL;

		if (!loa_ics_times_read(&reading->times, property, values[i], &moment, &why)) {
			refuse(reading, event, property->line, "%s: %s", property->name, why);
			return FALSE;
		}
		if (!take(reading, event, property, &moment))
			return FALSE;
	}
	return TRUE;
}

static gboolean
take_start(Reading *reading, LoaIcsEvent *event, const LoaIcsProperty *property,
	   LoaIcsMoment *moment)
{
	event->day = moment->day;
	event->at_s = moment->at_s >= 0 ? moment->at_s : reading->options->at_s;
	event->keeps_days = loa_ics_times_keeps_days(&reading->times, moment);
	if (event->at_s >= 0)
		return TRUE;
	refuse(reading, event, property->line,
	       "DTSTART: a whole day has no time to air something: give it one, or say which with "
	       "--at");
	return FALSE;
}

/* A date of a rule is at its time; at another one it would be another broadcast. */
static gboolean
take_date(Reading *reading, LoaIcsEvent *event, const LoaIcsProperty *property,
	  LoaIcsMoment *moment)
{
	gboolean is_extra = strcmp(property->name, "RDATE") == 0;
	gint32 n = loa_day_to_number(moment->day);

	if (moment->at_s >= 0 && moment->at_s != event->at_s) {
		refuse(reading, event, property->line,
		       "%s: it is at another time of day than DTSTART: make it an event of its own",
		       property->name);
		return FALSE;
	}
	g_array_append_val(is_extra ? event->rdates : event->exdates, n);
	if ((is_extra ? event->rdates : event->exdates)->len <= LOA_ICS_EVENT_MAX_DATES)
		return TRUE;
	refuse(reading, event, property->line, "%s: more than %d dates", property->name,
	       LOA_ICS_EVENT_MAX_DATES);
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
take_property(Reading *reading, LoaIcsEvent *event, const LoaIcsProperty *property)
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
		refuse(reading, event, property->line,
		       "%s: one RRULE can be taken, and no changed occurrence of another event: "
		       "make it an event of its own, and an EXDATE of the first",
		       property->name);
		return FALSE;
	}
	if (strcmp(property->name, "X-LOA-PART") == 0)
		take_part(event, property->value);
	else if (!is_harmless(property->name))
		note_unused(reading, property->name, property->line);
	return TRUE;
}

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

static void
put_days_and_time(LoaValue *record, LoaIcsEvent *event)
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
find_group(const Reading *reading, const char *name)
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
put_groups(const Reading *reading, LoaValue *record, const char *text, gboolean is_exact,
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
put_to(Reading *reading, LoaValue *record, const LoaIcsEvent *event)
{
	if (event->to != NULL)
		return put_groups(reading, record, event->to, TRUE, event->line);
	if (event->location != NULL && *event->location != '\0' &&
	    put_groups(reading, record, event->location, FALSE, event->line))
		return TRUE;
	if (reading->options->to != NULL)
		return put_groups(reading, record, reading->options->to, TRUE, event->line);
	refuse(reading, event, event->line,
	       "LOCATION: who hears it? Write the names of groups there, or X-LOA-TO:all, or say "
	       "it for all of them with --to");
	return FALSE;
}

static gboolean
put_sound(Reading *reading, LoaValue *record, const LoaIcsEvent *event)
{
	if (event->recording != NULL)
		put_text(record, "recording", event->recording, event->line);
	else if (event->about != NULL && *event->about != '\0')
		put_text(record, "text", event->about, event->line);
	else if (reading->options->recording != NULL)
		put_text(record, "recording", reading->options->recording, event->line);
	else {
		refuse(reading, event, event->line,
		       "DESCRIPTION: what is played? Write there what is to be spoken, or "
		       "X-LOA-RECORDING:ID, or say one for all of them with --recording");
		return FALSE;
	}
	return TRUE;
}

static void
put_category(Reading *reading, LoaValue *record, const LoaIcsEvent *event)
{
	g_autofree char *first = NULL;

	if (event->category == NULL)
		return;
	first = g_ascii_strdown(event->category, -1);
	if (loa_id_is_valid(first))
		put_text(record, "category", first, event->line);
	else
		note_unused(reading, "CATEGORIES", event->line);
}

/* "FILE:LINE: sentence", or "FILE: sentence", becomes a fault of @event. */
static void
take_fault(Reading *reading, const LoaIcsEvent *event, const char *fault)
{
	const char *rest = fault + strlen(reading->where);
	guint line = event->line;

	if (rest[0] == ':' && g_ascii_isdigit(rest[1])) {
		line = (guint)g_ascii_strtoull(rest + 1, NULL, 10);
		rest = strchr(rest + 1, ':');
	}
	refuse(reading, event, line, "%s", rest + strlen(": "));
}

/* From a record to a broadcast, with the faults of this event. */
static void
take_record(Reading *reading, const LoaIcsEvent *event, const LoaValue *record)
{
	/* all of them in one list: the fields' reader saves work when there are many */
	const guint n_faults = reading->faults->len;
	const LoaFieldsContext context = {
		.where = reading->where,
		.faults = reading->faults,
		.groups = reading->known,
		.ids = reading->ids,
	};
	LoaBroadcast *broadcast;

	if (loa_value_member(record, "audio") != NULL) {
		refuse(reading, event, event->line,
		       "X-LOA-BROADCAST: it names an audio file of some machine: import that, and "
		       "name the recording");
		return;
	}
	broadcast = loa_broadcast_from_value(record, &context);
	g_autoptr(GPtrArray) new_faults = g_ptr_array_new_with_free_func(g_free);

	while (reading->faults->len > n_faults)
		g_ptr_array_add(new_faults, g_ptr_array_steal_index(reading->faults, n_faults));
	for (guint i = 0; i < new_faults->len; i++)
		take_fault(reading, event, new_faults->pdata[i]);
	if (broadcast != NULL)
		g_ptr_array_add(reading->ics->broadcasts, broadcast);
}

/* (transfer full): a record at the event's line */
static LoaValue *
record_of(const LoaIcsEvent *event)
{
	return loa_value_new(LOA_VALUE_RECORD, NULL, event->line);
}

static gboolean
can_repeat(Reading *reading, const LoaIcsEvent *event)
{
	if (event->keeps_days ||
	    (event->rrule == NULL && event->rdates->len == 0 && event->exdates->len == 0))
		return TRUE;
	refuse(reading, event, event->line,
	       "DTSTART: its rule is in another time zone, and falls on other days or times here: "
	       "write it in the time of the site");
	return FALSE;
}

static void
take_foreign(Reading *reading, LoaIcsEvent *event)
{
	g_autoptr(LoaValue) record = record_of(event);
	g_autofree char *id = make_id(event);

	if (!can_repeat(reading, event))
		return;
	put_text(record, "id", id, event->line);
	put_text(record, "title", event->summary, event->line);
	put_category(reading, record, event);
	if (!put_to(reading, record, event) || !put_sound(reading, record, event))
		return;
	put_days_and_time(record, event);
	take_record(reading, event, record);
}

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
broadcast_of_json(Reading *reading, const LoaIcsEvent *event)
{
	g_autoptr(GError) error = NULL;
	LoaBroadcast *broadcast = loa_broadcast_from_json_text(event->json, &error);

	if (broadcast == NULL)
		refuse(reading, event, event->line, "X-LOA-BROADCAST: %s", error->message);
	return broadcast;
}

/* Changed in a calendar program: what it shows is true, and the rest is as it was. */
static void
take_changed(Reading *reading, LoaIcsEvent *event)
{
	static const char *const replaced[] = { "title",  "category", "at",   "days",
						"date",   "rrule",    "from", "until",
						"except", "also",     NULL };
	g_autoptr(LoaBroadcast) broadcast = broadcast_of_json(reading, event);
	g_autoptr(LoaValue) old = NULL;
	g_autoptr(LoaValue) record = record_of(event);
	LoaRuleKind kind;

	if (broadcast == NULL)
		return;
	kind = loa_rule_kind(broadcast);
	if (!is_place_as_written(event)) {
		refuse(reading, event, event->line,
		       "LOCATION: it was changed in a calendar program, which cannot say for whom "
		       "\"%s\" is: change that in its schedule file or on the page",
		       broadcast->id);
		return;
	}
	if (event->n_parts != 1 || broadcast->campaign_days > 0 ||
	    (kind != LOA_RULE_WEEKLY && kind != LOA_RULE_DATE && kind != LOA_RULE_RRULE)) {
		refuse(reading, event, event->line,
		       "DTSTART: \"%s\" was changed in a calendar program, which cannot say what "
		       "becomes of its other times, or of its rule: change it in its schedule file "
		       "or on the page",
		       broadcast->id);
		return;
	}
	if (!can_repeat(reading, event))
		return;
	old = loa_broadcast_to_value(broadcast);
	for (guint i = 0; i < old->items->len; i++)
		if (!g_strv_contains(replaced, ((LoaValue *)old->items->pdata[i])->name))
			loa_value_add(record, loa_value_copy(old->items->pdata[i]));
	put_text(record, "title", event->summary, event->line);
	put_category(reading, record, event);
	put_days_and_time(record, event);
	take_record(reading, event, record);
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
take_ours(Reading *reading, const GPtrArray *events)
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
		refuse(reading, first, first->line,
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
	take_record(reading, first, record);
}

/* Times before everything that depends on them, whatever the file's order is. */
static gboolean
read_event(Reading *reading, const LoaIcsComponent *component, LoaIcsEvent *event)
{
	const LoaIcsProperty *uid = loa_ics_lines_find(component, "UID");
	const LoaIcsProperty *start = loa_ics_lines_find(component, "DTSTART");
	const LoaIcsProperty *shows = loa_ics_lines_find(component, "X-LOA-SHOWS");

	event->line = component->line;
	event->uid = uid != NULL ? loa_ics_lines_text(uid->value) : g_strdup("");
	event->shows = shows != NULL ? g_strdup(shows->value) : NULL;
	if (*event->uid == '\0') {
		refuse(reading, event, event->line, "UID: it has none");
		return FALSE;
	}
	if (start == NULL) {
		refuse(reading, event, event->line, "DTSTART: it has none");
		return FALSE;
	}
	if (!read_times(reading, event, start, take_start))
		return FALSE;
	for (guint i = 0; i < component->properties->len; i++)
		if (!take_property(reading, event, component->properties->pdata[i]))
			return FALSE;
	if (event->summary == NULL) {
		refuse(reading, event, event->line, "SUMMARY: it has none");
		return FALSE;
	}
	return TRUE;
}

static void
event_list_free(gpointer data)
{
	g_ptr_array_unref(data);
}

static void
take_event(Reading *reading, const LoaIcsComponent *component)
{
	const LoaIcsProperty *status = loa_ics_lines_find(component, "STATUS");
	g_autoptr(LoaIcsEvent) event = loa_ics_event_new();
	GPtrArray *same;

	for (guint i = 0; i < component->children->len; i++)
		note_unused(reading, ((LoaIcsComponent *)component->children->pdata[i])->name,
			    ((LoaIcsComponent *)component->children->pdata[i])->line);
	if (status != NULL && g_ascii_strcasecmp(status->value, "CANCELLED") == 0) {
		note_unused(reading, "VEVENT with STATUS:CANCELLED", component->line);
		return;
	}
	if (!read_event(reading, component, event))
		return;
	if (event->json == NULL) {
		take_foreign(reading, event);
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
take_calendar(Reading *reading, const LoaIcsComponent *calendar)
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
			note_unused(reading, child->name, child->line);
	}
}

static gint
compare_texts(gconstpointer a, gconstpointer b)
{
	return strcmp(a, b);
}

static void
write_notes(Reading *reading)
{
	g_autoptr(GList) names = g_list_sort(g_hash_table_get_keys(reading->unused), compare_texts);

	for (GList *at = names; at != NULL; at = at->next) {
		const Unused *unused = g_hash_table_lookup(reading->unused, at->data);

		loa_faults_add(reading->ics->notes, reading->where, unused->line,
			       "%s is not used (%u times in this file)", (const char *)at->data,
			       unused->n);
	}
}

static void
reading_init(Reading *reading, const char *where, const LoaIcsOptions *options, GPtrArray *faults)
{
	*reading = (Reading){ .where = where, .options = options, .faults = faults };
	reading->ics = g_new0(LoaIcs, 1);
	reading->ics->broadcasts =
		g_ptr_array_new_with_free_func((GDestroyNotify)loa_broadcast_free);
	reading->ics->notes = loa_faults_new();
	loa_local_time_init(&reading->times.site, options->zone);
	reading->unused = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	reading->ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	reading->ours = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, event_list_free);
	reading->order = g_ptr_array_new();
	if (options->groups == NULL)
		return;
	reading->known = g_hash_table_new(g_str_hash, g_str_equal);
	for (guint i = 0; i < options->groups->len; i++)
		g_hash_table_add(reading->known, ((LoaGroup *)options->groups->pdata[i])->id);
}

static void
reading_clear(Reading *reading)
{
	g_hash_table_unref(reading->unused);
	g_hash_table_unref(reading->ids);
	g_hash_table_unref(reading->ours);
	g_ptr_array_unref(reading->order);
	g_clear_pointer(&reading->known, g_hash_table_unref);
}

LoaIcs *
loa_ics_read(const char *where, const char *text, gsize size, const LoaIcsOptions *options,
	     GPtrArray *faults)
{
	g_autoptr(LoaIcsComponent) root = loa_ics_lines_parse(where, text, size, faults);
	Reading reading;

	if (root == NULL)
		return NULL;
	reading_init(&reading, where, options, faults);
	for (guint i = 0; i < root->children->len; i++) {
		const LoaIcsComponent *calendar = root->children->pdata[i];

		if (strcmp(calendar->name, "VCALENDAR") == 0)
			take_calendar(&reading, calendar);
		else
			note_unused(&reading, calendar->name, calendar->line);
	}
	for (guint i = 0; i < reading.order->len && faults->len <= LOA_FAULTS_MAX; i++)
		take_ours(&reading, reading.order->pdata[i]);
	write_notes(&reading);

	LoaIcs *ics = reading.ics;

	reading_clear(&reading);
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
