/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/plan/plan-diff.h - what is new in a group's plan: whether anything is, and from when.
 *
 * Pure. Thread: any.
 */
#pragma once

#include "wire/plan.h"

/* Do both say the same to a receiver? Serial and time of issue apart. */
gboolean loa_plan_diff_is_same(const LoaPlan *a, const LoaPlan *b);

/* From when on a receiver that goes by @a instead of @b sounds otherwise: the start of the first
 * airing or test that only one of them has, or that they have differently, but not before @now_us;
 * what is over by then does not count. G_MAXINT64 where there is none: then only the frame of time,
 * the hours or volumes are others. Both are sorted (loa_plan_sort()). */
gint64 loa_plan_diff_from_us(const LoaPlan *a, const LoaPlan *b, gint64 now_us);

/**
 * loa_plan_diff_order:
 * @from_us: (element-type gint64): of one plan after the other
 *
 * An emergency must not wait until plans that are new in two weeks are sent.
 *
 * Returns: (transfer full) (element-type guint): all places of @from_us, those that matter soonest
 * first; among equals in their order
 */
GArray *loa_plan_diff_order(const GArray *from_us);
