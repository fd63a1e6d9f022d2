/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "controller/web/web-api.h"

static void
a_pattern_stands_for_one_part_of_a_path(void **state)
{
	(void)state;
	static const struct {
		const char *method, *path;
		LoaWebMatch match;
		const char *param;
	} cases[] = {
		{ "GET", "/api/v1/jobs/a", LOA_WEB_FOUND, "a" },
		{ "HEAD", "/api/v1/jobs/a", LOA_WEB_FOUND, "a" },
		{ "POST", "/api/v1/nodes/cum-1/revoke", LOA_WEB_FOUND, "cum-1" },
		{ "GET", "/api/v1/nodes/cum-1/revoke", LOA_WEB_NO_METHOD, NULL },
		{ "GET", "/api/v1/jobs/", LOA_WEB_NO_PATH, NULL },
		{ "GET", "/api/v1/jobs", LOA_WEB_NO_PATH, NULL },
		{ "GET", "/api/v1/jobs/a/", LOA_WEB_NO_PATH, NULL },
		{ "GET", "/api/v1/jobs/a/b", LOA_WEB_NO_PATH, NULL },
		{ "POST", "/api/v1/nodes//revoke", LOA_WEB_NO_PATH, NULL },
		{ "POST", "/api/v1/nodes/a/b/revoke", LOA_WEB_NO_PATH, NULL },
		{ "POST", "/api/v1/nodes/a/revokex", LOA_WEB_NO_PATH, NULL },
		{ "GET", "/api/v1/status/", LOA_WEB_NO_PATH, NULL },
		{ "GET", "/api/v1/statu", LOA_WEB_NO_PATH, NULL },
		{ "get", "/api/v1/status", LOA_WEB_NO_METHOD, NULL },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		const LoaWebRoute *route = NULL;
		g_autofree char *param = NULL, *allow = NULL;

		assert_int_equal(
			loa_web_api_match(cases[i].method, cases[i].path, &route, &param, &allow),
			cases[i].match);
		if (cases[i].param != NULL)
			assert_string_equal(param, cases[i].param);
		else
			assert_null(param);
		assert_int_equal(route != NULL, cases[i].match == LOA_WEB_FOUND);
		assert_int_equal(allow != NULL, cases[i].match == LOA_WEB_NO_METHOD);
	}
}

static const char *
body_name(LoaWebBody body)
{
	switch (body) {
	case LOA_WEB_BODY_NONE:
		return "none";
	case LOA_WEB_BODY_JSON:
		return "json";
	case LOA_WEB_BODY_AUDIO:
		return "audio";
	case LOA_WEB_BODY_EVENTS:
		return "events";
	}
	return NULL;
}

/* One line of JSON a route: what the document must say as well. */
static char *
list_routes(void)
{
	GString *lines = g_string_new(NULL);
	gsize n_routes;
	const LoaWebRoute *routes = loa_web_api_routes(&n_routes);

	for (gsize i = 0; i < n_routes; i++)
		g_string_append_printf(lines,
				       "{\"method\":\"%s\",\"pattern\":\"%s\",\"right\":\"%s\","
				       "\"body\":\"%s\",\"status\":%u,\"query\":\"%s\","
				       "\"members\":\"%s\"}\n",
				       routes[i].method, routes[i].pattern,
				       loa_right_name(routes[i].right), body_name(routes[i].body),
				       routes[i].status, routes[i].query, routes[i].members);
	return g_string_free(lines, FALSE);
}

static void
the_document_has_every_route_as_it_is_and_no_other(void **state)
{
	(void)state;
	g_autofree char *routes = list_routes(), *faults = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(GSubprocess) checker = g_subprocess_new(
		G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error,
		"/usr/bin/python3", "-B", "tests/support/api_document.py", NULL);

	if (checker == NULL ||
	    !g_subprocess_communicate_utf8(checker, routes, NULL, &faults, NULL, &error))
		fail_msg("%s", error->message);
	if (!g_subprocess_get_successful(checker))
		fail_msg("\n%s", *faults != '\0' ? faults : "docs/api.yaml could not be read");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pattern_stands_for_one_part_of_a_path),
		cmocka_unit_test(the_document_has_every_route_as_it_is_and_no_other),
	};

	return cmocka_run_group_tests_name("controller/web-api", tests, NULL, NULL);
}
