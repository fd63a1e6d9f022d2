/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/config-reader.h - a libconfig file, read strictly.
 *
 * Settings are taken out by name and type. The first read of a faulty one notes FILE:LINE and a
 * sentence and returns a harmless value, so that a caller reads straight down and asks once, at
 * the end; what nobody took is an unknown key. All faults come out in one go.
 * Thread: any, one object on one thread at a time.
 */
#pragma once

#include <gio/gio.h>

#include "schedules/value.h"

#define LOA_CONFIG_READER_ERROR (loa_config_reader_error_quark())
GQuark loa_config_reader_error_quark(void);

typedef enum {
	LOA_CONFIG_READER_ERROR_READ,  /* the file cannot be read */
	LOA_CONFIG_READER_ERROR_FAULT, /* one line for each fault: FILE:LINE: message */
} LoaConfigReaderError;

typedef struct LoaConfigReader LoaConfigReader;
/* A group, list or array in the file; valid as long as its reader. */
typedef struct config_setting_t LoaConfigNode;

LoaConfigReader *loa_config_reader_open(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

LoaConfigNode *loa_config_reader_root(LoaConfigReader *self);

/* (nullable): %NULL if absent (a fault where @is_required) or of another type. Every reader of a
 * value takes %NULL as a group and gives its fallback then. */
LoaConfigNode *loa_config_reader_group(LoaConfigReader *self, LoaConfigNode *group,
				       const char *name, gboolean is_required);
/* A list or an array, e.g. ( {...}, {...} ) or [ "a", "b" ]. */
LoaConfigNode *loa_config_reader_list(LoaConfigReader *self, LoaConfigNode *group, const char *name,
				      gboolean is_required);
guint loa_config_reader_length(LoaConfigNode *list);
/* (nullable): element @i, which must be a group. */
LoaConfigNode *loa_config_reader_element(LoaConfigReader *self, LoaConfigNode *list, guint i);
/* (nullable) (transfer none): element @i, which must be a text. */
const char *loa_config_reader_element_text(LoaConfigReader *self, LoaConfigNode *list, guint i);

/* (transfer none): required where @fallback is %NULL; "" when faulty */
const char *loa_config_reader_text(LoaConfigReader *self, LoaConfigNode *group, const char *name,
				   const char *fallback);
/* (transfer none) (nullable): %NULL when absent */
const char *loa_config_reader_text_or_null(LoaConfigReader *self, LoaConfigNode *group,
					   const char *name);
gint64 loa_config_reader_int_or(LoaConfigReader *self, LoaConfigNode *group, const char *name,
				gint64 min, gint64 max, gint64 fallback);
gboolean loa_config_reader_bool_or(LoaConfigReader *self, LoaConfigNode *group, const char *name,
				   gboolean fallback);
double loa_config_reader_double_or(LoaConfigReader *self, LoaConfigNode *group, const char *name,
				   double min, double max, double fallback);

/* (transfer full) (nullable): a whole group or list as a tree with its lines, every setting in it
 * taken; %NULL if absent. Who reads it names its unknown keys. */
LoaValue *loa_config_reader_value(LoaConfigReader *self, LoaConfigNode *group, const char *name);
/* Those of such a reader: (element-type utf8) "FILE:LINE: message" */
void loa_config_reader_add_faults(LoaConfigReader *self, const GPtrArray *faults);
const char *loa_config_reader_path(const LoaConfigReader *self);

/* A fault found by the caller, at the line of @name in @group (or of @group itself). */
void loa_config_reader_fault(LoaConfigReader *self, LoaConfigNode *group, const char *name,
			     const char *format, ...) G_GNUC_PRINTF(4, 5);

/* %TRUE if every read was in order and nothing is left over. */
gboolean loa_config_reader_finish(LoaConfigReader *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

void loa_config_reader_free(LoaConfigReader *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaConfigReader, loa_config_reader_free)
