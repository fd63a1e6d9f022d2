/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedules/occasions.h - public holidays and great days, solar and lunar: data, not code.
 *
 * The national ones are built in (data/occasions.cfg); the office adds its own and the days in
 * lieu of each year in files of the same form. Thread: any, but one object belongs to one thread
 * at a time.
 */
#pragma once

#include "schedules/lunar.h"
#include "schedules/value.h"

typedef struct LoaOccasions LoaOccasions;

typedef enum {
	LOA_OCCASION_NATIONAL, /* shipped */
	LOA_OCCASION_LOCAL,    /* added */
	LOA_OCCASION_REPLACED, /* shipped, and another one was added under its id */
} LoaOccasionOrigin;

/* With the national ones. */
LoaOccasions *loa_occasions_new(void);

/* Adds those of a libconfig text; an id that is there already is replaced. With any fault,
 * nothing changes. @faults: see faults.h */
gboolean loa_occasions_add(LoaOccasions *self, const char *where, const char *text, gsize size,
			   GPtrArray *faults) G_GNUC_WARN_UNUSED_RESULT;
/* The same for a text that was read already: a record with a list "occasions". */
gboolean loa_occasions_add_value(LoaOccasions *self, const char *where, const LoaValue *root,
				 GPtrArray *faults) G_GNUC_WARN_UNUSED_RESULT;

gboolean loa_occasions_has(const LoaOccasions *self, const char *id);
/* (transfer none) (nullable) */
const char *loa_occasions_name(const LoaOccasions *self, const char *id);
/* Of an id that is there. */
LoaOccasionOrigin loa_occasions_origin(const LoaOccasions *self, const char *id);
/* (transfer full) (nullable): a record that reads back equal */
LoaValue *loa_occasions_to_value(const LoaOccasions *self, const char *id);
/* (transfer none) (nullable): one that is "before" what is not there, or has no day itself */
const char *loa_occasions_dangling(const LoaOccasions *self);
/* (transfer container) (element-type utf8): every id, %NULL-terminated, sorted */
const char **loa_occasions_ids(const LoaOccasions *self);

/* Adds the day numbers of occasion @id within @first..@last (inclusive), rising, to @days
 * (element-type gint32). Nothing for an unknown id. */
void loa_occasions_expand(const LoaOccasions *self, const char *id, LoaLunar *lunar, gint32 first,
			  gint32 last, GArray *days);

/* (transfer full) (nullable): the names of what is on this day, ", " between */
char *loa_occasions_on(const LoaOccasions *self, LoaDay day, LoaLunar *lunar);

void loa_occasions_free(LoaOccasions *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaOccasions, loa_occasions_free)
