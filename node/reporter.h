/* SPDX-License-Identifier: Apache-2.0 */
/*
 * node/reporter.h - which journal entries to send now.
 *
 * In order, at once when there are new ones, again LOA_REPORTER_RESEND_US after the last sending
 * while the acknowledgement is missing (doubling up to LOA_REPORTER_RESEND_MAX_US), and at once
 * after every reconnect. At most LOA_REPORTER_MAX_IN_FLIGHT entries are on their way, so that a
 * month of outcomes does not choke a slow line. Pure; times on CLOCK_MONOTONIC. Thread: any, one
 * object on one thread at a time.
 */
#pragma once

#include "wire/report.h"

#define LOA_REPORTER_RESEND_US (5 * G_USEC_PER_SEC)
#define LOA_REPORTER_RESEND_MAX_US (120 * G_USEC_PER_SEC)
#define LOA_REPORTER_MAX_IN_FLIGHT (4 * LOA_REPORT_MAX_ENTRIES)

typedef struct LoaReporter LoaReporter;

/* @acked: the controller has everything up to here; @last: the newest entry, 0: none. */
LoaReporter *loa_reporter_new(gint64 acked, gint64 last);

void loa_reporter_connected(LoaReporter *self);
void loa_reporter_disconnected(LoaReporter *self);
/* The newest entry in the journal now. */
void loa_reporter_set_last(LoaReporter *self, gint64 last);
/* %FALSE for a number that was never given out: then nothing changes. */
gboolean loa_reporter_ack(LoaReporter *self, gint64 seq, gint64 now_us);

/**
 * loa_reporter_next:
 * @from: (out): first entry to send
 * @n: (out): at most how many
 *
 * Returns: %TRUE if something is to be sent now. Say how far it went with loa_reporter_sent(),
 * then ask again.
 */
gboolean loa_reporter_next(LoaReporter *self, gint64 now_us, gint64 *from, guint *n);
/* Entries up to @seq are on their way. */
void loa_reporter_sent(LoaReporter *self, gint64 seq, gint64 now_us);
/* Sending failed on the spot: try again after the resend time. */
void loa_reporter_failed(LoaReporter *self, gint64 now_us);

/* When to ask again without an event; G_MAXINT64: only after an event. */
gint64 loa_reporter_due_us(const LoaReporter *self);
gint64 loa_reporter_n_unacked(const LoaReporter *self);

void loa_reporter_free(LoaReporter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaReporter, loa_reporter_free)
