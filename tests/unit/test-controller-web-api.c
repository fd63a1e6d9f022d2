/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "controller/web-api.h"

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

static void
every_route_and_every_name_stands_in_the_document(void **state)
{
	(void)state;
	g_autofree char *text = NULL;
	gsize n_routes;
	const LoaWebRoute *routes = loa_web_api_routes(&n_routes);

	assert_true(g_file_get_contents("docs/api.md", &text, NULL, NULL));
	for (gsize i = 0; i < n_routes; i++) {
		g_auto(GStrv) parts = g_strsplit(routes[i].pattern, "*", -1);
		g_autofree char *path = g_strjoinv("ID", parts);
		g_autofree char *heading = g_strdup_printf("\n## %s %s", routes[i].method, path);
		const char *section = strstr(text, heading);

		assert_non_null(section);

		const char *end = strstr(section + 1, "\n## ");
		g_autofree char *body =
			g_strndup(section, end != NULL ? (gsize)(end - section) : strlen(section));
		g_autofree char *names = g_strconcat(routes[i].query, " ", routes[i].members, NULL);
		g_auto(GStrv) words = g_strsplit(names, " ", -1);

		for (gsize w = 0; words[w] != NULL; w++)
			assert_non_null(strstr(body, words[w]));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pattern_stands_for_one_part_of_a_path),
		cmocka_unit_test(every_route_and_every_name_stands_in_the_document),
	};

	return cmocka_run_group_tests_name("controller/web-api", tests, NULL, NULL);
}
