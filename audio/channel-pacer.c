/* SPDX-License-Identifier: Apache-2.0 */
#include "audio/channel-pacer.h"

#define FRAME_US 20000
#define MAX_FRAMES_PER_PACKET 10
#define END_INTERVAL_US (100 * 1000)
#define N_ENDS 3
#define MAX_SLEEP_US G_USEC_PER_SEC
#define NEVER G_MAXINT64

struct LoaChannelPacer {
	gint64 start_us;
	gint64 delay_us;
	gint64 packet_us;
	guint frames_per_packet;
	gint64 n_available; /* live: frames that are there; else all of them */
	gint64 n_frames;    /* LOA_CHANNEL_PACER_LIVE until the end is known */
	gboolean is_stopped;

	gint64 next;   /* packets before this one were sent or left out */
	gint64 n_told; /* frames [0, n_told) may be known to a receiver */
	gint64 opened; /* the first packet sent since the opening, -1: none yet */
	gint64 repeat_at_us;
	gint64 repeat_next; /* [repeat_next, repeat_end) goes out again now */
	gint64 repeat_end;

	guint n_ends;
	gint64 next_end_us;
	LoaChannelPacerStats stats;
};

guint
loa_channel_pacer_frames_per_packet(gint64 delay_us)
{
	return (guint)CLAMP(delay_us / 3 / FRAME_US, 1, MAX_FRAMES_PER_PACKET);
}

LoaChannelPacer *
loa_channel_pacer_new(const LoaChannelPacerConfig *config)
{
	g_return_val_if_fail(config->delay_us >= LOA_CHANNEL_PACER_MIN_DELAY_US, NULL);
	g_return_val_if_fail(config->n_frames >= LOA_CHANNEL_PACER_LIVE, NULL);

	LoaChannelPacer *self = g_new0(LoaChannelPacer, 1);

	self->start_us = config->start_us;
	self->delay_us = config->delay_us;
	self->frames_per_packet = config->frames_per_packet;
	if (self->frames_per_packet == 0)
		self->frames_per_packet = loa_channel_pacer_frames_per_packet(config->delay_us);
	self->packet_us = (gint64)self->frames_per_packet * FRAME_US;
	self->n_frames = config->n_frames;
	self->n_available = MAX(config->n_frames, 0);
	self->opened = -1;
	self->repeat_at_us = NEVER;
	return self;
}

void
loa_channel_pacer_free(LoaChannelPacer *self)
{
	g_free(self);
}

/* Packets that can be sent at all: whole ones, and the short last one once the end is known. */
static gint64
n_packets(const LoaChannelPacer *self)
{
	gint64 per = self->frames_per_packet;

	if (self->n_frames == LOA_CHANNEL_PACER_LIVE)
		return self->n_available / per;
	return (self->n_frames + per - 1) / per;
}

static gint64
send_us(const LoaChannelPacer *self, gint64 packet)
{
	return self->start_us - self->delay_us + packet * self->packet_us;
}

/* The first packet that is not yet due. */
static gint64
due_end(const LoaChannelPacer *self, gint64 now_us)
{
	gint64 since_us = now_us - send_us(self, 0);

	if (since_us < 0)
		return 0;
	return MIN(since_us / self->packet_us + 1, n_packets(self));
}

/* The first packet of which at least a part lies ahead; n_packets() when all is over. */
static gint64
place(const LoaChannelPacer *self, gint64 now_us)
{
	gint64 since_us = now_us - self->start_us;

	if (since_us < 0)
		return 0;
	if (self->n_frames != LOA_CHANNEL_PACER_LIVE && since_us >= self->n_frames * FRAME_US)
		return n_packets(self);
	return since_us / self->packet_us;
}

static gint64
first_frame_of(const LoaChannelPacer *self, gint64 packet)
{
	gint64 frame = packet * self->frames_per_packet;

	return self->n_frames == LOA_CHANNEL_PACER_LIVE ? frame : MIN(frame, self->n_frames);
}

void
loa_channel_pacer_set_available(LoaChannelPacer *self, gint64 n_frames)
{
	if (self->n_frames == LOA_CHANNEL_PACER_LIVE)
		self->n_available = MAX(self->n_available, n_frames);
}

void
loa_channel_pacer_set_end(LoaChannelPacer *self, gint64 n_frames)
{
	g_return_if_fail(n_frames >= 0);

	if (self->n_frames != LOA_CHANNEL_PACER_LIVE)
		return;
	/* a receiver must never learn of an end before frames that it was sent */
	self->n_frames = MAX(n_frames, self->n_told);
	self->n_available = self->n_frames;
}

void
loa_channel_pacer_stop(LoaChannelPacer *self)
{
	if (self->is_stopped || self->n_ends > 0)
		return;
	self->is_stopped = TRUE;
	self->n_frames = self->n_told;
	self->n_available = self->n_frames;
	self->repeat_at_us = NEVER;
	self->repeat_next = self->repeat_end;
}

