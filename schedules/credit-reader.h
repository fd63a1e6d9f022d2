/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedules/credit-reader.h - the keys that say whose work a broadcast is: kind, lead_unit, units,
 * author, fee.
 *
 * Part of broadcast-fields.c, which has the table of all keys. Thread: any.
 */
#pragma once

#include "schedules/reader.h"

void loa_credit_reader_kind(LoaReader *reader, const LoaValue *value);
void loa_credit_reader_lead_unit(LoaReader *reader, const LoaValue *value);
void loa_credit_reader_units(LoaReader *reader, const LoaValue *value);
void loa_credit_reader_author(LoaReader *reader, const LoaValue *value);
void loa_credit_reader_fee(LoaReader *reader, const LoaValue *value);
