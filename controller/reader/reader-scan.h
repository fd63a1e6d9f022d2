/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/reader/reader-scan.h - what the files of the reader share: a text on its way, and the
 * rules that are tried where a word begins.
 *
 *	reader-vi.c      walks through the text
 *	reader-rules.c   what looks like a day, an hour, a number to call, ... and how it is said
 *	reader-days.c    days and hours
 *	spoken-number.c  numbers
 *	reader-words.c   abbreviations, units
 */
#pragma once

#include "controller/reader/reader-vi.h"

/* What was said, for a "-" behind it. */
typedef enum {
	LOA_READER_WORDS,
	LOA_READER_NUMBER,
	LOA_READER_DATE,
} LoaReaderKind;

typedef struct {
	const LoaReaderVi *reader;
	const char *text;
	const char *at;
	GString *out;
	LoaReaderKind last;    /* what was said last ... */
	const char *last_end;  /* (nullable): ... and where it ended in the text */
	gboolean needs_space;  /* before the next letter */
	gboolean is_continued; /* "-" after a number led here: up to ... */
} LoaReaderScan;

typedef struct {
	const char *pattern; /* anchored where the word begins */
	/* Appends what is said; %FALSE: it is not what it looked like. */
	gboolean (*say)(LoaReaderScan *scan, const GMatchInfo *match, GString *words);
	LoaReaderKind kind;
} LoaReaderRule;

/* Tried in this order before the abbreviations; ends with a row of %NULLs. */
extern const LoaReaderRule loa_reader_rules[];
/* Tried after them: capitals that nobody can pronounce. */
extern const LoaReaderRule loa_reader_last_rule;

gboolean loa_reader_is_word_char(gunichar c);
/* 0 at the beginning */
gunichar loa_reader_char_before(const LoaReaderScan *scan, const char *at);
/* (nullable): an abbreviation of the office */
const char *loa_reader_find_own(const LoaReaderVi *self, const char *written);

/* Is the word before where the scan is one of @words? */
gboolean loa_reader_is_after(const LoaReaderScan *scan, const char *const *words);
gboolean loa_reader_is_after_word(const LoaReaderScan *scan, const char *word);

/* (transfer full): what the parenthesis of that number matched; "" for nothing */
char *loa_reader_part(const GMatchInfo *match, gint i);
guint loa_reader_number_of(const GMatchInfo *match, gint i);
void loa_reader_say_number(GString *words, guint number);
/* As months and weekdays are counted: the fourth is "tư". */
void loa_reader_say_named(GString *words, guint number);
