/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/plan/plan-desk.h - keeps the plans of all groups true: reads what is wanted from the
 * store, plans, and where a plan has changed gives it a new serial, the store a copy, and the
 * receivers the signed message.
 *
 * A change is made in two steps, so that nobody is told what is not on disk: prepare() writes
 * within the caller's transaction, release() publishes after its commit.
 *
 * All plans share one frame of time, from a day before it was set until horizon_days later. It
 * is kept while less than half of that is over: a plan whose content is the same in the same
 * frame is not published again. Serials are max(last + 1, unix milliseconds), so that they rise
 * even when this disk is restored from a backup. Thread: main.
 */
#pragma once

#include "controller/controller-config.h"
#include "controller/plan/planner.h"
#include "controller/plan/rules.h"
#include "controller/store/store.h"

#define LOA_PLAN_DESK_ERROR (loa_plan_desk_error_quark())
GQuark loa_plan_desk_error_quark(void);

typedef enum {
	LOA_PLAN_DESK_ERROR_TOO_MUCH, /* more than a plan can carry */
} LoaPlanDeskError;

typedef struct LoaPlanDesk LoaPlanDesk;

/* @topic and @message: what to publish, retained */
typedef void (*LoaPlanDeskPublishFunc)(const char *topic, GBytes *message, gpointer user_data);

/* All borrowed. */
LoaPlanDesk *loa_plan_desk_new(const LoaControllerConfig *config, LoaStore *store,
			       const LoaSigningKey *key);
void loa_plan_desk_on_publish(LoaPlanDesk *self, LoaPlanDeskPublishFunc func, gpointer user_data);

/* Plans anew and writes; nothing that others see changes yet. */
gboolean loa_plan_desk_prepare(LoaPlanDesk *self, gint64 now_us,
			       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* What was prepared holds and is published, in the order in which receivers need it: an emergency,
 * or a stop, before what is new tomorrow. How many plans changed. */
guint loa_plan_desk_release(LoaPlanDesk *self);
/* What was prepared is forgotten. */
void loa_plan_desk_discard(LoaPlanDesk *self);

/* For one receiver of @group, as soon as the next plans are made, until it is over: a test, which
 * is nobody's programme and not kept over a restart. Takes @airing, whose node names the receiver.
 * %FALSE: there are too many already. */
gboolean loa_plan_desk_add_test(LoaPlanDesk *self, const char *group, LoaAiring *airing,
				gint64 now_us) G_GNUC_WARN_UNUSED_RESULT;

/* prepare and release in a transaction of its own. */
gboolean loa_plan_desk_replan(LoaPlanDesk *self, gint64 now_us,
			      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Every plan as it stands, again: after a reconnect. */
void loa_plan_desk_publish_all(LoaPlanDesk *self);
/* That of @group, again. */
void loa_plan_desk_publish_group(LoaPlanDesk *self, const char *group);

/* (transfer none) (element-type LoaPlan): the plans that hold, in the order of the groups */
const GPtrArray *loa_plan_desk_plans(const LoaPlanDesk *self);
/* 0: none yet */
gint64 loa_plan_desk_serial(const LoaPlanDesk *self, const char *group);
/* (transfer none) (element-type LoaPlannerWarning) */
const GPtrArray *loa_plan_desk_warnings(const LoaPlanDesk *self);
/* (transfer none) (element-type LoaBroadcast): as declared, by id */
const GPtrArray *loa_plan_desk_broadcasts(const LoaPlanDesk *self);
/* (transfer none) (element-type LoaBroadcast): disclosures on the days after their last, each for
 * the groups alone that missed one (care.h) */
const GPtrArray *loa_plan_desk_extensions(const LoaPlanDesk *self);

/* When to plan anew because a day of a disclosure is over; G_MAXINT64: none is under way. */
gint64 loa_plan_desk_due_us(const LoaPlanDesk *self);

/* (transfer none) (element-type LoaSuspension): what overlays keep out of the plans */
const GPtrArray *loa_plan_desk_suspended(const LoaPlanDesk *self);
/* (transfer none) (nullable): the rules that the plans were made by; %NULL before the first */
const LoaRules *loa_plan_desk_rules(const LoaPlanDesk *self);

void loa_plan_desk_free(LoaPlanDesk *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaPlanDesk, loa_plan_desk_free)
