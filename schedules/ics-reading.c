/* SPDX-License-Identifier: Apache-2.0 */
#include "schedules/ics-reading.h"

#include <string.h>

#include "schedules/broadcast-fields.h"
#include "schedules/broadcast-json.h"
#include "schedules/faults.h"

/* Something of one kind that is not needed; said once, with a count. */
typedef struct {
	guint line; /* the first */
	guint n;
} Unused;

void
loa_ics_reading_refuse(LoaIcsReading *reading, const LoaIcsEvent *event, guint line,
		       const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_autofree char *sentence = g_strdup_vprintf(format, args);
	va_end(args);
	loa_faults_add(reading->faults, reading->where, line, "event \"%.60s\": %s", event->uid,
		       sentence);
}

void
loa_ics_reading_note_unused(LoaIcsReading *reading, const char *name, guint line)
{
	Unused *unused = g_hash_table_lookup(reading->unused, name);

	if (unused == NULL) {
		unused = g_new0(Unused, 1);
		unused->line = line;
		g_hash_table_insert(reading->unused, g_strdup(name), unused);
	}
	unused->n++;
}

/* "FILE:LINE: sentence", or "FILE: sentence", becomes a fault of @event. */
static void
take_fault(LoaIcsReading *reading, const LoaIcsEvent *event, const char *fault)
{
	const char *rest = fault + strlen(reading->where);
	guint line = event->line;

	if (rest[0] == ':' && g_ascii_isdigit(rest[1])) {
		line = (guint)g_ascii_strtoull(rest + 1, NULL, 10);
		rest = strchr(rest + 1, ':');
	}
	loa_ics_reading_refuse(reading, event, line, "%s", rest + strlen(": "));
}

void
loa_ics_reading_take(LoaIcsReading *reading, const LoaIcsEvent *event, const LoaValue *record)
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
		loa_ics_reading_refuse(
			reading, event, event->line,
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

static gint
compare_texts(gconstpointer a, gconstpointer b)
{
	return strcmp(a, b);
}

void
loa_ics_reading_write_notes(LoaIcsReading *reading)
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
event_list_free(gpointer data)
{
	g_ptr_array_unref(data);
}

void
loa_ics_reading_init(LoaIcsReading *reading, const char *where, const LoaIcsOptions *options,
		     GPtrArray *faults)
{
	*reading = (LoaIcsReading){ .where = where, .options = options, .faults = faults };
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

void
loa_ics_reading_clear(LoaIcsReading *reading)
{
	g_hash_table_unref(reading->unused);
	g_hash_table_unref(reading->ids);
	g_hash_table_unref(reading->ours);
	g_ptr_array_unref(reading->order);
	g_clear_pointer(&reading->known, g_hash_table_unref);
}
