/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/studio/child-program.h"

char *
loa_child_program(const LoaControllerConfig *config, const char *name)
{
	g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
	g_autofree char *folder = NULL;
	g_autofree char *beside = NULL;

	if (config->ingest_program != NULL) {
		folder = g_path_get_dirname(config->ingest_program);
		return g_build_filename(folder, name, NULL);
	}
	folder = self == NULL ? g_strdup(".") : g_path_get_dirname(self);
	beside = g_build_filename(folder, name, NULL);
	if (g_file_test(beside, G_FILE_TEST_IS_EXECUTABLE))
		return g_steal_pointer(&beside);
	return g_build_filename(folder, "..", "libexec", name, NULL);
}
