/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedules/config-text.h - libconfig text to values and back, safe against any bytes.
 *
 * The text is looked over before libconfig sees it, since libconfig 1.5 stops silently at a NUL
 * or an unfinished comment, takes quadratic time for a group or a list of many, reads @include
 * from anywhere, and ends the process when an included name is a folder. Thread: any.
 */
#pragma once

#include "schedules/value.h"

#define LOA_CONFIG_TEXT_MAX_SIZE (1024 * 1024)
#define LOA_CONFIG_TEXT_MAX_DEPTH 8
#define LOA_CONFIG_TEXT_MAX_MEMBERS 64 /* settings in one group */
#define LOA_CONFIG_TEXT_MAX_ITEMS 8192 /* entries in one list */

/* @include "PATH" as it stood in the text. */
typedef struct {
	char *path; /* owned */
	guint line;
} LoaInclude;

void loa_include_free(LoaInclude *self);

/**
 * loa_config_text_parse:
 * @where: the file's name, for the faults
 * @text: any bytes
 * @includes: (element-type LoaInclude) (nullable): the @include lines of the top level are added
 * here and not followed; %NULL makes them faults
 *
 * A comma before a closing bracket is allowed, as newer libconfigs do.
 *
 * Returns: (transfer full) (nullable): a record, or %NULL with at least one fault
 */
LoaValue *loa_config_text_parse(const char *where, const char *text, gsize size,
				GPtrArray *includes, GPtrArray *faults);

/* (transfer full): a setting that libconfig has read, and all that is in it, as a value. */
struct config_setting_t;
LoaValue *loa_config_text_value(const struct config_setting_t *setting);

/* (transfer full): the members of @record as libconfig text that reads back equal. */
char *loa_config_text_write(const LoaValue *record);
