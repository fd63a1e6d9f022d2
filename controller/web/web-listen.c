/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/web/web-listen.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#include "controller/web/web-door.h"

#define MAX_WAITING 256 /* to be accepted */

/* The port of the listener with that scheme. */
static guint16
port_of(SoupServer *soup, const char *scheme)
{
	GSList *uris = soup_server_get_uris(soup);
	guint16 port = 0;

	for (GSList *l = uris; l != NULL; l = l->next)
		if (strcmp(g_uri_get_scheme(l->data), scheme) == 0)
			port = (guint16)g_uri_get_port(l->data);
	g_slist_free_full(uris, (GDestroyNotify)g_uri_unref);
	return port;
}

/* Said a second time, a socket listens deeper. */
static void
queue_more(SoupServer *soup)
{
	const int silent_s = LOA_WEB_DOOR_GUEST_S;
	GSList *listeners = soup_server_get_listeners(soup);

	for (GSList *l = listeners; l != NULL; l = l->next) {
		const int fd = g_socket_get_fd(l->data);

		if (listen(fd, MAX_WAITING) != 0 ||
		    setsockopt(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, &silent_s, sizeof silent_s) != 0)
			g_debug("listen: %s", g_strerror(errno));
	}
	g_slist_free(listeners);
}

gboolean
loa_web_listen_on_loopback(SoupServer *soup, guint16 port, guint16 *actual, GError **error)
{
	if (!soup_server_listen_local(soup, port, 0, error)) {
		g_prefix_error(error, "Cannot listen on 127.0.0.1 port %u: ", port);
		return FALSE;
	}
	queue_more(soup);
	*actual = port_of(soup, "http");
	return TRUE;
}

gboolean
loa_web_listen_with_tls(SoupServer *soup, GTlsCertificate *certificate, const char *address,
			guint16 port, guint16 *actual, GError **error)
{
	g_autoptr(GSocketAddress) where = g_inet_socket_address_new_from_string(address, port);

	g_assert(where != NULL); /* the configuration was checked */
	soup_server_set_tls_certificate(soup, certificate);
	if (!soup_server_listen(soup, where, SOUP_SERVER_LISTEN_HTTPS, error)) {
		g_prefix_error(error, "Cannot listen on %s port %u: ", address, port);
		return FALSE;
	}
	queue_more(soup);
	*actual = port_of(soup, "https");
	return TRUE;
}
