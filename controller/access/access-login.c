/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What takes a hash of the caller's password: logging in, and choosing another one.
 */
#include <string.h>

#include "common/id.h"
#include "controller/access/access-internal.h"

#define TOKEN_BYTES 32
#define MAX_SESSIONS 20 /* of one user */
#define SWEEP_US (G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC)
#define HOUR_US (G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC)

/* --- logging in ------------------------------------------------------------------------------ */

typedef struct {
	LoaAccess *access; /* borrowed: its desk ends before it does */
	LoaUser *user;     /* NULL: there is none of that name, or it is disabled */
	char *tried;       /* what was given as the name */
	char *address;
	LoaAccessDone done;
} Login;

static void
login_free(gpointer data)
{
	Login *login = data;

	loa_access_done_clear(&login->done);
	loa_user_free(login->user);
	g_free(login->tried);
	g_free(login->address);
	g_free(login);
}

/* Who mistypes writes the password where the name belongs: what nobody is called is not kept. */
static void
note_failure(Login *login)
{
	g_autoptr(GError) error = NULL;
	LoaAccess *self = login->access;

	if (!loa_store_audit(self->parts.store, loa_access_now_us(self), "", login->address,
			     "log-in-failed", login->user != NULL ? login->user->id : "", "",
			     &error))
		g_debug("%s", error->message);
}

static gboolean
write_session(LoaAccess *self, gpointer data, GError **error)
{
	const LoaSession *session = data;

	return loa_store_add_session(self->parts.store, session, MAX_SESSIONS, error) &&
	       loa_store_user_logged_in(self->parts.store, session->user, session->created_us,
					error);
}

static void
sweep(LoaAccess *self, gint64 now_us)
{
	const LoaControllerConfig *config = self->parts.config;
	g_autoptr(GError) error = NULL;

	if (now_us - self->swept_us < SWEEP_US && now_us >= self->swept_us)
		return;
	self->swept_us = now_us;
	if (!loa_store_expire_sessions(self->parts.store,
				       now_us - (gint64)config->login_absolute_days * 24 * HOUR_US,
				       now_us - (gint64)config->login_idle_hours * HOUR_US, &error))
		g_debug("%s", error->message);
}

static void
begin_session(Login *login)
{
	LoaAccess *self = login->access;
	gint64 now_us = loa_access_now_us(self);
	g_autofree char *token = loa_password_random_hex(TOKEN_BYTES);
	LoaSession *session = g_new0(LoaSession, 1);
	g_autoptr(LoaSignedIn) who = NULL;
	g_autoptr(GError) error = NULL;

	session->token_sha256 = loa_access_hash_of(token);
	session->user = g_strdup(login->user->id);
	session->csrf = loa_password_random_hex(TOKEN_BYTES);
	session->address = g_strdup(login->address);
	session->created_us = session->last_used_us = now_us;
	who = loa_access_signed_in_new(g_steal_pointer(&login->user), session, login->address);
	sweep(self, now_us);
	if (!loa_access_write(self, &who->caller, "log-in", session->user, "", write_session,
			      session, &error)) {
		login->done.func(NULL, NULL, error, login->done.user_data);
		return;
	}
	loa_login_throttle_succeeded(self->throttle, login->tried, login->address);

	g_autoptr(JsonNode) answer = loa_access_session(self, &who->caller, who);

	login->done.func(answer, token, NULL, login->done.user_data);
}

static void
on_login_checked(gboolean matches, const GError *cause, gpointer user_data)
{
	Login *login = user_data;
	g_autoptr(GError) error = NULL;
	g_autoptr(LoaUser) now = NULL;

	if (cause != NULL) {
		loa_access_take_error(&error, g_error_copy(cause));
	} else if (!matches || login->user == NULL) {
		note_failure(login);
		loa_access_refuse(&error, LOA_OFFICE_ERROR_WRONG_LOGIN,
				  "The name or the password is wrong");
	} else if (!loa_store_user(login->access->parts.store, login->user->id, &now, &error)) {
		loa_access_take_error(&error, g_steal_pointer(&error));
	} else if (now->disabled_us != 0 || strcmp(now->hash, login->user->hash) != 0) {
		/* while the hash was made, an administrator was quicker */
		loa_access_refuse(&error, LOA_OFFICE_ERROR_WRONG_LOGIN,
				  "The name or the password is wrong");
	}
	if (error != NULL)
		login->done.func(NULL, NULL, error, login->done.user_data);
	else
		begin_session(login);
}

