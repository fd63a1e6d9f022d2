/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedules/preview-silences.h - what the rules silence, gathered into one warning for each
 * broadcast and reason: a part of preview.c. Pure. Thread: any.
 */
#pragma once

#include "schedules/local-time.h"
#include "schedules/preview-rules.h"

typedef struct LoaPreviewSilences LoaPreviewSilences;

/* Both borrowed. @starts: (element-type LoaPreviewStart): overlay and n_suspended are filled in */
LoaPreviewSilences *loa_preview_silences_new(const LoaPreviewRules *rules, GArray *starts);

/* A LoaPreviewRulesFunc: @self is the user's data. */
void loa_preview_silences_add(guint start, guint group, LoaPermitVerdict verdict,
			      const LoaPermitWhy *why, gpointer self);

/* Appends what came together: (element-type LoaPreviewWarning). First what overlays and hours
 * silence, by time; then what gets no session, by the first group in which, and by rank. */
void loa_preview_silences_warn(const LoaPreviewSilences *self, LoaLocalTime *local,
			       GPtrArray *warnings);

void loa_preview_silences_free(LoaPreviewSilences *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaPreviewSilences, loa_preview_silences_free)
