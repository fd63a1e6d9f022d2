/* SPDX-License-Identifier: Apache-2.0 */
/*
 * common/udp-stamp.h - datagrams with the moment the kernel received them.
 *
 * A main loop may be busy for milliseconds when a datagram comes; the kernel's receive stamp is
 * not. Thread: main.
 */
#pragma once

#include <gio/gio.h>

typedef struct {
	guint8 data[256];
	gsize size;           /* a longer datagram is cut to this */
	gint64 real_ns;       /* CLOCK_REALTIME at which the kernel had it */
	gint64 mono_ns;       /* the same moment on CLOCK_MONOTONIC */
	GSocketAddress *from; /* owned */
} LoaDatagram;

/* A non-blocking UDP socket with receive stamps switched on, bound to @address (port 0: any). */
GSocket *loa_udp_stamp_bind(GSocketAddress *address, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The next datagram, or %FALSE when none is waiting (errors on a UDP socket are somebody else's
 * ICMP: not worth more than the next read). @datagram is cleared by the caller. */
gboolean loa_udp_stamp_receive(GSocket *socket, LoaDatagram *datagram) G_GNUC_WARN_UNUSED_RESULT;

/* After each turn of the function that reads @source's socket at G_PRIORITY_HIGH. @is_more: it left
 * off with datagrams waiting. Then @source takes turns with everything else until none waits: who
 * sends faster than we read must not have the loop to himself. */
void loa_udp_stamp_take_turns(GSource *source, gboolean is_more);

void loa_datagram_clear(LoaDatagram *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LoaDatagram, loa_datagram_clear)
