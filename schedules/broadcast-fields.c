/* SPDX-License-Identifier: Apache-2.0 */
#include "schedules/broadcast-fields.h"

#include <stdlib.h>
#include <string.h>

#include "schedules/faults.h"

#define LONGEST_REPEAT_GAP_S 3600
#define LONGEST_GRACE_S 43200
#define MAX_REPEATS 100
#define MAX_ORDER 9999

typedef struct {
	LoaBroadcast *broadcast;
	const LoaFieldsContext *context;
} Reader;

#define FAULT(context, line, ...)                                                                  \
	loa_faults_add((context)->faults, (context)->where, (line), __VA_ARGS__)

static gboolean
check_kind(const LoaFieldsContext *context, const LoaValue *value, LoaValueKind kind,
	   const char *key, const char *example)
{
	if (value->kind == kind)
		return TRUE;
	FAULT(context, value->line, "%s: want %s, such as %s, not %s", key,
	      loa_value_kind_name(kind), example, loa_value_kind_name(value->kind));
	return FALSE;
}

static gboolean
has_control_characters(const char *text, gboolean may_have_lines)
{
	for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at)) {
		gunichar c = g_utf8_get_char(at);

		if (may_have_lines && (c == '\n' || c == '\t'))
			continue;
		if (c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029)
			return TRUE;
	}
	return FALSE;
}

/* (transfer full) (nullable): NFC, not blank, at most @max_bytes; else a fault */
static char *
read_text(const LoaFieldsContext *context, const LoaValue *value, const char *key, gsize max_bytes,
	  gboolean may_have_lines)
{
	if (!check_kind(context, value, LOA_VALUE_TEXT, key, "\"...\""))
		return NULL;

	g_autofree char *text = g_utf8_normalize(value->text, -1, G_NORMALIZE_DEFAULT_COMPOSE);
	const char *why = NULL;

	if (text == NULL)
		why = "is not UTF-8: save the file as UTF-8 (Unicode)";
	else if (has_control_characters(text, may_have_lines))
		why = may_have_lines ? "has a control character"
				     : "has a line break, a tab or a control character";
	else if (g_strstrip(text)[0] == '\0')
		why = "is empty";
	if (why != NULL) {
		FAULT(context, value->line, "%s %s", key, why);
		return NULL;
	}
	if (strlen(text) > max_bytes) {
		FAULT(context, value->line, "%s has %zu bytes, at most %zu are allowed", key,
		      strlen(text), max_bytes);
		return NULL;
	}
	return g_steal_pointer(&text);
}

static char *
read_id(const LoaFieldsContext *context, const LoaValue *value, const char *key, gsize max_bytes)
{
	g_autofree char *text = read_text(context, value, key, G_MAXINT, FALSE);

	if (text == NULL)
		return NULL;
	if (!loa_id_is_valid(text) || strlen(text) > max_bytes) {
		FAULT(context, value->line,
		      "%s: \"%s\" is not an id: 1 to %zu small letters a-z, digits, '-' and '.', "
		      "starting with a letter or digit",
		      key, text, max_bytes);
		return NULL;
	}
	return g_steal_pointer(&text);
}

static guint
read_number(const LoaFieldsContext *context, const LoaValue *value, guint min, guint max)
{
	g_autofree char *example = g_strdup_printf("%u", min);

	if (!check_kind(context, value, LOA_VALUE_INT, value->name, example))
		return min;
	if (value->number < min || value->number > max) {
		FAULT(context, value->line, "%s: %" G_GINT64_FORMAT " is not within %u to %u",
		      value->name, value->number, min, max);
		return min;
	}
	return (guint)value->number;
}

/* One text, or a list of texts: calls @func for each. */
static void
for_each_text(Reader *reader, const LoaValue *value, guint max_items,
	      void (*func)(Reader *reader, const LoaValue *item, const char *key))
{
	if (value->kind != LOA_VALUE_LIST) {
		func(reader, value, value->name);
		return;
	}
	if (value->items->len == 0 || value->items->len > max_items) {
		FAULT(reader->context, value->line, "%s: %u entries, want 1 to %u", value->name,
		      value->items->len, max_items);
		return;
	}
	for (guint i = 0; i < value->items->len; i++)
		func(reader, value->items->pdata[i], value->name);
}

