/* SPDX-License-Identifier: Apache-2.0 */
/* GStreamer starts once a process: each case has a child of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <sys/wait.h>
#include <unistd.h>

#include "audio/gst-start.h"

enum { STARTED = 1, KNOWS_CONVERT = 2, KNOWS_SINK = 4, MAKES_CONVERT = 8, MAKES_NONSENSE = 16 };

static gboolean
knows(const char *element)
{
	g_autoptr(GstElementFactory) factory = gst_element_factory_find(element);

	return factory != NULL;
}

static gboolean
makes(const char *element)
{
	g_autoptr(GstElement) made = loa_gst_make(element);

	if (made != NULL)
		gst_object_ref_sink(made);
	return made != NULL;
}

static int
what_there_is_after(const char *output)
{
	int found = loa_gst_start(output, NULL) ? STARTED : 0;

	found |= knows("audioconvert") ? KNOWS_CONVERT : 0;
	found |= knows("fakesink") ? KNOWS_SINK : 0;
	found |= makes("audioconvert") ? MAKES_CONVERT : 0;
	found |= makes("nonsense") ? MAKES_NONSENSE : 0;
	return found;
}

static void
only_what_the_output_needs_is_loaded(void **state)
{
	(void)state;
	static const struct {
		const char *output;
		const char *plugin_path;
		int want;
	} cases[] = {
		{ "file:/tmp/a.wav", NULL, STARTED | MAKES_CONVERT },
		{ "fakesink", NULL, STARTED | KNOWS_SINK | MAKES_CONVERT },
		{ "fakesink sync=true", NULL, STARTED | KNOWS_SINK | MAKES_CONVERT },
		/* the whole registry: too much to foresee, unknown, or an operator's own plugins */
		{ "audioconvert ! fakesink", NULL,
		  STARTED | KNOWS_CONVERT | KNOWS_SINK | MAKES_CONVERT },
		{ "autoaudiosink", NULL, STARTED | KNOWS_CONVERT | KNOWS_SINK | MAKES_CONVERT },
		{ "fakesink", "/tmp", STARTED | KNOWS_CONVERT | KNOWS_SINK | MAKES_CONVERT },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		int status = 0;
		pid_t child = fork();

		assert_true(child >= 0);
		if (child == 0) {
			if (cases[i].plugin_path != NULL)
				g_setenv("GST_PLUGIN_PATH", cases[i].plugin_path, TRUE);
			_exit(what_there_is_after(cases[i].output));
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFEXITED(status));
		if (WEXITSTATUS(status) != cases[i].want)
			fail_msg("%s: %d, not %d", cases[i].output, WEXITSTATUS(status),
				 cases[i].want);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_the_output_needs_is_loaded),
	};

	unsetenv("GST_PLUGIN_PATH");
	return cmocka_run_group_tests_name("audio/gst-start", tests, NULL, NULL);
}
