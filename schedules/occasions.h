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

typedef struct LoaOccasions LoaOccasions;

/* With the national ones. */
LoaOccasions *loa_occasions_new(void);

/* Adds those of a libconfig text; an id that is there already is replaced. With any fault,
 * nothing changes. @faults: see faults.h */
gboolean loa_occasions_add(LoaOccasions *self, const char *where, const char *text, gsize size,
			   GPtrArray *faults) G_GNUC_WARN_UNUSED_RESULT;

gboolean loa_occasions_has(const LoaOccasions *self, const char *id);
/* (transfer none) (nullable) */
const char *loa_occasions_name(const LoaOccasions *self, const char *id);
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
