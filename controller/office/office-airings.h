/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/office/office-airings.h - airings of several groups, each once, as /agenda and /status
 * show them: with the groups that have it, and who begins later. Thread: main.
 */
#pragma once

#include "controller/office/office-internal.h"

/* What it is somewhere counts more than what it is elsewhere, the higher the more. */
typedef enum {
	LOA_AIRING_SUSPENDED, /* kept silent by an overlay */
	LOA_AIRING_STOPPED,
	LOA_AIRING_DONE,
	LOA_AIRING_PLANNED,
	LOA_AIRING_WAITING, /* gives way, and will go on */
	LOA_AIRING_ON_AIR,
} LoaAiringState;

typedef struct LoaOfficeAirings LoaOfficeAirings;

/* @caller: for whom: groups that may not be seen are left out */
LoaOfficeAirings *loa_office_airings_new(LoaOffice *office, const LoaCaller *caller);
/* @airing, @group: borrowed for the list's life */
void loa_office_airings_add(LoaOfficeAirings *self, const LoaAiring *airing, const char *group,
			    LoaAiringState state);
/* Which overlay keeps the airing silent there; borrowed */
void loa_office_airings_add_overlay(LoaOfficeAirings *self, const char *airing, const char *overlay,
				    const char *overlay_name);
/* Sorts by the earliest start, then id. */
void loa_office_airings_sort(LoaOfficeAirings *self);
guint loa_office_airings_n(const LoaOfficeAirings *self);
/* The one that begins first of those with its id. (transfer none) */
const LoaAiring *loa_office_airings_get(const LoaOfficeAirings *self, guint i);

/* (transfer full): the first @max, sorted; @with_ready: those with a recording say who has it,
 * but not to a caller who is bound to groups */
JsonArray *loa_office_airings_to_json(LoaOfficeAirings *self, guint max, gboolean with_ready);

void loa_office_airings_free(LoaOfficeAirings *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaOfficeAirings, loa_office_airings_free)
