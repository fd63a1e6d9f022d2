/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/reader/reader-words.h - what abbreviations, units and kinds of documents are called.
 * Tables only. Thread: any.
 */
#pragma once

#include <glib.h>

typedef struct {
	const char *written;
	const char *spoken;
} LoaReaderWord;

/* Each ends with a row of %NULLs. */
extern const LoaReaderWord loa_reader_abbreviations[];
extern const LoaReaderWord loa_reader_issuers[]; /* in a document's number, before the others */
extern const LoaReaderWord loa_reader_units[];   /* behind a number; the longer ones first */
extern const LoaReaderWord loa_reader_letters[]; /* names of consonants */
/* %NULL-terminated, lower case */
extern const char *const loa_reader_date_words[];    /* a day and a month follow */
extern const char *const loa_reader_phone_words[];   /* a number to be called follows */
extern const char *const loa_reader_address_words[]; /* "số 5/12" */
extern const char *const loa_reader_roman_words[];   /* "khóa XIV" */

/* (nullable): spoken */
const char *loa_reader_words_find(const LoaReaderWord *words, const char *written);
