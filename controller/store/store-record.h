/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/store/store-record.h - what the store knows for logbook and reports.
 *
 * A part of controller/store/store.h: its rules and its errors. Thread: main.
 */
#pragma once

#include "controller/store/evidence.h"
#include "controller/store/store.h"
#include "controller/store/uptime.h"
#include "schedules/broadcast.h"

/* How many rows of `planned` start then: about as many lines as the logbook has of that time. */
gboolean loa_store_count_planned(LoaStore *self, gint64 from_us, gint64 to_us, gint64 *n,
				 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Replaces the group's answer for that week, or for that airing. @id: (out) (optional) */
gboolean loa_store_put_tick(LoaStore *self, const LoaTick *tick, gint64 *id,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* (transfer full) (element-type LoaTick): by week, then group; of all weeks. Their from_us and
 * to_us are 0: the store knows no zone. */
GPtrArray *loa_store_ticks(LoaStore *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

gboolean loa_store_add_presence(LoaStore *self, const LoaPresence *presence,
				GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* (transfer full) (element-type LoaPresence): by node, then as written: what was written before
 * @to_us, from the last one of each node at or before @from_us on */
GPtrArray *loa_store_presence(LoaStore *self, gint64 from_us, gint64 to_us,
			      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Up to when everything was known; 0: never. */
gboolean loa_store_set_watched(LoaStore *self, gint64 until_us,
			       GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean loa_store_watched(LoaStore *self, gint64 *until_us,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* (transfer full) (element-type LoaDeclaration): every version of every broadcast, those that are
 * gone, too; by id, then since_us */
GPtrArray *loa_store_declared(LoaStore *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* What the office calls a group: its id, name and language. */
gboolean loa_store_put_group_label(LoaStore *self, const LoaGroup *label,
				   GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* (transfer full) (element-type LoaGroup): by id; only these three are set */
GPtrArray *loa_store_group_labels(LoaStore *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
