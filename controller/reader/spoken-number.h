/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/reader/spoken-number.h - numbers as they are said in Vietnamese.
 *
 * Rules: "mốt" and "tư" and "lăm" at the end from 21, 24 and 15 on; "linh" for a missing ten; whole
 * groups of three are named nghìn, triệu, tỷ. Pure. Thread: any.
 */
#pragma once

#include <glib.h>

/* @digits: decimal digits; the same for all lengths: beyond 15 digits one by one. Appends without
 * blanks around. */
void loa_spoken_number(GString *out, const char *digits, gsize n_digits);

/* The same of a number. */
void loa_spoken_number_of(GString *out, guint64 number);

/* Digit by digit: "không chín một hai". */
void loa_spoken_number_digits(GString *out, const char *digits, gsize n_digits);

/* 0: @text is no canonical Roman number of up to 3999. */
guint loa_spoken_number_roman(const char *text, gsize size);
