/* SPDX-License-Identifier: Apache-2.0 */
/*
 * node/refusals.h - refusals on their way to becoming security events.
 *
 * A stranger who floods a topic must not flood the journal. Refusals of one code and topic are
 * counted together: told once it has been quiet for LOA_REFUSALS_QUIET_US, and from then on at
 * most once a minute. At most LOA_REFUSALS_MAX kinds are kept apart; what goes beyond is one
 * event with the code "other". Pure. Thread: any, one object on one thread at a time.
 */
#pragma once

#include "wire/outcome.h"

#define LOA_REFUSALS_MAX 64
#define LOA_REFUSALS_QUIET_US (G_GINT64_CONSTANT(2) * G_USEC_PER_SEC)
#define LOA_REFUSALS_WINDOW_US (G_GINT64_CONSTANT(60) * G_USEC_PER_SEC)

typedef struct LoaRefusals LoaRefusals;

LoaRefusals *loa_refusals_new(void);

/* @code: an id; @topic: any bytes up to the NUL, made printable; @detail: the first one's is told.
 * Times: site time, only used as differences and in the event. */
void loa_refusals_add(LoaRefusals *self, const char *code, const char *topic, const char *detail,
		      gint64 now_us);

/* (transfer full) (element-type LoaSecurityEvent): those that are due; may be empty.
 * A clock that was turned back makes everything due. */
GPtrArray *loa_refusals_take_due(LoaRefusals *self, gint64 now_us);
/* The same for all that is left, due or not: at the end of the program. */
GPtrArray *loa_refusals_take_all(LoaRefusals *self);
/* When the next becomes due; G_MAXINT64: none waits. */
gint64 loa_refusals_due_us(const LoaRefusals *self);
/* All refusals since the start. */
gint64 loa_refusals_total(const LoaRefusals *self);

void loa_refusals_free(LoaRefusals *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaRefusals, loa_refusals_free)
