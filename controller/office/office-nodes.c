/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Receivers: enrol, list, revoke, turn down.
 */
#include "controller/office/office-internal.h"
#include "controller/receivers/node-file.h"

#include <math.h>
#include <string.h>

void
loa_office_add_volume(LoaOffice *self, JsonObject *object, const LoaNodeRecord *node)
{
	const LoaNodeState *state = loa_fleet_state(self->parts.fleet, node->id);

	json_object_set_double_member(object, "volume_set_db", node->volume_db);
	if (state != NULL && state->has_volume)
		json_object_set_double_member(object, "volume_db", state->volume_db);
	else
		json_object_set_null_member(object, "volume_db");
}

static JsonObject *
describe_node(LoaOffice *self, const LoaNodeRecord *node)
{
	JsonObject *object = json_object_new();

	json_object_set_string_member(object, "id", node->id);
	json_object_set_string_member(object, "group", node->group);
	loa_office_add_time(self, object, "added", node->added_us);
	loa_office_add_time(self, object, "revoked", node->revoked_us);
	loa_office_add_time(self, object, "last_seen", node->last_seen_us);
	loa_office_add_volume(self, object, node);
	return object;
}

static gboolean
write_node(LoaOffice *self, const LoaCaller *caller, const LoaNodeRecord *node, GError **error)
{
	GError *cause = NULL;

	if (!loa_office_audit(self, caller, "node-add", node->id, node->group, &cause) ||
	    !loa_registry_add(self->parts.registry, node, &cause)) {
		loa_office_take_error(error, cause);
		return FALSE;
	}
	return TRUE;
}

JsonNode *
loa_office_node_add(LoaOffice *self, const LoaCaller *caller, const char *id, const char *group,
		    GError **error)
{
	gint64 now_us = loa_office_now_us(self);
	g_autoptr(LoaSigningKey) key = loa_signing_key_new();
	g_autofree char *seed = loa_signing_key_seed_hex(key);
	g_autofree char *public_hex = loa_signing_key_public_hex(key);
	g_autofree char *controller_key = loa_signing_key_public_hex(self->parts.key);
	g_autoptr(LoaNodeRecord) node = loa_node_record_new(id, group, public_hex, now_us);
	g_autofree char *config = NULL;
	JsonObject *object;

	if (!loa_id_is_valid(id))
		return loa_office_refuse(error, LOA_OFFICE_ERROR_BAD_REQUEST,
					 "the receiver's id must be of a-z, 0-9, '-' and '.', at "
					 "most %d characters",
					 LOA_ID_MAX);
	if (loa_controller_config_group(self->parts.config, group) == NULL)
		return loa_office_refuse(error, LOA_OFFICE_ERROR_NOT_FOUND,
					 "there is no group \"%s\"; status lists the groups",
					 group);
	if (loa_registry_find(self->parts.registry, id) != NULL)
		return loa_office_refuse(error, LOA_OFFICE_ERROR_CONFLICT,
					 "there is a receiver \"%s\" already, or was one: its log "
					 "would be mixed up; take another id",
					 id);
	if (!write_node(self, caller, node, error))
		return NULL;
	config = loa_node_file_write(self->parts.config, id, group, seed, controller_key,
				     &self->parts.doors, now_us);
	object = json_object_new();
	json_object_set_string_member(object, "id", id);
	json_object_set_string_member(object, "group", group);
	json_object_set_string_member(object, "config", config);
	loa_office_changed(self, "status");
	return loa_office_document(object);
}

JsonNode *
loa_office_node_list(LoaOffice *self, const LoaCaller *caller)
{
	const GPtrArray *nodes = loa_registry_nodes(self->parts.registry);
	JsonObject *object = json_object_new();
	JsonArray *array = json_array_new();

	for (guint i = 0; i < nodes->len; i++) {
		const LoaNodeRecord *node = g_ptr_array_index(nodes, i);

		if (loa_caller_may_see_group(caller, node->group))
			json_array_add_object_element(array, describe_node(self, node));
	}
	json_object_set_array_member(object, "nodes", array);
	return loa_office_document(object);
}

