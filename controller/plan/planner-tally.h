/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/plan/planner-tally.h - what cannot be planned, counted: one warning a broadcast and
 * reason, that says how often, where, and when first. Thread: any.
 */
#pragma once

#include "controller/plan/planner.h"

typedef struct LoaPlannerTally LoaPlannerTally;

/* @groups: (element-type LoaGroup): borrowed; those of the site */
LoaPlannerTally *loa_planner_tally_new(const GPtrArray *groups);

/* @subject: a broadcast, or a one-off's airing; @airing: (nullable): what is not planned in @group;
 * @group: (nullable): nowhere; @detail: (nullable): of the first one. All copied. Many findings
 * about one airing are counted once where they come one after the other. */
void loa_planner_tally_add(LoaPlannerTally *self, LoaPlannerFinding finding, const char *subject,
			   const char *airing, const char *group, gint64 at_us, const char *detail);

/* Adds LoaPlannerWarning to @warnings, in the order in which they were found. */
void loa_planner_tally_write(const LoaPlannerTally *self, GTimeZone *zone, GPtrArray *warnings);

void loa_planner_tally_free(LoaPlannerTally *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaPlannerTally, loa_planner_tally_free)
