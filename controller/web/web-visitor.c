/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/web/web-visitor.h"

#include <string.h>

#include "controller/web/web-guard.h"

static const char *
header(SoupServerMessage *message, const char *name)
{
	return soup_message_headers_get_one(soup_server_message_get_request_headers(message), name);
}

static char *
address_of(SoupServerMessage *message)
{
	GSocketAddress *address = soup_server_message_get_remote_address(message);

	return address != NULL && G_IS_INET_SOCKET_ADDRESS(address)
		       ? g_inet_address_to_string(
				 g_inet_socket_address_get_address(G_INET_SOCKET_ADDRESS(address)))
		       : g_strdup("");
}

gboolean
loa_web_visitor_init(LoaWebVisitor *self, const LoaWebKeys *keys, SoupServerMessage *message)
{
	const char *authorization = header(message, "Authorization");

	*self = (LoaWebVisitor){ .caller = loa_caller_nobody, .address = address_of(message) };
	self->caller.address = self->address;
	if (authorization != NULL) {
		self->is_token = loa_web_guard_bearer_matches(authorization, keys->token);
		if (self->is_token)
			self->caller = loa_caller_token;
		self->caller.address = self->address;
		return self->is_token;
	}
	if (keys->access == NULL)
		return TRUE;

	g_autofree char *cookie =
		loa_web_guard_cookie(header(message, "Cookie"), keys->cookie_name);

	self->signed_in =
		cookie != NULL ? loa_access_find(keys->access, cookie, self->address) : NULL;
	if (self->signed_in != NULL)
		self->caller = self->signed_in->caller;
	return TRUE;
}

static gboolean
is_reading(SoupServerMessage *message)
{
	const char *method = soup_server_message_get_method(message);

	return strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
}

LoaWebRefusal
loa_web_visitor_check(const LoaWebVisitor *self, const LoaWebRoute *route,
		      SoupServerMessage *message)
{
	const gboolean is_open = route != NULL && route->right == LOA_RIGHT_ANYONE;

	if (self->is_token)
		return (LoaWebRefusal){ 0 };
	if (!loa_web_guard_is_same_origin(header(message, "Origin"),
					  header(message, "Sec-Fetch-Site"),
					  header(message, "Host")))
		return (LoaWebRefusal){ 403, "forbidden-origin",
					"A page of another address asked for this: open the "
					"controller's own page" };
	if (is_open)
		return (LoaWebRefusal){ 0 };
	if (self->signed_in == NULL)
		return (LoaWebRefusal){
			401, "unauthorized",
			"Sign in first (programs send Authorization: Bearer and the "
			"token of the controller's token file)"
		};
	if (!is_reading(message) && !loa_web_guard_secrets_equal(header(message, "X-Loa-CSRF"),
								 self->signed_in->session->csrf))
		return (LoaWebRefusal){ 403, "forbidden-origin",
					"This page is out of date: load it again" };
	if (self->signed_in->user->must_change && (route == NULL || route->right != LOA_RIGHT_OWN))
		return (LoaWebRefusal){ 403, "password-change-needed",
					"Choose a password of your own first" };
	return (LoaWebRefusal){ 0 };
}

void
loa_web_visitor_clear(LoaWebVisitor *self)
{
	loa_signed_in_free(self->signed_in);
	g_free(self->address);
	*self = (LoaWebVisitor){ .caller = loa_caller_nobody };
}
