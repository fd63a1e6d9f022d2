/* SPDX-License-Identifier: Apache-2.0 */
#include "schedules/value.h"

#include <string.h>

LoaValue *
loa_value_new(LoaValueKind kind, const char *name, guint line)
{
	LoaValue *self = g_new0(LoaValue, 1);

	self->kind = kind;
	self->name = g_strdup(name);
	self->line = line;
	if (kind == LOA_VALUE_LIST || kind == LOA_VALUE_RECORD)
		self->items = g_ptr_array_new_with_free_func((GDestroyNotify)loa_value_free);
	return self;
}

LoaValue *
loa_value_new_text(const char *name, const char *text)
{
	LoaValue *self = loa_value_new(LOA_VALUE_TEXT, name, 0);

	self->text = g_strdup(text);
	return self;
}

LoaValue *
loa_value_new_int(const char *name, gint64 number)
{
	LoaValue *self = loa_value_new(LOA_VALUE_INT, name, 0);

	self->number = number;
	return self;
}

LoaValue *
loa_value_new_bool(const char *name, gboolean is_true)
{
	LoaValue *self = loa_value_new(LOA_VALUE_BOOL, name, 0);

	self->number = is_true ? 1 : 0;
	return self;
}

void
loa_value_add(LoaValue *self, LoaValue *item)
{
	g_assert(self->items != NULL);
	g_ptr_array_add(self->items, item);
}

LoaValue *
loa_value_copy(const LoaValue *self)
{
	LoaValue *copy = loa_value_new(self->kind, self->name, self->line);

	copy->number = self->number;
	copy->text = g_strdup(self->text);
	for (guint i = 0; self->items != NULL && i < self->items->len; i++)
		loa_value_add(copy, loa_value_copy(self->items->pdata[i]));
	return copy;
}

const LoaValue *
loa_value_member(const LoaValue *self, const char *name)
{
	g_assert(self->kind == LOA_VALUE_RECORD);
	for (guint i = 0; i < self->items->len; i++) {
		const LoaValue *item = self->items->pdata[i];

		if (g_strcmp0(item->name, name) == 0)
			return item;
	}
	return NULL;
}

gboolean
loa_value_equal(const LoaValue *a, const LoaValue *b)
{
	guint n_a = a->items != NULL ? a->items->len : 0;
	guint n_b = b->items != NULL ? b->items->len : 0;

	if (a->kind != b->kind || g_strcmp0(a->name, b->name) != 0 || a->number != b->number ||
	    g_strcmp0(a->text, b->text) != 0 || n_a != n_b)
		return FALSE;
	for (guint i = 0; i < n_a; i++)
		if (!loa_value_equal(a->items->pdata[i], b->items->pdata[i]))
			return FALSE;
	return TRUE;
}

const char *
loa_value_kind_name(LoaValueKind kind)
{
	switch (kind) {
	case LOA_VALUE_BOOL:
		return "true or false";
	case LOA_VALUE_INT:
		return "a whole number";
	case LOA_VALUE_TEXT:
		return "a text";
	case LOA_VALUE_LIST:
		return "a list";
	case LOA_VALUE_RECORD:
		return "a group { }";
	case LOA_VALUE_OTHER:
		return "something else";
	}
	g_assert_not_reached();
}

void
loa_value_free(LoaValue *self)
{
	if (self == NULL)
		return;
	g_free(self->name);
	g_free(self->text);
	if (self->items != NULL)
		g_ptr_array_unref(self->items);
	g_free(self);
}