void
loa_channel_pacer_reopen(LoaChannelPacer *self)
{
	if (self->n_ends > 0)
		self->n_ends = 0;
	if (self->opened < 0 || self->is_stopped)
		return;
	self->stats.n_restarts++;
	self->opened = -1;
	self->repeat_next = 0; /* follow_clock() leaves out what is over */
	self->repeat_end = self->next;
}

/* Finds the place anew where the clock says that packets were passed over or lie far ahead. */
static void
follow_clock(LoaChannelPacer *self, gint64 now_us)
{
	gint64 here = place(self, now_us);

	if (self->next < here) {
		self->stats.n_skipped +=
			first_frame_of(self, here) - first_frame_of(self, self->next);
		self->next = here;
	}
	self->repeat_next = MIN(MAX(self->repeat_next, here), self->repeat_end);

	if (self->is_stopped || self->n_ends > 0 || self->next <= here ||
	    send_us(self, self->next) - now_us <= self->delay_us + self->packet_us)
		return;
	self->stats.n_restarts++;
	self->next = here;
	self->opened = -1;
	self->repeat_at_us = NEVER;
	self->repeat_next = self->repeat_end = 0;
}

static void
tell_data(LoaChannelPacer *self, gint64 packet, gint64 now_us, gboolean is_repeat,
	  LoaChannelPacerDue *due)
{
	gint64 first = first_frame_of(self, packet);

	if (self->opened < 0) {
		self->opened = packet;
		self->repeat_at_us = now_us + self->delay_us / 2;
	}
	due->sequence = (guint32)packet;
	due->first_frame = first;
	due->n_frames = (guint)(first_frame_of(self, packet + 1) - first);
	due->is_end = FALSE;
	due->is_repeat = is_repeat;
	self->n_told = MAX(self->n_told, first + due->n_frames);
	self->stats.n_packets++;
	self->stats.n_repeats += is_repeat ? 1 : 0;
}

static gboolean
is_end_due(LoaChannelPacer *self, gint64 now_us)
{
	if (self->n_frames == LOA_CHANNEL_PACER_LIVE || self->next < n_packets(self) ||
	    self->n_ends == N_ENDS)
		return FALSE;
	if (self->n_ends == 0)
		return self->is_stopped ||
		       now_us >= self->start_us - self->delay_us + self->n_frames * FRAME_US;
	/* after a jump backwards the interval still holds */
	self->next_end_us = MIN(self->next_end_us, now_us + END_INTERVAL_US);
	return now_us >= self->next_end_us;
}

gboolean
loa_channel_pacer_next(LoaChannelPacer *self, gint64 now_us, LoaChannelPacerDue *due)
{
	follow_clock(self, now_us);

	if (now_us >= self->repeat_at_us) {
		self->repeat_at_us = NEVER;
		self->repeat_next = MAX(self->opened, place(self, now_us));
		self->repeat_end = MAX(self->next, self->repeat_next);
		if (self->n_ends > 0)
			self->n_ends = 0; /* whoever needs the opening again needs END, too */
	}
	if (self->repeat_next < self->repeat_end) {
		tell_data(self, self->repeat_next++, now_us, TRUE, due);
		return TRUE;
	}
	if (self->next < due_end(self, now_us)) {
		tell_data(self, self->next++, now_us, FALSE, due);
		return TRUE;
	}
	if (!is_end_due(self, now_us))
		return FALSE;

	self->n_ends++;
	self->next_end_us = now_us + END_INTERVAL_US;
	self->stats.n_packets++;
	*due = (LoaChannelPacerDue){
		.sequence = (guint32)n_packets(self),
		.first_frame = self->n_frames,
		.is_end = TRUE,
		.is_repeat = self->n_ends > 1,
	};
	return TRUE;
}

gint64
loa_channel_pacer_wake_us(const LoaChannelPacer *self, gint64 now_us)
{
	gint64 wake_us = self->repeat_at_us;

	if (loa_channel_pacer_is_done(self))
		return NEVER;
	if (self->n_ends > 0 && self->n_ends < N_ENDS)
		wake_us = MIN(wake_us, self->next_end_us);
	else if (self->n_ends == 0 && self->next < n_packets(self))
		wake_us = MIN(wake_us, send_us(self, self->next));
	else if (self->n_ends == 0 && self->n_frames != LOA_CHANNEL_PACER_LIVE)
		wake_us = MIN(wake_us, self->start_us - self->delay_us + self->n_frames * FRAME_US);
	return CLAMP(wake_us, now_us, now_us + MAX_SLEEP_US);
}

gboolean
loa_channel_pacer_is_done(const LoaChannelPacer *self)
{
	return self->n_ends == N_ENDS && self->repeat_at_us == NEVER &&
	       self->repeat_next >= self->repeat_end;
}

LoaChannelPacerStats
loa_channel_pacer_stats(const LoaChannelPacer *self)
{
	return self->stats;
}
