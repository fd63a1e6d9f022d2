/* SPDX-License-Identifier: Apache-2.0 */
#include "schedules/ics-event.h"

#include <string.h>

LoaIcsEvent *
loa_ics_event_new(void)
{
	LoaIcsEvent *self = g_new0(LoaIcsEvent, 1);

	self->at_s = -1;
	self->rdates = g_array_new(FALSE, FALSE, sizeof(gint32));
	self->exdates = g_array_new(FALSE, FALSE, sizeof(gint32));
	return self;
}

void
loa_ics_event_free(LoaIcsEvent *self)
{
	if (self == NULL)
		return;
	g_free(self->uid);
	g_free(self->summary);
	g_free(self->location);
	g_free(self->category);
	g_free(self->about);
	g_free(self->rrule);
	g_array_unref(self->rdates);
	g_array_unref(self->exdates);
	g_free(self->json);
	g_free(self->shows);
	g_free(self->to);
	g_free(self->recording);
	g_free(self->id);
	g_free(self);
}

static gint
compare_numbers(gconstpointer a, gconstpointer b)
{
	return *(const gint32 *)a - *(const gint32 *)b;
}

static void
add_days(GString *text, const GArray *days)
{
	g_autoptr(GArray) sorted = g_array_copy((GArray *)days);

	g_array_sort(sorted, compare_numbers);
	for (guint i = 0; i < sorted->len; i++)
		g_string_append_printf(text, "%d ", g_array_index(sorted, gint32, i));
	g_string_append_c(text, '\n');
}

static gint
compare_texts(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
add_rule(GString *text, const char *rrule)
{
	g_auto(GStrv) parts = g_strsplit(rrule != NULL ? rrule : "", ";", -1);

	qsort(parts, g_strv_length(parts), sizeof *parts, compare_texts);
	for (guint i = 0; parts[i] != NULL; i++)
		/* the default, which some programs write out */
		if (strcmp(parts[i], "INTERVAL=1") != 0 && strcmp(parts[i], "WKST=MO") != 0)
			g_string_append_printf(text, "%s;", parts[i]);
	g_string_append_c(text, '\n');
}

char *
loa_ics_event_digest(const LoaIcsEvent *self)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autofree char *hash = NULL;

	g_string_append_printf(text, "%s\n%s\n", self->summary,
			       self->category != NULL ? self->category : "");
	g_string_append_printf(text, "%d %d\n", loa_day_to_number(self->day), self->at_s);
	add_rule(text, self->rrule);
	add_days(text, self->rdates);
	add_days(text, self->exdates);
	hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text->str, (gssize)text->len);
	return g_strndup(hash, 16);
}

char *
loa_ics_event_place_digest(const LoaIcsEvent *self)
{
	g_autofree char *hash = g_compute_checksum_for_string(
		G_CHECKSUM_SHA256, self->location != NULL ? self->location : "", -1);

	return g_strndup(hash, 16);
}
