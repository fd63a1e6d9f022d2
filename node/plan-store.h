/* SPDX-License-Identifier: Apache-2.0 */
/*
 * node/plan-store.h - the plan on the node's disk: the signed envelope just as it was received.
 *
 * What is read back is proven like something from the network: a disk is no more trusted than a
 * broker. Thread: any, blocks on the disk.
 */
#pragma once

#include "wire/plan.h"

typedef struct {
	GBytes *message; /* the envelope */
	LoaPlan *plan;   /* what it says */
} LoaStoredPlan;

void loa_stored_plan_clear(LoaStoredPlan *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LoaStoredPlan, loa_stored_plan_clear)

/* Opens and decodes an envelope that came as @topic. @stored is written only on success.
 * @error: domain %LOA_WIRE_ERROR */
gboolean loa_plan_store_open_message(GBytes *message, const char *topic, const LoaKeyRing *ring,
				     LoaStoredPlan *stored,
				     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* @error: domain %G_FILE_ERROR (%G_FILE_ERROR_NOENT: there is none yet) or %LOA_WIRE_ERROR */
gboolean loa_plan_store_load(const char *path, const char *topic, const LoaKeyRing *ring,
			     LoaStoredPlan *stored, GError **error) G_GNUC_WARN_UNUSED_RESULT;

gboolean loa_plan_store_save(const char *path, GBytes *message,
			     GError **error) G_GNUC_WARN_UNUSED_RESULT;
