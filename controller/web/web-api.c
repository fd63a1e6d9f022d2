/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/web/web-api.h"

#include <string.h>

#include "controller/web/web-routes.h"

static void
append_table(GArray *all, const LoaWebRoute *table)
{
	gsize n = 0;

	while (table[n].method != NULL)
		n++;
	g_array_append_vals(all, table, (guint)n);
}

const LoaWebRoute *
loa_web_api_routes(gsize *n_routes)
{
	static const LoaWebRoute *const tables[] = {
		/* a line each, so that branches meet without a quarrel */
		/* clang-format off */
		loa_web_routes_air,
		loa_web_routes_timetable, loa_web_routes_rules,
		loa_web_routes_content,
		loa_web_routes_recordings,
		loa_web_routes_takes,
		loa_web_routes_emergency,
		loa_web_routes_nodes,
		loa_web_routes_access,
		loa_web_routes_record,
		/* clang-format on */
	};
	static GArray *all;

	if (g_once_init_enter(&all)) {
		GArray *joined = g_array_new(FALSE, FALSE, sizeof(LoaWebRoute));

		for (gsize i = 0; i < G_N_ELEMENTS(tables); i++)
			append_table(joined, tables[i]);
		g_once_init_leave(&all, joined);
	}
	*n_routes = all->len;
	return (const LoaWebRoute *)(gpointer)all->data;
}

/* '*' stands for at least one character, and never for a '/'. */
static gboolean
path_matches(const char *pattern, const char *path, char **param)
{
	const char *star = strchr(pattern, '*');

	if (star == NULL)
		return strcmp(pattern, path) == 0;

	const gsize before = (gsize)(star - pattern);

	if (strncmp(pattern, path, before) != 0)
		return FALSE;

	const gsize n = strcspn(path + before, "/");

	if (n == 0 || strcmp(path + before + n, star + 1) != 0)
		return FALSE;
	*param = g_strndup(path + before, n);
	return TRUE;
}

LoaWebMatch
loa_web_api_match(const char *method, const char *path, const LoaWebRoute **route, char **param,
		  char **allow)
{
	const char *wanted = strcmp(method, "HEAD") == 0 ? "GET" : method;
	g_autoptr(GString) methods = g_string_new(NULL);
	gsize n_routes;
	const LoaWebRoute *routes = loa_web_api_routes(&n_routes);

	for (gsize i = 0; i < n_routes; i++) {
		g_autofree char *found = NULL;

		if (!path_matches(routes[i].pattern, path, &found))
			continue;
		if (strcmp(routes[i].method, wanted) == 0) {
			*route = &routes[i];
			*param = g_steal_pointer(&found);
			return LOA_WEB_FOUND;
		}
		g_string_append_printf(methods, "%s%s", methods->len > 0 ? ", " : "",
				       routes[i].method);
	}
	if (methods->len == 0)
		return LOA_WEB_NO_PATH;
	*allow = g_string_free(g_steal_pointer(&methods), FALSE);
	return LOA_WEB_NO_METHOD;
}

static gboolean
names_are_known(GList *names, const char *known, const char *where, GError **error)
{
	g_auto(GStrv) allowed = g_strsplit(known, " ", -1);

	for (GList *l = names; l != NULL; l = l->next) {
		if (g_strv_contains((const char *const *)allowed, l->data))
			continue;
		g_set_error(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_BAD_REQUEST,
			    "%s has a name that is not known here; known: %s", where,
			    *known != '\0' ? known : "none");
		return FALSE;
	}
	return TRUE;
}

gboolean
loa_web_api_allows(const LoaWebRoute *route, const LoaCaller *caller, GError **error)
{
	if (loa_caller_may(caller, route->right))
		return TRUE;
	g_set_error(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_FORBIDDEN,
		    "This needs the right \"%s\", which %s does not have: an administrator can "
		    "give it",
		    loa_right_name(route->right),
		    *caller->name != '\0' ? caller->name : "this account");
	return FALSE;
}

JsonNode *
loa_web_api_run(const LoaWebRoute *route, LoaWebCall *call, GError **error)
{
	g_autoptr(GList) in_query = call->query != NULL ? g_hash_table_get_keys(call->query) : NULL;
	g_autoptr(GList) in_body =
		call->body != NULL ? json_object_get_members(loa_json_reader_root(call->body))
				   : NULL;

	if (!loa_web_api_allows(route, call->caller, error))
		return NULL;
	if (!names_are_known(in_query, route->query, "The query", error) ||
	    !names_are_known(in_body, route->members, "The body", error))
		return NULL;
	return route->run(call, error);
}
