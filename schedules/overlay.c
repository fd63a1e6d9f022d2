/* SPDX-License-Identifier: Apache-2.0 */
#include "schedules/overlay.h"

#include <string.h>

#include "schedules/reader.h"

LoaOverlay *
loa_overlay_new(void)
{
	LoaOverlay *self = g_new0(LoaOverlay, 1);

	self->suspends = g_ptr_array_new_with_free_func(g_free);
	self->keeps = g_ptr_array_new_with_free_func(g_free);
	self->groups = g_ptr_array_new_with_free_func(g_free);
	self->to_all = TRUE;
	return self;
}

void
loa_overlay_free(LoaOverlay *self)
{
	if (self == NULL)
		return;
	g_free(self->id);
	g_free(self->name);
	g_ptr_array_unref(self->suspends);
	g_ptr_array_unref(self->keeps);
	g_ptr_array_unref(self->groups);
	g_clear_pointer(&self->hours, g_array_unref);
	g_free(self);
}

const char *
loa_overlay_kind_name(LoaOverlayKind kind)
{
	switch (kind) {
	case LOA_OVERLAY_MOURNING:
		return "mourning";
	case LOA_OVERLAY_EXAMS:
		return "exams";
	case LOA_OVERLAY_HOURS:
		return "hours";
	case LOA_OVERLAY_CUSTOM:
		return "custom";
	}
	return "";
}

static gboolean
has(GPtrArray *texts, const char *text)
{
	return text != NULL && g_ptr_array_find_with_equal_func(texts, text, g_str_equal, NULL);
}

gboolean
loa_overlay_is_for(const LoaOverlay *self, const char *group)
{
	return self->to_all || has(self->groups, group);
}

gboolean
loa_overlay_suspends(const LoaOverlay *self, LoaClass class, const char *category)
{
	if (class == LOA_CLASS_EMERGENCY || (class == LOA_CLASS_PRIORITY && self->keeps_priority) ||
	    has(self->keeps, category))
		return FALSE;
	return self->suspends_all || has(self->suspends, category);
}

static void
read_category(const LoaFieldsContext *context, const LoaValue *item, GPtrArray *categories,
	      const char *key)
{
	g_autofree char *id = loa_reader_id(context, item, key, LOA_ID_MAX);

	if (id == NULL)
		return;
	if (has(categories, id))
		LOA_READER_FAULT(context, item->line, "%s: \"%s\" stands here twice", key, id);
	else
		g_ptr_array_add(categories, g_steal_pointer(&id));
}

