/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/proof/csv.h - tables for a spreadsheet (RFC 4180).
 *
 * The file begins with a UTF-8 byte order mark, without which the usual office program mangles
 * Vietnamese. A cell that a spreadsheet would take for a formula gets an apostrophe in front:
 * titles and reasons come from other people. Pure. Thread: any.
 */
#pragma once

#include <glib.h>

#define LOA_CSV_BOM "\xEF\xBB\xBF"

/* @cells: %NULL-terminated. Adds one line, with CRLF. */
void loa_csv_append_row(GString *csv, const char *const *cells);
