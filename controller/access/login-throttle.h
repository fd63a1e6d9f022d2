/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/access/login-throttle.h - how long who must wait before the next attempt to log in.
 *
 * Failures are counted for the name and for the address. The first few cost nothing; from then on
 * each doubles the wait. A name waits a minute at most, so that a stranger cannot lock the office
 * out for long; an address waits a quarter of an hour. An attempt counts as a failure from its
 * begin, so that many at once gain nothing. Failures are forgotten an hour after the last.
 *
 * The memory is bounded: where it is full, what failed longest ago is forgotten first. Pure: time
 * is the caller's, on CLOCK_MONOTONIC.
 */
#pragma once

#include <glib.h>

#define LOA_LOGIN_THROTTLE_FREE 5          /* failures of one name or address without a wait */
#define LOA_LOGIN_THROTTLE_FREE_ADDRESS 20 /* a whole office may sit behind one */
#define LOA_LOGIN_THROTTLE_MAX 4096        /* names and addresses that are remembered */

typedef struct LoaLoginThrottle LoaLoginThrottle;

LoaLoginThrottle *loa_login_throttle_new(void);

/**
 * loa_login_throttle_begin:
 * @address: of the caller, "192.0.2.7", "2001:db8::1" (its /64 counts) or another text
 *
 * Returns: 0: go on, and say so if it succeeds; else the microseconds to wait, and nothing is
 * counted
 */
gint64 loa_login_throttle_begin(LoaLoginThrottle *self, const char *user, const char *address,
				gint64 now_us) G_GNUC_WARN_UNUSED_RESULT;

/* The attempt succeeded: the name is free again, and the address no worse than before. */
void loa_login_throttle_succeeded(LoaLoginThrottle *self, const char *user, const char *address);

/* How many are remembered. */
guint loa_login_throttle_size(const LoaLoginThrottle *self);

void loa_login_throttle_free(LoaLoginThrottle *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaLoginThrottle, loa_login_throttle_free)
