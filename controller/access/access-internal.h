/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/access/access-internal.h - what the files of access.h share: access.c has sessions,
 * access-users.c the people,
 * access-audit.c who changed what.
 */
#pragma once

#include "controller/access/access.h"
#include "controller/access/login-throttle.h"
#include "controller/access/password-desk.h"
#include "controller/access/password.h"

struct LoaAccess {
	LoaAccessParts parts;
	LoaLoginThrottle *throttle;
	LoaPasswordDesk *desk;
	void (*ended)(gpointer user_data); /* nullable */
	gpointer ended_data;
	gint64 swept_us; /* when old sessions were last removed */
};

/* An error of the store or of passwords as one of the office's. Always %FALSE. */
gboolean loa_access_take_error(GError **error, GError *cause);
/* Sets @error; always %FALSE. */
gboolean loa_access_refuse(GError **error, LoaOfficeError code, const char *format, ...)
	G_GNUC_PRINTF(3, 4);

gint64 loa_access_now_us(LoaAccess *self);

/* Runs @write and one line of the audit log in one transaction. */
typedef gboolean (*LoaAccessWriteFunc)(LoaAccess *self, gpointer data, GError **error);
gboolean loa_access_write(LoaAccess *self, const LoaCaller *caller, const char *action,
			  const char *subject, const char *detail, LoaAccessWriteFunc write,
			  gpointer data, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* (transfer full) (nullable): NFC and good enough for @user */
char *loa_access_new_password(const char *password, const char *user,
			      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* (transfer full): what the store knows of a session's token */
char *loa_access_hash_of(const char *token);
/* Takes @user and @session. */
LoaSignedIn *loa_access_signed_in_new(LoaUser *user, LoaSession *session, const char *address);

/* "at": RFC 3339 in the site's zone (null for 0), "at_us" */
void loa_access_add_time(LoaAccess *self, JsonObject *object, const char *name, gint64 us);
/* Takes @object. */
JsonNode *loa_access_document(JsonObject *object);

void loa_access_done_clear(LoaAccessDone *done);
