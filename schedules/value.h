/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedules/value.h - what a schedule file and a JSON document have in common.
 *
 * Both formats become this tree, and both are written from it: so the meaning of a key is settled
 * in one place (broadcast-fields.h) and cannot differ between file and API. Thread: any.
 */
#pragma once

#include <glib.h>

typedef enum {
	LOA_VALUE_BOOL,
	LOA_VALUE_INT,
	LOA_VALUE_TEXT,
	LOA_VALUE_LIST,
	LOA_VALUE_RECORD,
	LOA_VALUE_OTHER, /* something that no key takes: a fraction, null */
} LoaValueKind;

typedef struct {
	LoaValueKind kind;
	char *name;       /* (nullable) (owned): of a record's member */
	guint line;       /* in its file; 0: unknown */
	gint64 number;    /* BOOL: 0 or 1; INT */
	char *text;       /* (nullable) (owned): TEXT; not yet proven to be UTF-8 */
	GPtrArray *items; /* (nullable) (owned): LIST and RECORD, of LoaValue */
} LoaValue;

/* @name: (nullable), copied */
LoaValue *loa_value_new(LoaValueKind kind, const char *name, guint line);
LoaValue *loa_value_new_text(const char *name, const char *text);
LoaValue *loa_value_new_int(const char *name, gint64 number);
LoaValue *loa_value_new_bool(const char *name, gboolean is_true);
/* @item: (transfer full) */
void loa_value_add(LoaValue *self, LoaValue *item);
/* (transfer full) */
LoaValue *loa_value_copy(const LoaValue *self);
/* (transfer none) (nullable): the member of a record */
const LoaValue *loa_value_member(const LoaValue *self, const char *name);
/* Names, kinds and what they hold, in this order; lines do not matter. */
gboolean loa_value_equal(const LoaValue *a, const LoaValue *b);
/* "a text", "a whole number", "true or false", "a list", "a group { }", "something else" */
const char *loa_value_kind_name(LoaValueKind kind);
void loa_value_free(LoaValue *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaValue, loa_value_free)
