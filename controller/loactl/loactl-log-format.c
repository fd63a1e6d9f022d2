/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/loactl/loactl-log-format.h"

#include <stdio.h>
#include <string.h>

#include "controller/loactl/loactl-json.h"
#include "controller/loactl/loactl-output.h"
#include "controller/loactl/loactl-time.h"
#include "controller/proof/csv.h"

#define N_COLUMNS 9 /* of the table */

struct LoaLoactlLogFormat {
	LoaLoactlLogKind kind;
	GTimeZone *zone;
	JsonArray *entries; /* not printed yet */
	guint floors[N_COLUMNS];
};

LoaLoactlLogFormat *
loa_loactl_log_format_new(LoaLoactlLogKind kind, GTimeZone *zone)
{
	LoaLoactlLogFormat *self = g_new0(LoaLoactlLogFormat, 1);

	self->kind = kind;
	self->zone = g_time_zone_ref(zone);
	self->entries = json_array_new();
	return self;
}

void
loa_loactl_log_format_add(LoaLoactlLogFormat *self, JsonObject *entry)
{
	json_array_add_object_element(self->entries, json_object_ref(entry));
}

static gboolean
is_event(JsonObject *entry)
{
	return strcmp(loa_loactl_json_text(entry, "kind"), "outcome") != 0;
}

/* (transfer full): what happened, in a few words */
static char *
remark(JsonObject *entry)
{
	const gint64 lost_ms = loa_loactl_json_int(entry, "lost_ms");
	const gint64 n_pauses = loa_loactl_json_int(entry, "n_pauses");
	const char *gave_way_to = loa_loactl_json_text(entry, "gave_way_to");
	const char *reason = loa_loactl_json_text(entry, "reason");
	/* "stopped: stopped" says nothing more */
	GString *text = g_string_new(
		strcmp(reason, loa_loactl_json_text(entry, "result")) != 0 ? reason : "");

	if (is_event(entry))
		g_string_printf(text, "%s (%" G_GINT64_FORMAT " times)",
				loa_loactl_json_text(entry, "detail"),
				loa_loactl_json_int(entry, "count"));
	if (lost_ms > 0)
		g_string_append_printf(text, "%slost %" G_GINT64_FORMAT " ms",
				       text->len > 0 ? ", " : "", lost_ms);
	if (n_pauses > 0)
		g_string_append_printf(text, "%sgave way to %s", text->len > 0 ? ", " : "",
				       *gave_way_to != '\0' ? gave_way_to : "another");
	if (loa_loactl_json_bool(entry, "superseded"))
		g_string_append(text, text->len > 0 ? ", superseded" : "superseded");
	return g_string_free(text, FALSE);
}

/* (transfer full) */
static LoaLoactlTable *
make_table(LoaLoactlLogFormat *self)
{
	LoaLoactlTable *table = loa_loactl_table_new(
		(const char *const[]){ "PLANNED", "GROUP", "NODE", "RESULT", "LEVEL", ">HEARD",
				       ">OF", "~TITLE", "~REMARK", NULL });

	for (guint i = 0; i < loa_loactl_json_length(self->entries); i++) {
		JsonObject *entry = loa_loactl_json_element(self->entries, i);
		const gboolean event = is_event(entry);
		g_autofree char *when = loa_loactl_time_format(
			loa_loactl_json_int(entry, event ? "first_us" : "planned_us"), self->zone);
		g_autofree char *level =
			g_strdup_printf("L%d", (int)loa_loactl_json_int(entry, "level"));
		g_autofree char *heard =
			loa_loactl_time_format_length(loa_loactl_json_int(entry, "heard_ms"));
		g_autofree char *of =
			loa_loactl_time_format_length(loa_loactl_json_int(entry, "duration_ms"));
		g_autofree char *text = remark(entry);

		loa_loactl_table_add(
			table, (const char *const[]){
				       when, loa_loactl_json_text(entry, "group"),
				       loa_loactl_json_text(entry, "node"),
				       event ? "SECURITY" : loa_loactl_json_text(entry, "result"),
				       event ? "" : level, event ? "" : heard, event ? "" : of,
				       loa_loactl_json_text(entry, event ? "code" : "title"), text,
				       NULL });
	}
	return table;
}

static char *
seconds(JsonObject *entry, const char *name)
{
	char text[G_ASCII_DTOSTR_BUF_SIZE];

	if (is_event(entry))
		return g_strdup("");
	return g_strdup(g_ascii_formatd(text, sizeof text, "%.3f",
					(double)loa_loactl_json_int(entry, name) / 1000.0));
}

static char *
whole(JsonObject *entry, const char *name)
{
	return json_object_has_member(entry, name)
		       ? g_strdup_printf("%" G_GINT64_FORMAT, loa_loactl_json_int(entry, name))
		       : g_strdup("");
}

/* RFC 3339 would be text to a spreadsheet; this is a date to all of them. */
static char *
moment(JsonObject *entry, const char *name, GTimeZone *zone)
{
	const gint64 us = loa_loactl_json_int(entry, name);

	return us != 0 ? loa_loactl_time_format(us, zone) : g_strdup("");
}

static char *
decibel(JsonObject *entry)
{
	char text[G_ASCII_DTOSTR_BUF_SIZE];

	if (is_event(entry))
		return g_strdup("");
	return g_strdup(g_ascii_formatd(text, sizeof text, "%.1f",
					loa_loactl_json_double(entry, "level_db", -120.0)));
}

