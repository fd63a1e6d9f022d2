/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/office/office-parts.h - what the daemon makes an office of. Callers of the office need
 * controller/office/office.h only. Thread: main.
 */
#pragma once

#include "common/clock.h"
#include "controller/controller-config.h"
#include "controller/office/office.h"
#include "controller/plan/plan-desk.h"
#include "controller/plan/readiness.h"
#include "controller/receivers/fleet.h"
#include "controller/receivers/node-file.h"
#include "controller/studio/studio.h"

/* All borrowed; they outlive the office. */
typedef struct {
	const LoaControllerConfig *config;
	LoaStore *store;
	LoaClock *clock;
	const LoaSigningKey *key;
	LoaRegistry *registry;
	LoaFleet *fleet;
	const LoaReadiness *readiness;
	LoaPlanDesk *desk;
	LoaNodeFileDoors doors;
	/* After every release of new plans. */
	void (*on_plans)(gpointer user_data);
	/* "connected", "connecting" or a sentence. (transfer none) */
	const char *(*broker_state)(gpointer user_data);
	gpointer user_data;
} LoaOfficeParts;

LoaOffice *loa_office_new(const LoaOfficeParts *parts, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Plans anew: at the start, every so often, and after a change that did not come from here. */
gboolean loa_office_replan(LoaOffice *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Where browsers find the page, for the status. @fingerprint: (nullable): of its certificate */
void loa_office_set_page(LoaOffice *self, const char *url, const char *fingerprint);

/* Tells the viewer, see LoaOfficeChangedFunc. Many of one topic in a row become one. */
void loa_office_changed(LoaOffice *self, const char *topic);

void loa_office_free(LoaOffice *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaOffice, loa_office_free)