JsonNode *
loa_office_node_revoke(LoaOffice *self, const LoaCaller *caller, const char *id, GError **error)
{
	gint64 now_us = loa_office_now_us(self);
	const LoaNodeRecord *node = loa_registry_find(self->parts.registry, id);
	GError *cause = NULL;

	if (node == NULL)
		return loa_office_refuse(error, LOA_OFFICE_ERROR_NOT_FOUND,
					 "there is no receiver \"%s\"; node list shows them", id);
	if (node->revoked_us != 0)
		return loa_office_refuse(error, LOA_OFFICE_ERROR_CONFLICT,
					 "receiver \"%s\" was revoked before", id);
	if (!loa_office_audit(self, caller, "node-revoke", id, node->group, &cause) ||
	    !loa_registry_revoke(self->parts.registry, id, now_us, &cause)) {
		loa_office_take_error(error, cause);
		return NULL;
	}
	loa_fleet_forget(self->parts.fleet, id);
	loa_office_changed(self, "status");
	return loa_office_document(describe_node(self, node));
}

/* Would its plan have to name more receivers than it can? */
static gboolean
is_full(LoaOffice *self, const LoaNodeRecord *node)
{
	const GPtrArray *nodes = loa_registry_nodes(self->parts.registry);
	guint n = 0;

	for (guint i = 0; i < nodes->len; i++) {
		const LoaNodeRecord *other = g_ptr_array_index(nodes, i);

		n += other->revoked_us == 0 && other->volume_db != 0 && other != node &&
		     strcmp(other->group, node->group) == 0;
	}
	return n >= LOA_PLAN_MAX_VOLUMES;
}

static gboolean
write_volume(LoaOffice *self, const LoaCaller *caller, const LoaNodeRecord *node, double volume_db,
	     GError **error)
{
	char text[G_ASCII_DTOSTR_BUF_SIZE];
	g_autofree char *detail = NULL;
	GError *cause = NULL;

	g_ascii_formatd(text, sizeof text, "%.1f", volume_db);
	detail = g_strdup_printf("%s dB", text);
	if (!loa_office_begin(self, error))
		return FALSE;
	if (!loa_office_audit(self, caller, "node-volume", node->id, detail, &cause) ||
	    !loa_store_set_node_volume(self->parts.store, node->id, volume_db, &cause)) {
		loa_office_undo(self, error, cause);
		return FALSE;
	}
	return loa_office_end(self, error);
}

JsonNode *
loa_office_node_volume(LoaOffice *self, const LoaCaller *caller, const char *id, double volume_db,
		       GError **error)
{
	const LoaNodeRecord *node = loa_registry_find(self->parts.registry, id);

	if (node == NULL || node->revoked_us != 0)
		return loa_office_refuse(error, LOA_OFFICE_ERROR_NOT_FOUND,
					 "there is no receiver \"%s\"; node list shows them", id);
	/* so that what is no number is refused, too */
	if (!(volume_db >= LOA_VOLUME_MIN_DB && volume_db <= LOA_VOLUME_MAX_DB))
		return loa_office_refuse(error, LOA_OFFICE_ERROR_BAD_REQUEST,
					 "a volume is %g to %g dB: 0 is the loudest, -6 half of it",
					 LOA_VOLUME_MIN_DB, LOA_VOLUME_MAX_DB);
	/* as the wire has it; never -0 */
	volume_db = round(volume_db * 10) / 10 + 0.0;
	if (volume_db != 0 && is_full(self, node))
		return loa_office_refuse(error, LOA_OFFICE_ERROR_CONFLICT,
					 "%d receivers of group %s are turned down already: set "
					 "one of them to 0 first",
					 LOA_PLAN_MAX_VOLUMES, node->group);
	if (!write_volume(self, caller, node, volume_db, error))
		return NULL;
	loa_registry_note_volume(self->parts.registry, id, volume_db);
	loa_office_changed(self, "status");
	return loa_office_document(describe_node(self, node));
}
