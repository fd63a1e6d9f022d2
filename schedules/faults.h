/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedules/faults.h - everything that is wrong with what somebody wrote, in one go.
 *
 * A list of faults is a GPtrArray of char *, each "FILE:LINE: a sentence" for a person who has the
 * file open in an editor. Thread: any.
 */
#pragma once

#include <glib.h>

#define LOA_FAULTS_MAX 100

/* (transfer full) (element-type utf8) */
GPtrArray *loa_faults_new(void);

/* @where: a file, or the place in a JSON document; @line: 0 where there is none. Faults beyond
 * LOA_FAULTS_MAX are not kept; the last one then says so. */
void loa_faults_add(GPtrArray *faults, const char *where, guint line, const char *format, ...)
	G_GNUC_PRINTF(4, 5);

/* (transfer none) (nullable): the one of @names (%NULL-terminated) that @text was meant to be */
const char *loa_faults_nearest(const char *text, const char *const *names);
