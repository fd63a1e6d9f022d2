/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/access/access.h - people, their passwords and their sessions.
 *
 * The web server asks here who holds a cookie; the routes of /session and /users end here. What
 * a role may do is rights.h's business. Errors are LOA_OFFICE_ERROR with a sentence.
 *
 * A session is a random token of which the store keeps the hash. It ends when it was not used for
 * a while, at a fixed age, when its user logs out or is disabled, and with all others when the
 * password changes. It outlives a restart. Thread: main.
 */
#pragma once

#include "common/clock.h"
#include "controller/controller-config.h"
#include "controller/office/office.h"
#include "controller/store/store-access.h"

typedef struct LoaAccess LoaAccess;

/* All borrowed; they outlive the result. */
typedef struct {
	const LoaControllerConfig *config;
	LoaStore *store;
	LoaClock *clock;
} LoaAccessParts;

LoaAccess *loa_access_new(const LoaAccessParts *parts);
/* Those who still wait for an answer get none: their @destroy is called. */
void loa_access_free(LoaAccess *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaAccess, loa_access_free)

/* Somebody who is signed in. @caller points into the other two. */
typedef struct {
	LoaCaller caller;
	LoaUser *user;
	LoaSession *session;
	char *address; /* where this call came from */
} LoaSignedIn;

/* (transfer full) (nullable): who holds the cookie @token; %NULL: nobody any more. */
LoaSignedIn *loa_access_find(LoaAccess *self, const char *token, const char *address);
void loa_signed_in_free(LoaSignedIn *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaSignedIn, loa_signed_in_free)

/* Is that session (its token's hash) still somebody's? */
gboolean loa_access_is_alive(LoaAccess *self, const char *token_sha256);
/* Called whenever sessions were ended. At most one callback. */
void loa_access_on_ended(LoaAccess *self, void (*func)(gpointer user_data), gpointer user_data);

/* What comes of a call that needs a hash. Exactly one of @answer and @error is set.
 * @token: (nullable): of a session that begins: for the cookie. All (transfer none). */
typedef void (*LoaAccessDoneFunc)(JsonNode *answer, const char *token, const GError *error,
				  gpointer user_data);

/* Who waits. @func is called once, from the loop, never inside the call that took it; @destroy
 * (nullable) afterwards, or in its place. A call that fails at once calls neither. */
typedef struct {
	LoaAccessDoneFunc func;
	gpointer user_data;
	GDestroyNotify destroy;
} LoaAccessDone;

/* @retry_after_s: (out): with LOA_OFFICE_ERROR_THROTTLED */
gboolean loa_access_log_in(LoaAccess *self, const char *user, const char *password,
			   const char *address, LoaAccessDone done, guint *retry_after_s,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* {user, name, roles, groups, rights, language, csrf, must_change, site: {id, name, time_zone}}.
 * @who: (nullable): %NULL for the holder of the token, as @caller says */
JsonNode *loa_access_session(LoaAccess *self, const LoaCaller *caller, const LoaSignedIn *who);
/* The page's language, "vi" or "en", from the next session on. {language} */
JsonNode *loa_access_set_language(LoaAccess *self, const LoaSignedIn *who, const char *language,
				  GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean loa_access_log_out(LoaAccess *self, const LoaSignedIn *who,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Ends every other session of the user. */
gboolean loa_access_change_password(LoaAccess *self, const LoaSignedIn *who, const char *old,
				    const char *new_password, LoaAccessDone done,
				    guint *retry_after_s, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What an administrator says of a user. %NULL members: as it is, or the default. */
typedef struct {
	const char *name;
	const char *const *roles;
	const char *const *groups;
	const char *language;
} LoaUserWish;

/* {users: [{user, name, roles, groups, language, created, last_login, disabled, must_change}]} */
JsonNode *loa_access_users(LoaAccess *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* @password: (nullable): %NULL has one made, which is in the answer, this once: {.., password} */
gboolean loa_access_add_user(LoaAccess *self, const LoaCaller *caller, const char *id,
			     const LoaUserWish *wish, const char *password, LoaAccessDone done,
			     GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Sets another password and ends the user's sessions. */
gboolean loa_access_set_password(LoaAccess *self, const LoaCaller *caller, const char *id,
				 const char *password, LoaAccessDone done,
				 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Roles hold from the next call on. */
JsonNode *loa_access_set_user(LoaAccess *self, const LoaCaller *caller, const char *id,
			      const LoaUserWish *wish, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A disabled user's sessions end. */
JsonNode *loa_access_disable(LoaAccess *self, const LoaCaller *caller, const char *id,
			     gboolean disable, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* {entries: [{id, at, who, address, action, subject, detail}], next: id|null}: newest first */
JsonNode *loa_access_audit(LoaAccess *self, const LoaAuditQuery *query,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;
