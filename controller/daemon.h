/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/daemon.h - joins the parts of the controller: what comes from the broker goes to
 * fleet and ledger, what the office changes goes to the broker. Only this,
 * main and front.c log. Thread: main.
 */
#pragma once

#include "controller/controller-config.h"

typedef struct LoaDaemon LoaDaemon;

/**
 * loa_daemon_new:
 * @config: borrowed
 * @exit_code: (out): of sysexits.h, written on failure
 *
 * Opens everything and starts to work; the main loop is the caller's.
 */
LoaDaemon *loa_daemon_new(const LoaControllerConfig *config, int *exit_code,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Reads the office's occasions and overrides of the lunar calendar anew, and plans by them; after a
 * fault in them all stays as it was. */
void loa_daemon_reload(LoaDaemon *self);

void loa_daemon_free(LoaDaemon *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaDaemon, loa_daemon_free)
