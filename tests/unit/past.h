/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A whole history at once (controller/store/history.h).
 */
#pragma once

#include "controller/store/history.h"
#include "tests/unit/controller-sample.h"

typedef struct {
	GPtrArray *planned; /* LoaPlannedRow */
	GPtrArray *heard;   /* LoaHeard */
	GHashTable *firsts;
} Past;

static inline void
past_free(Past *self)
{
	g_ptr_array_unref(self->planned);
	g_ptr_array_unref(self->heard);
	g_hash_table_unref(self->firsts);
	g_free(self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Past, past_free)

static inline Past *
past_new(void)
{
	Past *self = g_new0(Past, 1);

	self->planned = g_ptr_array_new_with_free_func((GDestroyNotify)loa_planned_row_free);
	self->heard = g_ptr_array_new_with_free_func((GDestroyNotify)loa_heard_free);
	return self;
}

static inline Past *
read_past(LoaStore *store, gint64 from_us, gint64 to_us)
{
	g_autoptr(LoaHistory) history = loa_history_new(store, from_us, to_us, NULL);
	g_autoptr(GError) error = NULL;
	Past *self = past_new();
	LoaHistoryStep step;

	assert_non_null(history);
	while ((step = loa_history_next(history, self->planned, self->heard, &error)) ==
	       LOA_HISTORY_AIRING)
		;
	if (step == LOA_HISTORY_ERROR)
		fail_msg("%s", error->message);
	self->firsts = g_hash_table_ref(loa_history_firsts(history));
	return self;
}
