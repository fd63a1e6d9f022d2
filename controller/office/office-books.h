/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/office/office-books.h - what a question about the record is answered from, away from
 * the main thread: a copy of what may change there, and a connection of its own to the database.
 *
 * The functions that end in _worker have a LoaBooks and nothing else of the office.
 */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#include "controller/controller-config.h"
#include "controller/office/office-record.h"
#include "controller/office/record-desk.h"

#define LOA_BOOKS_JSON "application/json; charset=utf-8"
#define LOA_BOOKS_CSV "text/csv; charset=utf-8"

/* All borrowed, for as long as the answer is made. */
typedef struct {
	LoaStore *store;                   /* the worker's: it only reads */
	const LoaControllerConfig *config; /* with the groups as they were called then */
	const LoaCaller *caller;
	gint64 now_us;
	GCancellable *gone; /* cancelled when nobody waits any more */
} LoaBooks;

/* As it was asked. */
typedef struct {
	const char *name; /* (nullable): a group, or a period */
	gint64 from_us;
	gint64 to_us;
	LoaLanguage language; /* of a table */
	LoaReportPart part;   /* of a report's tables */
} LoaBooksQuery;

/* Thread: worker. @error: domain LOA_OFFICE_ERROR */
typedef GBytes *(*LoaBooksWork)(const LoaBooks *books, const LoaBooksQuery *query, GError **error);

/* Answers with @work's bytes of that @type, to be saved under @file_name (nullable). Returns as
 * loa_record_desk_ask() does; where that refuses, @func is told at once. */
GCancellable *loa_office_ask_books(LoaOffice *self, const LoaCaller *caller,
				   const LoaBooksQuery *query, LoaBooksWork work, const char *type,
				   const char *file_name, LoaOfficeFileFunc func,
				   gpointer user_data, GDestroyNotify destroy);

/* FALSE, with an @error that nobody reads, when nobody waits for the answer any more. */
gboolean loa_books_is_wanted(const LoaBooks *books, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* As loa_office_add_time(). */
void loa_books_add_time(const LoaBooks *books, JsonObject *object, const char *name, gint64 us);
/* As loa_office_group_name(). */
const char *loa_books_group_name(const LoaBooks *books, const char *id);
/* @object: (transfer full) */
GBytes *loa_books_document(JsonObject *object);
