/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/access/access-internal.h"

#include <string.h>

#include "common/id.h"
#include "common/text.h"
#include "schedules/local-time.h"

#define MAX_ID_BYTES 32
#define MAX_NAME_BYTES 200

void
loa_access_add_time(LoaAccess *self, JsonObject *object, const char *name, gint64 us)
{
	g_autofree char *number = g_strdup_printf("%s_us", name);
	g_autofree char *text = NULL;
	LoaLocalTime local;

	loa_local_time_init(&local, self->parts.config->zone);
	text = us == 0 ? NULL : loa_local_time_format(&local, us);
	json_object_set_string_member(object, name, text);
	json_object_set_int_member(object, number, us);
}

JsonNode *
loa_access_document(JsonObject *object)
{
	JsonNode *node = json_node_new(JSON_NODE_OBJECT);

	json_node_take_object(node, object);
	return node;
}

static void
add_list(JsonObject *object, const char *name, char **texts)
{
	JsonArray *array = json_array_new();

	for (char **text = texts; *text != NULL; text++)
		json_array_add_string_element(array, *text);
	json_object_set_array_member(object, name, array);
}

static JsonObject *
describe(LoaAccess *self, const LoaUser *user)
{
	JsonObject *object = json_object_new();

	json_object_set_string_member(object, "user", user->id);
	json_object_set_string_member(object, "name", user->name);
	add_list(object, "roles", user->roles);
	add_list(object, "groups", user->groups);
	json_object_set_string_member(object, "language", user->language);
	loa_access_add_time(self, object, "created", user->created_us);
	loa_access_add_time(self, object, "last_login", user->last_login_us);
	loa_access_add_time(self, object, "disabled", user->disabled_us);
	json_object_set_boolean_member(object, "must_change", user->must_change);
	return object;
}

JsonNode *
loa_access_users(LoaAccess *self, GError **error)
{
	GError *cause = NULL;
	g_autoptr(GPtrArray) users = loa_store_users(self->parts.store, &cause);
	JsonArray *array;
	JsonObject *object;

	if (users == NULL) {
		loa_access_take_error(error, cause);
		return NULL;
	}
	array = json_array_new();
	for (guint i = 0; i < users->len; i++)
		json_array_add_object_element(array, describe(self, g_ptr_array_index(users, i)));
	object = json_object_new();
	json_object_set_array_member(object, "users", array);
	return loa_access_document(object);
}

/* --- what is wished, checked ----------------------------------------------------------------- */

