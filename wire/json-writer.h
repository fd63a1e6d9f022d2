/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wire/json-writer.h - writes the documented bytes: members in the order of the calls, no blanks.
 *
 * json-glib's generator would do, but prints -23.4 as -23.399999999999999, and the golden vectors
 * of PROTOCOL.md would hang on its version. @name is %NULL inside an array and for the outermost
 * value. Thread: any.
 */
#pragma once

#include <glib.h>

/* @bracket: '{' or '['; and '}' or ']' */
void loa_json_writer_begin(GString *out, const char *name, char bracket);
void loa_json_writer_end(GString *out, char bracket);

/* An integer outside [min, max] is written as the nearer of the two: a message that its receiver
 * refuses would be sent again for ever, and what it says would be lost. */
void loa_json_writer_int(GString *out, const char *name, gint64 value, gint64 min, gint64 max);
/* One digit behind the point; the nearest within [min, max], min for what is not a number. */
void loa_json_writer_double(GString *out, const char *name, double value, double min, double max);
void loa_json_writer_bool(GString *out, const char *name, gboolean value);
/* Made printable and cut to @max_bytes (common/text.h). */
void loa_json_writer_text(GString *out, const char *name, const char *text, gsize max_bytes);
/* Nothing at all where @text is %NULL. */
void loa_json_writer_text_or_none(GString *out, const char *name, const char *text,
				  gsize max_bytes);
/* JSON as it is. */
void loa_json_writer_raw(GString *out, const char *name, const char *json);
