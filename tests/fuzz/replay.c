/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/fuzz/replay.c - runs a fuzzer once over every file given, and over every file in every
 * folder given, without libFuzzer: what was found once is tried at every `make check`.
 */
#include <glib.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Returns: how many files were run, or -1 after a message. */
static int
replay(const char *path)
{
	g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
	g_autoptr(GError) error = NULL;
	g_autofree char *text = NULL;
	gsize size = 0;
	int n = 0;

	if (folder != NULL) {
		for (const char *name; (name = g_dir_read_name(folder)) != NULL;) {
			g_autofree char *inside = g_build_filename(path, name, NULL);
			int n_inside = replay(inside);

			if (n_inside < 0)
				return -1;
			n += n_inside;
		}
		return n;
	}
	if (!g_file_get_contents(path, &text, &size, &error)) {
		g_printerr("%s\n", error->message);
		return -1;
	}

	/* a block of just that size, so that a sanitizer sees a read beyond it */
	g_autofree uint8_t *data = g_memdup2(text, size);

	LLVMFuzzerTestOneInput(data, size);
	return 1;
}

int
main(int argc, char **argv)
{
	int n = 0;

	for (int i = 1; i < argc; i++) {
		int n_here = replay(argv[i]);

		if (n_here < 0)
			return 1;
		n += n_here;
	}
	g_print("%s: %d inputs\n", argv[0], n);
	return n > 0 ? 0 : 1;
}
