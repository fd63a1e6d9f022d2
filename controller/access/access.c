/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/access/access.h"

#include <string.h>

#include "common/id.h"
#include "controller/access/access-internal.h"

/* A session's last use is written so often at most: reading a page shall not wear out a disk. */
#define USED_STEP_US (G_GINT64_CONSTANT(300) * G_USEC_PER_SEC)
#define HOUR_US (G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC)

gint64
loa_access_now_us(LoaAccess *self)
{
	return loa_clock_now_us(self->parts.clock);
}

gboolean
loa_access_refuse(GError **error, LoaOfficeError code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_autofree char *message = g_strdup_vprintf(format, args);
	va_end(args);
	g_set_error_literal(error, LOA_OFFICE_ERROR, (int)code, message);
	return FALSE;
}

gboolean
loa_access_take_error(GError **error, GError *cause)
{
	LoaOfficeError code = LOA_OFFICE_ERROR_STORAGE;

	if (g_error_matches(cause, LOA_PASSWORD_ERROR, LOA_PASSWORD_ERROR_WEAK))
		code = LOA_OFFICE_ERROR_BAD_REQUEST;
	else if (cause->domain == LOA_PASSWORD_ERROR)
		code = LOA_OFFICE_ERROR_BUSY;
	if (cause->domain != LOA_OFFICE_ERROR) {
		cause->domain = LOA_OFFICE_ERROR;
		cause->code = (int)code;
	}
	g_propagate_error(error, cause);
	return FALSE;
}

void
loa_access_done_clear(LoaAccessDone *done)
{
	if (done->destroy != NULL)
		done->destroy(done->user_data);
	*done = (LoaAccessDone){ 0 };
}

gboolean
loa_access_write(LoaAccess *self, const LoaCaller *caller, const char *action, const char *subject,
		 const char *detail, LoaAccessWriteFunc write, gpointer data, GError **error)
{
	LoaStore *store = self->parts.store;
	GError *cause = NULL;

	if (!loa_store_begin(store, &cause))
		return loa_access_take_error(error, cause);
	if (write(self, data, &cause) &&
	    loa_store_audit(store, loa_access_now_us(self), caller->user, caller->address, action,
			    subject, detail, &cause)) {
		if (loa_store_commit(store, &cause)) {
			/* most of what is written here may end a session */
			if (self->ended != NULL)
				self->ended(self->ended_data);
			return TRUE;
		}
		return loa_access_take_error(error, cause);
	}
	loa_store_rollback(store);
	return loa_access_take_error(error, cause);
}

char *
loa_access_new_password(const char *password, const char *user, GError **error)
{
	char *normal = loa_password_normalise(password);
	GError *cause = NULL;

	if (normal == NULL) {
		loa_access_refuse(error, LOA_OFFICE_ERROR_BAD_REQUEST,
				  "The password may have at most %d bytes, and no control "
				  "characters",
				  LOA_PASSWORD_MAX_BYTES);
		return NULL;
	}
	if (loa_password_check(normal, user, &cause))
		return normal;
	loa_password_wipe(normal);
	loa_access_take_error(error, cause);
	return NULL;
}

LoaAccess *
loa_access_new(const LoaAccessParts *parts)
{
	LoaAccess *self = g_new0(LoaAccess, 1);

	self->parts = *parts;
	self->throttle = loa_login_throttle_new();
	self->desk = loa_password_desk_new(parts->config->login_memory_mib);
	return self;
}

void
loa_access_free(LoaAccess *self)
{
	if (self == NULL)
		return;
	loa_password_desk_free(self->desk);
	loa_login_throttle_free(self->throttle);
	g_free(self);
}

/* --- sessions -------------------------------------------------------------------------------- */

void
loa_signed_in_free(LoaSignedIn *self)
{
	if (self == NULL)
		return;
	loa_user_free(self->user);
	loa_session_free(self->session);
	g_free(self->address);
	g_free(self);
}

LoaSignedIn *
loa_access_signed_in_new(LoaUser *user, LoaSession *session, const char *address)
{
	LoaSignedIn *self = g_new0(LoaSignedIn, 1);

	self->user = user;
	self->session = session;
	self->address = g_strdup(address);
	self->caller.user = user->id;
	self->caller.name = user->name;
	self->caller.groups = (const char *const *)user->groups;
	self->caller.address = self->address;
	for (char **name = user->roles; *name != NULL; name++) {
		LoaRole role;

		/* a role that a newer program wrote gives no right here */
		if (loa_role_from_name(*name, &role))
			self->caller.roles |= 1u << role;
	}
	return self;
}

char *
loa_access_hash_of(const char *token)
{
	return g_compute_checksum_for_string(G_CHECKSUM_SHA256, token, -1);
}

