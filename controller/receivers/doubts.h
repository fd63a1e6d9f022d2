/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/receivers/doubts.h - what the controller itself did not believe, gathered so that a
 * flood of it fills no disk: equal ones within a minute are one security event with a count, and of
 * many different ones within a minute the first sixteen have names. Thread: main.
 */
#pragma once

#include "controller/store/store.h"

#define LOA_DOUBTS_MAX_KINDS 16
#define LOA_DOUBTS_WINDOW_US (G_GINT64_CONSTANT(60) * G_USEC_PER_SEC)

typedef struct LoaDoubts LoaDoubts;

LoaDoubts *loa_doubts_new(LoaStore *store);

/* @code: loa_wire_error_name(); @topic: any bytes, as it came; @node: (nullable): whom it names;
 * @detail: a sentence */
void loa_doubts_add(LoaDoubts *self, const char *code, const char *topic, const char *node,
		    const char *detail, gint64 now_us);

/* All since the start. */
guint64 loa_doubts_total(const LoaDoubts *self);

/* Writes what is older than the window (all of it where @is_last). @n_written: (out) (optional).
 * What cannot be written is kept and tried again. */
gboolean loa_doubts_flush(LoaDoubts *self, gint64 now_us, gboolean is_last, guint *n_written,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;

void loa_doubts_free(LoaDoubts *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaDoubts, loa_doubts_free)