static void
read_id_field(Reader *reader, const LoaValue *value)
{
	const LoaFieldsContext *context = reader->context;
	char *id = read_id(context, value, value->name, LOA_BROADCAST_ID_MAX);

	if (id == NULL)
		return;
	reader->broadcast->id = id;

	const char *first = g_hash_table_lookup(context->ids, id);
	if (first != NULL) {
		FAULT(context, value->line, "id \"%s\" is taken by the broadcast at %s", id, first);
		return;
	}
	g_hash_table_insert(context->ids, g_strdup(id),
			    value->line > 0 ? g_strdup_printf("%s:%u", context->where, value->line)
					    : g_strdup(context->where));
}

static void
read_title(Reader *reader, const LoaValue *value)
{
	reader->broadcast->title =
		read_text(reader->context, value, value->name, LOA_BROADCAST_TITLE_MAX, FALSE);
}

static void
read_class(Reader *reader, const LoaValue *value)
{
	if (!check_kind(reader->context, value, LOA_VALUE_TEXT, value->name, "\"normal\""))
		return;
	if (!loa_class_from_name(value->text, &reader->broadcast->class))
		FAULT(reader->context, value->line,
		      "class: \"%s\" is not \"normal\", \"priority\" or \"emergency\"",
		      value->text);
}

static void
read_category(Reader *reader, const LoaValue *value)
{
	reader->broadcast->category = read_id(reader->context, value, value->name, LOA_ID_MAX);
}

static void
read_audio(Reader *reader, const LoaValue *value)
{
	const LoaFieldsContext *context = reader->context;
	g_autofree char *why = NULL;

	/* A file name is bytes: normalised, it might name another file. */
	if (!check_kind(context, value, LOA_VALUE_TEXT, value->name, "\"ban-tin.mp3\""))
		return;
	if (!g_utf8_validate(value->text, -1, NULL) || value->text[0] == '\0' ||
	    strlen(value->text) > 4096 || has_control_characters(value->text, FALSE)) {
		FAULT(context, value->line, "audio: not the name of a file");
		return;
	}
	if (context->resolve != NULL) {
		reader->broadcast->audio =
			context->resolve(value->text, context->resolve_data, &why);
		if (reader->broadcast->audio == NULL)
			FAULT(context, value->line, "audio: %s", why);
		return;
	}
	if (!g_path_is_absolute(value->text)) {
		FAULT(context, value->line, "audio: \"%s\" is not an absolute path", value->text);
		return;
	}
	reader->broadcast->audio = g_strdup(value->text);
}

static void
read_recording(Reader *reader, const LoaValue *value)
{
	reader->broadcast->recording = read_id(reader->context, value, value->name, LOA_ID_MAX);
}

static void
read_speech(Reader *reader, const LoaValue *value)
{
	reader->broadcast->text =
		read_text(reader->context, value, value->name, LOA_BROADCAST_TEXT_MAX, TRUE);
}

static void
read_confidential(Reader *reader, const LoaValue *value)
{
	if (check_kind(reader->context, value, LOA_VALUE_BOOL, value->name, "true"))
		reader->broadcast->is_confidential = value->number != 0;
}

static const char *
nearest_group(const GHashTable *groups, const char *id)
{
	g_autofree gpointer *names = g_hash_table_get_keys_as_array((GHashTable *)groups, NULL);

	return loa_faults_nearest(id, (const char *const *)names);
}

