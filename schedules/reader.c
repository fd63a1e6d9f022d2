/* SPDX-License-Identifier: Apache-2.0 */
#include "schedules/reader.h"

#include <string.h>

gboolean
loa_reader_check_kind(const LoaFieldsContext *context, const LoaValue *value, LoaValueKind kind,
		      const char *key, const char *example)
{
	if (value->kind == kind)
		return TRUE;
	LOA_READER_FAULT(context, value->line, "%s: want %s, such as %s, not %s", key,
			 loa_value_kind_name(kind), example, loa_value_kind_name(value->kind));
	return FALSE;
}

gboolean
loa_reader_has_control_characters(const char *text, gboolean may_have_lines)
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
char *
loa_reader_text(const LoaFieldsContext *context, const LoaValue *value, const char *key,
		gsize max_bytes, gboolean may_have_lines)
{
	if (!loa_reader_check_kind(context, value, LOA_VALUE_TEXT, key, "\"...\""))
		return NULL;

	g_autofree char *text = g_utf8_normalize(value->text, -1, G_NORMALIZE_DEFAULT_COMPOSE);
	const char *why = NULL;

	if (text == NULL)
		why = "is not UTF-8: save the file as UTF-8 (Unicode)";
	else if (loa_reader_has_control_characters(text, may_have_lines))
		why = may_have_lines ? "has a control character"
				     : "has a line break, a tab or a control character";
	else if (g_strstrip(text)[0] == '\0')
		why = "is empty";
	if (why != NULL) {
		LOA_READER_FAULT(context, value->line, "%s %s", key, why);
		return NULL;
	}
	if (strlen(text) > max_bytes) {
		LOA_READER_FAULT(context, value->line, "%s has %zu bytes, at most %zu are allowed",
				 key, strlen(text), max_bytes);
		return NULL;
	}
	return g_steal_pointer(&text);
}

char *
loa_reader_id(const LoaFieldsContext *context, const LoaValue *value, const char *key,
	      gsize max_bytes)
{
	g_autofree char *text = loa_reader_text(context, value, key, G_MAXINT, FALSE);

	if (text == NULL)
		return NULL;
	if (!loa_id_is_valid(text) || strlen(text) > max_bytes) {
		LOA_READER_FAULT(
			context, value->line,
			"%s: \"%s\" is not an id: 1 to %zu small letters a-z, digits, '-' and '.', "
			"starting with a letter or digit",
			key, text, max_bytes);
		return NULL;
	}
	return g_steal_pointer(&text);
}

guint
loa_reader_number(const LoaFieldsContext *context, const LoaValue *value, guint min, guint max)
{
	g_autofree char *example = g_strdup_printf("%u", min);

	if (!loa_reader_check_kind(context, value, LOA_VALUE_INT, value->name, example))
		return min;
	if (value->number < min || value->number > max) {
		LOA_READER_FAULT(context, value->line,
				 "%s: %" G_GINT64_FORMAT " is not within %u to %u", value->name,
				 value->number, min, max);
		return min;
	}
	return (guint)value->number;
}

void
loa_reader_check_members(const LoaFieldsContext *context, const LoaValue *record, const char *of,
			 const char *const *names)
{
	for (guint i = 0; i < record->items->len; i++) {
		const LoaValue *item = record->items->pdata[i];

		if (g_strv_contains(names, item->name))
			continue;

		const char *near = loa_faults_nearest(item->name, names);
		g_autofree char *all = g_strjoinv(", ", (char **)names);

		if (near != NULL)
			LOA_READER_FAULT(context, item->line,
					 "unknown key \"%s\" in %s: did you mean \"%s\"?",
					 item->name, of, near);
		else
			LOA_READER_FAULT(context, item->line,
					 "unknown key \"%s\" in %s: the keys are %s", item->name,
					 of, all);
	}
}

/* (nullable): the member, or a fault where it is missing */
const LoaValue *
loa_reader_need_member(const LoaFieldsContext *context, const LoaValue *record, const char *of,
		       const char *name)
{
	const LoaValue *member = loa_value_member(record, name);

	if (member == NULL)
		LOA_READER_FAULT(context, record->line, "%s has no \"%s\"", of, name);
	return member;
}

