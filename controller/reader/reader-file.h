/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/reader/reader-file.h - the office's own abbreviations, from a file that somebody edits
 *while the controller runs (controller/abbreviations.cfg.sample):
 *
 *	abbreviations = ( { written = "TDP"; spoken = "tổ dân phố"; }, ... );
 *
 * A file that is not there adds nothing; one with a fault is not taken at all, and the reader that
 * held before goes on. Looks at the file's time at each call. Thread: main.
 */
#pragma once

#include "controller/reader/reader-vi.h"

typedef struct LoaReaderFile LoaReaderFile;

LoaReaderFile *loa_reader_file_new(const char *path);

/* (transfer none): with what the file has now. @warning: (out) (transfer full) (nullable): why its
 * newest version is not taken */
const LoaReaderVi *loa_reader_file_get(LoaReaderFile *self, char **warning);

void loa_reader_file_free(LoaReaderFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaReaderFile, loa_reader_file_free)
