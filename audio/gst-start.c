/* SPDX-License-Identifier: Apache-2.0 */
#include "audio/gst-start.h"

#include <string.h>

typedef struct {
	const char *element;
	const char *plugin; /* of Debian's GStreamer 1.22 */
} Home;

static const Home homes[] = {
	{ "alsasink", "alsa" },
	{ "audioconvert", "audioconvert" },
	{ "audioresample", "audioresample" },
	{ "fakesink", "coreelements" },
	{ "jackaudiosink", "jack" },
	{ "pipewiresink", "pipewire" },
	{ "pulsesink", "pulseaudio" },
};

/* (transfer full) (nullable): the file that @element lives in */
static char *
find_plugin(const char *element)
{
	for (gsize i = 0; i < G_N_ELEMENTS(homes); i++) {
		if (strcmp(homes[i].element, element) != 0)
			continue;
		g_autofree char *path =
			g_strdup_printf(LOA_GST_PLUGINS "/libgst%s.so", homes[i].plugin);

		return g_file_test(path, G_FILE_TEST_EXISTS) ? g_steal_pointer(&path) : NULL;
	}
	return NULL;
}

/* Loading what is loaded already is no error. */
static gboolean
load(const char *element)
{
	g_autofree char *path = find_plugin(element);
	g_autoptr(GstPlugin) plugin = path != NULL ? gst_plugin_load_file(path, NULL) : NULL;

	return plugin != NULL;
}

/* (transfer full) (nullable): the only element that @output names */
static char *
only_element(const char *output)
{
	gsize n = strcspn(output, " \t\n");

	return strpbrk(output, "!()[]{}") == NULL ? g_strndup(output, n) : NULL;
}

static gboolean
can_do_without_registry(const char *element)
{
	g_autofree char *sink = element != NULL ? find_plugin(element) : NULL;
	g_autofree char *convert = find_plugin("audioconvert");
	g_autofree char *resample = find_plugin("audioresample");

	return sink != NULL && convert != NULL && resample != NULL &&
	       g_getenv("GST_PLUGIN_PATH") == NULL && g_getenv("GST_PLUGIN_PATH_1_0") == NULL &&
	       g_getenv("GST_PLUGIN_SYSTEM_PATH") == NULL &&
	       g_getenv("GST_PLUGIN_SYSTEM_PATH_1_0") == NULL;
}

gboolean
loa_gst_start(const char *output, GError **error)
{
	if (gst_is_initialized())
		return TRUE;
	if (g_str_has_prefix(output, "file:")) {
		/* our own sink; what may lie before it is loaded when it is wanted */
		g_setenv("GST_REGISTRY_DISABLE", "yes", TRUE);
		return gst_init_check(NULL, NULL, error);
	}
	g_autofree char *element = only_element(output);

	if (!can_do_without_registry(element))
		return gst_init_check(NULL, NULL, error);
	g_setenv("GST_REGISTRY_DISABLE", "yes", TRUE);
	if (!gst_init_check(NULL, NULL, error))
		return FALSE;
	(void)load(element); /* if it is broken, building the output will say so */
	return TRUE;
}

GstElement *
loa_gst_make(const char *factory)
{
	g_autoptr(GstElementFactory) found = gst_element_factory_find(factory);

	if (found == NULL && !load(factory))
		return NULL;
	return gst_element_factory_make(factory, NULL);
}
