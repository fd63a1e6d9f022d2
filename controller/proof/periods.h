/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/proof/periods.h - the times that reports are asked for: "the month from the 14th",
 * "six months" that cover seven.
 *
 * A rule says when its periods begin in a year, how often, how long each lasts and when its report
 * is due; a period is one of them, from its first day to the day before its end. Pure. Thread: any.
 */
#pragma once

#include "schedules/day.h"

#define LOA_PERIODS_MAX_RULES 20
#define LOA_PERIODS_MAX_MONTHS 24
#define LOA_PERIODS_MAX_DUE_DAYS 366

/* Strings owned. */
typedef struct {
	char *id; /* common/id.h, without '.' */
	char *name_vi;
	char *name_en;
	guint start_month;  /* 1..12: of one of its periods */
	guint start_day;    /* 1..28 */
	guint every_months; /* so long from one start to the next: 1, 2, 3, 4, 6 or 12 */
	guint n_months;     /* so long each lasts; longer than every_months: they overlap */
	gint due_days;      /* its report is due so many days after its end; negative: before */
} LoaPeriodRule;

LoaPeriodRule *loa_period_rule_new(const char *id, const char *name_vi, const char *name_en);
void loa_period_rule_free(LoaPeriodRule *self);

/* (transfer full) (element-type LoaPeriodRule): those that plans and circulars use */
GPtrArray *loa_periods_usual(void);

typedef struct {
	LoaDay from;
	LoaDay to; /* the first day that is not in it any more */
	LoaDay due;
} LoaPeriod;

/* The one that began last, on @day or before. */
LoaPeriod loa_period_at(const LoaPeriodRule *rule, LoaDay day);
LoaPeriod loa_period_before(const LoaPeriodRule *rule, const LoaPeriod *period);

/* (transfer full): "thang.2026-10-14" */
char *loa_period_id(const LoaPeriodRule *rule, const LoaPeriod *period);
/* @rules: (element-type LoaPeriodRule). (transfer none) (nullable): the rule; @period is written
 * only then */
const LoaPeriodRule *loa_period_find(const GPtrArray *rules, const char *id, LoaPeriod *period);
