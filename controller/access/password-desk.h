/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/access/password-desk.h - hashes and checks passwords off the main loop.
 *
 * One hash is tens of milliseconds of a core and tens of megabytes, by design; on the main loop
 * each login would delay the sound. Two workers at most, so that a flood of logins costs bounded
 * memory, and a bounded queue before them. Thread: main; answers come from the loop.
 */
#pragma once

#include <glib.h>

#define LOA_PASSWORD_DESK_WORKERS 2
#define LOA_PASSWORD_DESK_MAX_WAITING 32

typedef struct LoaPasswordDesk LoaPasswordDesk;

LoaPasswordDesk *loa_password_desk_new(guint memory_mib);

/* @hash: (transfer none) (nullable): what was asked for, %NULL with @error */
typedef void (*LoaPasswordHashedFunc)(const char *hash, const GError *error, gpointer user_data);
/* @error: (nullable): LOA_PASSWORD_ERROR_BUSY; the password was not looked at */
typedef void (*LoaPasswordCheckedFunc)(gboolean matches, const GError *error, gpointer user_data);

/* @password: normalised. @func is called exactly once, never inside this call, and not at all
 * after the desk is freed: then @destroy (nullable) alone has its say. */
void loa_password_desk_hash(LoaPasswordDesk *self, const char *password, LoaPasswordHashedFunc func,
			    gpointer user_data, GDestroyNotify destroy);
/* @hash: (nullable): %NULL takes the time of a check and never matches: nobody has that name.
 * @password: (nullable): normalised; %NULL never matches either */
void loa_password_desk_check(LoaPasswordDesk *self, const char *hash, const char *password,
			     LoaPasswordCheckedFunc func, gpointer user_data,
			     GDestroyNotify destroy);

/* Waits for what is being hashed, some tens of milliseconds. */
void loa_password_desk_free(LoaPasswordDesk *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaPasswordDesk, loa_password_desk_free)
