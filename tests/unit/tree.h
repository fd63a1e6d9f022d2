/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a test leaves behind goes with it.
 */
#pragma once

#include <glib/gstdio.h>

/* A file, or a folder with all that is in it; a link goes, and not what it points to. */
static inline void
remove_tree(const char *path)
{
	g_autoptr(GDir) dir =
		g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);
	const char *name;

	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *child = g_build_filename(path, name, NULL);

		remove_tree(child);
	}
	g_remove(path);
}
