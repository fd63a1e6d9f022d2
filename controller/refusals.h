/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/refusals.h - what the controller itself did not believe, gathered so that a flood
 * of it fills no disk: equal ones within a minute are one security event with a count, and of
 * many different ones within a minute the first sixteen have names. Thread: main.
 */
#pragma once

#include "controller/store.h"

#define LOA_REFUSALS_MAX_KINDS 16
#define LOA_REFUSALS_WINDOW_US (G_GINT64_CONSTANT(60) * G_USEC_PER_SEC)

typedef struct LoaRefusals LoaRefusals;

LoaRefusals *loa_refusals_new(LoaStore *store);

/* @code: loa_wire_error_name(); @topic: any bytes, as it came; @node: (nullable): whom it names;
 * @detail: a sentence */
void loa_refusals_add(LoaRefusals *self, const char *code, const char *topic, const char *node,
		      const char *detail, gint64 now_us);

/* All since the start. */
guint64 loa_refusals_total(const LoaRefusals *self);

/* Writes what is older than the window (all of it where @is_last). @n_written: (out) (optional).
 * What cannot be written is kept and tried again. */
gboolean loa_refusals_flush(LoaRefusals *self, gint64 now_us, gboolean is_last, guint *n_written,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;

void loa_refusals_free(LoaRefusals *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaRefusals, loa_refusals_free)
