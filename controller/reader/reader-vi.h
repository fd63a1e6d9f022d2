/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/reader/reader-vi.h - writes a Vietnamese text as it is to be spoken.
 *
 * Speech programs stumble over what offices write: 24/11/2026, 17h30, 1.234.567, 12,5%,
 *0912.345.678, 24/KH-UBND, khóa XIV, TP., m2. The reader says these in words and leaves the rest
 *alone. What cannot be told apart is read as offices mean it: 2/9 is a day, 2/3 a fraction unless a
 *day is meant by the word before it.
 *
 *	24/11/2026  ngày hai mươi tư tháng mười một năm hai nghìn không trăm hai mươi sáu
 *	12,5%       mười hai phẩy năm phần trăm
 *
 * Pure. Thread: any, one object on one thread at a time.
 */
#pragma once

#include <glib.h>

/* bytes, of what is written and of what is spoken */
#define LOA_READER_VI_MAX_WRITTEN 32
#define LOA_READER_VI_MAX_SPOKEN 200

typedef struct LoaReaderVi LoaReaderVi;

/* With the abbreviations that this program knows (reader-words.c). */
LoaReaderVi *loa_reader_vi_new(void);

/* An abbreviation of the office, which goes before one of the program. It is found where no letter
 * stands beside it, with its capitals as they are. One that ends in '.' is one only before a number
 * or a name. */
void loa_reader_vi_add(LoaReaderVi *self, const char *written, const char *spoken);

/* (transfer full): @text: UTF-8; composed (NFC) on the way */
char *loa_reader_vi_read(const LoaReaderVi *self, const char *text);

void loa_reader_vi_free(LoaReaderVi *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaReaderVi, loa_reader_vi_free)
