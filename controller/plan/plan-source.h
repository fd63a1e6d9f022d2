/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/plan/plan-source.h - what plans are made from, read from the store, and the plans.
 *
 * Everything that the planner needs is read anew each time, so that a plan never depends on what
 * this process remembers: after kill -9 the same plans come out. Thread: main.
 */
#pragma once

#include "controller/controller-config.h"
#include "controller/plan/planner.h"
#include "controller/plan/rules.h"
#include "controller/store/store.h"

/* The time that all plans are made for. */
typedef struct {
	gint64 now_us;
	gint64 from_us;
	gint64 valid_until_us;
} LoaPlanFrame;

/* All owned; what is wanted for longer may be taken. */
typedef struct {
	GPtrArray *broadcasts; /* LoaBroadcast: as declared, by id */
	GPtrArray *extensions; /* LoaBroadcast: disclosures that go on for some groups */
	GPtrArray *campaigns;  /* LoaCareCampaign; borrows from broadcasts */
	LoaRules *rules;
	GPtrArray *unreadable; /* LoaPlannerWarning: what another version of the program wrote */
	/* as LoaPlannerInput has them */
	GHashTable *since;
	GHashTable *recordings;
	GPtrArray *one_offs;
	GHashTable *stops;
	GHashTable *planned;
	GHashTable *silenced;
	gint64 due_us; /* when a disclosure's state changes by time alone; G_MAXINT64: never */
} LoaPlanSource;

/* (transfer full): notes the alarms of disclosures on the way, so it stands in a transaction */
LoaPlanSource *loa_plan_source_read(LoaStore *store, const LoaControllerConfig *config,
				    const LoaPlanFrame *frame,
				    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* (transfer full): as loa_planner_run(), with the warnings of care.h and of what is unreadable;
 * from a source of which nothing was taken. %NULL: there are too many starts for any plan. */
GPtrArray *loa_plan_source_plan(LoaPlanSource *self, const LoaControllerConfig *config,
				const LoaPlanFrame *frame, GPtrArray **warnings,
				GPtrArray **suspended, GError **error) G_GNUC_WARN_UNUSED_RESULT;

void loa_plan_source_free(LoaPlanSource *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaPlanSource, loa_plan_source_free)
