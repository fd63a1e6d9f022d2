/* SPDX-License-Identifier: Apache-2.0 */
/*
 * node/feed.h - keeps the voice of one airing supplied, from wherever its frames can be had.
 *
 * The channel's frames lie in a store (frame-store.h); a stored recording, where there is one,
 * comes first. Both hold the very same Opus packets, so either may take over at any frame.
 * Thread: main.
 */
#pragma once

#include "audio/opus-file.h"
#include "audio/voice.h"
#include "node/frame-store.h"
#include "wire/plan.h"

typedef struct LoaFeed LoaFeed;

/* @budget: borrowed, outlives the feed */
LoaFeed *loa_feed_new(const LoaAiring *airing, LoaFrameBudget *budget);

/* (transfer none): what the player plays */
LoaVoice *loa_feed_voice(LoaFeed *self);

/* @file: (transfer full): the recording, complete and proven; it is the airing's by its hash */
void loa_feed_take_file(LoaFeed *self, LoaOpusFile *file);
gboolean loa_feed_has_file(const LoaFeed *self);

/* One proven packet of this airing's channel. */
void loa_feed_packet(LoaFeed *self, const LoaPacket *packet);

/* Playing will begin or go on at @media_sample; only while no cue names the voice. */
void loa_feed_seek(LoaFeed *self, gint64 media_sample);
/* It is not being played, and will not be before @media_sample: what is older may go. */
void loa_feed_wait(LoaFeed *self, gint64 media_sample);
/* Puts what the voice has room for. At least twice a second while it plays. */
void loa_feed_pump(LoaFeed *self);

/* The length that the channel's END told; -1 while unknown. */
gint64 loa_feed_told_samples(const LoaFeed *self);
/* Packets that came after their time. */
gint64 loa_feed_n_late(const LoaFeed *self);
/* Packets for which there was no room. */
gint64 loa_feed_n_unkept(const LoaFeed *self);

void loa_feed_free(LoaFeed *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaFeed, loa_feed_free)
