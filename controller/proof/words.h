/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/proof/words.h - an outcome in one sentence that a citizen understands.
 *
 * What happened, why, and how far it is verified: below level L3 the sentence says "chưa xác
 * minh". One table for both languages; the page, the CSV files and the printed sheets take their
 * words from here. Pure. Thread: any.
 */
#pragma once

#include "controller/proof/logbook.h"
#include "schedules/permit.h"

typedef enum {
	LOA_LANGUAGE_VI,
	LOA_LANGUAGE_EN,
	LOA_LANGUAGE_LAST = LOA_LANGUAGE_EN,
} LoaLanguage;

/* "vi", "en" */
const char *loa_language_name(LoaLanguage language);
gboolean loa_language_from_name(const char *name, LoaLanguage *language) G_GNUC_WARN_UNUSED_RESULT;

/* (transfer full): a group's line, the tick and what is still open included */
char *loa_words_line(const LoaLine *line, LoaLanguage language);
/* (transfer full): one receiver's part in it; @aired_ms: what was to be heard */
char *loa_words_heard(const LoaHeard *heard, gint64 aired_ms, LoaLanguage language);

/* (transfer full): why the rules keep something silent (not OPEN), in @where only: (nullable) */
char *loa_words_silenced(LoaPermitVerdict verdict, const LoaPermitWhy *why, const char *where,
			 LoaLanguage language);

/* A few words, as a heading or a badge has them. */
const char *loa_words_result(LoaLineResult result, LoaLanguage language);
const char *loa_words_level(LoaLevel level, LoaLanguage language);
const char *loa_words_answer(LoaAnswer answer, LoaLanguage language);
const char *loa_words_class(LoaClass class, LoaLanguage language);
/* (nullable): @reason as the wire has it, a detail behind it allowed; %NULL for one that is not
 * known, and for "" */
const char *loa_words_reason(const char *reason, LoaLanguage language);
