/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/fuzz/replay.c - runs a fuzzer's one function over files, without libFuzzer.
 *
 * `make check` replays the seed corpus this way with the ordinary compiler.
 */
#include <gio/gio.h>
#include <stdint.h>
#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		g_autofree char *bytes = NULL;
		g_autoptr(GError) error = NULL;
		gsize size = 0;

		if (!g_file_get_contents(argv[i], &bytes, &size, &error)) {
			fprintf(stderr, "%s\n", error->message);
			return 66;
		}
		/* Exactly as long as the input, so that a sanitizer sees a read beyond it. */
		g_autofree uint8_t *exact = g_memdup2(bytes, size);

		printf("%s\n", argv[i]);
		fflush(stdout);
		LLVMFuzzerTestOneInput(exact, size);
	}
	return 0;
}
