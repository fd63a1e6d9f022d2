/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/loactl/loactl-table.h - columns of text for a terminal.
 *
 * Widths are in columns of the terminal: a combining mark has none, a wide character two. What
 * does not fit is cut with "…": columns of free text first, the widest of them before the others.
 * Control characters, which could move the cursor or rename the window, are shown as U+FFFD. Pure.
 * Thread: any.
 */
#pragma once

#include <glib.h>

typedef struct LoaLoactlTable LoaLoactlTable;

/* @headings: %NULL-terminated; one that begins with '>' stands, without it, over a column that is
 * aligned to the right, as numbers are; one that begins with '~' is free text. */
LoaLoactlTable *loa_loactl_table_new(const char *const *headings);

/* @cells: %NULL-terminated, as many as headings; a %NULL in between is not possible, use "". */
void loa_loactl_table_add(LoaLoactlTable *self, const char *const *cells);

guint loa_loactl_table_n_rows(const LoaLoactlTable *self);

/* (transfer full): lines, each with "\n". @width: 0 for a table of any width. */
char *loa_loactl_table_render(const LoaLoactlTable *self, guint width);

/* The same for a table that goes on below what was printed before: @floors, one a column, all 0 at
 * first, keeps the columns where they are. */
char *loa_loactl_table_render_part(const LoaLoactlTable *self, guint width, guint *floors,
				   gboolean with_headings);

/* How many columns of a terminal @text takes. */
guint loa_loactl_table_text_width(const char *text);

void loa_loactl_table_free(LoaLoactlTable *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaLoactlTable, loa_loactl_table_free)
