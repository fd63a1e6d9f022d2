/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/plan/rules.h - which rules hold: those that the office wrote, or else those of
 * controller.cfg; and the overlays. As JSON in the store. Thread: main.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "controller/controller-config.h"
#include "controller/store/store.h"
#include "schedules/overlay.h"

#define LOA_RULES_ERROR (loa_rules_error_quark())
GQuark loa_rules_error_quark(void);

typedef enum {
	LOA_RULES_ERROR_FAULTY, /* the message has every fault, one a line */
} LoaRulesError;

/* All owned. */
typedef struct {
	LoaPolicy *policy;
	gboolean is_of_office; /* not of controller.cfg */
	GPtrArray *overlays;   /* LoaOverlay, by id */
	GPtrArray *unreadable; /* char *: a sentence for each that another version wrote */
} LoaRules;

/* What the store has is read by itself: a group that is gone is no fault. */
LoaRules *loa_rules_read(LoaStore *store, const LoaControllerConfig *config,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;
void loa_rules_free(LoaRules *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaRules, loa_rules_free)

/* What somebody sends; @groups: (nullable) (element-type LoaGroup): those that there are */
LoaPolicy *loa_rules_policy_from_json(JsonNode *node, const GPtrArray *groups,
				      GError **error) G_GNUC_WARN_UNUSED_RESULT;
LoaOverlay *loa_rules_overlay_from_json(JsonNode *node, const GPtrArray *groups,
					GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* (transfer full) */
JsonNode *loa_rules_policy_to_json(const LoaPolicy *policy);
JsonNode *loa_rules_overlay_to_json(const LoaOverlay *overlay);
/* (transfer full): as the store keeps them */
char *loa_rules_text(JsonNode *node);
