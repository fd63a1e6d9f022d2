/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/store/store-access.h"

#include "controller/store/store-internal.h"

#define USER_COLUMNS                                                                               \
	"id, name, hash, roles, groups, language, created_us, disabled_us, last_login_us,"         \
	" must_change"
#define SESSION_COLUMNS "token_sha256, user, csrf, address, created_us, last_used_us"

LoaUser *
loa_user_new(const char *id)
{
	LoaUser *self = g_new0(LoaUser, 1);

	self->id = g_strdup(id);
	self->name = g_strdup(id);
	self->hash = g_strdup("");
	self->roles = g_new0(char *, 1);
	self->groups = g_new0(char *, 1);
	self->language = g_strdup("vi");
	return self;
}

void
loa_user_free(LoaUser *self)
{
	if (self == NULL)
		return;
	g_free(self->id);
	g_free(self->name);
	g_free(self->hash);
	g_strfreev(self->roles);
	g_strfreev(self->groups);
	g_free(self->language);
	g_free(self);
}

void
loa_session_free(LoaSession *self)
{
	if (self == NULL)
		return;
	g_free(self->token_sha256);
	g_free(self->user);
	g_free(self->csrf);
	g_free(self->address);
	g_free(self);
}

void
loa_audit_row_free(LoaAuditRow *self)
{
	if (self == NULL)
		return;
	g_free(self->who);
	g_free(self->address);
	g_free(self->action);
	g_free(self->subject);
	g_free(self->detail);
	g_free(self);
}

/* A list of ids is one text, apart by blanks. */
static char **
column_list(sqlite3_stmt *row, int column)
{
	g_autofree char *text = loa_store_column_text(row, column);

	return *text != '\0' ? g_strsplit(text, " ", -1) : g_new0(char *, 1);
}

static LoaUser *
user_of(sqlite3_stmt *row)
{
	LoaUser *user = g_new0(LoaUser, 1);

	user->id = loa_store_column_text(row, 0);
	user->name = loa_store_column_text(row, 1);
	user->hash = loa_store_column_text(row, 2);
	user->roles = column_list(row, 3);
	user->groups = column_list(row, 4);
	user->language = loa_store_column_text(row, 5);
	user->created_us = sqlite3_column_int64(row, 6);
	user->disabled_us = sqlite3_column_int64(row, 7);
	user->last_login_us = sqlite3_column_int64(row, 8);
	user->must_change = sqlite3_column_int64(row, 9) != 0;
	return user;
}

gboolean
loa_store_put_user(LoaStore *self, const LoaUser *user, GError **error)
{
	g_autofree char *roles = g_strjoinv(" ", user->roles);
	g_autofree char *groups = g_strjoinv(" ", user->groups);

	return loa_store_run(
		self, error,
		"INSERT INTO user (id, name, hash, roles, groups, language, created_us,"
		" disabled_us, must_change) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
		" ON CONFLICT (id) DO UPDATE SET name = excluded.name, hash = excluded.hash,"
		" roles = excluded.roles, groups = excluded.groups, language = excluded.language,"
		" disabled_us = excluded.disabled_us, must_change = excluded.must_change",
		"ssssssiii", user->id, user->name, user->hash, roles, groups, user->language,
		user->created_us, user->disabled_us, (gint64)(user->must_change != FALSE));
}

gboolean
loa_store_user_logged_in(LoaStore *self, const char *id, gint64 now_us, GError **error)
{
	return loa_store_run(self, error, "UPDATE user SET last_login_us = ? WHERE id = ?", "is",
			     now_us, id);
}

gboolean
loa_store_user(LoaStore *self, const char *id, LoaUser **user, GError **error)
{
	g_autoptr(sqlite3_stmt) row = loa_store_prepare(
		self, error, "SELECT " USER_COLUMNS " FROM user WHERE id = ?", "s", id);
	LoaStep step = row == NULL ? LOA_STEP_ERROR : loa_store_step(self, row, error);

	if (step == LOA_STEP_ERROR)
		return FALSE;
	*user = step == LOA_STEP_ROW ? user_of(row) : NULL;
	return TRUE;
}

GPtrArray *
loa_store_users(LoaStore *self, GError **error)
{
	g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func((GDestroyNotify)loa_user_free);
	g_autoptr(sqlite3_stmt) row =
		loa_store_prepare(self, error, "SELECT " USER_COLUMNS " FROM user ORDER BY id", "");
	LoaStep step = row == NULL ? LOA_STEP_ERROR : LOA_STEP_ROW;

	while (step == LOA_STEP_ROW && (step = loa_store_step(self, row, error)) == LOA_STEP_ROW)
		g_ptr_array_add(found, user_of(row));
	return step == LOA_STEP_DONE ? g_steal_pointer(&found) : NULL;
}

