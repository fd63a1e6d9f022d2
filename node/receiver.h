/* SPDX-License-Identifier: Apache-2.0 */
/*
 * node/receiver.h - the receiver as a whole: builds the parts, joins them, runs the loop.
 * Thread: main.
 */
#pragma once

#include "node/node-config.h"

typedef struct LoaReceiver LoaReceiver;

/* @config: (transfer full). @status: (out): of the program's exit, where it cannot be built. */
LoaReceiver *loa_receiver_new(LoaNodeConfig *config, int *status,
			      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Until SIGTERM or SIGINT; takes leave of the broker. */
void loa_receiver_run(LoaReceiver *self);

void loa_receiver_free(LoaReceiver *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaReceiver, loa_receiver_free)
