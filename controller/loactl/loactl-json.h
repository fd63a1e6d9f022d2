/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/loactl/loactl-json.h - reading answers that may lack anything: a controller may be
 * older or newer than this loactl, and must not crash it.
 *
 * Every function takes a %NULL object and gives the harmless value for what is absent or of
 * another type. Pure.
 */
#pragma once

#include <json-glib/json-glib.h>

/* (transfer none): "" when absent */
const char *loa_loactl_json_text(JsonObject *object, const char *name);
gint64 loa_loactl_json_int(JsonObject *object, const char *name); /* 0 when absent */
double loa_loactl_json_double(JsonObject *object, const char *name, double fallback);
gboolean loa_loactl_json_bool(JsonObject *object, const char *name); /* FALSE when absent */
/* (transfer none) (nullable) */
JsonObject *loa_loactl_json_object(JsonObject *object, const char *name);
/* (transfer none) (nullable): an array; loa_loactl_json_length(NULL) is 0 */
JsonArray *loa_loactl_json_array(JsonObject *object, const char *name);
guint loa_loactl_json_length(JsonArray *array);
/* (transfer none) (nullable): element @i if it is an object */
JsonObject *loa_loactl_json_element(JsonArray *array, guint i);
/* (transfer full): the texts of an array, apart by @separator */
char *loa_loactl_json_join(JsonArray *array, const char *separator);
