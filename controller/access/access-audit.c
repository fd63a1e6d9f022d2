/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/access/access-internal.h"

JsonNode *
loa_access_audit(LoaAccess *self, const LoaAuditQuery *query, GError **error)
{
	GError *cause = NULL;
	g_autoptr(GPtrArray) rows = loa_store_audit_rows(self->parts.store, query, &cause);
	JsonArray *entries;
	JsonObject *object;

	if (rows == NULL) {
		loa_access_take_error(error, cause);
		return NULL;
	}
	entries = json_array_new();
	for (guint i = 0; i < rows->len; i++) {
		const LoaAuditRow *row = g_ptr_array_index(rows, i);
		JsonObject *entry = json_object_new();

		json_object_set_int_member(entry, "id", row->id);
		loa_access_add_time(self, entry, "at", row->at_us);
		json_object_set_string_member(entry, "who", row->who);
		json_object_set_string_member(entry, "address", row->address);
		json_object_set_string_member(entry, "action", row->action);
		json_object_set_string_member(entry, "subject", row->subject);
		json_object_set_string_member(entry, "detail", row->detail);
		json_array_add_object_element(entries, entry);
	}
	object = json_object_new();
	json_object_set_array_member(object, "entries", entries);
	if (rows->len == query->limit && rows->len > 0)
		json_object_set_int_member(
			object, "next",
			((LoaAuditRow *)g_ptr_array_index(rows, rows->len - 1))->id);
	else
		json_object_set_null_member(object, "next");
	return loa_access_document(object);
}