static gboolean
insert_session(LoaStore *self, const LoaSession *s, guint max, GError **error)
{
	return loa_store_run(self, error,
			     "INSERT INTO session (" SESSION_COLUMNS ") VALUES (?, ?, ?, ?, ?, ?)",
			     "ssssii", s->token_sha256, s->user, s->csrf, s->address, s->created_us,
			     s->last_used_us) &&
	       loa_store_run(self, error,
			     "DELETE FROM session WHERE user = ? AND token_sha256 NOT IN"
			     " (SELECT token_sha256 FROM session WHERE user = ?"
			     "  ORDER BY last_used_us DESC, rowid DESC LIMIT ?)",
			     "ssi", s->user, s->user, (gint64)max);
}

gboolean
loa_store_add_session(LoaStore *self, const LoaSession *session, guint max, GError **error)
{
	if (!loa_store_begin(self, error))
		return FALSE;
	if (insert_session(self, session, max, error))
		return loa_store_commit(self, error);
	loa_store_rollback(self);
	return FALSE;
}

gboolean
loa_store_session(LoaStore *self, const char *token_sha256, LoaSession **session, GError **error)
{
	g_autoptr(sqlite3_stmt) row = loa_store_prepare(
		self, error, "SELECT " SESSION_COLUMNS " FROM session WHERE token_sha256 = ?", "s",
		token_sha256);
	LoaStep step = row == NULL ? LOA_STEP_ERROR : loa_store_step(self, row, error);

	if (step == LOA_STEP_ERROR)
		return FALSE;
	*session = NULL;
	if (step != LOA_STEP_ROW)
		return TRUE;

	LoaSession *found = g_new0(LoaSession, 1);

	found->token_sha256 = loa_store_column_text(row, 0);
	found->user = loa_store_column_text(row, 1);
	found->csrf = loa_store_column_text(row, 2);
	found->address = loa_store_column_text(row, 3);
	found->created_us = sqlite3_column_int64(row, 4);
	found->last_used_us = sqlite3_column_int64(row, 5);
	*session = found;
	return TRUE;
}

gboolean
loa_store_session_used(LoaStore *self, const char *token_sha256, gint64 now_us, GError **error)
{
	return loa_store_run(self, error,
			     "UPDATE session SET last_used_us = ? WHERE token_sha256 = ?", "is",
			     now_us, token_sha256);
}

gboolean
loa_store_end_session(LoaStore *self, const char *token_sha256, GError **error)
{
	return loa_store_run(self, error, "DELETE FROM session WHERE token_sha256 = ?", "s",
			     token_sha256);
}

gboolean
loa_store_end_sessions(LoaStore *self, const char *user, const char *except, GError **error)
{
	return loa_store_run(self, error,
			     "DELETE FROM session WHERE user = ? AND token_sha256 IS NOT ?", "ss",
			     user, except);
}

gboolean
loa_store_expire_sessions(LoaStore *self, gint64 created_us, gint64 used_us, GError **error)
{
	return loa_store_run(self, error,
			     "DELETE FROM session WHERE created_us < ? OR last_used_us < ?", "ii",
			     created_us, used_us);
}

static LoaAuditRow *
audit_row_of(sqlite3_stmt *row)
{
	LoaAuditRow *found = g_new0(LoaAuditRow, 1);

	found->id = sqlite3_column_int64(row, 0);
	found->at_us = sqlite3_column_int64(row, 1);
	found->who = loa_store_column_text(row, 2);
	found->address = loa_store_column_text(row, 3);
	found->action = loa_store_column_text(row, 4);
	found->subject = loa_store_column_text(row, 5);
	found->detail = loa_store_column_text(row, 6);
	return found;
}

GPtrArray *
loa_store_audit_rows(LoaStore *self, const LoaAuditQuery *query, GError **error)
{
	g_autoptr(GPtrArray) found =
		g_ptr_array_new_with_free_func((GDestroyNotify)loa_audit_row_free);
	g_autoptr(sqlite3_stmt) row = loa_store_prepare(
		self, error,
		"SELECT id, at_us, who, address, action, subject, detail FROM audit"
		" WHERE (?1 IS NULL OR who = ?1) AND at_us >= ?2 AND (?3 = 0 OR at_us < ?3)"
		" AND (?4 = 0 OR id < ?4) ORDER BY id DESC LIMIT ?5",
		"siiii", query->who, query->from_us, query->to_us, query->before_id,
		(gint64)query->limit);
	LoaStep step = row == NULL ? LOA_STEP_ERROR : LOA_STEP_ROW;

	while (step == LOA_STEP_ROW && (step = loa_store_step(self, row, error)) == LOA_STEP_ROW)
		g_ptr_array_add(found, audit_row_of(row));
	return step == LOA_STEP_DONE ? g_steal_pointer(&found) : NULL;
}
