/* SPDX-License-Identifier: Apache-2.0 */
/*
 * node/teller.h - when the state is worth a message.
 *
 * At once when something that a person looks at has changed, but at most five a second; else
 * every second in the first moments of an airing, and while somebody watches one, every five while
 * one is on, every ten otherwise. Pure; times on CLOCK_MONOTONIC. Thread: any, one object on one
 * thread at a time.
 */
#pragma once

#include "wire/node-state.h"

#define LOA_TELLER_MIN_GAP_US (200 * 1000)
#define LOA_TELLER_FRESH_US                                                                        \
	(1 * G_USEC_PER_SEC)      /* while on air and watched, or younger than ...                 \
				   */
#define LOA_TELLER_FRESH_MS 10000 /* ... this far into the airing */
#define LOA_TELLER_ON_AIR_US (5 * G_USEC_PER_SEC)
#define LOA_TELLER_IDLE_US (10 * G_USEC_PER_SEC)

typedef struct LoaTeller LoaTeller;

LoaTeller *loa_teller_new(void);

/* Somebody looks at the levels, or nobody any more. */
void loa_teller_set_watched(LoaTeller *self, gboolean is_watched);

/* Is @state to be sent now? */
gboolean loa_teller_is_due(const LoaTeller *self, const LoaNodeState *state, gint64 mono_us);
/* It was sent. */
void loa_teller_told(LoaTeller *self, const LoaNodeState *state, gint64 mono_us);
/* Whoever listened is gone: the next state is due at once. */
void loa_teller_forget(LoaTeller *self);
/* When to look again, if @state stays as it is. */
gint64 loa_teller_due_us(const LoaTeller *self, const LoaNodeState *state);

void loa_teller_free(LoaTeller *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaTeller, loa_teller_free)