static gboolean bad(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

static gboolean
bad(GError **error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_autofree char *message = g_strdup_vprintf(format, args);
	va_end(args);
	g_set_error_literal(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_BAD_REQUEST, message);
	return FALSE;
}

static gboolean
has_role(const LoaUser *user, LoaRole role)
{
	return g_strv_contains((const char *const *)user->roles, loa_role_name(role));
}

static gboolean
roles_are_known(const char *const *roles, GError **error)
{
	if (*roles == NULL)
		return bad(error, "Give at least one role: operator, approver, leader, auditor, "
				  "technician, administrator");
	for (gsize i = 0; roles[i] != NULL; i++) {
		LoaRole role;

		if (!loa_role_from_name(roles[i], &role))
			return bad(
				error,
				"There is no role \"%s\"; there are: operator, approver, leader, "
				"auditor, technician, administrator",
				roles[i]);
		if (g_strv_contains(roles + i + 1, roles[i]))
			return bad(error, "The role \"%s\" stands twice", roles[i]);
	}
	return TRUE;
}

static gboolean
groups_are_known(LoaAccess *self, const char *const *groups, GError **error)
{
	for (gsize i = 0; groups[i] != NULL; i++)
		if (loa_controller_config_group(self->parts.config, groups[i]) == NULL)
			return bad(error, "There is no group \"%s\": see controller.cfg",
				   groups[i]);
	return TRUE;
}

/* (transfer full) (nullable) */
static char *
printable_name(const char *name, GError **error)
{
	if (*name != '\0' && strlen(name) <= MAX_NAME_BYTES && loa_text_is_printable(name))
		return g_utf8_normalize(name, -1, G_NORMALIZE_NFC);
	bad(error, "The name must be a text of 1 to %d bytes", MAX_NAME_BYTES);
	return NULL;
}

static void
take_list(char ***to, const char *const *from)
{
	g_strfreev(*to);
	*to = g_strdupv((char **)from);
}

static gboolean
apply_wish(LoaAccess *self, LoaUser *user, const LoaUserWish *wish, GError **error)
{
	if (wish->name != NULL) {
		char *name = printable_name(wish->name, error);

		if (name == NULL)
			return FALSE;
		g_free(user->name);
		user->name = name;
	}
	if (wish->roles != NULL) {
		if (!roles_are_known(wish->roles, error))
			return FALSE;
		take_list(&user->roles, wish->roles);
	}
	if (wish->groups != NULL) {
		if (!groups_are_known(self, wish->groups, error))
			return FALSE;
		take_list(&user->groups, wish->groups);
	}
	if (wish->language != NULL) {
		if (strcmp(wish->language, "vi") != 0 && strcmp(wish->language, "en") != 0)
			return bad(error, "The language must be \"vi\" or \"en\"");
		g_free(user->language);
		user->language = g_strdup(wish->language);
	}
	if (has_role(user, LOA_ROLE_LEADER) && user->groups[0] == NULL)
		return bad(error, "A leader leads at least one group: name it");
	return TRUE;
}

/* --- changes --------------------------------------------------------------------------------- */

static gboolean
write_user(LoaAccess *self, gpointer data, GError **error)
{
	return loa_store_put_user(self->parts.store, data, error);
}

static gboolean
write_user_and_end_sessions(LoaAccess *self, gpointer data, GError **error)
{
	const LoaUser *user = data;

	return loa_store_put_user(self->parts.store, user, error) &&
	       loa_store_end_sessions(self->parts.store, user->id, NULL, error);
}

static LoaUser *
existing(LoaAccess *self, const char *id, GError **error)
{
	LoaUser *user = NULL;
	GError *cause = NULL;

	if (!loa_store_user(self->parts.store, id, &user, &cause))
		loa_access_take_error(error, cause);
	else if (user == NULL)
		loa_access_refuse(error, LOA_OFFICE_ERROR_NOT_FOUND,
				  "There is no user \"%s\": loactl user list shows them", id);
	return user;
}

/* Would @changed leave nobody who can make users? The holder of the token still can. */
static gboolean
keeps_an_administrator(LoaAccess *self, const LoaUser *changed, GError **error)
{
	GError *cause = NULL;
	g_autoptr(GPtrArray) users = NULL;

	if (changed->disabled_us == 0 && has_role(changed, LOA_ROLE_ADMINISTRATOR))
		return TRUE;
	users = loa_store_users(self->parts.store, &cause);
	if (users == NULL)
		return loa_access_take_error(error, cause);
	for (guint i = 0; i < users->len; i++) {
		const LoaUser *user = g_ptr_array_index(users, i);

		if (strcmp(user->id, changed->id) != 0 && user->disabled_us == 0 &&
		    has_role(user, LOA_ROLE_ADMINISTRATOR))
			return TRUE;
	}
	return loa_access_refuse(error, LOA_OFFICE_ERROR_CONFLICT,
				 "%s is the last administrator: make another one first",
				 changed->id);
}

static gboolean
may_change(LoaAccess *self, const LoaCaller *caller, const LoaUser *changed, GError **error)
{
	return strcmp(caller->user, loa_caller_token.user) == 0 ||
	       keeps_an_administrator(self, changed, error);
}

static char *
summary(const LoaUser *user)
{
	g_autofree char *roles = g_strjoinv(",", user->roles);
	g_autofree char *groups = g_strjoinv(",", user->groups);

	return g_strdup_printf("name=%s roles=%s groups=%s language=%s", user->name, roles, groups,
			       user->language);
}

JsonNode *
loa_access_set_user(LoaAccess *self, const LoaCaller *caller, const char *id,
		    const LoaUserWish *wish, GError **error)
{
	g_autoptr(LoaUser) user = existing(self, id, error);
	g_autofree char *detail = NULL;

	if (user == NULL || !apply_wish(self, user, wish, error) ||
	    !may_change(self, caller, user, error))
		return NULL;
	detail = summary(user);
	if (!loa_access_write(self, caller, "user-set", id, detail, write_user, user, error))
		return NULL;
	return loa_access_document(describe(self, user));
}

JsonNode *
loa_access_set_language(LoaAccess *self, const LoaSignedIn *who, const char *language,
			GError **error)
{
	g_autoptr(LoaUser) user = existing(self, who->user->id, error);
	LoaUserWish wish = { .language = language };
	JsonObject *object;

	if (user == NULL || !apply_wish(self, user, &wish, error) ||
	    !loa_access_write(self, &who->caller, "user-language", user->id, language, write_user,
			      user, error))
		return NULL;
	object = json_object_new();
	json_object_set_string_member(object, "language", language);
	return loa_access_document(object);
}

JsonNode *
loa_access_disable(LoaAccess *self, const LoaCaller *caller, const char *id, gboolean disable,
		   GError **error)
{
	g_autoptr(LoaUser) user = existing(self, id, error);

	if (user == NULL)
		return NULL;
	if ((user->disabled_us != 0) == disable) {
		loa_access_refuse(error, LOA_OFFICE_ERROR_CONFLICT, "%s is %s already", id,
				  disable ? "disabled" : "enabled");
		return NULL;
	}
	user->disabled_us = disable ? loa_access_now_us(self) : 0;
	if (!may_change(self, caller, user, error) ||
	    !loa_access_write(self, caller, disable ? "user-disable" : "user-enable", id, "",
			      write_user_and_end_sessions, user, error))
		return NULL;
	return loa_access_document(describe(self, user));
}

/* --- with a password ------------------------------------------------------------------------- */

typedef struct {
	LoaAccess *access; /* borrowed */
	LoaUser *user;     /* as it shall be, but for the hash */
	gboolean is_new;
	char *shown; /* (nullable): a password that was made here */
	char *by;    /* the caller */
	char *address;
	LoaAccessDone done;
} Setting;

static void
setting_free(gpointer data)
{
	Setting *setting = data;

	loa_access_done_clear(&setting->done);
	loa_user_free(setting->user);
	loa_password_wipe(setting->shown);
	g_free(setting->by);
	g_free(setting->address);
	g_free(setting);
}

static gboolean
write_setting(LoaAccess *self, gpointer data, GError **error)
{
	const Setting *setting = data;
	g_autoptr(LoaUser) there = NULL;

	if (!loa_store_user(self->parts.store, setting->user->id, &there, error))
		return FALSE;
	if (setting->is_new) {
		if (there != NULL)
			return loa_access_refuse(error, LOA_OFFICE_ERROR_CONFLICT,
						 "There is a user \"%s\" already: take another "
						 "name, or loactl user set %s",
						 there->id, there->id);
		return loa_store_put_user(self->parts.store, setting->user, error);
	}
	if (there == NULL)
		return loa_access_refuse(error, LOA_OFFICE_ERROR_NOT_FOUND,
					 "The user is gone: see loactl user list");
	/* the rest may have changed while the hash was made */
	g_free(there->hash);
	there->hash = g_strdup(setting->user->hash);
	there->must_change = setting->user->must_change;
	return write_user_and_end_sessions(self, there, error);
}

static void
on_hashed(const char *hash, const GError *cause, gpointer user_data)
{
	Setting *setting = user_data;
	LoaCaller caller = { .user = setting->by, .name = "", .address = setting->address };
	g_autofree char *detail = summary(setting->user);
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) answer = NULL;

	if (cause != NULL) {
		loa_access_take_error(&error, g_error_copy(cause));
	} else {
		g_free(setting->user->hash);
		setting->user->hash = g_strdup(hash);
	}
	if (error == NULL &&
	    loa_access_write(setting->access, &caller,
			     setting->is_new ? "user-add" : "user-password", setting->user->id,
			     setting->is_new ? detail : "", write_setting, setting, &error)) {
		JsonObject *object = describe(setting->access, setting->user);

		json_object_set_string_member(object, "password", setting->shown);
		answer = loa_access_document(object);
	}
	setting->done.func(answer, NULL, error, setting->done.user_data);
}

