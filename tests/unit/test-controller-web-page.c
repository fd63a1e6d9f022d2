/* SPDX-License-Identifier: Apache-2.0 */
/* The page's own files: what they name is there, and every text is there in both languages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <glib.h>

#define PAGE "controller/page/"

static char *
read_file(const char *name)
{
	g_autofree char *path = g_strconcat(PAGE, name, NULL);
	char *text = NULL;

	assert_true(g_file_get_contents(path, &text, NULL, NULL));
	return text;
}

/* (transfer full): the first groups of every match, each once */
static GHashTable *
find_all(const char *text, const char *pattern)
{
	GHashTable *found = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GRegex) regex = g_regex_new(pattern, G_REGEX_MULTILINE, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;

	assert_non_null(regex);
	for (g_regex_match(regex, text, 0, &match); g_match_info_matches(match);
	     g_match_info_next(match, NULL))
		g_hash_table_add(found, g_match_info_fetch(match, 1));
	return found;
}

static void
assert_all_in(GHashTable *names, GHashTable *known)
{
	GHashTableIter iter;
	gpointer name;

	assert_true(g_hash_table_size(names) > 0);
	g_hash_table_iter_init(&iter, names);
	while (g_hash_table_iter_next(&iter, &name, NULL)) {
		if (!g_hash_table_contains(known, name))
			print_error("missing: %s\n", (char *)name);
		assert_true(g_hash_table_contains(known, name));
	}
}

static void
every_file_that_the_page_names_is_there(void **state)
{
	(void)state;
	static const struct {
		const char *file, *pattern;
	} cases[] = {
		{ "index.html", "(?:href|src)=\"([^\"]+)\"" },
		{ "main.js", "from \"\\./([^\"]+)\"" },
		{ "view.js", "from \"\\./([^\"]+)\"" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text = read_file(cases[i].file);
		g_autoptr(GHashTable) names = find_all(text, cases[i].pattern);
		GHashTableIter iter;
		gpointer name;

		assert_true(g_hash_table_size(names) > 0);
		g_hash_table_iter_init(&iter, names);
		while (g_hash_table_iter_next(&iter, &name, NULL))
			g_free(read_file(name));
	}
}

static void
every_text_is_there_in_both_languages(void **state)
{
	(void)state;
	g_autofree char *strings = read_file("strings.js");
	g_autofree char *view = read_file("view.js");
	g_autofree char *main_js = read_file("main.js");
	g_autofree char *html = read_file("index.html");
	g_autofree char *scripts = g_strconcat(view, main_js, NULL);
	g_autoptr(GHashTable) keys = find_all(strings, "^  (\\w+): \\[\"");
	g_autoptr(GHashTable) pairs =
		find_all(strings, "^  (\\w+): \\[\"[^\"]+\",\\s+\"[^\"]+\"\\],$");
	g_autoptr(GHashTable) in_scripts = find_all(scripts, "(?:text|empty|cell)\\(\"(\\w+)\"");
	g_autoptr(GHashTable) in_html = find_all(html, "data-text=\"(\\w+)\"");

	assert_all_in(keys, pairs);
	assert_all_in(in_scripts, pairs);
	assert_all_in(in_html, pairs);
}

static void
every_word_of_the_api_has_a_text(void **state)
{
	(void)state;
	static const char *const words[] = {
		"class_normal",   "class_priority", "class_emergency", "result_completed",
		"result_partial", "result_missed",  "result_refused",  "result_preempted",
		"result_stopped", "result_failed",  "clock_untrusted", "clock_holdover",
		"clock_synced",   "output_closed",  "output_open",     "output_failed",
	};
	g_autofree char *strings = read_file("strings.js");
	g_autoptr(GHashTable) keys = find_all(strings, "^  (\\w+): \\[\"");

	for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
		assert_true(g_hash_table_contains(keys, words[i]));
}

static void
nothing_on_the_page_is_run_from_a_text(void **state)
{
	(void)state;
	static const char *const files[] = { "index.html", "main.js", "view.js", "api.js",
					     "strings.js" };
	static const char *const dangers[] = {
		"innerHTML", "insertAdjacentHTML", "eval(",   "document.write",
		" style=\"", " onclick=",          "http://", "https://"
	};

	for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
		g_autofree char *text = read_file(files[i]);

		for (gsize d = 0; d < G_N_ELEMENTS(dangers); d++)
			assert_null(strstr(text, dangers[d]));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_file_that_the_page_names_is_there),
		cmocka_unit_test(every_text_is_there_in_both_languages),
		cmocka_unit_test(every_word_of_the_api_has_a_text),
		cmocka_unit_test(nothing_on_the_page_is_run_from_a_text),
	};

	return cmocka_run_group_tests_name("controller/page", tests, NULL, NULL);
}
