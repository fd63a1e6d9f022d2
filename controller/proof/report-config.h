/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/proof/report-config.h - `reports` of controller.cfg: periods and fees.
 */
#pragma once

#include "controller/config-reader.h"
#include "controller/proof/periods.h"

/* What an author gets for an item of one kind, in VND. */
typedef struct {
	char *kind;        /* owned; one of loa_broadcast_kinds */
	gint64 item_vnd;   /* once, when it is aired first */
	gint64 airing_vnd; /* for each airing that sounded */
} LoaFee;

typedef struct {
	GPtrArray *periods; /* LoaPeriodRule */
	GPtrArray *fees;    /* LoaFee */
} LoaReportConfig;

/* @reports: (nullable): the usual periods then, and no fees. Faults go to @reader. */
void loa_report_config_read(LoaReportConfig *self, LoaConfigReader *reader, LoaConfigNode *reports);
/* (nullable): (transfer none): of that kind */
const LoaFee *loa_report_config_fee(const LoaReportConfig *self, const char *kind);
void loa_report_config_clear(LoaReportConfig *self);
