/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedules/schedule-file.h - what the office writes: groups and broadcasts, in libconfig files.
 *
 * docs/schedules.md is the reference. Everything that is wrong is said in one go; then nothing is
 * returned. Blocks on the disk. Thread: any.
 */
#pragma once

#include "schedules/broadcast.h"

#define LOA_SCHEDULE_MAX_FILES 64
#define LOA_SCHEDULE_MAX_BROADCASTS 5000
#define LOA_SCHEDULE_MAX_GROUPS LOA_BROADCAST_MAX_GROUPS

typedef struct {
	GPtrArray *groups;       /* LoaGroup (owned), as the files name them, in their order */
	GPtrArray *broadcasts;   /* LoaBroadcast (owned), in the files' order */
	gboolean groups_checked; /* %FALSE: neither a file nor the caller said which groups exist */
} LoaSchedule;

/**
 * loa_schedule_read:
 * @paths: %NULL-terminated; a file is read once, however often it is named or included
 * @known_groups: (element-type LoaGroup) (nullable): the groups that exist; the files may then
 * name no others. %NULL: those that the files name
 * @faults: (element-type utf8): see faults.h; each fault is added
 *
 * An @include names a file in the folder of the file that has it, or below.
 * `audio` is taken relative to the file that has it, and must be there.
 *
 * Returns: (transfer full) (nullable): %NULL with at least one fault
 */
LoaSchedule *loa_schedule_read(const char *const *paths, const GPtrArray *known_groups,
			       GPtrArray *faults) G_GNUC_WARN_UNUSED_RESULT;

/* The same from memory, touching no disk: @include is a fault, `audio` must be absolute and is
 * not looked for. @where is the name for the faults. */
LoaSchedule *loa_schedule_parse(const char *where, const char *text, gsize size,
				const GPtrArray *known_groups,
				GPtrArray *faults) G_GNUC_WARN_UNUSED_RESULT;

void loa_schedule_free(LoaSchedule *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaSchedule, loa_schedule_free)
