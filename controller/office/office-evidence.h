/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/office/office-evidence.h - what was planned, reported and ticked in a time, read from
 * the store and made into lines: what logbook and reports are made of. Thread: worker, where it
 * takes a LoaBooks; else main.
 */
#pragma once

#include "controller/office/office-books.h"
#include "controller/office/office-internal.h"
#include "controller/proof/credits.h"
#include "controller/proof/logbook.h"
#include "controller/store/history.h"

/* All owned. */
typedef struct {
	GPtrArray *planned; /* LoaPlannedRow */
	GPtrArray *heard;   /* LoaHeard */
	GPtrArray *ticks;   /* LoaTick, with the weeks' times */
	GPtrArray *nodes;   /* LoaNodeRecord */
	GArray *lines;      /* LoaLine */
	LoaCredits *credits;
} LoaEvidence;

/* @evidence: (out caller-allocates): written only on success; more than @max_lines are refused
 * with a sentence */
gboolean loa_books_evidence(const LoaBooks *books, gint64 from_us, gint64 to_us, guint max_lines,
			    LoaEvidence *evidence, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void loa_evidence_clear(LoaEvidence *evidence);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LoaEvidence, loa_evidence_clear)

/* (transfer full) (nullable): for the airings of @history. @error: the store's */
LoaCredits *loa_books_credits(const LoaBooks *books, const LoaHistory *history,
			      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* (transfer full) (element-type LoaTick): all, with the weeks' times in @zone. Thread:
 * that of @store */
GPtrArray *loa_office_ticks_load(LoaStore *store, GTimeZone *zone,
				 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* (transfer none): as people call it; its id where nothing else is known */
const char *loa_office_group_name(LoaOffice *self, const char *group);
