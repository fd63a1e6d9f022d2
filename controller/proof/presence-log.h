/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/proof/presence-log.h - keeps a record of when each receiver was online: evidence of
 * "kept working".
 *
 * Changes are collected and written together. What the controller cannot know becomes a record of
 * its own: while it has no broker, and from when it last wrote to when it came up again.
 * Thread: main.
 */
#pragma once

#include "controller/store/store.h"

typedef struct LoaPresenceLog LoaPresenceLog;

/* @store: borrowed. Ends what was known when the controller last wrote. */
LoaPresenceLog *loa_presence_log_new(LoaStore *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What @node's state says, or its will, at each of them: only changes are kept. */
void loa_presence_log_note(LoaPresenceLog *self, const char *node, gboolean is_online,
			   gint64 now_us);
/* The broker is gone: from now on nothing is known of anybody. */
void loa_presence_log_blind(LoaPresenceLog *self, gint64 now_us);

/* Is there something to write? */
gboolean loa_presence_log_has_news(const LoaPresenceLog *self);
/* Writes what was collected, and that everything is known up to @now_us. After a failure it is
 * tried again with the next. */
gboolean loa_presence_log_flush(LoaPresenceLog *self, gint64 now_us,
				GError **error) G_GNUC_WARN_UNUSED_RESULT;

void loa_presence_log_free(LoaPresenceLog *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaPresenceLog, loa_presence_log_free)
