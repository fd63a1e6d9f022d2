/* SPDX-License-Identifier: Apache-2.0 */
/*
 * common/interval.h - a stretch of site time.
 */
#pragma once

#include <glib.h>

/* Half-open: from_us <= t < to_us. */
typedef struct {
	gint64 from_us;
	gint64 to_us;
} LoaInterval;