static gboolean
is_over(LoaAccess *self, const LoaSession *session, gint64 now_us)
{
	return now_us - session->created_us >=
		       (gint64)self->parts.config->login_absolute_days * 24 * HOUR_US ||
	       now_us - session->last_used_us >=
		       (gint64)self->parts.config->login_idle_hours * HOUR_US;
}

/* Reading works while the disk is full: a session is then only thought older than it is. */
static void
note_use(LoaAccess *self, LoaSession *session, gint64 now_us)
{
	g_autoptr(GError) error = NULL;

	if (now_us - session->last_used_us < USED_STEP_US)
		return;
	if (loa_store_session_used(self->parts.store, session->token_sha256, now_us, &error))
		session->last_used_us = now_us;
	else
		g_debug("%s", error->message);
}

/* Whose it is, while it lasts: fills both, or neither. */
static gboolean
look_up(LoaAccess *self, const char *token_sha256, LoaSession **session, LoaUser **user)
{
	g_autoptr(LoaSession) found = NULL;
	g_autoptr(LoaUser) owner = NULL;
	g_autoptr(GError) error = NULL;

	if (!loa_store_session(self->parts.store, token_sha256, &found, &error) || found == NULL ||
	    is_over(self, found, loa_access_now_us(self)) ||
	    !loa_store_user(self->parts.store, found->user, &owner, &error) || owner == NULL ||
	    owner->disabled_us != 0) {
		if (error != NULL)
			g_debug("%s", error->message);
		return FALSE;
	}
	*session = g_steal_pointer(&found);
	*user = g_steal_pointer(&owner);
	return TRUE;
}

gboolean
loa_access_is_alive(LoaAccess *self, const char *token_sha256)
{
	g_autoptr(LoaSession) session = NULL;
	g_autoptr(LoaUser) user = NULL;

	return look_up(self, token_sha256, &session, &user);
}

void
loa_access_on_ended(LoaAccess *self, void (*func)(gpointer user_data), gpointer user_data)
{
	self->ended = func;
	self->ended_data = user_data;
}

LoaSignedIn *
loa_access_find(LoaAccess *self, const char *token, const char *address)
{
	g_autofree char *token_sha256 = NULL;
	LoaSession *session = NULL;
	LoaUser *user = NULL;

	if (!loa_sha256_is_valid(token)) /* the same alphabet and length */
		return NULL;
	token_sha256 = loa_access_hash_of(token);
	if (!look_up(self, token_sha256, &session, &user))
		return NULL;
	note_use(self, session, loa_access_now_us(self));
	return loa_access_signed_in_new(user, session, address);
}

static JsonArray *
array_of(const char *const *names)
{
	JsonArray *array = json_array_new();

	for (gsize i = 0; names != NULL && names[i] != NULL; i++)
		json_array_add_string_element(array, names[i]);
	return array;
}

JsonNode *
loa_access_session(LoaAccess *self, const LoaCaller *caller, const LoaSignedIn *who)
{
	JsonObject *object = json_object_new();
	JsonArray *roles = json_array_new(), *rights = json_array_new();
	JsonNode *node = json_node_new(JSON_NODE_OBJECT);
	JsonObject *site = json_object_new();

	for (guint i = 0; i <= LOA_ROLE_LAST; i++)
		if (caller->roles & (1u << i))
			json_array_add_string_element(roles, loa_role_name((LoaRole)i));
	for (guint i = LOA_RIGHT_OWN; i <= LOA_RIGHT_LAST; i++)
		if (loa_caller_may(caller, (LoaRight)i))
			json_array_add_string_element(rights, loa_right_name((LoaRight)i));
	json_object_set_string_member(object, "user", caller->user);
	json_object_set_string_member(object, "name", caller->name);
	json_object_set_array_member(object, "roles", roles);
	json_object_set_array_member(object, "groups", array_of(caller->groups));
	json_object_set_array_member(object, "rights", rights);
	json_object_set_string_member(object, "language", who != NULL ? who->user->language : "en");
	json_object_set_string_member(object, "csrf", who != NULL ? who->session->csrf : NULL);
	json_object_set_boolean_member(object, "must_change",
				       who != NULL && who->user->must_change);
	json_object_set_string_member(site, "id", self->parts.config->site_id);
	json_object_set_string_member(site, "name", self->parts.config->site_name);
	json_object_set_string_member(site, "time_zone", self->parts.config->time_zone);
	json_object_set_object_member(object, "site", site);
	json_node_take_object(node, object);
	return node;
}

static gboolean
write_end(LoaAccess *self, gpointer data, GError **error)
{
	return loa_store_end_session(self->parts.store, data, error);
}

gboolean
loa_access_log_out(LoaAccess *self, const LoaSignedIn *who, GError **error)
{
	return loa_access_write(self, &who->caller, "log-out", who->user->id, "", write_end,
				who->session->token_sha256, error);
}
