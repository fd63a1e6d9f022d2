/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wire/watch.h - WATCH: somebody looks at the levels, so tell them every second for a moment.
 *
 * Topic loa/SITE/watch, QoS 0, not retained, tag "loa-watch-1". It is true until a time and then
 * nothing; said again for as long as somebody looks. JSON: wire/PROTOCOL.md, section "Watch".
 * Pure. Thread: any.
 */
#pragma once

#include "wire/envelope.h"

/* It ends no later than this after now: who hears of a later end does not believe it. */
#define LOA_WATCH_MAX_US (60 * G_USEC_PER_SEC)

/* (transfer full): "loa/SITE/watch" */
char *loa_watch_topic(const char *site);

/* (transfer full): the JSON body. @until_us: site time, within that of the wire (wire/plan.h) */
GBytes *loa_watch_encode(const char *site, gint64 until_us);

/* Of @site alone. @until_us: written only on success. @error: domain %LOA_WIRE_ERROR */
gboolean loa_watch_decode(GBytes *body, const char *site, gint64 *until_us,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;
