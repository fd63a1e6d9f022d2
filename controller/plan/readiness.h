/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/plan/readiness.h - who has which airing's recording already, and so who needs its
 * channel.
 *
 * The rule is in wire/PROTOCOL.md, section "Who is ready". Pure but for what it borrows.
 * Thread: main.
 */
#pragma once

#include "controller/receivers/fleet.h"
#include "wire/plan.h"

typedef struct LoaReadiness LoaReadiness;

/* Both borrowed, outlive the object. */
LoaReadiness *loa_readiness_new(const LoaRegistry *registry, const LoaFleet *fleet);

/* @plans: (element-type LoaPlan): those that hold from now on; copied as far as needed */
void loa_readiness_set_plans(LoaReadiness *self, const GPtrArray *plans);

/* Is there a receiver that has @airing in its plan, to begin at @from_us <= t <= @to_us, and not
 * its recording? What is in no plan or has no recording needs its channel, whoever asks. */
gboolean loa_readiness_needs_channel(const LoaReadiness *self, const char *airing, gint64 from_us,
				     gint64 to_us);

typedef struct {
	guint n_ready;
	guint n_all;        /* receivers of the airing's groups that are not revoked */
	GPtrArray *missing; /* (element-type utf8): ids of the others, borrowed of the registry */
} LoaReadinessCount;

LoaReadinessCount loa_readiness_count(const LoaReadiness *self, const char *airing);
void loa_readiness_count_clear(LoaReadinessCount *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LoaReadinessCount, loa_readiness_count_clear)

void loa_readiness_free(LoaReadiness *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaReadiness, loa_readiness_free)
