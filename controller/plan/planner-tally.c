/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/plan/planner-tally.h"

#include <string.h>

#include "schedules/local-time.h"

#define MAX_NAMED 5 /* groups in one warning */

/* A warning in the making. */
typedef struct {
	LoaPlannerFinding finding;
	char *key; /* FINDING SUBJECT */
	char *subject;
	char *detail; /* (nullable) */
	char *last;   /* (nullable): the airing counted last */
	gint64 first_us;
	guint n;
	GPtrArray *groups;  /* char *, owned by the set below, in the order found */
	GHashTable *listed; /* the same, as a set */
} Line;

struct LoaPlannerTally {
	const GPtrArray *groups; /* borrowed */
	GPtrArray *lines;        /* Line, in the order found */
	GHashTable *by_key;      /* key (of the line) to Line */
};

static void
line_free(gpointer data)
{
	Line *line = data;

	g_free(line->key);
	g_free(line->subject);
	g_free(line->detail);
	g_free(line->last);
	g_ptr_array_unref(line->groups);
	g_hash_table_unref(line->listed);
	g_free(line);
}

LoaPlannerTally *
loa_planner_tally_new(const GPtrArray *groups)
{
	LoaPlannerTally *self = g_new0(LoaPlannerTally, 1);

	self->groups = groups;
	self->lines = g_ptr_array_new_with_free_func(line_free);
	self->by_key = g_hash_table_new(g_str_hash, g_str_equal);
	return self;
}

static Line *
line_of(LoaPlannerTally *self, LoaPlannerFinding finding, const char *subject, const char *detail)
{
	g_autofree char *key = g_strdup_printf("%d %s", (int)finding, subject);
	Line *line = g_hash_table_lookup(self->by_key, key);

	if (line != NULL)
		return line;
	line = g_new0(Line, 1);
	line->finding = finding;
	line->key = g_steal_pointer(&key);
	line->subject = g_strdup(subject);
	line->detail = g_strdup(detail);
	line->first_us = G_MAXINT64;
	line->groups = g_ptr_array_new();
	line->listed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_ptr_array_add(self->lines, line);
	g_hash_table_insert(self->by_key, line->key, line);
	return line;
}

void
loa_planner_tally_add(LoaPlannerTally *self, LoaPlannerFinding finding, const char *subject,
		      const char *airing, const char *group, gint64 at_us, const char *detail)
{
	Line *line = line_of(self, finding, subject, detail);

	if (airing == NULL || g_strcmp0(airing, line->last) != 0)
		line->n++;
	if (airing != NULL && g_strcmp0(airing, line->last) != 0) {
		g_free(line->last);
		line->last = g_strdup(airing);
	}
	line->first_us = MIN(line->first_us, at_us);
	if (group == NULL || g_hash_table_contains(line->listed, group))
		return;

	char *copy = g_strdup(group);

	g_hash_table_add(line->listed, copy);
	g_ptr_array_add(line->groups, copy);
}

/* (transfer full): " in to-1, to-2 and 3 more groups", or "" where it is all of them or none */
static char *
places(const LoaPlannerTally *self, const Line *line)
{
	g_autoptr(GString) text = g_string_new(NULL);

	if (line->groups->len == 0 || line->groups->len == self->groups->len)
		return g_strdup("");
	for (guint i = 0; i < MIN(line->groups->len, MAX_NAMED); i++)
		g_string_append_printf(text, "%s%s", i == 0 ? " in " : ", ",
				       (const char *)g_ptr_array_index(line->groups, i));
	if (line->groups->len > MAX_NAMED)
		g_string_append_printf(text, " and %u more groups", line->groups->len - MAX_NAMED);
	return g_strdup(text->str);
}

