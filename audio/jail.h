/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audio/jail.h - what a program that decodes foreign bytes may still do: compute, read and write
 * files. A decoder that was taken over reaches no network, starts no program and signals nobody.
 *
 * Three steps of one main():
 *
 *	loa_jail_leave_network()  first, while there is one thread: an empty network of its own,
 *where the kernel and the service manager allow it (they need not) loa_jail_limit() memory, CPU
 *time, size and number of files, no core dumps loa_jail_lock()           last, when GStreamer has
 *its plugins: no new privileges, and a seccomp filter over all threads that refuses sockets,
 *programs and the rest with EPERM. This is the part that must work.
 *
 * The wall clock is the parent's: it kills the child.
 */
#pragma once

#include <gio/gio.h>

typedef struct {
	guint64 cpu_s;
	guint64 max_file_bytes; /* of each file that it writes */
} LoaJailLimits;

/* Best effort. %TRUE if there is no network now but an empty one. */
gboolean loa_jail_leave_network(void);

/* %FALSE: the system refused. */
gboolean loa_jail_limit(const LoaJailLimits *limits) G_GNUC_WARN_UNUSED_RESULT;

/* %FALSE: the system refused; nothing foreign may be opened then. */
gboolean loa_jail_lock(void) G_GNUC_WARN_UNUSED_RESULT;
