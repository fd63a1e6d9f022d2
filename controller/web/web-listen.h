/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/web/web-listen.h - where the server listens: loopback without TLS, the network with
 * it.
 *
 * More connections may wait to be accepted than GLib's ten, or whoever makes many would have the
 * others wait for a second and more until their system asks again; and the system hands one over
 * when something was said on it: who is silent costs nothing. Thread: main.
 */
#pragma once

#include <libsoup/soup.h>

/* One port on both loopback addresses; a machine without IPv6 has one of them. @port: 0: a free
 * one; @actual: (out) */
gboolean loa_web_listen_on_loopback(SoupServer *soup, guint16 port, guint16 *actual,
				    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* @address: an address of this machine */
gboolean loa_web_listen_with_tls(SoupServer *soup, GTlsCertificate *certificate,
				 const char *address, guint16 port, guint16 *actual,
				 GError **error) G_GNUC_WARN_UNUSED_RESULT;
