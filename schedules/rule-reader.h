/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedules/rule-reader.h - the keys that say on which days: rrule, lunar, giao_thua, occasion,
 * except, also.
 *
 * Part of broadcast-fields.c, which has the table of all keys. Thread: any.
 */
#pragma once

#include "schedules/reader.h"

void loa_rule_reader_rrule(LoaReader *reader, const LoaValue *value);
void loa_rule_reader_lunar(LoaReader *reader, const LoaValue *value);
void loa_rule_reader_eve(LoaReader *reader, const LoaValue *value);
void loa_rule_reader_occasion(LoaReader *reader, const LoaValue *value);
void loa_rule_reader_except(LoaReader *reader, const LoaValue *value);
void loa_rule_reader_also(LoaReader *reader, const LoaValue *value);

/* What the keys for days and times say together. */
void loa_rule_reader_check(const LoaFieldsContext *context, const LoaValue *record,
			   const LoaBroadcast *broadcast);
