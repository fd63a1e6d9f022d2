/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/proof/statistics.h - a time in figures: what reports are made of.
 *
 * Everything is counted from the lines of the logbook, airing by airing. An airing belongs to the
 * time in which the first of its groups began; an item to that in which it was on air first. So
 * the figures of two times that touch add up to those of both together: nothing is lost, nothing
 * is counted twice. What has not ended yet is not counted, and makes the figures provisional.
 * Pure. Thread: any.
 */
#pragma once

#include "controller/proof/credits.h"
#include "controller/proof/logbook.h"
#include "controller/proof/report-config.h"

/* Of a group, a category, a unit, or everything. */
typedef struct {
	char *name; /* owned (nullable): id, or as people wrote it; NULL: nothing was said */
	guint n_airings;
	guint n_items;     /* on air for the first time */
	guint n_shared;    /* of a unit: items of other units that it worked on */
	gint64 aired_ms;   /* what was to be heard, each airing once */
	gint64 heard_ms;   /* of a group: what its people could hear */
	guint n_lines;     /* airings times groups */
	guint n_covered;   /* of these, people heard it */
	guint n_completed; /* heard to the end, or */
	guint n_partial;   /* in part, or */
	guint n_missed;    /* not at all: the three add up to n_lines */
	guint n_confirmed; /* a person said so: level L5 */
} LoaFigures;

/* One row of the remuneration sheet. */
typedef struct {
	char *author; /* owned, and so are the next ones */
	char *title;
	char *kind;      /* (nullable) */
	guint n_airings; /* that sounded somewhere */
	gboolean is_new; /* the item is paid in this time */
	gint64 fee_vnd;
} LoaPay;

typedef struct {
	LoaFigures whole;
	GPtrArray *groups;     /* LoaFigures, in the order of their first line */
	GPtrArray *categories; /* LoaFigures */
	GPtrArray *units;      /* LoaFigures */
	GPtrArray *pay;        /* LoaPay */
	guint n_open;          /* lines that may still change, or have not ended */

	/* how they are found while counting */
	const LoaReportConfig *config; /* borrowed */
	GHashTable *index[3];          /* of the first three lists: name to LoaFigures */
	GHashTable *pay_index;
	GHashTable *counted;
} LoaStatistics;

/* @config: borrowed. Nothing is counted yet. */
LoaStatistics *loa_statistics_new(const LoaReportConfig *config);

/**
 * loa_statistics_add:
 * @lines: (element-type LoaLine): an airing's together; airings as a whole, each once
 * @credits: its firsts must have every SHA-256 of @lines
 *
 * A long time may be added piece by piece.
 */
void loa_statistics_add(LoaStatistics *self, const GArray *lines, LoaCredits *credits);

/* Brings categories, units and pay into the order of the alphabet. */
void loa_statistics_sort(LoaStatistics *self);
void loa_statistics_free(LoaStatistics *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaStatistics, loa_statistics_free)

/* (nullable): the one of that name, (nullable), too */
const LoaFigures *loa_statistics_find(const GPtrArray *figures, const char *name);
/* n_covered of n_lines in per mille; -1 where there are none */
gint loa_figures_coverage_permille(const LoaFigures *figures);
