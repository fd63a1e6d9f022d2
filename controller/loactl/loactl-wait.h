/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/loactl/loactl-wait.h - waits until every receiver that should speak has said how it
 * went.
 */
#pragma once

#include "controller/loactl/loactl-context.h"

/**
 * loa_loactl_wait:
 * @airing: the answer to /play: {airing, start_us, duration_ms, groups}
 * @patience_s: how long beyond its end to wait for the last report
 *
 * Prints each outcome as it comes, or with --json all at the end. Receivers that are known and
 * not revoked count, those that are offline too.
 *
 * Returns: %TRUE if all of them completed it; else an error with exit code 1
 */
gboolean loa_loactl_wait(LoaLoactl *ctl, JsonObject *airing, guint patience_s,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;