char **
loa_loactl_log_format_cells(JsonObject *entry, GTimeZone *zone)
{
	static const char *const headings[] = {
		"id",        "kind",           "received", "group",  "group_name", "node",
		"airing",    "broadcast",      "title",    "class",  "result",     "reason",
		"level",     "planned",        "started",  "ended",  "duration_s", "heard_s",
		"lost_s",    "concealed_s",    "gaps",     "pauses", "paused_s",   "gave_way_to",
		"took_over", "start_error_us", "level_db", "clock",  "superseded", "code",
		"topic",     "detail",         "count",    NULL,
	};

	if (entry == NULL)
		return g_strdupv((char **)headings);

	GPtrArray *cells = g_ptr_array_new();
	const gboolean event = is_event(entry);
	JsonObject *clock = loa_loactl_json_object(entry, "clock");

#define ADD(text) g_ptr_array_add(cells, text)
#define ADD_TEXT(name) ADD(g_strdup(loa_loactl_json_text(entry, name)))
	ADD(whole(entry, "id"));
	ADD_TEXT("kind");
	ADD(moment(entry, "received_us", zone));
	ADD_TEXT("group");
	ADD_TEXT("group_name");
	ADD_TEXT("node");
	ADD_TEXT("airing");
	ADD_TEXT("broadcast");
	ADD_TEXT("title");
	ADD_TEXT("class");
	ADD_TEXT("result");
	ADD_TEXT("reason");
	ADD(event ? g_strdup("")
		  : g_strdup_printf("L%d", (int)loa_loactl_json_int(entry, "level")));
	ADD(moment(entry, event ? "first_us" : "planned_us", zone));
	ADD(moment(entry, "started_us", zone));
	ADD(moment(entry, event ? "last_us" : "ended_us", zone));
	ADD(seconds(entry, "duration_ms"));
	ADD(seconds(entry, "heard_ms"));
	ADD(seconds(entry, "lost_ms"));
	ADD(seconds(entry, "concealed_ms"));
	ADD(whole(entry, "n_gaps"));
	ADD(whole(entry, "n_pauses"));
	ADD(seconds(entry, "paused_ms"));
	ADD_TEXT("gave_way_to");
	ADD_TEXT("took_over");
	ADD(whole(entry, "start_error_us"));
	ADD(decibel(entry));
	ADD(g_strdup(loa_loactl_json_text(clock, "state")));
	ADD(g_strdup(loa_loactl_json_bool(entry, "superseded") ? "yes" : ""));
	ADD_TEXT("code");
	ADD_TEXT("topic");
	ADD_TEXT("detail");
	ADD(whole(entry, "count"));
#undef ADD_TEXT
#undef ADD
	g_ptr_array_add(cells, NULL);
	return (char **)g_ptr_array_free(cells, FALSE);
}

static void
print_csv(LoaLoactlLogFormat *self, gboolean with_headings)
{
	g_autoptr(GString) csv = g_string_new(with_headings ? LOA_CSV_BOM : "");

	if (with_headings) {
		g_auto(GStrv) headings = loa_loactl_log_format_cells(NULL, self->zone);

		loa_csv_append_row(csv, (const char *const *)headings);
	}
	for (guint i = 0; i < loa_loactl_json_length(self->entries); i++) {
		g_auto(GStrv) cells = loa_loactl_log_format_cells(
			loa_loactl_json_element(self->entries, i), self->zone);

		loa_csv_append_row(csv, (const char *const *)cells);
	}
	loa_loactl_output_text(csv->str);
}

static void
print_json_lines(LoaLoactlLogFormat *self)
{
	for (guint i = 0; i < loa_loactl_json_length(self->entries); i++) {
		g_autofree char *line =
			json_to_string(json_array_get_element(self->entries, i), FALSE);

		loa_loactl_output_format("%s\n", line);
	}
}

static void
print_json(LoaLoactlLogFormat *self)
{
	g_autoptr(JsonNode) node = json_node_alloc();
	JsonObject *object = json_object_new();

	json_object_set_array_member(object, "entries", json_array_ref(self->entries));
	json_node_init_object(node, object);
	json_object_unref(object);
	loa_loactl_output_json(node);
}

static void
print_table(LoaLoactlLogFormat *self, gboolean with_headings)
{
	g_autoptr(LoaLoactlTable) table = make_table(self);

	loa_loactl_output_table_part(table, self->floors, with_headings);
}

static void
print(LoaLoactlLogFormat *self, gboolean with_headings)
{
	switch (self->kind) {
	case LOA_LOACTL_LOG_TABLE:
		print_table(self, with_headings);
		break;
	case LOA_LOACTL_LOG_CSV:
		print_csv(self, with_headings);
		break;
	case LOA_LOACTL_LOG_JSON:
		print_json(self);
		break;
	case LOA_LOACTL_LOG_JSON_LINES:
		print_json_lines(self);
		break;
	}
	json_array_unref(self->entries);
	self->entries = json_array_new();
}

void
loa_loactl_log_format_flush(LoaLoactlLogFormat *self)
{
	if (loa_loactl_json_length(self->entries) > 0)
		print(self, FALSE);
}

void
loa_loactl_log_format_finish(LoaLoactlLogFormat *self, gboolean more_will_come)
{
	/* what usually comes, so that headings stand right from the beginning */
	static const guint usual[N_COLUMNS] = { 19, 6, 8, 9, 5, 8, 8, 24, 6 };
	const gboolean is_empty = loa_loactl_json_length(self->entries) == 0;

	if (more_will_come)
		memcpy(self->floors, usual, sizeof usual);

	if (self->kind == LOA_LOACTL_LOG_TABLE && is_empty && !more_will_come)
		fprintf(stderr, "Nothing was planned there and then\n");
	print(self, TRUE);
}

void
loa_loactl_log_format_free(LoaLoactlLogFormat *self)
{
	if (self == NULL)
		return;
	g_time_zone_unref(self->zone);
	json_array_unref(self->entries);
	g_free(self);
}
