/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/store/store-internal.h - what the store's own files share: statements and errors.
 */
#pragma once

#include <sqlite3.h>

#include "controller/store/store.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(sqlite3_stmt, sqlite3_finalize)

sqlite3 *loa_store_db(LoaStore *self);

/* Sets @error from the connection's last error; always %FALSE. */
gboolean loa_store_fail(LoaStore *self, const char *doing, GError **error);

/* Prepares @sql and binds by @format, one letter a parameter: 's' const char * (nullable),
 * 'i' gint64, 'd' double. */
sqlite3_stmt *loa_store_prepare(LoaStore *self, GError **error, const char *sql, const char *format,
				...) G_GNUC_WARN_UNUSED_RESULT;

/* prepare, then step to the end. */
gboolean loa_store_run(LoaStore *self, GError **error, const char *sql, const char *format,
		       ...) G_GNUC_WARN_UNUSED_RESULT;

/* Of `planned`: what a plan says of an airing; and all that loa_store_read_planned() reads. */
#define LOA_STORE_AIRING_COLUMNS                                                                   \
	"airing, broadcast, title, class, ord, start_us, stop_us, resume, grace_us, is_live,"      \
	" n_samples, pre_skip, sha256, size_bytes, exception"
#define LOA_STORE_PLANNED_COLUMNS                                                                  \
	LOA_STORE_AIRING_COLUMNS ", grp, withdrawn_us, suspended_by, suspended_name"
#define LOA_STORE_PLANNED_ID 0    /* the airing's place among the columns, */
#define LOA_STORE_PLANNED_START 5 /* and its start's */

typedef enum {
	LOA_STEP_ROW,
	LOA_STEP_DONE,
	LOA_STEP_ERROR, /* the GError is set */
} LoaStep;

LoaStep loa_store_step(LoaStore *self, sqlite3_stmt *statement, GError **error);

/* (transfer full) (nullable) */
char *loa_store_column_text(sqlite3_stmt *statement, int column);

/* (transfer full) (nullable) (element-type LoaDeclaration): @sql gives id, JSON and since when */
GPtrArray *loa_store_read_declarations(LoaStore *self, GError **error, const char *sql);

/* (transfer full) */
LoaPlannedRow *loa_store_read_planned(sqlite3_stmt *row);

/* store-schema.c: from user_version to LOA_STORE_VERSION, each step in one transaction. */
gboolean loa_store_migrate(LoaStore *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
