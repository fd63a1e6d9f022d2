/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedules/data.h - the files in schedules/data/, built into the program, so that it needs no
 * installed copy.
 */
#pragma once

/* NUL-terminated texts. */
extern const char loa_data_lunar_overrides[];
extern const char loa_data_occasions[];