static const char *
nearest_group(const GHashTable *groups, const char *id)
{
	g_autofree gpointer *names = g_hash_table_get_keys_as_array((GHashTable *)groups, NULL);

	return loa_faults_nearest(id, (const char *const *)names);
}

static void
read_group(const LoaFieldsContext *context, const LoaValue *item, GPtrArray *groups)
{
	g_autofree char *id = loa_reader_id(context, item, "to", LOA_ID_MAX);

	if (id == NULL)
		return;
	if (strcmp(id, "all") == 0) {
		LOA_READER_FAULT(context, item->line,
				 "to: \"all\" stands alone: write to = \"all\"");
		return;
	}
	if (context->groups != NULL && !g_hash_table_contains((GHashTable *)context->groups, id)) {
		const char *near = nearest_group(context->groups, id);

		LOA_READER_FAULT(context, item->line, "to: there is no group \"%s\"%s%s%s", id,
				 near != NULL ? ": did you mean \"" : "", near != NULL ? near : "",
				 near != NULL ? "\"?" : "");
		return;
	}
	if (g_ptr_array_find_with_equal_func(groups, id, g_str_equal, NULL)) {
		LOA_READER_FAULT(context, item->line, "to: group \"%s\" stands here twice", id);
		return;
	}
	g_ptr_array_add(groups, g_steal_pointer(&id));
}

static gint
compare_texts(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void
loa_reader_to(const LoaFieldsContext *context, const LoaValue *value, gboolean *to_all,
	      GPtrArray *groups)
{
	if (value->kind == LOA_VALUE_TEXT && strcmp(value->text, "all") == 0) {
		*to_all = TRUE;
		return;
	}
	if (value->kind != LOA_VALUE_LIST) {
		read_group(context, value, groups);
		return;
	}
	if (value->items->len == 0 || value->items->len > LOA_BROADCAST_MAX_GROUPS) {
		LOA_READER_FAULT(context, value->line, "to: %u entries, want 1 to %d",
				 value->items->len, LOA_BROADCAST_MAX_GROUPS);
		return;
	}
	for (guint i = 0; i < value->items->len; i++)
		read_group(context, value->items->pdata[i], groups);
	g_ptr_array_sort(groups, compare_texts);
}

void
loa_reader_weekdays(const LoaFieldsContext *context, const LoaValue *item, const char *key,
		    guint *days)
{
	guint first, last;

	if (!loa_reader_check_kind(context, item, LOA_VALUE_TEXT, key, "[ \"mon-fri\", \"sun\" ]"))
		return;

	g_auto(GStrv) ends = g_strsplit(item->text, "-", 2);
	gboolean is_range = g_strv_length(ends) == 2;

	if (ends[0] == NULL || !loa_weekday_from_name(ends[0], &first) ||
	    !loa_weekday_from_name(ends[is_range ? 1 : 0], &last)) {
		LOA_READER_FAULT(
			context, item->line,
			"%s: \"%s\" is not a day: mon tue wed thu fri sat sun, or t2 to t7 and cn, "
			"or a range such as \"mon-fri\"",
			key, item->text);
		return;
	}
	*days |= 1u << first;
	for (guint weekday = first; weekday != last;) {
		weekday = (weekday + 1) % 7; /* a range may go over the end of the week */
		*days |= 1u << weekday;
	}
}

/* One value, or a list of them: calls @func for each. */
void
loa_reader_for_each(LoaReader *reader, const LoaValue *value, guint max_items,
		    void (*func)(LoaReader *reader, const LoaValue *item, const char *key))
{
	if (value->kind != LOA_VALUE_LIST) {
		func(reader, value, value->name);
		return;
	}
	if (value->items->len == 0 || value->items->len > max_items) {
		LOA_READER_FAULT(reader->context, value->line, "%s: %u entries, want 1 to %u",
				 value->name, value->items->len, max_items);
		return;
	}
	for (guint i = 0; i < value->items->len; i++)
		func(reader, value->items->pdata[i], value->name);
}

gint
loa_reader_compare_numbers(gconstpointer a, gconstpointer b)
{
	return *(const gint32 *)a - *(const gint32 *)b;
}
