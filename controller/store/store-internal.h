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

/* Rows of `planned` by what they are an airing of: its groups may begin apart, the earliest of them
 * (base_us) in [?1, ?2). None is a day behind another. */
#define LOA_STORE_WITH_BEGUN                                                                       \
	"WITH begun AS (SELECT g, a, base_us FROM (SELECT grp AS g, airing AS a,"                  \
	" min(start_us) OVER (PARTITION BY airing) AS base_us FROM planned"                        \
	" WHERE start_us >= ?1 - 86400000000 AND start_us < ?2 + 86400000000)"                     \
	" WHERE base_us >= ?1 AND base_us < ?2) "

typedef enum {
	LOA_STEP_ROW,
	LOA_STEP_DONE,
	LOA_STEP_ERROR, /* the GError is set */
} LoaStep;

LoaStep loa_store_step(LoaStore *self, sqlite3_stmt *statement, GError **error);

/* (transfer full) (nullable) */
char *loa_store_column_text(sqlite3_stmt *statement, int column);

/* store-schema.c: from user_version to LOA_STORE_VERSION, each step in one transaction. */
gboolean loa_store_migrate(LoaStore *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