static char *
sentence_of(const LoaPlannerTally *self, const Line *line, const char *when)
{
	g_autofree char *where = places(self, line);

	switch (line->finding) {
	case LOA_PLANNER_CONFIDENTIAL:
		return g_strdup_printf("%s is marked as confidential and is never aired",
				       line->subject);
	case LOA_PLANNER_NO_AUDIO:
		if (line->detail == NULL)
			return g_strdup_printf(
				"%s: the speech is not made yet; %u airing(s) wait for it, "
				"the first at %s",
				line->subject, line->n, when);
		return g_strdup_printf("%s: there is no recording \"%s\" for %u airing(s), the "
				       "first at %s; import it, or correct the broadcast",
				       line->subject, line->detail, line->n, when);
	case LOA_PLANNER_UNAPPROVED:
		return g_strdup_printf(
			"%s: \"%s\" is not approved yet; %u airing(s) wait for that, "
			"the first at %s; have it approved in time",
			line->subject, line->detail, line->n, when);
	case LOA_PLANNER_RECORDING_EXPIRED:
		return g_strdup_printf("%s: \"%s\" has expired by then; %u airing(s) are not "
				       "planned, the first at %s; prolong it or take another "
				       "recording",
				       line->subject, line->detail, line->n, when);
	case LOA_PLANNER_WITHDRAWN:
		return g_strdup_printf(
			"%s: \"%s\" was withdrawn; %u airing(s) are not planned, the "
			"first at %s; take another recording",
			line->subject, line->detail, line->n, when);
	case LOA_PLANNER_TOO_MANY:
		return g_strdup_printf(
			"group %s: %u airings more than the %d that fit into a plan: "
			"the latest ones are left out; shorten horizon_days",
			line->subject, line->n, LOA_PLAN_MAX_AIRINGS);
	case LOA_PLANNER_SUSPENDED:
		return g_strdup_printf(
			"overlay \"%s\" (%s): %u airing(s) are suspended%s, the first at "
			"%s",
			line->detail, line->subject, line->n, where, when);
	case LOA_PLANNER_TOO_MANY_SESSIONS:
		return g_strdup_printf(
			"%s: %u airing(s) would be one session more than the %s a day that the "
			"rules allow and are not planned%s, the first at %s; move it next to "
			"another session, or name who allowed an exception and why",
			line->subject, line->n, line->detail, where, when);
	case LOA_PLANNER_SESSION_TOO_LONG:
		return g_strdup_printf(
			"%s: %u airing(s) would make their session longer than the %s minutes that "
			"the rules allow and are not planned%s, the first at %s; move it away from "
			"the others, shorten it, or name who allowed an exception and why",
			line->subject, line->n, line->detail, where, when);
	case LOA_PLANNER_OUTSIDE_HOURS:
		return g_strdup_printf(
			"%s: %u airing(s) outside the permitted hours are not planned%s, the "
			"first at %s; move it, or name who allowed an exception and why",
			line->subject, line->n, where, when);
	case LOA_PLANNER_UNREADABLE:
	case LOA_PLANNER_CAMPAIGN:
	case LOA_PLANNER_EXPIRED:
	case LOA_PLANNER_REVIEW:
		break; /* never the planner's: plan-source.c and care.c word them */
	}
	g_assert_not_reached();
}

void
loa_planner_tally_write(const LoaPlannerTally *self, GTimeZone *zone, GPtrArray *warnings)
{
	LoaLocalTime local;

	loa_local_time_init(&local, zone);
	for (guint i = 0; i < self->lines->len; i++) {
		const Line *line = g_ptr_array_index(self->lines, i);
		g_autofree char *when = loa_local_time_format(&local, line->first_us);
		LoaPlannerWarning *warning = g_new0(LoaPlannerWarning, 1);

		*warning = (LoaPlannerWarning){ line->finding, g_strdup(line->subject),
						sentence_of(self, line, when) };
		g_ptr_array_add(warnings, warning);
	}
}

void
loa_planner_tally_free(LoaPlannerTally *self)
{
	if (self == NULL)
		return;
	g_hash_table_unref(self->by_key);
	g_ptr_array_unref(self->lines);
	g_free(self);
}
