/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/loactl/loactl-output.h - to the terminal: UTF-8 always, whatever the locale says.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "controller/loactl/loactl-table.h"

/* To stdout. A reader that went away ends the program quietly, as SIGPIPE does. */
void loa_loactl_output_text(const char *text);
void loa_loactl_output_format(const char *format, ...) G_GNUC_PRINTF(1, 2);
/* As wide as $COLUMNS or the terminal; as wide as it is, when stdout is none. */
void loa_loactl_output_table(const LoaLoactlTable *table);
/* See loa_loactl_table_render_part(). */
void loa_loactl_output_table_part(const LoaLoactlTable *table, guint *floors,
				  gboolean with_headings);
/* Indented, with a line end. */
void loa_loactl_output_json(JsonNode *node);

/* What has been done so far, on stderr: one line that changes on a terminal, else one line for
 * each new stage and each quarter of it. */
typedef struct {
	char *label; /* what is worked on: a file's name; owned */
	char *stage; /* owned, nullable */
	gint shown;  /* per cent, or quarter when not on a terminal; -1: nothing yet */
} LoaLoactlProgress;

void loa_loactl_output_progress_init(LoaLoactlProgress *self, const char *label);
/* @fraction: 0..1 */
void loa_loactl_output_progress(LoaLoactlProgress *self, const char *stage, double fraction);
/* Takes the changing line away. */
void loa_loactl_output_progress_clear(LoaLoactlProgress *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LoaLoactlProgress, loa_loactl_output_progress_clear)
