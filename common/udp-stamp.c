/* SPDX-License-Identifier: Apache-2.0 */
#include "common/udp-stamp.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

/* A receive stamp may be this much older than now; else the clock was set meanwhile. */
#define MAX_STAMP_AGE_NS G_GINT64_CONSTANT(1000000000)

static gint64
read_ns(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (gint64)t.tv_sec * 1000000000 + t.tv_nsec;
}

GSocket *
loa_udp_stamp_bind(GSocketAddress *address, GError **error)
{
	g_autoptr(GSocket) udp = g_socket_new(g_socket_address_get_family(address),
					      G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, error);

	if (udp == NULL)
		return NULL;
	g_socket_set_blocking(udp, FALSE);
	if (!g_socket_bind(udp, address, FALSE, error))
		return NULL;
	/* Without it the stamp is taken when we read: worse, but not wrong. */
	g_socket_set_option(udp, SOL_SOCKET, SO_TIMESTAMPNS, 1, NULL);
	return g_steal_pointer(&udp);
}

/* The kernel's stamp, or now when there is none. */
static gint64
stamp_of(struct msghdr *message)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c != NULL; c = CMSG_NXTHDR(message, c)) {
		struct timespec t;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPNS)
			continue;
		memcpy(&t, CMSG_DATA(c), sizeof t);
		return (gint64)t.tv_sec * 1000000000 + t.tv_nsec;
	}
	return read_ns(CLOCK_REALTIME);
}

gboolean
loa_udp_stamp_receive(GSocket *socket, LoaDatagram *datagram)
{
	union {
		char bytes[CMSG_SPACE(sizeof(struct timespec))];
		struct cmsghdr align;
	} control;
	struct sockaddr_storage from = { 0 };
	struct iovec part = { datagram->data, sizeof datagram->data };
	struct msghdr message = {
		.msg_name = &from,
		.msg_namelen = sizeof from,
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof control.bytes,
	};
	gssize n;

	do {
		n = recvmsg(g_socket_get_fd(socket), &message, MSG_DONTWAIT);
	} while (n < 0 && (errno == EINTR || errno == ECONNREFUSED || errno == EHOSTUNREACH));
	if (n < 0)
		return FALSE;

	gint64 now_real_ns = read_ns(CLOCK_REALTIME);
	gint64 now_mono_ns = read_ns(CLOCK_MONOTONIC);
	gint64 age_ns = now_real_ns - stamp_of(&message);

	if (age_ns < 0 || age_ns > MAX_STAMP_AGE_NS)
		age_ns = 0;
	datagram->size = (gsize)n;
	datagram->real_ns = now_real_ns - age_ns;
	datagram->mono_ns = now_mono_ns - age_ns;
	datagram->from = g_socket_address_new_from_native(&from, message.msg_namelen);
	return TRUE;
}

void
loa_udp_stamp_take_turns(GSource *source, gboolean is_more)
{
	int priority = is_more ? G_PRIORITY_DEFAULT : G_PRIORITY_HIGH;

	if (g_source_get_priority(source) != priority)
		g_source_set_priority(source, priority);
}

void
loa_datagram_clear(LoaDatagram *self)
{
	g_clear_object(&self->from);
}
