/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wire/json-reader.h - hostile JSON, read once, with limits.
 *
 * Size, grammar, nesting and numbers are checked over the bytes (json-scan.h) before json-glib
 * sees them: its parser recurses and takes more than JSON. Then members are taken out by name and
 * type; the first fault is kept and the rest of the reads return harmless values, so that a decoder
 * reads straight down and asks once, at the end. Members nobody asks for are ignored: a newer peer
 * may send them, and "v" says when meaning changed. A member that stands twice in one object is a
 * fault.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "wire/json-scan.h"

typedef struct LoaJsonReader LoaJsonReader;

/* @what: (transfer none), a static string for messages: "plan", "report". */
LoaJsonReader *loa_json_reader_new(const char *what, GBytes *body, gsize max_size,
				   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The whole message. Valid as long as @self. */
JsonObject *loa_json_reader_root(LoaJsonReader *self);

/* A required integer within [min, max]. */
gint64 loa_json_reader_int(LoaJsonReader *self, JsonObject *object, const char *name, gint64 min,
			   gint64 max);
/* The same, @fallback when absent. */
gint64 loa_json_reader_int_or(LoaJsonReader *self, JsonObject *object, const char *name, gint64 min,
			      gint64 max, gint64 fallback);
/* A required finite number within [min, max]; integers count. */
double loa_json_reader_double(LoaJsonReader *self, JsonObject *object, const char *name, double min,
			      double max);
gboolean loa_json_reader_bool(LoaJsonReader *self, JsonObject *object, const char *name);
gboolean loa_json_reader_bool_or(LoaJsonReader *self, JsonObject *object, const char *name,
				 gboolean fallback);
/* (transfer none): a required text of at most @max_bytes, "" when faulty. No NUL, no control
 * characters. */
const char *loa_json_reader_text(LoaJsonReader *self, JsonObject *object, const char *name,
				 gsize max_bytes);
/* (transfer none) (nullable): %NULL when absent or null */
const char *loa_json_reader_text_or_null(LoaJsonReader *self, JsonObject *object, const char *name,
					 gsize max_bytes);
/* (transfer none): a required common/id.h id, "" when faulty */
const char *loa_json_reader_id(LoaJsonReader *self, JsonObject *object, const char *name);
/* (transfer none) (nullable): the same, %NULL when absent or null */
const char *loa_json_reader_id_or_null(LoaJsonReader *self, JsonObject *object, const char *name);
/* (transfer none): required, exactly @n_digits lower-case hexadecimal digits, "" when faulty */
const char *loa_json_reader_hex(LoaJsonReader *self, JsonObject *object, const char *name,
				gsize n_digits);
/* The position of a required word in @words (%NULL-terminated), 0 when faulty. */
guint loa_json_reader_word(LoaJsonReader *self, JsonObject *object, const char *name,
			   const char *const *words);
/* (transfer none) (nullable): a required array of at most @max_length elements */
JsonArray *loa_json_reader_array(LoaJsonReader *self, JsonObject *object, const char *name,
				 guint max_length);
/* (transfer none) (nullable): element @i, which must be an object */
JsonObject *loa_json_reader_element(LoaJsonReader *self, JsonArray *array, guint i);
/* (transfer none): element @i, which must be a common/id.h id, "" when faulty */
const char *loa_json_reader_element_id(LoaJsonReader *self, JsonArray *array, guint i);
/* (transfer none) (nullable): a member that is an object; a fault if absent */
JsonObject *loa_json_reader_object(LoaJsonReader *self, JsonObject *object, const char *name);

/* The root's "v" must be 1. */
void loa_json_reader_version(LoaJsonReader *self);

/* A fault found by the caller (cross-checks); ignored if there is one already. */
void loa_json_reader_fault(LoaJsonReader *self, LoaWireError code, const char *format, ...)
	G_GNUC_PRINTF(3, 4);
gboolean loa_json_reader_is_faulty(const LoaJsonReader *self);
/* %TRUE if every read so far was in order; else the first fault in @error. */
gboolean loa_json_reader_finish(LoaJsonReader *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

void loa_json_reader_free(LoaJsonReader *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaJsonReader, loa_json_reader_free)
