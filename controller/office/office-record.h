/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/office/office-record.h - what one can ask of the office about what was heard.
 *
 * The use cases of logbook, ticks and reports; the rules of controller/office/office.h hold.
 * Whoever is bound to groups (controller/caller.h) is shown these and nothing of the others, their
 * names and numbers included. Thread: main.
 */
#pragma once

#include <gio/gio.h>

#include "controller/office/office.h"
#include "controller/proof/words.h"

typedef struct {
	const char *group; /* (nullable) */
	gint64 from_us;    /* 0: a week ago */
	gint64 to_us;      /* 0: now; half-open */
} LoaLogbookQuery;

/* Logbook and reports are made on another thread (record-desk.h). @func is called once, with what
 * is to be answered, or an error; not at all when the office ends before. @destroy: of @user_data,
 * in any case. Returns: (transfer full) (nullable): cancel it when nobody waits any more. */

/* {from, to, airings: [{airing, group, ..., result, level, words, nodes, tick, coverage}]}: one
 * line an airing and group, by start */
GCancellable *loa_office_logbook(LoaOffice *self, const LoaCaller *caller,
				 const LoaLogbookQuery *query, LoaOfficeFileFunc func,
				 gpointer user_data, GDestroyNotify destroy);
/* The same as a table for a spreadsheet. */
GCancellable *loa_office_logbook_csv(LoaOffice *self, const LoaCaller *caller,
				     const LoaLogbookQuery *query, LoaLanguage language,
				     LoaOfficeFileFunc func, gpointer user_data,
				     GDestroyNotify destroy);

typedef struct {
	const char *group;
	const char *week;   /* "2026-W47" */
	const char *airing; /* (nullable): the week as a whole */
	LoaAnswer answer;
	const char *note; /* (nullable) */
} LoaTickOrder;

/* Replaces what the group said before, until a week after the week's end; then it is history.
 * {id, group, week, ...} as in /ticks */
JsonNode *loa_office_tick(LoaOffice *self, const LoaCaller *caller, const LoaTickOrder *order,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* {ticks: [...], due: [...]}: of weeks that touch the query's time (the last four by default);
 * due: those that can be answered for and have not been */
JsonNode *loa_office_ticks(LoaOffice *self, const LoaCaller *caller, const LoaLogbookQuery *query,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
	const char
		*period; /* (nullable): id of /reports/periods; else the next two; else what runs */
	gint64 from_us;
	gint64 to_us; /* half-open */
} LoaReportQuery;

typedef enum {
	LOA_REPORT_GROUPS,
	LOA_REPORT_CATEGORIES,
	LOA_REPORT_UNITS,
	LOA_REPORT_DISCLOSURES,
	LOA_REPORT_REMUNERATION,
	LOA_REPORT_LAST = LOA_REPORT_REMUNERATION,
} LoaReportPart;

/* "groups", "categories", "units", "disclosures", "remuneration" */
const char *loa_report_part_name(LoaReportPart part);
gboolean loa_report_part_from_name(const char *name, LoaReportPart *part) G_GNUC_WARN_UNUSED_RESULT;

/* {periods: [{id, kind, name_vi, name_en, from, to, due, is_over}]}: of each kind those of the last
 * year, the newest first */
JsonNode *loa_office_report_periods(LoaOffice *self, const LoaCaller *caller);
/* docs/api.md has the shape; the same way as a logbook */
GCancellable *loa_office_report(LoaOffice *self, const LoaCaller *caller,
				const LoaReportQuery *query, LoaOfficeFileFunc func,
				gpointer user_data, GDestroyNotify destroy);
/* One part of it as a table for a spreadsheet. */
GCancellable *loa_office_report_csv(LoaOffice *self, const LoaCaller *caller,
				    const LoaReportQuery *query, LoaReportPart part,
				    LoaLanguage language, LoaOfficeFileFunc func,
				    gpointer user_data, GDestroyNotify destroy);
