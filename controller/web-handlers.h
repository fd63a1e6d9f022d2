/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/web-handlers.h - the office as a table of functions.
 *
 * web.c fills it with office.h; a test fills it with fakes and needs no database, no broker and
 * no keys. Every member has the meaning of the function of office.h with the same name.
 */
#pragma once

#include "controller/office.h"

typedef struct {
	JsonNode *(*status)(LoaOffice *office);
	JsonNode *(*log)(LoaOffice *office, const LoaLogQuery *query, GError **error);
	JsonNode *(*agenda)(LoaOffice *office, gint64 from_us, gint64 to_us, GError **error);
	JsonNode *(*apply)(LoaOffice *office, JsonNode *broadcasts, gboolean prune, GError **error);
	JsonNode *(*broadcasts)(LoaOffice *office);
	JsonNode *(*import)(LoaOffice *office, const char *upload_path, const char *file_name,
			    const char *title, const char *category, GError **error);
	JsonNode *(*speak)(LoaOffice *office, const char *text, const char *title,
			   const char *category, GError **error);
	JsonNode *(*job)(LoaOffice *office, const char *job, GError **error);
	JsonNode *(*recordings)(LoaOffice *office);
	JsonNode *(*play)(LoaOffice *office, const char *recording, const char *const *groups,
			  LoaClass class, gint64 at_us, GError **error);
	JsonNode *(*stop)(LoaOffice *office, const char *airing, GError **error);
	JsonNode *(*node_add)(LoaOffice *office, const char *node, const char *group,
			      GError **error);
	JsonNode *(*node_list)(LoaOffice *office);
	JsonNode *(*node_revoke)(LoaOffice *office, const char *node, GError **error);
	void (*on_changed)(LoaOffice *office, LoaOfficeChangedFunc func, gpointer user_data);
} LoaWebHandlers;
