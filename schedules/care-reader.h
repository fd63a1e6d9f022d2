/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedules/care-reader.h - the keys that keep a broadcast true: event, campaign, expires,
 * review_by.
 *
 * Part of broadcast-fields.c, which has the table of all keys. Thread: any.
 */
#pragma once

#include "schedules/reader.h"

void loa_care_reader_event(LoaReader *reader, const LoaValue *value);
void loa_care_reader_campaign(LoaReader *reader, const LoaValue *value);
void loa_care_reader_expires(LoaReader *reader, const LoaValue *value);
void loa_care_reader_review_by(LoaReader *reader, const LoaValue *value);

/* What these say together with the others. A campaign without `until` gets one. */
void loa_care_reader_check(const LoaFieldsContext *context, const LoaValue *record,
			   LoaBroadcast *broadcast);
