/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/office/office-summary.h - everything a report says, gathered: what its JSON and its
 * tables are written from. Thread: worker.
 */
#pragma once

#include "controller/office/office-evidence.h"
#include "controller/office/office-record.h"
#include "controller/proof/statistics.h"
#include "controller/store/uptime.h"

/* A public disclosure whose last day lies in the time. */
typedef struct {
	LoaBroadcast *broadcast; /* owned: as it was declared last */
	guint n_proven;          /* groups with a whole run, */
	guint n_groups;          /* of these */
	GPtrArray *missing;      /* char *: names of the others */
} LoaDisclosure;

/* All owned but the rule. */
typedef struct {
	gint64 from_us, to_us, now_us;
	const LoaPeriodRule *rule; /* (nullable): of the period that was asked for; */
	char *period_id;           /* (nullable) */
	LoaStatistics *statistics;
	GHashTable *uptime;     /* group id to LoaUptime */
	GHashTable *n_ticks;    /* group id to a number: weeks it answered for */
	GPtrArray *disclosures; /* LoaDisclosure, by their last day */
	gboolean is_provisional;
} LoaSummary;

/* @summary: (out caller-allocates): written only on success */
gboolean loa_books_summary(const LoaBooks *books, const LoaBooksQuery *query, LoaSummary *summary,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;
void loa_summary_clear(LoaSummary *summary);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LoaSummary, loa_summary_clear)

/* (transfer full): docs/api.md has the shape */
JsonObject *loa_books_report(const LoaBooks *books, const LoaBooksQuery *query,
			     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* (transfer full): whether it may still change, and why */
char *loa_summary_words(const LoaSummary *summary, LoaLanguage language);