static gint
compare_texts(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* An empty list is as good as none. */
static void
read_categories(const LoaFieldsContext *context, const LoaValue *value, GPtrArray *categories)
{
	if (value->kind != LOA_VALUE_LIST) {
		read_category(context, value, categories, value->name);
		return;
	}
	if (value->items->len > LOA_OVERLAY_MAX_CATEGORIES) {
		LOA_READER_FAULT(context, value->line, "%s: %u entries, at most %d", value->name,
				 value->items->len, LOA_OVERLAY_MAX_CATEGORIES);
		return;
	}
	for (guint i = 0; i < value->items->len; i++)
		read_category(context, value->items->pdata[i], categories, value->name);
	g_ptr_array_sort(categories, compare_texts);
}

static void
read_kind(const LoaFieldsContext *context, const LoaValue *value, LoaOverlay *overlay)
{
	if (!loa_reader_check_kind(context, value, LOA_VALUE_TEXT, "kind", "\"mourning\""))
		return;
	for (LoaOverlayKind kind = LOA_OVERLAY_MOURNING; kind <= LOA_OVERLAY_CUSTOM; kind++)
		if (strcmp(value->text, loa_overlay_kind_name(kind)) == 0) {
			overlay->kind = kind;
			return;
		}
	LOA_READER_FAULT(context, value->line,
			 "kind: \"%s\" is not \"mourning\", \"exams\", \"hours\" or \"custom\"",
			 value->text);
}

static void
read_name(const LoaValue *record, const LoaFieldsContext *context, LoaOverlay *overlay)
{
	const LoaValue *id = loa_reader_need_member(context, record, "the overlay", "id");
	const LoaValue *name = loa_reader_need_member(context, record, "the overlay", "name");
	const LoaValue *kind = loa_reader_need_member(context, record, "the overlay", "kind");

	if (id != NULL)
		overlay->id = loa_reader_id(context, id, "id", LOA_BROADCAST_ID_MAX);
	if (name != NULL)
		overlay->name =
			loa_reader_text(context, name, "name", LOA_BROADCAST_TITLE_MAX, FALSE);
	if (kind != NULL)
		read_kind(context, kind, overlay);
}

static void
read_effect(const LoaValue *record, const LoaFieldsContext *context, LoaOverlay *overlay)
{
	const LoaValue *suspends = loa_value_member(record, "suspends");
	const LoaValue *keeps = loa_value_member(record, "keeps");
	const LoaValue *keeps_priority = loa_value_member(record, "keeps_priority");
	const LoaValue *hours = loa_value_member(record, "hours");

	if (suspends != NULL && suspends->kind == LOA_VALUE_TEXT &&
	    strcmp(suspends->text, "all") == 0)
		overlay->suspends_all = TRUE;
	else if (suspends != NULL)
		read_categories(context, suspends, overlay->suspends);
	if (keeps != NULL)
		read_categories(context, keeps, overlay->keeps);
	if (keeps_priority != NULL && loa_reader_check_kind(context, keeps_priority, LOA_VALUE_BOOL,
							    "keeps_priority", "true"))
		overlay->keeps_priority = keeps_priority->number != 0;
	if (hours != NULL)
		overlay->hours = loa_hours_from_value(hours, context);
	if (hours == NULL &&
	    (suspends == NULL || (suspends->kind == LOA_VALUE_LIST && suspends->items->len == 0)))
		LOA_READER_FAULT(
			context, record->line,
			"the overlay does nothing: say what it suspends (\"all\", or a list of "
			"categories), or which hours hold");
}

LoaOverlay *
loa_overlay_from_value(const LoaValue *record, const LoaFieldsContext *context)
{
	static const char *const names[] = { "id", "name",     "kind",  "from",  "until",
					     "to", "suspends", "keeps", "hours", "keeps_priority",
					     NULL };
	g_autoptr(LoaOverlay) overlay = loa_overlay_new();
	guint n_faults = context->faults->len;
	const LoaValue *to;

	if (!loa_reader_check_kind(context, record, LOA_VALUE_RECORD, "overlay",
				   "{ id = \"quoc-tang\"; name = \"Quốc tang\"; ... }"))
		return NULL;
	loa_reader_check_members(context, record, "an overlay", names);
	read_name(record, context, overlay);
	loa_wall_time_read_period(record, context, "the overlay", &overlay->from, &overlay->until);
	to = loa_value_member(record, "to");
	overlay->to_all = to == NULL;
	if (to != NULL)
		loa_reader_to(context, to, &overlay->to_all, overlay->groups);
	read_effect(record, context, overlay);
	return context->faults->len > n_faults ? NULL : g_steal_pointer(&overlay);
}

static void
add_list(LoaValue *record, const char *name, const GPtrArray *texts)
{
	LoaValue *list = loa_value_new(LOA_VALUE_LIST, name, 0);

	for (guint i = 0; i < texts->len; i++)
		loa_value_add(list, loa_value_new_text(NULL, g_ptr_array_index(texts, i)));
	loa_value_add(record, list);
}

LoaValue *
loa_overlay_to_value(const LoaOverlay *self)
{
	LoaValue *record = loa_value_new(LOA_VALUE_RECORD, NULL, 0);

	loa_value_add(record, loa_value_new_text("id", self->id));
	loa_value_add(record, loa_value_new_text("name", self->name));
	loa_value_add(record, loa_value_new_text("kind", loa_overlay_kind_name(self->kind)));
	loa_wall_time_add_period(record, &self->from, &self->until);
	loa_value_add(record, loa_groups_to_value(self->to_all, self->groups));
	if (self->suspends_all)
		loa_value_add(record, loa_value_new_text("suspends", "all"));
	else
		add_list(record, "suspends", self->suspends);
	add_list(record, "keeps", self->keeps);
	loa_value_add(record, loa_value_new_bool("keeps_priority", self->keeps_priority));
	if (self->hours != NULL)
		loa_value_add(record, loa_hours_to_value(self->hours));
	return record;
}
