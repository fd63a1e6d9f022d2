/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/loactl/loactl-rules.h - by which rules `loactl preview` looks ahead: those of a
 * controller.cfg, or those that the office wrote, and the overlays, which the controller is asked
 * for.
 */
#pragma once

#include "controller/loactl/loactl-context.h"
#include "schedules/overlay.h"
#include "schedules/policy.h"

/* All owned. */
typedef struct {
	LoaPolicy *policy;   /* (nullable): none is known */
	GPtrArray *overlays; /* (nullable): LoaOverlay */
	char *words;         /* one line for people: which they are */
} LoaLoactlRules;

/* Without @live no controller is asked, and the configuration only if it was read before. */
gboolean loa_loactl_rules_find(LoaLoactl *ctl, gboolean live, LoaLoactlRules *rules,
			       GError **error) G_GNUC_WARN_UNUSED_RESULT;
void loa_loactl_rules_clear(LoaLoactlRules *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LoaLoactlRules, loa_loactl_rules_clear)
