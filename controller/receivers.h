/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/receivers.h - what receivers reach straight, not by the broker: site time over UDP
 * (time-server.h) and stored recordings over HTTP (web-mirror.h).
 *
 * A port given as 0 is a free one that is kept: it is written to a file and taken again at the next
 * start, since receivers have it in their node.cfg. Thread: main.
 */
#pragma once

#include "common/clock.h"
#include "wire/keys.h"

typedef struct LoaReceivers LoaReceivers;

/* Everything is copied but @clock and @key, which outlive the object. */
typedef struct {
	const char *site;
	const char *listen;  /* a numeric address of this machine */
	const char *address; /* what receivers call it: host name or numeric address */
	guint16 time_port;
	guint16 audio_port;
	const char *audio_dir;
	const char *ports_file; /* where ports that were given as 0 are kept */
	LoaClock *clock;
	const LoaSigningKey *key;
} LoaReceiversConfig;

/* @error: domain %G_IO_ERROR or %G_FILE_ERROR; says which port */
LoaReceivers *loa_receivers_new(const LoaReceiversConfig *config,
				GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* (transfer none): "HOST:PORT", as node.cfg's clock.controller wants it */
const char *loa_receivers_time_address(const LoaReceivers *self);
/* (transfer none): "http://HOST:PORT/audio/", as node.cfg's audio.mirrors wants it */
const char *loa_receivers_mirror_url(const LoaReceivers *self);

void loa_receivers_free(LoaReceivers *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaReceivers, loa_receivers_free)
