/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/reader/reader-days.h - how days and hours are said: the functions of those rules of
 * reader-rules.c. %FALSE: it is not what it looked like. Pure. Thread: any.
 */
#pragma once

#include "controller/reader/reader-scan.h"

/* 24/11/2026, 24-11-2026 */
gboolean loa_reader_say_whole_date(LoaReaderScan *scan, const GMatchInfo *match, GString *words);
/* 2026-11-24 */
gboolean loa_reader_say_iso_date(LoaReaderScan *scan, const GMatchInfo *match, GString *words);
/* 24-26/11, 24-26/11/2026 */
gboolean loa_reader_say_days(LoaReaderScan *scan, const GMatchInfo *match, GString *words);
/* 11/2026 */
gboolean loa_reader_say_month_of_year(LoaReaderScan *scan, const GMatchInfo *match, GString *words);
/* 5/12: a house, a day, or a part of the whole */
gboolean loa_reader_say_slash(LoaReaderScan *scan, const GMatchInfo *match, GString *words);
/* 17h30, 17:30:05 */
gboolean loa_reader_say_time(LoaReaderScan *scan, const GMatchInfo *match, GString *words);
