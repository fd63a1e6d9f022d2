/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audio/channel-pacer.h - when which packet of one airing goes out on its channel.
 *
 * Pure: no clock, no timer, no bytes. The owner asks with the site time of now, sends what it is
 * told to send, and asks again at the time it is told:
 *
 *	while (loa_channel_pacer_next(pacer, now_us, &due))
 *		send(due.sequence, due.first_frame, due.n_frames, due.is_end);
 *	if (!loa_channel_pacer_is_done(pacer))
 *		arm_timer(loa_channel_pacer_wake_us(pacer, now_us));
 *
 * The timeline: frame i sounds at start_us + i x 20 ms; a packet is due when its first frame is,
 * minus the playout delay. Packet p always holds the frames [p x F, (p + 1) x F) and has the
 * sequence number p, so that a controller that was restarted goes on with the same packets.
 *
 *	start - delay          start - delay/2           start            end - delay
 *	 | packet 0             | all so far, again       | first sound    | END, END, END
 *	 |----- packets in real time ------------------------------------->|  (100 ms apart)
 *
 * - Opening: what was sent is sent once more half a delay after the first packet, for receivers
 *   whose subscription came late.
 * - Asked late (restart, stall, clock jump forward): packets that no receiver can play any more
 *   are left out and counted; of the rest, at most the delay's worth goes out at once.
 * - A clock that jumped back by less than the delay: silence until the next packet is due. By
 *   more: the timeline itself was moved, so sending begins anew where it is now.
 *
 * Thread: any, one object on one thread at a time.
 */
#pragma once

#include <glib.h>

#define LOA_CHANNEL_PACER_MIN_DELAY_US (150 * 1000)
#define LOA_CHANNEL_PACER_LIVE (-1)

typedef struct {
	gint64 start_us;         /* site time at which frame 0 sounds */
	gint64 n_frames;         /* whole airing, or LOA_CHANNEL_PACER_LIVE while nobody knows */
	gint64 delay_us;         /* playout delay, at least LOA_CHANNEL_PACER_MIN_DELAY_US */
	guint frames_per_packet; /* 0: as loa_channel_pacer_frames_per_packet() says */
} LoaChannelPacerConfig;

/* One packet to send now. END carries no frames: first_frame is the airing's length. */
typedef struct {
	guint32 sequence;
	gint64 first_frame;
	guint n_frames;
	gboolean is_end;
	gboolean is_repeat; /* sent before with the same bytes */
} LoaChannelPacerDue;

typedef struct {
	gint64 n_packets;  /* told to send, repeats and END included */
	gint64 n_repeats;  /* of these, data sent before */
	gint64 n_skipped;  /* frames left out because their time was over */
	gint64 n_restarts; /* times the place was found anew: clock jumped back, reopened */
} LoaChannelPacerStats;

typedef struct LoaChannelPacer LoaChannelPacer;

/* At most 10 frames (200 ms), never more than a third of the delay, at least one. */
guint loa_channel_pacer_frames_per_packet(gint64 delay_us);

LoaChannelPacer *loa_channel_pacer_new(const LoaChannelPacerConfig *config);

/* Live: frames [0, @n_frames) are there now. A packet goes out when it is whole. Never falls. */
void loa_channel_pacer_set_available(LoaChannelPacer *self, gint64 n_frames);

/* Live: the airing ends after @n_frames, which are all there. */
void loa_channel_pacer_set_end(LoaChannelPacer *self, gint64 n_frames);

/* Nothing but END goes out any more, and that at once; the length is what was sent so far. */
void loa_channel_pacer_stop(LoaChannelPacer *self);

/* The way to the receivers was cut (broker restart): what is still playable of what was sent
 * goes out again, and once more half a delay later. */
void loa_channel_pacer_reopen(LoaChannelPacer *self);

/* %TRUE and @due (out caller-allocates): one packet to send now; ask again at once. %FALSE:
 * nothing now. */
gboolean loa_channel_pacer_next(LoaChannelPacer *self, gint64 now_us,
				LoaChannelPacerDue *due) G_GNUC_WARN_UNUSED_RESULT;

/* When to ask next: never more than a second ahead, so that a jump of the clock is noticed.
 * G_MAXINT64 when done. */
gint64 loa_channel_pacer_wake_us(const LoaChannelPacer *self, gint64 now_us);

/* END went out three times: nothing will ever be due again. */
gboolean loa_channel_pacer_is_done(const LoaChannelPacer *self);

LoaChannelPacerStats loa_channel_pacer_stats(const LoaChannelPacer *self);

void loa_channel_pacer_free(LoaChannelPacer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaChannelPacer, loa_channel_pacer_free)
