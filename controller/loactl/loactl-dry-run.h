/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/loactl/loactl-dry-run.h - what loactl apply would change, without doing it.
 */
#pragma once

#include "controller/loactl/loactl-store.h"

/* @broadcasts: (element-type LoaBroadcast): files that the controller has become recordings, the
 * others stay files. Prints; EX_DATAERR when the controller finds faults. */
gboolean loa_loactl_dry_run(LoaLoactl *ctl, LoaLoactlClient *client, LoaLoactlStore *store,
			    GPtrArray *broadcasts, gboolean prune,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;
