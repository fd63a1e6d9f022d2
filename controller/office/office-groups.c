/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Groups as people call them: their labels and languages can be changed, their ids cannot.
 */
#include "controller/office/office-groups.h"

#include <string.h>

#include "controller/office/office-internal.h"
#include "controller/store/store-access.h"
#include "controller/store/store-record.h"

#define MAX_LANGUAGE_BYTES 16

/* (transfer none) (nullable) */
static LoaGroup *
find(LoaOffice *self, const char *id)
{
	const GPtrArray *groups = self->parts.config->groups;

	for (guint i = 0; i < groups->len; i++) {
		LoaGroup *group = g_ptr_array_index(groups, i);

		if (strcmp(group->id, id) == 0)
			return group;
	}
	return NULL;
}

static void
relabel(LoaGroup *group, const char *name, const char *language)
{
	g_free(group->name);
	group->name = g_strdup(name);
	g_free(group->language);
	group->language = g_strdup(language);
}

gboolean
loa_office_load_groups(LoaOffice *self, GError **error)
{
	g_autoptr(GPtrArray) labels = loa_store_group_labels(self->parts.store, error);

	for (guint i = 0; labels != NULL && i < labels->len; i++) {
		const LoaGroup *label = g_ptr_array_index(labels, i);
		LoaGroup *group = find(self, label->id);

		/* one that has left controller.cfg may come back */
		if (group != NULL)
			relabel(group, label->name, label->language);
	}
	return labels != NULL;
}

static JsonArray *
list_leaders(const GPtrArray *users, const char *group)
{
	JsonArray *array = json_array_new();

	for (guint i = 0; i < users->len; i++) {
		const LoaUser *user = g_ptr_array_index(users, i);

		if (user->disabled_us == 0 &&
		    g_strv_contains((const char *const *)user->roles,
				    loa_role_name(LOA_ROLE_LEADER)) &&
		    g_strv_contains((const char *const *)user->groups, group))
			json_array_add_string_element(array, user->id);
	}
	return array;
}

static JsonArray *
list_nodes(LoaOffice *self, const char *group)
{
	const GPtrArray *nodes = loa_registry_nodes(self->parts.registry);
	JsonArray *array = json_array_new();

	for (guint i = 0; i < nodes->len; i++) {
		const LoaNodeRecord *node = g_ptr_array_index(nodes, i);

		if (node->revoked_us == 0 && strcmp(node->group, group) == 0)
			json_array_add_string_element(array, node->id);
	}
	return array;
}

static JsonObject *
describe(LoaOffice *self, const LoaGroup *group, const GPtrArray *users)
{
	JsonObject *object = json_object_new();

	json_object_set_string_member(object, "id", group->id);
	json_object_set_string_member(object, "name", group->name);
	json_object_set_string_member(object, "language",
				      group->language != NULL ? group->language : "vi");
	json_object_set_int_member(object, "start_offset_ms", group->start_offset_ms);
	json_object_set_int_member(object, "turn", group->turn);
	json_object_set_array_member(object, "leaders", list_leaders(users, group->id));
	json_object_set_array_member(object, "nodes", list_nodes(self, group->id));
	return object;
}

JsonNode *
loa_office_groups(LoaOffice *self, const LoaCaller *caller, GError **error)
{
	const GPtrArray *groups = self->parts.config->groups;
	GError *cause = NULL;
	g_autoptr(GPtrArray) users = loa_store_users(self->parts.store, &cause);
	JsonArray *array;
	JsonObject *object;

	if (users == NULL) {
		loa_office_take_error(error, cause);
		return NULL;
	}
	array = json_array_new();
	for (guint i = 0; i < groups->len; i++) {
		const LoaGroup *group = g_ptr_array_index(groups, i);

		if (loa_caller_may_see_group(caller, group->id))
			json_array_add_object_element(array, describe(self, group, users));
	}
	object = json_object_new();
	json_object_set_array_member(object, "groups", array);
	return loa_office_document(object);
}

/* A BCP 47 tag, as far as it matters here: letters, digits and '-'. */
static gboolean
is_language(const char *text)
{
	const gsize n =
		strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");

	return n >= 2 && n <= MAX_LANGUAGE_BYTES && text[n] == '\0' && g_ascii_isalpha(text[0]);
}

static gboolean
write_label(LoaOffice *self, const LoaCaller *caller, const LoaGroup *label, GError **error)
{
	LoaStore *store = self->parts.store;
	g_autofree char *detail = g_strdup_printf("%s (%s)", label->name, label->language);

	if (!loa_store_begin(store, error))
		return FALSE;
	if (loa_store_put_group_label(store, label, error) &&
	    loa_office_audit(self, caller, "group-set", label->id, detail, error))
		return loa_store_commit(store, error);
	loa_store_rollback(store);
	return FALSE;
}

JsonNode *
loa_office_group_set(LoaOffice *self, const LoaCaller *caller, const char *id, const char *name,
		     const char *language, GError **error)
{
	LoaGroup *group = find(self, id);
	g_autofree char *stripped = g_strstrip(g_strdup(name != NULL ? name : ""));
	g_autofree char *normal = g_utf8_normalize(stripped, -1, G_NORMALIZE_NFC);
	GError *cause = NULL;

	if (group == NULL || !loa_caller_may_see_group(caller, id))
		return loa_office_refuse(error, LOA_OFFICE_ERROR_NOT_FOUND,
					 "there is no group \"%s\"; groups are named in "
					 "controller.cfg",
					 id);
	if (name != NULL && (normal == NULL || *normal == '\0'))
		return loa_office_refuse(error, LOA_OFFICE_ERROR_BAD_REQUEST,
					 "a group needs a name that people can read");
	if (language != NULL && !is_language(language))
		return loa_office_refuse(error, LOA_OFFICE_ERROR_BAD_REQUEST,
					 "the language must be a tag such as vi, hmn or km");

	g_autoptr(LoaGroup) label = loa_group_new(id, name != NULL ? normal : group->name);

	label->language = g_strdup(language != NULL          ? language
				   : group->language != NULL ? group->language
							     : "vi");
	if (!write_label(self, caller, label, &cause)) {
		loa_office_take_error(error, cause);
		return NULL;
	}
	relabel(group, label->name, label->language);
	loa_office_changed(self, "status");
	loa_office_changed(self, "people");
	return loa_office_groups(self, caller, error);
}
