/* SPDX-License-Identifier: Apache-2.0 */
#include "node/reporter.h"

struct LoaReporter {
	gint64 acked;
	gint64 sent; /* acked <= sent <= last */
	gint64 last;
	gint64 resend_us; /* when everything from acked on is sent again */
	gint64 wait_us;   /* between the last sending and that */
	gboolean is_connected;
};

LoaReporter *
loa_reporter_new(gint64 acked, gint64 last)
{
	LoaReporter *self = g_new0(LoaReporter, 1);

	self->acked = self->sent = acked;
	self->last = MAX(last, acked);
	self->resend_us = G_MAXINT64;
	self->wait_us = LOA_REPORTER_RESEND_US;
	return self;
}

void
loa_reporter_connected(LoaReporter *self)
{
	self->is_connected = TRUE;
	self->sent = self->acked;
	self->wait_us = LOA_REPORTER_RESEND_US;
	self->resend_us = G_MAXINT64;
}

void
loa_reporter_disconnected(LoaReporter *self)
{
	self->is_connected = FALSE;
}

void
loa_reporter_set_last(LoaReporter *self, gint64 last)
{
	self->last = MAX(self->last, last);
}

gboolean
loa_reporter_ack(LoaReporter *self, gint64 seq, gint64 now_us)
{
	if (seq > self->last || seq < 0)
		return FALSE;
	if (seq <= self->acked)
		return TRUE;
	self->acked = seq;
	self->sent = MAX(self->sent, seq);
	/* the line and the controller are alive: be patient from the start again */
	self->wait_us = LOA_REPORTER_RESEND_US;
	self->resend_us = self->sent > self->acked ? now_us + self->wait_us : G_MAXINT64;
	return TRUE;
}

gboolean
loa_reporter_next(LoaReporter *self, gint64 now_us, gint64 *from, guint *n)
{
	if (!self->is_connected)
		return FALSE;
	if (now_us >= self->resend_us) {
		self->sent = self->acked;
		self->wait_us = MIN(self->wait_us * 2, LOA_REPORTER_RESEND_MAX_US);
		self->resend_us = G_MAXINT64;
	}

	gint64 limit = MIN(self->last, self->acked + LOA_REPORTER_MAX_IN_FLIGHT);

	/* resend_us without anything on its way: the last sending failed, so wait */
	if (self->sent >= limit || (self->sent == self->acked && self->resend_us != G_MAXINT64))
		return FALSE;
	*from = self->sent + 1;
	*n = (guint)MIN(limit - self->sent, LOA_REPORT_MAX_ENTRIES);
	return TRUE;
}

void
loa_reporter_sent(LoaReporter *self, gint64 seq, gint64 now_us)
{
	self->sent = CLAMP(seq, self->sent, self->last);
	self->resend_us = now_us + self->wait_us;
}

void
loa_reporter_failed(LoaReporter *self, gint64 now_us)
{
	self->sent = self->acked;
	self->resend_us = now_us + self->wait_us;
}

gint64
loa_reporter_due_us(const LoaReporter *self)
{
	return self->is_connected ? self->resend_us : G_MAXINT64;
}

gint64
loa_reporter_n_unacked(const LoaReporter *self)
{
	return self->last - self->acked;
}

void
loa_reporter_free(LoaReporter *self)
{
	g_free(self);
}
