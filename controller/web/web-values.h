/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/web/web-values.h - values out of a query, a path or a body, each checked once.
 *
 * Each sets @error (LOA_OFFICE_ERROR) with a sentence that says what is wanted. Pure.
 */
#pragma once

#include "controller/web/web-api.h"

/* (nullable): as it stands */
const char *loa_web_values_text(LoaWebCall *call, const char *name);

/* *id: %NULL where there is none */
gboolean loa_web_values_id(LoaWebCall *call, const char *name, const char **id,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;

gboolean loa_web_values_int(LoaWebCall *call, const char *name, gint64 min, gint64 max,
			    gint64 fallback, gint64 *value,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* "title": needed */
gboolean loa_web_values_title(LoaWebCall *call, const char **title,
			      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* (nullable): the body's text @name of several lines, of at most @max_bytes; %NULL also where it is
 * no such text: what may not be left out is refused by the caller */
const char *loa_web_values_lines(LoaWebCall *call, const char *name, gsize max_bytes);

/* "+HH:MM" or "-HH:MM", less than a day. Pure. */
gboolean loa_web_values_offset(const char *text, gint32 *offset_s) G_GNUC_WARN_UNUSED_RESULT;

/* What stands for '*' in the path is an id. */
gboolean loa_web_values_param(LoaWebCall *call, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * loa_web_values_groups:
 * @groups: (out) (transfer full) (nullable): char *, %NULL-terminated; %NULL for "all"
 *
 * The body's "to": "all" or a list of groups.
 */
gboolean loa_web_values_groups(LoaWebCall *call, GPtrArray **groups,
			       GError **error) G_GNUC_WARN_UNUSED_RESULT;
