/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/studio/line-process.h - a child process and the lines that it says on its output.
 *
 * No shell. The child has no input; what it says on its error output goes to ours. A line beyond
 * the limit, or a child that lives too long, ends it. Thread: main.
 */
#pragma once

#include <gio/gio.h>

typedef struct LoaLineProcess LoaLineProcess;

typedef struct {
	/* @line: without its newline; made of the bytes as they came */
	void (*on_line)(const char *line, gpointer user_data);
	/* Once, after the last line. @why: (nullable): NULL after exit status 0, else a sentence.
	 * Freeing the process from within is allowed. */
	void (*on_exit)(const char *why, gpointer user_data);
} LoaLineProcessEvents;

/* @limit_s: the child is killed after so long */
LoaLineProcess *loa_line_process_new(const char *const *argv, gsize max_line, guint limit_s,
				     const LoaLineProcessEvents *events, gpointer user_data,
				     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Kills the child if it runs; no event comes afterwards. */
void loa_line_process_free(LoaLineProcess *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaLineProcess, loa_line_process_free)
