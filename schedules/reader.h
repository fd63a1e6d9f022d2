/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedules/reader.h - reading one value after the other, with a fault for each that is wrong.
 *
 * For broadcast-fields.c and rule-reader.c. Thread: any.
 */
#pragma once

#include "schedules/broadcast-fields.h"
#include "schedules/faults.h"

typedef struct {
	LoaBroadcast *broadcast; /* borrowed: what is being filled */
	const LoaFieldsContext *context;
} LoaReader;

#define LOA_READER_FAULT(context, line, ...)                                                       \
	loa_faults_add((context)->faults, (context)->where, (line), __VA_ARGS__)

/* A fault unless @value is of that kind; @example for the sentence. */
gboolean loa_reader_check_kind(const LoaFieldsContext *context, const LoaValue *value,
			       LoaValueKind kind, const char *key, const char *example);
/* @text is valid UTF-8 */
gboolean loa_reader_has_control_characters(const char *text, gboolean may_have_lines);
/* (transfer full) (nullable): NFC, stripped, not blank, at most @max_bytes; else a fault */
char *loa_reader_text(const LoaFieldsContext *context, const LoaValue *value, const char *key,
		      gsize max_bytes, gboolean may_have_lines);
/* (transfer full) (nullable): see common/id.h */
char *loa_reader_id(const LoaFieldsContext *context, const LoaValue *value, const char *key,
		    gsize max_bytes);
/* @min after a fault */
guint loa_reader_number(const LoaFieldsContext *context, const LoaValue *value, guint min,
			guint max);
/* "all", one group or a list of them: sorted, each once and one that there is. */
void loa_reader_to(const LoaFieldsContext *context, const LoaValue *value, gboolean *to_all,
		   GPtrArray *groups);
/* "t2", "mon-fri": adds bits to @days. */
void loa_reader_weekdays(const LoaFieldsContext *context, const LoaValue *item, const char *key,
			 guint *days);
/* One value, or a list of them: calls @func for each. */
void loa_reader_for_each(LoaReader *reader, const LoaValue *value, guint max_items,
			 void (*func)(LoaReader *reader, const LoaValue *item, const char *key));
/* A fault for each member of @record that is not in @names (%NULL-terminated). */
void loa_reader_check_members(const LoaFieldsContext *context, const LoaValue *record,
			      const char *of, const char *const *names);
/* (nullable): the member, or a fault where it is missing */
const LoaValue *loa_reader_need_member(const LoaFieldsContext *context, const LoaValue *record,
				       const char *of, const char *name);
/* Of gint32, for g_array_sort(). */
gint loa_reader_compare_numbers(gconstpointer a, gconstpointer b);