static gboolean
wait_first(LoaAccess *self, const char *user, const char *address, guint *retry_after_s,
	   GError **error)
{
	gint64 wait_us = loa_login_throttle_begin(self->throttle, user, address,
						  loa_clock_mono_us(self->parts.clock));

	if (wait_us == 0)
		return TRUE;
	*retry_after_s = (guint)((wait_us + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC);
	return loa_access_refuse(error, LOA_OFFICE_ERROR_THROTTLED,
				 "Too many attempts with a wrong password: try again in %u s",
				 *retry_after_s);
}

gboolean
loa_access_log_in(LoaAccess *self, const char *user, const char *password, const char *address,
		  LoaAccessDone done, guint *retry_after_s, GError **error)
{
	g_autoptr(LoaUser) found = NULL;
	GError *cause = NULL;

	if (!wait_first(self, user, address, retry_after_s, error))
		return FALSE;
	if (loa_id_is_valid(user) && !loa_store_user(self->parts.store, user, &found, &cause))
		return loa_access_take_error(error, cause);
	if (found != NULL && found->disabled_us != 0)
		g_clear_pointer(&found, loa_user_free);

	Login *login = g_new0(Login, 1);
	char *normal = loa_password_normalise(password);

	login->access = self;
	login->user = g_steal_pointer(&found);
	login->tried = g_strdup(user);
	login->address = g_strdup(address);
	login->done = done;
	loa_password_desk_check(self->desk, login->user != NULL ? login->user->hash : NULL, normal,
				on_login_checked, login, login_free);
	loa_password_wipe(normal);
	return TRUE;
}

/* --- another password ------------------------------------------------------------------------ */

typedef struct {
	LoaAccess *access; /* borrowed */
	char *user;
	char *old_hash;
	char *session_sha256;
	char *address;
	char *password; /* the new one, normalised */
	LoaAccessDone done;
} Change;

static void
change_free(gpointer data)
{
	Change *change = data;

	loa_access_done_clear(&change->done);
	g_free(change->user);
	g_free(change->old_hash);
	g_free(change->session_sha256);
	g_free(change->address);
	loa_password_wipe(change->password);
	g_free(change);
}

typedef struct {
	const Change *change;
	const char *hash;
} NewHash;

static gboolean
write_change(LoaAccess *self, gpointer data, GError **error)
{
	const NewHash *made = data;
	g_autoptr(LoaUser) user = NULL;

	if (!loa_store_user(self->parts.store, made->change->user, &user, error))
		return FALSE;
	if (user == NULL || user->disabled_us != 0 ||
	    strcmp(user->hash, made->change->old_hash) != 0)
		return loa_access_refuse(error, LOA_OFFICE_ERROR_CONFLICT,
					 "The account was changed meanwhile: log in again");
	g_free(user->hash);
	user->hash = g_strdup(made->hash);
	user->must_change = FALSE;
	return loa_store_put_user(self->parts.store, user, error) &&
	       loa_store_end_sessions(self->parts.store, user->id, made->change->session_sha256,
				      error);
}

static void
on_changed_hash(const char *hash, const GError *cause, gpointer user_data)
{
	Change *change = user_data;
	NewHash made = { change, hash };
	LoaCaller caller = { .user = change->user, .name = "", .address = change->address };
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) answer = json_node_new(JSON_NODE_OBJECT);
	JsonObject *object = json_object_new();

	json_object_set_string_member(object, "user", change->user);
	json_node_take_object(answer, object);
	if (cause != NULL)
		loa_access_take_error(&error, g_error_copy(cause));
	else if (loa_access_write(change->access, &caller, "password-change", change->user, "",
				  write_change, &made, &error)) {
		change->done.func(answer, NULL, NULL, change->done.user_data);
		return;
	}
	change->done.func(NULL, NULL, error, change->done.user_data);
}

static void
on_old_checked(gboolean matches, const GError *cause, gpointer user_data)
{
	Change *change = user_data;
	g_autoptr(GError) error = NULL;

	if (cause != NULL)
		loa_access_take_error(&error, g_error_copy(cause));
	else if (!matches)
		loa_access_refuse(&error, LOA_OFFICE_ERROR_FORBIDDEN, "The old password is wrong");
	if (error != NULL) {
		change->done.func(NULL, NULL, error, change->done.user_data);
		return;
	}
	loa_login_throttle_succeeded(change->access->throttle, change->user, change->address);

	/* the second half has the same data; the first one's is emptied, and freed by its desk */
	Change *next = g_memdup2(change, sizeof *change);

	memset(change, 0, sizeof *change);
	loa_password_desk_hash(next->access->desk, next->password, on_changed_hash, next,
			       change_free);
}

gboolean
loa_access_change_password(LoaAccess *self, const LoaSignedIn *who, const char *old,
			   const char *new_password, LoaAccessDone done, guint *retry_after_s,
			   GError **error)
{
	char *password = loa_access_new_password(new_password, who->user->id, error);

	if (password == NULL)
		return FALSE;
	if (strcmp(old, new_password) == 0) {
		loa_password_wipe(password);
		return loa_access_refuse(error, LOA_OFFICE_ERROR_BAD_REQUEST,
					 "The new password is the old one: take another");
	}
	if (!wait_first(self, who->user->id, who->address, retry_after_s, error)) {
		loa_password_wipe(password);
		return FALSE;
	}

	Change *change = g_new0(Change, 1);
	char *normal = loa_password_normalise(old);

	change->access = self;
	change->user = g_strdup(who->user->id);
	change->old_hash = g_strdup(who->user->hash);
	change->session_sha256 = g_strdup(who->session->token_sha256);
	change->address = g_strdup(who->address);
	change->password = password;
	change->done = done;
	loa_password_desk_check(self->desk, change->old_hash, normal, on_old_checked, change,
				change_free);
	loa_password_wipe(normal);
	return TRUE;
}
