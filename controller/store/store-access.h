/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/store/store-access.h - people and their sessions in the store (store.h).
 *
 * Passwords and session tokens lie there as hashes only. Thread: main.
 */
#pragma once

#include "controller/store/store.h"

/* Somebody who may log in. Strings owned. */
typedef struct {
	char *id;   /* the login name: common/id.h */
	char *name; /* as colleagues call them */
	char *hash; /* of the password, password.h */
	char **roles;
	char **groups;  /* those of a leader */
	char *language; /* "vi", "en" */
	gint64 created_us;
	gint64 disabled_us;   /* 0: they may log in */
	gint64 last_login_us; /* 0: never */
	gboolean must_change; /* the password is somebody else's choice */
} LoaUser;

LoaUser *loa_user_new(const char *id);
void loa_user_free(LoaUser *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaUser, loa_user_free)

/* One browser that is logged in. Strings owned. */
typedef struct {
	char *token_sha256; /* of what the cookie holds */
	char *user;
	char *csrf;
	char *address; /* where it began */
	gint64 created_us;
	gint64 last_used_us;
} LoaSession;

void loa_session_free(LoaSession *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaSession, loa_session_free)

/* Adds, or replaces all but created_us and last_login_us. */
gboolean loa_store_put_user(LoaStore *self, const LoaUser *user,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean loa_store_user_logged_in(LoaStore *self, const char *id, gint64 now_us,
				  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* @user: (out) (transfer full) (nullable): %NULL where there is nobody of that name */
gboolean loa_store_user(LoaStore *self, const char *id, LoaUser **user,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* (transfer full) (element-type LoaUser): by login name, the disabled ones too */
GPtrArray *loa_store_users(LoaStore *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* At most @max of one user stay: the ones used longest ago end. */
gboolean loa_store_add_session(LoaStore *self, const LoaSession *session, guint max,
			       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* @session: (out) (transfer full) (nullable) */
gboolean loa_store_session(LoaStore *self, const char *token_sha256, LoaSession **session,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean loa_store_session_used(LoaStore *self, const char *token_sha256, gint64 now_us,
				GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean loa_store_end_session(LoaStore *self, const char *token_sha256,
			       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* All of @user but @except (nullable), a token's hash. */
gboolean loa_store_end_sessions(LoaStore *self, const char *user, const char *except,
				GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Those begun before @created_us or last used before @used_us. */
gboolean loa_store_expire_sessions(LoaStore *self, gint64 created_us, gint64 used_us,
				   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* One line of the audit log. Strings owned. */
typedef struct {
	gint64 id;
	gint64 at_us;
	char *who;     /* a login name, "token" (loactl), "controller" (by itself) */
	char *address; /* "" where there is none */
	char *action;
	char *subject;
	char *detail;
} LoaAuditRow;

void loa_audit_row_free(LoaAuditRow *self);

typedef struct {
	const char *who;  /* (nullable) */
	gint64 from_us;   /* at or after; 0: any */
	gint64 to_us;     /* before; 0: any */
	gint64 before_id; /* 0: from the newest on */
	guint limit;
} LoaAuditQuery;

/* (transfer full) (element-type LoaAuditRow): newest first, at most limit */
GPtrArray *loa_store_audit_rows(LoaStore *self, const LoaAuditQuery *query,
				GError **error) G_GNUC_WARN_UNUSED_RESULT;
