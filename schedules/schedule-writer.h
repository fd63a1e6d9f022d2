/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedules/schedule-writer.h - groups and broadcasts as the text of a schedule file.
 *
 * What is written reads back equal (schedule-file.h). Pure. Thread: any.
 */
#pragma once

#include "schedules/broadcast.h"

/* @groups: (element-type LoaGroup) (nullable). Returns: (transfer full) */
char *loa_schedule_write(const GPtrArray *groups, const GPtrArray *broadcasts);