static void
read_group(Reader *reader, const LoaValue *item, const char *key)
{
	const LoaFieldsContext *context = reader->context;
	g_autofree char *id = read_id(context, item, key, LOA_ID_MAX);

	if (id == NULL)
		return;
	if (strcmp(id, "all") == 0) {
		FAULT(context, item->line, "to: \"all\" stands alone: write to = \"all\"");
		return;
	}
	if (context->groups != NULL && !g_hash_table_contains((GHashTable *)context->groups, id)) {
		const char *near = nearest_group(context->groups, id);

		FAULT(context, item->line, "to: there is no group \"%s\"%s%s%s", id,
		      near != NULL ? ": did you mean \"" : "", near != NULL ? near : "",
		      near != NULL ? "\"?" : "");
		return;
	}
	if (g_ptr_array_find_with_equal_func(reader->broadcast->groups, id, g_str_equal, NULL)) {
		FAULT(context, item->line, "to: group \"%s\" stands here twice", id);
		return;
	}
	g_ptr_array_add(reader->broadcast->groups, g_steal_pointer(&id));
}

static gint
compare_texts(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
read_to(Reader *reader, const LoaValue *value)
{
	if (value->kind == LOA_VALUE_TEXT && strcmp(value->text, "all") == 0) {
		reader->broadcast->to_all = TRUE;
		return;
	}
	for_each_text(reader, value, LOA_BROADCAST_MAX_GROUPS, read_group);
	g_ptr_array_sort(reader->broadcast->groups, compare_texts);
}

static void
read_time(Reader *reader, const LoaValue *item, const char *key)
{
	GArray *at_s = reader->broadcast->at_s;
	g_autofree char *why = NULL;
	gint32 time_s;

	if (!check_kind(reader->context, item, LOA_VALUE_TEXT, key, "\"05:30\""))
		return;
	if (!loa_time_of_day_parse(item->text, &time_s, &why)) {
		FAULT(reader->context, item->line, "%s: %s", key, why);
		return;
	}
	for (guint i = 0; i < at_s->len; i++) {
		if (g_array_index(at_s, gint32, i) != time_s)
			continue;
		FAULT(reader->context, item->line, "%s: \"%s\" stands here twice", key, item->text);
		return;
	}
	g_array_append_val(at_s, time_s);
}

static gint
compare_times(gconstpointer a, gconstpointer b)
{
	return *(const gint32 *)a - *(const gint32 *)b;
}

static void
read_at(Reader *reader, const LoaValue *value)
{
	for_each_text(reader, value, LOA_BROADCAST_MAX_TIMES, read_time);
	g_array_sort(reader->broadcast->at_s, compare_times);
}

static void
read_weekday(Reader *reader, const LoaValue *item, const char *key)
{
	guint first, last;

	if (!check_kind(reader->context, item, LOA_VALUE_TEXT, key, "[ \"mon-fri\", \"sun\" ]"))
		return;

	g_auto(GStrv) ends = g_strsplit(item->text, "-", 2);
	gboolean is_range = g_strv_length(ends) == 2;

	if (ends[0] == NULL || !loa_weekday_from_name(ends[0], &first) ||
	    !loa_weekday_from_name(ends[is_range ? 1 : 0], &last)) {
		FAULT(reader->context, item->line,
		      "%s: \"%s\" is not a day: mon tue wed thu fri sat sun, or t2 to t7 and cn, "
		      "or a range such as \"mon-fri\"",
		      key, item->text);
		return;
	}
	reader->broadcast->days |= 1u << first;
	for (guint weekday = first; weekday != last;) {
		weekday = (weekday + 1) % 7; /* a range may go over the end of the week */
		reader->broadcast->days |= 1u << weekday;
	}
}

static void
read_days(Reader *reader, const LoaValue *value)
{
	reader->broadcast->days = 0;
	for_each_text(reader, value, 14, read_weekday);
}

static void
read_day(Reader *reader, const LoaValue *value, LoaDay *day)
{
	g_autofree char *why = NULL;

	if (!check_kind(reader->context, value, LOA_VALUE_TEXT, value->name, "\"2026-09-02\""))
		return;
	if (!loa_day_parse(value->text, day, &why))
		FAULT(reader->context, value->line, "%s: %s", value->name, why);
}

static void
read_date(Reader *reader, const LoaValue *value)
{
	read_day(reader, value, &reader->broadcast->date);
}

static void
read_from(Reader *reader, const LoaValue *value)
{
	read_day(reader, value, &reader->broadcast->from);
}

static void
read_until(Reader *reader, const LoaValue *value)
{
	read_day(reader, value, &reader->broadcast->until);
}

static void
read_repeats(Reader *reader, const LoaValue *value)
{
	reader->broadcast->n_repeats = read_number(reader->context, value, 1, MAX_REPEATS);
}

static void
read_repeat_gap(Reader *reader, const LoaValue *value)
{
	reader->broadcast->repeat_gap_s =
		read_number(reader->context, value, 0, LONGEST_REPEAT_GAP_S);
}

static void
read_resume(Reader *reader, const LoaValue *value)
{
	if (!check_kind(reader->context, value, LOA_VALUE_TEXT, value->name, "\"pause\""))
		return;
	if (!loa_resume_from_name(value->text, &reader->broadcast->resume))
		FAULT(reader->context, value->line, "resume: \"%s\" is not \"pause\" or \"rejoin\"",
		      value->text);
}

static void
read_grace(Reader *reader, const LoaValue *value)
{
	reader->broadcast->grace_s = read_number(reader->context, value, 0, LONGEST_GRACE_S);
}

static void
read_order(Reader *reader, const LoaValue *value)
{
	reader->broadcast->order = read_number(reader->context, value, 0, MAX_ORDER);
}

static void
check_members(const LoaFieldsContext *context, const LoaValue *record, const char *of,
	      const char *const *names)
{
	for (guint i = 0; i < record->items->len; i++) {
		const LoaValue *item = record->items->pdata[i];

		if (g_strv_contains(names, item->name))
			continue;

		const char *near = loa_faults_nearest(item->name, names);
		g_autofree char *all = g_strjoinv(", ", (char **)names);

		if (near != NULL)
			FAULT(context, item->line, "unknown key \"%s\" in %s: did you mean \"%s\"?",
			      item->name, of, near);
		else
			FAULT(context, item->line, "unknown key \"%s\" in %s: the keys are %s",
			      item->name, of, all);
	}
}

/* (nullable): the member, or a fault where it is missing */
static const LoaValue *
need_member(const LoaFieldsContext *context, const LoaValue *record, const char *of,
	    const char *name)
{
	const LoaValue *member = loa_value_member(record, name);

	if (member == NULL)
		FAULT(context, record->line, "%s has no \"%s\"", of, name);
	return member;
}

static void
read_exception(Reader *reader, const LoaValue *value)
{
	static const char *const names[] = { "by", "why", NULL };
	const LoaFieldsContext *context = reader->context;

	if (!check_kind(context, value, LOA_VALUE_RECORD, value->name,
			"{ by = \"...\"; why = \"...\"; }"))
		return;
	check_members(context, value, "exception", names);

	const LoaValue *by = need_member(context, value, "exception", "by");
	const LoaValue *why = need_member(context, value, "exception", "why");

	if (by != NULL)
		reader->broadcast->exception_by =
			read_text(context, by, "exception.by", LOA_BROADCAST_BY_MAX, FALSE);
	if (why != NULL)
		reader->broadcast->exception_why =
			read_text(context, why, "exception.why", LOA_BROADCAST_WHY_MAX, FALSE);
}

static const struct {
	const char *name;
	void (*read)(Reader *reader, const LoaValue *value);
} fields[] = {
	{ "id", read_id_field },     { "title", read_title },
	{ "class", read_class },     { "category", read_category },
	{ "audio", read_audio },     { "recording", read_recording },
	{ "text", read_speech },     { "confidential", read_confidential },
	{ "to", read_to },           { "at", read_at },
	{ "days", read_days },       { "date", read_date },
	{ "from", read_from },       { "until", read_until },
	{ "repeats", read_repeats }, { "repeat_gap_s", read_repeat_gap },
	{ "resume", read_resume },   { "grace_s", read_grace },
	{ "order", read_order },     { "exception", read_exception },
};

static void
check_source(const LoaFieldsContext *context, const LoaValue *record)
{
	static const char *const sources[] = { "audio", "recording", "text" };
	const LoaValue *found = NULL;

	for (gsize i = 0; i < G_N_ELEMENTS(sources); i++) {
		const LoaValue *value = loa_value_member(record, sources[i]);

		if (value == NULL)
			continue;
		if (found != NULL)
			FAULT(context, value->line,
			      "both \"%s\" and \"%s\": a broadcast has one of audio, recording, "
			      "text",
			      found->name, value->name);
		found = value;
	}
	if (found == NULL)
		FAULT(context, record->line,
		      "nothing to play: a broadcast has one of audio (a file), recording (an id), "
		      "text (to be spoken)");
}

static void
check_days(const LoaFieldsContext *context, const LoaValue *record, const LoaBroadcast *broadcast)
{
	static const char *const others[] = { "days", "from", "until" };
	const LoaValue *until = loa_value_member(record, "until");

	for (gsize i = 0; i < G_N_ELEMENTS(others); i++) {
		const LoaValue *value = loa_value_member(record, others[i]);

		if (value != NULL && loa_value_member(record, "date") != NULL)
			FAULT(context, value->line,
			      "\"%s\" beside \"date\": a broadcast has either one date, or days "
			      "with from and until",
			      others[i]);
	}
	if (until != NULL && !loa_day_is_none(broadcast->from) &&
	    !loa_day_is_none(broadcast->until) &&
	    loa_day_compare(broadcast->from, broadcast->until) > 0)
		FAULT(context, until->line, "until: lies before \"from\"");
}

LoaBroadcast *
loa_broadcast_from_value(const LoaValue *record, const LoaFieldsContext *context)
{
	static const char *const needed[] = { "id", "title", "to", "at" };
	const char *names[G_N_ELEMENTS(fields) + 1] = { NULL };
	guint n_faults = context->faults->len;

	if (!check_kind(context, record, LOA_VALUE_RECORD, "broadcast", "{ id = \"...\"; ... }"))
		return NULL;
	for (gsize i = 0; i < G_N_ELEMENTS(fields); i++)
		names[i] = fields[i].name;
	check_members(context, record, "a broadcast", names);
	for (gsize i = 0; i < G_N_ELEMENTS(needed); i++)
		(void)need_member(context, record, "the broadcast", needed[i]);

	g_autoptr(LoaBroadcast) broadcast = loa_broadcast_new();
	Reader reader = { .broadcast = broadcast, .context = context };

	for (gsize i = 0; i < G_N_ELEMENTS(fields); i++) {
		const LoaValue *value = loa_value_member(record, fields[i].name);

		if (value != NULL)
			fields[i].read(&reader, value);
	}
	check_source(context, record);
	check_days(context, record, broadcast);
	if (context->faults->len > n_faults)
		return NULL;
	broadcast->origin = record->line > 0
				    ? g_strdup_printf("%s:%u", context->where, record->line)
				    : g_strdup(context->where);
	return g_steal_pointer(&broadcast);
}

static void
put_text(LoaValue *record, const char *name, const char *text)
{
	if (text != NULL)
		loa_value_add(record, loa_value_new_text(name, text));
}

static void
put_day(LoaValue *record, const char *name, LoaDay day)
{
	g_autofree char *text = loa_day_is_none(day) ? NULL : loa_day_format(day);

	put_text(record, name, text);
}

static void
put_number(LoaValue *record, const char *name, guint number, guint fallback)
{
	if (number != fallback)
		loa_value_add(record, loa_value_new_int(name, number));
}

static void
put_to(LoaValue *record, const LoaBroadcast *broadcast)
{
	if (broadcast->to_all) {
		put_text(record, "to", "all");
		return;
	}

	LoaValue *list = loa_value_new(LOA_VALUE_LIST, "to", 0);

	for (guint i = 0; i < broadcast->groups->len; i++)
		loa_value_add(list, loa_value_new_text(NULL, broadcast->groups->pdata[i]));
	loa_value_add(record, list);
}

static void
put_at(LoaValue *record, const LoaBroadcast *broadcast)
{
	LoaValue *list = loa_value_new(LOA_VALUE_LIST, "at", 0);

	for (guint i = 0; i < broadcast->at_s->len; i++) {
		g_autofree char *text =
			loa_time_of_day_format(g_array_index(broadcast->at_s, gint32, i));

		loa_value_add(list, loa_value_new_text(NULL, text));
	}
	loa_value_add(record, list);
}

static void
put_days(LoaValue *record, const LoaBroadcast *broadcast)
{
	if (broadcast->days == LOA_BROADCAST_ALL_DAYS || !loa_day_is_none(broadcast->date))
		return;

	LoaValue *list = loa_value_new(LOA_VALUE_LIST, "days", 0);

	for (guint weekday = 0; weekday < 7; weekday++)
		if ((broadcast->days & 1u << weekday) != 0)
			loa_value_add(list, loa_value_new_text(NULL, loa_weekday_name(weekday)));
	loa_value_add(record, list);
}

static void
put_exception(LoaValue *record, const LoaBroadcast *broadcast)
{
	if (broadcast->exception_by == NULL)
		return;

	LoaValue *exception = loa_value_new(LOA_VALUE_RECORD, "exception", 0);

	put_text(exception, "by", broadcast->exception_by);
	put_text(exception, "why", broadcast->exception_why);
	loa_value_add(record, exception);
}

LoaValue *
loa_broadcast_to_value(const LoaBroadcast *broadcast)
{
	g_autoptr(LoaBroadcast) defaults = loa_broadcast_new();
	LoaValue *record = loa_value_new(LOA_VALUE_RECORD, NULL, 0);

	put_text(record, "id", broadcast->id);
	put_text(record, "title", broadcast->title);
	put_text(record, "class", loa_class_name(broadcast->class));
	put_text(record, "category", broadcast->category);
	put_text(record, "audio", broadcast->audio);
	put_text(record, "recording", broadcast->recording);
	put_text(record, "text", broadcast->text);
	if (broadcast->is_confidential)
		loa_value_add(record, loa_value_new_bool("confidential", TRUE));
	put_to(record, broadcast);
	put_at(record, broadcast);
	put_days(record, broadcast);
	put_day(record, "date", broadcast->date);
	put_day(record, "from", broadcast->from);
	put_day(record, "until", broadcast->until);
	put_number(record, "repeats", broadcast->n_repeats, defaults->n_repeats);
	put_number(record, "repeat_gap_s", broadcast->repeat_gap_s, defaults->repeat_gap_s);
	if (broadcast->resume != defaults->resume)
		put_text(record, "resume", loa_resume_name(broadcast->resume));
	put_number(record, "grace_s", broadcast->grace_s, defaults->grace_s);
	put_number(record, "order", broadcast->order, defaults->order);
	put_exception(record, broadcast);
	return record;
}

LoaGroup *
loa_group_from_value(const LoaValue *record, const LoaFieldsContext *context)
{
	static const char *const names[] = { "id", "name", NULL };
	guint n_faults = context->faults->len;

	if (!check_kind(context, record, LOA_VALUE_RECORD, "group",
			"{ id = \"to-1\"; name = \"Tổ dân phố 1\"; }"))
		return NULL;
	check_members(context, record, "a group", names);

	const LoaValue *id_value = need_member(context, record, "the group", "id");
	const LoaValue *name_value = need_member(context, record, "the group", "name");
	g_autofree char *id =
		id_value != NULL ? read_id(context, id_value, "id", LOA_ID_MAX) : NULL;
	g_autofree char *name = name_value != NULL ? read_text(context, name_value, "name",
							       LOA_BROADCAST_TITLE_MAX, FALSE)
						   : NULL;

	if (id != NULL && strcmp(id, "all") == 0)
		FAULT(context, id_value->line, "id: \"all\" means every group and cannot be one");
	return context->faults->len > n_faults ? NULL : loa_group_new(id, name);
}

LoaValue *
loa_group_to_value(const LoaGroup *group)
{
	LoaValue *record = loa_value_new(LOA_VALUE_RECORD, NULL, 0);

	put_text(record, "id", group->id);
	put_text(record, "name", group->name);
	return record;
}