/* Takes @user. */
static gboolean
start_setting(LoaAccess *self, const LoaCaller *caller, LoaUser *user, gboolean is_new,
	      const char *password, LoaAccessDone done, GError **error)
{
	Setting *setting = g_new0(Setting, 1);
	char *made = password == NULL ? loa_password_generate() : NULL;
	char *normal = loa_access_new_password(made != NULL ? made : password, user->id, error);

	setting->access = self;
	setting->user = user;
	setting->is_new = is_new;
	setting->shown = made;
	setting->by = g_strdup(caller->user);
	setting->address = g_strdup(caller->address);
	if (normal == NULL) {
		setting_free(setting);
		return FALSE;
	}
	setting->done = done;
	/* what somebody else chose, or what was on somebody's screen, is for one login only */
	user->must_change = made != NULL || strcmp(caller->user, loa_caller_token.user) != 0;
	loa_password_desk_hash(self->desk, normal, on_hashed, setting, setting_free);
	loa_password_wipe(normal);
	return TRUE;
}

static gboolean
id_is_free(LoaAccess *self, const char *id, GError **error)
{
	g_autoptr(LoaUser) there = NULL;
	GError *cause = NULL;

	if (!loa_id_is_valid(id) || strlen(id) > MAX_ID_BYTES)
		return bad(error,
			   "The login name must be 1 to %d lower-case letters, digits, '-' or '.', "
			   "e.g. nguyen.van.a",
			   MAX_ID_BYTES);
	if (strcmp(id, loa_caller_token.user) == 0 || strcmp(id, "controller") == 0)
		return bad(error, "\"%s\" is what the audit log calls a program: take another name",
			   id);
	if (!loa_store_user(self->parts.store, id, &there, &cause))
		return loa_access_take_error(error, cause);
	if (there != NULL)
		return loa_access_refuse(error, LOA_OFFICE_ERROR_CONFLICT,
					 "There is a user \"%s\" already: take another name, or "
					 "loactl user set %s",
					 id, id);
	return TRUE;
}

gboolean
loa_access_add_user(LoaAccess *self, const LoaCaller *caller, const char *id,
		    const LoaUserWish *wish, const char *password, LoaAccessDone done,
		    GError **error)
{
	g_autoptr(LoaUser) user = loa_user_new(id);
	static const char *const no_role[] = { NULL };
	LoaUserWish whole = *wish;

	if (whole.roles == NULL)
		whole.roles = no_role;
	if (!id_is_free(self, id, error) || !apply_wish(self, user, &whole, error))
		return FALSE;
	user->created_us = loa_access_now_us(self);
	return start_setting(self, caller, g_steal_pointer(&user), TRUE, password, done, error);
}

gboolean
loa_access_set_password(LoaAccess *self, const LoaCaller *caller, const char *id,
			const char *password, LoaAccessDone done, GError **error)
{
	g_autoptr(LoaUser) user = existing(self, id, error);

	if (user == NULL)
		return FALSE;
	return start_setting(self, caller, g_steal_pointer(&user), FALSE, password, done, error);
}
